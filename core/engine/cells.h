/* cells.h: which cells (unit, quarter, kind) have to be measured, and what a measurement gives.
 * Marks are part of the batch that changes a record, so none is lost. Thread: loop. */
#ifndef WH_ENGINE_CELLS_H
#define WH_ENGINE_CELLS_H

#include "base/buffer.h"
#include "engine/engine.h"
#include "model/key.h"
#include "model/record.h"

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

/* One walk over the dirty cells, which may take several turns. */
struct wh_cells_round {
    struct wh_tuple after; /* where it goes on; len 0: at the first cell */
    bool marked;           /* a cell, since it began */
};

/* Measures some of the dirty cells and puts their rows into the open batch: a part of the turn. */
int wh_cells_measure(struct wh_engine *engine, struct wh_error *err);

/* Marks the cells that a record changes: its own quarter's (or year's) and, where the kind looks
 * back, that of the day after its `until`; those of kinds that are measured from all records too,
 * for the year before and every later one that has begun, since which record meets which duty
 * hangs together. */
void wh_cells_mark(struct wh_engine *engine, const struct wh_record *record);

/* Asks that every cell with records is measured again: a new issue of the programme. */
void wh_cells_ask_all(struct wh_engine *engine);

/* The same at once, for the cells of one kind where it is named. WH_E_IO. */
int wh_cells_ask_kind(struct wh_engine *engine, struct wh_span kind, struct wh_error *err);

/* True where no cell waits to be measured. */
bool wh_cells_all_measured(const struct wh_engine *engine);

#endif
