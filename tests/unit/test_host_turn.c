/* What a turn writes for plugins, where its batch is given up: it is written again. The store is a
 * count of what was put; a real plugin runs in the process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/jobs.h"
#include "host/page.h"
#include "host/plugins.h"

static const struct wh_log silent = {.least = 0};

struct bench {
    struct wh_plugins *plugins;
    char run_dir[64];
    uint32_t puts;
    uint32_t measured;
    uint32_t slices;  /* of the job that are on "disk" */
    uint32_t pending; /* and in the open batch */
    int64_t ahead_ms; /* of the clock */
};

static int64_t now_ms(void *context)
{
    return 1774000000000 + ((const struct bench *)context)->ahead_ms;
}

static int32_t zone_minutes(void *context)
{
    (void)context;
    return 480;
}

static const struct wh_kind *no_kind(void *context, struct wh_span name)
{
    (void)context;
    (void)name;
    return NULL;
}

/* "slice2" and the like are there once that many were put; nothing else ever is. */
static int get(void *context, struct wh_span key, struct wh_arena *arena, struct wh_span *ret,
               struct wh_error *err)
{
    const struct bench *bench = context;
    struct wh_span last = key.len > 6 ? wh_span_from(key, key.len - 6) : WH_SPAN_EMPTY;
    (void)arena;
    (void)err;
    *ret = WH_SPAN_EMPTY;
    if (wh_span_starts(last, WH_S("slice")) &&
        (uint32_t)(last.data[5] - '0') <= bench->slices + bench->pending) {
        *ret = WH_S("done");
    }
    return 0;
}

static void put(void *context, struct wh_span key, struct wh_span value)
{
    struct bench *bench = context;
    (void)value;
    bench->puts++;
    bench->pending += key.len > 6 && wh_span_starts(wh_span_from(key, key.len - 6), WH_S("slice"));
}

static void remove_nothing(void *context, struct wh_span key)
{
    (void)context;
    (void)key;
}

static int scan(void *context, struct wh_span prefix, wh_key_visit visit, void *visit_context,
                struct wh_error *err)
{
    (void)context;
    (void)prefix;
    (void)visit;
    (void)visit_context;
    (void)err;
    return 0;
}

static int measure_again(void *context, struct wh_span kind, struct wh_error *err)
{
    (void)kind;
    (void)err;
    ((struct bench *)context)->measured++;
    return 0;
}

static int open_bench(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench)); /* foreign: the runner's own */
    struct wh_host_services services = {.context = bench,
                                        .now_ms = now_ms,
                                        .zone_minutes = zone_minutes,
                                        .kind = no_kind,
                                        .get = get,
                                        .put = put,
                                        .remove = remove_nothing,
                                        .scan = scan,
                                        .measure_again = measure_again};
    const struct wh_plugin_config enable = {.name = WH_S("scribe"), .isolate = WH_ISOLATE_NO};
    const struct wh_span path = wh_span_of(WH_PLUGIN_DIR);
    struct wh_plugins_config config = {
        .paths = &path, .paths_count = 1, .enable = &enable, .enable_count = 1, .log = &silent};
    (void)snprintf(bench->run_dir, sizeof(bench->run_dir), "/tmp/wuhao-turn-XXXXXX");
    if (!mkdtemp(bench->run_dir)) return -1;
    config.run_dir = wh_span_of(bench->run_dir);
    bench->plugins = wh_plugins_new(services);
    wh_plugins_apply(bench->plugins, &config);
    *state = bench;
    return 0;
}

static int close_bench(void **state)
{
    struct bench *bench = *state;
    char page[120];
    wh_plugins_free(bench->plugins);
    (void)snprintf(page, sizeof(page), "%s/%s", bench->run_dir, WH_PAGE_FILE);
    (void)unlink(page);
    (void)rmdir(bench->run_dir);
    free(bench); /* foreign: the runner's own */
    return 0;
}

static void turn(struct bench *bench)
{
    struct wh_error err = {.code = 0};
    bench->puts = bench->measured = 0;
    assert_int_equal(wh_plugins_turn(bench->plugins, &err), 0);
}

static void end(struct bench *bench, int rc)
{
    if (rc == 0) bench->slices += bench->pending;
    bench->pending = 0;
    wh_plugins_committed(bench->plugins, rc);
}

static void what_the_host_writes_is_written_until_it_is_on_disk(void **state)
{
    struct bench *bench = *state;
    struct wh_plugin_view plugin;
    uint32_t first;
    assert_true(wh_plugin_at(bench->plugins, 0, &plugin));
    if (plugin.state != WH_PLUGIN_ON) fail_msg("%.*s", (int)plugin.reason.len, plugin.reason.data);
    turn(bench);
    first = bench->puts;
    assert_true(first >= 2); /* the code that measures, and when its jobs were seen first */
    assert_int_equal(bench->measured, 1);
    end(bench, WH_E_NO_SPACE);
    turn(bench);
    assert_int_equal(bench->puts, first);
    assert_int_equal(bench->measured, 1);
    end(bench, 0);
    turn(bench);
    assert_int_equal(bench->puts, 0);
    assert_int_equal(bench->measured, 0);
    end(bench, 0);
}

static void run_job(struct bench *bench, int rc)
{
    struct wh_error err = {.code = 0};
    turn(bench);
    assert_int_equal(wh_plugins_run_job(bench->plugins, &err), 0);
    end(bench, rc);
}

static uint64_t runs(struct bench *bench)
{
    struct wh_error err = {.code = 0};
    uint64_t count = 0;
    int rc = 0;
    assert_true(
        wh_plugins_job_ended(bench->plugins, WH_S("scribe"), WH_S("count"), &count, &rc, &err));
    return count;
}

static void a_job_whose_last_slice_is_not_on_disk_runs_again(void **state)
{
    struct bench *bench = *state;
    struct wh_error err = {.code = 0};
    assert_int_equal(wh_plugins_ask_job(bench->plugins, WH_S("scribe"), WH_S("count"), &err), 0);
    run_job(bench, 0);
    run_job(bench, 0);
    assert_int_equal(bench->slices, 2);
    run_job(bench, WH_E_NO_SPACE); /* the third is its last */
    assert_int_equal(bench->slices, 2);
    assert_int_equal(runs(bench), 0);
    run_job(bench, 0);
    assert_int_equal(bench->slices, 3);
    assert_int_equal(runs(bench), 1);
}

#define DAY_MS 86400000ll

static void a_clock_that_goes_back_puts_no_job_off(void **state)
{
    struct bench *bench = *state;
    struct wh_error err = {.code = 0};
    turn(bench);
    bench->ahead_ms = 30 * DAY_MS;
    for (int i = 0; i < 3; i++) run_job(bench, 0); /* its slices */
    assert_int_equal(runs(bench), 1);
    assert_true(wh_plugins_due_ms(bench->plugins) > now_ms(bench));
    bench->ahead_ms = 0;
    turn(bench);
    assert_true(wh_plugins_due_ms(bench->plugins) <= now_ms(bench) + DAY_MS);
    assert_true(wh_plugins_due_ms(bench->plugins) > now_ms(bench));
    assert_int_equal(wh_plugins_ask_job(bench->plugins, WH_S("scribe"), WH_S("count"), &err), 0);
    assert_true(wh_plugins_due_ms(bench->plugins) <= now_ms(bench));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_the_host_writes_is_written_until_it_is_on_disk,
                                        open_bench, close_bench),
        cmocka_unit_test_setup_teardown(a_job_whose_last_slice_is_not_on_disk_runs_again,
                                        open_bench, close_bench),
        cmocka_unit_test_setup_teardown(a_clock_that_goes_back_puts_no_job_off, open_bench,
                                        close_bench),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
