/* Reading a tree of units: checked whole, line by line, before a row of it is put. */
#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "base/limits.h"
#include "base/text.h"
#include "engine/engine_parts.h"
#include "engine/rows.h"
#include "engine/units.h"
#include "model/csv.h"
#include "model/key.h"
#include "model/protobuf.h"

enum column { CODE, NAME, KIND, PARENT, OPENED, CLOSED, SUCCESSOR, COLUMNS };

static const struct {
    const char *name;
    bool required;
} columns[COLUMNS] = {
    {"code", true},    {"name", true},    {"kind", true},       {"parent", true},
    {"opened", false}, {"closed", false}, {"successor", false},
};

struct line {
    struct wh_unit unit;
    uint32_t number;
    bool given;  /* in this file */
    bool broken; /* a fault was added for it: no more are looked for */
};

struct tree {
    struct wh_engine *engine;
    struct wh_arena *arena;
    struct wh_faults *faults;
    struct line *lines; /* of the file and of the node, by code */
    uint32_t count;
};

static struct wh_span column_word(const void *unused, size_t i)
{
    (void)unused;
    return wh_span_of(i < COLUMNS ? columns[i].name : NULL);
}

static void find_columns(const struct wh_csv *csv, struct wh_faults *faults, int at[COLUMNS])
{
    for (int c = 0; c < COLUMNS; c++) at[c] = -1;
    for (uint32_t i = 0; i < csv->header.count; i++) {
        struct wh_span name = wh_text_trim(csv->header.cells[i]), near;
        int c = 0;
        while (c < COLUMNS && !wh_span_equal(name, wh_span_of(columns[c].name))) c++;
        if (c < COLUMNS) {
            at[c] = (int)i;
            continue;
        }
        near = wh_text_nearest(name, column_word, NULL);
        wh_fault_add(faults, csv->header.line, name,
                     near.data ? WH_MSG_COLUMN_UNKNOWN_NEAR : WH_MSG_COLUMN_UNKNOWN,
                     WH_ARGS(wh_arg_s(name), wh_arg_s(near)));
    }
    for (int c = 0; c < COLUMNS; c++) {
        if (at[c] >= 0 || !columns[c].required) continue;
        wh_fault_add(faults, csv->header.line, wh_span_of(columns[c].name), WH_MSG_COLUMN_MISSING,
                     WH_ARGS(wh_arg_c(columns[c].name)));
    }
}

static void line_fault(struct tree *tree, struct line *line, enum column column,
                       enum wh_message message, struct wh_span a, struct wh_span b)
{
    line->broken = true;
    wh_fault_add(tree->faults, line->number, wh_span_of(columns[column].name), message,
                 WH_ARGS(wh_arg_s(a), wh_arg_s(b)));
}

static struct wh_span cell(const struct wh_csv_row *row, const int at[COLUMNS], enum column column)
{
    return at[column] < 0 ? WH_SPAN_EMPTY : wh_text_trim(row->cells[at[column]]);
}

static int32_t read_day(struct tree *tree, struct line *line, enum column column,
                        struct wh_span text)
{
    int32_t day = 0;
    if (text.len > 0 && wh_day_parse(text, &day) < 0) {
        line_fault(tree, line, column, WH_MSG_FIELD_NOT_DATE, text, WH_SPAN_EMPTY);
    }
    return day;
}

static void read_line(struct tree *tree, const struct wh_csv_row *row, const int at[COLUMNS],
                      struct line *line)
{
    struct wh_span kind = cell(row, at, KIND);
    *line = (struct line){.number = row->line, .given = true};
    line->unit.code = cell(row, at, CODE);
    line->unit.name = cell(row, at, NAME);
    line->unit.kind = wh_unit_kind_of(kind);
    line->unit.parent = cell(row, at, PARENT);
    line->unit.successor = cell(row, at, SUCCESSOR);
    if (!wh_code_is_valid(line->unit.code)) {
        line_fault(tree, line, CODE, WH_MSG_FIELD_NOT_CODE, line->unit.code, WH_SPAN_EMPTY);
    }
    if (line->unit.name.len == 0 || line->unit.name.len > WH_NAME_BYTES_MAX) {
        line_fault(tree, line, NAME, WH_MSG_UNIT_NAME, line->unit.name, WH_SPAN_EMPTY);
    } else if (wh_text_check(line->unit.name, WH_TEXT_ONE_LINE) != WH_TEXT_GOOD) {
        line_fault(tree, line, NAME, WH_MSG_FIELD_CONTROL, line->unit.name, WH_SPAN_EMPTY);
    } else if (strchr("=+-@", line->unit.name.data[0])) {
        line_fault(tree, line, NAME, WH_MSG_UNIT_NAME_FORMULA, line->unit.name, WH_SPAN_EMPTY);
    }
    if (line->unit.kind == 0) {
        struct wh_span near = wh_text_nearest(kind, wh_unit_kind_each, NULL);
        line_fault(tree, line, KIND, near.data ? WH_MSG_UNIT_KIND_NEAR : WH_MSG_UNIT_KIND, kind,
                   near);
    }
    if (line->unit.successor.len > 0 && !wh_code_is_valid(line->unit.successor)) {
        line_fault(tree, line, SUCCESSOR, WH_MSG_FIELD_NOT_CODE, line->unit.successor,
                   WH_SPAN_EMPTY);
    }
    line->unit.opened = read_day(tree, line, OPENED, cell(row, at, OPENED));
    line->unit.closed = read_day(tree, line, CLOSED, cell(row, at, CLOSED));
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *la = a, *lb = b;
    int order = wh_span_compare(la->unit.code, lb->unit.code);
    if (order != 0) return order;
    if (la->given != lb->given) return la->given ? -1 : 1; /* the file before the node */
    return (la->number > lb->number) - (la->number < lb->number);
}

/* What the file does not name stays as the node has it. */
static void gather(struct tree *tree, const struct wh_csv *csv, const int at[COLUMNS])
{
    const struct wh_units *units = wh_engine_units(tree->engine);
    uint32_t kept = 0;
    tree->lines =
        wh_arena_new(tree->arena, (size_t)csv->count + units->count, sizeof(*tree->lines));
    for (uint32_t i = 0; i < csv->count; i++) {
        read_line(tree, &csv->rows[i], at, &tree->lines[tree->count++]);
    }
    for (uint32_t i = 0; i < units->count; i++) {
        tree->lines[tree->count++] = (struct line){.unit = units->items[i]};
    }
    qsort(tree->lines, tree->count, sizeof(*tree->lines), compare_lines);
    for (uint32_t i = 0; i < tree->count; i++) {
        struct line *line = &tree->lines[i], *last = kept > 0 ? &tree->lines[kept - 1] : NULL;
        if (last && wh_span_equal(last->unit.code, line->unit.code)) {
            char number[16] = {0};
            if (!line->given) continue;
            (void)snprintf(number, sizeof(number), "%u", last->number);
            line_fault(tree, line, CODE, WH_MSG_UNIT_TWICE, line->unit.code, wh_span_of(number));
            continue;
        }
        tree->lines[kept++] = *line;
    }
    tree->count = kept;
}

static struct line *find(const struct tree *tree, struct wh_span code)
{
    struct line wanted = {.unit = {.code = code}, .given = true};
    uint32_t low = 0, high = tree->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (wh_span_compare(tree->lines[middle].unit.code, wanted.unit.code) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low >= tree->count || !wh_span_equal(tree->lines[low].unit.code, code)) return NULL;
    return &tree->lines[low];
}

static bool fits_below(uint32_t kind, uint32_t parent_kind)
{
    uint32_t level = wh_unit_level(kind), above = wh_unit_level(parent_kind);
    return above < level && !(level == WH_LEVEL_GRASSROOTS && above != WH_LEVEL_TOWNSHIP);
}

/* A parent's code is a proper prefix of its child's: that alone forbids a cycle, but a cycle gets
 * its own words, since that is what its author has to look for. */
static bool is_cycle(const struct tree *tree, const struct line *line)
{
    struct wh_span code = line->unit.parent;
    for (uint32_t steps = 0; steps <= tree->count; steps++) {
        const struct line *above = find(tree, code);
        if (!above) return false;
        if (wh_span_equal(above->unit.code, line->unit.code)) return true;
        code = above->unit.parent;
        if (code.len == 0) return false;
    }
    return false;
}

static void check_parent(struct tree *tree, struct line *line)
{
    const struct wh_unit *unit = &line->unit;
    const struct line *parent = find(tree, unit->parent);
    bool is_home = wh_span_equal(unit->code, tree->engine->home);
    if (unit->parent.len == 0 || (is_home && !parent)) {
        if (!is_home)
            line_fault(tree, line, PARENT, WH_MSG_UNIT_NO_PARENT, unit->code, unit->parent);
    } else if (!parent) {
        line_fault(tree, line, PARENT, WH_MSG_UNIT_PARENT_UNKNOWN, unit->code, unit->parent);
    } else if (is_cycle(tree, line)) {
        line_fault(tree, line, PARENT, WH_MSG_UNIT_CYCLE, unit->code, unit->parent);
    } else if (unit->code.len <= unit->parent.len || !wh_span_starts(unit->code, unit->parent)) {
        line_fault(tree, line, CODE, WH_MSG_UNIT_OUTSIDE_PARENT, unit->code, unit->parent);
    } else if (!parent->broken && !fits_below(unit->kind, parent->unit.kind)) {
        line_fault(tree, line, KIND, WH_MSG_UNIT_LEVEL, unit->code, unit->parent);
    }
}

/* In the order of codes, what a code is a prefix of follows it at once. */
static bool is_ancestor(const struct tree *tree, struct wh_span above, const struct line *line)
{
    struct wh_span code = line->unit.parent;
    while (code.len >= above.len) {
        const struct line *parent = find(tree, code);
        if (wh_span_equal(code, above)) return true;
        if (!parent || parent->unit.parent.len >= code.len) return false;
        code = parent->unit.parent;
    }
    return false;
}

static void check_prefixes(struct tree *tree)
{
    for (uint32_t i = 0; i < tree->count; i++) {
        const struct wh_span above = tree->lines[i].unit.code;
        for (uint32_t j = i + 1; j < tree->count; j++) {
            struct line *below = &tree->lines[j];
            if (!wh_span_starts(below->unit.code, above)) break;
            if (below->broken || is_ancestor(tree, above, below)) continue;
            /* A unit that only its own node has told of names no parent yet: this file may. */
            if (!below->given && below->unit.parent.len == 0) continue;
            if (below->given) {
                line_fault(tree, below, CODE, WH_MSG_UNIT_PREFIX, below->unit.code, above);
            } else if (tree->lines[i].given && !tree->lines[i].broken) {
                line_fault(tree, &tree->lines[i], CODE, WH_MSG_UNIT_PREFIX, below->unit.code,
                           above);
            }
        }
    }
}

static bool outlives(const struct wh_unit *unit, const struct wh_unit *parent)
{
    if (parent->closed == 0) return false;
    return unit->closed == 0 || unit->closed > parent->closed;
}

/* A unit that is closed takes what is below it along, or leaves it to another. */
static void check_days(struct tree *tree)
{
    for (uint32_t i = 0; i < tree->count; i++) {
        struct line *line = &tree->lines[i], *parent = find(tree, line->unit.parent);
        const struct wh_unit *unit = &line->unit;
        if (line->given && !line->broken && unit->closed != 0) {
            if (wh_span_equal(unit->code, tree->engine->home)) {
                line_fault(tree, line, CLOSED, WH_MSG_UNIT_HOME_CLOSED, unit->code, WH_SPAN_EMPTY);
            } else if (unit->opened != 0 && unit->closed <= unit->opened) {
                line_fault(tree, line, CLOSED, WH_MSG_UNIT_CLOSED_FIRST, unit->code, WH_SPAN_EMPTY);
            }
        }
        if (!parent || !outlives(unit, &parent->unit)) continue;
        if (line->given && !line->broken) {
            line_fault(tree, line, CLOSED, WH_MSG_UNIT_OPEN_BELOW, unit->code, unit->parent);
        } else if (parent->given && !parent->broken) {
            line_fault(tree, parent, CLOSED, WH_MSG_UNIT_OPEN_BELOW, unit->code, unit->parent);
        }
    }
}

/* One of another branch may be known above alone. */
static void check_successor(struct tree *tree, struct line *line)
{
    struct wh_span code = line->unit.code, successor = line->unit.successor;
    if (successor.len == 0) return;
    if (wh_span_equal(successor, code)) {
        line_fault(tree, line, SUCCESSOR, WH_MSG_UNIT_SUCCESSOR_SELF, code, successor);
    } else if (wh_code_in_range(successor, tree->engine->home) && !find(tree, successor)) {
        line_fault(tree, line, SUCCESSOR, WH_MSG_UNIT_SUCCESSOR_UNKNOWN, code, successor);
    }
}

static void check_tree(struct tree *tree)
{
    struct wh_span home = tree->engine->home;
    for (uint32_t i = 0; i < tree->count; i++) {
        struct line *line = &tree->lines[i];
        if (!line->given || line->broken) continue;
        if (!wh_code_in_range(line->unit.code, home)) {
            line_fault(tree, line, CODE, WH_MSG_UNIT_OUTSIDE, line->unit.code, home);
        } else {
            check_parent(tree, line);
            check_successor(tree, line);
        }
    }
    check_prefixes(tree);
    check_days(tree);
}

static bool is_same(const struct wh_unit *a, const struct wh_unit *b)
{
    return wh_span_equal(a->name, b->name) && a->kind == b->kind && a->opened == b->opened &&
           a->closed == b->closed && wh_span_equal(a->parent, b->parent) &&
           wh_span_equal(a->successor, b->successor);
}

static int put_unit(struct wh_engine *engine, const struct wh_unit *unit, struct wh_error *err)
{
    Wh__UnitValue value = WH__UNIT_VALUE__INIT;
    struct wh_tuple key;
    value.name = wh_arena_text(&engine->scratch, unit->name);
    value.kind = unit->kind;
    value.parent = wh_arena_text(&engine->scratch, unit->parent);
    value.opened = unit->opened;
    value.closed = unit->closed;
    value.successor = wh_arena_text(&engine->scratch, unit->successor);
    wh_row_key_unit(&key, unit->code, engine->home);
    return wh_row_put(engine, WH_TABLE_UNIT, wh_tuple_span(&key),
                      wh_protobuf_pack(&value.base, &engine->scratch), err);
}

/* Reads and checks the file; tree->lines is then whole. */
static int read_tree(struct tree *tree, struct wh_span csv_text, uint32_t *ret_total,
                     struct wh_error *err)
{
    struct wh_csv csv;
    int at[COLUMNS];
    wh_csv_read(csv_text, tree->arena, tree->faults, &csv);
    if (csv.header.count > 0) find_columns(&csv, tree->faults, at);
    if (tree->faults->count == 0) {
        gather(tree, &csv, at);
        check_tree(tree);
    }
    *ret_total = csv.count;
    if (tree->faults->count == 0) return 0;
    return wh_fail(err, WH_E_INVALID, WH_MSG_UNIT_IMPORT_FAULTS,
                   WH_ARGS(wh_arg_n(tree->faults->count)));
}

static bool is_changed(const struct tree *tree, const struct line *line)
{
    const struct wh_unit *known = wh_units_find(wh_engine_units(tree->engine), line->unit.code);
    return line->given && (!known || !is_same(known, &line->unit));
}

int wh_units_check(struct wh_engine *engine, struct wh_span csv, struct wh_faults *faults,
                   struct wh_arena *arena, uint32_t *ret_total, uint32_t *ret_changed,
                   struct wh_error *err)
{
    struct tree tree = {.engine = engine, .arena = arena, .faults = faults};
    int rc = read_tree(&tree, csv, ret_total, err);
    *ret_changed = 0;
    for (uint32_t i = 0; rc == 0 && i < tree.count; i++) {
        *ret_changed += is_changed(&tree, &tree.lines[i]);
    }
    return rc;
}

int wh_units_import(struct wh_engine *engine, struct wh_span csv, struct wh_faults *faults,
                    struct wh_arena *arena, uint32_t *ret_total, uint32_t *ret_changed,
                    struct wh_error *err)
{
    struct tree tree = {.engine = engine, .arena = arena, .faults = faults};
    int rc = read_tree(&tree, csv, ret_total, err);
    *ret_changed = 0;
    for (uint32_t i = 0; rc == 0 && i < tree.count; i++) {
        if (!is_changed(&tree, &tree.lines[i])) continue;
        rc = put_unit(engine, &tree.lines[i].unit, err);
        *ret_changed += 1;
    }
    return rc;
}
