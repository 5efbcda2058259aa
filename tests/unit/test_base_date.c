#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/limits.h"

static int32_t first_day(void)
{
    return wh_day_of((struct wh_civil){WH_YEAR_MIN, 1, 1});
}

static int32_t last_day(void)
{
    return wh_day_of((struct wh_civil){WH_YEAR_MAX, 12, 31});
}

static void every_day_reads_back_as_it_was_written(void **state)
{
    char text[WH_DAY_TEXT_SIZE], former[WH_DAY_TEXT_SIZE] = "";
    (void)state;
    for (int32_t day = first_day(); day <= last_day(); day++) {
        int32_t back = 0;
        wh_day_format(day, text);
        assert_int_equal(wh_day_parse(wh_span_of(text), &back), 0);
        assert_int_equal(back, day);
        assert_true(strcmp(former, text) < 0);
        memcpy(former, text, sizeof(text));
    }
}

/* Counted from the rules of the calendar, month by month, and not by the formula. */
static void days_follow_the_calendar(void **state)
{
    static const int32_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t day = first_day();
    (void)state;
    for (int32_t year = WH_YEAR_MIN; year <= WH_YEAR_MAX; year++) {
        bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int32_t month = 1; month <= 12; month++) {
            int32_t length = lengths[month - 1] + (month == 2 && leap);
            assert_int_equal(wh_day_of((struct wh_civil){year, month, 1}), day);
            assert_int_equal(wh_day_of((struct wh_civil){year, month, length}), day + length - 1);
            day += length;
        }
    }
    assert_int_equal(wh_day_of((struct wh_civil){1970, 1, 1}), 0);
}

static void quarters_cover_every_day_once(void **state)
{
    (void)state;
    for (int32_t day = first_day(); day <= last_day(); day++) {
        int32_t quarter = wh_quarter_of(day);
        assert_true(wh_quarter_first_day(quarter) <= day && day <= wh_quarter_last_day(quarter));
        assert_int_equal(wh_quarter_last_day(quarter) + 1, wh_quarter_first_day(quarter + 1));
    }
}

static void quarters_read_back_as_they_were_written(void **state)
{
    char text[WH_QUARTER_TEXT_SIZE];
    int32_t back = 0;
    (void)state;
    for (int32_t quarter = WH_YEAR_MIN * 4; quarter <= WH_YEAR_MAX * 4 + 3; quarter++) {
        wh_quarter_format(quarter, text);
        assert_int_equal(wh_quarter_parse(wh_span_of(text), &back), 0);
        assert_int_equal(back, quarter);
    }
    wh_quarter_format(2026 * 4, text);
    assert_string_equal(text, "2026Q1");
}

static void weekdays_count_from_monday(void **state)
{
    (void)state;
    assert_int_equal(wh_weekday_of(0), 4); /* 1970-01-01 was a Thursday */
    assert_int_equal(wh_weekday_of(wh_day_of((struct wh_civil){2026, 3, 2})), 1);
    for (int32_t day = first_day(); day < last_day(); day++) {
        assert_int_equal(wh_weekday_of(day + 1), wh_weekday_of(day) % 7 + 1);
    }
}

static void days_that_do_not_exist_are_refused(void **state)
{
    static const char *const texts[] = {"",           "2026-02-29", "2100-02-29", "2026-04-31",
                                        "2026-13-01", "2026-00-01", "2026-01-00", "1948-12-31",
                                        "2201-01-01", "2026-1-01",  "2026/01/01", "2026-01-01 ",
                                        "26-01-01",   "2026-01-0x", "-026-01-01", "2026Q1"};
    int32_t day = 7;
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(wh_day_parse(wh_span_of(texts[i]), &day), WH_E_INVALID);
        assert_int_equal(day, 7);
    }
    assert_int_equal(wh_day_parse(WH_S("2024-02-29"), &day), 0);
    assert_int_equal(wh_quarter_parse(WH_S("2026Q5"), &day), WH_E_INVALID);
    assert_int_equal(wh_quarter_parse(WH_S("2026q1"), &day), WH_E_INVALID);
}

static void moments_are_read_in_their_zone(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } good[] = {
        {"1970-01-01T08:00", 0},
        {"1970-01-01T08:00:01", 1000},
        {"1970-01-01 08:00", 0},
        {"1970-01-01T00:00Z", 0},
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T05:30+05:30", 0},
        {"1969-12-31T20:00:00-04:00", 0},
        {"1970-01-01", 16 * 3600000 - 1}, /* a date is its last millisecond */
    };
    static const char *const bad[] = {
        "1970-01-01T",     "1970-01-01T24:00",       "1970-01-01T08:60",
        "1970-01-01T08",   "1970-01-01T08:00+25:00", "1970-01-01T08:00+0800",
        "1970-01-01X08:00"};
    int64_t ms;
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(wh_moment_parse(wh_span_of(good[i].text), 480, &ms), 0);
        assert_int_equal(ms, good[i].ms);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(wh_moment_parse(wh_span_of(bad[i]), 480, &ms), WH_E_INVALID);
    }
}

static void moments_read_back_as_they_were_written(void **state)
{
    static const int32_t zones[] = {0, 480, -300, 345, -570, 840};
    (void)state;
    for (int64_t ms = -600000000000; ms < 7000000000000; ms += 86123457000) {
        for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
            char text[WH_MOMENT_TEXT_SIZE];
            int64_t back = 0;
            wh_moment_format(ms, zones[i], text);
            assert_int_equal(wh_moment_parse(wh_span_of(text), 0, &back), 0);
            assert_int_equal(back, ms);
        }
    }
}

static void a_day_begins_at_midnight_of_the_zone(void **state)
{
    (void)state;
    assert_int_equal(wh_day_at(16 * 3600000 - 1, 480), 0);
    assert_int_equal(wh_day_at(16 * 3600000, 480), 1);
    assert_int_equal(wh_day_at(-1, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_reads_back_as_it_was_written),
        cmocka_unit_test(days_follow_the_calendar),
        cmocka_unit_test(quarters_cover_every_day_once),
        cmocka_unit_test(quarters_read_back_as_they_were_written),
        cmocka_unit_test(weekdays_count_from_monday),
        cmocka_unit_test(days_that_do_not_exist_are_refused),
        cmocka_unit_test(moments_are_read_in_their_zone),
        cmocka_unit_test(moments_read_back_as_they_were_written),
        cmocka_unit_test(a_day_begins_at_midnight_of_the_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
