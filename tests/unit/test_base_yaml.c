#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/yaml.h"

struct reading {
    struct wh_arena arena;
    struct wh_faults faults;
    const struct wh_yaml *root;
};

static struct reading *read_yaml(const char *text)
{
    static struct reading reading;
    wh_arena_deinit(&reading.arena);
    wh_faults_init(&reading.faults, &reading.arena);
    wh_yaml_read(wh_span_of(text), &reading.arena, &reading.faults, &reading.root);
    return &reading;
}

static int drop(void **state)
{
    (void)state;
    wh_arena_deinit(&read_yaml("x: 1")->arena);
    return 0;
}

static void every_node_knows_its_line(void **state)
{
    const struct wh_yaml *list =
        wh_yaml_get(read_yaml("# c\na: 1\nb:\n  - x\n  - 'y'\n")->root, "b");
    (void)state;
    assert_int_equal(list->type, WH_YAML_LIST);
    assert_int_equal(list->count, 2);
    assert_int_equal(list->items[1]->line, 5);
    assert_true(list->items[1]->quoted);
    assert_false(list->items[0]->quoted);
}

static void a_key_given_twice_is_named_with_both_lines(void **state)
{
    struct reading *reading = read_yaml("a: 1\nb: 2\na: 3\na: 4\n");
    struct wh_span text;
    (void)state;
    assert_int_equal(reading->faults.count, 2);
    assert_int_equal(reading->faults.items[0].line, 3);
    assert_int_equal(reading->faults.items[1].line, 4);
    text = wh_fault_text(&reading->faults.items[1], WH_EN, &reading->arena);
    assert_true(wh_span_equal(text, WH_S("`a` is given twice, first on line 1")));
}

static void the_same_key_in_two_maps_is_no_repeat(void **state)
{
    (void)state;
    assert_int_equal(read_yaml("- {a: 1, b: 1}\n- {a: 2, b: 2}\n")->faults.count, 0);
}

/* Found as a hang: comparing every key with every other took 4.8 s for this one. */
static void a_map_of_60000_keys_is_read_in_a_moment(void **state)
{
    struct wh_buffer buffer = {0};
    clock_t start = clock();
    (void)state;
    for (int i = 0; i < 60000; i++) wh_buffer_print(&buffer, "key%d: %d\n", i, i);
    wh_buffer_put_byte(&buffer, 0);
    assert_int_equal(read_yaml(wh_buffer_span(&buffer).data)->faults.count, 0);
    wh_buffer_deinit(&buffer);
    assert_true((clock() - start) / CLOCKS_PER_SEC < 3); /* 0.1 s, much more under sanitizers */
}

static void a_tab_is_named_as_such(void **state)
{
    struct reading *reading = read_yaml("a:\n\tb: 1\n");
    (void)state;
    assert_null(reading->root);
    assert_int_equal(reading->faults.items[0].message, WH_MSG_YAML_TAB);
    assert_int_equal(reading->faults.items[0].line, 2);
}

static void broken_and_empty_documents_are_faults(void **state)
{
    static const char *const texts[] = {"", "a: [1, 2", "a: 'x", "\"\\xff", "a: \xff\xfe", "a: *b"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct reading *reading = read_yaml(texts[i]);
        assert_null(reading->root);
        assert_int_equal(reading->faults.count, 1);
    }
}

static void an_unknown_key_gets_the_nearest_word(void **state)
{
    static const char *const keys[] = {"scale", "points", NULL};
    struct reading *reading = read_yaml("scale: 1\npoint: 2\nzzzzzzzz: 3\n");
    (void)state;
    wh_yaml_check_keys(reading->root, keys, &reading->faults);
    assert_int_equal(reading->faults.count, 2);
    assert_int_equal(reading->faults.items[0].message, WH_MSG_YAML_KEY_NEAR);
    assert_int_equal(reading->faults.items[1].message, WH_MSG_YAML_KEY);
}

static void a_wrong_value_is_a_fault_and_leaves_the_result_alone(void **state)
{
    struct reading *reading = read_yaml("n: 1.5\nt: [1]\nb: maybe\nh: 4.567\nr: 11\n");
    struct wh_faults *faults = &reading->faults;
    const struct wh_yaml *root = reading->root;
    int64_t number = 7;
    bool yes = true;
    struct wh_span text = WH_S("old");
    (void)state;
    assert_false(wh_yaml_number(wh_yaml_get(root, "n"), "n", 1, 0, 9, faults, &number));
    assert_false(wh_yaml_text(wh_yaml_get(root, "t"), "t", 1, faults, &text));
    assert_false(wh_yaml_yesno(wh_yaml_get(root, "b"), "b", 1, faults, &yes));
    assert_false(wh_yaml_hundredths(wh_yaml_get(root, "h"), "h", 1, 0, 900, faults, &number));
    assert_false(wh_yaml_number(wh_yaml_get(root, "r"), "r", 1, 0, 9, faults, &number));
    assert_false(wh_yaml_number(wh_yaml_get(root, "missing"), "missing", 9, 0, 9, faults, &number));
    assert_int_equal(faults->count, 6);
    assert_int_equal(faults->items[5].line, 9);
    assert_true(number == 7 && yes && wh_span_equal(text, WH_S("old")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_node_knows_its_line),
        cmocka_unit_test(a_key_given_twice_is_named_with_both_lines),
        cmocka_unit_test(the_same_key_in_two_maps_is_no_repeat),
        cmocka_unit_test(a_map_of_60000_keys_is_read_in_a_moment),
        cmocka_unit_test(a_tab_is_named_as_such),
        cmocka_unit_test(broken_and_empty_documents_are_faults),
        cmocka_unit_test(an_unknown_key_gets_the_nearest_word),
        cmocka_unit_test(a_wrong_value_is_a_fault_and_leaves_the_result_alone),
    };
    return cmocka_run_group_tests(tests, NULL, drop);
}
