/* A row on disk is the seq at which this node wrote it (8 bytes, big-endian) and the packed row as
 * its origin packed it. Row, superseded version, feed entries and the removal of the old entries
 * are puts of one batch. */
#include "engine/rows.h"

#include "engine/cells.h"
#include "engine/damage.h"
#include "engine/engine_parts.h"
#include "engine/feed.h"
#include "engine/terms.h"
#include "model/key.h"

struct stored {
    uint64_t seq;
    struct wh_row row;
};

static int read_stored(struct wh_span bytes, struct wh_arena *arena, struct stored *ret)
{
    struct wh_span rest = bytes;
    int rc = wh_key_take_u64(&rest, &ret->seq);
    return rc < 0 ? rc : wh_row_read(rest, arena, &ret->row);
}

int wh_row_stored_read(struct wh_span bytes, struct wh_arena *arena, uint64_t *ret_seq,
                       struct wh_row *ret)
{
    struct stored stored;
    int rc = read_stored(bytes, arena, &stored);
    if (rc < 0) return rc;
    *ret_seq = stored.seq;
    *ret = stored.row;
    return 0;
}

static int corrupt_row(struct wh_error *err)
{
    return wh_fail(err, WH_E_CORRUPT, WH_MSG_STORE_ROW_BROKEN, NULL);
}

/* ---- Writing ---- */

static void mark_stale(struct wh_engine *engine, const struct wh_row *row)
{
    uint32_t table = row->table;
    if (table == WH_TABLE_UNIT) engine->stale |= WH_STALE_UNITS;
    if (table == WH_TABLE_PROGRAMME) {
        engine->stale |= WH_STALE_PROGRAMMES;
        wh_cells_ask_all(engine); /* its ledgers may measure otherwise */
    }
    if (table == WH_TABLE_MEMBER) engine->stale |= WH_STALE_MEMBERS;
    if (table == WH_TABLE_TERM && wh_lineage_is_touched(engine, row)) {
        engine->stale |= WH_STALE_LINEAGES;
    }
}

static void write_row(struct wh_engine *engine, const struct wh_row *row, uint64_t seq,
                      const struct stored *old, struct wh_span old_bytes)
{
    struct wh_tuple key, version, place;
    wh_key_row(&key, row->table, row->key);
    if (old) {
        wh_key_row_version(&version, wh_tuple_span(&key), old->seq);
        wh_batch_put_unread(&engine->batch, WH_FAMILY_ROW_HISTORY, wh_tuple_span(&version),
                            old_bytes);
        wh_feed_forget(engine, &old->row, old->seq);
    }
    wh_tuple_clear(&place);
    wh_tuple_put_u64(&place, seq);
    wh_batch_put_joined(&engine->batch, WH_FAMILY_ROWS, wh_tuple_span(&key), wh_tuple_span(&place),
                        row->packed);
    wh_feed_put(engine, row, seq, wh_tuple_span(&key));
    engine->rows_written = true;
    if (row->table == WH_TABLE_SUMMARY && engine->hooks.row_changed) {
        engine->hooks.row_changed(engine->hooks.context, row->key);
    }
    mark_stale(engine, row);
}

static int find_stored(struct wh_engine *engine, uint32_t table, struct wh_span key,
                       struct wh_span *ret_bytes, struct stored *ret, struct wh_error *err)
{
    struct wh_tuple row_key;
    int rc;
    wh_key_row(&row_key, table, key);
    rc = wh_engine_get(engine, WH_FAMILY_ROWS, wh_tuple_span(&row_key), &engine->scratch, ret_bytes,
                       err);
    if (rc < 0 || !ret_bytes->data) return rc;
    if (read_stored(*ret_bytes, &engine->scratch, ret) < 0) {
        wh_row_set_aside(engine, wh_tuple_span(&row_key), *ret_bytes);
        *ret_bytes = WH_SPAN_EMPTY;
    }
    return 0;
}

int wh_row_put(struct wh_engine *engine, uint32_t table, struct wh_span key, struct wh_span value,
               struct wh_error *err)
{
    struct wh_span old_bytes;
    struct stored old;
    struct wh_row row;
    int rc = wh_term_ensure(engine, err);
    if (rc == 0) rc = find_stored(engine, table, key, &old_bytes, &old, err);
    if (rc < 0) return rc;
    engine->head++;
    wh_row_make(table, key, engine->home, engine->head, engine->term, value, &engine->scratch,
                &row);
    write_row(engine, &row, engine->head, old_bytes.data ? &old : NULL, old_bytes);
    return 0;
}

/* True where a row that arrives takes the place of the one that is held. */
static bool is_newer(struct wh_engine *engine, const struct wh_row *held, const struct wh_row *row,
                     enum wh_reject *ret_reject)
{
    switch (wh_doubts_weigh(engine, held, row)) {
    case WH_TAKING_SKIP: return false;
    case WH_TAKING_PUT: return true;
    case WH_TAKING_REFUSE: *ret_reject = WH_REJECT_DIVERGED; return false;
    case WH_TAKING_BY_COUNTER: break;
    }
    if (!held) return true;
    if (held->counter == row->counter && held->term != row->term) *ret_reject = WH_REJECT_DIVERGED;
    return row->counter > held->counter;
}

int wh_row_take(struct wh_engine *engine, const struct wh_row *row, enum wh_reject *ret_reject,
                struct wh_error *err)
{
    struct wh_span old_bytes;
    struct stored old, *held;
    int rc = wh_term_ensure(engine, err);
    if (rc == 0) rc = find_stored(engine, row->table, row->key, &old_bytes, &old, err);
    if (rc < 0) return rc;
    held = old_bytes.data ? &old : NULL;
    *ret_reject = WH_REJECT_NONE;
    if (!is_newer(engine, held ? &held->row : NULL, row, ret_reject)) return 0;
    if (!held || row->table != WH_TABLE_TERM) wh_origins_take(engine, row);
    engine->head++;
    write_row(engine, row, engine->head, held, old_bytes);
    return 0;
}

int wh_row_void(struct wh_engine *engine, const struct wh_row *row, struct wh_error *err)
{
    struct wh_span bytes;
    struct stored held;
    struct wh_row empty;
    int rc = find_stored(engine, row->table, row->key, &bytes, &held, err);
    if (rc < 0 || !bytes.data) return rc;
    engine->head++;
    wh_row_make(row->table, row->key, row->origin, row->counter, row->term, WH_SPAN_EMPTY,
                &engine->scratch, &empty);
    write_row(engine, &empty, engine->head, &held, bytes);
    wh_feed_forget(engine, &empty, engine->head);
    return 0;
}

int wh_row_offer_again(struct wh_engine *engine, uint32_t table, struct wh_span key,
                       struct wh_error *err)
{
    struct wh_span bytes;
    struct stored stored;
    int rc = wh_term_ensure(engine, err);
    if (rc == 0) rc = find_stored(engine, table, key, &bytes, &stored, err);
    if (rc < 0 || !bytes.data) return rc;
    if (wh_row_stand(engine, &stored.row) == WH_STAND_VOID) return 0; /* offered to nobody */
    engine->head++;
    write_row(engine, &stored.row, engine->head, &stored, bytes);
    return 0;
}

/* ---- Reading ---- */

struct newest {
    struct wh_arena *arena;
    struct wh_span bytes;
};

static int keep_newest(void *context, struct wh_span key, struct wh_span value)
{
    struct newest *newest = context;
    (void)key;
    newest->bytes = wh_arena_copy(newest->arena, value);
    return 1;
}

/* The version of a row that held at `place`, from its superseded ones. */
static int find_version(struct wh_engine *engine, struct wh_span row_key, uint64_t place,
                        struct wh_arena *arena, struct wh_span *ret, struct wh_error *err)
{
    struct newest newest = {.arena = arena};
    struct wh_tuple from, to;
    int rc;
    wh_key_row_version(&from, row_key, 0);
    wh_key_row_version(&to, row_key, place + 1);
    rc = engine->store.ops->scan(engine->store.self, NULL, WH_FAMILY_ROW_HISTORY,
                                 wh_tuple_span(&from), wh_tuple_span(&to), WH_SCAN_DOWN,
                                 keep_newest, &newest, err);
    *ret = newest.bytes;
    return rc;
}

/* *ret becomes the version of `bytes` as of `place`; packed.data NULL where there was none. */
static int as_of(struct wh_engine *engine, struct wh_span row_key, struct wh_span bytes,
                 uint64_t place, struct wh_arena *arena, struct wh_row *ret, struct wh_error *err)
{
    struct stored stored;
    int rc;
    *ret = (struct wh_row){.table = 0};
    if (read_stored(bytes, arena, &stored) < 0) { /* the others are served; see damage.h */
        engine->damage_seen = true;
        return 0;
    }
    if (stored.seq > place) {
        rc = find_version(engine, row_key, place, arena, &bytes, err);
        if (rc < 0) return rc;
        if (!bytes.data) return 0;
        if (read_stored(bytes, arena, &stored) < 0) return corrupt_row(err);
    }
    *ret = stored.row;
    return 0;
}

int wh_row_get(struct wh_engine *engine, uint32_t table, struct wh_span key, uint64_t place,
               struct wh_arena *arena, struct wh_row *ret, struct wh_error *err)
{
    struct wh_tuple row_key;
    struct wh_span bytes;
    int rc;
    wh_key_row(&row_key, table, key);
    rc = wh_engine_get(engine, WH_FAMILY_ROWS, wh_tuple_span(&row_key), arena, &bytes, err);
    if (rc < 0) return rc;
    if (!bytes.data) {
        *ret = (struct wh_row){.table = 0};
        return 0;
    }
    return as_of(engine, wh_tuple_span(&row_key), bytes, place, arena, ret, err);
}

struct row_scan {
    struct wh_engine *engine;
    uint64_t place;
    wh_row_visit visit;
    void *context;
    struct wh_arena arena; /* of one row */
    bool with_deleted;
    struct wh_error *err;
};

static int visit_row(void *context, struct wh_span key, struct wh_span value)
{
    struct row_scan *scan = context;
    struct wh_row row;
    int rc;
    wh_arena_clear(&scan->arena);
    rc = as_of(scan->engine, key, value, scan->place, &scan->arena, &row, scan->err);
    if (rc < 0) return rc;
    if (!row.packed.data || (row.value.len == 0 && !scan->with_deleted)) return 0;
    return scan->visit(scan->context, &row);
}

int wh_rows_scan(struct wh_engine *engine, uint32_t table, struct wh_span prefix, uint64_t place,
                 wh_row_visit visit, void *context, struct wh_error *err)
{
    struct row_scan scan = {
        .engine = engine, .place = place, .visit = visit, .context = context, .err = err};
    struct wh_tuple key;
    int rc;
    wh_key_row(&key, table, prefix);
    rc = wh_engine_scan(engine, WH_FAMILY_ROWS, wh_tuple_span(&key), visit_row, &scan, err);
    wh_arena_deinit(&scan.arena);
    return rc;
}

int wh_rows_scan_all(struct wh_engine *engine, wh_row_visit visit, void *context,
                     struct wh_error *err)
{
    struct row_scan scan = {.engine = engine,
                            .place = WH_PLACE_NOW,
                            .visit = visit,
                            .context = context,
                            .with_deleted = true,
                            .err = err};
    int rc = wh_engine_scan(engine, WH_FAMILY_ROWS, WH_SPAN_EMPTY, visit_row, &scan, err);
    wh_arena_deinit(&scan.arena);
    return rc;
}
