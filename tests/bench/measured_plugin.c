/* The plugin that tests/bench/plugins.c measures: a kind of 16 fields and 4 metrics, and kinds
 * whose `measure` does nothing but call one function of the host CALLS times. */
#include <wuhao/plugin.h>

#define CALLS 1000

#define FIELD(number)                                                                              \
    {                                                                                              \
        .name = "field_" number, .title = {"数", "Number"}, .type = WH_INTEGER                     \
    }
#define METRIC(id_)                                                                                \
    {                                                                                              \
        .id = "measured_" id_, .title = {"数", "Number"}, .type = WH_FLOW                          \
    }
static const struct wh_field fields[16] = {
    FIELD("0"),  FIELD("1"),  FIELD("2"),  FIELD("3"),  FIELD("4"),  FIELD("5"),
    FIELD("6"),  FIELD("7"),  FIELD("8"),  FIELD("9"),  FIELD("10"), FIELD("11"),
    FIELD("12"), FIELD("13"), FIELD("14"), FIELD("15"),
};
static const struct wh_metric metrics[4] = {METRIC("records"), METRIC("sum"), METRIC("most"),
                                            METRIC("even")};

#define KIND(name_)                                                                                \
    {                                                                                              \
        .name = name_, .title = {"数", "Numbers"}, .enter = WH_LEVEL_TOWNSHIP,                     \
        .fields = WH_LIST(fields), .metrics = WH_LIST(metrics)                                     \
    }
static const struct wh_kind kinds[] = {KIND("measured"), KIND("measured_records"),
                                       KIND("measured_set"), KIND("measured_today")};

static const struct wh_host *host;

static int measured_open(const struct wh_host *given, void **ret_self, struct wh_failure *fail)
{
    (void)fail;
    (void)ret_self;
    host = given;
    return 0;
}

struct sums {
    int64_t records, sum, most, even;
};

static int add(void *context, const struct wh_record_view *record)
{
    struct sums *sums = context;
    sums->records++;
    for (uint32_t i = 0; i < record->fields.count; i++) {
        const struct wh_named_value *field = wh_list_at(&record->fields, i);
        int64_t number = field->value.number;
        sums->sum += number;
        sums->most = number > sums->most ? number : sums->most;
        sums->even += number % 2 == 0;
    }
    return 0;
}

static int look(void *context, const struct wh_record_view *record)
{
    *(uint64_t *)context += record->fields.count;
    return 0;
}

static int set(const char *metric, int64_t value, struct wh_failure *fail)
{
    return host->metric_set(host->self, wh_span_of(metric), value, fail);
}

static int records(const struct wh_cell *cell, wh_record_visit visit, void *context,
                   struct wh_failure *fail)
{
    return host->records(host->self, cell->kind, cell->unit, cell->first_day, cell->last_day, visit,
                         context, fail);
}

/* One function, CALLS times; which one the kind's name says. */
static int call_many(char which, const struct wh_cell *cell, struct wh_failure *fail)
{
    uint64_t seen = 0;
    int rc = 0;
    for (int i = 0; rc >= 0 && i < CALLS; i++) {
        if (which == 'r') rc = records(cell, look, &seen, fail);
        if (which == 's') rc = set("measured_even", i, fail);
        if (which == 't') {
            seen += WH_HOST_HAS(host, today) && host->today ? (uint64_t)host->today(host->self)
                                                            : host->year_now(host->self);
        }
    }
    return rc < 0 ? rc : set("measured_sum", (int64_t)seen, fail);
}

static int measured_measure(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    struct sums sums = {0, 0, INT64_MIN, 0};
    uint64_t prefix = sizeof("measured_") - 1;
    int rc;
    (void)self;
    if (cell->kind.len > prefix) return call_many(cell->kind.data[prefix], cell, fail);
    rc = records(cell, add, &sums, fail);
    if (rc >= 0) rc = set("measured_records", sums.records, fail);
    if (rc >= 0) rc = set("measured_sum", sums.sum, fail);
    if (rc >= 0) rc = set("measured_most", sums.most, fail);
    if (rc >= 0) rc = set("measured_even", sums.even, fail);
    return rc;
}

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "measured",
    .version = "1.0.0",
    .title = {"测速", "What the bench measures"},
    .kinds = WH_LIST(kinds),
    .open = measured_open,
    .measure = measured_measure,
};
