/* Feeds against a plain filter: what a neighbour is sent is what sync/authority.h says is for it,
 * each row once, in the order in which it was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "engine/children.h"
#include "engine/feed.h"
#include "engine_bench.h"
#include "model/key.h"

#define HOME "2311"

/* Below the home, and between it and others; one is nobody's. */
static const char *const units[] = {HOME,        "231181",    "231181101",   "231181102",
                                    "231182",    "2311821",   "231182108",   "231182108201",
                                    "23118",     "231183",    "231183001",   "2311830010",
                                    "231199999", "231182109", "231181101001"};
#define UNITS (sizeof(units) / sizeof(units[0]))
static const char *const children[] = {"231181", "231182108", "231183001", "231182", "231182109"};
#define CHILDREN (sizeof(children) / sizeof(children[0]))
static const uint32_t tables[] = {WH_TABLE_SUMMARY, WH_TABLE_UNIT, WH_TABLE_PROGRAMME, 4711};
#define TABLES (sizeof(tables) / sizeof(tables[0]))

struct writing {
    uint64_t chance;
    uint32_t count;
    bool fails; /* after the writes */
};

static uint64_t draw(struct writing *writing, uint64_t below)
{
    writing->chance = writing->chance * 6364136223846793005u + 1442695040888963407u;
    return (writing->chance >> 33) % below;
}

/* Rows are of no meaning to the engine's caches: a unit that can't be read is passed over. */
static int write_some(struct engine_bench *bench, void *argument)
{
    struct writing *writing = argument;
    struct wh_error err;
    int rc = 0;
    for (uint32_t i = 0; i < writing->count && rc == 0; i++) {
        struct wh_tuple key;
        uint32_t table = tables[draw(writing, TABLES)];
        const char *unit = table == WH_TABLE_PROGRAMME ? HOME : units[draw(writing, UNITS)];
        wh_row_key_summary(&key, wh_span_of(unit), 8105 + (int32_t)draw(writing, 4), WH_S("facet"),
                           WH_S(HOME));
        if (table == WH_TABLE_PROGRAMME || table == WH_TABLE_UNIT) {
            rc = wh_row_put(bench->engine, table, wh_tuple_span(&key), WH_SPAN_EMPTY, &err);
        } else {
            rc = wh_row_put(bench->engine, table, wh_tuple_span(&key), WH_S("value"), &err);
        }
    }
    return writing->fails ? WH_E_FAILED : rc;
}

/* The seqs of the rows that are for `child`, as the rows themselves say. */
struct expected {
    struct engine_bench *bench;
    struct wh_span child;
    enum wh_lane lane;
    uint64_t after;
    uint32_t count;
    uint64_t newest;
    uint64_t sum; /* of the counters: which rows they are */
};

static int expect_row(void *context, struct wh_span key, struct wh_span value)
{
    struct expected *expected = context;
    struct wh_row row;
    uint64_t seq;
    (void)key;
    assert_int_equal(wh_row_stored_read(value, &expected->bench->arena, &seq, &row), 0);
    if (wh_table_lane(row.table) != expected->lane || seq <= expected->after) return 0;
    if (expected->child.len == 0
            ? !wh_row_goes_up(&row, WH_S(HOME))
            : !wh_row_goes_down(&row, WH_S(HOME)) || !wh_row_is_for(&row, expected->child)) {
        return 0;
    }
    expected->count++;
    expected->sum += row.counter * row.counter;
    if (seq > expected->newest) expected->newest = seq;
    return 0;
}

/* Cuts until the head, in pieces, and adds up what came. */
static void assert_cuts(struct engine_bench *bench, struct wh_neighbour *neighbour,
                        enum wh_lane lane, uint64_t after)
{
    struct expected expected = {
        .bench = bench, .child = wh_neighbour_name(neighbour), .lane = lane, .after = after};
    struct wh_cut_request request = {.lane = lane,
                                     .after = after,
                                     .head = neighbour->safe_heads[lane],
                                     .bytes_max = 300,
                                     .child = wh_neighbour_name(neighbour)};
    struct wh_error err;
    uint32_t count = 0;
    uint64_t sum = 0, newest = 0;
    assert_int_equal(
        wh_engine_scan(bench->engine, WH_FAMILY_ROWS, WH_SPAN_EMPTY, expect_row, &expected, &err),
        0);
    while (request.after < request.head) {
        struct wh_cut cut;
        assert_int_equal(wh_feed_cut(bench->engine, &request, &bench->arena, &cut, &err), 0);
        assert_true(cut.after == request.after && cut.last > cut.after);
        for (uint32_t i = 0; i < cut.count; i++) {
            struct wh_row row;
            assert_int_equal(wh_row_read(cut.rows[i], &bench->arena, &row), 0);
            assert_true(row.counter > newest); /* own rows: their counter is their seq */
            newest = row.counter;
            sum += row.counter * row.counter;
        }
        count += cut.count;
        request.after = cut.last;
    }
    assert_int_equal(count, expected.count);
    assert_true(sum == expected.sum);
    assert_true(newest == expected.newest);
    if (expected.count > 0) assert_true(neighbour->safe_heads[lane] >= expected.newest);
}

/* Heads that were kept while rows were written, and those that a start finds, lead as far. */
static void assert_all_cuts(struct engine_bench *bench, struct wh_neighbour *neighbour,
                            uint64_t after)
{
    struct wh_neighbour *fresh;
    struct wh_error err;
    assert_int_equal(wh_neighbour_new(bench->engine, neighbour->link.role,
                                      wh_neighbour_name(neighbour), &fresh, &err),
                     0);
    for (int lane = 0; lane < WH_LANES; lane++) {
        assert_true(neighbour->heads[lane] == neighbour->safe_heads[lane]);
        assert_cuts(bench, neighbour, (enum wh_lane)lane, after);
        assert_cuts(bench, fresh, (enum wh_lane)lane, after);
    }
    wh_neighbour_free(fresh);
}

static void each_neighbour_is_sent_what_is_for_it_and_nothing_else(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        struct engine_bench bench;
        struct writing writing = {.chance = seed};
        bench_root(&bench);
        for (uint32_t round = 0; round < 6; round++) {
            writing.count = 1 + (uint32_t)draw(&writing, 40);
            writing.fails = draw(&writing, 5) == 0;
            (void)bench_turn(&bench, write_some, &writing);
            if (draw(&writing, 6) == 0) assert_int_equal(bench_restart(&bench), 0);
            for (uint32_t i = 0; i <= round && i < CHILDREN; i++) {
                struct wh_neighbour *child =
                    wh_children_meet(bench.engine, wh_span_of(children[i]));
                uint64_t after = draw(&writing, bench.engine->safe_head);
                assert_all_cuts(&bench, child, round % 2 ? after : 0);
            }
        }
        bench_close(&bench);
    }
}

static int meet_after_writing(struct engine_bench *bench, void *argument)
{
    int rc = write_some(bench, argument);
    (void)wh_children_meet(bench->engine, WH_S("231181"));
    return rc;
}

static void a_child_that_is_met_amid_a_turn_hears_what_the_turn_wrote(void **state)
{
    struct engine_bench bench;
    struct writing writing = {.chance = 7, .count = 60};
    (void)state;
    bench_root(&bench);
    (void)bench_turn(&bench, meet_after_writing, &writing);
    for (int lane = 0; lane < WH_LANES; lane++) {
        assert_cuts(&bench, wh_children_find(bench.engine, WH_S("231181")), (enum wh_lane)lane, 0);
    }
    bench_close(&bench);
}

static void children_are_found_by_unit_and_by_range(void **state)
{
    struct engine_bench bench;
    uint32_t from, to;
    (void)state;
    bench_root(&bench);
    for (size_t i = 0; i < CHILDREN; i++) {
        assert_non_null(wh_children_meet(bench.engine, wh_span_of(children[i])));
    }
    for (size_t i = 0; i < CHILDREN; i++) {
        struct wh_neighbour *child = wh_children_find(bench.engine, wh_span_of(children[i]));
        assert_true(child == wh_children_meet(bench.engine, wh_span_of(children[i])));
        assert_string_equal(child->unit, children[i]);
    }
    assert_null(wh_children_find(bench.engine, WH_S("2311")));
    wh_children_range(bench.engine, WH_S("231182"), &from, &to);
    assert_int_equal(to - from, 3);
    wh_children_range(bench.engine, WH_SPAN_EMPTY, &from, &to);
    assert_int_equal(to - from, CHILDREN);
    wh_children_range(bench.engine, WH_S("2312"), &from, &to);
    assert_int_equal(to, from);
    bench_close(&bench);
}

static void a_row_larger_than_the_cut_travels_alone(void **state)
{
    struct engine_bench bench;
    struct writing writing = {.chance = 3, .count = 60};
    struct wh_cut_request request = {.lane = WH_LANE_BULK, .bytes_max = 1, .child = WH_S("231181")};
    struct wh_error err;
    struct wh_cut cut;
    (void)state;
    bench_root(&bench);
    (void)bench_turn(&bench, write_some, &writing);
    request.head = bench.engine->safe_head;
    assert_int_equal(wh_feed_cut(bench.engine, &request, &bench.arena, &cut, &err), 0);
    assert_int_equal(cut.count, 1);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_neighbour_is_sent_what_is_for_it_and_nothing_else),
        cmocka_unit_test(a_child_that_is_met_amid_a_turn_hears_what_the_turn_wrote),
        cmocka_unit_test(children_are_found_by_unit_and_by_range),
        cmocka_unit_test(a_row_larger_than_the_cut_travels_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
