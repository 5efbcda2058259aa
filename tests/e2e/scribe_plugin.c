/* scribe: a plugin that writes: records, keys and notices, from a command, from jobs in slices, and
 * after rows have changed. For the tests of the kit alone. */
#include <wuhao/plugin.h>

#include <stdio.h>

#define SLICES 3

static const struct wh_field fields[] = {
    {.name = "text", .title = {"内容", "Text"}, .type = WH_TEXT, .flags = WH_REQUIRED},
    {.name = "score", .title = {"分", "Score"}, .type = WH_DECIMAL},
};
static const char *const unique[] = {"text"};
static const struct wh_metric metrics[] = {
    {.id = "note_count", .title = {"数", "Notes"}, .type = WH_STOCK},
};
static const struct wh_kind kinds[] = {
    {.name = "note",
     .title = {"笔记", "Note"},
     .enter = WH_LEVEL_CITY | WH_LEVEL_COUNTY,
     .fields = WH_LIST(fields),
     .unique = WH_LIST(unique),
     .metrics = WH_LIST(metrics)},
};
static const struct wh_param params[] = {
    {.name = "unit", .title = {"单位", "unit"}, .type = WH_UNIT, .flags = WH_PARAM_REQUIRED},
    {.name = "text", .title = {"内容", "text"}, .type = WH_TEXT},
};
static const struct wh_column columns[] = {
    {.name = "key", .title = {"键", "Key"}, .type = WH_TEXT},
    {.name = "value", .title = {"值", "Value"}, .type = WH_TEXT},
};
enum { WRITE, SPOIL, CORRECT, DROP, KEYS };
#define COMMAND(word, permit)                                                                      \
    {                                                                                              \
        .name = "scribe " word, .title = {word, word}, .params = WH_LIST(params),                  \
        .columns = WH_LIST(columns), .permission = (permit), .example = "wuhao scribe " word       \
    }
static const struct wh_command commands[] = {
    COMMAND("write", WH_PERMIT_WRITE),   COMMAND("spoil", WH_PERMIT_WRITE),
    COMMAND("correct", WH_PERMIT_WRITE), COMMAND("drop", WH_PERMIT_WRITE),
    COMMAND("keys", WH_PERMIT_READ),
};
enum { COUNT, TELL };
static const struct wh_job jobs[] = {
    {.name = "count", .title = {"计数", "counts in slices"}, .when = "daily 08:00"},
    {.name = "tell", .title = {"告知", "tells that rows have changed"}, .when = ""},
};

static const struct wh_host *host;

static int scribe_open(const struct wh_host *given, void **ret_self, struct wh_failure *fail)
{
    (void)ret_self;
    (void)fail;
    host = given;
    return 0;
}

static int add_one(void *context, const struct wh_record_view *record)
{
    (void)record;
    ++*(int64_t *)context;
    return 0;
}

static int scribe_measure(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    int64_t count = 0;
    int rc =
        host->records(host->self, cell->kind, cell->unit, 0, cell->last_day, add_one, &count, fail);
    (void)self;
    return rc < 0 ? rc : host->metric_set(host->self, wh_span_of("note_count"), count, fail);
}

/* ---- Commands ---- */

static int write_record(struct wh_call *call, struct wh_failure *fail)
{
    const struct wh_named_text given[] = {
        {wh_span_of("text"), host->param(call, "text").text},
        {wh_span_of("score"), wh_span_of("2.50")},
    };
    const struct wh_list list = WH_LIST(given);
    struct wh_record_id id;
    int rc = host->record_add(host->self, wh_span_of("note"), host->param(call, "unit").text,
                              host->today(host->self), list, &id, fail);
    if (rc < 0) return rc;
    return host->key_put(host->self, wh_span_of("last"), wh_span_of(id.text), fail);
}

static int fail_late(struct wh_call *call, struct wh_failure *fail)
{
    int rc = write_record(call, fail);
    if (rc < 0) return rc;
    (void)snprintf(fail->text, sizeof(fail->text), "spoiled on purpose");
    return fail->code = WH_E_FAILED;
}

static int correct(struct wh_call *call, struct wh_failure *fail)
{
    const struct wh_named_text given[] = {{wh_span_of("text"), host->param(call, "text").text}};
    const struct wh_list list = WH_LIST(given);
    struct wh_span id;
    int rc = host->key_get(host->self, wh_span_of("last"), &id, fail);
    return rc < 0 ? rc : host->record_edit(host->self, id, list, fail);
}

static int drop(struct wh_failure *fail)
{
    struct wh_span id;
    int rc = host->key_get(host->self, wh_span_of("last"), &id, fail);
    if (rc == 0) rc = host->record_withdraw(host->self, id, wh_span_of("test"), fail);
    return rc < 0 ? rc : host->key_delete(host->self, wh_span_of("last"), fail);
}

/* Replies within the visit: what a visitor may not do is call for more. */
static int reply_key(void *context, struct wh_span key, struct wh_span value)
{
    struct wh_value row[2] = {{.type = WH_TEXT}, {.type = WH_TEXT}};
    struct wh_failure fail;
    row[0].text = key;
    row[1].text = value;
    return host->reply_row(context, row, 2, &fail);
}

static int scribe_command(void *self, uint32_t index, struct wh_call *call, struct wh_failure *fail)
{
    (void)self;
    switch (index) {
    case WRITE: return write_record(call, fail);
    case SPOIL: return fail_late(call, fail);
    case CORRECT: return correct(call, fail);
    case DROP: return drop(fail);
    default: return host->keys(host->self, wh_span_of("slice"), reply_key, call, fail);
    }
}

/* ---- Jobs ---- */

static int count_slice(struct wh_failure *fail)
{
    char key[16];
    struct wh_span value;
    int slice = 0, rc;
    do {
        (void)snprintf(key, sizeof(key), "slice%d", ++slice);
        rc = host->key_get(host->self, wh_span_of(key), &value, fail);
    } while (rc == 0);
    if (rc != WH_E_NOT_FOUND) return rc;
    rc = host->key_put(host->self, wh_span_of(key), wh_span_of("done"), fail);
    if (rc < 0) return rc;
    return slice < SLICES ? WH_AGAIN : 0;
}

static int scribe_job(void *self, uint32_t index, struct wh_failure *fail)
{
    const struct wh_notice notice = {.key = wh_span_of("changed"),
                                     .en = wh_span_of("rows have changed"),
                                     .severity = WH_NOTICE_INFO,
                                     .due = 20600};
    (void)self;
    return index == COUNT ? count_slice(fail) : host->notice_post(host->self, &notice, fail);
}

static int scribe_rows_changed(void *self, struct wh_list changes, struct wh_failure *fail)
{
    (void)self;
    (void)changes;
    return host->job_at(host->self, jobs[TELL].name, 0, fail);
}

const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "scribe",
    .version = "1",
    .title = {"书记", "Scribe"},
    .kinds = WH_LIST(kinds),
    .commands = WH_LIST(commands),
    .open = scribe_open,
    .measure = scribe_measure,
    .command = scribe_command,
    .jobs = WH_LIST(jobs),
    .job = scribe_job,
    .rows_changed = scribe_rows_changed,
};
