#include "accidents.h"

#include <inttypes.h>

#include "chaos.h"
#include "model/key.h"
#include "trace.h"

#define MS_PER_DAY 86400000LL

struct wh_sim_node *wh_accident_node(struct wh_sim *sim, struct wh_chance *chance)
{
    bool is_above = wh_chance_is(chance, 5000);
    return &sim->nodes[wh_chance_below(chance, is_above ? sim->leaves : sim->count)];
}

void wh_accident_crash(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard)
{
    struct wh_sim_node *node = wh_accident_node(sim, chance);
    uint32_t moment = wh_chance_below(chance, 3);
    (void)hard; /* wh_chaos_down_ms() */
    if (!node->engine) return;
    if (moment == 0) {
        wh_sim_crash(node, wh_chaos_down_ms(sim));
        return;
    }
    wh_sim_note(sim, node, "power goes %s its next commit", moment == 1 ? "before" : "after");
    wh_memory_store_set_fault(node->store,
                              moment == 1 ? WH_MEMORY_POWER_CUT_BEFORE : WH_MEMORY_POWER_CUT_AFTER);
}

void wh_accident_cut(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard)
{
    struct wh_sim_node *node = wh_accident_node(sim, chance);
    uint32_t directions = 1 + wh_chance_below(chance, 3);
    if (node->parent == WH_NOBODY) return;
    node->mended_at_ms = sim->now_ms + wh_chance_between(chance, 1, hard);
    wh_memory_net_cut(sim->net, node->number, directions);
    wh_sim_note(sim, node, "wire cut, directions %u, until %" PRId64, directions,
                node->mended_at_ms);
    wh_chaos_plan(node);
}

void wh_accident_mend(struct wh_sim_node *node)
{
    node->mended_at_ms = INT64_MAX;
    wh_memory_net_cut(node->sim->net, node->number, 0);
    wh_sim_note(node->sim, node, "wire mended");
}

void wh_accident_jump(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard)
{
    struct wh_sim_node *node = wh_accident_node(sim, chance);
    int64_t most_ms = (int64_t)hard * MS_PER_DAY;
    node->clock_ms = wh_chance_between(chance, -most_ms, most_ms);
    wh_sim_note(sim, node, "clock is off by %" PRId64 " s", node->clock_ms / 1000);
}

/* All of what is asked of it fails, or a part of it. */
void wh_accident_break_disk(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard)
{
    struct wh_sim_node *node = wh_accident_node(sim, chance);
    static const uint32_t shares[] = {20, 200, 2000, 10000};
    struct wh_memory_breakage breakage = {
        .reads = shares[wh_chance_below(chance, 4)],
        .commits = wh_chance_is(chance, 5000) ? shares[wh_chance_below(chance, 4)] : 0,
        .seed = wh_chance_next(chance),
    };
    node->sound_at_ms = sim->now_ms + wh_chance_between(chance, 1, hard);
    wh_memory_store_break(node->store, breakage);
    wh_sim_note(sim, node, "disk fails %u of 10,000 reads, %u commits, until %" PRId64,
                breakage.reads, breakage.commits, node->sound_at_ms);
    wh_chaos_plan(node);
}

void wh_accident_repair_disk(struct wh_sim_node *node)
{
    node->sound_at_ms = INT64_MAX;
    wh_memory_store_break(node->store, (struct wh_memory_breakage){0, 0, 0});
    wh_sim_note(node->sim, node, "disk is sound");
}

void wh_accident_forget(struct wh_sim_node *node)
{
    struct wh_store store = wh_memory_store_table(node->store);
    struct wh_batch batch;
    struct wh_error err;
    wh_batch_init(&batch);
    for (uint32_t i = 1; i < node->sim->count; i++) {
        struct wh_sim_node *child = &node->sim->nodes[i];
        struct wh_tuple key;
        if (child->parent != node->number) continue;
        wh_key_peer(&key, WH_PEER_HOLDING, wh_span_of(child->unit), WH_SPAN_EMPTY);
        wh_batch_delete(&batch, WH_FAMILY_PEERS, wh_tuple_span(&key));
        child->forgotten = true;
    }
    if (store.ops->commit(store.self, &batch, &err) == 0) {
        wh_sim_note(node->sim, node, "forgets what it holds of its children's feeds");
    }
    wh_batch_deinit(&batch);
}
