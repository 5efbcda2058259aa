#include "planner_match.h"

#include <stdlib.h>

/* Fewest changes, by successive shortest chains. A chain starts at any unit that lies nowhere, and
 * each of its moves puts a unit out of its former visit (1), back into it (-1), or neither (0). The
 * schedule to start from changes nothing, so it is the cheapest of its size; adding the shortest of
 * all chains keeps it the cheapest of its size each time (Busacker and Gowen 1960; Jewell 1958),
 * and chains never get shorter than the one before: the search ends at the first chain as short. */
struct settling {
    struct schedule *schedule;
    int32_t *changes; /* of each slot, those of the shortest chain into it so far */
    int32_t *mover;   /* of each slot, the unit that this chain moves into it */
    int32_t *queue;   /* a ring of slots to go on from */
    uint8_t *waits;   /* of each slot, whether it is in the ring */
    uint32_t head, waiting;
    int32_t best;  /* slot with room that the shortest chain ends in, or NOWHERE */
    int32_t least; /* what no chain is shorter than */
};

/* Slots reached until the shortest chains are no longer looked for: seconds' worth, and many times
 * what a plan of ordinary size can use up. */
enum { STEPS_MAX = 1000000000, FAR = INT32_MAX / 2 };

static int changes_in(const struct schedule *schedule, uint32_t unit, int32_t slot)
{
    return slot != NOWHERE && schedule->former[unit] != NOWHERE && schedule->former[unit] != slot;
}

static int is_found(const struct settling *settling)
{
    return settling->best != NOWHERE && settling->changes[settling->best] <= settling->least;
}

static void reach_slot(struct settling *settling, uint32_t unit, int32_t slot, int32_t changes)
{
    struct schedule *schedule = settling->schedule;
    if (changes >= settling->changes[slot]) return;
    settling->changes[slot] = changes;
    settling->mover[slot] = (int32_t)unit;
    if (schedule->room[slot] > 0) { /* going on from here would be a cheaper schedule of its size */
        if (settling->best == NOWHERE || changes <= settling->changes[settling->best]) {
            settling->best = slot;
        }
        return;
    }
    if (settling->waits[slot]) return;
    settling->waits[slot] = 1;
    settling->queue[(settling->head + settling->waiting++) % schedule->slots_count] = slot;
}

/* All slots that the unit may move to. */
static void reach_from(struct settling *settling, uint32_t unit, int32_t changes)
{
    struct schedule *schedule = settling->schedule;
    const struct trip *trip = &schedule->alone[unit];
    uint32_t words = (schedule->input->days_count + 63) / 64, i, word;
    for (i = 0; i < schedule->input->inspectors_count; i++) {
        for (word = 0; !schedule_is_barred(trip, i) && word < words; word++) {
            uint64_t days = schedule_window(trip, schedule->can[i], word);
            schedule->steps++;
            for (; days && !is_found(settling); days &= days - 1) {
                schedule->steps++;
                int32_t slot =
                    schedule_slot(schedule, i, word * 64 + (uint32_t)__builtin_ctzll(days));
                if (slot == schedule->at[unit]) continue;
                reach_slot(settling, unit, slot, changes + changes_in(schedule, unit, slot));
            }
        }
    }
}

static void go_on(struct settling *settling)
{
    struct schedule *schedule = settling->schedule;
    int32_t slot = settling->queue[settling->head], unit;
    settling->head = (settling->head + 1) % schedule->slots_count;
    settling->waiting--;
    settling->waits[slot] = 0;
    for (unit = schedule->first[slot]; unit != NOWHERE; unit = schedule->next[unit]) {
        if (schedule->input->units[unit].pinned) continue;
        reach_from(settling, (uint32_t)unit,
                   settling->changes[slot] - changes_in(schedule, (uint32_t)unit, slot));
    }
}

/* Returns whether there is a chain. */
static int find_shortest(struct settling *settling)
{
    struct schedule *schedule = settling->schedule;
    uint32_t i;
    settling->best = NOWHERE;
    settling->head = settling->waiting = 0;
    for (i = 0; i < schedule->slots_count; i++) {
        settling->changes[i] = FAR;
        settling->waits[i] = 0;
    }
    for (i = 0; i < schedule->input->units_count; i++) {
        if (schedule_waits(schedule, i)) reach_from(settling, i, 0);
    }
    while (settling->waiting > 0 && !is_found(settling)) go_on(settling);
    return settling->best != NOWHERE;
}

static void move_chain(struct settling *settling)
{
    struct schedule *schedule = settling->schedule;
    int32_t slot = settling->best;
    settling->least = settling->changes[slot];
    while (slot != NOWHERE) {
        uint32_t unit = (uint32_t)settling->mover[slot];
        int32_t left = schedule->at[unit];
        if (left != NOWHERE) schedule_take(schedule, unit);
        schedule_put(schedule, unit, slot);
        slot = left;
    }
}

int match_settle(struct schedule *schedule)
{
    size_t slots = (size_t)schedule->slots_count + 1;
    struct settling settling = {.schedule = schedule};
    int rc = PLAN_E_MEMORY;
    settling.changes = calloc(slots, sizeof(*settling.changes));
    settling.mover = calloc(slots, sizeof(*settling.mover));
    settling.queue = calloc(slots, sizeof(*settling.queue));
    settling.waits = calloc(slots, sizeof(*settling.waits));
    if (!settling.changes || !settling.mover || !settling.queue || !settling.waits) goto out;
    while (schedule->steps < STEPS_MAX && find_shortest(&settling)) move_chain(&settling);
    rc = match_complete(schedule);
out:
    free(settling.changes);
    free(settling.mover);
    free(settling.queue);
    free(settling.waits);
    return rc;
}
