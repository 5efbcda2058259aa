/* plugins_parts.h: what the files of this room share: plugins.c (calls), load.c (files and checks),
 * table.c (the functions that a plugin is handed). Private to host/. Thread: loop. */
#ifndef WH_HOST_PLUGINS_PARTS_H
#define WH_HOST_PLUGINS_PARTS_H

#include "host/plugins.h"

/* The node's side of one plugin. */
struct wh_host_self {
    struct wh_plugins *plugins;
    const struct wh_plugin *declared;
    void *library;
    void *self; /* the plugin's own */
    struct wh_host table;
    struct wh_span name;
    enum wh_plugin_state state;
    struct wh_span reason;
    const struct wh_measure_sink *measuring; /* within `measure` */
};

struct wh_plugins {
    struct wh_arena arena;
    struct wh_host_services services;
    const struct wh_log *log;
    struct wh_host_self **items;
    uint32_t count;
};

/* load.c: finds, opens and checks the file of `one`; sets state and reason. */
void wh_plugin_load(struct wh_host_self *one, const struct wh_plugins_config *config);
void wh_plugin_fail(struct wh_host_self *one, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* True where `one` serves the kind of this name: its own, or a ledger. */
bool wh_plugin_serves(const struct wh_host_self *one, struct wh_span kind);
bool wh_plugin_needs(const struct wh_host_self *one, struct wh_span plugin);

/* table.c */
struct wh_host wh_plugin_table(struct wh_host_self *one);
/* The view of a record that a plugin gets, in `arena`. */
struct wh_record_view wh_plugin_record_view(const struct wh_record *record, struct wh_arena *arena);

#endif
