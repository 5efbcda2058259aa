/* authority.h: who may speak for what over a link (sync.md "Authority"). Pure. Thread: any. */
#ifndef WH_SYNC_AUTHORITY_H
#define WH_SYNC_AUTHORITY_H

#include "model/row.h"

/* Why a row is refused; stored and sent: never reused. */
enum wh_reject {
    WH_REJECT_NONE = 0,
    WH_REJECT_BROKEN = 1,   /* the bytes are no row */
    WH_REJECT_ORIGIN = 2,   /* its origin is not the neighbour's to speak for */
    WH_REJECT_UNIT = 3,     /* its unit is not the neighbour's to speak for */
    WH_REJECT_TABLE = 4,    /* its table does not travel this way */
    WH_REJECT_DIVERGED = 5, /* the same version was written by another term */
};

/* May a child that serves the range of `child` send this row up? */
enum wh_reject wh_authority_of_child(const struct wh_row *row, struct wh_span child);

/* May the parent send this row down to the node at `home`? The origin must be an ancestor. */
enum wh_reject wh_authority_of_parent(const struct wh_row *row, struct wh_span home);

/* Does a row of the node at `home`, or one that it relays, go up? */
bool wh_row_goes_up(const struct wh_row *row, struct wh_span home);
/* Does it go into the feed for the children? */
bool wh_row_goes_down(const struct wh_row *row, struct wh_span home);
/* Where a row stands in that feed of the node at `home`: the empty place, which every child reads,
 * or its unit, which those read in whose range it lies, and those below it. Known by the row's key
 * alone. */
struct wh_span wh_row_place(uint32_t table, struct wh_span unit, struct wh_span home);
/* Is a row of the feed for the children for the child at `child`? */
bool wh_row_is_for(const struct wh_row *row, struct wh_span child);

const char *wh_reject_word(enum wh_reject reject);

#endif
