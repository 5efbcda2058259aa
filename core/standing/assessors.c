#include "standing/assessors.h"

void wh_assessors_init(struct wh_assessors *assessors, const struct wh_rule_level *level,
                       struct wh_span unit, struct wh_season season, struct wh_arena *arena)
{
    size_t count = level ? level->items_count : 0;
    *assessors =
        (struct wh_assessors){.level = level, .unit = unit, .season = season, .arena = arena};
    assessors->judged_h = wh_arena_new(arena, count, sizeof(*assessors->judged_h));
    assessors->by = wh_arena_new(arena, count, sizeof(*assessors->by));
    for (size_t i = 0; i < count; i++) assessors->judged_h[i] = WH_JUDGED_NONE;
}

/* A code above another is a proper prefix of it. */
static bool lies_above(struct wh_span origin, struct wh_span unit)
{
    return origin.len < unit.len && wh_span_starts(unit, origin);
}

static void take_points(struct wh_assessors *assessors, struct wh_span origin,
                        const Wh__MetricValue *metric)
{
    int32_t item = wh_rule_level_item(assessors->level, wh_span_of(metric->id));
    if (item < 0 || assessors->level->items[item].item->form != WH__FORM__JUDGED) return;
    if (assessors->judged_h[item] != WH_JUDGED_NONE && origin.len <= assessors->by[item].len) {
        return;
    }
    assessors->judged_h[item] = metric->value < 0 ? 0 : metric->value;
    assessors->by[item] = wh_arena_copy(assessors->arena, origin);
}

static void take_acceptance(struct wh_assessors *assessors, struct wh_span origin,
                            const Wh__MetricValue *metric)
{
    bool known = metric->value == WH_ACCEPTED_PASSED || metric->value == WH_ACCEPTED_FAILED;
    if (!known || !wh_span_equal(wh_span_of(metric->id), WH_S("accepted"))) return;
    if (assessors->accepted != WH_ACCEPTED_NONE && origin.len <= assessors->accepter.len) return;
    assessors->accepted = metric->value;
    assessors->accepter = wh_arena_copy(assessors->arena, origin);
}

void wh_assessors_take(struct wh_assessors *assessors, struct wh_span facet, int32_t quarter,
                       struct wh_span origin, const Wh__SummaryValue *summary)
{
    bool points = wh_span_equal(facet, WH_FACET_JUDGEMENT);
    int32_t first = assessors->season.year * 4;
    if (!points && !wh_span_equal(facet, WH_FACET_ACCEPTANCE)) return;
    if (!assessors->level || !lies_above(origin, assessors->unit)) return;
    if (quarter < first || quarter > first + 3 || quarter > assessors->season.quarter) return;
    for (size_t i = 0; i < summary->n_metrics; i++) {
        if (points) {
            take_points(assessors, origin, summary->metrics[i]);
        } else {
            take_acceptance(assessors, origin, summary->metrics[i]);
        }
    }
}
