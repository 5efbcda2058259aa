#include "engine/shared_rows.h"

#include "base/limits.h"
#include "engine/doubts.h"
#include "engine/engine_parts.h"
#include "model/key.h"
#include "model/unit.h"

static struct wh_span lower_end(const struct wh_engine *engine, const struct wh_shared *shared)
{
    return shared->child.len > 0 ? shared->child : engine->home;
}

bool wh_shared_holds(const struct wh_engine *engine, const struct wh_shared *shared,
                     const struct wh_row *row)
{
    struct wh_span child = lower_end(engine, shared);
    if (wh_row_stand(engine, row) != WH_STAND_SOUND) return false;
    if (shared->feed == WH_FEED_UP) return wh_row_goes_up(row, child);
    return (wh_table_ways(row->table) & WH_TABLE_DOWN) && wh_row_is_for(row, child);
}

struct scan {
    struct wh_engine *engine;
    const struct wh_shared *shared;
    wh_shared_visit visit;
    void *context;
    struct wh_arena arena; /* of one row */
    struct wh_error *err;
    bool stopped;
};

static int visit_row(void *context, struct wh_span key, struct wh_span value)
{
    struct scan *scan = context;
    struct wh_row row = {.table = 0};
    uint64_t seq;
    int rc;
    wh_arena_clear(&scan->arena);
    if (wh_row_stored_read(value, &scan->arena, &seq, &row) < 0) {
        row = (struct wh_row){.table = 0};
    } else if (!wh_shared_holds(scan->engine, scan->shared, &row)) {
        return 0;
    }
    rc = scan->visit(scan->context, key, &row);
    if (rc == 1) scan->stopped = true;
    return rc;
}

/* The part of [from, to) that begins with `prefix`. */
static int scan_prefix(struct scan *scan, struct wh_span prefix, struct wh_span from,
                       struct wh_span to)
{
    struct wh_store *store = &scan->engine->store;
    struct wh_tuple above;
    struct wh_span end = wh_tuple_above(prefix, &above) ? wh_tuple_span(&above) : WH_SPAN_EMPTY;
    struct wh_span start = wh_span_compare(prefix, from) < 0 ? from : prefix;
    if (scan->stopped) return 0;
    if (to.len > 0 && (end.len == 0 || wh_span_compare(to, end) < 0)) end = to;
    if (end.len > 0 && wh_span_compare(start, end) >= 0) return 0;
    return store->ops->scan(store->self, NULL, WH_FAMILY_ROWS, start, end, WH_SCAN_UP, visit_row,
                            scan, scan->err);
}

/* Rows about a unit above (its name; what speaks for all), then those about the range of the child:
 * in this order, since a code is followed by a zero byte where it ends. */
static int scan_table(struct scan *scan, uint32_t table, struct wh_span from, struct wh_span to)
{
    struct wh_span child = lower_end(scan->engine, scan->shared);
    struct wh_tuple prefix, unit;
    for (size_t len = WH_CODE_BYTES_MIN; len < child.len; len++) {
        int rc;
        wh_tuple_clear(&unit);
        wh_tuple_put_text(&unit, wh_span(child.data, len));
        wh_key_row(&prefix, table, wh_tuple_span(&unit));
        rc = scan_prefix(scan, wh_tuple_span(&prefix), from, to);
        if (rc < 0) return rc;
    }
    wh_key_row(&prefix, table, child);
    return scan_prefix(scan, wh_tuple_span(&prefix), from, to);
}

static int take_table(void *context, struct wh_span key, struct wh_span value)
{
    int32_t *table = context;
    (void)value;
    return wh_key_take_i32(&key, table) < 0 ? WH_E_CORRUPT : 1;
}

/* The least table from `table` on of which there are rows; those of a later release too. 0: none.
 */
static int next_table(struct wh_engine *engine, int32_t table, int32_t *ret, struct wh_error *err)
{
    struct wh_tuple from;
    wh_key_row(&from, (uint32_t)table, WH_SPAN_EMPTY);
    *ret = 0;
    return engine->store.ops->scan(engine->store.self, NULL, WH_FAMILY_ROWS, wh_tuple_span(&from),
                                   WH_SPAN_EMPTY, WH_SCAN_UP, take_table, ret, err);
}

int wh_shared_scan(struct wh_engine *engine, const struct wh_shared *shared, struct wh_span from,
                   struct wh_span to, wh_shared_visit visit, void *context, struct wh_error *err)
{
    struct scan scan = {
        .engine = engine, .shared = shared, .visit = visit, .context = context, .err = err};
    struct wh_span first = from;
    int32_t table = 1;
    int rc = 0;
    if (wh_key_take_i32(&first, &table) < 0 || table < 1) table = 1;
    for (;;) {
        rc = next_table(engine, table, &table, err);
        if (rc < 0 || table < 1 || scan.stopped) break;
        rc = scan_table(&scan, (uint32_t)table, from, to);
        if (rc < 0 || table == INT32_MAX) break;
        table++;
    }
    wh_arena_deinit(&scan.arena);
    return rc;
}
