/* child.h: the process of an isolated plugin: its host table, whose every function asks the node,
 * and the loop that carries out the callbacks which the node calls. Thread: the process's one. */
#ifndef WH_ISOLATION_CHILD_H
#define WH_ISOLATION_CHILD_H

#include <pthread.h>

#include "isolation/exchange.h"
#include "isolation/wire.h"

struct wh_host_self {
    struct wh_exchange exchange;
    struct wh_arena arena;   /* of the callback: what host functions lend */
    struct wh_buffer asking; /* the frame being written */
    struct wh_span answer;   /* of the last ask, in the arena */
    const struct wh_plugin *plugin;
    void *plugin_self;
    pthread_t thread;                /* the one on which callbacks run */
    const struct wh_kind *measuring; /* one of its own kinds, within `measure` of it; else NULL */
    int64_t today;                   /* within the callback; INT64_MIN: not asked yet */
    struct wh_host table;
};

struct wh_call {
    struct wh_host_self *self;
};

/* child_table.c: fills `self->table`. */
void wh_child_table(struct wh_host_self *self);
/* child_writes.c: those that reply and write. */
void wh_child_table_writes(struct wh_host *table);

/* Asking the node: begins a frame, whose arguments follow; sends it and waits. What the function
 * gives is taken from *ret_answer; a visit is a list of items while there are more. */
struct wh_wire wh_child_begin(struct wh_host_self *self, enum wh_ask ask);
int wh_child_ask(struct wh_host_self *self, struct wh_wire *ret_answer, struct wh_failure *failure);
int wh_child_ask_plain(struct wh_host_self *self, struct wh_failure *failure);
bool wh_child_more(struct wh_wire *answer);
/* What a visit gives: the visitor's failure, else the node's code. */
int wh_child_visited(int visit_rc, int rc);

/* Says what the plugin declares (`sandbox`: what the process may not do), then carries out what the
 * node calls until it closes the plugin or is gone. Returns the process's exit code. */
int wh_child_serve(struct wh_host_self *self, const char *sandbox);

/* Says that the plugin can't be loaded. */
void wh_child_refuse(struct wh_host_self *self, const char *why);

#endif
