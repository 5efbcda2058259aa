/* chaos.h: which faults a seed has and how hard they are, and when they happen; what each does is
 * in accidents.h and membership.h. Thread: the caller's. */
#ifndef WH_SIM_CHAOS_H
#define WH_SIM_CHAOS_H

#include "simulator.h"

/* Draws: each fault is on or off, and mild or hard, by the seed and by a stream of its own. */
void wh_chaos_begin(struct wh_sim *sim);
/* When something befalls the tree next; does all that is due. */
int64_t wh_chaos_next_ms(const struct wh_sim *sim);
void wh_chaos_step(struct wh_sim *sim);
/* What was begun at a node ends now: its wire is mended, its disk is sound, it is invited again. */
void wh_chaos_chores(struct wh_sim *sim);
void wh_chaos_plan(struct wh_sim_node *node);
/* What may befall `node` in the commit of its next turn. */
void wh_chaos_before_turn(struct wh_sim_node *node);
/* How long a node that lost its power stays down. */
int64_t wh_chaos_down_ms(struct wh_sim *sim);
/* A node that starts may have lost what it held of its children's feeds. */
void wh_chaos_on_start(struct wh_sim_node *node);
/* The faults stop: wires are mended, clocks set right, everybody is up and a member. Modems stay.
 */
void wh_chaos_stop(struct wh_sim *sim);
/* Every wire is a good one from now on. */
void wh_chaos_calm(struct wh_sim *sim);

#endif
