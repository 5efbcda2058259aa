/* operators.h: the people who decide about stores that went back: they look at `sync status` now
 * and then, and where their node's own rows are in doubt, or it was given up for another copy, they
 * run `sync resolve --mine`. Thread: the caller's. */
#ifndef WH_SIM_OPERATORS_H
#define WH_SIM_OPERATORS_H

#include "simulator.h"

/* Each looks at its node, at most every ten seconds. */
void wh_operators_look(struct wh_sim *sim);
/* What one of them asked for, within a turn of the node. */
void wh_operators_act(struct wh_sim_node *node);

/* Does a node wait for its operator, or hold rows in doubt? */
bool wh_operators_are_needed(const struct wh_sim_node *node);

/* For a reader: what is in doubt, and who says so. */
void wh_operators_tell(struct wh_sim_node *node);

#endif
