/* The store on a disk that loses power: what was not synced is gone. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/batch.h"
#include "model/key.h"
#include "model/row.h"
#include "store/migrations.h"
#include "store_bench.h"

/* ---- A disk that loses what was not synced ---- */

#define SYNCED_MAX 64

/* How long each file was when it was last synced; RocksDB asks this program for it. Shared with the
 * process whose machine loses power. */
static struct disk {
    struct {
        ino_t file;
        off_t size;
    } synced[SYNCED_MAX];
    size_t count;
} * disk;

static int note_sync(int fd, long call)
{
    struct stat stat;
    size_t i = 0;
    int rc = (int)syscall(call, fd);
    if (rc != 0 || !disk || fstat(fd, &stat) != 0) return rc;
    while (i < disk->count && disk->synced[i].file != stat.st_ino) i++;
    if (i == SYNCED_MAX) abort();
    if (i == disk->count) disk->count++;
    disk->synced[i].file = stat.st_ino;
    disk->synced[i].size = stat.st_size;
    return rc;
}

#define SEEN_BY_LIBRARIES __attribute__((visibility("default")))

SEEN_BY_LIBRARIES int fsync(int fd)
{
    return note_sync(fd, SYS_fsync);
}

SEEN_BY_LIBRARIES int fdatasync(int fd)
{
    return note_sync(fd, SYS_fdatasync);
}

/* What a power cut leaves of a log: its beginning, as far as it was synced. */
static int cut_one(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
    off_t size = 0;
    (void)ftw;
    if (type != FTW_F || !strstr(path, ".log")) return 0;
    for (size_t i = 0; i < disk->count; i++) {
        if (disk->synced[i].file == stat->st_ino) size = disk->synced[i].size;
    }
    return size < stat->st_size ? truncate(path, size) : 0;
}

static int set_up(void **state)
{
    disk = mmap(NULL, sizeof(*disk), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(disk != MAP_FAILED);
    return store_bench_set_up(state);
}

/* Another process opens the store and writes; then its machine loses power. */
static void lose_power_after(struct place *place, int (*work)(struct place *place))
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (try_store(place) != 0) _exit(1);
        _exit(work(place) == 0 ? 0 : 2); /* nothing is closed */
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(nftw(place->path, cut_one, 16, FTW_PHYS), 0);
}

static int put_three(struct place *place)
{
    return put_row(place, "a", "1") | put_row(place, "b", "1") | put_row(place, "c", "1");
}

/* L1 of the lessons: what a commit promised is on the disk when it returns. */
static void lost_unsynced_tail(void **state)
{
    static const char *const keys[] = {"a", "b", "c"};
    struct place *place = *state;
    struct wh_span found;
    lose_power_after(place, put_three);
    open_store(place);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(place->store.ops->get(place->store.self, NULL, WH_FAMILY_ROWS,
                                               wh_span_of(keys[i]), &place->arena, &found,
                                               &place->err),
                         0);
        assert_true(wh_span_equal(found, WH_S("1")));
    }
}

static struct wh_tuple row_key_of(uint32_t table, const struct wh_tuple *key)
{
    struct wh_tuple row;
    wh_key_row(&row, table, wh_tuple_span(key));
    return row;
}

static struct wh_span feed_entry(struct place *place, const struct wh_tuple *key)
{
    struct wh_span found;
    assert_int_equal(place->store.ops->get(place->store.self, NULL, WH_FAMILY_FEED,
                                           wh_tuple_span(key), &place->arena, &found, &place->err),
                     0);
    return found;
}

/* The first version kept the entries for the children by lane and seq alone. */
static void make_first_version(struct place *place, const struct wh_tuple *old,
                               const struct wh_tuple *up, const struct wh_tuple *row)
{
    static const char first[4] = {0, 0, 0, 1};
    struct wh_batch batch;
    wh_batch_init(&batch);
    wh_batch_put(&batch, WH_FAMILY_META, WH_S(WH_STORE_VERSION_KEY), wh_span(first, 4));
    wh_batch_put(&batch, WH_FAMILY_META, WH_S("unit"), WH_S("2311"));
    wh_batch_put(&batch, WH_FAMILY_FEED, wh_tuple_span(old), wh_tuple_span(row));
    wh_batch_put(&batch, WH_FAMILY_FEED, wh_tuple_span(up), wh_tuple_span(row));
    assert_int_equal(place->store.ops->commit(place->store.self, &batch, &place->err), 0);
    wh_batch_deinit(&batch);
    close_store(place);
}

static int do_nothing_more(struct place *place)
{
    (void)place;
    return 0;
}

/* L22 of the lessons: what a migration made is on the disk, all of it, before it is used. */
static void migration_then_crash(void **state)
{
    struct place *place = *state;
    struct wh_tuple row, old, up, down;
    open_store(place);
    wh_row_key_unit(&row, WH_S("231181"), WH_S("2311"));
    row = row_key_of(WH_TABLE_UNIT, &row);
    wh_tuple_clear(&old);
    wh_tuple_put_u8(&old, 1);
    wh_tuple_put_u8(&old, WH_LANE_BULK);
    wh_tuple_put_u64(&old, 42);
    wh_key_feed_up(&up, WH_LANE_BULK, 42);
    wh_key_feed_down(&down, WH_LANE_BULK, WH_S("231181"), 42);
    make_first_version(place, &old, &up, &row);
    lose_power_after(place, do_nothing_more);
    open_store(place);
    assert_true(wh_span_equal(feed_entry(place, &down), wh_tuple_span(&row)));
    assert_true(wh_span_equal(feed_entry(place, &up), wh_tuple_span(&row)));
    assert_null(feed_entry(place, &old).data);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, store_bench_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(lost_unsynced_tail),
        TEST(migration_then_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
