/* cells.h: which cells (unit, quarter, kind) have to be measured.
 * Marks are part of the batch that changes a record, so none is lost. Thread: loop. */
#ifndef WH_ENGINE_CELLS_H
#define WH_ENGINE_CELLS_H

#include "engine/engine.h"
#include "model/key.h"
#include "model/measurement.h"
#include "model/record.h"

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
