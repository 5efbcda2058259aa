#include "planner.h"

#include <stdlib.h>
#include <string.h>

#include "planner_cost.h"
#include "planner_improve.h"
#include "planner_match.h"
#include "planner_schedule.h"

/* ---- What is refused ---- */

static int are_days_valid(const struct plan_input *input)
{
    uint32_t i;
    if (input->days_count > PLAN_DAYS_MAX || (input->days_count > 0 && !input->days)) return 0;
    for (i = 0; i < input->days_count; i++) {
        if (input->days[i] <= (i > 0 ? input->days[i - 1] : 0)) return 0;
    }
    return 1;
}

static int are_inspectors_valid(const struct plan_input *input)
{
    uint32_t i;
    if (input->inspectors_count > PLAN_INSPECTORS_MAX) return 0;
    if (input->inspectors_count > 0 && !input->inspectors) return 0;
    for (i = 0; i < input->inspectors_count; i++) {
        if (input->inspectors[i].visits_a_day > PLAN_VISITS_A_DAY_MAX) return 0;
    }
    return 1;
}

static int are_units_valid(const struct plan_input *input)
{
    uint32_t i;
    if (input->units_count > PLAN_UNITS_MAX || (input->units_count > 0 && !input->units)) return 0;
    for (i = 0; i < input->units_count; i++) {
        const struct plan_unit *unit = &input->units[i];
        if (unit->weight > PLAN_WEIGHT_MAX || unit->pinned > 1) return 0;
        if (unit->first_day < 0 || unit->last_day < 0 || unit->former.day < 0) return 0;
        if (!unit->pinned) continue;
        if (unit->former.day == 0 || unit->former.inspector >= input->inspectors_count) return 0;
    }
    return 1;
}

static int is_valid(const struct plan_input *input)
{
    return are_days_valid(input) && are_inspectors_valid(input) && are_units_valid(input);
}

/* ---- The plan ---- */

static int fill_schedule(struct schedule *schedule)
{
    int rc;
    uint32_t i;
    for (i = 0; i < schedule->input->units_count; i++) {
        const struct plan_unit *unit = &schedule->input->units[i];
        if (unit->pinned) schedule_fix(schedule, i, unit->former);
    }
    rc = match_choose(schedule);
    if (rc < 0) return rc;
    schedule_share(schedule);
    improve_keep(schedule);
    rc = improve_build(schedule);
    if (rc == 0) rc = match_settle(schedule);
    if (rc == 0) improve_schedule(schedule);
    return rc;
}

static enum plan_reason reason_of(const struct schedule *schedule, uint32_t unit)
{
    const struct trip *alone = &schedule->alone[unit];
    enum plan_reason reason = PLAN_NO_INSPECTOR;
    uint32_t i, word;
    if (schedule->chosen[unit]) return PLAN_PLANNED;
    for (i = 0; i < schedule->input->inspectors_count; i++) {
        if (schedule_is_barred(alone, i)) continue;
        reason = PLAN_NO_DAY;
        for (word = 0; word < PLAN_DAY_WORDS; word++) {
            if (schedule_window(alone, schedule->can[i], word)) return PLAN_FULL;
        }
    }
    return reason;
}

static void write_plan(const struct schedule *schedule, struct plan *plan)
{
    const struct plan_input *input = schedule->input;
    uint32_t i;
    for (i = 0; i < input->units_count; i++) {
        int32_t slot = schedule->at[i];
        plan->reasons[i] = (uint8_t)reason_of(schedule, i);
        plan->missed += plan->reasons[i] != PLAN_PLANNED;
        if (input->units[i].pinned) {
            plan->visits[i] = input->units[i].former;
        } else if (slot != NOWHERE) {
            plan->visits[i].inspector = schedule_inspector(schedule, slot);
            plan->visits[i].day = input->days[schedule_day(schedule, slot)];
        }
    }
    plan->units_count = input->units_count;
    plan->cost = cost_of_schedule(schedule, plan->visits);
}

int plan_make(const struct plan_input *input, struct plan *ret)
{
    struct plan plan = {0};
    struct schedule schedule = {0};
    int rc = PLAN_E_INPUT;
    if (!is_valid(input)) goto out;
    rc = PLAN_E_MEMORY;
    plan.visits = calloc((size_t)input->units_count + 1, sizeof(*plan.visits));
    plan.reasons = calloc((size_t)input->units_count + 1, sizeof(*plan.reasons));
    if (!plan.visits || !plan.reasons) goto out;
    rc = schedule_init(&schedule, input);
    if (rc == 0) rc = fill_schedule(&schedule);
    if (rc < 0) goto out;
    write_plan(&schedule, &plan);
    *ret = plan;
    memset(&plan, 0, sizeof(plan));
out:
    schedule_deinit(&schedule);
    plan_deinit(&plan);
    return rc;
}

int plan_weigh(const struct plan_input *input, const struct plan_visit *visits,
               struct plan_cost *ret)
{
    struct schedule schedule = {0};
    int rc = PLAN_E_INPUT;
    uint32_t i;
    if (!is_valid(input)) goto out;
    for (i = 0; i < input->units_count; i++) {
        if (visits[i].day != 0 && visits[i].inspector >= input->inspectors_count) goto out;
    }
    rc = schedule_init(&schedule, input);
    if (rc < 0) goto out;
    for (i = 0; i < input->units_count; i++) {
        if (visits[i].day != 0) schedule_fix(&schedule, i, visits[i]);
    }
    schedule_share(&schedule);
    *ret = cost_of_schedule(&schedule, visits);
out:
    schedule_deinit(&schedule);
    return rc;
}

void plan_deinit(struct plan *plan)
{
    free(plan->visits);
    free(plan->reasons);
    memset(plan, 0, sizeof(*plan));
}
