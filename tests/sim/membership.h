/* membership.h: nodes whose membership ends and begins: revoked, invited again, under a new key,
 * under another parent. Thread: the caller's. */
#ifndef WH_SIM_MEMBERSHIP_H
#define WH_SIM_MEMBERSHIP_H

#include "simulator.h"

/* Where the seed has moves: one county is not there yet, its townships hang on the city. */
void wh_membership_begin(struct wh_sim *sim);

/* A member is revoked, or gets another key. `hard`: it stays away so many ms at most. */
void wh_member_befall(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard);
/* Its parent has saved that `node` is revoked. */
void wh_member_revoked(struct wh_sim_node *node);
/* It is invited again, and hands its token in. */
void wh_member_return(struct wh_sim_node *node);

/* The county comes, and its townships move there within `hard` ms. */
void wh_move_befall(struct wh_sim *sim, struct wh_chance *chance, uint32_t hard);
/* The county comes now, if it did not. */
void wh_move_begin(struct wh_sim *sim);
/* `node` goes to the county, once it is a member where it is. */
void wh_move_try(struct wh_sim_node *node);

#endif
