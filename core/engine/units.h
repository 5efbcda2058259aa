/* units.h: the tree of units that a node knows, made from unit rows. Thread: loop.
 * Ownership: everything lies in the arena that it was loaded into. */
#ifndef WH_ENGINE_UNITS_H
#define WH_ENGINE_UNITS_H

#include "engine/engine.h"

struct wh_units {
    const struct wh_unit *items; /* by code */
    uint32_t count;
};

/* The units of the node as of now; lent until the turn ends. */
const struct wh_units *wh_engine_units(const struct wh_engine *engine);

/* Loads the units as of `place`. Where several origins describe one unit, the one nearest to the
 * root counts. A node that knows no row about its home unit takes it from its config. */
int wh_units_load(struct wh_engine *engine, uint64_t place, struct wh_arena *arena,
                  struct wh_units *ret, struct wh_error *err);

/* The unit of this code, or NULL. */
const struct wh_unit *wh_units_find(const struct wh_units *units, struct wh_span code);
/* The first place whose code is not below `code` (units->count if none): with wh_span_starts() this
 * walks a subtree. */
uint32_t wh_units_from(const struct wh_units *units, struct wh_span code);

/* Checks a CSV of units (contract.md "CSV") whole against the tree that is there, and puts a row
 * for each new or changed unit into the open batch. Every fault is added with its line: unknown
 * parent, code outside the parent's range, a cycle, a code that is a prefix of another that is not
 * its descendant, duplicate, bad kind for the level, outside this node's range. *ret_changed is the
 * number of rows put. WH_E_INVALID where there are faults; nothing is put then. */
int wh_units_import(struct wh_engine *engine, struct wh_span csv, struct wh_faults *faults,
                    struct wh_arena *arena, uint32_t *ret_total, uint32_t *ret_changed,
                    struct wh_error *err);

/* The same checks, putting nothing. */
int wh_units_check(struct wh_engine *engine, struct wh_span csv, struct wh_faults *faults,
                   struct wh_arena *arena, uint32_t *ret_total, uint32_t *ret_changed,
                   struct wh_error *err);

#endif
