#include "overview.h"

#include <stdlib.h>

static struct standing_of_unit *item_of(struct overview *overview, struct wh_span code)
{
    const struct known_unit *unit;
    char text[32];
    copy_text(text, sizeof(text), code);
    unit = unit_of_code(&overview->units, text);
    return unit ? &overview->items[unit - overview->units.items] : NULL;
}

static int take_standing(void *context, const struct wh_standing *standing)
{
    struct overview *overview = context;
    struct standing_of_unit *item = item_of(overview, standing->unit);
    int32_t qualified = (standing->flags & WH_STANDING_QUALIFIED) != 0;
    if (!item) return 0;
    if (overview->of_year != overview->year) {
        item->qualified_before = qualified;
    } else {
        item->qualified = qualified;
        item->score_h = standing->score_h;
    }
    return 0;
}

/* Classes and targets come from whoever is above; those of the nearest are written last. */
static int take_figure(void *context, const struct wh_figure *figure)
{
    struct overview *overview = context;
    struct standing_of_unit *item;
    int is_class = wh_span_equal(figure->facet, wh_span_of(KIND_CLASSIFICATION));
    if (!is_class && !wh_span_equal(figure->facet, wh_span_of(KIND_TARGET))) return 0;
    item = item_of(overview, figure->unit);
    if (!item || figure->value == 0 || figure->year > overview->year) return 0;
    if (is_class) {
        item->class_number = figure->value;
        copy_text(item->class_by, sizeof(item->class_by), figure->origin);
    } else if (figure->year >= item->said_in) {
        item->target_year = figure->value;
        item->said_in = figure->year;
        copy_text(item->target_by, sizeof(item->target_by), figure->origin);
    }
    return 0;
}

static int read_standings(struct overview *overview, uint32_t year)
{
    static const uint32_t levels[] = {WH_LEVEL_TOWNSHIP, WH_LEVEL_GRASSROOTS};
    const struct talk *talk = overview->talk;
    const struct wh_host *host = talk->host;
    int rc = 0;
    overview->of_year = year;
    if (!host->programme(host->self, year)) return 0;
    for (uint32_t i = 0; rc >= 0 && i < 2; i++) {
        struct wh_standing_query query = {.level = levels[i], .year = year, .pass_h = -1};
        query.under = given_text(talk, "under");
        rc = host->standings(host->self, &query, take_standing, overview, talk->fail);
    }
    return rc < 0 ? rc : 0;
}

int read_overview(const struct talk *talk, struct overview *overview)
{
    const struct wh_host *host = talk->host;
    const struct wh_programme_view *programme;
    int rc;
    memset(overview, 0, sizeof(*overview));
    overview->talk = talk;
    overview->year = given_year(talk);
    programme = host->programme(host->self, overview->year);
    if (!programme) {
        return refuse(talk, WH_E_NOT_FOUND, "%u 年没有方案", "there is no programme for %u",
                      overview->year);
    }
    overview->pass_township_h = programme->pass_township_h;
    overview->pass_grassroots_h = programme->pass_grassroots_h;
    rc = read_units(host, given_text(talk, "under"), &overview->units, talk->fail);
    if (rc < 0) return rc;
    overview->items = calloc(overview->units.count + 1u, sizeof(*overview->items));
    if (!overview->items) return WH_E_FAILED;
    for (uint32_t i = 0; i < overview->units.count; i++) overview->items[i].score_h = -1;
    rc = host->figures(host->self, given_text(talk, "under"), 1, 0, take_figure, overview,
                       talk->fail);
    if (rc >= 0) rc = read_standings(overview, overview->year - 1);
    if (rc >= 0) rc = read_standings(overview, overview->year);
    return rc < 0 ? rc : 0;
}

void free_overview(struct overview *overview)
{
    free(overview->units.items);
    free(overview->items);
}

int is_assessed(const struct overview *overview, uint32_t i)
{
    const struct known_unit *unit = &overview->units.items[i];
    int64_t day = day_of_count(overview->talk->host, overview->year);
    return (unit->level == WH_LEVEL_TOWNSHIP || unit->level == WH_LEVEL_GRASSROOTS) &&
           unit_existed(unit, day, day);
}
