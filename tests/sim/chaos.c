#include "chaos.h"

#include <inttypes.h>

#include "model/key.h"

#define MS_PER_DAY 86400000LL

/* One of `n` strengths, or 0 where the fault is off in this seed. */
static uint32_t draw(struct wh_chance *chance, const uint32_t *strengths, uint32_t n)
{
    return wh_chance_is(chance, 5000) ? strengths[wh_chance_below(chance, n)] : 0;
}

#define DRAW(chance, ...)                                                                          \
    draw(chance, (const uint32_t[]){__VA_ARGS__},                                                  \
         sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

struct wh_sim_faults wh_chaos_draw(struct wh_chance *chance)
{
    struct wh_sim_faults faults = {
        .weather = {.delay_ms_max = 1 + DRAW(chance, 5, 40, 400, 3000),
                    .loss = DRAW(chance, 10, 100, 500, 2000),
                    .repeat = DRAW(chance, 100, 1000, 3000),
                    .late = DRAW(chance, 100, 1000, 3000),
                    .half_open = DRAW(chance, 1000, 5000, 10000),
                    .unordered = DRAW(chance, 1)},
        .crash_mean_ms = DRAW(chance, 5000, 20000, 60000, 200000),
        .down_ms_max = 1 + DRAW(chance, 100, 5000, 60000),
        .cut_mean_ms = DRAW(chance, 5000, 20000, 60000),
        .cut_ms_max = 1000 + DRAW(chance, 5000, 60000, 200000),
        .jump_mean_ms = DRAW(chance, 10000, 60000),
        .jump_ms_max = 1000 + (int64_t)DRAW(chance, 1, 100, 900) * MS_PER_DAY,
        .commit_fails = DRAW(chance, 50, 300, 2000),
        .forgets = DRAW(chance, 1000, 5000),
    };
    return faults;
}

/* True where something that happens every `mean_ms` on average happens in these `passed_ms`. */
static bool happens(struct wh_sim *sim, int64_t mean_ms, int64_t passed_ms)
{
    if (mean_ms == 0 || passed_ms == 0) return false;
    return wh_chance_between(&sim->chance, 0, mean_ms - 1) < passed_ms;
}

static struct wh_sim_node *any_node(struct wh_sim *sim)
{
    /* half of what happens, happens to the few that have children */
    uint32_t above = 1 + sim->counties;
    bool is_above = wh_chance_is(&sim->chance, 5000);
    return &sim->nodes[wh_chance_below(&sim->chance, is_above ? above : sim->count)];
}

int64_t wh_chaos_down_ms(struct wh_sim *sim)
{
    return wh_chance_between(&sim->chance, 0, sim->faults.down_ms_max);
}

static void crash_one(struct wh_sim *sim)
{
    struct wh_sim_node *node = any_node(sim);
    uint32_t moment = wh_chance_below(&sim->chance, 3);
    if (!node->engine) return;
    if (moment == 0) {
        wh_sim_crash(node, wh_chaos_down_ms(sim));
        return;
    }
    wh_sim_note(sim, node, "power goes %s its next commit", moment == 1 ? "before" : "after");
    wh_memory_store_set_fault(node->store,
                              moment == 1 ? WH_MEMORY_POWER_CUT_BEFORE : WH_MEMORY_POWER_CUT_AFTER);
}

static void cut_one(struct wh_sim *sim)
{
    struct wh_sim_node *node = any_node(sim);
    uint32_t directions = 1 + wh_chance_below(&sim->chance, 3);
    if (node->parent == WH_NOBODY) return;
    node->mended_at_ms = sim->now_ms + wh_chance_between(&sim->chance, 1, sim->faults.cut_ms_max);
    wh_memory_net_cut(sim->net, node->number, directions);
    wh_sim_note(sim, node, "wire cut, directions %u, until %" PRId64, directions,
                node->mended_at_ms);
}

static void mend(struct wh_sim_node *node)
{
    node->mended_at_ms = 0;
    wh_memory_net_cut(node->sim->net, node->number, 0);
    wh_sim_note(node->sim, node, "wire mended");
}

static void jump_one(struct wh_sim *sim)
{
    struct wh_sim_node *node = any_node(sim);
    node->clock_ms =
        wh_chance_between(&sim->chance, -sim->faults.jump_ms_max, sim->faults.jump_ms_max);
    wh_sim_note(sim, node, "clock is off by %" PRId64 " s", node->clock_ms / 1000);
}

void wh_chaos_step(struct wh_sim *sim, int64_t passed_ms)
{
    const struct wh_sim_faults *faults = &sim->faults;
    if (happens(sim, faults->crash_mean_ms, passed_ms)) crash_one(sim);
    if (happens(sim, faults->cut_mean_ms, passed_ms)) cut_one(sim);
    if (happens(sim, faults->jump_mean_ms, passed_ms)) jump_one(sim);
    for (uint32_t i = 0; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        if (node->mended_at_ms != 0 && node->mended_at_ms <= sim->now_ms) mend(node);
    }
}

void wh_chaos_before_turn(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    if (!sim->chaos || !wh_chance_is(&sim->chance, sim->faults.commit_fails)) return;
    wh_memory_store_set_fault(node->store, WH_MEMORY_COMMIT_FAILS);
}

/* Damage to the family `peers`: the cursors are gone, the rows are there. */
static void forget_children(struct wh_sim_node *node)
{
    struct wh_store store = wh_memory_store_table(node->store);
    struct wh_batch batch;
    wh_batch_init(&batch);
    for (uint32_t i = 0; i < node->sim->count; i++) {
        struct wh_sim_node *child = &node->sim->nodes[i];
        struct wh_tuple key;
        if (child->parent != node->number) continue;
        wh_key_peer(&key, WH_PEER_HOLDING, wh_span_of(child->unit), WH_SPAN_EMPTY);
        wh_batch_delete(&batch, WH_FAMILY_PEERS, wh_tuple_span(&key));
        child->forgotten = true;
    }
    (void)store.ops->commit(store.self, &batch, NULL); /* it has no fault now */
    wh_batch_deinit(&batch);
    wh_sim_note(node->sim, node, "forgets what it holds of its children's feeds");
}

void wh_chaos_on_start(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    if (!sim->chaos) return;
    if (wh_chance_is(&sim->chance, sim->faults.forgets)) forget_children(node);
    wh_chaos_before_turn(node);
}

void wh_chaos_stop(struct wh_sim *sim)
{
    wh_sim_note(sim, NULL, "the faults stop");
    sim->faults.weather = (struct wh_weather){.delay_ms_max = 20};
    wh_memory_net_set_weather(sim->net, sim->faults.weather);
    for (uint32_t i = 0; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        mend(node);
        node->clock_ms = 0;
        node->deadline_ms = sim->now_ms; /* the day may be another one */
        wh_memory_store_set_fault(node->store, WH_MEMORY_NO_FAULT);
        if (!node->engine && node->up_at_ms > sim->now_ms) node->up_at_ms = sim->now_ms;
    }
}
