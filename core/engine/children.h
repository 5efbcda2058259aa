/* children.h: the children of a node, kept by unit. Private to engine/. Thread: loop.
 * A place holds until a child is made. */
#ifndef WH_ENGINE_CHILDREN_H
#define WH_ENGINE_CHILDREN_H

#include "engine/engine_parts.h"

/* The child of this unit; NULL: none has been met yet. */
struct wh_neighbour *wh_children_find(const struct wh_engine *engine, struct wh_span unit);

/* The same, made where it is new; NULL where the store fails, which fails the turn. */
struct wh_neighbour *wh_children_meet(struct wh_engine *engine, struct wh_span unit);

/* The children whose unit begins with `code` (empty: all): those from *ret_from up to *ret_to. */
void wh_children_range(const struct wh_engine *engine, struct wh_span code, uint32_t *ret_from,
                       uint32_t *ret_to);

#endif
