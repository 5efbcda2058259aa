#include "home/kept_files.h"

#include <ctype.h>
#include <stdio.h>

#include "base/text.h"
#include "home/file.h"

#define DIGEST_TEXT_LEN (2 * (size_t)WH_DIGEST_BYTES)
#define SEAL_BYTES 1024 /* more than a seal adds */
#define FILE_MODE 0600
#define DIR_MODE 0700

static struct wh_span digest_text(struct wh_span content, struct wh_arena *arena)
{
    uint8_t digest[WH_DIGEST_BYTES];
    char *text = wh_arena_new(arena, DIGEST_TEXT_LEN + 1, 1);
    wh_digest(&content, 1, digest, sizeof(digest));
    for (size_t i = 0; i < sizeof(digest); i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", digest[i]);
    }
    return wh_span(text, DIGEST_TEXT_LEN);
}

/* files/ab/abcd...: a folder holds a 256th of them. */
static char *folder_of(const struct wh_home *home, struct wh_span digest, struct wh_arena *arena)
{
    char *files = wh_path_join(arena, home->dir, "files");
    return wh_path_join(arena, files, wh_arena_text(arena, wh_span(digest.data, 2)));
}

int wh_kept_file_put(const struct wh_home *home, struct wh_span name, struct wh_span content,
                     struct wh_arena *arena, struct wh_span *ret, struct wh_error *err)
{
    struct wh_span digest, sealed;
    char *dir, *ref;
    int rc;
    if (!wh_text_is_file_name(name)) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_FILE_NAME, WH_ARGS(wh_arg_s(name)));
    }
    if (content.len > WH_FILE_BYTES_MAX) {
        return wh_fail(err, WH_E_TOO_BIG, WH_MSG_FILE_BIG, WH_ARGS(wh_arg_s(name)));
    }
    digest = digest_text(content, arena);
    dir = folder_of(home, digest, arena);
    sealed = wh_seal(&home->data_key, digest, content, arena);
    rc = wh_dir_make(dir, DIR_MODE, err);
    if (rc == 0) {
        rc = wh_file_write(wh_path_join(arena, dir, wh_arena_text(arena, digest)), sealed,
                           FILE_MODE, err);
    }
    if (rc < 0) return rc;
    ref = wh_arena_new(arena, name.len + DIGEST_TEXT_LEN + 2, 1);
    (void)snprintf(ref, name.len + DIGEST_TEXT_LEN + 2, "%.*s#%.*s", (int)name.len, name.data,
                   (int)digest.len, digest.data);
    *ret = wh_span_of(ref);
    return 0;
}

/* The name and the digest of what a field holds; false where it holds a name alone. */
static bool split(struct wh_span ref, struct wh_span *ret_name, struct wh_span *ret_digest)
{
    const char *mark = ref.len > 0 ? memrchr(ref.data, '#', ref.len) : NULL;
    size_t at = mark ? (size_t)(mark - ref.data) : 0;
    if (!mark || ref.len - at - 1 != DIGEST_TEXT_LEN) return false;
    *ret_name = wh_span(ref.data, at);
    *ret_digest = wh_span_from(ref, at + 1);
    for (size_t i = 0; i < ret_digest->len; i++) {
        if (!isxdigit((unsigned char)ret_digest->data[i])) return false;
    }
    return true;
}

int wh_kept_file_get(const struct wh_home *home, struct wh_span ref, struct wh_arena *arena,
                     struct wh_span *ret_name, struct wh_span *ret_content, struct wh_error *err)
{
    struct wh_span digest, sealed;
    char *path;
    int rc;
    if (!split(ref, ret_name, &digest)) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_FILE_NAME_ALONE, WH_ARGS(wh_arg_s(ref)));
    }
    path = wh_path_join(arena, folder_of(home, digest, arena), wh_arena_text(arena, digest));
    rc = wh_file_read_up_to(path, WH_FILE_BYTES_MAX + SEAL_BYTES, arena, &sealed, err);
    if (rc < 0) return rc;
    if (wh_unseal(&home->data_key, digest, sealed, arena, ret_content) == 0) return 0;
    return wh_fail(err, WH_E_CORRUPT, WH_MSG_FILE_DAMAGED, WH_ARGS(wh_arg_c(path)));
}
