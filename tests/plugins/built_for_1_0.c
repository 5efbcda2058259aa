/* A plugin as one was written for ABI 1.0: compiled with abi_1_0/ alone, so that nothing of 1.1 can
 * slip in. It has all that 1.0 had: a kind, a metric, a command, `counts`. */
#include <wuhao/plugin.h>

static const struct wh_field fields[] = {
    {"minutes", {"分钟", "Minutes"}, WH_INTEGER, WH_REQUIRED | WH_BOUNDED, 1, 600, {NULL, 0, 0}},
};
static const struct wh_metric metrics[] = {
    {.id = "old_minutes", .title = {"分钟", "Minutes"}, .type = WH_FLOW},
};
static const struct wh_kind kinds[] = {
    {.name = "old_visit",
     .title = {"走访", "Visits"},
     .enter = WH_LEVEL_GRASSROOTS | WH_LEVEL_TOWNSHIP,
     .fields = WH_LIST(fields),
     .metrics = WH_LIST(metrics)},
};
static const struct wh_param params[] = {{"unit", {"单位", "unit"}, WH_UNIT, WH_PARAM_REQUIRED}};
static const struct wh_column columns[] = {{"minutes", {"分钟", "Minutes"}, WH_INTEGER, 0}};
static const struct wh_command commands[] = {
    {.name = "built_for_1_0 minutes",
     .title = {"走访分钟", "minutes of visits"},
     .params = WH_LIST(params),
     .columns = WH_LIST(columns),
     .permission = WH_PERMIT_READ},
};

static int add(void *context, const struct wh_record_view *record)
{
    const struct wh_named_value *minutes = wh_list_at(&record->fields, 0);
    *(int64_t *)context += minutes->value.number;
    return 0;
}

static int old_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    (void)fail;
    *ret_self = (void *)(uintptr_t)host;
    return 0;
}

static int old_measure(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    const struct wh_host *host = self;
    int64_t sum = 0;
    int rc = host->records(host->self, cell->kind, cell->unit, cell->first_day, cell->last_day, add,
                           &sum, fail);
    return rc < 0 ? rc : host->metric_set(host->self, wh_span_of("old_minutes"), sum, fail);
}

static int old_command(void *self, uint32_t index, struct wh_call *call, struct wh_failure *fail)
{
    const struct wh_host *host = self;
    struct wh_value unit = host->param(call, "unit"), sum = {WH_INTEGER, 0, 0, {NULL, 0}};
    int rc = host->records(host->self, wh_span_of("old_visit"), unit.text, 0, 99999, add,
                           &sum.number, fail);
    (void)index;
    return rc < 0 ? rc : host->reply_row(call, &sum, 1, fail);
}

const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "built_for_1_0",
    .version = "1.0.0",
    .title = {"走访", "Visits, as of ABI 1.0"},
    .kinds = WH_LIST(kinds),
    .commands = WH_LIST(commands),
    .open = old_open,
    .measure = old_measure,
    .command = old_command,
};
