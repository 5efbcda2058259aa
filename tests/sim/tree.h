/* tree.h: the nodes of a simulation, and their units as the CSV that the root imports.
 * Thread: the caller's. */
#ifndef WH_SIM_TREE_H
#define WH_SIM_TREE_H

#include "simulator.h"

/* As the shape says; by default one city, two to four counties, sixteen townships, each with one to
 * four villages. */
void wh_tree_grow(struct wh_sim *sim);
/* Gives every node its wire. */
void wh_tree_place(struct wh_sim *sim);
void wh_tree_fell(struct wh_sim *sim);

/* A fresh key. */
void wh_tree_draw_key(struct wh_chance *chance, uint8_t key[WH_NODE_KEY_BYTES]);

/* The CSV of all units, in `arena`. */
struct wh_span wh_tree_csv(const struct wh_sim *sim, struct wh_arena *arena);
/* True where the CSV has the node's home: there is no kind of unit for what stands between the root
 * and the counties of a whole nation. */
bool wh_tree_is_described(const struct wh_sim_node *node);

/* True where `code` is `of` or lies below it. */
bool wh_tree_is_below(struct wh_span code, const char *of);
/* True where `code` lies above `of`. */
bool wh_tree_is_above(struct wh_span code, const char *of);

#endif
