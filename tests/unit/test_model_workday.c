/* Working days by the default programme's calendar, against days that are known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/date.h"
#include "model/workday.h"

static int32_t day(const char *text)
{
    int32_t ret = 0;
    assert_int_equal(wh_day_parse(wh_span_of(text), &ret), 0);
    return ret;
}

static Wh__Days days(const char *first, const char *last)
{
    Wh__Days range = WH__DAYS__INIT;
    range.first = day(first);
    range.last = day(last);
    return range;
}

static void a_week_alone_rests_on_saturday_and_sunday(void **state)
{
    int32_t monday = day("2026-11-23");
    (void)state;
    for (int32_t i = 0; i < 700; i++) {
        assert_int_equal(wh_is_workday(NULL, monday + i), i % 7 < 5);
    }
}

static void announced_days_go_before_the_week(void **state)
{
    Wh__Days spring = days("2026-02-15", "2026-02-23"), made_up = days("2026-02-14", "2026-02-14");
    Wh__Days *rest[] = {&spring}, *work[] = {&made_up};
    Wh__Programme programme = WH__PROGRAMME__INIT;
    (void)state;
    programme.rest_days = rest;
    programme.n_rest_days = 1;
    programme.work_days = work;
    programme.n_work_days = 1;
    assert_true(wh_is_workday(&programme, day("2026-02-13")));
    assert_true(wh_is_workday(&programme, day("2026-02-14"))); /* a Saturday that is worked */
    assert_false(wh_is_workday(&programme, day("2026-02-15")));
    assert_false(wh_is_workday(&programme, day("2026-02-23"))); /* a Monday of the holiday */
    assert_true(wh_is_workday(&programme, day("2026-02-24")));
    assert_false(wh_is_workday(&programme, day("2026-02-28")));
}

/* A day that is both is worked: the announcement of make-up days is the narrower one. */
static void a_make_up_day_within_a_holiday_is_worked(void **state)
{
    Wh__Days holiday = days("2026-10-01", "2026-10-07"), inside = days("2026-10-04", "2026-10-04");
    Wh__Days *rest[] = {&holiday}, *work[] = {&inside};
    Wh__Programme programme = WH__PROGRAMME__INIT;
    (void)state;
    programme.rest_days = rest;
    programme.n_rest_days = 1;
    programme.work_days = work;
    programme.n_work_days = 1;
    assert_true(wh_is_workday(&programme, day("2026-10-04")));
    assert_false(wh_is_workday(&programme, day("2026-10-05")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_week_alone_rests_on_saturday_and_sunday),
        cmocka_unit_test(announced_days_go_before_the_week),
        cmocka_unit_test(a_make_up_day_within_a_holiday_is_worked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
