/* anywhere.h: a whole plugin around one fault. The source that includes it defines fault(), which
 * runs in the callback that -DIN_OPEN, -DIN_MEASURE, -DIN_JOB, -DIN_ROWS, -DIN_CLOSE or
 * -DIN_CONSTRUCTOR names, else in the command `NAME go`. All the rest of the plugin behaves: `NAME
 * calm` always gives a row, `NAME soon` has its job `go` run, its kind `NAME_visit` has one metric.
 * NAME comes from the builder.
 */
#ifndef HOSTILE_ANYWHERE_H
#define HOSTILE_ANYWHERE_H

#include <wuhao/plugin.h>

#ifndef NAME
#define NAME "hostile"
#endif
#ifndef WHEN
#define WHEN "" /* the job's rule */
#endif
#if !defined(IN_ROWS) && !defined(IN_OPEN) && !defined(IN_MEASURE) && !defined(IN_JOB) &&          \
    !defined(IN_CLOSE) && !defined(IN_CONSTRUCTOR) && !defined(IN_COMMAND)
#define IN_COMMAND
#endif

static const struct wh_host *host; /* NULL before `open` */
static int got;                    /* a fault outside a command had its way: `calm` tells */

/* The fault. `call` is NULL outside a command. Returns as a callback does. */
static int fault(struct wh_call *call, struct wh_failure *fail);

static const struct wh_field fields[] = {
    {.name = "minutes", .title = {"分钟", "Minutes"}, .type = WH_INTEGER},
};
static const struct wh_metric metrics[] = {
    {.id = NAME "_visits", .title = {"次数", "Visits"}, .type = WH_FLOW},
};
static const struct wh_kind kinds[] = {
    {.name = NAME "_visit",
     .title = {"走访", "Visits"},
     .enter = WH_LEVEL_CITY | WH_LEVEL_COUNTY | WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS,
     .fields = WH_LIST(fields),
     .metrics = WH_LIST(metrics)},
};
static const struct wh_column columns[] = {
    {.name = "did", .title = {"结果", "Did"}, .type = WH_INTEGER},
    {.name = "what", .title = {"说明", "What"}, .type = WH_TEXT},
    {.name = "data", .title = {"数据", "Data"}, .type = WH_JSON},
};
static const struct wh_command commands[] = {
    {.name = NAME " go",
     .title = {"做", "do it"},
     .columns = WH_LIST(columns),
     .permission = WH_PERMIT_WRITE},
    {.name = NAME " calm",
     .title = {"不做", "do nothing"},
     .columns = WH_LIST(columns),
     .permission = WH_PERMIT_READ},
    {.name = NAME " soon",
     .title = {"执行任务", "have the job run"},
     .columns = WH_LIST(columns),
     .permission = WH_PERMIT_WRITE},
};
static const struct wh_job jobs[] = {{.name = "go", .title = {"做", "do it"}, .when = WHEN}};

/* One row: what the fault did (1) or could not do (0), and in which words. */
static inline int tell(struct wh_call *call, int64_t did, const char *what, struct wh_failure *fail)
{
    struct wh_value row[3] = {{.type = WH_INTEGER, .number = did},
                              {.type = WH_TEXT, .text = wh_span_of(what)},
                              {.type = WH_JSON, .text = wh_span_of("{}")}};
    return call ? host->reply_row(call, row, 3, fail) : 0;
}

static int count(void *context, const struct wh_record_view *record)
{
    (void)record;
    *(int64_t *)context += 1;
    return 0;
}

static int hostile_open(const struct wh_host *given, void **ret_self, struct wh_failure *fail)
{
    host = given;
    *ret_self = NULL;
#ifdef IN_OPEN
    return fault(NULL, fail);
#else
    (void)fail;
    return 0;
#endif
}

static int hostile_measure(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    int64_t visits = 0;
    int rc;
    (void)self;
#ifdef IN_MEASURE
    rc = fault(NULL, fail);
    if (rc < 0) return rc;
#endif
    rc = host->records(host->self, cell->kind, cell->unit, cell->first_day, cell->last_day, count,
                       &visits, fail);
    return rc < 0 ? rc : host->metric_set(host->self, wh_span_of(NAME "_visits"), visits, fail);
}

static int hostile_command(void *self, uint32_t index, struct wh_call *call,
                           struct wh_failure *fail)
{
    (void)self;
#ifdef IN_COMMAND
    if (index == 0) return fault(call, fail);
#endif
    if (index == 2 && host->job_at(host->self, "go", 0, fail) < 0) return WH_E_FAILED;
    return tell(call, got, index == 0 ? "nothing to do here" : "calm", fail);
}

static int hostile_job(void *self, uint32_t index, struct wh_failure *fail)
{
    (void)self;
    (void)index;
#ifdef IN_JOB
    return fault(NULL, fail);
#else
    (void)fail;
    return 0;
#endif
}

#ifdef IN_ROWS
static int hostile_rows(void *self, struct wh_list changes, struct wh_failure *fail)
{
    (void)self;
    (void)changes;
    return fault(NULL, fail);
}
#endif

static void hostile_close(void *self)
{
    (void)self;
#ifdef IN_CLOSE
    struct wh_failure fail;
    (void)fault(NULL, &fail); /* nobody is told any more */
#endif
}

#ifdef IN_CONSTRUCTOR
__attribute__((constructor)) static void construct(void)
{
    struct wh_failure fail;
    (void)fault(NULL, &fail); /* the loader asks for no result */
}
#endif

#ifndef DECLARES /* the source declares itself, and wrongly */
const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = NAME,
    .version = "1.0.0",
    .title = {"坏插件", "A hostile plugin"},
    .kinds = WH_LIST(kinds),
    .commands = WH_LIST(commands),
    .open = hostile_open,
    .close = hostile_close,
    .measure = hostile_measure,
    .command = hostile_command,
    .jobs = WH_LIST(jobs),
    .job = hostile_job,
#ifdef IN_ROWS
    .rows_changed = hostile_rows,
#endif
};
#endif

#endif
