#include "base/map.h"

#include "base/memory.h"

static const char empty_key[1] = {0};

void wh_map_init(struct wh_map *map)
{
    *map = (struct wh_map){NULL, 0, 0};
}

void wh_map_deinit(struct wh_map *map)
{
    wh_memory_free(map->slots);
    wh_map_init(map);
}

void wh_map_clear(struct wh_map *map)
{
    if (map->slots) memset(map->slots, 0, map->size * sizeof(*map->slots));
    map->count = 0;
}

/* Eight bytes at a time: multiplied by an odd number, and the high half, which depends on all bits,
 * folded onto the low one. Which keys meet in a slot is nobody's secret here: they are codes and
 * counters. */
static uint64_t mix(uint64_t a)
{
    a *= 0x9E3779B97F4A7C15u;
    return a ^ a >> 32;
}

static uint64_t hash_of(struct wh_span key)
{
    uint64_t hash = key.len, word;
    const char *at = key.data;
    size_t left = key.len;
    for (; left >= sizeof(word); left -= sizeof(word), at += sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        hash = mix(hash ^ word);
    }
    word = 0;
    if (left > 0) memcpy(&word, at, left);
    return mix(hash ^ word);
}

static struct wh_map_slot *slot_of(const struct wh_map *map, struct wh_span key)
{
    size_t i = (size_t)hash_of(key) & (map->size - 1);
    while (map->slots[i].key.data && !wh_span_equal(map->slots[i].key, key)) {
        i = (i + 1) & (map->size - 1);
    }
    return &map->slots[i];
}

uint64_t *wh_map_get(const struct wh_map *map, struct wh_span key)
{
    struct wh_map_slot *slot;
    if (map->count == 0) return NULL;
    slot = slot_of(map, key);
    return slot->key.data ? &slot->value : NULL;
}

static void grow(struct wh_map *map)
{
    struct wh_map old = *map;
    map->size = old.size > 0 ? old.size * 2 : 16;
    map->slots = wh_memory_new(map->size, sizeof(*map->slots));
    for (size_t i = 0; i < old.size; i++) {
        if (old.slots[i].key.data) *slot_of(map, old.slots[i].key) = old.slots[i];
    }
    wh_memory_free(old.slots);
}

void wh_map_put(struct wh_map *map, struct wh_span key, uint64_t value)
{
    struct wh_map_slot *slot;
    if ((map->count + 1) * 4 > map->size * 3) grow(map);
    if (!key.data) key = wh_span(empty_key, 0);
    slot = slot_of(map, key);
    if (!slot->key.data) {
        slot->key = key;
        map->count++;
    }
    slot->value = value;
}
