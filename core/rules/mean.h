/* mean.h: the mean score of a county's ranked township-level units, rounded down.
 * Units: points in hundredths. Thread: any. Plain values; a zeroed struct has none. */
#ifndef WH_RULES_MEAN_H
#define WH_RULES_MEAN_H

#include <stdint.h>

struct wh_mean {
    int64_t sum_h;
    int64_t count;
};

/* WH_E_RANGE where the sum does not fit; `mean` is then untouched. */
int wh_mean_add(struct wh_mean *mean, int64_t score_h);

/* -1 where none was added. */
int64_t wh_mean_h(const struct wh_mean *mean);

#endif
