/* shared_rows.h: the rows that both ends of a link should hold, in the order of their keys in the
 * store (table first). What is void or in doubt is not among them. Thread: loop. */
#ifndef WH_ENGINE_SHARED_ROWS_H
#define WH_ENGINE_SHARED_ROWS_H

#include "engine/rows.h"

/* Whose rows: a child's own and those that it relays, or those of its ancestors that concern it. */
struct wh_shared {
    uint8_t feed;         /* WH_FEED_UP, WH_FEED_DOWN */
    struct wh_span child; /* at the lower end; empty: this node */
};

/* 0: go on, 1: stop, negative: stop with this code. `key` is the key in the store; a row that can't
 * be read has packed.data NULL. Lent for the call. */
typedef int (*wh_shared_visit)(void *context, struct wh_span key, const struct wh_row *row);

/* Visits those with `from` <= key < `to` (empty: to the end), as they are on disk. */
int wh_shared_scan(struct wh_engine *engine, const struct wh_shared *shared, struct wh_span from,
                   struct wh_span to, wh_shared_visit visit, void *context, struct wh_error *err);

/* Does this row belong to them? */
bool wh_shared_holds(const struct wh_engine *engine, const struct wh_shared *shared,
                     const struct wh_row *row);

#endif
