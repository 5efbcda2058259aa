/* proxy.h: the node's side of an isolated plugin: a process of its own, and a `struct wh_plugin`
 * whose callbacks are carried out there. To the host it looks like any other plugin; what the
 * process asks goes to the host table that `open` was given.
 *
 * Every callback ends by its budget: a process that has not returned then is killed. One that is
 * gone starts again at the next callback, after a rest that doubles while it dies again and again.
 *
 * Thread: loop. */
#ifndef WH_ISOLATION_PROXY_H
#define WH_ISOLATION_PROXY_H

#include "base/error.h"

struct wh_proxy;

struct wh_proxy_config {
    const char *program; /* that runs the plugin */
    const char *file;    /* the plugin */
    const char *name;
    uint32_t memory_mb;
};

/* Starts the process and reads what the plugin declares. On failure *ret is NULL and `failure` says
 * why. Free with wh_proxy_free(), which ends the process. */
int wh_proxy_new(const struct wh_proxy_config *config, struct wh_proxy **ret,
                 struct wh_failure *failure);
void wh_proxy_free(struct wh_proxy *proxy);

/* The declaration, as if it had been loaded here; callbacks are those of the proxy. */
const struct wh_plugin *wh_proxy_plugin(const struct wh_proxy *proxy);

/* The `self` of the callbacks before `open` gives it. */
void *wh_proxy_self(struct wh_proxy *proxy);

/* Its process; 0 while none runs. */
int64_t wh_proxy_pid(const struct wh_proxy *proxy);
/* How long it rests before it may start again; 0: it runs, or may start. */
int64_t wh_proxy_rest_ms(const struct wh_proxy *proxy);
/* What the process may not do, in words. */
const char *wh_proxy_sandbox(const struct wh_proxy *proxy);

/* Collects a process that ended while nobody called it. */
void wh_proxy_reap(struct wh_proxy *proxy);

/* How the last process ended: "its process ended by signal 9 (Killed)"; empty: none did. */
const char *wh_proxy_end(const struct wh_proxy *proxy);

/* True, once, where the last callback ended the process or did not return: its death counts. */
bool wh_proxy_take_death(struct wh_proxy *proxy);

#endif
