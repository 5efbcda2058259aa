/* checker.h: what must hold at every step, and when all is quiet. It reads stores and links and
 * asks the engine as little as it can: its rules are its own, so that a wrong rule shows.
 * Thread: the caller's. */
#ifndef WH_SIM_CHECKER_H
#define WH_SIM_CHECKER_H

#include "simulator.h"

/* Looks at each batch that a node is about to write: rows that may be there, versions that grow. */
void wh_check_batch(void *context, const struct wh_batch *batch);
/* After each turn: what is acknowledged is held, no number goes back, nothing is refused. */
void wh_check_turn(struct wh_sim_node *node);
/* Once all is quiet: every row is where it belongs, and the sums are those of the records. */
void wh_check_end(struct wh_sim *sim);

#endif
