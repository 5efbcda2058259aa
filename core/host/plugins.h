/* plugins.h: the plugins of a node: loaded from files, checked before any of their code runs,
 * opened in the order of their needs, called, listed. The only room that knows dlopen.
 *
 * Thread: loop. */
#ifndef WH_HOST_PLUGINS_H
#define WH_HOST_PLUGINS_H

#include "base/log.h"
#include "door/call.h"
#include "model/record.h"

struct wh_plugins;

/* 0: go on, 1: stop, negative: stop with this code. */
typedef int (*wh_host_record_each)(void *context, const struct wh_record *record);

/* What the node does for plugins; the host checks who may ask before it passes a call on. */
struct wh_host_services {
    void *context;
    int (*records)(void *context, struct wh_span kind, struct wh_span unit, int32_t from,
                   int32_t to, wh_host_record_each each, void *each_context, struct wh_error *err);
    const struct wh_kind *(*kind)(void *context, struct wh_span name);
    uint32_t (*year_now)(void *context);
    int (*standings)(void *context, const struct wh_standing_query *query, wh_standing_visit visit,
                     void *visit_context, struct wh_error *err);
    int (*explain)(void *context, struct wh_span unit, const struct wh_standing_query *query,
                   enum wh_language language, wh_explained_visit visit, void *visit_context,
                   struct wh_error *err);
};

struct wh_plugins_config {
    const struct wh_span *paths; /* folders, the first that has the file counts */
    uint32_t paths_count;
    const struct wh_span *enable;
    uint32_t enable_count;
    const struct wh_log *log; /* must outlive the plugins */
};

/* X(symbol, word): the states of contract.md "plugin list". */
#define WH_PLUGIN_STATES(X)                                                                        \
    X(OFF, "off")                                                                                  \
    X(ON, "on")                                                                                    \
    X(FAILED, "failed")

enum wh_plugin_state {
#define X(symbol, word) WH_PLUGIN_##symbol,
    WH_PLUGIN_STATES(X)
#undef X
};

/* Loads, checks and opens every plugin that the config enables. One that fails is kept as `failed`
 * with its reason and the others go on: this never fails. Free with wh_plugins_free(). */
struct wh_plugins *wh_plugins_new(const struct wh_plugins_config *config,
                                  struct wh_host_services services);
void wh_plugins_free(struct wh_plugins *plugins);

struct wh_plugin_view {
    struct wh_span name;
    enum wh_plugin_state state;
    const struct wh_plugin *declared; /* NULL where it could not be loaded */
    struct wh_span reason;            /* it failed */
};

/* The i-th plugin in the order of the config; false where there is none. */
bool wh_plugin_at(const struct wh_plugins *plugins, uint32_t i, struct wh_plugin_view *ret);
const char *wh_plugin_state_word(enum wh_plugin_state state);

/* The kinds that plugins declare in C. */
const struct wh_kind *wh_plugins_kind(const struct wh_plugins *plugins, struct wh_span name);
const char *wh_plugins_kind_name(const struct wh_plugins *plugins, size_t i);
/* True where a plugin that is on serves the programme's ledgers. */
bool wh_plugins_serve_ledgers(const struct wh_plugins *plugins);

/* Where a measurement goes. */
struct wh_measure_sink {
    void *context;
    int (*set)(void *context, struct wh_span metric, int64_t value);
    void (*use)(void *context, struct wh_id id, uint64_t version);
};

/* Has the cell measured by the plugin that serves its kind: WH_E_NOT_FOUND where none does. */
int wh_plugins_measure(struct wh_plugins *plugins, const struct wh_cell *cell,
                       struct wh_measure_sink sink, struct wh_error *err);

/* True where `record` counts in `metric` of the cell. */
bool wh_plugins_count(struct wh_plugins *plugins, const struct wh_cell *cell,
                      const struct wh_metric *metric, const struct wh_record *record);

/* The command of this name of a plugin that is on, or NULL. */
const struct wh_command *wh_plugins_command(const struct wh_plugins *plugins, struct wh_span name);
/* The i-th of all their commands, or NULL. */
const struct wh_command *wh_plugins_command_at(const struct wh_plugins *plugins, uint32_t i);
/* Runs the call's command. */
int wh_plugins_run(struct wh_plugins *plugins, struct wh_call *call, struct wh_error *err);

#endif
