/* The report as CSV, for machines: the first line names the columns as `--json` does. */
#include <inttypes.h>
#include <stdio.h>

#include "report_file.h"
#include "text.h"

/* ---- Statistics ---- */

static void put_word(struct text *page, const char *text)
{
    text_put_csv(page, wh_span_of(text));
}

static const char *word_of_level(uint32_t level)
{
    return level == WH_LEVEL_CITY ? "city" : level_word(level);
}

static void put_value(const struct report *report, struct text *page, uint32_t s, int64_t value)
{
    char text[REPORT_TEXT_SIZE];
    if (statistics[s].type == WH_YESNO && value != NO_VALUE) {
        text_print(page, ",%s", value ? "yes" : "no");
        return;
    }
    text_print(page, ",%s", report_value(report, s, value, text));
}

static void put_statistics(const struct report *report, struct text *page)
{
    text_print(page, "unit,name,kind,level,parent");
    for (uint32_t s = 0; s < statistics_count; s++) text_print(page, ",%s", statistics[s].id);
    text_print(page, "\n");
    for (uint32_t i = 0; i < report->rows_count; i++) {
        const struct report_row *row = &report->rows[i];
        put_word(page, row->unit->code);
        text_print(page, ",");
        put_word(page, row->unit->name);
        text_print(page, ",%s,%s,", row->unit->kind, word_of_level(row->unit->level));
        put_word(page, row->unit->parent);
        for (uint32_t s = 0; s < statistics_count; s++) put_value(report, page, s, row->all[s]);
        text_print(page, "\n");
    }
}

/* ---- Rankings ---- */

static void put_cell(struct text *page, const struct wh_value *value)
{
    char text[POINTS_TEXT_SIZE];
    switch (value->type) {
    case 0: break;
    case WH_TEXT: text_put_csv(page, value->text); break;
    case WH_YESNO: text_print(page, "%s", value->number ? "yes" : "no"); break;
    case WH_DECIMAL:
        (void)points_text(value->number, text);
        text_print(page, "%s", text);
        break;
    default: text_print(page, "%" PRId64, value->number); break;
    }
}

static void put_ranking(const struct report *report, enum report_level level, struct text *page)
{
    struct wh_list columns = line_columns(report_level_of(level));
    const struct lines *lines = &report->levels[level];
    for (uint32_t c = 0; c < columns.count; c++) {
        const struct wh_column *column = wh_list_at(&columns, c);
        text_print(page, "%s%s", c > 0 ? "," : "", column->name);
    }
    text_print(page, "\n");
    for (uint32_t i = 0; i < lines->count; i++) {
        struct wh_value row[LINE_VALUES_MAX];
        uint32_t count = line_values(&lines->items[i], report_level_of(level), row);
        for (uint32_t c = 0; c < count; c++) {
            if (c > 0) text_print(page, ",");
            put_cell(page, &row[c]);
        }
        text_print(page, "\n");
    }
}

int report_csv(const struct report *report)
{
    struct text page = {NULL, 0, 0, 0};
    char stem[40];
    int rc;
    put_statistics(report, &page);
    rc = report_send_text(report, "statistics", "csv", &page);
    for (uint32_t l = 0; rc == 0 && l < REPORT_LEVELS; l++) {
        put_ranking(report, l, &page);
        (void)snprintf(stem, sizeof(stem), "ranking-%s", level_word(report_level_of(l)));
        rc = report_send_text(report, stem, "csv", &page);
    }
    return rc;
}
