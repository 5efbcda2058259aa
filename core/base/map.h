/* map.h: from byte strings to one 64-bit value each. Used where order does not matter: a walk over
 * a map is not offered, so that no output can depend on hash order. Thread: the owner's.
 * Ownership: keys are borrowed and must outlive the map. */
#ifndef WH_BASE_MAP_H
#define WH_BASE_MAP_H

#include "base/span.h"

struct wh_map_slot {
    struct wh_span key; /* data NULL: free */
    uint64_t value;
};

struct wh_map {
    struct wh_map_slot *slots;
    size_t size; /* a power of two, or 0 */
    size_t count;
};

void wh_map_init(struct wh_map *map);
void wh_map_deinit(struct wh_map *map);
void wh_map_clear(struct wh_map *map);
/* Lends the value kept for `key`, or NULL. Holds until the next put. */
uint64_t *wh_map_get(const struct wh_map *map, struct wh_span key);
/* Sets the value for `key`, whether or not it had one. An empty key is allowed. */
void wh_map_put(struct wh_map *map, struct wh_span key, uint64_t value);

#endif
