#include "host/plugins.h"

#include <dlfcn.h>
#include <time.h>

#include "base/memory.h"
#include "host/plugins_parts.h"

static void open_all(struct wh_plugins *plugins);

struct wh_plugins *wh_plugins_new(const struct wh_plugins_config *config,
                                  struct wh_host_services services)
{
    struct wh_plugins *plugins = wh_memory_new(1, sizeof(*plugins));
    plugins->services = services;
    plugins->log = config->log;
    plugins->items = wh_arena_new(&plugins->arena, config->enable_count, sizeof(*plugins->items));
    for (uint32_t i = 0; i < config->enable_count; i++) {
        struct wh_host_self *one = wh_arena_new(&plugins->arena, 1, sizeof(*one));
        one->plugins = plugins;
        one->name = wh_arena_copy(&plugins->arena, config->enable[i]);
        wh_plugin_load(one, config);
        plugins->items[plugins->count++] = one;
    }
    open_all(plugins);
    return plugins;
}

/* Those who need others close before them. */
void wh_plugins_free(struct wh_plugins *plugins)
{
    if (!plugins) return;
    for (uint32_t i = plugins->count; i > 0; i--) {
        struct wh_host_self *one = plugins->items[i - 1];
        if (one->state == WH_PLUGIN_ON && one->declared->close) one->declared->close(one->self);
    }
    for (uint32_t i = 0; i < plugins->count; i++) {
        if (plugins->items[i]->library) (void)dlclose(plugins->items[i]->library); /* at the end */
    }
    wh_arena_deinit(&plugins->arena);
    wh_memory_free(plugins);
}

/* ---- Opening, in the order of needs ---- */

static struct wh_host_self *find(const struct wh_plugins *plugins, struct wh_span name)
{
    for (uint32_t i = 0; i < plugins->count; i++) {
        if (wh_span_equal(plugins->items[i]->name, name)) return plugins->items[i];
    }
    return NULL;
}

static bool needs_are_on(struct wh_host_self *one)
{
    for (uint32_t i = 0; i < one->declared->needs.count; i++) {
        const char *const *name = wh_list_at(&one->declared->needs, i);
        const struct wh_host_self *other = find(one->plugins, wh_span_of(*name));
        if (!other || other->state != WH_PLUGIN_ON) return false;
    }
    return true;
}

static void open_one(struct wh_host_self *one)
{
    struct wh_failure failure = {.code = 0};
    one->table = wh_plugin_table(one);
    if (one->declared->open && one->declared->open(&one->table, &one->self, &failure) < 0) {
        wh_plugin_fail(one, "open: %s", failure.text);
        return;
    }
    one->state = WH_PLUGIN_ON;
}

/* Each round opens those whose needs are on; what is left when a round opens none can't be. */
static void open_all(struct wh_plugins *plugins)
{
    bool opened = true;
    while (opened) {
        opened = false;
        for (uint32_t i = 0; i < plugins->count; i++) {
            struct wh_host_self *one = plugins->items[i];
            if (one->state != WH_PLUGIN_OFF || !one->declared || !needs_are_on(one)) continue;
            open_one(one);
            opened = true;
        }
    }
    for (uint32_t i = 0; i < plugins->count; i++) {
        struct wh_host_self *one = plugins->items[i];
        if (one->state == WH_PLUGIN_OFF && one->declared) {
            wh_plugin_fail(one, "a plugin that it needs is not on, or they need each other");
        }
        if (one->state == WH_PLUGIN_FAILED) {
            wh_log(plugins->log, WH_WARN, "plugin.failed", "name=%.*s why=%.*s", (int)one->name.len,
                   one->name.data, (int)one->reason.len, one->reason.data);
        }
    }
}

/* ---- Lists ---- */

bool wh_plugin_at(const struct wh_plugins *plugins, uint32_t i, struct wh_plugin_view *ret)
{
    const struct wh_host_self *one;
    if (i >= plugins->count) return false;
    one = plugins->items[i];
    *ret = (struct wh_plugin_view){one->name, one->state, one->declared, one->reason};
    return true;
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
    for (uint32_t i = 0; i < plugins->count; i++) {
        const struct wh_host_self *one = plugins->items[i];
        const struct wh_kind *kind = one->state == WH_PLUGIN_FAILED ? NULL : own_kind(one, name);
        if (kind) return kind;
    }
    return NULL;
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

bool wh_plugin_serves(const struct wh_host_self *one, struct wh_span kind)
{
    if (one->state != WH_PLUGIN_ON) return false;
    if (own_kind(one, kind)) return true;
    return (one->declared->flags & WH_SERVES_LEDGERS) && !wh_plugins_kind(one->plugins, kind);
}

static struct wh_host_self *server_of(const struct wh_plugins *plugins, struct wh_span kind)
{
    for (uint32_t i = 0; i < plugins->count; i++) {
        if (wh_plugin_serves(plugins->items[i], kind)) return plugins->items[i];
    }
    return NULL;
}

/* ---- Calls ---- */

static int64_t mono_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void watch_budget(struct wh_host_self *one, const char *callback, int64_t began_ms)
{
    int64_t took_ms = mono_ms() - began_ms;
    if (took_ms <= WH_CALL_BUDGET_MS) return;
    wh_log(one->plugins->log, WH_WARN, "plugin.slow", "name=%.*s callback=%s took_ms=%lld",
           (int)one->name.len, one->name.data, callback, (long long)took_ms);
}

static int plugin_error(struct wh_host_self *one, int rc, const struct wh_failure *failure,
                        struct wh_error *err)
{
    struct wh_span text = wh_span(failure->text, strnlen(failure->text, sizeof(failure->text)));
    if (rc < WH_E_SOME_REFUSED) rc = WH_E_FAILED;
    if (text.len == 0) {
        return wh_fail(err, rc, WH_MSG_PLUGIN_FAILED, WH_ARGS(wh_arg_s(one->name)));
    }
    return wh_fail(err, rc, WH_MSG_VERBATIM, WH_ARGS(wh_arg_s(text)));
}

int wh_plugins_measure(struct wh_plugins *plugins, const struct wh_cell *cell,
                       struct wh_measure_sink sink, struct wh_error *err)
{
    struct wh_host_self *one = server_of(plugins, cell->kind);
    struct wh_failure failure = {.code = 0};
    int64_t began_ms = mono_ms();
    int rc;
    if (!one || !one->declared->measure) return WH_E_NOT_FOUND;
    one->measuring = &sink;
    rc = one->declared->measure(one->self, cell, &failure);
    one->measuring = NULL;
    watch_budget(one, "measure", began_ms);
    return rc < 0 ? plugin_error(one, rc, &failure, err) : 0;
}

bool wh_plugins_count(struct wh_plugins *plugins, const struct wh_cell *cell,
                      const struct wh_metric *metric, const struct wh_record *record)
{
    struct wh_host_self *one = server_of(plugins, cell->kind);
    struct wh_arena arena = {NULL, 0};
    struct wh_record_view view;
    int counts;
    if (!one || !one->declared->counts) return true;
    view = wh_plugin_record_view(record, &arena);
    counts = one->declared->counts(one->self, cell, metric, &view);
    wh_arena_deinit(&arena);
    return counts != 0;
}

const struct wh_command *wh_plugins_command_at(const struct wh_plugins *plugins, uint32_t i)
{
    for (uint32_t p = 0; p < plugins->count; p++) {
        const struct wh_host_self *one = plugins->items[p];
        if (!one->declared) continue;
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

static struct wh_host_self *owner_of(const struct wh_plugins *plugins,
                                     const struct wh_command *command, uint32_t *ret_index)
{
    for (uint32_t p = 0; p < plugins->count; p++) {
        struct wh_host_self *one = plugins->items[p];
        for (uint32_t i = 0; one->declared && i < one->declared->commands.count; i++) {
            if (wh_list_at(&one->declared->commands, i) != command) continue;
            *ret_index = i;
            return one;
        }
    }
    return NULL;
}

int wh_plugins_run(struct wh_plugins *plugins, struct wh_call *call, struct wh_error *err)
{
    uint32_t index = 0;
    struct wh_host_self *one = owner_of(plugins, call->command, &index);
    struct wh_failure failure = {.code = 0};
    int64_t began_ms = mono_ms();
    int rc;
    if (!one || one->state != WH_PLUGIN_ON) {
        return wh_fail(err, WH_E_FAILED, WH_MSG_PLUGIN_OFF, WH_ARGS(wh_arg_c(call->command->name)));
    }
    rc = one->declared->command(one->self, index, call, &failure);
    watch_budget(one, call->command->name, began_ms);
    return rc < 0 ? plugin_error(one, rc, &failure, err) : 0;
}
