/* doubts.h: rows that lie off the history of their origin (sync.md "Terms", lineage.h): which they
 * are, how they are kept from being overwritten, and how an operator settles them.
 *
 * A row in doubt still counts: it may be the newer fact. It is marked where it is shown, until the
 * origin's operator decides, or the origin tells the same figures again.
 *
 * Thread: loop. What is lent holds until the next turn. */
#ifndef WH_ENGINE_DOUBTS_H
#define WH_ENGINE_DOUBTS_H

#include "engine/engine.h"
#include "model/row.h"
#include "sync/link.h"

struct wh_neighbour;

#define WH_DOUBTS_KEPT_MAX 10000u /* more are counted, not listed */
#define WH_DOUBTS_TOLD_MAX 1000u  /* in one frame */

struct wh_doubt {
    struct wh_span origin;
    uint32_t table;
    struct wh_span key;
    uint64_t counter;
    uint64_t term;
};

/* A list of doubts in an arena of its own. */
struct wh_doubts {
    struct wh_arena arena;
    struct wh_doubt *items;
    uint32_t count;
    uint32_t size;
    uint32_t total; /* with those that there was no room for */
};

/* How far a neighbour has been told of the doubts that concern it, in this session. */
struct wh_telling {
    uint64_t generation; /* of what it was told; 0: nothing yet */
    uint64_t id;         /* of the last list that was sent */
    uint64_t heard;      /* of the last one that was answered */
    int64_t sent_ms;
    bool told_some;
};

void wh_doubts_clear(struct wh_doubts *doubts);
void wh_doubts_add(struct wh_doubts *doubts, const struct wh_doubt *doubt);
void wh_doubts_deinit(struct wh_doubts *doubts);

/* Where a row's version stands; WH_STAND_SOUND for nearly all, at no cost. */
enum wh_stand wh_row_stand(const struct wh_engine *engine, const struct wh_row *row);

/* ---- Of the engine's own files ---- */

struct wh_origin_lineage {
    struct wh_span origin;
    struct wh_lineage lineage;
};

/* Reads the histories of all origins, and keeps those that have branches. At a start, and after a
 * commit of rows that do not fit what was known (origins.h). */
int wh_lineages_load(struct wh_engine *engine, struct wh_error *err);
/* Lists the newest terms of histories whose branches nobody decided about: their origin has not
 * heard of one of them. */
void wh_lineages_list_rivals(struct wh_engine *engine);
/* The lineage of an origin with branches, or NULL. */
const struct wh_lineage *wh_lineage_of(const struct wh_engine *engine, struct wh_span origin);
/* Is it the row of a term that gives something up, or settles? */
bool wh_row_decides(const struct wh_row *row);
/* Does this term row change what stands? */
bool wh_lineage_is_touched(const struct wh_engine *engine, const struct wh_row *row);

enum wh_taking {
    WH_TAKING_BY_COUNTER, /* the greater counter wins */
    WH_TAKING_SKIP,       /* void */
    WH_TAKING_PUT,        /* the same figures again: the doubt is settled */
    WH_TAKING_REFUSE,     /* it would overwrite a doubt, or is one */
};
/* How an arriving row and the one that is held (NULL: none) are weighed. */
enum wh_taking wh_doubts_weigh(struct wh_engine *engine, const struct wh_row *held,
                               const struct wh_row *row);

/* Walks over the rows after something has changed: what is void gets an empty value, what is in
 * doubt is listed. Part of the turn. */
int wh_doubts_review(struct wh_engine *engine, struct wh_error *err);
/* Tells the neighbours what concerns them, where that has changed. After the commit. */
void wh_doubts_tell(struct wh_engine *engine);
/* A session begins: what was told in the one before is told again, where it still holds. */
void wh_doubts_forget(struct wh_engine *engine, struct wh_neighbour *neighbour);
/* A neighbour told what it holds in doubt: that is answered. */
void wh_doubts_hear(struct wh_engine *engine, struct wh_neighbour *neighbour,
                    const Wh__Doubts *doubts);

/* It has heard what it was told. */
void wh_doubts_on_heard(struct wh_neighbour *neighbour, const Wh__Heard *heard);

/* The doubts that concern a neighbour or its rows, ours that it told of among them. */
struct wh_doubts_sum {
    uint32_t count;
    bool is_own;           /* some of the rows are this node's */
    struct wh_span origin; /* of one of them: whose operator decides; lent */
    bool has_more_origins;
};
struct wh_doubts_sum wh_doubts_of(const struct wh_engine *engine,
                                  const struct wh_neighbour *neighbour);

/* ---- For commands ---- */

/* The i-th doubt that this node knows of, its own and those told by neighbours; *ret_teller is the
 * neighbour's unit, empty for one that this node holds. False where there is none. */
bool wh_doubt_at(const struct wh_engine *engine, uint32_t i, struct wh_doubt *ret,
                 struct wh_span *ret_teller);

struct wh_known_doubt {
    struct wh_doubt doubt;
    struct wh_span teller; /* data NULL: this node holds it; "": the parent */
};
/* All of them, each row once, in `arena`: how many. */
uint32_t wh_doubts_known(const struct wh_engine *engine, struct wh_arena *arena,
                         struct wh_known_doubt **ret);

/* How many of the doubts that this node holds are about `unit` or those below it. */
uint32_t wh_doubts_about(const struct wh_engine *engine, struct wh_span unit);

/* A counter beyond all that any copy of this home can have reached by writing. */
uint64_t wh_doubts_leap(const struct wh_engine *engine);

/* Decides for this store: a new term that settles, under a counter that no copy of this home has
 * reached, and all own rows anew under it. Older rows of other branches are void everywhere, as
 * soon as the term's mark arrives. *ret_count: how many rows were written.
 * WH_E_INVALID: there is nothing to settle. WH_E_IO. */
int wh_doubts_settle(struct wh_engine *engine, uint32_t *ret_count, struct wh_error *err);

#endif
