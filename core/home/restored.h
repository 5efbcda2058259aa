/* restored.h: the note in a home that says from which backup it was restored. It stays there, so
 * that whoever asks later is told. Thread: loop. Ownership: texts live in the arena given. */
#ifndef WH_HOME_RESTORED_H
#define WH_HOME_RESTORED_H

#include "base/error.h"

struct wh_restored {
    uint32_t number;       /* of the backup; 0: the home was never restored */
    int64_t taken_ms;      /* when the backup was taken */
    int64_t last_write_ms; /* the last write in it; 0: none */
    int64_t restored_ms;
    struct wh_span from; /* the folder of backups */
};

/* Writes the note into the home `dir`. WH_E_NO_SPACE, WH_E_IO. */
int wh_restored_write(const char *dir, const struct wh_restored *restored, struct wh_error *err);

/* Reads it: number 0 where there is none, or none that can be understood. */
void wh_restored_read(const char *dir, struct wh_arena *arena, struct wh_restored *ret);

#endif
