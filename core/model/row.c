#include "model/row.h"

#include "base/assert.h"
#include "base/limits.h"
#include "model/key.h"
#include "model/protobuf.h"
#include "model/unit.h"

static const struct {
    uint32_t table;
    const char *word;
    uint32_t ways;
    enum wh_lane lane;
} tables[] = {
#define X(symbol, number, word, ways, lane) {number, word, ways, lane},
    WH_TABLES(X)
#undef X
};

#define TABLES_COUNT (sizeof(tables) / sizeof(tables[0]))

void wh_row_make(uint32_t table, struct wh_span key, struct wh_span origin, uint64_t counter,
                 uint64_t term, struct wh_span value, struct wh_arena *arena, struct wh_row *ret)
{
    Wh__Row row = WH__ROW__INIT;
    row.table = table;
    row.key = (ProtobufCBinaryData){key.len, (uint8_t *)(uintptr_t)key.data};
    row.origin = wh_arena_text(arena, origin);
    row.counter = counter;
    row.term = term;
    row.value = (ProtobufCBinaryData){value.len, (uint8_t *)(uintptr_t)value.data};
    WH_ASSERT(wh_row_read(wh_protobuf_pack(&row.base, arena), arena, ret) == 0);
}

/* The last part of a key, found without knowing the parts between. */
static bool ends_in(struct wh_span key, struct wh_span origin)
{
    return key.len > origin.len + 1 && key.data[key.len - 1] == '\0' &&
           memcmp(key.data + key.len - 1 - origin.len, origin.data, origin.len) == 0;
}

int wh_row_read(struct wh_span packed, struct wh_arena *arena, struct wh_row *ret)
{
    const Wh__Row *row;
    struct wh_row read = {.packed = packed};
    struct wh_span rest;
    if (packed.len > WH_ROW_BYTES_MAX) return WH_E_TOO_BIG;
    row = (const Wh__Row *)wh_protobuf_unpack(&wh__row__descriptor, packed, arena);
    if (!row || row->key.len > WH_ROW_KEY_BYTES_MAX || row->table == 0 || row->table > INT32_MAX) {
        return WH_E_CORRUPT;
    }
    read.table = row->table;
    read.key = wh_span(row->key.data, row->key.len);
    read.origin = wh_span_of(row->origin);
    read.counter = row->counter;
    read.term = row->term;
    read.value = wh_span(row->value.data, row->value.len);
    rest = read.key;
    if (wh_key_take_text(&rest, &read.unit) < 0 || !wh_code_is_valid(read.unit) ||
        !wh_code_is_valid(read.origin) || !ends_in(read.key, read.origin)) {
        return WH_E_CORRUPT;
    }
    *ret = read;
    return 0;
}

static size_t index_of(uint32_t table)
{
    size_t i = 0;
    while (i < TABLES_COUNT && tables[i].table != table) i++;
    return i;
}

const char *wh_table_word(uint32_t table)
{
    size_t i = index_of(table);
    return i < TABLES_COUNT ? tables[i].word : "?";
}

uint32_t wh_table_ways(uint32_t table)
{
    size_t i = index_of(table);
    return i < TABLES_COUNT ? tables[i].ways : WH_TABLE_UP | WH_TABLE_DOWN;
}

enum wh_lane wh_table_lane(uint32_t table)
{
    size_t i = index_of(table);
    return i < TABLES_COUNT ? tables[i].lane : WH_LANE_BULK;
}
