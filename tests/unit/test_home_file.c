#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "home/file.h"

static void a_path_in_no_folder_is_the_name(void **state)
{
    struct wh_arena arena = {NULL, 0};
    (void)state;
    assert_string_equal(wh_path_join(&arena, "/a/b", "c"), "/a/b/c");
    assert_string_equal(wh_path_join(&arena, "", "c/d"), "c/d");
    wh_arena_deinit(&arena);
}

static void the_program_s_folder_is_whole(void **state)
{
    struct wh_arena arena = {NULL, 0};
    const char *dir = wh_program_dir(&arena);
    struct wh_span text;
    struct wh_error err;
    (void)state;
    assert_non_null(dir);
    assert_int_equal(dir[0], '/');
    /* the test itself lies there: it is read, or too big to be */
    assert_int_not_equal(
        wh_file_read(wh_path_join(&arena, dir, "test_home_file"), &arena, &text, &err),
        WH_E_NOT_FOUND);
    wh_arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_in_no_folder_is_the_name),
        cmocka_unit_test(the_program_s_folder_is_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
