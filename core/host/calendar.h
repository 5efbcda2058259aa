/* calendar.h: when a job is due: the rule of `struct wh_job.when` read, and its next moment. Pure.
 * Thread: any. */
#ifndef WH_HOST_CALENDAR_H
#define WH_HOST_CALENDAR_H

#include "base/span.h"

enum wh_calendar_form {
    WH_CALENDAR_NEVER, /* only when asked */
    WH_CALENDAR_EVERY,
    WH_CALENDAR_HOURLY,
    WH_CALENDAR_DAILY,
    WH_CALENDAR_WEEKLY,
    WH_CALENDAR_MONTHLY,
    WH_CALENDAR_QUARTERLY,
    WH_CALENDAR_YEARLY,
};

struct wh_calendar {
    enum wh_calendar_form form;
    int64_t every_ms;
    int32_t minute_of_day; /* of `hourly`: the minute of the hour */
    int32_t weekday;       /* 0: Monday */
    int32_t month;         /* 1..12 */
    int32_t day;           /* 1..31; a month that is shorter has its last day */
};

/* False where `rule` is no rule. An empty one is never due. */
bool wh_calendar_read(struct wh_span rule, struct wh_calendar *ret);

/* The first moment after `after_ms` at which the rule is due; both in milliseconds since 1970, by a
 * clock that stands `zone_minutes` east of UTC. INT64_MAX: never. */
int64_t wh_calendar_next(const struct wh_calendar *calendar, int64_t after_ms,
                         int32_t zone_minutes);

#endif
