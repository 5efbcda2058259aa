#include "store/migrations.h"

#include <assert.h>

#include "engine/batch.h"
#include "model/key.h"
#include "sync/authority.h"

/* Adds to `batch` what brings a store to the version of its entry. */
typedef int (*step_run)(struct wh_store store, struct wh_batch *batch, struct wh_error *err);

static int create(struct wh_store store, struct wh_batch *batch, struct wh_error *err);
static int place_feed(struct wh_store store, struct wh_batch *batch, struct wh_error *err);

/* The i-th step leads to version i + 1. A release that has shipped never changes its steps. */
static const struct {
    step_run run;
} steps[] = {
    {create},
    {place_feed},
};

static_assert(sizeof(steps) / sizeof(steps[0]) == WH_STORE_VERSION, "a step for each version");

static int create(struct wh_store store, struct wh_batch *batch, struct wh_error *err)
{
    (void)store;
    (void)batch; /* an empty store needs nothing but its version */
    (void)err;
    return 0;
}

struct placing {
    struct wh_batch *batch;
    struct wh_span home;
};

/* (1, lane, seq) becomes (1, lane, place, seq). An entry that leads to no row's key is dropped. */
static int place_entry(void *context, struct wh_span key, struct wh_span row_key)
{
    struct placing *placing = context;
    struct wh_span rest = row_key, unit;
    struct wh_tuple placed;
    int32_t table;
    uint64_t seq;
    wh_batch_delete(placing->batch, WH_FAMILY_FEED, key);
    if (wh_key_feed_read(key, &seq) < 0 || wh_key_take_i32(&rest, &table) < 0 ||
        wh_key_take_text(&rest, &unit) < 0) {
        return 0;
    }
    wh_key_feed_down(&placed, (uint8_t)key.data[1],
                     wh_row_place((uint32_t)table, unit, placing->home), seq);
    wh_batch_put(placing->batch, WH_FAMILY_FEED, wh_tuple_span(&placed), row_key);
    return 0;
}

/* The entries for the children were kept by seq alone. */
static int place_feed(struct wh_store store, struct wh_batch *batch, struct wh_error *err)
{
    struct placing placing = {.batch = batch};
    struct wh_arena arena;
    int rc;
    wh_arena_init(&arena);
    rc = store.ops->get(store.self, NULL, WH_FAMILY_META, WH_S("unit"), &arena, &placing.home, err);
    if (rc == 0) {
        rc = store.ops->scan(store.self, NULL, WH_FAMILY_FEED, WH_S("\1"), WH_S("\2"), WH_SCAN_UP,
                             place_entry, &placing, err);
    }
    wh_arena_deinit(&arena);
    return rc;
}

int wh_store_version(struct wh_store store, uint32_t *ret, struct wh_error *err)
{
    struct wh_arena arena;
    struct wh_span value;
    int rc;
    wh_arena_init(&arena);
    rc = store.ops->get(store.self, NULL, WH_FAMILY_META, WH_S(WH_STORE_VERSION_KEY), &arena,
                        &value, err);
    if (rc < 0) goto out;
    if (value.data && value.len != 4) {
        rc = wh_fail(err, WH_E_CORRUPT, WH_MSG_STORE_VERSION_BROKEN, NULL);
        goto out;
    }
    *ret = 0;
    for (size_t i = 0; value.data && i < 4; i++) *ret = *ret << 8 | (uint8_t)value.data[i];
out:
    wh_arena_deinit(&arena);
    return rc;
}

int wh_store_version_check(uint32_t version, struct wh_error *err)
{
    if (version <= WH_STORE_VERSION) return 0;
    return wh_fail(err, WH_E_FAILED, WH_MSG_STORE_NEWER,
                   WH_ARGS(wh_arg_n(version), wh_arg_n(WH_STORE_VERSION)));
}

static int step_to(struct wh_store store, uint32_t version, struct wh_error *err)
{
    const char bytes[4] = {(char)(version >> 24), (char)(version >> 16), (char)(version >> 8),
                           (char)version};
    struct wh_batch batch;
    int rc;
    wh_batch_init(&batch);
    rc = steps[version - 1].run(store, &batch, err);
    if (rc < 0) goto out;
    wh_batch_put(&batch, WH_FAMILY_META, WH_S(WH_STORE_VERSION_KEY), wh_span(bytes, 4));
    rc = store.ops->commit(store.self, &batch, err);
out:
    wh_batch_deinit(&batch);
    return rc;
}

int wh_store_migrate(struct wh_store store, struct wh_error *err)
{
    uint32_t version;
    int rc = wh_store_version(store, &version, err);
    if (rc == 0) rc = wh_store_version_check(version, err);
    while (rc == 0 && version < WH_STORE_VERSION) rc = step_to(store, ++version, err);
    return rc;
}
