/* The manifest of a backup: what is written is read, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "backup/manifest.h"

static struct wh_span sample(struct wh_arena *arena)
{
    struct wh_manifest manifest = {
        .backup = {.number = 7,
                   .unit = WH_S("231182108"),
                   .taken_ms = 1700000000123,
                   .records = 12,
                   .rows = 34,
                   .head = 56,
                   .last_day = -1,
                   .last_write_ms = 1699999999999},
    };
    struct wh_backup_file *file = wh_manifest_add(&manifest, arena);
    *file = (struct wh_backup_file){.part = WH_PART_FILE, .mode = 0600, .bytes = 41};
    file->name = WH_S("keys/a key with blanks");
    for (size_t i = 0; i < WH_DIGEST_BYTES; i++) file->digest[i] = (uint8_t)(i * 37);
    *wh_manifest_add(&manifest, arena) =
        (struct wh_backup_file){.part = WH_PART_FOLDER, .mode = 0700, .name = WH_S("keys")};
    for (int i = 0; i < 100; i++) {
        *wh_manifest_add(&manifest, arena) =
            (struct wh_backup_file){.part = WH_PART_STORE, .bytes = 1000, .name = WH_S("meta/7")};
    }
    return wh_manifest_write(&manifest, arena);
}

static void what_is_written_is_read(void **state)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_manifest read;
    struct wh_span text = sample(&arena);
    (void)state;
    assert_int_equal(wh_manifest_read(text, &arena, &read), 0);
    assert_int_equal(read.backup.number, 7);
    assert_true(wh_span_equal(read.backup.unit, WH_S("231182108")));
    assert_int_equal(read.backup.taken_ms, 1700000000123);
    assert_int_equal(read.backup.last_day, -1);
    assert_int_equal(read.backup.head, 56);
    assert_int_equal(read.backup.bytes, 41 + 100 * 1000);
    assert_int_equal(read.count, 102);
    assert_int_equal(read.files[0].mode, 0600);
    assert_int_equal(read.files[0].digest[3], 111);
    assert_true(wh_span_equal(read.files[0].name, WH_S("keys/a key with blanks")));
    assert_int_equal(read.files[1].part, WH_PART_FOLDER);
    assert_true(wh_span_equal(wh_manifest_write(&read, &arena), text));
    wh_arena_deinit(&arena);
}

static void a_flipped_bit_anywhere_is_noticed(void **state)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_span text = sample(&arena);
    (void)state;
    for (size_t bit = 0; bit < 8 * text.len; bit += 3) {
        struct wh_arena scratch = {NULL, 0};
        struct wh_manifest read;
        char *flipped = wh_arena_text(&scratch, text);
        flipped[bit / 8] = (char)(flipped[bit / 8] ^ (1 << bit % 8));
        assert_int_equal(wh_manifest_read(wh_span(flipped, text.len), &scratch, &read),
                         WH_E_CORRUPT);
        wh_arena_deinit(&scratch);
    }
    wh_arena_deinit(&arena);
}

static void a_manifest_that_was_cut_is_none(void **state)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_manifest read;
    struct wh_span text = sample(&arena);
    (void)state;
    for (size_t len = 0; len < text.len; len += 7) {
        assert_int_equal(wh_manifest_read(wh_span(text.data, len), &arena, &read), WH_E_CORRUPT);
    }
    wh_arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_flipped_bit_anywhere_is_noticed),
        cmocka_unit_test(a_manifest_that_was_cut_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
