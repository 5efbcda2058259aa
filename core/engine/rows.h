/* rows.h: replicated facts on this node: writing its own, taking those of neighbours, reading them
 * now or as of a moment. Everything is put into the open batch of the turn. Thread: loop. */
#ifndef WH_ENGINE_ROWS_H
#define WH_ENGINE_ROWS_H

#include "engine/engine.h"
#include "model/row.h"
#include "sync/authority.h"

/* Puts a row of this node: a new version under the next counter. The key ends in the home unit. */
int wh_row_put(struct wh_engine *engine, uint32_t table, struct wh_span key, struct wh_span value,
               struct wh_error *err);

/* Takes a row of a neighbour that authority.h allows: newer versions are put, equal and older ones
 * skipped. Returns 0, or WH_E_IO. *ret_reject is WH_REJECT_DIVERGED where the same version was
 * written by another term, or where a row in doubt would be lost (doubts.h): it is not put. */
int wh_row_take(struct wh_engine *engine, const struct wh_row *row, enum wh_reject *ret_reject,
                struct wh_error *err);

/* The row of this table and key as of `place`, in `arena`; ret->packed.data is NULL where there is
 * none. A deleted row has an empty value. */
int wh_row_get(struct wh_engine *engine, uint32_t table, struct wh_span key, uint64_t place,
               struct wh_arena *arena, struct wh_row *ret, struct wh_error *err);

/* 0: go on, 1: stop, negative: stop with this code. The row is lent for the call. */
typedef int (*wh_row_visit)(void *context, const struct wh_row *row);

/* Visits the rows of `table` whose key begins with `prefix`, as of `place`, in the order of their
 * keys, deleted ones left out. The open batch is not seen. */
int wh_rows_scan(struct wh_engine *engine, uint32_t table, struct wh_span prefix, uint64_t place,
                 wh_row_visit visit, void *context, struct wh_error *err);

/* The same over all tables, deleted rows too. */
int wh_rows_scan_all(struct wh_engine *engine, wh_row_visit visit, void *context,
                     struct wh_error *err);

/* Empties a row that is void (doubts.h): its former version stays for reads as of a moment, and it
 * is offered to nobody. */
int wh_row_void(struct wh_engine *engine, const struct wh_row *row, struct wh_error *err);

/* A row as it is kept: the seq at which this node wrote it, and the row. WH_E_CORRUPT. */
int wh_row_stored_read(struct wh_span bytes, struct wh_arena *arena, uint64_t *ret_seq,
                       struct wh_row *ret);

/* Moves a row to the head of its feeds, so that it is offered to the neighbours again. */
int wh_row_offer_again(struct wh_engine *engine, uint32_t table, struct wh_span key,
                       struct wh_error *err);

#endif
