#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "inspection_bench.h"

/* ---- Allocations that fail: the linker sends every calloc() of the planner here ---- */

void *__real_calloc(size_t count, size_t size); /* NOLINT: the linker's name */
void *__wrap_calloc(size_t count, size_t size); /* NOLINT */

static uint32_t allocations_left = UINT32_MAX;

void *__wrap_calloc(size_t count, size_t size)
{
    if (allocations_left == 0) return NULL;
    allocations_left--;
    return __real_calloc(count, size);
}

static void a_unit_that_is_missed_has_its_reason(void **state)
{
    struct inspection_case one = {.days = {20000, 20001}};
    struct plan plan;
    (void)state;
    one.input = (struct plan_input){one.days, one.inspectors, one.units, 2, 2, 6};
    one.inspectors[0] = (struct plan_inspector){{1}, 1, {0}};
    one.units[0].forbidden[0] = 3;
    one.units[1].first_day = 20001;                                           /* nobody can then */
    one.units[2] = (struct plan_unit){.first_day = 20001, .last_day = 20000}; /* no day at all */
    one.units[3].forbidden[0] = 1;                                            /* the other cannot */
    one.units[4].weight = 1;
    plan = plan_of(&one.input);
    assert_int_equal(plan.missed, 5);
    assert_int_equal(plan.reasons[0], PLAN_NO_INSPECTOR);
    assert_int_equal(plan.reasons[1], PLAN_NO_DAY);
    assert_int_equal(plan.reasons[2], PLAN_NO_DAY);
    assert_int_equal(plan.reasons[3], PLAN_NO_DAY);
    assert_int_equal(plan.reasons[4], PLAN_PLANNED);
    assert_int_equal(plan.reasons[5], PLAN_FULL);
    plan_deinit(&plan);
}

static void nothing_to_plan_is_an_empty_plan(void **state)
{
    static const struct plan_unit unit;
    static const int32_t days[] = {20000};
    struct plan plan = plan_of(&(struct plan_input){0});
    (void)state;
    assert_int_equal(plan.units_count, 0);
    assert_int_equal(plan.cost.points, 0);
    plan_deinit(&plan);
    plan_deinit(&plan);
    plan = plan_of(&(struct plan_input){.units = &unit, .units_count = 1});
    assert_int_equal(plan.reasons[0], PLAN_NO_INSPECTOR);
    plan_deinit(&plan);
    plan = plan_of(&(struct plan_input){.days = days, .days_count = 1});
    assert_int_equal(plan.missed, 0);
    plan_deinit(&plan);
}

static void refuses(const struct plan_input *input)
{
    struct plan plan = {.missed = 7};
    struct plan_cost cost = {.trips = 7};
    struct plan_visit visits[4] = {{0}};
    assert_int_equal(plan_make(input, &plan), PLAN_E_INPUT);
    assert_int_equal(plan_weigh(input, visits, &cost), PLAN_E_INPUT);
    assert_int_equal(plan.missed, 7);
    assert_null(plan.visits);
    assert_int_equal(cost.trips, 7);
}

static void input_against_the_bounds_is_refused(void **state)
{
    static const int32_t days[] = {20000, 20001}, twice[] = {20000, 20000}, zero[] = {0, 1};
    static const struct plan_inspector inspectors[2],
        eager[] = {{{0}, PLAN_VISITS_A_DAY_MAX + 1, {0}}};
    static const struct plan_unit units[] = {{.weight = PLAN_WEIGHT_MAX + 1},
                                             {.pinned = 1},
                                             {.pinned = 1, .former = {2, 20000}},
                                             {.pinned = 2, .former = {0, 20000}},
                                             {.first_day = -1},
                                             {.last_day = -1},
                                             {.former = {0, -1}}};
    uint32_t i;
    (void)state;
    refuses(&(struct plan_input){twice, inspectors, NULL, 2, 2, 0});
    refuses(&(struct plan_input){zero, inspectors, NULL, 2, 2, 0});
    refuses(&(struct plan_input){NULL, inspectors, NULL, 2, 2, 0});
    refuses(&(struct plan_input){days, NULL, NULL, 2, 2, 0});
    refuses(&(struct plan_input){days, inspectors, NULL, 2, 2, 1});
    refuses(&(struct plan_input){days, eager, NULL, 2, 1, 0});
    refuses(&(struct plan_input){days, inspectors, NULL, PLAN_DAYS_MAX + 1, 2, 0});
    refuses(&(struct plan_input){days, inspectors, NULL, 2, PLAN_INSPECTORS_MAX + 1, 0});
    refuses(&(struct plan_input){days, inspectors, units, 2, 2, PLAN_UNITS_MAX + 1});
    for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
        refuses(&(struct plan_input){days, inspectors, &units[i], 2, 2, 1});
    }
}

static void a_former_inspector_who_left_is_a_change_and_no_error(void **state)
{
    struct inspection_case one = {.days = {20000}};
    struct plan plan;
    (void)state;
    one.input = (struct plan_input){one.days, one.inspectors, one.units, 1, 1, 1};
    one.inspectors[0].days[0] = 1;
    one.units[0].former = (struct plan_visit){9, 20000};
    plan = plan_of(&one.input);
    assert_int_equal(plan.missed, 0);
    assert_int_equal(plan.cost.changed, 1);
    plan_deinit(&plan);
}

static void every_allocation_may_fail(void **state)
{
    struct inspection_case one;
    struct wh_chance chance = wh_chance_stream(1, "memory");
    struct plan plan = {0};
    uint32_t n;
    int rc = PLAN_E_MEMORY;
    (void)state;
    case_draw(&one, &chance, (struct case_size){40, 5, 9, 6});
    for (n = 0; rc == PLAN_E_MEMORY; n++) {
        allocations_left = n;
        rc = plan_make(&one.input, &plan);
        allocations_left = UINT32_MAX;
        assert_true(rc == 0 || plan.visits == NULL);
    }
    assert_int_equal(rc, 0);
    assert_in_range(n, 20, 100);
    plan_deinit(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_that_is_missed_has_its_reason),
        cmocka_unit_test(nothing_to_plan_is_an_empty_plan),
        cmocka_unit_test(input_against_the_bounds_is_refused),
        cmocka_unit_test(a_former_inspector_who_left_is_a_change_and_no_error),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
