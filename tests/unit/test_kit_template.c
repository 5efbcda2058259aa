#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "home/file.h"
#include "kit/template.h"

#define FILES_MAX 32 /* of one template */

/* Templates of so many files in a folder of their own. */
struct bench {
    struct wh_arena arena;
    char dir[64];
    struct wh_template wanted;
    uint32_t told;
};

static void put_file(struct bench *bench, const char *folder, const char *name)
{
    struct wh_error err;
    const char *path = wh_path_join(&bench->arena, folder, name);
    assert_int_equal(wh_file_write(path, WH_S("@NAME@ @KIND@ @EXT@\n"), 0644, &err), 0);
}

static void set_up(struct bench *bench, uint32_t both_count)
{
    struct wh_error err;
    const char *both, *lang;
    *bench = (struct bench){.dir = "/tmp/wuhao-template-XXXXXX"};
    assert_non_null(mkdtemp(bench->dir));
    both = wh_path_join(&bench->arena, bench->dir, "both");
    lang = wh_path_join(&bench->arena, bench->dir, "cpp");
    assert_int_equal(wh_dir_make(both, 0755, &err), 0);
    assert_int_equal(wh_dir_make(lang, 0755, &err), 0);
    for (uint32_t i = 0; i < both_count; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "f%02u", i);
        put_file(bench, both, name);
    }
    put_file(bench, lang, "plugin.cpp");
    bench->wanted = (struct wh_template){.templates = bench->dir,
                                         .dir = bench->dir,
                                         .name = WH_S("home-visits"),
                                         .language = WH_TEMPLATE_CPP};
}

static void remove_file(struct bench *bench, const char *folder, const char *name)
{
    (void)unlink(wh_path_join(&bench->arena, folder, name));
}

static void tear_down(struct bench *bench)
{
    const char *const folders[] = {"both", "cpp", "home-visits"};
    for (size_t i = 0; i < 3; i++) {
        const char *folder = wh_path_join(&bench->arena, bench->dir, folders[i]);
        for (uint32_t k = 0; k <= FILES_MAX; k++) {
            char name[16];
            (void)snprintf(name, sizeof(name), "f%02u", k);
            remove_file(bench, folder, name);
        }
        remove_file(bench, folder, "plugin.cpp");
        remove_file(bench, folder, "home-visits.cpp");
        (void)rmdir(folder);
    }
    assert_int_equal(rmdir(bench->dir), 0); /* nothing else is there */
    wh_arena_deinit(&bench->arena);
}

static void count_file(void *context, struct wh_span path)
{
    struct bench *bench = context;
    (void)path;
    bench->told++;
}

static void a_template_of_all_the_files_that_may_be_is_written(void **state)
{
    struct bench bench;
    struct wh_error err;
    struct wh_span text;
    const char *path;
    (void)state;
    set_up(&bench, FILES_MAX - 1);
    assert_int_equal(wh_template_write(&bench.wanted, count_file, &bench, &err), 0);
    assert_int_equal(bench.told, FILES_MAX);
    path = wh_path_join(&bench.arena, bench.dir, "home-visits/home-visits.cpp");
    assert_int_equal(wh_file_read(path, &bench.arena, &text, &err), 0);
    assert_true(wh_span_equal(text, WH_S("home-visits home_visit cpp\n")));
    tear_down(&bench);
}

static void one_file_more_is_refused_and_nothing_written(void **state)
{
    struct bench bench;
    struct wh_error err;
    (void)state;
    set_up(&bench, FILES_MAX);
    assert_int_equal(wh_template_write(&bench.wanted, count_file, &bench, &err), WH_E_TOO_BIG);
    assert_int_equal(bench.told, 0);
    assert_int_equal(access(wh_path_join(&bench.arena, bench.dir, "home-visits"), F_OK), -1);
    tear_down(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_template_of_all_the_files_that_may_be_is_written),
        cmocka_unit_test(one_file_more_is_refused_and_nothing_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
