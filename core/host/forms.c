#include "host/forms.h"

#include <stdio.h>

#include "base/map.h"
#include "isolation/failure.h"
#include "model/kind.h"

static const struct wh_value *field_of(const struct wh_record_view *record, const char *name)
{
    struct wh_span wanted = wh_span_of(name);
    for (uint32_t i = 0; i < record->fields.count; i++) {
        const struct wh_named_value *field = wh_list_at(&record->fields, i);
        if (wh_span_equal(field->name, wanted)) return &field->value;
    }
    return NULL;
}

/* ---- Which records count ---- */

/* Takes the next of the ';'-separated words that are left; false where there is none. */
static bool next_word(struct wh_span *left, struct wh_span *ret)
{
    const char *end = left->len > 0 ? memchr(left->data, ';', left->len) : NULL;
    if (left->len == 0) return false;
    *ret = wh_span(left->data, end ? (size_t)(end - left->data) : left->len);
    *left = wh_span_from(*left, ret->len + (end ? 1 : 0));
    return true;
}

static bool has_word(struct wh_span words, struct wh_span word)
{
    struct wh_span one;
    while (next_word(&words, &one)) {
        if (wh_span_equal(one, word)) return true;
    }
    return false;
}

static bool value_is(const struct wh_value *value, struct wh_span text)
{
    char number[32];
    switch (value->type) {
    case WH_YESNO: return wh_span_equal(text, wh_span_of(value->number ? "yes" : "no"));
    case WH_CHOICES: return has_word(value->text, text);
    case WH_INTEGER:
        (void)snprintf(number, sizeof(number), "%lld", (long long)value->number);
        return wh_span_equal(text, wh_span_of(number));
    default: return wh_span_equal(value->text, text);
    }
}

static bool test_holds(const struct wh_test *test, const struct wh_record_view *record)
{
    const struct wh_value *value = field_of(record, test->field);
    for (uint32_t i = 0; value && i < test->values.count; i++) {
        const char *const *text = wh_list_at(&test->values, i);
        if (value_is(value, wh_span_of(*text))) return true;
    }
    return false;
}

static bool condition_holds(const struct wh_condition *condition, const struct wh_cell *cell,
                            const struct wh_record_view *record)
{
    if (condition->levels != 0 && !(condition->levels & cell->level)) return false;
    for (uint32_t i = 0; i < condition->tests.count; i++) {
        if (!test_holds(wh_list_at(&condition->tests, i), record)) return false;
    }
    return true;
}

static bool conditions_hold(const struct wh_metric *metric, const struct wh_cell *cell,
                            const struct wh_record_view *record)
{
    if (metric->any.count == 0) return true;
    for (uint32_t i = 0; i < metric->any.count; i++) {
        if (condition_holds(wh_list_at(&metric->any, i), cell, record)) return true;
    }
    return false;
}

/* Records are visited up to the quarter's last day, so only the lower bound differs. */
static bool is_in_time(const struct wh_metric *metric, const struct wh_cell *cell,
                       const struct wh_record_view *record)
{
    if (record->date > cell->last_day) return false;
    switch (metric->type) {
    case WH_FLOW: return record->date >= cell->first_day;
    case WH_TO_DATE: return record->date >= cell->year_first_day;
    default: return true;
    }
}

bool wh_forms_count(const struct wh_cell *cell, const struct wh_metric *metric,
                    const struct wh_record_view *record)
{
    const struct wh_value *until;
    if (!is_in_time(metric, cell, record)) return false;
    if (metric->flags & WH_IN_FORCE) {
        until = field_of(record, "until");
        if (until && until->number < cell->last_day) return false;
    }
    return conditions_hold(metric, cell, record);
}

/* ---- Adding up ---- */

struct running {
    const struct wh_metric *metric;
    int64_t value;
    struct wh_map seen; /* of a distinct */
};

struct measuring {
    const struct wh_host *host;
    const struct wh_cell *cell;
    struct running *running;
    uint32_t count;
    struct wh_arena arena;
};

static int add(int64_t *sum, int64_t more)
{
    return __builtin_add_overflow(*sum, more, sum) ? WH_E_FAILED : 0;
}

static int sum_record(const struct wh_metric *metric, const struct wh_record_view *record,
                      int64_t *ret)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < metric->fields.count; i++) {
        const char *const *name = wh_list_at(&metric->fields, i);
        const struct wh_value *value = field_of(record, *name);
        if (value && add(&sum, value->number) < 0) return WH_E_FAILED;
    }
    *ret = sum;
    return 0;
}

static void see(struct measuring *measuring, struct running *running, struct wh_span value)
{
    if (wh_map_get(&running->seen, value)) return;
    wh_map_put(&running->seen, wh_arena_copy(&measuring->arena, value), 1);
    running->value++;
}

static void take_distinct(struct measuring *measuring, struct running *running,
                          const struct wh_record_view *record)
{
    const char *const *name = wh_list_at(&running->metric->fields, 0);
    const struct wh_value *value = field_of(record, *name);
    struct wh_span word, left;
    char number[32];
    if (!value) return;
    if (value->type == WH_CHOICES) {
        for (left = value->text; next_word(&left, &word);) see(measuring, running, word);
    } else if (value->text.data) {
        see(measuring, running, value->text);
    } else {
        (void)snprintf(number, sizeof(number), "%lld", (long long)value->number);
        see(measuring, running, wh_span_of(number));
    }
}

/* Records come by date, then id: of `latest` the last one that counts stays. */
static int take(struct measuring *measuring, struct running *running,
                const struct wh_record_view *record)
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
    case WH_DISTINCT: take_distinct(measuring, running, record); return 0;
    default: return 0;
    }
}

static int visit(void *context, const struct wh_record_view *record)
{
    struct measuring *measuring = context;
    for (uint32_t i = 0; i < measuring->count; i++) {
        struct running *running = &measuring->running[i];
        if (!wh_forms_count(measuring->cell, running->metric, record)) continue;
        if (take(measuring, running, record) < 0) return WH_E_FAILED;
    }
    return 0;
}

static int set_all(struct measuring *measuring, struct wh_failure *failure)
{
    const struct wh_host *host = measuring->host;
    for (uint32_t i = 0; i < measuring->count; i++) {
        struct running *running = &measuring->running[i];
        int rc =
            host->metric_set(host->self, wh_span_of(running->metric->id), running->value, failure);
        if (rc < 0) return rc;
    }
    return 0;
}

/* How far back records are read: a flow needs its quarter alone. */
static int64_t first_day_of(const struct wh_kind *kind, const struct wh_cell *cell)
{
    int64_t first = cell->first_day;
    for (uint32_t i = 0; i < kind->metrics.count; i++) {
        const struct wh_metric *metric = wh_kind_metric(kind, i);
        if (metric->type == WH_STOCK) return INT64_MIN;
        if (metric->type == WH_TO_DATE && cell->year_first_day < first) {
            first = cell->year_first_day;
        }
    }
    return first;
}

int wh_forms_measure(const struct wh_host *host, const struct wh_cell *cell,
                     const struct wh_kind *kind, struct wh_failure *failure)
{
    struct measuring measuring = {.host = host, .cell = cell, .count = kind->metrics.count};
    int rc;
    measuring.running = wh_arena_new(&measuring.arena, measuring.count, sizeof(struct running));
    for (uint32_t i = 0; i < measuring.count; i++) {
        measuring.running[i].metric = wh_kind_metric(kind, i);
    }
    rc = host->records(host->self, cell->kind, cell->unit, first_day_of(kind, cell), cell->last_day,
                       visit, &measuring, failure);
    if (rc >= 0) rc = set_all(&measuring, failure);
    for (uint32_t i = 0; i < measuring.count; i++) wh_map_deinit(&measuring.running[i].seen);
    wh_arena_deinit(&measuring.arena);
    return rc < 0 ? rc : 0;
}
