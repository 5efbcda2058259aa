#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/date.h"
#include "engine/records.h"
#include "engine_bench.h"

#define HOME "231182108"
#define VILLAGE "231182108201"

static struct wh_record find(struct engine_bench *bench, struct wh_id id)
{
    struct wh_error err;
    struct wh_record record;
    assert_int_equal(wh_record_find(bench->engine, id, &bench->arena, &record, &err), 0);
    return record;
}

static int count_one(void *context, const struct wh_record *record)
{
    uint32_t *count = context;
    (void)record;
    (*count)++;
    return 0;
}

struct span_of_days {
    const char *unit;
    int32_t from;
    int32_t to;
    enum wh_records_which which;
};

static uint32_t scan(struct engine_bench *bench, struct span_of_days days)
{
    struct wh_records_query query = {
        .kind = wh_kind_find(bench->engine, WH_S("meeting"), 2026),
        .unit = wh_span_of(days.unit),
        .from = days.from,
        .to = days.to,
        .which = days.which,
    };
    struct wh_error err;
    uint32_t count = 0;
    assert_int_equal(wh_records_scan(bench->engine, &query, count_one, &count, &err), 0);
    return count;
}

#define ALL_DAYS(unit, which) ((struct span_of_days){(unit), INT32_MIN, INT32_MAX, (which)})

static void a_record_is_found_as_it_was_saved_even_after_a_power_cut(void **state)
{
    struct bench_record typed = {"elder", VILLAGE, "2026-03-02", "4.50", "2026-09-01", {{0}}, 0};
    struct engine_bench bench;
    struct wh_record record;
    (void)state;
    bench_township(&bench);
    wh_memory_store_set_fault(bench.store, WH_MEMORY_POWER_CUT_AFTER);
    (void)bench_turn(&bench, bench_add, &typed);
    assert_int_equal(bench_restart(&bench), 0);
    record = find(&bench, typed.id);
    assert_true(wh_span_equal(record.unit, WH_S(VILLAGE)));
    assert_true(wh_span_equal(record.author, WH_S("clerk")));
    assert_int_equal(record.version, typed.version);
    assert_true(wh_span_equal(record.values[0].text, WH_S("王五")));
    assert_int_equal(record.values[1].number, 450);
    assert_int_equal(record.state, WH_RECORD_CURRENT);
    bench_close(&bench);
}

static void a_record_of_a_failed_commit_is_not_there(void **state)
{
    struct bench_record typed = {"meeting", HOME, "2026-03-02", "12", NULL, {{0}}, 0};
    struct engine_bench bench;
    struct wh_record record;
    struct wh_error err;
    (void)state;
    bench_township(&bench);
    wh_memory_store_set_fault(bench.store, WH_MEMORY_COMMIT_FAILS);
    assert_int_equal(bench_turn(&bench, bench_add, &typed), WH_E_IO);
    assert_int_equal(wh_record_find(bench.engine, typed.id, &bench.arena, &record, &err),
                     WH_E_NOT_FOUND);
    bench_close(&bench);
}

static void ids_are_in_the_order_of_entry(void **state)
{
    struct bench_record typed = {"meeting", HOME, "2026-03-02", "12", NULL, {{0}}, 0};
    struct engine_bench bench;
    struct wh_id former = {{0}};
    (void)state;
    bench_township(&bench);
    for (int i = 0; i < 50; i++) {
        assert_int_equal(bench_turn(&bench, bench_add, &typed), 0);
        assert_true(memcmp(former.bytes, typed.id.bytes, WH_ID_BYTES) < 0);
        former = typed.id;
    }
    bench_close(&bench);
}

static int keep_version(void *context, const struct wh_record *record)
{
    int64_t *attended = context;
    while (*attended >= 0) attended++;
    *attended = record->values[0].number;
    return 0;
}

static void an_edit_keeps_the_former_versions_in_order(void **state)
{
    struct bench_record typed = {"meeting", HOME, "2026-03-02", "1", NULL, {{0}}, 0};
    int64_t attended[] = {-1, -1, -1, -1};
    struct engine_bench bench;
    struct wh_record newest;
    struct wh_error err;
    (void)state;
    bench_township(&bench);
    (void)bench_turn(&bench, bench_add, &typed);
    typed.amount = "2";
    typed.date = "2026-05-02"; /* it moves */
    assert_int_equal(bench_turn(&bench, bench_change, &typed), 0);
    typed.amount = "3";
    typed.unit = VILLAGE;
    assert_int_equal(bench_turn(&bench, bench_change, &typed), 0);
    newest = find(&bench, typed.id);
    assert_int_equal(wh_record_versions(bench.engine, &newest, keep_version, attended, &err), 0);
    assert_true(attended[0] == 1 && attended[1] == 2 && attended[2] == 3 && attended[3] == -1);
    assert_int_equal(scan(&bench, ALL_DAYS("", WH_RECORDS_ALL)), 1);
    assert_int_equal(scan(&bench, ALL_DAYS(HOME, WH_RECORDS_ALL)), 0);
    bench_close(&bench);
}

static void two_edits_in_one_turn_build_on_each_other(void **state)
{
    struct bench_record typed = {"meeting", HOME, "2026-03-02", "1", NULL, {{0}}, 0};
    int64_t attended[] = {-1, -1, -1, -1};
    struct engine_bench bench;
    struct wh_record newest;
    struct wh_error err;
    (void)state;
    bench_township(&bench);
    assert_int_equal(bench_add(&bench, &typed), 0);
    typed.amount = "2";
    assert_int_equal(bench_change(&bench, &typed), 0);
    typed.date = "2026-01-02";
    typed.amount = "3";
    assert_int_equal(bench_change(&bench, &typed), 0);
    assert_int_equal(bench_turn(&bench, NULL, NULL), 0);
    newest = find(&bench, typed.id);
    assert_int_equal(wh_record_versions(bench.engine, &newest, keep_version, attended, &err), 0);
    assert_true(attended[0] == 1 && attended[1] == 2 && attended[2] == 3);
    assert_int_equal(scan(&bench, ALL_DAYS("", WH_RECORDS_ALL)), 1);
    bench_close(&bench);
}

static void a_withdrawn_record_is_out_of_force_and_stays_readable(void **state)
{
    struct bench_record typed = {"meeting", HOME, "2026-03-02", "1", NULL, {{0}}, 0};
    struct engine_bench bench;
    struct wh_record record;
    uint64_t count;
    struct wh_error err;
    (void)state;
    bench_township(&bench);
    (void)bench_turn(&bench, bench_add, &typed);
    assert_int_equal(bench_turn(&bench, bench_withdraw, &typed), 0);
    record = find(&bench, typed.id);
    assert_int_equal(record.state, WH_RECORD_WITHDRAWN);
    assert_true(wh_span_equal(record.why, WH_S("mistaken")));
    assert_int_equal(scan(&bench, ALL_DAYS("", WH_RECORDS_CURRENT)), 0);
    assert_int_equal(scan(&bench, ALL_DAYS("", WH_RECORDS_ALL)), 1);
    assert_int_equal(wh_records_count(bench.engine, &count, &err), 0);
    assert_int_equal(count, 1);
    assert_int_equal(bench_turn(&bench, bench_withdraw, &typed), WH_E_INVALID);
    bench_close(&bench);
}

static void a_scan_takes_days_and_units_as_asked(void **state)
{
    static const char *const dates[] = {"2026-01-01", "2026-03-31", "2026-04-01"};
    int32_t first = wh_day_of((struct wh_civil){2026, 1, 1});
    int32_t last = wh_day_of((struct wh_civil){2026, 3, 31});
    struct engine_bench bench;
    (void)state;
    bench_township(&bench);
    for (int i = 0; i < 6; i++) {
        struct bench_record typed = {
            "meeting", i < 3 ? HOME : VILLAGE, dates[i % 3], "1", NULL, {{0}}, 0};
        assert_int_equal(bench_turn(&bench, bench_add, &typed), 0);
    }
    assert_int_equal(scan(&bench, ALL_DAYS("", WH_RECORDS_CURRENT)), 6);
    assert_int_equal(scan(&bench, ALL_DAYS(HOME, WH_RECORDS_CURRENT)), 3); /* not its villages' */
    assert_int_equal(scan(&bench, (struct span_of_days){"", first, last, WH_RECORDS_ALL}), 4);
    assert_int_equal(scan(&bench, (struct span_of_days){VILLAGE, first + 1, last, WH_RECORDS_ALL}),
                     1);
    bench_close(&bench);
}

/* ---- Unique fields ---- */

static const char *const unique[] = {"person"};

/* The kind `elder` with a unique field, which the tiny programme does not declare. */
static struct wh_kind unique_elder(struct engine_bench *bench)
{
    struct wh_kind kind = *wh_kind_find(bench->engine, WH_S("elder"), 2026);
    kind.unique = (struct wh_list)WH_LIST(unique);
    return kind;
}

static uint32_t offer(struct engine_bench *bench, struct wh_uniqueness *uniqueness,
                      const struct wh_record *record)
{
    struct wh_error err;
    wh_faults_init(&bench->faults, &bench->arena);
    assert_int_equal(wh_uniqueness_offer(uniqueness, record, 7, &bench->faults, &err), 0);
    return bench->faults.count;
}

static void a_repeat_is_found_in_the_store_and_in_the_input(void **state)
{
    struct bench_record typed = {"elder", HOME, "2026-03-02", "1", "2026-04-01", {{0}}, 0};
    struct engine_bench bench;
    struct wh_uniqueness *uniqueness;
    struct wh_record record;
    struct wh_kind kind;
    (void)state;
    bench_township(&bench);
    (void)bench_turn(&bench, bench_add, &typed);
    kind = unique_elder(&bench);
    uniqueness = wh_uniqueness_new(bench.engine, &kind);
    record = find(&bench, typed.id);
    record.kind = &kind;
    assert_int_equal(offer(&bench, uniqueness, &record), 0); /* it never repeats itself */
    record.id = wh_id_make(1, 2, 3);
    assert_int_equal(offer(&bench, uniqueness, &record), 1); /* another one does */
    assert_int_equal(bench.faults.items[0].line, 7);
    record.date += 60; /* after the first one's end */
    record.values[2].present = false;
    assert_int_equal(offer(&bench, uniqueness, &record), 0);
    record.id = wh_id_make(1, 2, 4);
    assert_int_equal(offer(&bench, uniqueness, &record), 1); /* repeats the one just offered */
    record.unit = WH_S(VILLAGE);
    assert_int_equal(offer(&bench, uniqueness, &record), 0); /* another unit */
    wh_uniqueness_free(uniqueness);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_found_as_it_was_saved_even_after_a_power_cut),
        cmocka_unit_test(a_record_of_a_failed_commit_is_not_there),
        cmocka_unit_test(ids_are_in_the_order_of_entry),
        cmocka_unit_test(an_edit_keeps_the_former_versions_in_order),
        cmocka_unit_test(two_edits_in_one_turn_build_on_each_other),
        cmocka_unit_test(a_withdrawn_record_is_out_of_force_and_stays_readable),
        cmocka_unit_test(a_scan_takes_days_and_units_as_asked),
        cmocka_unit_test(a_repeat_is_found_in_the_store_and_in_the_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
