#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/num.h"

static void sums_that_do_not_fit_are_errors(void **state)
{
    int64_t sum = 7;
    (void)state;
    assert_int_equal(wh_add_i64(INT64_MAX, 1, &sum), WH_E_RANGE);
    assert_int_equal(wh_add_i64(INT64_MIN, -1, &sum), WH_E_RANGE);
    assert_int_equal(sum, 7);
    assert_int_equal(wh_add_i64(INT64_MAX, INT64_MIN, &sum), 0);
    assert_int_equal(sum, -1);
}

static void divisions_round_down_and_are_exact_between(void **state)
{
    int64_t result = 7;
    (void)state;
    assert_int_equal(wh_muldiv_floor_i64(INT64_MAX, INT64_MAX, INT64_MAX, &result), 0);
    assert_true(result == INT64_MAX);
    assert_int_equal(wh_muldiv_floor_i64(-1, 1, 2, &result), 0);
    assert_int_equal(result, -1);
    assert_int_equal(wh_muldiv_floor_i64(-4, 1, 2, &result), 0);
    assert_int_equal(result, -2);
    assert_int_equal(wh_muldiv_floor_i64(INT64_MAX, 2, 1, &result), WH_E_RANGE);
    assert_int_equal(result, -2);
    for (int64_t a = -50; a <= 50; a++) {
        for (int64_t c = 1; c <= 7; c++) {
            assert_int_equal(wh_muldiv_floor_i64(a, 3, c, &result), 0);
            assert_true(result * c <= a * 3 && a * 3 < (result + 1) * c);
        }
    }
}

static void products_compare_beyond_64_bits(void **state)
{
    (void)state;
    assert_int_equal(wh_compare_products_i64(INT64_MAX, 3, INT64_MAX, 2), 1);
    assert_int_equal(wh_compare_products_i64(INT64_MIN, 3, INT64_MIN, 2), -1);
    assert_int_equal(wh_compare_products_i64(2, 3, 3, 2), 0);
}

static void whole_numbers_are_read_whole(void **state)
{
    static const struct {
        const char *text;
        int rc;
        int64_t value;
    } cases[] = {
        {"0", 0, 0},
        {"-17", 0, -17},
        {"007", 0, 7},
        {"9223372036854775807", 0, INT64_MAX},
        {"9223372036854775808", WH_E_RANGE, 0},
        {"", WH_E_INVALID, 0},
        {"-", WH_E_INVALID, 0},
        {"+1", WH_E_INVALID, 0},
        {"1 ", WH_E_INVALID, 0},
        {"1.0", WH_E_INVALID, 0},
        {"0x1", WH_E_INVALID, 0},
        {"１", WH_E_INVALID, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t value = 99;
        assert_int_equal(wh_number_parse(wh_span_of(cases[i].text), &value), cases[i].rc);
        assert_true(value == (cases[i].rc < 0 ? 99 : cases[i].value));
    }
}

static void decimals_have_at_most_two_places(void **state)
{
    static const struct {
        const char *text;
        int rc;
        int64_t value_h;
    } cases[] = {
        {"4.5", 0, 450},
        {"4.50", 0, 450},
        {"4", 0, 400},
        {"-0.05", 0, -5},
        {"-0.5", 0, -50},
        {"0.07", 0, 7},
        {"4.567", WH_E_INVALID, 0},
        {"4.", WH_E_INVALID, 0},
        {".5", WH_E_INVALID, 0},
        {"4,5", WH_E_INVALID, 0},
        {"1e2", WH_E_INVALID, 0},
        {"", WH_E_INVALID, 0},
        {"92233720368547758.07", 0, INT64_MAX},
        {"92233720368547758.08", WH_E_RANGE, 0},
        {"92233720368547759", WH_E_RANGE, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t value_h = 99;
        assert_int_equal(wh_hundredths_parse(wh_span_of(cases[i].text), &value_h), cases[i].rc);
        assert_true(value_h == (cases[i].rc < 0 ? 99 : cases[i].value_h));
    }
}

static void decimals_read_back_as_they_were_written(void **state)
{
    char text[WH_HUNDREDTHS_TEXT_SIZE];
    int64_t back = 0;
    (void)state;
    for (int64_t value_h = -12345; value_h <= 12345; value_h++) {
        wh_hundredths_format(value_h, text);
        assert_int_equal(wh_hundredths_parse(wh_span_of(text), &back), 0);
        assert_int_equal(back, value_h);
    }
    wh_hundredths_format(INT64_MIN, text);
    assert_string_equal(text, "-92233720368547758.08");
    wh_hundredths_format(-5, text);
    assert_string_equal(text, "-0.05");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_that_do_not_fit_are_errors),
        cmocka_unit_test(divisions_round_down_and_are_exact_between),
        cmocka_unit_test(products_compare_beyond_64_bits),
        cmocka_unit_test(whole_numbers_are_read_whole),
        cmocka_unit_test(decimals_have_at_most_two_places),
        cmocka_unit_test(decimals_read_back_as_they_were_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
