#include "host/plugins.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/text.h"
#include "host/callbacks.h"
#include "host/plugins_parts.h"
#include "model/key.h"

/* ---- One ---- */

struct wh_host_self *wh_plugin_new(struct wh_plugins *plugins, struct wh_span name)
{
    struct wh_host_self *one = wh_memory_new(1, sizeof(*one));
    one->plugins = plugins;
    one->name = wh_arena_copy(&one->arena, name);
    return one;
}

void wh_plugin_free(struct wh_host_self *one)
{
    if (one->former) wh_plugin_free(one->former);
    wh_plugin_unload(one);
    wh_arena_deinit(&one->lent);
    wh_arena_deinit(&one->arena);
    wh_memory_free(one->strikes);
    wh_memory_free(one);
}

static void set_reason(struct wh_host_self *one, const char *format, va_list args)
{
    char reason[700];
    (void)vsnprintf(reason, sizeof(reason), format, args);
    one->reason = wh_text_printable(wh_arena_copy(&one->arena, wh_span_of(reason)), &one->arena);
}

void wh_plugin_fail(struct wh_host_self *one, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    set_reason(one, format, args);
    va_end(args);
    one->state = WH_PLUGIN_FAILED;
    if (!one->is_learnt) wh_plugin_complain(one, "plugin.failed", one->reason);
}

void wh_plugin_quarantine(struct wh_host_self *one, const char *format, ...)
{
    char why[240];
    va_list args;
    va_start(args, format);
    set_reason(one, format, args);
    va_end(args);
    one->state = WH_PLUGIN_QUARANTINED;
    one->plugins->needs_review = true;
    (void)snprintf(why, sizeof(why), "%.*s", (int)one->reason.len, one->reason.data);
    wh_page_quarantine(one->plugins->page, one->slot, one->digest, sizeof(one->digest), why);
    wh_plugin_complain(one, "plugin.quarantined", one->reason);
}

struct wh_host_self *wh_plugin_find(const struct wh_plugins *plugins, struct wh_span name)
{
    for (uint32_t i = 0; i < plugins->count; i++) {
        if (wh_span_equal(plugins->items[i]->name, name)) return plugins->items[i];
    }
    return NULL;
}

bool wh_plugin_needs(const struct wh_host_self *one, struct wh_span plugin)
{
    for (uint32_t i = 0; one->declared && i < one->declared->needs.count; i++) {
        const char *const *name = wh_list_at(&one->declared->needs, i);
        if (wh_span_equal(plugin, wh_span_of(*name))) return true;
    }
    return false;
}

bool wh_plugin_owns(const struct wh_host_self *one, const struct wh_kind *kind)
{
    const struct wh_list *kinds;
    uintptr_t first, at = (uintptr_t)kind;
    if (!kind || !one->declared || one->declared->kinds.count == 0) return false;
    kinds = &one->declared->kinds;
    first = (uintptr_t)kinds->items;
    return at >= first && at - first < (uintptr_t)kinds->count * kinds->stride;
}

struct wh_host_self *wh_plugin_server(const struct wh_plugins *plugins, const struct wh_kind *kind)
{
    struct wh_host_self *ledgers = NULL;
    for (uint32_t i = 0; i < plugins->count; i++) {
        struct wh_host_self *one = plugins->items[i];
        if (one->state != WH_PLUGIN_ON) continue;
        if (wh_plugin_owns(one, kind)) return one;
        if (one->declared->flags & WH_SERVES_LEDGERS) ledgers = one;
    }
    return ledgers;
}

/* ---- All ---- */

struct wh_plugins *wh_plugins_new(struct wh_host_services services)
{
    struct wh_plugins *plugins = wh_memory_new(1, sizeof(*plugins));
    plugins->services = services;
    return plugins;
}

void wh_plugin_turn_off(struct wh_host_self *one)
{
    one->plugins->generation++;
    if (one->state == WH_PLUGIN_ON) wh_plugin_close(one);
    one->state = WH_PLUGIN_OFF;
}

/* Those who were opened later may need those who were opened before. */
struct wh_host_self *wh_plugin_last_opened(const struct wh_plugins *plugins,
                                           wh_plugin_wanted wanted)
{
    struct wh_host_self *last = NULL;
    for (uint32_t i = 0; i < plugins->count; i++) {
        struct wh_host_self *one = plugins->items[i];
        if (one->state != WH_PLUGIN_ON || !wanted(one)) continue;
        if (!last || one->opened > last->opened) last = one;
    }
    return last;
}

static bool each_one(const struct wh_host_self *one)
{
    return one->state == WH_PLUGIN_ON;
}

void wh_plugins_free(struct wh_plugins *plugins)
{
    struct wh_host_self *one;
    if (!plugins) return;
    while ((one = wh_plugin_last_opened(plugins, each_one))) wh_plugin_turn_off(one);
    for (uint32_t i = 0; i < plugins->count; i++) wh_plugin_free(plugins->items[i]);
    wh_page_close(plugins->page);
    wh_memory_free(plugins->items);
    wh_memory_free(plugins->changes);
    wh_arena_deinit(&plugins->own);
    wh_arena_deinit(&plugins->changes_arena);
    wh_arena_deinit(&plugins->scratch);
    wh_memory_free(plugins);
}

uint64_t wh_plugins_generation(const struct wh_plugins *plugins)
{
    return plugins->generation;
}

/* ---- Opening, in the order of needs ---- */

static bool needs_are_on(const struct wh_host_self *one)
{
    for (uint32_t i = 0; i < one->declared->needs.count; i++) {
        const char *const *name = wh_list_at(&one->declared->needs, i);
        const struct wh_host_self *other = wh_plugin_find(one->plugins, wh_span_of(*name));
        if (!other || other->state != WH_PLUGIN_ON) return false;
    }
    return true;
}

/* A plugin that refuses a setting begins with its name: the reader is told where it stands. */
static void fail_open(struct wh_host_self *one, const char *why)
{
    uint32_t line = wh_plugin_setting_line(one, why);
    if (line > 0) {
        wh_plugin_fail(one, "%.*s:%u: %s", (int)one->config.source.len, one->config.source.data,
                       line, why);
    } else {
        wh_plugin_fail(one, "open: %s", why[0] ? why : "it gave no reason");
    }
}

static void open_one(struct wh_host_self *one)
{
    struct wh_failure failure = {.code = 0};
    one->plugins->generation++;
    one->opened = ++one->plugins->opened;
    wh_memory_free(one->strikes);
    one->strikes = wh_memory_new(wh_strikes_count(one->declared), sizeof(*one->strikes));
    one->state = WH_PLUGIN_ON; /* so that `open` may read its own */
    wh_jobs_open(one);
    if (wh_plugin_open(one, &failure) < 0 && one->state == WH_PLUGIN_ON) {
        fail_open(one, failure.text);
        wh_proxy_free(one->proxy);
        one->proxy = NULL;
        one->is_loaded = false;
        one->code_failed = true;
        return;
    }
    if (one->state != WH_PLUGIN_ON) return;
    one->reason = WH_SPAN_EMPTY;
    one->is_new_code = true;
    wh_log(one->plugins->log, WH_INFO, "plugin.on", "name=%.*s version=%s isolated=%s",
           (int)one->name.len, one->name.data, one->declared->version, one->proxy ? "yes" : "no");
}

struct wh_host_self *wh_plugin_keep_former(struct wh_host_self *former, struct wh_host_self *next)
{
    char reason[700];
    (void)snprintf(reason, sizeof(reason), "the change is refused, the former goes on: %.*s",
                   (int)next->reason.len, next->reason.data);
    former->reason = wh_arena_copy(&former->arena, wh_span_of(reason));
    former->complaints = next->complaints;
    former->renew = false;
    wh_plugin_free(next);
    return former;
}

/* It can't be opened: what it was to replace is opened again, with the settings that it had. */
static struct wh_host_self *open_former(struct wh_host_self *one)
{
    struct wh_host_self *former = one->former;
    one->former = NULL;
    open_one(former);
    if (former->state == WH_PLUGIN_ON) return wh_plugin_keep_former(former, one);
    wh_plugin_free(former);
    return one;
}

/* "a -> b -> a" where following needs that can't be met comes back to where it began. */
static bool name_cycle(const struct wh_host_self *one, char *ret, size_t size)
{
    const struct wh_host_self *at = one;
    size_t len = (size_t)snprintf(ret, size, "%.*s", (int)one->name.len, one->name.data);
    for (uint32_t steps = 0; steps < one->plugins->count && len < size; steps++) {
        const struct wh_host_self *next = NULL;
        for (uint32_t i = 0; i < at->declared->needs.count && !next; i++) {
            const char *const *name = wh_list_at(&at->declared->needs, i);
            next = wh_plugin_find(one->plugins, wh_span_of(*name));
            if (next && (next->state == WH_PLUGIN_ON || !next->is_loaded)) next = NULL;
        }
        if (!next) return false;
        len += (size_t)snprintf(ret + len, size - len, " -> %.*s", (int)next->name.len,
                                next->name.data);
        if (next == one) return true;
        at = next;
    }
    return false;
}

static const char *missing_need(const struct wh_host_self *one, const char **ret_state)
{
    for (uint32_t i = 0; i < one->declared->needs.count; i++) {
        const char *const *name = wh_list_at(&one->declared->needs, i);
        const struct wh_host_self *other = wh_plugin_find(one->plugins, wh_span_of(*name));
        *ret_state = other ? wh_plugin_state_word(other->state) : "not enabled";
        if (!other || (other->state != WH_PLUGIN_ON && !other->is_loaded)) return *name;
    }
    return NULL;
}

static void fail_needs(struct wh_host_self *one)
{
    char cycle[400];
    const char *state = "off";
    const char *name = missing_need(one, &state);
    if (name) {
        wh_plugin_fail(one, "it needs plugin %s, which is %s", name, state);
    } else if (name_cycle(one, cycle, sizeof(cycle))) {
        wh_plugin_fail(one, "plugins need each other: %s", cycle);
    } else {
        wh_plugin_fail(one, "a plugin that it needs can't be opened");
    }
}

/* Each round opens those whose needs are on; what is left when a round opens none can't be. */
void wh_plugins_open_all(struct wh_plugins *plugins)
{
    bool opened = true;
    while (opened) {
        opened = false;
        for (uint32_t i = 0; i < plugins->count; i++) {
            struct wh_host_self *one = plugins->items[i];
            if (one->state != WH_PLUGIN_OFF || !one->is_loaded || !needs_are_on(one)) continue;
            open_one(one);
            if (one->state == WH_PLUGIN_FAILED && one->former) {
                plugins->items[i] = open_former(one);
            }
            opened = true;
        }
    }
    for (uint32_t i = 0; i < plugins->count; i++) {
        struct wh_host_self *one = plugins->items[i];
        if (one->state == WH_PLUGIN_OFF && one->is_loaded) fail_needs(one);
        if (one->former) wh_plugin_free(one->former);
        one->former = NULL;
    }
}

/* ---- After a quarantine ---- */

/* Its process ends, and who needs it can't go on. Code that runs in this process stays mapped: it
 * may have threads. */
void wh_plugins_review(struct wh_plugins *plugins)
{
    bool more = plugins->needs_review;
    plugins->needs_review = false;
    if (more) plugins->generation++;
    for (uint32_t i = 0; more && i < plugins->count; i++) {
        struct wh_host_self *one = plugins->items[i];
        if (one->state != WH_PLUGIN_QUARANTINED) continue;
        wh_proxy_free(one->proxy);
        one->proxy = NULL;
    }
    while (more) {
        more = false;
        for (uint32_t i = 0; i < plugins->count; i++) {
            struct wh_host_self *one = plugins->items[i];
            if (one->state != WH_PLUGIN_ON || needs_are_on(one)) continue;
            wh_plugin_turn_off(one);
            fail_needs(one);
            more = true;
        }
    }
}
