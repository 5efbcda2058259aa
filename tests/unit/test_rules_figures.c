#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rules/completeness.h"
#include "rules/figures.h"

enum { FLOW, STOCK, TO_DATE, ROLES, AIDED, METRICS };

/* Three metrics that add, two that are distinct. */
static const struct wh_rule_metric metrics[METRICS] = {
    [FLOW] = {{"flow", 4}, {"k", 1}, WH_FLOW, WH_COMBINE_ADD},
    [STOCK] = {{"stock", 5}, {"k", 1}, WH_STOCK, WH_COMBINE_ADD},
    [TO_DATE] = {{"to_date", 7}, {"k", 1}, WH_TO_DATE, WH_COMBINE_ADD},
    [ROLES] = {{"roles", 5}, {"k", 1}, WH_STOCK, WH_COMBINE_GREATEST},
    [AIDED] = {{"aided", 5}, {"k", 1}, WH_TO_DATE, WH_COMBINE_GREATEST},
};
static const struct wh_rulebook book = {.metrics = metrics, .metrics_count = METRICS};

#define Q(year, quarter) ((year)*4 + (quarter)-1)
#define A                                                                                          \
    {                                                                                              \
        "231182", 6                                                                                \
    }
#define B                                                                                          \
    {                                                                                              \
        "2311", 4                                                                                  \
    }

static int64_t value_of(uint32_t metric, const struct wh_reading *items, size_t count,
                        struct wh_season season)
{
    struct wh_arena scratch;
    int64_t values[METRICS];
    wh_arena_init(&scratch);
    assert_int_equal(wh_figures_add_up(&book, &(struct wh_readings){items, count}, season, &scratch,
                                       values, NULL),
                     0);
    wh_arena_deinit(&scratch);
    return values[metric];
}

static void a_flow_adds_over_the_quarters_of_the_year(void **state)
{
    const struct wh_reading readings[] = {
        {A, 100, FLOW, Q(2025, 4)}, {A, 1, FLOW, Q(2026, 1)}, {A, 2, FLOW, Q(2026, 2)},
        {B, 4, FLOW, Q(2026, 2)},   {A, 8, FLOW, Q(2026, 4)}, {A, 1000, FLOW, Q(2027, 1)},
    };
    (void)state;
    assert_int_equal(value_of(FLOW, readings, 6, (struct wh_season){2026, Q(2027, 3)}), 15);
    assert_int_equal(value_of(FLOW, readings, 6, (struct wh_season){2026, Q(2026, 3)}), 7);
    assert_int_equal(value_of(FLOW, readings, 6, (struct wh_season){2026, Q(2025, 4)}), 0);
    assert_int_equal(value_of(FLOW, readings, 6, (struct wh_season){2025, Q(2026, 3)}), 100);
}

static void a_stock_takes_the_latest_of_each_origin_and_earlier_years_too(void **state)
{
    const struct wh_reading readings[] = {
        {A, 9, STOCK, Q(2026, 2)},  {B, 20, STOCK, Q(2024, 3)},   {A, 7, STOCK, Q(2026, 1)},
        {B, 30, STOCK, Q(2024, 1)}, {A, 1000, STOCK, Q(2027, 1)},
    };
    (void)state;
    assert_int_equal(value_of(STOCK, readings, 5, (struct wh_season){2026, Q(2027, 3)}), 29);
    assert_int_equal(value_of(STOCK, readings, 5, (struct wh_season){2026, Q(2026, 1)}), 27);
    assert_int_equal(value_of(STOCK, readings, 5, (struct wh_season){2025, Q(2027, 1)}), 20);
}

static void a_later_stock_of_zero_replaces_an_earlier_one(void **state)
{
    const struct wh_reading readings[] = {{A, 9, STOCK, Q(2026, 1)}, {A, 0, STOCK, Q(2026, 2)}};
    (void)state;
    assert_int_equal(value_of(STOCK, readings, 2, (struct wh_season){2026, Q(2026, 4)}), 0);
}

static void a_to_date_takes_the_latest_of_the_year_alone(void **state)
{
    const struct wh_reading readings[] = {
        {A, 50, TO_DATE, Q(2025, 4)},
        {A, 3, TO_DATE, Q(2026, 1)},
        {A, 5, TO_DATE, Q(2026, 3)},
        {B, 2, TO_DATE, Q(2026, 1)},
    };
    (void)state;
    assert_int_equal(value_of(TO_DATE, readings, 4, (struct wh_season){2026, Q(2026, 4)}), 7);
    assert_int_equal(value_of(TO_DATE, readings, 4, (struct wh_season){2026, Q(2026, 2)}), 5);
    assert_int_equal(value_of(TO_DATE, readings, 4, (struct wh_season){2027, Q(2027, 4)}), 0);
}

static void distinct_takes_the_greatest_of_the_origins(void **state)
{
    const struct wh_reading readings[] = {
        {A, 4, ROLES, Q(2026, 1)}, {B, 6, ROLES, Q(2025, 1)}, {A, 3, AIDED, Q(2026, 1)},
        {B, 9, AIDED, Q(2025, 4)}, {B, 2, AIDED, Q(2026, 2)},
    };
    (void)state;
    assert_int_equal(value_of(ROLES, readings, 5, (struct wh_season){2026, Q(2026, 4)}), 6);
    assert_int_equal(value_of(AIDED, readings, 5, (struct wh_season){2026, Q(2026, 4)}), 3);
}

static void a_sum_beyond_64_bits_is_refused_and_changes_nothing(void **state)
{
    const struct wh_reading readings[] = {{A, INT64_MAX, STOCK, Q(2026, 1)},
                                          {B, 1, STOCK, Q(2026, 1)}};
    struct wh_arena scratch;
    struct wh_error err;
    int64_t values[METRICS] = {7, 7, 7, 7, 7};
    (void)state;
    wh_arena_init(&scratch);
    assert_int_equal(wh_figures_add_up(&book, &(struct wh_readings){readings, 2},
                                       (struct wh_season){2026, Q(2026, 4)}, &scratch, values,
                                       &err),
                     WH_E_RANGE);
    assert_int_equal(err.message, WH_MSG_RULES_RANGE);
    assert_string_equal(err.args[0], "stock");
    for (size_t i = 0; i < METRICS; i++) assert_int_equal(values[i], 7);
    wh_arena_deinit(&scratch);
}

static void a_sum_that_fits_in_the_end_is_no_overflow(void **state)
{
    const struct wh_reading readings[] = {
        {A, INT64_MAX, FLOW, Q(2026, 1)}, {A, 5, FLOW, Q(2026, 2)}, {A, -5, FLOW, Q(2026, 3)}};
    (void)state;
    assert_int_equal(value_of(FLOW, readings, 3, (struct wh_season){2026, Q(2026, 4)}), INT64_MAX);
}

static uint64_t next(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

#define READINGS_MAX 120

/* One reading for each (metric, quarter, origin) at most, as rows have it. */
static size_t draw_readings(uint64_t *seed, struct wh_reading *ret)
{
    static const struct wh_span origins[3] = {A, B, {"231182108", 9}};
    size_t count = 0;
    for (uint32_t metric = 0; metric < METRICS; metric++) {
        for (int32_t quarter = Q(2024, 3); quarter <= Q(2026, 2); quarter++) {
            for (size_t origin = 0; origin < 3; origin++) {
                if (next(seed) % 3 != 0) continue;
                ret[count++] = (struct wh_reading){origins[origin], (int64_t)(next(seed) % 50),
                                                   metric, quarter};
            }
        }
    }
    return count;
}

/* The rule written as directly as it reads, without an eye to speed. */
static int64_t by_the_book(uint32_t metric, const struct wh_reading *readings, size_t count,
                           struct wh_season season)
{
    int64_t added = 0, greatest = 0;
    for (size_t first = 0; first < count; first++) {
        int64_t own = 0;
        int32_t latest = INT32_MIN;
        bool seen = readings[first].metric != metric;
        for (size_t i = 0; i < first; i++) {
            seen = seen || (readings[i].metric == metric &&
                            wh_span_equal(readings[i].origin, readings[first].origin));
        }
        for (size_t i = first; i < count && !seen; i++) {
            const struct wh_reading *r = &readings[i];
            bool in_year = r->quarter / 4 == season.year;
            if (r->metric != metric || !wh_span_equal(r->origin, readings[first].origin)) continue;
            if (r->quarter / 4 > season.year || r->quarter > season.quarter) continue;
            if (metrics[metric].type == WH_FLOW) own += in_year ? r->value : 0;
            if (metrics[metric].type == WH_FLOW || r->quarter < latest) continue;
            if (metrics[metric].type == WH_TO_DATE && !in_year) continue;
            latest = r->quarter;
            own = r->value;
        }
        added += own;
        greatest = own > greatest ? own : greatest;
    }
    return metrics[metric].combining == WH_COMBINE_ADD ? added : greatest;
}

static void the_order_of_readings_does_not_matter_and_the_rule_is_kept(void **state)
{
    struct wh_reading readings[READINGS_MAX];
    uint64_t seed = 36;
    (void)state;
    for (int round = 0; round < 300; round++) {
        struct wh_season season = {2024 + (int32_t)(next(&seed) % 3),
                                   Q(2024, 3) + (int32_t)(next(&seed) % 10)};
        size_t count = draw_readings(&seed, readings);
        int64_t expected[METRICS];
        for (uint32_t m = 0; m < METRICS; m++) {
            expected[m] = by_the_book(m, readings, count, season);
        }
        for (int shuffle = 0; shuffle < 3; shuffle++) {
            for (uint32_t m = 0; m < METRICS; m++) {
                assert_int_equal(value_of(m, readings, count, season), expected[m]);
            }
            for (size_t i = count; i > 1; i--) {
                size_t other = (size_t)(next(&seed) % i);
                struct wh_reading kept = readings[i - 1];
                readings[i - 1] = readings[other];
                readings[other] = kept;
            }
        }
    }
}

static void quarters_heard_count_among_those_that_have_begun(void **state)
{
    struct wh_season season = {2026, Q(2026, 3)};
    struct wh_heard heard = {0};
    struct wh_share share;
    (void)state;
    wh_heard_note(&heard, Q(2025, 4), season);
    wh_heard_note(&heard, Q(2026, 4), season);
    assert_false(wh_heard_any(heard));
    wh_heard_note(&heard, Q(2026, 1), season);
    wh_heard_note(&heard, Q(2026, 3), season);
    wh_heard_note(&heard, Q(2026, 3), season);
    assert_true(wh_heard_any(heard));
    share = wh_completeness_of(heard, season);
    assert_int_equal(share.part, 2);
    assert_int_equal(share.whole, 3);
    assert_int_equal(wh_share_h(share), 6666);
    season.quarter = Q(2025, 4);
    assert_int_equal(wh_season_quarters_begun(season), 0);
    assert_int_equal(wh_share_h(wh_completeness_of(heard, season)), -1);
    season.quarter = Q(2028, 1);
    assert_int_equal(wh_season_quarters_begun(season), 4);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flow_adds_over_the_quarters_of_the_year),
        cmocka_unit_test(a_stock_takes_the_latest_of_each_origin_and_earlier_years_too),
        cmocka_unit_test(a_later_stock_of_zero_replaces_an_earlier_one),
        cmocka_unit_test(a_to_date_takes_the_latest_of_the_year_alone),
        cmocka_unit_test(distinct_takes_the_greatest_of_the_origins),
        cmocka_unit_test(a_sum_beyond_64_bits_is_refused_and_changes_nothing),
        cmocka_unit_test(a_sum_that_fits_in_the_end_is_no_overflow),
        cmocka_unit_test(the_order_of_readings_does_not_matter_and_the_rule_is_kept),
        cmocka_unit_test(quarters_heard_count_among_those_that_have_begun),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
