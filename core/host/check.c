/* A plugin's declaration, checked whole before any code of it is called. */
#include "base/limits.h"
#include "base/text.h"
#include "door/commands.h"
#include "host/calendar.h"
#include "host/plugins_parts.h"
#include "model/kind.h"

/* a-z, 0-9, `_`, `-`, beginning with a letter. */
static bool is_name(struct wh_span name, size_t bytes_max)
{
    if (name.len == 0 || name.len > bytes_max || name.data[0] < 'a' || name.data[0] > 'z') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!good) return false;
    }
    return true;
}

bool wh_plugin_name_is_valid(struct wh_span name)
{
    return is_name(name, WH_PLUGIN_NAME_MAX);
}

struct wh_span wh_plugin_name_of(struct wh_span path)
{
    const char *slash = path.len > 0 ? memrchr(path.data, '/', path.len) : NULL;
    struct wh_span name = slash ? wh_span_from(path, (size_t)(slash - path.data) + 1) : path;
    if (wh_span_ends(name, WH_S(".so"))) name.len -= strlen(".so");
    return name;
}

#define WORD_BYTES_MAX 60

static bool is_text(const char *text)
{
    return text && *text && wh_text_check(wh_span_of(text), WH_TEXT_ONE_LINE) == WH_TEXT_GOOD;
}

/* The name of a kind, a field or a metric: it is part of keys, CSV and JSON. */
static bool is_word(const char *text)
{
    return is_name(wh_span_of(text), WORD_BYTES_MAX);
}

static bool is_title(struct wh_title title)
{
    return is_text(title.en) && (!title.zh || is_text(title.zh));
}

/* These stand beside the fields of every record. */
static bool is_on_every_record(struct wh_span name)
{
    return wh_span_equal(name, WH_S("unit")) || wh_span_equal(name, WH_S("date")) ||
           wh_span_equal(name, WH_S("id")) || wh_span_equal(name, WH_S("state"));
}

static bool choices_are_named(const struct wh_field *field)
{
    bool chooses = field->type == WH_CHOICE || field->type == WH_CHOICES;
    for (uint32_t i = 0; i < field->choices.count; i++) {
        const struct wh_choice *choice = wh_list_at(&field->choices, i);
        if (!is_text(choice->id) || !is_title(choice->title) || strchr(choice->id, ';')) {
            return false;
        }
    }
    return !chooses || field->choices.count > 0;
}

/* The fields of a kind: names, no name twice, none that is on every record. */
static bool check_fields(struct wh_host_self *one, const struct wh_kind *kind)
{
    for (uint32_t i = 0; i < kind->fields.count; i++) {
        const struct wh_field *field = wh_kind_field(kind, i);
        struct wh_span name = wh_span_of(field->name);
        if (!is_word(field->name) || !is_title(field->title) || field->type < WH_TEXT ||
            field->type > WH_FILE || wh_kind_field_index(kind, name) != (int32_t)i) {
            wh_plugin_fail(one, "kind %s: field %u has no name, title or type, or one twice",
                           kind->name, i + 1);
            return false;
        }
        if (is_on_every_record(name)) {
            wh_plugin_fail(one, "kind %s: field %s is on every record already", kind->name,
                           field->name);
            return false;
        }
        if (!choices_are_named(field)) {
            wh_plugin_fail(one, "kind %s: field %s lacks choices, or one lacks its id or title",
                           kind->name, field->name);
            return false;
        }
    }
    for (uint32_t i = 0; i < kind->unique.count; i++) {
        const char *const *name = wh_list_at(&kind->unique, i);
        if (*name && wh_kind_field_index(kind, wh_span_of(*name)) >= 0) continue;
        wh_plugin_fail(one, "kind %s: `unique` names no field of its own", kind->name);
        return false;
    }
    return true;
}

static bool check_metrics(struct wh_host_self *one, const struct wh_kind *kind)
{
    for (uint32_t i = 0; i < kind->metrics.count; i++) {
        const struct wh_metric *metric = wh_kind_metric(kind, i);
        if (is_word(metric->id) && is_title(metric->title) && metric->type >= WH_FLOW &&
            metric->type <= WH_TO_DATE && metric->form <= WH_DISTINCT &&
            wh_kind_metric_named(kind, wh_span_of(metric->id)) == metric) {
            continue;
        }
        wh_plugin_fail(one, "kind %s: metric %u has no id, title, type or form, or one twice",
                       kind->name, i + 1);
        return false;
    }
    return true;
}

static bool names_fields(const struct wh_kind *kind, const struct wh_list *names)
{
    for (uint32_t i = 0; i < names->count; i++) {
        const char *const *name = wh_list_at(names, i);
        if (!*name || wh_kind_field_index(kind, wh_span_of(*name)) < 0) return false;
    }
    return true;
}

static bool condition_is_whole(const struct wh_kind *kind, const struct wh_condition *condition)
{
    for (uint32_t i = 0; i < condition->tests.count; i++) {
        const struct wh_test *test = wh_list_at(&condition->tests, i);
        const struct wh_list name = {&test->field, 1, sizeof(test->field)};
        if (!names_fields(kind, &name)) return false;
        for (uint32_t v = 0; v < test->values.count; v++) {
            if (!*(const char *const *)wh_list_at(&test->values, v)) return false;
        }
    }
    return true;
}

/* What the node needs to measure it: a form, over fields and by conditions that are there. */
static bool form_is_whole(const struct wh_kind *kind, const struct wh_metric *metric)
{
    if (metric->form == WH_MEASURED || !names_fields(kind, &metric->fields)) return false;
    if (metric->form == WH_SUM && metric->fields.count == 0) return false;
    if (metric->form == WH_DISTINCT && metric->fields.count != 1) return false;
    for (uint32_t i = 0; i < metric->any.count; i++) {
        if (!condition_is_whole(kind, wh_list_at(&metric->any, i))) return false;
    }
    return true;
}

#define KIND_FLAGS                                                                                 \
    (WH_KIND_BY_FORM | WH_KIND_OPEN_METRICS | WH_KIND_YEARLY | WH_KIND_FROM_ALL |                  \
     WH_KIND_BY_COMMAND | WH_KIND_FROM_ABOVE)

/* Who measures it, and when: what the flags ask for must go together. */
static bool check_measuring(struct wh_host_self *one, const struct wh_kind *kind)
{
    bool by_form = (kind->flags & WH_KIND_BY_FORM) || !one->declared->measure;
    if (kind->flags & ~KIND_FLAGS) {
        wh_plugin_fail(one, "kind %s has flags that this node does not know (update the node)",
                       kind->name);
        return false;
    }
    if ((kind->flags & WH_KIND_FROM_ALL) && !(kind->flags & WH_KIND_YEARLY)) {
        wh_plugin_fail(one, "kind %s: what is measured from all kinds has one cell a year",
                       kind->name);
        return false;
    }
    if ((kind->flags & WH_KIND_OPEN_METRICS) && (by_form || kind->metrics.count == 0)) {
        wh_plugin_fail(one, "kind %s: open metrics need `measure`, and one metric for their type",
                       kind->name);
        return false;
    }
    for (uint32_t i = 0; by_form && i < kind->metrics.count; i++) {
        const struct wh_metric *metric = wh_kind_metric(kind, i);
        if (form_is_whole(kind, metric)) continue;
        wh_plugin_fail(one,
                       metric->form == WH_MEASURED
                           ? "kind %s: metric %s has no form, and nothing is there to measure it"
                           : "kind %s: the form of metric %s is not whole (a field not there?)",
                       kind->name, metric->id);
        return false;
    }
    return true;
}

/* The i-th of those that are on, then of those that are about to be; NULL at the end. */
static const struct wh_host_self *nth(const struct wh_plugins *plugins, uint32_t i)
{
    if (i < plugins->count) return plugins->items[i];
    return i - plugins->count < plugins->pending_count ? plugins->pending[i - plugins->count]
                                                       : NULL;
}

static const struct wh_host_self *other_with_kind(const struct wh_host_self *one,
                                                  struct wh_span name)
{
    const struct wh_host_self *other;
    for (uint32_t p = 0; (other = nth(one->plugins, p)); p++) {
        if (wh_span_equal(other->name, one->name) || !other->is_loaded) continue;
        for (uint32_t i = 0; i < other->declared->kinds.count; i++) {
            const struct wh_kind *kind = wh_list_at(&other->declared->kinds, i);
            if (wh_span_equal(name, wh_span_of(kind->name))) return other;
        }
    }
    return NULL;
}

/* A kind of the programme's belongs to whoever serves the ledgers. */
static bool is_ledger(const struct wh_host_self *one, struct wh_span name)
{
    const struct wh_kind *kind = one->plugins->services.kind(one->plugins->services.context, name);
    for (uint32_t i = 0; kind && i < one->plugins->count; i++) {
        if (wh_plugin_owns(one->plugins->items[i], kind)) return false;
    }
    return kind != NULL;
}

/* One plugin serves the ledgers. */
static bool check_flags(struct wh_host_self *one)
{
    const struct wh_host_self *other;
    if (one->declared->flags & ~WH_SERVES_LEDGERS) {
        wh_plugin_fail(one, "it has flags that this node does not know (update the node)");
        return false;
    }
    if (!(one->declared->flags & WH_SERVES_LEDGERS)) return true;
    for (uint32_t p = 0; (other = nth(one->plugins, p)); p++) {
        if (wh_span_equal(other->name, one->name) || !other->is_loaded ||
            !(other->declared->flags & WH_SERVES_LEDGERS)) {
            continue;
        }
        wh_plugin_fail(one, "the programme's ledgers are another's: %.*s serves them",
                       (int)other->name.len, other->name.data);
        return false;
    }
    return true;
}

static bool check_kinds(struct wh_host_self *one)
{
    const struct wh_list *kinds = &one->declared->kinds;
    for (uint32_t i = 0; i < kinds->count; i++) {
        const struct wh_kind *kind = wh_list_at(kinds, i);
        const struct wh_host_self *other;
        if (!is_word(kind->name) || !is_title(kind->title) || kind->fields.count > WH_FIELDS_MAX ||
            kind->metrics.count > WH_METRICS_MAX) {
            wh_plugin_fail(one, "kind %u has no name or title, over %d fields or over %d metrics",
                           i + 1, WH_FIELDS_MAX, WH_METRICS_MAX);
            return false;
        }
        other = other_with_kind(one, wh_span_of(kind->name));
        if (other || is_ledger(one, wh_span_of(kind->name))) {
            wh_plugin_fail(one, "kind %s is another's: %.*s declares it", kind->name,
                           other ? (int)other->name.len : 13,
                           other ? other->name.data : "the programme");
            return false;
        }
        for (uint32_t k = 0; k < i; k++) {
            const struct wh_kind *before = wh_list_at(kinds, k);
            if (strcmp(before->name, kind->name) != 0) continue;
            wh_plugin_fail(one, "it declares kind %s twice", kind->name);
            return false;
        }
        if (!check_fields(one, kind) || !check_metrics(one, kind) || !check_measuring(one, kind)) {
            return false;
        }
    }
    return true;
}

static struct wh_span first_word(struct wh_span name)
{
    const char *blank = name.len > 0 ? memchr(name.data, ' ', name.len) : NULL;
    return wh_span(name.data, blank ? (size_t)(blank - name.data) : name.len);
}

static bool names_another(const struct wh_host_self *one, struct wh_span word)
{
    const struct wh_host_self *other;
    for (uint32_t p = 0; (other = nth(one->plugins, p)); p++) {
        if (wh_span_equal(other->name, word) && !wh_span_equal(one->name, word)) return true;
    }
    return false;
}

/* A command of another plugin, or of the core, keeps its name. */
static bool command_is_taken(const struct wh_host_self *one, const char *name, uint32_t index)
{
    const struct wh_host_self *other;
    for (uint32_t p = 0; (other = nth(one->plugins, p)); p++) {
        if (wh_span_equal(other->name, one->name) || !other->is_loaded) continue;
        for (uint32_t i = 0; i < other->declared->commands.count; i++) {
            const struct wh_command *command = wh_list_at(&other->declared->commands, i);
            if (strcmp(command->name, name) == 0) return true;
        }
    }
    for (uint32_t i = 0; i < index; i++) {
        const struct wh_command *command = wh_list_at(&one->declared->commands, i);
        if (strcmp(command->name, name) == 0) return true;
    }
    /* the command line looks for a word among the core's before it asks for plugins' commands */
    return wh_command_begins_so(first_word(wh_span_of(name)));
}

static bool params_are_named(const struct wh_command *command)
{
    for (uint32_t i = 0; i < command->params.count; i++) {
        const struct wh_param *param = wh_list_at(&command->params, i);
        if (!is_text(param->name) || !is_title(param->title) || param->type > WH_FILE) return false;
    }
    for (uint32_t i = 0; i < command->columns.count; i++) {
        const struct wh_column *column = wh_list_at(&command->columns, i);
        if (!is_text(column->name) || !is_title(column->title) || column->type > WH_JSON) {
            return false;
        }
    }
    return true;
}

static bool check_commands(struct wh_host_self *one)
{
    const struct wh_list *commands = &one->declared->commands;
    for (uint32_t i = 0; i < commands->count; i++) {
        const struct wh_command *command = wh_list_at(commands, i);
        if (!is_text(command->name) || !is_title(command->title) || !params_are_named(command) ||
            command->permission < WH_PERMIT_READ || command->permission > WH_PERMIT_OPERATE) {
            wh_plugin_fail(one,
                           "command %u has no name, title or permission, or a parameter or "
                           "column has none",
                           i + 1);
            return false;
        }
        if (names_another(one, first_word(wh_span_of(command->name)))) {
            wh_plugin_fail(one, "command `%s` begins with the name of another plugin",
                           command->name);
            return false;
        }
        if (command_is_taken(one, command->name, i)) {
            wh_plugin_fail(one, "command `%s` is another's, or declared twice", command->name);
            return false;
        }
    }
    return true;
}

static bool check_jobs(struct wh_host_self *one)
{
    const struct wh_list *jobs = &one->declared->jobs;
    for (uint32_t i = 0; i < jobs->count; i++) {
        const struct wh_job *job = wh_list_at(jobs, i);
        struct wh_calendar calendar;
        if (!job->name || !wh_plugin_name_is_valid(wh_span_of(job->name)) ||
            !is_title(job->title)) {
            wh_plugin_fail(one, "job %u has no name or title", i + 1);
            return false;
        }
        if (!wh_calendar_read(wh_span_of(job->when), &calendar)) {
            wh_plugin_fail(one, "job %s: `%.60s` is no time (as in `daily 02:00`)", job->name,
                           job->when);
            return false;
        }
        for (uint32_t k = 0; k < i; k++) {
            const struct wh_job *before = wh_list_at(jobs, k);
            if (strcmp(before->name, job->name) != 0) continue;
            wh_plugin_fail(one, "it declares job %s twice", job->name);
            return false;
        }
    }
    return true;
}

static bool check_needs(struct wh_host_self *one)
{
    for (uint32_t i = 0; i < one->declared->needs.count; i++) {
        const char *const *name = wh_list_at(&one->declared->needs, i);
        if (is_text(*name)) continue;
        wh_plugin_fail(one, "it needs a plugin without a name");
        return false;
    }
    return true;
}

bool wh_plugin_check(struct wh_host_self *one)
{
    const struct wh_plugin *declared = one->declared;
    if (declared->abi != WH_ABI) {
        wh_plugin_fail(one, "built for ABI %u, this node has %u (build it again)", declared->abi,
                       WH_ABI);
    } else if (!wh_span_equal(one->name, wh_span_of(declared->name))) {
        wh_plugin_fail(one, "its file is named %.*s, it declares the name `%.60s`",
                       (int)one->name.len, one->name.data, declared->name ? declared->name : "");
    } else if (!is_text(declared->version) || !is_title(declared->title)) {
        wh_plugin_fail(one, "it declares no version or title, or one that can't be shown");
    } else if (declared->commands.count > 0 && !declared->command) {
        wh_plugin_fail(one, "it declares commands and has no `command`");
    } else if (declared->jobs.count > 0 && !declared->job) {
        wh_plugin_fail(one, "it declares jobs and has no `job`");
    } else {
        return check_flags(one) && check_needs(one) && check_kinds(one) && check_commands(one) &&
               check_jobs(one);
    }
    return false;
}
