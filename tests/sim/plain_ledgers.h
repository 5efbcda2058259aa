/* plain_ledgers.h: a tiny programme with two ledgers and a plain measurer of them, for tests:
 * `meeting` (how many, how many attended) looks at its quarter alone, `elder` (how many are in
 * force, their pay) looks back. Thread: the caller's. */
#ifndef WH_SIM_PLAIN_LEDGERS_H
#define WH_SIM_PLAIN_LEDGERS_H

#include "engine/cells.h"

/* YAML, for the years 2025 to 2027. */
extern const char wh_plain_programme[];

/* As the hook `measure` of an engine, which comes as an argument. */
int wh_plain_measure(struct wh_engine *engine, const struct wh_cell *cell,
                     const struct wh_kind *kind, struct wh_measurement *ret, struct wh_error *err);

#endif
