#include "store/backup.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "store/rocks_parts.h"

struct wh_rocks_held {
    struct wh_rocks *rocks;
    rocksdb_t *db;
    enum {
        AS_IT_IS,    /* the log is copied: a store that can't write must not try */
        FLUSH_FIRST, /* what is in memory becomes table files, which backups share */
    } form;
};

/* ---- Lending ---- */

/* A flush on a full disk would be a failure of the store's own. */
#define FLUSH_SPARE_BYTES (4u << 20)

int wh_rocks_hold(struct wh_rocks *rocks, struct wh_rocks_held **ret, struct wh_error *err)
{
    struct wh_rocks_held *held;
    int rc = rocks->db && !rocks->moved ? 0 : wh_rocks_ready(rocks, err);
    uint64_t needed = wh_rocks_memory_used(rocks).memtables_bytes + FLUSH_SPARE_BYTES;
    if (rc < 0) return rc;
    held = wh_memory_new(1, sizeof(*held));
    held->rocks = rocks;
    held->db = rocks->db;
    held->form = rocks->failed || wh_rocks_disk_free(rocks) < needed ? AS_IT_IS : FLUSH_FIRST;
    rocks->readers += 1;
    *ret = held;
    return 0;
}

void wh_rocks_release(struct wh_rocks_held *held)
{
    if (!held) return;
    held->rocks->readers -= 1;
    wh_memory_free(held);
}

/* ---- The engine ---- */

struct engine {
    rocksdb_env_t *env;
    rocksdb_backup_engine_options_t *options;
    rocksdb_backup_engine_t *engine;
};

static int fail_engine(const char *dir, char *text, struct wh_error *err)
{
    bool full = strstr(text, "No space left on device") || strstr(text, "Disk quota exceeded");
    bool corrupt = strstr(text, "Corruption") || strstr(text, "NotFound");
    int code = full ? WH_E_NO_SPACE : corrupt ? WH_E_CORRUPT : WH_E_IO;
    enum wh_message message = full      ? WH_MSG_BACKUP_FULL
                              : corrupt ? WH_MSG_BACKUP_DAMAGED_ENGINE
                                        : WH_MSG_BACKUP_IO;
    (void)wh_fail(err, code, message, WH_ARGS(wh_arg_c(dir), wh_arg_c(text)));
    rocksdb_free(text);
    return code;
}

static void close_engine(struct engine *engine)
{
    if (engine->engine) rocksdb_backup_engine_close(engine->engine);
    rocksdb_backup_engine_options_destroy(engine->options);
    rocksdb_env_destroy(engine->env);
}

static int open_engine(const char *dir, struct engine *ret, struct wh_error *err)
{
    char *text = NULL;
    *ret = (struct engine){.env = rocksdb_create_default_env(),
                           .options = rocksdb_backup_engine_options_create(dir)};
    rocksdb_backup_engine_options_set_share_table_files(ret->options, 1);
    rocksdb_backup_engine_options_set_sync(ret->options, 1);
    rocksdb_backup_engine_options_set_backup_log_files(ret->options, 1);
    rocksdb_backup_engine_options_set_max_background_operations(ret->options, 1);
    ret->engine = rocksdb_backup_engine_open_opts(ret->options, ret->env, &text);
    if (!text) return 0;
    ret->engine = NULL;
    close_engine(ret);
    return fail_engine(dir, text, err);
}

static bool has_number(const rocksdb_backup_engine_info_t *info, uint32_t number)
{
    for (int i = 0; i < rocksdb_backup_engine_info_count(info); i++) {
        if (rocksdb_backup_engine_info_backup_id(info, i) == number) return true;
    }
    return false;
}

static int check_known(const struct engine *engine, const char *dir, const uint32_t *known,
                       size_t known_count, struct wh_error *err)
{
    const rocksdb_backup_engine_info_t *info =
        rocksdb_backup_engine_get_backup_info(engine->engine);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < known_count; i++) {
        if (has_number(info, known[i])) continue;
        rc = wh_fail(err, WH_E_CORRUPT, WH_MSG_BACKUP_NOT_ADDED,
                     WH_ARGS(wh_arg_c(dir), wh_arg_n(known[i])));
    }
    rocksdb_backup_engine_info_destroy(info);
    return rc;
}

static uint32_t newest_number(const struct engine *engine)
{
    const rocksdb_backup_engine_info_t *info =
        rocksdb_backup_engine_get_backup_info(engine->engine);
    uint32_t newest = 0;
    for (int i = 0; i < rocksdb_backup_engine_info_count(info); i++) {
        uint32_t number = rocksdb_backup_engine_info_backup_id(info, i);
        if (number > newest) newest = number;
    }
    rocksdb_backup_engine_info_destroy(info);
    return newest;
}

/* What a failed backup has left is rubbish; purging none of the whole ones removes it. */
static void sweep(const struct engine *engine)
{
    char *text = NULL;
    rocksdb_backup_engine_purge_old_backups(engine->engine, INT32_MAX, &text);
    rocksdb_free(text); /* the next backup sweeps again */
}

int wh_rocks_backup_make(struct wh_rocks_held *held, const char *dir, const uint32_t *known,
                         size_t known_count, uint32_t *ret_number, struct wh_error *err)
{
    struct engine engine;
    char *text = NULL;
    int rc = open_engine(dir, &engine, err);
    if (rc < 0) return rc;
    rc = check_known(&engine, dir, known, known_count, err);
    if (rc < 0) goto out;
    rocksdb_backup_engine_create_new_backup_flush(engine.engine, held->db,
                                                  held->form == FLUSH_FIRST, &text);
    if (text) {
        rc = fail_engine(dir, text, err);
        sweep(&engine);
        goto out;
    }
    *ret_number = newest_number(&engine);
out:
    close_engine(&engine);
    return rc;
}

int wh_rocks_backup_restore(const char *dir, uint32_t number, const char *into,
                            struct wh_error *err)
{
    rocksdb_restore_options_t *options;
    struct engine engine;
    char *text = NULL;
    int rc = open_engine(dir, &engine, err);
    if (rc < 0) return rc;
    options = rocksdb_restore_options_create();
    rocksdb_backup_engine_restore_db_from_backup(engine.engine, into, into, options, number, &text);
    rocksdb_restore_options_destroy(options);
    close_engine(&engine);
    return text ? fail_engine(dir, text, err) : 0;
}

/* ---- The files of one backup ---- */

static int fail_list(const char *path, struct wh_error *err)
{
    return wh_fail(err, WH_E_CORRUPT, WH_MSG_BACKUP_DAMAGED_FILE, WH_ARGS(wh_arg_c(path)));
}

static int read_list(const char *path, struct wh_buffer *ret, struct wh_error *err)
{
    FILE *file = fopen(path, "re");
    size_t got = 1;
    if (!file) return fail_list(path, err);
    while (got > 0) {
        got = fread(wh_buffer_room(ret, 65536), 1, 65536, file);
        wh_buffer_grew(ret, got);
    }
    got = (size_t)ferror(file);
    (void)fclose(file); /* only read */
    return got == 0 ? 0 : fail_list(path, err);
}

/* The engine's list has a line for each file, which begins with the name: `private/1/CURRENT`,
 * `shared_checksum/000012_s...sst`. Other lines say when, and how many. */
int wh_rocks_backup_list(const char *dir, uint32_t number, struct wh_arena *arena,
                         struct wh_rocks_backup_files *ret, struct wh_error *err)
{
    struct wh_buffer text = {NULL, 0, 0};
    char own[32], path[PATH_MAX];
    struct wh_span left;
    uint32_t lines = 1;
    int rc;
    (void)snprintf(own, sizeof(own), WH_ROCKS_BACKUP_LISTS "/%u", number);
    if (snprintf(path, sizeof(path), "%s/%s", dir, own) >= (int)sizeof(path)) {
        return fail_list(dir, err);
    }
    rc = read_list(path, &text, err);
    left = wh_buffer_span(&text);
    for (size_t i = 0; i < left.len; i++) lines += left.data[i] == '\n';
    ret->names = (struct wh_span *)wh_arena_new(arena, lines + 1, sizeof(*ret->names));
    ret->names[0] = wh_arena_copy(arena, wh_span_of(own));
    ret->count = 1;
    while (rc == 0 && left.len > 0) {
        const char *end = memchr(left.data, '\n', left.len);
        size_t len = end ? (size_t)(end - left.data) : left.len;
        const char *blank = memchr(left.data, ' ', len);
        struct wh_span name = wh_span(left.data, blank ? (size_t)(blank - left.data) : len);
        if (wh_span_starts(name, WH_S("private/")) || wh_span_starts(name, WH_S("shared"))) {
            ret->names[ret->count++] = wh_arena_copy(arena, name);
        }
        left = wh_span_from(left, len + 1);
    }
    wh_buffer_deinit(&text);
    return rc;
}

/* ---- Reading a backup where it lies ---- */

/* `000012_s...sst` is 000012.sst in its store. */
static void name_in_store(struct wh_span name, char *ret, size_t size)
{
    const char *base = strrchr(name.data, '/') + 1;
    const char *underline = strchr(base, '_');
    const char *end = strrchr(base, '.');
    if (wh_span_starts(name, WH_S("shared_checksum/")) && underline && end) {
        (void)snprintf(ret, size, "%.*s%s", (int)(underline - base), base, end);
    } else {
        (void)snprintf(ret, size, "%s", base);
    }
}

static int link_files(const char *dir, uint32_t number, const char *aside, struct wh_error *err)
{
    struct wh_rocks_backup_files files;
    struct wh_arena arena = {NULL, 0};
    char from[PATH_MAX], to[PATH_MAX], name[NAME_MAX + 1];
    int rc = wh_rocks_backup_list(dir, number, &arena, &files, err);
    for (uint32_t i = 1; rc == 0 && i < files.count; i++) { /* 0 is the list itself */
        name_in_store(files.names[i], name, sizeof(name));
        if (snprintf(from, sizeof(from), "%s/%s", dir, files.names[i].data) >= PATH_MAX ||
            snprintf(to, sizeof(to), "%s/%s", aside, name) >= PATH_MAX || symlink(from, to) != 0) {
            rc = wh_fail(err, WH_E_IO, WH_MSG_FILE_WRITE,
                         WH_ARGS(wh_arg_c(aside), wh_arg_c(strerror(errno))));
        }
    }
    wh_arena_deinit(&arena);
    return rc;
}

int wh_rocks_backup_open(const char *dir, uint32_t number, const char *aside, struct wh_rocks **ret,
                         struct wh_error *err)
{
    const struct wh_rocks_config sizes = {.cache_bytes = 0};
    struct wh_rocks *rocks;
    int rc = link_files(dir, number, aside, err);
    if (rc < 0) return rc;
    rocks = wh_memory_new(1, sizeof(*rocks));
    rocks->path = memcpy(wh_memory_new(strlen(aside) + 1, 1), aside, strlen(aside));
    wh_rocks_settings_init(rocks, &sizes);
    rocksdb_readoptions_set_fill_cache(rocks->read, 0);
    rc = wh_rocks_families_open_to_read(rocks, err);
    if (rc == 0) rc = wh_rocks_ours_check(rocks, err);
    if (rc == 0) {
        *ret = rocks;
        return 0;
    }
    if (err) {
        rc = wh_fail(err, WH_E_CORRUPT, WH_MSG_BACKUP_NOT_OPENED,
                     WH_ARGS(wh_arg_c(dir), wh_arg_n(number), wh_arg_c(err->args[1])));
    }
    wh_rocks_close(rocks);
    return rc;
}
