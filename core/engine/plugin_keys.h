/* plugin_keys.h: the family of the store that is the plugins' own; the host makes the keys. What is
 * put is part of the turn's batch. Thread: loop. */
#ifndef WH_ENGINE_PLUGIN_KEYS_H
#define WH_ENGINE_PLUGIN_KEYS_H

#include "engine/engine.h"

/* The value, in `arena`, as the open batch leaves it; ret->data NULL: there is none. */
int wh_plugin_key_get(struct wh_engine *engine, struct wh_span key, struct wh_arena *arena,
                      struct wh_span *ret, struct wh_error *err);
/* Visits the keys that begin with `prefix`, in order; the open batch is not seen. */
int wh_plugin_keys_scan(struct wh_engine *engine, struct wh_span prefix, wh_scan_visit visit,
                        void *context, struct wh_error *err);
void wh_plugin_key_put(struct wh_engine *engine, struct wh_span key, struct wh_span value);
void wh_plugin_key_delete(struct wh_engine *engine, struct wh_span key);

#endif
