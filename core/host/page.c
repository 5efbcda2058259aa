#include "host/page.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "host/watchdog.h"

#define MAGIC 0x3130676150687577ull /* the form of what follows */
#define DIGEST_KEPT 16
#define HOUR_MS 3600000
#define ALTERNATE_STACK_BYTES 65536

struct slot {
    char name[WH_PLUGIN_NAME_MAX + 1];
    int64_t deaths_ms[WH_DEATHS_MAX];
    int64_t used; /* grows with each start that has the plugin */
    uint8_t digest[DIGEST_KEPT];
    uint32_t is_quarantined;
    uint32_t last_callback;
    int32_t last_signal;
    uint32_t last_hung;
    char why[240];
};

/* What is on the file. `inside` is the slot and 1, 0: outside of any. */
struct shared {
    uint64_t magic;
    uint64_t used;
    _Atomic uint32_t inside;
    _Atomic uint32_t callback;
    _Atomic uint32_t index;
    _Atomic int32_t signal; /* that ended the process inside */
    _Atomic uint32_t hung;
    _Atomic uint32_t reserved;
    _Atomic uint64_t entries; /* how often a callback was entered */
    struct slot slots[WH_PAGE_SLOTS];
};

struct wh_page {
    struct shared *shared;
    bool is_mapped;
    void *alternate_stack;
    struct wh_watchdog *watchdog;
};

/* ---- Fatal signals ---- */

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};
#define FATAL_COUNT (sizeof(fatal_signals) / sizeof(fatal_signals[0]))

/* A handler of signals has no argument of its own: these are the one page of the process. */
static struct shared *caught_page;
static pid_t caught_thread;
static struct sigaction former[FATAL_COUNT];

/* Marks, puts what was there before in its place, and lets the signal come again: whoever prints a
 * stack or writes a core does so as ever. */
static void on_fatal(int number)
{
    for (size_t i = 0; i < FATAL_COUNT; i++) {
        if (fatal_signals[i] == number) (void)sigaction(number, &former[i], NULL);
    }
    if (caught_page && (pid_t)syscall(SYS_gettid) == caught_thread &&
        atomic_load(&caught_page->inside) != 0) {
        atomic_store(&caught_page->signal, number);
    }
    (void)raise(number); /* comes once this handler has returned */
}

/* A plugin that leaves the process takes the node with it: that is a death, not a clean end. */
static void on_exit_inside(void)
{
    if (caught_page && (pid_t)syscall(SYS_gettid) == caught_thread &&
        atomic_load(&caught_page->inside) != 0) {
        abort();
    }
}

static void catch_signals(struct wh_page *page)
{
    static bool is_registered; /* atexit() has no counterpart */
    stack_t stack = {.ss_size = ALTERNATE_STACK_BYTES};
    struct sigaction action;
    page->alternate_stack = wh_memory_new(1, ALTERNATE_STACK_BYTES);
    stack.ss_sp = page->alternate_stack;
    (void)sigaltstack(&stack, NULL); /* a stack that overflowed has no room for a handler */
    memset(&action, 0, sizeof(action));
    action.sa_handler = on_fatal;
    action.sa_flags = SA_ONSTACK | SA_NODEFER;
    caught_page = page->shared;
    caught_thread = (pid_t)syscall(SYS_gettid);
    for (size_t i = 0; i < FATAL_COUNT; i++) {
        (void)sigaction(fatal_signals[i], &action, &former[i]);
    }
    if (!is_registered) (void)atexit(on_exit_inside);
    is_registered = true;
}

static void leave_signals(struct wh_page *page)
{
    stack_t none = {.ss_flags = SS_DISABLE};
    for (size_t i = 0; i < FATAL_COUNT; i++) (void)sigaction(fatal_signals[i], &former[i], NULL);
    caught_page = NULL;
    (void)sigaltstack(&none, NULL);
    wh_memory_free(page->alternate_stack);
}

/* ---- Mapping ---- */

static struct shared *map(const char *run_dir)
{
    char path[4200];
    struct shared *shared;
    int fd;
    (void)snprintf(path, sizeof(path), "%s/%s", run_dir, WH_PAGE_FILE);
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return NULL;
    /* room on the disk now: a hole that can't be filled later would end the process */
    if (posix_fallocate(fd, 0, sizeof(*shared)) != 0) {
        (void)close(fd); /* nothing was written */
        return NULL;
    }
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd); /* the mapping holds it */
    return shared == MAP_FAILED ? NULL : shared;
}

static void tidy(struct shared *shared)
{
    if (shared->magic != MAGIC) {
        memset((void *)shared, 0, sizeof(*shared));
        shared->magic = MAGIC;
    }
    for (uint32_t i = 0; i < WH_PAGE_SLOTS; i++) {
        shared->slots[i].name[WH_PLUGIN_NAME_MAX] = '\0';
        shared->slots[i].why[sizeof(shared->slots[i].why) - 1] = '\0';
    }
    shared->used++;
}

static struct wh_page_death take_death(struct shared *shared)
{
    struct wh_page_death death = {.plugin = WH_SPAN_EMPTY};
    uint32_t inside = atomic_load(&shared->inside);
    int32_t signal_number = atomic_load(&shared->signal);
    if (inside != 0 && inside <= WH_PAGE_SLOTS && signal_number != 0) {
        death = (struct wh_page_death){
            .plugin = wh_span_of(shared->slots[inside - 1].name),
            .callback = atomic_load(&shared->callback),
            .index = atomic_load(&shared->index),
            .signal = signal_number,
            .hung = atomic_load(&shared->hung) != 0,
        };
    }
    atomic_store(&shared->inside, 0);
    atomic_store(&shared->signal, 0);
    atomic_store(&shared->hung, 0);
    return death;
}

/* What the watchdog asks of the page; it runs on a thread of its own. */
static struct wh_watched look(void *context)
{
    struct shared *shared = context;
    uint32_t inside = atomic_load(&shared->inside);
    struct wh_watched watched = {.entries = atomic_load(&shared->entries), .name = NULL};
    if (inside == 0 || inside > WH_PAGE_SLOTS) return watched;
    watched.name = shared->slots[inside - 1].name; /* written before the plugin was opened */
    watched.callback = atomic_load(&shared->callback);
    return watched;
}

static void give_up(void *context)
{
    struct shared *shared = context;
    atomic_store(&shared->hung, 1);
    atomic_store(&shared->signal, SIGABRT);
    abort();
}

struct wh_page *wh_page_open(const char *run_dir, const struct wh_log *log,
                             struct wh_page_death *ret_death)
{
    struct wh_page *page = wh_memory_new(1, sizeof(*page));
    page->shared = map(run_dir);
    page->is_mapped = page->shared != NULL;
    if (!page->is_mapped) {
        page->shared = wh_memory_new(1, sizeof(*page->shared));
        wh_log(log, WH_WARN, "plugins.page_missing",
               "why=run/%s can't be mapped, deaths are not counted across starts", WH_PAGE_FILE);
    }
    tidy(page->shared);
    *ret_death = take_death(page->shared);
    catch_signals(page);
    page->watchdog = wh_watchdog_start(look, give_up, page->shared, log);
    return page;
}

void wh_page_close(struct wh_page *page)
{
    if (!page) return;
    wh_watchdog_stop(page->watchdog);
    leave_signals(page);
    if (page->is_mapped) {
        (void)munmap(page->shared, sizeof(*page->shared)); /* the kernel keeps what was written */
    } else {
        wh_memory_free(page->shared);
    }
    wh_memory_free(page);
}

/* ---- Slots ---- */

uint32_t wh_page_slot(struct wh_page *page, struct wh_span plugin)
{
    struct shared *shared = page->shared;
    uint32_t oldest = 0;
    for (uint32_t i = 0; i < WH_PAGE_SLOTS; i++) {
        struct slot *slot = &shared->slots[i];
        if (wh_span_equal(wh_span_of(slot->name), plugin)) {
            slot->used = (int64_t)shared->used;
            return i;
        }
        if (slot->used < shared->slots[oldest].used) oldest = i;
    }
    shared->slots[oldest] = (struct slot){.used = (int64_t)shared->used};
    if (plugin.len > WH_PLUGIN_NAME_MAX) plugin.len = WH_PLUGIN_NAME_MAX;
    memcpy(shared->slots[oldest].name, plugin.data, plugin.len);
    return oldest;
}

static void set_inside(struct shared *shared, const struct wh_inside *to)
{
    atomic_store_explicit(&shared->callback, to->callback, memory_order_relaxed);
    atomic_store_explicit(&shared->index, to->index, memory_order_relaxed);
    atomic_store_explicit(&shared->entries,
                          atomic_load_explicit(&shared->entries, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    atomic_store_explicit(&shared->inside, to->inside, memory_order_release);
}

struct wh_inside wh_page_enter(struct wh_page *page, uint32_t slot, uint32_t callback,
                               uint32_t index)
{
    struct shared *shared = page->shared;
    struct wh_inside now = {slot == WH_PAGE_OUTSIDE ? 0 : slot + 1, callback, index};
    struct wh_inside before = {
        atomic_load_explicit(&shared->inside, memory_order_relaxed),
        atomic_load_explicit(&shared->callback, memory_order_relaxed),
        atomic_load_explicit(&shared->index, memory_order_relaxed),
    };
    set_inside(shared, &now);
    return before;
}

void wh_page_leave(struct wh_page *page, const struct wh_inside *before)
{
    set_inside(page->shared, before);
}

/* ---- Deaths and quarantine ---- */

uint32_t wh_page_deaths(const struct wh_page *page, uint32_t slot, int64_t now_ms)
{
    const struct slot *of = &page->shared->slots[slot];
    uint32_t count = 0;
    for (uint32_t i = 0; i < WH_DEATHS_MAX; i++) {
        int64_t ago_ms = now_ms - of->deaths_ms[i];
        /* one that lies ahead was counted before the clock went back */
        if (of->deaths_ms[i] != 0 && ago_ms < HOUR_MS) count++;
    }
    return count;
}

struct wh_page_death wh_page_last_death(const struct wh_page *page, uint32_t slot)
{
    const struct slot *of = &page->shared->slots[slot];
    return (struct wh_page_death){.plugin = wh_span_of(of->name),
                                  .callback = of->last_callback,
                                  .signal = of->last_signal,
                                  .hung = of->last_hung != 0};
}

uint32_t wh_page_count_death(struct wh_page *page, const struct wh_page_death *death,
                             int64_t now_ms)
{
    uint32_t slot = wh_page_slot(page, death->plugin), oldest = 0;
    struct slot *of = &page->shared->slots[slot];
    of->last_callback = death->callback;
    of->last_signal = death->signal;
    of->last_hung = death->hung;
    for (uint32_t i = 1; i < WH_DEATHS_MAX; i++) {
        if (of->deaths_ms[i] < of->deaths_ms[oldest]) oldest = i;
    }
    of->deaths_ms[oldest] = now_ms;
    return wh_page_deaths(page, slot, now_ms);
}

void wh_page_quarantine(struct wh_page *page, uint32_t slot, const uint8_t *digest,
                        size_t digest_len, const char *why)
{
    struct slot *of = &page->shared->slots[slot];
    of->is_quarantined = 1;
    memcpy(of->digest, digest, digest_len < DIGEST_KEPT ? digest_len : DIGEST_KEPT);
    (void)snprintf(of->why, sizeof(of->why), "%s", why);
}

const char *wh_page_quarantined(const struct wh_page *page, uint32_t slot, const uint8_t *digest,
                                size_t digest_len)
{
    const struct slot *of = &page->shared->slots[slot];
    size_t len = digest_len < DIGEST_KEPT ? digest_len : DIGEST_KEPT;
    if (!of->is_quarantined || memcmp(of->digest, digest, len) != 0) return NULL;
    return of->why;
}

void wh_page_clear(struct wh_page *page, uint32_t slot)
{
    struct slot *of = &page->shared->slots[slot];
    memset(of->deaths_ms, 0, sizeof(of->deaths_ms));
    of->is_quarantined = 0;
}
