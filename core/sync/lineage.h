/* lineage.h: the terms of one origin as a tree, and which of its branches stands (sync.md "Terms").
 *
 * A store that finds that its neighbour holds more of it than it wrote (it came back from a backup,
 * lost its tail, is a copy of a disk) opens a term that abandons the other branch. Everybody who
 * holds the origin's term rows finds the same answer: which branch stands, which rows lie off it.
 * Two terms that follow one and know nothing of each other show the branch before the store has
 * heard of it: the history is open, and its origin has to be told.
 *
 * Pure: the answer depends on the set of terms, not on their order. Thread: any. */
#ifndef WH_SYNC_LINEAGE_H
#define WH_SYNC_LINEAGE_H

#include "base/arena.h"

struct wh_term {
    uint64_t id;
    uint64_t first;       /* its first counter */
    uint64_t predecessor; /* 0: the store's first */
    uint64_t abandons;    /* the term of another branch that it gives up; 0: none */
    bool settles;         /* an operator decided for this branch: see WH_STAND_VOID */
};

/* Where a row's version stands. */
enum wh_stand {
    WH_STAND_SOUND, /* on the history that stands, or of a term not heard of yet */
    WH_STAND_DOUBT, /* off it, and nobody has decided */
    WH_STAND_VOID,  /* off it, and older than the term by which an operator decided */
};

#define WH_KEPT_ALL UINT64_MAX

struct wh_lineage {
    const struct wh_term *terms; /* ascending by id */
    const uint64_t *kept;        /* of each, the last counter on the history that stands; 0: none */
    const uint64_t *decided;     /* the same, where what nobody decided about is kept */
    const uint32_t *rivals;      /* newest terms that know nothing of each other; indexes */
    uint32_t rivals_count;       /* 0: the history is not open */
    uint32_t count;
    uint64_t settled; /* versions below it and off the history are void; 0: nothing was settled */
    bool has_decisions;
};

/* Sorts `terms` and finds the branch that stands: that of the last decision. A term that gives up a
 * branch or settles is a decision, and one is later than another that it knew of: which it follows,
 * or gave up, or which those knew of. Of two that knew nothing of each other the one that settles
 * counts, then the one with the greater counter. Where the branch was not decided about, that of
 * the greatest counter stands until it is. What *ret holds, lives in `arena` and in `terms`. */
void wh_lineage_make(struct wh_lineage *ret, struct wh_term *terms, uint32_t count,
                     struct wh_arena *arena);

enum wh_stand wh_lineage_stand(const struct wh_lineage *lineage, uint64_t term, uint64_t counter);

/* Was the history of a store that ends here given up by a decision? */
bool wh_lineage_gives_up(const struct wh_lineage *lineage, uint64_t term, uint64_t counter);

/* A term that the history gave up, beyond `kept`. */
struct wh_abandoned {
    uint64_t term;
    uint64_t kept; /* 0: nothing of it was kept */
};

/* Lists them in `arena`, at most `max`. Returns how many. */
uint32_t wh_lineage_abandoned(const struct wh_lineage *lineage, uint32_t max,
                              struct wh_arena *arena, struct wh_abandoned **ret);

#endif
