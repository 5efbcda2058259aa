/* rocks_parts.h: what the files of the store share: store.c (opening, closing, going on after a
 * failure), families.c (RocksDB's settings and families), ops.c (the table), failure.c (errors),
 * backup.c (copies that outlive it).
 * Private to store/. Thread: loop. */
#ifndef WH_STORE_ROCKS_PARTS_H
#define WH_STORE_ROCKS_PARTS_H

#include <rocksdb/c.h>

#include "store/store.h"

/* RocksDB's own family `default` holds one key of ours: how many commits there were. */
#define WH_FAMILY_DEFAULT WH_FAMILIES
#define WH_FAMILIES_ON_DISK (WH_FAMILIES + 1)

struct wh_rocks {
    char *path;
    rocksdb_t *db; /* NULL: closed after a failure, and not yet opened again */
    rocksdb_column_family_handle_t *families[WH_FAMILIES_ON_DISK];
    rocksdb_cache_t *cache;
    rocksdb_options_t *options;  /* of the database and of most families */
    rocksdb_options_t *filtered; /* of families in which single keys are looked up */
    rocksdb_readoptions_t *read;
    rocksdb_writeoptions_t *write;
    rocksdb_writebatch_t *batch; /* used again by each commit */
    uint64_t commits;
    uint32_t readers; /* snapshots held and scans under way: they need this `db` */
    bool failed;      /* the last commit did; see wh_rocks_ready() */
    bool moved;       /* what is on disk is not what was acknowledged: nothing goes on */
    struct wh_error failure;
    uint64_t reopen_bytes; /* that must be free before it is tried */
    char *set_aside;
};

/* families.c */
void wh_rocks_settings_init(struct wh_rocks *rocks, const struct wh_rocks_config *config);
void wh_rocks_settings_deinit(struct wh_rocks *rocks);
/* How the write-ahead log is read; the values are RocksDB's. */
enum wh_recovery {
    WH_RECOVERY_WHOLE = rocksdb_tolerate_corrupted_tail_records_recovery, /* damage is an error */
    WH_RECOVERY_UP_TO_DAMAGE = rocksdb_point_in_time_recovery,
};
void wh_rocks_recovery_set(struct wh_rocks *rocks, enum wh_recovery recovery);
/* WH_E_FAILED where a store that was written to has no version. */
int wh_rocks_ours_check(struct wh_rocks *rocks, struct wh_error *err) WH_CHECKED;
/* Opens `db` and its families: the codes of wh_rocks_open(). */
int wh_rocks_families_open(struct wh_rocks *rocks, struct wh_error *err) WH_CHECKED;
/* The same for a folder that nobody writes to: only reads work, and nothing in it is changed. */
int wh_rocks_families_open_to_read(struct wh_rocks *rocks, struct wh_error *err) WH_CHECKED;
/* Closes them, if they are open. */
void wh_rocks_families_close(struct wh_rocks *rocks);

/* store.c: 0 if `db` can take a commit; after a failure it is opened anew here. */
int wh_rocks_ready(struct wh_rocks *rocks, struct wh_error *err) WH_CHECKED;

/* ops.c */
extern const struct wh_store_ops wh_rocks_ops;
#define WH_COMMITS_KEY "commits"
/* Reads how many commits there were, as far as the disk knows. */
int wh_rocks_commits(struct wh_rocks *rocks, uint64_t *ret, struct wh_error *err) WH_CHECKED;

/* failure.c: fills `err` from RocksDB's text, which it takes, and returns the code. */
int wh_rocks_fail(const struct wh_rocks *rocks, char *text, struct wh_error *err);

#endif
