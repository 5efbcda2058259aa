/* A row on disk is the seq at which this node wrote it (8 bytes, big-endian) and the packed row as
 * its origin packed it. Row, superseded version, feed entries and the removal of the old entries
 * are puts of one batch. */
#include "engine/rows.h"

#include "engine/cells.h"
#include "engine/damage.h"
#include "engine/engine_parts.h"
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

static void forget_feed_entry(struct wh_engine *engine, const struct stored *old)
{
    struct wh_tuple key;
    uint8_t lane = (uint8_t)wh_table_lane(old->row.table);
    if (wh_row_goes_up(&old->row, engine->home)) {
        wh_key_feed(&key, WH_FEED_UP, lane, old->seq);
        wh_batch_delete(&engine->batch, WH_FAMILY_FEED, wh_tuple_span(&key));
    }
    if (wh_row_goes_down(&old->row, engine->home)) {
        wh_key_feed(&key, WH_FEED_DOWN, lane, old->seq);
        wh_batch_delete(&engine->batch, WH_FAMILY_FEED, wh_tuple_span(&key));
    }
}

static void add_feed_entry(struct wh_engine *engine, const struct wh_row *row, uint64_t seq,
                           struct wh_span row_key)
{
    struct wh_tuple key;
    enum wh_lane lane = wh_table_lane(row->table);
    if (wh_row_goes_up(row, engine->home)) {
        wh_key_feed(&key, WH_FEED_UP, (uint8_t)lane, seq);
        wh_batch_put(&engine->batch, WH_FAMILY_FEED, wh_tuple_span(&key), row_key);
        engine->feed_heads[WH_FEED_UP][lane] = seq;
    }
    if (wh_row_goes_down(row, engine->home)) {
        wh_key_feed(&key, WH_FEED_DOWN, (uint8_t)lane, seq);
        wh_batch_put(&engine->batch, WH_FAMILY_FEED, wh_tuple_span(&key), row_key);
        engine->feed_heads[WH_FEED_DOWN][lane] = seq;
    }
}

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
    struct wh_tuple key, version;
    struct wh_tuple value_head;
    char *value = wh_arena_new(&engine->scratch, row->packed.len + 8, 1);
    wh_key_row(&key, row->table, row->key);
    if (old) {
        wh_key_row_version(&version, wh_tuple_span(&key), old->seq);
        wh_batch_put(&engine->batch, WH_FAMILY_ROW_HISTORY, wh_tuple_span(&version), old_bytes);
        forget_feed_entry(engine, old);
    }
    wh_tuple_clear(&value_head);
    wh_tuple_put_u64(&value_head, seq);
    memcpy(value, value_head.bytes, 8);
    memcpy(value + 8, row->packed.data, row->packed.len);
    wh_batch_put(&engine->batch, WH_FAMILY_ROWS, wh_tuple_span(&key),
                 wh_span(value, row->packed.len + 8));
    add_feed_entry(engine, row, seq, wh_tuple_span(&key));
    engine->rows_written = true;
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
    struct wh_tuple key;
    int rc = find_stored(engine, row->table, row->key, &bytes, &held, err);
    if (rc < 0 || !bytes.data) return rc;
    engine->head++;
    wh_row_make(row->table, row->key, row->origin, row->counter, row->term, WH_SPAN_EMPTY,
                &engine->scratch, &empty);
    write_row(engine, &empty, engine->head, &held, bytes);
    wh_key_row(&key, row->table, row->key);
    for (uint8_t feed = 0; feed < WH_FEEDS; feed++) {
        struct wh_tuple entry;
        wh_key_feed(&entry, feed, (uint8_t)wh_table_lane(row->table), engine->head);
        wh_batch_delete(&engine->batch, WH_FAMILY_FEED, wh_tuple_span(&entry));
    }
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

/* ---- Cutting a feed ---- */

#define CUT_ENTRIES_MAX 20000u /* a cut looks at no more, so that one turn stays short */

struct cutting {
    struct wh_engine *engine;
    const struct wh_cut_request *request;
    struct wh_arena *arena;
    struct wh_cut *cut;
    struct wh_span *rows;
    uint32_t rows_size;
    uint64_t bytes;
    uint32_t looked_at;
    bool stopped;
    struct wh_error *err;
};

static void add_row(struct cutting *cutting, struct wh_span packed)
{
    if (cutting->cut->count == cutting->rows_size) {
        uint32_t size = cutting->rows_size > 0 ? cutting->rows_size * 2 : 64;
        struct wh_span *rows = wh_arena_new(cutting->arena, size, sizeof(*rows));
        if (cutting->rows) memcpy(rows, cutting->rows, cutting->cut->count * sizeof(*rows));
        cutting->rows = rows;
        cutting->rows_size = size;
    }
    cutting->rows[cutting->cut->count++] = packed;
    cutting->bytes += packed.len;
}

static int stop(struct cutting *cutting)
{
    cutting->stopped = true;
    return 1;
}

static int visit_entry(void *context, struct wh_span key, struct wh_span value)
{
    struct cutting *cutting = context;
    const struct wh_cut_request *request = cutting->request;
    struct wh_store *store = &cutting->engine->store;
    struct wh_span bytes;
    struct stored stored;
    uint64_t seq;
    int rc;
    if (wh_key_feed_read(key, &seq) < 0) return corrupt_row(cutting->err);
    rc = store->ops->get(store->self, NULL, WH_FAMILY_ROWS, value, cutting->arena, &bytes,
                         cutting->err);
    if (rc < 0) return rc;
    if (!bytes.data || read_stored(bytes, cutting->arena, &stored) < 0) {
        /* It must not hold up those behind it; `sync verify` brings it back. */
        if (bytes.data) wh_row_set_aside(cutting->engine, value, bytes);
        wh_batch_delete(&cutting->engine->batch, WH_FAMILY_FEED, key);
        cutting->cut->last = seq;
        return 0;
    }
    if (request->child.len == 0 || wh_row_is_for(&stored.row, request->child)) {
        bool full = cutting->bytes + stored.row.packed.len > request->bytes_max;
        if (full && cutting->cut->count > 0) return stop(cutting);
        add_row(cutting, stored.row.packed);
        /* What follows is weighed by the histories as this row leaves them: a Push ends here. */
        if (wh_row_decides(&stored.row)) {
            cutting->cut->last = seq;
            return stop(cutting);
        }
    }
    cutting->cut->last = seq;
    return ++cutting->looked_at >= CUT_ENTRIES_MAX ? stop(cutting) : 0;
}

int wh_feed_cut(struct wh_engine *engine, const struct wh_cut_request *request,
                struct wh_arena *arena, struct wh_cut *ret, struct wh_error *err)
{
    struct wh_cut cut = {.lane = request->lane, .after = request->after, .last = request->after};
    struct cutting cutting = {
        .engine = engine, .request = request, .arena = arena, .cut = &cut, .err = err};
    struct wh_tuple from, to;
    int rc;
    wh_key_feed(&from, request->feed, (uint8_t)request->lane, request->after + 1);
    wh_key_feed(&to, request->feed, (uint8_t)request->lane, request->head + 1);
    rc = engine->store.ops->scan(engine->store.self, NULL, WH_FAMILY_FEED, wh_tuple_span(&from),
                                 wh_tuple_span(&to), WH_SCAN_UP, visit_entry, &cutting, err);
    if (rc < 0) return rc;
    if (!cutting.stopped && request->head > cut.last) cut.last = request->head;
    cut.rows = cutting.rows;
    *ret = cut;
    return 0;
}
