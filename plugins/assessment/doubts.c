/* Figures that look too quiet to be true (domain.md D36: weak and hollow units): a unit that was
 * not heard of, a roster that does not move, a quarter that repeats the one before, an acceptance
 * that the records no longer bear out. Told as a doubt, never as a success. Read from rows, so the
 * city sees the same as the township. */
#include <stdio.h>
#include <stdlib.h>

#include "assessment.h"

static const struct wh_column columns[] = {
    {"unit", {"单位", "Unit"}, WH_TEXT, 0},
    {"name", {"名称", "Name"}, WH_TEXT, 0},
    {"what", {"疑点", "What"}, WH_TEXT, 0},
    {"text", {"说明", "Text"}, WH_TEXT, 0},
};

const struct wh_list doubts_columns = WH_LIST(columns);

static const struct wh_choice words[] = {
    {"silent", {"整季无数据", "Silent"}},
    {"figures_repeat", {"与上季数字相同", "Figures repeat"}},
    {"roster_still", {"队伍长期不变", "Roster does not move"}},
    {"accepted_below_mark", {"验收达标，但现有记录不达标", "Accepted, and below the mark now"}},
    {"refused_above_mark", {"验收未通过，但现有记录达标", "Refused, and above the mark now"}},
};

#define QUARTERS 4
#define METRICS_MAX 64

/* What one unit's rows of a year say. */
struct quiet {
    const struct known_unit *unit;
    int32_t heard[QUARTERS];
    int64_t elders[QUARTERS]; /* -1: none told */
    int64_t elders_before;    /* the last of the years before; 0: none */
    int64_t joined;
    int64_t score_h;               /* -1: not ranked */
    int32_t final;                 /* accepted or refused */
    int32_t qualified;             /* as it was accepted or refused */
    int32_t by_records;            /* as the records have it now */
    char metrics[METRICS_MAX][64]; /* flows of activities, articles and help */
    int64_t values[METRICS_MAX][QUARTERS];
    uint32_t metrics_count;
};

struct looking {
    const struct talk *talk;
    struct known_units units;
    struct quiet *items; /* beside units.items */
    uint32_t year;
    uint32_t quarters; /* of the year, that are over */
};

static int is_flow_of_work(const struct wh_figure *figure)
{
    static const char *const facets[] = {"activity", "article", "aid", "meeting"};
    for (size_t i = 0; i < sizeof(facets) / sizeof(facets[0]); i++) {
        if (wh_span_equal(figure->facet, wh_span_of(facets[i]))) return 1;
    }
    return 0;
}

static void take_flow(struct quiet *quiet, const struct wh_figure *figure, uint32_t quarter)
{
    uint32_t i = 0;
    while (i < quiet->metrics_count &&
           !wh_span_equal(figure->metric, wh_span_of(quiet->metrics[i]))) {
        i++;
    }
    if (i == METRICS_MAX) return;
    if (i == quiet->metrics_count) {
        copy_text(quiet->metrics[i], sizeof(quiet->metrics[i]), figure->metric);
        quiet->metrics_count++;
    }
    quiet->values[i][quarter] += figure->value;
}

static int take_figure(void *context, const struct wh_figure *figure)
{
    struct looking *looking = context;
    const struct known_unit *unit;
    struct quiet *quiet;
    uint32_t quarter = figure->quarter_of_year - 1;
    char code[32];
    copy_text(code, sizeof(code), figure->unit);
    unit = unit_of_code(&looking->units, code);
    if (!unit || quarter >= QUARTERS) return 0;
    quiet = &looking->items[unit - looking->units.items];
    if (figure->year != looking->year) {
        if (figure->year < looking->year && wh_span_equal(figure->metric, wh_span_of("elders"))) {
            quiet->elders_before = figure->value;
        }
        return 0;
    }
    quiet->heard[quarter] = 1;
    if (wh_span_equal(figure->metric, wh_span_of("elders"))) quiet->elders[quarter] = figure->value;
    if (wh_span_equal(figure->metric, wh_span_of("elders_new"))) quiet->joined += figure->value;
    if (is_flow_of_work(figure)) take_flow(quiet, figure, quarter);
    return 0;
}

/* ---- Acceptances beside the records ---- */

struct standing_of {
    struct looking *looking;
    int by_records; /* with a pass line of its own nothing is final */
};

static int take_standing(void *context, const struct wh_standing *standing)
{
    struct standing_of *of = context;
    int qualified = (standing->flags & WH_STANDING_QUALIFIED) != 0;
    const struct known_unit *unit;
    struct quiet *quiet;
    char code[32];
    copy_text(code, sizeof(code), standing->unit);
    unit = unit_of_code(&of->looking->units, code);
    if (!unit) return 0;
    quiet = &of->looking->items[unit - of->looking->units.items];
    if (of->by_records) {
        quiet->by_records = qualified;
    } else {
        quiet->qualified = qualified;
        quiet->final = (standing->flags & WH_STANDING_FINAL) != 0;
        quiet->score_h = standing->score_h;
    }
    return 0;
}

static int read_standings(struct looking *looking, struct wh_span under)
{
    const struct talk *talk = looking->talk;
    const struct wh_programme_view *programme =
        talk->host->programme(talk->host->self, looking->year);
    int rc = 0;
    for (uint32_t i = 0; programme && rc >= 0 && i < 4; i++) {
        struct standing_of of = {looking, i >= 2};
        int is_township = i % 2 == 0;
        struct wh_standing_query query = {.year = looking->year, .under = under, .pass_h = -1};
        query.level = is_township ? WH_LEVEL_TOWNSHIP : WH_LEVEL_GRASSROOTS;
        if (of.by_records) {
            query.pass_h = is_township ? programme->pass_township_h : programme->pass_grassroots_h;
        }
        rc = talk->host->standings(talk->host->self, &query, take_standing, &of, talk->fail);
    }
    return rc < 0 ? rc : 0;
}

/* ---- Doubts ---- */

static int show(const struct talk *talk, const struct quiet *quiet, const char *what,
                const char *text)
{
    struct wh_value row[4];
    row[0] = wh_value_text(wh_span_of(quiet->unit->code));
    row[1] = wh_value_text(wh_span_of(quiet->unit->name));
    row[2] = wh_value_text(wh_span_of(what));
    row[3] = text_or_null(wh_span_of(text));
    return talk->host->reply_row(talk->call, row, 4, talk->fail);
}

/* Over two quarters and more nobody came and the number stayed what it was before. */
static int roster_is_still(const struct looking *looking, const struct quiet *quiet)
{
    for (uint32_t q = 0; q < looking->quarters; q++) {
        if (quiet->elders[q] >= 0 && quiet->elders[q] != quiet->elders_before) return 0;
    }
    return quiet->elders_before > 0 && quiet->joined == 0 && looking->quarters >= 2;
}

/* The same figures, not all of them 0, as in the quarter before. */
static int repeats(const struct quiet *quiet, uint32_t quarter)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < quiet->metrics_count; i++) {
        if (quiet->values[i][quarter] != quiet->values[i][quarter - 1]) return 0;
        sum += quiet->values[i][quarter];
    }
    return sum > 0;
}

static int show_doubts(const struct looking *looking, const struct quiet *quiet)
{
    const struct talk *talk = looking->talk;
    int rc = 0;
    for (uint32_t q = 0; rc >= 0 && q < looking->quarters; q++) {
        char text[16];
        (void)snprintf(text, sizeof(text), "Q%u", q + 1);
        if (!quiet->heard[q]) rc = show(talk, quiet, "silent", text);
        if (rc >= 0 && q > 0 && repeats(quiet, q)) rc = show(talk, quiet, "figures_repeat", text);
    }
    if (rc >= 0 && quiet->final && quiet->qualified != quiet->by_records) {
        char text[POINTS_TEXT_SIZE] = "";
        if (quiet->score_h >= 0) (void)points_text(quiet->score_h, text);
        rc = show(talk, quiet, quiet->qualified ? "accepted_below_mark" : "refused_above_mark",
                  text);
    }
    if (rc >= 0 && roster_is_still(looking, quiet)) rc = show(talk, quiet, "roster_still", NULL);
    return rc;
}

/* Quarters of the year that are over. */
static uint32_t quarters_over(const struct talk *talk, uint32_t year)
{
    struct wh_civil civil = wh_civil_of((int32_t)talk->host->today(talk->host->self));
    if ((uint32_t)civil.year > year) return QUARTERS;
    return (uint32_t)civil.year < year ? 0 : (uint32_t)(civil.month - 1) / 3;
}

int run_doubts(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct looking looking = {.talk = talk};
    uint32_t year = given_year(talk);
    struct wh_span under = given_text(talk, "under");
    const struct wh_list titles = WH_LIST(words);
    int64_t day;
    int rc = tell_words(talk, "what", titles);
    if (rc == 0) rc = read_units(host, under, &looking.units, talk->fail);
    if (rc < 0) return rc;
    day = day_of_count(host, year);
    looking.year = year;
    looking.quarters = quarters_over(talk, year);
    looking.items = calloc(looking.units.count + 1u, sizeof(*looking.items));
    if (!looking.items) rc = WH_E_FAILED;
    for (uint32_t i = 0; rc >= 0 && i < looking.units.count; i++) {
        looking.items[i].unit = &looking.units.items[i];
        for (uint32_t q = 0; q < QUARTERS; q++) looking.items[i].elders[q] = -1;
    }
    if (rc >= 0) rc = host->figures(host->self, under, 1, 0, take_figure, &looking, talk->fail);
    if (rc >= 0) rc = read_standings(&looking, under);
    for (uint32_t i = 0; rc >= 0 && i < looking.units.count; i++) {
        const struct known_unit *unit = &looking.units.items[i];
        if (!(unit->level & (WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS))) continue;
        if (!unit_existed(unit, day, day)) continue;
        rc = show_doubts(&looking, &looking.items[i]);
    }
    free(looking.items);
    free(looking.units.items);
    return rc < 0 ? rc : 0;
}
