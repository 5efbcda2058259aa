/* planner.h: who inspects which unit on which day.
 *
 * One plan is made for one window of working days (a quarter, a half-year, a year's end). It misses
 * as few units as can be, keeps what stands of a former plan, and is cheap; README.md says what is
 * weighed and what is promised. Same input, same bytes: no clock, no chance, nothing kept between
 * calls. Units: days count from 1970-01-01, 0 is "none". Thread: any. Ownership: the input is
 * borrowed for the call, a plan is the caller's until plan_deinit(). */
#ifndef INSPECTION_PLANNER_H
#define INSPECTION_PLANNER_H

#include <stdint.h>

enum {
    PLAN_INSPECTORS_MAX = 200,
    PLAN_UNITS_MAX = 20000,
    PLAN_DAYS_MAX = 400,
    PLAN_VISITS_A_DAY_MAX = 100,
    PLAN_VISITS_A_DAY_DEFAULT = 3,
    PLAN_WEIGHT_MAX = 1000,
    PLAN_INSPECTOR_WORDS = (PLAN_INSPECTORS_MAX + 63) / 64,
    PLAN_DAY_WORDS = (PLAN_DAYS_MAX + 63) / 64,
};

/* What a plan costs, in points. */
enum {
    PLAN_POINTS_TRIP = 300,    /* one trip */
    PLAN_POINTS_LATE = 10,     /* a unit of weight 1, for each working day before its visit */
    PLAN_POINTS_UNEVEN = 1,    /* a hundredth of a squared visit off an inspector's share */
    PLAN_POINTS_CHANGED = 1000 /* a former visit that is not where it was */
};

enum plan_error {
    PLAN_E_INPUT = -1, /* over a bound, or against what a field's comment says */
    PLAN_E_MEMORY = -2,
};

/* Why a unit has no visit. */
enum plan_reason {
    PLAN_PLANNED,
    PLAN_NO_INSPECTOR, /* nobody may check it */
    PLAN_NO_DAY,       /* nobody who may check it can on a day of its window */
    PLAN_FULL,         /* what they can is used up by units that weigh as much or more */
};

/* A set of indexes, in words of 64 bits. */
static inline void plan_set_add(uint64_t *words, uint32_t index)
{
    words[index / 64] |= UINT64_C(1) << (index % 64);
}

static inline int plan_set_has(const uint64_t *words, uint32_t index)
{
    return (int)(words[index / 64] >> (index % 64) & 1);
}

struct plan_visit {
    uint32_t inspector; /* index of the input's inspectors */
    int32_t day;        /* 0: no visit */
};

struct plan_inspector {
    uint64_t days[PLAN_DAY_WORDS]; /* set of indexes of the input's days: those on which they can */
    uint32_t visits_a_day;         /* 0: PLAN_VISITS_A_DAY_DEFAULT */
    uint8_t taken[PLAN_DAYS_MAX]; /* of each of the input's days: visits that they make that day for
                                   * another plan, which leave that much less room */
};

/* Zeroed: a unit without anything special. */
struct plan_unit {
    uint32_t area;                            /* units of one area make one trip */
    uint32_t weight;                          /* 0: as most; more: wants to be early */
    int32_t first_day, last_day;              /* both may be visited; 0: no such bound */
    struct plan_visit former;                 /* where the plan that stands has it */
    uint32_t pinned;                          /* 1: `former` is done or moved by hand; it stays */
    uint64_t forbidden[PLAN_INSPECTOR_WORDS]; /* set of the inspectors who must not check it */
};

struct plan_input {
    const int32_t *days; /* working days, over 0, ascending */
    const struct plan_inspector *inspectors;
    const struct plan_unit *units;
    uint32_t days_count, inspectors_count, units_count;
};

/* What a plan costs, in parts. */
struct plan_cost {
    int64_t trips;    /* different (inspector, day, area) */
    int64_t lateness; /* sum of weight x index of the day */
    int64_t uneven_h; /* sum over inspectors of (visits - share)^2, in hundredths; a share is what
                       * their room on all days gives them of all visits, rounded down to a tenth */
    int64_t changed;  /* units not pinned that had a former visit and are not where it was */
    int64_t points;   /* all four, weighed with PLAN_POINTS_* */
};

struct plan {
    struct plan_visit *visits; /* of each unit; may be the next plan's `former` as it is */
    uint8_t *reasons;          /* of each unit, an enum plan_reason */
    uint32_t units_count;
    uint32_t missed; /* units without a visit */
    struct plan_cost cost;
};

/* Makes the plan. A pinned visit stands whatever else is said: where its inspector cannot, may not
 * or is over the capacity, and on a day that is none of the window's, where it counts as a visit of
 * its inspector and is weighed no further. A former visit that is no longer possible is one that
 * changes, not an error. Fails with PLAN_E_INPUT or PLAN_E_MEMORY; *ret is then untouched. */
int plan_make(const struct plan_input *input, struct plan *ret);

/* What any visits cost, `visits` being of each unit, held against the input's former ones. They are
 * not asked whether they are possible, but an inspector who is none is PLAN_E_INPUT. Fails as
 * plan_make() does; *ret is then untouched. */
int plan_weigh(const struct plan_input *input, const struct plan_visit *visits,
               struct plan_cost *ret);

/* Takes a zeroed plan too, and leaves it zeroed. */
void plan_deinit(struct plan *plan);

#endif
