#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "inspection_bench.h"

/* ---- Cases ---- */

static void draw_inspector(struct inspection_case *one, struct wh_chance *chance, uint32_t i)
{
    uint32_t day;
    for (day = 0; day < one->input.days_count; day++) {
        if (wh_chance_is(chance, 7000)) plan_set_add(one->inspectors[i].days, day);
    }
    one->inspectors[i].visits_a_day = wh_chance_below(chance, 4); /* 0: three of them */
}

static int32_t draw_day(const struct inspection_case *one, struct wh_chance *chance)
{
    return one->days[wh_chance_below(chance, one->input.days_count)];
}

static void draw_unit(struct inspection_case *one, struct wh_chance *chance, uint32_t areas,
                      uint32_t i)
{
    static const uint32_t weights[] = {0, 0, 1, 3, 8};
    struct plan_unit *unit = &one->units[i];
    uint32_t j;
    unit->area = wh_chance_below(chance, areas);
    unit->weight = weights[wh_chance_below(chance, 5)];
    for (j = 0; j < one->input.inspectors_count; j++) {
        if (wh_chance_is(chance, 2000)) plan_set_add(unit->forbidden, j);
    }
    if (wh_chance_is(chance, 2500)) unit->first_day = draw_day(one, chance);
    if (wh_chance_is(chance, 2500)) unit->last_day = draw_day(one, chance);
}

void case_draw(struct inspection_case *one, struct wh_chance *chance, struct case_size most)
{
    int32_t day = 20000;
    uint32_t i;
    memset(one, 0, sizeof(*one));
    one->input = (struct plan_input){
        .days = one->days,
        .inspectors = one->inspectors,
        .units = one->units,
        .days_count = (uint32_t)wh_chance_between(chance, 2, most.days),
        .inspectors_count = (uint32_t)wh_chance_between(chance, 1, most.inspectors),
        .units_count = (uint32_t)wh_chance_between(chance, 1, most.units),
    };
    for (i = 0; i < one->input.days_count; i++) {
        one->days[i] = day += (int32_t)wh_chance_between(chance, 1, 3);
    }
    for (i = 0; i < one->input.inspectors_count; i++) draw_inspector(one, chance, i);
    for (i = 0; i < one->input.units_count; i++) draw_unit(one, chance, most.areas, i);
}

void case_keep(struct inspection_case *one, const struct plan *plan)
{
    uint32_t i;
    for (i = 0; i < plan->units_count; i++) one->units[i].former = plan->visits[i];
}

void case_disturb(struct inspection_case *one, struct wh_chance *chance)
{
    struct plan_inspector *inspector =
        &one->inspectors[wh_chance_below(chance, one->input.inspectors_count)];
    struct plan_unit *unit = &one->units[wh_chance_below(chance, one->input.units_count)];
    uint32_t day = wh_chance_below(chance, one->input.days_count);
    switch (wh_chance_below(chance, 5)) {
    case 0: inspector->days[0] &= ~(UINT64_C(1) << day); break;
    case 1:
        unit->former.inspector = (uint32_t)(inspector - one->inspectors);
        unit->former.day = one->days[day];
        unit->pinned = 1;
        break;
    case 2: draw_unit(one, chance, 3, one->input.units_count++); break;
    case 3: plan_set_add(unit->forbidden, unit->former.inspector); break;
    default: inspector->visits_a_day = inspector->visits_a_day == 0 ? 2 : 1; break;
    }
}

/* ---- Rules ---- */

static int32_t capacity_of(const struct plan_input *input, uint32_t inspector, uint32_t day)
{
    uint32_t visits = input->inspectors[inspector].visits_a_day;
    int32_t left = (visits == 0 ? 3 : (int32_t)visits) - input->inspectors[inspector].taken[day];
    return left < 0 ? 0 : left;
}

static uint32_t index_of(const struct plan_input *input, int32_t day)
{
    uint32_t i = 0;
    while (i < input->days_count && input->days[i] != day) i++;
    return i;
}

int judge_allows(const struct plan_input *input, uint32_t unit, uint32_t inspector, uint32_t day)
{
    const struct plan_unit *one = &input->units[unit];
    return plan_set_has(input->inspectors[inspector].days, day) &&
           !plan_set_has(one->forbidden, inspector) &&
           (one->first_day == 0 || input->days[day] >= one->first_day) &&
           (one->last_day == 0 || input->days[day] <= one->last_day);
}

/* Room that the pinned visits leave. */
static void count_room(const struct plan_input *input, int32_t *room)
{
    uint32_t i, j;
    for (i = 0; i < input->inspectors_count; i++) {
        for (j = 0; j < input->days_count; j++) {
            room[i * input->days_count + j] = capacity_of(input, i, j);
        }
    }
    for (i = 0; i < input->units_count; i++) {
        struct plan_visit visit = input->units[i].former;
        if (!input->units[i].pinned) continue;
        j = index_of(input, visit.day);
        if (j < input->days_count) room[visit.inspector * input->days_count + j]--;
    }
}

/* ---- Flow: Bellman and Ford over every unit and slot, one visit more at a time ---- */

enum { FAR = 1000000, NOBODY = -1 };

struct flow {
    const struct plan_input *input;
    const uint8_t *among;
    int32_t room[CASE_SLOTS];
    int32_t at[CASE_UNITS];     /* slot, or NOBODY */
    int32_t length[CASE_SLOTS]; /* changes of the shortest chain into the slot */
    int32_t mover[CASE_SLOTS];
};

static int32_t change(const struct flow *flow, uint32_t unit, uint32_t slot)
{
    uint32_t days = flow->input->days_count;
    struct plan_visit former = flow->input->units[unit].former;
    uint32_t day = former.day == 0 ? days : index_of(flow->input, former.day);
    if (day == days || former.inspector >= flow->input->inspectors_count) return 0;
    if (!judge_allows(flow->input, unit, former.inspector, day)) return 0;
    return former.inspector * days + day != slot;
}

/* Returns whether any slot is reached by a shorter chain. */
static int stretch(struct flow *flow, uint32_t unit)
{
    uint32_t days = flow->input->days_count, slots = days * flow->input->inspectors_count, i;
    int32_t from = flow->at[unit], base = 0;
    int shorter = 0;
    if (from != NOBODY) {
        base = flow->length[from] - change(flow, unit, (uint32_t)from);
        if (flow->length[from] == FAR) return 0;
    }
    for (i = 0; i < slots; i++) {
        int32_t length = base + change(flow, unit, i);
        if ((int32_t)i == from || !judge_allows(flow->input, unit, i / days, i % days)) continue;
        if (length >= flow->length[i]) continue;
        flow->length[i] = length;
        flow->mover[i] = (int32_t)unit;
        shorter = 1;
    }
    return shorter;
}

static int32_t shortest_end(struct flow *flow)
{
    uint32_t slots = flow->input->days_count * flow->input->inspectors_count, i;
    int32_t end = NOBODY;
    int shorter = 1;
    for (i = 0; i < slots; i++) flow->length[i] = FAR;
    while (shorter) {
        shorter = 0;
        for (i = 0; i < flow->input->units_count; i++) {
            if (flow->among[i] && !flow->input->units[i].pinned) shorter |= stretch(flow, i);
        }
    }
    for (i = 0; i < slots; i++) {
        if (flow->room[i] <= 0 || flow->length[i] == FAR) continue;
        if (end == NOBODY || flow->length[i] < flow->length[end]) end = (int32_t)i;
    }
    return end;
}

struct judge_flow judge_flow(const struct plan_input *input, const uint8_t *among)
{
    struct flow flow = {.input = input, .among = among};
    struct judge_flow found = {0};
    int32_t slot, unit, left;
    uint32_t i;
    count_room(input, flow.room);
    for (i = 0; i < input->units_count; i++) flow.at[i] = NOBODY;
    while ((slot = shortest_end(&flow)) != NOBODY) {
        found.visits++;
        flow.room[slot]--;
        for (; slot != NOBODY; slot = left) {
            unit = flow.mover[slot];
            left = flow.at[unit];
            flow.at[unit] = slot;
        }
    }
    for (i = 0; i < input->units_count; i++) {
        if (flow.at[i] != NOBODY) found.changed += (uint32_t)change(&flow, i, (uint32_t)flow.at[i]);
    }
    return found;
}

/* ---- All plans ---- */

struct search {
    const struct plan_input *input;
    const uint8_t *among;
    int32_t room[CASE_SLOTS];
    int32_t at[CASE_UNITS];
    struct judge_best best;
    int is_found;
};

static int64_t uneven(const struct plan_input *input, const int64_t *load, int64_t visits)
{
    int64_t can[CASE_INSPECTORS] = {0}, all = 0, sum = 0;
    uint32_t i, j;
    for (i = 0; i < input->inspectors_count; i++) {
        for (j = 0; j < input->days_count; j++) {
            can[i] += plan_set_has(input->inspectors[i].days, j) * capacity_of(input, i, j);
        }
        all += can[i];
    }
    for (i = 0; i < input->inspectors_count; i++) {
        int64_t off = 10 * load[i] - (all ? 10 * visits * can[i] / all : 0);
        sum += off * off;
    }
    return sum;
}

static int is_first_of_trip(const struct search *search, uint32_t unit)
{
    uint32_t i;
    for (i = 0; i < unit; i++) {
        if (search->at[i] == search->at[unit] &&
            search->input->units[i].area == search->input->units[unit].area) {
            return 0;
        }
    }
    return 1;
}

static int is_moved(const struct search *search, uint32_t unit)
{
    const struct plan_unit *one = &search->input->units[unit];
    int32_t slot = search->at[unit], days = (int32_t)search->input->days_count;
    if (one->pinned || one->former.day == 0) return 0;
    return slot == NOBODY || slot / days != (int32_t)one->former.inspector ||
           search->input->days[slot % days] != one->former.day;
}

static struct judge_best weigh(const struct search *search)
{
    struct judge_best sum = {0};
    int64_t load[CASE_INSPECTORS] = {0}, late = 0, trips = 0;
    uint32_t days = search->input->days_count, i;
    for (i = 0; i < search->input->units_count; i++) {
        int64_t weight = search->input->units[i].weight;
        sum.changed += is_moved(search, i);
        if (search->at[i] == NOBODY) continue;
        sum.visits++;
        sum.weight += weight;
        trips += is_first_of_trip(search, i);
        late += weight * (search->at[i] % (int32_t)days);
        load[(uint32_t)search->at[i] / days]++;
    }
    sum.points =
        300 * trips + 10 * late + uneven(search->input, load, sum.visits) + 1000 * sum.changed;
    return sum;
}

static int is_better(const struct judge_best *one, const struct judge_best *other)
{
    if (one->visits != other->visits) return one->visits > other->visits;
    if (one->weight != other->weight) return one->weight > other->weight;
    if (one->changed != other->changed) return one->changed < other->changed;
    return one->points < other->points;
}

static void search_from(struct search *search, uint32_t unit);

static void search_slots(struct search *search, uint32_t unit)
{
    uint32_t days = search->input->days_count, i;
    for (i = 0; i < days * search->input->inspectors_count; i++) {
        if (search->room[i] <= 0 || !judge_allows(search->input, unit, i / days, i % days)) {
            continue;
        }
        search->room[i]--;
        search->at[unit] = (int32_t)i;
        search_from(search, unit + 1);
        search->room[i]++;
    }
}

static void search_from(struct search *search, uint32_t unit)
{
    const struct plan_unit *one = &search->input->units[unit];
    if (unit == search->input->units_count) {
        struct judge_best found = weigh(search);
        if (!search->is_found || is_better(&found, &search->best)) search->best = found;
        search->is_found = 1;
    } else if (one->pinned) {
        search->at[unit] = (int32_t)(one->former.inspector * search->input->days_count +
                                     index_of(search->input, one->former.day));
        search_from(search, unit + 1);
    } else {
        search->at[unit] = NOBODY;
        if (!search->among || !search->among[unit]) search_from(search, unit + 1);
        if (!search->among || search->among[unit]) search_slots(search, unit);
    }
}

struct judge_best judge_best(const struct plan_input *input, const uint8_t *among)
{
    struct search search = {.input = input, .among = among};
    count_room(input, search.room);
    search_from(&search, 0);
    return search.best;
}

/* ---- A plan ---- */

static void judge_cost(const struct plan_input *input, const struct plan *plan)
{
    struct search search = {.input = input};
    struct judge_best found;
    struct plan_cost cost;
    uint32_t i;
    for (i = 0; i < input->units_count; i++) {
        uint32_t day = index_of(input, plan->visits[i].day);
        search.at[i] = day == input->days_count
                           ? NOBODY
                           : (int32_t)(plan->visits[i].inspector * input->days_count + day);
    }
    found = weigh(&search);
    assert_int_equal(found.points, plan->cost.points);
    assert_int_equal(found.changed, plan->cost.changed);
    assert_int_equal(plan_weigh(input, plan->visits, &cost), 0);
    assert_memory_equal(&cost, &plan->cost, sizeof(cost));
}

void judge_plan(const struct plan_input *input, const struct plan *plan)
{
    int32_t room[CASE_SLOTS];
    uint32_t missed = 0, i;
    count_room(input, room);
    assert_int_equal(plan->units_count, input->units_count);
    for (i = 0; i < input->units_count; i++) {
        struct plan_visit visit = plan->visits[i];
        uint32_t day = index_of(input, visit.day);
        assert_int_equal(visit.day == 0, plan->reasons[i] != PLAN_PLANNED);
        missed += visit.day == 0;
        if (visit.day == 0) continue;
        if (input->units[i].pinned) {
            assert_memory_equal(&visit, &input->units[i].former, sizeof(visit));
            continue;
        }
        assert_in_range(visit.inspector, 0, input->inspectors_count - 1);
        assert_in_range(day, 0, input->days_count - 1);
        assert_true(judge_allows(input, i, visit.inspector, day));
        assert_true(room[visit.inspector * input->days_count + day]-- > 0);
    }
    assert_int_equal(missed, plan->missed);
    judge_cost(input, plan);
}

struct plan plan_of(const struct plan_input *input)
{
    struct plan plan = {0};
    assert_int_equal(plan_make(input, &plan), 0);
    judge_plan(input, &plan);
    return plan;
}
