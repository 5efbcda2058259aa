/* What a plugin answers to a command, and what it left behind: records and notices. */
#include <stdio.h>

#include "base/date.h"
#include "door/call.h"
#include "kit/kit_parts.h"
#include "model/protobuf.h"

/* ---- Commands ---- */

/* The reply of one command, frame by frame. */
struct reply {
    struct wh_kit *kit;
    struct wh_kit_table *table;
    uint32_t *types;
};

static void take_columns(struct reply *reply, const Wh__Columns *columns)
{
    struct wh_arena *arena = reply->kit->arena;
    struct wh_span *names = wh_arena_new(arena, columns->n_columns, sizeof(*names));
    reply->types = wh_arena_new(arena, columns->n_columns, sizeof(*reply->types));
    for (size_t i = 0; i < columns->n_columns; i++) {
        names[i] = wh_span_of(columns->columns[i]->name);
        reply->types[i] = columns->columns[i]->type;
    }
    *reply->table = (struct wh_kit_table){.names = names, .columns = (uint32_t)columns->n_columns};
}

static void take_row(struct reply *reply, const Wh__ReplyRow *row)
{
    struct wh_span *cells = wh_kit_row(reply->kit, reply->table);
    for (size_t i = 0; i < row->n_cells && i < reply->table->columns; i++) {
        const Wh__Cell *cell = row->cells[i];
        if (cell->value_case == WH__CELL__VALUE_TEXT) cells[i] = wh_span_of(cell->text);
        if (cell->value_case != WH__CELL__VALUE_NUMBER) continue;
        cells[i] = wh_kit_number_text(reply->kit, reply->types[i], cell->number);
    }
}

static void take_frame(void *context, struct wh_span frame)
{
    struct reply *reply = context;
    const Wh__Reply *read =
        (const Wh__Reply *)wh_protobuf_unpack(&wh__reply__descriptor, frame, reply->kit->arena);
    if (!read) return;
    if (read->body_case == WH__REPLY__BODY_COLUMNS) take_columns(reply, read->columns);
    if (read->body_case == WH__REPLY__BODY_ROW) take_row(reply, read->row);
}

static struct wh_span request_of(struct wh_kit *kit, const struct wh_step *step)
{
    Wh__Request request = WH__REQUEST__INIT;
    char author[] = "test";
    request.version = 1;
    request.command = wh_arena_text(kit->arena, step->subject);
    request.language = kit->wanted->language;
    request.author = author;
    request.arguments = wh_arena_new(kit->arena, step->entries_count, sizeof(*request.arguments));
    for (uint32_t i = 0; i < step->entries_count; i++) {
        Wh__Argument *argument = wh_arena_new(kit->arena, 1, sizeof(*argument));
        struct wh_span text = wh_arena_copy(kit->arena, step->entries[i].text);
        wh__argument__init(argument);
        argument->name = wh_arena_text(kit->arena, step->entries[i].name);
        argument->value.data = (uint8_t *)(uintptr_t)text.data;
        argument->value.len = text.len;
        request.arguments[request.n_arguments++] = argument;
    }
    return wh_protobuf_pack(&request.base, kit->arena);
}

int wh_kit_command(struct wh_kit *kit, const struct wh_step *step, struct wh_kit_table *ret,
                   struct wh_error *err)
{
    const struct wh_command *command = wh_plugins_command(kit->plugins, step->subject);
    struct reply reply = {kit, ret, NULL};
    struct wh_call call;
    int rc;
    if (!command) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_KIT_COMMAND, WH_ARGS(wh_arg_s(step->subject)));
    }
    rc =
        wh_call_init(&call, request_of(kit, step), (struct wh_reply_sink){take_frame, &reply}, err);
    if (rc == 0) rc = wh_call_check(&call, command, err);
    call.zone_minutes = WH_KIT_ZONE_MINUTES;
    if (rc == 0) rc = wh_plugins_run(kit->plugins, &call, err);
    wh_call_deinit(&call);
    return rc;
}

/* ---- Records ---- */

static struct wh_span field_text(struct wh_kit *kit, const struct wh_record *record, uint32_t i)
{
    if (!record->values[i].present) return WH_SPAN_EMPTY;
    return wh_field_text(wh_kind_field(record->kind, i), &record->values[i], kit->arena);
}

void wh_kit_show_records(struct wh_kit *kit, const struct wh_step *step, const struct wh_kind *kind)
{
    uint32_t count = kind->fields.count;
    struct wh_span *names = wh_arena_new(kit->arena, (size_t)count + 2, sizeof(*names));
    struct wh_kit_table table = {.names = names, .columns = count + 2};
    names[0] = WH_S("date");
    names[1] = WH_S("state");
    for (uint32_t i = 0; i < count; i++) names[i + 2] = wh_span_of(wh_kind_field(kind, i)->name);
    for (uint32_t i = 0; i < kit->saved.records_count; i++) {
        const struct wh_record *record = &kit->saved.records[i];
        struct wh_span *row;
        if (record->kind != kind || !wh_span_equal(record->unit, step->unit)) continue;
        row = wh_kit_row(kit, &table);
        row[0] = wh_kit_number_text(kit, WH_DATE, record->date);
        row[1] = record->state == WH_RECORD_CURRENT ? WH_S("current") : WH_S("withdrawn");
        for (uint32_t k = 0; k < count; k++) row[k + 2] = field_text(kit, record, k);
    }
    wh_kit_show(kit, step, &table);
}

/* ---- Notices ---- */

struct listing {
    struct wh_kit *kit;
    struct wh_kit_table table;
};

static struct wh_span severity_word(uint32_t severity)
{
    switch (severity) {
    case WH_NOTICE_INFO: return WH_S("info");
    case WH_NOTICE_WARN: return WH_S("warn");
    case WH_NOTICE_URGENT: return WH_S("urgent");
    default: return WH_SPAN_EMPTY;
    }
}

static int take_notice(void *context, const struct wh_notice_view *view)
{
    struct listing *listing = context;
    struct wh_kit *kit = listing->kit;
    const struct wh_notice *notice = &view->notice;
    struct wh_span *row = wh_kit_row(kit, &listing->table);
    row[0] = wh_arena_copy(kit->arena, notice->key);
    row[1] = severity_word(notice->severity);
    row[2] = wh_arena_copy(kit->arena, notice->unit);
    if (notice->due != 0) row[3] = wh_kit_number_text(kit, WH_DATE, notice->due);
    row[4] = wh_arena_copy(kit->arena, notice->zh);
    row[5] = wh_arena_copy(kit->arena, notice->en);
    return 0;
}

int wh_kit_show_notices(struct wh_kit *kit, const struct wh_step *step, struct wh_error *err)
{
    static const struct wh_span names[] = {{"key", 3}, {"severity", 8}, {"unit", 4},
                                           {"due", 3}, {"zh", 2},       {"en", 2}};
    struct listing listing = {kit, {.names = names, .columns = 6}};
    int rc = wh_plugins_notices(kit->plugins, take_notice, &listing, err);
    if (rc == 0) wh_kit_show(kit, step, &listing.table);
    return rc;
}
