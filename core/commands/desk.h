/* desk.h: where commands are taken and run: requests come in, wait for their turn, run as part of
 * the engine's turn, and are answered only when what they wrote is on disk.
 *
 * One command that writes runs in a turn; an exclusive one (an import) keeps the others that write
 * waiting until it is done.
 *
 * Thread: loop. */
#ifndef WH_COMMANDS_DESK_H
#define WH_COMMANDS_DESK_H

#include "base/log.h"
#include "base/map.h"
#include "door/call.h"
#include "engine/engine.h"
#include "home/home.h"
#include "host/calls.h"
#include "host/jobs.h"
#include "host/notices.h"
#include "host/plugins.h"

struct wh_queued;
struct wh_rocks;

struct wh_desk {
    struct wh_engine *engine;   /* NULL where only local commands run */
    struct wh_plugins *plugins; /* NULL: none */
    struct wh_home *home;       /* NULL where only local commands run */
    const char *home_dir;       /* the -C of the command line */
    struct wh_rocks *rocks;     /* for backups alone; NULL where only local commands run */
    struct wh_now now;          /* given where there is no engine, else the engine's */
    const struct wh_log *log;
    const char *version;
    int64_t started_ms;  /* monotonic */
    int64_t restored_ms; /* wall time at which the home went back; 0: never */
    void *node;          /* for the functions below */
    /* Free bytes on the disk of the store. */
    int64_t (*disk_free)(void *node);
    /* The parent in the home's config has changed. */
    int (*parent_changed)(void *node, struct wh_error *err);
    /* What plugins.d/ says has changed: it is put into force before the next turn. NULL: the node
     * is stopped. */
    void (*plugins_changed)(void *node);
    /* True where a file NAME.so lies in one of the plugins' paths. */
    bool (*has_plugin_file)(void *node, struct wh_span name);
    bool was_large;           /* a call that took much memory has ended: the loop gives it back */
    struct wh_map noted;      /* of each neighbour: the note that was logged last */
    struct wh_arena peers;    /* their units */
    struct wh_queued *queue;  /* in the order of arrival */
    bool job_waits;           /* a plugin's job is due, and commands that write came first */
    struct wh_queued *writer; /* the one that writes and takes several turns */
};

/* Takes a request; the answer goes to `sink`, whose context is given back by `release` when the
 * last frame has been sent (release may be NULL). */
void wh_desk_take(struct wh_desk *desk, struct wh_span request, struct wh_reply_sink sink,
                  void (*release)(void *context));

/* The engine's hooks: runs what waits; ends what has been committed. */
void wh_desk_requests(void *desk, struct wh_engine *engine);
void wh_desk_committed(void *desk, int rc, const struct wh_error *err);

/* Runs one request that needs no engine, to its end. */
void wh_desk_run_local(struct wh_desk *desk, struct wh_span request, struct wh_reply_sink sink);

/* True while some call waits: the next turn is then due soon. */
bool wh_desk_is_busy(const struct wh_desk *desk);

/* Plugins came or went: calls that wait for their turn find their command anew. Between turns. */
void wh_desk_commands_changed(struct wh_desk *desk);

/* Ends every call that waits: the node stops. */
void wh_desk_close(struct wh_desk *desk);

/* What plugins may ask of the node. */
struct wh_host_services wh_desk_services(struct wh_desk *desk);
/* The part of it that writes (plugin_write_services.c). */
void wh_desk_write_services(struct wh_host_services *services);
/* The engine's hooks that ask plugins. `desk->plugins` is looked up at each call. */
struct wh_engine_hooks wh_desk_hooks(struct wh_desk *desk);

#endif
