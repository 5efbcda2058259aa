#include "engine/plugin_keys.h"

#include "engine/engine_parts.h"

int wh_plugin_key_get(struct wh_engine *engine, struct wh_span key, struct wh_arena *arena,
                      struct wh_span *ret, struct wh_error *err)
{
    return wh_engine_get(engine, WH_FAMILY_PLUGIN, key, arena, ret, err);
}

int wh_plugin_keys_scan(struct wh_engine *engine, struct wh_span prefix, wh_scan_visit visit,
                        void *context, struct wh_error *err)
{
    return wh_engine_scan(engine, WH_FAMILY_PLUGIN, prefix, visit, context, err);
}

void wh_plugin_key_put(struct wh_engine *engine, struct wh_span key, struct wh_span value)
{
    wh_batch_put(&engine->batch, WH_FAMILY_PLUGIN, key, value);
}

void wh_plugin_key_delete(struct wh_engine *engine, struct wh_span key)
{
    wh_batch_delete(&engine->batch, WH_FAMILY_PLUGIN, key);
}
