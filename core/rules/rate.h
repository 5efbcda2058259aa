/* rate.h: the share of qualified units against the round's aim (D1), for a county or for all.
 *
 * Units: percent in hundredths; every division rounds down. Thread: any. Plain values. */
#ifndef WH_RULES_RATE_H
#define WH_RULES_RATE_H

#include "rules/rulebook.h"
#include "rules/share.h"

struct wh_rate {
    int64_t now_h;         /* -1: no units */
    int64_t baseline_h;    /* at the end of the last round */
    int64_t target_h;      /* baseline and raise, at most 100 */
    int64_t missing_h;     /* percentage points from now to the target; 0: reached */
    int64_t pace_h;        /* of them for each year that is left, `year` included, rounded up */
    int64_t units_missing; /* how many more must qualify to reach the target */
};

/* `county` may have a baseline of its own; empty: all. `units`: qualified of existing units of both
 * levels together, in `year`. */
struct wh_rate wh_rate_of(const struct wh_rulebook *book, struct wh_span county,
                          struct wh_share units, uint32_t year);

#endif
