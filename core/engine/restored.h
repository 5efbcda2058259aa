/* restored.h: a home that was put back from a backup. Whoever did that has decided for it, so it
 * does not wait for an operator where a neighbour calls it a copy that was given up, as it does of
 * a home that is older than its last settlement: it takes its place again, and what it lost is
 * listed as doubts. Once only: another copy that is met later is a matter for an operator. Private
 * to engine/. Thread: loop. */
#ifndef WH_ENGINE_RESTORED_H
#define WH_ENGINE_RESTORED_H

#include "engine/engine_parts.h"

/* Forgets engine->restored_ms where that restore is known to have been met. WH_E_IO. */
int wh_restored_load(struct wh_engine *engine, struct wh_error *err);

/* What a link has said of itself. Where that can't be saved, the turn fails. */
void wh_restored_on_note(struct wh_engine *engine, struct wh_neighbour *neighbour,
                         enum wh_note_type note);

#endif
