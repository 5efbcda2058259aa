#include "door/call.h"

#include "base/date.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/text.h"
#include "model/protobuf.h"

#define DOOR_VERSION 1u

int wh_call_init(struct wh_call *call, struct wh_span request, struct wh_reply_sink sink,
                 struct wh_error *err)
{
    *call = (struct wh_call){.sink = sink, .language = WH_EN};
    wh_faults_init(&call->faults, &call->arena);
    if (request.len > WH_REQUEST_BYTES_MAX) {
        return wh_fail(err, WH_E_TOO_BIG, WH_MSG_REQUEST_BIG, NULL);
    }
    call->request =
        (const Wh__Request *)wh_protobuf_unpack(&wh__request__descriptor, request, &call->arena);
    if (!call->request) return wh_fail(err, WH_E_CORRUPT, WH_MSG_REQUEST_BROKEN, NULL);
    call->language = call->request->language == WH_ZH ? WH_ZH : WH_EN;
    call->author = wh_text_printable(wh_span_of(call->request->author), &call->arena);
    if (call->author.len > WH_NAME_BYTES_MAX) call->author.len = WH_NAME_BYTES_MAX;
    if (call->request->version != DOOR_VERSION) {
        return wh_fail(err, WH_E_USAGE, WH_MSG_REQUEST_VERSION, NULL);
    }
    return 0;
}

void wh_call_deinit(struct wh_call *call)
{
    if (call->release) call->release(call->state);
    call->release = NULL;
    wh_arena_deinit(&call->arena);
}

/* ---- Arguments ---- */

static const struct wh_param *find_param(const struct wh_command *command, struct wh_span name)
{
    for (uint32_t i = 0; i < command->params.count; i++) {
        const struct wh_param *param = wh_list_at(&command->params, i);
        if (wh_span_equal(name, wh_span_of(param->name))) return param;
    }
    return NULL;
}

static const Wh__Argument *find_argument(const struct wh_call *call, struct wh_span name)
{
    for (size_t i = 0; call->request && i < call->request->n_arguments; i++) {
        const Wh__Argument *argument = call->request->arguments[i];
        if (wh_span_equal(name, wh_span_of(argument->name))) return argument;
    }
    return NULL;
}

static bool value_fits(const struct wh_param *param, struct wh_span text)
{
    int64_t number;
    int32_t day;
    if (param->flags & (WH_PARAM_CONTENT | WH_PARAM_SWITCH)) return true;
    switch (param->type) {
    case WH_INTEGER: return wh_number_parse(text, &number) == 0;
    case WH_DECIMAL: return wh_hundredths_parse(text, &number) == 0;
    case WH_DATE: return wh_day_parse(text, &day) == 0;
    default: return wh_text_check(text, WH_TEXT_LINES) == WH_TEXT_GOOD;
    }
}

static enum wh_message wrong_value(uint32_t type)
{
    switch (type) {
    case WH_INTEGER: return WH_MSG_ARGUMENT_NOT_INTEGER;
    case WH_DECIMAL: return WH_MSG_ARGUMENT_NOT_DECIMAL;
    case WH_DATE: return WH_MSG_ARGUMENT_NOT_DATE;
    default: return WH_MSG_ARGUMENT_NOT_TEXT;
    }
}

static int read_rest(struct wh_call *call, const Wh__Argument *argument, struct wh_error *err)
{
    struct wh_span text = wh_span(argument->value.data, argument->value.len);
    const char *equals = text.len > 0 ? memchr(text.data, '=', text.len) : NULL;
    if (!equals) {
        return wh_fail(err, WH_E_USAGE, WH_MSG_ARGUMENT_NOT_PAIR, WH_ARGS(wh_arg_s(text)));
    }
    call->rest[call->rest_count++] =
        (struct wh_named_text){wh_span(text.data, (size_t)(equals - text.data)),
                               wh_span_from(text, (size_t)(equals - text.data) + 1)};
    return 0;
}

static int check_argument(struct wh_call *call, const Wh__Argument *argument, struct wh_error *err)
{
    struct wh_span name = wh_span_of(argument->name);
    struct wh_span text = wh_span(argument->value.data, argument->value.len);
    const struct wh_param *param = find_param(call->command, name);
    if (!param) {
        return wh_fail(err, WH_E_USAGE, WH_MSG_ARGUMENT_UNKNOWN,
                       WH_ARGS(wh_arg_c(call->command->name), wh_arg_s(name)));
    }
    if (param->flags & WH_PARAM_REST) return read_rest(call, argument, err);
    if (value_fits(param, text)) return 0;
    return wh_fail(err, WH_E_USAGE, wrong_value(param->type),
                   WH_ARGS(wh_arg_c(call->command->name), wh_arg_s(name), wh_arg_s(text)));
}

int wh_call_check(struct wh_call *call, const struct wh_command *command, struct wh_error *err)
{
    size_t count = call->request->n_arguments;
    call->command = command;
    call->rest = wh_arena_new(&call->arena, count, sizeof(*call->rest));
    for (size_t i = 0; i < count; i++) {
        int rc = check_argument(call, call->request->arguments[i], err);
        if (rc < 0) return rc;
    }
    for (uint32_t i = 0; i < command->params.count; i++) {
        const struct wh_param *param = wh_list_at(&command->params, i);
        if (!(param->flags & WH_PARAM_REQUIRED) || wh_call_has(call, param->name)) continue;
        return wh_fail(err, WH_E_USAGE, WH_MSG_ARGUMENT_MISSING,
                       WH_ARGS(wh_arg_c(command->name), wh_arg_c(param->name)));
    }
    return 0;
}

struct wh_span wh_call_text(const struct wh_call *call, const char *param)
{
    const Wh__Argument *argument = find_argument(call, wh_span_of(param));
    return argument ? wh_span(argument->value.data, argument->value.len) : WH_SPAN_EMPTY;
}

bool wh_call_has(const struct wh_call *call, const char *param)
{
    return find_argument(call, wh_span_of(param)) != NULL;
}

int64_t wh_call_number(const struct wh_call *call, const char *param, int64_t fallback)
{
    const struct wh_param *declared = find_param(call->command, wh_span_of(param));
    struct wh_span text = wh_call_text(call, param);
    int64_t number = fallback;
    int32_t day;
    if (!declared || !wh_call_has(call, param)) return fallback;
    switch (declared->type) {
    case WH_INTEGER: return wh_number_parse(text, &number) == 0 ? number : fallback;
    case WH_DECIMAL: return wh_hundredths_parse(text, &number) == 0 ? number : fallback;
    case WH_DATE: return wh_day_parse(text, &day) == 0 ? day : fallback;
    default: return fallback;
    }
}

/* ---- Replies ---- */

/* Frames are packed in an arena of their own, so that a long reply does not grow with its rows. */
static void send(struct wh_call *call, const Wh__Reply *reply, struct wh_arena *arena)
{
    call->sink.send(call->sink.context, wh_protobuf_pack(&reply->base, arena));
    wh_arena_deinit(arena);
}

static char *title_in(struct wh_call *call, struct wh_title title, struct wh_arena *arena)
{
    return wh_arena_text(arena, wh_title_text(title, call->language));
}

void wh_reply_columns(struct wh_call *call, const struct wh_list *columns)
{
    struct wh_arena arena = {NULL, 0};
    Wh__Reply reply = WH__REPLY__INIT;
    Wh__Columns message = WH__COLUMNS__INIT;
    message.n_columns = columns->count;
    message.columns = wh_arena_new(&arena, columns->count, sizeof(*message.columns));
    for (uint32_t i = 0; i < columns->count; i++) {
        const struct wh_column *column = wh_list_at(columns, i);
        Wh__Column *packed = wh_arena_new(&arena, 1, sizeof(*packed));
        wh__column__init(packed);
        packed->name = wh_arena_text(&arena, wh_span_of(column->name));
        packed->title = title_in(call, column->title, &arena);
        packed->type = column->type;
        message.columns[i] = packed;
    }
    call->columns = columns->count;
    reply.body_case = WH__REPLY__BODY_COLUMNS;
    reply.columns = &message;
    send(call, &reply, &arena);
}

void wh_reply_words(struct wh_call *call, const char *column, const struct wh_list *words)
{
    struct wh_arena arena = {NULL, 0};
    Wh__Reply reply = WH__REPLY__INIT;
    Wh__Words message = WH__WORDS__INIT;
    if (call->columns == 0) wh_reply_columns(call, &call->command->columns);
    message.column = wh_arena_text(&arena, wh_span_of(column));
    message.words = wh_arena_new(&arena, words->count, sizeof(*message.words));
    for (uint32_t i = 0; i < words->count; i++) {
        const struct wh_choice *word = wh_list_at(words, i);
        Wh__Words__Word *packed = wh_arena_new(&arena, 1, sizeof(*packed));
        if (!word->title.zh && !word->title.en) continue; /* it is shown as it is */
        wh__words__word__init(packed);
        packed->word = wh_arena_text(&arena, wh_span_of(word->id));
        packed->title = title_in(call, word->title, &arena);
        message.words[message.n_words++] = packed;
    }
    reply.body_case = WH__REPLY__BODY_WORDS;
    reply.words = &message;
    send(call, &reply, &arena);
}

static bool is_number(uint32_t type)
{
    switch (type) {
    case WH_INTEGER:
    case WH_DECIMAL:
    case WH_DATE:
    case WH_YESNO:
    case WH_TIME: return true;
    default: return false;
    }
}

static Wh__Cell *cell_of(struct wh_call *call, const struct wh_value *value, struct wh_arena *arena)
{
    Wh__Cell *cell = wh_arena_new(arena, 1, sizeof(*cell));
    char text[WH_MOMENT_TEXT_SIZE];
    wh__cell__init(cell);
    if (value->type == 0) return cell;
    if (value->type == WH_TIME) { /* the node knows its zone, the reader may not */
        wh_moment_format(value->number, call->zone_minutes, text);
        cell->value_case = WH__CELL__VALUE_TEXT;
        cell->text = wh_arena_text(arena, wh_span_of(text));
    } else if (is_number(value->type)) {
        cell->value_case = WH__CELL__VALUE_NUMBER;
        cell->number = value->number;
    } else {
        cell->value_case = WH__CELL__VALUE_TEXT;
        cell->text = wh_arena_text(arena, value->text);
    }
    return cell;
}

void wh_reply_row(struct wh_call *call, const struct wh_value *values, uint32_t count)
{
    struct wh_arena arena = {NULL, 0};
    Wh__Reply reply = WH__REPLY__INIT;
    Wh__ReplyRow message = WH__REPLY_ROW__INIT;
    if (call->columns == 0) wh_reply_columns(call, &call->command->columns);
    message.n_cells = count;
    message.cells = wh_arena_new(&arena, count, sizeof(*message.cells));
    for (uint32_t i = 0; i < count; i++) message.cells[i] = cell_of(call, &values[i], &arena);
    reply.body_case = WH__REPLY__BODY_ROW;
    reply.row = &message;
    send(call, &reply, &arena);
}

void wh_reply_progress(struct wh_call *call, uint64_t done, uint64_t total)
{
    struct wh_arena arena = {NULL, 0};
    Wh__Reply reply = WH__REPLY__INIT;
    Wh__Progress message = WH__PROGRESS__INIT;
    message.done = done;
    message.total = total;
    reply.body_case = WH__REPLY__BODY_PROGRESS;
    reply.progress = &message;
    send(call, &reply, &arena);
}

void wh_reply_note(struct wh_call *call, enum wh_message message, const struct wh_arg *args)
{
    struct wh_arena arena = {NULL, 0};
    Wh__Reply reply = WH__REPLY__INIT;
    Wh__Note note = WH__NOTE__INIT;
    struct wh_error sentence;
    (void)wh_fail(&sentence, WH_E_FAILED, message,
                  args); /* an error is a sentence with arguments */
    note.text = wh_arena_text(&arena, wh_error_text(&sentence, call->language, &arena));
    reply.body_case = WH__REPLY__BODY_NOTE;
    reply.note = &note;
    send(call, &reply, &arena);
}

void wh_reply_file(struct wh_call *call, struct wh_span name, struct wh_span content)
{
    struct wh_arena arena = {NULL, 0};
    Wh__Reply reply = WH__REPLY__INIT;
    Wh__File file = WH__FILE__INIT;
    file.name = wh_arena_text(&arena, name);
    file.content = (ProtobufCBinaryData){content.len, (uint8_t *)(uintptr_t)content.data};
    reply.body_case = WH__REPLY__BODY_FILE;
    reply.file = &file;
    send(call, &reply, &arena);
}

void wh_reply_declaration(struct wh_call *call, const struct wh_command *command)
{
    struct wh_arena arena = {NULL, 0};
    Wh__Reply reply = WH__REPLY__INIT;
    Wh__Declaration message = WH__DECLARATION__INIT;
    message.name = wh_arena_text(&arena, wh_span_of(command->name));
    message.title = title_in(call, command->title, &arena);
    message.permission = command->permission;
    message.example = wh_arena_text(&arena, wh_span_of(command->example));
    message.n_params = command->params.count;
    message.params = wh_arena_new(&arena, command->params.count, sizeof(*message.params));
    for (uint32_t i = 0; i < command->params.count; i++) {
        const struct wh_param *param = wh_list_at(&command->params, i);
        Wh__Declaration__Param *packed = wh_arena_new(&arena, 1, sizeof(*packed));
        wh__declaration__param__init(packed);
        packed->name = wh_arena_text(&arena, wh_span_of(param->name));
        packed->title = title_in(call, param->title, &arena);
        packed->type = param->type;
        packed->flags = param->flags;
        message.params[i] = packed;
    }
    reply.body_case = WH__REPLY__BODY_DECLARATION;
    reply.declaration = &message;
    send(call, &reply, &arena);
}

static void add_faults(struct wh_call *call, Wh__End *end, struct wh_arena *arena)
{
    uint32_t kept = wh_faults_kept(&call->faults);
    end->fault_count = call->faults.count;
    end->n_faults = kept;
    end->faults = wh_arena_new(arena, kept, sizeof(*end->faults));
    for (uint32_t i = 0; i < kept; i++) {
        const struct wh_fault *fault = &call->faults.items[i];
        Wh__Fault *packed = wh_arena_new(arena, 1, sizeof(*packed));
        wh__fault__init(packed);
        packed->line = fault->line;
        packed->field = wh_arena_text(arena, wh_text_printable(fault->field, arena));
        packed->text = wh_arena_text(arena, wh_fault_text(fault, call->language, arena));
        end->faults[i] = packed;
    }
}

void wh_reply_end(struct wh_call *call, int rc, const struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    Wh__Reply reply = WH__REPLY__INIT;
    Wh__End message = WH__END__INIT;
    if (rc == 0 && call->but.code < 0) {
        rc = call->but.code;
        err = &call->but;
    }
    message.code = rc;
    if (rc == 0 && call->columns == 0 && call->command && call->command->columns.count > 0) {
        wh_reply_columns(call, &call->command->columns); /* an empty table still has a head */
    }
    if (rc < 0) message.message = wh_arena_text(&arena, wh_error_text(err, call->language, &arena));
    add_faults(call, &message, &arena);
    if (message.n_faults > 0) {
        message.field = message.faults[0]->field;
        message.line = message.faults[0]->line;
    }
    reply.body_case = WH__REPLY__BODY_END;
    reply.end = &message;
    send(call, &reply, &arena);
}
