#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "inspection_bench.h"
#include "planner_improve.h"
#include "planner_match.h"

/* ---- Any case ---- */

enum { CASES = 500, SMALL_CASES = 1000 };

static const struct case_size large = {40, 5, 9, 6}, small = {4, 3, 4, 3};

static uint32_t planned_of(const struct plan_input *input, const struct plan *plan, uint8_t *ret)
{
    uint32_t count = 0, i;
    for (i = 0; i < plan->units_count; i++) {
        ret[i] = plan->visits[i].day != 0;
        count += ret[i] && !input->units[i].pinned;
    }
    return count;
}

static void no_unit_is_missed_that_could_be_planned(void **state)
{
    struct inspection_case one;
    uint8_t among[CASE_UNITS], planned[CASE_UNITS];
    uint32_t seed, short_of = 0;
    (void)state;
    memset(among, 1, sizeof(among));
    for (seed = 0; seed < CASES; seed++) {
        struct wh_chance chance = wh_chance_stream(seed, "missed");
        struct plan plan;
        case_draw(&one, &chance, large);
        plan = plan_of(&one.input);
        assert_int_equal(planned_of(&one.input, &plan, planned),
                         judge_flow(&one.input, among).visits);
        short_of += plan.missed > 0;
        plan_deinit(&plan);
    }
    assert_in_range(short_of, CASES / 5, CASES * 4 / 5); /* the cases are of both sorts */
}

/* A set weighs most when, of the units above any weight, it has as many as can be. */
static void the_heavier_units_are_kept(void **state)
{
    static const uint32_t weights[] = {1, 3, 8};
    struct inspection_case one;
    uint32_t seed, i, j;
    (void)state;
    for (seed = 0; seed < CASES; seed++) {
        struct wh_chance chance = wh_chance_stream(seed, "heavier");
        struct plan plan;
        case_draw(&one, &chance, large);
        plan = plan_of(&one.input);
        for (i = 0; plan.missed > 0 && i < 3; i++) {
            uint8_t among[CASE_UNITS] = {0};
            uint32_t planned = 0;
            for (j = 0; j < one.input.units_count; j++) {
                among[j] = one.units[j].weight >= weights[i];
                planned += among[j] && plan.visits[j].day != 0;
            }
            assert_int_equal(planned, judge_flow(&one.input, among).visits);
        }
        plan_deinit(&plan);
    }
}

/* What is left to do when the shortest chains take too long. */
static void chosen_units_all_find_a_place_without_the_shortest_chains_too(void **state)
{
    struct inspection_case one;
    struct schedule schedule;
    uint32_t seed, i;
    (void)state;
    for (seed = 0; seed < CASES; seed++) {
        struct wh_chance chance = wh_chance_stream(seed, "complete");
        case_draw(&one, &chance, large);
        assert_int_equal(schedule_init(&schedule, &one.input), 0);
        assert_int_equal(match_choose(&schedule), 0);
        assert_int_equal(improve_build(&schedule), 0);
        assert_int_equal(match_complete(&schedule), 0);
        for (i = 0; i < one.input.units_count; i++) assert_false(schedule_waits(&schedule, i));
        for (i = 0; i < schedule.slots_count; i++) assert_true(schedule.room[i] >= 0);
        schedule_deinit(&schedule);
    }
}

static void assert_same(const struct plan *one, const struct plan *other)
{
    assert_int_equal(one->units_count, other->units_count);
    assert_int_equal(one->missed, other->missed);
    assert_memory_equal(one->visits, other->visits, one->units_count * sizeof(*one->visits));
    assert_memory_equal(one->reasons, other->reasons, one->units_count);
}

static void the_same_input_gives_the_same_plan(void **state)
{
    struct inspection_case one;
    uint32_t seed;
    (void)state;
    for (seed = 0; seed < CASES; seed++) {
        struct wh_chance chance = wh_chance_stream(seed, "same");
        struct plan first, second;
        case_draw(&one, &chance, large);
        first = plan_of(&one.input);
        second = plan_of(&one.input);
        assert_same(&first, &second);
        assert_memory_equal(&first.cost, &second.cost, sizeof(first.cost));
        plan_deinit(&first);
        plan_deinit(&second);
    }
}

static void a_plan_made_again_stands(void **state)
{
    struct inspection_case one;
    uint32_t seed;
    (void)state;
    for (seed = 0; seed < CASES; seed++) {
        struct wh_chance chance = wh_chance_stream(seed, "again");
        struct plan first, second;
        case_draw(&one, &chance, large);
        first = plan_of(&one.input);
        case_keep(&one, &first);
        second = plan_of(&one.input);
        assert_same(&first, &second);
        assert_int_equal(second.cost.changed, 0);
        plan_deinit(&first);
        plan_deinit(&second);
    }
}

/* ---- When something moves ---- */

/* Former visits of planned units that were still possible and are not where they were. */
static uint32_t changed_of(const struct plan_input *input, const struct plan *plan)
{
    uint32_t changed = 0, i, day;
    for (i = 0; i < input->units_count; i++) {
        struct plan_visit former = input->units[i].former;
        if (input->units[i].pinned || former.day == 0 || plan->visits[i].day == 0) continue;
        for (day = 0; input->days[day] != former.day; day++) continue;
        changed += judge_allows(input, i, former.inspector, day) &&
                   memcmp(&former, &plan->visits[i], sizeof(former)) != 0;
    }
    return changed;
}

static void the_fewest_visits_change(void **state)
{
    struct inspection_case one;
    uint8_t planned[CASE_UNITS];
    uint32_t seed, moved = 0;
    (void)state;
    for (seed = 0; seed < CASES; seed++) {
        struct wh_chance chance = wh_chance_stream(seed, "fewest");
        struct plan first, second;
        uint32_t times = 1 + seed % 3;
        case_draw(&one, &chance, (struct case_size){30, 5, 9, 6});
        first = plan_of(&one.input);
        case_keep(&one, &first);
        while (times-- > 0) case_disturb(&one, &chance);
        second = plan_of(&one.input);
        planned_of(&one.input, &second, planned);
        assert_int_equal(changed_of(&one.input, &second), judge_flow(&one.input, planned).changed);
        moved += changed_of(&one.input, &second) > 0;
        plan_deinit(&first);
        plan_deinit(&second);
    }
    assert_in_range(moved, CASES / 10, CASES);
}

/* The same against all plans of the same units, and what changes in all. */
static void in_small_cases_no_plan_changes_less(void **state)
{
    struct inspection_case one;
    uint8_t planned[CASE_UNITS];
    uint32_t seed;
    (void)state;
    for (seed = 0; seed < SMALL_CASES; seed++) {
        struct wh_chance chance = wh_chance_stream(seed, "less");
        struct plan first, second;
        case_draw(&one, &chance, (struct case_size){3, 3, 4, 3});
        first = plan_of(&one.input);
        case_keep(&one, &first);
        case_disturb(&one, &chance);
        second = plan_of(&one.input);
        planned_of(&one.input, &second, planned);
        assert_int_equal(second.cost.changed, judge_best(&one.input, planned).changed);
        plan_deinit(&first);
        plan_deinit(&second);
    }
}

/* Two full days of one inspector, and a third with room: who loses the first day goes straight
 * there, and nobody else moves. */
static void a_lost_day_moves_its_own_visits_alone(void **state)
{
    struct inspection_case one = {.days = {20000, 20001, 20002}};
    struct plan plan;
    uint32_t i;
    (void)state;
    one.input = (struct plan_input){one.days, one.inspectors, one.units, 3, 1, 6};
    one.inspectors[0] = (struct plan_inspector){{7}, 3, {0}};
    for (i = 0; i < 6; i++) one.units[i].former = (struct plan_visit){0, one.days[i / 3]};
    one.inspectors[0].days[0] = 6;
    plan = plan_of(&one.input);
    assert_int_equal(plan.cost.changed, 3);
    for (i = 0; i < 6; i++) assert_int_equal(plan.visits[i].day, one.days[i < 3 ? 2 : 1]);
    plan_deinit(&plan);
}

/* The new unit can on the first day alone, where a unit lies that can on the first two; the second
 * day is full of one that can on all three. Both give way, each by a day. */
static void a_new_unit_moves_no_more_than_the_shortest_chain(void **state)
{
    struct inspection_case one = {.days = {20000, 20001, 20002}};
    struct plan plan;
    (void)state;
    one.input = (struct plan_input){one.days, one.inspectors, one.units, 3, 1, 3};
    one.inspectors[0] = (struct plan_inspector){{7}, 1, {0}};
    one.units[0] = (struct plan_unit){.former = {0, 20000}, .last_day = 20001};
    one.units[1] = (struct plan_unit){.former = {0, 20001}};
    one.units[2] = (struct plan_unit){.last_day = 20000};
    plan = plan_of(&one.input);
    assert_int_equal(plan.missed, 0);
    assert_int_equal(plan.cost.changed, 2);
    assert_int_equal(plan.visits[0].day, 20001);
    assert_int_equal(plan.visits[1].day, 20002);
    plan_deinit(&plan);
}

static void a_pinned_visit_stands_against_every_rule(void **state)
{
    struct inspection_case one = {.days = {20000, 20002}};
    struct plan plan;
    uint32_t i;
    (void)state;
    one.input = (struct plan_input){one.days, one.inspectors, one.units, 2, 1, 4};
    one.inspectors[0] = (struct plan_inspector){{2}, 1, {0}};
    for (i = 0; i < 3; i++) one.units[i] = (struct plan_unit){.pinned = 1};
    one.units[0].former = (struct plan_visit){0, 20000}; /* a day they cannot */
    one.units[1].former = (struct plan_visit){0, 20002};
    one.units[1].forbidden[0] = 1;
    one.units[2].former = (struct plan_visit){0, 20001}; /* a day that is none */
    plan = plan_of(&one.input);
    assert_int_equal(plan.missed, 1);
    assert_int_equal(plan.reasons[3], PLAN_FULL);
    assert_int_equal(plan.cost.trips, 2);
    assert_int_equal(plan.cost.changed, 0);
    plan_deinit(&plan);
}

/* Other plans' visits leave less room: what is planned beside them is as much as can be, and on no
 * day too much. */
static void visits_of_other_plans_take_their_room(void **state)
{
    struct inspection_case one;
    uint32_t seed, i, j;
    (void)state;
    for (seed = 0; seed < CASES; seed++) {
        struct wh_chance chance = wh_chance_stream(seed, "taken");
        uint8_t among[CASE_UNITS];
        struct plan plan;
        case_draw(&one, &chance, large);
        for (i = 0; i < one.input.inspectors_count; i++) {
            for (j = 0; j < one.input.days_count; j++) {
                one.inspectors[i].taken[j] = (uint8_t)wh_chance_below(&chance, 5);
            }
        }
        memset(among, 1, sizeof(among));
        plan = plan_of(&one.input);
        assert_int_equal(plan.units_count - plan.missed, judge_flow(&one.input, among).visits);
        case_keep(&one, &plan);
        plan_deinit(&plan);
        case_disturb(&one, &chance);
        plan = plan_of(&one.input);
        plan_deinit(&plan);
    }
}

static void a_day_that_is_full_of_another_plan_takes_nothing(void **state)
{
    struct inspection_case one = {.days = {20000, 20001}};
    struct plan plan;
    (void)state;
    one.input = (struct plan_input){one.days, one.inspectors, one.units, 2, 1, 4};
    one.inspectors[0] = (struct plan_inspector){{3}, 3, {3, 1}};
    one.units[0].former = (struct plan_visit){0, 20000};
    plan = plan_of(&one.input);
    assert_int_equal(plan.missed, 2);
    assert_int_equal(plan.reasons[3], PLAN_FULL);
    assert_int_equal(plan.visits[0].day, 20001);
    plan_deinit(&plan);
}

/* ---- What it costs ---- */

/* The bound of the README for a case by itself; the mean is judged below. */
static void judge_small_case(const struct inspection_case *one, const struct plan *plan,
                             int64_t *ratios_sum, uint32_t *ratios)
{
    struct judge_best best = judge_best(&one->input, NULL);
    uint8_t planned[CASE_UNITS];
    int64_t weight = 0;
    uint32_t i;
    for (i = 0; i < one->input.units_count; i++) {
        weight += plan->visits[i].day == 0 ? 0 : one->units[i].weight;
    }
    assert_int_equal(planned_of(&one->input, plan, planned), best.visits);
    assert_int_equal(weight, best.weight);
    if (best.points == 0) return;
    assert_true(plan->cost.points >= best.points);
    assert_true(plan->cost.points * 100 <= best.points * 250);
    *ratios_sum += plan->cost.points * 10000 / best.points;
    *ratios += 1;
}

static void in_small_cases_the_cost_is_near_the_least(void **state)
{
    struct inspection_case one;
    int64_t ratios_sum = 0;
    uint32_t seed, ratios = 0;
    (void)state;
    for (seed = 0; seed < SMALL_CASES; seed++) {
        struct wh_chance chance = wh_chance_stream(seed, "cost");
        struct plan plan;
        case_draw(&one, &chance, small);
        plan = plan_of(&one.input);
        judge_small_case(&one, &plan, &ratios_sum, &ratios);
        plan_deinit(&plan);
    }
    assert_true(ratios > SMALL_CASES / 2);
    assert_true(ratios_sum <= 10010 * (int64_t)ratios);
}

static void fill_free_case(struct inspection_case *one, struct wh_chance *chance)
{
    uint32_t i;
    case_draw(one, chance, large);
    for (i = 0; i < one->input.units_count; i++) {
        one->units[i] = (struct plan_unit){.area = one->units[i].area};
    }
}

/* Units without any rule or weight are not dealt out further from the shares than a day's trips. */
static void loads_follow_what_inspectors_can(void **state)
{
    struct inspection_case one;
    uint32_t seed, i;
    (void)state;
    for (seed = 0; seed < CASES; seed++) {
        struct wh_chance chance = wh_chance_stream(seed, "loads");
        int64_t bound;
        struct plan plan;
        fill_free_case(&one, &chance);
        plan = plan_of(&one.input);
        bound = 400 * (int64_t)one.input.inspectors_count; /* two visits off each, squared */
        assert_true(plan.cost.uneven_h <= bound);
        for (i = 0; i < one.input.units_count; i++) {
            assert_true(plan.reasons[i] == PLAN_PLANNED || plan.reasons[i] == PLAN_FULL ||
                        plan.reasons[i] == PLAN_NO_DAY);
        }
        plan_deinit(&plan);
    }
}

/* The sum over these cases. A plan is the same wherever it is made, so it need only ever fall. */
enum { POINTS_SO_FAR = 1541578 };

static void plans_cost_no_more_than_they_did(void **state)
{
    struct inspection_case one;
    int64_t points = 0;
    uint32_t seed;
    (void)state;
    for (seed = 0; seed < CASES; seed++) {
        struct wh_chance chance = wh_chance_stream(seed, "so far");
        struct plan plan;
        case_draw(&one, &chance, large);
        plan = plan_of(&one.input);
        points += plan.cost.points;
        plan_deinit(&plan);
    }
    assert_true(points <= POINTS_SO_FAR);
}

/* A trip of its own costs 300 points, eight days later 80 for each point of weight. */
static void a_unit_goes_alone_where_waiting_costs_more_than_the_trip(void **state)
{
    struct inspection_case one = {.input = {.days_count = 9}};
    uint32_t weight, i;
    (void)state;
    for (i = 0; i < 9; i++) one.days[i] = 20000 + (int32_t)i;
    one.input = (struct plan_input){one.days, one.inspectors, one.units, 9, 1, 2};
    one.inspectors[0].days[0] = 511;
    one.units[0].first_day = 20008;
    for (weight = 0; weight < 8; weight++) {
        struct plan plan;
        one.units[1].weight = weight;
        plan = plan_of(&one.input);
        assert_int_equal(plan.visits[1].day, weight < 4 ? 20008 : 20000);
        plan_deinit(&plan);
    }
}

static void units_of_an_area_make_full_trips_and_weighty_ones_go_first(void **state)
{
    struct inspection_case one = {.days = {20000, 20001, 20002, 20003}};
    struct plan plan;
    uint32_t i;
    (void)state;
    one.input = (struct plan_input){one.days, one.inspectors, one.units, 4, 1, 12};
    one.inspectors[0] = (struct plan_inspector){{15}, 0, {0}};
    for (i = 0; i < 12; i++) one.units[i] = (struct plan_unit){.area = i % 4, .weight = i % 4};
    plan = plan_of(&one.input);
    assert_int_equal(plan.cost.trips, 4);
    for (i = 0; i < 12; i++) assert_int_equal(plan.visits[i].day, 20003 - (int32_t)(i % 4));
    plan_deinit(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_unit_is_missed_that_could_be_planned),
        cmocka_unit_test(the_heavier_units_are_kept),
        cmocka_unit_test(chosen_units_all_find_a_place_without_the_shortest_chains_too),
        cmocka_unit_test(the_same_input_gives_the_same_plan),
        cmocka_unit_test(a_plan_made_again_stands),
        cmocka_unit_test(the_fewest_visits_change),
        cmocka_unit_test(in_small_cases_no_plan_changes_less),
        cmocka_unit_test(a_lost_day_moves_its_own_visits_alone),
        cmocka_unit_test(a_new_unit_moves_no_more_than_the_shortest_chain),
        cmocka_unit_test(a_pinned_visit_stands_against_every_rule),
        cmocka_unit_test(visits_of_other_plans_take_their_room),
        cmocka_unit_test(a_day_that_is_full_of_another_plan_takes_nothing),
        cmocka_unit_test(in_small_cases_the_cost_is_near_the_least),
        cmocka_unit_test(loads_follow_what_inspectors_can),
        cmocka_unit_test(plans_cost_no_more_than_they_did),
        cmocka_unit_test(a_unit_goes_alone_where_waiting_costs_more_than_the_trip),
        cmocka_unit_test(units_of_an_area_make_full_trips_and_weighty_ones_go_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
