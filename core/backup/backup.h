/* backup.h: backups of a whole home in a folder: the store, the keys, the config, the plugins'
 * settings and the files. Each is complete or not listed at all, and shares with earlier ones what
 * has not changed. What lies where: core/backup/README.md.
 *
 * Units: moments in milliseconds since 1970, sizes in bytes. Thread: stated at each function.
 * Ownership: what is read lives in the caller's arena. */
#ifndef WH_BACKUP_BACKUP_H
#define WH_BACKUP_BACKUP_H

#include "base/error.h"

struct wh_rocks;

enum wh_backup_state {
    WH_BACKUP_WHOLE,
    WH_BACKUP_DAMAGED, /* when listed: its manifest; nothing but its number is then known */
};

/* What one backup holds; counted in the backup itself. */
struct wh_backup {
    uint32_t number; /* from 1; never comes twice in a folder */
    enum wh_backup_state state;
    struct wh_span unit;
    int64_t taken_ms;
    uint64_t records;      /* withdrawn ones included */
    uint64_t rows;         /* deleted ones included */
    uint64_t head;         /* last seq written */
    int32_t last_day;      /* of a record; WH_BACKUP_NO_DAY: there is none */
    int64_t last_write_ms; /* of a row, or a command on record; 0: none */
    uint64_t bytes;        /* all that it needs, shared or not */
    uint64_t new_bytes;    /* of these, what it added to the folder; only when it was just made */
};
#define WH_BACKUP_NO_DAY INT32_MIN

/* ---- Making one ---- */

/* What is backed up. Texts are copied. */
struct wh_backup_source {
    struct wh_rocks *rocks; /* open */
    const char *home;       /* absolute */
    struct wh_span unit;
    int64_t now_ms;
};

struct wh_backup_job;

/* Begins a backup into the folder `dir` (absolute; made where only its last part is missing) on a
 * thread of its own. Free with wh_backup_job_free(). WH_E_IO, WH_E_FAILED. Thread: loop. */
int wh_backup_begin(const struct wh_backup_source *source, const char *dir,
                    struct wh_backup_job **ret, struct wh_error *err);

/* 1: it is still being made. 0: it is on disk; *ret is filled and lives as long as the job.
 * WH_E_INVALID: `dir` lies in the home, is no folder of backups, or another unit's; nothing was
 * changed. WH_E_NOT_FOUND: the folder above `dir` isn't there. WH_E_BUSY: another backup is being
 * made in it. WH_E_NOT_PERMITTED, WH_E_NO_SPACE, WH_E_IO, WH_E_CORRUPT: no backup was made, earlier
 * ones are as they were. Thread: loop. */
int wh_backup_poll(struct wh_backup_job *job, struct wh_backup *ret, struct wh_error *err);

/* Waits until its thread has ended. Takes NULL. Thread: loop. */
void wh_backup_job_free(struct wh_backup_job *job);

/* ---- Reading a folder; needs no node. Thread: any. ---- */

struct wh_backups {
    struct wh_backup *items; /* oldest first */
    uint32_t count;
    uint32_t unfinished; /* a number that is there in part only; 0: none */
};

/* Lists the backups in `dir`, damaged ones too. An empty folder has none. WH_E_NOT_FOUND: no such
 * folder, or not one of backups; WH_E_IO. */
int wh_backup_list(const char *dir, struct wh_arena *arena, struct wh_backups *ret,
                   struct wh_error *err);

#define WH_BACKUP_ALL 0u    /* every one of them */
#define WH_BACKUP_NEWEST 0u /* where one is asked for */

/* Checks every byte of backup `number`, or of all of them, and reads the store of that one, or of
 * the newest, from end to end. *ret is what was checked. Each file that is damaged or missing is a
 * fault; WH_E_CORRUPT where there is one. Else as wh_backup_list(). */
int wh_backup_verify(const char *dir, uint32_t number, struct wh_arena *arena,
                     struct wh_faults *faults, struct wh_backups *ret, struct wh_error *err);

/* Makes the home `into` from backup `number`. It appears whole and synced, or not at all.
 * WH_E_INVALID: `into` is there and not an empty folder; WH_E_CORRUPT: the backup is damaged, its
 * files are faults. WH_E_NOT_FOUND, WH_E_NO_SPACE, WH_E_NOT_PERMITTED, WH_E_IO. */
struct wh_backup_restore {
    const char *dir;
    uint32_t number;
    const char *into;
    int64_t now_ms;
};
int wh_backup_restore(const struct wh_backup_restore *wanted, struct wh_arena *arena,
                      struct wh_faults *faults, struct wh_backup *ret, struct wh_error *err);

#endif
