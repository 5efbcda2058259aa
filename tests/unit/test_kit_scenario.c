#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/date.h"
#include "kit/scenario.h"

#define UNITS                                                                                      \
    "units:\n"                                                                                     \
    "  - {code: \"23\", name: 市, kind: city}\n"                                                  \
    "  - {code: \"2399\", name: 县, kind: county, parent: \"23\"}\n"
#define HEAD "today: 2026-05-20\n" UNITS

struct reading {
    struct wh_arena arena;
    struct wh_faults faults;
    struct wh_scenario scenario;
};

static struct reading *read_scenario(const char *text)
{
    static struct reading reading;
    wh_arena_deinit(&reading.arena);
    wh_faults_init(&reading.faults, &reading.arena);
    wh_scenario_read(wh_span_of(text), &reading.arena, &reading.faults, &reading.scenario);
    return &reading;
}

static int drop(void **state)
{
    (void)state;
    wh_arena_deinit(&read_scenario("x: 1")->arena);
    return 0;
}

/* The one fault is this one, on this line. */
static void assert_fault(const char *text, uint32_t line, const char *sentence)
{
    struct reading *reading = read_scenario(text);
    struct wh_span said;
    assert_int_equal(reading->faults.count, 1);
    assert_int_equal(reading->faults.items[0].line, line);
    said = wh_fault_text(&reading->faults.items[0], WH_EN, &reading->arena);
    assert_string_equal(wh_arena_text(&reading->arena, said), sentence);
}

static void assert_span(struct wh_span span, const char *text)
{
    assert_true(wh_span_equal(span, wh_span_of(text)));
}

static void a_whole_scenario_is_read_as_it_is_written(void **state)
{
    struct reading *reading =
        read_scenario(HEAD "home: \"2399\"\nsettings: {a: 1, b: x}\nsteps:\n"
                           "  - add: visit\n    unit: \"2399\"\n    fields: {date: 2026-05-06}\n"
                           "  - today: 2026-05-21\n"
                           "  - metrics: visit\n    unit: \"2399\"\n    quarter: 2026Q2\n"
                           "    expect: {visit_minutes: 30}\n");
    const struct wh_scenario *scenario = &reading->scenario;
    (void)state;
    assert_int_equal(reading->faults.count, 0);
    assert_int_equal(scenario->today, wh_day_of((struct wh_civil){2026, 5, 20}));
    assert_int_equal(scenario->units_count, 2);
    assert_span(scenario->home, "2399");
    assert_span(scenario->units[1].parent, "23");
    assert_int_equal(scenario->settings_count, 2);
    assert_span(scenario->settings[1].text, "x");
    assert_int_equal(scenario->steps_count, 3);
    assert_int_equal(scenario->steps[0].verb, WH_STEP_ADD);
    assert_span(scenario->steps[0].subject, "visit");
    assert_span(scenario->steps[0].entries[0].text, "2026-05-06");
    assert_int_equal(scenario->steps[1].day, scenario->today + 1);
    assert_int_equal(scenario->steps[2].quarter, 2026 * 4 + 1);
    assert_int_equal(scenario->steps[2].expect_count, 1);
    assert_int_equal(scenario->steps[2].expect[0].line, 15);
    assert_span(scenario->steps[2].expect[0].cells[0].name, "visit_minutes");
}

static void a_list_gives_its_name_to_each_of_its_texts(void **state)
{
    struct reading *reading =
        read_scenario(HEAD "steps:\n  - run: visits total\n    with: {field: [a=1, b=2], x: y}\n");
    const struct wh_step *step = &reading->scenario.steps[0];
    (void)state;
    assert_int_equal(reading->faults.count, 0);
    assert_int_equal(step->entries_count, 3);
    assert_span(step->entries[1].name, "field");
    assert_span(step->entries[1].text, "b=2");
    assert_span(step->entries[2].text, "y");
}

static void no_row_expected_is_not_the_same_as_nothing_expected(void **state)
{
    struct reading *reading = read_scenario(HEAD "steps:\n  - notices:\n    expect: []\n"
                                                 "  - notices:\n");
    (void)state;
    assert_int_equal(reading->faults.count, 0);
    assert_true(reading->scenario.steps[0].expects);
    assert_int_equal(reading->scenario.steps[0].expect_count, 0);
    assert_false(reading->scenario.steps[1].expects);
}

static void the_first_unit_is_the_node_s_where_none_is_named(void **state)
{
    struct reading *reading = read_scenario(
        "today: 2026-05-20\nunits:\n  - {code: \"9\", name: a, kind: city}\nsteps: []\n");
    (void)state;
    assert_int_equal(reading->faults.count, 1); /* one digit is no code */
    reading = read_scenario("today: 2026-05-20\nunits:\n  - {code: \"99\", name: a, kind: city}\n"
                            "  - {code: \"11\", name: b, kind: city}\nsteps: []\n");
    assert_int_equal(reading->faults.count, 0);
    assert_span(reading->scenario.home, "99");
    assert_span(reading->scenario.units[0].code, "11"); /* by code */
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
    (void)state;
    assert_fault(UNITS "steps: []\n", 1, "`today` is missing");
    assert_fault("today: tomorrow\n" UNITS "steps: []\n", 1,
                 "`tomorrow` is not a date that exists (write 2026-03-31)");
    assert_fault(HEAD "setings: {a: 1}\nsteps: []\n", 5,
                 "unknown key `setings` (did you mean `settings`?)");
    assert_fault("today: 2026-05-20\nunits: []\nsteps: []\n", 2, "at least one unit is needed");
    assert_fault(
        "today: 2026-05-20\nunits:\n  - {code: \"23\", name: a, kind: vilage}\nsteps: []\n", 3,
        "there is no kind of unit `vilage` (did you mean `village`?)");
    assert_fault("today: 2026-05-20\nunits:\n"
                 "  - {code: \"2399\", name: a, kind: county, parent: \"23\"}\nsteps: []\n",
                 3, "the parent 23 is not among the units before it");
}

static void a_wrong_step_is_named_with_its_line(void **state)
{
    (void)state;
    assert_fault(HEAD "steps:\n  - metric: visit\n", 6,
                 "the step does not say what to do (did you mean `metrics`?)");
    assert_fault(HEAD "steps:\n  - job: check\n    expect: []\n", 7, "unknown key `expect`");
    assert_fault(HEAD "steps:\n  - metrics: visit\n    unit: \"24\"\n", 7,
                 "the unit 24 is not among `units`");
    assert_fault(HEAD "steps:\n  - metrics: visit\n    unit: \"23\"\n    quarter: Q2\n", 8,
                 "quarter `Q2`: write 2026Q1");
    assert_fault(HEAD "steps:\n  - add: visit\n    fields: {date: 2026-05-06}\n", 6,
                 "`unit` is missing");
    assert_fault(HEAD "steps:\n  - run: a\n    expect:\n      - x\n", 8,
                 "`expect` must be a map of keys and values");
    assert_fault(HEAD "steps:\n  - run: a\n    with: {x: {y: z}}\n", 7, "`x` must be a text");
    assert_fault(HEAD "steps:\n  - run: a\n    with: x\n", 7,
                 "`with` must be a map of keys and values");
    assert_fault(HEAD "steps:\n  - add: a\n    unit: \"23\"\n    fields: x\n", 8,
                 "`fields` must be a map of keys and values");
    assert_fault(HEAD "steps:\n  - job: a\n    run: b\n", 6, "unknown key `job`");
}

static void settings_are_read_as_in_plugins_d(void **state)
{
    struct reading *reading = read_scenario(HEAD "settings:\n  # a: 1\nsteps: []\n");
    (void)state;
    assert_int_equal(reading->faults.count, 0);
    assert_int_equal(reading->scenario.settings_count, 0);
    assert_fault(HEAD "settings:\n  a: 1\n  b: [x, y]\nsteps: []\n", 7, "`b` must be a text");
    assert_fault(HEAD "settings: x\nsteps: []\n", 5, "`settings` must be a map of keys and values");
    reading = read_scenario(HEAD "settings:\n  a: 1\n  b: x\nsteps: []\n");
    assert_int_equal(reading->faults.count, 0);
    assert_int_equal(reading->scenario.settings[1].line, 7);
}

static void nothing_stands_behind_notices(void **state)
{
    (void)state;
    assert_fault(HEAD "steps:\n  - notices: zzz\n", 6, "nothing may stand behind `notices`");
    assert_fault(HEAD "steps:\n  - notices: []\n", 6, "nothing may stand behind `notices`");
    assert_int_equal(read_scenario(HEAD "steps:\n  - notices:\n")->faults.count, 0);
}

static void a_broken_document_is_one_fault(void **state)
{
    (void)state;
    assert_int_equal(read_scenario("units: [")->faults.count, 1);
    assert_int_equal(read_scenario("")->faults.count, 1);
    assert_int_equal(read_scenario("- a\n")->faults.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_scenario_is_read_as_it_is_written),
        cmocka_unit_test(a_list_gives_its_name_to_each_of_its_texts),
        cmocka_unit_test(no_row_expected_is_not_the_same_as_nothing_expected),
        cmocka_unit_test(the_first_unit_is_the_node_s_where_none_is_named),
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
        cmocka_unit_test(a_wrong_step_is_named_with_its_line),
        cmocka_unit_test(settings_are_read_as_in_plugins_d),
        cmocka_unit_test(nothing_stands_behind_notices),
        cmocka_unit_test(a_broken_document_is_one_fault),
    };
    return cmocka_run_group_tests(tests, NULL, drop);
}
