/* The report as one page for people: figures, pictures, rankings, the round. */
#include <stdio.h>
#include <stdlib.h>

#include "html.h"
#include "report_file.h"

#define GRASSROOTS_SHOWN_MAX 100 /* all of them are in the workbook */
#define COLUMNS_MAX 12

/* ---- At the top ---- */

static void put_tile(const struct report *report, struct text *page, const char *id)
{
    uint32_t s = statistic_at(id);
    char text[REPORT_TEXT_SIZE];
    (void)report_value(report, s, report->rows[0].all[s], text);
    text_print(page, "<div class=\"tile\"><b>");
    text_put_html(page, wh_span_of(text[0] ? text : "–"));
    text_print(page, "%s</b><span>",
               statistics[s].type == WH_DECIMAL && text[0]
                   ? report_word(report, statistics[s].measure)
                   : "");
    text_put_html(page, wh_span_of(report_word(report, statistics[s].title)));
    text_print(page, "</span></div>\n");
}

static void put_tiles(const struct report *report, struct text *page)
{
    static const char *const ids[] = {
        "units_rated", "units_qualified", "share",         "target",
        "elders",      "activities",      "youth_reached", "aid_times",
    };
    text_print(page, "<div class=\"tiles\">\n");
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) put_tile(report, page, ids[i]);
    text_print(page, "</div>\n");
}

static void put_charts(const struct report *report, struct text *page)
{
    html_heading(page, WORD("达标率与目标", "Share qualified, against baseline and target"));
    chart_shares(report, page);
    html_heading(page, WORD("乡镇级单位得分分布", "Scores of township-level units"));
    chart_scores(report, page);
    html_heading(page, WORD("各类活动次数", "Activities by category"));
    chart_activities(report, page);
}

/* ---- The statistics: the root, and its counties beside it ---- */

static uint32_t pick_columns(const struct report *report, const struct report_row **ret)
{
    uint32_t count = 0;
    ret[count++] = &report->rows[0];
    for (uint32_t i = 1; i < report->rows_count && count < COLUMNS_MAX; i++) {
        const struct report_row *row = &report->rows[i];
        if (row->unit->level == WH_LEVEL_COUNTY) ret[count++] = row;
    }
    return count;
}

/* Ranks and verdicts are of one unit: a line that none of these has one for is left out. */
static int says_something(uint32_t statistic, const struct report_row **columns, uint32_t count)
{
    if (statistics[statistic].source != FROM_STANDING) return 1;
    for (uint32_t i = 0; i < count; i++) {
        if (columns[i]->all[statistic] != NO_VALUE) return 1;
    }
    return 0;
}

static void put_statistics(const struct report *report, struct text *page)
{
    const struct report_row *columns[COLUMNS_MAX];
    const char *heads[COLUMNS_MAX + 2], *group = "";
    uint32_t count = pick_columns(report, columns);
    heads[0] = WORD("项目", "Statistic");
    heads[1] = "";
    for (uint32_t i = 0; i < count; i++) heads[i + 2] = columns[i]->unit->name;
    html_heading(page, WORD("统计", "Statistics"));
    html_table(page, heads, count + 2, 2);
    for (uint32_t s = 0; s < statistics_count; s++) {
        const char *own = report_word(report, statistics[s].group);
        if (!says_something(s, columns, count)) continue;
        if (strcmp(own, group) != 0) {
            text_print(page, "<tr class=\"g\"><td colspan=\"%u\">", count + 2);
            text_put_html(page, wh_span_of(own));
            text_print(page, "</td></tr>\n");
            group = own;
        }
        text_print(page, "<tr>");
        html_cell(page, "t", report_word(report, statistics[s].title));
        html_cell(page, "m", report_word(report, statistics[s].measure));
        for (uint32_t i = 0; i < count; i++) html_value(report, page, s, columns[i]->all[s]);
        text_print(page, "</tr>\n");
    }
    html_table_end(page);
}

/* ---- Rankings ---- */

/* Of the ranking's own columns, and of what is known of the year before. */
static const char *const line_ids[] = {
    "rank",
    "score",
    "qualified",
    "units",
    "units_qualified",
    "share",
    "units_grassroots",
    "units_grassroots_qualified",
    "share_grassroots",
};
static const char *const before_ids[] = {"rank_before", "score_change"};
#define LINE_IDS (sizeof(line_ids) / sizeof(line_ids[0]))
#define BEFORE_IDS (sizeof(before_ids) / sizeof(before_ids[0]))

/* The columns of a level that have a value for some unit. */
struct ranking_columns {
    uint32_t at[LINE_IDS]; /* among the ranking's columns */
    const char *heads[2 + LINE_IDS + BEFORE_IDS];
    uint32_t count;
};

static int has_value(const struct lines *lines, uint32_t level, uint32_t column)
{
    for (uint32_t i = 0; i < lines->count; i++) {
        struct wh_value row[LINE_VALUES_MAX];
        if (column < line_values(&lines->items[i], level, row) && row[column].type != 0) return 1;
    }
    return 0;
}

static void pick_ranking_columns(const struct report *report, enum report_level level,
                                 struct ranking_columns *ret)
{
    const struct wh_list columns = line_columns(report_level_of(level));
    ret->count = 0;
    ret->heads[0] = WORD("单位", "Unit");
    ret->heads[1] = WORD("上级", "Above it");
    for (size_t i = 0; i < LINE_IDS; i++) {
        for (uint32_t c = 0; c < columns.count; c++) {
            const struct wh_column *column = wh_list_at(&columns, c);
            if (strcmp(column->name, line_ids[i]) != 0) continue;
            if (!has_value(&report->levels[level], report_level_of(level), c)) continue;
            ret->heads[2 + ret->count] = report_word(report, column->title);
            ret->at[ret->count++] = c;
        }
    }
    for (size_t i = 0; i < BEFORE_IDS; i++) {
        ret->heads[2 + ret->count + i] =
            report_word(report, statistics[statistic_at(before_ids[i])].title);
    }
}

static void put_line_value(const struct report *report, struct text *page,
                           const struct wh_value *value)
{
    char text[REPORT_TEXT_SIZE];
    const char *kind = "";
    if (value->type == 0) {
        html_cell(page, "", "–");
        return;
    }
    if (value->type == WH_YESNO) kind = value->number ? "good" : "bad";
    html_cell(page, kind, report_number(report, value->type, value->number, text));
}

static void put_ranked(const struct report *report, struct text *page, enum report_level level,
                       const struct line *line, const struct ranking_columns *columns)
{
    const struct report_row *row = report_row_of(report, line->unit);
    int has_page = level == REPORT_TOWNSHIP && report_has_pages(report);
    struct wh_value values[LINE_VALUES_MAX];
    char stem[40], name[REPORT_NAME_SIZE];
    if (!row) return;
    text_print(page, "<tr><td class=\"t\">");
    if (has_page) {
        (void)snprintf(stem, sizeof(stem), "unit-%s", line->unit);
        text_print(page, "<a href=\"");
        text_put_html(page, wh_span_of(report_name(report, stem, "html", name)));
        text_print(page, "\">");
    }
    text_put_html(page, wh_span_of(line->name));
    text_print(page, "%s</td>", has_page ? "</a>" : "");
    html_cell(page, "t", row->parent ? row->parent->unit->name : "");
    (void)line_values(line, report_level_of(level), values);
    for (uint32_t i = 0; i < columns->count; i++) {
        put_line_value(report, page, &values[columns->at[i]]);
    }
    for (size_t i = 0; i < BEFORE_IDS; i++) {
        uint32_t s = statistic_at(before_ids[i]);
        html_value(report, page, s, row->all[s]);
    }
    text_print(page, "</tr>\n");
}

static void put_ranking(const struct report *report, struct text *page, enum report_level level,
                        const char *title)
{
    const struct lines *lines = &report->levels[level];
    struct ranking_columns columns;
    if (lines->count == 0) return;
    html_heading(page, title);
    if (level == REPORT_GRASSROOTS && lines->count > GRASSROOTS_SHOWN_MAX) {
        text_print(page, "<p>%s%u%s</p>\n", WORD("共 ", "All "), lines->count,
                   WORD(" 个，见表格文件。", " of them are in the workbook."));
        return;
    }
    pick_ranking_columns(report, level, &columns);
    html_table(page, columns.heads, 2 + columns.count + BEFORE_IDS, 2);
    for (uint32_t i = 0; i < lines->count; i++) {
        put_ranked(report, page, level, &lines->items[i], &columns);
    }
    html_table_end(page);
}

/* ---- The round (domain.md D6) ---- */

static void put_points(struct text *page, int64_t points_h)
{
    char text[POINTS_TEXT_SIZE];
    (void)points_text(points_h, text);
    html_cell(page, "", points_h < 0 ? "–" : text);
}

static void put_count(struct text *page, int64_t count)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "%lld", (long long)count);
    html_cell(page, "", text);
}

static void put_year(struct text *page, const struct year_summary *year)
{
    for (uint32_t i = 0; i < year->count; i++) {
        const struct rate_line *line = &year->items[i];
        char text[16];
        (void)snprintf(text, sizeof(text), "%u", year->year);
        text_print(page, "<tr%s>", i == 0 ? " class=\"all\"" : "");
        html_cell(page, "t", text);
        html_cell(page, "t", line->name);
        put_count(page, line->units);
        put_count(page, line->units_qualified);
        put_points(page, line->share_h);
        put_points(page, line->baseline_h);
        put_points(page, line->target_h);
        put_points(page, line->score_h);
        text_print(page, "</tr>\n");
    }
}

/* Township-level units by name, grassroots ones as a number. */
static void put_units(const struct report *report, struct text *page, int fell_back,
                      const char *title)
{
    uint32_t s = statistic_at("fell_back"), grassroots = 0, named = 0;
    text_print(page, "<h3>%s</h3>\n<p>", title);
    for (uint32_t i = 0; i < report->rows_count; i++) {
        const struct report_row *row = &report->rows[i];
        int is_one = fell_back ? row->all[s] == 1 : row->years_qualified == report->years_count;
        if (!is_one) continue;
        if (row->unit->level == WH_LEVEL_GRASSROOTS) grassroots++;
        if (row->unit->level != WH_LEVEL_TOWNSHIP) continue;
        if (named++ > 0) text_print(page, "%s", WORD("、", ", "));
        text_put_html(page, wh_span_of(row->unit->name));
    }
    if (named == 0) text_print(page, "%s", WORD("乡镇级单位：无", "no township-level unit"));
    text_print(page, "%s%u%s</p>\n", WORD("；另有基层单位 ", "; and "), grassroots,
               WORD(" 个（名单见表格文件）。", " grassroots units (named in the workbook)."));
}

static void put_round(const struct report *report, struct text *page)
{
    const char *const heads[] = {
        WORD("年度", "Year"),       WORD("范围", "Of"),
        WORD("参评单位", "Units"),  WORD("达标单位", "Qualified"),
        WORD("达标率%", "Share %"), WORD("上轮达标率%", "Baseline %"),
        WORD("目标%", "Target %"),  WORD("乡镇级平均得分", "Mean township score"),
    };
    html_heading(page, WORD("本轮各年（三年总结）", "The round so far (three-year summary)"));
    html_table(page, heads, 8, 2);
    for (uint32_t i = 0; i < report->years_count; i++) put_year(page, &report->years[i]);
    html_table_end(page);
    if (report->years_count < 2) return;
    put_units(report, page, 0, WORD("各年均达标的单位", "Qualified in every year"));
    put_units(report, page, 1,
              WORD("曾达标、今年未达标的单位", "Qualified before, but not this year"));
}

int report_html(const struct report *report)
{
    struct text page = {NULL, 0, 0, 0};
    char title[300];
    (void)snprintf(title, sizeof(title), WORD("%s %u 年度报告", "%s: report of %u"),
                   report->rows[0].unit->name, report->year);
    html_begin(report, &page, title);
    put_tiles(report, &page);
    put_charts(report, &page);
    put_statistics(report, &page);
    put_round(report, &page);
    put_ranking(report, &page, REPORT_COUNTY, WORD("县（市、区）排名", "Ranking of counties"));
    put_ranking(report, &page, REPORT_TOWNSHIP,
                WORD("乡镇级单位排名", "Ranking of township-level units"));
    put_ranking(report, &page, REPORT_GRASSROOTS,
                WORD("基层单位排名", "Ranking of grassroots units"));
    html_end(report, &page);
    return report_send_text(report, "report", "html", &page);
}
