/* The cells that records bear on, measured as the engine would have them measured. */
#include <stdlib.h>

#include "base/date.h"
#include "kit/kit_parts.h"

/* One measurement on its way. */
struct measuring {
    struct wh_kit *kit;
    const struct wh_kind *kind;
    struct wh_span unit;
    int32_t quarter;
    bool changed;
};

static struct wh_kit_figure *find_figure(const struct wh_kit *kit, const struct measuring *cell,
                                         struct wh_span metric)
{
    for (uint32_t i = 0; i < kit->figures_count; i++) {
        struct wh_kit_figure *figure = &kit->figures[i];
        if (figure->kind == cell->kind && figure->quarter == cell->quarter &&
            wh_span_equal(figure->unit, cell->unit) && wh_span_equal(figure->metric, metric)) {
            return figure;
        }
    }
    return NULL;
}

/* The order in which `figures` are visited: unit, quarter, facet, metric. */
static int compare_figures(const void *a, const void *b)
{
    const struct wh_kit_figure *left = a, *right = b;
    int d = wh_span_compare(left->unit, right->unit);
    if (d == 0) d = (left->quarter > right->quarter) - (left->quarter < right->quarter);
    if (d == 0) d = wh_span_compare(wh_span_of(left->kind->name), wh_span_of(right->kind->name));
    if (d == 0) d = wh_span_compare(left->metric, right->metric);
    return d;
}

static struct wh_kit_figure *new_figure(struct wh_kit *kit)
{
    if (kit->figures_count == kit->figures_size) {
        uint32_t size = kit->figures_size == 0 ? 64 : kit->figures_size * 2;
        struct wh_kit_figure *figures = wh_arena_new(kit->arena, size, sizeof(*figures));
        if (kit->figures_count > 0) {
            memcpy(figures, kit->figures, kit->figures_count * sizeof(*figures));
        }
        kit->figures = figures;
        kit->figures_size = size;
    }
    return &kit->figures[kit->figures_count++];
}

static int set_metric(void *context, struct wh_span metric, int64_t value)
{
    struct measuring *cell = context;
    struct wh_kit *kit = cell->kit;
    const struct wh_metric *declared = wh_kind_metric_named(cell->kind, metric);
    struct wh_kit_figure *figure;
    if (!declared) return WH_E_INVALID;
    figure = find_figure(kit, cell, metric);
    if (figure && figure->value == value) return 0;
    cell->changed = true;
    if (!figure) {
        figure = new_figure(kit);
        *figure = (struct wh_kit_figure){cell->kind, cell->unit, cell->quarter,
                                         wh_span_of(declared->id), value};
        return 0;
    }
    figure->value = value;
    return 0;
}

static void use_record(void *context, struct wh_id id, uint64_t version)
{
    (void)context;
    (void)id;
    (void)version;
}

static void tell_change(const struct measuring *cell)
{
    const struct wh_row_change change = {
        .unit = cell->unit,
        .facet = wh_span_of(cell->kind->name),
        .year = (uint32_t)(cell->quarter / 4),
        .quarter_of_year = (uint32_t)(cell->quarter % 4) + 1,
    };
    wh_plugins_row_changed(cell->kit->plugins, &change);
}

static void measure_cell(struct measuring *cell, uint32_t line)
{
    const struct wh_unit *unit = wh_scenario_unit(cell->kit->scenario, cell->unit);
    const struct wh_measure_sink sink = {cell, set_metric, use_record};
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
    int rc = wh_plugins_measure(cell->kit->plugins, &asked, cell->kind, sink, &err);
    if (rc < 0) {
        struct wh_span why = wh_error_text(&err, cell->kit->wanted->language, cell->kit->arena);
        wh_fault_add(cell->kit->faults, line, WH_S("measure"), WH_MSG_KIT_SENTENCE,
                     WH_ARGS(wh_arg_s(why)));
    } else if (cell->changed) {
        tell_change(cell);
    }
}

/* The last quarter that a record of `quarter` bears on. */
static int32_t last_quarter(const struct wh_kit *kit, const struct wh_kind *kind, int32_t quarter)
{
    int32_t now = wh_quarter_of(kit->today);
    return wh_kind_looks_back(kind) && now > quarter ? now : quarter;
}

/* True where an earlier record of the list, or a figure, has the cell measured already. */
static bool is_repeated(const struct wh_kit *kit, uint32_t i)
{
    const struct wh_record *record = &kit->saved.records[i];
    for (uint32_t k = 0; k < i; k++) {
        const struct wh_record *other = &kit->saved.records[k];
        if (other->kind == record->kind && wh_span_equal(other->unit, record->unit) &&
            wh_quarter_of(other->date) == wh_quarter_of(record->date)) {
            return true;
        }
    }
    return false;
}

/* Cells that have figures: their records may be gone, so all of it counts from 0. */
static void measure_known(struct wh_kit *kit, uint32_t line)
{
    uint32_t count = kit->figures_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct wh_kit_figure figure = kit->figures[i];
        struct measuring cell = {kit, figure.kind, figure.unit, figure.quarter, false};
        const struct wh_kit_figure *before = i > 0 ? &kit->figures[i - 1] : NULL;
        if (before && before->kind == figure.kind && before->quarter == figure.quarter &&
            wh_span_equal(before->unit, figure.unit)) {
            continue; /* figures of one cell stand together */
        }
        measure_cell(&cell, line);
    }
}

void wh_kit_measure(struct wh_kit *kit, uint32_t line)
{
    measure_known(kit, line);
    for (uint32_t i = 0; i < kit->saved.records_count; i++) {
        const struct wh_record *record = &kit->saved.records[i];
        int32_t quarter = wh_quarter_of(record->date);
        int32_t last = last_quarter(kit, record->kind, quarter);
        if (is_repeated(kit, i)) continue;
        for (; quarter <= last; quarter++) {
            struct measuring cell = {kit, record->kind, record->unit, quarter, false};
            measure_cell(&cell, line);
        }
    }
    if (kit->figures_count > 0) {
        qsort(kit->figures, kit->figures_count, sizeof(*kit->figures), compare_figures);
    }
    wh_plugins_committed(kit->plugins, 0);
}

void wh_kit_cell_row(struct wh_kit *kit, const struct wh_kind *kind, struct wh_span unit,
                     int32_t quarter, struct wh_kit_table *table)
{
    const struct measuring cell = {kit, kind, unit, quarter, false};
    uint32_t count = kind->metrics.count;
    struct wh_span *names = wh_arena_new(kit->arena, count, sizeof(*names));
    struct wh_span *row;
    *table = (struct wh_kit_table){.names = names, .columns = count};
    row = wh_kit_row(kit, table);
    for (uint32_t i = 0; i < count; i++) {
        const struct wh_kit_figure *figure;
        names[i] = wh_span_of(wh_kind_metric(kind, i)->id);
        figure = find_figure(kit, &cell, names[i]);
        row[i] = wh_kit_number_text(kit, WH_INTEGER, figure ? figure->value : 0);
    }
}
