#include "model/programme_yaml.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/date.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/text.h"

#define AT(type, member) offsetof(type, member)

static const struct wh_slot metric_slots[] = {
    {"id", WH_SLOT_NAME, WH_NEEDED, AT(Wh__Metric, id), 0, 0, NULL},
    {"type", WH_SLOT_WORD, WH_NEEDED, AT(Wh__Metric, type), 0, 0, wh_metric_type_words},
    {"title", WH_SLOT_TITLE, WH_OPTIONAL, AT(Wh__Metric, title), 0, 0, NULL},
    {"count", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"sum", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"distinct", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

struct form_flags {
    protobuf_c_boolean in_force;
    protobuf_c_boolean latest;
};

static const struct wh_slot count_slots[] = {
    {"in_force", WH_SLOT_YESNO, WH_OPTIONAL, AT(struct form_flags, in_force), 0, 0, NULL},
    {"latest", WH_SLOT_YESNO, WH_OPTIONAL, AT(struct form_flags, latest), 0, 0, NULL},
    {"any", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static const struct wh_slot field_form_slots[] = {
    {"field", WH_SLOT_OTHER, WH_NEEDED, 0, 0, 0, NULL},
    {"in_force", WH_SLOT_YESNO, WH_OPTIONAL, AT(struct form_flags, in_force), 0, 0, NULL},
    {"latest", WH_SLOT_YESNO, WH_OPTIONAL, AT(struct form_flags, latest), 0, 0, NULL},
    {"any", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static const struct {
    const char *key;
    uint32_t form;
    const struct wh_slot *slots;
} forms[] = {
    {"count", WH_COUNT, count_slots},
    {"sum", WH_SUM, field_form_slots},
    {"distinct", WH_DISTINCT, field_form_slots},
};
#define FORMS_COUNT (sizeof(forms) / sizeof(forms[0]))

static void read_metric(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        const Wh__Ledger *ledger, Wh__Metric *ret);
static void read_form(struct wh_programme_reader *reader, const struct wh_yaml *map, size_t form,
                      const Wh__Ledger *ledger, Wh__Metric *metric);
static void check_stock(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        const char *key, const Wh__Metric *metric);
static void read_metric_fields(struct wh_programme_reader *reader, const struct wh_yaml *map,
                               const Wh__Ledger *ledger, Wh__Metric *metric);
static void check_metric_field(struct wh_programme_reader *reader, const struct wh_yaml *map,
                               const Wh__Ledger *ledger, const Wh__Metric *metric,
                               const char *name);
static void read_conditions(struct wh_programme_reader *reader, const struct wh_yaml *map,
                            const Wh__Ledger *ledger, Wh__Metric *metric);
static void read_condition(struct wh_programme_reader *reader, const struct wh_yaml *map,
                           const Wh__Ledger *ledger, Wh__Condition *ret);
static void read_test(struct wh_programme_reader *reader, const struct wh_yaml *map, uint32_t i,
                      const Wh__Ledger *ledger, Wh__FieldTest *ret);
static bool read_value(struct wh_programme_reader *reader, const struct wh_yaml *node,
                       const Wh__Field *field, char **ret);
static bool value_text(const struct wh_yaml *node, const Wh__Field *field, char ret[64]);
static bool read_choice_value(struct wh_programme_reader *reader, const struct wh_yaml *node,
                              const Wh__Field *field, char **ret);

void wh_programme_read_metrics(struct wh_programme_reader *reader, const struct wh_yaml *map,
                               Wh__Ledger *ledger)
{
    const struct wh_yaml *list = wh_slots_list(reader, map, "metrics", WH_OPTIONAL);
    if (!list) return;
    ledger->metrics = wh_arena_new(reader->arena, list->count, sizeof(*ledger->metrics));
    ledger->n_metrics = list->count;
    for (uint32_t i = 0; i < list->count; i++) {
        Wh__Metric *metric = wh_arena_new(reader->arena, 1, sizeof(*metric));
        wh__metric__init(metric);
        ledger->metrics[i] = metric;
        read_metric(reader, list->items[i], ledger, metric);
        wh_programme_once(reader, &reader->metrics, metric->id, "id", list->items[i]->line);
    }
}

static void read_metric(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        const Wh__Ledger *ledger, Wh__Metric *ret)
{
    size_t found = FORMS_COUNT, count = 0;
    if (!wh_slots_read(reader, map, "metrics", metric_slots, ret)) return;
    for (size_t i = 0; i < FORMS_COUNT; i++) {
        if (!wh_yaml_get(map, forms[i].key)) continue;
        found = i;
        count++;
    }
    if (count != 1) {
        wh_fault_add(reader->faults, map->line, wh_span_of(ret->id), WH_MSG_PROGRAMME_METRIC_FORM,
                     NULL);
        return;
    }
    ret->form = forms[found].form;
    read_form(reader, wh_yaml_get(map, forms[found].key), found, ledger, ret);
}

static void read_form(struct wh_programme_reader *reader, const struct wh_yaml *map, size_t form,
                      const Wh__Ledger *ledger, Wh__Metric *metric)
{
    struct form_flags flags = {0, 0};
    if (!wh_slots_read(reader, map, forms[form].key, forms[form].slots, &flags)) return;
    metric->flags = (flags.in_force ? WH_IN_FORCE : 0) | (flags.latest ? WH_LATEST : 0);
    if (flags.in_force) check_stock(reader, map, "in_force", metric);
    if (flags.latest) check_stock(reader, map, "latest", metric);
    if (metric->form != WH_COUNT) read_metric_fields(reader, map, ledger, metric);
    read_conditions(reader, map, ledger, metric);
}

static void check_stock(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        const char *key, const Wh__Metric *metric)
{
    if (metric->type == WH__METRIC_TYPE__STOCK || metric->type == WH__METRIC_TYPE__TYPE_NONE) {
        return;
    }
    wh_programme_fault(reader, map, key, WH_MSG_PROGRAMME_STOCK_ONLY, WH_ARGS(wh_arg_c(key)));
}

/* A sum takes one field or a list of them, distinct takes one. */
static void read_metric_fields(struct wh_programme_reader *reader, const struct wh_yaml *map,
                               const Wh__Ledger *ledger, Wh__Metric *metric)
{
    const struct wh_yaml *node = wh_yaml_get(map, "field");
    if (!node) {
        wh_programme_fault(reader, map, "field", WH_MSG_YAML_MISSING, WH_ARGS(wh_arg_c("field")));
        return;
    }
    if (node->type == WH_YAML_LIST && metric->form == WH_SUM) {
        metric->n_fields = wh_slots_names(reader, map, "field", WH_FILLED, &metric->fields);
    } else {
        metric->fields = wh_arena_new(reader->arena, 1, sizeof(*metric->fields));
        metric->n_fields = wh_slots_name(reader, node, "field", &metric->fields[0]) ? 1 : 0;
    }
    for (size_t i = 0; i < metric->n_fields; i++) {
        check_metric_field(reader, map, ledger, metric, metric->fields[i]);
    }
}

static void check_metric_field(struct wh_programme_reader *reader, const struct wh_yaml *map,
                               const Wh__Ledger *ledger, const Wh__Metric *metric, const char *name)
{
    const Wh__Field *field = wh_programme_field(reader, map, "field", ledger, wh_span_of(name));
    if (!field || field->type == 0 || metric->form != WH_SUM) return;
    if (field->type == WH_INTEGER || field->type == WH_DECIMAL) return;
    wh_programme_fault(
        reader, map, "field", WH_MSG_PROGRAMME_SUM_FIELD,
        WH_ARGS(wh_arg_c(name), wh_arg_c(wh_word_of(wh_field_type_words, field->type))));
}

static void read_conditions(struct wh_programme_reader *reader, const struct wh_yaml *map,
                            const Wh__Ledger *ledger, Wh__Metric *metric)
{
    const struct wh_yaml *list;
    if (!wh_yaml_get(map, "any")) return;
    list = wh_slots_list(reader, map, "any", WH_FILLED);
    if (!list) return;
    metric->any = wh_arena_new(reader->arena, list->count, sizeof(*metric->any));
    metric->n_any = list->count;
    for (uint32_t i = 0; i < list->count; i++) {
        metric->any[i] = wh_arena_new(reader->arena, 1, sizeof(**metric->any));
        wh__condition__init(metric->any[i]);
        read_condition(reader, list->items[i], ledger, metric->any[i]);
    }
}

/* A condition's keys are the fields of the ledger, and `level`. */
static void read_condition(struct wh_programme_reader *reader, const struct wh_yaml *map,
                           const Wh__Ledger *ledger, Wh__Condition *ret)
{
    if (!wh_yaml_map(map, "any", map->line, reader->faults)) return;
    if (map->count > WH_FIELDS_MAX + 1) {
        wh_fault_add(reader->faults, map->line, WH_S("any"), WH_MSG_PROGRAMME_MANY,
                     WH_ARGS(wh_arg_c("any"), wh_arg_n(map->count), wh_arg_n(WH_FIELDS_MAX + 1)));
        return;
    }
    ret->tests = wh_arena_new(reader->arena, map->count, sizeof(*ret->tests));
    for (uint32_t i = 0; i < map->count; i++) {
        Wh__FieldTest *test;
        if (wh_span_equal(map->keys[i]->text, WH_S("level"))) {
            ret->levels = wh_slots_levels(reader, map->items[i], "level");
            continue;
        }
        test = wh_arena_new(reader->arena, 1, sizeof(*test));
        wh__field_test__init(test);
        ret->tests[ret->n_tests++] = test;
        read_test(reader, map, i, ledger, test);
    }
}

static void read_test(struct wh_programme_reader *reader, const struct wh_yaml *map, uint32_t i,
                      const Wh__Ledger *ledger, Wh__FieldTest *ret)
{
    char *name = wh_arena_text(reader->arena, map->keys[i]->text);
    const Wh__Field *field = wh_programme_field(reader, map, name, ledger, map->keys[i]->text);
    const struct wh_yaml *list = wh_slots_list(reader, map, name, WH_FILLED);
    if (!field || !list) return;
    ret->field = name;
    ret->values = wh_arena_new(reader->arena, list->count, sizeof(*ret->values));
    for (uint32_t k = 0; k < list->count; k++) {
        if (read_value(reader, list->items[k], field, &ret->values[ret->n_values])) {
            ret->n_values++;
        }
    }
}

static bool read_value(struct wh_programme_reader *reader, const struct wh_yaml *node,
                       const Wh__Field *field, char **ret)
{
    char text[64];
    struct wh_span wrong;
    if (!wh_yaml_text(node, field->name, node->line, reader->faults, &wrong)) return false;
    if (field->type == 0) return false; /* a fault already */
    if (field->type == WH_CHOICE || field->type == WH_CHOICES) {
        return read_choice_value(reader, node, field, ret);
    }
    if (field->type == WH_INTEGER || field->type == WH_DECIMAL || field->type == WH_DATE ||
        field->type == WH_YESNO) {
        if (value_text(node, field, text)) {
            *ret = wh_arena_text(reader->arena, wh_span_of(text));
            return true;
        }
    } else if (wrong.len <= WH_TEXT_BYTES_MAX) {
        *ret = wh_arena_text(reader->arena, wrong);
        return true;
    }
    wh_fault_add(reader->faults, node->line, wh_span_of(field->name), WH_MSG_PROGRAMME_VALUE,
                 WH_ARGS(wh_arg_c(field->name), wh_arg_s(wrong),
                         wh_arg_c(wh_word_of(wh_field_type_words, field->type))));
    return false;
}

/* The canonical text of a number, as a record's value is written. */
static bool value_text(const struct wh_yaml *node, const Wh__Field *field, char ret[64])
{
    int64_t number;
    int32_t day;
    if (field->type == WH_YESNO) {
        bool yes = wh_span_equal(node->text, WH_S("true"));
        (void)snprintf(ret, 64, "%s", yes ? "yes" : "no");
        return yes || wh_span_equal(node->text, WH_S("false"));
    }
    if (field->type == WH_DATE) {
        if (wh_day_parse(node->text, &day) < 0) return false;
        wh_day_format(day, ret);
        return true;
    }
    if (field->type == WH_DECIMAL) {
        if (wh_hundredths_parse(node->text, &number) < 0) return false;
        wh_hundredths_format(number, ret);
        return true;
    }
    if (wh_number_parse(node->text, &number) < 0) return false;
    (void)snprintf(ret, 64, "%" PRId64, number);
    return true;
}

static bool read_choice_value(struct wh_programme_reader *reader, const struct wh_yaml *node,
                              const Wh__Field *field, char **ret)
{
    static const enum wh_message messages[2] = {WH_MSG_PROGRAMME_CHOICE,
                                                WH_MSG_PROGRAMME_CHOICE_NEAR};
    struct wh_span *ids;
    for (size_t i = 0; i < field->n_choices; i++) {
        if (!wh_span_equal(node->text, wh_span_of(field->choices[i]->id))) continue;
        *ret = field->choices[i]->id;
        return true;
    }
    if (field->n_choices == 0) return false; /* a fault already */
    ids = wh_arena_new(reader->arena, field->n_choices + 1, sizeof(*ids));
    for (size_t i = 0; i < field->n_choices; i++) ids[i] = wh_span_of(field->choices[i]->id);
    wh_programme_fault_near(reader, node->line, field->name, messages,
                            WH_ARGS(wh_arg_c(field->name), wh_arg_s(node->text)), node->text, ids);
    return false;
}
