/* @NAME@: a plugin of wuhao. It adds the kind `@KIND@` with a metric, a command, a job and a
 * setting. README.md says how to build, test and enable it. */
#include <wuhao/plugin.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define METRIC "@KIND@_minutes"

/* ---- What it declares: the node checks all of it before any code below runs ---- */

static const struct wh_field fields[] = {
    {.name = "minutes",
     .title = {"时长（分钟）", "Minutes"},
     .type = WH_INTEGER,
     .flags = WH_REQUIRED | WH_BOUNDED,
     .min = 1,
     .max = 600},
    {.name = "person",
     .title = {"对象", "Person"},
     .type = WH_PERSON,
     .flags = WH_PERSONAL}, /* sealed on disk, never leaves the node */
};

static const struct wh_metric metrics[] = {
    {.id = METRIC, .title = {"分钟数", "Minutes"}, .type = WH_FLOW, .form = WH_MEASURED},
};

static const struct wh_kind kinds[] = {
    {.name = "@KIND@",
     .title = {"@KIND@ 记录", "@KIND@"},
     .enter = WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS,
     .fields = WH_LIST(fields),
     .metrics = WH_LIST(metrics)},
};

static const struct wh_setting settings[] = {
    {.name = "minutes_min",
     .title = {"少于此分钟数的记录不计入", "records of fewer minutes do not count"},
     .type = WH_INTEGER,
     .flags = WH_BOUNDED,
     .min = 0,
     .max = 600,
     .fallback = "10"},
};

static const struct wh_param total_params[] = {
    {.name = "unit", .title = {"单位", "the unit"}, .type = WH_UNIT, .flags = WH_PARAM_REQUIRED},
};

static const struct wh_column total_columns[] = {
    {.name = "records", .title = {"记录", "Records"}, .type = WH_INTEGER},
    {.name = "minutes", .title = {"分钟", "Minutes"}, .type = WH_INTEGER},
    {.name = "checked", .title = {"上次检查", "Checked"}, .type = WH_DATE},
};

static const struct wh_command commands[] = {
    {.name = "@NAME@ total",
     .title = {"汇总一个单位的记录", "sums up the records of a unit"},
     .params = WH_LIST(total_params),
     .columns = WH_LIST(total_columns),
     .permission = WH_PERMIT_READ,
     .example = "wuhao @NAME@ total --unit 231182101"},
};

static const struct wh_job jobs[] = {
    {.name = "check",
     .title = {"全年没有记录时提醒", "says so while a year has no record"},
     .when = "daily 08:00"},
};

/* ---- What it does ---- */

/* The one instance: what `open` hands to every other callback. */
static struct plugin {
    const struct wh_host *host;
} plugin;

static int plugin_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    if (!WH_HOST_HAS(host, reply_note)) { /* an older node lacks what came later */
        fail->code = WH_E_FAILED;
        (void)snprintf(fail->text, sizeof(fail->text), "@NAME@ needs a node with ABI 1.1");
        return fail->code;
    }
    plugin.host = host;
    *ret_self = &plugin;
    return 0;
}

static int is_text(struct wh_span span, const char *text)
{
    return span.len == strlen(text) && memcmp(span.data, text, span.len) == 0;
}

static int64_t number_of(const struct wh_record_view *record, const char *name)
{
    for (uint32_t i = 0; i < record->fields.count; i++) {
        const struct wh_named_value *field = wh_list_at(&record->fields, i);
        if (is_text(field->name, name)) return field->value.number;
    }
    return 0;
}

struct sum {
    int64_t minutes_min;
    int64_t records;
    int64_t minutes;
};

/* The rule: which records count, and with how much. */
static int add_record(void *context, const struct wh_record_view *record)
{
    struct sum *sum = context;
    int64_t minutes = number_of(record, "minutes");
    if (minutes < sum->minutes_min) return 0;
    sum->records++;
    sum->minutes += minutes;
    return 0;
}

/* One cell: one unit, one quarter, one kind. The node asks whenever a record of it has changed, and
 * keeps and sends up what is set here. */
static int plugin_measure(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    const struct wh_host *host = ((struct plugin *)self)->host;
    struct sum sum = {.minutes_min = host->setting(host->self, "minutes_min").number};
    int rc = host->records(host->self, cell->kind, cell->unit, cell->first_day, cell->last_day,
                           add_record, &sum, fail);
    if (rc < 0) return rc;
    return host->metric_set(host->self, wh_span_of(METRIC), sum.minutes, fail);
}

/* `explain` lists the records for which this gives 1. */
static int plugin_counts(void *self, const struct wh_cell *cell, const struct wh_metric *metric,
                         const struct wh_record_view *record)
{
    const struct wh_host *host = ((struct plugin *)self)->host;
    (void)cell;
    (void)metric;
    return number_of(record, "minutes") >= host->setting(host->self, "minutes_min").number;
}

/* The day on which the job ran last, from the plugin's own keys; type 0 before it ever ran. */
static int read_checked(const struct wh_host *host, struct wh_value *ret, struct wh_failure *fail)
{
    struct wh_span value;
    char text[24];
    int rc = host->key_get(host->self, wh_span_of("checked"), &value, fail);
    if (rc == WH_E_NOT_FOUND) return 0;
    if (rc < 0) return rc;
    (void)snprintf(text, sizeof(text), "%.*s", (int)value.len, value.data);
    ret->type = WH_DATE;
    ret->number = strtoll(text, NULL, 10);
    return 0;
}

/* There is one command, so `index` is 0. */
static int plugin_command(void *self, uint32_t index, struct wh_call *call, struct wh_failure *fail)
{
    const struct wh_host *host = ((struct plugin *)self)->host;
    struct wh_value unit = host->param(call, "unit");
    struct wh_value row[3] = {{.type = WH_INTEGER}, {.type = WH_INTEGER}, {.type = 0}};
    struct sum sum = {.minutes_min = host->setting(host->self, "minutes_min").number};
    int rc = host->records(host->self, wh_span_of("@KIND@"), unit.text, 0, host->today(host->self),
                           add_record, &sum, fail);
    (void)index;
    if (rc == 0) rc = read_checked(host, &row[2], fail);
    if (rc < 0) return rc;
    row[0].number = sum.records;
    row[1].number = sum.minutes;
    return host->reply_row(call, row, 3, fail);
}

struct code {
    char text[40];
    uint64_t len;
};

static int take_first_unit(void *context, const struct wh_unit_view *unit)
{
    struct code *code = context;
    if (unit->code.len < sizeof(code->text)) {
        code->len = unit->code.len;
        memcpy(code->text, unit->code.data, unit->code.len);
    }
    return 1; /* the first is the root of the tree */
}

static int add_figure(void *context, const struct wh_figure *figure)
{
    if (is_text(figure->metric, METRIC)) *(int64_t *)context += figure->value;
    return 0;
}

/* What this node and those below it have measured this year. */
static int sum_of_year(const struct wh_host *host, int64_t *ret, struct wh_failure *fail)
{
    struct code root = {.len = 0};
    struct wh_span unit;
    int rc = host->units(host->self, wh_span_of(""), take_first_unit, &root, fail);
    if (rc < 0) return rc;
    unit.data = root.text;
    unit.len = root.len;
    *ret = 0;
    return host->figures(host->self, unit, 1, host->year_now(host->self), add_figure, ret, fail);
}

/* There is one job, so `index` is 0. All that it writes is saved together, when it returns 0. */
static int plugin_job(void *self, uint32_t index, struct wh_failure *fail)
{
    const struct wh_host *host = ((struct plugin *)self)->host;
    const struct wh_notice quiet = {.key = wh_span_of("quiet"),
                                    .zh = wh_span_of("@NAME@：今年还没有计入的记录"),
                                    .en = wh_span_of("@NAME@: no record counts this year yet"),
                                    .severity = WH_NOTICE_WARN};
    char today[24];
    int64_t minutes;
    int rc = sum_of_year(host, &minutes, fail);
    (void)index;
    if (rc == 0 && minutes == 0) rc = host->notice_post(host->self, &quiet, fail);
    if (rc == 0 && minutes > 0) rc = host->notice_settle(host->self, quiet.key, fail);
    if (rc < 0) return rc;
    (void)snprintf(today, sizeof(today), "%" PRId64, host->today(host->self));
    return host->key_put(host->self, wh_span_of("checked"), wh_span_of(today), fail);
}

const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "@NAME@",
    .version = "0.1.0",
    .title = {"@NAME@ 插件", "@NAME@"},
    .kinds = WH_LIST(kinds),
    .commands = WH_LIST(commands),
    .jobs = WH_LIST(jobs),
    .settings = WH_LIST(settings),
    .open = plugin_open,
    .measure = plugin_measure,
    .counts = plugin_counts,
    .command = plugin_command,
    .job = plugin_job,
};
