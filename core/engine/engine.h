/* engine.h: one node, without its disk, its wire and its clock: they come in as two tables and as
 * arguments of the turn. The daemon and the simulator run this same engine.
 *
 * Thread: loop. Ownership: the engine owns its caches; what its functions lend holds until the next
 * turn ends. */
#ifndef WH_ENGINE_ENGINE_H
#define WH_ENGINE_ENGINE_H

#include "base/seal.h"
#include "engine/net_ops.h"
#include "engine/store_ops.h"
#include "model/kind.h"
#include "model/unit.h"
#include "sync/link.h"

struct wh_engine;
struct wh_measurement;

/* What the node puts beside the engine; each may be NULL. */
struct wh_engine_hooks {
    void *context;
    /* Computes the cell's metrics into `ret` (cells.h). WH_E_NOT_FOUND: nobody serves the kind now;
     * the cell stays dirty. */
    int (*measure)(void *context, const struct wh_cell *cell, const struct wh_kind *kind,
                   struct wh_measurement *ret, struct wh_error *err);
    /* A kind that a plugin declares in C, or NULL. */
    const struct wh_kind *(*plugin_kind)(void *context, struct wh_span name);
    /* The name of the i-th such kind, NULL at the end. */
    const char *(*plugin_kind_name)(void *context, size_t i);
    /* True where the programme's ledgers are served. */
    bool (*serves_ledgers)(void *context);
    /* A summary row came or changed, in the open batch. `key` is the row's own, lent. */
    void (*row_changed)(void *context, struct wh_span key);
    /* Runs what has been asked through the door; may put into the open batch. */
    void (*requests)(void *context, struct wh_engine *engine);
    /* The batch of this turn is on disk (rc 0), or failed with `err`. */
    void (*committed)(void *context, int rc, const struct wh_error *err);
    /* The token has been handed in: it is no longer needed. */
    void (*joined)(void *context);
    /* A link did something that the log may tell. `peer` is the neighbour's unit or "parent". */
    void (*noted)(void *context, struct wh_span peer, const struct wh_note *note);
};

/* What a node has above it. */
enum wh_parent {
    WH_PARENT_NONE,    /* it is a root */
    WH_PARENT_JOINING, /* a token waits to be handed in */
    WH_PARENT_JOINED,
};

struct wh_engine_config {
    struct wh_span unit; /* the home unit */
    struct wh_span name;
    uint32_t kind; /* enum wh_unit_kind */
    enum wh_parent parent;
    uint8_t parent_key[WH_NODE_KEY_BYTES]; /* public; zero: not known */
    uint8_t node_key[WH_NODE_KEY_BYTES];   /* public */
    const char *program;                   /* version; must outlive the engine */
    struct wh_key data_key;
    int64_t
        restored_ms; /* wall time at which the home was put back from a backup; 0: it never was */
    uint64_t seed;   /* fresh randomness */
};

struct wh_now {
    int64_t mono_ms;  /* never goes back */
    int64_t clock_ms; /* wall time */
    int32_t zone_minutes;
};

/* Opens the engine on a store: reads what it holds, opens a new term and commits its mark.
 * WH_E_IO, WH_E_CORRUPT. Free with wh_engine_free(). */
int wh_engine_new(const struct wh_engine_config *config, struct wh_store store, struct wh_net net,
                  struct wh_engine_hooks hooks, struct wh_now now, struct wh_engine **ret,
                  struct wh_error *err);
void wh_engine_free(struct wh_engine *engine);

/* One turn: takes what arrived, steps the links, runs requests, measures dirty cells, commits all
 * of it in one synced batch, acknowledges, cuts and sends. *ret_deadline_ms is when the next turn
 * is due if nothing arrives before (monotonic). A failed commit is not an error of the turn: links
 * and requests are told, and the next turn tries again. */
void wh_engine_turn(struct wh_engine *engine, struct wh_now now, int64_t *ret_deadline_ms);

struct wh_now wh_engine_now(const struct wh_engine *engine);
/* The day on which the node's clock stands. */
int32_t wh_engine_today(const struct wh_engine *engine);
struct wh_span wh_engine_home(const struct wh_engine *engine);
const struct wh_key *wh_engine_data_key(const struct wh_engine *engine);
/* 64 bits from the engine's own stream of chance. */
uint64_t wh_engine_chance(struct wh_engine *engine);
/* Last seq written or handed out. */
uint64_t wh_engine_head(const struct wh_engine *engine);

/* The parent or its key (NULL: none) has changed: the link begins anew, and of another parent's
 * feed nothing is held. WH_E_IO: it could not be saved, and the former one is kept. */
int wh_engine_set_parent(struct wh_engine *engine, enum wh_parent parent,
                         const uint8_t key[WH_NODE_KEY_BYTES], struct wh_error *err);

/* How many writes the open batch holds: a command that failed after some of them makes the whole
 * turn fail, since half a command must not be saved. */
uint32_t wh_engine_writes(const struct wh_engine *engine);

/* The memory that the last turn used. */
size_t wh_engine_turn_bytes(const struct wh_engine *engine);
void wh_engine_abandon_turn(struct wh_engine *engine, const struct wh_error *err);

/* Grows whenever programmes, and so kinds, were loaded anew: what was lent before is gone. */
uint64_t wh_engine_generation(const struct wh_engine *engine);
/* Plugins came or went: kinds that were lent before are gone, and cells that waited may be
 * measured. */
void wh_engine_kinds_changed(struct wh_engine *engine);

/* How many rows could not be read and were set aside since the start (L19 of the lessons). */
uint64_t wh_engine_rows_set_aside(const struct wh_engine *engine);
/* How many rows the node holds, deleted ones included. WH_E_IO. */
int wh_engine_rows_count(struct wh_engine *engine, uint64_t *ret, struct wh_error *err);

/* The place in the order of this node's commits that it had reached at `moment_ms`, for reads as
 * of a moment; WH_PLACE_NOW for one that lies ahead. WH_E_IO. */
#define WH_PLACE_NOW UINT64_MAX
int wh_engine_place(struct wh_engine *engine, int64_t moment_ms, uint64_t *ret,
                    struct wh_error *err);
/* The place that it had reached when the turn began: what reads of rows in it see. */
uint64_t wh_engine_place_now(const struct wh_engine *engine);

#endif
