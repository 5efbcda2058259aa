/* score.h: the score of one unit, item by item (data.md "The rules, exactly").
 *
 * Units: points in hundredths; every division rounds down. Thread: any. Plain values. */
#ifndef WH_RULES_SCORE_H
#define WH_RULES_SCORE_H

#include "rules/rulebook.h"

#define WH_JUDGED_NONE (-1) /* no assessor has entered points */

/* What is known of the unit. */
struct wh_marks {
    const int64_t *values;   /* one for each metric of the rulebook */
    const int64_t *judged_h; /* one for each item of the level, WH_JUDGED_NONE: none;
                              * NULL: none for all */
};

struct wh_item_score {
    const Wh__Item *item;
    int64_t points_h;
    int64_t have;   /* count, deduct: the value; share: the numerator; judged: 0 */
    int64_t of;     /* count: the need; share: the denominator; else 0 */
    uint32_t flags; /* 1: bonus, 2: open (not judged yet), as struct wh_explained has them */
};

#define WH_ITEM_BONUS 1u
#define WH_ITEM_OPEN 2u

struct wh_score {
    int64_t items_h;     /* sum of the items */
    int64_t bonus_all_h; /* sum of the bonuses */
    int64_t bonus_h;     /* what of it counts: at most the cap */
    int64_t total_h;     /* items_h + bonus_h: what is printed, ranked and held against the pass */
    uint32_t open;       /* items not judged yet */
};

/* Scores a unit of `level`. `ret_items`, of level->items_count, may be NULL. Never fails: no item
 * gives more than its points, and none less than 0. */
void wh_score_unit(const struct wh_rule_level *level, const struct wh_marks *marks,
                   struct wh_item_score *ret_items, struct wh_score *ret);

#endif
