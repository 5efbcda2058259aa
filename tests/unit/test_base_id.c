#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/id.h"
#include "chance.h"

static struct wh_id any_id(struct wh_chance *chance)
{
    return wh_id_make((int64_t)(wh_chance_next(chance) >> 16), wh_chance_next(chance),
                      (uint16_t)wh_chance_next(chance));
}

static void an_id_reads_back_as_it_was_written(void **state)
{
    struct wh_chance chance = {1};
    char text[WH_ID_TEXT_SIZE];
    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct wh_id id = any_id(&chance), back;
        wh_id_format(id, text);
        assert_int_equal(strlen(text), WH_ID_TEXT_SIZE - 1);
        assert_int_equal(wh_id_parse(wh_span_of(text), &back), 0);
        assert_memory_equal(id.bytes, back.bytes, WH_ID_BYTES);
    }
}

static void the_order_of_texts_is_the_order_of_ids(void **state)
{
    struct wh_chance chance = {2};
    char a_text[WH_ID_TEXT_SIZE], b_text[WH_ID_TEXT_SIZE];
    (void)state;
    for (int i = 0; i < 20000; i++) {
        struct wh_id a = any_id(&chance), b = any_id(&chance);
        int order = memcmp(a.bytes, b.bytes, WH_ID_BYTES);
        wh_id_format(a, a_text);
        wh_id_format(b, b_text);
        assert_true((order < 0) == (strcmp(a_text, b_text) < 0));
    }
}

static void ids_are_ordered_by_time_then_counter(void **state)
{
    struct wh_id first = wh_id_make(1000, 9, 65535), second = wh_id_make(1000, 10, 0),
                 third = wh_id_make(1001, 1, 0);
    (void)state;
    assert_true(memcmp(first.bytes, second.bytes, WH_ID_BYTES) < 0);
    assert_true(memcmp(second.bytes, third.bytes, WH_ID_BYTES) < 0);
}

static void small_letters_are_read_and_strange_ones_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "0",
                                      "0000000000000000000000000",
                                      "000000000000000000000000000",
                                      "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", /* more than 128 bits */
                                      "0000000000000000000000000U",
                                      "0000000000000000000000000I",
                                      "0000000000000000000000000-"};
    struct wh_id id, same;
    (void)state;
    assert_int_equal(wh_id_parse(WH_S("01ABCDEFGH0123456789JKMNPQ"), &id), 0);
    assert_int_equal(wh_id_parse(WH_S("01abcdefgh0123456789jkmnpq"), &same), 0);
    assert_memory_equal(id.bytes, same.bytes, WH_ID_BYTES);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(wh_id_parse(wh_span_of(bad[i]), &same), WH_E_INVALID);
        assert_memory_equal(id.bytes, same.bytes, WH_ID_BYTES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_reads_back_as_it_was_written),
        cmocka_unit_test(the_order_of_texts_is_the_order_of_ids),
        cmocka_unit_test(ids_are_ordered_by_time_then_counter),
        cmocka_unit_test(small_letters_are_read_and_strange_ones_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
