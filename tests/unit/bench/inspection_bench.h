/* inspection_bench.h: cases for the planner of inspections, and judges that know nothing of how it
 * plans: the largest flow with the fewest changes, and all plans there are. Thread: any. Ownership:
 * plain values; an input points into its case. */
#ifndef WH_TEST_INSPECTION_BENCH_H
#define WH_TEST_INSPECTION_BENCH_H

#include "chance.h"
#include "planner.h"

enum { CASE_UNITS = 41, CASE_INSPECTORS = 5, CASE_DAYS = 9, CASE_SLOTS = 45 };

struct inspection_case {
    int32_t days[CASE_DAYS];
    struct plan_inspector inspectors[CASE_INSPECTORS];
    struct plan_unit units[CASE_UNITS];
    struct plan_input input;
};

struct case_size {
    uint32_t units, inspectors, days, areas; /* at most */
};

/* Of a random size, with forbidden units, windows, weights, and days that inspectors cannot. */
void case_draw(struct inspection_case *one, struct wh_chance *chance, struct case_size most);

/* Makes the plan the one that stands. */
void case_keep(struct inspection_case *one, const struct plan *plan);

/* Something moves: a day is lost, a visit is pinned elsewhere, a unit comes in, somebody must not
 * check a unit any more, or somebody does fewer visits a day. Needs room for one unit more. */
void case_disturb(struct inspection_case *one, struct wh_chance *chance);

/* May this unit be visited there, capacity aside? */
int judge_allows(const struct plan_input *input, uint32_t unit, uint32_t inspector, uint32_t day);

/* Every hard rule holds, every unit has a visit or a reason, and what it costs adds up. */
void judge_plan(const struct plan_input *input, const struct plan *plan);

/* A plan so judged; the caller's until plan_deinit(). */
struct plan plan_of(const struct plan_input *input);

/* How many of these units (`among` has 1 for each, pinned or not) can be visited besides the pinned
 * ones, and the fewest possible former visits that change if so many are. */
struct judge_flow {
    uint32_t visits, changed;
};
struct judge_flow judge_flow(const struct plan_input *input, const uint8_t *among);

/* The best of all plans, the first figure first. `among` as above, or NULL: any units. */
struct judge_best {
    int64_t visits, weight, changed, points;
};
struct judge_best judge_best(const struct plan_input *input, const uint8_t *among);

#endif
