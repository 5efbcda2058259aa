/* later_release.h: what a node of a later release sends: frames of unknown types, unknown fields
 * everywhere, a wider range of protocols, rows of unknown tables and with unknown fields. Nodes of
 * this release must go on, and relay the rows byte for byte. Thread: the caller's. */
#ifndef WH_SIM_LATER_RELEASE_H
#define WH_SIM_LATER_RELEASE_H

#include "simulator.h"

/* The frame as the later release packs it, in `arena`. */
struct wh_span wh_later_rewrite(struct wh_span frame, struct wh_arena *arena);
/* A frame of a type that this release does not know. Lent for ever. */
struct wh_span wh_later_frame(void);

/* Draws of which unit below `node` its row `which` will speak. */
void wh_later_draw(struct wh_sim_node *node, uint32_t which);
/* Puts the row into the open batch, as if the node had a function for it. */
int wh_later_put(struct wh_sim_node *node, struct wh_engine *engine, uint32_t which,
                 struct wh_error *err);
/* It was saved. */
void wh_later_saved(struct wh_sim_node *node, uint32_t which);

/* Once all is quiet: every such row is where it belongs as its writer packed it. */
void wh_later_check(struct wh_sim *sim);

#endif
