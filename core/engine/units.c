#include "engine/units.h"

#include <stdlib.h>

#include "engine/engine_parts.h"
#include "engine/rows.h"
#include "model/protobuf.h"

struct unit_load {
    struct wh_arena *arena;
    struct wh_unit *items;
    uint32_t count;
    uint32_t size;
    struct wh_error *err;
};

static void grow(struct unit_load *load)
{
    uint32_t size = load->size > 0 ? load->size * 2 : 64;
    struct wh_unit *items = wh_arena_new(load->arena, size, sizeof(*items));
    if (load->count > 0) memcpy(items, load->items, load->count * sizeof(*items));
    load->items = items;
    load->size = size;
}

static void keep(struct unit_load *load, struct wh_unit unit)
{
    if (load->count == load->size) grow(load);
    load->items[load->count] = unit;
    load->count++;
}

/* Rows come by code, then origin: of one unit's rows the one nearest to the root comes first. */
static int load_unit(void *context, const struct wh_row *row)
{
    struct unit_load *load = context;
    const Wh__UnitValue *value = (const Wh__UnitValue *)wh_protobuf_unpack(
        &wh__unit_value__descriptor, row->value, load->arena);
    struct wh_unit unit;
    if (!value) {
        return wh_fail(load->err, WH_E_CORRUPT, WH_MSG_STORE_ROW_BROKEN, NULL);
    }
    if (load->count > 0 && wh_span_equal(load->items[load->count - 1].code, row->unit)) return 0;
    unit = (struct wh_unit){
        .code = wh_arena_copy(load->arena, row->unit),
        .name = wh_span_of(value->name),
        .kind = value->kind,
        .parent = wh_span_of(value->parent),
        .opened = value->opened,
        .closed = value->closed,
        .successor = wh_span_of(value->successor),
    };
    keep(load, unit);
    return 0;
}

static int compare_units(const void *a, const void *b)
{
    const struct wh_unit *ua = a, *ub = b;
    return wh_span_compare(ua->code, ub->code);
}

static void add_home(struct wh_engine *engine, struct unit_load *load)
{
    struct wh_units units = {load->items, load->count};
    if (wh_units_find(&units, engine->home)) return;
    keep(load, (struct wh_unit){
                   .code = engine->home, .name = engine->home_name, .kind = engine->home_kind});
    qsort(load->items, load->count, sizeof(*load->items), compare_units);
}

int wh_units_load(struct wh_engine *engine, uint64_t place, struct wh_arena *arena,
                  struct wh_units *ret, struct wh_error *err)
{
    struct unit_load load = {.arena = arena, .err = err};
    int rc = wh_rows_scan(engine, WH_TABLE_UNIT, WH_SPAN_EMPTY, place, load_unit, &load, err);
    if (rc < 0) return rc;
    add_home(engine, &load);
    *ret = (struct wh_units){load.items, load.count};
    return 0;
}

uint32_t wh_units_from(const struct wh_units *units, struct wh_span code)
{
    uint32_t low = 0, high = units->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (wh_span_compare(units->items[middle].code, code) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct wh_unit *wh_units_find(const struct wh_units *units, struct wh_span code)
{
    uint32_t i = wh_units_from(units, code);
    if (i >= units->count || !wh_span_equal(units->items[i].code, code)) return NULL;
    return &units->items[i];
}
