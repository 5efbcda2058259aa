#include "kit/template.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "home/file.h"
#include "host/plugins.h"

#define FILES_MAX 32 /* of one template */

static const struct {
    const char *word;
    const char *cmake;
    const char *compile;
} languages[] = {
#define X(symbol, word, cmake, compile) {word, cmake, compile},
    WH_TEMPLATE_LANGUAGES(X)
#undef X
};

#define LANGUAGES_COUNT (sizeof(languages) / sizeof(languages[0]))

struct placeholder {
    struct wh_span mark;
    struct wh_span text;
};

struct file {
    const char *path;
    struct wh_span content;
};

/* One plugin on its way: read whole before the first byte is written. */
struct writing {
    struct wh_arena arena;
    struct placeholder placeholders[8];
    const char *into;
    struct file files[FILES_MAX];
    uint32_t count;
    uint32_t written;
};

bool wh_template_language_of(struct wh_span word, enum wh_template_language *ret)
{
    for (size_t i = 0; i < LANGUAGES_COUNT; i++) {
        if (!wh_span_equal(word, wh_span_of(languages[i].word))) continue;
        *ret = (enum wh_template_language)i;
        return true;
    }
    return false;
}

const char *wh_template_folder(struct wh_arena *arena)
{
    const char *folder = wh_program_dir(arena);
    return folder ? wh_path_join(arena, folder, "../share/wuhao/templates/plugin") : "";
}

static bool ends_in(struct wh_span text, const char *end)
{
    struct wh_span tail = wh_span_of(end);
    return text.len > tail.len && wh_span_equal(wh_span_from(text, text.len - tail.len), tail);
}

/* `visits` has visits: its kind is `visit`. A word that only looks like a plural keeps its form. */
static struct wh_span kind_of(struct wh_span name, struct wh_arena *arena)
{
    char *kind = wh_arena_text(arena, name);
    size_t len = name.len;
    if (ends_in(name, "ies") && len > 4) {
        len -= 2;
        kind[len - 1] = 'y';
    } else if (ends_in(name, "s") && !ends_in(name, "ss") && !ends_in(name, "us") && len > 3) {
        len -= 1;
    }
    for (size_t i = 0; i < len; i++) {
        if (kind[i] == '-') kind[i] = '_'; /* a metric's name begins with it */
    }
    return wh_span(kind, len);
}

static int check_names(const struct wh_template *wanted, struct wh_error *err)
{
    if (!wh_plugin_name_is_valid(wanted->name)) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_TEMPLATE_NAME,
                       WH_ARGS(wh_arg_s(wanted->name), wh_arg_n(WH_PLUGIN_NAME_MAX)));
    }
    if (wanted->kind.len > 0 && (!wh_plugin_name_is_valid(wanted->kind) ||
                                 memchr(wanted->kind.data, '-', wanted->kind.len))) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_TEMPLATE_KIND_NAME,
                       WH_ARGS(wh_arg_s(wanted->kind), wh_arg_n(WH_PLUGIN_NAME_MAX)));
    }
    return 0;
}

static void fill_placeholders(const struct wh_template *wanted, struct writing *writing)
{
    struct wh_span kind =
        wanted->kind.len > 0 ? wanted->kind : kind_of(wanted->name, &writing->arena);
    const struct placeholder all[] = {
        {WH_S("@NAME@"), wanted->name},
        {WH_S("@KIND@"), kind},
        {WH_S("@LANGUAGE@"), wh_span_of(languages[wanted->language].cmake)},
        {WH_S("@EXT@"), wh_span_of(languages[wanted->language].word)},
        {WH_S("@COMPILE@"), wh_span_of(languages[wanted->language].compile)},
    };
    memcpy(writing->placeholders, all, sizeof(all));
}

static struct wh_span replaced(struct writing *writing, struct wh_span text)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_span copy;
    while (text.len > 0) {
        const struct placeholder *found = writing->placeholders;
        while (found->mark.data && !wh_span_starts(text, found->mark)) found++;
        if (found->mark.data) {
            wh_buffer_put(&buffer, found->text);
            text = wh_span_from(text, found->mark.len);
        } else {
            wh_buffer_put_byte(&buffer, (uint8_t)text.data[0]);
            text = wh_span_from(text, 1);
        }
    }
    copy = wh_arena_copy(&writing->arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return copy;
}

/* `plugin.c` becomes `NAME.c`; every other file keeps its name. */
static const char *name_in_plugin(const struct wh_template *wanted, struct writing *writing,
                                  const char *name)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    const char *named = name;
    if (strncmp(name, "plugin.", 7) == 0) {
        wh_buffer_put(&buffer, wanted->name);
        wh_buffer_put(&buffer, wh_span_of(name + 6));
        named = wh_arena_text(&writing->arena, wh_buffer_span(&buffer));
    }
    wh_buffer_deinit(&buffer);
    return named;
}

static int read_file(const struct wh_template *wanted, struct writing *writing, const char *folder,
                     const char *name, struct wh_error *err)
{
    struct file *file;
    struct wh_span text;
    int rc;
    if (writing->count == FILES_MAX) {
        return wh_fail(err, WH_E_TOO_BIG, WH_MSG_TEMPLATE_FILES,
                       WH_ARGS(wh_arg_c(wanted->templates), wh_arg_n(FILES_MAX)));
    }
    rc = wh_file_read(wh_path_join(&writing->arena, folder, name), &writing->arena, &text, err);
    if (rc < 0) return rc;
    file = &writing->files[writing->count++];
    file->path =
        wh_path_join(&writing->arena, writing->into, name_in_plugin(wanted, writing, name));
    file->content = replaced(writing, text);
    return 0;
}

static int read_folder(const struct wh_template *wanted, struct writing *writing, const char *name,
                       struct wh_error *err)
{
    const char *folder = wh_path_join(&writing->arena, wanted->templates, name);
    struct dirent **entries;
    int rc = 0;
    int count = scandir(folder, &entries, NULL, alphasort); /* the same order everywhere */
    if (count < 0) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_TEMPLATE_ABSENT, WH_ARGS(wh_arg_c(folder)));
    }
    for (int i = 0; i < count; i++) {
        if (rc == 0 && entries[i]->d_name[0] != '.') {
            rc = read_file(wanted, writing, folder, entries[i]->d_name, err);
        }
        free(entries[i]); /* foreign: scandir allocates */
    }
    free(entries); /* foreign: the same */
    return rc;
}

static int make_folder(const struct writing *writing, struct wh_error *err)
{
    if (mkdir(writing->into, 0755) == 0) return 0;
    if (errno == EEXIST) {
        return wh_fail(err, WH_E_NOT_PERMITTED, WH_MSG_TEMPLATE_FOLDER_EXISTS,
                       WH_ARGS(wh_arg_c(writing->into)));
    }
    return wh_fail(err, errno == ENOENT ? WH_E_NOT_FOUND : WH_E_IO, WH_MSG_TEMPLATE_FOLDER,
                   WH_ARGS(wh_arg_c(writing->into), wh_arg_c(strerror(errno))));
}

static int write_files(struct writing *writing, struct wh_error *err)
{
    int rc = make_folder(writing, err);
    if (rc < 0) return rc;
    while (rc == 0 && writing->written < writing->count) {
        const struct file *file = &writing->files[writing->written++];
        rc = wh_file_write(file->path, file->content, 0644, err);
    }
    if (rc == 0) return 0;
    /* What is there was made a moment ago, so it is ours to remove. */
    while (writing->written > 0) (void)unlink(writing->files[--writing->written].path);
    (void)rmdir(writing->into);
    return rc;
}

int wh_template_write(const struct wh_template *wanted, wh_template_each each, void *context,
                      struct wh_error *err)
{
    struct writing writing = {.count = 0};
    int rc = check_names(wanted, err);
    if (rc == 0) {
        fill_placeholders(wanted, &writing);
        writing.into =
            wh_path_join(&writing.arena, wanted->dir, wh_arena_text(&writing.arena, wanted->name));
        rc = read_folder(wanted, &writing, "both", err);
    }
    if (rc == 0) rc = read_folder(wanted, &writing, languages[wanted->language].word, err);
    if (rc == 0) rc = write_files(&writing, err);
    for (uint32_t i = 0; rc == 0 && i < writing.count; i++) {
        each(context, wh_span_of(writing.files[i].path));
    }
    wh_arena_deinit(&writing.arena);
    return rc;
}
