#include "operators.h"

#include <inttypes.h>

#include "chaos.h"
#include "engine/doubts.h"
#include "engine/links.h"
#include "engine/rows.h"
#include "memory_store.h"
#include "trace.h"

#define LOOK_MS 10000
#define OF_A_SETTLEMENT (UINT64_C(1) << 32) /* no store gets there by writing */

static bool is_given_up(const struct wh_neighbour *neighbour)
{
    return neighbour && neighbour->link.state == WH_LINK_REFUSED &&
           neighbour->link.reason.type == WH_NOTE_ABANDONED;
}

/* Its own rows, or its whole store: what `resolve --mine` settles. */
static bool has_to_decide(const struct wh_sim_node *node)
{
    const struct wh_engine *engine = node->engine;
    struct wh_doubt doubt;
    struct wh_span teller;
    if (!engine) return false;
    if (is_given_up(engine->parent)) return true;
    for (uint32_t i = 0; i < engine->children_count; i++) {
        if (is_given_up(engine->children[i])) return true;
    }
    for (uint32_t i = 0; wh_doubt_at(engine, i, &doubt, &teller); i++) {
        if (wh_span_equal(doubt.origin, wh_span_of(node->unit))) return true;
    }
    return false;
}

/* Its parent's store knows no longer that it invited it. */
static bool has_to_be_invited(const struct wh_sim_node *node)
{
    const struct wh_engine *engine = node->engine;
    return engine && engine->parent && node->membership == WH_SIM_MEMBER &&
           node->return_at_ms == INT64_MAX && engine->parent->link.state == WH_LINK_REFUSED &&
           engine->parent->link.reason.type == WH_NOTE_DENIED;
}

bool wh_operators_are_needed(const struct wh_sim_node *node)
{
    return node->engine && (node->engine->doubts.total > 0 || has_to_decide(node));
}

void wh_operators_look(struct wh_sim *sim)
{
    if (!sim->has_lost || sim->now_ms < sim->looked_ms + LOOK_MS) return;
    sim->looked_ms = sim->now_ms;
    for (uint32_t i = 0; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        if (has_to_be_invited(node)) {
            node->return_at_ms = sim->now_ms + 1;
            wh_chaos_plan(node);
        }
        if (!has_to_decide(node)) continue;
        node->settles = true;
        node->deadline_ms = sim->now_ms;
        wh_sim_plan(node);
    }
}

struct leap_check {
    struct wh_sim_node *node; /* that has just settled */
    const struct wh_sim_node *holder;
    uint64_t first; /* counter of the new term */
    struct wh_arena arena;
};

static int check_leap(void *context, struct wh_span key, struct wh_span value)
{
    struct leap_check *check = context;
    struct wh_row row;
    uint64_t seq;
    (void)key;
    wh_arena_clear(&check->arena);
    if (wh_row_stored_read(value, &check->arena, &seq, &row) < 0) return 0;
    if (!wh_span_equal(row.origin, wh_span_of(check->node->unit))) return 0;
    if (row.counter < check->first || row.counter >= OF_A_SETTLEMENT) return 0;
    wh_sim_fail(check->node->sim, check->node,
                "settles under version %" PRIu64 ", but %s holds version %" PRIu64 " of it",
                check->first, check->holder->unit, row.counter);
    return 1;
}

/* A version that a copy reached, wherever it lies, is older than the settlement: else it would
 * stand again one day. Those of another settlement are beside the point: which counts, is by
 * decision. */
static void check_leaps(struct wh_sim_node *node)
{
    const struct wh_engine *engine = node->engine;
    struct leap_check check = {.node = node};
    check.first = engine->marks[engine->marks_count - 1].first;
    for (uint32_t i = 0; i < node->sim->count; i++) {
        struct wh_store disk = wh_memory_store_disk(node->sim->nodes[i].store);
        check.holder = &node->sim->nodes[i];
        (void)disk.ops->scan(disk.self, NULL, WH_FAMILY_ROWS, WH_SPAN_EMPTY, WH_SPAN_EMPTY,
                             WH_SCAN_UP, check_leap, &check, NULL);
    }
    wh_arena_deinit(&check.arena);
}

void wh_operators_act(struct wh_sim_node *node)
{
    struct wh_error err;
    uint32_t count = 0;
    if (!node->settles) return;
    node->settles = false;
    if (wh_doubts_settle(node->engine, &count, &err) < 0) { /* looked at again */
        wh_engine_abandon_turn(node->engine, &err);
        return;
    }
    wh_sim_note(node->sim, node, "its operator settles: %u rows", count);
    check_leaps(node);
    wh_links_hurry(node->engine);
}

#define TOLD_MAX 8u

void wh_operators_tell(struct wh_sim_node *node)
{
    struct wh_doubt doubt;
    struct wh_span teller;
    for (uint32_t i = 0; i < TOLD_MAX && wh_doubt_at(node->engine, i, &doubt, &teller); i++) {
        bool own = i < node->engine->doubts.count;
        wh_sim_note(
            node->sim, node,
            "  in doubt: %s of %.*s, version %" PRIu64 " of term %016" PRIx64 ", told by %.*s",
            wh_table_word(doubt.table), (int)doubt.origin.len, doubt.origin.data, doubt.counter,
            doubt.term, own ? 6 : (int)teller.len, own ? "itself" : teller.data);
    }
    for (uint32_t i = 0; i < node->engine->lineages_count; i++) {
        const struct wh_origin_lineage *item = &node->engine->lineages[i];
        wh_sim_note(node->sim, node, "  lineage of %.*s: %u terms, settled %" PRIu64,
                    (int)item->origin.len, item->origin.data, item->lineage.count,
                    item->lineage.settled);
    }
}
