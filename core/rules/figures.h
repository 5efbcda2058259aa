/* figures.h: the value of each metric for one unit (data.md "The rules, exactly", value of a
 * metric): rows of many quarters and origins become one number a metric.
 *
 * Units: a quarter is year x 4 + (0..3), as in base/date.h. Thread: any. Ownership: plain values;
 * origins are borrowed for the call. */
#ifndef WH_RULES_FIGURES_H
#define WH_RULES_FIGURES_H

#include "rules/rulebook.h"

/* One metric of one summary row. */
struct wh_reading {
    struct wh_span origin;
    int64_t value;
    uint32_t metric; /* a number that wh_rulebook_metric() gave */
    int32_t quarter;
};

struct wh_readings {
    const struct wh_reading *items; /* of one unit, in any order */
    size_t count;
};

/* Which year is asked, and the quarter in which the moment lies. */
struct wh_season {
    int32_t year;
    int32_t quarter;
};

/* Fills ret_values, of book->metrics_count, from the readings up to the season. The order of the
 * readings does not matter. WH_E_RANGE where a value does not fit 64 bits; ret_values is then
 * untouched. `scratch` holds what is needed until the end of the call. */
int wh_figures_add_up(const struct wh_rulebook *book, const struct wh_readings *readings,
                      struct wh_season season, struct wh_arena *scratch, int64_t *ret_values,
                      struct wh_error *err);

/* True where a reading of this metric and quarter takes part in the value: `explain` lists its row;
 * of a stock and a to_date only the latest of each origin decides. */
bool wh_reading_counts(const struct wh_rule_metric *metric, int32_t quarter,
                       struct wh_season season);

#endif
