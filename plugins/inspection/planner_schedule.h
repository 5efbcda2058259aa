/* planner_schedule.h: the schedule while it is made: which visits lie in which slot. A slot is a
 * day of an inspector; whoever puts and takes visits keeps the other figures right through here.
 * Units: days are indexes of the input's, shares are tenths of a visit. Thread: any. Ownership: the
 * input is borrowed until schedule_deinit(). */
#ifndef INSPECTION_PLANNER_SCHEDULE_H
#define INSPECTION_PLANNER_SCHEDULE_H

#include "planner.h"

enum { NOWHERE = -1 };

/* Visits of one area that lie, or shall lie, in one slot. A unit alone is a trip of one visit. */
struct trip {
    uint32_t area;
    uint32_t visits;
    int64_t weight;                        /* sum of its units' */
    int32_t first_day;                     /* what all its units' windows have in common; */
    int32_t last_day;                      /* before first_day: nothing */
    uint64_t barred[PLAN_INSPECTOR_WORDS]; /* those who must not check one of its units */
};

struct schedule {
    const struct plan_input *input;
    uint32_t slots_count;
    uint32_t formers_count; /* former visits that are possible */
    int64_t steps;          /* slots looked at so far: what bounds the improvement */

    /* Of each unit. */
    struct trip *alone;
    int32_t *former;          /* slot of the former visit while it is possible, else NOWHERE */
    int32_t *at;              /* slot, or NOWHERE */
    int32_t *next, *previous; /* units in the same slot, or NOWHERE */
    uint8_t *chosen;          /* shall be planned; pinned units are */

    /* Of each slot. */
    int32_t *first; /* unit, or NOWHERE */
    int32_t *room;  /* visits that it still takes; below 0 where pinned ones are too many */

    /* Of each inspector. */
    uint64_t (*can)[PLAN_DAY_WORDS];  /* days on which they can */
    uint64_t (*open)[PLAN_DAY_WORDS]; /* of these, those with room */
    int64_t *load;                    /* visits */
    int64_t *share_t;                 /* visits that are theirs by what they can, in tenths */
};

/* A unit and what it is sorted by. No two compare equal. */
struct rank {
    int64_t by[3];
    uint32_t unit;
};

/* Without visits. Returns 0 or PLAN_E_MEMORY; in both cases it is to be deinited. */
int schedule_init(struct schedule *schedule, const struct plan_input *input);
void schedule_deinit(struct schedule *schedule);

void schedule_put(struct schedule *schedule, uint32_t unit, int32_t slot);
void schedule_take(struct schedule *schedule, uint32_t unit);

/* Puts a visit that stands whatever is said of it; outside the window it is load and nothing else.
 */
void schedule_fix(struct schedule *schedule, uint32_t unit, struct plan_visit visit);

/* Takes all visits that are not pinned. */
void schedule_clear(struct schedule *schedule);

/* Deals the visits of `chosen` units, and the pinned ones, out as shares. */
void schedule_share(struct schedule *schedule);

/* The days of word `word` on which the trip's units may be checked; `days` are an inspector's. */
uint64_t schedule_window(const struct trip *trip, const uint64_t *days, uint32_t word);

/* 1 where the inspector must not check one of the trip's units. */
int schedule_is_barred(const struct trip *trip, uint32_t inspector);

/* 1 where the trip's units may lie in the slot, room or not. */
int schedule_allows(const struct schedule *schedule, const struct trip *trip, int32_t slot);

/* Makes of `trip` and `more` one trip. */
void trip_join(struct trip *trip, const struct trip *more);

/* 1 where the unit shall be planned and is not yet. */
static inline int schedule_waits(const struct schedule *schedule, uint32_t unit)
{
    return schedule->chosen[unit] && schedule->at[unit] == NOWHERE &&
           !schedule->input->units[unit].pinned;
}

static inline uint32_t schedule_inspector(const struct schedule *schedule, int32_t slot)
{
    return (uint32_t)slot / schedule->input->days_count;
}

static inline uint32_t schedule_day(const struct schedule *schedule, int32_t slot)
{
    return (uint32_t)slot % schedule->input->days_count;
}

static inline int32_t schedule_slot(const struct schedule *schedule, uint32_t inspector,
                                    uint32_t day)
{
    return (int32_t)(inspector * schedule->input->days_count + day);
}

/* The index of the first day that is `day` or later; days_count if there is none. */
uint32_t schedule_day_from(const struct plan_input *input, int32_t day);

void rank_sort(struct rank *ranks, uint32_t count);

#endif
