#include "planner_improve.h"

#include <stdlib.h>

#include "planner_cost.h"

void improve_keep(struct schedule *schedule)
{
    uint32_t i;
    for (i = 0; i < schedule->input->units_count; i++) {
        int32_t slot = schedule->former[i];
        if (slot == NOWHERE || !schedule->chosen[i] || schedule->room[slot] <= 0) continue;
        schedule_put(schedule, i, slot);
    }
}

/* Visits that make a full day of the inspectors, rounded down. */
static uint32_t full_day(const struct plan_input *input)
{
    uint32_t sum = 0, i;
    for (i = 0; i < input->inspectors_count; i++) {
        uint32_t visits = input->inspectors[i].visits_a_day;
        sum += visits ? visits : PLAN_VISITS_A_DAY_DEFAULT;
    }
    return sum / (input->inspectors_count ? input->inspectors_count : 1);
}

/* The units to put: those of an area together, the heaviest first, then those in a hurry. */
static uint32_t rank_units(const struct schedule *schedule, struct rank *ranks)
{
    uint32_t count = 0, i;
    for (i = 0; i < schedule->input->units_count; i++) {
        const struct trip *alone = &schedule->alone[i];
        if (!schedule->chosen[i] || schedule->former[i] != NOWHERE ||
            schedule->input->units[i].pinned) {
            continue;
        }
        ranks[count++] = (struct rank){{alone->area, -alone->weight, alone->last_day}, i};
    }
    rank_sort(ranks, count);
    return count;
}

static int can_be_one(const struct schedule *schedule, const struct trip *trip)
{
    uint32_t i, day;
    for (i = 0; i < schedule->input->inspectors_count; i++) {
        if (schedule_is_barred(trip, i)) continue;
        for (day = 0; day < PLAN_DAY_WORDS; day++) {
            if (schedule_window(trip, schedule->can[i], day)) return 1;
        }
    }
    return 0;
}

/* The trip of the first of the units and as many after it as go with it. */
static struct trip trip_from(const struct schedule *schedule, const struct rank *units,
                             uint32_t count)
{
    struct trip trip = schedule->alone[units[0].unit];
    uint32_t most = full_day(schedule->input), i;
    for (i = 1; i < count && i < most; i++) {
        struct trip longer = trip;
        if (schedule->alone[units[i].unit].area != trip.area) break;
        trip_join(&longer, &schedule->alone[units[i].unit]);
        if (!can_be_one(schedule, &longer)) break;
        trip = longer;
    }
    return trip;
}

/* Returns how many trips; the `unit` of each is the place of its first one in `units`. */
static uint32_t rank_trips(const struct schedule *schedule, const struct rank *units,
                           uint32_t units_count, struct rank *trips)
{
    uint32_t count = 0, i = 0;
    while (i < units_count) {
        struct trip trip = trip_from(schedule, &units[i], units_count - i);
        trips[count++] = (struct rank){{-trip.weight, trip.last_day, -(int64_t)trip.visits}, i};
        i += trip.visits;
    }
    rank_sort(trips, count);
    return count;
}

/* As one trip, or else each unit by itself. */
static void put_trip(struct schedule *schedule, const struct rank *units, uint32_t count)
{
    struct trip trip = schedule->alone[units[0].unit];
    int64_t points = INT64_MAX;
    int32_t slot;
    uint32_t i;
    for (i = 1; i < count; i++) trip_join(&trip, &schedule->alone[units[i].unit]);
    slot = cost_cheapest_slot(schedule, &trip, &points);
    for (i = 0; i < count; i++) {
        if (slot != NOWHERE) {
            schedule_put(schedule, units[i].unit, slot);
        } else if (count > 1) {
            put_trip(schedule, &units[i], 1);
        }
    }
}

int improve_build(struct schedule *schedule)
{
    size_t size = (size_t)schedule->input->units_count + 1;
    struct rank *units = calloc(size, sizeof(*units)), *trips = calloc(size, sizeof(*trips));
    uint32_t count, i;
    int rc = PLAN_E_MEMORY;
    if (!units || !trips) goto out;
    count = rank_trips(schedule, units, rank_units(schedule, units), trips);
    for (i = 0; i < count; i++) {
        put_trip(schedule, &units[trips[i].unit], (uint32_t)-trips[i].by[2]);
    }
    rc = 0;
out:
    free(units);
    free(trips);
    return rc;
}
