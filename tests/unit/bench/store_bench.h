/* store_bench.h: a folder of its own for a test, with a store over RocksDB in it. Thread: the
 * test's. */
#ifndef WH_UNIT_STORE_BENCH_H
#define WH_UNIT_STORE_BENCH_H

#include "store/store.h"

struct place {
    char home[256];
    char path[300];    /* of the store; it is not open at first */
    char backups[300]; /* a folder beside it, which is not made */
    struct wh_rocks *rocks;
    struct wh_store store;
    struct wh_arena arena;
    struct wh_error err;
};

/* Fixtures of cmocka: *state becomes a struct place; the folder is removed, also from below disks
 * that the test mounted at `home` or `backups`. */
int store_bench_set_up(void **state);
int store_bench_tear_down(void **state);

/* Opens it and gives the code, or demands that it opens. */
int try_store(struct place *place);
void open_store(struct place *place);
void close_store(struct place *place);

/* One synced batch with one key of the family `rows`; the code of its commit. */
int put_row(struct place *place, const char *key, const char *value);

#endif
