/* watchdog.h: a thread that looks every now and then at which callback runs. One that is over its
 * budget is named in the log at once, while it still hangs; one that has not returned after five
 * budgets ends the process, since no turn of the loop would ever come again.
 *
 * Thread: started and stopped by the loop; `look` and `give_up` run on its own. */
#ifndef WH_HOST_WATCHDOG_H
#define WH_HOST_WATCHDOG_H

#include <stdint.h>

struct wh_watchdog;
struct wh_log;

struct wh_watched {
    uint64_t entries;  /* grows with each callback */
    const char *name;  /* the plugin inside; NULL: none */
    uint32_t callback; /* enum wh_callback */
};

struct wh_watchdog *wh_watchdog_start(struct wh_watched (*look)(void *context),
                                      void (*give_up)(void *context), void *context,
                                      const struct wh_log *log);
/* Takes NULL. */
void wh_watchdog_stop(struct wh_watchdog *watchdog);

#endif
