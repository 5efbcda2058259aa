#include "tree.h"

#include <stdio.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "checker.h"
#include "workload.h"

void wh_tree_draw_key(struct wh_chance *chance, uint8_t key[WH_NODE_KEY_BYTES])
{
    for (int i = 0; i < WH_NODE_KEY_BYTES; i++) key[i] = (uint8_t)wh_chance_next(chance);
}

static void add_unit(struct wh_sim_node *node, const char *code)
{
    (void)snprintf(node->units[node->units_count++], sizeof(node->units[0]), "%.23s", code);
}

static struct wh_sim_node *add_node(struct wh_sim *sim, uint32_t parent, uint32_t kind)
{
    struct wh_sim_node *node = &sim->nodes[sim->count];
    node->sim = sim;
    node->number = sim->count++;
    node->parent = node->above = parent;
    node->kind = kind;
    node->letter = 'n';
    node->store = wh_memory_store_new();
    node->membership = parent == WH_NOBODY ? WH_SIM_MEMBER : WH_SIM_JOINING;
    node->mended_at_ms = node->redial_at_ms = node->sound_at_ms = INT64_MAX;
    node->return_at_ms = node->move_at_ms = INT64_MAX;
    wh_memory_store_watch(node->store, wh_check_batch, node);
    wh_tree_draw_key(&sim->tree, node->key);
    wh_tree_draw_key(&sim->tree, node->invite_key);
    return node;
}

/* ---- Levels ---- */

struct level {
    uint32_t first; /* its nodes are numbered from here */
    uint32_t width;
    uint32_t kind;
    uint32_t villages_max;
    int digits;      /* that a code has beyond the parent's */
    uint32_t number; /* of the first */
};

static void add_level(struct wh_sim *sim, const struct level *above, const struct level *level)
{
    for (uint32_t i = 0; i < level->width; i++) {
        uint32_t parent = above->first + i % above->width, villages;
        struct wh_sim_node *node = add_node(sim, parent, level->kind);
        (void)snprintf(node->unit, sizeof(node->unit), "%.15s%0*u", sim->nodes[parent].unit,
                       level->digits,
                       level->number + i / (level->villages_max > 0 ? 1 : above->width));
        if (level->kind != WH_UNIT_KIND_CITY) add_unit(node, node->unit);
        if (level->villages_max == 0) continue;
        villages = 1 + wh_chance_below(&sim->tree, level->villages_max);
        for (uint32_t j = 0; j < villages; j++) {
            char code[40];
            (void)snprintf(code, sizeof(code), "%.20s%03u", node->unit, 201 + j);
            add_unit(node, code);
        }
    }
}

/* Children have greater numbers than their parents. */
static void count_below(struct wh_sim *sim)
{
    for (uint32_t i = sim->count; i-- > 0;) {
        struct wh_sim_node *node = &sim->nodes[i], *above;
        node->below++;
        node->units_below += node->units_count > 0 ? node->units_count : 1;
        wh_map_put(&sim->by_unit, wh_span_of(node->unit), i);
        if (i == 0) return;
        above = &sim->nodes[node->above];
        above->below += node->below;
        above->units_below += node->units_below;
    }
}

void wh_tree_grow(struct wh_sim *sim)
{
    const struct wh_sim_shape *shape = sim->options->shape;
    struct level levels[WH_SIM_LEVELS_MAX] = {{.width = 1, .kind = WH_UNIT_KIND_CITY}};
    uint32_t count = 0, total = 1;
    while (count < WH_SIM_LEVELS_MAX - 1 && shape->widths[count] > 0) count++;
    for (uint32_t i = count; i > 0; i--) {
        struct level *level = &levels[i];
        bool last = i == count;
        *level = (struct level){
            .width = shape->widths[i - 1], .kind = WH_UNIT_KIND_CITY, .digits = 2, .number = 11};
        if (last) {
            *level =
                (struct level){0, level->width, WH_UNIT_KIND_TOWNSHIP, shape->villages_max, 3, 101};
        }
        if (i + 1 == count) level->kind = WH_UNIT_KIND_COUNTY;
        if (i == 1 && shape->counties_drawn > 0) {
            level->width += wh_chance_below(&sim->tree, shape->counties_drawn + 1);
        }
        if (last && sim->options->townships > 0) level->width = sim->options->townships;
        if (!last && level->width > levels[i + 1].width) level->width = levels[i + 1].width;
        total += level->width;
    }
    sim->nodes = wh_memory_new(total + WH_SIM_CLONES_MAX, sizeof(*sim->nodes));
    (void)snprintf(add_node(sim, WH_NOBODY, WH_UNIT_KIND_CITY)->unit, sizeof(sim->nodes->unit),
                   "2311");
    for (uint32_t i = 1; i <= count; i++) {
        levels[i].first = sim->count;
        add_level(sim, &levels[i - 1], &levels[i]);
    }
    sim->leaves = levels[count].first;
    count_below(sim);
    wh_agenda_init(&sim->agenda, total + WH_SIM_CLONES_MAX);
    wh_agenda_init(&sim->chores, total + WH_SIM_CLONES_MAX);
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
        struct wh_store disk = wh_memory_store_disk(node->store);
        wh_engine_free(node->engine);
        for (uint32_t j = 0; node->later && j < WH_SIM_LATER_ROWS; j++) {
            wh_buffer_deinit(&node->later[j].packed);
            wh_buffer_deinit(&node->later[j].put);
        }
        wh_memory_free(node->later);
        disk.ops->release(disk.self, node->backup);
        wh_memory_store_free(node->store);
        wh_work_free(node);
    }
    wh_memory_free(sim->nodes);
    wh_map_deinit(&sim->by_unit);
    wh_agenda_deinit(&sim->agenda);
    wh_agenda_deinit(&sim->chores);
}

/* ---- Units ---- */

bool wh_tree_is_described(const struct wh_sim_node *node)
{
    return node->number == 0 || node->kind != WH_UNIT_KIND_CITY;
}

struct wh_span wh_tree_csv(const struct wh_sim *sim, struct wh_arena *arena)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_span csv;
    wh_buffer_print(&buffer, "code,name,kind,parent\n%s,city,city,\n", sim->nodes[0].unit);
    for (uint32_t i = 1; i < sim->count; i++) {
        const struct wh_sim_node *node = &sim->nodes[i], *above = &sim->nodes[node->above];
        if (!wh_tree_is_described(node) || node->clone_of) continue;
        if (!wh_tree_is_described(above)) above = &sim->nodes[0];
        wh_buffer_print(&buffer, "%s,%c%s,%s,%s\n", node->unit, node->letter, node->unit,
                        wh_unit_kind_word(node->kind), above->unit);
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
