#include "home/plugin_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/text.h"
#include "home/file.h"

#define MEMORY_MB_MIN 16
#define MEMORY_MB_MAX 65536
#define FILES_MAX 256
#define ENDING ".yaml"

static const char *const known_keys[] = {"enable",    "file",     "isolate",
                                         "memory_mb", "settings", NULL};

/* ---- Reading one ---- */

static void read_yesno(const struct wh_yaml *root, const char *key, struct wh_faults *faults,
                       enum wh_said *ret)
{
    const struct wh_yaml *node = wh_yaml_get(root, key);
    bool yes;
    if (!node || !wh_yaml_yesno(node, key, node->line, faults, &yes)) return;
    *ret = yes ? WH_SAID_YES : WH_SAID_NO;
}

static void read_path(const struct wh_yaml *root, struct wh_faults *faults,
                      struct wh_plugin_file *ret)
{
    const struct wh_yaml *node = wh_yaml_get(root, "file");
    struct wh_span text;
    if (!node || !wh_yaml_text(node, "file", node->line, faults, &text)) return;
    if (text.len == 0 || text.data[0] != '/') {
        wh_fault_add(faults, node->line, WH_S("file"), WH_MSG_CONFIG_FILE_RELATIVE,
                     WH_ARGS(wh_arg_c("file"), wh_arg_s(text)));
        return;
    }
    ret->file = text;
}

static void read_memory(const struct wh_yaml *root, struct wh_faults *faults,
                        struct wh_plugin_file *ret)
{
    const struct wh_yaml *node = wh_yaml_get(root, "memory_mb");
    int64_t number;
    if (!node || !wh_yaml_number(node, "memory_mb", node->line, MEMORY_MB_MIN, MEMORY_MB_MAX,
                                 faults, &number)) {
        return;
    }
    ret->memory_mb = (uint32_t)number;
}

void wh_settings_read(const struct wh_yaml *root, struct wh_arena *arena, struct wh_faults *faults,
                      struct wh_setting_said **ret, uint32_t *ret_count)
{
    const struct wh_yaml *map = wh_yaml_get(root, "settings");
    struct wh_setting_said *settings;
    uint32_t count = 0;
    if (map && map->type == WH_YAML_SCALAR && map->text.len == 0 && !map->quoted) {
        return; /* all its lines are commented out */
    }
    if (!map || !wh_yaml_map(map, "settings", map->line, faults)) return;
    settings = wh_arena_new(arena, map->count, sizeof(*settings));
    for (uint32_t i = 0; i < map->count; i++) {
        const char *key = wh_arena_text(arena, map->keys[i]->text);
        struct wh_span text;
        if (!wh_yaml_text(map->items[i], key, map->keys[i]->line, faults, &text)) continue;
        settings[count++] = (struct wh_setting_said){map->keys[i]->text, text, map->keys[i]->line};
    }
    *ret = settings;
    *ret_count = count;
}

static void read_text(struct wh_span text, struct wh_arena *arena, struct wh_faults *faults,
                      struct wh_plugin_file *ret)
{
    const struct wh_yaml *root;
    wh_yaml_read(text, arena, faults, &root);
    if (!root || !wh_yaml_map(root, "plugins.d", 1, faults)) return;
    wh_yaml_check_keys(root, known_keys, faults);
    read_yesno(root, "enable", faults, &ret->enable);
    read_yesno(root, "isolate", faults, &ret->isolate);
    read_path(root, faults, ret);
    read_memory(root, faults, ret);
    wh_settings_read(root, arena, faults, &ret->settings, &ret->settings_count);
}

/* "plugins.d/visits.yaml:4: `isolate` must be true or false" */
static struct wh_span first_fault(const struct wh_plugin_file *file, const struct wh_faults *faults,
                                  struct wh_arena *arena)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_span text = wh_fault_text(&faults->items[0], WH_EN, arena), copy;
    wh_buffer_print(&buffer, "%.*s:%u: %.*s", (int)file->path.len, file->path.data,
                    faults->items[0].line, (int)text.len, text.data);
    copy = wh_arena_copy(arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return copy;
}

static void read_one(const char *path, struct wh_arena *arena, struct wh_faults *all,
                     struct wh_plugin_file *ret)
{
    struct wh_faults own;
    struct wh_error err = {.code = 0};
    struct wh_span text = WH_SPAN_EMPTY;
    wh_faults_init(&own, arena);
    if (wh_file_read(path, arena, &text, &err) < 0) {
        ret->fault = wh_error_text(&err, WH_EN, arena);
        if (all) {
            wh_fault_add(all, 0, ret->path, WH_MSG_VERBATIM, WH_ARGS(wh_arg_s(ret->fault)));
        }
        return;
    }
    if (text.len == 0) return; /* says nothing */
    read_text(text, arena, &own, ret);
    if (own.count > 0) ret->fault = first_fault(ret, &own, arena);
    for (uint32_t i = 0; all && i < wh_faults_kept(&own); i++) {
        const struct wh_fault *fault = &own.items[i];
        wh_fault_add(all, fault->line, ret->path, fault->message, fault->args);
    }
}

/* ---- The folder ---- */

static int compare(const void *a, const void *b)
{
    const struct wh_plugin_file *first = a, *second = b;
    return wh_span_compare(first->name, second->name);
}

static char *folder_of(const char *home_dir, struct wh_arena *arena)
{
    return wh_path_join(arena, home_dir, "plugins.d");
}

void wh_plugin_files_read(const char *home_dir, struct wh_arena *arena, struct wh_faults *faults,
                          struct wh_plugin_files *ret)
{
    const char *dir = folder_of(home_dir, arena);
    DIR *folder = opendir(dir);
    struct dirent *entry;
    *ret = (struct wh_plugin_files){wh_arena_new(arena, FILES_MAX, sizeof(*ret->items)), 0};
    while (folder && ret->count < FILES_MAX && (entry = readdir(folder))) {
        struct wh_span file = wh_span_of(entry->d_name);
        struct wh_plugin_file *one = &ret->items[ret->count];
        char *path = wh_path_join(arena, dir, entry->d_name);
        if (file.len <= strlen(ENDING) || entry->d_name[0] == '.' ||
            memcmp(file.data + file.len - strlen(ENDING), ENDING, strlen(ENDING)) != 0) {
            continue;
        }
        one->name = wh_arena_copy(arena, wh_span(file.data, file.len - strlen(ENDING)));
        one->path = wh_span_of(path + strlen(home_dir) + 1);
        read_one(path, arena, faults, one);
        ret->count++;
    }
    if (folder) (void)closedir(folder); /* only read */
    qsort(ret->items, ret->count, sizeof(*ret->items), compare);
}

/* ---- Saying ---- */

static void put_lines(struct wh_buffer *buffer, enum wh_said enable, struct wh_span file)
{
    wh_buffer_print(buffer, "enable: %s\n", enable == WH_SAID_YES ? "true" : "false");
    if (file.len == 0) return;
    wh_buffer_put(buffer, WH_S("file: "));
    wh_yaml_put_quoted(buffer, file);
    wh_buffer_put_byte(buffer, '\n');
}

static char *path_of_plugin(const struct wh_home *home, struct wh_span name, struct wh_arena *arena)
{
    char *leaf = wh_arena_new(arena, name.len + sizeof(ENDING), 1);
    (void)snprintf(leaf, name.len + sizeof(ENDING), "%.*s" ENDING, (int)name.len, name.data);
    return wh_path_join(arena, folder_of(home->dir, arena), leaf);
}

int wh_plugin_file_text(struct wh_home *home, struct wh_span name, struct wh_arena *arena,
                        struct wh_span *ret, struct wh_error *err)
{
    int rc = wh_file_read(path_of_plugin(home, name, arena), arena, ret, err);
    if (rc == WH_E_NOT_FOUND) *ret = WH_SPAN_EMPTY;
    return rc == WH_E_NOT_FOUND ? 0 : rc;
}

int wh_plugin_file_restore(struct wh_home *home, struct wh_span name, struct wh_span text,
                           struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    char *path = path_of_plugin(home, name, &arena);
    int rc = 0;
    if (text.data) {
        rc = wh_file_write(path, text, 0640, err);
    } else if (unlink(path) != 0 && errno != ENOENT) {
        rc = wh_fail(err, WH_E_IO, WH_MSG_FILE_WRITE,
                     WH_ARGS(wh_arg_c(path), wh_arg_c(strerror(errno))));
    }
    wh_arena_deinit(&arena);
    return rc;
}

int wh_plugin_file_say(struct wh_home *home, struct wh_span name, enum wh_said enable,
                       struct wh_span file, struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_span text;
    int rc = wh_plugin_file_text(home, name, &arena, &text, err);
    if (rc < 0) goto out;
    put_lines(&buffer, enable, file);
    while (text.len > 0) {
        struct wh_span line = wh_text_take_line(&text);
        if (wh_span_starts(line, WH_S("enable:"))) continue;
        if (file.len > 0 && wh_span_starts(line, WH_S("file:"))) continue;
        wh_buffer_put(&buffer, line);
    }
    rc = wh_dir_make(folder_of(home->dir, &arena), 0750, err);
    if (rc == 0) {
        rc = wh_file_write(path_of_plugin(home, name, &arena), wh_buffer_span(&buffer), 0640, err);
    }
out:
    wh_buffer_deinit(&buffer);
    wh_arena_deinit(&arena);
    return rc;
}
