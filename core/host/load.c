/* A plugin's file: found, judged, copied and loaded.
 *
 * What is loaded is a copy of its own in the node's run folder: a file that is overwritten while it
 * is mapped ends the process, and the loader takes a path that it knows for the old code. */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "host/callbacks.h"
#include "host/plugins_parts.h"
#include "isolation/wire.h"

#define FILE_BYTES_MAX (64 << 20)

#if defined(__aarch64__)
#define OWN_MACHINE EM_AARCH64
#elif defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#endif

/* ---- The file ---- */

/* A file that was copied in part would end the process when it is mapped: every part that its
 * headers name must lie within it. */
static bool is_whole(struct wh_span bytes)
{
    Elf64_Ehdr head;
    Elf64_Phdr part;
    if (bytes.len < sizeof(head)) return false;
    memcpy(&head, bytes.data, sizeof(head));
    if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64 ||
        head.e_machine != OWN_MACHINE || head.e_type != ET_DYN ||
        head.e_phentsize != sizeof(part) || head.e_shoff > bytes.len ||
        (uint64_t)head.e_shnum * head.e_shentsize > bytes.len - head.e_shoff ||
        head.e_phoff > bytes.len ||
        (uint64_t)head.e_phnum * sizeof(part) > bytes.len - head.e_phoff) {
        return false;
    }
    for (uint32_t i = 0; i < head.e_phnum; i++) {
        memcpy(&part, bytes.data + head.e_phoff + (uint64_t)i * sizeof(part), sizeof(part));
        if (part.p_offset > bytes.len || part.p_filesz > bytes.len - part.p_offset) return false;
    }
    return true;
}

static char *join(struct wh_arena *arena, struct wh_span folder, struct wh_span name,
                  const char *ending)
{
    size_t size = folder.len + name.len + strlen(ending) + 2;
    char *path = wh_arena_new(arena, size, 1);
    (void)snprintf(path, size, "%.*s/%.*s%s", (int)folder.len, folder.data, (int)name.len,
                   name.data, ending);
    return path;
}

/* The path of the file that the config means; NULL: there is none. */
static char *find_file(struct wh_arena *arena, const struct wh_plugin_config *wanted,
                       const struct wh_plugins_config *config, struct stat *info)
{
    if (wanted->file.len > 0) {
        char *file = wh_arena_text(arena, wanted->file);
        return stat(file, info) == 0 ? file : NULL;
    }
    for (uint32_t i = 0; i < config->paths_count; i++) {
        char *file = join(arena, config->paths[i], wanted->name, ".so");
        if (stat(file, info) == 0) return file;
    }
    return NULL;
}

static void stamp(const struct stat *info, int64_t ret[4])
{
    ret[0] = (int64_t)info->st_dev;
    ret[1] = (int64_t)info->st_ino;
    ret[2] = (int64_t)info->st_size;
    ret[3] = (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec;
}

bool wh_plugin_file_is_same(const struct wh_host_self *one, const struct wh_plugins_config *config)
{
    struct wh_arena arena = {NULL, 0};
    struct stat info;
    int64_t now[4] = {0, 0, 0, 0};
    char *file = find_file(&arena, &one->config, config, &info);
    bool same = false;
    if (file) stamp(&info, now);
    if (!file) same = !one->file;
    if (file && one->file) {
        same = strcmp(file, one->file) == 0 && memcmp(now, one->file_stamp, sizeof(now)) == 0;
    }
    wh_arena_deinit(&arena);
    return same;
}

static bool read_all(int fd, struct wh_buffer *buffer)
{
    for (;;) {
        ssize_t got = read(fd, wh_buffer_room(buffer, 65536), 65536);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 || buffer->len > FILE_BYTES_MAX) return false;
        if (got == 0) return true;
        wh_buffer_grew(buffer, (size_t)got);
    }
}

/* Nobody but its owner and root may have written the code that runs here. */
static bool judge(struct wh_host_self *one, int fd, struct wh_buffer *bytes)
{
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        wh_plugin_fail(one, "%s: not a plain file", one->file);
        return false;
    }
    if (info.st_mode & 022) {
        wh_plugin_fail(one, "%s: others may write to it (chmod go-w)", one->file);
        return false;
    }
    if (info.st_uid != 0 && info.st_uid != geteuid()) {
        wh_plugin_fail(one, "%s: it belongs to user %u, neither root nor the node's (chown)",
                       one->file, (unsigned)info.st_uid);
        return false;
    }
    if (!read_all(fd, bytes)) {
        wh_plugin_fail(one, "%s: it can't be read, or is over %d MiB", one->file,
                       FILE_BYTES_MAX >> 20);
        return false;
    }
    if (!is_whole(wh_buffer_span(bytes))) {
        wh_plugin_fail(one, "%s: not a whole shared object for this machine (copy it again)",
                       one->file);
        return false;
    }
    stamp(&info, one->file_stamp);
    return true;
}

static bool write_copy(struct wh_host_self *one, struct wh_span bytes)
{
    const char *folder = one->plugins->run_dir;
    char name[64];
    int fd;
    (void)snprintf(name, sizeof(name), "%.*s.XXXXXX", (int)one->name.len, one->name.data);
    one->copy = join(&one->arena, wh_span_of(folder), wh_span_of(name), "");
    fd = mkostemp(one->copy, O_CLOEXEC); /* 0600 */
    while (fd >= 0 && bytes.len > 0) {
        ssize_t put = write(fd, bytes.data, bytes.len);
        if (put <= 0) break;
        bytes = wh_span_from(bytes, (size_t)put);
    }
    if (fd >= 0 && close(fd) == 0 && bytes.len == 0) return true;
    wh_plugin_fail(one, "%s: no copy of it can be made: %s", one->copy, strerror(errno));
    if (fd >= 0) (void)unlink(one->copy);
    one->copy = NULL;
    return false;
}

static bool take_file(struct wh_host_self *one, const struct wh_plugins_config *config)
{
    struct wh_buffer bytes = {NULL, 0, 0};
    struct wh_span all;
    struct stat info;
    bool good;
    int fd;
    one->file = find_file(&one->arena, &one->config, config, &info);
    if (!one->file && one->config.file.len > 0) {
        wh_plugin_fail(one, "there is no file %.*s", (int)one->config.file.len,
                       one->config.file.data);
        return false;
    }
    if (!one->file) {
        wh_plugin_fail(one, "there is no file %.*s.so in plugins.path", (int)one->name.len,
                       one->name.data);
        return false;
    }
    fd = open(one->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe would wait for ever */
    if (fd < 0) {
        wh_plugin_fail(one, "%s: %s", one->file, strerror(errno));
        return false;
    }
    good = judge(one, fd, &bytes);
    (void)close(fd); /* only read */
    all = wh_buffer_span(&bytes);
    if (good) wh_digest(&all, 1, one->digest, sizeof(one->digest));
    if (good) good = write_copy(one, all);
    wh_buffer_deinit(&bytes);
    return good;
}

/* ---- Loading ---- */

static bool lies_beside(const struct wh_host_self *one, const struct wh_plugins_config *config)
{
    struct wh_span file = wh_span_of(one->file);
    return config->beside.len > 0 && wh_span_starts(file, config->beside) &&
           memchr(file.data + config->beside.len + 1, '/', file.len - config->beside.len - 1) ==
               NULL &&
           file.data[config->beside.len] == '/';
}

/* What `declared` is too short for is zero, and nested lists get our strides: a copy through the
 * wire, which also outlives the library. */
static bool keep_declaration(struct wh_host_self *one, const struct wh_plugin *declared)
{
    struct wh_buffer bytes = {NULL, 0, 0};
    struct wh_wire wire = wh_wire_put(&bytes);
    struct wh_plugin *kept = wh_arena_new(&one->arena, 1, sizeof(*kept));
    size_t size = declared->size < sizeof(*kept) ? declared->size : sizeof(*kept);
    uint32_t has = 0;
    memcpy(kept, declared, size);
    wh_wire_plugin(&wire, kept, &has);
    wire = wh_wire_take(wh_arena_copy(&one->arena, wh_buffer_span(&bytes)), &one->arena);
    wh_wire_plugin(&wire, kept, &has);
    wh_buffer_deinit(&bytes);
    if (wire.broken) {
        wh_plugin_fail(one, "what it declares is too large");
        return false;
    }
    one->declared = kept;
    return true;
}

/* What the loader says names our copy; whoever reads it knows the file. */
static void fail_load(struct wh_host_self *one, const char *said)
{
    const char *at = strstr(said, one->copy);
    one->code_failed = true;
    if (at) {
        wh_plugin_fail(one, "%.*s%s%s", (int)(at - said), said, one->file, at + strlen(one->copy));
    } else {
        wh_plugin_fail(one, "%s", said);
    }
}

static bool load_here(struct wh_host_self *one)
{
    char why[WH_LIBRARY_FAULT_SIZE];
    /* constructors run, and a file with holes ends the process: a death here is the plugin's too */
    struct wh_inside before = wh_page_enter(one->plugins->page, one->slot, WH_CALLBACK_LOAD, 0);
    bool good = wh_library_open(one->copy, &one->library, why);
    wh_page_leave(one->plugins->page, &before);
    if (good) return keep_declaration(one, one->library.declared);
    fail_load(one, why);
    return false;
}

static bool load_isolated(struct wh_host_self *one, const struct wh_plugins_config *config)
{
    struct wh_proxy_config wanted = {
        .program = wh_arena_text(&one->arena, config->program),
        .file = one->copy,
        .name = wh_arena_text(&one->arena, one->name),
        .memory_mb = one->config.memory_mb > 0 ? one->config.memory_mb : WH_PLUGIN_MEMORY_MB,
    };
    struct wh_failure failure = {.code = 0};
    if (wh_proxy_new(&wanted, &one->proxy, &failure) < 0) {
        fail_load(one, failure.text);
        return false;
    }
    return keep_declaration(one, wh_proxy_plugin(one->proxy));
}

/* Three deaths within an hour, or a quarantine that still holds for these bytes. */
static bool is_banned(struct wh_host_self *one)
{
    struct wh_plugins *plugins = one->plugins;
    const char *why =
        wh_page_quarantined(plugins->page, one->slot, one->digest, sizeof(one->digest));
    int64_t now_ms = plugins->services.now_ms(plugins->services.context);
    struct wh_page_death last;
    if (why) {
        char kept[260]; /* the page's own text is about to be written */
        (void)snprintf(kept, sizeof(kept), "%s", why);
        wh_plugin_quarantine(one, "%s", kept);
        return true;
    }
    if (wh_page_deaths(plugins->page, one->slot, now_ms) < WH_DEATHS_MAX) return false;
    last = wh_page_last_death(plugins->page, one->slot);
    wh_plugin_quarantine(one, "it ended the node %d times within an hour, the last time in %s (%s)",
                         WH_DEATHS_MAX, wh_callback_word(last.callback),
                         last.hung ? "it did not return" : strsignal(last.signal));
    return true;
}

/* Whoever asks for `ledger` means the one that ships. */
static bool takes_a_shipped_name(struct wh_host_self *one, const struct wh_plugins_config *config)
{
    const char *shipped;
    struct stat info;
    if (one->config.file.len == 0 || config->beside.len == 0) return false;
    shipped = join(&one->arena, config->beside, one->name, ".so");
    if (wh_span_equal(one->config.file, wh_span_of(shipped)) || stat(shipped, &info) != 0) {
        return false;
    }
    wh_plugin_fail(one, "%.*s: the plugin %.*s ships with wuhao, another can't take its name",
                   (int)one->config.file.len, one->config.file.data, (int)one->name.len,
                   one->name.data);
    return true;
}

bool wh_plugin_load(struct wh_host_self *one, const struct wh_plugins_config *config)
{
    if (!wh_plugin_name_is_valid(one->name)) {
        wh_plugin_fail(one,
                       "a plugin's name is a-z, 0-9, `_`, `-`, begins with a letter and has at "
                       "most %d characters",
                       WH_PLUGIN_NAME_MAX);
        return false;
    }
    one->slot = wh_page_slot(one->plugins->page, one->name);
    if (one->config.fault.len > 0) {
        wh_plugin_fail(one, "%.*s", (int)one->config.fault.len, one->config.fault.data);
        return false;
    }
    if (takes_a_shipped_name(one, config)) return false;
    if (!take_file(one, config)) return false;
    if (is_banned(one)) return false;
    one->is_isolated = one->config.isolate == WH_ISOLATE_YES ||
                       (one->config.isolate == WH_ISOLATE_OUTSIDE && !lies_beside(one, config));
    if (!(one->is_isolated ? load_isolated(one, config) : load_here(one))) return false;
    return wh_plugin_check(one) && wh_plugin_settings_read(one);
}

void wh_plugin_unload(struct wh_host_self *one)
{
    wh_proxy_free(one->proxy);
    one->proxy = NULL;
    wh_library_close(&one->library);
    if (one->copy) (void)unlink(one->copy); /* the folder is emptied at the next start too */
    one->copy = NULL;
    one->is_loaded = false;
}

bool wh_plugin_read_declaration(struct wh_host_self *one)
{
    struct wh_proxy_config wanted = {
        .program = one->plugins->program,
        .name = wh_arena_text(&one->arena, one->name),
        .memory_mb = WH_PLUGIN_MEMORY_MB,
    };
    struct wh_plugins_config none = {.paths_count = 0};
    struct wh_failure failure = {.code = 0};
    if (!take_file(one, &none)) return false;
    wanted.file = one->copy;
    if (wh_proxy_new(&wanted, &one->proxy, &failure) == 0) {
        /* its texts lie in the proxy: a copy of its own */
        (void)keep_declaration(one, wh_proxy_plugin(one->proxy));
    }
    wh_plugin_unload(one);
    return one->declared && wh_plugin_check(one);
}

void wh_plugin_files(const struct wh_plugins_config *config, struct wh_arena *arena,
                     void (*each)(void *context, struct wh_span name, struct wh_span path),
                     void *context)
{
    for (uint32_t i = 0; i < config->paths_count; i++) {
        DIR *folder = opendir(wh_arena_text(arena, config->paths[i]));
        struct dirent *entry;
        while (folder && (entry = readdir(folder))) {
            struct wh_span name = wh_span_of(entry->d_name);
            if (!wh_span_ends(name, WH_S(".so"))) continue;
            name = wh_plugin_name_of(name);
            each(context, name, wh_span_of(join(arena, config->paths[i], name, ".so")));
        }
        if (folder) (void)closedir(folder); /* only read */
    }
}
