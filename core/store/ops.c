#include "base/assert.h"
#include "base/memory.h"
#include "engine/batch.h"
#include "store/rocks_parts.h"

#define KEPT_BATCH_BYTES_MAX (1u << 20)

struct wh_snapshot {
    rocksdb_t *db; /* NULL: the store was closed when it was asked for; it shows nothing */
    const rocksdb_snapshot_t *snapshot;
    rocksdb_readoptions_t *read;
};

static int fail_closed(const struct wh_rocks *rocks, struct wh_error *err)
{
    return wh_fail(err, WH_E_IO, WH_MSG_STORE_CLOSED, WH_ARGS(wh_arg_c(rocks->path)));
}

/* Reads go on over a failed commit; only where `db` is closed it has to be opened first. */
static int readable(struct wh_rocks *rocks, const struct wh_snapshot *snapshot,
                    struct wh_error *err)
{
    if (snapshot) return snapshot->db ? 0 : fail_closed(rocks, err);
    if (rocks->db && !rocks->moved) return 0;
    return wh_rocks_ready(rocks, err);
}

static int get_from(const struct wh_rocks *rocks, const rocksdb_readoptions_t *read,
                    uint32_t family, struct wh_span key, struct wh_arena *arena,
                    struct wh_span *ret, struct wh_error *err)
{
    char *text = NULL;
    const char *value;
    size_t len = 0;
    rocksdb_pinnableslice_t *slice = rocksdb_get_pinned_cf(
        rocks->db, read, rocks->families[family], key.len > 0 ? key.data : "", key.len, &text);
    if (text) return wh_rocks_fail(rocks, text, err);
    value = rocksdb_pinnableslice_value(slice, &len); /* takes NULL */
    *ret = value ? wh_arena_copy(arena, wh_span(value, len)) : WH_SPAN_EMPTY;
    rocksdb_pinnableslice_destroy(slice);
    return 0;
}

static int get(void *self, const struct wh_snapshot *snapshot, enum wh_family family,
               struct wh_span key, struct wh_arena *arena, struct wh_span *ret,
               struct wh_error *err)
{
    struct wh_rocks *rocks = self;
    int rc = readable(rocks, snapshot, err);
    if (rc < 0) return rc;
    return get_from(rocks, snapshot ? snapshot->read : rocks->read, family, key, arena, ret, err);
}

static int visit_all(rocksdb_iterator_t *at, enum wh_scan_order order, wh_scan_visit visit,
                     void *context, struct wh_error *err, const struct wh_rocks *rocks)
{
    char *text = NULL;
    for (; rocksdb_iter_valid(at);
         order == WH_SCAN_UP ? rocksdb_iter_next(at) : rocksdb_iter_prev(at)) {
        size_t key_len, value_len;
        const char *key = rocksdb_iter_key(at, &key_len);
        const char *value = rocksdb_iter_value(at, &value_len);
        int rc = visit(context, wh_span(key, key_len), wh_span(value, value_len));
        if (rc != 0) return rc > 0 ? 0 : rc;
    }
    rocksdb_iter_get_error(at, &text);
    return text ? wh_rocks_fail(rocks, text, err) : 0;
}

static int scan(void *self, const struct wh_snapshot *snapshot, enum wh_family family,
                struct wh_span from, struct wh_span to, enum wh_scan_order order,
                wh_scan_visit visit, void *context, struct wh_error *err)
{
    struct wh_rocks *rocks = self;
    rocksdb_readoptions_t *read;
    rocksdb_iterator_t *at;
    int rc = readable(rocks, snapshot, err);
    if (rc < 0) return rc;
    if (to.len > 0 && wh_span_compare(from, to) >= 0) return 0;
    if (!snapshot) rocks->readers += 1; /* a snapshot is counted already */
    read = rocksdb_readoptions_create();
    if (snapshot) rocksdb_readoptions_set_snapshot(read, snapshot->snapshot);
    if (from.len > 0) rocksdb_readoptions_set_iterate_lower_bound(read, from.data, from.len);
    if (to.len > 0) rocksdb_readoptions_set_iterate_upper_bound(read, to.data, to.len);
    at = rocksdb_create_iterator_cf(rocks->db, read, rocks->families[family]);
    if (order == WH_SCAN_UP) {
        rocksdb_iter_seek_to_first(at);
    } else {
        rocksdb_iter_seek_to_last(at);
    }
    rc = visit_all(at, order, visit, context, err, rocks);
    rocksdb_iter_destroy(at);
    rocksdb_readoptions_destroy(read);
    if (!snapshot) rocks->readers -= 1;
    return rc;
}

static void fill(struct wh_rocks *rocks, const struct wh_batch *batch)
{
    char number[8];
    rocksdb_writebatch_clear(rocks->batch);
    for (uint32_t i = 0; i < batch->count; i++) {
        const struct wh_write *write = &batch->writes[i];
        rocksdb_column_family_handle_t *family = rocks->families[write->family];
        if (write->is_delete) {
            rocksdb_writebatch_delete_cf(rocks->batch, family, write->key.data, write->key.len);
        } else {
            rocksdb_writebatch_put_cf(rocks->batch, family, write->key.data, write->key.len,
                                      write->value.data, write->value.len);
        }
    }
    for (size_t i = 0; i < 8; i++) number[i] = (char)((rocks->commits + 1) >> (56 - 8 * i));
    rocksdb_writebatch_put_cf(rocks->batch, rocks->families[WH_FAMILY_DEFAULT], WH_COMMITS_KEY,
                              sizeof(WH_COMMITS_KEY) - 1, number, sizeof(number));
}

static int commit(void *self, const struct wh_batch *batch, struct wh_error *err)
{
    struct wh_rocks *rocks = self;
    char *text = NULL;
    size_t bytes;
    int rc = wh_rocks_ready(rocks, err);
    if (rc < 0 || batch->count == 0) return rc;
    fill(rocks, batch);
    rocksdb_write(rocks->db, rocks->write, rocks->batch, &text);
    (void)rocksdb_writebatch_data(rocks->batch, &bytes); /* for its size alone */
    if (bytes > KEPT_BATCH_BYTES_MAX) {                  /* after an import, give the memory back */
        rocksdb_writebatch_destroy(rocks->batch);
        rocks->batch = rocksdb_writebatch_create();
    }
    if (text) {
        rc = wh_rocks_fail(rocks, text, &rocks->failure);
        rocks->failed = true;
        if (err) *err = rocks->failure;
        return rc;
    }
    rocks->commits += 1;
    return 0;
}

static const struct wh_snapshot *snapshot_take(void *self)
{
    struct wh_rocks *rocks = self;
    struct wh_snapshot *snapshot = wh_memory_new(1, sizeof(*snapshot));
    if (!rocks->db) return snapshot;
    snapshot->db = rocks->db;
    snapshot->snapshot = rocksdb_create_snapshot(rocks->db);
    snapshot->read = rocksdb_readoptions_create();
    rocksdb_readoptions_set_snapshot(snapshot->read, snapshot->snapshot);
    rocks->readers += 1;
    return snapshot;
}

static void snapshot_release(void *self, const struct wh_snapshot *snapshot)
{
    struct wh_rocks *rocks = self;
    if (!snapshot) return;
    if (snapshot->db) {
        WH_ASSERT(snapshot->db == rocks->db && rocks->readers > 0); /* never opened anew under it */
        rocksdb_readoptions_destroy(snapshot->read);
        rocksdb_release_snapshot(rocks->db, snapshot->snapshot);
        rocks->readers -= 1;
    }
    wh_memory_free((void *)(uintptr_t)snapshot);
}

const struct wh_store_ops wh_rocks_ops = {
    .get = get,
    .scan = scan,
    .commit = commit,
    .snapshot = snapshot_take,
    .release = snapshot_release,
};

int wh_rocks_commits(struct wh_rocks *rocks, uint64_t *ret, struct wh_error *err)
{
    struct wh_arena arena;
    struct wh_span value;
    int rc;
    wh_arena_init(&arena);
    rc = get_from(rocks, rocks->read, WH_FAMILY_DEFAULT, WH_S(WH_COMMITS_KEY), &arena, &value, err);
    if (rc < 0) goto out;
    *ret = 0;
    for (size_t i = 0; i < value.len && i < 8; i++) *ret = *ret << 8 | (uint8_t)value.data[i];
out:
    wh_arena_deinit(&arena);
    return rc;
}
