/* verify.h: checking the bytes of backups against their manifests. Private to backup/. Thread: any.
 */
#ifndef WH_BACKUP_VERIFY_H
#define WH_BACKUP_VERIFY_H

#include "backup/folder.h"
#include "base/map.h"

/* Each file is read once, however many backups share it. */
struct wh_verifying {
    const struct wh_backup_folder *folder;
    struct wh_arena *arena;
    struct wh_faults *faults;
    struct wh_map seen; /* path -> enum wh_backup_state */
};

/* Checks all files of one backup; each that is wrong is a fault, once. */
enum wh_backup_state wh_verify_files(struct wh_verifying *verifying,
                                     const struct wh_manifest *manifest);

#endif
