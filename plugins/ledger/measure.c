#include "measure.h"

#include <stdio.h>
#include <stdlib.h>

#include "distinct.h"

static int spans_equal(struct wh_span a, struct wh_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static const struct wh_value *field_of(const struct wh_record_view *record, const char *name)
{
    struct wh_span wanted = wh_span_of(name);
    uint32_t i;
    for (i = 0; i < record->fields.count; i++) {
        const struct wh_named_value *field = wh_list_at(&record->fields, i);
        if (spans_equal(field->name, wanted)) return &field->value;
    }
    return NULL;
}

/* ---- Which records count ---- */

/* True where `word` is one of the ';'-separated words of `words`. */
static int has_word(struct wh_span words, struct wh_span word)
{
    while (words.len > 0) {
        const char *end = memchr(words.data, ';', words.len);
        uint64_t len = end ? (uint64_t)(end - words.data) : words.len;
        struct wh_span one = {words.data, len};
        if (spans_equal(one, word)) return 1;
        words.data += end ? len + 1 : len;
        words.len -= end ? len + 1 : len;
    }
    return 0;
}

static int value_is(const struct wh_value *value, struct wh_span text)
{
    char number[32];
    switch (value->type) {
    case WH_YESNO: return spans_equal(text, wh_span_of(value->number ? "yes" : "no"));
    case WH_CHOICES: return has_word(value->text, text);
    case WH_INTEGER:
        (void)snprintf(number, sizeof(number), "%lld", (long long)value->number);
        return spans_equal(text, wh_span_of(number));
    default: return spans_equal(value->text, text);
    }
}

static int test_holds(const struct wh_test *test, const struct wh_record_view *record)
{
    const struct wh_value *value = field_of(record, test->field);
    uint32_t i;
    for (i = 0; value && i < test->values.count; i++) {
        const char *const *text = wh_list_at(&test->values, i);
        if (value_is(value, wh_span_of(*text))) return 1;
    }
    return 0;
}

static int condition_holds(const struct wh_condition *condition, const struct wh_cell *cell,
                           const struct wh_record_view *record)
{
    uint32_t i;
    if (condition->levels != 0 && !(condition->levels & cell->level)) return 0;
    for (i = 0; i < condition->tests.count; i++) {
        if (!test_holds(wh_list_at(&condition->tests, i), record)) return 0;
    }
    return 1;
}

static int conditions_hold(const struct wh_metric *metric, const struct wh_cell *cell,
                           const struct wh_record_view *record)
{
    uint32_t i;
    if (metric->any.count == 0) return 1;
    for (i = 0; i < metric->any.count; i++) {
        if (condition_holds(wh_list_at(&metric->any, i), cell, record)) return 1;
    }
    return 0;
}

/* Records are visited up to the quarter's last day, so only the lower bound differs. */
static int is_in_time(const struct wh_metric *metric, const struct wh_cell *cell,
                      const struct wh_record_view *record)
{
    if (record->date > cell->last_day) return 0;
    switch (metric->type) {
    case WH_FLOW: return record->date >= cell->first_day;
    case WH_TO_DATE: return record->date >= cell->year_first_day;
    default: return 1;
    }
}

int record_counts(const struct wh_cell *cell, const struct wh_metric *metric,
                  const struct wh_record_view *record)
{
    const struct wh_value *until;
    if (!is_in_time(metric, cell, record)) return 0;
    if (metric->flags & WH_IN_FORCE) {
        until = field_of(record, "until");
        if (until && until->number < cell->last_day) return 0;
    }
    return conditions_hold(metric, cell, record);
}

/* ---- Adding up ---- */

struct running {
    const struct wh_metric *metric;
    int64_t value;
    struct distinct distinct;
};

struct measuring {
    const struct wh_host *host;
    const struct wh_cell *cell;
    struct running *running;
    uint32_t count;
};

static int add(int64_t *sum, int64_t more)
{
    return __builtin_add_overflow(*sum, more, sum) ? WH_E_FAILED : 0;
}

static int sum_record(const struct wh_metric *metric, const struct wh_record_view *record,
                      int64_t *ret)
{
    int64_t sum = 0;
    uint32_t i;
    for (i = 0; i < metric->fields.count; i++) {
        const char *const *name = wh_list_at(&metric->fields, i);
        const struct wh_value *value = field_of(record, *name);
        if (value && add(&sum, value->number) < 0) return WH_E_FAILED;
    }
    *ret = sum;
    return 0;
}

static int take_distinct(struct running *running, const struct wh_record_view *record)
{
    const char *const *name = wh_list_at(&running->metric->fields, 0);
    const struct wh_value *value = field_of(record, *name);
    char number[32];
    if (!value) return 0;
    if (value->type == WH_CHOICES) return distinct_add_words(&running->distinct, value->text);
    if (value->text.data) return distinct_add(&running->distinct, value->text);
    (void)snprintf(number, sizeof(number), "%lld", (long long)value->number);
    return distinct_add(&running->distinct, wh_span_of(number));
}

/* Records come by date, then id: of `latest` the last one that counts stays. */
static int take(struct running *running, const struct wh_record_view *record)
{
    int64_t sum = 0;
    switch (running->metric->form) {
    case WH_COUNT:
        if (running->metric->flags & WH_LATEST) running->value = 0;
        return add(&running->value, 1);
    case WH_SUM:
        if (sum_record(running->metric, record, &sum) < 0) return WH_E_FAILED;
        if (running->metric->flags & WH_LATEST) running->value = 0;
        return add(&running->value, sum);
    case WH_DISTINCT: return take_distinct(running, record);
    default: return 0;
    }
}

static int visit(void *context, const struct wh_record_view *record)
{
    struct measuring *measuring = context;
    uint32_t i;
    for (i = 0; i < measuring->count; i++) {
        struct running *running = &measuring->running[i];
        if (!record_counts(measuring->cell, running->metric, record)) continue;
        if (take(running, record) < 0) return WH_E_FAILED;
    }
    return 0;
}

static int set_all(struct measuring *measuring, struct wh_failure *fail)
{
    const struct wh_host *host = measuring->host;
    uint32_t i;
    for (i = 0; i < measuring->count; i++) {
        struct running *running = &measuring->running[i];
        int64_t value = running->metric->form == WH_DISTINCT ? (int64_t)running->distinct.count
                                                             : running->value;
        int rc = host->metric_set(host->self, wh_span_of(running->metric->id), value, fail);
        if (rc < 0) return rc;
    }
    return 0;
}

/* How far back records are read: a flow needs its quarter alone. */
static int64_t first_day_of(const struct wh_kind *kind, const struct wh_cell *cell)
{
    int64_t first = cell->first_day;
    uint32_t i;
    for (i = 0; i < kind->metrics.count; i++) {
        const struct wh_metric *metric = wh_list_at(&kind->metrics, i);
        if (metric->type == WH_STOCK) return INT64_MIN;
        if (metric->type == WH_TO_DATE && cell->year_first_day < first) {
            first = cell->year_first_day;
        }
    }
    return first;
}

int measure_cell(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail)
{
    const struct wh_kind *kind = host->kind(host->self, cell->kind);
    struct measuring measuring = {host, cell, NULL, 0};
    uint32_t i;
    int rc;
    if (!kind) {
        fail->code = WH_E_NOT_FOUND;
        (void)snprintf(fail->text, sizeof(fail->text), "kind %.*s is not declared",
                       (int)cell->kind.len, cell->kind.data);
        return WH_E_NOT_FOUND;
    }
    measuring.running = calloc(kind->metrics.count + 1, sizeof(struct running));
    if (!measuring.running) return WH_E_FAILED;
    measuring.count = kind->metrics.count;
    for (i = 0; i < measuring.count; i++) {
        measuring.running[i].metric = wh_list_at(&kind->metrics, i);
    }
    rc = host->records(host->self, cell->kind, cell->unit, first_day_of(kind, cell), cell->last_day,
                       visit, &measuring, fail);
    if (rc >= 0) rc = set_all(&measuring, fail);
    for (i = 0; i < measuring.count; i++) distinct_deinit(&measuring.running[i].distinct);
    free(measuring.running);
    return rc < 0 ? rc : 0;
}
