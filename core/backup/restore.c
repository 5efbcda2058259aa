/* A home made from a backup: built beside, synced, and renamed. */
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/home_files.h"
#include "backup/tree.h"
#include "backup/verify.h"
#include "home/file.h"
#include "home/restored.h"
#include "store/backup.h"

static int refuse(const char *into, struct wh_error *err)
{
    return wh_fail(err, WH_E_INVALID, WH_MSG_RESTORE_NOT_EMPTY, WH_ARGS(wh_arg_c(into)));
}

/* Absent, or an empty folder. */
static int check_free(const char *into, struct wh_error *err)
{
    const struct dirent *entry;
    bool empty = true;
    DIR *folder = opendir(into);
    if (!folder && errno == ENOENT) return 0;
    if (!folder && errno == ENOTDIR) return refuse(into, err);
    if (!folder) return wh_tree_fail_read(into, err);
    while ((entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) empty = false;
    }
    (void)closedir(folder);
    return empty ? 0 : refuse(into, err);
}

/* A mount point can't be renamed over. */
static int check_no_mount(const char *into, struct wh_arena *arena, struct wh_error *err)
{
    struct stat own, above;
    if (stat(into, &own) != 0) return 0; /* not there yet */
    if (stat(dirname(wh_arena_text(arena, wh_span_of(into))), &above) != 0) {
        return wh_tree_fail_read(into, err);
    }
    if (own.st_dev == above.st_dev) return 0;
    return wh_fail(err, WH_E_INVALID, WH_MSG_RESTORE_MOUNT, WH_ARGS(wh_arg_c(into)));
}

static int choose(const struct wh_backup_folder *folder, uint32_t wanted, struct wh_arena *arena,
                  struct wh_manifest *ret, struct wh_error *err)
{
    uint32_t *numbers, count, number = wanted;
    bool found = false;
    int rc = wh_folder_numbers(folder, arena, &numbers, &count, err);
    if (rc < 0) return rc;
    if (count == 0) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_BACKUP_NONE, WH_ARGS(wh_arg_c(folder->dir)));
    }
    if (wanted == WH_BACKUP_NEWEST) number = numbers[count - 1];
    for (uint32_t i = 0; i < count; i++) found = found || numbers[i] == number;
    if (!found) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_BACKUP_NO_NUMBER,
                       WH_ARGS(wh_arg_c(folder->dir), wh_arg_n(number)));
    }
    rc = wh_folder_manifest(folder, number, arena, ret, err);
    if (rc == WH_E_CORRUPT) {
        rc = wh_fail(err, rc, WH_MSG_RESTORE_DAMAGED, WH_ARGS(wh_arg_n(number), wh_arg_n(1)));
    }
    return rc;
}

static int check_whole(const struct wh_backup_folder *folder, const struct wh_manifest *manifest,
                       struct wh_arena *arena, struct wh_faults *faults, struct wh_error *err)
{
    struct wh_verifying verifying = {folder, arena, faults, {NULL, 0, 0}};
    enum wh_backup_state state;
    wh_map_init(&verifying.seen);
    state = wh_verify_files(&verifying, manifest);
    wh_map_deinit(&verifying.seen);
    if (state == WH_BACKUP_WHOLE) return 0;
    return wh_fail(err, WH_E_CORRUPT, WH_MSG_RESTORE_DAMAGED,
                   WH_ARGS(wh_arg_n(manifest->backup.number), wh_arg_n(faults->count)));
}

/* The home beside its place, with all that it needs to start. */
static int build(const struct wh_backup_folder *folder, const struct wh_manifest *manifest,
                 const char *beside, struct wh_arena *arena, const struct wh_restored *restored,
                 struct wh_error *err)
{
    char *store = wh_path_join(arena, beside, "store");
    int rc = wh_dir_make(wh_path_join(arena, beside, "run"), 0700, err);
    if (rc == 0) rc = wh_dir_make(store, 0700, err);
    if (rc == 0) {
        rc = wh_rocks_backup_restore(folder->store, manifest->backup.number, store, err);
    }
    if (rc == 0) rc = wh_home_files_restore(folder, manifest, beside, arena, err);
    if (rc == 0) rc = wh_restored_write(beside, restored, err);
    if (rc == 0 && chmod(beside, 0750) != 0) rc = wh_tree_fail_write(beside, err);
    return rc < 0 ? rc : wh_tree_sync(beside, err);
}

static int put_in_place(char *beside, const char *into, struct wh_arena *arena,
                        struct wh_error *err)
{
    if (rename(beside, into) != 0) {
        if (errno == EEXIST || errno == ENOTEMPTY) return refuse(into, err);
        return wh_tree_fail_write(into, err);
    }
    return wh_tree_sync_one(dirname(wh_arena_text(arena, wh_span_of(into))), err);
}

static void say_full(const char *into, int rc, struct wh_error *err)
{
    if (rc != WH_E_NO_SPACE) return;
    (void)wh_fail(err, rc, WH_MSG_RESTORE_FULL, WH_ARGS(wh_arg_c(into)));
}

static int restore_from(const struct wh_backup_folder *folder,
                        const struct wh_backup_restore *wanted, struct wh_arena *arena,
                        struct wh_faults *faults, struct wh_backup *ret, struct wh_error *err)
{
    struct wh_manifest manifest;
    struct wh_restored restored;
    char *into, *beside;
    size_t size;
    int rc = choose(folder, wanted->number, arena, &manifest, err);
    if (rc == 0) rc = wh_folder_resolve(wanted->into, arena, &into, err);
    if (rc == 0) rc = check_free(into, err);
    if (rc == 0) rc = check_no_mount(into, arena, err);
    if (rc == 0) rc = check_whole(folder, &manifest, arena, faults, err);
    if (rc < 0) return rc;
    *ret = manifest.backup;
    restored = (struct wh_restored){.number = ret->number,
                                    .taken_ms = ret->taken_ms,
                                    .restored_ms = wanted->now_ms,
                                    .last_write_ms = ret->last_write_ms,
                                    .from = wh_span_of(folder->dir)};
    size = strlen(into) + sizeof(".restoring-XXXXXX");
    beside = wh_arena_new(arena, size, 1);
    (void)snprintf(beside, size, "%s.restoring-XXXXXX", into);
    if (!mkdtemp(beside)) return wh_tree_fail_write(beside, err);
    rc = build(folder, &manifest, beside, arena, &restored, err);
    if (rc == 0) rc = put_in_place(beside, into, arena, err);
    if (rc < 0) wh_tree_remove(beside);
    say_full(into, rc, err);
    return rc;
}

int wh_backup_restore(const struct wh_backup_restore *wanted, struct wh_arena *arena,
                      struct wh_faults *faults, struct wh_backup *ret, struct wh_error *err)
{
    struct wh_backup_folder folder;
    int rc = wh_folder_open(wanted->dir, arena, &folder, err);
    if (rc < 0) return rc;
    rc = restore_from(&folder, wanted, arena, faults, ret, err);
    wh_folder_close(&folder);
    return rc;
}
