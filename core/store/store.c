#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/memory.h"
#include "store/migrations.h"
#include "store/rocks_parts.h"

#define PATH_SIZE 4096

static char *copy_of(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(wh_memory_new(size, 1), text, size);
}

/* Links every write-ahead log into the folder `aside`; numbers of logs never come twice. */
static int link_logs(const char *path, const char *aside)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    const struct dirent *entry;
    int rc = 0;
    DIR *folder = opendir(path);
    if (!folder) return -1;
    while (rc == 0 && (entry = readdir(folder))) {
        const char *end = strrchr(entry->d_name, '.');
        if (!end || strcmp(end, ".log") != 0) continue;
        if (snprintf(from, sizeof(from), "%s/%s", path, entry->d_name) >= PATH_SIZE ||
            snprintf(to, sizeof(to), "%s/%s", aside, entry->d_name) >= PATH_SIZE ||
            (link(from, to) != 0 && errno != EEXIST)) {
            rc = -1;
        }
    }
    (void)closedir(folder);
    return rc;
}

/* A log that can't be read to its end: what stands before the damage is served, all of it is kept
 * aside, so that nothing that is not understood is deleted (lessons.md L2, L19). A link notices a
 * lost tail by its terms; the node says so. `err` stays where this can't be done. */
static int open_up_to_damage(struct wh_rocks *rocks, struct wh_error *err)
{
    char aside[PATH_SIZE];
    struct wh_error second;
    if (snprintf(aside, sizeof(aside), "%s/damaged-logs", rocks->path) >= PATH_SIZE ||
        (mkdir(aside, 0700) != 0 && errno != EEXIST) || link_logs(rocks->path, aside) != 0) {
        return WH_E_CORRUPT;
    }
    wh_rocks_recovery_set(rocks, WH_RECOVERY_UP_TO_DAMAGE);
    if (wh_rocks_families_open(rocks, &second) < 0) {
        *err = second;
        return second.code;
    }
    wh_rocks_recovery_set(rocks, WH_RECOVERY_WHOLE);
    rocks->set_aside = copy_of(aside);
    return 0;
}

int wh_rocks_open(const char *path, const struct wh_rocks_config *config, struct wh_rocks **ret,
                  struct wh_error *err)
{
    struct wh_rocks *rocks = wh_memory_new(1, sizeof(*rocks));
    struct wh_error failure = {.code = 0};
    int rc;
    rocks->path = copy_of(path);
    wh_rocks_settings_init(rocks, config);
    rc = wh_rocks_families_open(rocks, &failure);
    if (rc == WH_E_CORRUPT) rc = open_up_to_damage(rocks, &failure);
    if (rc < 0) goto out;
    if (rocksdb_get_latest_sequence_number(rocks->db) > 0) {
        rc = wh_rocks_ours_check(rocks, &failure);
        if (rc < 0) goto out;
    }
    rc = wh_rocks_commits(rocks, &rocks->commits, &failure);
    if (rc == 0) rc = wh_store_migrate(wh_rocks_store(rocks), &failure);
out:
    if (rc < 0) {
        wh_rocks_close(rocks);
        if (err) *err = failure;
        return rc;
    }
    *ret = rocks;
    return 0;
}

void wh_rocks_close(struct wh_rocks *rocks)
{
    if (!rocks) return;
    wh_rocks_families_close(rocks);
    wh_rocks_settings_deinit(rocks);
    wh_memory_free(rocks->set_aside);
    wh_memory_free(rocks->path);
    wh_memory_free(rocks);
}

struct wh_store wh_rocks_store(struct wh_rocks *rocks)
{
    return (struct wh_store){&wh_rocks_ops, rocks};
}

uint64_t wh_rocks_disk_free(const struct wh_rocks *rocks)
{
    struct statvfs disk;
    if (statvfs(rocks->path, &disk) != 0) return 0;
    return (uint64_t)disk.f_bavail * disk.f_frsize;
}

const char *wh_rocks_set_aside(const struct wh_rocks *rocks)
{
    return rocks->set_aside;
}

uint64_t wh_rocks_keys_about(const struct wh_rocks *rocks, enum wh_family family)
{
    uint64_t count = 0;
    if (rocks->db) { /* where it can't be told, 0 */
        (void)rocksdb_property_int_cf(rocks->db, rocks->families[family],
                                      "rocksdb.estimate-num-keys", &count);
    }
    return count;
}

static uint64_t sum_over_families(const struct wh_rocks *rocks, const char *property)
{
    uint64_t sum = 0;
    for (int i = 0; rocks->db && i < WH_FAMILIES_ON_DISK; i++) {
        uint64_t value = 0;
        if (rocksdb_property_int_cf(rocks->db, rocks->families[i], property, &value) == 0) {
            sum += value;
        }
    }
    return sum;
}

struct wh_rocks_memory wh_rocks_memory_used(const struct wh_rocks *rocks)
{
    return (struct wh_rocks_memory){
        .memtables_bytes = sum_over_families(rocks, "rocksdb.cur-size-all-mem-tables"),
        .cache_bytes = rocksdb_cache_get_usage(rocks->cache),
        .tables_bytes = sum_over_families(rocks, "rocksdb.estimate-table-readers-mem"),
    };
}

/* What is replayed from the logs has to fit into table files again. */
#define REOPEN_SPARE_BYTES (1u << 20)

static int fail_again(const struct wh_rocks *rocks, struct wh_error *err)
{
    if (err) *err = rocks->failure;
    return rocks->failure.code;
}

/* RocksDB's C API has no Resume(), and a log in which a write failed is not to be appended to. */
static int open_anew(struct wh_rocks *rocks, struct wh_error *err)
{
    uint64_t commits;
    int rc;
    if (rocks->db) {
        rocks->reopen_bytes =
            sum_over_families(rocks, "rocksdb.cur-size-all-mem-tables") + REOPEN_SPARE_BYTES;
    }
    if (wh_rocks_disk_free(rocks) < rocks->reopen_bytes) return fail_again(rocks, err);
    wh_rocks_families_close(rocks);
    rc = wh_rocks_families_open(rocks, &rocks->failure);
    if (rc < 0) return fail_again(rocks, err);
    rc = wh_rocks_commits(rocks, &commits, &rocks->failure);
    if (rc < 0) return fail_again(rocks, err);
    rocks->moved = commits != rocks->commits;
    rocks->failed = false;
    return 0;
}

int wh_rocks_ready(struct wh_rocks *rocks, struct wh_error *err)
{
    int rc = 0;
    if (rocks->failed && rocks->readers > 0) return fail_again(rocks, err);
    if (rocks->failed) rc = open_anew(rocks, err);
    if (rc == 0 && rocks->moved) {
        /* The commit that was reported as failed is there after all (or an earlier one is not):
         * whoever holds counters in memory must read them again, which a new start does. */
        rc = wh_fail(err, WH_E_IO, WH_MSG_STORE_MOVED, WH_ARGS(wh_arg_c(rocks->path)));
    }
    return rc;
}
