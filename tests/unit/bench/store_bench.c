#include "store_bench.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/batch.h"

static const struct wh_rocks_config defaults = {.cache_bytes = 0};

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
    (void)stat;
    (void)type;
    (void)ftw;
    return remove(path);
}

int store_bench_set_up(void **state)
{
    const char *tmp = getenv("TMPDIR");
    struct place *place = calloc(1, sizeof(*place));
    assert_non_null(place);
    (void)snprintf(place->home, sizeof(place->home), "%s/wuhao-store-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(place->home));
    (void)snprintf(place->path, sizeof(place->path), "%s/store", place->home);
    (void)snprintf(place->backups, sizeof(place->backups), "%s/backups", place->home);
    *state = place;
    return 0;
}

int store_bench_tear_down(void **state)
{
    struct place *place = *state;
    close_store(place);
    (void)umount2(place->backups, MNT_DETACH);
    (void)umount2(place->home, MNT_DETACH);
    wh_arena_deinit(&place->arena);
    (void)nftw(place->home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(place);
    return 0;
}

int try_store(struct place *place)
{
    int rc = wh_rocks_open(place->path, &defaults, &place->rocks, &place->err);
    if (rc == 0) place->store = wh_rocks_store(place->rocks);
    return rc;
}

void open_store(struct place *place)
{
    assert_int_equal(try_store(place), 0);
}

void close_store(struct place *place)
{
    wh_rocks_close(place->rocks);
    place->rocks = NULL;
}

int put_row(struct place *place, const char *key, const char *value)
{
    struct wh_batch batch;
    int rc;
    wh_batch_init(&batch);
    wh_batch_put(&batch, WH_FAMILY_ROWS, wh_span_of(key), wh_span_of(value));
    rc = place->store.ops->commit(place->store.self, &batch, &place->err);
    wh_batch_deinit(&batch);
    return rc;
}
