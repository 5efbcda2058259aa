#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/date.h"
#include "model/kind.h"

static const struct wh_choice choices[] = {{"study", {"学习", "Study"}},
                                           {"work", {"工作", "Work"}},
                                           {"regular", {"例会", "Regular"}}};

struct reading {
    struct wh_arena arena;
    struct wh_faults faults;
    struct wh_field_value value;
};

static struct wh_field field_of(uint32_t type)
{
    struct wh_field field = {.name = "it", .type = type, .title = {"它", "It"}};
    if (type == WH_CHOICE || type == WH_CHOICES) {
        field.choices = (struct wh_list)WH_LIST(choices);
    }
    return field;
}

static void read_field(struct reading *reading, struct wh_field field, const char *text)
{
    *reading = (struct reading){.value = {.present = true}};
    wh_faults_init(&reading->faults, &reading->arena);
    wh_field_read(&field, wh_span_of(text), 3, &reading->arena, &reading->faults, &reading->value);
}

static void what_is_read_is_written_in_its_plain_form(void **state)
{
    static const struct {
        uint32_t type;
        const char *typed, *plain;
    } cases[] = {
        {WH_TEXT, "  五好 a ", "五好 a"},
        {WH_LONG_TEXT, "one\r\ntwo\tx", "one\ntwo\tx"},
        {WH_INTEGER, "007", "7"},
        {WH_DECIMAL, "-4.5", "-4.50"},
        {WH_DATE, "2026-03-02", "2026-03-02"},
        {WH_CHOICE, "study", "study"},
        {WH_CHOICE, "学习", "study"},
        {WH_CHOICE, "Study", "study"},
        {WH_CHOICES, "例会; study;;study", "study;regular"},
        {WH_YESNO, "是", "yes"},
        {WH_YESNO, "no", "no"},
        {WH_UNIT, "231182108", "231182108"},
        {WH_PERSON, "王五", "王五"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct wh_field field = field_of(cases[i].type);
        struct reading reading;
        struct wh_span text;
        read_field(&reading, field, cases[i].typed);
        assert_int_equal(reading.faults.count, 0);
        assert_true(reading.value.present);
        text = wh_field_text(&field, &reading.value, &reading.arena);
        assert_int_equal(text.len, strlen(cases[i].plain));
        assert_memory_equal(text.data, cases[i].plain, text.len);
        wh_arena_deinit(&reading.arena);
    }
}

static void what_is_wrong_is_one_fault_at_its_line(void **state)
{
    static const struct {
        uint32_t type;
        const char *typed;
        enum wh_message message;
    } cases[] = {
        {WH_TEXT, "a\nb", WH_MSG_FIELD_CONTROL},
        {WH_TEXT, "\xFF", WH_MSG_FIELD_CONTROL},
        {WH_LONG_TEXT, "a\x1b", WH_MSG_FIELD_CONTROL},
        {WH_INTEGER, "1.5", WH_MSG_FIELD_NOT_INTEGER},
        {WH_INTEGER, "99999999999999999999", WH_MSG_FIELD_NOT_INTEGER},
        {WH_DECIMAL, "1.555", WH_MSG_FIELD_NOT_DECIMAL},
        {WH_DATE, "2026-02-30", WH_MSG_FIELD_NOT_DATE},
        {WH_CHOICE, "studi", WH_MSG_FIELD_CHOICE_NEAR},
        {WH_CHOICE, "zzzzzzzz", WH_MSG_FIELD_CHOICE},
        {WH_CHOICES, "study;wrok", WH_MSG_FIELD_CHOICE_NEAR},
        {WH_YESNO, "maybe", WH_MSG_FIELD_NOT_YESNO},
        {WH_UNIT, "23118x", WH_MSG_FIELD_NOT_CODE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct reading reading;
        read_field(&reading, field_of(cases[i].type), cases[i].typed);
        assert_int_equal(reading.faults.count, 1);
        assert_int_equal(reading.faults.items[0].message, cases[i].message);
        assert_int_equal(reading.faults.items[0].line, 3);
        assert_true(wh_span_equal(reading.faults.items[0].field, WH_S("it")));
        assert_false(reading.value.present);
        wh_arena_deinit(&reading.arena);
    }
}

static void a_field_left_out_is_a_fault_only_where_it_is_required(void **state)
{
    struct wh_field field = field_of(WH_INTEGER);
    struct reading reading;
    (void)state;
    read_field(&reading, field, "  ");
    assert_int_equal(reading.faults.count, 0);
    assert_false(reading.value.present);
    wh_arena_deinit(&reading.arena);
    field.flags = WH_REQUIRED;
    read_field(&reading, field, "");
    assert_int_equal(reading.faults.items[0].message, WH_MSG_FIELD_REQUIRED);
    wh_arena_deinit(&reading.arena);
}

static void bounds_hold_where_they_are_set_and_are_shown_as_typed(void **state)
{
    struct wh_field field = field_of(WH_DECIMAL);
    struct reading reading;
    field.min = 50;
    field.max = 20000;
    (void)state;
    read_field(&reading, field, "0.25");
    assert_int_equal(reading.faults.count, 0); /* not WH_BOUNDED */
    wh_arena_deinit(&reading.arena);
    field.flags = WH_BOUNDED;
    read_field(&reading, field, "0.50");
    assert_int_equal(reading.faults.count, 0);
    wh_arena_deinit(&reading.arena);
    read_field(&reading, field, "200.01");
    assert_int_equal(reading.faults.items[0].message, WH_MSG_FIELD_RANGE);
    assert_true(wh_span_equal(reading.faults.items[0].args[1].text, WH_S("0.50")));
    assert_true(wh_span_equal(reading.faults.items[0].args[2].text, WH_S("200.00")));
    wh_arena_deinit(&reading.arena);
}

static void required_choices_need_one_that_is_chosen(void **state)
{
    struct wh_field field = field_of(WH_CHOICES);
    struct reading reading;
    (void)state;
    field.flags = WH_REQUIRED;
    read_field(&reading, field, ";");
    assert_int_equal(reading.faults.items[0].message, WH_MSG_FIELD_REQUIRED);
    assert_false(reading.value.present);
    wh_arena_deinit(&reading.arena);
}

static void a_text_may_be_as_long_as_its_cap_and_no_longer(void **state)
{
    char text[1002];
    struct reading reading;
    (void)state;
    memset(text, 'a', sizeof(text));
    text[1000] = '\0';
    read_field(&reading, field_of(WH_TEXT), text);
    assert_int_equal(reading.faults.count, 0);
    wh_arena_deinit(&reading.arena);
    text[1000] = 'a';
    text[1001] = '\0';
    read_field(&reading, field_of(WH_TEXT), text);
    assert_int_equal(reading.faults.items[0].message, WH_MSG_FIELD_LONG);
    wh_arena_deinit(&reading.arena);
}

static void parts_of_a_kind_are_found_by_name(void **state)
{
    static const struct wh_field fields[] = {{.name = "a"}, {.name = "b"}};
    static const struct wh_metric flow[] = {{.id = "m", .type = WH_FLOW}};
    static const struct wh_metric both[] = {{.id = "m", .type = WH_FLOW},
                                            {.id = "n", .type = WH_TO_DATE}};
    const struct wh_kind kind = {.fields = WH_LIST(fields), .metrics = WH_LIST(flow)};
    const struct wh_kind backward = {.metrics = WH_LIST(both)};
    (void)state;
    assert_int_equal(wh_kind_field_index(&kind, WH_S("b")), 1);
    assert_int_equal(wh_kind_field_index(&kind, WH_S("c")), -1);
    assert_ptr_equal(wh_kind_metric_named(&backward, WH_S("n")), &both[1]);
    assert_null(wh_kind_metric_named(&backward, WH_S("o")));
    assert_false(wh_kind_looks_back(&kind));
    assert_true(wh_kind_looks_back(&backward));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_written_in_its_plain_form),
        cmocka_unit_test(what_is_wrong_is_one_fault_at_its_line),
        cmocka_unit_test(a_field_left_out_is_a_fault_only_where_it_is_required),
        cmocka_unit_test(bounds_hold_where_they_are_set_and_are_shown_as_typed),
        cmocka_unit_test(required_choices_need_one_that_is_chosen),
        cmocka_unit_test(a_text_may_be_as_long_as_its_cap_and_no_longer),
        cmocka_unit_test(parts_of_a_kind_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
