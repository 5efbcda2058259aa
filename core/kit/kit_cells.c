/* The cells that records bear on, measured as the engine would have them measured. */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/date.h"
#include "kit/kit_parts.h"
#include "model/measurement.h"

static int set_metric(void *context, struct wh_span metric, int64_t value)
{
    return wh_measurement_set(context, metric, value);
}

static void use_record(void *context, struct wh_id id, uint64_t version)
{
    wh_measurement_use(context, id, version);
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

static bool may_stay_out(const struct wh_measurement *measurement)
{
    if (measurement->records > 0) return false;
    for (uint32_t i = 0; i < measurement->count; i++) {
        if (measurement->metrics[i].value != 0) return false;
    }
    for (uint32_t i = 0; i < measurement->kind->metrics.count; i++) {
        if (wh_kind_metric(measurement->kind, i)->type == WH_STOCK) return false;
    }
    return true;
}

static bool is_same(const struct wh_kit_cell *cell, const struct wh_measurement *measurement)
{
    if (!wh_span_equal(cell->used, wh_buffer_span(&measurement->used)) ||
        cell->metrics_count != measurement->count) {
        return false;
    }
    for (uint32_t i = 0; i < measurement->count; i++) {
        if (!wh_span_equal(cell->metrics[i].id, measurement->metrics[i].id) ||
            cell->metrics[i].value != measurement->metrics[i].value) {
            return false;
        }
    }
    return true;
}

/* As the engine puts a summary row: a cell that never had a record and has none now gets none,
 * unless a stock has ended in it. */
static void put_row(struct wh_kit *kit, const struct wh_measurement *measurement,
                    struct wh_kit_cell *cell)
{
    if (!cell->metrics && may_stay_out(measurement)) return;
    if (cell->metrics && is_same(cell, measurement)) return;
    cell->metrics = measurement->metrics;
    cell->metrics_count = measurement->count;
    cell->used = wh_arena_copy(kit->arena, wh_buffer_span(&measurement->used));
    tell_change(kit, cell);
}

static void measure_cell(struct wh_kit *kit, struct wh_kit_cell *cell, uint32_t line)
{
    const struct wh_unit *unit = wh_scenario_unit(kit->scenario, cell->unit);
    int32_t last = cell->kind->flags & WH_KIND_YEARLY ? cell->quarter + 3 : cell->quarter;
    struct wh_measurement measurement;
    const struct wh_measure_sink sink = {&measurement, set_metric, use_record};
    const struct wh_cell asked = {
        .unit = cell->unit,
        .kind = wh_span_of(cell->kind->name),
        .level = unit ? wh_unit_level(unit->kind) : 0,
        .year = (uint32_t)(cell->quarter / 4),
        .quarter_of_year = (uint32_t)(cell->quarter % 4) + 1,
        .first_day = wh_quarter_first_day(cell->quarter),
        .last_day = wh_quarter_last_day(last),
        .year_first_day = wh_quarter_first_day(cell->quarter / 4 * 4),
    };
    struct wh_error err = {.code = 0};
    int rc;
    wh_measurement_init(&measurement, cell->kind, kit->arena);
    rc = wh_plugins_measure(kit->plugins, &asked, cell->kind, sink, &err);
    if (rc < 0) {
        struct wh_span why = wh_error_text(&err, kit->wanted->language, kit->arena);
        wh_fault_add(kit->faults, line, WH_S("measure"), WH_MSG_VERBATIM, WH_ARGS(wh_arg_s(why)));
    } else {
        put_row(kit, &measurement, cell);
    }
    wh_measurement_deinit(&measurement);
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
    return (((const struct wh_kit_cell *)a)->metrics == NULL) -
           (((const struct wh_kit_cell *)b)->metrics == NULL);
}

/* The cells of `kind` on which a record of `quarter` bears: from its own to the last that looks
 * back on it; those of a year are a year apart. */
struct reach {
    int32_t first;
    int32_t last;
    int32_t step;
};

static struct reach reach_of(const struct wh_kit *kit, const struct wh_kind *kind, int32_t quarter)
{
    int32_t now = wh_quarter_of(kit->today);
    bool yearly = (kind->flags & WH_KIND_YEARLY) != 0;
    struct reach reach = {quarter, quarter, 1};
    if (yearly) reach = (struct reach){quarter / 4 * 4, quarter / 4 * 4, 4};
    if (kind->flags & WH_KIND_FROM_ALL) reach.first -= 4;
    if ((wh_kind_looks_back(kind) || (kind->flags & WH_KIND_FROM_ALL)) && now > reach.last) {
        reach.last = yearly ? now / 4 * 4 : now;
    }
    return reach;
}

static uint32_t put_reach(const struct wh_kit *kit, const struct wh_record *record,
                          const struct wh_kind *kind, struct wh_kit_cell *cells)
{
    struct reach reach = reach_of(kit, kind, wh_quarter_of(record->date));
    for (int32_t quarter = reach.first; cells && quarter <= reach.last; quarter += reach.step) {
        *cells++ = (struct wh_kit_cell){.kind = kind, .unit = record->unit, .quarter = quarter};
    }
    return (uint32_t)((reach.last - reach.first) / reach.step + 1);
}

/* Puts the cells of one record to `cells`, unless that is NULL; returns how many they are: its own
 * kind's, and those of kinds that are measured from all. */
static uint32_t put_cells(const struct wh_kit *kit, const struct wh_record *record,
                          struct wh_kit_cell *cells)
{
    uint32_t count = put_reach(kit, record, record->kind, cells);
    const char *name;
    for (size_t i = 0; (name = wh_plugins_kind_name(kit->plugins, i)); i++) {
        const struct wh_kind *kind = wh_plugins_kind(kit->plugins, wh_span_of(name));
        if (!kind || !(kind->flags & WH_KIND_FROM_ALL)) continue;
        count += put_reach(kit, record, kind, cells ? cells + count : NULL);
    }
    return count;
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
        if (kit->cells[i].metrics) cells[count++] = kit->cells[i];
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

/* Of open metrics those that were set; of the others all that the kind declares. */
void wh_kit_cell_row(struct wh_kit *kit, const struct wh_kind *kind, struct wh_span unit,
                     int32_t quarter, struct wh_kit_table *table)
{
    int32_t kept = kind->flags & WH_KIND_YEARLY ? quarter / 4 * 4 : quarter;
    const struct wh_kit_cell wanted = {.kind = kind, .unit = unit, .quarter = kept};
    const struct wh_kit_cell *cell =
        kit->cells_count == 0
            ? NULL
            : bsearch(&wanted, kit->cells, kit->cells_count, sizeof(wanted), compare_cells);
    bool told = cell && cell->metrics;
    uint32_t count =
        kind->flags & WH_KIND_OPEN_METRICS ? (told ? cell->metrics_count : 0) : kind->metrics.count;
    struct wh_span *names = wh_arena_new(kit->arena, count, sizeof(*names));
    struct wh_span *row;
    *table = (struct wh_kit_table){.names = names, .columns = count};
    row = wh_kit_row(kit, table);
    for (uint32_t i = 0; i < count; i++) {
        names[i] = told ? cell->metrics[i].id : wh_span_of(wh_kind_metric(kind, i)->id);
        row[i] = wh_kit_number_text(kit, WH_INTEGER, told ? cell->metrics[i].value : 0);
    }
}
