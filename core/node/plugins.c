/* What the config says of plugins, handed to the host. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "home/file.h"
#include "home/plugin_files.h"
#include "node/node.h"

#define PLUGINS_MAX 256

/* A build tree and an installed tree look alike; what is below is beside the program. */
static struct wh_span beside(const struct wh_node *node, const char *name, struct wh_arena *arena)
{
    char whole[PATH_MAX];
    const char *below;
    if (!node->program_dir) return WH_SPAN_EMPTY;
    below = wh_path_join(arena, node->program_dir, name);
    return realpath(below, whole) ? wh_arena_copy(arena, wh_span_of(whole)) : wh_span_of(below);
}

static struct wh_plugin_config config_of(const struct wh_plugin_file *file, struct wh_arena *arena)
{
    struct wh_plugin_setting *settings =
        wh_arena_new(arena, file->settings_count, sizeof(*settings));
    for (uint32_t i = 0; i < file->settings_count; i++) {
        settings[i] = (struct wh_plugin_setting){file->settings[i].name, file->settings[i].text,
                                                 file->settings[i].line};
    }
    return (struct wh_plugin_config){
        .name = file->name,
        .file = file->file,
        .source = file->path,
        .fault = file->fault,
        .isolate = file->isolate == WH_UNSAID     ? WH_ISOLATE_OUTSIDE
                   : file->isolate == WH_SAID_YES ? WH_ISOLATE_YES
                                                  : WH_ISOLATE_NO,
        .memory_mb = file->memory_mb,
        .settings = settings,
        .settings_count = file->settings_count,
    };
}

static const struct wh_plugin_file *file_of(const struct wh_plugin_files *files,
                                            struct wh_span name)
{
    for (uint32_t i = 0; i < files->count; i++) {
        if (wh_span_equal(files->items[i].name, name)) return &files->items[i];
    }
    return NULL;
}

static bool is_listed(const struct wh_config *config, struct wh_span name)
{
    for (uint32_t i = 0; i < config->plugin_enable_count; i++) {
        if (wh_span_equal(config->plugin_enable[i], name)) return true;
    }
    return false;
}

/* Those of wuhao.yaml in its order, then those that only plugins.d/ enables, by name. A file with a
 * fault is wanted, so that it is seen. */
static uint32_t gather(const struct wh_config *config, const struct wh_plugin_files *files,
                       struct wh_plugin_config *ret, struct wh_arena *arena)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < config->plugin_enable_count; i++) {
        const struct wh_plugin_file *file = file_of(files, config->plugin_enable[i]);
        bool twice = false;
        for (uint32_t k = 0; k < count; k++) {
            twice = twice || wh_span_equal(ret[k].name, config->plugin_enable[i]);
        }
        if (twice || (file && file->enable == WH_SAID_NO)) continue;
        ret[count] = (struct wh_plugin_config){.name = config->plugin_enable[i]};
        if (file) ret[count] = config_of(file, arena);
        count++;
    }
    for (uint32_t i = 0; i < files->count && count < PLUGINS_MAX; i++) {
        const struct wh_plugin_file *file = &files->items[i];
        if (is_listed(config, file->name)) continue;
        if (file->enable == WH_SAID_YES || file->fault.len > 0) {
            ret[count++] = config_of(file, arena);
        }
    }
    return count;
}

/* The folders in which plugins lie: those of the config, else where the shipped ones are. */
struct folders {
    struct wh_span shipped;
    const struct wh_span *paths;
    uint32_t count;
};

static void find_folders(const struct wh_node *node, struct wh_arena *arena, struct folders *ret)
{
    const struct wh_config *config = &node->home.config;
    ret->shipped = beside(node, "../lib/wuhao/plugins", arena);
    ret->paths = config->plugin_path_count > 0 ? config->plugin_path : &ret->shipped;
    ret->count = config->plugin_path_count > 0 ? config->plugin_path_count : 1;
}

static char *run_dir_of(const struct wh_node *node, struct wh_arena *arena)
{
    return wh_path_join(arena, node->home.dir, "run/plugins");
}

void wh_node_apply_plugins(struct wh_node *node)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_plugin_files files;
    struct wh_plugin_config *enable = wh_arena_new(&arena, PLUGINS_MAX, sizeof(*enable));
    struct wh_plugins_config wanted = {.enable = enable, .log = &node->log};
    struct folders folders;
    find_folders(node, &arena, &folders);
    wanted.paths = folders.paths;
    wanted.paths_count = folders.count;
    wanted.beside = folders.shipped;
    wanted.program = beside(node, WH_ISOLATED_PROGRAM, &arena);
    wanted.run_dir = wh_span_of(run_dir_of(node, &arena));
    wh_plugin_files_read(node->home.dir, &arena, NULL, &files);
    wanted.enable_count = gather(&node->home.config, &files, enable, &arena);
    wh_plugins_apply(node->plugins, &wanted);
    wh_desk_commands_changed(&node->desk);
    wh_arena_deinit(&arena);
    node->plugins_stale = false;
}

bool wh_node_has_plugin_file(void *context, struct wh_span name)
{
    struct wh_arena arena = {NULL, 0};
    struct folders folders;
    bool found = false;
    find_folders(context, &arena, &folders);
    for (uint32_t i = 0; i < folders.count && !found; i++) {
        char file[PATH_MAX];
        (void)snprintf(file, sizeof(file), "%.*s/%.*s.so", (int)folders.paths[i].len,
                       folders.paths[i].data, (int)name.len, name.data);
        found = access(file, F_OK) == 0;
    }
    wh_arena_deinit(&arena);
    return found;
}

int wh_node_open_plugins(struct wh_node *node, struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    int rc = wh_dir_make(run_dir_of(node, &arena), 0700, err);
    wh_arena_deinit(&arena);
    if (rc < 0) return rc;
    node->plugins = wh_plugins_new(wh_desk_services(&node->desk));
    node->desk.plugins = node->plugins;
    wh_node_apply_plugins(node);
    return 0;
}

void wh_node_look_at_plugins(struct wh_node *node)
{
    uint64_t generation;
    if (!node->plugins) return;
    if (node->plugins_stale) wh_node_apply_plugins(node);
    generation = wh_plugins_generation(node->plugins);
    if (generation == node->plugins_generation) return;
    node->plugins_generation = generation;
    wh_engine_kinds_changed(node->engine);
    wh_desk_commands_changed(&node->desk);
}
