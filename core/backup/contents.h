/* contents.h: what a backed up store holds, found by reading it from end to end. Private to
 * backup/. Thread: any. */
#ifndef WH_BACKUP_CONTENTS_H
#define WH_BACKUP_CONTENTS_H

#include "backup/folder.h"
#include "engine/store_ops.h"

/* Reads every key and value of backup `number`, which checks their checksums, and fills what *ret
 * says of contents. WH_E_CORRUPT, WH_E_IO. */
int wh_contents_read(const struct wh_backup_folder *folder, uint32_t number, struct wh_backup *ret,
                     struct wh_error *err);

#endif
