/* The functions that a plugin is handed. Each checks what it is asked and passes it on. */
#include <stdarg.h>
#include <stdio.h>

#include "host/plugins_parts.h"

static int fail(struct wh_failure *fail, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int fail(struct wh_failure *failure, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    failure->code = code;
    (void)vsnprintf(failure->text, sizeof(failure->text), format, args);
    va_end(args);
    return code;
}

/* Codes beyond those of the ABI become a plain failure; the sentence says the rest. */
static int fail_with(struct wh_failure *failure, const struct wh_error *err,
                     enum wh_language language)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_span text = wh_error_text(err, language, &arena);
    int code = err->code >= WH_E_SOME_REFUSED ? err->code : WH_E_FAILED;
    (void)fail(failure, code, "%.*s", (int)text.len, text.data);
    wh_arena_deinit(&arena);
    return code;
}

static void host_log(struct wh_host_self *self, uint32_t severity, const char *event,
                     const char *text)
{
    wh_log(self->plugins->log, (enum wh_severity)severity, event, "plugin=%.*s %s",
           (int)self->name.len, self->name.data, text);
}

struct wh_record_view wh_plugin_record_view(const struct wh_record *record, struct wh_arena *arena)
{
    const struct wh_kind *kind = record->kind;
    struct wh_named_value *values =
        wh_arena_new(arena, kind->fields.count, sizeof(struct wh_named_value));
    char *id = wh_arena_new(arena, WH_ID_TEXT_SIZE, 1);
    uint32_t count = 0;
    wh_id_format(record->id, id);
    for (uint32_t i = 0; i < kind->fields.count; i++) {
        const struct wh_field *field = wh_kind_field(kind, i);
        if (!record->values[i].present) continue;
        values[count++] = (struct wh_named_value){
            wh_span_of(field->name),
            {field->type, 0, record->values[i].number, record->values[i].text}};
    }
    return (struct wh_record_view){
        .kind = wh_span_of(kind->name),
        .unit = record->unit,
        .id = wh_span_of(id),
        .date = record->date,
        .version = record->version,
        .fields = {values, count, sizeof(*values)},
    };
}

struct visiting {
    const struct wh_measure_sink *measuring; /* NULL: it reads for another reason */
    wh_record_visit visit;
    void *context;
    struct wh_arena arena;
};

static int visit_record(void *context, const struct wh_record *record)
{
    struct visiting *visiting = context;
    struct wh_record_view view;
    wh_arena_clear(&visiting->arena);
    view = wh_plugin_record_view(record, &visiting->arena);
    if (visiting->measuring) {
        visiting->measuring->use(visiting->measuring->context, record->id, record->version);
    }
    return visiting->visit(visiting->context, &view);
}

/* Its own kinds and those of the plugins that it needs. */
static bool may_read(const struct wh_host_self *self, struct wh_span kind)
{
    for (uint32_t i = 0; i < self->plugins->count; i++) {
        const struct wh_host_self *other = self->plugins->items[i];
        if (other != self && !wh_plugin_needs(self, other->name)) continue;
        if (wh_plugin_serves(other, kind)) return true;
    }
    return false;
}

static int host_records(struct wh_host_self *self, struct wh_span kind, struct wh_span unit,
                        int64_t from, int64_t to, wh_record_visit visit, void *context,
                        struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct visiting visiting = {self->measuring, visit, context, {NULL, 0}};
    struct wh_error err = {.code = 0};
    int rc;
    if (!may_read(self, kind)) {
        return fail(failure, WH_E_NOT_PERMITTED, "kind %.*s is not this plugin's to read",
                    (int)kind.len, kind.data);
    }
    if (from < INT32_MIN) from = INT32_MIN;
    if (to > INT32_MAX) to = INT32_MAX;
    rc = services->records(services->context, kind, unit, (int32_t)from, (int32_t)to, visit_record,
                           &visiting, &err);
    wh_arena_deinit(&visiting.arena);
    if (rc < 0 && err.code < 0) return fail_with(failure, &err, WH_EN);
    return rc;
}

static const struct wh_kind *host_kind(struct wh_host_self *self, struct wh_span kind)
{
    return self->plugins->services.kind(self->plugins->services.context, kind);
}

static int host_metric_set(struct wh_host_self *self, struct wh_span metric, int64_t value,
                           struct wh_failure *failure)
{
    if (self->measuring && self->measuring->set(self->measuring->context, metric, value) == 0) {
        return 0;
    }
    return fail(failure, WH_E_INVALID, "metric %.*s is not declared by the cell's kind",
                (int)metric.len, metric.data);
}

static struct wh_value host_param(struct wh_call *call, const char *param)
{
    struct wh_value value = wh_value_null();
    if (!wh_call_has(call, param)) return value;
    value.text = wh_call_text(call, param);
    value.number = wh_call_number(call, param, 0);
    for (uint32_t i = 0; i < call->command->params.count; i++) {
        const struct wh_param *declared = wh_list_at(&call->command->params, i);
        if (strcmp(declared->name, param) == 0) value.type = declared->type;
    }
    return value;
}

static int host_reply_columns(struct wh_call *call, struct wh_list columns,
                              struct wh_failure *failure)
{
    if (call->columns > 0 || columns.count == 0 || columns.stride < sizeof(struct wh_column)) {
        return fail(failure, WH_E_INVALID, "columns are named once, before any row");
    }
    wh_reply_columns(call, &columns);
    return 0;
}

static int host_reply_row(struct wh_call *call, const struct wh_value *values, uint32_t count,
                          struct wh_failure *failure)
{
    uint32_t columns = call->columns > 0 ? call->columns : call->command->columns.count;
    if (count != columns) {
        return fail(failure, WH_E_INVALID, "a row of %u values, there are %u columns", count,
                    columns);
    }
    wh_reply_row(call, values, count);
    return 0;
}

static void host_reply_progress(struct wh_call *call, uint64_t done, uint64_t total)
{
    wh_reply_progress(call, done, total);
}

static uint32_t host_language(struct wh_call *call)
{
    return call->language;
}

static uint32_t host_year_now(struct wh_host_self *self)
{
    return self->plugins->services.year_now(self->plugins->services.context);
}

static int host_standings(struct wh_host_self *self, const struct wh_standing_query *query,
                          wh_standing_visit visit, void *context, struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_error err = {.code = 0};
    int rc = services->standings(services->context, query, visit, context, &err);
    return rc < 0 && err.code < 0 ? fail_with(failure, &err, WH_EN) : rc;
}

static int host_explain(struct wh_host_self *self, struct wh_span unit,
                        const struct wh_standing_query *query, uint32_t language,
                        wh_explained_visit visit, void *context, struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    enum wh_language in = language == WH_ZH ? WH_ZH : WH_EN;
    struct wh_error err = {.code = 0};
    int rc = services->explain(services->context, unit, query, in, visit, context, &err);
    return rc < 0 && err.code < 0 ? fail_with(failure, &err, in) : rc;
}

struct wh_host wh_plugin_table(struct wh_host_self *one)
{
    return (struct wh_host){
        .abi = WH_ABI,
        .size = sizeof(struct wh_host),
        .self = one,
        .log = host_log,
        .records = host_records,
        .kind = host_kind,
        .metric_set = host_metric_set,
        .param = host_param,
        .reply_columns = host_reply_columns,
        .reply_row = host_reply_row,
        .reply_progress = host_reply_progress,
        .language = host_language,
        .year_now = host_year_now,
        .standings = host_standings,
        .explain = host_explain,
    };
}
