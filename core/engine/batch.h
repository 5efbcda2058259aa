/* batch.h: what one turn writes: puts and deletes, in order, readable before they are committed.
 * Thread: loop. Ownership: keys and values are copied into the batch. */
#ifndef WH_ENGINE_BATCH_H
#define WH_ENGINE_BATCH_H

#include "base/map.h"
#include "engine/store_ops.h"

struct wh_write {
    enum wh_family family;
    bool is_delete;
    struct wh_span key;
    struct wh_span value;
};

struct wh_batch {
    struct wh_arena arena;
    struct wh_write *writes;
    uint32_t count;
    uint32_t size;
    struct wh_map latest; /* family byte + key -> 1 + index of its last write */
};

void wh_batch_init(struct wh_batch *batch);
void wh_batch_deinit(struct wh_batch *batch);
void wh_batch_clear(struct wh_batch *batch);
void wh_batch_put(struct wh_batch *batch, enum wh_family family, struct wh_span key,
                  struct wh_span value);
/* The same for a value that is two pieces, one behind the other. */
void wh_batch_put_joined(struct wh_batch *batch, enum wh_family family, struct wh_span key,
                         struct wh_span head, struct wh_span tail);
void wh_batch_delete(struct wh_batch *batch, enum wh_family family, struct wh_span key);
/* The same for what nobody reads before it is committed: wh_batch_find() does not see it. */
void wh_batch_put_unread(struct wh_batch *batch, enum wh_family family, struct wh_span key,
                         struct wh_span value);
void wh_batch_delete_unread(struct wh_batch *batch, enum wh_family family, struct wh_span key);
/* The last write to this key, or NULL. Lent until the next change. */
const struct wh_write *wh_batch_find(const struct wh_batch *batch, enum wh_family family,
                                     struct wh_span key);

#endif
