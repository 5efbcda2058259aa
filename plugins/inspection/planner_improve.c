#include "planner_improve.h"

#include "planner_cost.h"

/* Bounds by count, since a count is the same on every machine: for each unit, and in all. */
enum { STEPS_EACH = 8000, STEPS_MAX = 60000000 };

static int is_movable(const struct schedule *schedule, uint32_t unit)
{
    int32_t slot = schedule->at[unit];
    return slot != NOWHERE && slot != schedule->former[unit] &&
           !schedule->input->units[unit].pinned;
}

/* ---- Moves ---- */

static int move_unit(struct schedule *schedule, uint32_t unit)
{
    const struct trip *alone = &schedule->alone[unit];
    int32_t here = schedule->at[unit], there;
    int64_t points;
    schedule_take(schedule, unit);
    points = cost_of_trip(schedule, alone, here);
    there = cost_cheapest_slot(schedule, alone, &points);
    schedule_put(schedule, unit, there == NOWHERE ? here : there);
    return there != NOWHERE;
}

/* ---- Into full slots ---- */

/* Puts `unit`, which lies nowhere, in the place of `other`, which goes where it costs least, if
 * that is cheaper than `points` with `other` where it is. */
static int displace(struct schedule *schedule, uint32_t unit, uint32_t other, int64_t points)
{
    int32_t slot = schedule->at[other], there;
    if (!is_movable(schedule, other)) return 0;
    schedule->steps++;
    schedule_take(schedule, other);
    points += cost_of_trip(schedule, &schedule->alone[other], slot);
    points -= cost_of_trip(schedule, &schedule->alone[unit], slot);
    schedule_put(schedule, unit, slot);
    there = cost_cheapest_slot(schedule, &schedule->alone[other], &points);
    if (there == NOWHERE) schedule_take(schedule, unit);
    schedule_put(schedule, other, there == NOWHERE ? slot : there);
    return there != NOWHERE;
}

/* A unit that lies nowhere, and what it costs where it was. */
struct homeless {
    uint32_t unit;
    int64_t points, but_load;
};

/* Tries to displace each unit of a slot that would be cheaper if it had room. */
static int squeeze_in(struct schedule *schedule, const struct homeless *homeless, int32_t slot)
{
    const struct trip *alone = &schedule->alone[homeless->unit];
    int32_t other, next;
    schedule->steps++;
    if (schedule->room[slot] > 0 || !schedule_allows(schedule, alone, slot)) return 0;
    if (cost_but_load(schedule, alone, slot) >= homeless->but_load &&
        cost_of_trip(schedule, alone, slot) >= homeless->points) {
        return 0;
    }
    for (other = schedule->first[slot]; other != NOWHERE; other = next) {
        next = schedule->next[other];
        if (displace(schedule, homeless->unit, (uint32_t)other, homeless->points)) return 1;
    }
    return 0;
}

static int squeeze_unit(struct schedule *schedule, uint32_t unit)
{
    const struct trip *alone = &schedule->alone[unit];
    struct homeless homeless = {.unit = unit};
    int32_t here = schedule->at[unit];
    uint32_t i;
    schedule_take(schedule, unit);
    homeless.points = cost_of_trip(schedule, alone, here);
    homeless.but_load = cost_but_load(schedule, alone, here);
    for (i = 0; i < schedule->slots_count; i++) {
        if (squeeze_in(schedule, &homeless, (int32_t)i)) return 1;
    }
    schedule_put(schedule, unit, here);
    return 0;
}

/* ---- Two slots anew ---- */

enum { ANEW_MAX = 8 };

/* Units that lie nowhere for the moment. */
struct party {
    uint32_t units[ANEW_MAX];
    uint32_t count;
};

/* Takes the units of the slot that may move; adds what they cost there. */
static int64_t empty_slot(struct schedule *schedule, int32_t slot, struct party *party)
{
    int32_t unit, next;
    int64_t points = 0;
    for (unit = schedule->first[slot]; unit != NOWHERE; unit = next) {
        next = schedule->next[unit];
        if (!is_movable(schedule, (uint32_t)unit)) continue;
        if (party->count == ANEW_MAX) break;
        schedule_take(schedule, (uint32_t)unit);
        points += cost_of_trip(schedule, &schedule->alone[unit], slot);
        party->units[party->count++] = (uint32_t)unit;
    }
    return points;
}

static int put_anew(struct schedule *schedule, const struct party *party, uint32_t begin,
                    int64_t points)
{
    uint32_t done;
    for (done = 0; done < party->count; done++) {
        uint32_t unit = party->units[(begin + done) % party->count];
        int64_t more = INT64_MAX;
        int32_t slot = cost_cheapest_slot(schedule, &schedule->alone[unit], &more);
        if (slot == NOWHERE) break;
        points -= more;
        schedule_put(schedule, unit, slot);
    }
    if (done == party->count && points > 0) return 1;
    while (done > 0) schedule_take(schedule, party->units[(begin + --done) % party->count]);
    return 0;
}

static int fill_anew(struct schedule *schedule, int32_t here, int32_t there)
{
    struct party party = {.count = 0};
    int64_t points = empty_slot(schedule, here, &party);
    uint32_t from_here = party.count, i;
    points += empty_slot(schedule, there, &party);
    for (i = 0; i < party.count; i++) {
        if (put_anew(schedule, &party, i, points)) return 1;
    }
    for (i = 0; i < party.count; i++) {
        schedule_put(schedule, party.units[i], i < from_here ? here : there);
    }
    return 0;
}

static int fill_two_anew(struct schedule *schedule, uint32_t unit)
{
    uint32_t i;
    for (i = 0; i < schedule->slots_count; i++) {
        schedule->steps++;
        if (schedule->first[i] == NOWHERE || (int32_t)i == schedule->at[unit]) continue;
        if (fill_anew(schedule, schedule->at[unit], (int32_t)i)) return 1;
    }
    return 0;
}

/* ---- Units that are not planned ---- */

/* Once visits stand, who is planned was settled with them: with other units fewer of them might
 * have had to move. */
static int may_be_left_out(const struct schedule *schedule, uint32_t unit)
{
    return schedule->formers_count == 0 && !schedule->input->units[unit].pinned;
}

/* Gives the visit of `other` to `unit`, which has none, if they weigh the same and that is
 * cheaper. */
static int replace(struct schedule *schedule, uint32_t unit, uint32_t other)
{
    int32_t slot = schedule->at[other];
    int64_t before;
    schedule->steps++;
    if (!may_be_left_out(schedule, other)) return 0;
    if (schedule->alone[other].weight != schedule->alone[unit].weight) return 0;
    schedule_take(schedule, other);
    before = cost_of_trip(schedule, &schedule->alone[other], slot);
    if (cost_of_trip(schedule, &schedule->alone[unit], slot) >= before) {
        schedule_put(schedule, other, slot);
        return 0;
    }
    schedule_put(schedule, unit, slot);
    schedule->chosen[other] = 0;
    schedule->chosen[unit] = 1;
    return 1;
}

static int plan_instead(struct schedule *schedule, uint32_t unit)
{
    uint32_t i;
    for (i = 0; i < schedule->slots_count; i++) {
        int32_t other = schedule->first[i], next;
        schedule->steps++;
        if (!schedule_allows(schedule, &schedule->alone[unit], (int32_t)i)) continue;
        for (; other != NOWHERE; other = next) {
            next = schedule->next[other];
            if (replace(schedule, unit, (uint32_t)other)) return 1;
        }
    }
    return 0;
}

/* ---- All ---- */

static int improve_unit(struct schedule *schedule, uint32_t unit)
{
    if (!schedule->chosen[unit]) {
        return may_be_left_out(schedule, unit) && plan_instead(schedule, unit);
    }
    if (!is_movable(schedule, unit)) return 0;
    return move_unit(schedule, unit) || squeeze_unit(schedule, unit);
}

static int improve_more(struct schedule *schedule, uint32_t unit)
{
    return is_movable(schedule, unit) && fill_two_anew(schedule, unit);
}

/* Goes through all units; returns whether the schedule is cheaper. */
static int sweep(struct schedule *schedule, int64_t steps_max,
                 int improve(struct schedule *, uint32_t))
{
    int better = 0;
    uint32_t i;
    for (i = 0; i < schedule->input->units_count && schedule->steps < steps_max; i++) {
        better |= improve(schedule, i);
    }
    return better;
}

void improve_schedule(struct schedule *schedule)
{
    int64_t steps = STEPS_EACH * (int64_t)schedule->input->units_count;
    int64_t steps_max = schedule->steps + (steps < STEPS_MAX ? steps : STEPS_MAX);
    do {
        while (sweep(schedule, steps_max, improve_unit)) continue;
    } while (sweep(schedule, steps_max, improve_more));
}
