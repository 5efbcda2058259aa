/* trace.h: what a run tells: a line for each event, and what failed. Thread: the caller's. */
#ifndef WH_SIM_TRACE_H
#define WH_SIM_TRACE_H

#include "simulator.h"

/* `node` may be NULL: the whole tree. */
void wh_sim_note(struct wh_sim *sim, const struct wh_sim_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Something is that must never be. The first failure of any kind ends the run. */
void wh_sim_fail(struct wh_sim *sim, const struct wh_sim_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, of another kind. */
void wh_sim_fail_as(struct wh_sim *sim, const struct wh_sim_node *node, enum wh_sim_failing kind,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
