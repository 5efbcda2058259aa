#include "kit/scenario.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/text.h"

#define STEP_KEYS_MAX 6

static const char *const top_keys[] = {"today", "home", "units", "settings", "steps", NULL};
static const char *const unit_keys[] = {"code", "name", "kind", "parent", NULL};

struct verb {
    const char *word;
    const char *keys[STEP_KEYS_MAX];
};

static const struct verb verbs[] = {
#define X(symbol, word, ...) {word, {__VA_ARGS__}},
    WH_STEP_VERBS(X)
#undef X
};

#define VERBS_COUNT (sizeof(verbs) / sizeof(verbs[0]))

/* What every reading function needs. */
struct reading {
    struct wh_arena *arena;
    struct wh_faults *faults;
    struct wh_scenario *scenario;
};

const char *wh_step_word(enum wh_step_verb verb)
{
    return verbs[verb].word;
}

const struct wh_unit *wh_scenario_unit(const void *scenario, struct wh_span code)
{
    const struct wh_scenario *of = scenario;
    for (uint32_t i = 0; i < of->units_count; i++) {
        if (wh_span_equal(of->units[i].code, code)) return &of->units[i];
    }
    return NULL;
}

static void read_day(struct reading *reading, const struct wh_yaml *node, const char *key,
                     uint32_t line, int32_t *ret)
{
    struct wh_span text;
    if (!wh_yaml_text(node, key, line, reading->faults, &text)) return;
    if (wh_day_parse(text, ret) == 0) return;
    wh_fault_add(reading->faults, node->line, wh_span_of(key), WH_MSG_FIELD_NOT_DATE,
                 WH_ARGS(wh_arg_s(text)));
}

/* ---- Units ---- */

static void check_unit(struct reading *reading, const struct wh_unit *unit, struct wh_span kind,
                       uint32_t line)
{
    if (!wh_code_is_valid(unit->code)) {
        wh_fault_add(reading->faults, line, WH_S("code"), WH_MSG_FIELD_NOT_CODE,
                     WH_ARGS(wh_arg_s(unit->code)));
    }
    if (unit->kind == 0) {
        struct wh_span near = wh_text_nearest(kind, wh_unit_kind_each, NULL);
        wh_fault_add(reading->faults, line, WH_S("kind"),
                     near.data ? WH_MSG_UNIT_KIND_NEAR : WH_MSG_UNIT_KIND,
                     WH_ARGS(wh_arg_s(kind), wh_arg_s(near)));
    }
    if (wh_scenario_unit(reading->scenario, unit->code)) {
        wh_fault_add(reading->faults, line, WH_S("code"), WH_MSG_FIELD_TWICE, NULL);
    }
    if (unit->parent.len > 0 && !wh_scenario_unit(reading->scenario, unit->parent)) {
        wh_fault_add(reading->faults, line, WH_S("parent"), WH_MSG_SCENARIO_PARENT,
                     WH_ARGS(wh_arg_s(unit->parent)));
    }
}

static void read_unit(struct reading *reading, const struct wh_yaml *node, struct wh_unit *ret)
{
    struct wh_span kind = WH_SPAN_EMPTY;
    const struct wh_yaml *parent = wh_yaml_get(node, "parent");
    bool good = true;
    if (!wh_yaml_map(node, "units", node->line, reading->faults)) return;
    wh_yaml_check_keys(node, unit_keys, reading->faults);
    good &=
        wh_yaml_text(wh_yaml_get(node, "code"), "code", node->line, reading->faults, &ret->code);
    good &=
        wh_yaml_text(wh_yaml_get(node, "name"), "name", node->line, reading->faults, &ret->name);
    good &= wh_yaml_text(wh_yaml_get(node, "kind"), "kind", node->line, reading->faults, &kind);
    if (parent) wh_yaml_text(parent, "parent", node->line, reading->faults, &ret->parent);
    ret->kind = wh_unit_kind_of(kind);
    if (good) check_unit(reading, ret, kind, node->line);
}

static int compare_units(const void *a, const void *b)
{
    return wh_span_compare(((const struct wh_unit *)a)->code, ((const struct wh_unit *)b)->code);
}

static void read_units(struct reading *reading, const struct wh_yaml *root)
{
    const struct wh_yaml *list = wh_yaml_get(root, "units");
    struct wh_unit *units;
    if (!wh_yaml_list(list, "units", root->line, reading->faults)) return;
    units = wh_arena_new(reading->arena, list->count, sizeof(*units));
    reading->scenario->units = units;
    for (uint32_t i = 0; i < list->count; i++) {
        read_unit(reading, list->items[i], &units[i]);
        reading->scenario->units_count = i + 1;
    }
    if (list->count == 0) {
        wh_fault_add(reading->faults, list->line, WH_S("units"), WH_MSG_SCENARIO_NO_UNIT, NULL);
    } else {
        reading->scenario->home = units[0].code;
        qsort(units, list->count, sizeof(*units), compare_units);
    }
}

static void read_known_unit(struct reading *reading, const struct wh_yaml *node, const char *key,
                            uint32_t line, struct wh_span *ret)
{
    if (!wh_yaml_text(node, key, line, reading->faults, ret)) return;
    if (wh_scenario_unit(reading->scenario, *ret)) return;
    wh_fault_add(reading->faults, node->line, wh_span_of(key), WH_MSG_SCENARIO_UNIT,
                 WH_ARGS(wh_arg_s(*ret)));
}

/* ---- Values by name ---- */

static uint32_t count_texts(const struct wh_yaml *map)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < map->count; i++) {
        count += map->items[i]->type == WH_YAML_LIST ? map->items[i]->count : 1;
    }
    return count;
}

/* It may be empty: the field has no value. */
static void read_text(struct reading *reading, const struct wh_yaml *node, struct wh_span name,
                      struct wh_entry *ret)
{
    ret->name = name;
    if (node->type == WH_YAML_SCALAR) {
        ret->text = node->text;
    } else {
        wh_fault_add(reading->faults, node->line, name, WH_MSG_YAML_NOT_TEXT,
                     WH_ARGS(wh_arg_s(name)));
    }
}

/* A list gives its name to each of its texts. */
static const struct wh_entry *read_entries(struct reading *reading, const struct wh_yaml *map,
                                           uint32_t *ret_count)
{
    struct wh_entry *entries = wh_arena_new(reading->arena, count_texts(map), sizeof(*entries));
    uint32_t count = 0;
    for (uint32_t i = 0; i < map->count; i++) {
        const struct wh_yaml *item = map->items[i];
        struct wh_span name = map->keys[i]->text;
        if (item->type != WH_YAML_LIST) read_text(reading, item, name, &entries[count++]);
        for (uint32_t k = 0; item->type == WH_YAML_LIST && k < item->count; k++) {
            read_text(reading, item->items[k], name, &entries[count++]);
        }
    }
    *ret_count = count;
    return entries;
}

/* ---- Steps ---- */

static struct wh_span verb_word(const void *unused, size_t i)
{
    (void)unused;
    return i < VERBS_COUNT ? wh_span_of(verbs[i].word) : WH_SPAN_EMPTY;
}

/* The first of `verbs` that is among the keys; another beside it is an unknown key then. */
static bool find_verb(struct reading *reading, const struct wh_yaml *node, enum wh_step_verb *ret)
{
    struct wh_span near;
    for (size_t i = 0; i < VERBS_COUNT; i++) {
        if (!wh_yaml_get(node, verbs[i].word)) continue;
        *ret = (enum wh_step_verb)i;
        return true;
    }
    near = node->count > 0 ? wh_text_nearest(node->keys[0]->text, verb_word, NULL) : WH_SPAN_EMPTY;
    wh_fault_add(reading->faults, node->line, WH_S("steps"),
                 near.data ? WH_MSG_SCENARIO_VERB_NEAR : WH_MSG_SCENARIO_VERB,
                 WH_ARGS(wh_arg_s(near)));
    return false;
}

static void check_step_keys(struct reading *reading, const struct wh_yaml *node,
                            enum wh_step_verb verb)
{
    const char *keys[STEP_KEYS_MAX + 2] = {verbs[verb].word};
    for (size_t i = 0; verbs[verb].keys[i]; i++) keys[i + 1] = verbs[verb].keys[i];
    wh_yaml_check_keys(node, keys, reading->faults);
}

static bool may_have(enum wh_step_verb verb, const char *key)
{
    for (size_t i = 0; verbs[verb].keys[i]; i++) {
        if (strcmp(verbs[verb].keys[i], key) == 0) return true;
    }
    return false;
}

static void read_row(struct reading *reading, const struct wh_yaml *node, struct wh_expected *ret)
{
    ret->line = node->line;
    if (!wh_yaml_map(node, "expect", node->line, reading->faults)) return;
    ret->cells = read_entries(reading, node, &ret->count);
}

/* A list of rows; one row may stand for itself. */
static void read_expect(struct reading *reading, const struct wh_yaml *node, struct wh_step *step)
{
    const struct wh_yaml *const *rows = &node;
    struct wh_expected *expect;
    step->expect_count = 1;
    if (node->type != WH_YAML_MAP) {
        if (!wh_yaml_list(node, "expect", node->line, reading->faults)) return;
        rows = node->items;
        step->expect_count = node->count;
    }
    expect = wh_arena_new(reading->arena, step->expect_count, sizeof(*expect));
    for (uint32_t i = 0; i < step->expect_count; i++) read_row(reading, rows[i], &expect[i]);
    step->expect = expect;
    step->expects = true;
}

static void read_quarter(struct reading *reading, const struct wh_yaml *node, struct wh_step *step)
{
    struct wh_span text;
    if (!wh_yaml_text(node, "quarter", node->line, reading->faults, &text)) return;
    if (wh_quarter_parse(text, &step->quarter) == 0) return;
    wh_fault_add(reading->faults, node->line, WH_S("quarter"), WH_MSG_QUARTER,
                 WH_ARGS(wh_arg_s(text)));
}

static void read_parts(struct reading *reading, const struct wh_yaml *node, struct wh_step *step)
{
    const char *given = step->verb == WH_STEP_RUN ? "with" : "fields";
    const struct wh_yaml *values = wh_yaml_get(node, given);
    const struct wh_yaml *quarter = wh_yaml_get(node, "quarter");
    const struct wh_yaml *expect = wh_yaml_get(node, "expect");
    const struct wh_yaml *refused = wh_yaml_get(node, "refused");
    if (may_have(step->verb, "unit")) {
        read_known_unit(reading, wh_yaml_get(node, "unit"), "unit", node->line, &step->unit);
    }
    if (values && wh_yaml_map(values, given, values->line, reading->faults)) {
        step->entries = read_entries(reading, values, &step->entries_count);
    }
    if (quarter) read_quarter(reading, quarter, step);
    if (expect) read_expect(reading, expect, step);
    if (refused) wh_yaml_text(refused, "refused", node->line, reading->faults, &step->refused);
}

/* What follows the verb. */
static void read_subject(struct reading *reading, const struct wh_yaml *node, struct wh_step *step)
{
    const char *word = verbs[step->verb].word;
    if (step->verb == WH_STEP_TODAY) {
        read_day(reading, node, word, step->line, &step->day);
    } else if (step->verb != WH_STEP_NOTICES) {
        wh_yaml_text(node, word, step->line, reading->faults, &step->subject);
    } else if (node->type != WH_YAML_SCALAR || node->text.len > 0) {
        wh_fault_add(reading->faults, node->line, wh_span_of(word), WH_MSG_SCENARIO_NOTHING,
                     WH_ARGS(wh_arg_c(word)));
    }
}

static void read_step(struct reading *reading, const struct wh_yaml *node, struct wh_step *ret)
{
    ret->line = node->line;
    if (!wh_yaml_map(node, "steps", node->line, reading->faults)) return;
    if (!find_verb(reading, node, &ret->verb)) return;
    check_step_keys(reading, node, ret->verb);
    read_subject(reading, wh_yaml_get(node, verbs[ret->verb].word), ret);
    read_parts(reading, node, ret);
}

static void read_steps(struct reading *reading, const struct wh_yaml *root)
{
    const struct wh_yaml *list = wh_yaml_get(root, "steps");
    struct wh_step *steps;
    if (!wh_yaml_list(list, "steps", root->line, reading->faults)) return;
    steps = wh_arena_new(reading->arena, list->count, sizeof(*steps));
    for (uint32_t i = 0; i < list->count; i++) read_step(reading, list->items[i], &steps[i]);
    reading->scenario->steps = steps;
    reading->scenario->steps_count = list->count;
}

void wh_scenario_read(struct wh_span text, struct wh_arena *arena, struct wh_faults *faults,
                      struct wh_scenario *ret)
{
    struct reading reading = {arena, faults, ret};
    const struct wh_yaml *root, *home;
    *ret = (struct wh_scenario){.today = 0};
    wh_yaml_read(text, arena, faults, &root);
    if (!root || !wh_yaml_map(root, "scenario", root->line, faults)) return;
    wh_yaml_check_keys(root, top_keys, faults);
    read_day(&reading, wh_yaml_get(root, "today"), "today", root->line, &ret->today);
    read_units(&reading, root);
    home = wh_yaml_get(root, "home");
    if (home) read_known_unit(&reading, home, "home", root->line, &ret->home);
    wh_settings_read(root, arena, faults, &ret->settings, &ret->settings_count);
    read_steps(&reading, root);
}
