/* last_write.h: until when a store was written. Thread: any that may read the store. */
#ifndef WH_BACKUP_LAST_WRITE_H
#define WH_BACKUP_LAST_WRITE_H

#include "engine/store_ops.h"

struct wh_last_write {
    int64_t at_ms; /* the newest row or command on record; 0: none */
    uint64_t head; /* the last seq given at the newest row; 0: none */
};

/* Looks it up at the ends of two families, so it costs the same for any size. WH_E_IO,
 * WH_E_CORRUPT; what was found before that stays in *ret. */
int wh_last_write(struct wh_store store, struct wh_last_write *ret, struct wh_error *err);

#endif
