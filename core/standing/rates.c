/* The share of qualified units against the aim of the round (domain.md D1). */
#include "rules/rate.h"
#include "standing/assessment.h"
#include "standing/standings.h"

/* Qualified of existing units of both levels at or below `under`. */
static struct wh_share share_below(const struct wh_assessment *a, struct wh_span under)
{
    struct wh_share share = {0, 0};
    for (uint32_t i = 0; i < a->count; i++) {
        const struct wh_assessed *one = &a->items[i];
        uint32_t level = wh_unit_level(one->unit->kind);
        if (level != WH_LEVEL_TOWNSHIP && level != WH_LEVEL_GRASSROOTS) continue;
        if (!wh_span_starts(one->unit->code, under) || !wh_unit_exists(one->unit, a->day)) continue;
        share.part += one->verdict.qualified;
        share.whole++;
    }
    return share;
}

static int visit_rate(const struct wh_assessment *a, const struct wh_unit *unit, uint32_t year,
                      wh_rate_visit visit, void *context)
{
    struct wh_share share = share_below(a, unit->code);
    bool is_county = wh_unit_level(unit->kind) == WH_LEVEL_COUNTY;
    struct wh_rate rate = wh_rate_of(a->book, is_county ? unit->code : WH_SPAN_EMPTY, share, year);
    struct wh_rate_view view = {
        .unit = unit->code,
        .name = unit->name,
        .units = share.whole,
        .units_qualified = share.part,
        .now_h = rate.now_h,
        .baseline_h = rate.baseline_h,
        .target_h = rate.target_h,
        .missing_h = rate.missing_h,
        .pace_h = rate.pace_h,
        .units_missing = rate.units_missing,
    };
    return visit(context, &view);
}

int wh_rates(struct wh_engine *engine, const struct wh_standing_query *query, wh_rate_visit visit,
             void *context, struct wh_error *err)
{
    struct wh_assessment_query asked = {query->year, query->under, query->as_of, query->pass_h,
                                        WH_SPAN_EMPTY};
    struct wh_arena arena = {NULL, 0};
    struct wh_assessment a;
    int rc = wh_assess(engine, &asked, &arena, &a, err);
    if (rc == 0 && a.count > 0) rc = visit_rate(&a, a.items[0].unit, query->year, visit, context);
    for (uint32_t i = 1; rc == 0 && i < a.count; i++) {
        const struct wh_unit *unit = a.items[i].unit;
        if (wh_unit_level(unit->kind) != WH_LEVEL_COUNTY || !wh_unit_exists(unit, a.day)) continue;
        rc = visit_rate(&a, unit, query->year, visit, context);
    }
    wh_arena_deinit(&arena);
    return rc < 0 ? rc : 0;
}
