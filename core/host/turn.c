/* What the host does in each turn: it writes what is its own, and tells changed rows once they are
 * on disk. */
#include "base/memory.h"
#include "host/plugins_parts.h"
#include "model/key.h"

/* Over all that a measurement may depend on, but for the records: the code and the settings. */
static struct wh_span digest_of(const struct wh_host_self *one, struct wh_arena *arena)
{
    const struct wh_list *settings = &one->declared->settings;
    struct wh_span *parts = wh_arena_new(arena, settings->count + 1u, sizeof(*parts));
    uint8_t *digest = wh_arena_new(arena, WH_DIGEST_BYTES, 1);
    parts[0] = wh_span(one->digest, sizeof(one->digest));
    for (uint32_t i = 0; i < settings->count; i++) {
        parts[i + 1] =
            wh_plugin_setting_text(one->plugins, one->name, wh_list_at(settings, i), arena);
    }
    wh_digest(parts, settings->count + 1u, digest, WH_DIGEST_BYTES);
    return wh_span(digest, WH_DIGEST_BYTES);
}

/* Other code may measure otherwise, whatever it declares: what it serves is measured again once. */
static int measure_again(struct wh_host_self *one, struct wh_error *err)
{
    struct wh_host_services *services = &one->plugins->services;
    struct wh_arena arena = {NULL, 0};
    struct wh_span now = digest_of(one, &arena);
    struct wh_tuple key;
    struct wh_span former;
    int rc;
    wh_plugin_key(&key, WH_SPACE_MEASURED, one->name, WH_SPAN_EMPTY);
    rc = services->get(services->context, wh_tuple_span(&key), &arena, &former, err);
    if (rc == 0 && !wh_span_equal(former, now)) {
        bool all = (one->declared->flags & WH_SERVES_LEDGERS) != 0;
        if (all) rc = services->measure_again(services->context, WH_SPAN_EMPTY, err);
        for (uint32_t i = 0; rc == 0 && !all && i < one->declared->kinds.count; i++) {
            const struct wh_kind *kind = wh_list_at(&one->declared->kinds, i);
            rc = services->measure_again(services->context, wh_span_of(kind->name), err);
        }
        if (rc == 0) services->put(services->context, wh_tuple_span(&key), now);
    }
    if (rc == 0) one->is_new_code = false;
    wh_arena_deinit(&arena);
    return rc;
}

int wh_plugins_turn(struct wh_plugins *plugins, struct wh_error *err)
{
    int rc = wh_quarantine_notices(plugins, err);
    for (uint32_t i = 0; rc == 0 && i < plugins->count; i++) {
        struct wh_host_self *one = plugins->items[i];
        if (one->state != WH_PLUGIN_ON) continue;
        if (one->proxy) wh_proxy_reap(one->proxy);
        wh_plugin_log_count(one);
        wh_jobs_turn(one);
        if (one->is_new_code) rc = measure_again(one, err);
    }
    return rc;
}

/* ---- Changed rows ---- */

#define CHANGES_AT_A_TIME 1024 /* as wuhao/plugin.h says */

bool wh_plugins_listen(const struct wh_plugins *plugins)
{
    for (uint32_t i = 0; i < plugins->count; i++) {
        const struct wh_host_self *one = plugins->items[i];
        if (one->state == WH_PLUGIN_ON && one->declared->rows_changed) return true;
    }
    return false;
}

void wh_plugins_row_changed(struct wh_plugins *plugins, const struct wh_row_change *change)
{
    struct wh_row_change *kept;
    if (plugins->changes_count == plugins->changes_size) {
        plugins->changes_size = plugins->changes_size * 2 + CHANGES_AT_A_TIME;
        plugins->changes =
            wh_memory_resize(plugins->changes, plugins->changes_size, sizeof(*plugins->changes));
    }
    kept = &plugins->changes[plugins->changes_count++];
    *kept = *change;
    kept->unit = wh_arena_copy(&plugins->changes_arena, change->unit);
    kept->facet = wh_arena_copy(&plugins->changes_arena, change->facet);
}

static void tell_all(struct wh_plugins *plugins, struct wh_host_self *one)
{
    for (uint32_t at = 0; at < plugins->changes_count; at += CHANGES_AT_A_TIME) {
        uint32_t left = plugins->changes_count - at;
        struct wh_list some = {plugins->changes + at,
                               left < CHANGES_AT_A_TIME ? left : CHANGES_AT_A_TIME,
                               sizeof(*plugins->changes)};
        wh_plugin_tell_changes(one, some);
    }
}

/* The batch was given up: what the host put into it, or a job that ended, is not on disk. Writing
 * it once more does no harm where it was not part of the batch. */
static void write_again(struct wh_plugins *plugins)
{
    for (uint32_t i = 0; i < plugins->count; i++) {
        struct wh_host_self *one = plugins->items[i];
        one->notice_is_known = false;
        if (one->state != WH_PLUGIN_ON) continue;
        one->is_new_code = true;
        for (uint32_t k = 0; k < one->declared->jobs.count; k++) one->jobs[k].is_new = true;
    }
    if (plugins->job_ran) wh_job_undo(plugins->job_ran);
}

void wh_plugins_committed(struct wh_plugins *plugins, int rc)
{
    if (rc < 0) write_again(plugins);
    plugins->job_ran = NULL;
    for (uint32_t i = 0; rc == 0 && plugins->changes_count > 0 && i < plugins->count; i++) {
        struct wh_host_self *one = plugins->items[i];
        if (one->state == WH_PLUGIN_ON && one->declared->rows_changed) tell_all(plugins, one);
    }
    if (plugins->changes_count > 0) {
        plugins->changes_count = 0;
        wh_arena_clear(&plugins->changes_arena);
    }
    wh_plugins_review(plugins);
}
