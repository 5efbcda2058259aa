#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/date.h"
#include "model/record.h"

static const struct wh_field fields[] = {
    {.name = "person", .type = WH_PERSON, .flags = WH_REQUIRED | WH_PERSONAL},
    {.name = "born", .type = WH_INTEGER, .flags = WH_PERSONAL},
    {.name = "pay", .type = WH_DECIMAL},
    {.name = "note", .type = WH_TEXT},
    {.name = "until", .type = WH_DATE},
};
static const char *const unique[] = {"person", "born"};
static const struct wh_kind elder = {.name = "elder",
                                     .enter = WH_LEVEL_TOWNSHIP,
                                     .fields = WH_LIST(fields),
                                     .unique = WH_LIST(unique)};
static const struct wh_key key = {{9}};

static const struct wh_unit *unit_of(const void *units, struct wh_span code)
{
    static const struct wh_unit township = {.kind = WH_UNIT_KIND_TOWNSHIP},
                                village = {.kind = WH_UNIT_KIND_VILLAGE};
    (void)units;
    if (wh_span_equal(code, WH_S("231182108"))) return &township;
    return wh_span_equal(code, WH_S("231182108201")) ? &village : NULL;
}

struct reading {
    struct wh_arena arena;
    struct wh_faults faults;
    struct wh_record record;
    bool good;
};

static void read_record(struct reading *reading, const struct wh_entry *entries, uint32_t count)
{
    struct wh_record_scope scope = {.home = WH_S("231182108"), .unit = unit_of};
    scope.today = wh_day_of((struct wh_civil){2026, 6, 10});
    *reading = (struct reading){.good = false};
    wh_faults_init(&reading->faults, &reading->arena);
    reading->good = wh_record_read(&elder, &scope, entries, count, 4, &reading->arena,
                                   &reading->faults, &reading->record);
}

#define ENTRY(name, text)                                                                          \
    {                                                                                              \
        WH_S(name), WH_S(text)                                                                     \
    }
#define READ(reading, ...)                                                                         \
    read_record((reading), (const struct wh_entry[]){__VA_ARGS__},                                 \
                sizeof((const struct wh_entry[]){__VA_ARGS__}) / sizeof(struct wh_entry))

static void a_good_record_has_all_its_values(void **state)
{
    struct reading reading;
    (void)state;
    READ(&reading, ENTRY("unit", "231182108"), ENTRY("date", "2026-03-02"), ENTRY("pay", "4.5"),
         ENTRY("person", "王五"));
    assert_true(reading.good);
    assert_true(wh_span_equal(reading.record.unit, WH_S("231182108")));
    assert_int_equal(reading.record.date, wh_day_of((struct wh_civil){2026, 3, 2}));
    assert_int_equal(reading.record.values[2].number, 450);
    assert_false(reading.record.values[3].present);
    assert_int_equal(wh_record_last_day(&reading.record), INT32_MAX);
    wh_arena_deinit(&reading.arena);
}

static void all_that_is_wrong_is_said_at_once(void **state)
{
    struct reading reading;
    (void)state;
    READ(&reading, ENTRY("unit", "231182108"), ENTRY("date", "yesterday"), ENTRY("pay", "x"),
         ENTRY("pay", "1"), ENTRY("persn", "王五"));
    assert_false(reading.good);
    assert_int_equal(reading.faults.count, 5); /* persn, date, person missing, pay twice, pay */
    for (uint32_t i = 0; i < 5; i++) assert_int_equal(reading.faults.items[i].line, 4);
    wh_arena_deinit(&reading.arena);
}

static void assert_one_fault(struct reading *reading, enum wh_message message)
{
    assert_false(reading->good);
    assert_int_equal(reading->faults.count, 1);
    assert_int_equal(reading->faults.items[0].message, message);
    wh_arena_deinit(&reading->arena);
}

static void a_unit_must_be_known_in_range_and_of_the_level(void **state)
{
    struct reading reading;
    (void)state;
    READ(&reading, ENTRY("unit", "231182109"), ENTRY("date", "2026-03-02"), ENTRY("person", "a"));
    assert_one_fault(&reading, WH_MSG_RECORD_UNIT_OUTSIDE);
    READ(&reading, ENTRY("unit", "231182108299"), ENTRY("date", "2026-03-02"),
         ENTRY("person", "a"));
    assert_one_fault(&reading, WH_MSG_RECORD_UNIT_UNKNOWN);
    READ(&reading, ENTRY("unit", "231182108201"), ENTRY("date", "2026-03-02"),
         ENTRY("person", "a"));
    assert_one_fault(&reading, WH_MSG_RECORD_UNIT_LEVEL);
}

static void dates_lie_at_most_a_year_ahead_and_end_after_they_begin(void **state)
{
    struct reading reading;
    (void)state;
    READ(&reading, ENTRY("unit", "231182108"), ENTRY("date", "2027-06-12"), ENTRY("person", "a"));
    assert_one_fault(&reading, WH_MSG_RECORD_DATE_AHEAD);
    READ(&reading, ENTRY("unit", "231182108"), ENTRY("date", "2027-06-11"), ENTRY("person", "a"));
    assert_true(reading.good);
    wh_arena_deinit(&reading.arena);
    READ(&reading, ENTRY("unit", "231182108"), ENTRY("date", "2026-03-02"), ENTRY("person", "a"),
         ENTRY("until", "2026-03-01"));
    assert_one_fault(&reading, WH_MSG_RECORD_UNTIL_BEFORE);
}

static void a_record_reads_back_as_it_was_packed(void **state)
{
    struct reading reading;
    struct wh_record back;
    struct wh_span packed, kind;
    (void)state;
    READ(&reading, ENTRY("unit", "231182108"), ENTRY("date", "2026-03-02"), ENTRY("born", "1950"),
         ENTRY("person", "王五"), ENTRY("pay", "-0.05"), ENTRY("until", "2026-09-01"));
    reading.record.id = wh_id_make(1, 2, 3);
    reading.record.version = 7;
    reading.record.written_ms = 1234567890123;
    reading.record.author = WH_S("clerk");
    reading.record.state = WH_RECORD_WITHDRAWN;
    reading.record.why = WH_S("twice");
    packed = wh_record_pack(&reading.record, &key, &reading.arena);
    assert_int_equal(wh_record_unpack(packed, &elder, &key, &reading.arena, &back), 0);
    assert_memory_equal(back.id.bytes, reading.record.id.bytes, WH_ID_BYTES);
    assert_true(back.version == 7 && back.written_ms == 1234567890123);
    assert_int_equal(back.state, WH_RECORD_WITHDRAWN);
    assert_true(wh_span_equal(back.why, WH_S("twice")));
    assert_true(wh_span_equal(back.values[0].text, WH_S("王五")));
    assert_int_equal(back.values[1].number, 1950);
    assert_int_equal(back.values[2].number, -5);
    assert_false(back.values[3].present);
    assert_int_equal(wh_record_last_day(&back), wh_day_of((struct wh_civil){2026, 9, 1}));
    assert_int_equal(wh_record_kind_name(packed, &reading.arena, &kind), 0);
    assert_true(wh_span_equal(kind, WH_S("elder")));
    wh_arena_deinit(&reading.arena);
}

static void personal_values_are_sealed_on_disk(void **state)
{
    static const struct wh_key other = {{8}};
    struct reading reading;
    struct wh_record back;
    struct wh_span packed;
    (void)state;
    READ(&reading, ENTRY("unit", "231182108"), ENTRY("date", "2026-03-02"),
         ENTRY("person", "Wangwu Wang"), ENTRY("note", "Open words"));
    packed = wh_record_pack(&reading.record, &key, &reading.arena);
    assert_null(memmem(packed.data, packed.len, "Wangwu", 6));
    assert_non_null(memmem(packed.data, packed.len, "Open words", 10));
    assert_int_equal(wh_record_unpack(packed, &elder, &other, &reading.arena, &back), WH_E_CORRUPT);
    wh_arena_deinit(&reading.arena);
}

static void bytes_cut_anywhere_are_an_error_or_a_record(void **state)
{
    struct reading reading;
    struct wh_record back;
    struct wh_span packed;
    (void)state;
    READ(&reading, ENTRY("unit", "231182108"), ENTRY("date", "2026-03-02"), ENTRY("person", "a"));
    packed = wh_record_pack(&reading.record, &key, &reading.arena);
    for (size_t len = 0; len < packed.len; len++) {
        int rc = wh_record_unpack(wh_span(packed.data, len), &elder, &key, &reading.arena, &back);
        assert_true(rc == 0 || rc == WH_E_CORRUPT);
    }
    assert_int_equal(wh_record_unpack(WH_SPAN_EMPTY, &elder, &key, &reading.arena, &back),
                     WH_E_CORRUPT);
    wh_arena_deinit(&reading.arena);
}

static bool repeats(const char *a_until, const char *a_born, const char *b_date, const char *b_born)
{
    struct reading a, b;
    bool same;
    READ(&a, ENTRY("unit", "231182108"), ENTRY("date", "2026-01-01"), ENTRY("person", "王五"),
         {WH_S("born"), wh_span_of(a_born)}, {WH_S("until"), wh_span_of(a_until)});
    READ(&b, ENTRY("unit", "231182108"), {WH_S("date"), wh_span_of(b_date)},
         ENTRY("person", "王五"), {WH_S("born"), wh_span_of(b_born)});
    assert_true(a.good && b.good);
    same = wh_record_repeats(&a.record, &b.record);
    assert_int_equal(wh_record_repeats(&b.record, &a.record), same);
    if (same) {
        assert_true(wh_span_equal(wh_record_unique_text(&a.record, &a.arena),
                                  wh_record_unique_text(&b.record, &b.arena)));
    }
    wh_arena_deinit(&a.arena);
    wh_arena_deinit(&b.arena);
    return same;
}

static void a_namesake_and_one_who_returns_are_no_repeat(void **state)
{
    (void)state;
    assert_true(repeats("", "1950", "2026-05-01", "1950"));
    assert_true(
        repeats("2026-05-01", "1950", "2026-05-01", "1950")); /* both in force on that day */
    assert_false(repeats("2026-04-30", "1950", "2026-05-01", "1950"));
    assert_false(repeats("", "1950", "2026-05-01", "1951"));
    assert_false(repeats("", "0", "2026-05-01", "")); /* not known is not the same */
}

static void assert_text(struct wh_span span, const char *text)
{
    assert_true(wh_span_equal(span, wh_span_of(text)));
}

static void assert_first(struct reading *reading, int rc, const char *text)
{
    struct wh_error err = {.code = 0};
    assert_int_equal(wh_record_fail_first(&reading->faults, rc, &reading->arena, &err), rc);
    assert_text(wh_error_text(&err, WH_EN, &reading->arena), text);
}

static void an_edit_keeps_what_is_not_given(void **state)
{
    const struct wh_entry given[] = {ENTRY("pay", ""), ENTRY("date", "2026-02-03")};
    struct reading reading, again;
    struct wh_entries entries;
    struct wh_error err = {.code = 0};
    (void)state;
    READ(&reading, ENTRY("unit", "231182108"), ENTRY("date", "2026-01-02"), ENTRY("person", "a"),
         ENTRY("born", "1950"), ENTRY("pay", "1.50"));
    assert_true(reading.good);
    assert_int_equal(
        wh_record_alter_entries(&reading.record, given, 2, &reading.arena, &entries, &err), 0);
    read_record(&again, entries.items, entries.count);
    assert_true(again.good);
    assert_text(again.record.unit, "231182108");
    assert_int_equal(again.record.date, wh_day_of((struct wh_civil){2026, 2, 3}));
    assert_int_equal(again.record.values[1].number, 1950);
    assert_false(again.record.values[2].present);
    assert_int_equal(
        wh_record_alter_entries(&reading.record, given, 0, &reading.arena, &entries, &err),
        WH_E_USAGE);
    reading.record.state = WH_RECORD_WITHDRAWN;
    assert_int_equal(
        wh_record_alter_entries(&reading.record, given, 2, &reading.arena, &entries, &err),
        WH_E_INVALID);
    wh_arena_deinit(&reading.arena);
    wh_arena_deinit(&again.arena);
}

static void what_a_plugin_gives_is_read_as_a_clerk_s(void **state)
{
    static const struct wh_named_text given[] = {{{"person", 6}, {"a", 1}}};
    const struct wh_list list = WH_LIST(given);
    struct wh_arena arena = {NULL, 0};
    struct wh_entries entries = wh_entries_of_new(&list, WH_S("231182108"), 20454, &arena);
    struct reading reading;
    (void)state;
    read_record(&reading, entries.items, entries.count);
    assert_true(reading.good);
    assert_int_equal(reading.record.date, 20454);
    wh_arena_deinit(&reading.arena);
    entries = wh_entries_of_new(&list, WH_S("231182108"), INT64_MAX, &arena);
    read_record(&reading, entries.items, entries.count);
    assert_first(
        &reading, WH_E_INVALID,
        "date: `9223372036854775807` is not a date that exists (write 2026-03-31) (1 fault "
        "in all)");
    wh_arena_deinit(&reading.arena);
    wh_arena_deinit(&arena);
}

static void a_repeat_is_named_by_its_id_or_as_of_the_same_input(void **state)
{
    struct wh_record other = {.kind = &elder};
    struct reading reading = {.good = false};
    (void)state;
    wh_faults_init(&reading.faults, &reading.arena);
    wh_record_name_repeat(&other, 3, &reading.arena, &reading.faults);
    assert_int_equal(reading.faults.items[0].line, 3);
    assert_first(&reading, WH_E_INVALID,
                 "record: repeats a line before it in this file (same person, born) (1 fault in "
                 "all)");
    other.version = 1;
    wh_faults_init(&reading.faults, &reading.arena);
    wh_record_name_repeat(&other, 3, &reading.arena, &reading.faults);
    assert_first(&reading, WH_E_INVALID,
                 "record: repeats the record 00000000000000000000000000 that is in force (same "
                 "person, born) (1 fault in all)");
    wh_arena_deinit(&reading.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_record_has_all_its_values),
        cmocka_unit_test(all_that_is_wrong_is_said_at_once),
        cmocka_unit_test(a_unit_must_be_known_in_range_and_of_the_level),
        cmocka_unit_test(dates_lie_at_most_a_year_ahead_and_end_after_they_begin),
        cmocka_unit_test(a_record_reads_back_as_it_was_packed),
        cmocka_unit_test(personal_values_are_sealed_on_disk),
        cmocka_unit_test(bytes_cut_anywhere_are_an_error_or_a_record),
        cmocka_unit_test(a_namesake_and_one_who_returns_are_no_repeat),
        cmocka_unit_test(an_edit_keeps_what_is_not_given),
        cmocka_unit_test(what_a_plugin_gives_is_read_as_a_clerk_s),
        cmocka_unit_test(a_repeat_is_named_by_its_id_or_as_of_the_same_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
