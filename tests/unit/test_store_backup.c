/* Backups of a store on a real disk: what is in them, what they share, what they refuse. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/batch.h"
#include "store/backup.h"
#include "store_bench.h"

static const struct wh_rocks_config defaults = {.cache_bytes = 0};

static int set_up(void **state)
{
    int rc = store_bench_set_up(state);
    if (rc == 0) open_store(*state);
    return rc;
}

static void put(struct place *place, const char *key, struct wh_span value)
{
    struct wh_store store = wh_rocks_store(place->rocks);
    struct wh_batch batch;
    wh_batch_init(&batch);
    wh_batch_put(&batch, WH_FAMILY_ROWS, wh_span_of(key), value);
    assert_int_equal(store.ops->commit(store.self, &batch, &place->err), 0);
    wh_batch_deinit(&batch);
}

/* Bytes that no compression makes small. */
static void put_much(struct place *place, const char *key, size_t len)
{
    char *bytes = malloc(len);
    uint64_t chance = 88172645463325252u;
    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++) {
        chance = chance * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (char)(chance >> 56);
    }
    put(place, key, wh_span(bytes, len));
    free(bytes);
}

static void assert_value(struct place *place, struct wh_rocks *rocks, const char *key,
                         const char *value)
{
    struct wh_store store = wh_rocks_store(rocks);
    struct wh_span found;
    assert_int_equal(store.ops->get(store.self, NULL, WH_FAMILY_ROWS, wh_span_of(key),
                                    &place->arena, &found, &place->err),
                     0);
    if (value) assert_string_equal(found.data, value);
    if (!value) assert_null(found.data);
}

static int back_up_knowing(struct place *place, const uint32_t *known, size_t count, uint32_t *ret)
{
    struct wh_rocks_held *held;
    int rc;
    assert_int_equal(wh_rocks_hold(place->rocks, &held, &place->err), 0);
    rc = wh_rocks_backup_make(held, place->backups, known, count, ret, &place->err);
    wh_rocks_release(held);
    return rc;
}

static uint32_t back_up(struct place *place)
{
    uint32_t number = 0;
    assert_int_equal(back_up_knowing(place, NULL, 0, &number), 0);
    return number;
}

static uint32_t shared_files(struct place *place, uint32_t number, bool only_shared)
{
    struct wh_rocks_backup_files files;
    uint32_t count = 0;
    assert_int_equal(
        wh_rocks_backup_list(place->backups, number, &place->arena, &files, &place->err), 0);
    for (uint32_t i = 0; i < files.count; i++) {
        char path[700];
        (void)snprintf(path, sizeof(path), "%s/%s", place->backups, files.names[i].data);
        assert_int_equal(access(path, R_OK), 0);
        count += !only_shared || wh_span_starts(files.names[i], WH_S("shared"));
    }
    return count;
}

static void each_backup_keeps_the_state_of_its_moment(void **state)
{
    struct place *place = *state;
    char into[700], aside[700];
    struct wh_rocks *old;
    put(place, "a", WH_S("1"));
    assert_int_equal(back_up(place), 1);
    put(place, "a", WH_S("2"));
    assert_int_equal(back_up(place), 2);
    put(place, "a", WH_S("3"));

    (void)snprintf(into, sizeof(into), "%s/restored", place->home);
    assert_int_equal(wh_rocks_backup_restore(place->backups, 1, into, &place->err), 0);
    assert_int_equal(wh_rocks_open(into, &defaults, &old, &place->err), 0);
    assert_value(place, old, "a", "1");
    wh_rocks_close(old);

    (void)snprintf(aside, sizeof(aside), "%s/aside", place->home);
    assert_int_equal(mkdir(aside, 0700), 0);
    assert_int_equal(wh_rocks_backup_open(place->backups, 2, aside, &old, &place->err), 0);
    assert_value(place, old, "a", "2");
    wh_rocks_close(old);
    assert_value(place, place->rocks, "a", "3");
}

static void a_second_backup_shares_the_tables_of_the_first(void **state)
{
    struct place *place = *state;
    uint32_t first, both;
    put_much(place, "big", 1 << 20);
    (void)back_up(place);
    first = shared_files(place, 1, true);
    assert_true(first > 0);
    put(place, "little", WH_S("1"));
    (void)back_up(place);
    both = shared_files(place, 2, true);
    assert_true(both > first);
    assert_true(shared_files(place, 2, false) > both); /* its own list, CURRENT, MANIFEST */
}

static void a_backup_that_is_no_longer_understood_is_not_swept_away(void **state)
{
    struct place *place = *state;
    const uint32_t known[] = {1};
    char meta[700];
    uint32_t number;
    int fd;
    put(place, "a", WH_S("1"));
    (void)back_up(place);
    (void)snprintf(meta, sizeof(meta), "%s/meta/1", place->backups);
    fd = open(meta, O_WRONLY | O_TRUNC);
    assert_int_equal(write(fd, "x", 1), 1);
    assert_int_equal(close(fd), 0);
    assert_int_equal(back_up_knowing(place, known, 1, &number), WH_E_CORRUPT);
    (void)snprintf(meta, sizeof(meta), "%s/private/1/CURRENT", place->backups);
    assert_int_equal(access(meta, R_OK), 0);
}

static void a_full_disk_fails_a_backup_and_leaves_the_store_and_the_earlier_one(void **state)
{
    struct place *place = *state;
    uint32_t number = 0;
    char into[700];
    struct wh_rocks *old;
    if (geteuid() != 0) skip();
    assert_int_equal(mkdir(place->backups, 0700), 0);
    assert_int_equal(mount("tmpfs", place->backups, "tmpfs", 0, "size=2m"), 0);
    put(place, "a", WH_S("1"));
    (void)back_up(place);
    put_much(place, "big", 3 << 20);
    assert_int_equal(back_up_knowing(place, NULL, 0, &number), WH_E_NO_SPACE);
    put(place, "after", WH_S("1")); /* the store goes on */
    (void)snprintf(into, sizeof(into), "%s/restored", place->home);
    assert_int_equal(wh_rocks_backup_restore(place->backups, 1, into, &place->err), 0);
    assert_int_equal(wh_rocks_open(into, &defaults, &old, &place->err), 0);
    assert_value(place, old, "a", "1");
    assert_value(place, old, "big", NULL);
    wh_rocks_close(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, store_bench_tear_down)
        TEST(each_backup_keeps_the_state_of_its_moment),
        TEST(a_second_backup_shares_the_tables_of_the_first),
        TEST(a_backup_that_is_no_longer_understood_is_not_swept_away),
        TEST(a_full_disk_fails_a_backup_and_leaves_the_store_and_the_earlier_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
