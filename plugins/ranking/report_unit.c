/* A page for each township-level unit: its statistics, its items, its grassroots units. */
#include <stdio.h>
#include <stdlib.h>

#include "html.h"
#include "report_file.h"

/* ---- Items ---- */

struct itemising {
    const struct report *report;
    struct text *page;
};

/* The sentence of an item says counts: not where it is of minors and they are masked. */
static int tells_minors(const struct report *report, struct wh_span id)
{
    const struct wh_list *items = &report->programme->items_township;
    if (!report->masks) return 0;
    for (uint32_t i = 0; i < items->count; i++) {
        const struct wh_item *item = wh_list_at(items, i);
        if (!wh_span_equal(id, wh_span_of(item->id))) continue;
        for (uint32_t s = 0; s < statistics_count; s++) {
            const char *of = statistics[s].of[0];
            if (!statistics[s].counts_minors) continue;
            if (strcmp(item->metric, of) == 0 || strcmp(item->denominator, of) == 0) return 1;
        }
    }
    return 0;
}

static void put_span(struct text *page, const char *kind, struct wh_span span)
{
    char text[600];
    copy_text(text, sizeof(text), span);
    html_cell(page, kind, text);
}

static int take_item(void *context, const struct wh_explained *line)
{
    const struct itemising *i = context;
    char text[POINTS_TEXT_SIZE];
    if (line->depth != WH_EXPLAIN_TOTAL && line->depth != WH_EXPLAIN_ITEM) return 0;
    text_print(i->page, "<tr%s>", line->depth == WH_EXPLAIN_TOTAL ? " class=\"all\"" : "");
    put_span(i->page, "t", line->depth == WH_EXPLAIN_TOTAL ? wh_span_of("") : line->id);
    put_span(i->page, "t", line->title);
    put_span(i->page, "t", tells_minors(i->report, line->id) ? wh_span_of("–") : line->text);
    (void)points_text(line->points_h, text);
    html_cell(i->page, "", text);
    (void)points_text(line->full_h, text);
    html_cell(i->page, "", text);
    text_print(i->page, "</tr>\n");
    return 0;
}

static int put_items(const struct report *report, struct text *page, const struct known_unit *unit)
{
    const struct talk *talk = report->talk;
    const char *const heads[] = {
        "", WORD("指标", "Item"), WORD("说明", "Why"), WORD("得分", "Points"), WORD("满分", "Full"),
    };
    struct itemising itemising = {report, page};
    struct wh_standing_query query = {.year = report->year, .pass_h = -1};
    int rc;
    html_heading(page, WORD("逐项得分", "Its points, item by item"));
    html_table(page, heads, 5, 3);
    rc = talk->host->explain(talk->host->self, wh_span_of(unit->code), &query, report->english,
                             take_item, &itemising, talk->fail);
    html_table_end(page);
    return rc < 0 ? rc : 0;
}

/* ---- Statistics ---- */

static void put_own(const struct report *report, struct text *page, const struct report_row *row)
{
    const char *const heads[] = {WORD("项目", "Statistic"), "", WORD("本级", "Its own"),
                                 WORD("合计", "With those below")};
    html_heading(page, WORD("统计", "Statistics"));
    html_table(page, heads, 4, 2);
    for (uint32_t s = 0; s < statistics_count; s++) {
        text_print(page, "<tr>");
        html_cell(page, "t", report_word(report, statistics[s].title));
        html_cell(page, "m", report_word(report, statistics[s].measure));
        html_value(report, page, s, statistics[s].sum == SUM_ITS_OWN_WAY ? NO_VALUE : row->own[s]);
        html_value(report, page, s, row->all[s]);
        text_print(page, "</tr>\n");
    }
    html_table_end(page);
}

static const char *const below_ids[] = {
    "rank",         "score",      "qualified",     "elders",        "trainings", "meetings",
    "reports_made", "activities", "youth_reached", "youth_in_need", "aided",     "findings_overdue",
};
#define BELOW_IDS (uint32_t)(sizeof(below_ids) / sizeof(below_ids[0]))

static void put_below(const struct report *report, struct text *page, const struct report_row *row)
{
    const char *heads[BELOW_IDS + 1];
    heads[0] = WORD("单位", "Unit");
    for (uint32_t i = 0; i < BELOW_IDS; i++) {
        heads[i + 1] = report_word(report, statistics[statistic_at(below_ids[i])].title);
    }
    html_heading(page, WORD("所属基层单位", "Its grassroots units"));
    html_table(page, heads, BELOW_IDS + 1, 1);
    for (const struct report_row *one = row + 1; one < report->rows + report->rows_count; one++) {
        if (strncmp(one->unit->code, row->unit->code, strlen(row->unit->code)) != 0) break;
        if (one->parent != row) continue;
        text_print(page, "<tr>");
        html_cell(page, "t", one->unit->name);
        for (uint32_t i = 0; i < BELOW_IDS; i++) {
            uint32_t s = statistic_at(below_ids[i]);
            html_value(report, page, s, one->all[s]);
        }
        text_print(page, "</tr>\n");
    }
    html_table_end(page);
}

static int put_unit(const struct report *report, const struct report_row *row)
{
    struct text page = {NULL, 0, 0, 0};
    char title[300], stem[40], name[REPORT_NAME_SIZE];
    int rc;
    (void)snprintf(title, sizeof(title), WORD("%s %u 年度", "%s in %u"), row->unit->name,
                   report->year);
    html_begin(report, &page, title);
    text_print(&page, "<p><a href=\"%s\">%s</a></p>\n", report_name(report, "report", "html", name),
               WORD("总报告", "The whole report"));
    put_below(report, &page, row);
    rc = put_items(report, &page, row->unit);
    put_own(report, &page, row);
    html_end(report, &page);
    (void)snprintf(stem, sizeof(stem), "unit-%s", row->unit->code);
    if (rc == 0) return report_send_text(report, stem, "html", &page);
    text_free(&page);
    return rc;
}

int report_unit_pages(const struct report *report)
{
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < report->rows_count; i++) {
        const struct report_row *row = &report->rows[i];
        if (row->unit->level == WH_LEVEL_TOWNSHIP) rc = put_unit(report, row);
    }
    return rc;
}
