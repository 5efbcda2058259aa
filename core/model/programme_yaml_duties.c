#include "model/programme_yaml.h"

#include "base/limits.h"
#include "model/unit.h"

#define AT(member) offsetof(Wh__Duty, member)
#define GRACE_DAYS_MAX 366

static const struct wh_word every_words[] = {
    {"quarter", WH__EVERY__QUARTER},
    {"half", WH__EVERY__HALF},
    {"year", WH__EVERY__YEAR},
    {NULL, 0},
};

static const struct wh_word per_words[] = {
    {"subordinate", WH__PER__SUBORDINATE},
    {"applicant", WH__PER__APPLICANT},
    {NULL, 0},
};

static const struct wh_word unit_kind_words[] = {
#define X(symbol, value, word, level, zh, en) {word, value},
    WH_UNIT_KINDS(X)
#undef X
        {NULL, 0},
};

static const struct wh_slot duty_slots[] = {
    {"id", WH_SLOT_NAME, WH_NEEDED, AT(id), 0, 0, NULL},
    {"title", WH_SLOT_TITLE, WH_NEEDED, AT(title), 0, 0, NULL},
    {"who", WH_SLOT_OTHER, WH_FILLED, 0, 0, 0, NULL},
    {"per", WH_SLOT_WORD, WH_OPTIONAL, AT(per), 0, 0, per_words},
    {"metric", WH_SLOT_NAME, WH_OPTIONAL, AT(metric), 0, 0, NULL},
    {"plugin", WH_SLOT_NAME, WH_OPTIONAL, AT(plugin), 0, 0, NULL},
    {"every", WH_SLOT_WORD, WH_OPTIONAL, AT(every), 0, 0, every_words},
    {"grace_days", WH_SLOT_NUMBER, WH_OPTIONAL, AT(grace_days), 0, GRACE_DAYS_MAX, NULL},
    {"due", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"year", WH_SLOT_NUMBER, WH_OPTIONAL, AT(year), WH_YEAR_MIN, WH_YEAR_MAX, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

/* The days of the months of a year that is no leap year: a duty of every year has its date in every
 * year, so 29 February is none. */
static const uint32_t month_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static void read_who(struct wh_programme_reader *reader, const struct wh_yaml *map, Wh__Duty *duty);
static void check_either(struct wh_programme_reader *reader, const struct wh_yaml *map,
                         const char *one, const char *other);
static void check_duty(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       const Wh__Duty *duty);
static void read_due(struct wh_programme_reader *reader, const struct wh_yaml *map, Wh__Duty *duty);
static bool due_parse(struct wh_span text, Wh__DueDate *ret);
static uint32_t two_digits(const char *text);
static uint32_t due_order(const Wh__DueDate *due);

void wh_programme_read_duties(struct wh_programme_reader *reader)
{
    const struct wh_yaml *list = wh_slots_list(reader, reader->root, "duties", WH_NEEDED);
    Wh__Programme *programme = reader->programme;
    struct wh_map seen;
    if (!list) return;
    programme->duties = wh_arena_new(reader->arena, list->count, sizeof(*programme->duties));
    programme->n_duties = list->count;
    wh_map_init(&seen);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct wh_yaml *map = list->items[i];
        Wh__Duty *duty = wh_arena_new(reader->arena, 1, sizeof(*duty));
        wh__duty__init(duty);
        programme->duties[i] = duty;
        if (!wh_slots_read(reader, map, "duties", duty_slots, duty)) continue;
        wh_programme_once(reader, &seen, duty->id, "id", map->line);
        read_who(reader, map, duty);
        check_either(reader, map, "metric", "plugin");
        check_either(reader, map, "every", "due");
        read_due(reader, map, duty);
        check_duty(reader, map, duty);
    }
    wh_map_deinit(&seen);
}

static void read_who(struct wh_programme_reader *reader, const struct wh_yaml *map, Wh__Duty *duty)
{
    const struct wh_yaml *list = wh_slots_list(reader, map, "who", WH_FILLED);
    struct wh_map seen;
    if (!list) return;
    duty->who = wh_arena_new(reader->arena, list->count, sizeof(*duty->who));
    wh_map_init(&seen);
    for (uint32_t i = 0; i < list->count; i++) {
        int32_t kind = 0;
        if (!wh_slots_word(reader, list->items[i], "who", unit_kind_words, &kind)) continue;
        wh_programme_once(reader, &seen, wh_unit_kind_word((uint32_t)kind), "who",
                          list->items[i]->line);
        duty->who[duty->n_who++] = (uint32_t)kind;
    }
    wh_map_deinit(&seen);
}

static void check_either(struct wh_programme_reader *reader, const struct wh_yaml *map,
                         const char *one, const char *other)
{
    if (!wh_yaml_get(map, one) != !wh_yaml_get(map, other)) return;
    wh_programme_fault(reader, map, other, WH_MSG_PROGRAMME_ONE_OF,
                       WH_ARGS(wh_arg_c(one), wh_arg_c(other)));
}

static void check_duty(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       const Wh__Duty *duty)
{
    const Wh__Programme *programme = reader->programme;
    wh_programme_metric_known(reader, map, "metric", duty->metric);
    if (wh_yaml_get(map, "grace_days") && wh_yaml_get(map, "due")) {
        wh_programme_fault(reader, map, "grace_days", WH_MSG_PROGRAMME_HAS_NO,
                           WH_ARGS(wh_arg_c("due"), wh_arg_c("grace_days")));
    }
    if (duty->year == 0 || programme->n_years == 0) return;
    for (size_t i = 0; i < programme->n_years; i++) {
        if (programme->years[i] == duty->year) return;
    }
    wh_programme_fault(reader, map, "year", WH_MSG_PROGRAMME_YEAR,
                       WH_ARGS(wh_arg_c("year"), wh_arg_n(duty->year)));
}

static void read_due(struct wh_programme_reader *reader, const struct wh_yaml *map, Wh__Duty *duty)
{
    const struct wh_yaml *list;
    if (!wh_yaml_get(map, "due")) return;
    list = wh_slots_list(reader, map, "due", WH_FILLED);
    if (!list) return;
    duty->due = wh_arena_new(reader->arena, list->count, sizeof(*duty->due));
    for (uint32_t i = 0; i < list->count; i++) {
        const struct wh_yaml *node = list->items[i];
        Wh__DueDate *due = wh_arena_new(reader->arena, 1, sizeof(*due));
        struct wh_span text;
        wh__due_date__init(due);
        if (!wh_yaml_text(node, "due", node->line, reader->faults, &text)) continue;
        if (!due_parse(text, due)) {
            wh_fault_add(reader->faults, node->line, WH_S("due"), WH_MSG_PROGRAMME_DUE,
                         WH_ARGS(wh_arg_s(text)));
            continue;
        }
        if (duty->n_due > 0 && due_order(due) < due_order(duty->due[duty->n_due - 1])) {
            wh_fault_add(reader->faults, node->line, WH_S("due"), WH_MSG_PROGRAMME_DUE_ORDER,
                         WH_ARGS(wh_arg_s(text)));
        }
        duty->due[duty->n_due++] = due;
    }
}

/* MM-DD, or MM-DD+Ny with one digit for N. */
static bool due_parse(struct wh_span text, Wh__DueDate *ret)
{
    if (text.len != 5 && text.len != 8) return false;
    if (text.data[2] != '-') return false;
    if (text.len == 8 &&
        (text.data[5] != '+' || text.data[7] != 'y' || text.data[6] < '1' || text.data[6] > '9')) {
        return false;
    }
    ret->month = two_digits(text.data);
    ret->day = two_digits(text.data + 3);
    ret->years_later = text.len == 8 ? (uint32_t)(text.data[6] - '0') : 0;
    return ret->month >= 1 && ret->month <= 12 && ret->day >= 1 &&
           ret->day <= month_days[ret->month - 1];
}

/* 0 where they are no digits. */
static uint32_t two_digits(const char *text)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return 0;
    return (uint32_t)(text[0] - '0') * 10 + (uint32_t)(text[1] - '0');
}

static uint32_t due_order(const Wh__DueDate *due)
{
    return (due->years_later * 100 + due->month) * 100 + due->day;
}
