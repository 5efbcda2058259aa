#include "simulator.h"

#include <inttypes.h>

#include "base/memory.h"
#include "chaos.h"
#include "checker.h"
#include "engine/links.h"
#include "expectations.h"
#include "later_release.h"
#include "liveness.h"
#include "membership.h"
#include "operators.h"
#include "trace.h"
#include "tree.h"
#include "workload.h"

#define ZONE_MINUTES 480

/* ---- Processes ---- */

struct wh_now wh_sim_now(const struct wh_sim_node *node)
{
    return (struct wh_now){
        .mono_ms = node->mono_ms + node->sim->now_ms,
        .clock_ms = node->sim->clock_base_ms + node->sim->now_ms + node->clock_ms,
        .zone_minutes = ZONE_MINUTES,
    };
}

static void on_joined(void *context)
{
    struct wh_sim_node *node = context;
    node->membership = WH_SIM_MEMBER;
    wh_sim_note(node->sim, node, "joined");
}

static void on_note(void *context, struct wh_span peer, const struct wh_note *note)
{
    struct wh_sim_node *node = context;
    wh_sim_note(node->sim, node, "note %.*s %s %" PRIu64, (int)peer.len, peer.data,
                wh_note_word(note->type), note->number);
    if (!node->sim->has_lost &&
        (note->type == WH_NOTE_DIVERGED || note->type == WH_NOTE_PUSH_BRANCH)) {
        wh_sim_fail(node->sim, node, "no store went back, and yet: %s", wh_note_word(note->type));
    }
    /* a late copy of an old Push may still come by */
    if (node->sim->calm && note->type != WH_NOTE_SETTLED && note->type != WH_NOTE_PUSH_KNOWN) {
        wh_sim_fail(node->sim, node, "no fault, and yet: %s", wh_note_word(note->type));
    }
}

static enum wh_parent parent_state(const struct wh_sim_node *node)
{
    if (node->parent == WH_NOBODY) return WH_PARENT_NONE;
    return node->membership == WH_SIM_JOINING ? WH_PARENT_JOINING : WH_PARENT_JOINED;
}

static struct wh_engine_config config_of(struct wh_sim_node *node)
{
    struct wh_engine_config config = {
        .unit = wh_span_of(node->unit),
        .name = wh_span_of(node->unit),
        .kind = node->kind,
        .parent = parent_state(node),
        .program = "sim",
        .restored_ms = node->restored_ms,
        .seed = wh_chance_next(&node->sim->starts),
    };
    memcpy(config.node_key, node->key, sizeof(config.node_key));
    if (node->parent != WH_NOBODY) {
        memcpy(config.parent_key, node->sim->nodes[node->parent].key, sizeof(config.parent_key));
    }
    return config;
}

void wh_sim_start(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    struct wh_engine_config config = config_of(node);
    struct wh_engine_hooks hooks = {
        .context = node,
        .measure = wh_work_measure,
        .requests = wh_work_requests,
        .committed = wh_work_committed,
        .joined = on_joined,
        .noted = on_note,
    };
    struct wh_error err;
    wh_memory_store_power_on(node->store);
    wh_chaos_on_start(node);
    wh_memory_net_begin(sim->net, node->number);
    if (wh_engine_new(&config, wh_memory_store_table(node->store),
                      wh_memory_net_table(sim->net, node->number), hooks, wh_sim_now(node),
                      &node->engine, &err) < 0) {
        wh_memory_net_end(sim->net, node->number);
        node->engine = NULL;
        node->up_at_ms = sim->now_ms + 1000;
        wh_sim_note(sim, node, "start failed");
        return;
    }
    node->deadline_ms = sim->now_ms;
    wh_sim_note(sim, node, "start head %" PRIu64, wh_engine_head(node->engine));
    wh_check_turn(node);
    wh_work_look_again(node);
}

void wh_sim_crash(struct wh_sim_node *node, int64_t down_ms)
{
    if (!node->engine) return;
    wh_sim_note(node->sim, node, "crash, down for %" PRId64 " ms", down_ms);
    wh_engine_free(node->engine);
    node->engine = NULL;
    node->up_at_ms = node->sim->now_ms + down_ms;
    node->mono_ms = wh_chance_between(&node->sim->starts, 0, 1000000);
    wh_memory_net_end(node->sim->net, node->number);
    wh_work_power_cut(node);
    wh_sim_plan(node);
}

static void turn(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    int64_t deadline_ms;
    wh_chaos_before_turn(node);
    wh_engine_turn(node->engine, wh_sim_now(node), &deadline_ms);
    node->turns++;
    node->busy_until_ms = sim->now_ms + sim->options->shape->turn_ms; /* a turn takes time */
    node->deadline_ms = deadline_ms > INT64_MAX / 2 ? INT64_MAX : deadline_ms - node->mono_ms;
    if (*wh_memory_store_is_dead(node->store)) {
        wh_sim_crash(node, wh_chaos_down_ms(sim));
        return;
    }
    wh_check_turn(node);
}

/* ---- What the wires ask ---- */

static enum wh_admission admit(void *context, uint32_t node, const uint8_t *key,
                               struct wh_span *ret_unit)
{
    struct wh_sim *sim = context;
    return wh_members_admit(sim->nodes[node].engine, key, ret_unit);
}

static void arrived(void *context, uint32_t node)
{
    struct wh_sim *sim = context;
    wh_sim_plan(&sim->nodes[node]);
}

static struct wh_span rewrite(void *context, uint32_t node, struct wh_span frame,
                              struct wh_arena *arena)
{
    struct wh_sim *sim = context;
    return sim->nodes[node].later ? wh_later_rewrite(frame, arena) : frame;
}

/* ---- Time ---- */

static void earlier(int64_t *next_ms, int64_t at_ms)
{
    if (at_ms < *next_ms) *next_ms = at_ms;
}

static int64_t node_next_ms(const struct wh_sim_node *node)
{
    int64_t next_ms = wh_work_next_ms(node);
    if (node->membership == WH_SIM_ABSENT) return INT64_MAX;
    if (!node->engine) {
        earlier(&next_ms, node->up_at_ms);
        return next_ms;
    }
    earlier(&next_ms, node->deadline_ms);
    if (wh_memory_net_has_arrivals(node->sim->net, node->number)) next_ms = node->sim->now_ms;
    return next_ms > node->busy_until_ms ? next_ms : node->busy_until_ms;
}

void wh_sim_plan(struct wh_sim_node *node)
{
    wh_agenda_set(&node->sim->agenda, node->number, node_next_ms(node));
}

struct wh_sim_node *wh_sim_find(const struct wh_sim *sim, struct wh_span unit)
{
    const uint64_t *number = wh_map_get(&sim->by_unit, unit);
    return number ? &sim->nodes[*number] : NULL;
}

static void run_node(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    wh_work_draw(node);
    if (node->engine) {
        turn(node);
    } else if (node->up_at_ms <= sim->now_ms) {
        wh_sim_start(node);
    }
    wh_sim_plan(node);
}

static void step(struct wh_sim *sim, int64_t until_ms)
{
    int64_t next_ms = until_ms;
    earlier(&next_ms, wh_memory_net_next_ms(sim->net));
    earlier(&next_ms, wh_agenda_next_ms(&sim->agenda));
    earlier(&next_ms, wh_agenda_next_ms(&sim->chores));
    if (sim->chaos) earlier(&next_ms, wh_chaos_next_ms(sim));
    if (next_ms > sim->now_ms) sim->now_ms = next_ms;
    wh_memory_net_advance(sim->net, sim->now_ms);
    if (sim->chaos) wh_chaos_step(sim);
    wh_chaos_chores(sim);
    while (!sim->failed && wh_agenda_next_ms(&sim->agenda) <= sim->now_ms) {
        run_node(&sim->nodes[wh_agenda_first(&sim->agenda)]);
    }
}

static void run_until(struct wh_sim *sim, int64_t until_ms)
{
    while (!sim->failed && sim->now_ms < until_ms) step(sim, until_ms);
}

/* ---- The parts of a run ---- */

static void converge(struct wh_sim *sim)
{
    int64_t bound_ms = wh_liveness_bound_ms(sim), limit_ms = sim->now_ms + bound_ms;
    const struct wh_sim_node *at = &sim->nodes[0];
    const char *why = "";
    while (!sim->failed && !wh_liveness_is_quiet(sim, &why, &at)) {
        if (sim->now_ms >= limit_ms) {
            wh_liveness_tell(sim);
            wh_sim_fail_as(sim, at, WH_SIM_CONVERGENCE,
                           "not done %" PRId64 " s after the faults stopped: %s", bound_ms / 1000,
                           why);
        }
        wh_operators_look(sim);
        run_until(sim, sim->now_ms + 100);
    }
    if (!sim->failed) wh_sim_note(sim, NULL, "quiet");
}

static void ask_barriers(struct wh_sim *sim)
{
    uint64_t *nonces = wh_memory_new(sim->count, sizeof(*nonces));
    for (uint32_t i = 1; !sim->failed && i < sim->count; i++) {
        nonces[i] = wh_links_ask_barrier(sim->nodes[i].engine);
        sim->nodes[i].deadline_ms = sim->now_ms;
        wh_sim_plan(&sim->nodes[i]);
    }
    run_until(sim, sim->now_ms + WH_SIM_CALM_MS);
    for (uint32_t i = 1; !sim->failed && i < sim->count; i++) {
        if (wh_links_settled(sim->nodes[i].engine, nonces[i])) continue;
        wh_sim_fail_as(sim, &sim->nodes[i], WH_SIM_CONVERGENCE, "a barrier stays open");
    }
    wh_memory_free(nonces);
}

#define RENAMED 3u

/* A CSV that leaves out who stands between the root and counties is refused once they are known. */
static uint32_t renamed_max(const struct wh_sim *sim)
{
    if (!wh_tree_is_described(&sim->nodes[1])) return 0;
    return RENAMED < sim->count - sim->leaves ? RENAMED : sim->count - sim->leaves;
}

/* The root renames units of one township and then of others, which most counties only pass over;
 * then every node asks whether it has all that its parent has for it. Nothing goes astray. */
static void work_in_calm(struct wh_sim *sim)
{
    wh_chaos_calm(sim);
    run_until(sim, sim->now_ms + WH_SIM_CALM_MS); /* slow frames of the time of faults come in */
    sim->calm = true;
    for (uint32_t i = 0; i < renamed_max(sim); i++) {
        wh_work_rename(&sim->nodes[sim->count - 1 - i]);
        run_until(sim, sim->now_ms + WH_SIM_CALM_MS);
    }
    ask_barriers(sim);
}

/* A tree that is quiet stays so, at little cost. */
static void idle(struct wh_sim *sim)
{
    uint64_t *turns = wh_memory_new(sim->count, sizeof(*turns));
    for (uint32_t i = 0; i < sim->count; i++) turns[i] = sim->nodes[i].turns;
    run_until(sim, sim->now_ms + WH_SIM_IDLE_MS);
    for (uint32_t i = 0; i < sim->count; i++) {
        uint64_t used = sim->nodes[i].turns - turns[i];
        if (used <= WH_SIM_IDLE_TURNS_MAX) continue;
        wh_sim_fail_as(sim, &sim->nodes[i], WH_SIM_ENDING, "%" PRIu64 " turns in %d idle seconds",
                       used, WH_SIM_IDLE_MS / 1000);
    }
    wh_memory_free(turns);
}

static void begin(struct wh_sim *sim)
{
    int64_t minutes =
        sim->options->minutes > 0 ? sim->options->minutes : sim->options->shape->minutes;
    uint64_t seed = sim->options->seed;
    struct wh_memory_net_host host = {sim, admit, arrived, rewrite};
    sim->tree = wh_chance_stream(seed, "tree");
    sim->work = wh_chance_stream(seed, "work");
    sim->starts = wh_chance_stream(seed, "starts");
    sim->digest = 0xcbf29ce484222325u;
    sim->work_ms = minutes * 60000;
    wh_tree_grow(sim);
    sim->net = wh_memory_net_new(sim->count + WH_SIM_CLONES_MAX, seed, host);
    wh_tree_place(sim);
    wh_work_begin(sim);
    wh_chaos_begin(sim);
    wh_membership_begin(sim);
    for (uint32_t i = 0; i < sim->count; i++) wh_sim_plan(&sim->nodes[i]);
}

static void run(struct wh_sim *sim)
{
    sim->chaos = true;
    run_until(sim, sim->work_ms);
    sim->chaos = false;
    if (!sim->failed) wh_chaos_stop(sim);
    converge(sim);
    if (!sim->failed) wh_check_end(sim);
    if (!wh_expects_sums(sim)) return;
    if (!sim->failed) work_in_calm(sim);
    if (!sim->failed) idle(sim);
    if (!sim->failed) wh_check_end(sim);
}

enum wh_sim_result wh_sim_run(const struct wh_sim_options *options, uint64_t *ret_digest)
{
    struct wh_sim *sim = wh_memory_new(1, sizeof(*sim));
    enum wh_sim_result result;
    sim->options = options;
    begin(sim);
    run(sim);
    result = sim->failed ? WH_SIM_FAILED : WH_SIM_PASSED;
    *ret_digest = sim->digest;
    wh_tree_fell(sim);
    wh_memory_net_free(sim->net);
    wh_memory_free(sim);
    return result;
}
