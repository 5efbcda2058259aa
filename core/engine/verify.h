/* verify.h: `wuhao sync verify`: does the index match the rows, and do both ends of the link to the
 * parent hold the same? What differs is repaired (sync.md, promise 5; L5 and L8 of the lessons).
 *
 * The child asks and the parent answers, without keeping anything: fingerprints of ranges, ever
 * smaller, until a range is small enough to be told row by row. What the parent lacks is offered
 * again in the feed; what this node lacks is asked for. Thread: loop. */
#ifndef WH_ENGINE_VERIFY_H
#define WH_ENGINE_VERIFY_H

#include "engine/engine.h"
#include "model/key.h"

enum wh_check {
    WH_CHECK_FEEDS, /* the index against the rows, on this node */
    WH_CHECK_UP,    /* the rows that this node tells its parent */
    WH_CHECK_DOWN,  /* the rows that the parent tells this node */
    WH_CHECKS,
};

struct wh_check_result {
    uint64_t rows;     /* looked at */
    uint64_t differ;   /* wrong, missing or older at one end */
    uint64_t repaired; /* offered again, taken, or put right */
    uint64_t broken;   /* not readable on this node */
    uint64_t refused;  /* by either side, as not of the history that stands: an operator decides */
    bool done;
};

struct wh_verify;
struct wh_neighbour;

/* Begins, in place of a former run. The parent is asked once it has all that this node has sent. */
void wh_verify_begin(struct wh_engine *engine);
/* Does the next part. Returns 1 while it goes on, 0 when all is done, or WH_E_IO, WH_E_CORRUPT,
 * WH_E_UNREACHABLE (the parent did not answer for a minute). Called within a turn. */
int wh_verify_step(struct wh_engine *engine, struct wh_error *err);
/* What was found so far, WH_CHECKS of them. Lent. */
const struct wh_check_result *wh_verify_results(const struct wh_engine *engine);

/* ---- Of the engine's own files ---- */

void wh_verify_free(struct wh_verify *verify);
/* The parent answered. */
void wh_verify_on_digest(struct wh_engine *engine, const Wh__Digest *digest);
void wh_verify_on_given(struct wh_engine *engine, const Wh__Given *given);
/* A child asks: the answer is sent at once. */
void wh_verify_answer(struct wh_engine *engine, const struct wh_neighbour *child,
                      const Wh__Ask *ask);

/* feed_check.c: the part of the index after *at (empty at first), some thousand rows at a time.
 * Returns 1 while there is more. */
int wh_feed_check(struct wh_engine *engine, struct wh_tuple *at, struct wh_check_result *result,
                  struct wh_error *err);

#endif
