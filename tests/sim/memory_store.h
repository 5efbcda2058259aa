/* memory_store.h: a disk in memory: wh_store_ops over an ordered map, with the faults of a disk.
 *
 * What a commit has answered with 0 is durable: it survives a power cut. States are persistent
 * trees that share what is equal, so a snapshot is one pointer, and a state that was kept can be
 * put back: an old backup. Thread: the caller's. */
#ifndef WH_SIM_MEMORY_STORE_H
#define WH_SIM_MEMORY_STORE_H

#include "chance.h"
#include "engine/batch.h"
#include "engine/store_ops.h"

enum wh_memory_fault {
    WH_MEMORY_NO_FAULT,
    WH_MEMORY_COMMIT_FAILS,     /* nothing is written, the caller is told */
    WH_MEMORY_POWER_CUT_BEFORE, /* nothing is written, and nothing works from then on */
    WH_MEMORY_POWER_CUT_AFTER,  /* all is written, and nothing works from then on */
};

/* Sees each batch before it is written; for checks. */
typedef void (*wh_memory_watch)(void *context, const struct wh_batch *batch);

struct wh_memory_store;

struct wh_memory_store *wh_memory_store_new(void);
void wh_memory_store_free(struct wh_memory_store *store);
/* The table for an engine; holds as long as the store. */
struct wh_store wh_memory_store_table(struct wh_memory_store *store);

/* What is on the disk, read with the power on or off; nothing can be committed through it. */
struct wh_store wh_memory_store_disk(struct wh_memory_store *store);

void wh_memory_store_watch(struct wh_memory_store *store, wh_memory_watch watch, void *context);

/* The fault of the next commit. */
void wh_memory_store_set_fault(struct wh_memory_store *store, enum wh_memory_fault fault);
/* A disk that is going bad: shares, of 10,000, of what is asked of it that fail. */
struct wh_memory_breakage {
    uint32_t reads;
    uint32_t commits;
    uint64_t seed;
};

/* Breaks it, or repairs it where both are 0; returns how it was before. */
struct wh_memory_breakage wh_memory_store_break(struct wh_memory_store *store,
                                                struct wh_memory_breakage breakage);
/* The power is off: every call fails. *ret is lent for as long as the store. */
const bool *wh_memory_store_is_dead(const struct wh_memory_store *store);
void wh_memory_store_power_on(struct wh_memory_store *store);

/* Puts back the state that `snapshot` holds: a backup, or a lost tail. */
void wh_memory_store_restore(struct wh_memory_store *store, const struct wh_snapshot *snapshot);

/* From now on it can lose its newest commits, at most `commits_max` of them. */
void wh_memory_store_keep_tail(struct wh_memory_store *store, uint32_t commits_max);
/* Loses the newest `commits`, or as many as are kept. */
void wh_memory_store_lose_tail(struct wh_memory_store *store, uint32_t commits);
/* Makes an empty store hold what `of` holds: a copied disk. */
void wh_memory_store_copy(struct wh_memory_store *store, const struct wh_memory_store *of);

uint64_t wh_memory_store_commits(const struct wh_memory_store *store);

#endif
