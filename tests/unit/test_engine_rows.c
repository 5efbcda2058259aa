#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "engine/damage.h"
#include "engine/feed.h"
#include "engine_bench.h"
#include "model/key.h"

/* A summary of a unit, as the node at `origin` would write it. */
struct fact {
    const char *unit;
    const char *origin;
    uint64_t counter;
    uint64_t term;
    const char *value;
    enum wh_reject reject; /* what came of it */
};

static struct wh_tuple key_of(const struct fact *fact)
{
    struct wh_tuple key;
    wh_row_key_summary(&key, wh_span_of(fact->unit), 8105, WH_S("facet"), wh_span_of(fact->origin));
    return key;
}

static int take(struct engine_bench *bench, void *argument)
{
    struct fact *fact = argument;
    struct wh_tuple key = key_of(fact);
    struct wh_error err;
    struct wh_row row;
    wh_row_make(WH_TABLE_SUMMARY, wh_tuple_span(&key), wh_span_of(fact->origin), fact->counter,
                fact->term, wh_span_of(fact->value), &bench->arena, &row);
    return wh_row_take(bench->engine, &row, &fact->reject, &err);
}

static int put(struct engine_bench *bench, void *argument)
{
    struct fact *fact = argument;
    struct wh_tuple key = key_of(fact);
    struct wh_error err;
    return wh_row_put(bench->engine, WH_TABLE_SUMMARY, wh_tuple_span(&key), wh_span_of(fact->value),
                      &err);
}

static struct wh_row read_at(struct engine_bench *bench, const struct fact *fact, uint64_t place)
{
    struct wh_tuple key = key_of(fact);
    struct wh_error err;
    struct wh_row row;
    assert_int_equal(wh_row_get(bench->engine, WH_TABLE_SUMMARY, wh_tuple_span(&key), place,
                                &bench->arena, &row, &err),
                     0);
    return row;
}

static void assert_value(struct engine_bench *bench, const struct fact *fact, const char *value)
{
    assert_true(wh_span_equal(read_at(bench, fact, WH_PLACE_NOW).value, wh_span_of(value)));
}

static void the_newest_version_wins_in_whatever_order_it_comes(void **state)
{
    struct fact fact = {"231182", "231182", 5, 1, "five", WH_REJECT_NONE};
    struct engine_bench bench;
    uint64_t head;
    (void)state;
    bench_root(&bench);
    (void)bench_turn(&bench, take, &fact);
    head = wh_engine_head(bench.engine);
    fact.counter = 4;
    fact.value = "four";
    (void)bench_turn(&bench, take, &fact);
    fact.counter = 5;
    fact.value = "five";
    (void)bench_turn(&bench, take, &fact);
    assert_int_equal(wh_engine_head(bench.engine), head); /* neither was written */
    assert_value(&bench, &fact, "five");
    fact.counter = 6;
    fact.value = "six";
    (void)bench_turn(&bench, take, &fact);
    assert_value(&bench, &fact, "six");
    bench_close(&bench);
}

static void the_same_version_of_another_term_is_never_the_same_row(void **state)
{
    struct fact fact = {"231182", "231182", 5, 1, "one", WH_REJECT_NONE};
    struct engine_bench bench;
    (void)state;
    bench_root(&bench);
    (void)bench_turn(&bench, take, &fact);
    fact.term = 2;
    fact.value = "two";
    (void)bench_turn(&bench, take, &fact);
    assert_int_equal(fact.reject, WH_REJECT_DIVERGED);
    assert_value(&bench, &fact, "one");
    bench_close(&bench);
}

/* L5 of the lessons. */
static void feed_matches_rows(void **state)
{
    struct fact fact = {"231182", "2311", 0, 0, "a", WH_REJECT_NONE};
    struct engine_bench bench;
    uint32_t entries;
    (void)state;
    bench_root(&bench);
    (void)bench_turn(&bench, put, &fact);
    entries = bench_count(&bench, WH_FAMILY_FEED);
    for (int i = 0; i < 5; i++) (void)bench_turn(&bench, put, &fact);
    assert_int_equal(bench_count(&bench, WH_FAMILY_FEED), entries);
    assert_int_equal(bench_count(&bench, WH_FAMILY_ROW_HISTORY) >= 5, 1);
    bench_close(&bench);
}

static void two_versions_in_one_batch_leave_one_feed_entry(void **state)
{
    struct fact fact = {"231182", "2311", 0, 0, "a", WH_REJECT_NONE};
    struct engine_bench bench;
    uint32_t entries;
    (void)state;
    bench_root(&bench);
    entries = bench_count(&bench, WH_FAMILY_FEED);
    assert_int_equal(put(&bench, &fact), 0);
    fact.value = "b";
    assert_int_equal(put(&bench, &fact), 0);
    (void)bench_turn(&bench, NULL, NULL);
    assert_int_equal(bench_count(&bench, WH_FAMILY_FEED), entries + 2); /* up and down */
    assert_value(&bench, &fact, "b");
    bench_close(&bench);
}

static void a_row_reads_as_it_was_at_every_place(void **state)
{
    struct fact fact = {"231182", "2311", 0, 0, "0", WH_REJECT_NONE};
    static const char *const values[] = {"0", "1", "2", "3"};
    struct engine_bench bench;
    uint64_t places[4], before;
    (void)state;
    bench_root(&bench);
    before = wh_engine_head(bench.engine);
    for (int i = 0; i < 4; i++) {
        fact.value = values[i];
        (void)bench_turn(&bench, put, &fact);
        places[i] = wh_engine_head(bench.engine);
    }
    assert_null(read_at(&bench, &fact, before).packed.data);
    for (int i = 0; i < 4; i++) {
        assert_true(wh_span_equal(read_at(&bench, &fact, places[i]).value, wh_span_of(values[i])));
    }
    bench_close(&bench);
}

static void a_moment_finds_its_place_though_the_clock_was_set_back(void **state)
{
    struct fact fact = {"231182", "2311", 0, 0, "early", WH_REJECT_NONE};
    struct engine_bench bench;
    struct wh_error err;
    uint64_t place, head;
    int64_t moment_ms;
    (void)state;
    bench_root(&bench);
    (void)bench_turn(&bench, put, &fact);
    moment_ms = bench.now.clock_ms;
    head = wh_engine_head(bench.engine);
    bench.now.clock_ms += 1000;
    fact.value = "late";
    (void)bench_turn(&bench, put, &fact);
    assert_int_equal(wh_engine_place(bench.engine, moment_ms, &place, &err), 0);
    assert_int_equal(place, head);
    bench.now.clock_ms -= 5000000;
    fact.value = "later, by a clock that was set back";
    (void)bench_turn(&bench, put, &fact);
    assert_int_equal(wh_engine_place(bench.engine, moment_ms, &place, &err), 0);
    assert_int_equal(place, head);
    assert_true(wh_span_equal(read_at(&bench, &fact, place).value, WH_S("early")));
    bench_close(&bench);
}

/* ---- Failures ---- */

/* L4 of the lessons. */
static void counter_reuse_after_crash(void **state)
{
    struct fact fact = {"231182", "2311", 0, 0, "a", WH_REJECT_NONE};
    struct engine_bench bench;
    uint64_t head, term;
    (void)state;
    bench_root(&bench);
    (void)bench_turn(&bench, put, &fact);
    head = bench.engine->safe_head;
    term = bench.engine->term;
    assert_int_equal(bench_restart(&bench), 0);
    assert_int_equal(bench.engine->marks[bench.engine->marks_count - 1].first, head + 1);
    assert_int_not_equal(bench.engine->term, term);
    (void)bench_turn(&bench, put, &fact);
    assert_true(read_at(&bench, &fact, WH_PLACE_NOW).counter > head + 1);
    bench_close(&bench);
}

static void a_failed_commit_changes_nothing_and_its_numbers_are_not_used_again(void **state)
{
    struct fact fact = {"231182", "2311", 0, 0, "a", WH_REJECT_NONE};
    struct engine_bench bench;
    uint64_t head;
    (void)state;
    bench_root(&bench);
    wh_memory_store_set_fault(bench.store, WH_MEMORY_COMMIT_FAILS);
    assert_int_equal(bench_turn(&bench, put, &fact), WH_E_IO);
    assert_null(read_at(&bench, &fact, WH_PLACE_NOW).packed.data);
    head = wh_engine_head(bench.engine);
    assert_int_equal(bench_turn(&bench, put, &fact), 0);
    assert_true(read_at(&bench, &fact, WH_PLACE_NOW).counter > head);
    bench_close(&bench);
}

/* L21 of the lessons: whichever commit fails, the work is done when it is asked again. */
static void nth_failure(void **state)
{
    (void)state;
    for (int n = 0; n < 6; n++) {
        static const char *const values[] = {"0", "1", "2", "3", "4", "5"};
        struct fact fact = {"231182", "2311", 0, 0, "", WH_REJECT_NONE};
        struct engine_bench bench;
        bench_root(&bench);
        for (int i = 0; i < 6; i++) {
            fact.value = values[i];
            if (i == n) wh_memory_store_set_fault(bench.store, WH_MEMORY_COMMIT_FAILS);
            while (bench_turn(&bench, put, &fact) < 0) continue;
            assert_value(&bench, &fact, values[i]);
        }
        assert_int_equal(bench_restart(&bench), 0);
        assert_value(&bench, &fact, "5");
        bench_close(&bench);
    }
}

static uint32_t rows_after(struct engine_bench *bench, uint64_t after, const char *child)
{
    struct wh_cut_request request = {.lane = WH_LANE_BULK,
                                     .after = after,
                                     .head = bench->engine->safe_head,
                                     .bytes_max = 1000,
                                     .child = wh_span_of(child)};
    struct wh_error err;
    struct wh_cut cut;
    assert_int_equal(wh_feed_cut(bench->engine, &request, &bench->arena, &cut, &err), 0);
    return cut.count;
}

static int offer_again(struct engine_bench *bench, void *argument)
{
    struct wh_tuple key = key_of(argument);
    struct wh_error err;
    return wh_row_offer_again(bench->engine, WH_TABLE_SUMMARY, wh_tuple_span(&key), &err);
}

static void a_row_offered_again_moves_to_the_head_unchanged(void **state)
{
    struct fact fact = {"231181", "2311", 0, 0, "a", WH_REJECT_NONE};
    struct engine_bench bench;
    uint64_t head, counter;
    uint32_t entries;
    (void)state;
    bench_root(&bench);
    (void)bench_turn(&bench, put, &fact);
    head = wh_engine_head(bench.engine);
    counter = read_at(&bench, &fact, WH_PLACE_NOW).counter;
    entries = bench_count(&bench, WH_FAMILY_FEED);
    assert_int_equal(rows_after(&bench, head, "231181"), 0);
    assert_int_equal(bench_turn(&bench, offer_again, &fact), 0);
    assert_int_equal(rows_after(&bench, head, "231181"), 1);
    assert_int_equal(read_at(&bench, &fact, WH_PLACE_NOW).counter, counter);
    assert_int_equal(bench_count(&bench, WH_FAMILY_FEED), entries);
    bench_close(&bench);
}

static int damage(struct engine_bench *bench, void *argument)
{
    struct wh_tuple key = key_of(argument), row_key;
    wh_key_row(&row_key, WH_TABLE_SUMMARY, wh_tuple_span(&key));
    wh_batch_put(&bench->engine->batch, WH_FAMILY_ROWS, wh_tuple_span(&row_key), WH_S("not a row"));
    return 0;
}

static int put_and_sweep(struct engine_bench *bench, void *argument)
{
    struct wh_error err;
    int rc = put(bench, argument);
    return rc < 0 ? rc : wh_damage_sweep(bench->engine, &err);
}

/* A sweep walks over the store as it was before the batch. */
static void a_damaged_row_that_is_written_anew_is_set_aside_once_and_stays(void **state)
{
    struct fact fact = {"231182", "2311", 0, 0, "a", WH_REJECT_NONE};
    struct engine_bench bench;
    (void)state;
    bench_root(&bench);
    assert_int_equal(bench_turn(&bench, put, &fact), 0);
    assert_int_equal(bench_turn(&bench, damage, &fact), 0);
    fact.value = "b";
    assert_int_equal(bench_turn(&bench, put_and_sweep, &fact), 0);
    assert_int_equal(wh_engine_rows_set_aside(bench.engine), 1);
    assert_value(&bench, &fact, "b");
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_version_wins_in_whatever_order_it_comes),
        cmocka_unit_test(the_same_version_of_another_term_is_never_the_same_row),
        cmocka_unit_test(feed_matches_rows),
        cmocka_unit_test(two_versions_in_one_batch_leave_one_feed_entry),
        cmocka_unit_test(a_row_reads_as_it_was_at_every_place),
        cmocka_unit_test(a_moment_finds_its_place_though_the_clock_was_set_back),
        cmocka_unit_test(counter_reuse_after_crash),
        cmocka_unit_test(a_failed_commit_changes_nothing_and_its_numbers_are_not_used_again),
        cmocka_unit_test(nth_failure),
        cmocka_unit_test(a_row_offered_again_moves_to_the_head_unchanged),
        cmocka_unit_test(a_damaged_row_that_is_written_anew_is_set_aside_once_and_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
