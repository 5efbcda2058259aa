#include "engine/origins.h"

#include "base/memory.h"
#include "engine/engine_parts.h"
#include "model/protobuf.h"

struct wh_origin *wh_origin_of(struct wh_origins *origins, struct wh_span code)
{
    const uint64_t *found = wh_map_get(&origins->by_code, code);
    struct wh_origin *origin;
    if (found) return &origins->items[*found];
    if (origins->count == origins->size) {
        origins->size = origins->size > 0 ? origins->size * 2 : 16;
        origins->items = wh_memory_resize(origins->items, origins->size, sizeof(*origins->items));
    }
    origin = &origins->items[origins->count];
    *origin = (struct wh_origin){.code = wh_arena_copy(&origins->arena, code)};
    wh_map_put(&origins->by_code, origin->code, origins->count++);
    return origin;
}

void wh_origins_deinit(struct wh_origins *origins)
{
    wh_map_deinit(&origins->by_code);
    wh_arena_deinit(&origins->arena);
    wh_memory_free(origins->items);
    *origins = (struct wh_origins){.count = 0};
}

bool wh_origin_take_term(struct wh_origin *origin, uint64_t id, uint64_t first,
                         uint64_t predecessor)
{
    bool fits = predecessor == origin->newest && origin->greatest < first;
    if (first >= origin->newest_first) {
        origin->newest = id;
        origin->newest_first = first;
    }
    return fits;
}

bool wh_origin_take_row(struct wh_origin *origin, uint64_t term, uint64_t counter)
{
    bool fits = term == origin->newest || counter < origin->newest_first;
    if (counter > origin->greatest) origin->greatest = counter;
    return fits;
}

void wh_origins_take(struct wh_engine *engine, const struct wh_row *row)
{
    struct wh_origin *origin;
    const Wh__TermValue *term;
    bool fits;
    if (wh_span_equal(row->origin, engine->home)) return;
    origin = wh_origin_of(&engine->origins, row->origin);
    if (row->table != WH_TABLE_TERM) {
        fits = wh_origin_take_row(origin, row->term, row->counter);
    } else {
        term = (const Wh__TermValue *)wh_protobuf_unpack(&wh__term_value__descriptor, row->value,
                                                         &engine->scratch);
        fits = !term || wh_origin_take_term(origin, term->id, term->first, term->predecessor);
    }
    if (!fits) engine->stale |= WH_STALE_LINEAGES;
}
