#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"

static void control_characters_are_told_from_broken_text(void **state)
{
    (void)state;
    assert_int_equal(wh_text_check(WH_S("五好 kindergarten"), WH_TEXT_ONE_LINE), WH_TEXT_GOOD);
    assert_int_equal(wh_text_check(WH_SPAN_EMPTY, WH_TEXT_ONE_LINE), WH_TEXT_GOOD);
    assert_int_equal(wh_text_check(WH_S("a\nb\tc"), WH_TEXT_LINES), WH_TEXT_GOOD);
    assert_int_equal(wh_text_check(WH_S("a\nb"), WH_TEXT_ONE_LINE), WH_TEXT_CONTROL);
    assert_int_equal(wh_text_check(WH_S("a\rb"), WH_TEXT_LINES), WH_TEXT_CONTROL);
    assert_int_equal(wh_text_check(WH_S("a\0b"), WH_TEXT_LINES), WH_TEXT_CONTROL);
    assert_int_equal(wh_text_check(WH_S("\x1b[31m"), WH_TEXT_LINES), WH_TEXT_CONTROL);
    assert_int_equal(wh_text_check(WH_S("\xC2\x85"), WH_TEXT_LINES), WH_TEXT_CONTROL);
    assert_int_equal(wh_text_check(WH_S("\xE2\x80\xA8"), WH_TEXT_LINES), WH_TEXT_CONTROL);
    assert_int_equal(wh_text_check(WH_S("\x7F"), WH_TEXT_LINES), WH_TEXT_CONTROL);
}

static void what_is_no_utf8_is_refused(void **state)
{
    static const char *const bad[] = {
        "\xFF", "\xC0\xAF", "\xE4\xBA", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "a\xE4\xBAz"};
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(wh_text_check(wh_span_of(bad[i]), WH_TEXT_LINES), WH_TEXT_NOT_UTF8);
    }
}

static void utf8_is_utf8_whatever_characters_it_holds(void **state)
{
    (void)state;
    assert_true(wh_text_is_utf8(WH_S("\r\n\0\x1b 五好")));
    assert_true(wh_text_is_utf8(WH_SPAN_EMPTY));
    assert_false(wh_text_is_utf8(WH_S("\r\n\xCE\xE5")));
}

static void what_is_printed_is_always_printable(void **state)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_span printed = wh_text_printable(WH_S("好\xFF\x1b[0m\n"), &arena);
    (void)state;
    assert_true(wh_span_equal(printed, WH_S("好\\xFF\\x1B[0m\\x0A")));
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            char bytes[3] = {(char)a, (char)b, '!'};
            printed = wh_text_printable(wh_span(bytes, 3), &arena);
            assert_int_equal(wh_text_check(printed, WH_TEXT_ONE_LINE), WH_TEXT_GOOD);
        }
        wh_arena_clear(&arena);
    }
    wh_arena_deinit(&arena);
}

static void wide_characters_take_two_columns(void **state)
{
    (void)state;
    assert_int_equal(wh_text_columns(WH_S("abc")), 3);
    assert_int_equal(wh_text_columns(WH_S("五好a")), 5);
    assert_int_equal(wh_text_columns(WH_SPAN_EMPTY), 0);
}

static struct wh_span word_of(const void *words, size_t i)
{
    return wh_span_of(((const char *const *)words)[i]);
}

static void the_nearest_word_is_offered_only_where_it_is_near(void **state)
{
    static const char *const words[] = {"meeting", "training", "report", NULL};
    (void)state;
    assert_true(wh_span_equal(wh_text_nearest(WH_S("meting"), word_of, words), WH_S("meeting")));
    assert_true(wh_span_equal(wh_text_nearest(WH_S("repotr"), word_of, words), WH_S("report")));
    assert_null(wh_text_nearest(WH_S("zzzzzz"), word_of, words).data);
    assert_null(wh_text_nearest(WH_SPAN_EMPTY, word_of, words).data);
}

static void gbk_becomes_utf8(void **state)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_span text = WH_S("old");
    (void)state;
    assert_int_equal(wh_text_from_gbk(WH_S("\xCE\xE5\xBA\xC3,1\n"), &arena, &text), 0);
    assert_true(wh_span_equal(text, WH_S("五好,1\n")));
    assert_int_equal(wh_text_from_gbk(WH_S("\xCE\xE5\xFF\xFF"), &arena, &text), WH_E_INVALID);
    assert_int_equal(wh_text_from_gbk(WH_S("a\xCE"), &arena, &text), WH_E_INVALID);
    assert_true(wh_span_equal(text, WH_S("五好,1\n")));
    wh_arena_deinit(&arena);
}

static void blanks_are_trimmed_at_both_ends(void **state)
{
    (void)state;
    assert_true(wh_span_equal(wh_text_trim(WH_S(" \ta b\t ")), WH_S("a b")));
    assert_int_equal(wh_text_trim(WH_S(" \t ")).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(control_characters_are_told_from_broken_text),
        cmocka_unit_test(what_is_no_utf8_is_refused),
        cmocka_unit_test(utf8_is_utf8_whatever_characters_it_holds),
        cmocka_unit_test(what_is_printed_is_always_printable),
        cmocka_unit_test(wide_characters_take_two_columns),
        cmocka_unit_test(the_nearest_word_is_offered_only_where_it_is_near),
        cmocka_unit_test(gbk_becomes_utf8),
        cmocka_unit_test(blanks_are_trimmed_at_both_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
