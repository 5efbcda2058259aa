#include "planner_cost.h"

/* ---- One trip ---- */

static int has_area(const struct schedule *schedule, int32_t slot, uint32_t area)
{
    int32_t unit = schedule->first[slot];
    while (unit != NOWHERE && schedule->alone[unit].area != area) unit = schedule->next[unit];
    return unit != NOWHERE;
}

static int64_t lateness_points(const struct trip *trip, uint32_t day)
{
    return PLAN_POINTS_LATE * trip->weight * day;
}

static int64_t squared(int64_t number)
{
    return number * number;
}

/* Points by which so many visits more make the inspectors' loads less even. */
static int64_t load_points(const struct schedule *schedule, uint32_t inspector, int64_t visits)
{
    int64_t off_t = 10 * schedule->load[inspector] - schedule->share_t[inspector];
    return PLAN_POINTS_UNEVEN * (squared(off_t + 10 * visits) - squared(off_t));
}

int64_t cost_but_load(const struct schedule *schedule, const struct trip *trip, int32_t slot)
{
    return lateness_points(trip, schedule_day(schedule, slot)) +
           (has_area(schedule, slot, trip->area) ? 0 : PLAN_POINTS_TRIP);
}

int64_t cost_of_trip(const struct schedule *schedule, const struct trip *trip, int32_t slot)
{
    return load_points(schedule, schedule_inspector(schedule, slot), trip->visits) +
           cost_but_load(schedule, trip, slot);
}

/* ---- The cheapest slot ---- */

struct quest {
    const struct trip *trip;
    int64_t points; /* of the best so far */
    int32_t slot;
};

/* Goes through the days of a word until none can be better; 0: there is none. */
static int ask_days(struct schedule *schedule, struct quest *quest, uint32_t inspector,
                    uint32_t word)
{
    int64_t load = load_points(schedule, inspector, quest->trip->visits);
    uint64_t days = schedule_window(quest->trip, schedule->open[inspector], word);
    schedule->steps++;
    for (; days; days &= days - 1) {
        uint32_t day = word * 64 + (uint32_t)__builtin_ctzll(days);
        int32_t slot = schedule_slot(schedule, inspector, day);
        int64_t points = load + lateness_points(quest->trip, day);
        int joins;
        schedule->steps++;
        if (points >= quest->points) return 0;
        if (schedule->room[slot] < (int32_t)quest->trip->visits) continue;
        joins = has_area(schedule, slot, quest->trip->area);
        if (!joins) points += PLAN_POINTS_TRIP;
        if (points < quest->points) {
            quest->points = points;
            quest->slot = slot;
        }
        if (joins) return 0; /* a later day is not cheaper */
    }
    return 1;
}

int32_t cost_cheapest_slot(struct schedule *schedule, const struct trip *trip, int64_t *points)
{
    struct quest quest = {trip, *points, NOWHERE};
    uint32_t words = (schedule->input->days_count + 63) / 64, i, word;
    for (i = 0; i < schedule->input->inspectors_count; i++) {
        if (schedule_is_barred(trip, i)) continue;
        for (word = 0; word < words && ask_days(schedule, &quest, i, word); word++) continue;
    }
    *points = quest.points;
    return quest.slot;
}

/* ---- All of it ---- */

/* Is the unit the first of its area in the list of its slot? */
static int opens_trip(const struct schedule *schedule, uint32_t unit)
{
    int32_t other = schedule->previous[unit];
    while (other != NOWHERE && schedule->alone[other].area != schedule->alone[unit].area) {
        other = schedule->previous[other];
    }
    return other == NOWHERE;
}

static int is_changed(const struct plan_unit *unit, struct plan_visit visit)
{
    if (unit->pinned || unit->former.day == 0) return 0;
    return visit.day != unit->former.day || visit.inspector != unit->former.inspector;
}

struct plan_cost cost_of_schedule(const struct schedule *schedule, const struct plan_visit *visits)
{
    struct plan_cost cost = {0};
    uint32_t i;
    for (i = 0; i < schedule->input->units_count; i++) {
        int32_t slot = schedule->at[i];
        cost.changed += is_changed(&schedule->input->units[i], visits[i]);
        if (slot == NOWHERE) continue;
        cost.trips += opens_trip(schedule, i);
        cost.lateness += schedule->alone[i].weight * schedule_day(schedule, slot);
    }
    for (i = 0; i < schedule->input->inspectors_count; i++) {
        cost.uneven_h += squared(10 * schedule->load[i] - schedule->share_t[i]);
    }
    cost.points = PLAN_POINTS_TRIP * cost.trips + PLAN_POINTS_LATE * cost.lateness +
                  PLAN_POINTS_UNEVEN * cost.uneven_h + PLAN_POINTS_CHANGED * cost.changed;
    return cost;
}
