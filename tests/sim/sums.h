/* sums.h: what the root says about every unit and quarter, held against a plain recount of what the
 * clerks remember. Thread: the caller's. */
#ifndef WH_SIM_SUMS_H
#define WH_SIM_SUMS_H

#include "simulator.h"

void wh_check_sums(struct wh_sim *sim);

#endif
