#include "model/programme.h"

/* The ledgers as plugin.h has kinds. Arrays are made in the arena, texts are the programme's. */

#define LIST_OF(array, number) ((struct wh_list){(array), (uint32_t)(number), sizeof(*(array))})

static struct wh_title title_of(const Wh__Title *title, const char *id);
static struct wh_list texts_of(char *const *texts, size_t count, struct wh_arena *arena);
static struct wh_list fields_of(const Wh__Ledger *ledger, struct wh_arena *arena);
static struct wh_list choices_of(const Wh__Field *field, struct wh_arena *arena);
static struct wh_list metrics_of(const Wh__Ledger *ledger, struct wh_arena *arena);
static struct wh_list conditions_of(const Wh__Metric *metric, struct wh_arena *arena);
static struct wh_list tests_of(const Wh__Condition *condition, struct wh_arena *arena);

const struct wh_kind *wh_programme_kinds(const Wh__Programme *programme, struct wh_arena *arena)
{
    struct wh_kind *kinds = wh_arena_new(arena, programme->n_ledgers, sizeof(*kinds));
    for (size_t i = 0; i < programme->n_ledgers; i++) {
        const Wh__Ledger *ledger = programme->ledgers[i];
        kinds[i] = (struct wh_kind){
            .name = ledger->kind,
            .title = title_of(ledger->title, ledger->kind),
            .enter = ledger->enter,
            .fields = fields_of(ledger, arena),
            .unique = texts_of(ledger->unique, ledger->n_unique, arena),
            .metrics = metrics_of(ledger, arena),
        };
    }
    return kinds;
}

/* Choices and metrics may do without a title: their id stands for it. */
static struct wh_title title_of(const Wh__Title *title, const char *id)
{
    if (!title) return (struct wh_title){id, id};
    return (struct wh_title){title->zh, title->en};
}

static struct wh_list texts_of(char *const *texts, size_t count, struct wh_arena *arena)
{
    const char **copy = wh_arena_new(arena, count, sizeof(*copy));
    for (size_t i = 0; i < count; i++) copy[i] = texts[i];
    return LIST_OF(copy, count);
}

static struct wh_list fields_of(const Wh__Ledger *ledger, struct wh_arena *arena)
{
    struct wh_field *fields = wh_arena_new(arena, ledger->n_fields, sizeof(*fields));
    for (size_t i = 0; i < ledger->n_fields; i++) {
        const Wh__Field *field = ledger->fields[i];
        fields[i] = (struct wh_field){
            .name = field->name,
            .title = title_of(field->title, field->name),
            .type = field->type,
            .flags = field->flags,
            .min = field->min,
            .max = field->max,
            .choices = choices_of(field, arena),
        };
    }
    return LIST_OF(fields, ledger->n_fields);
}

static struct wh_list choices_of(const Wh__Field *field, struct wh_arena *arena)
{
    struct wh_choice *choices = wh_arena_new(arena, field->n_choices, sizeof(*choices));
    for (size_t i = 0; i < field->n_choices; i++) {
        const Wh__Choice *choice = field->choices[i];
        choices[i] = (struct wh_choice){choice->id, title_of(choice->title, choice->id)};
    }
    return LIST_OF(choices, field->n_choices);
}

static struct wh_list metrics_of(const Wh__Ledger *ledger, struct wh_arena *arena)
{
    struct wh_metric *metrics = wh_arena_new(arena, ledger->n_metrics, sizeof(*metrics));
    for (size_t i = 0; i < ledger->n_metrics; i++) {
        const Wh__Metric *metric = ledger->metrics[i];
        metrics[i] = (struct wh_metric){
            .id = metric->id,
            .title = title_of(metric->title, metric->id),
            .type = (uint32_t)metric->type,
            .form = metric->form,
            .flags = metric->flags,
            .fields = texts_of(metric->fields, metric->n_fields, arena),
            .any = conditions_of(metric, arena),
        };
    }
    return LIST_OF(metrics, ledger->n_metrics);
}

static struct wh_list conditions_of(const Wh__Metric *metric, struct wh_arena *arena)
{
    struct wh_condition *conditions = wh_arena_new(arena, metric->n_any, sizeof(*conditions));
    for (size_t i = 0; i < metric->n_any; i++) {
        conditions[i] = (struct wh_condition){.tests = tests_of(metric->any[i], arena),
                                              .levels = metric->any[i]->levels};
    }
    return LIST_OF(conditions, metric->n_any);
}

static struct wh_list tests_of(const Wh__Condition *condition, struct wh_arena *arena)
{
    struct wh_test *tests = wh_arena_new(arena, condition->n_tests, sizeof(*tests));
    for (size_t i = 0; i < condition->n_tests; i++) {
        const Wh__FieldTest *test = condition->tests[i];
        tests[i] = (struct wh_test){test->field, texts_of(test->values, test->n_values, arena)};
    }
    return LIST_OF(tests, condition->n_tests);
}

_Static_assert((int)WH__METRIC_TYPE__FLOW == (int)WH_FLOW &&
                   (int)WH__METRIC_TYPE__STOCK == (int)WH_STOCK &&
                   (int)WH__METRIC_TYPE__TO_DATE == (int)WH_TO_DATE,
               "metric types of programme.proto are those of plugin.h");
