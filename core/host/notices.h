/* notices.h: what plugins, and the host itself, have to tell until it is settled. Thread: loop. */
#ifndef WH_HOST_NOTICES_H
#define WH_HOST_NOTICES_H

#include "host/plugins.h"

/* One that is not settled. `plugin` is "wuhao" for one of the host's own. */
struct wh_notice_view {
    struct wh_span plugin;
    struct wh_notice notice;
    int64_t posted_ms;
};

/* "info", "warn", "urgent"; "?" for one of a later release. */
const char *wh_notice_severity_word(uint32_t severity);

typedef int (*wh_notice_visit)(void *context, const struct wh_notice_view *notice);

/* Visits all notices, by plugin and key. */
int wh_plugins_notices(struct wh_plugins *plugins, wh_notice_visit visit, void *context,
                       struct wh_error *err);

#endif
