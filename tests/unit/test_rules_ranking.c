#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rules/mean.h"
#include "rules/ranking.h"
#include "rules/rate.h"
#include "rules/verdict.h"

static const Wh__RankingKey township_keys[] = {WH__RANKING_KEY__VERDICT, WH__RANKING_KEY__SCORE,
                                               WH__RANKING_KEY__UNIT_SHARE};
static const Wh__RankingKey county_keys[] = {WH__RANKING_KEY__SHARE_TOWNSHIP,
                                             WH__RANKING_KEY__SHARE_GRASSROOTS,
                                             WH__RANKING_KEY__MEAN_SCORE};
static const struct wh_rule_level township = {.keys = township_keys, .keys_count = 3};
static const struct wh_rule_level county = {.keys = county_keys, .keys_count = 3};

static struct wh_entrant entrant_of(const char *code, uint32_t flags, int64_t score_h)
{
    return (struct wh_entrant){
        .code = wh_span_of(code), .flags = flags | WH_ENTRANT_RANKED, .score_h = score_h};
}

/* "A1 B2= C2= D-" */
static void assert_ranking(const struct wh_entrant *entrants, size_t count, const char *expected)
{
    char line[400] = "";
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const struct wh_entrant *e = &entrants[i];
        char rank[16] = "-";
        if (e->rank > 0) (void)snprintf(rank, sizeof(rank), "%u", e->rank);
        at += (size_t)snprintf(line + at, sizeof(line) - at, "%s%.*s%s%s", i > 0 ? " " : "",
                               (int)e->code.len, e->code.data, rank,
                               (e->flags & WH_ENTRANT_TIE) ? "=" : "");
    }
    assert_string_equal(line, expected);
}

static void equal_keys_share_a_rank_and_are_listed_by_code(void **state)
{
    struct wh_entrant entrants[] = {
        entrant_of("D", 0, 8000),
        entrant_of("C", 0, 9000),
        entrant_of("A", 0, 9500),
        entrant_of("B", 0, 9000),
        entrant_of("E", WH_ENTRANT_TIE, 7000),
    };
    (void)state;
    wh_ranking_sort(&township, entrants, 5);
    assert_ranking(entrants, 5, "A1 B2= C2= D4 E5");
}

static void a_unit_that_qualifies_comes_before_a_higher_score_that_does_not(void **state)
{
    struct wh_entrant entrants[] = {entrant_of("A", 0, 9900),
                                    entrant_of("B", WH_ENTRANT_QUALIFIED, 8000)};
    (void)state;
    wh_ranking_sort(&township, entrants, 2);
    assert_ranking(entrants, 2, "B1 A2");
}

static void the_unranked_come_last_by_code_whatever_they_have(void **state)
{
    struct wh_entrant entrants[] = {
        entrant_of("Z", WH_ENTRANT_QUALIFIED, 9900),
        entrant_of("Y", WH_ENTRANT_QUALIFIED, 9900),
        entrant_of("M", 0, 0),
    };
    (void)state;
    entrants[0].flags &= ~WH_ENTRANT_RANKED;
    entrants[1].flags &= ~WH_ENTRANT_RANKED;
    wh_ranking_sort(&township, entrants, 3);
    assert_ranking(entrants, 3, "M1 Y- Z-");
}

static void shares_compare_exactly_and_a_share_of_none_is_zero(void **state)
{
    struct wh_entrant entrants[] = {
        entrant_of("A", 0, 8000), entrant_of("B", 0, 8000), entrant_of("C", 0, 8000),
        entrant_of("D", 0, 8000), entrant_of("E", 0, 8000),
    };
    (void)state;
    entrants[0].units = 3, entrants[0].units_qualified = 1;            /* 33.333.. % */
    entrants[1].units = 1000000, entrants[1].units_qualified = 333333; /* 33.3333 % */
    entrants[2].units = 0;                                             /* none */
    entrants[3].units = 9, entrants[3].units_qualified = 3;            /* as A */
    entrants[4].units = 5;                                             /* 0 % */
    wh_ranking_sort(&township, entrants, 5);
    assert_ranking(entrants, 5, "A1= D1= B3 C4= E4=");
}

static void counties_go_by_both_shares_then_by_the_mean(void **state)
{
    struct wh_entrant entrants[] = {
        entrant_of("A", 0, 9900), entrant_of("B", 0, 7000), entrant_of("C", 0, 7500),
        entrant_of("D", 0, -1),   entrant_of("E", 0, 0),
    };
    (void)state;
    entrants[1].units = 4, entrants[1].units_qualified = 2;
    entrants[2].units = 2, entrants[2].units_qualified = 1;
    entrants[1].units_grassroots = 7, entrants[1].units_grassroots_qualified = 5;
    entrants[2].units_grassroots = 14, entrants[2].units_grassroots_qualified = 10;
    wh_ranking_sort(&county, entrants, 5);
    assert_ranking(entrants, 5, "C1 B2 A3 D4= E4=");
    (void)state;
}

static uint64_t next(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

#define ENTRANTS 60

static void draw_entrants(uint64_t *seed, char codes[ENTRANTS][8], struct wh_entrant *ret)
{
    for (size_t i = 0; i < ENTRANTS; i++) {
        (void)snprintf(codes[i], 8, "%zu", 1000 + i);
        ret[i] = (struct wh_entrant){
            .code = wh_span_of(codes[i]),
            .flags = (uint32_t)(next(seed) % 4),
            .score_h = (int64_t)(next(seed) % 5) * 100 - 1,
            .units = (int64_t)(next(seed) % 4),
            .units_grassroots = (int64_t)(next(seed) % 4),
        };
        ret[i].units_qualified = (int64_t)(next(seed) % 4) % (ret[i].units + 1);
        ret[i].units_grassroots_qualified =
            (int64_t)(next(seed) % 4) % (ret[i].units_grassroots + 1);
    }
}

static void shuffle(uint64_t *seed, struct wh_entrant *entrants)
{
    for (size_t i = ENTRANTS; i > 1; i--) {
        size_t other = (size_t)(next(seed) % i);
        struct wh_entrant kept = entrants[i - 1];
        entrants[i - 1] = entrants[other];
        entrants[other] = kept;
    }
}

static void the_order_given_does_not_matter(void **state)
{
    uint64_t seed = 4;
    (void)state;
    for (int round = 0; round < 400; round++) {
        const struct wh_rule_level *level = round % 2 ? &county : &township;
        char codes[ENTRANTS][8];
        struct wh_entrant first[ENTRANTS], second[ENTRANTS];
        draw_entrants(&seed, codes, first);
        memcpy(second, first, sizeof(first));
        shuffle(&seed, second);
        wh_ranking_sort(level, first, ENTRANTS);
        wh_ranking_sort(level, second, ENTRANTS);
        for (size_t i = 0; i < ENTRANTS; i++) {
            assert_true(wh_span_equal(first[i].code, second[i].code));
            assert_int_equal(first[i].rank, second[i].rank);
            assert_int_equal(first[i].flags, second[i].flags);
        }
    }
}

static void a_rank_is_one_more_than_the_number_of_better_units(void **state)
{
    uint64_t seed = 5;
    (void)state;
    for (int round = 0; round < 400; round++) {
        const struct wh_rule_level *level = round % 2 ? &county : &township;
        char codes[ENTRANTS][8];
        struct wh_entrant all[ENTRANTS];
        draw_entrants(&seed, codes, all);
        wh_ranking_sort(level, all, ENTRANTS);
        for (size_t i = 0; i < ENTRANTS; i++) {
            uint32_t better = 0, same = 0;
            for (size_t k = 0; k < ENTRANTS; k++) {
                better += wh_ranking_compare(level, &all[k], &all[i]) < 0;
                same += wh_ranking_compare(level, &all[k], &all[i]) == 0;
            }
            if (!(all[i].flags & WH_ENTRANT_RANKED)) {
                assert_int_equal(all[i].rank, 0);
                continue;
            }
            assert_int_equal(all[i].rank, better + 1);
            assert_int_equal((all[i].flags & WH_ENTRANT_TIE) != 0, same > 1);
        }
    }
}

static void a_township_needs_both_the_points_and_the_share(void **state)
{
    const struct wh_rule_level level = {.pass_h = 8000, .share_percent = 80};
    struct wh_pass pass = wh_pass_of(&level, WH_PASS_OF_PROGRAMME);
    struct wh_verdict verdict;
    (void)state;
    assert_true(wh_verdict_of(pass, 8000, (struct wh_share){8, 10}).qualified);
    assert_true(wh_verdict_of(pass, 8000, (struct wh_share){0, 0}).qualified);
    verdict = wh_verdict_of(pass, 7999, (struct wh_share){9, 10});
    assert_false(verdict.qualified);
    assert_int_equal(verdict.points_missing_h, 1);
    assert_int_equal(verdict.units_missing, 0);
    verdict = wh_verdict_of(pass, 9900, (struct wh_share){7, 9}); /* 77.8 % */
    assert_false(verdict.qualified);
    assert_true(verdict.score_reached);
    assert_int_equal(verdict.units_missing, 1); /* 8 of 9 is 88.9 % */
    assert_true(wh_verdict_of(wh_pass_of(&level, 7000), 7000, (struct wh_share){4, 5}).qualified);
}

static void a_grassroots_unit_needs_the_points_alone(void **state)
{
    const struct wh_rule_level level = {.pass_h = 8000};
    struct wh_pass pass = wh_pass_of(&level, WH_PASS_OF_PROGRAMME);
    (void)state;
    assert_true(wh_verdict_of(pass, 8000, (struct wh_share){0, 0}).qualified);
    assert_false(wh_verdict_of(pass, 7999, (struct wh_share){0, 0}).qualified);
}

static void missing_units_are_just_enough(void **state)
{
    uint64_t seed = 6;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct wh_share share = {0, (int64_t)(next(&seed) % 60)};
        int64_t percent = (int64_t)(next(&seed) % 101), missing;
        share.part = (int64_t)(next(&seed) % 60) % (share.whole + 1);
        missing = wh_share_missing(share, percent);
        share.part += missing;
        assert_true(share.part <= share.whole || missing == 0);
        assert_true(wh_share_reaches(share, percent));
        if (missing == 0) continue;
        share.part--;
        assert_false(wh_share_reaches(share, percent));
    }
}

static void a_share_prints_rounded_down_and_none_is_none(void **state)
{
    (void)state;
    assert_int_equal(wh_share_h((struct wh_share){2, 3}), 6666);
    assert_int_equal(wh_share_h((struct wh_share){3, 3}), 10000);
    assert_int_equal(wh_share_h((struct wh_share){0, 3}), 0);
    assert_int_equal(wh_share_h((struct wh_share){0, 0}), -1);
}

static void a_mean_rounds_down_and_of_none_there_is_none(void **state)
{
    struct wh_mean mean = {0, 0};
    (void)state;
    assert_int_equal(wh_mean_h(&mean), -1);
    assert_int_equal(wh_mean_add(&mean, 8000), 0);
    assert_int_equal(wh_mean_add(&mean, 8001), 0);
    assert_int_equal(wh_mean_h(&mean), 8000);
    assert_int_equal(wh_mean_add(&mean, INT64_MAX), WH_E_RANGE);
    assert_int_equal(wh_mean_h(&mean), 8000);
}

static void the_rate_tells_how_far_the_rounds_aim_is(void **state)
{
    uint32_t years[] = {2025, 2026, 2027};
    Wh__Baseline own = WH__BASELINE__INIT, *baselines[] = {&own};
    Wh__Programme programme = WH__PROGRAMME__INIT;
    const struct wh_rulebook book = {.programme = &programme};
    char code[] = "231182";
    struct wh_rate rate;
    (void)state;
    programme.years = years, programme.n_years = 3;
    programme.baseline_rate_h = 6200, programme.raise_points_h = 1500;
    own.unit = code, own.rate_h = 9000;
    programme.baselines = baselines, programme.n_baselines = 1;
    rate = wh_rate_of(&book, WH_SPAN_EMPTY, (struct wh_share){70, 100}, 2026);
    assert_int_equal(rate.now_h, 7000);
    assert_int_equal(rate.target_h, 7700);
    assert_int_equal(rate.missing_h, 700);
    assert_int_equal(rate.pace_h, 350);
    assert_int_equal(rate.units_missing, 7);
    rate = wh_rate_of(&book, WH_S("231182"), (struct wh_share){100, 100}, 2027);
    assert_int_equal(rate.baseline_h, 9000);
    assert_int_equal(rate.target_h, 10000);
    assert_int_equal(rate.units_missing, 0);
    assert_int_equal(wh_rate_of(&book, WH_SPAN_EMPTY, (struct wh_share){0, 0}, 2026).now_h, -1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_keys_share_a_rank_and_are_listed_by_code),
        cmocka_unit_test(a_unit_that_qualifies_comes_before_a_higher_score_that_does_not),
        cmocka_unit_test(the_unranked_come_last_by_code_whatever_they_have),
        cmocka_unit_test(shares_compare_exactly_and_a_share_of_none_is_zero),
        cmocka_unit_test(counties_go_by_both_shares_then_by_the_mean),
        cmocka_unit_test(the_order_given_does_not_matter),
        cmocka_unit_test(a_rank_is_one_more_than_the_number_of_better_units),
        cmocka_unit_test(a_township_needs_both_the_points_and_the_share),
        cmocka_unit_test(a_grassroots_unit_needs_the_points_alone),
        cmocka_unit_test(missing_units_are_just_enough),
        cmocka_unit_test(a_share_prints_rounded_down_and_none_is_none),
        cmocka_unit_test(a_mean_rounds_down_and_of_none_there_is_none),
        cmocka_unit_test(the_rate_tells_how_far_the_rounds_aim_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
