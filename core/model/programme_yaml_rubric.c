#include "model/programme_yaml.h"

#define AT(member) offsetof(Wh__Item, member)
#define NUMBER_MAX 1000000000

static const struct wh_word form_words[] = {
    {"judged", WH__FORM__JUDGED},
    {"count", WH__FORM__COUNT},
    {"share", WH__FORM__SHARE},
    {"deduct", WH__FORM__DEDUCT},
    {NULL, 0},
};

static const struct wh_slot item_slots[] = {
    {"id", WH_SLOT_NAME, WH_NEEDED, AT(id), 0, 0, NULL},
    {"good", WH_SLOT_NAME, WH_OPTIONAL, AT(good), 0, 0, NULL},
    {"title", WH_SLOT_TITLE, WH_NEEDED, AT(title), 0, 0, NULL},
    {"points", WH_SLOT_POINTS, WH_NEEDED, AT(points_h), 0, 0, NULL},
    {"form", WH_SLOT_WORD, WH_NEEDED, AT(form), 0, 0, form_words},
    {"bonus", WH_SLOT_YESNO, WH_OPTIONAL, AT(bonus), 0, 0, NULL},
    {"metric", WH_SLOT_NAME, WH_OPTIONAL, AT(metric), 0, 0, NULL},
    {"need", WH_SLOT_NUMBER, WH_OPTIONAL, AT(need), 1, NUMBER_MAX, NULL},
    {"each", WH_SLOT_POINTS, WH_OPTIONAL, AT(each_h), 0, 0, NULL},
    {"numerator", WH_SLOT_NAME, WH_OPTIONAL, AT(metric), 0, 0, NULL},
    {"denominator", WH_SLOT_NAME, WH_OPTIONAL, AT(denominator), 0, 0, NULL},
    {"target", WH_SLOT_NUMBER, WH_OPTIONAL, AT(target), 1, 100, NULL},
    {"empty", WH_SLOT_HUNDREDTHS, WH_OPTIONAL, AT(empty_h), 0, WH_PROGRAMME_POINTS_MAX_H, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

/* What each form takes: '!' needs it, '?' may have it, ' ' has none. */
static const struct {
    const char *key;
    char use[4]; /* judged, count, share, deduct */
} params[] = {
    {"metric", {' ', '!', ' ', '!'}},      {"need", {' ', '!', ' ', ' '}},
    {"each", {' ', '?', ' ', '!'}},        {"numerator", {' ', ' ', '!', ' '}},
    {"denominator", {' ', ' ', '!', ' '}}, {"target", {' ', ' ', '!', ' '}},
    {"empty", {' ', ' ', '?', ' '}},
};

struct rubric {
    const char *key;
    const struct wh_yaml *list;
    Wh__Item **items;
};

static const struct wh_slot rubric_slots[] = {
    {"township", WH_SLOT_OTHER, WH_FILLED, 0, 0, 0, NULL},
    {"grassroots", WH_SLOT_OTHER, WH_FILLED, 0, 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static size_t read_level(struct wh_programme_reader *reader, const struct wh_yaml *map,
                         const char *level, Wh__Item ***ret);
static void check_item(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       Wh__Item *item);
static void check_form(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       const Wh__Item *item);
static void check_good(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       Wh__Item *item);
static void check_sums(struct wh_programme_reader *reader, const struct rubric *rubric);
static int64_t points_of(const struct rubric *rubric, const char *good, uint32_t *line);

void wh_programme_read_rubric(struct wh_programme_reader *reader)
{
    const struct wh_yaml *map = wh_slots_map(reader, reader->root, "rubric", WH_NEEDED);
    Wh__Programme *programme = reader->programme;
    if (!map || !wh_slots_read(reader, map, "rubric", rubric_slots, programme)) return;
    programme->n_township = read_level(reader, map, "township", &programme->township);
    programme->n_grassroots = read_level(reader, map, "grassroots", &programme->grassroots);
}

static size_t read_level(struct wh_programme_reader *reader, const struct wh_yaml *map,
                         const char *level, Wh__Item ***ret)
{
    struct rubric rubric = {level, wh_slots_list(reader, map, level, WH_FILLED), NULL};
    struct wh_map seen;
    if (!rubric.list) return 0;
    rubric.items = wh_arena_new(reader->arena, rubric.list->count, sizeof(*rubric.items));
    wh_map_init(&seen);
    for (uint32_t i = 0; i < rubric.list->count; i++) {
        const struct wh_yaml *node = rubric.list->items[i];
        Wh__Item *item = wh_arena_new(reader->arena, 1, sizeof(*item));
        wh__item__init(item);
        rubric.items[i] = item;
        if (!wh_slots_read(reader, node, level, item_slots, item)) continue;
        wh_programme_once(reader, &seen, item->id, "id", node->line);
        check_item(reader, node, item);
    }
    wh_map_deinit(&seen);
    check_sums(reader, &rubric);
    *ret = rubric.items;
    return rubric.list->count;
}

static void check_item(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       Wh__Item *item)
{
    check_good(reader, map, item);
    check_form(reader, map, item);
    if (item->form == WH__FORM__SHARE) {
        wh_programme_metric_known(reader, map, "numerator", item->metric);
        wh_programme_metric_known(reader, map, "denominator", item->denominator);
    } else {
        wh_programme_metric_known(reader, map, "metric", item->metric);
    }
    if (item->points_h > 0 && item->empty_h > item->points_h) {
        wh_programme_fault(
            reader, map, "empty", WH_MSG_PROGRAMME_EMPTY_POINTS,
            WH_ARGS(wh_points_arg(reader, item->empty_h), wh_points_arg(reader, item->points_h)));
    }
}

static void check_form(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       const Wh__Item *item)
{
    const char *word = wh_word_of(form_words, (uint32_t)item->form);
    if (item->form == WH__FORM__FORM_NONE) return; /* a fault already */
    for (size_t i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
        bool given = wh_yaml_get(map, params[i].key) != NULL;
        char use = params[i].use[item->form - WH__FORM__JUDGED];
        if ((use == '!' && given) || use == '?' || (use == ' ' && !given)) continue;
        wh_programme_fault(reader, map, params[i].key,
                           given ? WH_MSG_PROGRAMME_HAS_NO : WH_MSG_PROGRAMME_NEEDS,
                           WH_ARGS(wh_arg_c(word), wh_arg_c(params[i].key)));
    }
}

/* A bonus lies outside the goods, so it need not name one. */
static void check_good(struct wh_programme_reader *reader, const struct wh_yaml *map,
                       Wh__Item *item)
{
    static const enum wh_message messages[2] = {WH_MSG_PROGRAMME_GOOD, WH_MSG_PROGRAMME_GOOD_NEAR};
    const Wh__Programme *programme = reader->programme;
    const struct wh_yaml *node = wh_yaml_get(map, "good");
    struct wh_span good = wh_span_of(item->good);
    struct wh_span *ids;
    if (!node && !item->bonus) {
        wh_programme_fault(reader, map, "good", WH_MSG_YAML_MISSING, WH_ARGS(wh_arg_c("good")));
    }
    if (good.len == 0 || !reader->goods_known) return;
    ids = wh_arena_new(reader->arena, programme->n_goods + 1, sizeof(*ids));
    for (size_t i = 0; i < programme->n_goods; i++) {
        ids[i] = wh_span_of(programme->goods[i]->id);
        if (wh_span_equal(good, ids[i])) return;
    }
    wh_programme_fault_near(reader, node->line, "good", messages, WH_ARGS(wh_arg_s(good)), good,
                            ids);
    item->good = wh_arena_new(reader->arena, 1, 1); /* for points_of() */
}

static void check_sums(struct wh_programme_reader *reader, const struct rubric *rubric)
{
    const Wh__Programme *programme = reader->programme;
    for (size_t i = 0; i < programme->n_goods; i++) {
        const Wh__Good *good = programme->goods[i];
        uint32_t line = rubric->list->line;
        int64_t points_h = points_of(rubric, good->id, &line);
        if (good->id[0] == '\0' || good->points_h == 0) continue; /* a fault already */
        if (points_h < 0 || points_h == good->points_h) continue;
        wh_fault_add(reader->faults, line, wh_span_of(good->id), WH_MSG_PROGRAMME_ITEMS_SUM,
                     WH_ARGS(wh_arg_c(rubric->key), wh_arg_c(good->id),
                             wh_points_arg(reader, points_h),
                             wh_points_arg(reader, good->points_h)));
    }
}

/* The points of the items of `good` together; -1 where one of the level has no points or good, so
 * that a fault told already is not told again as a wrong sum. *line becomes that of the first. */
static int64_t points_of(const struct rubric *rubric, const char *good, uint32_t *line)
{
    int64_t points_h = 0;
    for (uint32_t i = 0; i < rubric->list->count; i++) {
        const Wh__Item *item = rubric->items[i];
        if (item->bonus) continue;
        if (item->points_h == 0 || item->good[0] == '\0') return -1;
        if (strcmp(item->good, good) != 0) continue;
        if (points_h == 0) *line = rubric->list->items[i]->line;
        points_h += item->points_h;
    }
    return points_h;
}
