/* cells.h: which cells (unit, quarter, kind) have to be measured, and what a measurement gives.
 * Marks are part of the batch that changes a record, so none is lost. Thread: loop. */
#ifndef WH_ENGINE_CELLS_H
#define WH_ENGINE_CELLS_H

#include "base/buffer.h"
#include "engine/engine.h"
#include "model/key.h"
#include "model/record.h"

/* What `measure` fills for one cell: a value for each metric of the kind, and the records used. */
struct wh_measurement {
    const struct wh_kind *kind;
    int64_t *values; /* one for each metric of the kind; 0 until set */
    uint32_t records;
    struct wh_buffer used; /* ids and versions, for the digest */
};

/* Sets the value of a metric of the cell's kind: WH_E_INVALID where it declares none such. */
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

/* Marks the cells that a record changes: its own quarter's and, where the kind looks back, that of
 * the day after its `until`. */
void wh_cells_mark(struct wh_engine *engine, const struct wh_record *record);

/* Asks that every cell with records is measured again: a new issue of the programme. */
void wh_cells_ask_all(struct wh_engine *engine);

/* The same at once, for the cells of one kind where it is named. WH_E_IO. */
int wh_cells_ask_kind(struct wh_engine *engine, struct wh_span kind, struct wh_error *err);

/* True where no cell waits to be measured. */
bool wh_cells_all_measured(const struct wh_engine *engine);

#endif
