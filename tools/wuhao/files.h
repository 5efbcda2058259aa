/* files.h: files that a command gives, written into the folder that its argument `out` names.
 * Thread: main. */
#ifndef WUHAO_FILES_H
#define WUHAO_FILES_H

#include "base/error.h"
#include "door.pb-c.h"

/* Writes one file; the folder is made, and a file of that name replaced. *ret_path is where, in
 * `arena`. WH_E_INVALID for a name that is no plain file name, WH_E_IO, WH_E_NO_SPACE. */
int wh_files_write(const Wh__Request *request, const Wh__File *file, struct wh_arena *arena,
                   struct wh_span *ret_path, struct wh_error *err);

#endif
