#include "model/programme_yaml.h"

#include "base/limits.h"
#include "base/num.h"

#define AT(type, member) offsetof(type, member)

const struct wh_word wh_field_type_words[] = {
    {"text", WH_TEXT}, {"longtext", WH_LONG_TEXT}, {"integer", WH_INTEGER}, {"decimal", WH_DECIMAL},
    {"date", WH_DATE}, {"choice", WH_CHOICE},      {"choices", WH_CHOICES}, {"yesno", WH_YESNO},
    {"unit", WH_UNIT}, {"person", WH_PERSON},      {"file", WH_FILE},       {NULL, 0},
};

static const struct wh_slot ledger_slots[] = {
    {"kind", WH_SLOT_NAME, WH_NEEDED, AT(Wh__Ledger, kind), 0, 0, NULL},
    {"title", WH_SLOT_TITLE, WH_NEEDED, AT(Wh__Ledger, title), 0, 0, NULL},
    {"enter", WH_SLOT_OTHER, WH_NEEDED, 0, 0, 0, NULL},
    {"unique", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"fields", WH_SLOT_OTHER, WH_FILLED, 0, 0, 0, NULL},
    {"metrics", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

/* A field's YAML keys that are one flag each are read into this. */
struct field_flags {
    protobuf_c_boolean required;
    protobuf_c_boolean personal;
    protobuf_c_boolean is_public;
};

struct field_read {
    Wh__Field field;
    struct field_flags flags;
};

static const struct wh_slot field_slots[] = {
    {"name", WH_SLOT_NAME, WH_NEEDED, AT(struct field_read, field.name), 0, 0, NULL},
    {"title", WH_SLOT_TITLE, WH_NEEDED, AT(struct field_read, field.title), 0, 0, NULL},
    {"type", WH_SLOT_WORD, WH_NEEDED, AT(struct field_read, field.type), 0, 0, wh_field_type_words},
    {"required", WH_SLOT_YESNO, WH_OPTIONAL, AT(struct field_read, flags.required), 0, 0, NULL},
    {"personal", WH_SLOT_YESNO, WH_OPTIONAL, AT(struct field_read, flags.personal), 0, 0, NULL},
    {"public", WH_SLOT_YESNO, WH_OPTIONAL, AT(struct field_read, flags.is_public), 0, 0, NULL},
    {"min", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"max", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"choices", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static const struct wh_slot choice_slots[] = {
    {"id", WH_SLOT_NAME, WH_NEEDED, AT(Wh__Choice, id), 0, 0, NULL},
    {"title", WH_SLOT_TITLE, WH_OPTIONAL, AT(Wh__Choice, title), 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

/* Kinds and fields that the system has itself. */
static const char *const reserved_kinds[] = {"presence", "duty", NULL};
static const char *const reserved_fields[] = {"unit", "date", NULL};

static void check_reserved(struct wh_programme_reader *reader, const struct wh_yaml *map,
                           const char *key, const char *name, const char *const *reserved);
static void read_fields(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        Wh__Ledger *ledger);
static void read_unique(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        Wh__Ledger *ledger);
static struct wh_span *field_names(const Wh__Ledger *ledger, struct wh_arena *arena);
static void read_field(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       Wh__Field *ret);
static void read_bounds(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        Wh__Field *field);
static bool read_bound(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       const char *key, const Wh__Field *field, int64_t *ret);
static void read_choices(struct wh_programme_reader *reader, const struct wh_yaml *map,
                         Wh__Field *field);
static void read_choice(struct wh_programme_reader *reader, const struct wh_yaml *node,
                        Wh__Choice *ret);

void wh_programme_read_ledgers(struct wh_programme_reader *reader)
{
    const struct wh_yaml *list = wh_slots_list(reader, reader->root, "ledgers", WH_NEEDED);
    Wh__Programme *programme = reader->programme;
    struct wh_map seen;
    if (!list) return;
    programme->ledgers = wh_arena_new(reader->arena, list->count, sizeof(*programme->ledgers));
    programme->n_ledgers = list->count;
    wh_map_init(&seen);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct wh_yaml *map = list->items[i];
        Wh__Ledger *ledger = wh_arena_new(reader->arena, 1, sizeof(*ledger));
        wh__ledger__init(ledger);
        programme->ledgers[i] = ledger;
        if (!wh_slots_read(reader, map, "ledgers", ledger_slots, ledger)) continue;
        check_reserved(reader, map, "kind", ledger->kind, reserved_kinds);
        wh_programme_once(reader, &seen, ledger->kind, "kind", map->line);
        ledger->enter = wh_slots_levels_needed(reader, map, "enter");
        read_fields(reader, map, ledger);
        read_unique(reader, map, ledger);
        wh_programme_read_metrics(reader, map, ledger);
    }
    wh_map_deinit(&seen);
}

static void check_reserved(struct wh_programme_reader *reader, const struct wh_yaml *map,
                           const char *key, const char *name, const char *const *reserved)
{
    for (size_t i = 0; reserved[i]; i++) {
        if (strcmp(name, reserved[i]) != 0) continue;
        wh_programme_fault(reader, map, key, WH_MSG_PROGRAMME_RESERVED,
                           WH_ARGS(wh_arg_c(key), wh_arg_c(name)));
    }
}

static void read_unique(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        Wh__Ledger *ledger)
{
    ledger->n_unique = wh_slots_names(reader, map, "unique", WH_OPTIONAL, &ledger->unique);
    for (size_t i = 0; i < ledger->n_unique; i++) {
        (void)wh_programme_field(reader, map, "unique", ledger, wh_span_of(ledger->unique[i]));
    }
}

const Wh__Field *wh_programme_field(struct wh_programme_reader *reader, const struct wh_yaml *map,
                                    const char *key, const Wh__Ledger *ledger, struct wh_span name)
{
    static const enum wh_message messages[2] = {WH_MSG_PROGRAMME_FIELD,
                                                WH_MSG_PROGRAMME_FIELD_NEAR};
    const struct wh_yaml *node = wh_yaml_get(map, key);
    for (size_t i = 0; i < ledger->n_fields; i++) {
        if (wh_span_equal(name, wh_span_of(ledger->fields[i]->name))) return ledger->fields[i];
    }
    if (ledger->n_fields == 0) return NULL; /* that is a fault already */
    wh_programme_fault_near(reader, node ? node->line : map->line, key, messages,
                            WH_ARGS(wh_arg_s(name)), name, field_names(ledger, reader->arena));
    return NULL;
}

static struct wh_span *field_names(const Wh__Ledger *ledger, struct wh_arena *arena)
{
    struct wh_span *names = wh_arena_new(arena, ledger->n_fields + 1, sizeof(*names));
    for (size_t i = 0; i < ledger->n_fields; i++) names[i] = wh_span_of(ledger->fields[i]->name);
    return names;
}

static void read_fields(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        Wh__Ledger *ledger)
{
    const struct wh_yaml *list = wh_slots_list(reader, map, "fields", WH_FILLED);
    struct wh_map seen;
    if (!list) return;
    if (list->count > WH_FIELDS_MAX) {
        wh_programme_fault(
            reader, map, "fields", WH_MSG_PROGRAMME_MANY,
            WH_ARGS(wh_arg_c("fields"), wh_arg_n(list->count), wh_arg_n(WH_FIELDS_MAX)));
    }
    ledger->fields = wh_arena_new(reader->arena, list->count, sizeof(*ledger->fields));
    ledger->n_fields = list->count;
    wh_map_init(&seen);
    for (uint32_t i = 0; i < list->count; i++) {
        ledger->fields[i] = wh_arena_new(reader->arena, 1, sizeof(**ledger->fields));
        read_field(reader, list->items[i], ledger->fields[i]);
        wh_programme_once(reader, &seen, ledger->fields[i]->name, "name", list->items[i]->line);
    }
    wh_map_deinit(&seen);
}

static void read_field(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       Wh__Field *ret)
{
    struct field_read read;
    memset(&read, 0, sizeof(read));
    wh__field__init(&read.field);
    wh__field__init(ret);
    if (!wh_slots_read(reader, map, "fields", field_slots, &read)) return;
    *ret = read.field;
    ret->flags = (read.flags.required ? WH_REQUIRED : 0) | (read.flags.personal ? WH_PERSONAL : 0) |
                 (read.flags.is_public ? WH_PUBLIC : 0);
    check_reserved(reader, map, "name", ret->name, reserved_fields);
    if (read.flags.personal && read.flags.is_public) {
        wh_programme_fault(reader, map, "public", WH_MSG_PROGRAMME_PUBLIC,
                           WH_ARGS(wh_arg_c(ret->name)));
    }
    if (ret->type == 0) return; /* a fault already: what depends on the type is not judged */
    if (strcmp(ret->name, "until") == 0 && ret->type != WH_DATE) {
        wh_programme_fault(reader, map, "type", WH_MSG_PROGRAMME_UNTIL,
                           WH_ARGS(wh_arg_c(wh_word_of(wh_field_type_words, ret->type))));
    }
    read_bounds(reader, map, ret);
    read_choices(reader, map, ret);
}

static void read_bounds(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        Wh__Field *field)
{
    int64_t min = INT64_MIN, max = INT64_MAX;
    bool has_min = wh_yaml_get(map, "min") != NULL, has_max = wh_yaml_get(map, "max") != NULL;
    if (!has_min && !has_max) return;
    if (field->type != WH_INTEGER && field->type != WH_DECIMAL) {
        const char *key = has_min ? "min" : "max";
        const char *word = wh_word_of(wh_field_type_words, field->type);
        wh_programme_fault(reader, map, key, WH_MSG_PROGRAMME_BOUNDS,
                           WH_ARGS(wh_arg_c(word), wh_arg_c(key)));
        return;
    }
    has_min = has_min && read_bound(reader, map, "min", field, &min);
    has_max = has_max && read_bound(reader, map, "max", field, &max);
    if (!has_min && !has_max) return;
    if (min > max) {
        wh_programme_fault(reader, map, "min", WH_MSG_PROGRAMME_BOUNDS_ORDER,
                           WH_ARGS(wh_arg_c(field->name)));
        return;
    }
    field->flags |= WH_BOUNDED;
    field->min = min;
    field->max = max;
}

static bool read_bound(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       const char *key, const Wh__Field *field, int64_t *ret)
{
    const struct wh_yaml *node = wh_yaml_get(map, key);
    if (field->type == WH_DECIMAL) {
        return wh_yaml_hundredths(node, key, map->line, INT64_MIN, INT64_MAX, reader->faults, ret);
    }
    return wh_yaml_number(node, key, map->line, INT64_MIN, INT64_MAX, reader->faults, ret);
}

static void read_choices(struct wh_programme_reader *reader, const struct wh_yaml *map,
                         Wh__Field *field)
{
    bool chosen = field->type == WH_CHOICE || field->type == WH_CHOICES;
    const char *word = wh_word_of(wh_field_type_words, field->type);
    const struct wh_yaml *list;
    struct wh_map seen;
    if (!chosen && wh_yaml_get(map, "choices")) {
        wh_programme_fault(reader, map, "choices", WH_MSG_PROGRAMME_HAS_NO,
                           WH_ARGS(wh_arg_c(word), wh_arg_c("choices")));
    }
    if (!chosen) return;
    list = wh_slots_list(reader, map, "choices", WH_FILLED);
    if (!list) return;
    field->choices = wh_arena_new(reader->arena, list->count, sizeof(*field->choices));
    field->n_choices = list->count;
    wh_map_init(&seen);
    for (uint32_t i = 0; i < list->count; i++) {
        field->choices[i] = wh_arena_new(reader->arena, 1, sizeof(**field->choices));
        read_choice(reader, list->items[i], field->choices[i]);
        wh_programme_once(reader, &seen, field->choices[i]->id, "choices", list->items[i]->line);
    }
    wh_map_deinit(&seen);
}

/* A plain id, or a map of id and title. */
static void read_choice(struct wh_programme_reader *reader, const struct wh_yaml *node,
                        Wh__Choice *ret)
{
    wh__choice__init(ret);
    if (node->type == WH_YAML_MAP) {
        (void)wh_slots_read(reader, node, "choices", choice_slots, ret);
    } else {
        (void)wh_slots_name(reader, node, "choices", &ret->id);
    }
}
