#include "tree.h"

#include <stdio.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "checker.h"
#include "workload.h"

#define TOWNSHIPS 16
#define VILLAGES_MAX 4

static void draw_key(struct wh_chance *chance, uint8_t key[WH_NODE_KEY_BYTES])
{
    for (int i = 0; i < WH_NODE_KEY_BYTES; i++) key[i] = (uint8_t)wh_chance_next(chance);
}

static struct wh_sim_node *add_node(struct wh_sim *sim, uint32_t parent, uint32_t kind)
{
    struct wh_sim_node *node = &sim->nodes[sim->count];
    node->sim = sim;
    node->number = sim->count++;
    node->parent = parent;
    node->kind = kind;
    node->letter = 'n';
    node->store = wh_memory_store_new();
    node->joined = parent == WH_NOBODY;
    wh_memory_store_watch(node->store, wh_check_batch, node);
    draw_key(&sim->chance, node->key);
    draw_key(&sim->chance, node->invite_key);
    return node;
}

static void add_unit(struct wh_sim_node *node, const char *code)
{
    (void)snprintf(node->units[node->units_count++], sizeof(node->units[0]), "%s", code);
}

static void add_township(struct wh_sim *sim, uint32_t county, uint32_t number)
{
    struct wh_sim_node *node = add_node(sim, county, WH_UNIT_KIND_TOWNSHIP);
    uint32_t villages = 1 + wh_chance_below(&sim->chance, VILLAGES_MAX);
    (void)snprintf(node->unit, sizeof(node->unit), "%.6s%03u", sim->nodes[county].unit, number);
    add_unit(node, node->unit);
    for (uint32_t i = 0; i < villages; i++) {
        char code[32];
        (void)snprintf(code, sizeof(code), "%.9s%03u", node->unit, 201 + i);
        add_unit(node, code);
    }
}

void wh_tree_grow(struct wh_sim *sim)
{
    struct wh_sim_node *root;
    sim->counties = 2 + wh_chance_below(&sim->chance, 3);
    sim->nodes = wh_memory_new(1 + sim->counties + TOWNSHIPS, sizeof(*sim->nodes));
    root = add_node(sim, WH_NOBODY, WH_UNIT_KIND_CITY);
    (void)snprintf(root->unit, sizeof(root->unit), "2311");
    for (uint32_t i = 0; i < sim->counties; i++) {
        struct wh_sim_node *county = add_node(sim, 0, WH_UNIT_KIND_COUNTY);
        (void)snprintf(county->unit, sizeof(county->unit), "2311%02u", 81 + i);
        add_unit(county, county->unit);
    }
    for (uint32_t i = 0; i < TOWNSHIPS; i++) add_township(sim, 1 + i % sim->counties, 101 + i);
}

void wh_tree_place(struct wh_sim *sim)
{
    for (uint32_t i = 0; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        wh_memory_net_place(sim->net, i, node->parent, node->key, node->invite_key,
                            wh_memory_store_is_dead(node->store));
    }
}

void wh_tree_fell(struct wh_sim *sim)
{
    for (uint32_t i = 0; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        wh_engine_free(node->engine);
        wh_memory_store_free(node->store);
        wh_work_free(node);
    }
    wh_memory_free(sim->nodes);
}

struct wh_span wh_tree_csv(const struct wh_sim *sim, struct wh_arena *arena)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_span csv;
    wh_buffer_print(&buffer, "code,name,kind,parent\n2311,city,city,\n");
    for (uint32_t i = 1; i < sim->count; i++) {
        const struct wh_sim_node *node = &sim->nodes[i];
        wh_buffer_print(&buffer, "%s,%c%s,%s,%s\n", node->unit, node->letter, node->unit,
                        wh_unit_kind_word(node->kind), sim->nodes[node->parent].unit);
        for (uint32_t j = 1; j < node->units_count; j++) {
            wh_buffer_print(&buffer, "%s,%c%s,village,%s\n", node->units[j], node->letter,
                            node->units[j], node->unit);
        }
    }
    csv = wh_arena_copy(arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return csv;
}

bool wh_tree_is_below(struct wh_span code, const char *of)
{
    return wh_span_starts(code, wh_span_of(of));
}

bool wh_tree_is_above(struct wh_span code, const char *of)
{
    return code.len < strlen(of) && wh_span_starts(wh_span_of(of), code);
}
