/* `report`: gathers the year once, then has it written. */
#include "report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Rows ---- */

struct report_row *report_row_of(const struct report *report, const char *unit)
{
    const struct known_unit *known = unit_of_code(&report->units, unit);
    return known ? &report->rows[known - report->units.items] : NULL;
}

int report_is_open(const struct report *report, const struct report_row *row)
{
    return unit_existed(row->unit, report->day, report->day);
}

/* Units that existed in the year or since; the root stays in any case. */
static void keep_existing(struct report *report)
{
    struct known_units *units = &report->units;
    const struct wh_host *host = report->talk->host;
    int64_t first = first_day_of(report->year), last = host->today(host->self);
    uint32_t kept = 0;
    if (last < report->day) last = report->day;
    for (uint32_t i = 0; i < units->count; i++) {
        if (i > 0 && !unit_existed(&units->items[i], first, last)) continue;
        units->items[kept++] = units->items[i];
    }
    units->count = kept;
}

static int make_rows(struct report *report)
{
    report->rows = calloc(report->units.count + 1u, sizeof(*report->rows));
    if (!report->rows) return WH_E_FAILED;
    report->rows_count = report->units.count;
    for (uint32_t i = 0; i < report->rows_count; i++) {
        struct report_row *row = &report->rows[i];
        row->unit = &report->units.items[i];
        row->parent = i > 0 ? report_row_of(report, row->unit->parent) : NULL;
        for (struct report_row *up = row; up; up = up->parent) up->units++;
    }
    return 0;
}

/* A parent's code comes before its children's, so every row is whole before it is added on. */
static void sum_up(struct report *report)
{
    for (uint32_t i = report->rows_count; i-- > 0;) {
        struct report_row *row = &report->rows[i];
        for (uint32_t s = 0; s < statistics_count; s++) {
            if (statistics[s].sum == SUM_ITS_OWN_WAY) continue;
            row->all[s] += row->own[s];
            if (statistics[s].sum == SUM_ADDS && row->parent) row->parent->all[s] += row->all[s];
            if (statistics[s].sum == SUM_ALONE && row->units > 1) row->all[s] = NO_VALUE;
        }
    }
}

int report_gather(const struct talk *talk, struct report *ret)
{
    const struct wh_host *host = talk->host;
    struct wh_span under = given_text(talk, "under");
    struct wh_standing_query query;
    int rc = read_query(talk, &query);
    memset(ret, 0, sizeof(*ret));
    if (rc < 0) return rc;
    ret->talk = talk;
    ret->year = query.year;
    ret->english = host->language(talk->call) != 0;
    ret->masks = (uint32_t)is_given(talk, "mask");
    ret->programme = host->programme(host->self, query.year);
    if (!ret->programme) {
        return refuse(talk, WH_E_NOT_FOUND,
                      "%u 年度没有方案，不能出报告（见 wuhao programme show）",
                      "no programme is in force in %u, so there is nothing to report "
                      "(see `wuhao programme show`)",
                      query.year);
    }
    ret->day = last_day_of(query.year);
    if (host->today(host->self) < ret->day) ret->day = host->today(host->self);
    if (under.len == 0) under = host->home(host->self);
    rc = read_units(host, under, &ret->units, talk->fail);
    if (rc == 0) keep_existing(ret);
    if (rc == 0) rc = make_rows(ret);
    if (rc == 0) rc = report_figures(ret);
    if (rc == 0) sum_up(ret);
    if (rc == 0) rc = report_standings(ret);
    return rc;
}

void report_free(struct report *report)
{
    for (uint32_t i = 0; i < REPORT_LEVELS; i++) lines_free(&report->levels[i]);
    for (uint32_t i = 0; i < report->years_count; i++) free(report->years[i].items);
    free(report->units.items);
    free(report->rows);
    memset(report, 0, sizeof(*report));
}

/* ---- What all writers share ---- */

const char *report_number(const struct report *report, uint32_t type, int64_t value,
                          char ret[REPORT_TEXT_SIZE])
{
    static const struct wh_title yes = {"是", "yes"}, no = {"否", "no"};
    if (type == WH_YESNO) {
        (void)snprintf(ret, REPORT_TEXT_SIZE, "%s", report_word(report, value ? yes : no));
    } else if (type == WH_DECIMAL) {
        (void)points_text(value, ret);
    } else {
        (void)snprintf(ret, REPORT_TEXT_SIZE, "%" PRId64, value);
    }
    return ret;
}

const char *report_value(const struct report *report, uint32_t statistic, int64_t value,
                         char ret[REPORT_TEXT_SIZE])
{
    ret[0] = 0;
    if (value == NO_VALUE) return ret;
    if (!report_masks(report, statistic, value)) {
        return report_number(report, statistics[statistic].type, value, ret);
    }
    (void)snprintf(ret, REPORT_TEXT_SIZE, "<%d", SMALL_COUNT);
    return ret;
}

/* A city's are many, and the node serves nobody else meanwhile. */
int report_has_pages(const struct report *report)
{
    return report->rows[0].unit->level != WH_LEVEL_CITY || is_given(report->talk, "pages");
}

int run_report(const struct talk *talk)
{
    struct report report;
    int rc = report_gather(talk, &report);
    if (rc == 0) rc = report_csv(&report);
    if (rc == 0) rc = report_xlsx(&report);
    if (rc == 0) rc = report_html(&report);
    if (rc == 0 && report_has_pages(&report)) rc = report_unit_pages(&report);
    if (rc == WH_E_FAILED && talk->fail->code == 0) {
        rc = refuse(talk, WH_E_FAILED, "报告：内存不足", "report: out of memory");
    }
    report_free(&report);
    return rc;
}
