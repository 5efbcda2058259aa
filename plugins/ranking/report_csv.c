/* The report as CSV, for machines: the first line names the columns as `--json` does. */
#include <inttypes.h>
#include <stdio.h>

#include "page.h"
#include "report.h"

/* ---- Statistics ---- */

static void put_word(struct page *page, const char *text)
{
    page_put_csv(page, text, strlen(text));
}

static const char *word_of_level(uint32_t level)
{
    return level == WH_LEVEL_CITY ? "city" : level_word(level);
}

static void put_value(const struct report *report, struct page *page, uint32_t s, int64_t value)
{
    char text[REPORT_TEXT_SIZE];
    if (statistics[s].type == WH_YESNO && value != NO_VALUE) {
        page_put(page, ",%s", value ? "yes" : "no");
        return;
    }
    page_put(page, ",%s", report_value(report, s, value, text));
}

static void put_statistics(const struct report *report, struct page *page)
{
    page_put(page, "unit,name,kind,level,parent");
    for (uint32_t s = 0; s < statistics_count; s++) page_put(page, ",%s", statistics[s].id);
    page_put(page, "\n");
    for (uint32_t i = 0; i < report->rows_count; i++) {
        const struct report_row *row = &report->rows[i];
        put_word(page, row->unit->code);
        page_put(page, ",");
        put_word(page, row->unit->name);
        page_put(page, ",%s,%s,", row->unit->kind, word_of_level(row->unit->level));
        put_word(page, row->unit->parent);
        for (uint32_t s = 0; s < statistics_count; s++) put_value(report, page, s, row->all[s]);
        page_put(page, "\n");
    }
}

/* ---- Rankings ---- */

static void put_cell(struct page *page, const struct wh_value *value)
{
    char text[POINTS_TEXT_SIZE];
    switch (value->type) {
    case 0: break;
    case WH_TEXT: page_put_csv(page, value->text.data, value->text.len); break;
    case WH_YESNO: page_put(page, "%s", value->number ? "yes" : "no"); break;
    case WH_DECIMAL:
        (void)points_text(value->number, text);
        page_put(page, "%s", text);
        break;
    default: page_put(page, "%" PRId64, value->number); break;
    }
}

static void put_ranking(const struct report *report, enum report_level level, struct page *page)
{
    struct wh_list columns = line_columns(report_level_of(level));
    const struct lines *lines = &report->levels[level];
    for (uint32_t c = 0; c < columns.count; c++) {
        const struct wh_column *column = wh_list_at(&columns, c);
        page_put(page, "%s%s", c > 0 ? "," : "", column->name);
    }
    page_put(page, "\n");
    for (uint32_t i = 0; i < lines->count; i++) {
        struct wh_value row[LINE_VALUES_MAX];
        uint32_t count = line_values(&lines->items[i], report_level_of(level), row);
        for (uint32_t c = 0; c < count; c++) {
            if (c > 0) page_put(page, ",");
            put_cell(page, &row[c]);
        }
        page_put(page, "\n");
    }
}

static int send_page(const struct report *report, const char *name, struct page *page)
{
    int rc = page->failed ? WH_E_FAILED : report_send(report, name, page->data, page->len);
    page_free(page);
    return rc;
}

int report_csv(const struct report *report)
{
    struct page page = {NULL, 0, 0, 0};
    char name[80];
    int rc;
    put_statistics(report, &page);
    (void)snprintf(name, sizeof(name), "statistics-%u.csv", report->year);
    rc = send_page(report, name, &page);
    for (uint32_t l = 0; rc == 0 && l < REPORT_LEVELS; l++) {
        put_ranking(report, l, &page);
        (void)snprintf(name, sizeof(name), "ranking-%s-%u.csv", level_word(report_level_of(l)),
                       report->year);
        rc = send_page(report, name, &page);
    }
    return rc;
}
