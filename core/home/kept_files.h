/* kept_files.h: the content of `file` fields: photographs, documents. It lies beside the store
 * under its digest, sealed with the data key (people are on photographs), is part of every backup,
 * and never leaves the node; the field holds its name and its digest. Thread: loop. */
#ifndef WH_HOME_KEPT_FILES_H
#define WH_HOME_KEPT_FILES_H

#include "home/home.h"

/* Keeps `content`, fsynced; the same content is kept once. *ret is what the field holds,
 * "NAME#DIGEST", in `arena`. WH_E_INVALID for a name that is no plain file name, WH_E_TOO_BIG over
 * WH_FILE_BYTES_MAX, WH_E_IO, WH_E_NO_SPACE. */
int wh_kept_file_put(const struct wh_home *home, struct wh_span name, struct wh_span content,
                     struct wh_arena *arena, struct wh_span *ret, struct wh_error *err);

/* The content of what a field holds, in `arena`. WH_E_NOT_FOUND: a name alone, or its content is
 * not here; WH_E_CORRUPT: it is not what was kept. */
int wh_kept_file_get(const struct wh_home *home, struct wh_span ref, struct wh_arena *arena,
                     struct wh_span *ret_name, struct wh_span *ret_content, struct wh_error *err);

#endif
