/* Notices on the console: one for each unit with something late, and one that says how many
 * recipients can't be reached. */
#include "state.h"

#include <stdio.h>
#include <stdlib.h>

#define UNITS_SHOWN_MAX 200 /* then one notice for the rest */
#define KEY_SHOWN "shown"   /* "CODE:COUNT\n" of the notices that stand */
#define KEY_MORE "late/more"

/* ---- Late ---- */

struct late {
    char unit[32];
    char name[128];
    uint32_t count;
    int64_t due; /* of the oldest */
};

struct lates {
    struct late *items; /* by unit */
    uint32_t count;
    uint32_t units_over;
    uint32_t count_over;
};

static void count_late(const struct look *look, const struct owed *owed, struct lates *lates)
{
    struct late *last = lates->count > 0 ? &lates->items[lates->count - 1] : NULL;
    const struct known_unit *unit = unit_of_code(&look->units, owed->unit);
    if (!last || strcmp(last->unit, owed->unit) != 0) {
        if (lates->count == UNITS_SHOWN_MAX + 1) {
            lates->units_over++; /* of the last place: it gathers the rest */
        } else {
            last = &lates->items[lates->count++];
            last->due = owed->period.due;
        }
        copy_text(last->unit, sizeof(last->unit), wh_span_of(owed->unit));
        copy_text(last->name, sizeof(last->name), wh_span_of(unit ? unit->name : owed->unit));
    }
    last->count++;
    if (owed->period.due < last->due) last->due = owed->period.due;
}

static int compare_units(const void *a, const void *b)
{
    const struct owed *const *left = a, *const *right = b;
    return strcmp((*left)->unit, (*right)->unit);
}

/* The years come one after the other: their units are brought together. */
static int gather_late(const struct look *look, struct lates *ret)
{
    const struct owed **late = calloc(look->owed.count + 1u, sizeof(const struct owed *));
    uint32_t count = 0;
    memset(ret, 0, sizeof(*ret));
    ret->items = calloc(UNITS_SHOWN_MAX + 1u, sizeof(*ret->items));
    if (!late || !ret->items) {
        free((void *)late);
        return WH_E_FAILED;
    }
    for (uint32_t i = 0; i < look->owed.count; i++) {
        const struct owed *owed = &look->owed.items[i];
        if (duty_state_on(&owed->period, look->day) == DUTY_LATE) late[count++] = owed;
    }
    if (count > 0) qsort((void *)late, count, sizeof(const struct owed *), compare_units);
    for (uint32_t i = 0; i < count; i++) count_late(look, late[i], ret);
    free((void *)late);
    return 0;
}

static int post(const struct reminders *self, const char *key, const struct late *late,
                uint32_t units, struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    char zh[300], en[300];
    struct wh_notice notice = {.key = wh_span_of(key), .severity = WH_NOTICE_WARN};
    if (units > 1) {
        (void)snprintf(zh, sizeof(zh),
                       "另有 %u 个单位共 %u 项职责逾期（见 wuhao due --under --late）", units,
                       late->count);
        (void)snprintf(en, sizeof(en),
                       "late duties of %u more units: %u (see `wuhao due --under "
                       "--late`)",
                       units, late->count);
    } else {
        (void)snprintf(zh, sizeof(zh), "%s：%u 项职责逾期（见 wuhao due --unit %s --late）",
                       late->name, late->count, late->unit);
        (void)snprintf(en, sizeof(en), "%s: late duties: %u (see `wuhao due --unit %s --late`)",
                       late->name, late->count, late->unit);
        notice.unit = wh_span_of(late->unit);
    }
    notice.zh = wh_span_of(zh);
    notice.en = wh_span_of(en);
    notice.due = late->due;
    return host->notice_post(host->self, &notice, fail);
}

static void key_of_unit(char key[60], const char *unit)
{
    (void)snprintf(key, 60, "late/%.40s", unit);
}

/* 1 where "UNIT:COUNT\n" (or, with `count` NULL, that of any count) stands in `shown`. */
static int stands(const char *shown, const char *unit, const uint32_t *count)
{
    char line[60];
    const char *found;
    if (count) {
        (void)snprintf(line, sizeof(line), "%.32s:%u\n", unit, *count);
    } else {
        (void)snprintf(line, sizeof(line), "%.32s:", unit);
    }
    found = strstr(shown, line);
    return found && (found == shown || found[-1] == '\n');
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

#define SHOWN_SIZE ((UNITS_SHOWN_MAX + 2) * 48)

static int show_late(const struct reminders *self, struct lates *lates, const char *shown,
                     struct text *now, struct wh_failure *fail)
{
    uint32_t own = lates->count < UNITS_SHOWN_MAX ? lates->count : UNITS_SHOWN_MAX;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < own; i++) {
        const struct late *late = &lates->items[i];
        char key[60];
        text_print(now, "%s:%u\n", late->unit, late->count);
        key_of_unit(key, late->unit);
        if (!stands(shown, late->unit, &late->count)) rc = post(self, key, late, 1, fail);
    }
    if (rc == 0 && lates->count > own) {
        const struct late *rest = &lates->items[own];
        text_print(now, "more:%u\n", rest->count);
        if (!stands(shown, "more", &rest->count)) {
            rc = post(self, KEY_MORE, rest, lates->units_over + 1, fail);
        }
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
    free(recipients.items);
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
