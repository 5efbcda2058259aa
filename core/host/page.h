/* page.h: one page of a file, mapped: which callback of which plugin runs in this process, and what
 * is known of each plugin's deaths. It outlives the process, so that the next start can count a
 * death that the callback caused. Kill -9 and a power cut leave no mark: they are no plugin's
 * fault.
 *
 * Thread: loop; the watchdog reads who is inside; the handler of fatal signals writes its mark. */
#ifndef WH_HOST_PAGE_H
#define WH_HOST_PAGE_H

#include "base/span.h"

#define WH_PAGE_SLOTS 64
#define WH_DEATHS_MAX 3 /* within an hour; then the plugin is quarantined */
#define WH_PAGE_FILE "plugins.page"

struct wh_page;
struct wh_log;

/* What the last start of the node found on the page. */
struct wh_page_death {
    struct wh_span plugin; /* data NULL: none died */
    uint32_t callback;     /* enum wh_callback */
    uint32_t index;
    int32_t signal;
    bool hung; /* the watchdog ended it */
};

/* Maps RUN_DIR/plugins.page, made where it is missing or of another form, and begins to catch fatal
 * signals. Where it can't be mapped the page lives in memory: nothing is then counted across
 * starts. Starts the watchdog, which logs to `log`. One page a process at a time. */
struct wh_page *wh_page_open(const char *run_dir, const struct wh_log *log,
                             struct wh_page_death *ret_death);
void wh_page_close(struct wh_page *page);

/* The slot of a plugin, taken where it has none yet; the oldest unused one makes room. */
uint32_t wh_page_slot(struct wh_page *page, struct wh_span plugin);

#define WH_PAGE_OUTSIDE UINT32_MAX /* of any plugin's code, or in that of an isolated one */

/* Who was inside before. */
struct wh_inside {
    uint32_t inside;
    uint32_t callback;
    uint32_t index;
};

/* Around a callback: a few stores. */
struct wh_inside wh_page_enter(struct wh_page *page, uint32_t slot, uint32_t callback,
                               uint32_t index);
void wh_page_leave(struct wh_page *page, const struct wh_inside *before);

/* Counts a death at `now_ms` (since 1970); returns how many there were within the hour. */
uint32_t wh_page_count_death(struct wh_page *page, const struct wh_page_death *death,
                             int64_t now_ms);
/* The last one that was counted, of this plugin. */
struct wh_page_death wh_page_last_death(const struct wh_page *page, uint32_t slot);
uint32_t wh_page_deaths(const struct wh_page *page, uint32_t slot, int64_t now_ms);

/* A quarantine holds until it is lifted, or the code is another. */
void wh_page_quarantine(struct wh_page *page, uint32_t slot, const uint8_t *digest,
                        size_t digest_len, const char *why);
/* Why, lent; NULL: it is not quarantined for this code. */
const char *wh_page_quarantined(const struct wh_page *page, uint32_t slot, const uint8_t *digest,
                                size_t digest_len);
/* No deaths, no quarantine. */
void wh_page_clear(struct wh_page *page, uint32_t slot);

#endif
