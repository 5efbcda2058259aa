/* bundles.h: a link without a network: the Pushes of a feed as the content of files, and what such
 * a file does to this node (sync.md, promise 7). Sealing and files are the caller's affair. Thread:
 * loop. */
#ifndef WH_ENGINE_BUNDLES_H
#define WH_ENGINE_BUNDLES_H

#include "engine/engine.h"

struct wh_bundle_request {
    struct wh_span child; /* whose feed is written; empty: the parent's */
    size_t bytes_max;     /* of one part, packed */
    bool from_start;      /* everything, not only what the neighbour has not acknowledged */
};

struct wh_bundle_part {
    struct wh_span bytes; /* a packed Bundle */
    uint32_t rows;
};

/* Cuts what the neighbour does not hold yet, as far as this node knows, into parts that are read
 * one after the other. There is always one part: it carries the answer to what was received.
 * WH_E_NOT_FOUND: no such neighbour; WH_E_TOO_BIG: a row that no part can hold, or more parts than
 * anybody would carry; WH_E_IO. *ret lives in `arena`. */
int wh_bundle_make(struct wh_engine *engine, const struct wh_bundle_request *request,
                   struct wh_arena *arena, struct wh_bundle_part **ret, uint32_t *ret_count,
                   struct wh_error *err);

/* What became of a bundle's Pushes. */
struct wh_bundle_fate {
    uint32_t rows;    /* asked to be committed */
    uint32_t pushes;  /* that brought them */
    uint32_t known;   /* held already */
    uint32_t gaps;    /* an earlier part or bundle is missing */
    uint32_t strange; /* of a store that this node does not follow */
    uint32_t given_up;
    uint32_t broken;
};

/* Takes the frames of a bundle of the neighbour `from` (empty: the parent) from *next on: rows and
 * cursor go into the open batch. *next becomes the frame to go on with in the next turn; all were
 * taken where it is bundle->n_frames. Nothing but `fate`, which is added to, tells what was not
 * taken. WH_E_NOT_FOUND: no such neighbour; WH_E_IO. */
int wh_bundle_take(struct wh_engine *engine, struct wh_span from, const Wh__Bundle *bundle,
                   size_t *next, struct wh_bundle_fate *fate, struct wh_error *err);

#endif
