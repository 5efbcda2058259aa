/* The job `carry`: brings messages from the carrier to the keys and back, in the order of
 * README.md. What was saved is looked for in the next callback before anything stands on it: a
 * batch may be given up, and its callback is not told. */
#include "state.h"

#include <stdio.h>
#include <stdlib.h>

#define PAUSE_MS_MIN 50  /* between two looks while something goes on */
#define PAUSE_MS_MAX 500 /* while servers let it wait */

static const int64_t pauses_ms[] = {5 * 60000, 15 * 60000, 60 * 60000, 240 * 60000};
#define PAUSES (int64_t)(sizeof(pauses_ms) / sizeof(pauses_ms[0]))

void message_free(struct message *message)
{
    if (!message) return;
    for (uint32_t i = 0; i < message->members_count; i++) free(message->members[i].told.items);
    free(message->members);
    free(message);
}

int is_on_its_way(const struct reminders *self, const char *id, enum channel channel)
{
    for (const struct message *at = self->messages; at; at = at->next) {
        for (uint32_t i = 0; at->channel == channel && i < at->members_count; i++) {
            if (strcmp(at->members[i].id, id) == 0) return 1;
        }
    }
    return 0;
}

int ask_carry(const struct reminders *self, int64_t pause_ms, struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    return host->job_at(host->self, "carry", host->now_ms(host->self) + pause_ms, fail);
}

/* ---- What is saved ---- */

typedef int (*change_kept)(struct reminders *self, const struct message *message,
                           const struct member *member, struct kept *kept, struct wh_failure *fail);

static int last_may_go(struct reminders *self, const struct message *message,
                       const struct member *member, struct kept *kept, struct wh_failure *fail)
{
    (void)self;
    (void)member;
    (void)fail;
    kept->phase = PHASE_LAST;
    kept->phase_day = message->day;
    return 0;
}

static int has_ended(struct reminders *self, const struct message *message,
                     const struct member *member, struct kept *kept, struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    kept->at_ms = host->now_ms(host->self);
    kept->phase = PHASE_NONE;
    copy_text(kept->why, sizeof(kept->why), wh_span_of(message->why));
    if (message->outcome == CARRIED_FAILED) {
        int64_t at = kept->tries < PAUSES ? kept->tries : PAUSES - 1;
        kept->next_ms = kept->at_ms + pauses_ms[at];
        kept->tries++;
        return 0;
    }
    kept->tries = 0;
    if (member->is_weekly) kept->week = monday_of(message->day);
    if (message->outcome == CARRIED_UNKNOWN) {
        kept_doubt(kept, message->day);
        return 0;
    }
    /* stages of a day that is still to come, by a clock that has gone back, were not all listed */
    if (kept->doubt <= message->day && !member->is_cut) kept->doubt = 0;
    kept_add_day(kept, message->day);
    return marks_write(host, member->id, message->channel, &member->told, fail);
}

static int save(struct reminders *self, struct message *message, change_kept change,
                struct wh_failure *fail)
{
    int rc = 0;
    message->stamp = ++self->last_stamp;
    for (uint32_t i = 0; rc == 0 && i < message->members_count; i++) {
        const struct member *member = &message->members[i];
        struct kept kept;
        rc = kept_read(self->host, member->id, message->channel, &kept, fail);
        if (rc == 0) rc = change(self, message, member, &kept, fail);
        kept.stamp = message->stamp;
        if (rc == 0) rc = kept_write(self->host, member->id, message->channel, &kept, fail);
    }
    return rc;
}

/* All of a message's keys go in one batch: the first stands for them. */
static int is_saved(const struct reminders *self, const struct message *message, int *ret,
                    struct wh_failure *fail)
{
    struct kept kept;
    int rc;
    *ret = 1;
    if (message->members_count == 0) return 0;
    rc = kept_read(self->host, message->members[0].id, message->channel, &kept, fail);
    *ret = kept.stamp == message->stamp;
    return rc;
}

/* ---- One message ---- */

static void log_end(const struct reminders *self, const struct message *message)
{
    const struct wh_host *host = self->host;
    char text[160];
    (void)snprintf(text, sizeof(text), "message=%.8s channel=%s lines=%u how=%s", message->id,
                   channel_word(message->channel), message->lines, message->why);
    host->log(host->self, message->outcome == CARRIED_SENT ? WH_LOG_INFO : WH_LOG_WARN,
              message->outcome == CARRIED_SENT ? "reminders.sent" : "reminders.not_sent", text);
}

static void keep_test(struct reminders *self, const struct message *message)
{
    struct ended_test *test = &self->tests[self->tests_count++ % ENDED_TESTS_KEPT];
    const struct wh_host *host = self->host;
    memcpy(test->id, message->id, sizeof(test->id));
    memcpy(test->why, message->why, sizeof(test->why));
    test->channel = message->channel;
    test->at_ms = host->now_ms(host->self);
}

/* What cannot be given to the carrier has ended before it began. */
static enum carried state_of(struct reminders *self, struct message *message)
{
    if (message->number == 0) return message->outcome;
    return carrier_state(self->carrier, message->number, message->why);
}

static int on_ended(struct reminders *self, struct message *message, enum carried outcome,
                    struct wh_failure *fail)
{
    message->outcome = outcome;
    message->step = STEP_ENDING;
    return save(self, message, has_ended, fail);
}

/* While a thread has it. */
static int follow(struct reminders *self, struct message *message, struct wh_failure *fail)
{
    enum carried state = state_of(self, message);
    int saved = 0, rc = 0;
    if (state != CARRIED_UNDER_WAY && state != CARRIED_AT_LAST) {
        return on_ended(self, message, state, fail);
    }
    if (message->step == STEP_GIVEN && state == CARRIED_AT_LAST) {
        message->step = STEP_SAVING;
        return save(self, message, last_may_go, fail);
    }
    if (message->step != STEP_SAVING) return 0;
    rc = is_saved(self, message, &saved, fail);
    if (rc == 0 && !saved) return save(self, message, last_may_go, fail);
    if (rc < 0) return rc;
    message->step = STEP_ALLOWED;
    carrier_allow(self->carrier, message->number);
    return 0;
}

/* 1: it is over, and on disk. */
static int advance(struct reminders *self, struct message *message, struct wh_failure *fail)
{
    int saved = 0, rc;
    if (message->step != STEP_ENDING) return follow(self, message, fail);
    rc = is_saved(self, message, &saved, fail);
    if (rc == 0 && !saved) return save(self, message, has_ended, fail);
    if (rc < 0) return rc;
    log_end(self, message);
    if (message->is_test) keep_test(self, message);
    if (message->number != 0) carrier_forget(self->carrier, message->number);
    return 1;
}

/* ---- The job ---- */

int carry(struct reminders *self, struct wh_failure *fail)
{
    struct message **at = &self->messages;
    int moved = 0;
    /* it has no rule: one that fails must not be its last */
    if (self->messages && ask_carry(self, PAUSE_MS_MAX, fail) < 0) return WH_E_FAILED;
    while (*at) {
        struct message *message = *at;
        enum step before = message->step;
        int rc = advance(self, message, fail);
        if (rc < 0) return rc;
        moved = moved || rc > 0 || message->step != before;
        if (rc > 0) {
            *at = message->next;
            message_free(message);
            self->is_told = 0;
        } else {
            at = &message->next;
        }
    }
    if (self->messages) return ask_carry(self, moved ? PAUSE_MS_MIN : PAUSE_MS_MAX, fail);
    if (self->is_told) return 0;
    self->is_told = 1;
    return unreached_show(self, fail);
}
