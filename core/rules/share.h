/* share.h: a part of a whole, compared and printed without dividing: qualified of existing units,
 * quarters heard of quarters begun.
 *
 * Units: percent in hundredths (`_h`) where a share is printed. Thread: any. Plain values. */
#ifndef WH_RULES_SHARE_H
#define WH_RULES_SHARE_H

#include <stdbool.h>
#include <stdint.h>

struct wh_share {
    int64_t part;
    int64_t whole; /* 0: a share of none */
};

/* -1, 0, 1. A share of none compares as 0. */
int wh_share_compare(struct wh_share a, struct wh_share b);

/* Percent in hundredths, rounded down; -1 for a share of none. */
int64_t wh_share_h(struct wh_share share);

/* part x 100 >= percent x whole; true for a share of none. */
bool wh_share_reaches(struct wh_share share, int64_t percent);

/* How many more the part needs to reach `percent` of the same whole; 0 where it does. */
int64_t wh_share_missing(struct wh_share share, int64_t percent);

#endif
