/* chaos.h: which faults a seed has and how hard they are, and when they happen.
 * Thread: the caller's. */
#ifndef WH_SIM_CHAOS_H
#define WH_SIM_CHAOS_H

#include "simulator.h"

/* Each fault is on or off, and mild or hard, by the seed. */
struct wh_sim_faults wh_chaos_draw(struct wh_chance *chance);
/* What befalls the tree at this moment. */
void wh_chaos_step(struct wh_sim *sim, int64_t passed_ms);
/* What may befall `node` in the commit of its next turn. */
void wh_chaos_before_turn(struct wh_sim_node *node);
/* How long a node that lost its power stays down. */
int64_t wh_chaos_down_ms(struct wh_sim *sim);
/* A node that starts may have lost what it held of its children's feeds. */
void wh_chaos_on_start(struct wh_sim_node *node);
/* The faults stop: wires are mended, clocks set right, everybody is up. */
void wh_chaos_stop(struct wh_sim *sim);

#endif
