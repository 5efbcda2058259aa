/* store_ops.h: what the engine asks of a disk: ordered keys in families, and one synced batch at a
 * time. store/ implements it over RocksDB, the simulator in memory.
 *
 * Thread: loop, but for get and scan with a snapshot, which any thread may call. */
#ifndef WH_ENGINE_STORE_OPS_H
#define WH_ENGINE_STORE_OPS_H

#include "base/error.h"

/* X(symbol, name on disk, what). Units and programmes are rows: they have no family of their own.
 */
#define WH_FAMILIES_LIST(X)                                                                        \
    X(RECORDS, "records", "records by place, and the place of each id")                            \
    X(HISTORY, "history", "superseded versions of records")                                        \
    X(CELLS, "cells", "cells that have to be measured")                                            \
    X(ROWS, "rows", "replicated facts, each with the seq at which this node wrote it")             \
    X(ROW_HISTORY, "row_history", "superseded versions of rows, for reads as of a moment")         \
    X(FEED, "feed", "seq to row key, one feed up and one down, two lanes each")                    \
    X(PEERS, "peers", "what is held of each neighbour's feed, rejects, invites")                   \
    X(PLUGIN, "plugin", "the plugins' own keys")                                                   \
    X(AUDIT, "audit", "who changed what, as a hash chain")                                         \
    X(META, "meta", "store version, counter, moments")

enum wh_family {
#define X(symbol, name, what) WH_FAMILY_##symbol,
    WH_FAMILIES_LIST(X)
#undef X
        WH_FAMILIES
};

enum wh_scan_order {
    WH_SCAN_UP,
    WH_SCAN_DOWN,
};

struct wh_batch;
struct wh_snapshot;

/* Key and value are lent for the call. 0: go on, 1: stop, negative: stop with this code. */
typedef int (*wh_scan_visit)(void *context, struct wh_span key, struct wh_span value);

struct wh_store_ops {
    /* Copies the value of `key` into `arena`; ret->data is NULL where there is none.
     * `snapshot` NULL: the latest state. WH_E_IO, WH_E_CORRUPT. */
    int (*get)(void *store, const struct wh_snapshot *snapshot, enum wh_family family,
               struct wh_span key, struct wh_arena *arena, struct wh_span *ret,
               struct wh_error *err);
    /* Visits the keys from `from` (included) to `to` (excluded; empty: to the end) in order. A
     * visitor's negative code is returned, with `err` as the visitor left it. */
    int (*scan)(void *store, const struct wh_snapshot *snapshot, enum wh_family family,
                struct wh_span from, struct wh_span to, enum wh_scan_order order,
                wh_scan_visit visit, void *context, struct wh_error *err);
    /* Writes all of `batch` or nothing, and returns 0 only when it is on disk.
     * WH_E_IO, WH_E_NO_SPACE. */
    int (*commit)(void *store, const struct wh_batch *batch, struct wh_error *err);
    /* A state that later commits do not change. Release it. */
    const struct wh_snapshot *(*snapshot)(void *store);
    void (*release)(void *store, const struct wh_snapshot *snapshot);
};

struct wh_store {
    const struct wh_store_ops *ops;
    void *self;
};

#endif
