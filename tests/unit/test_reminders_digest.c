/* The pure parts of the plugin `reminders`: stages, hours and weeks, the text of a digest, a mail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "digest.h"

static const struct hearing hearing = {14, 7};
static const struct period period = {.name = "2026Q1", .begins = 100, .ends = 189, .due = 199};

static void a_stage_comes_after_the_other_and_escalates_by_level(void **state)
{
    (void)state;
    assert_int_equal(stage_heard(&period, 184, 0, &hearing, 0), STAGE_NONE);
    assert_int_equal(stage_heard(&period, 185, 0, &hearing, 0), STAGE_SOON);
    assert_int_equal(stage_heard(&period, 199, 0, &hearing, 0), STAGE_SOON);
    assert_int_equal(stage_heard(&period, 199, 1, &hearing, 0), STAGE_NONE);
    assert_int_equal(stage_heard(&period, 200, 0, &hearing, 0), STAGE_LATE);
    assert_int_equal(stage_heard(&period, 205, 1, &hearing, 0), STAGE_NONE);
    assert_int_equal(stage_heard(&period, 206, 1, &hearing, 0), STAGE_LATE);
    assert_int_equal(stage_heard(&period, 206, 2, &hearing, 0), STAGE_NONE);
    assert_int_equal(stage_heard(&period, 213, 2, &hearing, 0), STAGE_LATE);
    assert_int_equal(stage_heard(&period, 229, 0, &hearing, 0), STAGE_LATE);
    assert_int_equal(stage_heard(&period, 230, 0, &hearing, 0), STAGE_MISSED);
    assert_int_equal(stage_heard(&period, 230, 5, &hearing, 0), STAGE_NONE);
    assert_int_equal(stage_heard(&period, 234, 5, &hearing, 0), STAGE_MISSED);
}

static void what_was_missed_before_one_was_told_is_not_told(void **state)
{
    (void)state;
    assert_int_equal(stage_heard(&period, 400, 0, &hearing, 229), STAGE_MISSED);
    assert_int_equal(stage_heard(&period, 400, 0, &hearing, 230), STAGE_NONE);
    assert_int_equal(stage_heard(&period, 229, 0, &hearing, 300), STAGE_LATE);
}

static void what_was_met_is_heard_of_no_more(void **state)
{
    struct period met = period;
    (void)state;
    met.met = 210;
    assert_int_equal(stage_heard(&met, 209, 0, &hearing, 0), STAGE_LATE);
    assert_int_equal(stage_heard(&met, 210, 0, &hearing, 0), STAGE_NONE);
    assert_int_equal(stage_heard(&met, 900, 0, &hearing, 0), STAGE_NONE);
}

static void quiet_hours_may_go_over_midnight(void **state)
{
    (void)state;
    assert_false(is_quiet(0, 0, 0));
    assert_true(is_quiet(1200, 1200, 480));
    assert_true(is_quiet(0, 1200, 480));
    assert_true(is_quiet(479, 1200, 480));
    assert_false(is_quiet(480, 1200, 480));
    assert_false(is_quiet(1199, 1200, 480));
    assert_true(is_quiet(720, 720, 840));
    assert_false(is_quiet(840, 720, 840));
    assert_true(is_quiet_to_midnight(1200, 1200, 480));
    assert_true(is_quiet_to_midnight(1439, 1200, 480));
    assert_false(is_quiet_to_midnight(1199, 1200, 480));
    assert_false(is_quiet_to_midnight(0, 1200, 480)); /* it ends in the morning */
    assert_false(is_quiet_to_midnight(730, 720, 840));
    assert_true(is_quiet_to_midnight(730, 720, 1440));
    assert_false(is_quiet_to_midnight(0, 0, 0));
}

static void weeks_begin_on_monday(void **state)
{
    (void)state;
    assert_int_equal(monday_of(4), 4); /* 1970-01-05 */
    assert_int_equal(monday_of(10), 4);
    assert_int_equal(monday_of(11), 11);
    assert_int_equal(monday_of(3), -3);
    assert_int_equal(monday_of(-3), -3);
    assert_int_equal(monday_of(-4), -10);
}

static void a_time_of_day_is_two_numbers(void **state)
{
    static const char *const none[] = {"", "8:30", "24:00", "08:60", "08-30", "08:3x", "08:300"};
    (void)state;
    assert_int_equal(minute_of(wh_span_of("08:30")), 510);
    assert_int_equal(minute_of(wh_span_of("00:00")), 0);
    assert_int_equal(minute_of(wh_span_of("23:59")), 1439);
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        assert_int_equal(minute_of(wh_span_of(none[i])), -1);
    }
}

/* ---- Texts ---- */

#define MANY 400

static struct owed owed;
static struct line lines[MANY];

static struct digest digest_of(uint32_t count, const char *name)
{
    struct digest digest = {.lines = lines, .count = count, .day = 195, .unit = "231182101"};
    copy_text(digest.name, sizeof(digest.name), wh_span_of(name));
    owed = (struct owed){.unit = "231182101",
                         .duty = "report",
                         .zh = "向党委汇报",
                         .en = "Report",
                         .period = period};
    for (uint32_t i = 0; i < count; i++) {
        lines[i] = (struct line){.owed = &owed,
                                 .name = name,
                                 .about_name = "",
                                 .mark = i,
                                 .section = (enum section)(i % 3),
                                 .stage = STAGE_SOON};
    }
    digest_sort(&digest);
    return digest;
}

static void assert_mail_is_whole(const char *name, uint32_t count)
{
    const struct envelope envelope = {"0123456789abcdef", "a@b.example", "c@d.example", 0};
    struct digest digest = digest_of(count, name);
    struct text text = {NULL, 0, 0, 0};
    const char *at, *end;
    digest.is_zh = 1;
    mail_put(&digest, &envelope, &text);
    assert_false(text.failed);
    for (at = text.data; *at; at = end + 2) {
        end = strstr(at, "\r\n");
        assert_non_null(end);
        assert_true(end - at <= 78);
        for (const char *c = at; c < end; c++) assert_true(*c >= ' ' && *c < 127);
    }
    assert_non_null(strstr(text.data, "\r\nMessage-ID: <0123456789abcdef@b.example>\r\n"));
    assert_non_null(strstr(text.data, "\r\n\r\n"));
    assert_null(strstr(text.data, "\r\nBcc:"));
    text_free(&text);
}

static void a_mail_is_ascii_in_short_lines_whatever_a_unit_is_called(void **state)
{
    (void)state;
    assert_mail_is_whole("龙镇", 3);
    assert_mail_is_whole("x", 0);
    assert_mail_is_whole("龙镇\r\nBcc: everybody@example", 1);
    assert_mail_is_whole("五大连池市关心下一代工作委员会五大连池市关心下一代工作委员会x", MANY);
}

static void a_digest_lists_what_is_new_first_and_counts_the_rest(void **state)
{
    struct digest digest = digest_of(MANY, "x");
    struct text text = {NULL, 0, 0, 0};
    const char *new, *doubt, *open;
    (void)state;
    digest.sections[SECTION_NEW] = digest.sections[SECTION_OPEN] = 0;
    digest_sort(&digest);
    assert_int_equal(digest.sections[SECTION_NEW], 134);
    digest_put_body(&digest, &text);
    new = strstr(text.data, "\nNew\n");
    doubt = strstr(text.data, "\nStill open (you may");
    open = strstr(text.data, "\nStill open\n");
    assert_true(new &&doubt &&open &&new < doubt &&doubt < open);
    text_free(&text);
    for (uint32_t i = 0; i < MANY; i++) lines[i].section = SECTION_NEW;
    digest_sort(&digest);
    digest_put_body(&digest, &text);
    assert_non_null(strstr(text.data, "- 250 more (see `wuhao due`)\n"));
    text_free(&text);
}

static void an_address_can_stand_in_a_header(void **state)
{
    static const char *const good[] = {"a@b", "wang.er+x@heihe.example"};
    static const char *const none[] = {
        "", "a", "@b", "a@", "a@b@c", "a b@c.cn", "<a@b.cn>", "a@b.cn\r\nBcc: x@y.cn", "王@b.cn"};
    (void)state;
    for (size_t i = 0; i < 2; i++) assert_true(is_address(wh_span_of(good[i])));
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        assert_false(is_address(wh_span_of(none[i])));
    }
    assert_true(is_hook_url(wh_span_of("https://oa.example/hook?x=1")));
    assert_false(is_hook_url(wh_span_of("file:///etc/passwd")));
    assert_false(is_hook_url(wh_span_of("https://")));
    assert_false(is_hook_url(wh_span_of("http://a b")));
}

/* RFC 4231, test case 2. */
static void a_body_is_signed_by_hmac_sha256(void **state)
{
    char signature[SIGNATURE_TEXT_SIZE];
    (void)state;
    hook_sign(wh_span_of("Jefe"), wh_span_of("what do ya want for nothing?"), signature);
    assert_string_equal(signature,
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stage_comes_after_the_other_and_escalates_by_level),
        cmocka_unit_test(what_was_missed_before_one_was_told_is_not_told),
        cmocka_unit_test(what_was_met_is_heard_of_no_more),
        cmocka_unit_test(quiet_hours_may_go_over_midnight),
        cmocka_unit_test(weeks_begin_on_monday),
        cmocka_unit_test(a_time_of_day_is_two_numbers),
        cmocka_unit_test(a_mail_is_ascii_in_short_lines_whatever_a_unit_is_called),
        cmocka_unit_test(a_digest_lists_what_is_new_first_and_counts_the_rest),
        cmocka_unit_test(an_address_can_stand_in_a_header),
        cmocka_unit_test(a_body_is_signed_by_hmac_sha256),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
