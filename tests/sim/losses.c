/* Stores that are not what they were: put back from a backup, without their newest commits, or
 * twice in the world. What may be demanded after that is in expectations.c. */
#include <stdio.h>

#include "accidents.h"
#include "base/memory.h"
#include "chaos.h"
#include "checker.h"
#include "expectations.h"
#include "trace.h"

void wh_accident_prepare(struct wh_sim *sim)
{
    uint32_t tail = sim->faults.of[WH_SIM_TAILS].hard;
    for (uint32_t i = 0; tail > 0 && i < sim->count; i++) {
        wh_memory_store_keep_tail(sim->nodes[i].store, tail);
    }
}

/* The machine goes down, and comes up with another state of its disk. */
static void go_back(struct wh_sim_node *node, struct wh_chance *chance, uint32_t down_ms_max)
{
    wh_sim_crash(node, wh_chance_between(chance, 1, down_ms_max));
    wh_expect_loss(node);
}

void wh_accident_restore(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard)
{
    struct wh_sim_node *node = wh_accident_node(sim, chance);
    struct wh_store disk = wh_memory_store_disk(node->store);
    if (!node->engine) return;
    if (!node->backup) {
        node->backup = disk.ops->snapshot(disk.self);
        wh_sim_note(sim, node, "backup taken");
        return;
    }
    wh_sim_note(sim, node, "its backup is put back");
    go_back(node, chance, hard);
    wh_memory_store_restore(node->store, node->backup);
    disk.ops->release(disk.self, node->backup);
    node->backup = NULL;
}

#define DOWN_MS_MAX 5000

void wh_accident_lose_tail(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard)
{
    struct wh_sim_node *node = wh_accident_node(sim, chance);
    uint32_t commits = 1 + wh_chance_below(chance, hard);
    if (!node->engine) return;
    wh_sim_note(sim, node, "loses its newest %u commits", commits);
    go_back(node, chance, DOWN_MS_MAX);
    wh_memory_store_lose_tail(node->store, commits);
}

/* ---- Clones ---- */

static uint32_t clones_count(const struct wh_sim *sim)
{
    uint32_t count = 0;
    while (count < WH_SIM_CLONES_MAX && sim->nodes[sim->count - 1 - count].clone_of) count++;
    return count;
}

void wh_accident_clone(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard)
{
    struct wh_sim_node *node = wh_accident_node(sim, chance), *clone = &sim->nodes[sim->count];
    if (!node->engine || node->parent == WH_NOBODY || node->clone_of) return;
    if (node->membership != WH_SIM_MEMBER || clones_count(sim) == WH_SIM_CLONES_MAX) return;
    *clone = (struct wh_sim_node){
        .sim = sim,
        .number = sim->count,
        .parent = node->parent,
        .above = node->above,
        .kind = node->kind,
        .letter = node->letter,
        .clone_of = node,
        .membership = WH_SIM_MEMBER,
        .store = wh_memory_store_new(),
        .up_at_ms = sim->now_ms + wh_chance_between(chance, 1, hard),
        .mended_at_ms = INT64_MAX,
        .redial_at_ms = INT64_MAX,
        .sound_at_ms = INT64_MAX,
        .return_at_ms = INT64_MAX,
        .move_at_ms = INT64_MAX,
        .work_at_ms = INT64_MAX,
    };
    sim->count++;
    memcpy(clone->unit, node->unit, sizeof(clone->unit));
    memcpy(clone->key, node->key, sizeof(clone->key));
    wh_memory_store_copy(clone->store, node->store);
    wh_memory_net_place(sim->net, clone->number, clone->parent, clone->key, clone->invite_key,
                        wh_memory_store_is_dead(clone->store));
    wh_sim_note(sim, node, "a copy of its disk begins to run");
    wh_expect_loss(node);
    wh_sim_plan(clone);
}

void wh_accident_end_clones(struct wh_sim *sim)
{
    while (clones_count(sim) > 0) {
        struct wh_sim_node *clone = &sim->nodes[sim->count - 1];
        wh_sim_note(sim, clone, "the copy is switched off");
        wh_sim_crash(clone, 0);
        wh_agenda_set(&sim->agenda, clone->number, INT64_MAX);
        wh_memory_store_free(clone->store);
        sim->count--;
    }
}
