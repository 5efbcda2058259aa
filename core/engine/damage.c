/* A row that can't be read, be it bytes or what its table says, is set aside and named, and the
 * node serves the rest (L19 of the lessons); `sync verify` brings it back from a neighbour that has
 * it. */
#include "engine/damage.h"

#include "engine/engine_parts.h"
#include "engine/rows.h"
#include "model/protobuf.h"

static const ProtobufCMessageDescriptor *value_of(uint32_t table)
{
    switch (table) {
    case WH_TABLE_TERM: return &wh__term_value__descriptor;
    case WH_TABLE_UNIT: return &wh__unit_value__descriptor;
    case WH_TABLE_MEMBER: return &wh__member_value__descriptor;
    case WH_TABLE_PROGRAMME: return &wh__programme_value__descriptor;
    case WH_TABLE_SUMMARY: return &wh__summary_value__descriptor;
    default: return NULL;
    }
}

bool wh_row_bytes_are_sound(struct wh_span bytes, struct wh_arena *arena)
{
    const ProtobufCMessageDescriptor *value;
    struct wh_row row;
    uint64_t seq;
    if (wh_row_stored_read(bytes, arena, &seq, &row) < 0) return false;
    value = value_of(row.table);
    return !value || row.value.len == 0 || wh_protobuf_unpack(value, row.value, arena);
}

void wh_row_set_aside(struct wh_engine *engine, struct wh_span key, struct wh_span bytes)
{
    struct wh_tuple aside;
    /* A scan does not see the batch: this turn may have had it already, or written it anew. */
    if (wh_batch_find(&engine->batch, WH_FAMILY_ROWS, key)) return;
    wh_key_damaged(&aside, key);
    wh_batch_put(&engine->batch, WH_FAMILY_META, wh_tuple_span(&aside), bytes);
    wh_batch_delete(&engine->batch, WH_FAMILY_ROWS, key);
    engine->rows_set_aside++;
    wh_cells_ask_all(engine); /* a figure of our own that nobody else has is measured again */
}

struct sweep {
    struct wh_engine *engine;
    struct wh_arena arena; /* of one row */
};

static int visit_row(void *context, struct wh_span key, struct wh_span value)
{
    struct sweep *sweep = context;
    wh_arena_clear(&sweep->arena);
    if (!wh_row_bytes_are_sound(value, &sweep->arena)) wh_row_set_aside(sweep->engine, key, value);
    return 0;
}

int wh_damage_sweep(struct wh_engine *engine, struct wh_error *err)
{
    struct sweep sweep = {.engine = engine};
    int rc = wh_engine_scan(engine, WH_FAMILY_ROWS, WH_SPAN_EMPTY, visit_row, &sweep, err);
    wh_arena_deinit(&sweep.arena);
    if (rc == 0) engine->damage_seen = false;
    return rc;
}
