#include "simulator.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"
#include "chaos.h"
#include "checker.h"
#include "engine/links.h"
#include "tree.h"
#include "workload.h"

#define ZONE_MINUTES 480

/* ---- Telling ---- */

static void tell(struct wh_sim *sim, const struct wh_sim_node *node, const char *format,
                 va_list args)
{
    char *line = sim->lines[sim->lines_count++ % WH_SIM_LINES];
    int at = snprintf(line, WH_SIM_LINE_BYTES, "%8" PRId64 ".%03" PRId64 " %-10s ",
                      sim->now_ms / 1000, sim->now_ms % 1000, node ? node->unit : "-");
    (void)vsnprintf(line + at, WH_SIM_LINE_BYTES - (size_t)at, format, args);
    for (const char *c = line; *c; c++) {
        sim->digest = (sim->digest ^ (uint8_t)*c) * 0x100000001b3u;
    }
    if (sim->talk == WH_SIM_TRACE) (void)puts(line);
}

void wh_sim_note(struct wh_sim *sim, const struct wh_sim_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell(sim, node, format, args);
    va_end(args);
}

static void show_lines(const struct wh_sim *sim)
{
    uint64_t from = sim->lines_count > WH_SIM_LINES ? sim->lines_count - WH_SIM_LINES : 0;
    for (uint64_t i = from; i < sim->lines_count; i++) {
        (void)puts(sim->lines[i % WH_SIM_LINES]);
    }
}

void wh_sim_fail(struct wh_sim *sim, const struct wh_sim_node *node, const char *format, ...)
{
    char text[WH_SIM_LINE_BYTES];
    va_list args;
    if (sim->failed) return;
    sim->failed = true;
    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    wh_sim_note(sim, node, "FAILED: %s", text);
    if (sim->talk == WH_SIM_TRACE) return;
    (void)printf("seed %" PRIu64 " failed; its last lines:\n", sim->seed);
    show_lines(sim);
}

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
    node->joined = true;
    wh_sim_note(node->sim, node, "joined");
}

static void on_note(void *context, struct wh_span peer, const struct wh_note *note)
{
    struct wh_sim_node *node = context;
    wh_sim_note(node->sim, node, "note %.*s %s %" PRIu64, (int)peer.len, peer.data,
                wh_note_word(note->type), note->number);
    /* a late copy of an old Push may still come by */
    if (node->sim->calm && note->type != WH_NOTE_SETTLED && note->type != WH_NOTE_PUSH_KNOWN) {
        wh_sim_fail(node->sim, node, "no fault, and yet: %s", wh_note_word(note->type));
    }
}

static enum wh_parent parent_state(const struct wh_sim_node *node)
{
    if (node->parent == WH_NOBODY) return WH_PARENT_NONE;
    return node->joined ? WH_PARENT_JOINED : WH_PARENT_JOINING;
}

void wh_sim_start(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    struct wh_engine_config config = {
        .unit = wh_span_of(node->unit),
        .name = wh_span_of(node->unit),
        .kind = node->kind,
        .parent = parent_state(node),
        .program = "sim",
        .seed = wh_chance_next(&sim->chance),
    };
    struct wh_engine_hooks hooks = {
        .context = node,
        .measure = wh_work_measure,
        .requests = wh_work_requests,
        .committed = wh_work_committed,
        .joined = on_joined,
        .noted = on_note,
    };
    struct wh_error err;
    memcpy(config.node_key, node->key, sizeof(config.node_key));
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
    node->mono_ms = wh_chance_between(&node->sim->chance, 0, 1000000);
    wh_memory_net_end(node->sim->net, node->number);
    wh_work_power_cut(node);
}

static void turn(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    int64_t deadline_ms;
    wh_chaos_before_turn(node);
    wh_engine_turn(node->engine, wh_sim_now(node), &deadline_ms);
    node->turns++;
    node->busy_until_ms = sim->now_ms + 1; /* a turn takes time */
    node->deadline_ms = deadline_ms > INT64_MAX / 2 ? INT64_MAX : deadline_ms - node->mono_ms;
    if (*wh_memory_store_is_dead(node->store)) {
        wh_sim_crash(node, wh_chaos_down_ms(sim));
        return;
    }
    wh_check_turn(node);
}

static enum wh_admission admit(void *context, uint32_t node, const uint8_t *key,
                               struct wh_span *ret_unit)
{
    struct wh_sim *sim = context;
    return wh_members_admit(sim->nodes[node].engine, key, ret_unit);
}

/* ---- Time ---- */

static void earlier(int64_t *next_ms, int64_t at_ms)
{
    if (at_ms < *next_ms) *next_ms = at_ms;
}

static int64_t node_next_ms(const struct wh_sim_node *node)
{
    int64_t next_ms = INT64_MAX;
    if (!node->engine) return node->up_at_ms;
    earlier(&next_ms, node->deadline_ms);
    earlier(&next_ms, wh_work_next_ms(node));
    if (wh_memory_net_has_arrivals(node->sim->net, node->number)) next_ms = node->sim->now_ms;
    return next_ms > node->busy_until_ms ? next_ms : node->busy_until_ms;
}

#define STEP_MS_MAX 1000 /* faults are looked for at least so often */

static void step(struct wh_sim *sim, int64_t until_ms)
{
    int64_t next_ms = sim->now_ms + STEP_MS_MAX, passed_ms;
    earlier(&next_ms, until_ms);
    earlier(&next_ms, wh_memory_net_next_ms(sim->net));
    for (uint32_t i = 0; i < sim->count; i++) earlier(&next_ms, node_next_ms(&sim->nodes[i]));
    if (next_ms < sim->now_ms) next_ms = sim->now_ms;
    passed_ms = next_ms - sim->now_ms;
    sim->now_ms = next_ms;
    wh_memory_net_advance(sim->net, sim->now_ms);
    if (sim->chaos) wh_chaos_step(sim, passed_ms);
    for (uint32_t i = 0; i < sim->count && !sim->failed; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        if (sim->chaos) wh_work_draw(node);
        if (node_next_ms(node) > sim->now_ms) continue;
        if (node->engine) {
            turn(node);
        } else {
            wh_sim_start(node);
        }
    }
}

static void run_until(struct wh_sim *sim, int64_t until_ms)
{
    while (!sim->failed && sim->now_ms < until_ms) step(sim, until_ms);
}

static void converge(struct wh_sim *sim)
{
    int64_t limit_ms = sim->now_ms + WH_SIM_CONVERGE_MS;
    const struct wh_sim_node *at = NULL;
    const char *why = "";
    while (!sim->failed && !wh_check_is_quiet(sim, &why, &at)) {
        if (sim->now_ms >= limit_ms) {
            wh_sim_fail(sim, at, "not done %d s after the faults stopped: %s",
                        WH_SIM_CONVERGE_MS / 1000, why);
        }
        run_until(sim, sim->now_ms + 100);
    }
    wh_sim_note(sim, NULL, "quiet");
}

static bool all_settled(const struct wh_sim *sim, const uint64_t *nonces)
{
    for (uint32_t i = 1; i < sim->count; i++) {
        if (!wh_links_settled(sim->nodes[i].engine, nonces[i])) return false;
    }
    return true;
}

/* The root renames units of one township and then of others, which most counties only pass over;
 * then every node asks whether it has all that its parent has for it. Nothing goes astray. */
static void work_in_calm(struct wh_sim *sim)
{
    uint64_t nonces[64] = {0};
    run_until(sim, sim->now_ms + WH_SIM_CALM_MS); /* slow frames of the time of faults come in */
    sim->calm = true;
    for (uint32_t i = sim->count - 1; i >= sim->count - 3; i--) {
        wh_work_rename(&sim->nodes[i]);
        run_until(sim, sim->now_ms + WH_SIM_CALM_MS);
    }
    for (uint32_t i = 1; !sim->failed && i < sim->count; i++) {
        nonces[i] = wh_links_ask_barrier(sim->nodes[i].engine);
        sim->nodes[i].deadline_ms = sim->now_ms;
    }
    run_until(sim, sim->now_ms + WH_SIM_CALM_MS);
    if (!sim->failed && !all_settled(sim, nonces)) wh_sim_fail(sim, NULL, "a barrier stays open");
}

/* A tree that is quiet stays so, at little cost. */
static void idle(struct wh_sim *sim)
{
    uint64_t turns[64] = {0};
    for (uint32_t i = 0; i < sim->count; i++) turns[i] = sim->nodes[i].turns;
    run_until(sim, sim->now_ms + WH_SIM_IDLE_MS);
    for (uint32_t i = 0; i < sim->count; i++) {
        uint64_t used = sim->nodes[i].turns - turns[i];
        if (used <= WH_SIM_IDLE_TURNS_MAX) continue;
        wh_sim_fail(sim, &sim->nodes[i], "%" PRIu64 " turns in %d idle seconds", used,
                    WH_SIM_IDLE_MS / 1000);
    }
}

static void note_faults(struct wh_sim *sim)
{
    const struct wh_sim_faults *f = &sim->faults;
    wh_sim_note(sim, NULL, "delay %" PRId64 " loss %u repeat %u late %u half_open %u unordered %u",
                f->weather.delay_ms_max, f->weather.loss, f->weather.repeat, f->weather.late,
                f->weather.half_open, f->weather.unordered);
    wh_sim_note(sim, NULL,
                "crash %" PRId64 " cut %" PRId64 " jump %" PRId64 " commit_fails %u forgets %u",
                f->crash_mean_ms, f->cut_mean_ms, f->jump_mean_ms, f->commit_fails, f->forgets);
}

enum wh_sim_result wh_sim_run(uint64_t seed, enum wh_sim_talk talk, uint64_t *ret_digest)
{
    struct wh_sim *sim = wh_memory_new(1, sizeof(*sim));
    enum wh_sim_result result;
    sim->seed = seed;
    sim->talk = talk;
    sim->chance.state = seed * 0x2545F4914F6CDD1Du + 1;
    sim->digest = 0xcbf29ce484222325u;
    wh_tree_grow(sim);
    sim->net = wh_memory_net_new(sim->count, wh_chance_next(&sim->chance),
                                 (struct wh_memory_net_host){sim, admit});
    wh_tree_place(sim);
    sim->faults = wh_chaos_draw(&sim->chance);
    wh_memory_net_set_weather(sim->net, sim->faults.weather);
    note_faults(sim);
    wh_work_begin(sim);
    sim->chaos = true;
    run_until(sim, WH_SIM_WORK_MS);
    sim->chaos = false;
    wh_chaos_stop(sim);
    converge(sim);
    if (!sim->failed) wh_check_end(sim);
    if (!sim->failed) work_in_calm(sim);
    if (!sim->failed) idle(sim);
    if (!sim->failed) wh_check_end(sim);
    result = sim->failed ? WH_SIM_FAILED : WH_SIM_PASSED;
    *ret_digest = sim->digest;
    wh_tree_fell(sim);
    wh_memory_net_free(sim->net);
    wh_memory_free(sim);
    return result;
}
