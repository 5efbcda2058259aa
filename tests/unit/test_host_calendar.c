#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/date.h"
#include "host/calendar.h"

#define ZONE 480 /* minutes east */

static int64_t moment(const char *text)
{
    int64_t moment_ms = 0;
    assert_int_equal(wh_moment_parse(wh_span_of(text), ZONE, &moment_ms), 0);
    return moment_ms;
}

static void due(const char *rule, const char *after, const char *expected)
{
    struct wh_calendar calendar;
    char text[WH_MOMENT_TEXT_SIZE];
    int64_t next;
    assert_true(wh_calendar_read(wh_span_of(rule), &calendar));
    next = wh_calendar_next(&calendar, moment(after), ZONE);
    wh_moment_format(next, ZONE, text);
    assert_int_equal(strncmp(text, expected, strlen(expected)), 0);
}

static void a_rule_names_its_next_moment(void **state)
{
    (void)state;
    due("every 10m", "2026-03-02T09:30:00", "2026-03-02T09:40:00");
    due("every 36h", "2026-03-02T09:30:00", "2026-03-03T21:30:00");
    due("hourly :15", "2026-03-02T09:14:59", "2026-03-02T09:15:00");
    due("hourly :15", "2026-03-02T09:15:00", "2026-03-02T10:15:00");
    due("daily 02:00", "2026-03-02T01:59:59", "2026-03-02T02:00:00");
    due("daily 02:00", "2026-03-02T02:00:00", "2026-03-03T02:00:00");
    due("daily 00:00", "2026-12-31T23:00:00", "2027-01-01T00:00:00");
    due("weekly mon 08:00", "2026-03-02T08:00:00", "2026-03-09T08:00:00");
    due("weekly sun 08:00", "2026-03-02T08:00:00", "2026-03-08T08:00:00");
    due("monthly 1 03:00", "2026-03-02T00:00:00", "2026-04-01T03:00:00");
    due("monthly 31 03:00", "2026-04-02T00:00:00", "2026-04-30T03:00:00");
    due("monthly 30 03:00", "2028-02-02T00:00:00", "2028-02-29T03:00:00");
    due("quarterly 1 03:00", "2026-03-02T00:00:00", "2026-04-01T03:00:00");
    due("quarterly 31 03:00", "2026-11-02T00:00:00", "2027-01-31T03:00:00");
    due("yearly 01-10 03:00", "2026-01-10T03:00:00", "2027-01-10T03:00:00");
    due("yearly 02-29 03:00", "2026-01-10T03:00:00", "2026-02-28T03:00:00");
}

static void what_is_no_rule_is_refused(void **state)
{
    static const char *const wrong[] = {" ",
                                        "daily",
                                        "daily 2:00",
                                        "daily 24:00",
                                        "daily 02:60",
                                        "daily 02:00 ",
                                        "every 0m",
                                        "every 10",
                                        "every 10s",
                                        "every -1h",
                                        "every 9999999h",
                                        "hourly 15",
                                        "hourly :60",
                                        "weekly 08:00",
                                        "weekly monday 08:00",
                                        "monthly 0 03:00",
                                        "monthly 32 03:00",
                                        "quarterly 03:00",
                                        "yearly 13-01 03:00",
                                        "yearly 01-32 03:00",
                                        "yearly 1-1 03:00",
                                        "yearly 02-30 03:00",
                                        "yearly 04-31 03:00",
                                        "Daily 02:00",
                                        "each day",
                                        "daily 02:00 03:00"};
    struct wh_calendar calendar;
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (wh_calendar_read(wh_span_of(wrong[i]), &calendar)) fail_msg("`%s` is taken", wrong[i]);
    }
}

static void an_empty_rule_is_never_due(void **state)
{
    struct wh_calendar calendar;
    (void)state;
    assert_true(wh_calendar_read(WH_SPAN_EMPTY, &calendar));
    assert_true(wh_calendar_next(&calendar, 0, ZONE) == INT64_MAX);
}

/* Whatever the moment: the next one lies after it, and between the two there is none. */
static void moments_follow_each_other(void **state)
{
    static const char *const rules[] = {"hourly :07",        "daily 02:00",
                                        "weekly fri 23:59",  "monthly 31 00:00",
                                        "quarterly 9 12:30", "yearly 12-31 23:00"};
    (void)state;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        struct wh_calendar calendar;
        int64_t at = moment("2025-12-30T00:00:00");
        assert_true(wh_calendar_read(wh_span_of(rules[i]), &calendar));
        for (int k = 0; k < 50; k++) {
            int64_t next = wh_calendar_next(&calendar, at, ZONE);
            assert_true(next > at);
            assert_true(wh_calendar_next(&calendar, next - 1, ZONE) == next);
            assert_true(wh_calendar_next(&calendar, at + (next - at) / 2, ZONE) == next);
            at = next;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_names_its_next_moment),
        cmocka_unit_test(what_is_no_rule_is_refused),
        cmocka_unit_test(an_empty_rule_is_never_due),
        cmocka_unit_test(moments_follow_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
