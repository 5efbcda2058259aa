/* overview.h: what is known of each unit in a year: its class, its target, its standing.
 * Thread: the callback's. Ownership: free_overview(). */
#ifndef WH_ASSESSMENT_OVERVIEW_H
#define WH_ASSESSMENT_OVERVIEW_H

#include "assessment.h"

struct standing_of_unit {
    int64_t class_number;
    int64_t target_year;
    int64_t said_in;   /* the year of the target's record: a later one replaces it */
    char class_by[32]; /* the unit above that put it into the class, that named the target */
    char target_by[32];
    int64_t score_h; /* -1: not ranked */
    int32_t qualified;
    int32_t qualified_before;
};

struct overview {
    const struct talk *talk;
    uint32_t year;
    uint32_t of_year; /* that standings are read for */
    int64_t pass_township_h;
    int64_t pass_grassroots_h;
    struct known_units units;
    struct standing_of_unit *items; /* beside units.items */
};

/* By the arguments `year` or `date`, and `under`; WH_E_NOT_FOUND without a programme. */
int read_overview(const struct talk *talk, struct overview *overview);
void free_overview(struct overview *overview);
/* 1 where the i-th unit is of a level that is assessed, and counts in the year. */
int is_assessed(const struct overview *overview, uint32_t i);

#endif
