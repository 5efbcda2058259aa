/* liveness.h: whether anything still waits anywhere, and why. Thread: the caller's. */
#ifndef WH_SIM_LIVENESS_H
#define WH_SIM_LIVENESS_H

#include "simulator.h"

/* How long all may take to become quiet, once the faults have stopped. */
int64_t wh_liveness_bound_ms(const struct wh_sim *sim);
/* True where nothing waits anywhere; *ret_why says what does, lent, and *ret_at where. *ret_at,
 * from the last call, is looked at first. */
bool wh_liveness_is_quiet(struct wh_sim *sim, const char **ret_why,
                          const struct wh_sim_node **ret_at);
/* Notes for every node where something waits what it is, and for its links state, reason and what
 * is pending. */
void wh_liveness_tell(struct wh_sim *sim);

#endif
