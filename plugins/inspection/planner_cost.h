/* planner_cost.h: what visits cost, in points (PLAN_POINTS_*). Thread: any. */
#ifndef INSPECTION_PLANNER_COST_H
#define INSPECTION_PLANNER_COST_H

#include "planner_schedule.h"

/* Points that the schedule costs more once the trip's units, which lie nowhere, lie in the slot. */
int64_t cost_of_trip(const struct schedule *schedule, const struct trip *trip, int32_t slot);

/* The same without what it does to the loads. */
int64_t cost_but_load(const struct schedule *schedule, const struct trip *trip, int32_t slot);

/* The slot with room for the trip where it costs least and less than *points, which it then costs;
 * of equal ones the first. NOWHERE if there is none. */
int32_t cost_cheapest_slot(struct schedule *schedule, const struct trip *trip, int64_t *points);

/* All of it; `visits` are of each unit, and they are those of the schedule. */
struct plan_cost cost_of_schedule(const struct schedule *schedule, const struct plan_visit *visits);

#endif
