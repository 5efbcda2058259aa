#include "planner_schedule.h"

#include <stdlib.h>
#include <string.h>

/* ---- Days and windows ---- */

uint32_t schedule_day_from(const struct plan_input *input, int32_t day)
{
    uint32_t low = 0, high = input->days_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (input->days[middle] < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

uint64_t schedule_window(const struct trip *trip, const uint64_t *days, uint32_t word)
{
    int32_t first = trip->first_day - (int32_t)word * 64,
            last = trip->last_day - (int32_t)word * 64;
    uint64_t bits = days[word];
    if (first > 63 || last < 0 || first > last) return 0;
    if (first > 0) bits &= ~UINT64_C(0) << first;
    if (last < 63) bits &= ~UINT64_C(0) >> (63 - last);
    return bits;
}

int schedule_is_barred(const struct trip *trip, uint32_t inspector)
{
    return plan_set_has(trip->barred, inspector);
}

int schedule_allows(const struct schedule *schedule, const struct trip *trip, int32_t slot)
{
    uint32_t inspector = schedule_inspector(schedule, slot), day = schedule_day(schedule, slot);
    return !schedule_is_barred(trip, inspector) && (int32_t)day >= trip->first_day &&
           (int32_t)day <= trip->last_day && plan_set_has(schedule->can[inspector], day);
}

void trip_join(struct trip *trip, const struct trip *more)
{
    uint32_t i;
    trip->visits += more->visits;
    trip->weight += more->weight;
    if (more->first_day > trip->first_day) trip->first_day = more->first_day;
    if (more->last_day < trip->last_day) trip->last_day = more->last_day;
    for (i = 0; i < PLAN_INSPECTOR_WORDS; i++) trip->barred[i] |= more->barred[i];
}

static struct trip trip_of(const struct plan_input *input, const struct plan_unit *unit)
{
    struct trip trip = {unit->area, 1, unit->weight, 0, (int32_t)input->days_count - 1, {0}};
    if (unit->first_day != 0) trip.first_day = (int32_t)schedule_day_from(input, unit->first_day);
    if (unit->last_day != 0 && unit->last_day < INT32_MAX) {
        trip.last_day = (int32_t)schedule_day_from(input, unit->last_day + 1) - 1;
    }
    memcpy(trip.barred, unit->forbidden, sizeof(trip.barred));
    return trip;
}

/* ---- Visits ---- */

static void note_room(struct schedule *schedule, int32_t slot)
{
    uint32_t inspector = schedule_inspector(schedule, slot), day = schedule_day(schedule, slot);
    uint64_t bit = UINT64_C(1) << (day % 64), *word = &schedule->open[inspector][day / 64];
    if (schedule->room[slot] > 0 && plan_set_has(schedule->can[inspector], day)) {
        *word |= bit;
    } else {
        *word &= ~bit;
    }
}

void schedule_put(struct schedule *schedule, uint32_t unit, int32_t slot)
{
    int32_t first = schedule->first[slot];
    schedule->at[unit] = slot;
    schedule->previous[unit] = NOWHERE;
    schedule->next[unit] = first;
    if (first != NOWHERE) schedule->previous[first] = (int32_t)unit;
    schedule->first[slot] = (int32_t)unit;
    schedule->room[slot]--;
    schedule->load[schedule_inspector(schedule, slot)]++;
    note_room(schedule, slot);
}

void schedule_take(struct schedule *schedule, uint32_t unit)
{
    int32_t slot = schedule->at[unit];
    int32_t next = schedule->next[unit], previous = schedule->previous[unit];
    if (previous != NOWHERE) {
        schedule->next[previous] = next;
    } else {
        schedule->first[slot] = next;
    }
    if (next != NOWHERE) schedule->previous[next] = previous;
    schedule->at[unit] = NOWHERE;
    schedule->room[slot]++;
    schedule->load[schedule_inspector(schedule, slot)]--;
    note_room(schedule, slot);
}

void schedule_clear(struct schedule *schedule)
{
    uint32_t i;
    for (i = 0; i < schedule->input->units_count; i++) {
        if (schedule->at[i] != NOWHERE && !schedule->input->units[i].pinned) {
            schedule_take(schedule, i);
        }
    }
}

/* The slot of a visit, or NOWHERE if its day is none of the window's or its inspector is none. */
static int32_t slot_of(const struct schedule *schedule, struct plan_visit visit)
{
    const struct plan_input *input = schedule->input;
    uint32_t day;
    if (visit.day == 0 || visit.inspector >= input->inspectors_count) return NOWHERE;
    day = schedule_day_from(input, visit.day);
    if (day == input->days_count || input->days[day] != visit.day) return NOWHERE;
    return schedule_slot(schedule, visit.inspector, day);
}

void schedule_fix(struct schedule *schedule, uint32_t unit, struct plan_visit visit)
{
    int32_t slot = slot_of(schedule, visit);
    schedule->chosen[unit] = 1;
    if (slot == NOWHERE) {
        schedule->load[visit.inspector]++;
    } else {
        schedule_put(schedule, unit, slot);
    }
}

/* ---- Shares ---- */

static uint32_t visits_a_day(const struct plan_inspector *inspector)
{
    return inspector->visits_a_day ? inspector->visits_a_day : PLAN_VISITS_A_DAY_DEFAULT;
}

/* What the day takes of this plan's visits; never below 0. */
static int32_t room_of(const struct plan_inspector *inspector, uint32_t day)
{
    int32_t room = (int32_t)visits_a_day(inspector) - inspector->taken[day];
    return room > 0 ? room : 0;
}

static int64_t visits_possible(const struct schedule *schedule, uint32_t inspector)
{
    int64_t visits = 0;
    uint32_t i;
    for (i = 0; i < schedule->input->days_count; i++) {
        if (!plan_set_has(schedule->can[inspector], i)) continue;
        visits += room_of(&schedule->input->inspectors[inspector], i);
    }
    return visits;
}

void schedule_share(struct schedule *schedule)
{
    int64_t visits = 0, possible = 0;
    uint32_t i;
    for (i = 0; i < schedule->input->units_count; i++) visits += schedule->chosen[i];
    for (i = 0; i < schedule->input->inspectors_count; i++) {
        possible += schedule->share_t[i] = visits_possible(schedule, i);
    }
    for (i = 0; possible > 0 && i < schedule->input->inspectors_count; i++) {
        schedule->share_t[i] = 10 * visits * schedule->share_t[i] / possible;
    }
}

/* ---- Life ---- */

static void read_inspector(struct schedule *schedule, uint32_t inspector)
{
    const struct plan_inspector *one = &schedule->input->inspectors[inspector];
    uint32_t i;
    for (i = 0; i < schedule->input->days_count; i++) {
        int32_t slot = schedule_slot(schedule, inspector, i);
        schedule->first[slot] = NOWHERE;
        if (!plan_set_has(one->days, i)) continue;
        plan_set_add(schedule->can[inspector], i);
        schedule->room[slot] = room_of(one, i);
        note_room(schedule, slot);
    }
}

static void read_unit(struct schedule *schedule, uint32_t unit)
{
    const struct plan_unit *one = &schedule->input->units[unit];
    int32_t slot = slot_of(schedule, one->former);
    schedule->alone[unit] = trip_of(schedule->input, one);
    schedule->at[unit] = NOWHERE;
    schedule->former[unit] = NOWHERE;
    if (!one->pinned && slot != NOWHERE &&
        schedule_allows(schedule, &schedule->alone[unit], slot)) {
        schedule->former[unit] = slot;
        schedule->formers_count++;
    }
}

int schedule_init(struct schedule *schedule, const struct plan_input *input)
{
    /* One more of each: none of them is empty. */
    size_t units = (size_t)input->units_count + 1, inspectors = (size_t)input->inspectors_count + 1;
    size_t slots = inspectors * ((size_t)input->days_count + 1);
    uint32_t i;
    memset(schedule, 0, sizeof(*schedule));
    schedule->input = input;
    schedule->slots_count = input->inspectors_count * input->days_count;
    if (!(schedule->alone = calloc(units, sizeof(*schedule->alone))) ||
        !(schedule->former = calloc(units, sizeof(*schedule->former))) ||
        !(schedule->at = calloc(units, sizeof(*schedule->at))) ||
        !(schedule->next = calloc(units, sizeof(*schedule->next))) ||
        !(schedule->previous = calloc(units, sizeof(*schedule->previous))) ||
        !(schedule->chosen = calloc(units, sizeof(*schedule->chosen))) ||
        !(schedule->first = calloc(slots, sizeof(*schedule->first))) ||
        !(schedule->room = calloc(slots, sizeof(*schedule->room))) ||
        !(schedule->can = calloc(inspectors, sizeof(*schedule->can))) ||
        !(schedule->open = calloc(inspectors, sizeof(*schedule->open))) ||
        !(schedule->load = calloc(inspectors, sizeof(*schedule->load))) ||
        !(schedule->share_t = calloc(inspectors, sizeof(*schedule->share_t)))) {
        return PLAN_E_MEMORY;
    }
    for (i = 0; i < input->inspectors_count; i++) read_inspector(schedule, i);
    for (i = 0; i < input->units_count; i++) read_unit(schedule, i);
    return 0;
}

void schedule_deinit(struct schedule *schedule)
{
    free(schedule->alone);
    free(schedule->former);
    free(schedule->at);
    free(schedule->next);
    free(schedule->previous);
    free(schedule->chosen);
    free(schedule->first);
    free(schedule->room);
    free(schedule->can);
    free(schedule->open);
    free(schedule->load);
    free(schedule->share_t);
    memset(schedule, 0, sizeof(*schedule));
}

/* ---- Order ---- */

static int compare(const void *left, const void *right)
{
    const struct rank *a = left, *b = right;
    int i;
    for (i = 0; i < 3; i++) {
        if (a->by[i] != b->by[i]) return a->by[i] < b->by[i] ? -1 : 1;
    }
    return a->unit < b->unit ? -1 : a->unit > b->unit;
}

void rank_sort(struct rank *ranks, uint32_t count)
{
    qsort(ranks, count, sizeof(*ranks), compare);
}
