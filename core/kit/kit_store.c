/* What a plugin writes: records and keys, turn by turn, in memory. */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/limits.h"
#include "kit/kit_parts.h"

/* ---- Turns ---- */

static void *copied(struct wh_arena *arena, const void *items, uint32_t count, size_t size)
{
    void *copy = wh_arena_new(arena, (size_t)count + 1, size);
    if (count > 0) memcpy(copy, items, count * size);
    return copy;
}

void wh_kit_turn_begin(struct wh_kit *kit)
{
    kit->open = kit->saved;
    kit->open.records_size = kit->saved.records_count + 1;
    kit->open.keys_size = kit->saved.keys_count + 1;
    kit->open.records = copied(kit->arena, kit->saved.records, kit->saved.records_count,
                               sizeof(*kit->saved.records));
    kit->open.keys =
        copied(kit->arena, kit->saved.keys, kit->saved.keys_count, sizeof(*kit->saved.keys));
}

void wh_kit_turn_end(struct wh_kit *kit, int rc)
{
    if (rc < 0) {
        kit->open = kit->saved; /* keys are read there between turns too */
    } else {
        kit->saved = kit->open;
    }
    wh_plugins_committed(kit->plugins, rc < 0 ? rc : 0);
}

/* ---- Records ---- */

static int compare_records(const void *a, const void *b)
{
    const struct wh_record *const *left = a, *const *right = b;
    int d = ((*left)->date > (*right)->date) - ((*left)->date < (*right)->date);
    return d != 0 ? d : memcmp(&(*left)->id, &(*right)->id, sizeof((*left)->id));
}

static int scan_records(void *context, struct wh_span kind, struct wh_span unit, int32_t from,
                        int32_t to, wh_host_record_each each, void *each_context,
                        struct wh_error *err)
{
    struct wh_kit *kit = context;
    const struct wh_record **found =
        wh_arena_new(kit->arena, (size_t)kit->saved.records_count + 1, sizeof(*found));
    uint32_t count = 0;
    int rc = 0;
    (void)err;
    for (uint32_t i = 0; i < kit->saved.records_count; i++) {
        const struct wh_record *record = &kit->saved.records[i];
        if (record->state == WH_RECORD_CURRENT && record->date >= from && record->date <= to &&
            wh_span_equal(record->unit, unit) &&
            wh_span_equal(wh_span_of(record->kind->name), kind)) {
            found[count++] = record;
        }
    }
    qsort(found, count, sizeof(*found), compare_records);
    for (uint32_t i = 0; i < count && rc == 0; i++) rc = each(each_context, found[i]);
    return rc < 0 ? rc : 0;
}

static struct wh_record *find_record(struct wh_kit_state *state, struct wh_span text)
{
    struct wh_id id;
    if (wh_id_parse(text, &id) < 0) return NULL;
    for (uint32_t i = 0; i < state->records_count; i++) {
        if (memcmp(&state->records[i].id, &id, sizeof(id)) == 0) return &state->records[i];
    }
    return NULL;
}

static int no_record(struct wh_span id, struct wh_error *err)
{
    return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_RECORD_UNKNOWN, WH_ARGS(wh_arg_s(id)));
}

static int get_record(void *context, struct wh_span id, struct wh_arena *arena,
                      struct wh_record *ret, struct wh_error *err)
{
    struct wh_kit *kit = context;
    const struct wh_record *record = find_record(&kit->saved, id);
    (void)arena; /* the kit's own lives longer */
    if (!record) return no_record(id, err);
    *ret = *record;
    return 0;
}

static int fail_faults(struct wh_kit *kit, const struct wh_kind *kind,
                       const struct wh_faults *faults, struct wh_error *err)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    int rc;
    for (uint32_t i = 0; i < wh_faults_kept(faults); i++) {
        if (i > 0) wh_buffer_put(&buffer, WH_S("; "));
        wh_buffer_put(&buffer, faults->items[i].field);
        wh_buffer_put(&buffer, WH_S(": "));
        wh_buffer_put(&buffer, wh_fault_text(&faults->items[i], kit->wanted->language, kit->arena));
    }
    rc = wh_fail(err, WH_E_INVALID, WH_MSG_KIT_RECORD,
                 WH_ARGS(wh_arg_c(kind->name), wh_arg_s(wh_buffer_span(&buffer))));
    wh_buffer_deinit(&buffer);
    return rc;
}

/* Reads the entries as a clerk's are read; *ret has no id yet. */
static int read_record(struct wh_kit *kit, const struct wh_kind *kind,
                       const struct wh_entry *entries, uint32_t count, struct wh_record *ret,
                       struct wh_error *err)
{
    const struct wh_record_scope scope = {kit->scenario->home, kit->today, wh_scenario_unit,
                                          kit->scenario};
    struct wh_faults faults;
    wh_faults_init(&faults, kit->arena);
    if (wh_record_read(kind, &scope, entries, count, 0, kit->arena, &faults, ret)) return 0;
    return fail_faults(kit, kind, &faults, err);
}

static struct wh_span unique_names(struct wh_kit *kit, const struct wh_kind *kind)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_span names;
    for (uint32_t i = 0; i < kind->unique.count; i++) {
        const char *const *name = wh_list_at(&kind->unique, i);
        if (i > 0) wh_buffer_put(&buffer, WH_S(", "));
        wh_buffer_put(&buffer, wh_span_of(*name));
    }
    names = wh_arena_copy(kit->arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return names;
}

static int check_repeats(struct wh_kit *kit, const struct wh_record *record, struct wh_error *err)
{
    for (uint32_t i = 0; i < kit->open.records_count; i++) {
        const struct wh_record *other = &kit->open.records[i];
        char id[WH_ID_TEXT_SIZE];
        if (other->state != WH_RECORD_CURRENT || other->kind != record->kind ||
            memcmp(&other->id, &record->id, sizeof(other->id)) == 0 ||
            !wh_record_repeats(other, record)) {
            continue;
        }
        wh_id_format(other->id, id);
        return wh_fail(err, WH_E_INVALID, WH_MSG_RECORD_REPEATS,
                       WH_ARGS(wh_arg_c(id), wh_arg_s(unique_names(kit, record->kind))));
    }
    return 0;
}

static void keep_record(struct wh_kit_state *state, struct wh_arena *arena,
                        const struct wh_record *record)
{
    if (state->records_count == state->records_size) {
        state->records_size *= 2;
        state->records = memcpy(wh_arena_new(arena, state->records_size, sizeof(*state->records)),
                                state->records, state->records_count * sizeof(*state->records));
    }
    state->records[state->records_count++] = *record;
}

int wh_kit_record_add(struct wh_kit *kit, const struct wh_kind *kind,
                      const struct wh_entry *entries, uint32_t count, struct wh_id *ret,
                      struct wh_error *err)
{
    struct wh_record record;
    int rc = read_record(kit, kind, entries, count, &record, err);
    if (rc < 0) return rc;
    record.id = wh_id_make(wh_kit_now_ms(kit), ++kit->counter, 0);
    record.version = kit->counter;
    record.state = WH_RECORD_CURRENT;
    rc = check_repeats(kit, &record, err);
    if (rc < 0) return rc;
    keep_record(&kit->open, kit->arena, &record);
    *ret = record.id;
    return 0;
}

static struct wh_entry *entries_of(struct wh_kit *kit, const struct wh_list *fields)
{
    struct wh_entry *entries =
        wh_arena_new(kit->arena, (size_t)fields->count + WH_FIELDS_MAX + 2, sizeof(*entries));
    for (uint32_t i = 0; i < fields->count; i++) {
        const struct wh_named_text *field = wh_list_at(fields, i);
        entries[i].name = wh_arena_copy(kit->arena, field->name);
        entries[i].text = wh_arena_copy(kit->arena, field->text);
    }
    return entries;
}

static int add_record(void *context, struct wh_span author, struct wh_span kind,
                      struct wh_span unit, int64_t date, const struct wh_list *fields,
                      struct wh_record_id *ret_id, struct wh_error *err)
{
    struct wh_kit *kit = context;
    const struct wh_kind *of = wh_plugins_kind(kit->plugins, kind);
    struct wh_entry *entries = entries_of(kit, fields);
    uint32_t count = fields->count;
    struct wh_id id;
    int rc;
    (void)author;
    if (!of) return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_KIND_UNKNOWN, WH_ARGS(wh_arg_s(kind)));
    entries[count++] = (struct wh_entry){WH_S("unit"), wh_arena_copy(kit->arena, unit)};
    entries[count++] = (struct wh_entry){WH_S("date"), wh_kit_number_text(kit, WH_DATE, date)};
    rc = wh_kit_record_add(kit, of, entries, count, &id, err);
    if (rc == 0) wh_id_format(id, ret_id->text);
    return rc;
}

static bool is_among(const struct wh_entry *entries, uint32_t count, struct wh_span name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (wh_span_equal(entries[i].name, name)) return true;
    }
    return false;
}

/* What is not given keeps its value. */
static uint32_t add_kept(struct wh_kit *kit, const struct wh_record *old, struct wh_entry *entries,
                         uint32_t count)
{
    uint32_t given = count;
    entries[count++] = (struct wh_entry){WH_S("unit"), old->unit};
    if (!is_among(entries, given, WH_S("date"))) {
        entries[count++] =
            (struct wh_entry){WH_S("date"), wh_kit_number_text(kit, WH_DATE, old->date)};
    }
    for (uint32_t i = 0; i < old->kind->fields.count && i < WH_FIELDS_MAX; i++) {
        const struct wh_field *field = wh_kind_field(old->kind, i);
        struct wh_span name = wh_span_of(field->name);
        if (is_among(entries, count, name) || !old->values[i].present) continue;
        entries[count++] =
            (struct wh_entry){name, wh_field_text(field, &old->values[i], kit->arena)};
    }
    return count;
}

static int edit_record(void *context, struct wh_span author, struct wh_span id,
                       const struct wh_list *fields, struct wh_error *err)
{
    struct wh_kit *kit = context;
    struct wh_record *old = find_record(&kit->open, id);
    struct wh_entry *entries = entries_of(kit, fields);
    struct wh_record changed;
    int rc;
    (void)author;
    if (!old) return no_record(id, err);
    if (old->state != WH_RECORD_CURRENT) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_RECORD_WITHDRAWN, NULL);
    }
    rc = read_record(kit, old->kind, entries, add_kept(kit, old, entries, fields->count), &changed,
                     err);
    if (rc < 0) return rc;
    changed.id = old->id;
    changed.version = ++kit->counter;
    changed.state = WH_RECORD_CURRENT;
    rc = check_repeats(kit, &changed, err);
    if (rc == 0) *old = changed;
    return rc;
}

static int withdraw_record(void *context, struct wh_span author, struct wh_span id,
                           struct wh_span why, struct wh_error *err)
{
    struct wh_kit *kit = context;
    struct wh_record *record = find_record(&kit->open, id);
    (void)author;
    if (!record) return no_record(id, err);
    if (record->state != WH_RECORD_CURRENT) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_RECORD_WITHDRAWN, NULL);
    }
    record->state = WH_RECORD_WITHDRAWN;
    record->version = ++kit->counter;
    record->why = wh_arena_copy(kit->arena, why);
    return 0;
}

/* ---- Keys ---- */

/* The place of `key`, or that where it would stand. */
static uint32_t key_place(const struct wh_kit_state *state, struct wh_span key, bool *ret_is_there)
{
    uint32_t low = 0, high = state->keys_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (wh_span_compare(state->keys[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *ret_is_there = low < state->keys_count && wh_span_equal(state->keys[low].key, key);
    return low;
}

static int get_key(void *context, struct wh_span key, struct wh_arena *arena, struct wh_span *ret,
                   struct wh_error *err)
{
    const struct wh_kit *kit = context;
    bool is_there;
    uint32_t place = key_place(&kit->open, key, &is_there);
    (void)err;
    *ret = is_there ? wh_arena_copy(arena, kit->open.keys[place].value) : WH_SPAN_EMPTY;
    return 0;
}

static int scan_keys(void *context, struct wh_span prefix, wh_key_visit visit, void *visit_context,
                     struct wh_error *err)
{
    const struct wh_kit *kit = context;
    bool is_there;
    uint32_t place = key_place(&kit->saved, prefix, &is_there);
    int rc = 0;
    (void)err;
    for (; place < kit->saved.keys_count && rc == 0; place++) {
        const struct wh_kit_key *one = &kit->saved.keys[place];
        if (!wh_span_starts(one->key, prefix)) break;
        rc = visit(visit_context, one->key, one->value);
    }
    return rc < 0 ? rc : 0;
}

static void put_key(void *context, struct wh_span key, struct wh_span value)
{
    struct wh_kit *kit = context;
    struct wh_kit_state *state = &kit->open;
    bool is_there;
    uint32_t place = key_place(state, key, &is_there);
    if (!is_there) {
        if (state->keys_count == state->keys_size) {
            state->keys_size *= 2;
            state->keys = memcpy(wh_arena_new(kit->arena, state->keys_size, sizeof(*state->keys)),
                                 state->keys, state->keys_count * sizeof(*state->keys));
        }
        memmove(&state->keys[place + 1], &state->keys[place],
                (state->keys_count - place) * sizeof(*state->keys));
        state->keys_count++;
        state->keys[place].key = wh_arena_copy(kit->arena, key);
    }
    state->keys[place].value = wh_arena_copy(kit->arena, value);
}

static void remove_key(void *context, struct wh_span key)
{
    struct wh_kit *kit = context;
    struct wh_kit_state *state = &kit->open;
    bool is_there;
    uint32_t place = key_place(state, key, &is_there);
    if (!is_there) return;
    state->keys_count--;
    memmove(&state->keys[place], &state->keys[place + 1],
            (state->keys_count - place) * sizeof(*state->keys));
}

void wh_kit_store_services(struct wh_host_services *services)
{
    services->records = scan_records;
    services->record = get_record;
    services->record_add = add_record;
    services->record_edit = edit_record;
    services->record_withdraw = withdraw_record;
    services->get = get_key;
    services->scan = scan_keys;
    services->put = put_key;
    services->remove = remove_key;
}
