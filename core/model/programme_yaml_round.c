#include "model/programme_yaml.h"

#include "base/limits.h"
#include "base/num.h"
#include "model/unit.h"

#define ID_BYTES_MAX 48
#define PERCENT_MAX_H 10000

static const struct wh_slot phase_slots[] = {
    {"id", WH_SLOT_NAME, WH_NEEDED, offsetof(Wh__Phase, id), 0, 0, NULL},
    {"title", WH_SLOT_TITLE, WH_NEEDED, offsetof(Wh__Phase, title), 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static void read_id(struct wh_programme_reader *reader, const struct wh_yaml *map);
static void read_years(struct wh_programme_reader *reader, const struct wh_yaml *map);
static void read_phases(struct wh_programme_reader *reader, const struct wh_yaml *map);
static bool is_year(const Wh__Programme *programme, struct wh_span text, uint32_t *ret);
static void read_baselines(struct wh_programme_reader *reader, const struct wh_yaml *map);

void wh_programme_read_round(struct wh_programme_reader *reader, const struct wh_yaml *map)
{
    read_id(reader, map);
    read_years(reader, map);
    read_phases(reader, map);
    wh_programme_read_calendar(reader, map);
    read_baselines(reader, map);
}

/* A name in which hyphens may stand too: it is never a key of CSV or JSON. */
static void read_id(struct wh_programme_reader *reader, const struct wh_yaml *map)
{
    const struct wh_yaml *node = wh_yaml_get(map, "id");
    struct wh_span text;
    bool good;
    if (!wh_yaml_text(node, "id", map->line, reader->faults, &text)) return;
    good = text.len > 0 && text.len <= ID_BYTES_MAX && text.data[0] >= 'a' && text.data[0] <= 'z';
    for (size_t i = 0; good && i < text.len; i++) {
        char c = text.data[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }
    if (!good) {
        wh_fault_add(reader->faults, node->line, WH_S("id"), WH_MSG_PROGRAMME_ID,
                     WH_ARGS(wh_arg_c("id"), wh_arg_s(text)));
        return;
    }
    reader->programme->id = wh_arena_text(reader->arena, text);
}

static void read_years(struct wh_programme_reader *reader, const struct wh_yaml *map)
{
    const struct wh_yaml *list = wh_slots_list(reader, map, "years", WH_FILLED);
    Wh__Programme *programme = reader->programme;
    uint32_t *years;
    if (!list) return;
    years = wh_arena_new(reader->arena, list->count, sizeof(*years));
    for (uint32_t i = 0; i < list->count; i++) {
        const struct wh_yaml *node = list->items[i];
        uint32_t last = programme->n_years > 0 ? years[programme->n_years - 1] : 0;
        int64_t year;
        if (!wh_yaml_number(node, "years", node->line, WH_YEAR_MIN, WH_YEAR_MAX, reader->faults,
                            &year)) {
            continue;
        }
        if (year <= last) {
            wh_fault_add(reader->faults, node->line, WH_S("years"), WH_MSG_PROGRAMME_YEARS,
                         WH_ARGS(wh_arg_n(year), wh_arg_n(last)));
        }
        years[programme->n_years++] = (uint32_t)year;
    }
    programme->years = years;
    if (programme->n_years < list->count) programme->n_years = 0; /* see is_year() */
}

static void read_phases(struct wh_programme_reader *reader, const struct wh_yaml *map)
{
    const struct wh_yaml *phases = wh_slots_map(reader, map, "phases", WH_OPTIONAL);
    Wh__Programme *programme = reader->programme;
    struct wh_map seen;
    if (!phases) return;
    if (phases->count > WH_PROGRAMME_LIST_MAX) {
        wh_programme_fault(
            reader, map, "phases", WH_MSG_PROGRAMME_MANY,
            WH_ARGS(wh_arg_c("phases"), wh_arg_n(phases->count), wh_arg_n(WH_PROGRAMME_LIST_MAX)));
        return;
    }
    programme->phases = wh_arena_new(reader->arena, phases->count, sizeof(*programme->phases));
    programme->n_phases = phases->count;
    wh_map_init(&seen);
    for (uint32_t i = 0; i < phases->count; i++) {
        const struct wh_yaml *key = phases->keys[i];
        Wh__Phase *phase = wh_arena_new(reader->arena, 1, sizeof(*phase));
        wh__phase__init(phase);
        programme->phases[i] = phase;
        if (!is_year(programme, key->text, &phase->year)) {
            wh_fault_add(reader->faults, key->line, WH_S("phases"), WH_MSG_PROGRAMME_YEAR,
                         WH_ARGS(wh_arg_c("phases"), wh_arg_s(key->text)));
        }
        (void)wh_slots_read(reader, phases->items[i], "phases", phase_slots, phase);
        wh_programme_once(reader, &seen, phase->id, "id", key->line);
    }
    wh_map_deinit(&seen);
}

/* True for each number where the years themselves are at fault. */
static bool is_year(const Wh__Programme *programme, struct wh_span text, uint32_t *ret)
{
    int64_t year;
    if (wh_number_parse(text, &year) < 0) return false;
    for (size_t i = 0; i < programme->n_years; i++) {
        if (programme->years[i] != year) continue;
        *ret = programme->years[i];
        return true;
    }
    return programme->n_years == 0;
}

static void read_baselines(struct wh_programme_reader *reader, const struct wh_yaml *map)
{
    const struct wh_yaml *baselines = wh_slots_map(reader, map, "baselines", WH_OPTIONAL);
    Wh__Programme *programme = reader->programme;
    if (!baselines) return;
    programme->baselines =
        wh_arena_new(reader->arena, baselines->count, sizeof(*programme->baselines));
    programme->n_baselines = baselines->count;
    for (uint32_t i = 0; i < baselines->count; i++) {
        const struct wh_yaml *key = baselines->keys[i], *node = baselines->items[i];
        Wh__Baseline *baseline = wh_arena_new(reader->arena, 1, sizeof(*baseline));
        int64_t rate_h = 0;
        wh__baseline__init(baseline);
        programme->baselines[i] = baseline;
        baseline->unit = wh_arena_text(reader->arena, key->text);
        if (!wh_code_is_valid(key->text)) {
            wh_fault_add(reader->faults, key->line, WH_S("baselines"), WH_MSG_PROGRAMME_CODE,
                         WH_ARGS(wh_arg_s(key->text)));
            continue;
        }
        if (wh_yaml_hundredths(node, baseline->unit, key->line, 0, PERCENT_MAX_H, reader->faults,
                               &rate_h)) {
            baseline->rate_h = (uint32_t)rate_h;
        }
    }
}
