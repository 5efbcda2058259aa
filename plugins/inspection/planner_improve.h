/* planner_improve.h: a first schedule, and a cheaper one out of it. Neither moves a pinned unit or
 * one that lies at its former visit. Thread: any. */
#ifndef INSPECTION_PLANNER_IMPROVE_H
#define INSPECTION_PLANNER_IMPROVE_H

#include "planner_schedule.h"

/* Puts the chosen units at their former visits, as many as there is room for. */
void improve_keep(struct schedule *schedule);

/* Puts chosen units without a former visit into slots with room, trip by trip, the heaviest first
 * and of equal ones those in a hurry, each where it costs least. Some may find no room. Returns 0
 * or PLAN_E_MEMORY. */
int improve_build(struct schedule *schedule);

/* Moves and exchanges visits as long as that makes the schedule cheaper, up to a count of steps. */
void improve_schedule(struct schedule *schedule);

#endif
