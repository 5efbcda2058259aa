/* The config, put into force: what is on becomes what is wanted, with as little change as can be.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "host/callbacks.h"
#include "host/plugins_parts.h"

static struct wh_span copy(struct wh_arena *arena, struct wh_span text)
{
    return text.len > 0 ? wh_arena_copy(arena, text) : WH_SPAN_EMPTY;
}

static void keep_config(struct wh_host_self *one, const struct wh_plugin_config *config)
{
    struct wh_plugin_setting *settings =
        wh_arena_new(&one->arena, config->settings_count, sizeof(*settings));
    one->config = *config;
    one->config.name = one->name;
    one->config.file = copy(&one->arena, config->file);
    one->config.source = copy(&one->arena, config->source);
    one->config.fault = copy(&one->arena, config->fault);
    for (uint32_t i = 0; i < config->settings_count; i++) {
        settings[i] = config->settings[i];
        settings[i].name = copy(&one->arena, settings[i].name);
        settings[i].text = copy(&one->arena, settings[i].text);
    }
    one->config.settings = settings;
}

static bool configs_equal(const struct wh_plugin_config *a, const struct wh_plugin_config *b)
{
    if (!wh_span_equal(a->fault, b->fault) || !wh_span_equal(a->file, b->file) ||
        a->isolate != b->isolate || a->memory_mb != b->memory_mb ||
        a->settings_count != b->settings_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->settings_count; i++) {
        if (!wh_span_equal(a->settings[i].name, b->settings[i].name) ||
            !wh_span_equal(a->settings[i].text, b->settings[i].text)) {
            return false;
        }
    }
    return true;
}

/* What this one is now does for `wanted`. One that failed by what stands around it is tried again.
 */
static bool is_as_wanted(const struct wh_host_self *one, const struct wh_plugin_config *wanted,
                         const struct wh_plugins_config *config)
{
    if (one->renew || one->state == WH_PLUGIN_OFF) return false;
    if (one->state == WH_PLUGIN_FAILED && !one->code_failed) return false;
    return configs_equal(&one->config, wanted) && wh_plugin_file_is_same(one, config);
}

/* Loaded and checked, not open: of the state of `former` nothing is changed yet. */
static struct wh_host_self *load_anew(struct wh_plugins *plugins,
                                      const struct wh_plugin_config *wanted,
                                      const struct wh_plugins_config *config,
                                      const struct wh_host_self *former)
{
    struct wh_host_self *one = wh_plugin_new(plugins, wanted->name);
    keep_config(one, wanted);
    if (former) {
        one->complaints = former->complaints;
        one->log_minute = former->log_minute;
        one->log_lines = former->log_lines;
    }
    one->is_loaded = wh_plugin_load(one, config);
    if (!one->is_loaded) wh_plugin_unload(one); /* what it declared stays known */
    return one;
}

static void add_item(struct wh_plugins *plugins, struct wh_host_self *one)
{
    if (plugins->count == plugins->size) {
        plugins->size = plugins->size * 2 + 8;
        plugins->items = wh_memory_resize(plugins->items, plugins->size, sizeof(*plugins->items));
    }
    plugins->items[plugins->count++] = one;
}

/* What the next list is made of; `items` is still the former one. */
struct applying {
    struct wh_plugins *plugins;
    const struct wh_plugins_config *config;
    struct wh_host_self **next; /* for each of config->enable */
};

static void load_wanted(struct applying *applying)
{
    struct wh_plugins *plugins = applying->plugins;
    for (uint32_t i = 0; i < applying->config->enable_count; i++) {
        const struct wh_plugin_config *wanted = &applying->config->enable[i];
        struct wh_host_self *former = wh_plugin_find(plugins, wanted->name);
        struct wh_host_self *next;
        if (former && is_as_wanted(former, wanted, applying->config)) {
            if (former->state == WH_PLUGIN_ON) former->reason = WH_SPAN_EMPTY; /* as it was again */
            applying->next[i] = former;
            continue;
        }
        next = load_anew(plugins, wanted, applying->config, former);
        plugins->pending = applying->next;
        plugins->pending_count = i + 1;
        if (!next->is_loaded && former && former->state == WH_PLUGIN_ON &&
            next->state == WH_PLUGIN_FAILED) {
            next = wh_plugin_keep_former(former, next);
        }
        applying->next[i] = next;
    }
    plugins->pending = NULL;
    plugins->pending_count = 0;
}

static bool stays(const struct applying *applying, const struct wh_host_self *one)
{
    for (uint32_t i = 0; i < applying->config->enable_count; i++) {
        if (applying->next[i] == one) return true;
    }
    return false;
}

/* True where `one` needs what leaves. */
static bool loses_need(const struct wh_plugins *plugins, const struct wh_host_self *one)
{
    for (uint32_t i = 0; i < plugins->count; i++) {
        const struct wh_host_self *other = plugins->items[i];
        if (other->leaves && other->state == WH_PLUGIN_ON && wh_plugin_needs(one, other->name)) {
            return true;
        }
    }
    return false;
}

/* Marks what goes, and what needs it: that is opened again when its needs are on again. */
static void mark_leaving(struct applying *applying)
{
    struct wh_plugins *plugins = applying->plugins;
    bool more = true;
    for (uint32_t i = 0; i < plugins->count; i++) {
        plugins->items[i]->leaves = !stays(applying, plugins->items[i]);
    }
    while (more) {
        more = false;
        for (uint32_t i = 0; i < plugins->count; i++) {
            struct wh_host_self *one = plugins->items[i];
            if (one->leaves || !loses_need(plugins, one)) continue;
            one->leaves = true;
            more = true;
        }
    }
}

static bool is_leaving(const struct wh_host_self *one)
{
    return one->leaves;
}

/* One that is no longer enabled is known on, so that its commands can say that it is off; one that
 * was on is kept until what replaces it is on. */
static void keep_known(struct wh_plugins *plugins, struct wh_host_self *one,
                       struct wh_host_self *next)
{
    if (next && next->is_loaded && one->is_loaded && one->state == WH_PLUGIN_OFF) {
        next->former = one;
        return;
    }
    if (next || !one->declared) {
        wh_plugin_free(one);
        return;
    }
    wh_plugin_unload(one);
    one->state = WH_PLUGIN_OFF;
    one->reason = WH_SPAN_EMPTY;
    add_item(plugins, one);
}

static void replace_list(struct applying *applying)
{
    struct wh_plugins *plugins = applying->plugins;
    struct wh_host_self **former = plugins->items;
    uint32_t former_count = plugins->count;
    plugins->items = NULL;
    plugins->count = plugins->size = 0;
    for (uint32_t i = 0; i < applying->config->enable_count; i++) {
        add_item(plugins, applying->next[i]);
    }
    for (uint32_t i = 0; i < former_count; i++) {
        struct wh_host_self *next = wh_plugin_find(plugins, former[i]->name);
        if (!stays(applying, former[i])) keep_known(plugins, former[i], next);
    }
    wh_memory_free(former);
}

static void add_file(void *context, struct wh_span name, struct wh_span path)
{
    struct wh_plugins *plugins = context;
    struct wh_host_self *one;
    if (!wh_plugin_name_is_valid(name) || wh_plugin_find(plugins, name)) return;
    one = wh_plugin_new(plugins, name);
    one->config.name = one->name;
    one->config.file = wh_arena_copy(&one->arena, path);
    add_item(plugins, one);
}

static void learn(struct wh_host_self *one)
{
    struct wh_plugin_config config = one->config;
    struct wh_span reason = one->reason;
    enum wh_plugin_state state = one->state;
    one->is_learnt = true;
    if (one->file) one->config.file = wh_span_of(one->file); /* where it was found */
    if (!wh_plugin_read_declaration(one)) one->declared = NULL;
    one->config = config;
    one->reason = reason;
    one->state = state;
}

void wh_plugins_learn(struct wh_plugins *plugins)
{
    for (uint32_t i = 0; i < plugins->count; i++) {
        struct wh_host_self *one = plugins->items[i];
        bool is_idle = one->state == WH_PLUGIN_OFF || one->state == WH_PLUGIN_QUARANTINED;
        if (is_idle && !one->declared && !one->is_learnt) learn(one);
    }
}

/* Copies that a process which was killed has left. */
static void empty_run_dir(const char *run_dir)
{
    DIR *folder = opendir(run_dir);
    struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, WH_PAGE_FILE) == 0) continue;
        (void)unlinkat(dirfd(folder), entry->d_name, 0); /* one that stays does no harm */
    }
    if (folder) (void)closedir(folder); /* only read */
}

static void count_death(struct wh_plugins *plugins, const struct wh_page_death *death)
{
    uint32_t count;
    if (!death->plugin.data) return;
    count = wh_page_count_death(plugins->page, death,
                                plugins->services.now_ms(plugins->services.context));
    wh_log(plugins->log, WH_ERROR, "plugin.died",
           "name=%.*s callback=%s signal=%d deaths=%u (it ended the node; three within an hour "
           "quarantine it)",
           (int)death->plugin.len, death->plugin.data, wh_callback_word(death->callback),
           death->signal, count);
}

static void begin(struct wh_plugins *plugins, const struct wh_plugins_config *config)
{
    struct wh_page_death death;
    plugins->log = config->log;
    if (plugins->page) return;
    plugins->run_dir = wh_arena_text(&plugins->own, config->run_dir);
    plugins->program = wh_arena_text(&plugins->own, config->program);
    empty_run_dir(plugins->run_dir);
    plugins->page = wh_page_open(plugins->run_dir, config->log, &death);
    count_death(plugins, &death);
}

/* Those that are not wanted, in an order that does not hang on how a folder lists its files. */
static int compare_names(const void *a, const void *b)
{
    const struct wh_host_self *const *first = a, *const *second = b;
    return wh_span_compare((*first)->name, (*second)->name);
}

void wh_plugins_apply(struct wh_plugins *plugins, const struct wh_plugins_config *config)
{
    struct applying applying = {plugins, config, NULL};
    struct wh_arena arena = {NULL, 0};
    struct wh_host_self *one;
    begin(plugins, config);
    applying.next = wh_arena_new(&arena, config->enable_count, sizeof(*applying.next));
    load_wanted(&applying);
    mark_leaving(&applying);
    while ((one = wh_plugin_last_opened(plugins, is_leaving))) wh_plugin_turn_off(one);
    replace_list(&applying);
    wh_plugins_open_all(plugins);
    wh_plugin_files(config, &arena, add_file, plugins);
    qsort(plugins->items + config->enable_count, plugins->count - config->enable_count,
          sizeof(*plugins->items), compare_names);
    wh_arena_deinit(&arena);
}

void wh_plugins_renew(struct wh_plugins *plugins, struct wh_span name)
{
    struct wh_host_self *one = wh_plugin_find(plugins, name);
    if (one) one->renew = true;
    if (plugins->page && wh_plugin_name_is_valid(name)) {
        wh_page_clear(plugins->page, wh_page_slot(plugins->page, name));
    }
}
