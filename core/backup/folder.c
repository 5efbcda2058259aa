#include "backup/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/tree.h"
#include "base/num.h"
#include "home/file.h"
#include "store/backup.h"

#define MARK_NAME "wuhao-backups"
#define MARK_HEAD "wuhao-backups 1\nunit "
#define MARK_BYTES_MAX 256

int wh_folder_resolve(const char *path, struct wh_arena *arena, char **ret, struct wh_error *err)
{
    char *resolved = realpath(path, NULL);
    char *above;
    if (resolved) {
        *ret = wh_arena_text(arena, wh_span_of(resolved));
        free(resolved); /* foreign: realpath allocates */
        return 0;
    }
    if (errno != ENOENT) return wh_tree_fail_read(path, err);
    above = realpath(dirname(wh_arena_text(arena, wh_span_of(path))), NULL);
    if (!above && errno == ENOENT) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_BACKUP_NO_ABOVE, WH_ARGS(wh_arg_c(path)));
    }
    if (!above) return wh_tree_fail_read(path, err);
    *ret = wh_path_join(arena, above, basename(wh_arena_text(arena, wh_span_of(path))));
    free(above); /* foreign: realpath allocates */
    return 0;
}

static bool lies_in(const char *path, const char *folder)
{
    size_t len = strlen(folder);
    return strncmp(path, folder, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

static void name_parts(struct wh_backup_folder *folder, char *dir, struct wh_arena *arena)
{
    *folder = (struct wh_backup_folder){
        .dir = dir,
        .store = wh_path_join(arena, dir, "store"),
        .files = wh_path_join(arena, dir, "files"),
        .manifests = wh_path_join(arena, dir, "backups"),
        .lock = -1,
    };
}

/* ---- Adding ---- */

static int refuse(enum wh_message message, const char *dir, struct wh_span more,
                  struct wh_error *err)
{
    return wh_fail(err, WH_E_INVALID, message, WH_ARGS(wh_arg_c(dir), wh_arg_s(more)));
}

/* 1: nothing is in it, 0: something is. */
static int is_empty(const char *dir, struct wh_error *err)
{
    const struct dirent *entry;
    int empty = 1;
    DIR *folder = opendir(dir);
    if (!folder && errno == ENOTDIR)
        return refuse(WH_MSG_BACKUP_NO_FOLDER, dir, WH_SPAN_EMPTY, err);
    if (!folder) return wh_tree_fail_read(dir, err);
    while ((entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) empty = 0;
    }
    (void)closedir(folder);
    return empty;
}

static struct wh_span mark_of(struct wh_span unit, struct wh_arena *arena)
{
    char text[MARK_BYTES_MAX];
    (void)snprintf(text, sizeof(text), MARK_HEAD "%.*s\n", (int)unit.len, unit.data);
    return wh_arena_copy(arena, wh_span_of(text));
}

static int check_mark(const char *dir, struct wh_span unit, struct wh_arena *arena,
                      struct wh_error *err)
{
    struct wh_span text, other;
    int rc = wh_file_read(wh_path_join(arena, dir, MARK_NAME), arena, &text, err);
    if (rc == WH_E_NOT_FOUND) return refuse(WH_MSG_BACKUP_FOREIGN, dir, WH_SPAN_EMPTY, err);
    if (rc < 0) return rc;
    if (wh_span_equal(text, mark_of(unit, arena))) return 0;
    if (!wh_span_starts(text, WH_S(MARK_HEAD))) {
        return refuse(WH_MSG_BACKUP_FOREIGN, dir, WH_SPAN_EMPTY, err);
    }
    other = wh_span_from(text, sizeof(MARK_HEAD) - 1);
    if (other.len > 0) other.len--; /* the newline */
    return refuse(WH_MSG_BACKUP_OTHER_UNIT, dir, other, err);
}

bool wh_folder_mark_is_good(const struct wh_backup_folder *folder, struct wh_span unit,
                            struct wh_arena *arena)
{
    struct wh_error err;
    return check_mark(folder->dir, unit, arena, &err) == 0;
}

static int make_parts(const struct wh_backup_folder *folder, struct wh_error *err)
{
    int rc = wh_dir_make(folder->store, 0700, err);
    if (rc == 0) rc = wh_dir_make(folder->files, 0700, err);
    return rc < 0 ? rc : wh_dir_make(folder->manifests, 0700, err);
}

/* What a crash has left: half written files, which nothing names. */
static void sweep(const char *dir, struct wh_arena *arena)
{
    const struct dirent *entry;
    DIR *folder = opendir(dir);
    if (!folder) return;
    while ((entry = readdir(folder))) {
        const char *end = strrchr(entry->d_name, '.');
        if (end && strcmp(end, ".new") == 0) {
            (void)unlink(wh_path_join(arena, dir, entry->d_name)); /* else it stays */
        }
    }
    (void)closedir(folder);
}

static int take_lock(struct wh_backup_folder *folder, struct wh_arena *arena, struct wh_error *err)
{
    const char *mark = wh_path_join(arena, folder->dir, MARK_NAME);
    folder->lock = open(mark, O_RDONLY | O_CLOEXEC);
    if (folder->lock < 0) return wh_tree_fail_read(mark, err);
    if (flock(folder->lock, LOCK_EX | LOCK_NB) == 0) return 0;
    if (errno != EWOULDBLOCK) return wh_tree_fail_read(mark, err);
    return wh_fail(err, WH_E_BUSY, WH_MSG_BACKUP_BUSY, WH_ARGS(wh_arg_c(folder->dir)));
}

int wh_folder_open_to_add(const char *dir, const char *home, struct wh_span unit,
                          struct wh_arena *arena, struct wh_backup_folder *ret,
                          struct wh_error *err)
{
    char *resolved;
    int rc = wh_folder_resolve(dir, arena, &resolved, err);
    if (rc < 0) return rc;
    name_parts(ret, resolved, arena);
    if (lies_in(resolved, home)) {
        return refuse(WH_MSG_BACKUP_IN_HOME, dir, wh_span_of(home), err);
    }
    if (mkdir(resolved, 0700) != 0 && errno != EEXIST) return wh_tree_fail_write(resolved, err);
    rc = is_empty(resolved, err);
    if (rc == 0) rc = check_mark(resolved, unit, arena, err);
    if (rc == 1) {
        rc = wh_file_write(wh_path_join(arena, resolved, MARK_NAME), mark_of(unit, arena), 0600,
                           err);
    }
    if (rc == 0) rc = take_lock(ret, arena, err);
    if (rc == 0) rc = make_parts(ret, err);
    if (rc == 0) rc = wh_tree_sync_one(resolved, err);
    if (rc == 0) rc = wh_tree_sync_one(dirname(wh_arena_text(arena, wh_span_of(resolved))), err);
    if (rc < 0) return rc;
    sweep(ret->files, arena);
    sweep(ret->manifests, arena);
    return 0;
}

/* ---- Reading ---- */

int wh_folder_open(const char *dir, struct wh_arena *arena, struct wh_backup_folder *ret,
                   struct wh_error *err)
{
    struct stat info;
    char *resolved;
    int rc = wh_folder_resolve(dir, arena, &resolved, err);
    if (rc < 0) return rc;
    name_parts(ret, resolved, arena);
    if (stat(resolved, &info) != 0 && errno == ENOENT) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_BACKUP_ABSENT, WH_ARGS(wh_arg_c(resolved)));
    }
    rc = is_empty(resolved, err);
    if (rc != 0) return rc < 0 ? rc : 0;
    if (stat(wh_path_join(arena, resolved, MARK_NAME), &info) == 0) return 0;
    if (stat(ret->manifests, &info) == 0) return 0; /* the mark is gone: verifying says so */
    return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_BACKUP_NONE_HERE, WH_ARGS(wh_arg_c(resolved)));
}

void wh_folder_close(struct wh_backup_folder *folder)
{
    if (folder->lock >= 0) (void)close(folder->lock); /* gives the lock up */
    folder->lock = -1;
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* The names in a folder that are numbers, upward; none where it isn't there. */
static int read_numbers(const char *path, struct wh_arena *arena, uint32_t **ret,
                        uint32_t *ret_count, struct wh_error *err)
{
    const struct dirent *entry;
    uint32_t count = 0, size = 0, *numbers = NULL, *more;
    DIR *folder = opendir(path);
    if (!folder && errno != ENOENT) return wh_tree_fail_read(path, err);
    while (folder && (entry = readdir(folder))) {
        int64_t number;
        if (wh_number_parse(wh_span_of(entry->d_name), &number) < 0) continue;
        if (number < 1 || number > UINT32_MAX) continue;
        if (count == size) {
            more = wh_arena_new(arena, size = 2 * size + 16, sizeof(*more));
            if (count > 0) memcpy(more, numbers, count * sizeof(*more));
            numbers = more;
        }
        numbers[count++] = (uint32_t)number;
    }
    if (folder) (void)closedir(folder);
    if (count > 0) qsort(numbers, count, sizeof(*numbers), compare_numbers);
    *ret = numbers;
    *ret_count = count;
    return 0;
}

int wh_folder_numbers(const struct wh_backup_folder *folder, struct wh_arena *arena, uint32_t **ret,
                      uint32_t *ret_count, struct wh_error *err)
{
    return read_numbers(folder->manifests, arena, ret, ret_count, err);
}

uint32_t wh_folder_unfinished(const struct wh_backup_folder *folder, const uint32_t *numbers,
                              uint32_t count, struct wh_arena *arena)
{
    const char *lists = wh_path_join(arena, folder->store, WH_ROCKS_BACKUP_LISTS);
    uint32_t *found, found_count, unfinished = 0;
    struct wh_error err;
    if (read_numbers(lists, arena, &found, &found_count, &err) < 0) return 0;
    for (uint32_t i = 0; i < found_count; i++) {
        const uint32_t *known =
            count > 0 ? bsearch(&found[i], numbers, count, sizeof(*numbers), compare_numbers)
                      : NULL;
        if (!known) unfinished = found[i];
    }
    return unfinished;
}

static char *manifest_path(const struct wh_backup_folder *folder, uint32_t number,
                           struct wh_arena *arena)
{
    char name[16];
    (void)snprintf(name, sizeof(name), "%u", number);
    return wh_path_join(arena, folder->manifests, name);
}

int wh_folder_manifest(const struct wh_backup_folder *folder, uint32_t number,
                       struct wh_arena *arena, struct wh_manifest *ret, struct wh_error *err)
{
    char *path = manifest_path(folder, number, arena);
    struct wh_span text;
    int rc = wh_tree_read(path, arena, &text, err);
    if (rc < 0) return rc;
    if (wh_manifest_read(text, arena, ret) == 0 && ret->backup.number == number) return 0;
    return wh_fail(err, WH_E_CORRUPT, WH_MSG_BACKUP_DAMAGED_FILE, WH_ARGS(wh_arg_c(path)));
}

int wh_folder_put(const struct wh_backup_folder *folder, const struct wh_manifest *manifest,
                  struct wh_arena *arena, struct wh_error *err)
{
    return wh_file_write(manifest_path(folder, manifest->backup.number, arena),
                         wh_manifest_write(manifest, arena), 0600, err);
}

char *wh_folder_path(const struct wh_backup_folder *folder, const struct wh_backup_file *file,
                     struct wh_arena *arena)
{
    char hex[WH_DIGEST_TEXT_SIZE];
    if (file->part == WH_PART_STORE) {
        return wh_path_join(arena, folder->store, wh_arena_text(arena, file->name));
    }
    wh_digest_format(file->digest, hex);
    return wh_path_join(arena, folder->files, hex);
}
