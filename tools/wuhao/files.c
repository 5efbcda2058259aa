#include "files.h"

#include <sys/stat.h>

#include "home/file.h"

#define FILE_MODE 0640 /* a certificate names a person */
#define DIR_MODE 0750

static const char *out_of(const Wh__Request *request, struct wh_arena *arena)
{
    for (size_t i = 0; i < request->n_arguments; i++) {
        const Wh__Argument *argument = request->arguments[i];
        if (strcmp(argument->name, "out") != 0) continue;
        return wh_arena_text(arena, wh_span(argument->value.data, argument->value.len));
    }
    return NULL;
}

/* The node has checked it; a node may be another's. */
static bool is_plain(const char *name)
{
    return name[0] != '\0' && name[0] != '.' && !strchr(name, '/');
}

int wh_files_write(const Wh__Request *request, const Wh__File *file, struct wh_arena *arena,
                   struct wh_span *ret_path, struct wh_error *err)
{
    const char *dir = out_of(request, arena);
    struct stat there;
    char *path;
    int rc = 0;
    if (!dir || !is_plain(file->name)) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_FILE_NAME, WH_ARGS(wh_arg_c(file->name)));
    }
    if (stat(dir, &there) < 0) rc = wh_dir_make(dir, DIR_MODE, err);
    if (rc < 0) return rc;
    path = wh_path_join(arena, dir, file->name);
    *ret_path = wh_span_of(path);
    return wh_file_write(path, wh_span(file->content.data, file->content.len), FILE_MODE, err);
}
