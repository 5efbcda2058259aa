#include "engine/cells.h"

#include <limits.h>

#include "base/date.h"
#include "engine/engine_parts.h"
#include "engine/rows.h"
#include "model/key.h"
#include "model/protobuf.h"

#define CELLS_PER_TURN_MAX 64 /* the rest waits for the next turn, so that a turn stays short */

static const struct wh_span all_key = {"measure_all", 11};

/* ---- Marks ---- */

static void mark(struct wh_engine *engine, struct wh_span unit, int32_t quarter,
                 struct wh_span kind)
{
    struct wh_tuple key;
    wh_key_cell(&key, unit, quarter, kind);
    if (!wh_batch_find(&engine->batch, WH_FAMILY_CELLS, wh_tuple_span(&key))) {
        wh_batch_put(&engine->batch, WH_FAMILY_CELLS, wh_tuple_span(&key), WH_SPAN_EMPTY);
    }
    engine->cells_pending = true;
    engine->cells_marked = true;
}

static int32_t first_of_year(int32_t quarter)
{
    return quarter / 4 * 4;
}

/* The quarter in which the cell of `day` is kept. */
static int32_t quarter_for(const struct wh_kind *kind, int32_t day)
{
    int32_t quarter = wh_quarter_of(day);
    return kind && (kind->flags & WH_KIND_YEARLY) ? first_of_year(quarter) : quarter;
}

/* Kinds of plugins that are measured from all records; those that are on. */
static const struct wh_kind *next_from_all(const struct wh_engine *engine, size_t *i)
{
    const struct wh_engine_hooks *hooks = &engine->hooks;
    const char *name;
    if (!hooks->plugin_kind_name) return NULL;
    while ((name = hooks->plugin_kind_name(hooks->context, (*i)++))) {
        const struct wh_kind *kind = hooks->plugin_kind(hooks->context, wh_span_of(name));
        if (kind && (kind->flags & WH_KIND_FROM_ALL)) return kind;
    }
    return NULL;
}

/* `only`: of this kind alone; empty: of each. */
static void mark_from_all(struct wh_engine *engine, struct wh_span unit, int32_t day,
                          struct wh_span only)
{
    int32_t last = first_of_year(wh_quarter_of(wh_engine_today(engine)));
    const struct wh_kind *kind;
    size_t i = 0;
    while ((kind = next_from_all(engine, &i))) {
        struct wh_span name = wh_span_of(kind->name);
        if (only.len > 0 && !wh_span_equal(only, name)) continue;
        for (int32_t year = first_of_year(wh_quarter_of(day)) - 4; year <= last; year += 4) {
            mark(engine, unit, year, name);
        }
    }
}

void wh_cells_mark(struct wh_engine *engine, const struct wh_record *record)
{
    struct wh_span kind = wh_span_of(record->kind->name);
    int32_t last_day = wh_record_last_day(record);
    mark(engine, record->unit, quarter_for(record->kind, record->date), kind);
    if (last_day != INT32_MAX && wh_kind_looks_back(record->kind)) {
        mark(engine, record->unit, quarter_for(record->kind, last_day + 1), kind);
    }
    mark_from_all(engine, record->unit, record->date, WH_SPAN_EMPTY);
}

void wh_cells_ask_all(struct wh_engine *engine)
{
    wh_batch_put(&engine->batch, WH_FAMILY_META, all_key, WH_S("1"));
    engine->cells_pending = true;
}

struct asking {
    struct wh_engine *engine;
    struct wh_span kind; /* empty: every kind */
};

static int mark_record(void *context, struct wh_span key, struct wh_span value)
{
    const struct asking *asking = context;
    struct wh_engine *engine = asking->engine;
    struct wh_span name, unit;
    const struct wh_kind *kind;
    int32_t date;
    (void)value;
    key = wh_span_from(key, 1);
    if (wh_key_take_text(&key, &name) < 0 || wh_key_take_text(&key, &unit) < 0 ||
        wh_key_take_i32(&key, &date) < 0) {
        return WH_E_CORRUPT;
    }
    kind = wh_kind_find(engine, name, (uint32_t)wh_civil_of(date).year);
    if (asking->kind.len == 0 || wh_span_equal(asking->kind, name)) {
        mark(engine, unit, quarter_for(kind, date), name);
    }
    mark_from_all(engine, unit, date, asking->kind);
    return 0;
}

static bool is_from_all(const struct wh_engine *engine, struct wh_span name)
{
    const struct wh_kind *kind;
    size_t i = 0;
    while ((kind = next_from_all(engine, &i))) {
        if (wh_span_equal(name, wh_span_of(kind->name))) return true;
    }
    return false;
}

/* Cells that have a row are marked too: an `until` may have made them. */
static int mark_row(void *context, const struct wh_row *row)
{
    const struct asking *asking = context;
    struct wh_engine *engine = asking->engine;
    struct wh_span unit, facet, origin;
    int32_t quarter;
    if (wh_row_key_summary_read(row->key, &unit, &quarter, &facet, &origin) < 0) return 0;
    if (!wh_span_equal(origin, engine->home)) return 0;
    if (wh_span_equal(facet, WH_S("presence"))) return 0;
    if (asking->kind.len > 0 && !wh_span_equal(facet, asking->kind)) return 0;
    mark(engine, unit, quarter, facet);
    return 0;
}

int wh_cells_ask_kind(struct wh_engine *engine, struct wh_span kind, struct wh_error *err)
{
    struct asking asking = {engine, kind};
    struct wh_tuple prefix;
    int rc;
    wh_key_records_of(&prefix, kind, WH_SPAN_EMPTY);
    if (kind.len == 0 || is_from_all(engine, kind)) prefix.len = 1; /* all kinds */
    rc = wh_engine_scan(engine, WH_FAMILY_RECORDS, wh_tuple_span(&prefix), mark_record, &asking,
                        err);
    if (rc < 0) return rc;
    return wh_rows_scan(engine, WH_TABLE_SUMMARY, WH_SPAN_EMPTY, WH_PLACE_NOW, mark_row, &asking,
                        err);
}

static int mark_all(struct wh_engine *engine, struct wh_error *err)
{
    struct wh_span asked;
    int rc = wh_engine_get(engine, WH_FAMILY_META, all_key, &engine->scratch, &asked, err);
    if (rc < 0 || !asked.data) return rc;
    rc = wh_cells_ask_kind(engine, WH_SPAN_EMPTY, err);
    if (rc == 0) wh_batch_delete(&engine->batch, WH_FAMILY_META, all_key);
    return rc;
}

/* ---- Measuring ---- */

struct dirty {
    struct wh_span unit;
    int32_t quarter;
    struct wh_span kind;
    struct wh_span key;
};

struct gathering {
    struct wh_engine *engine;
    int32_t quarter_now;
    struct dirty cells[CELLS_PER_TURN_MAX];
    uint32_t count;
    bool more;
};

static const struct wh_kind *kind_of(const struct wh_engine *engine, const struct dirty *cell)
{
    return wh_kind_find(engine, cell->kind, (uint32_t)(cell->quarter / 4));
}

static int gather_cell(void *context, struct wh_span key, struct wh_span value)
{
    struct gathering *gathering = context;
    struct wh_engine *engine = gathering->engine;
    struct dirty cell;
    (void)value;
    cell.key = wh_arena_copy(&engine->scratch, key);
    if (wh_key_cell_read(cell.key, &cell.unit, &cell.quarter, &cell.kind) < 0) return WH_E_CORRUPT;
    if (cell.quarter > gathering->quarter_now) return 0; /* once it has begun */
    if (!kind_of(engine, &cell)) return 0;               /* until somebody serves it */
    if (wh_batch_find(&engine->batch, WH_FAMILY_CELLS, cell.key)) {
        gathering->more = true; /* its records are still in the open batch: the next turn's */
        return 0;
    }
    if (gathering->count == CELLS_PER_TURN_MAX) {
        gathering->more = true;
        return 1;
    }
    gathering->cells[gathering->count++] = cell;
    return 0;
}

/* Tells one set of records from another where their figures are the same; it travels with each row,
 * and no zstd makes it smaller. */
#define USED_DIGEST_BYTES 8

static struct wh_span pack_summary(struct wh_engine *engine,
                                   const struct wh_measurement *measurement)
{
    Wh__SummaryValue value = WH__SUMMARY_VALUE__INIT;
    uint8_t digest[WH_SHORT_DIGEST_BYTES];
    struct wh_span used = wh_buffer_span(&measurement->used);
    wh_digest(&used, 1, digest, sizeof(digest));
    value.n_metrics = measurement->count;
    value.metrics = wh_arena_new(&engine->scratch, value.n_metrics, sizeof(*value.metrics));
    for (uint32_t i = 0; i < measurement->count; i++) {
        value.metrics[i] = wh_arena_new(&engine->scratch, 1, sizeof(**value.metrics));
        wh__metric_value__init(value.metrics[i]);
        value.metrics[i]->id = wh_arena_text(&engine->scratch, measurement->metrics[i].id);
        value.metrics[i]->value = measurement->metrics[i].value;
    }
    value.no_presence = (measurement->kind->flags & (WH_KIND_YEARLY | WH_KIND_FROM_ABOVE)) != 0;
    value.records = measurement->records;
    value.digest = (ProtobufCBinaryData){USED_DIGEST_BYTES, digest};
    return wh_protobuf_pack(&value.base, &engine->scratch);
}

static bool has_stock(const struct wh_kind *kind)
{
    for (uint32_t i = 0; i < kind->metrics.count; i++) {
        if (wh_kind_metric(kind, i)->type == WH_STOCK) return true;
    }
    return false;
}

static bool all_zero(const struct wh_measurement *measurement)
{
    for (uint32_t i = 0; i < measurement->count; i++) {
        if (measurement->metrics[i].value != 0) return false;
    }
    return true;
}

/* A cell that never had a record and has none now gets no row; but where a stock has ended, that
 * none is left is a figure too: without its row the earlier quarter's would go on. */
static int put_summary(struct wh_engine *engine, const struct dirty *cell,
                       const struct wh_measurement *measurement, struct wh_error *err)
{
    struct wh_span value = pack_summary(engine, measurement);
    struct wh_tuple key;
    struct wh_row row;
    int rc;
    wh_row_key_summary(&key, cell->unit, cell->quarter, cell->kind, engine->home);
    rc = wh_row_get(engine, WH_TABLE_SUMMARY, wh_tuple_span(&key), WH_PLACE_NOW, &engine->scratch,
                    &row, err);
    if (rc < 0) return rc;
    if (!row.packed.data && measurement->records == 0 && !has_stock(measurement->kind) &&
        all_zero(measurement)) {
        return 0;
    }
    if (row.packed.data && wh_span_equal(row.value, value)) return 0;
    return wh_row_put(engine, WH_TABLE_SUMMARY, wh_tuple_span(&key), value, err);
}

/* ---- Later quarters ---- */

struct later {
    struct wh_engine *engine;
    const struct dirty *cell;
    int32_t last; /* the last quarter that this one may change */
    int32_t found;
};

static int find_later(void *context, const struct wh_row *row)
{
    struct later *later = context;
    struct wh_span unit, facet, origin;
    int32_t quarter;
    if (wh_row_key_summary_read(row->key, &unit, &quarter, &facet, &origin) < 0) return 0;
    if (quarter <= later->cell->quarter || quarter > later->last) return 0;
    if (!wh_span_equal(facet, later->cell->kind) || !wh_span_equal(origin, later->engine->home)) {
        return 0;
    }
    later->found = quarter;
    return 1;
}

/* The next later quarter that has a row is marked; measuring it marks the one after. */
static int mark_later(struct wh_engine *engine, const struct dirty *cell,
                      const struct wh_kind *kind, struct wh_error *err)
{
    struct later later = {.engine = engine, .cell = cell, .last = cell->quarter / 4 * 4 + 3};
    struct wh_tuple prefix;
    int rc;
    if (!wh_kind_looks_back(kind)) return 0;
    if (has_stock(kind)) later.last = INT32_MAX;
    wh_tuple_clear(&prefix);
    wh_tuple_put_text(&prefix, cell->unit);
    rc = wh_rows_scan(engine, WH_TABLE_SUMMARY, wh_tuple_span(&prefix), WH_PLACE_NOW, find_later,
                      &later, err);
    if (rc == 0 && later.found != 0) mark(engine, cell->unit, later.found, cell->kind);
    return rc;
}

static struct wh_cell cell_of(struct wh_engine *engine, const struct dirty *dirty,
                              const struct wh_kind *kind)
{
    int32_t last = kind->flags & WH_KIND_YEARLY ? dirty->quarter + 3 : dirty->quarter;
    const struct wh_unit *unit = wh_units_find(&engine->units, dirty->unit);
    return (struct wh_cell){
        .unit = dirty->unit,
        .kind = dirty->kind,
        .level = unit ? wh_unit_level(unit->kind) : 0,
        .year = (uint32_t)(dirty->quarter / 4),
        .quarter_of_year = (uint32_t)(dirty->quarter % 4 + 1),
        .first_day = wh_quarter_first_day(dirty->quarter),
        .last_day = wh_quarter_last_day(last),
        .year_first_day = wh_quarter_first_day(dirty->quarter / 4 * 4),
    };
}

/* Somebody who serves the kind measures it; until then the cell waits. */
static int measure(struct wh_engine *engine, const struct dirty *dirty, struct wh_error *err)
{
    const struct wh_kind *kind = kind_of(engine, dirty);
    struct wh_measurement measurement;
    struct wh_cell cell;
    int rc;
    if (!kind || !engine->hooks.measure) return 0;
    cell = cell_of(engine, dirty, kind);
    wh_measurement_init(&measurement, kind, &engine->scratch);
    rc = engine->hooks.measure(engine->hooks.context, &cell, kind, &measurement, err);
    if (rc == 0) rc = put_summary(engine, dirty, &measurement, err);
    if (rc == 0) rc = mark_later(engine, dirty, kind, err);
    if (rc == 0) wh_batch_delete(&engine->batch, WH_FAMILY_CELLS, dirty->key);
    wh_measurement_deinit(&measurement);
    return rc == WH_E_NOT_FOUND ? 0 : rc;
}

/* Goes on behind the cells of the turn before: those that nobody measures now stay where they are,
 * and would keep the others from their turn for ever. */
static int gather(struct gathering *gathering, struct wh_error *err)
{
    struct wh_engine *engine = gathering->engine;
    struct wh_tuple *after = &engine->cells_round.after;
    int rc;
    if (after->len > 0) wh_tuple_put_u8(after, 0); /* the least key above */
    rc = engine->store.ops->scan(engine->store.self, NULL, WH_FAMILY_CELLS, wh_tuple_span(after),
                                 WH_SPAN_EMPTY, WH_SCAN_UP, gather_cell, gathering, err);
    wh_tuple_clear(after);
    if (rc == 0 && gathering->count == CELLS_PER_TURN_MAX) {
        wh_tuple_put_bytes(after, gathering->cells[gathering->count - 1].key);
    }
    return rc;
}

int wh_cells_measure(struct wh_engine *engine, struct wh_error *err)
{
    struct gathering gathering = {.engine = engine,
                                  .quarter_now = wh_quarter_of(wh_engine_today(engine))};
    bool is_new_round = engine->cells_round.after.len == 0;
    int rc = mark_all(engine, err);
    if (rc == 0) rc = gather(&gathering, err);
    if (rc < 0) return rc;
    engine->cells_pending = gathering.more || engine->cells_marked;
    for (uint32_t i = 0; i < gathering.count && rc == 0; i++) {
        rc = measure(engine, &gathering.cells[i], err); /* may mark, and set cells_pending */
    }
    /* what was marked on the way may lie behind: another round */
    if (is_new_round) engine->cells_round.marked = false;
    if (engine->cells_marked) engine->cells_round.marked = true;
    if (!is_new_round && engine->cells_round.marked) engine->cells_pending = true;
    return rc;
}

bool wh_cells_all_measured(const struct wh_engine *engine)
{
    return !engine->cells_pending;
}
