/* versions.h: which version of a row may take the place of which, said once more, in other words
 * than the engine's (core/engine/lineages.c). It holds in every run, also where stores went back.
 * Thread: the caller's. */
#ifndef WH_SIM_VERSIONS_H
#define WH_SIM_VERSIONS_H

#include "simulator.h"

/* `node` is about to write `now` where its disk holds `before`. */
void wh_check_version(struct wh_sim_node *node, const struct wh_row *before,
                      const struct wh_row *now);

#endif
