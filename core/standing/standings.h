/* standings.h: the ranking of a level, and a score taken apart, in the form that plugins read
 * (wuhao/plugin.h). Thread: loop. What visitors get is lent for the call. */
#ifndef WH_STANDING_STANDINGS_H
#define WH_STANDING_STANDINGS_H

#include "engine/engine.h"
#include "host/plugins.h"

/* Visits the ranking that `query` asks for, in order. Errors as wh_assess(); WH_E_INVALID for a
 * level that is not ranked or an unknown kind of unit. */
int wh_standings(struct wh_engine *engine, const struct wh_standing_query *query,
                 wh_standing_visit visit, void *context, struct wh_error *err);

/* Visits the rate (rules/rate.h) of all units below `query->under` together, then of each county
 * among them. Errors as wh_assess(). */
int wh_rates(struct wh_engine *engine, const struct wh_standing_query *query, wh_rate_visit visit,
             void *context, struct wh_error *err);

/* Visits the explanation of a unit's score: total, items, metrics, rows, and the records that this
 * node has; `plugins` says which record counts in which metric. */
int wh_explain(struct wh_engine *engine, struct wh_plugins *plugins, struct wh_span unit,
               const struct wh_standing_query *query, enum wh_language language,
               wh_explained_visit visit, void *context, struct wh_error *err);

#endif
