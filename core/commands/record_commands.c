/* add, edit, withdraw, list, show, history, export. */
#include "base/date.h"
#include "base/text.h"
#include "commands/handlers.h"
#include "commands/record_writes.h"
#include "engine/records.h"
#include "engine/units.h"

/* ---- Writing ---- */

static struct wh_span id_text(struct wh_id id, struct wh_arena *arena)
{
    char *text = wh_arena_new(arena, WH_ID_TEXT_SIZE, 1);
    wh_id_format(id, text);
    return wh_span_of(text);
}

static struct wh_record_writing writing_of(struct wh_desk *desk, struct wh_call *call,
                                           struct wh_span what)
{
    return (struct wh_record_writing){desk->engine, &call->arena, &call->faults, call->author,
                                      what};
}

/* The FIELD=VALUE words, and `unit` before them where it is given. */
static struct wh_entry *entries_of(struct wh_call *call, uint32_t *ret_count)
{
    struct wh_entry *entries = wh_arena_new(&call->arena, call->rest_count + 1u, sizeof(*entries));
    uint32_t count = 0;
    if (wh_call_has(call, "unit")) {
        entries[count++] = (struct wh_entry){WH_S("unit"), wh_call_text(call, "unit")};
    }
    for (uint32_t i = 0; i < call->rest_count; i++) {
        entries[count++] = (struct wh_entry){call->rest[i].name, call->rest[i].text};
    }
    *ret_count = count;
    return entries;
}

/* Dates ahead are plans as often as slips of the pen: they are taken, and told. */
static void note_ahead(const struct wh_desk *desk, struct wh_call *call,
                       const struct wh_entry *entries, uint32_t count)
{
    int32_t day;
    for (uint32_t i = 0; i < count; i++) {
        if (!wh_span_equal(entries[i].name, WH_S("date"))) continue;
        if (wh_day_parse(entries[i].text, &day) < 0 || day <= wh_engine_today(desk->engine))
            continue;
        wh_reply_note(call, WH_MSG_RECORDS_AHEAD, WH_ARGS(wh_arg_n(1)));
    }
}

int wh_run_add(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_record_writing writing;
    const struct wh_kind *kind;
    struct wh_entry *entries;
    struct wh_value value;
    struct wh_id id;
    uint32_t count;
    int rc = wh_call_kind(desk, call, &kind, err);
    if (rc == 0) rc = wh_may_enter(desk, kind, err);
    if (rc < 0) return rc;
    writing = writing_of(desk, call, wh_span_of(kind->name));
    entries = entries_of(call, &count);
    rc = wh_record_enter(&writing, kind, entries, count, &id, err);
    if (rc < 0) return rc;
    value = wh_value_text(id_text(id, &call->arena));
    wh_reply_row(call, &value, 1);
    note_ahead(desk, call, entries, count);
    return 0;
}

static int find_record(struct wh_desk *desk, struct wh_call *call, struct wh_record *ret,
                       struct wh_error *err)
{
    return wh_record_by_text(desk->engine, wh_call_text(call, "id"), &call->arena, ret, err);
}

int wh_run_edit(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_record_writing writing = writing_of(desk, call, wh_call_text(call, "id"));
    struct wh_record old;
    struct wh_entry *entries;
    uint32_t count;
    int rc = find_record(desk, call, &old, err);
    if (rc == 0) rc = wh_may_enter(desk, old.kind, err);
    if (rc < 0) return rc;
    entries = entries_of(call, &count);
    return wh_record_alter(&writing, &old, entries, count, err);
}

int wh_run_withdraw(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_record old;
    int rc = find_record(desk, call, &old, err);
    if (rc == 0) rc = wh_may_enter(desk, old.kind, err);
    if (rc < 0) return rc;
    if (wh_text_trim(wh_call_text(call, "why")).len == 0) {
        return wh_fail(err, WH_E_USAGE, WH_MSG_ARGUMENT_MISSING,
                       WH_ARGS(wh_arg_c("withdraw"), wh_arg_c("why")));
    }
    return wh_record_withdraw(desk->engine, &old, wh_call_text(call, "why"), call->author, err);
}

/* ---- Reading ---- */

struct wh_value wh_value_of_field(const struct wh_field *field, const struct wh_field_value *value)
{
    if (!value->present) return wh_value_null();
    return (struct wh_value){field->type, 0, value->number, value->text};
}

/* Which columns stand around the fields. */
enum shape {
    SHAPE_LIST,     /* id, unit, date, state, fields */
    SHAPE_VERSIONS, /* the same, then version, written, author, why */
    SHAPE_EXPORT,   /* unit, date, fields: what import reads */
};

struct listing {
    struct wh_call *call;
    enum shape shape;
    struct wh_value *row;
    struct wh_arena arena; /* of one row */
};

static const struct wh_column head_columns[] = {
    {"id", {"记录编号", "Record"}, WH_TEXT, 0},
    {"unit", {"单位", "Unit"}, WH_TEXT, 0},
    {"date", {"日期", "Date"}, WH_DATE, 0},
    {"state", {"状态", "State"}, WH_TEXT, 0},
};
static const struct wh_column export_columns[] = {
    {"unit", {"单位", "Unit"}, WH_TEXT, 0},
    {"date", {"日期", "Date"}, WH_DATE, 0},
};
static const struct wh_column version_columns[] = {
    {"version", {"版本", "Version"}, WH_INTEGER, 0},
    {"written", {"登记时间", "Written"}, WH_TIME, 0},
    {"author", {"登记人", "Author"}, WH_TEXT, 0},
    {"why", {"撤销原因", "Why withdrawn"}, WH_TEXT, 0},
};

static void add_columns(struct wh_column *columns, uint32_t *count, const struct wh_column *more,
                        size_t more_count)
{
    memcpy(columns + *count, more, more_count * sizeof(*columns));
    *count += (uint32_t)more_count;
}

static void begin_listing(struct listing *listing, const struct wh_kind *kind)
{
    struct wh_call *call = listing->call;
    struct wh_column *columns =
        wh_arena_new(&call->arena, kind->fields.count + 8u, sizeof(*columns));
    struct wh_list list = {columns, 0, sizeof(*columns)};
    if (listing->shape == SHAPE_EXPORT) {
        add_columns(columns, &list.count, export_columns, 2);
    } else {
        add_columns(columns, &list.count, head_columns, 4);
    }
    for (uint32_t i = 0; i < kind->fields.count; i++) {
        const struct wh_field *field = wh_kind_field(kind, i);
        columns[list.count++] = (struct wh_column){field->name, field->title, field->type, 0};
    }
    if (listing->shape == SHAPE_VERSIONS) add_columns(columns, &list.count, version_columns, 4);
    listing->row = wh_arena_new(&call->arena, list.count, sizeof(*listing->row));
    wh_reply_columns(call, &list);
    for (uint32_t i = 0; i < kind->fields.count; i++) {
        const struct wh_field *field = wh_kind_field(kind, i);
        if (field->choices.count > 0) wh_reply_words(call, field->name, &field->choices);
    }
}

static int list_record(void *context, const struct wh_record *record)
{
    struct listing *listing = context;
    struct wh_value *row = listing->row;
    uint32_t at = 0;
    wh_arena_clear(&listing->arena);
    if (listing->shape != SHAPE_EXPORT) {
        row[at++] = wh_value_text(id_text(record->id, &listing->arena));
    }
    row[at++] = wh_value_text(record->unit);
    row[at++] = wh_value_number(WH_DATE, record->date);
    if (listing->shape != SHAPE_EXPORT) {
        row[at++] =
            wh_value_text(record->state == WH_RECORD_CURRENT ? WH_S("current") : WH_S("withdrawn"));
    }
    for (uint32_t i = 0; i < record->kind->fields.count; i++) {
        row[at++] = wh_value_of_field(wh_kind_field(record->kind, i), &record->values[i]);
    }
    if (listing->shape == SHAPE_VERSIONS) {
        row[at++] = wh_value_number(WH_INTEGER, (int64_t)record->version);
        row[at++] = wh_value_number(WH_TIME, record->written_ms);
        row[at++] = wh_value_text(record->author);
        row[at++] = wh_value_text(record->why);
    }
    wh_reply_row(listing->call, row, at);
    return 0;
}

static int list_records(struct wh_desk *desk, struct wh_call *call, enum shape shape,
                        struct wh_error *err)
{
    struct listing listing = {.call = call, .shape = shape};
    struct wh_records_query query = {
        .unit = wh_call_text(call, "unit"),
        .from = (int32_t)wh_call_number(call, "from", INT32_MIN),
        .to = (int32_t)wh_call_number(call, "to", INT32_MAX),
        .which = shape == SHAPE_LIST && wh_call_has(call, "withdrawn") ? WH_RECORDS_ALL
                                                                       : WH_RECORDS_CURRENT,
    };
    int rc = wh_call_kind(desk, call, &query.kind, err);
    if (rc < 0) return rc;
    if (query.unit.len > 0 && !wh_units_find(wh_engine_units(desk->engine), query.unit)) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_UNIT_UNKNOWN, WH_ARGS(wh_arg_s(query.unit)));
    }
    begin_listing(&listing, query.kind);
    rc = wh_records_scan(desk->engine, &query, list_record, &listing, err);
    wh_arena_deinit(&listing.arena);
    return rc;
}

int wh_run_list(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    return list_records(desk, call, SHAPE_LIST, err);
}

int wh_run_export(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    return list_records(desk, call, SHAPE_EXPORT, err);
}

int wh_run_show(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct listing listing = {.call = call, .shape = SHAPE_VERSIONS};
    struct wh_record record;
    int rc = find_record(desk, call, &record, err);
    if (rc < 0) return rc;
    begin_listing(&listing, record.kind);
    rc = list_record(&listing, &record);
    wh_arena_deinit(&listing.arena);
    return rc;
}

int wh_run_history(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct listing listing = {.call = call, .shape = SHAPE_VERSIONS};
    struct wh_record newest;
    int rc = find_record(desk, call, &newest, err);
    if (rc < 0) return rc;
    begin_listing(&listing, newest.kind);
    rc = wh_record_versions(desk->engine, &newest, list_record, &listing, err);
    wh_arena_deinit(&listing.arena);
    return rc;
}
