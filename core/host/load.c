/* A plugin's file: found, opened, and its declaration checked whole before any code of it runs. */
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/plugins_parts.h"

/* What a plugin of the first ABI declares; later ones may only be longer. */
#define PLUGIN_SIZE_MIN ((uint32_t)sizeof(struct wh_plugin))

void wh_plugin_fail(struct wh_host_self *one, const char *format, ...)
{
    char reason[600];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(reason, sizeof(reason), format, args);
    va_end(args);
    one->state = WH_PLUGIN_FAILED;
    one->reason = wh_arena_copy(&one->plugins->arena, wh_span_of(reason));
}

/* A file that was copied in part would end the process when it is mapped: every part that its
 * headers name must lie within it. */
static bool is_whole(const char *file, int64_t size)
{
    Elf64_Ehdr head;
    Elf64_Phdr part;
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    bool whole = fd >= 0 && pread(fd, &head, sizeof(head), 0) == (ssize_t)sizeof(head) &&
                 memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 &&
                 head.e_ident[EI_CLASS] == ELFCLASS64 && head.e_phentsize == sizeof(part) &&
                 head.e_shoff <= (uint64_t)size &&
                 (uint64_t)head.e_shnum * head.e_shentsize <= (uint64_t)size - head.e_shoff;
    for (uint32_t i = 0; whole && i < head.e_phnum; i++) {
        off_t at = (off_t)(head.e_phoff + (uint64_t)i * sizeof(part));
        whole = pread(fd, &part, sizeof(part), at) == (ssize_t)sizeof(part) &&
                part.p_offset <= (uint64_t)size && part.p_filesz <= (uint64_t)size - part.p_offset;
    }
    if (fd >= 0) (void)close(fd); /* only read */
    return whole;
}

static char *find_file(struct wh_host_self *one, const struct wh_plugins_config *config)
{
    for (uint32_t i = 0; i < config->paths_count; i++) {
        struct wh_span path = config->paths[i];
        size_t size = path.len + one->name.len + 8;
        char *file = wh_arena_new(&one->plugins->arena, size, 1);
        struct stat info;
        (void)snprintf(file, size, "%.*s/%.*s.so", (int)path.len, path.data, (int)one->name.len,
                       one->name.data);
        if (stat(file, &info) != 0) continue;
        if (!S_ISREG(info.st_mode) || (info.st_mode & 022)) {
            wh_plugin_fail(one, "%s: not a plain file, or others may write to it", file);
            return NULL;
        }
        if (!is_whole(file, info.st_size)) {
            wh_plugin_fail(one, "%s: not a whole shared object (copy it again)", file);
            return NULL;
        }
        return file;
    }
    wh_plugin_fail(one, "there is no file %.*s.so in plugins.path", (int)one->name.len,
                   one->name.data);
    return NULL;
}

static bool list_is_whole(const struct wh_list *list, size_t item_size)
{
    return list->count == 0 || (list->items && list->stride >= item_size);
}

/* The fields of a kind: names, no name twice, none that is on every record. */
static bool check_fields(struct wh_host_self *one, const struct wh_kind *kind)
{
    for (uint32_t i = 0; i < kind->fields.count; i++) {
        const struct wh_field *field = wh_kind_field(kind, i);
        struct wh_span name = wh_span_of(field->name);
        if (name.len == 0 || !field->title.en || field->type < WH_TEXT || field->type > WH_FILE ||
            wh_span_equal(name, WH_S("unit")) || wh_kind_field_index(kind, name) != (int32_t)i) {
            wh_plugin_fail(one, "kind %s: field %u has no name, title or type, or one twice",
                           kind->name, i + 1);
            return false;
        }
    }
    for (uint32_t i = 0; i < kind->unique.count; i++) {
        const char *const *name = wh_list_at(&kind->unique, i);
        if (wh_kind_field_index(kind, wh_span_of(*name)) >= 0) continue;
        wh_plugin_fail(one, "kind %s: `unique` names no field of its own", kind->name);
        return false;
    }
    return true;
}

static bool check_kinds(struct wh_host_self *one)
{
    const struct wh_list *kinds = &one->declared->kinds;
    for (uint32_t i = 0; i < kinds->count; i++) {
        const struct wh_kind *kind = wh_list_at(kinds, i);
        if (!kind->name || !kind->title.en ||
            !list_is_whole(&kind->fields, sizeof(struct wh_field)) ||
            !list_is_whole(&kind->metrics, sizeof(struct wh_metric)) ||
            !list_is_whole(&kind->unique, sizeof(char *))) {
            wh_plugin_fail(one, "kind %u is not declared whole", i + 1);
            return false;
        }
        if (wh_plugins_kind(one->plugins, wh_span_of(kind->name))) {
            wh_plugin_fail(one, "kind %s is declared by another plugin too", kind->name);
            return false;
        }
        if (!check_fields(one, kind)) return false;
    }
    return true;
}

static bool check_commands(struct wh_host_self *one)
{
    const struct wh_list *commands = &one->declared->commands;
    for (uint32_t i = 0; i < commands->count; i++) {
        const struct wh_command *command = wh_list_at(commands, i);
        if (!command->name || !command->title.en ||
            !list_is_whole(&command->params, sizeof(struct wh_param)) ||
            !list_is_whole(&command->columns, sizeof(struct wh_column))) {
            wh_plugin_fail(one, "command %u is not declared whole", i + 1);
            return false;
        }
        if (wh_plugins_command(one->plugins, wh_span_of(command->name))) {
            wh_plugin_fail(one, "command `%s` is declared by another plugin too", command->name);
            return false;
        }
    }
    return true;
}

static bool check_declaration(struct wh_host_self *one)
{
    const struct wh_plugin *declared = one->declared;
    if (declared->abi != WH_ABI) {
        wh_plugin_fail(one, "built for ABI %u, this node has %u (build it again)", declared->abi,
                       WH_ABI);
    } else if (declared->size < PLUGIN_SIZE_MIN) {
        wh_plugin_fail(one, "its struct wh_plugin has %u bytes, at least %u are needed",
                       declared->size, PLUGIN_SIZE_MIN);
    } else if (!declared->name || !declared->version || !declared->title.en ||
               !wh_span_equal(one->name, wh_span_of(declared->name))) {
        wh_plugin_fail(one, "it declares another name than its file, no version or no title");
    } else if (!list_is_whole(&declared->kinds, sizeof(struct wh_kind)) ||
               !list_is_whole(&declared->commands, sizeof(struct wh_command)) ||
               !list_is_whole(&declared->needs, sizeof(char *))) {
        wh_plugin_fail(one, "a list lacks its items, or its items are shorter than ABI %u has them",
                       WH_ABI);
    } else if (declared->kinds.count > 0 && !declared->measure) {
        wh_plugin_fail(one, "it declares kinds and has no `measure`");
    } else if (declared->commands.count > 0 && !declared->command) {
        wh_plugin_fail(one, "it declares commands and has no `command`");
    }
    return one->state != WH_PLUGIN_FAILED && check_kinds(one) && check_commands(one);
}

void wh_plugin_load(struct wh_host_self *one, const struct wh_plugins_config *config)
{
    char *file = find_file(one, config);
    if (!file) return;
    one->library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!one->library) {
        wh_plugin_fail(one, "%s", dlerror());
        return;
    }
    one->declared = dlsym(one->library, "wuhao_plugin");
    if (!one->declared) {
        wh_plugin_fail(one, "%s: no symbol wuhao_plugin", file);
        return;
    }
    if (!check_declaration(one)) one->declared = NULL;
}

bool wh_plugin_needs(const struct wh_host_self *one, struct wh_span plugin)
{
    for (uint32_t i = 0; one->declared && i < one->declared->needs.count; i++) {
        const char *const *name = wh_list_at(&one->declared->needs, i);
        if (wh_span_equal(plugin, wh_span_of(*name))) return true;
    }
    return false;
}
