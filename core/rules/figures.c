#include "rules/figures.h"

#include "base/assert.h"
#include "base/num.h"

/* What one origin says of one metric. A metric's origins form a chain: there are one or two. */
struct share_of_origin {
    struct wh_span origin;
    wh_int128 value;
    struct share_of_origin *next;
    int32_t quarter; /* the latest seen */
};

static struct share_of_origin *find_share(struct share_of_origin **chain, struct wh_span origin,
                                          struct wh_arena *scratch);
static void take(struct share_of_origin *share, const struct wh_rule_metric *metric,
                 const struct wh_reading *reading);
static wh_int128 combine(const struct share_of_origin *chain, enum wh_combining combining);

int wh_figures_add_up(const struct wh_rulebook *book, const struct wh_readings *readings,
                      struct wh_season season, struct wh_arena *scratch, int64_t *ret_values,
                      struct wh_error *err)
{
    struct share_of_origin **chains = wh_arena_new(scratch, book->metrics_count, sizeof(*chains));
    int64_t *values = wh_arena_new(scratch, book->metrics_count, sizeof(*values));
    for (size_t i = 0; i < readings->count; i++) {
        const struct wh_reading *reading = &readings->items[i];
        const struct wh_rule_metric *metric;
        WH_ASSERT(reading->metric < book->metrics_count);
        metric = &book->metrics[reading->metric];
        if (!wh_reading_counts(metric, reading->quarter, season)) continue;
        take(find_share(&chains[reading->metric], reading->origin, scratch), metric, reading);
    }
    for (uint32_t m = 0; m < book->metrics_count; m++) {
        /* Added in 128 bits and compared once: whether a sum fits does not hang on its order. */
        wh_int128 value = combine(chains[m], book->metrics[m].combining);
        if (value > INT64_MAX || value < INT64_MIN) {
            return wh_fail(err, WH_E_RANGE, WH_MSG_RULES_RANGE,
                           WH_ARGS(wh_arg_s(book->metrics[m].id)));
        }
        values[m] = (int64_t)value;
    }
    if (book->metrics_count > 0) memcpy(ret_values, values, book->metrics_count * sizeof(*values));
    return 0;
}

bool wh_reading_counts(const struct wh_rule_metric *metric, int32_t quarter,
                       struct wh_season season)
{
    int32_t first = season.year * 4;
    if (quarter > first + 3 || quarter > season.quarter) return false;
    return metric->type == WH_STOCK || quarter >= first;
}

static struct share_of_origin *find_share(struct share_of_origin **chain, struct wh_span origin,
                                          struct wh_arena *scratch)
{
    struct share_of_origin *share = *chain;
    while (share && !wh_span_equal(share->origin, origin)) share = share->next;
    if (share) return share;
    share = wh_arena_new(scratch, 1, sizeof(*share));
    share->origin = origin;
    share->quarter = INT32_MIN;
    share->next = *chain;
    *chain = share;
    return share;
}

/* A flow adds. Of a stock and a to_date the latest quarter stays. A row has one reading of a
 * metric; should two ever come for one quarter, the greater stays, so that order cannot tell. */
static void take(struct share_of_origin *share, const struct wh_rule_metric *metric,
                 const struct wh_reading *reading)
{
    if (metric->type == WH_FLOW) {
        share->value += reading->value;
        return;
    }
    if (reading->quarter < share->quarter) return;
    if (reading->quarter == share->quarter && reading->value <= share->value) return;
    share->quarter = reading->quarter;
    share->value = reading->value;
}

static wh_int128 combine(const struct share_of_origin *chain, enum wh_combining combining)
{
    wh_int128 value = 0;
    for (const struct share_of_origin *share = chain; share; share = share->next) {
        if (combining == WH_COMBINE_ADD) {
            value += share->value;
        } else if (share == chain || share->value > value) {
            value = share->value;
        }
    }
    return value;
}
