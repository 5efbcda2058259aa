#include "model/programme_yaml.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/num.h"
#include "model/unit.h"

#define AT(member) offsetof(Wh__Programme, member)
#define PERCENT_MAX_H 10000

static const struct wh_slot root_slots[] = {
    {"programme", WH_SLOT_OTHER, WH_NEEDED, 0, 0, 0, NULL},
    {"goods", WH_SLOT_OTHER, WH_FILLED, 0, 0, 0, NULL},
    {"rubric", WH_SLOT_OTHER, WH_NEEDED, 0, 0, 0, NULL},
    {"plugin_metrics", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"duties", WH_SLOT_OTHER, WH_NEEDED, 0, 0, 0, NULL},
    {"ranking", WH_SLOT_OTHER, WH_NEEDED, 0, 0, 0, NULL},
    {"commendation", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"ledgers", WH_SLOT_OTHER, WH_NEEDED, 0, 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static const struct wh_slot programme_slots[] = {
    {"id", WH_SLOT_OTHER, WH_NEEDED, 0, 0, 0, NULL},
    {"title", WH_SLOT_TITLE, WH_NEEDED, AT(title), 0, 0, NULL},
    {"years", WH_SLOT_OTHER, WH_FILLED, 0, 0, 0, NULL},
    {"phases", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"baseline_rate", WH_SLOT_HUNDREDTHS, WH_NEEDED, AT(baseline_rate_h), 0, PERCENT_MAX_H, NULL},
    {"raise_points", WH_SLOT_HUNDREDTHS, WH_NEEDED, AT(raise_points_h), 0, PERCENT_MAX_H, NULL},
    {"scale", WH_SLOT_POINTS, WH_NEEDED, AT(scale_h), 0, 0, NULL},
    {"pass", WH_SLOT_OTHER, WH_NEEDED, 0, 0, 0, NULL},
    {"subordinate_share", WH_SLOT_NUMBER, WH_NEEDED, AT(subordinate_share), 0, 100, NULL},
    {"bonus_cap", WH_SLOT_HUNDREDTHS, WH_NEEDED, AT(bonus_cap_h), 0, WH_PROGRAMME_POINTS_MAX_H,
     NULL},
    {"assessor", WH_SLOT_OTHER, WH_NEEDED, 0, 0, 0, NULL},
    {"calendar", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"retention_years", WH_SLOT_OTHER, WH_NEEDED, 0, 0, 0, NULL},
    {"baselines", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static const struct wh_slot pass_slots[] = {
    {"township", WH_SLOT_HUNDREDTHS, WH_NEEDED, AT(pass_township_h), 0, WH_PROGRAMME_POINTS_MAX_H,
     NULL},
    {"grassroots", WH_SLOT_HUNDREDTHS, WH_NEEDED, AT(pass_grassroots_h), 0,
     WH_PROGRAMME_POINTS_MAX_H, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

/* What several assessors of one level give together. */
static const struct wh_word several_words[] = {
    {"mean", WH__SEVERAL__MEAN},
    {"lowest", WH__SEVERAL__LOWEST},
    {NULL, 0},
};

static const struct wh_slot assessor_slots[] = {
    {"grassroots", WH_SLOT_WORD, WH_NEEDED, AT(assessor_grassroots), 0, 0, wh_level_words},
    {"township", WH_SLOT_WORD, WH_NEEDED, AT(assessor_township), 0, 0, wh_level_words},
    {"county", WH_SLOT_WORD, WH_NEEDED, AT(assessor_county), 0, 0, wh_level_words},
    {"several", WH_SLOT_WORD, WH_OPTIONAL, AT(several), 0, 0, several_words},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static const struct wh_slot retention_slots[] = {
    {"personal", WH_SLOT_NUMBER, WH_NEEDED, AT(retention_years_personal), 0, 100, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static const struct wh_slot good_slots[] = {
    {"id", WH_SLOT_NAME, WH_NEEDED, offsetof(Wh__Good, id), 0, 0, NULL},
    {"title", WH_SLOT_TITLE, WH_NEEDED, offsetof(Wh__Good, title), 0, 0, NULL},
    {"points", WH_SLOT_POINTS, WH_NEEDED, offsetof(Wh__Good, points_h), 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static const struct wh_slot plugin_metric_slots[] = {
    {"id", WH_SLOT_NAME, WH_NEEDED, offsetof(Wh__PluginMetric, id), 0, 0, NULL},
    {"plugin", WH_SLOT_NAME, WH_NEEDED, offsetof(Wh__PluginMetric, plugin), 0, 0, NULL},
    {"kind", WH_SLOT_NAME, WH_OPTIONAL, offsetof(Wh__PluginMetric, kind), 0, 0, NULL},
    {"type", WH_SLOT_WORD, WH_NEEDED, offsetof(Wh__PluginMetric, type), 0, 0, wh_metric_type_words},
    {"title", WH_SLOT_TITLE, WH_NEEDED, offsetof(Wh__PluginMetric, title), 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static void read_root(struct wh_programme_reader *reader);
static void read_programme(struct wh_programme_reader *reader);
static void read_plugin_metrics(struct wh_programme_reader *reader);
static void list_metrics(struct wh_programme_reader *reader);
static void read_goods(struct wh_programme_reader *reader);
static void check_pass(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       const char *level, uint32_t pass_h);
static void sort_faults(struct wh_faults *faults, uint32_t from, struct wh_arena *arena);

int wh_programme_read(struct wh_span yaml, struct wh_arena *arena, struct wh_faults *faults,
                      const Wh__Programme **ret)
{
    struct wh_programme_reader reader = {
        .arena = arena, .faults = faults, .work_left = WH_YAML_NODES_MAX};
    uint32_t before = faults->count;
    if (yaml.len > WH_PROGRAMME_BYTES_MAX) {
        wh_fault_add(faults, 0, WH_SPAN_EMPTY, WH_MSG_PROGRAMME_LARGE,
                     WH_ARGS(wh_arg_n((int64_t)yaml.len), wh_arg_n(WH_PROGRAMME_BYTES_MAX)));
        return WH_E_INVALID;
    }
    wh_yaml_read(yaml, arena, faults, &reader.root);
    if (!reader.root) return WH_E_INVALID;
    reader.programme = wh_arena_new(arena, 1, sizeof(*reader.programme));
    wh__programme__init(reader.programme);
    wh_map_init(&reader.metrics);
    read_root(&reader);
    wh_map_deinit(&reader.metrics);
    if (faults->count > before) {
        sort_faults(faults, before, arena);
        return WH_E_INVALID;
    }
    *ret = reader.programme;
    return 0;
}

static void read_root(struct wh_programme_reader *reader)
{
    if (!wh_slots_read(reader, reader->root, "programme", root_slots, reader->programme)) return;
    wh_programme_read_ledgers(reader);
    read_plugin_metrics(reader);
    list_metrics(reader);
    read_programme(reader);
    read_goods(reader);
    wh_programme_read_rubric(reader);
    wh_programme_read_duties(reader);
    wh_programme_read_ranking(reader);
    wh_programme_read_commendation(reader);
}

static void read_programme(struct wh_programme_reader *reader)
{
    const struct wh_yaml *map = wh_slots_map(reader, reader->root, "programme", WH_NEEDED);
    const struct wh_yaml *part;
    Wh__Programme *programme = reader->programme;
    if (!map || !wh_slots_read(reader, map, "programme", programme_slots, programme)) return;
    wh_programme_read_round(reader, map);
    part = wh_slots_map(reader, map, "pass", WH_NEEDED);
    if (part && wh_slots_read(reader, part, "pass", pass_slots, programme)) {
        check_pass(reader, part, "township", programme->pass_township_h);
        check_pass(reader, part, "grassroots", programme->pass_grassroots_h);
    }
    part = wh_slots_map(reader, map, "assessor", WH_NEEDED);
    if (part) (void)wh_slots_read(reader, part, "assessor", assessor_slots, programme);
    part = wh_slots_map(reader, map, "retention_years", WH_NEEDED);
    if (part) (void)wh_slots_read(reader, part, "retention_years", retention_slots, programme);
}

static void check_pass(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       const char *level, uint32_t pass_h)
{
    uint32_t scale_h = reader->programme->scale_h;
    if (scale_h == 0 || pass_h <= scale_h) return;
    wh_programme_fault(
        reader, map, level, WH_MSG_PROGRAMME_PASS,
        WH_ARGS(wh_arg_c(level), wh_points_arg(reader, pass_h), wh_points_arg(reader, scale_h)));
}

static void read_plugin_metrics(struct wh_programme_reader *reader)
{
    const struct wh_yaml *list = wh_slots_list(reader, reader->root, "plugin_metrics", WH_OPTIONAL);
    Wh__Programme *programme = reader->programme;
    if (!list) return;
    programme->plugin_metrics =
        wh_arena_new(reader->arena, list->count, sizeof(*programme->plugin_metrics));
    programme->n_plugin_metrics = list->count;
    for (uint32_t i = 0; i < list->count; i++) {
        Wh__PluginMetric *metric = wh_arena_new(reader->arena, 1, sizeof(*metric));
        wh__plugin_metric__init(metric);
        programme->plugin_metrics[i] = metric;
        (void)wh_slots_read(reader, list->items[i], "plugin_metrics", plugin_metric_slots, metric);
        wh_programme_once(reader, &reader->metrics, metric->id, "id", list->items[i]->line);
    }
}

/* The ids of all metrics, for the nearest word. Left NULL where no ledger could be read: then no
 * reference to a metric is judged. */
static void list_metrics(struct wh_programme_reader *reader)
{
    const Wh__Programme *programme = reader->programme;
    size_t count = programme->n_plugin_metrics, at = 0;
    if (!programme->ledgers) return;
    for (size_t i = 0; i < programme->n_ledgers; i++) count += programme->ledgers[i]->n_metrics;
    reader->metric_ids = wh_arena_new(reader->arena, count + 1, sizeof(*reader->metric_ids));
    for (size_t i = 0; i < programme->n_ledgers; i++) {
        const Wh__Ledger *ledger = programme->ledgers[i];
        for (size_t k = 0; k < ledger->n_metrics; k++) {
            reader->metric_ids[at++] = wh_span_of(ledger->metrics[k]->id);
        }
    }
    for (size_t i = 0; i < programme->n_plugin_metrics; i++) {
        reader->metric_ids[at++] = wh_span_of(programme->plugin_metrics[i]->id);
    }
}

static void read_goods(struct wh_programme_reader *reader)
{
    const struct wh_yaml *list = wh_slots_list(reader, reader->root, "goods", WH_FILLED);
    Wh__Programme *programme = reader->programme;
    int64_t points_h = 0;
    bool all = true;
    struct wh_map seen;
    if (!list) return;
    reader->goods_known = true;
    programme->goods = wh_arena_new(reader->arena, list->count, sizeof(*programme->goods));
    programme->n_goods = list->count;
    wh_map_init(&seen);
    for (uint32_t i = 0; i < list->count; i++) {
        Wh__Good *good = wh_arena_new(reader->arena, 1, sizeof(*good));
        uint32_t before;
        wh__good__init(good);
        programme->goods[i] = good;
        (void)wh_slots_read(reader, list->items[i], "goods", good_slots, good);
        before = reader->faults->count;
        wh_programme_once(reader, &seen, good->id, "id", list->items[i]->line);
        if (good->id[0] == '\0' || reader->faults->count > before) reader->goods_known = false;
        points_h += good->points_h;
        all = all && good->points_h > 0;
    }
    wh_map_deinit(&seen);
    if (!all || programme->scale_h == 0 || points_h == programme->scale_h) return;
    wh_fault_add(
        reader->faults, list->line, WH_S("goods"), WH_MSG_PROGRAMME_GOODS_SUM,
        WH_ARGS(wh_points_arg(reader, points_h), wh_points_arg(reader, programme->scale_h)));
}

struct placed_fault {
    uint32_t line;
    uint32_t place;
};

static int compare_faults(const void *left, const void *right)
{
    const struct placed_fault *a = left, *b = right;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

/* In the order of the lines: the sections are read in another. */
static void sort_faults(struct wh_faults *faults, uint32_t from, struct wh_arena *arena)
{
    uint32_t kept = wh_faults_kept(faults);
    uint32_t count = kept > from ? kept - from : 0;
    struct placed_fault *order = wh_arena_new(arena, count, sizeof(*order));
    struct wh_fault *sorted = wh_arena_new(arena, count, sizeof(*sorted));
    if (count == 0) return;
    for (uint32_t i = 0; i < count; i++) {
        order[i] = (struct placed_fault){faults->items[from + i].line, i};
    }
    qsort(order, count, sizeof(*order), compare_faults);
    for (uint32_t i = 0; i < count; i++) sorted[i] = faults->items[from + order[i].place];
    memcpy(faults->items + from, sorted, count * sizeof(*sorted));
}
