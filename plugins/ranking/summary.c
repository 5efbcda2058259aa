/* Ranks and rates of the report: its own year, the year before it, and the round (domain.md D6). */
#include <stdlib.h>

#include "report.h"

static const uint32_t level_bits[REPORT_LEVELS] = {
    WH_LEVEL_COUNTY,
    WH_LEVEL_TOWNSHIP,
    WH_LEVEL_GRASSROOTS,
};

uint32_t report_level_of(enum report_level level)
{
    return level_bits[level];
}

static struct wh_standing_query query_for(const struct report *report, uint32_t year)
{
    struct wh_standing_query query = {
        .year = year,
        .under = wh_span_of(report->rows[0].unit->code),
        .as_of = wh_span_of(""),
        .unit_kind = wh_span_of(""),
        .pass_h = -1,
    };
    return query;
}

/* Each level costs a look at every row: counties are left out where nobody asks for them. */
static int read_levels(const struct report *report, uint32_t year, enum report_level from,
                       struct lines ret[REPORT_LEVELS])
{
    struct wh_standing_query query = query_for(report, year);
    int rc = 0;
    for (uint32_t i = from; rc == 0 && i < REPORT_LEVELS; i++) {
        query.level = level_bits[i];
        rc = lines_read(report->talk->host, &query, &ret[i], report->talk->fail);
    }
    return rc;
}

static int is_ranked(const struct line *line)
{
    return (line->flags & WH_STANDING_RANKED) != 0;
}

static int is_qualified(const struct line *line)
{
    return is_ranked(line) && (line->flags & WH_STANDING_QUALIFIED);
}

/* ---- Rates of a year ---- */

struct rating {
    struct year_summary *summary;
    const struct lines *levels;
};

/* The mean score of the ranked township-level units below `code`, rounded down. */
static int64_t mean_below(const struct lines *townships, const char *code)
{
    size_t len = strlen(code);
    int64_t sum = 0, count = 0;
    for (uint32_t i = 0; i < townships->count; i++) {
        const struct line *line = &townships->items[i];
        if (!is_ranked(line) || strncmp(line->unit, code, len) != 0) continue;
        sum += line->score_h;
        count++;
    }
    return count > 0 ? sum / count : -1;
}

static struct rate_line *add_rate(const struct rating *rating)
{
    struct year_summary *summary = rating->summary;
    struct rate_line *items = realloc(summary->items, (summary->count + 1u) * sizeof(*items));
    if (!items) return NULL;
    summary->items = items;
    memset(&items[summary->count], 0, sizeof(*items));
    return &items[summary->count++];
}

static int take_rate(void *context, const struct wh_rate_view *rate)
{
    const struct rating *rating = context;
    struct rate_line *line = add_rate(rating);
    if (!line) return WH_E_FAILED;
    copy_text(line->unit, sizeof(line->unit), rate->unit);
    copy_text(line->name, sizeof(line->name), rate->name);
    line->units = rate->units;
    line->units_qualified = rate->units_qualified;
    line->share_h = rate->now_h;
    line->baseline_h = rate->baseline_h;
    line->target_h = rate->target_h;
    line->score_h = mean_below(&rating->levels[REPORT_TOWNSHIP], line->unit);
    return 0;
}

/* By the same issue of the programme the aim is the same in every year: only units are counted. */
static int count_rates(const struct year_summary *own, const struct rating *rating)
{
    for (uint32_t i = 0; i < own->count; i++) {
        struct rate_line *line = add_rate(rating);
        size_t len = strlen(own->items[i].unit);
        if (!line) return WH_E_FAILED;
        *line = own->items[i];
        line->units = line->units_qualified = 0;
        for (uint32_t l = REPORT_TOWNSHIP; l < REPORT_LEVELS; l++) {
            for (uint32_t k = 0; k < rating->levels[l].count; k++) {
                const struct line *unit = &rating->levels[l].items[k];
                if (strncmp(unit->unit, line->unit, len) != 0) continue;
                line->units++;
                line->units_qualified += is_qualified(unit);
            }
        }
        line->share_h = line->units > 0 ? line->units_qualified * 10000 / line->units : -1;
        line->score_h = mean_below(&rating->levels[REPORT_TOWNSHIP], line->unit);
    }
    return 0;
}

static int is_same_issue(const struct report *report, uint32_t year)
{
    const struct wh_host *host = report->talk->host;
    const struct wh_programme_view *then = host->programme(host->self, year);
    return then && then->number == report->programme->number &&
           strcmp(then->id, report->programme->id) == 0;
}

/* The report's own year comes first, then the years before it, backwards. */
static int read_rates(struct report *report, uint32_t year, const struct lines *levels)
{
    const struct wh_host *host = report->talk->host;
    struct rating rating = {&report->years[report->years_count], levels};
    struct wh_standing_query query = query_for(report, year);
    int rc;
    if (report->years_count == REPORT_YEARS_MAX) return 0;
    rating.summary->year = year;
    report->years_count++;
    if (year != report->year && is_same_issue(report, year)) {
        return count_rates(&report->years[0], &rating);
    }
    rc = host->rates(host->self, &query, take_rate, &rating, report->talk->fail);
    return rc < 0 ? rc : 0;
}

static void put_in_order(struct report *report)
{
    for (uint32_t a = 0, b = report->years_count; a + 1 < b; a++, b--) {
        struct year_summary first = report->years[a];
        report->years[a] = report->years[b - 1];
        report->years[b - 1] = first;
    }
}

/* ---- Into the rows ---- */

static int64_t *place(struct report_row *row, enum standing_value which)
{
    uint32_t s = 0;
    while (s + 1 < statistics_count &&
           (statistics[s].source != FROM_STANDING || statistics[s].standing != which)) {
        s++;
    }
    return &row->all[s];
}

static void fill_line(struct report *report, const struct line *line, int is_county)
{
    struct report_row *row = report_row_of(report, line->unit);
    if (!row) return;
    if (is_ranked(line)) *place(row, STANDING_RANK) = line->rank;
    if (is_ranked(line) && line->score_h >= 0) *place(row, STANDING_SCORE) = line->score_h;
    if (is_county) return;
    if (is_ranked(line)) *place(row, STANDING_QUALIFIED) = is_qualified(line);
    for (; row; row = row->parent) {
        *place(row, STANDING_RATED) += 1;
        *place(row, STANDING_QUALIFIED_UNITS) += is_qualified(line);
    }
}

static void fill_before(struct report *report, const struct line *before)
{
    struct report_row *row = report_row_of(report, before->unit);
    int64_t rank, score;
    if (!row || !is_ranked(before)) return;
    rank = *place(row, STANDING_RANK);
    score = *place(row, STANDING_SCORE);
    *place(row, STANDING_RANK_BEFORE) = before->rank;
    if (rank != NO_VALUE) *place(row, STANDING_MOVE) = before->rank - rank;
    if (score != NO_VALUE && before->score_h >= 0) {
        *place(row, STANDING_SCORE_CHANGE) = score - before->score_h;
    }
}

static void fill_rates(struct report *report)
{
    const struct year_summary *own = &report->years[0];
    for (uint32_t i = 0; i < own->count; i++) {
        const struct rate_line *line = &own->items[i];
        struct report_row *row = report_row_of(report, line->unit);
        if (!row) continue;
        *place(row, STANDING_BASELINE) = line->baseline_h;
        *place(row, STANDING_TARGET) = line->target_h;
        if (*place(row, STANDING_SCORE) == NO_VALUE && line->score_h >= 0) {
            *place(row, STANDING_SCORE) = line->score_h;
        }
    }
}

static void fill_shares(struct report *report)
{
    for (uint32_t i = 0; i < report->rows_count; i++) {
        struct report_row *row = &report->rows[i];
        int64_t units = *place(row, STANDING_RATED);
        int64_t qualified = *place(row, STANDING_QUALIFIED_UNITS);
        int is_unit = (row->unit->level & (WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS)) != 0;
        if (units > 0) *place(row, STANDING_SHARE) = qualified * 10000 / units;
        if (!is_unit) continue;
        *place(row, STANDING_YEARS) = row->years_qualified;
        if (!report_is_open(report, row)) continue;
        *place(row, STANDING_FELL_BACK) =
            row->years_qualified > 0 && *place(row, STANDING_QUALIFIED) != 1;
    }
}

static void count_years(struct report *report, const struct lines levels[REPORT_LEVELS])
{
    for (uint32_t l = REPORT_TOWNSHIP; l < REPORT_LEVELS; l++) {
        for (uint32_t i = 0; i < levels[l].count; i++) {
            struct report_row *row = report_row_of(report, levels[l].items[i].unit);
            if (row) row->years_qualified += is_qualified(&levels[l].items[i]) ? 1u : 0u;
        }
    }
}

static void begin_standings(struct report *report)
{
    for (uint32_t i = 0; i < report->rows_count; i++) {
        for (uint32_t s = 0; s < statistics_count; s++) {
            if (statistics[s].source == FROM_STANDING) report->rows[i].all[s] = NO_VALUE;
        }
        *place(&report->rows[i], STANDING_RATED) = 0;
        *place(&report->rows[i], STANDING_QUALIFIED_UNITS) = 0;
    }
}

/* ---- Years ---- */

static int is_of_round(const struct report *report, uint32_t year)
{
    const struct wh_list *years = &report->programme->years;
    for (uint32_t i = 0; i < years->count; i++) {
        const uint32_t *one = wh_list_at(years, i);
        if (*one == year) return 1;
    }
    return 0;
}

/* A year before the report's: of the round, or the last one. */
static int read_year_before(struct report *report, uint32_t year)
{
    struct lines levels[REPORT_LEVELS] = {{.count = 0}};
    int is_last = year + 1 == report->year;
    int rc = read_levels(report, year, is_last ? REPORT_COUNTY : REPORT_TOWNSHIP, levels);
    if (rc == 0 && is_of_round(report, year)) {
        count_years(report, levels);
        rc = read_rates(report, year, levels);
    }
    for (uint32_t l = 0; l < REPORT_LEVELS; l++) {
        for (uint32_t i = 0; rc == 0 && is_last && i < levels[l].count; i++) {
            fill_before(report, &levels[l].items[i]);
        }
        lines_free(&levels[l]);
    }
    return rc == WH_E_NOT_FOUND ? 0 : rc; /* the report's unit was not there yet */
}

int report_standings(struct report *report)
{
    const struct wh_host *host = report->talk->host;
    int rc = read_levels(report, report->year, REPORT_COUNTY, report->levels);
    begin_standings(report);
    for (uint32_t l = 0; rc == 0 && l < REPORT_LEVELS; l++) {
        for (uint32_t i = 0; i < report->levels[l].count; i++) {
            fill_line(report, &report->levels[l].items[i], l == REPORT_COUNTY);
        }
    }
    if (rc == 0) rc = read_rates(report, report->year, report->levels);
    if (rc < 0) return rc;
    fill_rates(report);
    count_years(report, report->levels);
    for (uint32_t i = 1; rc == 0 && i < REPORT_YEARS_MAX; i++) {
        uint32_t year = report->year - i;
        if (i > 1 && !is_of_round(report, year)) continue;
        if (host->programme(host->self, year)) rc = read_year_before(report, year);
    }
    fill_shares(report);
    put_in_order(report);
    return rc;
}
