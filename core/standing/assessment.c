#include "standing/assessment.h"

#include "base/date.h"
#include "base/num.h"
#include "engine/rows.h"
#include "model/key.h"
#include "model/protobuf.h"

static int load(struct wh_engine *engine, const struct wh_assessment_query *query,
                struct wh_arena *arena, struct wh_assessment *a, struct wh_error *err);
static int read_rows(struct wh_engine *engine, const struct wh_assessment_query *query,
                     struct wh_arena *arena, struct wh_assessment *a, struct wh_error *err);
static int judge(const struct wh_assessment_query *query, struct wh_assessment *a,
                 struct wh_error *err);

int wh_assess(struct wh_engine *engine, const struct wh_assessment_query *query,
              struct wh_arena *arena, struct wh_assessment *ret, struct wh_error *err)
{
    struct wh_assessment a = {.issue = NULL};
    int rc = load(engine, query, arena, &a, err);
    if (rc == 0) rc = read_rows(engine, query, arena, &a, err);
    if (rc == 0) rc = judge(query, &a, err);
    if (rc == 0) *ret = a;
    return rc;
}

/* ---- The moment, the tree, the rules ---- */

/* A year that is over counts the units of its last day, whenever it is read. */
static void set_day(const struct wh_assessment_query *query, struct wh_assessment *a, int32_t day)
{
    int32_t last = wh_quarter_last_day((int32_t)query->year * 4 + 3);
    a->day = day < last ? day : last;
    a->season = (struct wh_season){(int32_t)query->year, wh_quarter_of(day)};
}

/* "2026-03-31#1234": a day and a place, which no clock can move. */
static bool read_place(struct wh_span text, int32_t *ret_day, uint64_t *ret_place)
{
    const char *mark = text.len > 0 ? memchr(text.data, '#', text.len) : NULL;
    size_t at = mark ? (size_t)(mark - text.data) : 0;
    int64_t place;
    if (!mark || wh_day_parse(wh_span(text.data, at), ret_day) < 0) return false;
    if (wh_number_parse(wh_span_from(text, at + 1), &place) < 0 || place < 0) return false;
    *ret_place = (uint64_t)place;
    return true;
}

static int fail_ahead(const struct wh_assessment_query *query, struct wh_error *err)
{
    return wh_fail(err, WH_E_INVALID, WH_MSG_MOMENT_AHEAD, WH_ARGS(wh_arg_s(query->as_of)));
}

static int find_moment(struct wh_engine *engine, const struct wh_assessment_query *query,
                       struct wh_assessment *a, struct wh_error *err)
{
    struct wh_now now = wh_engine_now(engine);
    int64_t moment_ms = now.clock_ms;
    int32_t day;
    a->place = WH_PLACE_NOW;
    if (read_place(query->as_of, &day, &a->place)) {
        if (a->place > wh_engine_head(engine)) return fail_ahead(query, err);
        set_day(query, a, day);
        return 0;
    }
    if (query->as_of.len > 0) {
        int rc;
        if (wh_moment_parse(query->as_of, now.zone_minutes, &moment_ms) < 0) {
            return wh_fail(err, WH_E_INVALID, WH_MSG_MOMENT, WH_ARGS(wh_arg_s(query->as_of)));
        }
        if (wh_day_at(moment_ms, now.zone_minutes) > wh_day_at(now.clock_ms, now.zone_minutes)) {
            return fail_ahead(query, err);
        }
        rc = wh_engine_place(engine, moment_ms, &a->place, err);
        if (rc < 0) return rc;
    }
    set_day(query, a, wh_day_at(moment_ms, now.zone_minutes));
    return 0;
}

static int load_tree(struct wh_engine *engine, struct wh_arena *arena, struct wh_assessment *a,
                     struct wh_error *err)
{
    int rc;
    if (a->place == WH_PLACE_NOW) {
        a->tree = *wh_engine_units(engine);
        a->programmes = *wh_engine_programmes(engine);
        return 0;
    }
    rc = wh_units_load(engine, a->place, arena, &a->tree, err);
    return rc < 0 ? rc : wh_programmes_load(engine, a->place, arena, &a->programmes, err);
}

static int load(struct wh_engine *engine, const struct wh_assessment_query *query,
                struct wh_arena *arena, struct wh_assessment *a, struct wh_error *err)
{
    struct wh_span under = query->under.len > 0 ? query->under : wh_engine_home(engine);
    int rc = find_moment(engine, query, a, err);
    if (rc == 0) rc = load_tree(engine, arena, a, err);
    if (rc < 0) return rc;
    if (!wh_units_find(&a->tree, under)) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_UNIT_UNKNOWN, WH_ARGS(wh_arg_s(under)));
    }
    a->issue = wh_programmes_for(&a->programmes, query->year);
    if (!a->issue) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_PROGRAMME_NONE, WH_ARGS(wh_arg_n(query->year)));
    }
    a->book = wh_rulebook_new(a->issue->programme, arena);
    a->first = wh_units_from(&a->tree, under);
    while (a->first + a->count < a->tree.count &&
           wh_span_starts(a->tree.items[a->first + a->count].code, under)) {
        a->count++;
    }
    a->items = wh_arena_new(arena, a->count, sizeof(*a->items));
    for (uint32_t i = 0; i < a->count; i++) a->items[i].unit = &a->tree.items[a->first + i];
    return 0;
}

/* ---- Rows to scores, one unit after the other ---- */

struct reading_rows {
    struct wh_assessment *a;
    const struct wh_assessment_query *query;
    struct wh_arena *arena;
    struct wh_arena unit_arena;  /* of the unit being read */
    struct wh_assessed *current; /* NULL: none yet, or a unit that the tree does not know */
    struct wh_span code;
    struct wh_reading *readings;
    struct wh_span *facets;
    struct wh_assessors assessors;
    uint32_t count;
    uint32_t size;
    int64_t *values;
    struct wh_error *err;
};

static int finish_unit(struct reading_rows *reading)
{
    struct wh_assessment *a = reading->a;
    struct wh_readings readings = {reading->readings, reading->count};
    const struct wh_rule_level *level = reading->assessors.level;
    struct wh_marks marks = {reading->values, reading->assessors.judged_h};
    int rc;
    if (!reading->current) return 0;
    rc = wh_figures_add_up(a->book, &readings, a->season, &reading->unit_arena, reading->values,
                           reading->err);
    if (rc < 0) return rc;
    if (level) wh_score_unit(level, &marks, NULL, &reading->current->score);
    reading->current->accepted = reading->assessors.accepted;
    return 0;
}

static void keep_assessors(struct reading_rows *reading)
{
    struct wh_assessment *a = reading->a;
    const struct wh_assessors *from = &reading->assessors;
    size_t count = from->level ? from->level->items_count : 0;
    wh_assessors_init(&a->assessors, from->level, reading->current->unit->code, a->season,
                      reading->arena);
    for (size_t i = 0; i < count; i++) {
        a->assessors.judged_h[i] = from->judged_h[i];
        a->assessors.by[i] = wh_arena_copy(reading->arena, from->by[i]);
    }
    a->assessors.accepted = from->accepted;
    a->assessors.accepter = wh_arena_copy(reading->arena, from->accepter);
}

static void keep_readings(struct reading_rows *reading)
{
    struct wh_assessment *a = reading->a;
    a->readings = wh_arena_new(reading->arena, reading->count, sizeof(*a->readings));
    for (uint32_t i = 0; i < reading->count; i++) {
        a->readings[i].reading = reading->readings[i];
        a->readings[i].reading.origin = wh_arena_copy(reading->arena, reading->readings[i].origin);
        a->readings[i].facet = wh_arena_copy(reading->arena, reading->facets[i]);
    }
    a->readings_count = reading->count;
    a->values = wh_arena_new(reading->arena, a->book->metrics_count, sizeof(*a->values));
    memcpy(a->values, reading->values, a->book->metrics_count * sizeof(*a->values));
    keep_assessors(reading);
}

static int close_unit(struct reading_rows *reading)
{
    int rc = finish_unit(reading);
    if (rc == 0 && reading->current && wh_span_equal(reading->code, reading->query->keep)) {
        keep_readings(reading);
    }
    return rc;
}

static void open_unit(struct reading_rows *reading, struct wh_span code)
{
    const struct wh_rule_level *level;
    wh_arena_clear(&reading->unit_arena);
    reading->readings = NULL;
    reading->facets = NULL;
    reading->size = 0;
    reading->count = 0;
    reading->code = wh_arena_copy(&reading->unit_arena, code);
    reading->current = wh_assessment_find(reading->a, code);
    level = reading->current
                ? wh_rulebook_level(reading->a->book, wh_unit_level(reading->current->unit->kind))
                : NULL;
    wh_assessors_init(&reading->assessors, level, reading->code, reading->a->season,
                      &reading->unit_arena);
}

static void add_reading(struct reading_rows *reading, struct wh_reading one, struct wh_span facet)
{
    if (reading->count == reading->size) {
        uint32_t size = reading->size > 0 ? reading->size * 2 : 64;
        struct wh_reading *items = wh_arena_new(&reading->unit_arena, size, sizeof(*items));
        struct wh_span *facets = wh_arena_new(&reading->unit_arena, size, sizeof(*facets));
        if (reading->count > 0) {
            memcpy(items, reading->readings, reading->count * sizeof(*items));
            memcpy(facets, reading->facets, reading->count * sizeof(*facets));
        }
        reading->readings = items;
        reading->facets = facets;
        reading->size = size;
    }
    reading->facets[reading->count] = facet;
    reading->readings[reading->count++] = one;
}

static int add_row(struct reading_rows *reading, const struct wh_row *row, int32_t quarter,
                   struct wh_span facet)
{
    struct wh_arena *arena = &reading->unit_arena;
    const Wh__SummaryValue *summary = (const Wh__SummaryValue *)wh_protobuf_unpack(
        &wh__summary_value__descriptor, row->value, arena);
    struct wh_span origin = wh_arena_copy(arena, row->origin);
    if (!summary) return wh_fail(reading->err, WH_E_CORRUPT, WH_MSG_STORE_ROW_BROKEN, NULL);
    if (!summary->no_presence) wh_heard_note(&reading->current->heard, quarter, reading->a->season);
    facet = wh_arena_copy(arena, facet);
    wh_assessors_take(&reading->assessors, facet, quarter, origin, summary);
    for (size_t i = 0; i < summary->n_metrics; i++) {
        const Wh__MetricValue *metric = summary->metrics[i];
        int32_t index = wh_rulebook_metric(reading->a->book, wh_span_of(metric->id));
        int64_t value = metric->value > 0 ? metric->value : 0; /* nobody can do less than nothing */
        struct wh_reading one = {origin, value, (uint32_t)index, quarter};
        if (index < 0) continue;
        if (!wh_rule_metric_is_of(&reading->a->book->metrics[index], facet)) continue;
        add_reading(reading, one, facet);
    }
    return 0;
}

/* Rows come by unit, then quarter, facet, origin. */
static int visit_row(void *context, const struct wh_row *row)
{
    struct reading_rows *reading = context;
    struct wh_span unit, facet, origin;
    int32_t quarter;
    int rc;
    if (wh_row_key_summary_read(row->key, &unit, &quarter, &facet, &origin) < 0) return 0;
    if (!wh_span_equal(unit, reading->code)) {
        rc = close_unit(reading);
        if (rc < 0) return rc;
        open_unit(reading, unit);
    }
    return reading->current ? add_row(reading, row, quarter, facet) : 0;
}

static int read_rows(struct wh_engine *engine, const struct wh_assessment_query *query,
                     struct wh_arena *arena, struct wh_assessment *a, struct wh_error *err)
{
    struct reading_rows reading = {.a = a, .query = query, .arena = arena, .err = err};
    struct wh_span under = query->under.len > 0 ? query->under : wh_engine_home(engine);
    int rc;
    reading.values = wh_arena_new(arena, a->book->metrics_count, sizeof(*reading.values));
    rc = wh_rows_scan(engine, WH_TABLE_SUMMARY, under, a->place, visit_row, &reading, err);
    if (rc == 0) rc = close_unit(&reading);
    wh_arena_deinit(&reading.unit_arena);
    return rc;
}

/* ---- Verdicts, from the grassroots up ---- */

static struct wh_assessed *parent_of(const struct wh_assessment *a, const struct wh_assessed *one)
{
    return one->unit->parent.len > 0 ? wh_assessment_find(a, one->unit->parent) : NULL;
}

static struct wh_assessed *county_of(const struct wh_assessment *a, struct wh_assessed *one)
{
    struct wh_assessed *above = parent_of(a, one);
    while (above && wh_unit_level(above->unit->kind) != WH_LEVEL_COUNTY) {
        struct wh_assessed *next = parent_of(a, above);
        if (next && next->unit->code.len >= above->unit->code.len) return NULL;
        above = next;
    }
    return above;
}

static void add_share(struct wh_share *sum, int64_t part, int64_t whole)
{
    sum->part += part;
    sum->whole += whole;
}

static bool is_at(const struct wh_assessment *a, const struct wh_assessed *one, uint32_t level)
{
    return wh_unit_level(one->unit->kind) == level && wh_unit_exists(one->unit, a->day);
}

static void judge_one(const struct wh_assessment_query *query, struct wh_assessment *a,
                      struct wh_assessed *one)
{
    uint32_t level = wh_unit_level(one->unit->kind);
    struct wh_pass pass = wh_pass_of(wh_rulebook_level(a->book, level), query->pass_h);
    struct wh_share own = wh_completeness_of(one->heard, a->season);
    struct wh_assessed *county = county_of(a, one);
    one->verdict = wh_verdict_of(pass, one->score.total_h, one->units);
    if (one->accepted != WH_ACCEPTED_NONE && query->pass_h < 0) {
        one->verdict.qualified = one->accepted == WH_ACCEPTED_PASSED;
    }
    if (!wh_assessed_is_ranked(one)) one->verdict.qualified = false;
    add_share(&one->complete, own.part, own.whole);
    if (!county) return;
    add_share(level == WH_LEVEL_GRASSROOTS ? &county->units_grassroots : &county->units_township,
              one->verdict.qualified, 1);
    add_share(&county->complete, own.part, own.whole);
    county->heard.quarters |= one->heard.quarters;
}

static int judge(const struct wh_assessment_query *query, struct wh_assessment *a,
                 struct wh_error *err)
{
    for (uint32_t i = 0; i < a->count; i++) {
        struct wh_assessed *one = &a->items[i], *above;
        if (!is_at(a, one, WH_LEVEL_GRASSROOTS)) continue;
        judge_one(query, a, one);
        above = parent_of(a, one);
        if (!above || wh_unit_level(above->unit->kind) != WH_LEVEL_TOWNSHIP) continue;
        add_share(&above->units, one->verdict.qualified, 1);
        add_share(&above->complete, one->complete.part, one->complete.whole);
    }
    for (uint32_t i = 0; i < a->count; i++) {
        struct wh_assessed *one = &a->items[i], *county;
        if (!is_at(a, one, WH_LEVEL_TOWNSHIP)) continue;
        judge_one(query, a, one);
        county = county_of(a, one);
        if (county && wh_assessed_is_ranked(one) &&
            wh_mean_add(&county->mean, one->score.total_h) < 0) {
            return wh_fail(err, WH_E_RANGE, WH_MSG_MEAN_RANGE, NULL);
        }
    }
    return 0;
}

struct wh_assessed *wh_assessment_find(const struct wh_assessment *assessment, struct wh_span code)
{
    uint32_t low = 0, high = assessment->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (wh_span_compare(assessment->items[middle].unit->code, code) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low >= assessment->count || !wh_span_equal(assessment->items[low].unit->code, code)) {
        return NULL;
    }
    return &assessment->items[low];
}

bool wh_assessed_is_ranked(const struct wh_assessed *assessed)
{
    return wh_heard_any(assessed->heard);
}
