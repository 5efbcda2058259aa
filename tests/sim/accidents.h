/* accidents.h: what befalls one node at a time: its power, wire, clock and disk, and stores that
 * come back as they were before. Thread: the caller's. */
#ifndef WH_SIM_ACCIDENTS_H
#define WH_SIM_ACCIDENTS_H

#include "simulator.h"

/* Any node; half of what happens, happens to the few that have children. */
struct wh_sim_node *wh_accident_node(struct wh_sim *sim, struct wh_chance *chance);

/* As chaos.c calls them; `hard` as it says there. */
void wh_accident_crash(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard);
void wh_accident_cut(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard);
void wh_accident_jump(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard);
void wh_accident_break_disk(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard);

void wh_accident_mend(struct wh_sim_node *node);
void wh_accident_repair_disk(struct wh_sim_node *node);
/* Damage to the family `peers`: the cursors are gone, the rows are there. */
void wh_accident_forget(struct wh_sim_node *node);

/* ---- Stores that are not what they were (losses.c); none of them happens unasked ---- */

/* Tells stores to keep what they may lose. */
void wh_accident_prepare(struct wh_sim *sim);
/* Takes a backup, or puts the one back that was taken before. */
void wh_accident_restore(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard);
void wh_accident_lose_tail(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard);
/* A second machine begins to run with a copy of the disk, beside the first. */
void wh_accident_clone(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard);
/* The copies are switched off. */
void wh_accident_end_clones(struct wh_sim *sim);

#endif
