#include "engine/children.h"

#include "base/memory.h"

/* The first child whose unit is not below `code`. */
static uint32_t place_of(const struct wh_engine *engine, struct wh_span code)
{
    uint32_t from = 0, to = engine->children_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (wh_span_compare(wh_neighbour_name(engine->children[middle]), code) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

struct wh_neighbour *wh_children_find(const struct wh_engine *engine, struct wh_span unit)
{
    uint32_t place = place_of(engine, unit);
    if (place == engine->children_count ||
        !wh_span_equal(wh_neighbour_name(engine->children[place]), unit)) {
        return NULL;
    }
    return engine->children[place];
}

struct wh_neighbour *wh_children_meet(struct wh_engine *engine, struct wh_span unit)
{
    struct wh_neighbour *child = wh_children_find(engine, unit);
    struct wh_error err;
    uint32_t place;
    if (child) return child;
    if (wh_neighbour_new(engine, WH_LINK_TO_CHILD, unit, &child, &err) < 0) {
        wh_engine_abandon_turn(engine, &err);
        return NULL;
    }
    engine->children = wh_memory_resize(engine->children, engine->children_count + 1,
                                        sizeof(struct wh_neighbour *));
    place = place_of(engine, unit);
    memmove(engine->children + place + 1, engine->children + place,
            (engine->children_count - place) * sizeof(struct wh_neighbour *));
    engine->children[place] = child;
    engine->children_count++;
    return child;
}

void wh_children_range(const struct wh_engine *engine, struct wh_span code, uint32_t *ret_from,
                       uint32_t *ret_to)
{
    struct wh_tuple above, prefix;
    wh_tuple_clear(&prefix);
    wh_tuple_put_bytes(&prefix, code);
    *ret_from = code.len > 0 ? place_of(engine, code) : 0;
    *ret_to = code.len > 0 && wh_tuple_above(wh_tuple_span(&prefix), &above)
                  ? place_of(engine, wh_tuple_span(&above))
                  : engine->children_count;
}
