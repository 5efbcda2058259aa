/* folder.h: a folder of backups: what makes it one, whose it is, and its manifests. Private to
 * backup/. Thread: any. Ownership: texts live in the arena given. */
#ifndef WH_BACKUP_FOLDER_H
#define WH_BACKUP_FOLDER_H

#include "backup/manifest.h"

struct wh_backup_folder {
    char *dir;       /* absolute */
    char *store;     /* RocksDB's part */
    char *files;     /* files of homes, each named by its digest */
    char *manifests; /* one a backup, named by its number */
    int lock;        /* descriptor; -1: none */
};

/* `path` without links and dots; its last part need not be there. WH_E_NOT_FOUND: the rest isn't.
 */
int wh_folder_resolve(const char *path, struct wh_arena *arena, char **ret, struct wh_error *err);

/* Opens `dir` to add backups of `unit` to it and keeps others from adding meanwhile; an empty or
 * absent one is made into a folder of backups. The codes of wh_backup_poll(). Close it. */
int wh_folder_open_to_add(const char *dir, const char *home, struct wh_span unit,
                          struct wh_arena *arena, struct wh_backup_folder *ret,
                          struct wh_error *err);

/* Opens it to read. WH_E_NOT_FOUND, WH_E_NOT_PERMITTED, WH_E_IO. Close it. */
int wh_folder_open(const char *dir, struct wh_arena *arena, struct wh_backup_folder *ret,
                   struct wh_error *err);
void wh_folder_close(struct wh_backup_folder *folder);

/* Names the mark at the head of the folder; true where it says what the manifests say. */
bool wh_folder_mark_is_good(const struct wh_backup_folder *folder, struct wh_span unit,
                            struct wh_arena *arena);

/* The numbers of its backups, upward. */
int wh_folder_numbers(const struct wh_backup_folder *folder, struct wh_arena *arena, uint32_t **ret,
                      uint32_t *ret_count, struct wh_error *err);

/* The newest backup that the store's engine lists and that is not among `numbers`: it was not
 * finished, or its manifest is gone. 0: there is none. */
uint32_t wh_folder_unfinished(const struct wh_backup_folder *folder, const uint32_t *numbers,
                              uint32_t count, struct wh_arena *arena);

/* Reads the manifest of a backup. WH_E_CORRUPT: it is damaged. */
int wh_folder_manifest(const struct wh_backup_folder *folder, uint32_t number,
                       struct wh_arena *arena, struct wh_manifest *ret, struct wh_error *err);

/* Puts it there: from now on the backup exists. WH_E_NO_SPACE, WH_E_IO. */
int wh_folder_put(const struct wh_backup_folder *folder, const struct wh_manifest *manifest,
                  struct wh_arena *arena, struct wh_error *err);

/* Where a file of a backup lies. */
char *wh_folder_path(const struct wh_backup_folder *folder, const struct wh_backup_file *file,
                     struct wh_arena *arena);

#endif
