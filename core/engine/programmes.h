/* programmes.h: the programmes that a node holds: every issue, each in force for its years, and the
 * kinds that they and the plugins declare. Thread: loop. */
#ifndef WH_ENGINE_PROGRAMMES_H
#define WH_ENGINE_PROGRAMMES_H

#include "engine/engine.h"
#include "model/programme.h"

struct wh_issue {
    uint32_t number;
    int64_t issued_ms;
    struct wh_span origin;
    const Wh__Programme *programme;
    const struct wh_kind *kinds; /* programme->n_ledgers */
};

struct wh_programmes {
    const struct wh_issue *issues; /* by number */
    uint32_t count;
};

const struct wh_programmes *wh_engine_programmes(const struct wh_engine *engine);

/* Loads every issue as of `place`, into `arena`. */
int wh_programmes_load(struct wh_engine *engine, uint64_t place, struct wh_arena *arena,
                       struct wh_programmes *ret, struct wh_error *err);

/* The issue in force in `year`: the newest that covers it; NULL if none. */
const struct wh_issue *wh_programmes_for(const struct wh_programmes *programmes, uint32_t year);

/* Puts a new issue into the open batch. Only a node without a parent may: WH_E_NOT_PERMITTED. An
 * issue equal to the newest one changes nothing and gives its number. */
int wh_programme_issue(struct wh_engine *engine, const Wh__Programme *programme,
                       uint32_t *ret_number, struct wh_error *err);

/* The kind of this name for records of `year`: a plugin's own, or a ledger of the issue in force
 * (of the newest issue where none covers the year). NULL where there is none or nobody serves it.
 */
const struct wh_kind *wh_kind_find(const struct wh_engine *engine, struct wh_span name,
                                   uint32_t year);

/* The i-th kind's name of those that wh_kind_find() finds for `year`, for lists and the nearest
 * word; data NULL at the end. */
struct wh_kind_names {
    const struct wh_engine *engine;
    uint32_t year;
};
struct wh_span wh_kind_each(const void *names, size_t i);

#endif
