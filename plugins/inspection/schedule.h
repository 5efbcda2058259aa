/* schedule.h: what the planner needs, read from the node, and its plan, written back as visits.
 * Private to the folder. */
#ifndef WH_INSPECTION_SCHEDULE_H
#define WH_INSPECTION_SCHEDULE_H

#include "inspection.h"
#include "planner.h"

#define NOT_UNITS_SIZE 1000

/* An inspector of a unit, copied. */
struct inspector {
    char name[NAME_SIZE];
    char not_units[NOT_UNITS_SIZE]; /* as typed: see next_code() */
    uint32_t weekdays;              /* bit 0 Monday; 0: every working day */
    uint32_t visits_a_day;          /* 0: PLAN_VISITS_A_DAY_DEFAULT */
    int64_t from;
    int64_t until; /* INT64_MAX: for good */
};

/* One plan on its way. */
struct planning {
    const struct talk *talk;
    struct known_unit unit;
    struct inspection_duty duty;
    struct known_units units;   /* to see */
    struct visits visits;       /* of the duty, in this period */
    const struct visit **where; /* beside units.items: the visit that stands, or NULL */
    uint8_t *drawn;             /* beside units.items: 1 where it was drawn */
    struct inspector *inspectors;
    uint32_t inspectors_count;
    uint32_t inspectors_size;
    int32_t days[PLAN_DAYS_MAX];
    uint32_t days_count;
    struct plan_inspector *can;
    struct plan_unit *asked; /* of the units that are planned, by `place` */
    uint32_t *place;         /* of each of `asked`, its unit */
    uint32_t asked_count;
    struct plan plan;
};

/* Reads everything for a duty and period (as find_duty() takes them); `moved` NULL or a visit that
 * takes the place of the one of its id, pinned. */
int planning_read(struct planning *planning, struct wh_span duty, struct wh_span period,
                  const struct visit *moved);
/* 0 where the visit's inspector cannot on its day. Of days that are none of the plan's it knows
 * nothing: 1. */
int planning_can(const struct planning *planning, const struct visit *visit);
void planning_free(struct planning *planning);

#endif
