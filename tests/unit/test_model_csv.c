#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "model/csv.h"

struct reading {
    struct wh_arena arena;
    struct wh_faults faults;
    struct wh_csv csv;
};

static void read_csv(struct reading *reading, struct wh_span text)
{
    *reading = (struct reading){.csv = {.count = 0}};
    wh_faults_init(&reading->faults, &reading->arena);
    wh_csv_read(text, &reading->arena, &reading->faults, &reading->csv);
}

static void assert_cell(const struct wh_csv_row *row, uint32_t i, const char *text)
{
    assert_true(i < row->count);
    assert_int_equal(row->cells[i].len, strlen(text));
    assert_memory_equal(row->cells[i].data, text, strlen(text));
}

static void a_table_is_read_cell_by_cell(void **state)
{
    struct reading reading;
    (void)state;
    read_csv(&reading, WH_S("code,name\n2311,黑河\n231182,\"a, \"\"b\"\"\"\n"));
    assert_int_equal(reading.faults.count, 0);
    assert_int_equal(reading.csv.encoding, WH_CSV_UTF8);
    assert_int_equal(reading.csv.count, 2);
    assert_cell(&reading.csv.header, 1, "name");
    assert_cell(&reading.csv.rows[0], 1, "黑河");
    assert_cell(&reading.csv.rows[1], 1, "a, \"b\"");
    wh_arena_deinit(&reading.arena);
}

static void what_spreadsheets_write_reads_the_same(void **state)
{
    static const struct {
        struct wh_span text;
        enum wh_csv_encoding encoding;
    } cases[] = {
        {{"a,b\n1,五好\n", 13}, WH_CSV_UTF8},
        {{"a,b\r\n1,五好\r\n", 15}, WH_CSV_UTF8},
        {{"a,b\n1,五好", 12}, WH_CSV_UTF8},
        {{"\xEF\xBB\xBF"
          "a,b\n1,五好\n",
          16},
         WH_CSV_UTF8_BOM},
        {{"a,b\n1,\xCE\xE5\xBA\xC3\n", 11}, WH_CSV_GBK},
        {{"a,b\r\n1,\xCE\xE5\xBA\xC3\r\n", 13}, WH_CSV_GBK},
        {{"\"a\",\"b\"\n\"1\",\"五好\"\n", 21}, WH_CSV_UTF8},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct reading reading;
        read_csv(&reading, cases[i].text);
        assert_int_equal(reading.faults.count, 0);
        assert_int_equal(reading.csv.encoding, cases[i].encoding);
        assert_int_equal(reading.csv.count, 1);
        assert_cell(&reading.csv.header, 0, "a");
        assert_cell(&reading.csv.rows[0], 1, "五好");
        assert_int_equal(reading.csv.rows[0].line, 2);
        wh_arena_deinit(&reading.arena);
    }
}

/* What a person sees as the line in an editor, whatever stands above. */
static void every_row_knows_the_line_on_which_it_begins(void **state)
{
    struct reading reading;
    (void)state;
    read_csv(&reading, WH_S("a,b\n"                /* 1 */
                            "1,x\n"                /* 2 */
                            "\n"                   /* 3: blank */
                            "2,\"l1\nl2\n\nl4\"\n" /* 4 to 7 */
                            "3,y\n"                /* 8 */
                            ",\n"                  /* 9: without any text */
                            "\r\n"                 /* 10 */
                            "4,z"));               /* 11 */
    assert_int_equal(reading.faults.count, 0);
    assert_int_equal(reading.csv.count, 4);
    assert_int_equal(reading.csv.rows[0].line, 2);
    assert_int_equal(reading.csv.rows[1].line, 4);
    assert_cell(&reading.csv.rows[1], 1, "l1\nl2\n\nl4");
    assert_int_equal(reading.csv.rows[2].line, 8);
    assert_int_equal(reading.csv.rows[3].line, 11);
    wh_arena_deinit(&reading.arena);
}

static void a_header_may_stand_below_blank_lines(void **state)
{
    struct reading reading;
    (void)state;
    read_csv(&reading, WH_S("\n\na,b\n1,2\n"));
    assert_int_equal(reading.csv.header.line, 3);
    assert_int_equal(reading.csv.rows[0].line, 4);
    wh_arena_deinit(&reading.arena);
}

static void a_row_of_another_width_is_a_fault_with_its_line(void **state)
{
    struct reading reading;
    (void)state;
    read_csv(&reading, WH_S("a,b\n1\n1,2\n1,2,3\n"));
    assert_int_equal(reading.faults.count, 2);
    assert_int_equal(reading.faults.items[0].message, WH_MSG_CSV_FEWER);
    assert_int_equal(reading.faults.items[0].line, 2);
    assert_int_equal(reading.faults.items[1].message, WH_MSG_CSV_MORE);
    assert_int_equal(reading.faults.items[1].line, 4);
    assert_int_equal(reading.csv.count, 1);
    wh_arena_deinit(&reading.arena);
}

static void a_quote_that_does_not_end_is_a_fault(void **state)
{
    static const char *const texts[] = {"a,b\n1,2\n3,\"x\n5,6\n", "a,b\n1,2\n3,x\"y\"\n",
                                        "a,b\n1,2\n3,\"x\"y\n"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct reading reading;
        read_csv(&reading, wh_span_of(texts[i]));
        assert_int_equal(reading.faults.count, 1);
        assert_int_equal(reading.faults.items[0].message, WH_MSG_CSV_QUOTE);
        assert_int_equal(reading.faults.items[0].line, 3);
        wh_arena_deinit(&reading.arena);
    }
}

static void a_table_without_a_header_is_a_fault(void **state)
{
    static const char *const texts[] = {"", "\n\n", " , \n", "\xEF\xBB\xBF"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct reading reading;
        read_csv(&reading, wh_span_of(texts[i]));
        assert_int_equal(reading.faults.count, 1);
        assert_int_equal(reading.faults.items[0].message, WH_MSG_CSV_EMPTY);
        wh_arena_deinit(&reading.arena);
    }
}

static void a_table_that_is_too_long_is_refused_by_name(void **state)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct reading reading;
    (void)state;
    for (int i = 0; i < 500002; i++) wh_buffer_put(&buffer, WH_S("1\n"));
    read_csv(&reading, wh_buffer_span(&buffer));
    assert_int_equal(reading.faults.count, 1);
    assert_int_equal(reading.faults.items[0].message, WH_MSG_CSV_LONG);
    wh_arena_deinit(&reading.arena);
    wh_buffer_deinit(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_read_cell_by_cell),
        cmocka_unit_test(what_spreadsheets_write_reads_the_same),
        cmocka_unit_test(every_row_knows_the_line_on_which_it_begins),
        cmocka_unit_test(a_header_may_stand_below_blank_lines),
        cmocka_unit_test(a_row_of_another_width_is_a_fault_with_its_line),
        cmocka_unit_test(a_quote_that_does_not_end_is_a_fault),
        cmocka_unit_test(a_table_without_a_header_is_a_fault),
        cmocka_unit_test(a_table_that_is_too_long_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
