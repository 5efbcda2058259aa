#include "membership.h"

#include "accidents.h"
#include "chaos.h"
#include "trace.h"
#include "tree.h"
#include "workload.h"

/* Another machine has its key from now on: whatever its parent knew is worth nothing. */
static void draw_keys(struct wh_sim_node *node, struct wh_chance *chance)
{
    if (node->new_key) wh_tree_draw_key(chance, node->key);
    wh_tree_draw_key(chance, node->invite_key);
    node->new_key = false;
}

/* With the same key the running process is told, by a reload; with another one it is started. */
static void hand_token(struct wh_sim_node *node, struct wh_chance *chance)
{
    struct wh_sim *sim = node->sim;
    bool anew = node->new_key || wh_chance_is(chance, 5000);
    struct wh_error err;
    draw_keys(node, chance);
    node->membership = WH_SIM_JOINING;
    memset(node->checked_up, 0, sizeof(node->checked_up));
    wh_memory_net_move(sim->net, node->number, node->parent, node->key, node->invite_key);
    wh_work_invite(node);
    if (!node->engine) return;
    if (!anew && wh_engine_set_parent(node->engine, WH_PARENT_JOINING, sim->nodes[node->parent].key,
                                      &err) == 0) {
        node->deadline_ms = sim->now_ms;
        wh_sim_plan(node);
        return;
    }
    wh_sim_crash(node, 1);
}

/* ---- Revoked, and back ---- */

/* Who has children keeps its key: they know it from their tokens. */
void wh_member_befall(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard)
{
    struct wh_sim_node *node = wh_accident_node(sim, chance);
    uint32_t what = wh_chance_below(chance, 4);
    int64_t away_ms = wh_chance_between(chance, 1, hard);
    if (node->parent == WH_NOBODY || node->membership != WH_SIM_MEMBER || node->clone_of) return;
    node->new_key = node->number >= sim->leaves && what > 0;
    if (node->new_key && what == 1) {
        wh_sim_note(sim, node, "gets a new key");
        hand_token(node, chance);
        return;
    }
    wh_sim_note(sim, node, "is to be revoked, comes back %s",
                node->new_key ? "with a new key" : "");
    node->membership = WH_SIM_LEAVING;
    node->return_at_ms = INT64_MAX;
    wh_work_revoke(node, away_ms);
}

void wh_member_revoked(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    if (node->membership != WH_SIM_LEAVING) return;
    node->membership = WH_SIM_REVOKED;
    node->return_at_ms = sim->now_ms + (sim->chaos ? node->away_ms : 0);
    wh_sim_note(sim, node, "is revoked");
    wh_chaos_plan(node);
}

void wh_member_return(struct wh_sim_node *node)
{
    node->return_at_ms = INT64_MAX;
    wh_sim_note(node->sim, node, "is invited again");
    hand_token(node, &node->sim->faults.chance[WH_SIM_REVOKES]);
}

/* ---- A county between the city and townships ---- */

void wh_membership_begin(struct wh_sim *sim)
{
    struct wh_sim_node *county = &sim->nodes[sim->leaves - 1];
    if (sim->faults.of[WH_SIM_MOVES].often == 0 || county->parent != 0) return;
    sim->inserted = county->number;
    county->membership = WH_SIM_ABSENT;
    wh_work_drop_ops(county);
    for (uint32_t i = sim->leaves; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        if (node->above != sim->inserted) continue;
        node->parent = 0;
        wh_memory_net_move(sim->net, i, 0, node->key, node->invite_key);
        wh_work_invite(node);
    }
    wh_sim_note(sim, county, "is not there yet");
}

static void begin_moving(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard)
{
    struct wh_sim_node *county = &sim->nodes[sim->inserted];
    if (sim->inserted == 0 || county->membership != WH_SIM_ABSENT) return;
    wh_sim_note(sim, county, "is inserted between the city and its townships");
    county->membership = WH_SIM_JOINING;
    county->up_at_ms = sim->now_ms;
    wh_work_invite(county);
    wh_sim_plan(county);
    for (uint32_t i = sim->leaves; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        if (node->above != sim->inserted) continue;
        node->move_at_ms = sim->now_ms + wh_chance_between(chance, 0, hard);
        wh_chaos_plan(node);
    }
}

void wh_move_befall(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard)
{
    begin_moving(sim, chance, hard);
}

void wh_move_begin(struct wh_sim *sim)
{
    begin_moving(sim, &sim->faults.chance[WH_SIM_MOVES], 0);
}

#define TRY_AGAIN_MS 2000

void wh_move_try(struct wh_sim_node *node)
{
    struct wh_sim *sim = node->sim;
    if (node->membership != WH_SIM_MEMBER) {
        node->move_at_ms = sim->now_ms + TRY_AGAIN_MS;
        return;
    }
    node->move_at_ms = INT64_MAX;
    wh_sim_note(sim, node, "moves to %s", sim->nodes[node->above].unit);
    node->parent = node->above;
    memset(node->checked_down, 0, sizeof(node->checked_down));
    hand_token(node, &sim->faults.chance[WH_SIM_MOVES]);
}
