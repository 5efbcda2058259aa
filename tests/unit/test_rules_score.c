#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "rules/score.h"
#include "rules/sentence.h"

#define VALUES 4

static Wh__Item item_of(Wh__Form form, uint32_t points_h)
{
    Wh__Item item = WH__ITEM__INIT;
    item.form = form;
    item.points_h = points_h;
    return item;
}

/* Points of one item whose metric has value 0 and whose denominator has value 1. */
static struct wh_item_score score_of(const Wh__Item *item, int64_t have, int64_t whole,
                                     int64_t judged_h)
{
    const struct wh_rule_item rule = {item, 0, 1};
    const struct wh_rule_level level = {.items = &rule, .items_count = 1, .bonus_cap_h = 300};
    const int64_t values[2] = {have, whole};
    struct wh_item_score result;
    struct wh_score score;
    wh_score_unit(&level, &(struct wh_marks){values, &judged_h}, &result, &score);
    assert_int_equal(score.total_h, result.points_h);
    return result;
}

static void count_gives_full_points_when_the_need_is_reached(void **state)
{
    Wh__Item item = item_of(WH__FORM__COUNT, 400);
    (void)state;
    item.need = 4;
    assert_int_equal(score_of(&item, 4, 0, -1).points_h, 400);
    assert_int_equal(score_of(&item, INT64_MAX, 0, -1).points_h, 400);
}

static void count_without_each_is_proportional_and_rounds_down(void **state)
{
    Wh__Item item = item_of(WH__FORM__COUNT, 500);
    (void)state;
    item.need = 3;
    assert_int_equal(score_of(&item, 1, 0, -1).points_h, 166);
    assert_int_equal(score_of(&item, 2, 0, -1).points_h, 333);
    assert_int_equal(score_of(&item, 0, 0, -1).points_h, 0);
    assert_int_equal(score_of(&item, INT64_MIN, 0, -1).points_h, 0);
}

static void count_with_each_loses_points_for_every_missing_one(void **state)
{
    Wh__Item item = item_of(WH__FORM__COUNT, 450);
    (void)state;
    item.need = 4;
    item.each_h = 150;
    assert_int_equal(score_of(&item, 3, 0, -1).points_h, 300);
    assert_int_equal(score_of(&item, 1, 0, -1).points_h, 0);
    assert_int_equal(score_of(&item, 0, 0, -1).points_h, 0); /* 4 x 1.50 is more than there is */
    assert_int_equal(score_of(&item, INT64_MIN, 0, -1).points_h, 0);
}

static void share_compares_with_its_target_and_rounds_down(void **state)
{
    Wh__Item item = item_of(WH__FORM__SHARE, 400);
    (void)state;
    item.target = 60;
    assert_int_equal(score_of(&item, 6, 10, -1).points_h, 400);
    assert_int_equal(score_of(&item, 59, 100, -1).points_h, 393); /* 400 x 59 x 100 / 6000 */
    assert_int_equal(score_of(&item, 1, 3, -1).points_h, 222);
    assert_int_equal(score_of(&item, 0, 3, -1).points_h, 0);
    assert_int_equal(score_of(&item, INT64_MAX, INT64_MAX, -1).points_h, 400);
    assert_int_equal(score_of(&item, INT64_MAX / 2, INT64_MAX, -1).points_h, 333);
}

static void a_share_of_none_gives_what_empty_says(void **state)
{
    Wh__Item item = item_of(WH__FORM__SHARE, 400);
    (void)state;
    item.target = 60;
    assert_int_equal(score_of(&item, 5, 0, -1).points_h, 0);
    item.empty_h = 350;
    assert_int_equal(score_of(&item, 0, 0, -1).points_h, 350);
}

static void deduct_never_goes_under_zero(void **state)
{
    Wh__Item item = item_of(WH__FORM__DEDUCT, 400);
    (void)state;
    item.each_h = 50;
    assert_int_equal(score_of(&item, 0, 0, -1).points_h, 400);
    assert_int_equal(score_of(&item, 3, 0, -1).points_h, 250);
    assert_int_equal(score_of(&item, 9, 0, -1).points_h, 0);
    assert_int_equal(score_of(&item, INT64_MAX, 0, -1).points_h, 0);
}

static void an_item_not_judged_is_open_and_counts_nothing(void **state)
{
    Wh__Item item = item_of(WH__FORM__JUDGED, 500);
    (void)state;
    assert_int_equal(score_of(&item, 9, 9, WH_JUDGED_NONE).points_h, 0);
    assert_int_equal(score_of(&item, 9, 9, WH_JUDGED_NONE).flags, WH_ITEM_OPEN);
    assert_int_equal(score_of(&item, 9, 9, 0).flags, 0);
    assert_int_equal(score_of(&item, 9, 9, 350).points_h, 350);
    assert_int_equal(score_of(&item, 9, 9, 501).points_h, 500);
}

static void bonuses_count_together_up_to_the_cap(void **state)
{
    Wh__Item own = item_of(WH__FORM__COUNT, 400), one = item_of(WH__FORM__COUNT, 200),
             two = item_of(WH__FORM__COUNT, 200);
    const struct wh_rule_item rules[3] = {{&own, 0, 0}, {&one, 0, 0}, {&two, 1, 0}};
    const struct wh_rule_level level = {.items = rules, .items_count = 3, .bonus_cap_h = 300};
    int64_t values[2] = {1, 1};
    struct wh_score score;
    (void)state;
    own.need = one.need = two.need = 1;
    one.bonus = two.bonus = true;
    wh_score_unit(&level, &(struct wh_marks){values, NULL}, NULL, &score);
    assert_int_equal(score.items_h, 400);
    assert_int_equal(score.bonus_all_h, 400);
    assert_int_equal(score.bonus_h, 300);
    assert_int_equal(score.total_h, 700);
    values[1] = 0;
    wh_score_unit(&level, &(struct wh_marks){values, NULL}, NULL, &score);
    assert_int_equal(score.total_h, 600);
}

static void a_metric_that_nobody_computes_counts_zero(void **state)
{
    Wh__Item item = item_of(WH__FORM__COUNT, 400);
    const struct wh_rule_item rule = {&item, WH_METRIC_NONE, WH_METRIC_NONE};
    const struct wh_rule_level level = {.items = &rule, .items_count = 1};
    struct wh_score score;
    (void)state;
    item.need = 1;
    wh_score_unit(&level, &(struct wh_marks){NULL, NULL}, NULL, &score);
    assert_int_equal(score.total_h, 0);
}

static uint64_t next(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static int64_t draw(uint64_t *seed, uint64_t below)
{
    return (int64_t)(next(seed) % below);
}

#define ITEMS 12

struct rubric {
    Wh__Item items[ITEMS];
    struct wh_rule_item rules[ITEMS];
    struct wh_rule_level level;
    int64_t values[VALUES];
    int64_t judged_h[ITEMS];
};

static void draw_rubric(uint64_t *seed, struct rubric *ret)
{
    for (size_t i = 0; i < ITEMS; i++) {
        Wh__Item *item = &ret->items[i];
        *item = item_of((Wh__Form)(1 + draw(seed, 4)), (uint32_t)(1 + draw(seed, 700)));
        item->need = (uint32_t)(1 + draw(seed, 9));
        item->each_h = item->form == WH__FORM__DEDUCT || draw(seed, 2) == 0
                           ? (uint32_t)(1 + draw(seed, 300))
                           : 0;
        item->target = (uint32_t)(1 + draw(seed, 100));
        item->empty_h = (uint32_t)draw(seed, item->points_h + 1);
        item->bonus = draw(seed, 5) == 0;
        ret->rules[i] = (struct wh_rule_item){item, (uint32_t)draw(seed, VALUES - 1), VALUES - 1};
        ret->judged_h[i] = draw(seed, 800) - 1;
    }
    for (size_t i = 0; i < VALUES; i++) ret->values[i] = draw(seed, 12);
    ret->level = (struct wh_rule_level){
        .items = ret->rules, .items_count = ITEMS, .bonus_cap_h = draw(seed, 900)};
}

static void items_and_capped_bonuses_add_up_to_the_score(void **state)
{
    static struct rubric rubric;
    uint64_t seed = 1;
    (void)state;
    for (int round = 0; round < 5000; round++) {
        struct wh_item_score items[ITEMS];
        struct wh_score score;
        int64_t plain_h = 0, bonus_h = 0;
        uint32_t open = 0;
        draw_rubric(&seed, &rubric);
        wh_score_unit(&rubric.level, &(struct wh_marks){rubric.values, rubric.judged_h}, items,
                      &score);
        for (size_t i = 0; i < ITEMS; i++) {
            assert_in_range(items[i].points_h, 0, items[i].item->points_h);
            *(items[i].item->bonus ? &bonus_h : &plain_h) += items[i].points_h;
            open += (items[i].flags & WH_ITEM_OPEN) != 0;
        }
        if (bonus_h > rubric.level.bonus_cap_h) bonus_h = rubric.level.bonus_cap_h;
        assert_int_equal(score.total_h, plain_h + bonus_h);
        assert_int_equal(score.open, open);
    }
}

static void raising_a_metric_lowers_no_item_but_a_deduction(void **state)
{
    static struct rubric rubric;
    uint64_t seed = 2;
    (void)state;
    for (int round = 0; round < 5000; round++) {
        struct wh_item_score before[ITEMS], after[ITEMS];
        struct wh_score score;
        size_t raised;
        draw_rubric(&seed, &rubric);
        wh_score_unit(&rubric.level, &(struct wh_marks){rubric.values, rubric.judged_h}, before,
                      &score);
        raised = (size_t)draw(&seed, VALUES - 1); /* never the denominator */
        rubric.values[raised] += 1 + draw(&seed, 3);
        wh_score_unit(&rubric.level, &(struct wh_marks){rubric.values, rubric.judged_h}, after,
                      &score);
        for (size_t i = 0; i < ITEMS; i++) {
            if (rubric.items[i].form == WH__FORM__DEDUCT) {
                assert_true(after[i].points_h <= before[i].points_h);
            } else {
                assert_true(after[i].points_h >= before[i].points_h);
            }
        }
    }
}

static void scoring_again_gives_the_same_bytes(void **state)
{
    static struct rubric rubric;
    uint64_t seed = 3;
    (void)state;
    for (int round = 0; round < 500; round++) {
        struct wh_item_score first[ITEMS], second[ITEMS];
        struct wh_score one, two;
        memset(first, 0xAA, sizeof(first));
        memset(second, 0x55, sizeof(second));
        memset(&one, 0, sizeof(one));
        memset(&two, 0, sizeof(two));
        draw_rubric(&seed, &rubric);
        wh_score_unit(&rubric.level, &(struct wh_marks){rubric.values, rubric.judged_h}, first,
                      &one);
        wh_score_unit(&rubric.level, &(struct wh_marks){rubric.values, rubric.judged_h}, second,
                      &two);
        assert_memory_equal(&one, &two, sizeof(one));
        for (size_t i = 0; i < ITEMS; i++) {
            assert_ptr_equal(first[i].item, second[i].item);
            assert_int_equal(first[i].points_h, second[i].points_h);
            assert_int_equal(first[i].have, second[i].have);
            assert_int_equal(first[i].of, second[i].of);
            assert_int_equal(first[i].flags, second[i].flags);
        }
    }
}

static const Wh__Programme *default_programme(struct wh_arena *arena)
{
    FILE *file = fopen(WH_SOURCE_DIR "/config/programme.yaml", "rb");
    struct wh_buffer text = {0};
    struct wh_faults faults;
    const Wh__Programme *programme = NULL;
    char chunk[4096];
    size_t len;
    assert_non_null(file);
    while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0) {
        wh_buffer_put(&text, wh_span(chunk, len));
    }
    (void)fclose(file);
    wh_faults_init(&faults, arena);
    assert_int_equal(wh_programme_read(wh_buffer_span(&text), arena, &faults, &programme), 0);
    wh_buffer_deinit(&text);
    return programme;
}

static void the_rulebook_numbers_every_metric_of_the_default_programme(void **state)
{
    struct wh_arena arena;
    const Wh__Programme *programme;
    const struct wh_rulebook *book;
    size_t count;
    (void)state;
    wh_arena_init(&arena);
    programme = default_programme(&arena);
    book = wh_rulebook_new(programme, &arena);
    count = programme->n_plugin_metrics;
    for (size_t i = 0; i < programme->n_ledgers; i++) count += programme->ledgers[i]->n_metrics;
    assert_int_equal(book->metrics_count, count);
    for (uint32_t i = 0; i < book->metrics_count; i++) {
        assert_int_equal(wh_rulebook_metric(book, book->metrics[i].id), (int32_t)i);
    }
    assert_int_equal(wh_rulebook_metric(book, WH_S("no_such_metric")), -1);
    assert_int_equal(wh_rulebook_metric(book, WH_SPAN_EMPTY), -1);
    assert_int_equal(book->metrics[wh_rulebook_metric(book, WH_S("role_kinds"))].combining,
                     WH_COMBINE_GREATEST);
    assert_int_equal(book->metrics[wh_rulebook_metric(book, WH_S("aided"))].type, WH_TO_DATE);
    assert_int_equal(wh_rulebook_level(book, WH_LEVEL_TOWNSHIP)->full_h, 10000);
    assert_int_equal(wh_rulebook_level(book, WH_LEVEL_GRASSROOTS)->full_h, 10000);
    assert_null(wh_rulebook_level(book, WH_LEVEL_CITY));
    assert_int_equal(wh_rule_level_item(&book->township, WH_S("t12")), 1);
    assert_int_equal(wh_rule_level_item(&book->township, WH_S("g12")), -1);
    wh_arena_deinit(&arena);
}

static void a_unit_that_did_everything_has_full_points_and_the_capped_bonus(void **state)
{
    struct wh_arena arena;
    const struct wh_rulebook *book;
    const struct wh_rule_level *level;
    int64_t *values, *judged_h;
    struct wh_score score;
    (void)state;
    wh_arena_init(&arena);
    book = wh_rulebook_new(default_programme(&arena), &arena);
    level = &book->township;
    values = wh_arena_new(&arena, book->metrics_count, sizeof(*values));
    judged_h = wh_arena_new(&arena, level->items_count, sizeof(*judged_h));
    for (uint32_t i = 0; i < book->metrics_count; i++) values[i] = 1000;
    for (size_t i = 0; i < level->items_count; i++) judged_h[i] = 2000;
    values[wh_rulebook_metric(book, WH_S("findings_overdue"))] = 0;
    wh_score_unit(level, &(struct wh_marks){values, judged_h}, NULL, &score);
    assert_int_equal(score.items_h, 10000);
    assert_int_equal(score.bonus_all_h, 400);
    assert_int_equal(score.total_h, 10300);
    wh_arena_deinit(&arena);
}

static void assert_sentence(const struct wh_item_score *score, enum wh_language language,
                            const char *expected)
{
    struct wh_arena arena;
    struct wh_span text;
    wh_arena_init(&arena);
    text = wh_item_sentence(score, language, &arena);
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.data, expected, text.len);
    wh_arena_deinit(&arena);
}

static void every_form_explains_itself_in_a_sentence(void **state)
{
    Wh__Item count = item_of(WH__FORM__COUNT, 400), share = item_of(WH__FORM__SHARE, 400),
             deduct = item_of(WH__FORM__DEDUCT, 400), judged = item_of(WH__FORM__JUDGED, 400);
    struct wh_item_score score;
    (void)state;
    count.need = 4;
    share.target = 60;
    share.empty_h = 400;
    deduct.each_h = 50;
    score = score_of(&count, 5, 0, -1);
    assert_sentence(&score, WH_EN, "has 5 of 4 needed: 4.00 of 4.00");
    score = score_of(&count, 3, 0, -1);
    assert_sentence(&score, WH_EN, "has 3 of 4 needed, points in proportion: 3.00 of 4.00");
    count.each_h = 100;
    score = score_of(&count, 3, 0, -1);
    assert_sentence(&score, WH_EN, "has 3 of 4 needed, each missing takes 1.00 off: 3.00 of 4.00");
    assert_sentence(&score, WH_ZH, "已有 3，要求 4，每缺一扣 1.00 分：3.00 / 4.00 分");
    score = score_of(&share, 6, 10, -1);
    assert_sentence(&score, WH_EN, "6 of 10 reach the target of 60 %: 4.00 of 4.00");
    score = score_of(&share, 3, 10, -1);
    assert_sentence(&score, WH_EN,
                    "3 of 10 are below the target of 60 %, points in proportion: 2.00 of 4.00");
    score = score_of(&share, 3, 0, -1);
    assert_sentence(&score, WH_EN, "nobody to be reached: 4.00 of 4.00");
    score = score_of(&deduct, 2, 0, -1);
    assert_sentence(&score, WH_EN, "has 2, each takes 0.50 off: 3.00 of 4.00");
    score = score_of(&judged, 0, 0, -1);
    assert_sentence(&score, WH_EN, "not judged yet: 0.00 of 4.00");
    score = score_of(&judged, 0, 0, 350);
    assert_sentence(&score, WH_EN, "judged by the assessor: 3.50 of 4.00");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(count_gives_full_points_when_the_need_is_reached),
        cmocka_unit_test(count_without_each_is_proportional_and_rounds_down),
        cmocka_unit_test(count_with_each_loses_points_for_every_missing_one),
        cmocka_unit_test(share_compares_with_its_target_and_rounds_down),
        cmocka_unit_test(a_share_of_none_gives_what_empty_says),
        cmocka_unit_test(deduct_never_goes_under_zero),
        cmocka_unit_test(an_item_not_judged_is_open_and_counts_nothing),
        cmocka_unit_test(bonuses_count_together_up_to_the_cap),
        cmocka_unit_test(a_metric_that_nobody_computes_counts_zero),
        cmocka_unit_test(items_and_capped_bonuses_add_up_to_the_score),
        cmocka_unit_test(raising_a_metric_lowers_no_item_but_a_deduction),
        cmocka_unit_test(scoring_again_gives_the_same_bytes),
        cmocka_unit_test(the_rulebook_numbers_every_metric_of_the_default_programme),
        cmocka_unit_test(a_unit_that_did_everything_has_full_points_and_the_capped_bonus),
        cmocka_unit_test(every_form_explains_itself_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
