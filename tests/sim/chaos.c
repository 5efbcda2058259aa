#include "chaos.h"

#include <inttypes.h>
#include <stdio.h>

#include "accidents.h"
#include "base/memory.h"
#include "membership.h"
#include "trace.h"

#define STRENGTHS_MAX 4

struct fault {
    uint32_t share; /* of 10,000 seeds have it */
    struct wh_sim_strength
        strengths[STRENGTHS_MAX]; /* one is drawn; often 0: the end of the list */
    void (*befalls)(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard); /* one node */
};

/* `often` is a mean in ms where a fault befalls one node at a time, else a share of 10,000 (of
 * DELAY: ms). `hard` is how long it lasts in ms at most, or as said. */
static const struct fault faults[WH_SIM_FAULTS_COUNT] = {
    [WH_SIM_DELAY] = {5000, {{5, 0}, {40, 0}, {400, 0}, {3000, 0}}, NULL},
    [WH_SIM_LOSS] = {5000, {{10, 0}, {100, 0}, {500, 0}, {2000, 0}}, NULL},
    [WH_SIM_REPEAT] = {5000, {{100, 0}, {1000, 0}, {3000, 0}}, NULL},
    [WH_SIM_LATE] = {5000, {{100, 0}, {1000, 0}, {3000, 0}}, NULL},
    [WH_SIM_HALF_OPEN] = {5000, {{1000, 0}, {5000, 0}, {10000, 0}}, NULL},
    [WH_SIM_UNORDERED] = {5000, {{1, 0}}, NULL},
    /* of the wires; bit/s */
    [WH_SIM_MODEMS] = {2000, {{1000, 9600}, {4000, 9600}, {10000, 9600}}, NULL},
    [WH_SIM_VERSIONS] = {4000, {{1000, 0}, {5000, 0}, {10000, 0}}, NULL}, /* of the nodes */
    [WH_SIM_CUTS] = {5000,
                     {{5000, 5000}, {20000, 60000}, {20000, 200000}, {60000, 60000}},
                     wh_accident_cut},
    [WH_SIM_CRASHES] = {5000,
                        {{5000, 100}, {20000, 5000}, {60000, 60000}, {200000, 1}},
                        wh_accident_crash},
    /* days */
    [WH_SIM_JUMPS] = {5000, {{10000, 1}, {60000, 1}, {10000, 100}, {60000, 900}}, wh_accident_jump},
    [WH_SIM_COMMITS] = {5000, {{50, 0}, {300, 0}, {2000, 0}}, NULL}, /* of turns */
    [WH_SIM_DISKS] = {3000,
                      {{30000, 3000}, {60000, 30000}, {150000, 120000}},
                      wh_accident_break_disk},
    [WH_SIM_FORGETS] = {5000, {{1000, 0}, {5000, 0}}, NULL}, /* of starts */
    [WH_SIM_REVOKES] = {3000, {{20000, 10000}, {60000, 60000}, {60000, 240000}}, wh_member_befall},
    [WH_SIM_MOVES] = {2500, {{60000, 1000}, {120000, 120000}, {200000, 10000}}, wh_move_befall},
    [WH_SIM_RESTORES] = {1500, {{60000, 5000}, {120000, 60000}}, wh_accident_restore},
    [WH_SIM_TAILS] = {1500, {{30000, 2}, {60000, 8}}, wh_accident_lose_tail}, /* commits */
    [WH_SIM_CLONES] = {1000, {{100000, 5000}, {200000, 60000}}, wh_accident_clone},
};

/* ---- Drawing ---- */

static struct wh_sim_strength draw(struct wh_chance *chance, const struct fault *fault,
                                   bool is_asked_for)
{
    uint32_t n = 0;
    bool is_on = wh_chance_is(chance, fault->share);
    while (n < STRENGTHS_MAX && fault->strengths[n].often > 0) n++;
    n = wh_chance_below(chance, n);
    return is_on || is_asked_for ? fault->strengths[n] : (struct wh_sim_strength){0, 0};
}

/* The first time is near, so that a short run has it too. */
static void draw_faults(struct wh_sim *sim)
{
    const struct wh_sim_options *options = sim->options;
    uint32_t drawn = options->shape->faults & options->only;
    for (uint32_t i = 0; i < WH_SIM_FAULTS_COUNT; i++) {
        struct wh_chance *chance = &sim->faults.chance[i];
        struct wh_sim_strength *strength = &sim->faults.of[i];
        bool is_asked_for = options->with >> i & 1;
        *chance = wh_chance_stream(options->seed, wh_sim_fault_name(i));
        *strength = draw(chance, &faults[i], is_asked_for);
        if (!is_asked_for && !(drawn >> i & 1)) *strength = (struct wh_sim_strength){0, 0};
        sim->faults.next_ms[i] = INT64_MAX;
        if (strength->often == 0) continue;
        wh_sim_note(sim, NULL, "fault %s %u %u", wh_sim_fault_name(i), strength->often,
                    strength->hard);
        if (!faults[i].befalls) continue;
        sim->faults.next_ms[i] = wh_chance_between(chance, 1, strength->often);
    }
}

static struct wh_weather weather_of(const struct wh_sim *sim)
{
    const struct wh_sim_strength *of = sim->faults.of;
    return (struct wh_weather){
        .delay_ms_max = 1 + of[WH_SIM_DELAY].often,
        .loss = of[WH_SIM_LOSS].often,
        .repeat = of[WH_SIM_REPEAT].often,
        .late = of[WH_SIM_LATE].often,
        .half_open = of[WH_SIM_HALF_OPEN].often,
        .unordered = of[WH_SIM_UNORDERED].often,
    };
}

static void place_modem(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    struct wh_modem modem = {.bits_per_s = sim->faults.of[WH_SIM_MODEMS].hard,
                             .delay_ms = WH_MODEM_ROUND_TRIP_MS / 2};
    wh_memory_net_set_modem(sim->net, node->number, modem);
    node->redial_at_ms =
        wh_chance_between(&sim->faults.chance[WH_SIM_MODEMS], 1, WH_MODEM_CUT_EVERY_MS);
    wh_sim_note(sim, node, "hangs on a modem");
    wh_chaos_plan(node);
}

static void mark_nodes(struct wh_sim *sim)
{
    struct wh_sim_faults *f = &sim->faults;
    for (uint32_t i = 0; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        bool on_modem = wh_chance_is(&f->chance[WH_SIM_MODEMS], f->of[WH_SIM_MODEMS].often);
        bool later = wh_chance_is(&f->chance[WH_SIM_VERSIONS], f->of[WH_SIM_VERSIONS].often);
        if (on_modem && node->parent != WH_NOBODY) place_modem(node);
        if (!later) continue;
        node->later = wh_memory_new(WH_SIM_LATER_ROWS, sizeof(*node->later));
        for (uint32_t j = 0; j < WH_SIM_LATER_ROWS; j++) node->later[j].about = WH_NOBODY;
        wh_sim_note(sim, node, "is of a later release");
    }
}

void wh_chaos_begin(struct wh_sim *sim)
{
    draw_faults(sim);
    wh_memory_net_set_weather(sim->net, weather_of(sim));
    mark_nodes(sim);
    wh_accident_prepare(sim);
}

/* ---- What befalls one node at a time ---- */

int64_t wh_chaos_next_ms(const struct wh_sim *sim)
{
    int64_t next_ms = INT64_MAX;
    for (uint32_t i = 0; i < WH_SIM_FAULTS_COUNT; i++) {
        if (sim->faults.next_ms[i] < next_ms) next_ms = sim->faults.next_ms[i];
    }
    return next_ms;
}

void wh_chaos_step(struct wh_sim *sim)
{
    struct wh_sim_faults *f = &sim->faults;
    for (uint32_t i = 0; i < WH_SIM_FAULTS_COUNT; i++) {
        if (f->next_ms[i] > sim->now_ms) continue;
        faults[i].befalls(sim, &f->chance[i], f->of[i].hard);
        f->next_ms[i] = sim->now_ms + wh_chance_between(&f->chance[i], 1, 2 * f->of[i].often);
    }
}

int64_t wh_chaos_down_ms(struct wh_sim *sim)
{
    uint32_t hard = sim->faults.of[WH_SIM_CRASHES].hard;
    return wh_chance_between(&sim->faults.chance[WH_SIM_CRASHES], 0, hard > 0 ? hard : 1000);
}

void wh_chaos_before_turn(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    uint32_t share = sim->faults.of[WH_SIM_COMMITS].often;
    if (!sim->chaos || share == 0) return;
    if (!wh_chance_is(&sim->faults.chance[WH_SIM_COMMITS], share)) return;
    wh_memory_store_set_fault(node->store, WH_MEMORY_COMMIT_FAILS);
}

void wh_chaos_on_start(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    uint32_t share = sim->faults.of[WH_SIM_FORGETS].often;
    if (!sim->chaos) return;
    if (wh_chance_is(&sim->faults.chance[WH_SIM_FORGETS], share)) wh_accident_forget(node);
    wh_chaos_before_turn(node);
}

/* ---- What ends by itself ---- */

static void earlier(int64_t *next_ms, int64_t at_ms)
{
    if (at_ms < *next_ms) *next_ms = at_ms;
}

void wh_chaos_plan(struct wh_sim_node *node)
{
    int64_t next_ms = node->mended_at_ms;
    earlier(&next_ms, node->redial_at_ms);
    earlier(&next_ms, node->sound_at_ms);
    earlier(&next_ms, node->return_at_ms);
    earlier(&next_ms, node->move_at_ms);
    wh_agenda_set(&node->sim->chores, node->number, next_ms);
}

static void lose_line(struct wh_sim_node *node)
{
    node->redial_at_ms = node->sim->now_ms + WH_MODEM_CUT_EVERY_MS;
    wh_sim_note(node->sim, node, "its modem loses the line");
    wh_memory_net_break(node->sim->net, node->number);
}

void wh_chaos_chores(struct wh_sim *sim)
{
    while (wh_agenda_next_ms(&sim->chores) <= sim->now_ms) {
        struct wh_sim_node *node = &sim->nodes[wh_agenda_first(&sim->chores)];
        if (node->mended_at_ms <= sim->now_ms) wh_accident_mend(node);
        if (node->sound_at_ms <= sim->now_ms) wh_accident_repair_disk(node);
        if (node->redial_at_ms <= sim->now_ms) lose_line(node);
        if (node->return_at_ms <= sim->now_ms) wh_member_return(node);
        if (node->move_at_ms <= sim->now_ms) wh_move_try(node);
        wh_chaos_plan(node);
    }
}

/* ---- The end of all faults ---- */

static void stop_node(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    if (node->mended_at_ms != INT64_MAX) wh_accident_mend(node);
    if (node->sound_at_ms != INT64_MAX) wh_accident_repair_disk(node);
    if (node->return_at_ms != INT64_MAX) node->return_at_ms = sim->now_ms;
    if (node->move_at_ms != INT64_MAX) node->move_at_ms = sim->now_ms;
    node->clock_ms = 0;
    node->deadline_ms = sim->now_ms; /* the day may be another one */
    wh_memory_store_set_fault(node->store, WH_MEMORY_NO_FAULT);
    if (!node->engine && node->up_at_ms > sim->now_ms) node->up_at_ms = sim->now_ms;
    wh_chaos_plan(node);
    wh_sim_plan(node);
}

void wh_chaos_stop(struct wh_sim *sim)
{
    wh_sim_note(sim, NULL, "the faults stop");
    wh_memory_net_set_weather(sim->net, (struct wh_weather){.delay_ms_max = 20});
    wh_accident_end_clones(sim);
    wh_move_begin(sim);
    for (uint32_t i = 0; i < sim->count; i++) stop_node(&sim->nodes[i]);
}

void wh_chaos_calm(struct wh_sim *sim)
{
    for (uint32_t i = 0; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        node->redial_at_ms = INT64_MAX;
        wh_memory_net_set_modem(sim->net, i, (struct wh_modem){0, 0});
        wh_chaos_plan(node);
    }
}
