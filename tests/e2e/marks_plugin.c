/* marks: kinds whose metrics are open, kept once a year, measured by form, and from all records. */
#include <wuhao/plugin.h>

static const struct wh_host *node;

static const struct wh_field fields[] = {
    {"item", {NULL, "Item"}, WH_TEXT, WH_REQUIRED, 0, 0, {NULL, 0, 0}},
    {"points", {NULL, "Points"}, WH_DECIMAL, WH_REQUIRED, 0, 0, {NULL, 0, 0}},
};
static const struct wh_metric open_metric[] = {
    {"points", {NULL, "Points"}, WH_TO_DATE, WH_MEASURED, 0, 0, {NULL, 0, 0}, {NULL, 0, 0}},
};
static const struct wh_metric form_metric[] = {
    {"notes", {NULL, "Notes"}, WH_FLOW, WH_COUNT, 0, 0, {NULL, 0, 0}, {NULL, 0, 0}},
};
static const struct wh_kind kinds[] = {
    {"mark",
     {NULL, "Marks"},
     WH_LEVEL_CITY | WH_LEVEL_GRASSROOTS,
     WH_KIND_OPEN_METRICS | WH_KIND_YEARLY,
     WH_LIST(fields),
     {NULL, 0, 0},
     WH_LIST(open_metric)},
    {"note",
     {NULL, "Notes"},
     WH_LEVEL_CITY,
     WH_KIND_BY_FORM,
     WH_LIST(fields),
     {NULL, 0, 0},
     WH_LIST(form_metric)},
    {"all",
     {NULL, "All"},
     0,
     WH_KIND_OPEN_METRICS | WH_KIND_YEARLY | WH_KIND_FROM_ALL,
     {NULL, 0, 0},
     {NULL, 0, 0},
     WH_LIST(open_metric)},
};

static int open_it(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    (void)ret_self;
    (void)fail;
    node = host;
    return 0;
}

static int set_mark(void *context, const struct wh_record_view *record)
{
    const struct wh_named_value *item = wh_list_at(&record->fields, 0);
    const struct wh_named_value *points = wh_list_at(&record->fields, 1);
    return node->metric_set(node->self, item->value.text, points->value.number, context);
}

static int count_one(void *context, const struct wh_record_view *record)
{
    (void)record;
    ++*(int64_t *)context;
    return 0;
}

static int measure(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    static const char *const read[] = {"mark", "note"};
    int64_t count = 0;
    (void)self;
    if (!wh_span_equal(cell->kind, wh_span_of("all"))) {
        return node->records(node->self, cell->kind, cell->unit, cell->first_day, cell->last_day,
                             set_mark, fail, fail);
    }
    for (int i = 0; i < 2; i++) {
        int rc = node->records(node->self, wh_span_of(read[i]), cell->unit, cell->first_day,
                               cell->last_day, count_one, &count, fail);
        if (rc < 0) return rc;
    }
    return count > 0 ? node->metric_set(node->self, wh_span_of("of.all"), count, fail) : 0;
}

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "marks",
    .version = "1",
    .title = {NULL, "Marks"},
    .kinds = WH_LIST(kinds),
    .open = open_it,
    .measure = measure,
};
