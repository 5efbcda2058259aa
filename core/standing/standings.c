#include "standing/standings.h"

#include "base/text.h"
#include "engine/doubts.h"
#include "rules/ranking.h"
#include "standing/assessment.h"

static struct wh_entrant entrant_of(const struct wh_assessed *one, uint32_t level)
{
    bool county = level == WH_LEVEL_COUNTY;
    bool ranked = wh_assessed_is_ranked(one);
    return (struct wh_entrant){
        .code = one->unit->code,
        .unit = one,
        .flags = (ranked ? WH_ENTRANT_RANKED : 0u) |
                 (ranked && one->verdict.qualified && !county ? WH_ENTRANT_QUALIFIED : 0u),
        .score_h = county ? wh_mean_h(&one->mean) : one->score.total_h,
        .units = county ? one->units_township.whole : one->units.whole,
        .units_qualified = county ? one->units_township.part : one->units.part,
        .units_grassroots = one->units_grassroots.whole,
        .units_grassroots_qualified = one->units_grassroots.part,
    };
}

static struct wh_standing standing_of(const struct wh_engine *engine,
                                      const struct wh_entrant *entrant, uint32_t level)
{
    const struct wh_assessed *one = entrant->unit;
    bool ranked = entrant->flags & WH_ENTRANT_RANKED;
    struct wh_standing standing = {
        .unit = one->unit->code,
        .name = one->unit->name,
        .unit_kind = wh_span_of(wh_unit_kind_word(one->unit->kind)),
        .parent = one->unit->parent,
        .flags = (ranked ? WH_STANDING_RANKED : 0u) |
                 (entrant->flags & WH_ENTRANT_QUALIFIED ? WH_STANDING_QUALIFIED : 0u) |
                 (entrant->flags & WH_ENTRANT_TIE ? WH_STANDING_TIE : 0u) |
                 (one->accepted != WH_ACCEPTED_NONE ? WH_STANDING_FINAL : 0u) |
                 ((one->heard.quarters & 15u) << WH_STANDING_HEARD_SHIFT),
        .rank = entrant->rank,
        .score_h = ranked ? entrant->score_h : -1,
        .units = level == WH_LEVEL_GRASSROOTS ? -1 : entrant->units,
        .units_qualified = level == WH_LEVEL_GRASSROOTS ? -1 : entrant->units_qualified,
        .units_grassroots = level == WH_LEVEL_COUNTY ? entrant->units_grassroots : -1,
        .units_grassroots_qualified =
            level == WH_LEVEL_COUNTY ? entrant->units_grassroots_qualified : -1,
        .complete_h = wh_share_h(one->complete),
        .doubts = wh_doubts_about(engine, one->unit->code),
    };
    return standing;
}

static int check_query(const struct wh_standing_query *query, uint32_t *ret_kind,
                       struct wh_error *err)
{
    *ret_kind = 0;
    if (query->unit_kind.len > 0) {
        struct wh_span near = wh_text_nearest(query->unit_kind, wh_unit_kind_each, NULL);
        *ret_kind = wh_unit_kind_of(query->unit_kind);
        if (*ret_kind == 0) {
            return wh_fail(err, WH_E_INVALID, near.data ? WH_MSG_UNIT_KIND_NEAR : WH_MSG_UNIT_KIND,
                           WH_ARGS(wh_arg_s(query->unit_kind), wh_arg_s(near)));
        }
    }
    if (query->level == WH_LEVEL_COUNTY || query->level == WH_LEVEL_TOWNSHIP ||
        query->level == WH_LEVEL_GRASSROOTS) {
        return 0;
    }
    return wh_fail(err, WH_E_INVALID, WH_MSG_RANK_LEVEL, NULL);
}

int wh_standings(struct wh_engine *engine, const struct wh_standing_query *query,
                 wh_standing_visit visit, void *context, struct wh_error *err)
{
    struct wh_assessment_query asked = {query->year, query->under, query->as_of, query->pass_h,
                                        WH_SPAN_EMPTY};
    struct wh_arena arena = {NULL, 0};
    struct wh_assessment a;
    struct wh_entrant *entrants;
    uint32_t count = 0, kind;
    int rc = check_query(query, &kind, err);
    if (rc == 0) rc = wh_assess(engine, &asked, &arena, &a, err);
    if (rc < 0) goto out;
    entrants = wh_arena_new(&arena, a.count, sizeof(*entrants));
    for (uint32_t i = 0; i < a.count; i++) {
        const struct wh_unit *unit = a.items[i].unit;
        if (wh_unit_level(unit->kind) != query->level || !wh_unit_exists(unit, a.day)) continue;
        if (kind != 0 && unit->kind != kind) continue;
        entrants[count++] = entrant_of(&a.items[i], query->level);
    }
    wh_ranking_sort(wh_rulebook_level(a.book, query->level), entrants, count);
    for (uint32_t i = 0; i < count && rc == 0; i++) {
        struct wh_standing standing = standing_of(engine, &entrants[i], query->level);
        rc = visit(context, &standing);
    }
out:
    wh_arena_deinit(&arena);
    return rc < 0 ? rc : 0;
}
