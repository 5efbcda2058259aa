#include "model/record.h"

#include <stdio.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/limits.h"
#include "base/text.h"
#include "model/protobuf.h"
#include "row.pb-c.h"

static const struct wh_field unit_field = {.name = "unit",
                                           .type = WH_UNIT,
                                           .flags = WH_REQUIRED,
                                           .title = {"单位", "Unit"}};
static const struct wh_field date_field = {.name = "date",
                                           .type = WH_DATE,
                                           .flags = WH_REQUIRED,
                                           .title = {"日期", "Date"}};

#define DAYS_AHEAD_MAX 366 /* a date further ahead is a slip of the pen */

/* The entry for `name`; the second one of the same name is a fault. */
static struct wh_span entry_text(struct wh_span name, const struct wh_entry *entries,
                                 uint32_t count, uint32_t line, struct wh_faults *faults)
{
    struct wh_span text = WH_SPAN_EMPTY;
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!wh_span_equal(entries[i].name, name)) continue;
        if (found++ == 0) text = entries[i].text;
    }
    if (found > 1) wh_fault_add(faults, line, name, WH_MSG_FIELD_TWICE, NULL);
    return text;
}

static struct wh_span name_word(const void *kind, size_t i)
{
    const struct wh_kind *of = kind;
    if (i == 0) return WH_S("unit");
    if (i == 1) return WH_S("date");
    if (i - 2 >= of->fields.count) return WH_SPAN_EMPTY;
    return wh_span_of(wh_kind_field(of, (uint32_t)i - 2)->name);
}

static void check_names(const struct wh_kind *kind, const struct wh_entry *entries, uint32_t count,
                        uint32_t line, struct wh_faults *faults)
{
    for (uint32_t i = 0; i < count; i++) {
        struct wh_span name = entries[i].name, near;
        if (wh_span_equal(name, WH_S("unit")) || wh_span_equal(name, WH_S("date"))) continue;
        if (wh_kind_field_index(kind, name) >= 0) continue;
        near = wh_text_nearest(name, name_word, kind);
        wh_fault_add(faults, line, name,
                     near.data ? WH_MSG_FIELD_UNKNOWN_NEAR : WH_MSG_FIELD_UNKNOWN,
                     WH_ARGS(wh_arg_c(kind->name), wh_arg_s(near)));
    }
}

static void check_unit(const struct wh_kind *kind, const struct wh_record_scope *scope,
                       struct wh_span code, uint32_t line, struct wh_faults *faults)
{
    const struct wh_unit *unit = scope->unit(scope->units, code);
    enum wh_message message;
    if (!wh_code_in_range(code, scope->home)) {
        message = WH_MSG_RECORD_UNIT_OUTSIDE;
    } else if (!unit) {
        message = WH_MSG_RECORD_UNIT_UNKNOWN;
    } else if (!(kind->enter & wh_unit_level(unit->kind))) {
        message = WH_MSG_RECORD_UNIT_LEVEL;
    } else {
        return;
    }
    wh_fault_add(faults, line, WH_S("unit"), message,
                 WH_ARGS(wh_arg_s(code), wh_arg_s(scope->home), wh_arg_c(kind->name)));
}

static void check_dates(const struct wh_record_scope *scope, const struct wh_record *record,
                        uint32_t line, struct wh_faults *faults)
{
    char day[WH_DAY_TEXT_SIZE];
    const struct wh_unit *unit = scope->unit(scope->units, record->unit);
    if (unit && unit->closed != 0 && record->date >= unit->closed) {
        wh_day_format(unit->closed, day);
        wh_fault_add(faults, line, WH_S("date"), WH_MSG_RECORD_UNIT_CLOSED,
                     WH_ARGS(wh_arg_s(record->unit), wh_arg_c(day)));
    }
    /* a roster holds what began earlier, perhaps with a unit that this one followed */
    if (unit && unit->opened != 0 && record->date < unit->opened &&
        record->kind->metrics.count > 0 && !wh_kind_looks_back(record->kind)) {
        wh_day_format(unit->opened, day);
        wh_fault_add(faults, line, WH_S("date"), WH_MSG_RECORD_UNIT_OPENED,
                     WH_ARGS(wh_arg_s(record->unit), wh_arg_c(day)));
    }
    wh_day_format(record->date, day);
    if (record->date > scope->today + DAYS_AHEAD_MAX) {
        wh_fault_add(faults, line, WH_S("date"), WH_MSG_RECORD_DATE_AHEAD, WH_ARGS(wh_arg_c(day)));
    }
    if (wh_record_last_day(record) < record->date) {
        wh_fault_add(faults, line, WH_S("until"), WH_MSG_RECORD_UNTIL_BEFORE,
                     WH_ARGS(wh_arg_c(day)));
    }
}

bool wh_record_read(const struct wh_kind *kind, const struct wh_record_scope *scope,
                    const struct wh_entry *entries, uint32_t count, uint32_t line,
                    struct wh_arena *arena, struct wh_faults *faults, struct wh_record *ret)
{
    uint32_t before = faults->count;
    struct wh_field_value unit, date;
    struct wh_record record = {.kind = kind};
    check_names(kind, entries, count, line, faults);
    wh_field_read(&unit_field, entry_text(WH_S("unit"), entries, count, line, faults), line, arena,
                  faults, &unit);
    wh_field_read(&date_field, entry_text(WH_S("date"), entries, count, line, faults), line, arena,
                  faults, &date);
    record.unit = unit.text;
    record.date = (int32_t)date.number;
    record.values = wh_arena_new(arena, kind->fields.count, sizeof(*record.values));
    for (uint32_t i = 0; i < kind->fields.count; i++) {
        const struct wh_field *field = wh_kind_field(kind, i);
        struct wh_span name = wh_span_of(field->name);
        wh_field_read(field, entry_text(name, entries, count, line, faults), line, arena, faults,
                      &record.values[i]);
    }
    if (unit.present) check_unit(kind, scope, unit.text, line, faults);
    if (date.present) check_dates(scope, &record, line, faults);
    if (faults->count != before) return false;
    *ret = record;
    return true;
}

/* ---- What a plugin, or an edit, says of a record ---- */

static struct wh_entries copied(const struct wh_list *fields, uint32_t more, struct wh_arena *arena)
{
    struct wh_entries entries = {
        wh_arena_new(arena, (size_t)fields->count + more, sizeof(*entries.items)), fields->count};
    for (uint32_t i = 0; i < fields->count; i++) {
        const struct wh_named_text *field = wh_list_at(fields, i);
        entries.items[i] =
            (struct wh_entry){wh_arena_copy(arena, field->name), wh_arena_copy(arena, field->text)};
    }
    return entries;
}

struct wh_entries wh_entries_of(const struct wh_list *fields, struct wh_arena *arena)
{
    return copied(fields, 0, arena);
}

struct wh_entries wh_entries_of_new(const struct wh_list *fields, struct wh_span unit, int64_t date,
                                    struct wh_arena *arena)
{
    struct wh_entries entries = copied(fields, 2, arena);
    char day[WH_DAY_TEXT_SIZE + 24];
    if (date < WH_DAY_MIN || date > WH_DAY_MAX) {
        (void)snprintf(day, sizeof(day), "%lld", (long long)date);
    } else {
        wh_day_format((int32_t)date, day);
    }
    entries.items[entries.count++] = (struct wh_entry){WH_S("unit"), wh_arena_copy(arena, unit)};
    entries.items[entries.count++] =
        (struct wh_entry){WH_S("date"), wh_arena_copy(arena, wh_span_of(day))};
    return entries;
}

static bool is_given(const struct wh_entry *given, uint32_t count, struct wh_span name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (wh_span_equal(given[i].name, name)) return true;
    }
    return false;
}

/* The fields as they are, but for those that are given anew. */
static struct wh_entries altered(const struct wh_record *old, const struct wh_entry *given,
                                 uint32_t count, struct wh_arena *arena)
{
    struct wh_field_value day = {true, old->date, WH_SPAN_EMPTY};
    size_t size = (size_t)old->kind->fields.count + count + 2;
    struct wh_entries all = {wh_arena_new(arena, size, sizeof(*all.items)), 0};
    if (!is_given(given, count, WH_S("unit"))) {
        all.items[all.count++] = (struct wh_entry){WH_S("unit"), old->unit};
    }
    if (!is_given(given, count, WH_S("date"))) {
        all.items[all.count++] =
            (struct wh_entry){WH_S("date"), wh_field_text(&date_field, &day, arena)};
    }
    for (uint32_t i = 0; i < old->kind->fields.count; i++) {
        const struct wh_field *field = wh_kind_field(old->kind, i);
        struct wh_span name = wh_span_of(field->name);
        if (is_given(given, count, name)) continue;
        all.items[all.count++] =
            (struct wh_entry){name, wh_field_text(field, &old->values[i], arena)};
    }
    for (uint32_t i = 0; i < count; i++) all.items[all.count++] = given[i];
    return all;
}

int wh_record_alter_entries(const struct wh_record *old, const struct wh_entry *given,
                            uint32_t count, struct wh_arena *arena, struct wh_entries *ret,
                            struct wh_error *err)
{
    if (count == 0) return wh_fail(err, WH_E_USAGE, WH_MSG_EDIT_NOTHING, NULL);
    if (old->state == WH_RECORD_WITHDRAWN) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_RECORD_WITHDRAWN, NULL);
    }
    *ret = altered(old, given, count, arena);
    return 0;
}

int wh_record_fail_first(const struct wh_faults *faults, int rc, struct wh_arena *arena,
                         struct wh_error *err)
{
    struct wh_span field;
    if (rc != WH_E_INVALID || faults->count == 0) return rc;
    field = faults->items[0].field.len > 0 ? faults->items[0].field : WH_S("record");
    return wh_fail(err, rc, WH_MSG_PLUGIN_FIELD,
                   WH_ARGS(wh_arg_s(field),
                           wh_arg_s(wh_fault_text(&faults->items[0], WH_EN, arena)),
                           wh_arg_n((int64_t)faults->count)));
}

/* ---- What is in force ---- */

int32_t wh_record_last_day(const struct wh_record *record)
{
    int32_t i = wh_kind_field_index(record->kind, WH_S("until"));
    if (i < 0 || wh_kind_field(record->kind, (uint32_t)i)->type != WH_DATE) return INT32_MAX;
    return record->values[i].present ? (int32_t)record->values[i].number : INT32_MAX;
}

bool wh_record_repeats(const struct wh_record *a, const struct wh_record *b)
{
    const struct wh_kind *kind = a->kind;
    if (kind->unique.count == 0 || !wh_span_equal(a->unit, b->unit)) return false;
    if (a->date > wh_record_last_day(b) || b->date > wh_record_last_day(a)) return false;
    for (uint32_t i = 0; i < kind->unique.count; i++) {
        const char *const *name = wh_list_at(&kind->unique, i);
        int32_t field = wh_kind_field_index(kind, wh_span_of(*name));
        const struct wh_field_value *va = &a->values[field], *vb = &b->values[field];
        if (va->present != vb->present || va->number != vb->number ||
            !wh_span_equal(va->text, vb->text)) {
            return false;
        }
    }
    return true;
}

static struct wh_span unique_names(const struct wh_kind *kind, struct wh_arena *arena)
{
    struct wh_buffer joined = {NULL, 0, 0};
    struct wh_span names;
    for (uint32_t i = 0; i < kind->unique.count; i++) {
        const char *const *name = wh_list_at(&kind->unique, i);
        wh_buffer_print(&joined, "%s%s", i > 0 ? ", " : "", *name);
    }
    names = wh_arena_copy(arena, wh_buffer_span(&joined));
    wh_buffer_deinit(&joined);
    return names;
}

void wh_record_name_repeat(const struct wh_record *other, uint32_t line, struct wh_arena *arena,
                           struct wh_faults *faults)
{
    struct wh_span names = unique_names(other->kind, arena);
    char text[WH_ID_TEXT_SIZE];
    if (other->version == 0) {
        wh_fault_add(faults, line, WH_SPAN_EMPTY, WH_MSG_RECORD_REPEATS_INPUT,
                     WH_ARGS(wh_arg_s(names)));
        return;
    }
    wh_id_format(other->id, text);
    wh_fault_add(faults, line, WH_SPAN_EMPTY, WH_MSG_RECORD_REPEATS,
                 WH_ARGS(wh_arg_c(text), wh_arg_s(names)));
}

struct wh_span wh_record_unique_text(const struct wh_record *record, struct wh_arena *arena)
{
    const struct wh_kind *kind = record->kind;
    struct wh_span joined = WH_SPAN_EMPTY;
    for (uint32_t i = 0; i < kind->unique.count; i++) {
        const char *const *name = wh_list_at(&kind->unique, i);
        int32_t field = wh_kind_field_index(kind, wh_span_of(*name));
        struct wh_span text =
            wh_field_text(wh_kind_field(kind, (uint32_t)field), &record->values[field], arena);
        char *longer = wh_arena_new(arena, joined.len + text.len + 1, 1);
        if (joined.len > 0) memcpy(longer, joined.data, joined.len);
        if (text.len > 0) memcpy(longer + joined.len, text.data, text.len);
        joined = wh_span(longer, joined.len + text.len + 1); /* the zero parts the values */
    }
    return joined;
}

/* ---- On disk ---- */

/* A value is sealed to its record and field: moved elsewhere it does not open. */
static struct wh_span sealing_place(struct wh_id id, const char *field, struct wh_arena *arena)
{
    size_t len = strlen(field);
    char *place = wh_arena_new(arena, WH_ID_BYTES + len, 1);
    memcpy(place, id.bytes, WH_ID_BYTES);
    memcpy(place + WH_ID_BYTES, field, len);
    return wh_span(place, WH_ID_BYTES + len);
}

static void pack_field(const struct wh_record *record, uint32_t i, const struct wh_key *key,
                       struct wh_arena *arena, Wh__RecordField *ret)
{
    const struct wh_field *field = wh_kind_field(record->kind, i);
    const struct wh_field_value *value = &record->values[i];
    wh__record_field__init(ret);
    ret->name = wh_arena_text(arena, wh_span_of(field->name));
    if (field->flags & WH_PERSONAL) {
        struct wh_span sealed = wh_seal(key, sealing_place(record->id, field->name, arena),
                                        wh_field_text(field, value, arena), arena);
        ret->value_case = WH__RECORD_FIELD__VALUE_SEALED;
        ret->sealed = (ProtobufCBinaryData){sealed.len, (uint8_t *)(uintptr_t)sealed.data};
    } else if (wh_type_is_number(field->type)) {
        ret->value_case = WH__RECORD_FIELD__VALUE_NUMBER;
        ret->number = value->number;
    } else {
        ret->value_case = WH__RECORD_FIELD__VALUE_TEXT;
        ret->text = wh_arena_text(arena, value->text);
    }
}

struct wh_span wh_record_pack(const struct wh_record *record, const struct wh_key *key,
                              struct wh_arena *arena)
{
    Wh__Record packed = WH__RECORD__INIT;
    uint32_t count = record->kind->fields.count;
    Wh__RecordField *fields = wh_arena_new(arena, count, sizeof(*fields));
    packed.kind = wh_arena_text(arena, wh_span_of(record->kind->name));
    packed.unit = wh_arena_text(arena, record->unit);
    packed.id = (ProtobufCBinaryData){WH_ID_BYTES, (uint8_t *)(uintptr_t)record->id.bytes};
    packed.date = record->date;
    packed.version = record->version;
    packed.written_ms = (uint64_t)record->written_ms;
    packed.author = wh_arena_text(arena, record->author);
    packed.withdrawn = record->state == WH_RECORD_WITHDRAWN;
    packed.why = wh_arena_text(arena, record->why);
    packed.fields = wh_arena_new(arena, count, sizeof(*packed.fields));
    for (uint32_t i = 0; i < count; i++) {
        if (!record->values[i].present) continue;
        pack_field(record, i, key, arena, &fields[i]);
        packed.fields[packed.n_fields++] = &fields[i];
    }
    return wh_protobuf_pack(&packed.base, arena);
}

static int unseal_value(const struct wh_field *field, const Wh__RecordField *packed,
                        struct wh_id id, const struct wh_key *key, struct wh_arena *arena,
                        struct wh_field_value *ret)
{
    struct wh_faults faults;
    struct wh_span text;
    int rc = wh_unseal(key, sealing_place(id, field->name, arena),
                       wh_span(packed->sealed.data, packed->sealed.len), arena, &text);
    if (rc < 0) return rc;
    wh_faults_init(&faults, arena);
    wh_field_read(field, text, 0, arena, &faults, ret);
    if (faults.count > 0) *ret = (struct wh_field_value){true, 0, text}; /* bounds have narrowed */
    return 0;
}

static int unpack_field(const Wh__RecordField *packed, struct wh_id id, const struct wh_key *key,
                        struct wh_arena *arena, struct wh_record *record)
{
    int32_t i = wh_kind_field_index(record->kind, wh_span_of(packed->name));
    struct wh_field_value *value;
    if (i < 0) return 0;
    value = &record->values[i];
    switch (packed->value_case) {
    case WH__RECORD_FIELD__VALUE_NUMBER: value->number = packed->number; break;
    case WH__RECORD_FIELD__VALUE_TEXT: value->text = wh_span_of(packed->text); break;
    case WH__RECORD_FIELD__VALUE_SEALED:
        return unseal_value(wh_kind_field(record->kind, (uint32_t)i), packed, id, key, arena,
                            value);
    default: return WH_E_CORRUPT;
    }
    value->present = true;
    return 0;
}

int wh_record_unpack(struct wh_span bytes, const struct wh_kind *kind, const struct wh_key *key,
                     struct wh_arena *arena, struct wh_record *ret)
{
    const Wh__Record *packed =
        (const Wh__Record *)wh_protobuf_unpack(&wh__record__descriptor, bytes, arena);
    struct wh_record record = {.kind = kind};
    int rc = 0;
    if (!packed || packed->id.len != WH_ID_BYTES) return WH_E_CORRUPT;
    record.unit = wh_span_of(packed->unit);
    memcpy(record.id.bytes, packed->id.data, WH_ID_BYTES);
    record.date = packed->date;
    record.version = packed->version;
    record.written_ms = (int64_t)packed->written_ms;
    record.author = wh_span_of(packed->author);
    record.state = packed->withdrawn ? WH_RECORD_WITHDRAWN : WH_RECORD_CURRENT;
    record.why = wh_span_of(packed->why);
    record.values = wh_arena_new(arena, kind->fields.count, sizeof(*record.values));
    for (size_t i = 0; i < packed->n_fields && rc == 0; i++) {
        rc = unpack_field(packed->fields[i], record.id, key, arena, &record);
    }
    if (rc == 0) *ret = record;
    return rc;
}

int wh_record_kind_name(struct wh_span bytes, struct wh_arena *arena, struct wh_span *ret)
{
    const Wh__Record *packed =
        (const Wh__Record *)wh_protobuf_unpack(&wh__record__descriptor, bytes, arena);
    if (!packed) return WH_E_CORRUPT;
    *ret = wh_span_of(packed->kind);
    return 0;
}
