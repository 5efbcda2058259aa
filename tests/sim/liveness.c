#include "liveness.h"

#include <inttypes.h>

#include "engine/cells.h"
#include "engine/links.h"
#include "operators.h"
#include "trace.h"
#include "workload.h"

#define ALWAYS_PINGED 1000u /* of so many nodes, some are about to answer a Ping at any moment */
#define BOUND_MS 900000
#define BOUND_ON_MODEMS_MS 7200000 /* at 120 bytes a second for each of many townships */

int64_t wh_liveness_bound_ms(const struct wh_sim *sim)
{
    return sim->faults.of[WH_SIM_MODEMS].often > 0 ? BOUND_ON_MODEMS_MS : BOUND_MS;
}

static const struct wh_neighbour *neighbour_for(const struct wh_sim_node *parent,
                                                const struct wh_sim_node *child)
{
    for (uint32_t i = 0; parent->engine && i < parent->engine->children_count; i++) {
        const struct wh_neighbour *neighbour = parent->engine->children[i];
        if (strcmp(neighbour->unit, child->unit) == 0) return neighbour;
    }
    return NULL;
}

static const char *what_waits(const struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    const struct wh_neighbour *above;
    const struct wh_engine *engine = node->engine;
    if (!engine) return "it is down";
    if (node->return_at_ms != INT64_MAX) return "it is to be invited again";
    if (node->move_at_ms != INT64_MAX) return "it is to move";
    if (!wh_work_is_done(node)) return "a clerk waits";
    if (wh_operators_are_needed(node)) return "rows are in doubt, or its store was given up";
    if (!wh_cells_all_measured(engine)) return "a cell waits to be measured";
    if (sim->count < ALWAYS_PINGED) {
        if (wh_memory_net_has_arrivals(sim->net, node->number)) return "something has arrived";
        if (node->deadline_ms <= sim->now_ms) return "a turn is due";
    }
    if (node->parent == WH_NOBODY) return NULL;
    if (node->membership == WH_SIM_LEAVING) return "it is to be revoked";
    if (node->membership != WH_SIM_MEMBER) return "it has not joined";
    if (engine->parent->link.state != WH_LINK_UP) return "its link to the parent is not up";
    if (!wh_links_sent_all(engine)) return "its parent has not acknowledged everything";
    above = neighbour_for(&sim->nodes[node->parent], node);
    if (!above) return "its parent has no link to it";
    if (above->link.state != WH_LINK_UP) return "its parent's link to it is not up";
    if (!wh_link_has_sent(&above->link, above->safe_heads)) {
        return "it has not acknowledged everything of its parent";
    }
    return NULL;
}

bool wh_liveness_is_quiet(struct wh_sim *sim, const char **ret_why,
                          const struct wh_sim_node **ret_at)
{
    uint32_t first = *ret_at ? (*ret_at)->number : 0;
    for (uint32_t i = 0; i < sim->count; i++) {
        const struct wh_sim_node *node = &sim->nodes[(first + i) % sim->count];
        const char *why = what_waits(node);
        if (!why) continue;
        *ret_why = why;
        *ret_at = node;
        return false;
    }
    return true;
}

/* ---- For a reader ---- */

#define TOLD_MAX 40u

static void tell_links(struct wh_sim_node *node)
{
    struct wh_link_status status;
    for (uint32_t i = 0; node->engine && wh_link_status(node->engine, i, &status); i++) {
        bool up = status.role == WH_LINK_TO_PARENT;
        if (status.state == WH_LINK_UP && status.pending == 0 && status.in_flight == 0) continue;
        wh_sim_note(node->sim, node,
                    "  link to %.*s: %s (%s), %s since %" PRId64 " s, pending %" PRIu64
                    ", in flight %u, rejected %" PRIu64,
                    up ? 6 : (int)status.peer.len, up ? "parent" : status.peer.data,
                    wh_link_state_word(status.state), wh_link_state_title(status.state).en,
                    wh_note_word(status.reason.type),
                    (wh_sim_now(node).clock_ms - status.since_ms) / 1000, status.pending,
                    status.in_flight, status.rejected);
    }
}

void wh_liveness_tell(struct wh_sim *sim)
{
    uint32_t told = 0;
    for (uint32_t i = 0; i < sim->count && told < TOLD_MAX; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        const char *why = what_waits(node);
        if (!why) continue;
        told++;
        wh_sim_note(sim, node, "waits: %s", why);
        tell_links(node);
        wh_operators_tell(node);
    }
}
