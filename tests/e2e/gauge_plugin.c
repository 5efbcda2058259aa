/* gauge: a plugin that says what a node did with it: how often it measured, which figures there
 * are, and whether a key that a failed command put is seen. For the tests of the kit alone. */
#include <wuhao/plugin.h>

#include <stdio.h>

#define SPOILED 13 /* a sum that measuring fails on */

static const struct wh_field fields[] = {
    {.name = "value", .title = {"值", "Value"}, .type = WH_INTEGER, .flags = WH_REQUIRED},
    {.name = "note", .title = {"说明", "Note"}, .type = WH_TEXT},
};
static const char *const unique[] = {"note"};
static const struct wh_metric metrics[] = {
    {.id = "reading_sum", .title = {"和", "Sum"}, .type = WH_FLOW},
    {.id = "reading_left", .title = {"遗留", "Left"}, .type = WH_TO_DATE},
};
static const struct wh_kind kinds[] = {
    {.name = "reading",
     .title = {"读数", "Reading"},
     .enter = WH_LEVEL_CITY,
     .fields = WH_LIST(fields),
     .unique = WH_LIST(unique),
     .metrics = WH_LIST(metrics)},
};
static const struct wh_param params[] = {
    {.name = "field", .title = {"字段", "field"}, .type = WH_TEXT},
    {.name = "text", .title = {"内容", "text"}, .type = WH_TEXT},
    {.name = "day", .title = {"日", "day"}, .type = WH_INTEGER},
};
static const struct wh_column columns[] = {
    {.name = "name", .title = {"名称", "Name"}, .type = WH_TEXT},
    {.name = "value", .title = {"值", "Value"}, .type = WH_INTEGER},
};
enum { SPOIL, CALLS, FIGURES, ENTER, EDIT, CHANGES, WITHDRAW };
#define COMMAND(word, permit)                                                                      \
    {                                                                                              \
        .name = "gauge " word, .title = {word, word}, .params = WH_LIST(params),                   \
        .columns = WH_LIST(columns), .permission = (permit), .example = "wuhao gauge " word        \
    }
static const struct wh_command commands[] = {
    COMMAND("spoil", WH_PERMIT_WRITE),    COMMAND("calls", WH_PERMIT_READ),
    COMMAND("figures", WH_PERMIT_READ),   COMMAND("enter", WH_PERMIT_WRITE),
    COMMAND("edit", WH_PERMIT_WRITE),     COMMAND("changes", WH_PERMIT_READ),
    COMMAND("withdraw", WH_PERMIT_WRITE),
};

static const struct wh_host *host;
static int64_t calls, changes;

static int gauge_open(const struct wh_host *given, void **ret_self, struct wh_failure *fail)
{
    (void)ret_self;
    (void)fail;
    host = given;
    return 0;
}

static int add_value(void *context, const struct wh_record_view *record)
{
    const struct wh_named_value *first = record->fields.items;
    for (uint32_t i = 0; i < record->fields.count; i++) {
        if (first[i].value.type == WH_INTEGER) *(int64_t *)context += first[i].value.number;
    }
    return 0;
}

/* Sets what is not 0 alone: the rest is 0 without being said. */
static int gauge_measure(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    struct wh_span left;
    int64_t sum = 0;
    int rc = host->records(host->self, cell->kind, cell->unit, cell->first_day, cell->last_day,
                           add_value, &sum, fail);
    (void)self;
    calls++;
    if (rc == 0 && sum != 0) {
        rc = host->metric_set(host->self, wh_span_of("reading_sum"), sum, fail);
    }
    if (rc == 0 && host->key_get(host->self, wh_span_of("left"), &left, fail) == 0) {
        rc = host->metric_set(host->self, wh_span_of("reading_left"), 1, fail);
    }
    if (rc < 0 || sum != SPOILED) return rc;
    (void)snprintf(fail->text, sizeof(fail->text), "thirteen");
    return fail->code = WH_E_FAILED;
}

/* ---- Commands ---- */

static int reply(struct wh_call *call, struct wh_span name, int64_t value, struct wh_failure *fail)
{
    struct wh_value row[2] = {{.type = WH_TEXT}, {.type = WH_INTEGER}};
    row[0].text = name;
    row[1].number = value;
    return host->reply_row(call, row, 2, fail);
}

static int reply_figure(void *context, const struct wh_figure *figure)
{
    struct wh_failure fail;
    return reply(context, figure->metric, figure->value, &fail);
}

static int spoil(struct wh_failure *fail)
{
    int rc = host->key_put(host->self, wh_span_of("left"), wh_span_of("1"), fail);
    if (rc < 0) return rc;
    (void)snprintf(fail->text, sizeof(fail->text), "spoiled on purpose");
    return fail->code = WH_E_FAILED;
}

static struct wh_list given(struct wh_call *call, struct wh_named_text *ret)
{
    struct wh_list list = {ret, 0, sizeof(*ret)};
    ret->name = host->param(call, "field").text;
    ret->text = host->param(call, "text").text;
    if (ret->name.len > 0) list.count = 1;
    return list;
}

static int enter(struct wh_call *call, struct wh_failure *fail)
{
    struct wh_named_text field;
    struct wh_record_id id;
    int64_t day = host->param(call, "day").number;
    int rc =
        host->record_add(host->self, wh_span_of("reading"), wh_span_of("23"),
                         day != 0 ? day : host->today(host->self), given(call, &field), &id, fail);
    if (rc < 0) return rc;
    return host->key_put(host->self, wh_span_of("last"), wh_span_of(id.text), fail);
}

static int edit(struct wh_call *call, struct wh_failure *fail)
{
    struct wh_named_text field;
    struct wh_span id;
    int rc = host->key_get(host->self, wh_span_of("last"), &id, fail);
    return rc < 0 ? rc : host->record_edit(host->self, id, given(call, &field), fail);
}

static int withdraw(struct wh_failure *fail)
{
    struct wh_span id;
    int rc = host->key_get(host->self, wh_span_of("last"), &id, fail);
    return rc < 0 ? rc : host->record_withdraw(host->self, id, wh_span_of("test"), fail);
}

static int gauge_command(void *self, uint32_t index, struct wh_call *call, struct wh_failure *fail)
{
    int64_t said = index == CALLS ? calls : changes;
    (void)self;
    switch (index) {
    case SPOIL: return spoil(fail);
    case FIGURES:
        return host->figures(host->self, wh_span_of("23"), 0, 0, reply_figure, call, fail);
    case ENTER: return enter(call, fail);
    case EDIT: return edit(call, fail);
    case WITHDRAW: return withdraw(fail);
    default:
        calls = 0;
        changes = 0;
        return reply(call, wh_span_of("count"), said, fail);
    }
}

static int gauge_rows_changed(void *self, struct wh_list changed, struct wh_failure *fail)
{
    (void)self;
    (void)fail;
    changes += changed.count;
    return 0;
}

const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "gauge",
    .version = "1",
    .title = {"量具", "Gauge"},
    .kinds = WH_LIST(kinds),
    .commands = WH_LIST(commands),
    .open = gauge_open,
    .measure = gauge_measure,
    .command = gauge_command,
    .rows_changed = gauge_rows_changed,
};
