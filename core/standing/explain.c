/* A score taken apart: the total, each item with its rule as a sentence, the metrics behind it, the
 * rows (quarter, facet, origin) that they come from, and the records where this node has them. */
#include <stdio.h>

#include "base/date.h"
#include "base/num.h"
#include "engine/records.h"
#include "host/calls.h"
#include "rules/sentence.h"
#include "standing/assessment.h"
#include "standing/standings.h"

struct explaining {
    struct wh_engine *engine;
    struct wh_plugins *plugins;
    struct wh_assessment *a;
    const struct wh_assessed *one;
    enum wh_language language;
    wh_explained_visit visit;
    void *context;
    struct wh_arena *arena;
    struct wh_error *err;
};

static struct wh_span title_of(const struct explaining *e, const Wh__Title *title)
{
    return wh_title_text((struct wh_title){title->zh, title->en}, e->language);
}

static struct wh_span sentence(const struct explaining *e, enum wh_message message,
                               const struct wh_arg *args)
{
    struct wh_error made;
    (void)wh_fail(&made, WH_E_FAILED, message, args); /* an error is a sentence with arguments */
    return wh_error_text(&made, e->language, e->arena);
}

/* `pass_h`: another pass line asks what if, and nothing is final. */
static enum wh_message total_message(const struct wh_assessed *one, int64_t pass_h)
{
    if (!wh_assessed_is_ranked(one)) return WH_MSG_EXPLAIN_UNRANKED;
    if (one->accepted == WH_ACCEPTED_PASSED && pass_h < 0) return WH_MSG_EXPLAIN_PASSED;
    if (one->accepted == WH_ACCEPTED_FAILED && pass_h < 0) return WH_MSG_EXPLAIN_REFUSED;
    if (one->verdict.qualified) return WH_MSG_EXPLAIN_QUALIFIED;
    if (one->verdict.units_missing == 0) return WH_MSG_EXPLAIN_POINTS_ONLY;
    if (!one->verdict.score_reached) return WH_MSG_EXPLAIN_POINTS_MISSING;
    return WH_MSG_EXPLAIN_UNITS_MISSING;
}

static int explain_total(struct explaining *e, const struct wh_rule_level *level,
                         const struct wh_score *score, int64_t pass_h)
{
    const struct wh_assessed *one = e->one;
    char pass[WH_HUNDREDTHS_TEXT_SIZE], missing[WH_HUNDREDTHS_TEXT_SIZE];
    char bonus[WH_HUNDREDTHS_TEXT_SIZE], day[WH_DAY_TEXT_SIZE];
    struct wh_explained line = {
        .depth = WH_EXPLAIN_TOTAL,
        .id = one->unit->code,
        .title = one->unit->name,
        .points_h = score->total_h,
        .full_h = level->full_h + level->bonus_cap_h,
    };
    wh_hundredths_format(wh_pass_of(level, pass_h).pass_h, pass);
    wh_hundredths_format(one->verdict.points_missing_h, missing);
    wh_hundredths_format(score->bonus_h, bonus);
    wh_day_format(e->a->day, day);
    line.text = wh_unit_exists(one->unit, e->a->day)
                    ? sentence(e, total_message(one, pass_h),
                               WH_ARGS(wh_arg_c(pass), wh_arg_c(missing),
                                       wh_arg_n(one->verdict.units_missing), wh_arg_c(bonus)))
                    : sentence(e, WH_MSG_EXPLAIN_NOT_THERE, WH_ARGS(wh_arg_c(day)));
    return e->visit(e->context, &line);
}

/* ---- Records ---- */

struct record_lines {
    struct explaining *e;
    const struct wh_metric *metric;
    struct wh_cell cell;
};

static int explain_record(void *context, const struct wh_record *record)
{
    struct record_lines *lines = context;
    struct explaining *e = lines->e;
    char id[WH_ID_TEXT_SIZE], day[WH_DAY_TEXT_SIZE];
    struct wh_explained line = {.depth = WH_EXPLAIN_RECORD, .points_h = -1, .full_h = -1};
    if (!wh_plugins_count(e->plugins, &lines->cell, record->kind, lines->metric, record)) return 0;
    wh_id_format(record->id, id);
    wh_day_format(record->date, day);
    line.id = wh_span_of(id);
    line.title = wh_span_of(record->kind->name);
    line.text = wh_span_of(day);
    line.value = 1;
    return e->visit(e->context, &line);
}

/* A flow is made of its quarter's records, a to_date of its year's, a stock of all before. */
static int32_t first_day_of(const struct wh_metric *metric, const struct wh_cell *cell)
{
    switch (metric->type) {
    case WH_FLOW: return (int32_t)cell->first_day;
    case WH_TO_DATE: return (int32_t)cell->year_first_day;
    default: return INT32_MIN;
    }
}

static int explain_records_of(struct explaining *e, struct wh_span facet, int32_t quarter,
                              const struct wh_metric *metric)
{
    struct record_lines lines = {.e = e, .metric = metric};
    struct wh_records_query query = {.unit = e->one->unit->code, .which = WH_RECORDS_CURRENT};
    int32_t last;
    query.kind = wh_kind_find(e->engine, facet, (uint32_t)(quarter / 4));
    if (!query.kind) return 0;
    last = query.kind->flags & WH_KIND_YEARLY ? quarter + 3 : quarter;
    lines.cell = (struct wh_cell){
        .unit = e->one->unit->code,
        .kind = facet,
        .level = wh_unit_level(e->one->unit->kind),
        .year = (uint32_t)(quarter / 4),
        .quarter_of_year = (uint32_t)(quarter % 4 + 1),
        .first_day = wh_quarter_first_day(quarter),
        .last_day = wh_quarter_last_day(last),
        .year_first_day = wh_quarter_first_day(quarter / 4 * 4),
    };
    query.from = first_day_of(metric, &lines.cell);
    query.to = (int32_t)lines.cell.last_day;
    return wh_records_scan(e->engine, &query, explain_record, &lines, e->err);
}

static int explain_records(struct explaining *e, const struct wh_kept_reading *kept)
{
    struct wh_span id = e->a->book->metrics[kept->reading.metric].id;
    int32_t quarter = kept->reading.quarter;
    const struct wh_kind *kind = wh_kind_find(e->engine, kept->facet, (uint32_t)(quarter / 4));
    const struct wh_metric *metric = kind ? wh_kind_metric_named(kind, id) : NULL;
    if (!metric || !wh_span_equal(kept->reading.origin, wh_engine_home(e->engine))) return 0;
    return explain_records_of(e, kept->facet, quarter, metric);
}

/* ---- Metrics and rows ---- */

static bool decides(const struct explaining *e, const struct wh_kept_reading *kept)
{
    const struct wh_rule_metric *metric = &e->a->book->metrics[kept->reading.metric];
    if (!wh_reading_counts(metric, kept->reading.quarter, e->a->season)) return false;
    if (metric->type == WH_FLOW) return true;
    for (uint32_t i = 0; i < e->a->readings_count; i++) { /* the latest of its origin alone */
        const struct wh_reading *other = &e->a->readings[i].reading;
        if (other->metric == kept->reading.metric && other->quarter > kept->reading.quarter &&
            wh_span_equal(other->origin, kept->reading.origin) &&
            wh_reading_counts(metric, other->quarter, e->a->season)) {
            return false;
        }
    }
    return true;
}

static int explain_rows(struct explaining *e, uint32_t metric)
{
    int rc = 0;
    for (uint32_t i = 0; i < e->a->readings_count && rc == 0; i++) {
        const struct wh_kept_reading *kept = &e->a->readings[i];
        char quarter[WH_QUARTER_TEXT_SIZE];
        struct wh_explained line = {.depth = WH_EXPLAIN_SOURCE, .points_h = -1, .full_h = -1};
        if (kept->reading.metric != metric || !decides(e, kept)) continue;
        wh_quarter_format(kept->reading.quarter, quarter);
        line.id = kept->facet;
        line.title = kept->reading.origin;
        line.text = wh_span_of(quarter);
        line.value = kept->reading.value;
        rc = e->visit(e->context, &line);
        if (rc == 0) rc = explain_records(e, kept);
    }
    return rc;
}

static int explain_metric(struct explaining *e, uint32_t metric)
{
    struct wh_explained line = {.depth = WH_EXPLAIN_METRIC, .points_h = -1, .full_h = -1};
    int rc;
    if (metric == WH_METRIC_NONE) return 0;
    line.id = e->a->book->metrics[metric].id;
    line.title = e->a->book->metrics[metric].facet;
    line.value = e->a->values[metric];
    rc = e->visit(e->context, &line);
    return rc == 0 ? explain_rows(e, metric) : rc;
}

/* The assessor's row, and on the assessor's node the records behind it. */
static int explain_judged(struct explaining *e, const struct wh_rule_item *item)
{
    const struct wh_assessors *assessors = &e->a->assessors;
    int32_t i =
        assessors->level ? wh_rule_level_item(assessors->level, wh_span_of(item->item->id)) : -1;
    struct wh_metric metric = {.id = item->item->id, .type = WH_TO_DATE};
    struct wh_explained line = {.depth = WH_EXPLAIN_METRIC, .points_h = -1, .full_h = -1};
    char quarter[WH_QUARTER_TEXT_SIZE];
    int rc;
    if (i < 0 || assessors->judged_h[i] == WH_JUDGED_NONE) return 0;
    line.id = wh_span_of(item->item->id);
    line.title = WH_FACET_JUDGEMENT;
    line.value = assessors->judged_h[i];
    rc = e->visit(e->context, &line);
    if (rc != 0) return rc;
    wh_quarter_format(e->a->season.year * 4, quarter);
    line.depth = WH_EXPLAIN_SOURCE;
    line.id = WH_FACET_JUDGEMENT;
    line.title = assessors->by[i];
    line.text = wh_span_of(quarter);
    rc = e->visit(e->context, &line);
    if (rc != 0 || !wh_span_equal(assessors->by[i], wh_engine_home(e->engine))) return rc;
    return explain_records_of(e, WH_FACET_JUDGEMENT, e->a->season.year * 4, &metric);
}

static int explain_item(struct explaining *e, const struct wh_rule_item *item,
                        const struct wh_item_score *score)
{
    struct wh_explained line = {
        .depth = WH_EXPLAIN_ITEM,
        .flags = score->flags,
        .id = wh_span_of(item->item->id),
        .title = title_of(e, item->item->title),
        .text = wh_item_sentence(score, e->language, e->arena),
        .points_h = score->points_h,
        .full_h = item->item->points_h,
        .value = score->have,
    };
    int rc = e->visit(e->context, &line);
    if (rc == 0 && item->item->form == WH__FORM__JUDGED) return explain_judged(e, item);
    if (rc == 0) rc = explain_metric(e, item->metric);
    if (rc == 0 && item->item->form == WH__FORM__SHARE) rc = explain_metric(e, item->denominator);
    return rc;
}

static int explain_level(struct explaining *e, const struct wh_rule_level *level, int64_t pass_h)
{
    struct wh_item_score *items = wh_arena_new(e->arena, level->items_count, sizeof(*items));
    struct wh_marks marks = {e->a->values, e->a->assessors.judged_h};
    struct wh_score score;
    int rc;
    wh_score_unit(level, &marks, items, &score);
    rc = explain_total(e, level, &score, pass_h);
    for (size_t i = 0; i < level->items_count && rc == 0; i++) {
        rc = explain_item(e, &level->items[i], &items[i]);
    }
    return rc;
}

int wh_explain(struct wh_engine *engine, struct wh_plugins *plugins, struct wh_span unit,
               const struct wh_standing_query *query, enum wh_language language,
               wh_explained_visit visit, void *context, struct wh_error *err)
{
    struct wh_assessment_query asked = {query->year, unit, query->as_of, query->pass_h, unit};
    struct wh_arena arena = {NULL, 0};
    struct wh_assessment a;
    struct explaining e = {engine, plugins, &a, NULL, language, visit, context, &arena, err};
    const struct wh_rule_level *level;
    int rc = wh_assess(engine, &asked, &arena, &a, err);
    if (rc < 0) goto out;
    e.one = wh_assessment_find(&a, unit);
    level = wh_rulebook_level(a.book, wh_unit_level(e.one->unit->kind));
    if (!level || level->items_count == 0) {
        rc = wh_fail(err, WH_E_INVALID, WH_MSG_EXPLAIN_LEVEL, WH_ARGS(wh_arg_s(unit)));
        goto out;
    }
    if (!a.values) { /* no row speaks of it */
        a.values = wh_arena_new(&arena, a.book->metrics_count, sizeof(*a.values));
        wh_assessors_init(&a.assessors, level, unit, a.season, &arena);
    }
    rc = explain_level(&e, level, query->pass_h);
out:
    wh_arena_deinit(&arena);
    return rc < 0 ? rc : 0;
}
