#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/seal.h"

static const struct wh_key key = {{1, 2, 3}}, other_key = {{1, 2, 4}};

static void a_sealed_text_opens_at_its_place_alone(void **state)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_span place = WH_S("record 1 name"), plain = WH_S("王五"), opened = WH_S("old");
    struct wh_span sealed = wh_seal(&key, place, plain, &arena);
    (void)state;
    assert_int_equal(wh_unseal(&key, place, sealed, &arena, &opened), 0);
    assert_true(wh_span_equal(opened, plain));
    assert_int_equal(wh_unseal(&key, WH_S("record 2 name"), sealed, &arena, &opened), WH_E_CORRUPT);
    assert_int_equal(wh_unseal(&other_key, place, sealed, &arena, &opened), WH_E_CORRUPT);
    assert_true(wh_span_equal(opened, plain));
    wh_arena_deinit(&arena);
}

static void one_flipped_bit_anywhere_is_noticed(void **state)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_span sealed = wh_seal(&key, WH_S("here"), WH_S("a secret"), &arena), opened;
    (void)state;
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        struct wh_span copy = wh_arena_copy(&arena, sealed);
        ((char *)(uintptr_t)copy.data)[bit / 8] ^= (char)(1 << (bit % 8));
        assert_int_equal(wh_unseal(&key, WH_S("here"), copy, &arena, &opened), WH_E_CORRUPT);
    }
    for (size_t len = 0; len < sealed.len; len++) {
        assert_int_equal(wh_unseal(&key, WH_S("here"), wh_span(sealed.data, len), &arena, &opened),
                         WH_E_CORRUPT);
    }
    wh_arena_deinit(&arena);
}

static void nothing_shares_a_nonce_but_the_same_text_at_the_same_place(void **state)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_span a = wh_seal(&key, WH_S("p"), WH_S("x"), &arena);
    (void)state;
    assert_true(wh_span_equal(a, wh_seal(&key, WH_S("p"), WH_S("x"), &arena)));
    assert_memory_not_equal(a.data, wh_seal(&key, WH_S("p"), WH_S("y"), &arena).data, 24);
    assert_memory_not_equal(a.data, wh_seal(&key, WH_S("q"), WH_S("x"), &arena).data, 24);
    /* the border between place and text counts */
    assert_memory_not_equal(wh_seal(&key, WH_S("pq"), WH_S("x"), &arena).data,
                            wh_seal(&key, WH_S("p"), WH_S("qx"), &arena).data, 24);
    wh_arena_deinit(&arena);
}

static void a_digest_knows_where_its_parts_end(void **state)
{
    const struct wh_span ab_c[] = {WH_S("ab"), WH_S("c")}, a_bc[] = {WH_S("a"), WH_S("bc")};
    uint8_t first[WH_DIGEST_BYTES], second[WH_DIGEST_BYTES];
    (void)state;
    wh_digest(ab_c, 2, first, sizeof(first));
    wh_digest(a_bc, 2, second, sizeof(second));
    assert_memory_not_equal(first, second, sizeof(first));
    wh_digest(ab_c, 2, second, sizeof(second));
    assert_memory_equal(first, second, sizeof(first));
}

static void base64_reads_back_as_it_was_written(void **state)
{
    struct wh_arena arena = {NULL, 0};
    char bytes[64];
    struct wh_span back = WH_S("old");
    (void)state;
    for (size_t len = 0; len < sizeof(bytes); len++) {
        bytes[len] = (char)(len * 37);
        assert_int_equal(wh_base64_parse(wh_base64(wh_span(bytes, len), &arena), &arena, &back), 0);
        assert_true(wh_span_equal(back, wh_span(bytes, len)));
    }
    assert_int_equal(wh_base64_parse(WH_S("ab=d"), &arena, &back), WH_E_INVALID);
    assert_int_equal(wh_base64_parse(WH_S("a+/b"), &arena, &back), WH_E_INVALID);
    assert_int_equal(wh_base64_parse(WH_S("a"), &arena, &back), WH_E_INVALID);
    wh_arena_deinit(&arena);
}

static void a_public_key_follows_from_its_secret(void **state)
{
    uint8_t public_key[WH_KEY_BYTES], secret[WH_KEY_BYTES], again[WH_KEY_BYTES];
    (void)state;
    wh_node_keys_make(public_key, secret);
    wh_node_key_public(secret, again);
    assert_memory_equal(public_key, again, WH_KEY_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealed_text_opens_at_its_place_alone),
        cmocka_unit_test(one_flipped_bit_anywhere_is_noticed),
        cmocka_unit_test(nothing_shares_a_nonce_but_the_same_text_at_the_same_place),
        cmocka_unit_test(a_digest_knows_where_its_parts_end),
        cmocka_unit_test(base64_reads_back_as_it_was_written),
        cmocka_unit_test(a_public_key_follows_from_its_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
