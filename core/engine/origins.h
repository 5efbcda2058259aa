/* origins.h: what this node holds of each origin, as far as it shows that a store went back
 * (sync.md "Terms"): a term that does not follow the newest one, a row that is older than the term
 * of its successor. Such a history is looked at as a whole (lineages.c); all others cost one look
 * into a table. Private to engine/. Thread: loop. */
#ifndef WH_ENGINE_ORIGINS_H
#define WH_ENGINE_ORIGINS_H

#include "base/map.h"
#include "model/row.h"

struct wh_engine;

struct wh_origin {
    struct wh_span code;
    uint64_t newest;       /* the term with the greatest first counter; 0: none is held */
    uint64_t newest_first; /* that counter */
    uint64_t greatest;     /* counter of its rows */
};

struct wh_origins {
    struct wh_arena arena;
    struct wh_map by_code;
    struct wh_origin *items;
    uint32_t count;
    uint32_t size;
};

/* The origin of this code, made where it is new. Lent until the next call. */
struct wh_origin *wh_origin_of(struct wh_origins *origins, struct wh_span code);
void wh_origins_deinit(struct wh_origins *origins);

/* A term, or the version of another row, is held now: true where it does not fit what was held. */
bool wh_origin_take_term(struct wh_origin *origin, uint64_t id, uint64_t first,
                         uint64_t predecessor);
bool wh_origin_take_row(struct wh_origin *origin, uint64_t term, uint64_t counter);

/* A row of another origin is about to be held; of a term, once. Where it does not fit, the
 * histories are read anew after the commit. */
void wh_origins_take(struct wh_engine *engine, const struct wh_row *row);

#endif
