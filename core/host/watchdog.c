#include "host/watchdog.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "base/log.h"
#include "base/memory.h"
#include "host/callbacks.h"

#define LOOK_MS 500
#define BUDGETS_MAX 5

struct wh_watchdog {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stopping;
    bool stop;
    struct wh_watched (*look)(void *context);
    void (*give_up)(void *context);
    void *context;
    const struct wh_log *log;
};

/* Waits until the next look; true where it shall stop. */
static bool pause_until_next(struct wh_watchdog *watchdog)
{
    struct timespec until;
    bool stop;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    (void)pthread_mutex_lock(&watchdog->lock);
    while (!watchdog->stop &&
           pthread_cond_timedwait(&watchdog->stopping, &watchdog->lock, &until) == 0) {
    }
    stop = watchdog->stop;
    (void)pthread_mutex_unlock(&watchdog->lock);
    return stop;
}

/* How long the callback that is inside has been so, counted in looks. */
static void *watch(void *context)
{
    struct wh_watchdog *watchdog = context;
    uint64_t entries = 0;
    int64_t inside_ms = 0;
    while (!pause_until_next(watchdog)) {
        struct wh_watched now = watchdog->look(watchdog->context);
        bool is_same = now.name && now.entries == entries;
        int64_t before_ms = inside_ms;
        inside_ms = is_same ? inside_ms + LOOK_MS : 0;
        entries = now.entries;
        if (before_ms < WH_CALL_BUDGET_MS && inside_ms >= WH_CALL_BUDGET_MS) {
            wh_log(watchdog->log, WH_ERROR, "plugin.hangs",
                   "name=%s callback=%s budget_ms=%d (nothing else is served meanwhile)", now.name,
                   wh_callback_word(now.callback), WH_CALL_BUDGET_MS);
        }
        if (inside_ms < (int64_t)BUDGETS_MAX * WH_CALL_BUDGET_MS) continue;
        wh_log(watchdog->log, WH_ERROR, "plugin.hung",
               "name=%s callback=%s (the node ends; the third time within an hour the plugin is "
               "quarantined)",
               now.name, wh_callback_word(now.callback));
        watchdog->give_up(watchdog->context);
    }
    return NULL;
}

struct wh_watchdog *wh_watchdog_start(struct wh_watched (*look)(void *context),
                                      void (*give_up)(void *context), void *context,
                                      const struct wh_log *log)
{
    struct wh_watchdog *watchdog = wh_memory_new(1, sizeof(*watchdog));
    pthread_condattr_t attributes;
    sigset_t all, before;
    int rc;
    watchdog->look = look;
    watchdog->give_up = give_up;
    watchdog->context = context;
    watchdog->log = log;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&watchdog->lock, NULL);
    (void)pthread_cond_init(&watchdog->stopping, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    (void)sigfillset(&all); /* signals are the loop's */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&watchdog->thread, NULL, watch, watchdog);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc == 0) return watchdog;
    wh_log(log, WH_WARN, "plugins.unwatched", "why=no thread for the watchdog");
    wh_memory_free(watchdog);
    return NULL;
}

void wh_watchdog_stop(struct wh_watchdog *watchdog)
{
    if (!watchdog) return;
    (void)pthread_mutex_lock(&watchdog->lock);
    watchdog->stop = true;
    (void)pthread_cond_signal(&watchdog->stopping);
    (void)pthread_mutex_unlock(&watchdog->lock);
    (void)pthread_join(watchdog->thread, NULL);
    (void)pthread_cond_destroy(&watchdog->stopping);
    (void)pthread_mutex_destroy(&watchdog->lock);
    wh_memory_free(watchdog);
}
