/* Calendars of what units owe, by libical: a command that replies one, and feeds that are kept up
 * to date. Each due day is an event of a whole day: readers of feeds show no VTODO. The same
 * content gives the same bytes, so nothing in them is a time of writing. */
#include "fingerprint.h"
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PRODUCT "-//wuhao//reminders//ZH"

struct calendar_of_unit {
    const struct known_units *units;
    const char *unit;
    const char *name;
    int32_t is_zh;
    int64_t day; /* on which states are read */
};

/* ---- One event ---- */

static void put_uid(icalcomponent *event, const struct owed *owed)
{
    char text[200], hex[FINGERPRINT_TEXT_SIZE];
    (void)snprintf(text, sizeof(text), "%s|%s|%s|%s", owed->duty, owed->period.name, owed->unit,
                   owed->about);
    fingerprint_text(text, hex);
    (void)snprintf(text, sizeof(text), "%s@wuhao", hex);
    icalcomponent_add_property(event, icalproperty_new_uid(text));
}

static struct icaltimetype date_of(int64_t day)
{
    struct wh_civil civil = wh_civil_of((int32_t)day);
    struct icaltimetype time = icaltime_null_date();
    time.year = civil.year;
    time.month = civil.month;
    time.day = civil.day;
    return time;
}

/* When it was made: required, and the same for ever, so the first day of the period. */
static struct icaltimetype stamp_of(const struct owed *owed)
{
    struct icaltimetype time = date_of(owed->period.begins);
    time.hour = time.minute = time.second = 0; /* -1 in a date */
    time.is_date = 0;
    time.zone = icaltimezone_get_utc_timezone();
    return time;
}

static const char *state_title(enum duty_state state, int is_zh)
{
    static const char *const zh[] = {"已完成", "未到期", "逾期", "未完成"};
    static const char *const en[] = {"done", "open", "late", "missed"};
    return is_zh ? zh[state] : en[state];
}

static const char *name_in(const struct calendar_of_unit *of, const char *code)
{
    const struct known_unit *unit = unit_of_code(of->units, code);
    return unit ? unit->name : code;
}

static icalcomponent *event_of(const struct calendar_of_unit *of, const struct owed *owed)
{
    enum duty_state state = duty_state_on(&owed->period, of->day);
    const char *title = of->is_zh ? owed->zh : owed->en;
    icalcomponent *event = icalcomponent_new_vevent();
    char text[700], about[200] = "";
    if (owed->about[0]) {
        (void)snprintf(about, sizeof(about), of->is_zh ? "（%s）" : " (%s)",
                       name_in(of, owed->about));
    }
    put_uid(event, owed);
    icalcomponent_add_property(event, icalproperty_new_dtstamp(stamp_of(owed)));
    icalcomponent_add_property(event, icalproperty_new_dtstart(date_of(owed->period.due)));
    icalcomponent_add_property(event, icalproperty_new_dtend(date_of(owed->period.due + 1)));
    (void)snprintf(text, sizeof(text), "%s%s%s", state == DUTY_DONE ? "✓ " : "", title, about);
    icalcomponent_add_property(event, icalproperty_new_summary(text));
    (void)snprintf(text, sizeof(text), of->is_zh ? "%s：%s，%s" : "%s: %s, %s", of->name,
                   owed->period.name, state_title(state, of->is_zh));
    icalcomponent_add_property(event, icalproperty_new_description(text));
    icalcomponent_add_property(event, icalproperty_new_categories(state_title(state, of->is_zh)));
    icalcomponent_add_property(event, icalproperty_new_status(ICAL_STATUS_CONFIRMED));
    icalcomponent_add_property(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
    return event;
}

/* ---- One calendar ---- */

static icalcomponent *calendar_new(const struct calendar_of_unit *of)
{
    icalcomponent *calendar = icalcomponent_new_vcalendar();
    icalproperty *name = icalproperty_new_x(of->name);
    icalproperty_set_x_name(name, "X-WR-CALNAME");
    icalcomponent_add_property(calendar, icalproperty_new_version("2.0"));
    icalcomponent_add_property(calendar, icalproperty_new_prodid(PRODUCT));
    icalcomponent_add_property(calendar, icalproperty_new_method(ICAL_METHOD_PUBLISH));
    icalcomponent_add_property(calendar, name);
    return calendar;
}

/* The text, on the heap; NULL: no memory. */
static char *calendar_text(const struct calendar_of_unit *of, const struct owed_list *owed)
{
    icalcomponent *calendar = calendar_new(of);
    char *text;
    for (uint32_t i = 0; i < owed->count; i++) {
        if (strcmp(owed->items[i].unit, of->unit) != 0) continue;
        icalcomponent_add_component(calendar, event_of(of, &owed->items[i]));
    }
    text = icalcomponent_as_ical_string_r(calendar);
    icalcomponent_free(calendar);
    return text;
}

int run_calendar(struct reminders *self, const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    int64_t today = host->today(host->self);
    uint32_t year = 0;
    struct wh_span code =
        is_given(talk, "unit") ? given_text(talk, "unit") : host->home(host->self);
    struct known_units units = {NULL, 0, 0};
    struct known_unit unit;
    struct owed_list owed = {NULL, 0, 0};
    char name[60], *text = NULL;
    int rc = is_given(talk, "unit") ? given_unit(talk, "unit", &unit)
                                    : find_unit(host, code, &unit, talk->fail);
    (void)self;
    if (rc == 0) rc = given_programme_year(talk, year_of(today), &year);
    if (rc == 0) rc = read_units(host, code, &units, talk->fail);
    if (rc == 0) rc = owed_in(host, code, 0, year, &owed, talk->fail);
    if (rc == 0) {
        const struct calendar_of_unit of = {&units, unit.code, unit.name,
                                            host->language(talk->call) == 0, today};
        text = calendar_text(&of, &owed);
        (void)snprintf(name, sizeof(name), "%s.ics", unit.code);
        rc = text ? host->reply_file(talk->call, wh_span_of(name), wh_span_of(text), talk->fail)
                  : WH_E_FAILED;
    }
    if (rc == 0) {
        rc = remark(talk, "%s：%u 个日程", "%s: %u events", name, owed.count);
    }
    if (text) icalmemory_free_buffer(text);
    owed_free(&owed);
    free(units.items);
    return rc;
}

/* ---- Feeds ---- */

static int has_content(const char *path, const char *text)
{
    size_t len = strlen(text), at = 0;
    char part[4096];
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    while ((got = read(fd, part, sizeof(part))) > 0) {
        if (at + (size_t)got > len || memcmp(text + at, part, (size_t)got) != 0) break;
        at += (size_t)got;
    }
    (void)close(fd);
    return got == 0 && at == len;
}

/* Beside it, and renamed, so that a reader finds the one or the other. */
static int write_file(const char *folder, const char *unit, const char *text)
{
    char path[PATH_SIZE + 60], beside[PATH_SIZE + 70];
    size_t len = strlen(text), at = 0;
    int fd, failed = 0;
    (void)snprintf(path, sizeof(path), "%s/%.40s.ics", folder, unit);
    (void)snprintf(beside, sizeof(beside), "%s/.%.40s.ics.new", folder, unit);
    if (has_content(path, text)) return 0;
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) return -errno;
    while (!failed && at < len) {
        ssize_t put = write(fd, text + at, len - at);
        if (put < 0) failed = errno;
        if (put > 0) at += (size_t)put;
    }
    if (close(fd) != 0 && !failed) failed = errno;
    if (!failed && rename(beside, path) != 0) failed = errno;
    if (failed) (void)unlink(beside);
    return -failed;
}

static int compare_feed(const void *a, const void *b)
{
    const struct owed *left = a, *right = b;
    int d = strcmp(left->unit, right->unit);
    if (d == 0) d = (left->period.due > right->period.due) - (left->period.due < right->period.due);
    if (d == 0) d = strcmp(left->duty, right->duty);
    return d == 0 ? strcmp(left->about, right->about) : d;
}

int feed_next(const struct reminders *self, struct look *look, struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    const char *folder = self->settings.calendar_dir;
    struct wh_span home = host->home(host->self);
    (void)fail;
    if (!folder[0]) return 0;
    if (look->fed == 0 && look->feed.count > 0) {
        qsort(look->feed.items, look->feed.count, sizeof(*look->feed.items), compare_feed);
    }
    for (; look->fed < look->units.count; look->fed++) {
        const struct known_unit *unit = &look->units.items[look->fed];
        const struct calendar_of_unit of = {&look->units, unit->code, unit->name,
                                            self->settings.is_zh, look->day};
        char *text, why[60];
        int rc;
        if (strcmp(unit->parent, "") != 0 && !wh_span_equal(home, wh_span_of(unit->code)) &&
            !wh_span_equal(home, wh_span_of(unit->parent))) {
            continue;
        }
        text = calendar_text(&of, &look->feed);
        rc = text ? write_file(folder, unit->code, text) : -ENOMEM;
        if (text) icalmemory_free_buffer(text);
        look->fed++;
        if (rc == 0) return 1;
        (void)snprintf(why, sizeof(why), "unit=%.32s errno=%d", unit->code, -rc);
        host->log(host->self, WH_LOG_WARN, "reminders.feed_failed", why);
        if (look->feed_errno == 0) look->feed_errno = -rc;
        return rc != -ENOENT && rc != -ENOTDIR; /* without the folder the others fail as well */
    }
    return 0;
}
