/* Outside the tree: a kind with a metric, and a command that counts its minutes. */
#include <wuhao/plugin.h>
/* clang-format off */
static const char *const sum_fields[] = {"minutes"};
static const struct wh_field fields[] = {
    {"minutes", {"分钟", "Minutes"}, WH_INTEGER, WH_REQUIRED | WH_BOUNDED, 1, 600, {NULL, 0, 0}}};
static const struct wh_metric metrics[] = {{"outside_minutes", {"走访分钟", "Minutes of visits"},
    WH_FLOW, WH_MEASURED, 0, 0, WH_LIST(sum_fields), {NULL, 0, 0}}};
static const struct wh_kind kinds[] = {{"outside_visit", {"走访", "Visits"}, WH_LEVEL_GRASSROOTS |
    WH_LEVEL_TOWNSHIP, 0, WH_LIST(fields), {NULL, 0, 0}, WH_LIST(metrics)}};
static const struct wh_param params[] = {{"unit", {"单位", "unit"}, WH_UNIT, WH_PARAM_REQUIRED}};
static const struct wh_column columns[] = {{"minutes", {"分钟", "Minutes"}, WH_INTEGER, 0}};
static const struct wh_command commands[] = {{"outside minutes", {"走访分钟", "minutes of visits"},
    WH_LIST(params), WH_LIST(columns), WH_PERMIT_READ, 0, "wuhao outside minutes --unit 2311821"}};
static const struct wh_host *host;
static int add(void *to, const struct wh_record_view *record)
{
    return *(int64_t *)to += ((const struct wh_named_value *)record->fields.items)->value.number, 0;
}
static int outside_open(const struct wh_host *given, void **self, struct wh_failure *fail)
{
    return (void)self, (void)fail, host = given, 0;
}
static int outside_measure(void *self, const struct wh_cell *c, struct wh_failure *f)
{
    struct wh_span metric = ((void)self, wh_span_of("outside_minutes"));
    int64_t sum = 0, from = c->first_day, to = c->last_day;
    int rc = host->records(host->self, c->kind, c->unit, from, to, add, &sum, f);
    return rc < 0 ? rc : host->metric_set(host->self, metric, sum, f);
}
static int outside_command(void *self, uint32_t i, struct wh_call *call, struct wh_failure *f)
{
    struct wh_value v = {WH_INTEGER, 0, 0, {NULL, 0}}, unit = host->param(call, "unit");
    struct wh_span kind = ((void)self, (void)i, wh_span_of("outside_visit"));
    int rc = host->records(host->self, kind, unit.text, 0, 99999, add, &v.number, f);
    return rc < 0 ? rc : host->reply_row(call, &v, 1, f);
}
const struct wh_plugin wuhao_plugin = {.abi = WH_ABI, .size = sizeof(wuhao_plugin), .version = "1",
    .name = "outside", .title = {"走访", "Visits"}, .kinds = WH_LIST(kinds), .open = outside_open,
    .commands = WH_LIST(commands), .measure = outside_measure, .command = outside_command};
