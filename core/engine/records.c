#include "engine/records.h"

#include "base/date.h"

#include "engine/cells.h"
#include "engine/engine_parts.h"
#include "model/key.h"

static const struct wh_unit *find_unit(const void *units, struct wh_span code)
{
    return wh_units_find(units, code);
}

struct wh_record_scope wh_records_scope(const struct wh_engine *engine)
{
    return (struct wh_record_scope){
        .home = engine->home,
        .today = wh_engine_today(engine),
        .unit = find_unit,
        .units = &engine->units,
    };
}

static void put_record(struct wh_engine *engine, const struct wh_record *record)
{
    struct wh_tuple place, by_id;
    struct wh_arena arena = {NULL, 0}; /* of one record: an import puts very many */
    wh_key_record(&place, wh_span_of(record->kind->name), record->unit, record->date, record->id);
    wh_key_record_place(&by_id, record->id);
    wh_batch_put(&engine->batch, WH_FAMILY_RECORDS, wh_tuple_span(&place),
                 wh_record_pack(record, &engine->data_key, &arena));
    wh_batch_put(&engine->batch, WH_FAMILY_RECORDS, wh_tuple_span(&by_id), wh_tuple_span(&place));
    wh_cells_mark(engine, record);
    wh_arena_deinit(&arena);
}

static void stamp(struct wh_engine *engine, struct wh_record *record, struct wh_span author)
{
    record->version = ++engine->head;
    record->written_ms = engine->now.clock_ms;
    record->author = author;
}

int wh_record_add(struct wh_engine *engine, struct wh_record *record, struct wh_span author,
                  struct wh_error *err)
{
    (void)err;
    stamp(engine, record, author);
    record->state = WH_RECORD_CURRENT;
    record->id =
        wh_id_make(engine->now.clock_ms, record->version, (uint16_t)wh_engine_chance(engine));
    put_record(engine, record);
    return 0;
}

static int unpack(struct wh_engine *engine, struct wh_span bytes, const struct wh_kind *kind,
                  struct wh_arena *arena, struct wh_record *ret, struct wh_error *err)
{
    if (wh_record_unpack(bytes, kind, &engine->data_key, arena, ret) == 0) return 0;
    return wh_fail(err, WH_E_CORRUPT, WH_MSG_STORE_RECORD_BROKEN, WH_ARGS(wh_arg_c(kind->name)));
}

/* The kind of a packed record: that of the programme in force at its date. */
static const struct wh_kind *kind_of(struct wh_engine *engine, struct wh_span place)
{
    struct wh_span kind, unit;
    int32_t date;
    place = wh_span_from(place, 1);
    if (wh_key_take_text(&place, &kind) < 0 || wh_key_take_text(&place, &unit) < 0 ||
        wh_key_take_i32(&place, &date) < 0) {
        return NULL;
    }
    return wh_kind_find(engine, kind, (uint32_t)wh_civil_of(date).year);
}

int wh_record_find(struct wh_engine *engine, struct wh_id id, struct wh_arena *arena,
                   struct wh_record *ret, struct wh_error *err)
{
    struct wh_tuple by_id;
    struct wh_span place, bytes;
    const struct wh_kind *kind;
    char text[WH_ID_TEXT_SIZE];
    int rc;
    wh_key_record_place(&by_id, id);
    wh_id_format(id, text);
    rc = wh_engine_get(engine, WH_FAMILY_RECORDS, wh_tuple_span(&by_id), arena, &place, err);
    if (rc < 0) return rc;
    if (!place.data) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_RECORD_UNKNOWN, WH_ARGS(wh_arg_c(text)));
    }
    kind = kind_of(engine, place);
    if (!kind) return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_RECORD_KIND_OFF, WH_ARGS(wh_arg_c(text)));
    rc = wh_engine_get(engine, WH_FAMILY_RECORDS, place, arena, &bytes, err);
    if (rc < 0) return rc;
    return unpack(engine, bytes, kind, arena, ret, err);
}

static void put_history(struct wh_engine *engine, const struct wh_record *old)
{
    struct wh_tuple key;
    wh_key_version(&key, old->id, old->version);
    wh_batch_put(&engine->batch, WH_FAMILY_HISTORY, wh_tuple_span(&key),
                 wh_record_pack(old, &engine->data_key, &engine->scratch));
}

int wh_record_change(struct wh_engine *engine, const struct wh_record *old,
                     struct wh_record *changed, struct wh_span author, struct wh_error *err)
{
    struct wh_tuple place;
    (void)err;
    put_history(engine, old);
    wh_key_record(&place, wh_span_of(old->kind->name), old->unit, old->date, old->id);
    wh_batch_delete(&engine->batch, WH_FAMILY_RECORDS, wh_tuple_span(&place));
    wh_cells_mark(engine, old); /* what it no longer counts for changes too */
    changed->id = old->id;
    stamp(engine, changed, author);
    put_record(engine, changed);
    return 0;
}

int wh_record_withdraw(struct wh_engine *engine, const struct wh_record *old, struct wh_span why,
                       struct wh_span author, struct wh_error *err)
{
    struct wh_record changed = *old;
    if (old->state == WH_RECORD_WITHDRAWN) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_RECORD_WITHDRAWN, NULL);
    }
    changed.state = WH_RECORD_WITHDRAWN;
    changed.why = why;
    return wh_record_change(engine, old, &changed, author, err);
}

/* ---- Finding ---- */

struct record_scan {
    struct wh_engine *engine;
    const struct wh_records_query *query;
    wh_record_each each;
    void *context;
    struct wh_arena arena; /* of one record */
    struct wh_error *err;
};

static bool is_wanted(const struct wh_records_query *query, struct wh_span key)
{
    struct wh_span kind, unit;
    int32_t date;
    key = wh_span_from(key, 1);
    if (wh_key_take_text(&key, &kind) < 0 || wh_key_take_text(&key, &unit) < 0 ||
        wh_key_take_i32(&key, &date) < 0) {
        return false;
    }
    return date >= query->from && date <= query->to;
}

static int visit_record(void *context, struct wh_span key, struct wh_span value)
{
    struct record_scan *scan = context;
    struct wh_record record;
    int rc;
    if (!is_wanted(scan->query, key)) return 0;
    wh_arena_clear(&scan->arena);
    rc = unpack(scan->engine, value, scan->query->kind, &scan->arena, &record, scan->err);
    if (rc < 0) return rc;
    if (record.state == WH_RECORD_WITHDRAWN && scan->query->which == WH_RECORDS_CURRENT) return 0;
    return scan->each(scan->context, &record);
}

int wh_records_scan(struct wh_engine *engine, const struct wh_records_query *query,
                    wh_record_each each, void *context, struct wh_error *err)
{
    struct record_scan scan = {engine, query, each, context, {NULL, 0}, err};
    struct wh_tuple prefix;
    int rc;
    wh_key_records_of(&prefix, wh_span_of(query->kind->name), query->unit);
    rc =
        wh_engine_scan(engine, WH_FAMILY_RECORDS, wh_tuple_span(&prefix), visit_record, &scan, err);
    wh_arena_deinit(&scan.arena);
    return rc;
}

struct version_scan {
    struct record_scan scan;
    const struct wh_kind *kind;
};

static int visit_version(void *context, struct wh_span key, struct wh_span value)
{
    struct version_scan *versions = context;
    struct wh_record record;
    int rc;
    (void)key;
    wh_arena_clear(&versions->scan.arena);
    rc = unpack(versions->scan.engine, value, versions->kind, &versions->scan.arena, &record,
                versions->scan.err);
    return rc < 0 ? rc : versions->scan.each(versions->scan.context, &record);
}

int wh_record_versions(struct wh_engine *engine, const struct wh_record *newest,
                       wh_record_each each, void *context, struct wh_error *err)
{
    struct version_scan versions = {
        .scan = {.engine = engine, .each = each, .context = context, .err = err},
        .kind = newest->kind,
    };
    int rc = wh_engine_scan(engine, WH_FAMILY_HISTORY, wh_span(newest->id.bytes, WH_ID_BYTES),
                            visit_version, &versions, err);
    wh_arena_deinit(&versions.scan.arena);
    if (rc == 0) rc = each(context, newest);
    return rc < 0 ? rc : 0;
}

static int count_key(void *context, struct wh_span key, struct wh_span value)
{
    uint64_t *count = context;
    (void)key;
    (void)value;
    *count += 1;
    return 0;
}

int wh_records_count(struct wh_engine *engine, uint64_t *ret, struct wh_error *err)
{
    struct wh_tuple prefix;
    uint64_t count = 0;
    int rc;
    wh_key_records_of(&prefix, WH_SPAN_EMPTY, WH_SPAN_EMPTY);
    prefix.len = 1; /* all kinds */
    rc = wh_engine_scan(engine, WH_FAMILY_RECORDS, wh_tuple_span(&prefix), count_key, &count, err);
    if (rc == 0) *ret = count;
    return rc;
}
