#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "host/page.h"
#include "isolation/exchange.h"

#define HOUR_MS 3600000

static const struct wh_log silent = {.least = 0};
static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof(dir), "/tmp/wuhao-page-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    char path[120];
    (void)state;
    (void)snprintf(path, sizeof(path), "%s/%s", dir, WH_PAGE_FILE);
    (void)unlink(path);
    return rmdir(dir);
}

static struct wh_page *opened(struct wh_page_death *death)
{
    return wh_page_open(dir, &silent, death);
}

/* A process that enters the plugin and then ends in this way. */
static void die_inside(int signal_number)
{
    struct wh_page_death death;
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct wh_page *page;
        (void)signal(signal_number, SIG_DFL); /* not the test runner's */
        page = opened(&death);
        (void)wh_page_enter(page, wh_page_slot(page, WH_S("visits")), WH_CALLBACK_JOB, 2);
        (void)kill(getpid(), signal_number);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), signal_number);
}

static void a_crash_within_a_callback_is_found_once(void **state)
{
    struct wh_page_death death;
    struct wh_page *page;
    (void)state;
    die_inside(SIGSEGV);
    page = opened(&death);
    assert_true(wh_span_equal(death.plugin, WH_S("visits")));
    assert_int_equal(death.callback, WH_CALLBACK_JOB);
    assert_int_equal(death.index, 2);
    assert_int_equal(death.signal, SIGSEGV);
    wh_page_close(page);
    page = opened(&death);
    assert_null(death.plugin.data);
    wh_page_close(page);
}

static void a_kill_is_no_fault_of_the_plugin(void **state)
{
    struct wh_page_death death;
    struct wh_page *page;
    (void)state;
    die_inside(SIGKILL);
    page = opened(&death);
    assert_null(death.plugin.data);
    wh_page_close(page);
}

static void deaths_count_for_an_hour(void **state)
{
    struct wh_page_death death = {.plugin = WH_S("visits"), .signal = SIGSEGV};
    struct wh_page_death found;
    struct wh_page *page = opened(&found);
    uint32_t slot = wh_page_slot(page, WH_S("visits"));
    (void)state;
    assert_int_equal(wh_page_count_death(page, &death, 1000), 1);
    assert_int_equal(wh_page_count_death(page, &death, 2000), 2);
    assert_int_equal(wh_page_deaths(page, slot, HOUR_MS + 1500), 1);
    assert_int_equal(wh_page_count_death(page, &death, HOUR_MS + 1600), 2);
    assert_int_equal(wh_page_deaths(page, slot, 3 * HOUR_MS), 0);
    wh_page_clear(page, slot);
    assert_int_equal(wh_page_deaths(page, slot, HOUR_MS + 1600), 0);
    wh_page_close(page);
}

static void a_quarantine_holds_for_the_same_code(void **state)
{
    const uint8_t code[16] = {1, 2, 3}, other[16] = {9};
    struct wh_page_death found;
    struct wh_page *page = opened(&found);
    uint32_t slot = wh_page_slot(page, WH_S("visits"));
    (void)state;
    wh_page_quarantine(page, slot, code, sizeof(code), "it hung");
    wh_page_close(page);
    page = opened(&found);
    slot = wh_page_slot(page, WH_S("visits"));
    assert_string_equal(wh_page_quarantined(page, slot, code, sizeof(code)), "it hung");
    assert_null(wh_page_quarantined(page, slot, other, sizeof(other)));
    wh_page_clear(page, slot);
    assert_null(wh_page_quarantined(page, slot, code, sizeof(code)));
    wh_page_close(page);
}

/* More plugins than slots: the ones used last stay. */
static void old_slots_make_room(void **state)
{
    struct wh_page_death found;
    (void)state;
    for (int i = 0; i < 3 * WH_PAGE_SLOTS; i++) {
        struct wh_page *page = opened(&found);
        char name[20];
        uint32_t slot;
        (void)snprintf(name, sizeof(name), "plugin%d", i);
        slot = wh_page_slot(page, wh_span_of(name));
        assert_true(slot < WH_PAGE_SLOTS);
        assert_int_equal(wh_page_slot(page, wh_span_of(name)), slot);
        wh_page_close(page);
    }
}

static void a_page_of_another_form_is_made_anew(void **state)
{
    struct wh_page_death found;
    struct wh_page *page;
    char path[120];
    FILE *file;
    (void)state;
    (void)snprintf(path, sizeof(path), "%s/%s", dir, WH_PAGE_FILE);
    file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 5000; i++) (void)fputc(0xff, file);
    assert_int_equal(fclose(file), 0);
    page = opened(&found);
    assert_null(found.plugin.data);
    assert_int_equal(wh_page_deaths(page, wh_page_slot(page, WH_S("visits")), 1000), 0);
    wh_page_close(page);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_dir, remove_dir)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_crash_within_a_callback_is_found_once),
        TEST(a_kill_is_no_fault_of_the_plugin),
        TEST(deaths_count_for_an_hour),
        TEST(a_quarantine_holds_for_the_same_code),
        TEST(old_slots_make_room),
        TEST(a_page_of_another_form_is_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
