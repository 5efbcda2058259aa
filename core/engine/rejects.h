/* rejects.h: rows that one side of a link refused: each is kept with its reason, by both sides,
 * until it is taken after all. Private to engine/. Thread: loop. */
#ifndef WH_ENGINE_REJECTS_H
#define WH_ENGINE_REJECTS_H

#include "engine/neighbour.h"
#include "model/row.h"
#include "sync/authority.h"

/* This node refuses a row of the neighbour, the `index`-th of its Push. There is room for it among
 * neighbour->rejects. */
void wh_reject_add(struct wh_engine *engine, struct wh_neighbour *neighbour,
                   const struct wh_row *row, enum wh_reject reason, uint32_t index);
/* A row of the neighbour was taken: if it was refused before, that is over. WH_E_IO. */
int wh_reject_taken(struct wh_engine *engine, struct wh_neighbour *neighbour,
                    const struct wh_row *row, struct wh_error *err);

/* Has the neighbour refused this very version of a row of ours? WH_E_IO. */
int wh_reject_is_out(struct wh_engine *engine, const struct wh_neighbour *neighbour,
                     const struct wh_row *row, bool *ret, struct wh_error *err);

/* Keeps a refusal: WH_PEER_REJECT_IN, or WH_PEER_REJECT_OUT for one that the neighbour told. */
void wh_reject_put(struct wh_engine *engine, struct wh_neighbour *neighbour, uint8_t fact,
                   const Wh__Reject *reject);

/* The neighbour told a refusal again. Where this node does not know of it, the Ack that told it was
 * lost, or the batch that kept it: the row is offered again, and the answer to that is kept. */
void wh_reject_hear_again(struct wh_engine *engine, struct wh_neighbour *neighbour,
                          const Wh__Reject *reject);

/* The turn has ended with `rc`: where it failed, the rows are counted anew. */
void wh_rejects_committed(struct wh_engine *engine, struct wh_neighbour *neighbour, int rc);

/* How many rows of the neighbour, or for it, the store says are refused. WH_E_IO. */
int wh_rejects_count(struct wh_engine *engine, const struct wh_neighbour *neighbour, uint64_t *ret,
                     struct wh_error *err);

#endif
