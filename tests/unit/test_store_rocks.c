/* The store over RocksDB on a real disk: what a commit promises, and who is refused. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <rocksdb/c.h>

#include "base/buffer.h"
#include "engine/batch.h"
#include "model/key.h"
#include "model/row.h"
#include "store/migrations.h"
#include "store_bench.h"

static void assert_value(struct place *place, const struct wh_snapshot *snapshot, const char *key,
                         const char *value)
{
    struct wh_span found;
    int rc = place->store.ops->get(place->store.self, snapshot, WH_FAMILY_ROWS, wh_span_of(key),
                                   &place->arena, &found, &place->err);
    assert_int_equal(rc, 0);
    if (!value) {
        assert_null(found.data);
        return;
    }
    assert_non_null(found.data);
    assert_string_equal(found.data, value); /* a copy in an arena ends in a zero */
}

static void assert_error(struct place *place, const char *words)
{
    struct wh_span text = wh_error_text(&place->err, WH_EN, &place->arena);
    if (!strstr(text.data, words)) fail_msg("`%s` does not say `%s`", text.data, words);
}

static void what_was_committed_is_there_after_opening_again(void **state)
{
    struct place *place = *state;
    open_store(place);
    assert_int_equal(put_row(place, "a", "1"), 0);
    assert_int_equal(put_row(place, "empty", ""), 0);
    close_store(place);
    open_store(place);
    assert_value(place, NULL, "a", "1");
    assert_value(place, NULL, "empty", "");
    assert_value(place, NULL, "b", NULL);
    assert_null(wh_rocks_set_aside(place->rocks));
    assert_true(wh_rocks_disk_free(place->rocks) > 0);
    assert_true(wh_rocks_memory_used(place->rocks).memtables_bytes > 0);
}

static void puts_and_deletes_of_a_batch_take_effect_in_their_order(void **state)
{
    struct place *place = *state;
    struct wh_batch batch;
    open_store(place);
    wh_batch_init(&batch);
    wh_batch_put(&batch, WH_FAMILY_ROWS, WH_S("gone"), WH_S("1"));
    wh_batch_delete(&batch, WH_FAMILY_ROWS, WH_S("gone"));
    wh_batch_delete(&batch, WH_FAMILY_ROWS, WH_S("back"));
    wh_batch_put(&batch, WH_FAMILY_ROWS, WH_S("back"), WH_S("1"));
    wh_batch_put(&batch, WH_FAMILY_ROWS, WH_S("back"), WH_S("2"));
    wh_batch_put(&batch, WH_FAMILY_FEED, WH_S("back"), WH_S("of another family"));
    assert_int_equal(place->store.ops->commit(place->store.self, &batch, &place->err), 0);
    wh_batch_deinit(&batch);
    assert_value(place, NULL, "gone", NULL);
    assert_value(place, NULL, "back", "2");
}

static void a_snapshot_does_not_see_later_commits(void **state)
{
    struct place *place = *state;
    const struct wh_snapshot *snapshot;
    open_store(place);
    assert_int_equal(put_row(place, "a", "1"), 0);
    snapshot = place->store.ops->snapshot(place->store.self);
    assert_int_equal(put_row(place, "a", "2"), 0);
    assert_int_equal(put_row(place, "b", "3"), 0);
    assert_value(place, snapshot, "a", "1");
    assert_value(place, snapshot, "b", NULL);
    assert_value(place, NULL, "a", "2");
    place->store.ops->release(place->store.self, snapshot);
}

static int gather(void *context, struct wh_span key, struct wh_span value)
{
    wh_buffer_put(context, key);
    return value.len == 1 && value.data[0] == 'S' ? 1 : 0;
}

static void assert_scan(struct place *place, const struct wh_snapshot *snapshot, const char *from,
                        const char *to, enum wh_scan_order order, const char *keys)
{
    struct wh_buffer found;
    int rc;
    wh_buffer_init(&found);
    rc = place->store.ops->scan(place->store.self, snapshot, WH_FAMILY_ROWS, wh_span_of(from),
                                wh_span_of(to), order, gather, &found, &place->err);
    assert_int_equal(rc, 0);
    wh_buffer_put_byte(&found, 0);
    assert_string_equal(found.data, keys);
    wh_buffer_deinit(&found);
}

static void a_scan_gives_its_range_in_either_order(void **state)
{
    static const char *const keys[] = {"a", "b", "c", "cc", "d"};
    struct place *place = *state;
    const struct wh_snapshot *snapshot;
    open_store(place);
    for (size_t i = 0; i < 5; i++) assert_int_equal(put_row(place, keys[i], "."), 0);
    snapshot = place->store.ops->snapshot(place->store.self);
    assert_int_equal(put_row(place, "e", "S"), 0);
    assert_int_equal(put_row(place, "f", "."), 0);
    assert_scan(place, NULL, "b", "d", WH_SCAN_UP, "bccc");
    assert_scan(place, NULL, "b", "d", WH_SCAN_DOWN, "cccb");
    assert_scan(place, NULL, "bb", "cd", WH_SCAN_DOWN, "ccc");
    assert_scan(place, NULL, "", "", WH_SCAN_UP, "abcccde"); /* the visitor stopped at e */
    assert_scan(place, NULL, "", "", WH_SCAN_DOWN, "fe");
    assert_scan(place, snapshot, "d", "", WH_SCAN_UP, "d");
    assert_scan(place, NULL, "c", "c", WH_SCAN_UP, "");
    assert_scan(place, NULL, "d", "b", WH_SCAN_DOWN, "");
    place->store.ops->release(place->store.self, snapshot);
}

static void a_newer_store_is_refused_in_one_sentence(void **state)
{
    static const char newer[4] = {0, 0, 0, WH_STORE_VERSION + 1};
    struct place *place = *state;
    struct wh_batch batch;
    open_store(place);
    wh_batch_init(&batch);
    wh_batch_put(&batch, WH_FAMILY_META, WH_S(WH_STORE_VERSION_KEY), wh_span(newer, 4));
    assert_int_equal(place->store.ops->commit(place->store.self, &batch, &place->err), 0);
    wh_batch_deinit(&batch);
    close_store(place);
    assert_int_equal(try_store(place), WH_E_FAILED);
    assert_error(place, "written by a newer program, its version is 3");
}

/* A database made with RocksDB alone; with a family of ours, or of a later release's. */
static void make_foreign(const struct place *place, const char *family, const char *key)
{
    char *text = NULL;
    rocksdb_options_t *options = rocksdb_options_create();
    rocksdb_writeoptions_t *write = rocksdb_writeoptions_create();
    rocksdb_t *db;
    rocksdb_options_set_create_if_missing(options, 1);
    db = rocksdb_open(options, place->path, &text);
    assert_null(text);
    if (family) {
        rocksdb_column_family_handle_destroy(
            rocksdb_create_column_family(db, options, family, &text));
        assert_null(text);
    }
    if (key) rocksdb_put(db, write, key, strlen(key), "1", 1, &text);
    assert_null(text);
    rocksdb_close(db);
    rocksdb_writeoptions_destroy(write);
    rocksdb_options_destroy(options);
}

static void a_store_that_is_not_ours_is_refused(void **state)
{
    struct place *place = *state;
    make_foreign(place, NULL, "key");
    assert_int_equal(try_store(place), WH_E_FAILED);
    assert_error(place, "not a store of wuhao");
}

static void a_store_with_a_strange_family_is_refused(void **state)
{
    struct place *place = *state;
    make_foreign(place, "strange", NULL);
    assert_int_equal(try_store(place), WH_E_FAILED);
    assert_error(place, "not a store of wuhao");
}

static void a_creation_that_was_cut_short_is_finished(void **state)
{
    struct place *place = *state;
    make_foreign(place, "records", NULL);
    open_store(place);
    assert_int_equal(put_row(place, "a", "1"), 0);
}

static void tables_without_their_list_are_not_overwritten(void **state)
{
    struct place *place = *state;
    char path[340];
    open_store(place);
    assert_int_equal(put_row(place, "a", "1"), 0);
    close_store(place);
    (void)snprintf(path, sizeof(path), "%s/CURRENT", place->path);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(try_store(place), WH_E_CORRUPT);
    assert_error(place, "CURRENT is missing");
}

/* Starts a process that opens the store, commits "a" and says so; then it waits to be killed. */
static pid_t start_holder(struct place *place)
{
    int ends[2];
    char byte;
    pid_t child;
    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (try_store(place) != 0) _exit(1);
        if (put_row(place, "a", "1") != 0 || write(ends[1], "!", 1) != 1) _exit(1);
        for (;;) (void)pause();
    }
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    (void)close(ends[0]);
    return child;
}

static void a_store_in_use_names_the_process_that_has_it(void **state)
{
    struct place *place = *state;
    char words[64];
    pid_t child = start_holder(place);
    int rc = try_store(place);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    assert_int_equal(rc, WH_E_BUSY);
    (void)snprintf(words, sizeof(words), "in use by process %d", (int)child);
    assert_error(place, words);
}

static void what_was_committed_survives_a_process_that_is_killed(void **state)
{
    struct place *place = *state;
    pid_t child = start_holder(place);
    (void)kill(child, SIGKILL); /* right after commit returned */
    (void)waitpid(child, NULL, 0);
    open_store(place);
    assert_value(place, NULL, "a", "1");
}

/* The write-ahead log with the highest number. */
static void newest_log(const struct place *place, char *ret, size_t size)
{
    for (int i = 0; i < 100; i++) {
        char path[340];
        (void)snprintf(path, sizeof(path), "%s/%06d.log", place->path, i);
        if (access(path, F_OK) == 0) (void)snprintf(ret, size, "%s", path);
    }
}

static void a_log_damaged_in_the_middle_is_set_aside_and_the_rest_served(void **state)
{
    struct place *place = *state;
    char path[340] = "", big[5001];
    int file;
    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    open_store(place);
    assert_int_equal(put_row(place, "a", "1"), 0);
    assert_int_equal(put_row(place, "b", big), 0);
    assert_int_equal(put_row(place, "c", "3"), 0);
    newest_log(place, path, sizeof(path));
    close_store(place);
    file = open(path, O_RDWR);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, "y", 1, 2500), 1);
    (void)close(file);
    open_store(place);
    assert_value(place, NULL, "a", "1");
    assert_value(place, NULL, "b", NULL);
    assert_non_null(wh_rocks_set_aside(place->rocks));
    assert_int_equal(put_row(place, "d", "4"), 0);
    close_store(place);
    open_store(place);
    assert_null(wh_rocks_set_aside(place->rocks)); /* said once */
    assert_value(place, NULL, "d", "4");
}

#define SMALL_DISK "size=24m"
#define FULL_COMMITS_MAX 2000

static void a_full_disk_refuses_and_goes_on_once_there_is_room(void **state)
{
    struct place *place = *state;
    const struct wh_snapshot *snapshot;
    char ballast[300], key[32];
    static char big[100001];
    int file, n, rc = 0;
    if (mount("tmpfs", place->home, "tmpfs", 0, SMALL_DISK) != 0) {
        print_message("no right to mount a small disk: not tested here\n");
        skip();
    }
    (void)snprintf(ballast, sizeof(ballast), "%s/ballast", place->home);
    file = open(ballast, O_CREAT | O_WRONLY, 0600);
    assert_true(file >= 0);
    assert_int_equal(posix_fallocate(file, 0, 16 << 20), 0);
    (void)close(file);
    for (size_t i = 0; i + 1 < sizeof(big); i++) big[i] = (char)('!' + (i * i * 31 + i) % 90);
    open_store(place);
    for (n = 0; n < FULL_COMMITS_MAX && rc == 0; n++) {
        (void)snprintf(key, sizeof(key), "%06d", n);
        rc = put_row(place, key, big);
    }
    assert_int_equal(rc, WH_E_NO_SPACE);
    assert_error(place, "the disk is full");
    assert_value(place, NULL, "000000", big);
    assert_value(place, NULL, key, NULL); /* what failed is not there */
    assert_int_equal(put_row(place, key, big), WH_E_NO_SPACE);
    snapshot = place->store.ops->snapshot(place->store.self);
    assert_int_equal(unlink(ballast), 0);
    assert_int_equal(put_row(place, key, "1"), WH_E_NO_SPACE); /* not under a snapshot */
    assert_value(place, snapshot, "000000", big);
    place->store.ops->release(place->store.self, snapshot);
    assert_int_equal(put_row(place, key, "1"), 0);
    assert_value(place, NULL, key, "1");
    assert_value(place, NULL, "000000", big);
    close_store(place);
    open_store(place);
    assert_value(place, NULL, key, "1");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, store_bench_set_up, store_bench_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_was_committed_is_there_after_opening_again),
        TEST(puts_and_deletes_of_a_batch_take_effect_in_their_order),
        TEST(a_snapshot_does_not_see_later_commits),
        TEST(a_scan_gives_its_range_in_either_order),
        TEST(a_newer_store_is_refused_in_one_sentence),
        TEST(a_store_that_is_not_ours_is_refused),
        TEST(a_store_with_a_strange_family_is_refused),
        TEST(a_creation_that_was_cut_short_is_finished),
        TEST(tables_without_their_list_are_not_overwritten),
        TEST(a_store_in_use_names_the_process_that_has_it),
        TEST(what_was_committed_survives_a_process_that_is_killed),
        TEST(a_log_damaged_in_the_middle_is_set_aside_and_the_rest_served),
        TEST(a_full_disk_refuses_and_goes_on_once_there_is_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
