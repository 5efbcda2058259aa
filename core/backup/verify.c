#include "backup/verify.h"

#include "backup/contents.h"
#include "backup/tree.h"

static enum wh_backup_state check_file(struct wh_verifying *verifying,
                                       const struct wh_backup_file *file)
{
    struct wh_span path = wh_span_of(wh_folder_path(verifying->folder, file, verifying->arena));
    const uint64_t *seen = wh_map_get(&verifying->seen, path);
    enum wh_backup_state state = WH_BACKUP_WHOLE;
    uint8_t digest[WH_DIGEST_BYTES];
    struct wh_error err;
    uint64_t bytes;
    if (seen) return (enum wh_backup_state) * seen;
    if (wh_tree_digest(path.data, digest, &bytes, &err) < 0 || bytes != file->bytes ||
        memcmp(digest, file->digest, sizeof(digest)) != 0) {
        state = WH_BACKUP_DAMAGED;
        wh_fault_add(verifying->faults, 0, WH_SPAN_EMPTY, WH_MSG_BACKUP_DAMAGED_FILE,
                     WH_ARGS(wh_arg_s(path)));
    }
    wh_map_put(&verifying->seen, path, state);
    return state;
}

enum wh_backup_state wh_verify_files(struct wh_verifying *verifying,
                                     const struct wh_manifest *manifest)
{
    enum wh_backup_state state = WH_BACKUP_WHOLE;
    for (uint32_t i = 0; i < manifest->count; i++) {
        if (manifest->files[i].part == WH_PART_FOLDER) continue;
        if (check_file(verifying, &manifest->files[i]) == WH_BACKUP_DAMAGED) {
            state = WH_BACKUP_DAMAGED;
        }
    }
    return state;
}

static void add_error(struct wh_faults *faults, const struct wh_error *err)
{
    struct wh_arg args[WH_ERROR_ARGS_MAX + 1] = {{.present = false}};
    for (size_t i = 0; i < WH_ERROR_ARGS_MAX; i++) args[i] = wh_arg_c(err->args[i]);
    wh_fault_add(faults, 0, WH_SPAN_EMPTY, err->message, args);
}

/* The store inside, read from end to end, must hold what was counted when it was made. */
static void read_through(struct wh_verifying *verifying, struct wh_backup *backup)
{
    struct wh_backup found = {.number = backup->number};
    struct wh_error err;
    if (wh_contents_read(verifying->folder, backup->number, &found, &err) < 0) {
        add_error(verifying->faults, &err);
        backup->state = WH_BACKUP_DAMAGED;
    } else if (found.records != backup->records || found.rows != backup->rows ||
               found.head != backup->head) {
        wh_fault_add(verifying->faults, 0, WH_SPAN_EMPTY, WH_MSG_BACKUP_DIFFERS,
                     WH_ARGS(wh_arg_n(backup->number)));
        backup->state = WH_BACKUP_DAMAGED;
    }
}

static int verify_one(struct wh_verifying *verifying, uint32_t number, struct wh_backup *ret,
                      struct wh_error *err)
{
    struct wh_manifest manifest;
    int rc = wh_folder_manifest(verifying->folder, number, verifying->arena, &manifest, err);
    *ret = (struct wh_backup){.number = number, .state = WH_BACKUP_DAMAGED};
    if (rc == WH_E_CORRUPT) add_error(verifying->faults, err);
    if (rc < 0) return rc == WH_E_CORRUPT ? 0 : rc;
    *ret = manifest.backup;
    ret->state = wh_verify_files(verifying, &manifest);
    return 0;
}

static void verify_mark(struct wh_verifying *verifying, const struct wh_backups *checked)
{
    for (uint32_t i = checked->count; i > 0; i--) {
        struct wh_span unit = checked->items[i - 1].unit;
        if (unit.len == 0) continue; /* its manifest is damaged */
        if (wh_folder_mark_is_good(verifying->folder, unit, verifying->arena)) return;
        wh_fault_add(verifying->faults, 0, WH_SPAN_EMPTY, WH_MSG_BACKUP_MARK_DAMAGED,
                     WH_ARGS(wh_arg_c(verifying->folder->dir)));
        return;
    }
}

static int verify_all(struct wh_verifying *verifying, uint32_t wanted, struct wh_backups *ret,
                      struct wh_error *err)
{
    uint32_t *numbers, count;
    int rc = wh_folder_numbers(verifying->folder, verifying->arena, &numbers, &count, err);
    if (rc < 0) return rc;
    ret->items = wh_arena_new(verifying->arena, count + 1u, sizeof(*ret->items));
    ret->count = 0;
    ret->unfinished = wh_folder_unfinished(verifying->folder, numbers, count, verifying->arena);
    for (uint32_t i = 0; rc == 0 && i < count; i++) {
        if (wanted != WH_BACKUP_ALL && numbers[i] != wanted) continue;
        rc = verify_one(verifying, numbers[i], &ret->items[ret->count++], err);
    }
    if (rc < 0) return rc;
    if (wanted != WH_BACKUP_ALL && ret->count == 0) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_BACKUP_NO_NUMBER,
                       WH_ARGS(wh_arg_c(verifying->folder->dir), wh_arg_n(wanted)));
    }
    verify_mark(verifying, ret);
    if (ret->count > 0 && ret->items[ret->count - 1].state == WH_BACKUP_WHOLE) {
        read_through(verifying, &ret->items[ret->count - 1]);
    }
    if (verifying->faults->count == 0) return 0;
    return wh_fail(err, WH_E_CORRUPT, WH_MSG_BACKUP_FAULTS,
                   WH_ARGS(wh_arg_c(verifying->folder->dir), wh_arg_n(verifying->faults->count)));
}

int wh_backup_verify(const char *dir, uint32_t number, struct wh_arena *arena,
                     struct wh_faults *faults, struct wh_backups *ret, struct wh_error *err)
{
    struct wh_backup_folder folder;
    struct wh_verifying verifying = {&folder, arena, faults, {NULL, 0, 0}};
    int rc = wh_folder_open(dir, arena, &folder, err);
    if (rc < 0) return rc;
    wh_map_init(&verifying.seen);
    rc = verify_all(&verifying, number, ret, err);
    wh_map_deinit(&verifying.seen);
    wh_folder_close(&folder);
    return rc;
}

int wh_backup_list(const char *dir, struct wh_arena *arena, struct wh_backups *ret,
                   struct wh_error *err)
{
    struct wh_backup_folder folder;
    struct wh_manifest manifest;
    uint32_t *numbers, count;
    int rc = wh_folder_open(dir, arena, &folder, err);
    if (rc == 0) rc = wh_folder_numbers(&folder, arena, &numbers, &count, err);
    if (rc < 0) return rc;
    ret->items = wh_arena_new(arena, count + 1u, sizeof(*ret->items));
    ret->unfinished = wh_folder_unfinished(&folder, numbers, count, arena);
    for (ret->count = 0; ret->count < count; ret->count++) {
        struct wh_backup *backup = &ret->items[ret->count];
        rc = wh_folder_manifest(&folder, numbers[ret->count], arena, &manifest, err);
        if (rc < 0 && rc != WH_E_CORRUPT) break;
        if (rc == 0) *backup = manifest.backup;
        if (rc < 0) *backup = (struct wh_backup){numbers[ret->count], .state = WH_BACKUP_DAMAGED};
        rc = 0;
    }
    wh_folder_close(&folder);
    return rc;
}
