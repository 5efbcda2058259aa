/* audit.h: who changed what, as a chain in which each entry holds the digest of the one before: an
 * entry that is taken out or altered breaks it. Thread: loop. */
#ifndef WH_ENGINE_AUDIT_H
#define WH_ENGINE_AUDIT_H

#include "engine/engine.h"

/* Puts an entry into the open batch, beside the change that it tells of. `object` holds no personal
 * data: an id, a code, a kind. */
int wh_audit_put(struct wh_engine *engine, struct wh_span author, struct wh_span command,
                 struct wh_span object, uint32_t changed, struct wh_error *err);

#endif
