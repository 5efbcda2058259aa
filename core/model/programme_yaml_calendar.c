/* The calendar of a programme: where due dates move to, the hours in which nobody is told anything,
 * and the days of rest and make-up work that the State Council announces for each year. */
#include "base/date.h"
#include "model/programme_yaml.h"

#define RANGE_DAYS_MAX 366

static const struct wh_word moves_words[] = {
    {"next_working_day", 1},
    {"none", 0},
    {NULL, 0},
};

static const struct wh_slot calendar_slots[] = {
    {"moves_to", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"quiet_hours", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"rest_days", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"work_days", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static void read_moves(struct wh_programme_reader *reader, const struct wh_yaml *calendar);
static void read_hours(struct wh_programme_reader *reader, const struct wh_yaml *calendar);
static bool hours_are_good(struct wh_span text);
static size_t read_days(struct wh_programme_reader *reader, const struct wh_yaml *calendar,
                        const char *key, Wh__Days ***ret);

void wh_programme_read_calendar(struct wh_programme_reader *reader, const struct wh_yaml *map)
{
    const struct wh_yaml *calendar = wh_slots_map(reader, map, "calendar", WH_OPTIONAL);
    Wh__Programme *programme = reader->programme;
    if (calendar) (void)wh_slots_read(reader, calendar, "calendar", calendar_slots, programme);
    read_moves(reader, calendar);
    read_hours(reader, calendar);
    if (!calendar) return;
    programme->n_rest_days = read_days(reader, calendar, "rest_days", &programme->rest_days);
    programme->n_work_days = read_days(reader, calendar, "work_days", &programme->work_days);
}

static void read_moves(struct wh_programme_reader *reader, const struct wh_yaml *calendar)
{
    const struct wh_yaml *node = wh_yaml_get(calendar, "moves_to");
    int32_t moves = 1;
    if (node) (void)wh_slots_word(reader, node, "moves_to", moves_words, &moves);
    reader->programme->moves_to =
        wh_arena_text(reader->arena, wh_span_of(wh_word_of(moves_words, (uint32_t)moves)));
}

static void read_hours(struct wh_programme_reader *reader, const struct wh_yaml *calendar)
{
    const struct wh_yaml *node = wh_yaml_get(calendar, "quiet_hours");
    struct wh_span text;
    if (!node || !wh_yaml_text(node, "quiet_hours", node->line, reader->faults, &text)) return;
    if (!hours_are_good(text)) {
        wh_fault_add(reader->faults, node->line, WH_S("quiet_hours"), WH_MSG_PROGRAMME_HOURS,
                     WH_ARGS(wh_arg_s(text)));
        return;
    }
    reader->programme->quiet_hours = wh_arena_text(reader->arena, text);
}

/* HH:MM-HH:MM. */
static bool hours_are_good(struct wh_span text)
{
    static const char form[] = "dd:dd-dd:dd";
    if (text.len != sizeof(form) - 1) return false;
    for (size_t i = 0; i < text.len; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (form[i] == 'd' ? !digit : text.data[i] != form[i]) return false;
    }
    for (size_t i = 0; i < text.len; i += 6) {
        int hour = (text.data[i] - '0') * 10 + (text.data[i + 1] - '0');
        if (hour > 23 || text.data[i + 3] > '5') return false;
    }
    return true;
}

/* A day, or the first and the last with two dots between. */
static bool read_range(struct wh_span text, Wh__Days *ret)
{
    const size_t day_len = strlen("2026-10-01");
    struct wh_span first = text, last = text;
    if (text.len == 2 * day_len + 2 && memcmp(text.data + day_len, "..", 2) == 0) {
        first.len = day_len;
        last = wh_span_from(text, day_len + 2);
    }
    if (wh_day_parse(first, &ret->first) < 0 || wh_day_parse(last, &ret->last) < 0) return false;
    return ret->first <= ret->last && ret->last - ret->first < RANGE_DAYS_MAX;
}

static size_t read_days(struct wh_programme_reader *reader, const struct wh_yaml *calendar,
                        const char *key, Wh__Days ***ret)
{
    const struct wh_yaml *list = wh_slots_list(reader, calendar, key, WH_OPTIONAL);
    size_t count = 0;
    if (!list) return 0;
    *ret = wh_arena_new(reader->arena, list->count, sizeof(**ret));
    for (uint32_t i = 0; i < list->count; i++) {
        const struct wh_yaml *node = list->items[i];
        Wh__Days *days = wh_arena_new(reader->arena, 1, sizeof(*days));
        struct wh_span text;
        wh__days__init(days);
        if (!wh_yaml_text(node, key, node->line, reader->faults, &text)) continue;
        if (!read_range(text, days)) {
            wh_fault_add(reader->faults, node->line, wh_span_of(key), WH_MSG_PROGRAMME_DAYS,
                         WH_ARGS(wh_arg_s(text)));
            continue;
        }
        (*ret)[count++] = days;
    }
    return count;
}
