#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "engine/units.h"
#include "engine_bench.h"
#include "model/key.h"
#include "model/protobuf.h"

#define HEAD "code,name,kind,parent\n"
#define ABOVE HEAD "231182,五大连池,county,2311\n231182108,朝阳,township,231182\n"

static int import(struct engine_bench *bench, const char *csv)
{
    return bench_turn(bench, bench_import, (void *)(uintptr_t)csv);
}

static const struct wh_unit *find(struct engine_bench *bench, const char *code)
{
    return wh_units_find(wh_engine_units(bench->engine), wh_span_of(code));
}

static void a_good_tree_is_imported_whole(void **state)
{
    struct engine_bench bench;
    (void)state;
    bench_root(&bench);
    assert_int_equal(import(&bench, ABOVE "231182108201,东村,village,231182108\n"
                                          "231182E,教育局,education_bureau,231182\n"
                                          "231182E001,一小,school,231182E\n"),
                     5);
    assert_int_equal(wh_engine_units(bench.engine)->count, 6);
    assert_true(wh_span_equal(find(&bench, "231182108201")->name, WH_S("东村")));
    assert_int_equal(find(&bench, "231182E001")->kind, WH_UNIT_KIND_SCHOOL);
    bench_close(&bench);
}

static void the_same_file_again_changes_nothing(void **state)
{
    struct engine_bench bench;
    uint64_t head;
    (void)state;
    bench_root(&bench);
    assert_int_equal(import(&bench, ABOVE), 2);
    bench_settle(&bench);
    head = wh_engine_head(bench.engine);
    assert_int_equal(import(&bench, ABOVE), 0);
    assert_int_equal(wh_engine_head(bench.engine), head);
    assert_int_equal(import(&bench, HEAD "231182108,新名,township,231182\n"), 1);
    assert_true(wh_span_equal(find(&bench, "231182108")->name, WH_S("新名")));
    assert_non_null(find(&bench, "231182")); /* what a file leaves out stays */
    bench_close(&bench);
}

static void break_disk(void *context, const struct wh_batch *batch)
{
    (void)batch;
    (void)wh_memory_store_break(context, (struct wh_memory_breakage){10000, 0, 1});
}

/* Found by the simulator, with members: one who had been revoked was still heard. */
static void a_cache_that_could_not_be_read_is_read_before_the_next_turn(void **state)
{
    struct engine_bench bench;
    (void)state;
    bench_root(&bench);
    wh_memory_store_watch(bench.store, break_disk, bench.store);
    (void)import(&bench, ABOVE); /* saved; what follows the commit fails */
    wh_memory_store_watch(bench.store, NULL, NULL);
    assert_int_equal(bench.committed, 0);
    assert_null(find(&bench, "231182"));
    assert_int_equal(bench_turn(&bench, NULL, NULL), WH_E_IO);
    (void)wh_memory_store_break(bench.store, (struct wh_memory_breakage){0, 0, 0});
    assert_int_equal(bench_turn(&bench, NULL, NULL), 0);
    assert_non_null(find(&bench, "231182"));
    bench_close(&bench);
}

static void dates_and_successors_are_kept(void **state)
{
    struct engine_bench bench;
    const struct wh_unit *unit;
    (void)state;
    bench_root(&bench);
    assert_int_equal(import(&bench, "parent,kind,closed,code,name,opened,successor\n"
                                    "2311,county,,231182,a,,\n"
                                    "231182,township,2026-05-01,231182108,b,2001-01-01,231182109\n"
                                    "231182,township,,231182109,c,,\n"),
                     3);
    unit = find(&bench, "231182108");
    assert_true(wh_span_equal(unit->successor, WH_S("231182109")));
    assert_true(wh_unit_exists(unit, unit->closed - 1));
    assert_false(wh_unit_exists(unit, unit->closed));
    assert_false(wh_unit_exists(unit, unit->opened - 1));
    bench_close(&bench);
}

static void every_fault_is_named_with_its_line_and_nothing_is_imported(void **state)
{
    static const struct {
        const char *csv;
        uint32_t line;
        enum wh_message message;
    } cases[] = {
        {"code,name,kind\n", 1, WH_MSG_COLUMN_MISSING},
        {"code,name,kind,parent,clsed\n", 1, WH_MSG_COLUMN_UNKNOWN_NEAR},
        {"code,name,kind,parent,qqqqqq\n", 1, WH_MSG_COLUMN_UNKNOWN},
        {ABOVE "23118x,a,county,2311\n", 4, WH_MSG_FIELD_NOT_CODE},
        {ABOVE "231183,,county,2311\n", 4, WH_MSG_UNIT_NAME},
        {ABOVE "231183,a\x01,county,2311\n", 4, WH_MSG_FIELD_CONTROL},
        {ABOVE "231183,a,conty,2311\n", 4, WH_MSG_UNIT_KIND_NEAR},
        {ABOVE "231183,a,zzzzzzz,2311\n", 4, WH_MSG_UNIT_KIND},
        {ABOVE "231183,a,county,\n", 4, WH_MSG_UNIT_NO_PARENT},
        {ABOVE "231183101,a,township,231183\n", 4, WH_MSG_UNIT_PARENT_UNKNOWN},
        {ABOVE "231183,a,township,231182\n", 4, WH_MSG_UNIT_OUTSIDE_PARENT},
        {ABOVE "231182109,a,county,231182\n", 4, WH_MSG_UNIT_LEVEL},
        {ABOVE "231182201,a,village,231182\n", 4, WH_MSG_UNIT_LEVEL},
        {ABOVE "231182,a,county,2311\n", 4, WH_MSG_UNIT_TWICE},
        {ABOVE "3301,a,county,2311\n", 4, WH_MSG_UNIT_OUTSIDE},
        {ABOVE "23118210,a,township,231182\n", 3, WH_MSG_UNIT_PREFIX},
        {HEAD "231182,a,county,231182108\n231182108,b,township,231182\n", 2, WH_MSG_UNIT_CYCLE},
        {ABOVE "231183,a,county\n", 4, WH_MSG_CSV_FEWER},
        {"code,name,kind,parent,opened\n231183,a,county,2311,2001-02-30\n", 2,
         WH_MSG_FIELD_NOT_DATE},
    };
    struct engine_bench bench;
    (void)state;
    bench_root(&bench);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bool named = false;
        assert_int_equal(import(&bench, cases[i].csv), WH_E_INVALID);
        for (uint32_t f = 0; f < bench.faults.count; f++) {
            const struct wh_fault *fault = &bench.faults.items[f];
            if (fault->line == cases[i].line && fault->message == cases[i].message) named = true;
        }
        if (!named) fail_msg("case %zu: the fault is not named", i);
        assert_int_equal(wh_engine_units(bench.engine)->count, 1); /* its own */
    }
    bench_close(&bench);
}

static void all_faults_of_a_file_are_said_at_once(void **state)
{
    struct engine_bench bench;
    (void)state;
    bench_root(&bench);
    assert_int_equal(import(&bench, HEAD "23118x,a,county,2311\n"
                                         "231183,,county,2311\n"
                                         "231184,a,county,9999\n"),
                     WH_E_INVALID);
    assert_int_equal(bench.faults.count, 3);
    bench_close(&bench);
}

struct description {
    const char *origin;
    const char *name;
    uint64_t counter;
};

static int describe(struct engine_bench *bench, void *argument)
{
    const struct description *description = argument;
    Wh__UnitValue value = WH__UNIT_VALUE__INIT;
    enum wh_reject reject;
    struct wh_error err;
    struct wh_tuple key;
    struct wh_row row;
    value.name = wh_arena_text(&bench->arena, wh_span_of(description->name));
    value.kind = WH_UNIT_KIND_VILLAGE;
    value.parent = wh_arena_text(&bench->arena, WH_S("231182108"));
    wh_row_key_unit(&key, WH_S("231182108201"), wh_span_of(description->origin));
    wh_row_make(WH_TABLE_UNIT, wh_tuple_span(&key), wh_span_of(description->origin),
                description->counter, 99, wh_protobuf_pack(&value.base, &bench->arena),
                &bench->arena, &row);
    return wh_row_take(bench->engine, &row, &reject, &err);
}

static void of_several_descriptions_the_one_nearest_to_the_root_counts(void **state)
{
    struct description county = {"231182", "by the county", 900}, root = {"2311", "by the city", 9};
    struct engine_bench bench;
    (void)state;
    bench_township(&bench);
    (void)bench_turn(&bench, describe, &county);
    assert_true(wh_span_equal(find(&bench, "231182108201")->name, WH_S("231182108201")));
    (void)bench_turn(&bench, describe, &root);
    assert_true(wh_span_equal(find(&bench, "231182108201")->name, WH_S("by the city")));
    assert_int_equal(wh_engine_units(bench.engine)->count, 3); /* and no unit twice */
    bench_close(&bench);
}

static void units_are_walked_by_their_range(void **state)
{
    struct engine_bench bench;
    const struct wh_units *units;
    uint32_t found = 0;
    (void)state;
    bench_root(&bench);
    (void)import(&bench, ABOVE "231182108201,东村,village,231182108\n231183,a,county,2311\n");
    units = wh_engine_units(bench.engine);
    for (uint32_t i = wh_units_from(units, WH_S("231182")); i < units->count; i++) {
        if (!wh_span_starts(units->items[i].code, WH_S("231182"))) break;
        found++;
    }
    assert_int_equal(found, 3);
    assert_int_equal(wh_units_from(units, WH_S("9")), units->count);
    assert_null(find(&bench, "23118"));
    bench_close(&bench);
}

static void presence_is_written_for_the_home_and_its_villages(void **state)
{
    struct engine_bench bench;
    (void)state;
    bench_township(&bench);
    bench_settle(&bench);
    assert_int_equal(bench_figure(&bench, "231182108", "2026Q2", "presence", NULL), 1);
    assert_int_equal(bench_figure(&bench, "231182108202", "2026Q2", "presence", NULL), 1);
    assert_int_equal(bench_figure(&bench, "231182108202", "2026Q3", "presence", NULL), -1);
    bench.now.clock_ms += (int64_t)30 * 86400000;
    (void)bench_turn(&bench, NULL, NULL);
    assert_int_equal(bench_figure(&bench, "231182108202", "2026Q3", "presence", NULL), 1);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_tree_is_imported_whole),
        cmocka_unit_test(the_same_file_again_changes_nothing),
        cmocka_unit_test(a_cache_that_could_not_be_read_is_read_before_the_next_turn),
        cmocka_unit_test(dates_and_successors_are_kept),
        cmocka_unit_test(every_fault_is_named_with_its_line_and_nothing_is_imported),
        cmocka_unit_test(all_faults_of_a_file_are_said_at_once),
        cmocka_unit_test(of_several_descriptions_the_one_nearest_to_the_root_counts),
        cmocka_unit_test(units_are_walked_by_their_range),
        cmocka_unit_test(presence_is_written_for_the_home_and_its_villages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
