/* jobs.h: the plugins' jobs: which is due, running it, and when each ran. Thread: loop. */
#ifndef WH_HOST_JOBS_H
#define WH_HOST_JOBS_H

#include "host/plugins.h"

/* When the next job is due: milliseconds since 1970, INT64_MAX: none. */
int64_t wh_plugins_due_ms(const struct wh_plugins *plugins);
/* Runs the one job (or its next slice) that is due longest, if any: a part of the turn. */
int wh_plugins_run_job(struct wh_plugins *plugins, struct wh_error *err);
/* Makes a job due now. WH_E_NOT_FOUND. */
int wh_plugins_ask_job(struct wh_plugins *plugins, struct wh_span plugin, struct wh_span job,
                       struct wh_error *err);
/* How often it has run since the plugin was opened, and how the last run ended: its code, and `err`
 * where it failed. False: there is no such job now. */
bool wh_plugins_job_ended(const struct wh_plugins *plugins, struct wh_span plugin,
                          struct wh_span job, uint64_t *ret_runs, int *ret_rc,
                          struct wh_error *err);
/* When job `job` of the plugin is due next, and ran last; 0: never. False: there is none. */
bool wh_plugins_job_times(const struct wh_plugins *plugins, struct wh_span plugin, uint32_t job,
                          int64_t *ret_due_ms, int64_t *ret_ran_ms);

#endif
