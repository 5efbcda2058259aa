#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/date.h"
#include "engine/cells.h"
#include "engine_bench.h"

#define HOME "231182108"
#define VILLAGE "231182108201"

static void set_day(struct engine_bench *bench, int32_t year, int32_t month, int32_t day)
{
    bench->now.clock_ms = (int64_t)wh_day_of((struct wh_civil){year, month, day}) * 86400000;
}

static void a_record_is_measured_in_its_own_quarter(void **state)
{
    struct bench_record record = {"meeting", VILLAGE, "2026-03-02", "12", NULL, {{0}}, 0};
    struct engine_bench bench;
    (void)state;
    bench_township(&bench);
    assert_int_equal(bench_turn(&bench, bench_add, &record), 0);
    bench_settle(&bench);
    assert_int_equal(bench_figure(&bench, VILLAGE, "2026Q1", "meeting", NULL), 1);
    assert_int_equal(bench_figure(&bench, VILLAGE, "2026Q2", "meeting", NULL), -1);
    assert_int_equal(bench_count(&bench, WH_FAMILY_CELLS), 0);
    bench_close(&bench);
}

static void what_does_not_change_writes_no_new_version(void **state)
{
    struct bench_record record = {"meeting", HOME, "2026-03-02", "12", NULL, {{0}}, 0};
    struct engine_bench bench;
    uint64_t before, after;
    (void)state;
    bench_township(&bench);
    (void)bench_turn(&bench, bench_add, &record);
    bench_settle(&bench);
    (void)bench_figure(&bench, HOME, "2026Q1", "meeting", &before);
    wh_cells_ask_all(bench.engine);
    bench_settle(&bench);
    (void)bench_figure(&bench, HOME, "2026Q1", "meeting", &after);
    assert_int_equal(before, after);
    assert_int_equal(bench.measured, 2);
    bench_close(&bench);
}

static void a_record_that_moves_is_taken_out_where_it_was(void **state)
{
    struct bench_record record = {"meeting", HOME, "2026-03-02", "12", NULL, {{0}}, 0};
    struct engine_bench bench;
    (void)state;
    bench_township(&bench);
    (void)bench_turn(&bench, bench_add, &record);
    bench_settle(&bench);
    record.date = "2026-04-02";
    record.unit = VILLAGE;
    assert_int_equal(bench_turn(&bench, bench_change, &record), 0);
    bench_settle(&bench);
    assert_int_equal(bench_figure(&bench, HOME, "2026Q1", "meeting", NULL), 0);
    assert_int_equal(bench_figure(&bench, VILLAGE, "2026Q2", "meeting", NULL), 1);
    bench_close(&bench);
}

/* Found by the simulator: the elder counted for ever. */
static void a_stock_that_has_ended_gets_a_row_that_says_so(void **state)
{
    struct bench_record record = {"elder", HOME, "2025-11-02", "1.50", "2026-05-01", {{0}}, 0};
    struct engine_bench bench;
    (void)state;
    bench_township(&bench);
    (void)bench_turn(&bench, bench_add, &record);
    bench_settle(&bench);
    assert_int_equal(bench_figure(&bench, HOME, "2025Q4", "elder", NULL), 1);
    assert_int_equal(bench_figure(&bench, HOME, "2026Q1", "elder", NULL), -1); /* goes on */
    assert_int_equal(bench_figure(&bench, HOME, "2026Q2", "elder", NULL), 0);
    bench_close(&bench);
}

static void a_change_of_one_quarter_reaches_every_later_one(void **state)
{
    struct bench_record first = {"elder", HOME, "2025-11-02", "1", NULL, {{0}}, 0};
    struct bench_record second = {"elder", HOME, "2026-01-02", "1", NULL, {{0}}, 0};
    struct bench_record third = {"elder", HOME, "2026-06-02", "1", NULL, {{0}}, 0};
    struct engine_bench bench;
    (void)state;
    bench_township(&bench);
    (void)bench_turn(&bench, bench_add, &first);
    (void)bench_turn(&bench, bench_add, &second);
    (void)bench_turn(&bench, bench_add, &third);
    bench_settle(&bench);
    assert_int_equal(bench_figure(&bench, HOME, "2026Q2", "elder", NULL), 3);
    (void)bench_turn(&bench, bench_withdraw, &first);
    bench_settle(&bench);
    assert_int_equal(bench_figure(&bench, HOME, "2025Q4", "elder", NULL), 0);
    assert_int_equal(bench_figure(&bench, HOME, "2026Q1", "elder", NULL), 1);
    assert_int_equal(bench_figure(&bench, HOME, "2026Q2", "elder", NULL), 2);
    bench_close(&bench);
}

static void a_cell_of_a_quarter_to_come_waits_for_it(void **state)
{
    struct bench_record record = {"meeting", HOME, "2026-07-01", "12", NULL, {{0}}, 0};
    struct engine_bench bench;
    (void)state;
    bench_township(&bench);
    (void)bench_turn(&bench, bench_add, &record);
    bench_settle(&bench);
    assert_int_equal(bench_figure(&bench, HOME, "2026Q3", "meeting", NULL), -1);
    assert_int_equal(bench_count(&bench, WH_FAMILY_CELLS), 1);
    set_day(&bench, 2026, 7, 1);
    bench_settle(&bench);
    assert_int_equal(bench_figure(&bench, HOME, "2026Q3", "meeting", NULL), 1);
    assert_int_equal(bench_count(&bench, WH_FAMILY_CELLS), 0);
    bench_close(&bench);
}

static void a_mark_survives_a_power_cut(void **state)
{
    struct bench_record record = {"meeting", HOME, "2026-03-02", "12", NULL, {{0}}, 0};
    struct engine_bench bench;
    (void)state;
    bench_township(&bench);
    wh_memory_store_set_fault(bench.store, WH_MEMORY_POWER_CUT_AFTER);
    (void)bench_turn(&bench, bench_add, &record);
    assert_int_equal(bench_restart(&bench), 0);
    bench_settle(&bench);
    assert_int_equal(bench_figure(&bench, HOME, "2026Q1", "meeting", NULL), 1);
    bench_close(&bench);
}

static int add_many(struct engine_bench *bench, void *kind)
{
    int rc = 0;
    for (int i = 0; i < 150 && rc == 0; i++) {
        struct bench_record record = {kind, HOME, NULL, "1", NULL, {{0}}, 0};
        char date[WH_DAY_TEXT_SIZE];
        (void)snprintf(date, sizeof(date), "%d-%02d-01", 1980 + i / 4, i % 4 * 3 + 1);
        record.date = date;
        rc = bench_add(bench, &record);
    }
    return rc;
}

static void many_cells_take_several_turns_that_follow_at_once(void **state)
{
    struct engine_bench bench;
    int turns = 0;
    (void)state;
    bench_township(&bench);
    assert_int_equal(bench_turn(&bench, add_many, (void *)(uintptr_t) "meeting"), 0);
    while (!wh_cells_all_measured(bench.engine)) {
        assert_true(bench.deadline_ms <= bench.now.mono_ms);
        (void)bench_turn(&bench, NULL, NULL);
        turns++;
    }
    assert_int_equal(turns, 3);
    assert_int_equal(bench.measured, 150);
    assert_true(bench.deadline_ms > bench.now.mono_ms + 1000);
    bench_close(&bench);
}

/* A plugin that is off must not keep the others' figures back, nor the node awake. */
static void cells_that_nobody_measures_hold_up_no_others(void **state)
{
    struct bench_record record = {"meeting", HOME, "2026-03-02", "12", NULL, {{0}}, 0};
    struct engine_bench bench;
    (void)state;
    bench_township(&bench);
    bench.unserved = "elder";
    assert_int_equal(bench_turn(&bench, add_many, (void *)(uintptr_t) "elder"), 0);
    bench_settle(&bench);
    (void)bench_turn(&bench, bench_add, &record);
    bench_settle(&bench);
    assert_int_equal(bench_figure(&bench, HOME, "2026Q1", "meeting", NULL), 1);
    assert_true(bench.deadline_ms > bench.now.mono_ms + 1000);
    assert_int_equal(bench_count(&bench, WH_FAMILY_CELLS), 150);
    bench.unserved = NULL; /* it is on again */
    wh_cells_ask_all(bench.engine);
    bench_settle(&bench);
    assert_int_equal(bench_count(&bench, WH_FAMILY_CELLS), 0);
    assert_int_equal(bench_figure(&bench, HOME, "2017Q2", "elder", NULL), 150);
    bench_close(&bench);
}

static void a_failed_commit_is_measured_again(void **state)
{
    struct bench_record record = {"meeting", HOME, "2026-03-02", "12", NULL, {{0}}, 0};
    struct engine_bench bench;
    (void)state;
    bench_township(&bench);
    (void)bench_turn(&bench, bench_add, &record);
    wh_memory_store_set_fault(bench.store, WH_MEMORY_COMMIT_FAILS);
    assert_int_equal(bench_turn(&bench, NULL, NULL), WH_E_IO);
    assert_true(bench.deadline_ms <= bench.now.mono_ms + 1000); /* it is tried again by itself */
    assert_int_equal(bench_figure(&bench, HOME, "2026Q1", "meeting", NULL), -1);
    bench_settle(&bench);
    assert_int_equal(bench_figure(&bench, HOME, "2026Q1", "meeting", NULL), 1);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_measured_in_its_own_quarter),
        cmocka_unit_test(what_does_not_change_writes_no_new_version),
        cmocka_unit_test(a_record_that_moves_is_taken_out_where_it_was),
        cmocka_unit_test(a_stock_that_has_ended_gets_a_row_that_says_so),
        cmocka_unit_test(a_change_of_one_quarter_reaches_every_later_one),
        cmocka_unit_test(a_cell_of_a_quarter_to_come_waits_for_it),
        cmocka_unit_test(a_mark_survives_a_power_cut),
        cmocka_unit_test(many_cells_take_several_turns_that_follow_at_once),
        cmocka_unit_test(cells_that_nobody_measures_hold_up_no_others),
        cmocka_unit_test(a_failed_commit_is_measured_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
