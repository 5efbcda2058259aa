/* What a plugin writes: records and keys, turn by turn, in memory. */
#include <stdlib.h>

#include "base/buffer.h"
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
    const struct wh_record *record = find_record(&kit->open, id);
    (void)arena; /* the kit's own lives longer */
    if (!record) return no_record(id, err);
    *ret = *record;
    return 0;
}

/* All of them in one sentence: a step has one. */
static int fail_faults(struct wh_kit *kit, const struct wh_kind *kind,
                       const struct wh_faults *faults, struct wh_error *err)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    int rc;
    for (uint32_t i = 0; i < wh_faults_kept(faults); i++) {
        const struct wh_fault *fault = &faults->items[i];
        if (i > 0) wh_buffer_put(&buffer, WH_S("; "));
        wh_buffer_put(&buffer, fault->field);
        if (fault->field.len > 0) wh_buffer_put(&buffer, WH_S(": "));
        wh_buffer_put(&buffer, wh_fault_text(fault, kit->wanted->language, kit->arena));
    }
    rc = wh_fail(err, WH_E_INVALID, WH_MSG_KIT_RECORD,
                 WH_ARGS(wh_arg_c(kind->name), wh_arg_s(wh_buffer_span(&buffer))));
    wh_buffer_deinit(&buffer);
    return rc;
}

static void check_repeats(struct wh_kit *kit, const struct wh_record *record,
                          struct wh_faults *faults)
{
    for (uint32_t i = 0; i < kit->open.records_count; i++) {
        const struct wh_record *other = &kit->open.records[i];
        if (other->state != WH_RECORD_CURRENT || other->kind != record->kind ||
            memcmp(&other->id, &record->id, sizeof(other->id)) == 0 ||
            !wh_record_repeats(other, record)) {
            continue;
        }
        wh_record_name_repeat(other, 0, kit->arena, faults);
        return;
    }
}

/* Reads the entries as a clerk's are read: the next version of the record `id`. WH_E_INVALID: with
 * faults. */
static int read_record(struct wh_kit *kit, const struct wh_kind *kind, struct wh_id id,
                       struct wh_entries entries, struct wh_faults *faults, struct wh_record *ret)
{
    const struct wh_record_scope scope = {kit->scenario->home, kit->today, wh_scenario_unit,
                                          kit->scenario};
    if (!wh_record_read(kind, &scope, entries.items, entries.count, 0, kit->arena, faults, ret)) {
        return WH_E_INVALID;
    }
    ret->id = id;
    ret->version = ++kit->counter;
    ret->state = WH_RECORD_CURRENT;
    check_repeats(kit, ret, faults);
    return faults->count > 0 ? WH_E_INVALID : 0;
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

static int enter_record(struct wh_kit *kit, const struct wh_kind *kind, struct wh_entries entries,
                        struct wh_faults *faults, struct wh_id *ret)
{
    struct wh_id id = wh_id_make(wh_kit_now_ms(kit), ++kit->counter, 0);
    struct wh_record record;
    int rc = read_record(kit, kind, id, entries, faults, &record);
    if (rc < 0) return rc;
    keep_record(&kit->open, kit->arena, &record);
    *ret = id;
    return 0;
}

int wh_kit_record_add(struct wh_kit *kit, const struct wh_kind *kind, struct wh_entries entries,
                      struct wh_error *err)
{
    struct wh_faults faults;
    struct wh_id id;
    wh_faults_init(&faults, kit->arena);
    if (enter_record(kit, kind, entries, &faults, &id) == 0) return 0;
    return fail_faults(kit, kind, &faults, err);
}

static int add_record(void *context, struct wh_span author, struct wh_span kind,
                      struct wh_span unit, int64_t date, const struct wh_list *fields,
                      struct wh_record_id *ret_id, struct wh_error *err)
{
    struct wh_kit *kit = context;
    const struct wh_kind *of = wh_plugins_kind(kit->plugins, kind);
    struct wh_entries entries = wh_entries_of_new(fields, unit, date, kit->arena);
    struct wh_faults faults;
    struct wh_id id;
    int rc;
    (void)author;
    if (!of) return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_KIND_UNKNOWN, WH_ARGS(wh_arg_s(kind)));
    wh_faults_init(&faults, kit->arena);
    rc = enter_record(kit, of, entries, &faults, &id);
    if (rc == 0 && ret_id) wh_id_format(id, ret_id->text);
    return wh_record_fail_first(&faults, rc, kit->arena, err);
}

static int edit_record(void *context, struct wh_span author, struct wh_span id,
                       const struct wh_list *fields, struct wh_error *err)
{
    struct wh_kit *kit = context;
    struct wh_record *old = find_record(&kit->open, id);
    struct wh_entries entries = wh_entries_of(fields, kit->arena);
    struct wh_faults faults;
    struct wh_record changed;
    int rc;
    (void)author;
    if (!old) return no_record(id, err);
    wh_faults_init(&faults, kit->arena);
    rc = wh_record_alter_entries(old, entries.items, entries.count, kit->arena, &entries, err);
    if (rc == 0) rc = read_record(kit, old->kind, old->id, entries, &faults, &changed);
    if (rc == 0) *old = changed;
    return wh_record_fail_first(&faults, rc, kit->arena, err);
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
