/* What is asked of the list of plugins: states, kinds, commands. */
#include <stdio.h>

#include "base/text.h"
#include "host/plugins_parts.h"

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

struct wh_span wh_plugins_kind_of(const struct wh_plugins *plugins, const struct wh_kind *kind)
{
    const struct wh_host_self *one = wh_plugin_server(plugins, kind);
    return one ? one->name : WH_SPAN_EMPTY;
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
