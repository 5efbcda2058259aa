#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chance.h"
#include "isolation/declaration.h"
#include "isolation/wire.h"

static const char *const words[] = {"a", "b"};
static const struct wh_choice choices[] = {{"x", {"甲", "X"}}, {"y", {NULL, "Y"}}};
static const struct wh_field fields[] = {
    {"date", {"日期", "Date"}, WH_DATE, WH_REQUIRED, 0, 0, {NULL, 0, 0}},
    {"how", {"方式", "How"}, WH_CHOICE, 0, -5, INT64_MAX, WH_LIST(choices)},
};
static const struct wh_test tests_of[] = {{"how", WH_LIST(words)}};
static const struct wh_condition conditions[] = {{WH_LIST(tests_of), WH_LEVEL_TOWNSHIP, 0}};
static const struct wh_metric metrics[] = {{"m",
                                            {"指标", "Metric"},
                                            WH_STOCK,
                                            WH_SUM,
                                            WH_IN_FORCE,
                                            0,
                                            WH_LIST(words),
                                            WH_LIST(conditions)}};
static const struct wh_kind kinds[] = {{"visit",
                                        {"走访", "Visit"},
                                        WH_LEVEL_GRASSROOTS,
                                        0,
                                        WH_LIST(fields),
                                        WH_LIST(words),
                                        WH_LIST(metrics)}};
static const struct wh_job jobs[] = {{"tidy", {NULL, "Tidy"}, "daily 02:00", 5, 0}};
static const struct wh_setting settings[] = {
    {"limit", {NULL, "Limit"}, WH_INTEGER, WH_BOUNDED, 1, 9, "5", {NULL, 0, 0}}};

static int measure_nothing(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    (void)self;
    (void)cell;
    (void)fail;
    return 0;
}

static struct wh_plugin sample(void)
{
    return (struct wh_plugin){
        .abi = WH_ABI,
        .size = sizeof(struct wh_plugin),
        .name = "visits",
        .version = "1.0.0",
        .title = {"走访", "Visits"},
        .needs = WH_LIST(words),
        .kinds = WH_LIST(kinds),
        .measure = measure_nothing,
        .jobs = WH_LIST(jobs),
        .settings = WH_LIST(settings),
    };
}

static void put(struct wh_buffer *buffer)
{
    struct wh_plugin plugin = sample();
    struct wh_wire wire = wh_wire_put(buffer);
    uint32_t has = WH_HAS_MEASURE;
    wh_wire_plugin(&wire, &plugin, &has);
}

static void a_declaration_is_taken_as_it_was_put(void **state)
{
    struct wh_buffer bytes = {NULL, 0, 0}, again = {NULL, 0, 0};
    struct wh_arena arena = {NULL, 0};
    struct wh_plugin taken = {0};
    const struct wh_kind *kind;
    const struct wh_field *field;
    struct wh_wire wire;
    uint32_t has = 0;
    (void)state;
    put(&bytes);
    wire = wh_wire_take(wh_buffer_span(&bytes), &arena);
    wh_wire_plugin(&wire, &taken, &has);
    assert_false(wire.broken);
    assert_int_equal(wire.in.len, 0);
    assert_int_equal(has, WH_HAS_MEASURE);
    kind = wh_list_at(&taken.kinds, 0);
    field = wh_list_at(&kind->fields, 1);
    assert_string_equal(field->title.zh, "方式");
    assert_true(field->max == INT64_MAX && field->min == -5);
    assert_null(((const struct wh_choice *)wh_list_at(&field->choices, 1))->title.zh);
    wire = wh_wire_put(&again);
    wh_wire_plugin(&wire, &taken, &has);
    assert_true(wh_span_equal(wh_buffer_span(&bytes), wh_buffer_span(&again)));
    wh_buffer_deinit(&bytes);
    wh_buffer_deinit(&again);
    wh_arena_deinit(&arena);
}

/* Whatever the other side sends: nothing is read beyond it, and what is cut is known. */
static void what_is_cut_or_turned_is_never_read_beyond_its_end(void **state)
{
    struct wh_chance chance = wh_chance_stream(20261124, "wire");
    struct wh_buffer bytes = {NULL, 0, 0};
    (void)state;
    put(&bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        struct wh_arena arena = {NULL, 0};
        struct wh_plugin taken = {0};
        struct wh_wire wire = wh_wire_take(wh_arena_copy(&arena, wh_span(bytes.data, len)), &arena);
        uint32_t has = 0;
        wire.in.len = len;
        wh_wire_plugin(&wire, &taken, &has);
        assert_true(wire.broken);
        wh_arena_deinit(&arena);
    }
    for (int i = 0; i < 20000; i++) {
        struct wh_arena arena = {NULL, 0};
        struct wh_plugin taken = {0};
        struct wh_span copy = wh_arena_copy(&arena, wh_buffer_span(&bytes));
        struct wh_wire wire = wh_wire_take(copy, &arena);
        uint32_t has = 0;
        for (int k = 0; k < 3; k++) {
            ((char *)(uintptr_t)copy.data)[wh_chance_below(&chance, (uint32_t)copy.len)] =
                (char)wh_chance_below(&chance, 256);
        }
        wh_wire_plugin(&wire, &taken, &has);
        wh_arena_deinit(&arena);
    }
    wh_buffer_deinit(&bytes);
}

static void a_list_of_an_older_stride_is_filled_with_zeroes(void **state)
{
    struct short_job {
        const char *name;
        struct wh_title title;
        const char *when;
    } shorter[] = {{"tidy", {NULL, "Tidy"}, "daily 02:00"}, {"more", {NULL, "More"}, ""}};
    struct wh_plugin plugin = sample(), taken = {0};
    struct wh_buffer bytes = {NULL, 0, 0};
    struct wh_arena arena = {NULL, 0};
    struct wh_wire wire = wh_wire_put(&bytes);
    const struct wh_job *job;
    uint32_t has = 0;
    (void)state;
    plugin.jobs = (struct wh_list)WH_LIST(shorter);
    wh_wire_plugin(&wire, &plugin, &has);
    wire = wh_wire_take(wh_buffer_span(&bytes), &arena);
    wh_wire_plugin(&wire, &taken, &has);
    job = wh_list_at(&taken.jobs, 1);
    assert_string_equal(job->name, "more");
    assert_int_equal(job->budget_ms, 0);
    assert_int_equal(taken.jobs.stride, sizeof(struct wh_job));
    wh_buffer_deinit(&bytes);
    wh_arena_deinit(&arena);
}

static void a_declaration_that_cannot_be_read_says_why(void **state)
{
    char why[WH_DECLARATION_FAULT_SIZE];
    struct wh_plugin plugin = sample();
    (void)state;
    assert_true(wh_declaration_is_readable(&plugin, sizeof(plugin), why));
    assert_true(wh_declaration_is_readable(&plugin, 0, why));
    plugin.abi = 2;
    assert_false(wh_declaration_is_readable(&plugin, sizeof(plugin), why));
    assert_non_null(strstr(why, "ABI 2"));
    plugin = sample();
    plugin.size = 4;
    assert_false(wh_declaration_is_readable(&plugin, sizeof(plugin), why));
    plugin.size = UINT32_MAX;
    assert_false(wh_declaration_is_readable(&plugin, sizeof(plugin), why));
    plugin = sample();
    plugin.kinds.items = NULL;
    assert_false(wh_declaration_is_readable(&plugin, sizeof(plugin), why));
    plugin = sample();
    plugin.settings.stride = 8;
    assert_false(wh_declaration_is_readable(&plugin, sizeof(plugin), why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_declaration_is_taken_as_it_was_put),
        cmocka_unit_test(what_is_cut_or_turned_is_never_read_beyond_its_end),
        cmocka_unit_test(a_list_of_an_older_stride_is_filled_with_zeroes),
        cmocka_unit_test(a_declaration_that_cannot_be_read_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
