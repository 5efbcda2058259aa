/* home_files.h: the part of a home that isn't its store: config, keys, plugins' settings, files. In
 * a folder of backups each file lies once, under its digest. Private to backup/. Thread: any. */
#ifndef WH_BACKUP_HOME_FILES_H
#define WH_BACKUP_HOME_FILES_H

#include "backup/folder.h"

/* Puts the files of `home` into the folder, those that are there already excepted, and adds them to
 * the manifest. *ret_new counts what the folder grew by. */
int wh_home_files_put(const char *home, const struct wh_backup_folder *folder,
                      struct wh_arena *arena, struct wh_manifest *manifest, uint64_t *ret_new,
                      struct wh_error *err);

/* Writes a manifest's files and folders into `home`, which is there, with their modes. */
int wh_home_files_restore(const struct wh_backup_folder *folder, const struct wh_manifest *manifest,
                          const char *home, struct wh_arena *arena, struct wh_error *err);

#endif
