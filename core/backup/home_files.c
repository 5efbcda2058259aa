#include "backup/home_files.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/tree.h"
#include "home/file.h"

struct putting {
    const struct wh_backup_folder *folder;
    const char *home;
    struct wh_arena *arena;
    struct wh_manifest *manifest;
    uint64_t *ret_new;
};

/* True where the folder has these bytes, and they are still what they were. */
static bool is_kept(const struct wh_backup_folder *folder, const struct wh_backup_file *file,
                    struct wh_arena *arena)
{
    uint8_t digest[WH_DIGEST_BYTES];
    struct wh_error err;
    uint64_t bytes;
    if (wh_tree_digest(wh_folder_path(folder, file, arena), digest, &bytes, &err) < 0) return false;
    return memcmp(digest, file->digest, sizeof(digest)) == 0;
}

/* The digest is that of the copy: the file may change meanwhile. */
static int keep(const struct putting *putting, const char *path, struct wh_backup_file *file,
                struct wh_error *err)
{
    char *copy = wh_path_join(putting->arena, putting->folder->files, "adding.new");
    int rc = wh_tree_digest(path, file->digest, &file->bytes, err);
    if (rc < 0 || is_kept(putting->folder, file, putting->arena)) return rc;
    rc = wh_tree_copy(path, copy, 0600, err);
    if (rc == 0) rc = wh_tree_digest(copy, file->digest, &file->bytes, err);
    if (rc < 0) return rc;
    *putting->ret_new += file->bytes;
    if (rename(copy, wh_folder_path(putting->folder, file, putting->arena)) == 0) return 0;
    return wh_tree_fail_write(copy, err);
}

static int put_file(const struct putting *putting, const char *path, struct wh_error *err)
{
    struct wh_backup_file file = {.part = WH_PART_FILE};
    struct stat info;
    int rc;
    if (stat(path, &info) != 0) {
        return errno == ENOENT && lstat(path, &info) != 0 ? 0 : wh_tree_fail_read(path, err);
    }
    if ((!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) || strchr(path, '\n')) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_BACKUP_NOT_PLAIN, WH_ARGS(wh_arg_c(path)));
    }
    file.mode = info.st_mode & 0777;
    file.name = wh_span_of(path + strlen(putting->home) + 1);
    file.name = wh_arena_copy(putting->arena, file.name);
    if (S_ISDIR(info.st_mode)) {
        file.part = WH_PART_FOLDER;
        rc = 0;
    } else {
        rc = keep(putting, path, &file, err);
        if (rc == WH_E_NOT_FOUND) return 0; /* it was removed meanwhile */
    }
    if (rc == 0) *wh_manifest_add(putting->manifest, putting->arena) = file;
    return rc;
}

static int put_entry(const struct putting *putting, const FTSENT *entry, struct wh_error *err)
{
    switch (entry->fts_info) {
    case FTS_DP: return 0; /* seen before its files */
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        errno = entry->fts_errno;
        return errno == ENOENT ? 0 : wh_tree_fail_read(entry->fts_path, err);
    default: return put_file(putting, entry->fts_path, err);
    }
}

static int compare_names(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

int wh_home_files_put(const char *home, const struct wh_backup_folder *folder,
                      struct wh_arena *arena, struct wh_manifest *manifest, uint64_t *ret_new,
                      struct wh_error *err)
{
    const struct putting putting = {folder, home, arena, manifest, ret_new};
    char *const roots[] = {
        wh_path_join(arena, home, "wuhao.yaml"),         wh_path_join(arena, home, "keys"),
        wh_path_join(arena, home, "plugins.d"),          wh_path_join(arena, home, "files"),
        wh_path_join(arena, home, "store/damaged-logs"), NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, compare_names);
    const FTSENT *entry;
    int rc = 0;
    if (!walk) return wh_tree_fail_read(home, err);
    while (rc == 0 && (entry = fts_read(walk))) rc = put_entry(&putting, entry, err);
    (void)fts_close(walk); /* only read */
    return rc < 0 ? rc : wh_tree_sync_one(folder->files, err);
}

/* Folders are open to the writer until all is in them; a folder stands before its files. */
int wh_home_files_restore(const struct wh_backup_folder *folder, const struct wh_manifest *manifest,
                          const char *home, struct wh_arena *arena, struct wh_error *err)
{
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < manifest->count; i++) {
        const struct wh_backup_file *file = &manifest->files[i];
        char *path = wh_path_join(arena, home, wh_arena_text(arena, file->name));
        if (file->part == WH_PART_FOLDER) rc = wh_dir_make(path, 0700, err);
        if (file->part == WH_PART_FILE) {
            rc = wh_tree_copy(wh_folder_path(folder, file, arena), path, file->mode, err);
        }
    }
    for (uint32_t i = manifest->count; rc == 0 && i > 0; i--) {
        const struct wh_backup_file *file = &manifest->files[i - 1];
        char *path = wh_path_join(arena, home, wh_arena_text(arena, file->name));
        if (file->part != WH_PART_FOLDER) continue;
        if (chmod(path, file->mode) != 0) rc = wh_tree_fail_write(path, err);
    }
    return rc;
}
