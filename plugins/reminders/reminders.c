/* The callbacks: settings are read, and what is asked is passed on. */
#include "state.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Settings ---- */

static void read_text(const struct wh_host *host, const char *name, char ret[PATH_SIZE])
{
    copy_text(ret, PATH_SIZE, host->setting(host->self, name).text);
}

static int starts(const char *text, const char *head)
{
    return strncmp(text, head, strlen(head)) == 0;
}

static int wrong(struct wh_failure *fail, const char *text)
{
    fail->code = WH_E_INVALID;
    (void)snprintf(fail->text, sizeof(fail->text), "%s", text);
    return WH_E_INVALID;
}

/* A time in the evening's quiet hours comes after the last minute of a day in which something may
 * be sent. One in the morning's waits for their end. */
int is_never_sent(const struct wh_programme_view *programme, int32_t send_at)
{
    return programme && is_quiet_to_midnight((uint32_t)send_at, programme->quiet_from_minute,
                                             programme->quiet_to_minute);
}

/* One that was taken goes on when a later programme has other quiet hours: a notice tells. */
static int check_send_at(const struct wh_host *host, int32_t send_at, struct wh_failure *fail)
{
    int64_t day = host->today(host->self), taken = 0;
    const struct wh_programme_view *programme = host->programme(host->self, (uint32_t)year_of(day));
    int rc;
    if (send_at < 0) {
        return wrong(fail, "setting send_at: not a time of day (HH:MM, as in 08:30)");
    }
    if (!is_never_sent(programme, send_at)) return 0;
    rc = number_read(host, KEY_SEND_AT, &taken, fail);
    if (rc < 0 || taken == send_at) return rc;
    fail->code = WH_E_INVALID;
    (void)snprintf(fail->text, sizeof(fail->text),
                   "setting send_at: lies in the programme's quiet hours (%02u:%02u to %02u:%02u), "
                   "so nothing would ever be sent; give an earlier time, as 08:30",
                   programme->quiet_from_minute / 60, programme->quiet_from_minute % 60,
                   programme->quiet_to_minute / 60, programme->quiet_to_minute % 60);
    return WH_E_INVALID;
}

static int check(const struct settings *settings, struct wh_failure *fail)
{
    if (settings->smtp_url[0] && !starts(settings->smtp_url, "smtp://") &&
        !starts(settings->smtp_url, "smtps://")) {
        return wrong(fail, "setting smtp_url: not a mail server (smtp://host:port or smtps://)");
    }
    if (settings->mail_from[0] && !is_address(wh_span_of(settings->mail_from))) {
        return wrong(fail, "setting mail_from: not a mail address (name@host)");
    }
    if (settings->smtp_url[0] && !settings->mail_from[0]) {
        return wrong(fail, "setting mail_from: mail needs an address to come from");
    }
    if (settings->smtp_user[0] && !settings->smtp_password_file[0]) {
        return wrong(fail, "setting smtp_password_file: smtp_user needs it");
    }
    if (settings->calendar_dir[0] && settings->calendar_dir[0] != '/') {
        return wrong(fail, "setting calendar_dir: not a whole path (begin it with /)");
    }
    return 0;
}

static int read_settings(const struct wh_host *host, struct settings *ret, struct wh_failure *fail)
{
    int rc;
    read_text(host, "smtp_url", ret->smtp_url);
    read_text(host, "smtp_user", ret->smtp_user);
    read_text(host, "smtp_password_file", ret->smtp_password_file);
    read_text(host, "mail_from", ret->mail_from);
    read_text(host, "webhook_secret_file", ret->webhook_secret_file);
    read_text(host, "ca_file", ret->ca_file);
    read_text(host, "calendar_dir", ret->calendar_dir);
    ret->hearing.soon_days = host->setting(host->self, "soon_days").number;
    ret->hearing.escalate_days = host->setting(host->self, "escalate_days").number;
    ret->send_at = minute_of(host->setting(host->self, "send_at").text);
    ret->is_zh = !wh_span_equal(host->setting(host->self, "language").text, wh_span_of("en"));
    rc = check(ret, fail);
    return rc < 0 ? rc : check_send_at(host, ret->send_at, fail);
}

/* ---- Callbacks ---- */

void reminders_close(void *context)
{
    struct reminders *self = context;
    carrier_free(self->carrier);
    while (self->messages) {
        struct message *message = self->messages;
        self->messages = message->next;
        message_free(message);
    }
    look_free(&self->look);
    free(self);
}

int reminders_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    struct reminders *self = calloc(1, sizeof(*self));
    int rc = self && sodium_init() >= 0 ? 0 : WH_E_FAILED;
    if (rc == 0) rc = read_settings(host, &self->settings, fail);
    if (rc == 0) {
        self->host = host;
        randombytes_buf(&self->last_stamp, sizeof(self->last_stamp));
        self->carrier = carrier_new();
        if (!self->carrier) rc = wrong(fail, "it can't start its threads");
    }
    if (rc == 0) rc = host->job_at(host->self, "look", host->now_ms(host->self), fail);
    if (rc < 0) {
        if (self) reminders_close(self);
        return rc;
    }
    *ret_self = self;
    return 0;
}

int reminders_measure(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    return measure_met(((struct reminders *)self)->host, cell, fail);
}

int reminders_job(void *self, uint32_t index, struct wh_failure *fail)
{
    return index == JOB_LOOK ? look_slice(self, fail) : carry(self, fail);
}

static int run_due_of(struct reminders *self, const struct talk *talk)
{
    (void)self;
    return run_due(talk);
}

static int (*const runs[])(struct reminders *, const struct talk *) = {
    [COMMAND_DUE] = run_due_of,        [COMMAND_PREVIEW] = run_preview,
    [COMMAND_SEND] = run_send,         [COMMAND_OUTBOX] = run_outbox,
    [COMMAND_TEST] = run_test_message, [COMMAND_CALENDAR] = run_calendar,
};

static const struct wh_list *const columns_of[] = {
    [COMMAND_DUE] = &due_columns,
    [COMMAND_PREVIEW] = &preview_columns,
    [COMMAND_OUTBOX] = &outbox_columns,
    [COMMAND_CALENDAR] = NULL,
};

int reminders_command(void *self, uint32_t index, struct wh_call *call, struct wh_failure *fail)
{
    struct talk talk = {((struct reminders *)self)->host, call, fail};
    int rc = columns_of[index] ? talk.host->reply_columns(call, *columns_of[index], fail) : 0;
    return rc < 0 ? rc : runs[index](self, &talk);
}
