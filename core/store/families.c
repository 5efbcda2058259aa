#include <assert.h>
#include <dirent.h>

#include "store/migrations.h"
#include "store/rocks_parts.h"

static const struct {
    const char *name;
    bool filtered; /* single keys are looked up: a filter saves reading blocks for absent ones */
} families[] = {
#define X(symbol, name, what)                                                                      \
    [WH_FAMILY_##symbol] = {name, WH_FAMILY_##symbol == WH_FAMILY_RECORDS ||                       \
                                      WH_FAMILY_##symbol == WH_FAMILY_ROWS},
    WH_FAMILIES_LIST(X)
#undef X
        [WH_FAMILY_DEFAULT] = {"default", false},
};

static_assert(sizeof(families) / sizeof(families[0]) == WH_FAMILIES_ON_DISK, "all families");

#define FILTER_BITS_A_KEY 10
#define MEMTABLE_FILTER_SHARE 0.02 /* of its size: 10 bits for rows of 60 bytes */
#define BLOCK_BYTES 8192u

/* RocksDB's own log stays empty: one that can't be written, as on a full disk, ends the process by
 * an assertion inside RocksDB (7.8 as Debian builds it). Its errors reach us anyway. */
#define INFO_LOG_NOTHING 6

static void set_tables(rocksdb_options_t *options, rocksdb_cache_t *cache, bool filtered)
{
    rocksdb_block_based_table_options_t *table = rocksdb_block_based_options_create();
    rocksdb_block_based_options_set_block_cache(table, cache);
    rocksdb_block_based_options_set_block_size(table, BLOCK_BYTES);
    rocksdb_block_based_options_set_format_version(table, 5);
    rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1);
    rocksdb_block_based_options_set_pin_l0_filter_and_index_blocks_in_cache(table, 1);
    if (filtered) { /* the table takes the policy */
        rocksdb_block_based_options_set_filter_policy(
            table, rocksdb_filterpolicy_create_bloom_full(FILTER_BITS_A_KEY));
    }
    rocksdb_options_set_block_based_table_factory(options, table);
    rocksdb_block_based_options_destroy(table);
}

/* Each family has a memtable; together they stay under `memtables_bytes`. */
static rocksdb_options_t *options_of(rocksdb_cache_t *cache, size_t memtables_bytes, bool filtered)
{
    rocksdb_options_t *options = rocksdb_options_create();
    rocksdb_options_set_db_write_buffer_size(options, memtables_bytes);
    rocksdb_options_set_write_buffer_size(options, memtables_bytes / 2);
    rocksdb_options_set_max_total_wal_size(options, 2 * memtables_bytes);
    rocksdb_options_set_arena_block_size(options, 64u << 10);
    rocksdb_options_set_target_file_size_base(options, 16u << 20);
    rocksdb_options_set_max_bytes_for_level_base(options, 64u << 20);
    rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1);
    rocksdb_options_set_compression(options, rocksdb_lz4_compression);
    rocksdb_options_set_bottommost_compression(options, rocksdb_zstd_compression);
    set_tables(options, cache, filtered);
    if (filtered) { /* the same for what has not left the memtable yet */
        rocksdb_options_set_memtable_prefix_bloom_size_ratio(options, MEMTABLE_FILTER_SHARE);
        rocksdb_options_set_memtable_whole_key_filtering(options, 1);
    }
    return options;
}

void wh_rocks_settings_init(struct wh_rocks *rocks, const struct wh_rocks_config *config)
{
    size_t cache_bytes = config->cache_bytes ? config->cache_bytes : 8u << 20;
    size_t memtables_bytes = config->memtables_bytes ? config->memtables_bytes : 16u << 20;
    rocksdb_options_t *options;
    rocks->cache = rocksdb_cache_create_lru(cache_bytes);
    rocks->filtered = options_of(rocks->cache, memtables_bytes, true);
    rocks->options = options = options_of(rocks->cache, memtables_bytes, false);
    rocksdb_options_set_create_if_missing(options, 1);
    rocksdb_options_set_create_missing_column_families(options, 1);
    rocksdb_options_set_paranoid_checks(options, 1);
    wh_rocks_recovery_set(rocks, WH_RECOVERY_WHOLE);
    rocksdb_options_set_max_background_jobs(options, 2);
    rocksdb_options_set_max_open_files(options,
                                       config->open_files_max ? config->open_files_max : 256);
    rocksdb_options_set_allow_mmap_reads(options, 0);
    rocksdb_options_set_allow_mmap_writes(options, 0);
    rocksdb_options_set_max_manifest_file_size(options, 4u << 20);
    rocksdb_options_set_info_log_level(options, INFO_LOG_NOTHING);
    rocksdb_options_set_keep_log_file_num(options, 2);
    rocksdb_options_set_stats_dump_period_sec(options, 0);
    rocksdb_options_set_stats_persist_period_sec(options, 0);
    rocks->read = rocksdb_readoptions_create();
    rocksdb_readoptions_set_verify_checksums(rocks->read, 1);
    rocks->write = rocksdb_writeoptions_create();
    rocksdb_writeoptions_set_sync(rocks->write, 1); /* promise 1 of sync.md */
    rocks->batch = rocksdb_writebatch_create();
    rocks->reopen_bytes = memtables_bytes;
}

void wh_rocks_recovery_set(struct wh_rocks *rocks, enum wh_recovery recovery)
{
    rocksdb_options_set_wal_recovery_mode(rocks->options, (int)recovery);
}

void wh_rocks_settings_deinit(struct wh_rocks *rocks)
{
    if (!rocks->options) return;
    rocksdb_writebatch_destroy(rocks->batch);
    rocksdb_writeoptions_destroy(rocks->write);
    rocksdb_readoptions_destroy(rocks->read);
    rocksdb_options_destroy(rocks->filtered);
    rocksdb_options_destroy(rocks->options);
    rocksdb_cache_destroy(rocks->cache);
}

static int index_of(const char *name)
{
    for (int i = 0; i < WH_FAMILIES_ON_DISK; i++) {
        if (strcmp(families[i].name, name) == 0) return i;
    }
    return -1;
}

/* What stands in the folder, before anything is changed in it. */
enum found {
    FOUND_NOTHING, /* or a creation that was cut short */
    FOUND_FAMILIES,
    FOUND_PIECES, /* tables or logs without the file that names them */
};

static enum found look(const char *path)
{
    enum found found = FOUND_NOTHING;
    const struct dirent *entry;
    DIR *folder = opendir(path);
    if (!folder) return FOUND_NOTHING; /* opening says what is wrong, or creates it */
    while (found != FOUND_FAMILIES && (entry = readdir(folder))) {
        const char *end = strrchr(entry->d_name, '.');
        if (strcmp(entry->d_name, "CURRENT") == 0) found = FOUND_FAMILIES;
        if (end && found == FOUND_NOTHING &&
            (strcmp(end, ".sst") == 0 || strcmp(end, ".log") == 0)) {
            found = FOUND_PIECES;
        }
    }
    (void)closedir(folder);
    return found;
}

static int fail_foreign(const struct wh_rocks *rocks, struct wh_error *err)
{
    return wh_fail(err, WH_E_FAILED, WH_MSG_STORE_FOREIGN, WH_ARGS(wh_arg_c(rocks->path)));
}

/* Opens `default` and, where there is one, `meta`, to look without writing. */
static int open_to_look(struct wh_rocks *rocks, enum wh_family last, struct wh_error *err)
{
    const int wanted[] = {WH_FAMILY_DEFAULT, WH_FAMILY_META};
    const int count = last == WH_FAMILY_META ? 2 : 1;
    const char *const names[] = {families[wanted[0]].name, families[wanted[1]].name};
    const rocksdb_options_t *const options[] = {rocks->options, rocks->options};
    rocksdb_column_family_handle_t *handles[2];
    char *text = NULL;
    rocks->db = rocksdb_open_for_read_only_column_families(rocks->options, rocks->path, count,
                                                           names, options, handles, 0, &text);
    if (text) {
        rocks->db = NULL;
        return wh_rocks_fail(rocks, text, err);
    }
    for (int i = 0; i < count; i++) rocks->families[wanted[i]] = handles[i];
    return 0;
}

/* A store with other families than ours is a newer one, one whose creation was cut short, or
 * somebody else's. Only the second may be written to. */
static int check_unfinished(struct wh_rocks *rocks, struct wh_error *err)
{
    int rc = open_to_look(rocks, WH_FAMILY_DEFAULT, err);
    if (rc == 0 && rocksdb_get_latest_sequence_number(rocks->db) > 0) rc = fail_foreign(rocks, err);
    wh_rocks_families_close(rocks);
    return rc;
}

static int refuse_strange(struct wh_rocks *rocks, enum wh_family last, struct wh_error *err)
{
    uint32_t version = 0;
    int rc = open_to_look(rocks, last, err);
    if (rc == 0 && last == WH_FAMILY_META)
        rc = wh_store_version(wh_rocks_store(rocks), &version, err);
    if (rc == 0) rc = wh_store_version_check(version, err);
    if (rc == 0) rc = fail_foreign(rocks, err);
    wh_rocks_families_close(rocks);
    return rc;
}

int wh_rocks_ours_check(struct wh_rocks *rocks, struct wh_error *err)
{
    uint32_t version;
    int rc = wh_store_version(wh_rocks_store(rocks), &version, err);
    return rc == 0 && version == 0 ? fail_foreign(rocks, err) : rc;
}

static int check_families(struct wh_rocks *rocks, struct wh_error *err)
{
    enum wh_family last = (enum wh_family)WH_FAMILY_DEFAULT;
    bool strange = false;
    size_t count = 0;
    char *text = NULL;
    char **names = rocksdb_list_column_families(rocks->options, rocks->path, &count, &text);
    if (text) return wh_rocks_fail(rocks, text, err);
    for (size_t i = 0; i < count; i++) {
        int index = index_of(names[i]);
        if (index < 0) strange = true;
        if (index == WH_FAMILY_META) last = WH_FAMILY_META;
    }
    rocksdb_list_column_families_destroy(names, count);
    if (strange) return refuse_strange(rocks, last, err);
    return last == WH_FAMILY_META ? 0 : check_unfinished(rocks, err);
}

enum access {
    TO_WRITE,
    TO_READ,
};

static int open_all(struct wh_rocks *rocks, enum access access, struct wh_error *err)
{
    const char *names[WH_FAMILIES_ON_DISK];
    const rocksdb_options_t *options[WH_FAMILIES_ON_DISK];
    char *text = NULL;
    for (int i = 0; i < WH_FAMILIES_ON_DISK; i++) {
        names[i] = families[i].name;
        options[i] = families[i].filtered ? rocks->filtered : rocks->options;
    }
    rocks->db = access == TO_WRITE
                    ? rocksdb_open_column_families(rocks->options, rocks->path, WH_FAMILIES_ON_DISK,
                                                   names, options, rocks->families, &text)
                    : rocksdb_open_for_read_only_column_families(
                          rocks->options, rocks->path, WH_FAMILIES_ON_DISK, names, options,
                          rocks->families, 0, &text);
    if (!text) return 0;
    rocks->db = NULL;
    memset(rocks->families, 0, sizeof(rocks->families));
    return wh_rocks_fail(rocks, text, err);
}

int wh_rocks_families_open(struct wh_rocks *rocks, struct wh_error *err)
{
    int rc = 0;
    switch (look(rocks->path)) {
    case FOUND_NOTHING: break;
    case FOUND_FAMILIES: rc = check_families(rocks, err); break;
    case FOUND_PIECES: /* a new store over them would delete them */
        return wh_fail(err, WH_E_CORRUPT, WH_MSG_STORE_PIECES, WH_ARGS(wh_arg_c(rocks->path)));
    }
    return rc < 0 ? rc : open_all(rocks, TO_WRITE, err);
}

int wh_rocks_families_open_to_read(struct wh_rocks *rocks, struct wh_error *err)
{
    return open_all(rocks, TO_READ, err);
}

void wh_rocks_families_close(struct wh_rocks *rocks)
{
    if (!rocks->db) return;
    for (int i = 0; i < WH_FAMILIES_ON_DISK; i++) {
        if (rocks->families[i]) rocksdb_column_family_handle_destroy(rocks->families[i]);
        rocks->families[i] = NULL;
    }
    rocksdb_close(rocks->db);
    rocks->db = NULL;
}
