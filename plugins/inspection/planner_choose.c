#include "planner_match.h"

#include <stdlib.h>
#include <string.h>

/* Units are asked for in the order of their worth, and each one that finds a chain of moves to a
 * free slot is in for good: sets of units that can all be visited are the independent sets of a
 * matroid (a transversal one), so taking the worthiest first ends with the most and the worthiest.
 *
 * A search that fails has seen slots that are full of units which reach these slots only. No later
 * chain gets out of them, so they are left out from then on: failures cost no more than all slots
 * once. */
struct choice {
    struct schedule *schedule;
    uint64_t (*unseen)[PLAN_DAY_WORDS]; /* of each inspector; neither seen nor given up */
    int32_t *queue;                     /* slots in the order seen */
    int32_t *mover;                     /* of each slot, the unit that would move into it */
    uint32_t queued;
};

/* The first slot with room that the unit may lie in, or NOWHERE. */
static int32_t free_slot(const struct schedule *schedule, const struct trip *trip)
{
    uint32_t words = (schedule->input->days_count + 63) / 64, i, word;
    for (i = 0; i < schedule->input->inspectors_count; i++) {
        if (schedule_is_barred(trip, i)) continue;
        for (word = 0; word < words; word++) {
            uint64_t days = schedule_window(trip, schedule->open[i], word);
            if (!days) continue;
            return schedule_slot(schedule, i, word * 64 + (uint32_t)__builtin_ctzll(days));
        }
    }
    return NOWHERE;
}

static void see_slots(struct choice *choice, uint32_t unit)
{
    struct schedule *schedule = choice->schedule;
    const struct trip *trip = &schedule->alone[unit];
    uint32_t words = (schedule->input->days_count + 63) / 64, i, word;
    for (i = 0; i < schedule->input->inspectors_count; i++) {
        for (word = 0; !schedule_is_barred(trip, i) && word < words; word++) {
            uint64_t days = schedule_window(trip, choice->unseen[i], word);
            choice->unseen[i][word] &= ~days;
            for (; days; days &= days - 1) {
                int32_t slot =
                    schedule_slot(schedule, i, word * 64 + (uint32_t)__builtin_ctzll(days));
                choice->mover[slot] = (int32_t)unit;
                choice->queue[choice->queued++] = slot;
            }
        }
    }
}

/* Moves every unit of the chain that ends in a slot with room. */
static void move_chain(struct choice *choice, uint32_t unit, int32_t free)
{
    struct schedule *schedule = choice->schedule;
    for (;;) {
        int32_t left = schedule->at[unit];
        if (left != NOWHERE) schedule_take(schedule, unit);
        schedule_put(schedule, unit, free);
        if (left == NOWHERE) return;
        unit = (uint32_t)choice->mover[left];
        free = left;
    }
}

/* One of the slot's units that has a slot with room to go to makes the chain; the others' slots are
 * seen. */
static int leave_slot(struct choice *choice, int32_t slot)
{
    struct schedule *schedule = choice->schedule;
    int32_t unit, free;
    for (unit = schedule->first[slot]; unit != NOWHERE; unit = schedule->next[unit]) {
        if (schedule->input->units[unit].pinned) continue;
        free = free_slot(schedule, &schedule->alone[unit]);
        if (free != NOWHERE) {
            move_chain(choice, (uint32_t)unit, free);
            return 1;
        }
        see_slots(choice, (uint32_t)unit);
    }
    return 0;
}

static int find_chain(struct choice *choice, uint32_t unit)
{
    struct schedule *schedule = choice->schedule;
    uint32_t done, i;
    choice->queued = 0;
    see_slots(choice, unit);
    for (done = 0; done < choice->queued; done++) {
        if (!leave_slot(choice, choice->queue[done])) continue;
        for (i = 0; i < choice->queued; i++) {
            int32_t slot = choice->queue[i];
            plan_set_add(choice->unseen[schedule_inspector(schedule, slot)],
                         schedule_day(schedule, slot));
        }
        return 1;
    }
    return 0;
}

/* Returns whether there is a place for the unit; it is then there. */
static int place_unit(struct choice *choice, uint32_t unit)
{
    struct schedule *schedule = choice->schedule;
    int32_t slot = schedule->former[unit];
    if (slot == NOWHERE || schedule->room[slot] <= 0) {
        slot = free_slot(schedule, &schedule->alone[unit]);
    }
    if (slot == NOWHERE) return find_chain(choice, unit);
    schedule_put(schedule, unit, slot);
    return 1;
}

/* ---- All units ---- */

static int choice_init(struct choice *choice, struct schedule *schedule)
{
    size_t slots = (size_t)schedule->slots_count + 1;
    size_t inspectors = (size_t)schedule->input->inspectors_count + 1;
    *choice = (struct choice){.schedule = schedule};
    if (!(choice->unseen = calloc(inspectors, sizeof(*choice->unseen))) ||
        !(choice->queue = calloc(slots, sizeof(*choice->queue))) ||
        !(choice->mover = calloc(slots, sizeof(*choice->mover)))) {
        return PLAN_E_MEMORY;
    }
    memcpy(choice->unseen, schedule->can, inspectors * sizeof(*choice->unseen));
    return 0;
}

static void choice_deinit(struct choice *choice)
{
    free(choice->unseen);
    free(choice->queue);
    free(choice->mover);
}

int match_complete(struct schedule *schedule)
{
    struct choice choice;
    int rc = choice_init(&choice, schedule);
    uint32_t i;
    for (i = 0; rc == 0 && i < schedule->input->units_count; i++) {
        if (schedule_waits(schedule, i)) (void)place_unit(&choice, i);
    }
    choice_deinit(&choice);
    return rc;
}

static uint32_t rank_units(const struct schedule *schedule, struct rank *ranks)
{
    uint32_t count = 0, i;
    for (i = 0; i < schedule->input->units_count; i++) {
        const struct plan_unit *unit = &schedule->input->units[i];
        int is_new = schedule->former[i] == NOWHERE;
        if (unit->pinned) continue;
        ranks[count++] = (struct rank){{-(int64_t)unit->weight, is_new, unit->area}, i};
    }
    rank_sort(ranks, count);
    return count;
}

int match_choose(struct schedule *schedule)
{
    struct choice choice;
    int rc = choice_init(&choice, schedule);
    struct rank *ranks = calloc((size_t)schedule->input->units_count + 1, sizeof(*ranks));
    uint32_t count, i;
    if (!ranks) rc = PLAN_E_MEMORY;
    if (rc < 0) goto out;
    count = rank_units(schedule, ranks);
    for (i = 0; i < count; i++) {
        schedule->chosen[ranks[i].unit] = (uint8_t)place_unit(&choice, ranks[i].unit);
    }
    schedule_clear(schedule);
out:
    free(ranks);
    choice_deinit(&choice);
    return rc;
}
