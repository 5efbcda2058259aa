#include "store/migrations.h"

#include <assert.h>

#include "engine/batch.h"

/* Adds to `batch` what brings a store to the version of its entry. */
typedef int (*step_run)(struct wh_store store, struct wh_batch *batch, struct wh_error *err);

static int create(struct wh_store store, struct wh_batch *batch, struct wh_error *err);

/* The i-th step leads to version i + 1. A release that has shipped never changes its steps. */
static const struct {
    step_run run;
} steps[] = {
    {create},
};

static_assert(sizeof(steps) / sizeof(steps[0]) == WH_STORE_VERSION, "a step for each version");

static int create(struct wh_store store, struct wh_batch *batch, struct wh_error *err)
{
    (void)store;
    (void)batch; /* an empty store needs nothing but its version */
    (void)err;
    return 0;
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
