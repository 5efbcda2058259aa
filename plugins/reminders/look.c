/* The job `look`, in slices: what is owed of each year that matters, then notices, feeds, and the
 * messages of those whose turn it is. */
#include "state.h"

#include <stdlib.h>
#include <time.h>

/* Years before may have what is late or missed; the one after is in feeds. */
#define YEARS (YEARS_BEFORE + 2)

enum look_step {
    LOOK_BEGIN,
    LOOK_YEARS, /* and those behind it */
    LOOK_NOTICES = LOOK_YEARS + YEARS,
    LOOK_FEEDS,
    LOOK_FAULTS,
    LOOK_MESSAGES,
};

void look_free(struct look *look)
{
    free(look->units.items);
    recipients_free(&look->recipients);
    owed_free(&look->owed);
    owed_free(&look->feed);
    memset(look, 0, sizeof(*look));
}

/* ---- What is owed ---- */

static int begin(const struct reminders *self, int64_t day, struct look *ret,
                 struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    int rc;
    memset(ret, 0, sizeof(*ret));
    ret->day = day;
    rc = read_units(host, host->home(host->self), &ret->units, fail);
    if (rc == 0) rc = recipients_read(host, day, &ret->recipients, fail);
    return rc;
}

static int keep(struct owed_list *list, const struct owed *owed)
{
    struct owed *copy = owed_add(list);
    if (!copy) return WH_E_FAILED;
    *copy = *owed;
    return 0;
}

static int is_fed(const struct known_units *units, struct wh_span home, const char *code)
{
    const struct known_unit *unit = unit_of_code(units, code);
    return unit &&
           (wh_span_equal(home, wh_span_of(code)) || wh_span_equal(home, wh_span_of(unit->parent)));
}

static int read_year(const struct reminders *self, uint32_t year, struct look *look,
                     struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    struct wh_span home = host->home(host->self);
    struct owed_list owed;
    int rc = owed_in(host, home, 1, year, &owed, fail);
    for (uint32_t i = 0; rc == 0 && i < owed.count; i++) {
        const struct owed *one = &owed.items[i];
        enum stage stage = stage_heard(&one->period, look->day, 0, &self->settings.hearing, 0);
        if (stage != STAGE_NONE) rc = keep(&look->owed, one);
        if (rc == 0 && self->settings.calendar_dir[0] && is_fed(&look->units, home, one->unit)) {
            rc = keep(&look->feed, one);
        }
    }
    owed_free(&owed);
    return rc;
}

static uint32_t year_at(const struct look *look, uint32_t step)
{
    return (uint32_t)year_of(look->day) - YEARS_BEFORE + step;
}

int look_whole(const struct reminders *self, int64_t day, struct look *ret, struct wh_failure *fail)
{
    int rc = begin(self, day, ret, fail);
    for (uint32_t i = 0; rc == 0 && i < YEARS; i++)
        rc = read_year(self, year_at(ret, i), ret, fail);
    return rc;
}

/* ---- What is not known: crashes and restores ---- */

#define KEY_RESTORED "restored"

static int64_t day_of_ms(int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm local;
    struct wh_civil civil;
    if (!localtime_r(&seconds, &local)) return ms / 86400000;
    civil.year = local.tm_year + 1900;
    civil.month = local.tm_mon + 1;
    civil.day = local.tm_mday;
    return wh_day_of(civil);
}

/* A message whose last byte may have gone out, and that nobody carries any more: the node ended
 * within. */
static int settle_one(const struct reminders *self, const struct recipient *one,
                      int64_t restored_day, struct wh_failure *fail)
{
    struct kept kept;
    int rc = kept_read(self->host, one->id, one->channel, &kept, fail);
    int was_lost = kept.phase == PHASE_LAST && !is_on_its_way(self, one->id, one->channel);
    if (rc < 0 || (!was_lost && restored_day == 0)) return rc;
    if (was_lost) kept_doubt(&kept, kept.phase_day);
    if (restored_day != 0) kept_doubt(&kept, restored_day);
    copy_text(kept.why, sizeof(kept.why), wh_span_of(was_lost ? "no-answer" : "restored"));
    return kept_write(self->host, one->id, one->channel, &kept, fail);
}

/* 0, or when the node went back, where that is not settled yet. */
static int read_restored(const struct wh_host *host, int64_t *ret, struct wh_failure *fail)
{
    int64_t known = 0;
    int rc = number_read(host, KEY_RESTORED, &known, fail);
    *ret = WH_HOST_HAS(host, restored_ms) ? host->restored_ms(host->self) : 0;
    if (*ret == known) *ret = 0;
    return rc;
}

static int settle_doubts(const struct reminders *self, const struct look *look,
                         struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    int64_t restored = 0;
    int rc = read_restored(host, &restored, fail);
    int64_t day = restored != 0 ? day_of_ms(restored) : 0;
    for (uint32_t i = 0; rc == 0 && i < look->recipients.count; i++) {
        rc = settle_one(self, &look->recipients.items[i], day, fail);
    }
    if (rc == 0 && day != 0) rc = number_write(host, KEY_RESTORED, restored, fail);
    return rc;
}

/* ---- Whether now is a time to send ---- */

static int64_t ms_of_day(int64_t now_ms)
{
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm local;
    if (!localtime_r(&seconds, &local)) return 0;
    return (local.tm_hour * 3600 + local.tm_min * 60 + local.tm_sec) * 1000ll + now_ms % 1000;
}

#define MINUTE_MS 60000ll

/* *ret is 1 where it is; else a look is asked for at `send_at`, where that comes today. */
static int is_time(const struct reminders *self, const struct look *look, int *ret,
                   struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    const struct wh_programme_view *programme =
        host->programme(host->self, (uint32_t)year_of(look->day));
    int64_t now_ms = host->now_ms(host->self), at_ms = ms_of_day(now_ms);
    int64_t left_ms = self->settings.send_at * MINUTE_MS - at_ms;
    int quiet = programme && is_quiet((uint32_t)(at_ms / MINUTE_MS), programme->quiet_from_minute,
                                      programme->quiet_to_minute);
    int works = host->workday_from(host->self, look->day) == look->day;
    *ret = works && !quiet && left_ms <= 0;
    if (!works || left_ms <= 0) return 0;
    return host->job_at(host->self, "look", now_ms + left_ms, fail);
}

/* ---- Messages ---- */

/* Nothing for a weekly one this week: it waits for the next. */
static int settle_week(const struct reminders *self, const struct look *look,
                       const struct recipient *first, const struct plan *plan,
                       struct wh_failure *fail)
{
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < plan->members_count; i++) {
        const struct member *member = &plan->members[i];
        struct kept kept;
        if (!member->is_weekly) continue;
        rc = kept_read(self->host, member->id, first->channel, &kept, fail);
        if (rc < 0 || kept.week == monday_of(look->day)) continue;
        kept.week = monday_of(look->day);
        rc = kept_write(self->host, member->id, first->channel, &kept, fail);
    }
    return rc;
}

static int look_at_group(struct reminders *self, const struct look *look, uint32_t from,
                         uint32_t count, int64_t *next_ms, struct wh_failure *fail)
{
    const struct recipient *first = &look->recipients.items[from];
    struct plan plan;
    int rc =
        plan_group(self, look, first, count, look->is_asked ? PLAN_NOW : PLAN_BY_RULE, &plan, fail);
    if (rc == 0 && plan.digest.count > 0) {
        rc = plan_give(self, first, &plan, fail);
    } else if (rc == 0 && plan.is_settled && !look->is_asked) {
        rc = settle_week(self, look, first, &plan, fail);
    }
    if (plan.next_ms != 0 && (*next_ms == 0 || plan.next_ms < *next_ms)) *next_ms = plan.next_ms;
    plan_free(&plan);
    return rc;
}

static int look_at_messages(struct reminders *self, const struct look *look,
                            struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    int64_t next_ms = 0, restored = 0;
    int is_now = 0, rc = is_time(self, look, &is_now, fail);
    uint32_t from = 0;
    /* a batch may be given up: what this look settled has to be on disk */
    if (rc == 0) rc = read_restored(host, &restored, fail);
    if (rc < 0 || restored != 0 || (!is_now && !look->is_asked)) return rc;
    while (rc == 0 && from < look->recipients.count) {
        uint32_t count = group_size(&look->recipients, from);
        rc = look_at_group(self, look, from, count, &next_ms, fail);
        from += count;
    }
    if (rc == 0 && next_ms != 0) rc = host->job_at(host->self, "look", next_ms, fail);
    return rc;
}

/* ---- The job ---- */

static int keep_send_at(const struct reminders *self, struct wh_failure *fail)
{
    int64_t taken = 0;
    int rc = number_read(self->host, KEY_SEND_AT, &taken, fail);
    if (rc < 0 || taken == self->settings.send_at) return rc;
    return number_write(self->host, KEY_SEND_AT, self->settings.send_at, fail);
}

static int look_begin(struct reminders *self, struct wh_failure *fail)
{
    const struct wh_host *host = self->host;
    struct look *look = &self->look;
    int32_t is_asked = self->is_asked;
    int rc;
    look_free(look);
    rc = begin(self, host->today(host->self), look, fail);
    look->is_asked = is_asked;
    self->is_asked = 0;
    if (rc == 0) rc = settle_doubts(self, look, fail);
    if (rc == 0 && look->recipients.untold_count > self->untold_said) {
        host->log(host->self, WH_LOG_WARN, "reminders.no_address",
                  "why=a recipient has no address, or one that has not the form of one");
    }
    self->untold_said = look->recipients.untold_count;
    if (rc == 0) rc = keep_send_at(self, fail);
    return rc;
}

static int next_slice(struct reminders *self, struct wh_failure *fail)
{
    struct look *look = &self->look;
    uint32_t step = look->step++;
    int rc;
    switch (step) {
    case LOOK_BEGIN:
        rc = look_begin(self, fail);
        look->step = LOOK_YEARS;
        return rc < 0 ? rc : WH_AGAIN;
    case LOOK_NOTICES:
        rc = notices_show(self, look, fail);
        if (rc == 0) rc = unreached_show(self, fail);
        return rc < 0 ? rc : WH_AGAIN;
    case LOOK_FEEDS:
        rc = feed_next(self, look, fail);
        if (rc > 0) look->step = LOOK_FEEDS;
        return rc < 0 ? rc : WH_AGAIN;
    case LOOK_FAULTS: rc = faults_show(self, look, fail); return rc < 0 ? rc : WH_AGAIN;
    case LOOK_MESSAGES: return look_at_messages(self, look, fail);
    default:
        rc = read_year(self, year_at(look, step - LOOK_YEARS), look, fail);
        return rc < 0 ? rc : WH_AGAIN;
    }
}

int look_slice(struct reminders *self, struct wh_failure *fail)
{
    int rc = next_slice(self, fail);
    if (rc != WH_AGAIN) look_free(&self->look);
    return rc;
}
