/* The functions that a plugin is handed. Each checks what it is asked and passes it on. */
#include <stdio.h>

#include "base/date.h"
#include "base/text.h"
#include "host/plugins_parts.h"
#include "model/kind.h"
#include "model/workday.h"

/* Codes beyond those of the ABI become a plain failure; the sentence says the rest. */
int wh_table_fail_with(struct wh_failure *failure, const struct wh_error *err,
                       enum wh_language language)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_span text = wh_error_text(err, language, &arena);
    int code = err->code >= WH_E_SOME_REFUSED ? err->code : WH_E_FAILED;
    (void)wh_failure_say(failure, code, "%.*s", (int)text.len, text.data);
    wh_arena_deinit(&arena);
    return code;
}

/* A plugin's lines are bounded, in length and in number; what is over it is counted, and the count
 * logged when the minute is over. */
void wh_plugin_log_count(struct wh_host_self *one)
{
    int64_t minute = wh_exchange_now_ms() / 60000;
    if (minute == one->log_minute) return;
    if (one->log_lines > WH_LOG_LINES_A_MINUTE_MAX) {
        wh_log(one->plugins->log, WH_WARN, "plugin.talks", "name=%.*s lines_left_out=%u",
               (int)one->name.len, one->name.data, one->log_lines - WH_LOG_LINES_A_MINUTE_MAX);
    }
    one->log_minute = minute;
    one->log_lines = 0;
}

static bool may_log(struct wh_host_self *self)
{
    wh_plugin_log_count(self);
    return self->log_lines++ < WH_LOG_LINES_A_MINUTE_MAX;
}

static void host_log(struct wh_host_self *self, uint32_t severity, const char *event,
                     const char *text)
{
    struct wh_span name = wh_span(event, strnlen(event ? event : "", 60));
    struct wh_span said = wh_span(text, strnlen(text ? text : "", WH_LOG_TEXT_MAX));
    struct wh_arena arena = {NULL, 0};
    if (severity != WH_ERROR && severity != WH_WARN && severity != WH_DEBUG) severity = WH_INFO;
    if (!may_log(self)) return;
    name = wh_text_printable(name, &arena);
    said = wh_text_printable(said, &arena);
    wh_log(self->plugins->log, (enum wh_severity)severity, "plugin.says",
           "plugin=%.*s event=%.*s %.*s", (int)self->name.len, self->name.data, (int)name.len,
           name.data, (int)said.len, said.data);
    wh_arena_deinit(&arena);
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

static const struct wh_kind *find_kind(const struct wh_host_self *self, struct wh_span kind)
{
    return self->plugins->services.kind(self->plugins->services.context, kind);
}

/* Its own kinds and those of the plugins that it needs. */
bool wh_plugin_may_read(const struct wh_host_self *self, struct wh_span kind)
{
    const struct wh_host_self *server = NULL;
    const struct wh_kind *found = self->measuring ? self->measuring_kind : find_kind(self, kind);
    if (self->measuring && !wh_span_equal(kind, wh_span_of(found->name))) {
        found = find_kind(self, kind);
    }
    if (found) server = wh_plugin_server(self->plugins, found);
    if (!found || !server) return wh_plugin_owns(self, found);
    return server == self || wh_plugin_needs(self, server->name);
}

static int not_its_kind(struct wh_failure *failure, struct wh_span kind)
{
    return wh_failure_say(failure, WH_E_NOT_PERMITTED, "kind %.*s is not this plugin's to read",
                          (int)kind.len, kind.data);
}

static int32_t clamp(int64_t day)
{
    if (day < INT32_MIN) return INT32_MIN;
    return day > INT32_MAX ? INT32_MAX : (int32_t)day;
}

static int host_records(struct wh_host_self *self, struct wh_span kind, struct wh_span unit,
                        int64_t from, int64_t to, wh_record_visit visit, void *context,
                        struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct visiting visiting = {self->measuring, visit, context, {NULL, 0}};
    struct wh_error err = {.code = 0};
    int rc;
    if (!wh_plugin_may_read(self, kind)) return not_its_kind(failure, kind);
    rc = services->records(services->context, kind, unit, clamp(from), clamp(to), visit_record,
                           &visiting, &err);
    wh_arena_deinit(&visiting.arena);
    if (rc < 0 && err.code < 0) return wh_table_fail_with(failure, &err, WH_EN);
    return rc;
}

static const struct wh_kind *host_kind(struct wh_host_self *self, struct wh_span kind)
{
    if (self->measuring && wh_span_equal(kind, wh_span_of(self->measuring_kind->name))) {
        return self->measuring_kind; /* that of the cell's year */
    }
    return find_kind(self, kind);
}

static int host_metric_set(struct wh_host_self *self, struct wh_span metric, int64_t value,
                           struct wh_failure *failure)
{
    if (self->measuring && self->measuring->set(self->measuring->context, metric, value) == 0) {
        return 0;
    }
    return wh_failure_say(failure, WH_E_INVALID, "metric %.*s is not declared by the cell's kind",
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

#define COLUMNS_MAX 256

static int host_reply_columns(struct wh_call *call, struct wh_list columns,
                              struct wh_failure *failure)
{
    if (call->columns > 0 || call->command->columns.count > 0 || columns.count == 0 ||
        columns.count > COLUMNS_MAX || columns.stride < sizeof(struct wh_column)) {
        return wh_failure_say(failure, WH_E_INVALID,
                              "columns are named once, before any row, where none are declared");
    }
    for (uint32_t i = 0; i < columns.count; i++) {
        const struct wh_column *column = wh_list_at(&columns, i);
        if (column->name && column->title.en && column->type >= WH_TEXT &&
            column->type <= WH_JSON) {
            continue;
        }
        return wh_failure_say(failure, WH_E_INVALID, "column %u has no name, title or type", i + 1);
    }
    wh_reply_columns(call, &columns);
    return 0;
}

#define ROW_BYTES_MAX (1u << 20)
#define DAY_MS 86400000ll
#define REPLY_BYTES_MAX (64u << 20)

/* What can be shown and is what its column says; the rest would break who reads it. */
static int check_value(struct wh_call *call, uint32_t i, const struct wh_value *value,
                       struct wh_failure *failure)
{
    bool is_number = value->type != 0 && (wh_type_is_number(value->type) || value->type == WH_TIME);
    if (value->type > WH_JSON) {
        return wh_failure_say(failure, WH_E_INVALID, "value %u is of no type of wuhao/plugin.h",
                              i + 1);
    }
    if ((value->type == WH_DATE && (value->number < WH_DAY_MIN || value->number > WH_DAY_MAX)) ||
        (value->type == WH_TIME &&
         (value->number < WH_DAY_MIN * DAY_MS || value->number > WH_DAY_MAX * DAY_MS))) {
        return wh_failure_say(failure, WH_E_INVALID, "value %u lies beyond the calendar", i + 1);
    }
    if (value->type == 0 || is_number) return 0;
    if (value->text.len > ROW_BYTES_MAX || (value->text.len > 0 && !value->text.data) ||
        !wh_text_is_utf8(value->text)) {
        return wh_failure_say(failure, WH_E_INVALID, "value %u is no UTF-8 text, or over 1 MiB",
                              i + 1);
    }
    call->reply_bytes += value->text.len;
    return 0;
}

static int check_json(struct wh_host_self *self, uint32_t i, const struct wh_value *value,
                      struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    if (value->type != WH_JSON || services->is_json(services->context, value->text)) return 0;
    return wh_failure_say(failure, WH_E_INVALID, "value %u is not JSON", i + 1);
}

static int host_reply_row(struct wh_call *call, const struct wh_value *values, uint32_t count,
                          struct wh_failure *failure)
{
    uint32_t columns = call->columns > 0 ? call->columns : call->command->columns.count;
    if (count != columns) {
        return wh_failure_say(failure, WH_E_INVALID, "a row of %u values, there are %u columns",
                              count, columns);
    }
    for (uint32_t i = 0; i < count; i++) {
        int rc = check_value(call, i, &values[i], failure);
        if (rc == 0) rc = check_json(call->plugin, i, &values[i], failure);
        if (rc < 0) return rc;
    }
    call->reply_bytes += 16ull * count;
    if (call->reply_bytes > REPLY_BYTES_MAX) {
        return wh_failure_say(failure, WH_E_INVALID, "a reply of more than %u MiB",
                              REPLY_BYTES_MAX >> 20);
    }
    wh_reply_row(call, values, count);
    return 0;
}

#define WORDS_MAX 256

static int host_reply_words(struct wh_call *call, const char *column, struct wh_list words,
                            struct wh_failure *failure)
{
    uint32_t columns = call->columns > 0 ? call->columns : call->command->columns.count;
    if (columns == 0) {
        return wh_failure_say(failure, WH_E_INVALID, "words are told once columns are named");
    }
    if (!column || words.count > WORDS_MAX || words.stride < sizeof(struct wh_choice)) {
        return wh_failure_say(failure, WH_E_INVALID, "words are of a column, at most %u at once",
                              WORDS_MAX);
    }
    for (uint32_t i = 0; i < words.count; i++) {
        const struct wh_choice *word = wh_list_at(&words, i);
        struct wh_value id = wh_value_text(wh_span_of(word->id));
        struct wh_value zh = wh_value_text(wh_span_of(word->title.zh));
        struct wh_value en = wh_value_text(wh_span_of(word->title.en));
        int rc = check_value(call, i, &id, failure);
        if (rc == 0) rc = check_value(call, i, &zh, failure);
        if (rc == 0) rc = check_value(call, i, &en, failure);
        if (rc < 0) return rc;
        call->reply_bytes += 64;
    }
    if (call->reply_bytes > REPLY_BYTES_MAX) {
        return wh_failure_say(failure, WH_E_INVALID, "a reply of more than %u MiB",
                              REPLY_BYTES_MAX >> 20);
    }
    wh_reply_words(call, column, &words);
    return 0;
}

static int host_reply_note(struct wh_call *call, struct wh_span text, struct wh_failure *failure)
{
    struct wh_span shown = wh_text_printable(text, &call->arena);
    (void)failure;
    if (shown.len > WH_LOG_TEXT_MAX) shown.len = WH_LOG_TEXT_MAX;
    wh_reply_note(call, WH_MSG_VERBATIM, WH_ARGS(wh_arg_s(shown)));
    return 0;
}

static int host_reply_file(struct wh_call *call, struct wh_span name, struct wh_span content,
                           struct wh_failure *failure)
{
    if (!wh_text_is_file_name(name)) {
        return wh_failure_say(failure, WH_E_INVALID, "a file's name is one word, without '/'");
    }
    if (!wh_call_has(call, "out")) {
        return wh_failure_say(failure, WH_E_INVALID,
                              "a file needs a folder: the command has no parameter `out`");
    }
    call->reply_bytes += content.len;
    if (content.len > WH_FILE_BYTES_MAX || call->reply_bytes > REPLY_BYTES_MAX) {
        return wh_failure_say(failure, WH_E_INVALID, "file %.*s: over %u MiB, or %u MiB in all",
                              (int)name.len, name.data, WH_FILE_BYTES_MAX >> 20,
                              REPLY_BYTES_MAX >> 20);
    }
    wh_reply_file(call, name, content);
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

static int64_t host_today(struct wh_host_self *self);

static uint32_t host_year_now(struct wh_host_self *self)
{
    return (uint32_t)wh_civil_of((int32_t)host_today(self)).year;
}

/* ---- Since 1.1 ---- */

static int64_t host_now_ms(struct wh_host_self *self)
{
    return self->plugins->services.now_ms(self->plugins->services.context);
}

static int64_t host_today(struct wh_host_self *self)
{
    struct wh_host_services *services = &self->plugins->services;
    return wh_day_at(services->now_ms(services->context),
                     services->zone_minutes(services->context));
}

static struct wh_value host_setting(struct wh_host_self *self, const char *name)
{
    for (uint32_t i = 0; name && i < self->declared->settings.count; i++) {
        const struct wh_setting *setting = wh_list_at(&self->declared->settings, i);
        if (strcmp(setting->name, name) == 0) return self->settings[i];
    }
    return wh_value_null();
}

static int host_job_at(struct wh_host_self *self, const char *job, int64_t at_ms,
                       struct wh_failure *failure)
{
    if (job && wh_jobs_ask(self, wh_span_of(job), at_ms) == 0) return 0;
    return wh_failure_say(failure, WH_E_INVALID, "it declares no job %.60s", job ? job : "");
}

static int host_units(struct wh_host_self *self, struct wh_span under, wh_unit_visit visit,
                      void *context, struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_error err = {.code = 0};
    int rc = services->units(services->context, under, visit, context, &err);
    return rc < 0 && err.code < 0 ? wh_table_fail_with(failure, &err, WH_EN) : rc;
}

static int host_figures(struct wh_host_self *self, struct wh_span unit, uint32_t below,
                        uint32_t year, wh_figure_visit visit, void *context,
                        struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_error err = {.code = 0};
    int rc = services->figures(services->context, unit, below, year, visit, context, &err);
    return rc < 0 && err.code < 0 ? wh_table_fail_with(failure, &err, WH_EN) : rc;
}

static int host_record(struct wh_host_self *self, struct wh_span id, wh_record_visit visit,
                       void *context, struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_record found;
    struct wh_record_view view;
    struct wh_error err = {.code = 0};
    int rc = services->record(services->context, id, &self->lent, &found, &err);
    if (rc < 0) return wh_table_fail_with(failure, &err, WH_EN);
    if (!wh_plugin_may_read(self, wh_span_of(found.kind->name))) {
        return not_its_kind(failure, wh_span_of(found.kind->name));
    }
    view = wh_plugin_record_view(&found, &self->lent);
    rc = visit(context, &view);
    return rc < 0 ? rc : 0;
}

static const struct wh_programme_view *host_programme(struct wh_host_self *self, uint32_t year)
{
    struct wh_host_services *services = &self->plugins->services;
    const Wh__Programme *programme;
    const struct wh_programme_view *view;
    uint32_t number = 0, free = 0;
    while (free < WH_PROGRAMMES_LENT && self->programmes[free].view) {
        if (self->programmes[free].year == year) return self->programmes[free].view;
        free++;
    }
    programme = services->programme(services->context, year, &number);
    if (!programme) return NULL;
    view = wh_programme_view_of(programme, number, &self->lent);
    if (free < WH_PROGRAMMES_LENT) {
        self->programmes[free].year = year;
        self->programmes[free].view = view;
    }
    return view;
}

/* ---- Since 1.2 ---- */

static struct wh_span host_home(struct wh_host_self *self)
{
    struct wh_host_services *services = &self->plugins->services;
    return wh_arena_copy(&self->lent, services->home(services->context));
}

static int64_t host_restored_ms(struct wh_host_self *self)
{
    struct wh_host_services *services = &self->plugins->services;
    return services->restored_ms(services->context);
}

#define REST_DAYS_MAX 60 /* in a row: no calendar has more */

static int64_t host_workday_from(struct wh_host_self *self, int64_t day)
{
    struct wh_host_services *services = &self->plugins->services;
    uint32_t number;
    for (int32_t i = 0; i < REST_DAYS_MAX; i++) {
        int32_t at = clamp(day) + i;
        uint32_t year = (uint32_t)wh_civil_of(at).year;
        if (wh_is_workday(services->programme(services->context, year, &number), at)) return at;
    }
    return day;
}

struct wh_host wh_plugin_table(struct wh_host_self *one)
{
    struct wh_host table = {
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
        .now_ms = host_now_ms,
        .today = host_today,
        .setting = host_setting,
        .job_at = host_job_at,
        .units = host_units,
        .figures = host_figures,
        .programme = host_programme,
        .record = host_record,
        .reply_note = host_reply_note,
        .reply_file = host_reply_file,
        .deeds = wh_host_deeds,
        .workday_from = host_workday_from,
        .home = host_home,
        .restored_ms = host_restored_ms,
        .reply_words = host_reply_words,
    };
    wh_plugin_table_standings(&table);
    wh_plugin_table_writes(&table);
    return table;
}
