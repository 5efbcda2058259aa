/* duties.h: periods of a duty, which deed meets which period, and states (data.md "Duties,
 * exactly"). Pure: days of rest come in through a function, as the
 * node's table gives it or as a test does.
 *
 * Units: days since 1970-01-01. Thread: any. Ownership: plain values. */
#ifndef WH_PLUGINS_DUTIES_H
#define WH_PLUGINS_DUTIES_H

#include <wuhao/plugin.h>

#define PERIODS_A_YEAR_MAX 64 /* of one duty */
#define LATE_DAYS 30          /* behind the due day: late until then, missed after it */

/* The first working day on or after `day`. */
struct calendar {
    int64_t (*workday_from)(void *context, int64_t day);
    void *context;
    int32_t moves; /* due days move off days of rest */
};

struct period {
    char name[16]; /* "2025Q1", "2025H2", "2025", "2025-1" */
    int64_t begins;
    int64_t ends; /* the day on which the unit must exist */
    int64_t due;
    int64_t met; /* by match_deeds(): the day of the deed; 0: not met */
};

/* The calendar of the programme of `year`, by the host's table, which it borrows. */
struct calendar calendar_of(const struct wh_host *host, uint32_t year);

/* The periods of `duty` in `year`, by their due days; none where the duty is of another year.
 * Returns how many were put into `ret`, of PERIODS_A_YEAR_MAX. */
uint32_t periods_of(const struct wh_duty *duty, uint32_t year, const struct calendar *calendar,
                    struct period *ret);

/* Each deed, in the order of `days` (ascending), meets the earliest period that is unmet, has begun
 * by then, and was due at most LATE_DAYS before; else none. `periods` are of one duty and unit, in
 * the order of their due days, over as many years as hang together. */
void match_deeds(struct period *periods, uint32_t count, const int64_t *days, uint32_t days_count);

enum duty_state {
    DUTY_DONE,
    DUTY_OPEN,
    DUTY_LATE,
    DUTY_MISSED,
};

enum duty_state duty_state_on(const struct period *period, int64_t day);
const char *duty_state_word(enum duty_state state);
/* Their titles (struct wh_choice). */
extern const struct wh_list duty_state_titles;
/* 1 where it was met after its due day. */
int is_met_late(const struct period *period);

/* 1 where units of this kind owe the duty. */
int duty_is_of(const struct wh_duty *duty, const char *unit_kind);

#endif
