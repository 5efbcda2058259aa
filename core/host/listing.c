/* What is asked of the list of plugins: states, kinds, commands; and what the host itself writes in
 * each turn. */
#include <stdio.h>

#include "base/text.h"
#include "host/plugins_parts.h"
#include "model/key.h"

/* How often its process ended within the hour, as far back as is kept. */
static uint32_t ended_within_hour(const struct wh_host_self *one)
{
    uint32_t kept = one->ended < WH_DEATHS_SHOWN ? one->ended : WH_DEATHS_SHOWN, count = 0;
    for (uint32_t i = 0; i < kept; i++) {
        count += wh_exchange_now_ms() - one->ended_ms[i] < WH_HOUR_MS;
    }
    return count;
}

/* One whose process ended and rests is on, and yet refuses what it is asked. */
static struct wh_span reason_of(struct wh_host_self *one)
{
    int64_t rest_ms = one->state == WH_PLUGIN_ON && one->proxy ? wh_proxy_rest_ms(one->proxy) : 0;
    if (rest_ms == 0) return one->reason;
    (void)snprintf(one->resting, sizeof(one->resting), "%s; it starts again in %lld s",
                   wh_proxy_end(one->proxy), (long long)(rest_ms + 999) / 1000);
    return wh_span_of(one->resting);
}

static void view_of(struct wh_host_self *one, struct wh_plugin_view *ret)
{
    const struct wh_plugins *plugins = one->plugins;
    *ret = (struct wh_plugin_view){
        .name = one->name,
        .state = one->state,
        .declared = one->declared,
        .reason = reason_of(one),
        .end = wh_span_of(one->proxy ? wh_proxy_end(one->proxy) : NULL),
        .file = wh_span_of(one->file),
        .isolated = one->is_isolated,
        .pid = one->proxy ? wh_proxy_pid(one->proxy) : 0,
        .sandbox = wh_span_of(one->proxy ? wh_proxy_sandbox(one->proxy) : NULL),
        .calls = one->calls,
        .longest_us = one->longest_us,
    };
    if (one->file) {
        ret->deaths = ended_within_hour(one) +
                      wh_page_deaths(plugins->page, one->slot,
                                     plugins->services.now_ms(plugins->services.context));
    }
}

bool wh_plugin_at(const struct wh_plugins *plugins, uint32_t i, struct wh_plugin_view *ret)
{
    if (i >= plugins->count) return false;
    view_of(plugins->items[i], ret);
    return true;
}

bool wh_plugin_named(const struct wh_plugins *plugins, struct wh_span name,
                     struct wh_plugin_view *ret)
{
    struct wh_host_self *one = wh_plugin_find(plugins, name);
    if (one) view_of(one, ret);
    return one != NULL;
}

const char *wh_plugin_state_word(enum wh_plugin_state state)
{
    switch (state) {
#define X(symbol, word)                                                                            \
    case WH_PLUGIN_##symbol: return word;
        WH_PLUGIN_STATES(X)
#undef X
    }
    return "?";
}

/* ---- Kinds ---- */

static const struct wh_kind *own_kind(const struct wh_host_self *one, struct wh_span name)
{
    for (uint32_t i = 0; one->declared && i < one->declared->kinds.count; i++) {
        const struct wh_kind *kind = wh_list_at(&one->declared->kinds, i);
        if (wh_span_equal(name, wh_span_of(kind->name))) return kind;
    }
    return NULL;
}

const struct wh_kind *wh_plugins_kind(const struct wh_plugins *plugins, struct wh_span name)
{
    for (uint32_t p = 0; p < plugins->count; p++) {
        const struct wh_host_self *one = plugins->items[p];
        const struct wh_kind *kind = one->state == WH_PLUGIN_ON ? own_kind(one, name) : NULL;
        if (kind) return kind;
    }
    return NULL;
}

struct wh_span wh_plugins_kind_off(const struct wh_plugins *plugins, struct wh_span name)
{
    for (uint32_t p = 0; p < plugins->count; p++) {
        const struct wh_host_self *one = plugins->items[p];
        if (one->state != WH_PLUGIN_ON && own_kind(one, name)) return one->name;
    }
    return WH_SPAN_EMPTY;
}

const char *wh_plugins_kind_name(const struct wh_plugins *plugins, size_t i)
{
    for (uint32_t p = 0; p < plugins->count; p++) {
        const struct wh_host_self *one = plugins->items[p];
        if (one->state != WH_PLUGIN_ON) continue;
        if (i < one->declared->kinds.count) {
            return ((const struct wh_kind *)wh_list_at(&one->declared->kinds, (uint32_t)i))->name;
        }
        i -= one->declared->kinds.count;
    }
    return NULL;
}

bool wh_plugins_serve_ledgers(const struct wh_plugins *plugins)
{
    for (uint32_t i = 0; i < plugins->count; i++) {
        const struct wh_host_self *one = plugins->items[i];
        if (one->state == WH_PLUGIN_ON && (one->declared->flags & WH_SERVES_LEDGERS)) return true;
    }
    return false;
}

/* ---- Commands ---- */

const struct wh_command *wh_plugins_command_at(const struct wh_plugins *plugins, uint32_t i)
{
    for (uint32_t p = 0; p < plugins->count; p++) {
        const struct wh_host_self *one = plugins->items[p];
        if (!one->declared || one->state == WH_PLUGIN_FAILED) continue;
        if (i < one->declared->commands.count) return wh_list_at(&one->declared->commands, i);
        i -= one->declared->commands.count;
    }
    return NULL;
}

const struct wh_command *wh_plugins_command(const struct wh_plugins *plugins, struct wh_span name)
{
    const struct wh_command *command;
    for (uint32_t i = 0; (command = wh_plugins_command_at(plugins, i)); i++) {
        if (wh_span_equal(name, wh_span_of(command->name))) return command;
    }
    return NULL;
}

/* ---- What the host writes ---- */

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
