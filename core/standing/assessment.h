/* assessment.h: every unit below a place scored as of a moment, from rows alone (product.md: exact,
 * repeatable). Rankings and explanations are read from it.
 *
 * Units: points in hundredths. Thread: loop. Ownership: all of it lives in the arena given. */
#ifndef WH_STANDING_ASSESSMENT_H
#define WH_STANDING_ASSESSMENT_H

#include "engine/programmes.h"
#include "engine/units.h"
#include "rules/completeness.h"
#include "rules/figures.h"
#include "rules/mean.h"
#include "rules/rulebook.h"
#include "rules/score.h"
#include "rules/verdict.h"
#include "standing/assessors.h"

struct wh_assessment_query {
    uint32_t year;
    struct wh_span under; /* empty: the home unit */
    struct wh_span as_of; /* empty: now */
    int64_t pass_h;       /* -1: the programme's */
    struct wh_span keep;  /* the unit whose readings and items are kept for an explanation */
};

/* One row's metric of the unit that is kept. */
struct wh_kept_reading {
    struct wh_reading reading;
    struct wh_span facet;
};

struct wh_assessed {
    const struct wh_unit *unit;
    struct wh_heard heard;
    struct wh_score score;
    struct wh_verdict verdict;
    int64_t accepted;                 /* WH_ACCEPTED_*: the verdict is final */
    struct wh_share units;            /* directly below: grassroots of a township-level unit */
    struct wh_share units_township;   /* of a county */
    struct wh_share units_grassroots; /* of a county */
    struct wh_share complete;         /* quarters heard of quarters begun, with units below */
    struct wh_mean mean;              /* of a county */
};

struct wh_assessment {
    struct wh_units tree;
    struct wh_programmes programmes;
    const struct wh_issue *issue;
    const struct wh_rulebook *book;
    struct wh_season season;
    int32_t day; /* whose units count: of the moment, or the last of the year before it */
    uint64_t place;
    uint32_t first; /* of tree.items: those below `under`, itself included */
    uint32_t count;
    struct wh_assessed *items; /* count */
    /* of the unit that is kept */
    struct wh_kept_reading *readings;
    uint32_t readings_count;
    int64_t *values; /* book->metrics_count; NULL: no such unit */
    struct wh_assessors assessors;
};

/* WH_E_NOT_FOUND: no such unit, or no programme for the year. WH_E_INVALID: `as_of` is no moment.
 * WH_E_RANGE, WH_E_IO, WH_E_CORRUPT. */
int wh_assess(struct wh_engine *engine, const struct wh_assessment_query *query,
              struct wh_arena *arena, struct wh_assessment *ret, struct wh_error *err);

/* The assessed unit of this code, or NULL. */
struct wh_assessed *wh_assessment_find(const struct wh_assessment *assessment, struct wh_span code);

/* True where the unit is ranked: some row of the year speaks of it, or for a county of a unit
 * below it. */
bool wh_assessed_is_ranked(const struct wh_assessed *assessed);

#endif
