/* store.h: store_ops over RocksDB: a folder on disk in which only one process writes at a time.
 *
 * A commit that returned 0 survives kill -9 and a power cut. After a commit that failed (a full
 * disk) the store opens itself anew as soon as space is free and no snapshot is held, and goes on;
 * until then commits fail and reads are served.
 *
 * Units: bytes. Thread: loop, but for get and scan with a snapshot (engine/store_ops.h).
 * Ownership: the caller closes what it opened, after releasing its snapshots. */
#ifndef WH_STORE_STORE_H
#define WH_STORE_STORE_H

#include "engine/store_ops.h"

struct wh_rocks;

/* Zero: the default, which suits a township on a small machine. */
struct wh_rocks_config {
    size_t cache_bytes;     /* blocks read, all families together; 8 MiB */
    size_t memtables_bytes; /* written and not yet in a table file, all families; 16 MiB */
    int32_t open_files_max; /* 256 */
};

/* Opens the store in the folder `path`, creating it (the folder too) where there is none, and
 * brings an older one up to date. WH_E_BUSY: another process has it, which the error names;
 * WH_E_FAILED: written by a newer program, or no store of ours; WH_E_CORRUPT, WH_E_NO_SPACE,
 * WH_E_IO. */
int wh_rocks_open(const char *path, const struct wh_rocks_config *config, struct wh_rocks **ret,
                  struct wh_error *err) WH_CHECKED;
/* Takes NULL. */
void wh_rocks_close(struct wh_rocks *rocks);

/* Lends the table for the engine; holds until wh_rocks_close(). */
struct wh_store wh_rocks_store(struct wh_rocks *rocks);

/* Free for us on the store's disk; 0 where that can't be told. */
uint64_t wh_rocks_disk_free(const struct wh_rocks *rocks);

/* The folder in which the end of the write-ahead log was set aside when the store was opened,
 * because it was not readable; NULL (as a rule): all was. The node reports it. */
const char *wh_rocks_set_aside(const struct wh_rocks *rocks);

/* About how many keys a family holds: RocksDB's estimate, which costs nothing. A key that was
 * overwritten may count twice until its tables are merged. */
uint64_t wh_rocks_keys_about(const struct wh_rocks *rocks, enum wh_family family);

struct wh_rocks_memory {
    uint64_t memtables_bytes;
    uint64_t cache_bytes;
    uint64_t tables_bytes; /* indexes and filters outside the cache */
};

struct wh_rocks_memory wh_rocks_memory_used(const struct wh_rocks *rocks);

#endif
