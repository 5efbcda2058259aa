#include "sync/authority.h"

#include "model/unit.h"

static bool is_ancestor(struct wh_span code, struct wh_span of)
{
    return code.len < of.len && wh_span_starts(of, code);
}

/* Rules about the whole tree, and what a unit publishes, speak for no single unit: they go to every
 * node below their origin. */
static bool speaks_for_all(uint32_t table)
{
    return table == WH_TABLE_PROGRAMME || table == WH_TABLE_TERM || table == WH_TABLE_RANKING;
}

/* A node is told about its own range, and the names of the units above it. */
static bool concerns(const struct wh_row *row, struct wh_span node)
{
    if (speaks_for_all(row->table) || wh_code_in_range(row->unit, node)) return true;
    return row->table == WH_TABLE_UNIT && is_ancestor(row->unit, node);
}

enum wh_reject wh_authority_of_child(const struct wh_row *row, struct wh_span child)
{
    if (!(wh_table_ways(row->table) & WH_TABLE_UP)) return WH_REJECT_TABLE;
    if (!wh_code_in_range(row->origin, child)) return WH_REJECT_ORIGIN;
    if (!wh_code_in_range(row->unit, row->origin)) return WH_REJECT_UNIT;
    return WH_REJECT_NONE;
}

enum wh_reject wh_authority_of_parent(const struct wh_row *row, struct wh_span home)
{
    if (!(wh_table_ways(row->table) & WH_TABLE_DOWN)) return WH_REJECT_TABLE;
    if (!is_ancestor(row->origin, home)) return WH_REJECT_ORIGIN;
    if (!wh_code_in_range(row->unit, row->origin) || !concerns(row, home)) return WH_REJECT_UNIT;
    return WH_REJECT_NONE;
}

bool wh_row_goes_up(const struct wh_row *row, struct wh_span home)
{
    return (wh_table_ways(row->table) & WH_TABLE_UP) && wh_code_in_range(row->origin, home);
}

bool wh_row_goes_down(const struct wh_row *row, struct wh_span home)
{
    return (wh_table_ways(row->table) & WH_TABLE_DOWN) && wh_span_starts(home, row->origin);
}

struct wh_span wh_row_place(uint32_t table, struct wh_span unit, struct wh_span home)
{
    bool for_all = speaks_for_all(table) || (table == WH_TABLE_UNIT && wh_span_starts(home, unit));
    return for_all ? WH_SPAN_EMPTY : unit;
}

bool wh_row_is_for(const struct wh_row *row, struct wh_span child)
{
    return is_ancestor(row->origin, child) && concerns(row, child);
}

const char *wh_reject_word(enum wh_reject reject)
{
    switch (reject) {
    case WH_REJECT_NONE: return "none";
    case WH_REJECT_BROKEN: return "broken";
    case WH_REJECT_ORIGIN: return "origin";
    case WH_REJECT_UNIT: return "unit";
    case WH_REJECT_TABLE: return "table";
    case WH_REJECT_DIVERGED: return "diverged";
    }
    return "?";
}
