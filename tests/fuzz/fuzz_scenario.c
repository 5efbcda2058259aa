/* fuzz_scenario.c: a plugin's scenario (wh_scenario_read). What is read without a fault is whole:
 * every unit that is named is there, every step has what its verb needs. */
#include "base/assert.h"
#include "kit/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_step(const struct wh_scenario *scenario, const struct wh_step *step)
{
    WH_ASSERT(wh_step_word(step->verb) != NULL && step->line > 0);
    if (step->verb == WH_STEP_ADD || step->verb == WH_STEP_METRICS) {
        WH_ASSERT(wh_scenario_unit(scenario, step->unit) != NULL);
    }
    for (uint32_t i = 0; i < step->expect_count; i++) {
        WH_ASSERT(step->expect[i].count == 0 || step->expect[i].cells != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wh_arena arena;
    struct wh_faults faults;
    struct wh_scenario scenario;

    wh_arena_init(&arena);
    wh_faults_init(&faults, &arena);
    wh_scenario_read(wh_span(data, size), &arena, &faults, &scenario);
    if (faults.count == 0) {
        WH_ASSERT(scenario.units_count > 0);
        WH_ASSERT(wh_scenario_unit(&scenario, scenario.home) != NULL);
        for (uint32_t i = 0; i < scenario.steps_count; i++) {
            check_step(&scenario, &scenario.steps[i]);
        }
    }
    for (uint32_t i = 0; i < wh_faults_kept(&faults) && i < 20; i++) {
        (void)wh_fault_text(&faults.items[i], WH_EN, &arena);
    }
    wh_arena_deinit(&arena);
    return 0;
}
