/* assessors.h: what the levels above say of one unit: judged points, and acceptance (domain.md D4,
 * D28, D31). They come as summary rows of two facets, each with metrics by name:
 *   `judgement`: the id of a judged item -> its points in hundredths;
 *   `acceptance`: `accepted` -> WH_ACCEPTED_*.
 * Only a unit above speaks: a row counts where its origin lies above the unit, and of several the
 * nearest one's. Thread: loop. Ownership: all of it lives in the arena given. */
#ifndef WH_STANDING_ASSESSORS_H
#define WH_STANDING_ASSESSORS_H

#include "row.pb-c.h"
#include "rules/figures.h"
#include "rules/score.h"

#define WH_FACET_JUDGEMENT WH_S("judgement")
#define WH_FACET_ACCEPTANCE WH_S("acceptance")

#define WH_ACCEPTED_NONE 0
#define WH_ACCEPTED_PASSED 1
#define WH_ACCEPTED_FAILED 2

struct wh_assessors {
    const struct wh_rule_level *level; /* NULL: one that is not scored */
    struct wh_span unit;
    struct wh_season season;
    int64_t *judged_h;       /* one for each item of the level; WH_JUDGED_NONE */
    struct wh_span *by;      /* beside it: whose word it is */
    int64_t accepted;        /* WH_ACCEPTED_* */
    struct wh_span accepter; /* whose word that is */
    struct wh_arena *arena;
};

/* Nobody has said anything of `unit` yet. */
void wh_assessors_init(struct wh_assessors *assessors, const struct wh_rule_level *level,
                       struct wh_span unit, struct wh_season season, struct wh_arena *arena);

/* Takes one summary row of the unit; one of another facet, year or writer says nothing. */
void wh_assessors_take(struct wh_assessors *assessors, struct wh_span facet, int32_t quarter,
                       struct wh_span origin, const Wh__SummaryValue *summary);

#endif
