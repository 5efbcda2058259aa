/* The cells that records bear on, measured as the engine would have them measured. */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/date.h"
#include "kit/kit_parts.h"

/* One measurement on its way: nothing of it is kept unless it succeeds. */
struct measuring {
    struct wh_kit *kit;
    const struct wh_kind *kind;
    int64_t *values;       /* one for each metric of the kind */
    struct wh_buffer used; /* each record visited, with its version */
};

static int set_metric(void *context, struct wh_span metric, int64_t value)
{
    struct measuring *measuring = context;
    for (uint32_t i = 0; i < measuring->kind->metrics.count; i++) {
        if (!wh_span_equal(metric, wh_span_of(wh_kind_metric(measuring->kind, i)->id))) continue;
        measuring->values[i] = value;
        return 0;
    }
    return WH_E_INVALID;
}

static void use_record(void *context, struct wh_id id, uint64_t version)
{
    struct measuring *measuring = context;
    wh_buffer_put(&measuring->used, wh_span(id.bytes, sizeof(id.bytes)));
    wh_buffer_put(&measuring->used, wh_span(&version, sizeof(version)));
}

static void tell_change(struct wh_kit *kit, const struct wh_kit_cell *cell)
{
    const struct wh_row_change change = {
        .unit = cell->unit,
        .facet = wh_span_of(cell->kind->name),
        .year = (uint32_t)(cell->quarter / 4),
        .quarter_of_year = (uint32_t)(cell->quarter % 4) + 1,
    };
    wh_plugins_row_changed(kit->plugins, &change);
}

static bool may_stay_out(const struct measuring *measuring)
{
    if (measuring->used.len > 0) return false;
    for (uint32_t i = 0; i < measuring->kind->metrics.count; i++) {
        if (measuring->values[i] != 0) return false;
        if (wh_kind_metric(measuring->kind, i)->type == WH_STOCK) return false;
    }
    return true;
}

/* As the engine puts a summary row: a cell that never had a record and has none now gets none,
 * unless a stock has ended in it. */
static void put_row(const struct measuring *measuring, struct wh_kit_cell *cell)
{
    struct wh_kit *kit = measuring->kit;
    struct wh_span used = wh_buffer_span(&measuring->used);
    size_t size = cell->kind->metrics.count * sizeof(*cell->values);
    if (!cell->values && may_stay_out(measuring)) return;
    if (cell->values && memcmp(cell->values, measuring->values, size) == 0 &&
        wh_span_equal(cell->used, used)) {
        return;
    }
    cell->values = measuring->values;
    cell->used = wh_arena_copy(kit->arena, used);
    tell_change(kit, cell);
}

static void measure_cell(struct wh_kit *kit, struct wh_kit_cell *cell, uint32_t line)
{
    const struct wh_unit *unit = wh_scenario_unit(kit->scenario, cell->unit);
    struct measuring measuring = {.kit = kit, .kind = cell->kind};
    const struct wh_measure_sink sink = {&measuring, set_metric, use_record};
    const struct wh_cell asked = {
        .unit = cell->unit,
        .kind = wh_span_of(cell->kind->name),
        .level = unit ? wh_unit_level(unit->kind) : 0,
        .year = (uint32_t)(cell->quarter / 4),
        .quarter_of_year = (uint32_t)(cell->quarter % 4) + 1,
        .first_day = wh_quarter_first_day(cell->quarter),
        .last_day = wh_quarter_last_day(cell->quarter),
        .year_first_day = wh_quarter_first_day(cell->quarter / 4 * 4),
    };
    struct wh_error err = {.code = 0};
    int rc;
    measuring.values =
        wh_arena_new(kit->arena, (size_t)cell->kind->metrics.count + 1, sizeof(int64_t));
    rc = wh_plugins_measure(kit->plugins, &asked, cell->kind, sink, &err);
    if (rc < 0) {
        struct wh_span why = wh_error_text(&err, kit->wanted->language, kit->arena);
        wh_fault_add(kit->faults, line, WH_S("measure"), WH_MSG_VERBATIM, WH_ARGS(wh_arg_s(why)));
    } else {
        put_row(&measuring, cell);
    }
    wh_buffer_deinit(&measuring.used);
}

/* ---- Which cells ---- */

static int compare_cells(const void *a, const void *b)
{
    const struct wh_kit_cell *left = a, *right = b;
    int d = wh_span_compare(left->unit, right->unit);
    if (d == 0) d = (left->quarter > right->quarter) - (left->quarter < right->quarter);
    if (d == 0) d = wh_span_compare(wh_span_of(left->kind->name), wh_span_of(right->kind->name));
    return d;
}

/* Of the same cell the one with a row comes first. */
static int compare_found(const void *a, const void *b)
{
    int d = compare_cells(a, b);
    if (d != 0) return d;
    return (((const struct wh_kit_cell *)a)->values == NULL) -
           (((const struct wh_kit_cell *)b)->values == NULL);
}

/* The last quarter that a record of `quarter` bears on. */
static int32_t last_quarter(const struct wh_kit *kit, const struct wh_kind *kind, int32_t quarter)
{
    int32_t now = wh_quarter_of(kit->today);
    return wh_kind_looks_back(kind) && now > quarter ? now : quarter;
}

/* Puts the cells of one record to `cells`, unless that is NULL; returns how many they are. */
static uint32_t put_cells(const struct wh_kit *kit, const struct wh_record *record,
                          struct wh_kit_cell *cells)
{
    int32_t first = wh_quarter_of(record->date), last = last_quarter(kit, record->kind, first);
    for (int32_t quarter = first; cells && quarter <= last; quarter++) {
        *cells++ =
            (struct wh_kit_cell){.kind = record->kind, .unit = record->unit, .quarter = quarter};
    }
    return (uint32_t)(last - first + 1);
}

/* The cells that have a row, whose records may be gone, and those of the records, each once. */
static void gather_cells(struct wh_kit *kit)
{
    struct wh_kit_cell *cells;
    uint32_t count = kit->cells_count, kept = 0;
    for (uint32_t i = 0; i < kit->saved.records_count; i++) {
        count += put_cells(kit, &kit->saved.records[i], NULL);
    }
    cells = wh_arena_new(kit->arena, (size_t)count + 1, sizeof(*cells));
    count = 0;
    for (uint32_t i = 0; i < kit->cells_count; i++) {
        if (kit->cells[i].values) cells[count++] = kit->cells[i];
    }
    for (uint32_t i = 0; i < kit->saved.records_count; i++) {
        count += put_cells(kit, &kit->saved.records[i], &cells[count]);
    }
    qsort(cells, count, sizeof(*cells), compare_found);
    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && compare_cells(&cells[kept - 1], &cells[i]) == 0) continue;
        cells[kept++] = cells[i];
    }
    kit->cells = cells;
    kit->cells_count = kept;
}

void wh_kit_measure(struct wh_kit *kit, uint32_t line)
{
    gather_cells(kit);
    for (uint32_t i = 0; i < kit->cells_count; i++) measure_cell(kit, &kit->cells[i], line);
    wh_plugins_committed(kit->plugins, 0);
}

void wh_kit_cell_row(struct wh_kit *kit, const struct wh_kind *kind, struct wh_span unit,
                     int32_t quarter, struct wh_kit_table *table)
{
    const struct wh_kit_cell wanted = {.kind = kind, .unit = unit, .quarter = quarter};
    const struct wh_kit_cell *cell =
        kit->cells_count == 0
            ? NULL
            : bsearch(&wanted, kit->cells, kit->cells_count, sizeof(wanted), compare_cells);
    uint32_t count = kind->metrics.count;
    struct wh_span *names = wh_arena_new(kit->arena, count, sizeof(*names));
    struct wh_span *row;
    *table = (struct wh_kit_table){.names = names, .columns = count};
    row = wh_kit_row(kit, table);
    for (uint32_t i = 0; i < count; i++) {
        names[i] = wh_span_of(wh_kind_metric(kind, i)->id);
        row[i] = wh_kit_number_text(kit, WH_INTEGER, cell && cell->values ? cell->values[i] : 0);
    }
}
