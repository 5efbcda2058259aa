#include "commands/record_writes.h"

#include "engine/records.h"

int wh_record_by_text(struct wh_engine *engine, struct wh_span text, struct wh_arena *arena,
                      struct wh_record *ret, struct wh_error *err)
{
    struct wh_id id;
    if (wh_id_parse(text, &id) == 0) return wh_record_find(engine, id, arena, ret, err);
    return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_RECORD_UNKNOWN, WH_ARGS(wh_arg_s(text)));
}

static int fail_faults(const struct wh_record_writing *writing, struct wh_error *err)
{
    return wh_fail(err, WH_E_INVALID, WH_MSG_RECORD_FAULTS,
                   WH_ARGS(wh_arg_s(writing->what), wh_arg_n(writing->faults->count)));
}

/* Offers the record to those that are there; adds a fault where it repeats one. */
static int check_unique(const struct wh_record_writing *writing, const struct wh_record *record,
                        struct wh_error *err)
{
    struct wh_uniqueness *uniqueness = wh_uniqueness_new(writing->engine, record->kind);
    int rc = wh_uniqueness_offer(uniqueness, record, 0, writing->faults, err);
    wh_uniqueness_free(uniqueness);
    if (rc == 0 && writing->faults->count > 0) rc = fail_faults(writing, err);
    return rc;
}

int wh_record_enter(const struct wh_record_writing *writing, const struct wh_kind *kind,
                    const struct wh_entry *entries, uint32_t count, struct wh_id *ret,
                    struct wh_error *err)
{
    struct wh_record_scope scope = wh_records_scope(writing->engine);
    struct wh_record record;
    int rc;
    if (!wh_record_read(kind, &scope, entries, count, 0, writing->arena, writing->faults,
                        &record)) {
        return fail_faults(writing, err);
    }
    rc = check_unique(writing, &record, err);
    if (rc == 0) rc = wh_record_add(writing->engine, &record, writing->author, err);
    if (rc == 0) *ret = record.id;
    return rc;
}

int wh_record_alter(const struct wh_record_writing *writing, const struct wh_record *old,
                    const struct wh_entry *given, uint32_t count, struct wh_error *err)
{
    struct wh_record_scope scope = wh_records_scope(writing->engine);
    struct wh_record changed;
    struct wh_entries entries;
    int rc = wh_record_alter_entries(old, given, count, writing->arena, &entries, err);
    if (rc < 0) return rc;
    if (!wh_record_read(old->kind, &scope, entries.items, entries.count, 0, writing->arena,
                        writing->faults, &changed)) {
        return fail_faults(writing, err);
    }
    changed.id = old->id;
    changed.version = old->version;
    rc = check_unique(writing, &changed, err);
    return rc < 0 ? rc : wh_record_change(writing->engine, old, &changed, writing->author, err);
}
