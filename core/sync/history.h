/* history.h: terms, positions and what a receiver holds (sync.md "Terms").
 *
 * A store numbers everything that it writes with one counter; a term is a stretch of that counter,
 * opened under an id from fresh randomness before anything of it is sent. A store's history is its
 * list of terms. A position (term, seq) lies on a history where that term covers that seq.
 * Pure. Thread: any. Ownership: a history borrows its marks. */
#ifndef WH_SYNC_HISTORY_H
#define WH_SYNC_HISTORY_H

#include "base/error.h"
#include "model/row.h"

struct wh_position {
    uint64_t term; /* 0: never heard of it */
    uint64_t seq;  /* the last entry held; 0: none yet */
};

/* What a receiver durably holds of one sender's feed. */
struct wh_holding {
    struct wh_position cursors[WH_LANES];
    struct wh_position seen; /* the newest head that any Push told */
};

struct wh_term_mark {
    uint64_t id;
    uint64_t first;    /* the first seq of the stretch */
    uint64_t abandons; /* the term of another branch that it gave up (lineage.h); 0: none */
    bool settles;      /* an operator decided for this history */
};

struct wh_history {
    const struct wh_term_mark *marks; /* ascending by first */
    uint32_t count;
};

/* True where `position` lies on the history of a store whose last seq is `head`. The position of a
 * receiver that never heard of the sender ({0, 0}) lies on every history. */
bool wh_history_holds(struct wh_history history, uint64_t head, struct wh_position position);

/* Does this history hold something that the neighbour saw given up (lineage.h)? No, where a later
 * term of it settles. */
bool wh_history_is_given_up(struct wh_history history, uint64_t head, uint64_t term, uint64_t kept);

/* Has a term of this history given up the branch of `term`? */
bool wh_history_abandons(struct wh_history history, uint64_t term);

/* The term that covers `seq`: the last one whose first is not above it; 0 for an empty history. */
uint64_t wh_history_term_at(struct wh_history history, uint64_t seq);

/* The marks from the term that covers `seq` on: what a Push that begins there tells. */
struct wh_history wh_history_from(struct wh_history history, uint64_t seq);

#endif
