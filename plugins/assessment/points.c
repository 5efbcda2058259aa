/* What assessors give together, and what the rows say of it. */
#include "assessment.h"
#include "writing.h"

#include <stdlib.h>

/* ---- The rubric ---- */

int read_judged_items(const struct wh_host *host, uint32_t level, uint32_t year,
                      struct judged_items *ret, struct wh_failure *fail)
{
    const struct wh_programme_view *programme = host->programme(host->self, year);
    const struct wh_list *items;
    memset(ret, 0, sizeof(*ret));
    if (!programme || (level != WH_LEVEL_TOWNSHIP && level != WH_LEVEL_GRASSROOTS)) return 0;
    items = level == WH_LEVEL_TOWNSHIP ? &programme->items_township : &programme->items_grassroots;
    ret->takes_lowest = programme->takes_lowest != 0;
    ret->assessor =
        level == WH_LEVEL_TOWNSHIP ? programme->assessor_township : programme->assessor_grassroots;
    ret->items = calloc(items->count + 1u, sizeof(*ret->items));
    if (!ret->items) {
        fail->code = WH_E_FAILED;
        copy_text(fail->text, sizeof(fail->text), wh_span_of("out of memory"));
        return WH_E_FAILED;
    }
    for (uint32_t i = 0; i < items->count; i++) {
        const struct wh_item *item = wh_list_at(items, i);
        struct judged_item *copy = &ret->items[ret->count];
        if (item->form != WH_ITEM_JUDGED) continue;
        copy_text(copy->id, sizeof(copy->id), wh_span_of(item->id));
        copy_text(copy->zh, sizeof(copy->zh), wh_span_of(item->title.zh));
        copy_text(copy->en, sizeof(copy->en), wh_span_of(item->title.en));
        copy->points_h = item->points_h;
        ret->count++;
    }
    return 0;
}

int32_t judged_item_of(const struct judged_items *items, struct wh_span id)
{
    for (uint32_t i = 0; i < items->count; i++) {
        if (wh_span_equal(id, wh_span_of(items->items[i].id))) return (int32_t)i;
    }
    return -1;
}

/* ---- Measuring: the records of one unit and year ---- */

/* One assessor's word on one item; a later record of both takes its place. */
struct word {
    char item[64];
    char assessor[120];
    int64_t points_h;
};

struct words {
    struct word *items;
    uint32_t count;
    uint32_t size;
};

static struct word *word_of(struct words *words, struct wh_span item, struct wh_span assessor)
{
    struct word *word;
    for (uint32_t i = 0; i < words->count; i++) {
        word = &words->items[i];
        if (wh_span_equal(item, wh_span_of(word->item)) &&
            wh_span_equal(assessor, wh_span_of(word->assessor))) {
            return word;
        }
    }
    if (make_room(&words->items, words->count, &words->size, sizeof(*words->items)) < 0) {
        return NULL;
    }
    word = &words->items[words->count++];
    copy_text(word->item, sizeof(word->item), item);
    copy_text(word->assessor, sizeof(word->assessor), assessor);
    return word;
}

static int take_word(void *context, const struct wh_record_view *record)
{
    struct words *words = context;
    struct word *word = word_of(words, field_text(record, "item"), field_text(record, "assessor"));
    if (!word) return WH_E_FAILED;
    word->points_h = field_number(record, "points", 0);
    return 0;
}

/* The mean, rounded down, or the lowest of all words on the item of word `first`. */
static int64_t together(const struct words *words, uint32_t first, int lowest)
{
    int64_t sum = 0, least = INT64_MAX, count = 0;
    for (uint32_t i = first; i < words->count; i++) {
        const struct word *word = &words->items[i];
        if (strcmp(word->item, words->items[first].item) != 0) continue;
        sum += word->points_h;
        if (word->points_h < least) least = word->points_h;
        count++;
    }
    return lowest ? least : sum / count;
}

static int is_first_of_item(const struct words *words, uint32_t at)
{
    for (uint32_t i = 0; i < at; i++) {
        if (strcmp(words->items[i].item, words->items[at].item) == 0) return 0;
    }
    return 1;
}

int measure_points(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail)
{
    const struct wh_programme_view *programme = host->programme(host->self, cell->year);
    int lowest = programme && programme->takes_lowest;
    struct words words = {NULL, 0, 0};
    int rc = host->records(host->self, cell->kind, cell->unit, cell->first_day, cell->last_day,
                           take_word, &words, fail);
    for (uint32_t i = 0; rc >= 0 && i < words.count; i++) {
        if (!is_first_of_item(&words, i)) continue;
        rc = host->metric_set(host->self, wh_span_of(words.items[i].item),
                              together(&words, i, lowest), fail);
    }
    free(words.items);
    return rc < 0 ? rc : 0;
}

/* ---- Reading the rows ---- */

struct reading {
    const struct known_unit *unit;
    const struct judged_items *items;
    struct item_points *points;
    int32_t locked;
};

static void take_judged(struct reading *reading, const struct wh_figure *figure, int32_t item)
{
    struct item_points *points = &reading->points[item];
    if (!lies_above(figure->origin, reading->unit->code)) return;
    if (points->judged_h >= 0 && figure->origin.len <= strlen(points->by)) return;
    points->judged_h = figure->value;
    copy_text(points->by, sizeof(points->by), figure->origin);
}

static int take_figure(void *context, const struct wh_figure *figure)
{
    struct reading *reading = context;
    int32_t item = judged_item_of(reading->items, figure->metric);
    if (wh_span_equal(figure->facet, wh_span_of(KIND_JUDGEMENT)) && item >= 0) {
        take_judged(reading, figure, item);
    } else if (wh_span_equal(figure->facet, wh_span_of(KIND_SELF)) && item >= 0) {
        reading->points[item].self_h = figure->value;
    } else if (wh_span_equal(figure->facet, wh_span_of("acceptance")) && figure->value > 0 &&
               lies_above(figure->origin, reading->unit->code)) {
        reading->locked = 1;
    }
    return 0;
}

int read_points(const struct wh_host *host, const struct known_unit *unit, uint32_t year,
                const struct judged_items *items, struct item_points *ret, int32_t *ret_locked,
                struct wh_failure *fail)
{
    struct reading reading = {.unit = unit, .items = items, .points = ret};
    int rc;
    for (uint32_t i = 0; i < items->count; i++) {
        ret[i] = (struct item_points){.self_h = -1, .judged_h = -1};
    }
    rc = host->figures(host->self, wh_span_of(unit->code), 0, year, take_figure, &reading, fail);
    *ret_locked = reading.locked;
    return rc < 0 ? rc : 0;
}

int read_points_of(const struct wh_host *host, const struct known_unit *unit, uint32_t year,
                   const struct judged_items *items, int32_t item, struct item_points *ret,
                   struct wh_failure *fail)
{
    struct item_points *points = calloc(items->count, sizeof(*points));
    int32_t locked;
    int rc;
    if (!points) return WH_E_FAILED;
    rc = read_points(host, unit, year, items, points, &locked, fail);
    *ret = points[item];
    free(points);
    return rc;
}
