/* rulebook.h: a programme made ready for arithmetic: its metrics numbered, the items of each level
 * with the numbers of their metrics. Everything else in this room takes it.
 *
 * Units: points in hundredths. Thread: any; a rulebook never changes. Ownership: it lives in the
 * arena given and borrows from the programme, which must outlive it. */
#ifndef WH_RULES_RULEBOOK_H
#define WH_RULES_RULEBOOK_H

#include "model/programme.h"

#define WH_METRIC_NONE UINT32_MAX

/* How the origins of one cell combine: most add, a `distinct` takes the greatest. */
enum wh_combining {
    WH_COMBINE_ADD,
    WH_COMBINE_GREATEST,
};

struct wh_rule_metric {
    struct wh_span id;
    struct wh_span facet; /* the kind whose records are measured; empty: any, of a plugin */
    uint32_t type;        /* WH_FLOW, WH_STOCK, WH_TO_DATE */
    enum wh_combining combining;
};

struct wh_rule_item {
    const Wh__Item *item;
    uint32_t metric;      /* numerator of a share; WH_METRIC_NONE: counts 0 */
    uint32_t denominator; /* of a share */
};

/* The rubric, pass line and ranking keys of one level. */
struct wh_rule_level {
    uint32_t level; /* WH_LEVEL_* */
    const struct wh_rule_item *items;
    size_t items_count;
    int64_t full_h; /* of the items without the bonuses */
    int64_t bonus_cap_h;
    int64_t pass_h;
    int64_t share_percent; /* of its units that a unit must have qualified; 0: none */
    const Wh__RankingKey *keys;
    size_t keys_count;
};

struct wh_rulebook {
    const Wh__Programme *programme;
    const struct wh_rule_metric *metrics;
    uint32_t metrics_count;
    const uint32_t *slots; /* of wh_rulebook_metric() */
    uint32_t slots_mask;
    struct wh_rule_level county; /* has no items */
    struct wh_rule_level township;
    struct wh_rule_level grassroots;
};

const struct wh_rulebook *wh_rulebook_new(const Wh__Programme *programme, struct wh_arena *arena);

/* The number of the metric with this id, or -1. */
int32_t wh_rulebook_metric(const struct wh_rulebook *book, struct wh_span id);

/* True where rows of this facet may give the metric: what another kind says of it counts for
 * nothing, whoever sends it. */
bool wh_rule_metric_is_of(const struct wh_rule_metric *metric, struct wh_span facet);

/* The rules of WH_LEVEL_COUNTY, _TOWNSHIP or _GRASSROOTS; NULL for a level that is not ranked. */
const struct wh_rule_level *wh_rulebook_level(const struct wh_rulebook *book, uint32_t level);

/* The place of the item with this id among the level's, or -1. */
int32_t wh_rule_level_item(const struct wh_rule_level *level, struct wh_span id);

#endif
