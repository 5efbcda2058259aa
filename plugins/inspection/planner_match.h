/* planner_match.h: which units get a visit at all, and that all of them do. Thread: any. */
#ifndef INSPECTION_PLANNER_MATCH_H
#define INSPECTION_PLANNER_MATCH_H

#include "planner_schedule.h"

/* Marks as chosen the most units that can all be visited, of these sets one that weighs most, and
 * of these one with the most former visits that are still possible. The schedule, which has the
 * pinned visits alone, is left so. Returns 0 or PLAN_E_MEMORY. */
int match_choose(struct schedule *schedule);

/* Puts all chosen units that lie nowhere; moves others but no pinned ones for it, whatever that
 * changes. Returns 0 or PLAN_E_MEMORY. */
int match_complete(struct schedule *schedule);

/* Puts all chosen units that lie nowhere, and moves others but no pinned ones for it, so that the
 * fewest former visits that are possible change. Those that lie must be at their former visit, or
 * have none that is possible. After a count of steps that only large plans reach, the rest goes as
 * match_complete() has it. Returns 0 or PLAN_E_MEMORY. */
int match_settle(struct schedule *schedule);

#endif
