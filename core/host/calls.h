/* calls.h: what the node has plugins do: measure, say what counts, run a command, hear of changes.
 * Thread: loop. */
#ifndef WH_HOST_CALLS_H
#define WH_HOST_CALLS_H

#include "host/plugins.h"

/* Where a measurement goes. */
struct wh_measure_sink {
    void *context;
    int (*set)(void *context, struct wh_span metric, int64_t value);
    void (*use)(void *context, struct wh_id id, uint64_t version);
};

/* Has the cell, whose kind is `kind`, measured by the plugin that serves it: WH_E_NOT_FOUND where
 * none does, or none can now. */
int wh_plugins_measure(struct wh_plugins *plugins, const struct wh_cell *cell,
                       const struct wh_kind *kind, struct wh_measure_sink sink,
                       struct wh_error *err);

/* True where `record` counts in `metric` of the cell. */
bool wh_plugins_count(struct wh_plugins *plugins, const struct wh_cell *cell,
                      const struct wh_kind *kind, const struct wh_metric *metric,
                      const struct wh_record *record);

/* Runs the call's command: a part of the turn. */
int wh_plugins_run(struct wh_plugins *plugins, struct wh_call *call, struct wh_error *err);

/* True where some plugin that is on wants to know of changed rows. */
bool wh_plugins_listen(const struct wh_plugins *plugins);
/* A summary row has changed in this turn; told to those who want it once it is on disk. */
void wh_plugins_row_changed(struct wh_plugins *plugins, const struct wh_row_change *change);

#endif
