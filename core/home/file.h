/* file.h: whole small files, read with a cap and written so that a power cut leaves the old or the
 * new one; and where they lie. Thread: any. */
#ifndef WH_HOME_FILE_H
#define WH_HOME_FILE_H

#include "base/error.h"

/* WH_E_NOT_FOUND, WH_E_TOO_BIG, WH_E_IO. */
int wh_file_read_up_to(const char *path, size_t bytes_max, struct wh_arena *arena,
                       struct wh_span *ret, struct wh_error *err);
/* The same with a cap of 1 MiB. */
int wh_file_read(const char *path, struct wh_arena *arena, struct wh_span *ret,
                 struct wh_error *err);
/* Writes beside, syncs, renames, syncs the directory. WH_E_IO, WH_E_NO_SPACE. */
int wh_file_write(const char *path, struct wh_span content, uint32_t mode, struct wh_error *err);
/* Makes a directory with exactly this mode, or sets it where it exists. WH_E_IO. */
int wh_dir_make(const char *path, uint32_t mode, struct wh_error *err);

/* In which an isolated plugin runs, from the folder of the program: a build tree and an installed
 * tree look alike. */
#define WH_ISOLATED_PROGRAM "../lib/wuhao/wuhao-isolated"

/* `DIR/NAME` in `arena`; NAME alone where `dir` is empty: in the working folder. */
char *wh_path_join(struct wh_arena *arena, const char *dir, const char *name);
/* The folder of the running program, in `arena`; NULL where it can't be told. */
char *wh_program_dir(struct wh_arena *arena);

#endif
