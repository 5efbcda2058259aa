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

static bool is_given(const struct wh_entry *given, uint32_t count, struct wh_span name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (wh_span_equal(given[i].name, name)) return true;
    }
    return false;
}

/* The fields as they are, but for those that are given anew. */
static struct wh_entry *altered(const struct wh_record *old, const struct wh_entry *given,
                                uint32_t given_count, struct wh_arena *arena, uint32_t *ret_count)
{
    const struct wh_field date = {.type = WH_DATE};
    struct wh_field_value day = {true, old->date, WH_SPAN_EMPTY};
    uint32_t size = old->kind->fields.count + given_count + 2u, count = 0;
    struct wh_entry *entries = wh_arena_new(arena, size, sizeof(*entries));
    if (!is_given(given, given_count, WH_S("unit"))) {
        entries[count++] = (struct wh_entry){WH_S("unit"), old->unit};
    }
    if (!is_given(given, given_count, WH_S("date"))) {
        entries[count++] = (struct wh_entry){WH_S("date"), wh_field_text(&date, &day, arena)};
    }
    for (uint32_t i = 0; i < old->kind->fields.count; i++) {
        const struct wh_field *field = wh_kind_field(old->kind, i);
        struct wh_span name = wh_span_of(field->name);
        if (is_given(given, given_count, name)) continue;
        entries[count++] = (struct wh_entry){name, wh_field_text(field, &old->values[i], arena)};
    }
    for (uint32_t i = 0; i < given_count; i++) entries[count++] = given[i];
    *ret_count = count;
    return entries;
}

int wh_record_alter(const struct wh_record_writing *writing, const struct wh_record *old,
                    const struct wh_entry *given, uint32_t count, struct wh_error *err)
{
    struct wh_record_scope scope = wh_records_scope(writing->engine);
    struct wh_record changed;
    struct wh_entry *entries;
    int rc;
    if (count == 0) return wh_fail(err, WH_E_USAGE, WH_MSG_EDIT_NOTHING, NULL);
    if (old->state == WH_RECORD_WITHDRAWN) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_RECORD_WITHDRAWN, NULL);
    }
    entries = altered(old, given, count, writing->arena, &count);
    if (!wh_record_read(old->kind, &scope, entries, count, 0, writing->arena, writing->faults,
                        &changed)) {
        return fail_faults(writing, err);
    }
    changed.id = old->id;
    changed.version = old->version;
    rc = check_unique(writing, &changed, err);
    return rc < 0 ? rc : wh_record_change(writing->engine, old, &changed, writing->author, err);
}
