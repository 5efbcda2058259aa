/* record_writes.h: a record entered or altered as a person wrote it: checked whole, then put into
 * the batch of the turn. `add` and `edit` share it with plugins. Thread: loop. */
#ifndef WH_COMMANDS_RECORD_WRITES_H
#define WH_COMMANDS_RECORD_WRITES_H

#include "engine/engine.h"
#include "model/record.h"

/* What a record is written with: the arena and the faults of a call, or of a plugin's. */
struct wh_record_writing {
    struct wh_engine *engine;
    struct wh_arena *arena;
    struct wh_faults *faults;
    struct wh_span author;
    struct wh_span what; /* how the error names it: a kind, an id */
};

/* The record whose id `text` is, withdrawn or not. WH_E_NOT_FOUND. */
int wh_record_by_text(struct wh_engine *engine, struct wh_span text, struct wh_arena *arena,
                      struct wh_record *ret, struct wh_error *err);

/* Adds a record of `kind`; `entries` may hold `unit` and `date`. WH_E_INVALID: see the faults. */
int wh_record_enter(const struct wh_record_writing *writing, const struct wh_kind *kind,
                    const struct wh_entry *entries, uint32_t count, struct wh_id *ret,
                    struct wh_error *err);

/* Changes the fields given of `old`; the others stay. WH_E_INVALID where it is withdrawn, too. */
int wh_record_alter(const struct wh_record_writing *writing, const struct wh_record *old,
                    const struct wh_entry *given, uint32_t count, struct wh_error *err);

#endif
