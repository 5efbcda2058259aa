/* expectations.h: what may be demanded of a run. All of it, until a store comes back without
 * something that others hold of it: then its branches have to be settled by people, and a run shows
 * that nothing crashes, no row goes where it may not be, and all links find together again. Adapt
 * here what links can do about it. Thread: the caller's. */
#ifndef WH_SIM_EXPECTATIONS_H
#define WH_SIM_EXPECTATIONS_H

#include "simulator.h"

/* `node` is about to come back without some of what it had written. */
void wh_expect_loss(struct wh_sim_node *node);

/* The same, and the other copy goes on. */
void wh_expect_clone(struct wh_sim_node *node);

/* What was acknowledged is held, cursors and heads do not go back. */
bool wh_expects_no_loss(const struct wh_sim *sim);
/* No link finds that histories differ, and no row is refused. */
bool wh_expects_agreement(const struct wh_sim *sim);
/* After all has become quiet, and both sides of each edge hold the same, the sums are those of what
 * the clerks entered. */
bool wh_expects_sums(const struct wh_sim *sim);

#endif
