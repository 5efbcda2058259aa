/* links.h: what commands ask about neighbours. Thread: loop. Everything is lent until the next
 * turn. */
#ifndef WH_ENGINE_LINKS_H
#define WH_ENGINE_LINKS_H

#include "engine/doubts.h"
#include "engine/engine.h"

struct wh_link_status {
    struct wh_span peer; /* unit of a child; of the parent, the unit it is, or "" */
    enum wh_link_role role;
    enum wh_link_state state;
    struct wh_note reason;
    int64_t since_ms;    /* wall time */
    uint64_t pending;    /* seqs that the neighbour has not acknowledged */
    uint64_t cursor;     /* held of the neighbour's feed */
    int64_t last_ack_ms; /* wall time; 0: none */
    uint64_t rejected;
    int64_t skew_ms;
    uint32_t in_flight;
    int64_t
        copies_ms; /* wall time when two copies of the child's home were last seen; 0: not lately */
    bool is_revoked;             /* a child that is no member any more: nothing is sent to it */
    struct wh_span moved_to;     /* who else has made it a member, while it does not connect here */
    struct wh_doubts_sum doubts; /* that concern the neighbour, told by either side */
};

/* The i-th neighbour, the parent first; false where there is none. */
bool wh_link_status(struct wh_engine *engine, uint32_t i, struct wh_link_status *ret);

/* Everything that waits to try again does so now. */
void wh_links_hurry(struct wh_engine *engine);

/* Rows that a neighbour refused are offered again: their feed entries move to the head. *ret_count
 * is how many. */
int wh_links_retry_rejects(struct wh_engine *engine, uint32_t *ret_count, struct wh_error *err);

/* Offers to neighbours whose program has changed what the former one refused. A part of the turn.
 */
int wh_links_retry_changed(struct wh_engine *engine, struct wh_error *err);

/* Begins to wait until this node has all that its parent had for it now; returns a nonce.
 * wh_links_settled() says whether that has come true. */
uint64_t wh_links_ask_barrier(struct wh_engine *engine);
bool wh_links_settled(const struct wh_engine *engine, uint64_t nonce);

/* True where the parent durably has all of this node's feed (or there is no parent). */
bool wh_links_sent_all(const struct wh_engine *engine);
/* True while a token waits to be handed in to the parent. */
bool wh_links_joining(const struct wh_engine *engine);
/* True where the parent did not know the token's key when it was last tried. */
bool wh_links_join_denied(const struct wh_engine *engine);

#endif
