/* record.h: one typed fact about one unit (data.md "Records"): validation of what a person wrote
 * against its kind, and the form on disk, in which personal fields are sealed.
 * Thread: any. Ownership: a record's spans and values live in the arena that it was made in. */
#ifndef WH_MODEL_RECORD_H
#define WH_MODEL_RECORD_H

#include "base/id.h"
#include "base/seal.h"
#include "model/kind.h"
#include "model/unit.h"

enum wh_record_state {
    WH_RECORD_CURRENT,
    WH_RECORD_WITHDRAWN,
};

struct wh_record {
    const struct wh_kind *kind;
    struct wh_span unit;
    struct wh_id id;
    int32_t date;
    uint64_t version;
    int64_t written_ms;
    struct wh_span author;
    enum wh_record_state state;
    struct wh_span why;            /* it was withdrawn */
    struct wh_field_value *values; /* one for each field of the kind */
};

/* One NAME=TEXT as a person wrote it; `unit` and `date` are names too. */
struct wh_entry {
    struct wh_span name;
    struct wh_span text;
};

struct wh_entries {
    struct wh_entry *items;
    uint32_t count;
};

/* What validation has to know of the node. `unit` gives the unit of a code or NULL. */
struct wh_record_scope {
    struct wh_span home;
    int32_t today;
    const struct wh_unit *(*unit)(const void *units, struct wh_span code);
    const void *units;
};

/* Checks `entries` against `kind` and fills *ret's kind, unit, date and values; every fault is
 * added at `line` with its field. Names that are given twice or unknown are faults too. Returns
 * false where a fault was added. */
bool wh_record_read(const struct wh_kind *kind, const struct wh_record_scope *scope,
                    const struct wh_entry *entries, uint32_t count, uint32_t line,
                    struct wh_arena *arena, struct wh_faults *faults, struct wh_record *ret);

/* ---- What a plugin, or an edit, says of a record ---- */

/* `fields` (struct wh_named_text) as entries, copied to `arena`; those of a new record with its
 * unit and day: a number that is no day is refused by wh_record_read() as it stands. */
struct wh_entries wh_entries_of(const struct wh_list *fields, struct wh_arena *arena);
struct wh_entries wh_entries_of_new(const struct wh_list *fields, struct wh_span unit, int64_t date,
                                    struct wh_arena *arena);

/* The whole of `old` with what is given anew in its place, in `arena`. WH_E_USAGE where nothing is
 * given, WH_E_INVALID where the record is withdrawn. */
int wh_record_alter_entries(const struct wh_record *old, const struct wh_entry *given,
                            uint32_t count, struct wh_arena *arena, struct wh_entries *ret,
                            struct wh_error *err);

/* Where rc is WH_E_INVALID because of `faults`, says the first of them with its field: a plugin has
 * one sentence to show. Returns rc. */
int wh_record_fail_first(const struct wh_faults *faults, int rc, struct wh_arena *arena,
                         struct wh_error *err);

/* ---- What is in force ---- */

/* The first and last day on which it is in force: `until` ends it. */
int32_t wh_record_last_day(const struct wh_record *record); /* INT32_MAX: no end */

/* True where `a` and `b` are of one unit, in force on a common day, and agree in all fields that
 * the kind names `unique` (data.md "Kinds"). False for a kind without. */
bool wh_record_repeats(const struct wh_record *a, const struct wh_record *b);

/* Adds the fault at `line` that a record repeats `other`, which has a version unless it was offered
 * before in the same input. */
void wh_record_name_repeat(const struct wh_record *other, uint32_t line, struct wh_arena *arena,
                           struct wh_faults *faults);

/* The values of the unique fields as one text, in `arena`, to look repeats up by; empty where the
 * kind has none. Records that repeat each other have equal texts. */
struct wh_span wh_record_unique_text(const struct wh_record *record, struct wh_arena *arena);

/* ---- On disk ---- */

/* The form on disk, in `arena`; personal values are sealed with `key`. */
struct wh_span wh_record_pack(const struct wh_record *record, const struct wh_key *key,
                              struct wh_arena *arena);
/* WH_E_CORRUPT. Fields that the kind no longer has are left out. */
int wh_record_unpack(struct wh_span bytes, const struct wh_kind *kind, const struct wh_key *key,
                     struct wh_arena *arena, struct wh_record *ret);
/* The name of the kind of a packed record, so that it can be looked up: WH_E_CORRUPT. */
int wh_record_kind_name(struct wh_span bytes, struct wh_arena *arena, struct wh_span *ret);

#endif
