/* records.h: records on this node: adding, changing, withdrawing, finding. What a change writes
 * (record, former version, marks) goes into the open batch. Thread: loop. */
#ifndef WH_ENGINE_RECORDS_H
#define WH_ENGINE_RECORDS_H

#include "engine/engine.h"
#include "model/record.h"

/* What validation has to know of this node; lent until the turn ends. */
struct wh_record_scope wh_records_scope(const struct wh_engine *engine);

/* Puts a validated record: gives it id, version and time of writing. */
int wh_record_add(struct wh_engine *engine, struct wh_record *record, struct wh_span author,
                  struct wh_error *err);

/* Finds the record of this id, withdrawn or not. WH_E_NOT_FOUND. */
int wh_record_find(struct wh_engine *engine, struct wh_id id, struct wh_arena *arena,
                   struct wh_record *ret, struct wh_error *err);

/* Puts `changed` (validated, with the id of `old`) in place of `old`, which goes to history. */
int wh_record_change(struct wh_engine *engine, const struct wh_record *old,
                     struct wh_record *changed, struct wh_span author, struct wh_error *err);

/* An edit that takes the record out of force. WH_E_INVALID where it already is. */
int wh_record_withdraw(struct wh_engine *engine, const struct wh_record *old, struct wh_span why,
                       struct wh_span author, struct wh_error *err);

enum wh_records_which {
    WH_RECORDS_CURRENT,
    WH_RECORDS_ALL, /* withdrawn ones too */
};

struct wh_records_query {
    const struct wh_kind *kind;
    struct wh_span unit; /* empty: every unit */
    int32_t from;        /* INT32_MIN: no bound */
    int32_t to;          /* INT32_MAX: no bound */
    enum wh_records_which which;
};

/* 0: go on, 1: stop, negative: stop with this code. The record is lent for the call. */
typedef int (*wh_record_each)(void *context, const struct wh_record *record);

/* Visits records by unit, date, id. The open batch is not seen. */
int wh_records_scan(struct wh_engine *engine, const struct wh_records_query *query,
                    wh_record_each each, void *context, struct wh_error *err);

/* Visits the versions of a record from the first to the newest. */
int wh_record_versions(struct wh_engine *engine, const struct wh_record *newest,
                       wh_record_each each, void *context, struct wh_error *err);

/* How many records there are of every kind, withdrawn ones included. */
int wh_records_count(struct wh_engine *engine, uint64_t *ret, struct wh_error *err);

/* ---- Unique fields ---- */

/* Looks for repeats among the records that are there and those that were offered before. */
struct wh_uniqueness;

/* Free with wh_uniqueness_free(). */
struct wh_uniqueness *wh_uniqueness_new(struct wh_engine *engine, const struct wh_kind *kind);
void wh_uniqueness_free(struct wh_uniqueness *uniqueness);

/* Adds a fault at `line` where `record` repeats another one that is in force (data.md "Kinds");
 * else remembers it for those that follow. A record never repeats an earlier version of itself. */
int wh_uniqueness_offer(struct wh_uniqueness *uniqueness, const struct wh_record *record,
                        uint32_t line, struct wh_faults *faults, struct wh_error *err);

#endif
