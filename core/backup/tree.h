/* tree.h: files and whole trees of them: digests, copies, syncing, removing. Private to backup/.
 * Thread: any. */
#ifndef WH_BACKUP_TREE_H
#define WH_BACKUP_TREE_H

#include "base/error.h"
#include "base/seal.h"

/* WH_E_NOT_FOUND, WH_E_NOT_PERMITTED, WH_E_NO_SPACE or WH_E_IO, by errno. */
int wh_tree_fail_read(const char *path, struct wh_error *err);
int wh_tree_fail_write(const char *path, struct wh_error *err);

/* The digest of a file of any size: the digest of each part of 1 MiB is taken together with that of
 * the parts before it. */
int wh_tree_digest(const char *path, uint8_t ret[WH_DIGEST_BYTES], uint64_t *ret_bytes,
                   struct wh_error *err);

/* Copies a file to `to`, which must not be there, with this mode; synced. */
int wh_tree_copy(const char *from, const char *to, uint32_t mode, struct wh_error *err);

/* The whole of a file, however large, in `arena`. */
int wh_tree_read(const char *path, struct wh_arena *arena, struct wh_span *ret,
                 struct wh_error *err);

/* Syncs one file or folder. */
int wh_tree_sync_one(const char *path, struct wh_error *err);

/* Syncs every file and folder of a tree. */
int wh_tree_sync(const char *path, struct wh_error *err);

/* Removes a tree, as far as that is possible. */
void wh_tree_remove(const char *path);

/* A new empty folder in the place for passing files ($TMPDIR, else /tmp), in `arena`. */
int wh_tree_make_passing(struct wh_arena *arena, char **ret, struct wh_error *err);

#endif
