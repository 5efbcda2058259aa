/* Stores that are not what they were: put back from a backup, without their newest commits, or
 * twice in the world. What may be demanded after that is in expectations.c. */
#include <stdio.h>

#include "accidents.h"
#include "base/memory.h"
#include "chaos.h"
#include "checker.h"
#include "expectations.h"
#include "model/key.h"
#include "model/protobuf.h"
#include "trace.h"
#include "workload.h"

void wh_accident_prepare(struct wh_sim *sim)
{
    uint32_t tail = sim->faults.of[WH_SIM_TAILS].hard;
    for (uint32_t i = 0; tail > 0 && i < sim->count; i++) {
        wh_memory_store_keep_tail(sim->nodes[i].store, tail);
    }
}

static int stop_at_first(void *context, struct wh_span key, struct wh_span value)
{
    uint32_t *found = context;
    (void)key;
    (void)value;
    *found = 1;
    return 1;
}

static uint32_t has_programme(const struct wh_sim_node *node)
{
    struct wh_store disk = wh_memory_store_disk(node->store);
    struct wh_tuple from, to;
    uint32_t found = 0;
    wh_key_row(&from, WH_TABLE_PROGRAMME, WH_SPAN_EMPTY);
    (void)wh_tuple_above(wh_tuple_span(&from), &to);
    (void)disk.ops->scan(disk.self, NULL, WH_FAMILY_ROWS, wh_tuple_span(&from), wh_tuple_span(&to),
                         WH_SCAN_UP, stop_at_first, &found, NULL);
    return found;
}

/* Would the store of `node` let `child` in under the key that it has now? */
static bool knows_member(const struct wh_sim_node *node, const struct wh_sim_node *child)
{
    struct wh_store disk = wh_memory_store_disk(node->store);
    struct wh_arena arena = {NULL, 0};
    const Wh__MemberValue *member = NULL;
    struct wh_tuple own, key;
    struct wh_span value;
    struct wh_row row;
    bool knows;
    wh_row_key_unit(&own, wh_span_of(child->unit), wh_span_of(node->unit));
    wh_key_row(&key, WH_TABLE_MEMBER, wh_tuple_span(&own));
    (void)disk.ops->get(disk.self, NULL, WH_FAMILY_ROWS, wh_tuple_span(&key), &arena, &value, NULL);
    if (value.data && wh_row_read(wh_span_from(value, 8), &arena, &row) == 0) {
        member = (const Wh__MemberValue *)wh_protobuf_unpack(&wh__member_value__descriptor,
                                                             row.value, &arena);
    }
    knows = member && !member->revoked && member->key.len == WH_NODE_KEY_BYTES &&
            memcmp(member->key.data, child->key, WH_NODE_KEY_BYTES) == 0;
    wh_arena_deinit(&arena);
    return knows;
}

/* People see what is gone, and do it again: the tree, the programme, invitations. */
static void do_again(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    if (node->parent == WH_NOBODY) wh_work_found(node, has_programme(node));
    for (uint32_t i = 1; i < sim->count; i++) {
        struct wh_sim_node *child = &sim->nodes[i];
        if (child->parent != node->number || child->clone_of) continue;
        if (child->membership == WH_SIM_JOINING) wh_work_invite(child);
        if (child->membership != WH_SIM_MEMBER || knows_member(node, child)) continue;
        child->return_at_ms = sim->now_ms + 1;
        wh_chaos_plan(child);
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
    /* By the command for it, which leaves a note in the home; or by hand. */
    node->restored_ms = wh_chance_below(chance, 2) == 0 ? sim->now_ms : 0;
    do_again(node);
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
    do_again(node);
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
    wh_expect_clone(node);
    wh_sim_plan(clone);
}

void wh_accident_end_clones(struct wh_sim *sim)
{
    while (clones_count(sim) > 0) {
        struct wh_sim_node *clone = &sim->nodes[sim->count - 1];
        wh_sim_note(sim, clone, "the copy is switched off");
        wh_sim_crash(clone, 0);
        wh_agenda_set(&sim->agenda, clone->number, INT64_MAX);
        wh_agenda_set(&sim->chores, clone->number, INT64_MAX); /* its disk may be a bad one */
        wh_memory_store_free(clone->store);
        sim->count--;
    }
}
