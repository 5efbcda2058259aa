/* row.h: one replicated fact with a single writer (data.md "Rows"): its tables, which way each
 * travels, and its packed form. The packed bytes are kept and relayed as they came.
 * Thread: any. Ownership: a row borrows its spans. */
#ifndef WH_MODEL_ROW_H
#define WH_MODEL_ROW_H

#include "base/error.h"
#include "row.pb-c.h"

/* Lanes of a feed: urgent rows travel before bulk ones (sync.md "Two lanes"). */
enum wh_lane {
    WH_LANE_URGENT = 0,
    WH_LANE_BULK = 1,
    WH_LANES = 2,
};

#define WH_TABLE_UP 1u
#define WH_TABLE_DOWN 2u

/* X(symbol, number, word, ways, lane). Numbers are stored and sent: never reused. */
#define WH_TABLES(X)                                                                               \
    X(TERM, 1, "term", WH_TABLE_UP | WH_TABLE_DOWN, WH_LANE_URGENT)                                \
    X(UNIT, 2, "unit", WH_TABLE_UP | WH_TABLE_DOWN, WH_LANE_BULK)                                  \
    X(MEMBER, 3, "member", WH_TABLE_UP, WH_LANE_URGENT)                                            \
    X(PROGRAMME, 4, "programme", WH_TABLE_DOWN, WH_LANE_URGENT)                                    \
    X(SUMMARY, 5, "summary", WH_TABLE_UP | WH_TABLE_DOWN, WH_LANE_BULK)                            \
    X(RANKING, 6, "ranking", WH_TABLE_DOWN, WH_LANE_BULK)                                          \
    X(NOTICE, 7, "notice", WH_TABLE_DOWN, WH_LANE_URGENT)

enum wh_table {
#define X(symbol, number, word, ways, lane) WH_TABLE_##symbol = number,
    WH_TABLES(X)
#undef X
};

struct wh_row {
    uint32_t table;
    struct wh_span key;
    struct wh_span unit;   /* the first part of the key */
    struct wh_span origin; /* the last part of the key */
    uint64_t counter;
    uint64_t term;
    struct wh_span value; /* empty: deleted */
    struct wh_span packed;
};

/* Packs a row of this node in `arena` and reads it back into *ret. */
void wh_row_make(uint32_t table, struct wh_span key, struct wh_span origin, uint64_t counter,
                 uint64_t term, struct wh_span value, struct wh_arena *arena, struct wh_row *ret);

/* Reads packed bytes: WH_E_TOO_BIG, WH_E_CORRUPT if they are no row, or if the key does not begin
 * with a valid code and end in the origin. *ret borrows from `arena` and `packed`. */
int wh_row_read(struct wh_span packed, struct wh_arena *arena, struct wh_row *ret);

/* "?" for a table of a later release. */
const char *wh_table_word(uint32_t table);
/* WH_TABLE_UP | WH_TABLE_DOWN; a table of a later release may travel both ways. */
uint32_t wh_table_ways(uint32_t table);
enum wh_lane wh_table_lane(uint32_t table);

#endif
