#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/error.h"

static const struct {
    const char *id, *zh, *en;
} messages[] = {
#define M(id, zh, en) {#id, zh, en},
#include "base/messages.def"
#undef M
};

#define MESSAGES_COUNT (sizeof(messages) / sizeof(messages[0]))

/* A bit for each {n} that occurs. */
static unsigned placeholders(const char *text)
{
    unsigned found = 0;
    for (; *text; text++) {
        if (text[0] == '{' && text[1] >= '0' && text[1] <= '9' && text[2] == '}') {
            found |= 1u << (text[1] - '0');
        }
    }
    return found;
}

static void both_languages_of_a_message_say_the_same_things(void **state)
{
    (void)state;
    assert_int_equal(MESSAGES_COUNT, WH_MESSAGES_COUNT);
    for (size_t i = 0; i < MESSAGES_COUNT; i++) {
        if (placeholders(messages[i].zh) == placeholders(messages[i].en)) continue;
        fail_msg("%s: {n} differ: %s / %s", messages[i].id, messages[i].zh, messages[i].en);
    }
}

static void no_message_asks_for_more_arguments_than_an_error_has(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGES_COUNT; i++) {
        bool is_sentence = strncmp(messages[i].id, "RULES_", 6) == 0; /* no error: more arguments */
        assert_true(is_sentence || placeholders(messages[i].en) < 1u << WH_ERROR_ARGS_MAX);
        assert_true(messages[i].zh[0] != '\0' && messages[i].en[0] != '\0');
    }
}

static void an_error_reads_in_either_language(void **state)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_error err;
    (void)state;
    assert_int_equal(
        wh_fail(&err, WH_E_INVALID, WH_MSG_YAML_TWICE, WH_ARGS(wh_arg_c("scale"), wh_arg_n(7))),
        WH_E_INVALID);
    assert_true(wh_span_equal(wh_error_text(&err, WH_EN, &arena),
                              WH_S("`scale` is given twice, first on line 7")));
    assert_true(
        wh_span_equal(wh_error_text(&err, WH_ZH, &arena), WH_S("“scale”出现两次，第 7 行已有")));
    wh_arena_deinit(&arena);
}

/* A handler may fail again with the words of the error that it got. */
static void assert_reads(int64_t rows, const char *wanted)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_error err;
    (void)wh_fail(&err, WH_E_FAILED, WH_MSG_LINK_DOUBTS, WH_ARGS(wh_arg_c("noon"), wh_arg_n(rows)));
    assert_true(wh_span_equal(wh_error_text(&err, WH_EN, &arena), wh_span_of(wanted)));
    wh_arena_deinit(&arena);
}

static void one_thing_is_not_spoken_of_as_many(void **state)
{
    (void)state;
    assert_reads(1, "up since noon; 1 row is in doubt and waits for wuhao sync resolve");
    assert_reads(2, "up since noon; 2 rows are in doubt and wait for wuhao sync resolve");
    assert_reads(11, "up since noon; 11 rows are in doubt and wait for wuhao sync resolve");
    for (size_t i = 0; i < MESSAGES_COUNT; i++) { /* each choice is whole */
        for (const char *at = messages[i].en; (at = strchr(at, '?')); at++) {
            const char *end = strchr(at, '}');
            if (at[-1] < '0' || at[-1] > '9' || at[-2] != '{') continue;
            assert_non_null(end);
            assert_non_null(memchr(at, ':', (size_t)(end - at)));
        }
    }
}

static void an_argument_may_come_from_the_error_that_is_filled(void **state)
{
    struct wh_error err;
    (void)state;
    (void)wh_fail(&err, WH_E_IO, WH_MSG_YAML_BROKEN, WH_ARGS(wh_arg_c("first")));
    (void)wh_fail(&err, WH_E_IO, WH_MSG_YAML_KEY_NEAR,
                  WH_ARGS(wh_arg_c("second"), wh_arg_c(err.args[0])));
    assert_string_equal(err.args[1], "first");
}

static void a_long_argument_is_cut_between_characters(void **state)
{
    char text[1000];
    struct wh_error err;
    (void)state;
    for (size_t from = 0; from < 3; from++) { /* three bytes a character */
        size_t len = from;
        memset(text, 'a', from);
        while (len + 3 <= sizeof(text)) {
            memcpy(text + len, "好", 3);
            len += 3;
        }
        (void)wh_fail(&err, WH_E_IO, WH_MSG_YAML_BROKEN, WH_ARGS(wh_arg_s(wh_span(text, len))));
        assert_true(strlen(err.args[0]) < WH_ERROR_ARG_BYTES);
        assert_int_equal((strlen(err.args[0]) - from) % 3, 0);
    }
}

static void every_code_has_a_name_and_an_exit_code(void **state)
{
    (void)state;
    assert_string_equal(wh_code_name(WH_E_CORRUPT), "corrupt");
    assert_int_equal(wh_code_exit(WH_E_NOT_FOUND), 3);
    assert_int_equal(wh_code_exit(0), 0);
    assert_int_equal(wh_code_exit(-999), 1);
}

static void faults_beyond_the_cap_are_counted_not_kept(void **state)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_faults faults;
    (void)state;
    wh_faults_init(&faults, &arena);
    for (uint32_t i = 0; i < 12000; i++) {
        wh_fault_add(&faults, i + 1, WH_S("date"), WH_MSG_FIELD_REQUIRED, NULL);
    }
    assert_int_equal(faults.count, 12000);
    assert_int_equal(wh_faults_kept(&faults), 10000);
    assert_int_equal(faults.items[9999].line, 10000);
    wh_arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_languages_of_a_message_say_the_same_things),
        cmocka_unit_test(no_message_asks_for_more_arguments_than_an_error_has),
        cmocka_unit_test(an_error_reads_in_either_language),
        cmocka_unit_test(one_thing_is_not_spoken_of_as_many),
        cmocka_unit_test(an_argument_may_come_from_the_error_that_is_filled),
        cmocka_unit_test(a_long_argument_is_cut_between_characters),
        cmocka_unit_test(every_code_has_a_name_and_an_exit_code),
        cmocka_unit_test(faults_beyond_the_cap_are_counted_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
