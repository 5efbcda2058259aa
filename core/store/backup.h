/* backup.h: backups of a store by RocksDB's backup engine: taken while the store serves, table
 * files shared between backups. A folder of backups belongs to the caller, who sees to it that only
 * one process makes a backup there at a time, and who lists what is whole (core/backup).
 *
 * Units: numbers of backups count from 1 and never come twice. Thread: stated at each function. */
#ifndef WH_STORE_BACKUP_H
#define WH_STORE_BACKUP_H

#include "store/store.h"

/* An open store lent to another thread: it isn't closed or opened anew meanwhile. */
struct wh_rocks_held;

/* Lends `rocks`, also one that can't write now (its disk is full). WH_E_IO: it is closed after a
 * failure. Thread: loop, and so is the release. */
int wh_rocks_hold(struct wh_rocks *rocks, struct wh_rocks_held **ret,
                  struct wh_error *err) WH_CHECKED;
/* Takes NULL. */
void wh_rocks_release(struct wh_rocks_held *held);

/* Takes a backup into the folder `dir`, which is made where it is not there: all that was committed
 * when it began is in it. It is on disk when this returns; after a failure earlier ones are as they
 * were. `known` are the numbers that the caller lists: WH_E_CORRUPT, and nothing is written, where
 * the engine no longer understands one of them (it would take its files for rubbish).
 * WH_E_NO_SPACE, WH_E_IO. Thread: any. */
int wh_rocks_backup_make(struct wh_rocks_held *held, const char *dir, const uint32_t *known,
                         size_t known_count, uint32_t *ret_number, struct wh_error *err) WH_CHECKED;

/* The folder under `dir` in which the engine has a list for each backup, named by its number. */
#define WH_ROCKS_BACKUP_LISTS "meta"

/* The names, under `dir`, of all files that backup `number` consists of, in `arena`.
 * WH_E_CORRUPT: its list of them is not there or not readable. Thread: any. */
struct wh_rocks_backup_files {
    struct wh_span *names;
    uint32_t count;
};
int wh_rocks_backup_list(const char *dir, uint32_t number, struct wh_arena *arena,
                         struct wh_rocks_backup_files *ret, struct wh_error *err) WH_CHECKED;

/* Opens a backup to read it where it lies. `aside` is an empty folder of the caller's, in which
 * links to its files are put; the caller removes it after wh_rocks_close(). Every read checks
 * checksums. `dir` is absolute. WH_E_CORRUPT, WH_E_IO. Thread: the one that closes it. */
int wh_rocks_backup_open(const char *dir, uint32_t number, const char *aside, struct wh_rocks **ret,
                         struct wh_error *err) WH_CHECKED;

/* Writes backup `number` as a store into the folder `into`, which is made; synced when it returns.
 * WH_E_CORRUPT, WH_E_NO_SPACE, WH_E_IO; what was written so far is then left. Thread: any. */
int wh_rocks_backup_restore(const char *dir, uint32_t number, const char *into,
                            struct wh_error *err) WH_CHECKED;

#endif
