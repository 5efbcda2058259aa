/* completeness.h: was anybody there (data.md "Presence"): the quarters of the year with a presence
 * or summary row, over those that have begun.
 *
 * Units: a quarter is year x 4 + (0..3). Thread: any. Plain values. */
#ifndef WH_RULES_COMPLETENESS_H
#define WH_RULES_COMPLETENESS_H

#include "rules/figures.h"
#include "rules/share.h"

/* A unit's quarters with a row, as bits 0..3 of the year's four. */
struct wh_heard {
    uint32_t quarters;
};

/* Notes a row of `quarter`; rows of another year or after the moment change nothing. */
void wh_heard_note(struct wh_heard *heard, int32_t quarter, struct wh_season season);

/* True where any row of the year was noted: else the unit is unranked. */
bool wh_heard_any(struct wh_heard heard);

/* How many of the year's quarters have begun: 0 to 4. */
int64_t wh_season_quarters_begun(struct wh_season season);

/* The unit's quarters heard of quarters begun. Those of a township-level unit and its grassroots
 * units add, part to part and whole to whole; wh_share_h() prints them. */
struct wh_share wh_completeness_of(struct wh_heard heard, struct wh_season season);

#endif
