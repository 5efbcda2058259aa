#include "engine/feed.h"

#include <stdlib.h>

#include "engine/children.h"
#include "engine/damage.h"
#include "engine/doubts.h"
#include "engine/rows.h"
#include "model/key.h"

/* ---- Entries ---- */

void wh_feed_key(struct wh_tuple *ret, const struct wh_engine *engine, enum wh_feed feed,
                 const struct wh_row *row, uint64_t seq)
{
    uint8_t lane = (uint8_t)wh_table_lane(row->table);
    if (feed == WH_FEED_UP) {
        wh_key_feed_up(ret, lane, seq);
    } else {
        wh_key_feed_down(ret, lane, wh_row_place(row->table, row->unit, engine->home), seq);
    }
}

static void raise_heads(struct wh_engine *engine, const struct wh_row *row, uint64_t seq)
{
    struct wh_span place = wh_row_place(row->table, row->unit, engine->home);
    enum wh_lane lane = wh_table_lane(row->table);
    uint32_t from, to;
    wh_children_range(engine, place, &from, &to); /* the empty place: all */
    if (place.len > 0 && row->table != WH_TABLE_UNIT && to > from) {
        /* of a unit between this one and the child: none of the child's, but for its own */
        to = wh_span_equal(wh_span_of(engine->children[from]->unit), place) ? from + 1 : from;
    }
    for (uint32_t i = from; i < to; i++) engine->children[i]->heads[lane] = seq;
    for (size_t len = engine->home.len + 1; len < place.len; len++) {
        struct wh_neighbour *child = wh_children_find(engine, wh_span(place.data, len));
        if (child) child->heads[lane] = seq;
    }
}

void wh_feed_put(struct wh_engine *engine, const struct wh_row *row, uint64_t seq,
                 struct wh_span row_key)
{
    struct wh_tuple key;
    enum wh_lane lane = wh_table_lane(row->table);
    if (wh_row_goes_up(row, engine->home)) {
        wh_feed_key(&key, engine, WH_FEED_UP, row, seq);
        wh_batch_put_unread(&engine->batch, WH_FAMILY_FEED, wh_tuple_span(&key), row_key);
        engine->fed[WH_FEED_UP][lane] = seq;
        if (engine->parent) engine->parent->heads[lane] = seq;
    }
    if (wh_row_goes_down(row, engine->home)) {
        wh_feed_key(&key, engine, WH_FEED_DOWN, row, seq);
        wh_batch_put_unread(&engine->batch, WH_FAMILY_FEED, wh_tuple_span(&key), row_key);
        engine->fed[WH_FEED_DOWN][lane] = seq;
        raise_heads(engine, row, seq);
    }
}

void wh_feed_forget(struct wh_engine *engine, const struct wh_row *row, uint64_t seq)
{
    struct wh_tuple key;
    if (wh_row_goes_up(row, engine->home)) {
        wh_feed_key(&key, engine, WH_FEED_UP, row, seq);
        wh_batch_delete_unread(&engine->batch, WH_FAMILY_FEED, wh_tuple_span(&key));
    }
    if (wh_row_goes_down(row, engine->home)) {
        wh_feed_key(&key, engine, WH_FEED_DOWN, row, seq);
        wh_batch_delete_unread(&engine->batch, WH_FAMILY_FEED, wh_tuple_span(&key));
    }
}

/* ---- Where a neighbour's entries stand ---- */

/* A stretch of keys: entries by seq, or many places, each by seq. */
struct stretch {
    struct wh_tuple from;
    struct wh_tuple to;
    bool is_by_seq;
};

typedef int (*stretch_visit)(void *context, const struct stretch *stretch);

/* Visits the stretches that may hold entries after `after` up to `head` for a neighbour. */
static int visit_stretches(const struct wh_engine *engine, const struct wh_cut_request *request,
                           stretch_visit visit, void *context)
{
    uint8_t lane = (uint8_t)request->lane;
    struct wh_tuple code;
    struct stretch stretch = {.is_by_seq = true};
    size_t len = 0;
    if (request->child.len == 0) {
        wh_key_feed_up(&stretch.from, lane, request->after + 1);
        wh_key_feed_up(&stretch.to, lane, request->head + 1);
        return visit(context, &stretch);
    }
    while (len < request->child.len) { /* the empty place, and the units between */
        struct wh_span place = wh_span(request->child.data, len);
        int rc;
        wh_key_feed_down(&stretch.from, lane, place, request->after + 1);
        wh_key_feed_down(&stretch.to, lane, place, request->head + 1);
        rc = visit(context, &stretch);
        if (rc < 0) return rc;
        len = len == 0 ? engine->home.len + 1 : len + 1;
    }
    wh_key_feed_down_range(&code, lane, request->child);
    stretch.from = code;
    stretch.is_by_seq = false;
    (void)wh_tuple_above(wh_tuple_span(&code), &stretch.to); /* it begins with no 0xFF */
    return visit(context, &stretch);
}

/* ---- Cutting ---- */

struct cutting {
    struct wh_engine *engine;
    const struct wh_cut_request *request;
    struct wh_arena *arena;
    struct wh_cut *cut;
    struct wh_span *rows;
    uint32_t rows_size;
    uint64_t bytes;
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

/* 1: the cut ends before or behind this entry. */
static int take_entry(struct cutting *cutting, struct wh_span key, struct wh_span row_key)
{
    const struct wh_cut_request *request = cutting->request;
    struct wh_store *store = &cutting->engine->store;
    struct wh_span bytes;
    struct wh_row row;
    uint64_t seq, row_seq;
    int rc = wh_key_feed_read(key, &seq);
    if (rc < 0) return wh_fail(cutting->err, WH_E_CORRUPT, WH_MSG_STORE_ROW_BROKEN, NULL);
    rc = store->ops->get(store->self, NULL, WH_FAMILY_ROWS, row_key, cutting->arena, &bytes,
                         cutting->err);
    if (rc < 0) return rc;
    if (!bytes.data || wh_row_stored_read(bytes, cutting->arena, &row_seq, &row) < 0) {
        /* It must not hold up those behind it; `sync verify` brings it back. */
        if (bytes.data) wh_row_set_aside(cutting->engine, row_key, bytes);
        wh_batch_delete_unread(&cutting->engine->batch, WH_FAMILY_FEED, key);
        cutting->cut->last = seq;
        return 0;
    }
    if (request->child.len == 0 || wh_row_is_for(&row, request->child)) {
        bool full = cutting->bytes + row.packed.len > request->bytes_max;
        if (full && cutting->cut->count > 0) return stop(cutting);
        add_row(cutting, row.packed);
        /* What follows is weighed by the histories as this row leaves them: a Push ends here. */
        if (wh_row_decides(&row)) {
            cutting->cut->last = seq;
            return stop(cutting);
        }
    }
    cutting->cut->last = seq;
    return 0;
}

static int visit_entry(void *context, struct wh_span key, struct wh_span row_key)
{
    return take_entry(context, key, row_key);
}

/* The entries for the parent come in the order in which they are sent. */
static int cut_up(void *context, const struct stretch *stretch)
{
    struct cutting *cutting = context;
    struct wh_store *store = &cutting->engine->store;
    return store->ops->scan(store->self, NULL, WH_FAMILY_FEED, wh_tuple_span(&stretch->from),
                            wh_tuple_span(&stretch->to), WH_SCAN_UP, visit_entry, cutting,
                            cutting->err);
}

struct entry {
    uint64_t seq;
    struct wh_span key;
    struct wh_span row_key;
};

/* Those for a child stand by place: they are gathered, and sent by seq. */
struct gathering {
    struct wh_engine *engine;
    const struct wh_cut_request *request;
    struct wh_arena arena;
    struct entry *entries;
    uint32_t count;
    uint32_t size;
    struct wh_error *err;
};

static int gather_entry(void *context, struct wh_span key, struct wh_span row_key)
{
    struct gathering *gathering = context;
    uint64_t seq;
    if (wh_key_feed_read(key, &seq) < 0) {
        return wh_fail(gathering->err, WH_E_CORRUPT, WH_MSG_STORE_ROW_BROKEN, NULL);
    }
    if (seq <= gathering->request->after || seq > gathering->request->head) return 0;
    if (gathering->count == gathering->size) {
        uint32_t size = gathering->size > 0 ? gathering->size * 2 : 64;
        struct entry *entries = wh_arena_new(&gathering->arena, size, sizeof(*entries));
        if (gathering->count > 0) {
            memcpy(entries, gathering->entries, gathering->count * sizeof(*entries));
        }
        gathering->entries = entries;
        gathering->size = size;
    }
    gathering->entries[gathering->count++] = (struct entry){
        seq, wh_arena_copy(&gathering->arena, key), wh_arena_copy(&gathering->arena, row_key)};
    return 0;
}

static int gather_stretch(void *context, const struct stretch *stretch)
{
    struct gathering *gathering = context;
    struct wh_store *store = &gathering->engine->store;
    return store->ops->scan(store->self, NULL, WH_FAMILY_FEED, wh_tuple_span(&stretch->from),
                            wh_tuple_span(&stretch->to), WH_SCAN_UP, gather_entry, gathering,
                            gathering->err);
}

static int by_seq(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    return left->seq < right->seq ? -1 : left->seq > right->seq;
}

static int cut_down(struct cutting *cutting)
{
    struct gathering gathering = {
        .engine = cutting->engine, .request = cutting->request, .err = cutting->err};
    int rc = visit_stretches(cutting->engine, cutting->request, gather_stretch, &gathering);
    if (gathering.count > 1) {
        qsort(gathering.entries, gathering.count, sizeof(*gathering.entries), by_seq);
    }
    for (uint32_t i = 0; i < gathering.count && rc == 0; i++) {
        rc = take_entry(cutting, gathering.entries[i].key, gathering.entries[i].row_key);
    }
    wh_arena_deinit(&gathering.arena);
    return rc < 0 ? rc : 0;
}

int wh_feed_cut(struct wh_engine *engine, const struct wh_cut_request *request,
                struct wh_arena *arena, struct wh_cut *ret, struct wh_error *err)
{
    struct wh_cut cut = {.lane = request->lane, .after = request->after, .last = request->after};
    struct cutting cutting = {
        .engine = engine, .request = request, .arena = arena, .cut = &cut, .err = err};
    int rc = request->child.len == 0 ? visit_stretches(engine, request, cut_up, &cutting)
                                     : cut_down(&cutting);
    if (rc < 0) return rc;
    if (!cutting.stopped && request->head > cut.last) cut.last = request->head;
    cut.rows = cutting.rows;
    *ret = cut;
    return 0;
}

/* ---- Heads ---- */

struct heading {
    struct wh_engine *engine;
    bool is_by_seq; /* the last entry is the newest */
    uint64_t head;
    struct wh_error *err;
};

static int raise_head(void *context, struct wh_span key, struct wh_span row_key)
{
    struct heading *heading = context;
    uint64_t seq;
    (void)row_key;
    if (wh_key_feed_read(key, &seq) < 0) {
        return wh_fail(heading->err, WH_E_CORRUPT, WH_MSG_STORE_ROW_BROKEN, NULL);
    }
    if (seq > heading->head) heading->head = seq;
    return heading->is_by_seq;
}

static int head_of_stretch(void *context, const struct stretch *stretch)
{
    struct heading *heading = context;
    struct wh_store *store = &heading->engine->store;
    heading->is_by_seq = stretch->is_by_seq;
    return store->ops->scan(store->self, NULL, WH_FAMILY_FEED, wh_tuple_span(&stretch->from),
                            wh_tuple_span(&stretch->to), WH_SCAN_DOWN, raise_head, heading,
                            heading->err);
}

int wh_feed_heads_load(struct wh_engine *engine, struct wh_neighbour *neighbour,
                       struct wh_error *err)
{
    enum wh_feed feed = wh_neighbour_feed(neighbour);
    struct wh_cut_request request = {.head = UINT64_MAX - 1, .child = wh_neighbour_name(neighbour)};
    for (int lane = 0; lane < WH_LANES; lane++) {
        struct heading heading = {.engine = engine, .err = err};
        int rc;
        request.lane = (enum wh_lane)lane;
        rc = visit_stretches(engine, &request, head_of_stretch, &heading);
        if (rc < 0) return rc;
        neighbour->safe_heads[lane] = heading.head;
        neighbour->heads[lane] =
            engine->fed[feed][lane] > 0 ? engine->fed[feed][lane] : heading.head;
    }
    return 0;
}

static bool was_fed(const struct wh_engine *engine)
{
    for (int feed = 0; feed < WH_FEEDS; feed++) {
        for (int lane = 0; lane < WH_LANES; lane++) {
            if (engine->fed[feed][lane] > 0) return true;
        }
    }
    return false;
}

static void commit_heads(struct wh_neighbour *neighbour)
{
    memcpy(neighbour->safe_heads, neighbour->heads, sizeof(neighbour->heads));
}

void wh_feed_heads_commit(struct wh_engine *engine)
{
    if (!was_fed(engine)) return;
    engine->feeds_moved = true;
    if (engine->parent) commit_heads(engine->parent);
    for (uint32_t i = 0; i < engine->children_count; i++) commit_heads(engine->children[i]);
    memset(engine->fed, 0, sizeof(engine->fed));
}

static void undo_heads(struct wh_neighbour *neighbour)
{
    memcpy(neighbour->heads, neighbour->safe_heads, sizeof(neighbour->heads));
}

void wh_feed_heads_undo(struct wh_engine *engine)
{
    if (!was_fed(engine)) return;
    if (engine->parent) undo_heads(engine->parent);
    for (uint32_t i = 0; i < engine->children_count; i++) undo_heads(engine->children[i]);
    memset(engine->fed, 0, sizeof(engine->fed));
}
