/* measurement.h: what `measure` of a plugin fills for one cell: metrics by their ids, and the
 * records that were used. Thread: any. Ownership: texts and metrics live in the arena given. */
#ifndef WH_MODEL_MEASUREMENT_H
#define WH_MODEL_MEASUREMENT_H

#include "base/buffer.h"
#include "base/id.h"
#include "model/kind.h"

struct wh_measured {
    struct wh_span id;
    int64_t value;
};

/* What `measure` fills for one cell: a value for each metric of the kind, and the records used. */
struct wh_measurement {
    const struct wh_kind *kind;
    struct wh_arena *arena;
    struct wh_measured
        *metrics; /* those that the kind declares; of open metrics those set, by id */
    uint32_t count;
    uint32_t size;
    uint32_t records;
    struct wh_buffer used; /* ids and versions, for the digest */
};

/* Nothing is measured yet: each declared metric is 0. Deinit frees; the arena is the caller's. */
void wh_measurement_init(struct wh_measurement *measurement, const struct wh_kind *kind,
                         struct wh_arena *arena);
void wh_measurement_deinit(struct wh_measurement *measurement);
/* Sets the value of a metric of the cell's kind: WH_E_INVALID where it declares none such; of open
 * metrics (WH_KIND_OPEN_METRICS) where the id is none, or there are WH_METRICS_MAX. */
int wh_measurement_set(struct wh_measurement *measurement, struct wh_span metric, int64_t value);
/* Says that a record was used. */
void wh_measurement_use(struct wh_measurement *measurement, struct wh_id id, uint64_t version);

#endif
