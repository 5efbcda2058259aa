/* feed.h: the feeds of a node: what its parent, and what its children, have still to be told
 * (sync.md "Feeds"). An entry leads from a seq to a row. Those for the children stand by place
 * (wh_row_place()), so that a child's share is found without reading what is for the others; it
 * costs what lies in the child's range, however many children there are.
 * Private to engine/. Thread: loop. */
#ifndef WH_ENGINE_FEED_H
#define WH_ENGINE_FEED_H

#include "engine/engine_parts.h"

/* The key of the entry of a row's version; the row must go that way. */
void wh_feed_key(struct wh_tuple *ret, const struct wh_engine *engine, enum wh_feed feed,
                 const struct wh_row *row, uint64_t seq);

/* Puts, and takes out, the entries of a version, in the open batch: one for each way it goes. */
void wh_feed_put(struct wh_engine *engine, const struct wh_row *row, uint64_t seq,
                 struct wh_span row_key);
void wh_feed_forget(struct wh_engine *engine, const struct wh_row *row, uint64_t seq);

/* What a cut asks: rows after `after` up to `head`, about `bytes_max`, for the child whose unit is
 * `child` (empty: the parent). */
struct wh_cut_request {
    enum wh_lane lane;
    uint64_t after;
    uint64_t head;
    uint32_t bytes_max;
    struct wh_span child;
};

/* Cuts a feed as it is on disk. ret->rows live in `arena`. WH_E_IO, WH_E_CORRUPT. */
int wh_feed_cut(struct wh_engine *engine, const struct wh_cut_request *request,
                struct wh_arena *arena, struct wh_cut *ret, struct wh_error *err);

/* The last seqs of the neighbour's feed as the disk and the open batch have them; one that is too
 * great costs a cut without rows. WH_E_IO, WH_E_CORRUPT. */
int wh_feed_heads_load(struct wh_engine *engine, struct wh_neighbour *neighbour,
                       struct wh_error *err);
/* The open batch is on disk: links may speak of its entries. Or it is forgotten. */
void wh_feed_heads_commit(struct wh_engine *engine);
void wh_feed_heads_undo(struct wh_engine *engine);

#endif
