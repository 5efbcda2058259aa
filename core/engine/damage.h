/* damage.h: rows of the store that can't be read. Private to engine/. Thread: loop. */
#ifndef WH_ENGINE_DAMAGE_H
#define WH_ENGINE_DAMAGE_H

#include "engine/engine.h"

/* Are these the bytes of a row, with a value that its table can have? */
bool wh_row_bytes_are_sound(struct wh_span bytes, struct wh_arena *arena);

/* Keeps the bytes in the family `meta` and removes the row, in the open batch; does nothing
 * where this batch has removed or written the row already. */
void wh_row_set_aside(struct wh_engine *engine, struct wh_span key, struct wh_span bytes);

/* Sets aside all such rows, in the open batch. WH_E_IO, WH_E_CORRUPT (the store itself). */
int wh_damage_sweep(struct wh_engine *engine, struct wh_error *err);

#endif
