/* Notices on the console: one for each unit with something late, which counts beside it what the
 * unit has missed, and one that says how many recipients can't be reached. */
#include "state.h"

#include <stdio.h>
#include <stdlib.h>

#define UNITS_SHOWN_MAX 200 /* then one notice for the rest */
#define KEY_SHOWN "shown"   /* "CODE:LATE+MISSED\n" of the notices that stand */
#define NAME_MORE "more"    /* of the units that have none of their own */

/* ---- Late ---- */

struct late {
    char unit[32];
    char name[128];
    uint32_t count;
    uint32_t missed;
    int64_t due; /* of the oldest that is late */
};

struct lates {
    struct late *items; /* units with something late, by unit; UNITS_SHOWN_MAX at most */
    uint32_t count;
    struct late rest; /* of the units behind them */
    uint32_t units_rest;
};

static void add_counts(struct late *to, const struct late *from)
{
    if (to->count == 0 || from->due < to->due) to->due = from->due;
    to->count += from->count;
    to->missed += from->missed;
}

static int compare_units(const void *a, const void *b)
{
    const struct owed *const *left = a, *const *right = b;
    return strcmp((*left)->unit, (*right)->unit);
}

/* What `due --late` lists, of one unit. Returns how many of `owed` are of the first one's unit. */
static uint32_t count_unit(const struct look *look, const struct owed *const *owed, uint32_t count,
                           struct late *ret)
{
    const struct known_unit *unit = unit_of_code(&look->units, owed[0]->unit);
    uint32_t i = 0;
    memset(ret, 0, sizeof(*ret));
    copy_text(ret->unit, sizeof(ret->unit), wh_span_of(owed[0]->unit));
    copy_text(ret->name, sizeof(ret->name), wh_span_of(unit ? unit->name : owed[0]->unit));
    for (; i < count && strcmp(owed[i]->unit, ret->unit) == 0; i++) {
        const struct period *period = &owed[i]->period;
        if (duty_state_on(period, look->day) == DUTY_MISSED) {
            ret->missed++;
            continue;
        }
        if (ret->count == 0 || period->due < ret->due) ret->due = period->due;
        ret->count++;
    }
    return i;
}

static void take_unit(struct lates *lates, const struct late *one)
{
    if (one->count == 0) return;
    if (lates->count < UNITS_SHOWN_MAX) {
        lates->items[lates->count++] = *one;
        return;
    }
    add_counts(&lates->rest, one);
    lates->units_rest++;
}

/* The years come one after the other: their units are brought together. */
static int gather_late(const struct look *look, struct lates *ret)
{
    const struct owed **late = calloc(look->owed.count + 1u, sizeof(const struct owed *));
    uint32_t count = 0;
    memset(ret, 0, sizeof(*ret));
    ret->items = calloc(UNITS_SHOWN_MAX, sizeof(*ret->items));
    if (!late || !ret->items) {
        free((void *)late);
        return WH_E_FAILED;
    }
    for (uint32_t i = 0; i < look->owed.count; i++) {
        const struct owed *owed = &look->owed.items[i];
        enum duty_state state = duty_state_on(&owed->period, look->day);
        if (state != DUTY_LATE && state != DUTY_MISSED) continue;
        if (is_owed_of(owed, look->day)) late[count++] = owed;
    }
    if (count > 0) qsort((void *)late, count, sizeof(const struct owed *), compare_units);
    for (uint32_t i = 0; i < count;) {
        struct late one;
        i += count_unit(look, &late[i], count - i, &one);
        take_unit(ret, &one);
    }
    free((void *)late);
    return 0;
}

/* ---- What the notices say ---- */

/* Each names the command that lists what it counts. */
struct saying {
    char zh[300];
    char en[300];
};

static void say_unit(const struct late *late, struct saying *ret)
{
    char zh[60] = "", en[60] = "";
    if (late->missed > 0) {
        (void)snprintf(zh, sizeof(zh), "，%u 项未完成", late->missed);
        (void)snprintf(en, sizeof(en), ", missed: %u", late->missed);
    }
    (void)snprintf(ret->zh, sizeof(ret->zh), "%s：%u 项职责逾期%s（见 wuhao due --unit %s --late）",
                   late->name, late->count, zh, late->unit);
    (void)snprintf(ret->en, sizeof(ret->en),
                   "%s: late duties: %u%s (see `wuhao due --unit %s --late`)", late->name,
                   late->count, en, late->unit);
}

static void say_rest(const struct lates *lates, struct saying *ret)
{
    (void)snprintf(ret->zh, sizeof(ret->zh),
                   "另有 %u 个单位共 %u 项职责逾期（wuhao due --under --late 列出所有单位的）",
                   lates->units_rest, lates->rest.count);
    (void)snprintf(ret->en, sizeof(ret->en),
                   "late duties of %u more units: %u (`wuhao due --under --late` lists those of "
                   "all units)",
                   lates->units_rest, lates->rest.count);
}

static int post(const struct reminders *self, const char *key, const char *unit,
                const struct saying *saying, int64_t due, struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    struct wh_notice notice = {.key = wh_span_of(key),
                               .unit = wh_span_of(unit),
                               .zh = wh_span_of(saying->zh),
                               .en = wh_span_of(saying->en),
                               .severity = WH_NOTICE_WARN,
                               .due = due};
    return host->notice_post(host->self, &notice, fail);
}

static void key_of_unit(char key[60], const char *unit)
{
    (void)snprintf(key, 60, "late/%.40s", unit);
}

/* 1 where "NAME:LATE+MISSED\n" (or, with `counts` NULL, that of any counts) stands in `shown`. */
static int stands(const char *shown, const char *name, const struct late *counts)
{
    char line[80];
    const char *found;
    if (counts) {
        (void)snprintf(line, sizeof(line), "%.32s:%u+%u\n", name, counts->count, counts->missed);
    } else {
        (void)snprintf(line, sizeof(line), "%.32s:", name);
    }
    found = strstr(shown, line);
    return found && (found == shown || found[-1] == '\n');
}

/* Puts down that it stands; 1 where it has to be posted. */
static int is_news(const char *shown, const char *name, const struct late *counts, struct text *now)
{
    text_print(now, "%.32s:%u+%u\n", name, counts->count, counts->missed);
    return !stands(shown, name, counts);
}

/* Settles those of `shown` that are in `now` no more. */
static int settle_gone(const struct reminders *self, const char *shown, const char *now,
                       struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    int rc = 0;
    while (rc == 0 && *shown) {
        const char *colon = strchr(shown, ':'), *end = strchr(shown, '\n');
        char unit[32], key[60];
        if (!colon || !end) break;
        copy_text(unit, sizeof(unit), (struct wh_span){shown, (uint64_t)(colon - shown)});
        key_of_unit(key, unit);
        if (!stands(now, unit, NULL)) rc = host->notice_settle(host->self, wh_span_of(key), fail);
        shown = end + 1;
    }
    return rc;
}

#define SHOWN_SIZE ((UNITS_SHOWN_MAX + 2) * 64)

static int show_late(const struct reminders *self, const struct lates *lates, const char *shown,
                     struct text *now, struct wh_failure *fail)
{
    struct saying saying;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < lates->count; i++) {
        const struct late *late = &lates->items[i];
        char key[60];
        if (!is_news(shown, late->unit, late, now)) continue;
        key_of_unit(key, late->unit);
        say_unit(late, &saying);
        rc = post(self, key, late->unit, &saying, late->due, fail);
    }
    if (rc == 0 && lates->units_rest > 0 && is_news(shown, NAME_MORE, &lates->rest, now)) {
        say_rest(lates, &saying);
        rc = post(self, "late/" NAME_MORE, "", &saying, lates->rest.due, fail);
    }
    return now->failed ? WH_E_FAILED : rc;
}

int notices_show(const struct reminders *self, const struct look *look, struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    struct text now = {NULL, 0, 0, 0};
    char *shown = calloc(1, SHOWN_SIZE);
    struct wh_span value = wh_span_of(NULL);
    struct lates lates;
    int rc = gather_late(look, &lates);
    if (rc == 0 && !shown) rc = WH_E_FAILED;
    if (rc == 0) rc = host->key_get(host->self, wh_span_of(KEY_SHOWN), &value, fail);
    if (rc == WH_E_NOT_FOUND) rc = 0;
    if (rc == 0) {
        copy_text(shown, SHOWN_SIZE, value);
        text_print(&now, "%s", "");
        rc = show_late(self, &lates, shown, &now, fail);
    }
    if (rc == 0) rc = settle_gone(self, shown, now.data, fail);
    if (rc == 0 && strcmp(shown, now.data) != 0) {
        rc = host->key_put(host->self, wh_span_of(KEY_SHOWN), wh_span_of(now.data), fail);
    }
    text_free(&now);
    free(lates.items);
    free(shown);
    return rc;
}

/* ---- Not reached ---- */

#define KEY_UNREACHED "unreached" /* how many the notice that stands names */

int unreached_show(struct reminders *self, struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    struct wh_notice notice = {.key = wh_span_of(KEY_UNREACHED), .severity = WH_NOTICE_WARN};
    struct recipients recipients;
    char zh[200], en[200];
    int64_t known = 0, count = 0;
    int rc = recipients_read(host, host->today(host->self), &recipients, fail);
    for (uint32_t i = 0; rc == 0 && i < recipients.count; i++) {
        const struct recipient *one = &recipients.items[i];
        struct kept kept;
        rc = kept_read(host, one->id, one->channel, &kept, fail);
        if (rc == 0 && kept.tries > 0) count++;
    }
    recipients_free(&recipients);
    if (rc == 0) rc = number_read(host, KEY_UNREACHED, &known, fail);
    if (rc < 0 || known == count) return rc;
    rc = number_write(host, KEY_UNREACHED, count, fail);
    if (rc < 0) return rc;
    if (count == 0) return host->notice_settle(host->self, notice.key, fail);
    (void)snprintf(zh, sizeof(zh),
                   "%lld 个接收人的提醒没有送达，稍后再试（见 wuhao reminders outbox）",
                   (long long)count);
    (void)snprintf(en, sizeof(en),
                   "reminders to %lld recipients did not arrive, they are tried again (see `wuhao "
                   "reminders outbox`)",
                   (long long)count);
    notice.zh = wh_span_of(zh);
    notice.en = wh_span_of(en);
    return host->notice_post(host->self, &notice, fail);
}
