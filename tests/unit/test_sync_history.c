#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chance.h"
#include "sync/history.h"

static const struct wh_term_mark marks[] = {{.id = 11, .first = 1},
                                            {.id = 22, .first = 10},
                                            {.id = 33, .first = 20}};
static const struct wh_history history = {marks, 3};

static bool holds(uint64_t term, uint64_t seq)
{
    return wh_history_holds(history, 25, (struct wh_position){term, seq});
}

static void a_term_covers_its_stretch_and_the_head_before_it(void **state)
{
    (void)state;
    assert_true(holds(11, 1) && holds(11, 9) && holds(22, 10) && holds(33, 25));
    assert_false(holds(11, 10));
    assert_false(holds(22, 20));
    assert_false(holds(33, 26)); /* beyond the head */
    assert_true(holds(22, 9));   /* the head that was told before its first entry */
    assert_false(holds(22, 8));
}

static void a_term_that_is_not_ours_lies_nowhere(void **state)
{
    (void)state;
    for (uint64_t seq = 0; seq <= 30; seq++) assert_false(holds(44, seq));
    assert_false(wh_history_holds((struct wh_history){NULL, 0}, 9, (struct wh_position){11, 1}));
}

static void who_never_heard_of_us_lies_on_every_history(void **state)
{
    (void)state;
    assert_true(holds(0, 0));
    assert_true(wh_history_holds((struct wh_history){NULL, 0}, 0, (struct wh_position){0, 0}));
    assert_false(holds(0, 1));
}

static void the_term_at_a_seq_covers_it(void **state)
{
    (void)state;
    for (uint64_t seq = 1; seq <= 25; seq++) {
        uint64_t term = wh_history_term_at(history, seq);
        assert_int_equal(term, seq < 10 ? 11 : seq < 20 ? 22 : 33);
        assert_true(holds(term, seq));
    }
    assert_int_equal(wh_history_term_at((struct wh_history){NULL, 0}, 3), 0);
    assert_int_equal(wh_history_term_at(history, 0), 11);
}

/* What a Push tells is enough to find every position in it. */
static void a_history_from_a_seq_holds_all_that_follows(void **state)
{
    struct wh_chance chance = {1};
    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct wh_term_mark many[8];
        struct wh_history whole = {many, 1 + wh_chance_below(&chance, 8)};
        uint64_t seq = 1, head, from;
        for (uint32_t i = 0; i < whole.count; i++) {
            many[i] = (struct wh_term_mark){.id = 100 + i, .first = seq};
            seq += 1 + wh_chance_below(&chance, 5);
        }
        head = seq - 1;
        from = wh_chance_below(&chance, (uint32_t)head + 1);
        for (seq = from > 0 ? from : 1; seq <= head; seq++) {
            struct wh_position position = {wh_history_term_at(whole, seq), seq};
            assert_true(wh_history_holds(whole, head, position));
            assert_true(wh_history_holds(wh_history_from(whole, from), head, position));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_term_covers_its_stretch_and_the_head_before_it),
        cmocka_unit_test(a_term_that_is_not_ours_lies_nowhere),
        cmocka_unit_test(who_never_heard_of_us_lies_on_every_history),
        cmocka_unit_test(the_term_at_a_seq_covers_it),
        cmocka_unit_test(a_history_from_a_seq_holds_all_that_follows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
