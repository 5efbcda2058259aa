/* The report as a workbook: statistics, rankings, the round, charts. libxlsxwriter writes to a
 * path; the one that it is given is a file in memory, so nothing is left behind. */
#define _GNU_SOURCE /* memfd_create */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "html.h"
#include "report_file.h"

#define TEXT_COLUMNS 5 /* of the statistics: code, name, kind, level, parent */

struct book {
    const struct report *report;
    lxw_workbook *workbook;
    lxw_format *head;
    lxw_format *text;
    lxw_format *number;
    lxw_format *decimal;
};

/* ---- Cells ---- */

static void put_text(const struct book *book, lxw_worksheet *sheet, uint32_t row, uint32_t column,
                     const char *text)
{
    if (*text) {
        (void)worksheet_write_string(sheet, row, (lxw_col_t)column, text, book->text);
    }
}

static void put_head(const struct book *book, lxw_worksheet *sheet, uint32_t row, uint32_t column,
                     const char *text)
{
    (void)worksheet_write_string(sheet, row, (lxw_col_t)column, text, book->head);
}

static void put_number(const struct book *book, lxw_worksheet *sheet, uint32_t row, uint32_t column,
                       uint32_t type, int64_t value)
{
    if (type == WH_DECIMAL) {
        (void)worksheet_write_number(sheet, row, (lxw_col_t)column, (double)value / 100.0,
                                     book->decimal);
    } else {
        (void)worksheet_write_number(sheet, row, (lxw_col_t)column, (double)value, book->number);
    }
}

static void put_points(const struct book *book, lxw_worksheet *sheet, uint32_t row, uint32_t column,
                       int64_t value_h)
{
    if (value_h >= 0) put_number(book, sheet, row, column, WH_DECIMAL, value_h);
}

static void put_value(const struct book *book, lxw_worksheet *sheet, uint32_t row, uint32_t column,
                      uint32_t s, int64_t value)
{
    char text[REPORT_TEXT_SIZE];
    if (value == NO_VALUE) return;
    if (statistics[s].type == WH_YESNO || report_masks(book->report, s, value)) {
        put_text(book, sheet, row, column, report_value(book->report, s, value, text));
    } else {
        put_number(book, sheet, row, column, statistics[s].type, value);
    }
}

static lxw_worksheet *add_sheet(const struct book *book, const char *name)
{
    lxw_worksheet *sheet = workbook_add_worksheet(book->workbook, name);
    if (!sheet) return NULL;
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    return sheet;
}

/* ---- Statistics ---- */

static const char *level_title(const struct report *report, uint32_t level)
{
    const char *word = level == WH_LEVEL_CITY ? "city" : level_word(level);
    const char *zh = level == WH_LEVEL_CITY       ? "市级"
                     : level == WH_LEVEL_COUNTY   ? "县级"
                     : level == WH_LEVEL_TOWNSHIP ? "乡镇级"
                                                  : "基层";
    return WORD(zh, word);
}

static void put_statistics(const struct book *book)
{
    const struct report *report = book->report;
    const char *const heads[TEXT_COLUMNS] = {WORD("编码", "Code"), WORD("单位", "Unit"),
                                             WORD("类型", "Kind"), WORD("层级", "Level"),
                                             WORD("上级", "Parent")};
    lxw_worksheet *sheet = add_sheet(book, WORD("统计", "statistics"));
    if (!sheet) return;
    worksheet_set_column(sheet, 0, 0, 14, NULL);
    worksheet_set_column(sheet, 1, 1, 26, NULL);
    worksheet_set_column(sheet, 2, (lxw_col_t)(TEXT_COLUMNS + statistics_count), 12, NULL);
    worksheet_set_row(sheet, 0, 48, NULL);
    worksheet_freeze_panes(sheet, 1, 2);
    worksheet_repeat_rows(sheet, 0, 0);
    worksheet_repeat_columns(sheet, 0, 1);
    worksheet_fit_to_pages(sheet, 5, 0);
    for (uint32_t c = 0; c < TEXT_COLUMNS; c++) put_head(book, sheet, 0, c, heads[c]);
    for (uint32_t s = 0; s < statistics_count; s++) {
        put_head(book, sheet, 0, TEXT_COLUMNS + s, report_word(report, statistics[s].title));
    }
    for (uint32_t i = 0; i < report->rows_count; i++) {
        const struct report_row *row = &report->rows[i];
        put_text(book, sheet, i + 1, 0, row->unit->code);
        put_text(book, sheet, i + 1, 1, row->unit->name);
        put_text(book, sheet, i + 1, 2, report_kind(report, row->unit->kind));
        put_text(book, sheet, i + 1, 3, level_title(report, row->unit->level));
        put_text(book, sheet, i + 1, 4, row->unit->parent);
        for (uint32_t s = 0; s < statistics_count; s++) {
            put_value(book, sheet, i + 1, TEXT_COLUMNS + s, s, row->all[s]);
        }
    }
    worksheet_autofilter(sheet, 0, 0, report->rows_count,
                         (lxw_col_t)(TEXT_COLUMNS + statistics_count - 1));
}

/* ---- Rankings ---- */

static void put_cell(const struct book *book, lxw_worksheet *sheet, uint32_t row, uint32_t column,
                     const struct wh_value *value)
{
    const struct report *report = book->report;
    char text[256];
    switch (value->type) {
    case 0: break;
    case WH_TEXT:
        copy_text(text, sizeof(text), value->text);
        put_text(book, sheet, row, column, text);
        break;
    case WH_YESNO:
        put_text(book, sheet, row, column, value->number ? WORD("是", "yes") : WORD("否", "no"));
        break;
    default: put_number(book, sheet, row, column, value->type, value->number); break;
    }
}

#define KIND_COLUMN 3 /* of a ranking */

static void put_ranking(const struct book *book, enum report_level level, const char *name)
{
    const struct report *report = book->report;
    struct wh_list columns = line_columns(report_level_of(level));
    const struct lines *lines = &report->levels[level];
    lxw_worksheet *sheet = add_sheet(book, name);
    if (!sheet) return;
    worksheet_set_column(sheet, 0, (lxw_col_t)columns.count, 12, NULL);
    worksheet_set_column(sheet, 1, 1, 15, NULL);
    worksheet_set_column(sheet, 2, 2, 26, NULL);
    worksheet_freeze_panes(sheet, 1, 3);
    worksheet_repeat_rows(sheet, 0, 0);
    worksheet_fit_to_pages(sheet, 1, 0);
    for (uint32_t c = 0; c < columns.count; c++) {
        const struct wh_column *column = wh_list_at(&columns, c);
        put_head(book, sheet, 0, c, report_word(report, column->title));
    }
    for (uint32_t i = 0; i < lines->count; i++) {
        struct wh_value row[LINE_VALUES_MAX];
        uint32_t count = line_values(&lines->items[i], report_level_of(level), row);
        row[KIND_COLUMN] = wh_value_text(wh_span_of(report_kind(report, lines->items[i].kind)));
        for (uint32_t c = 0; c < count; c++) put_cell(book, sheet, i + 1, c, &row[c]);
    }
    worksheet_autofilter(sheet, 0, 0, lines->count, (lxw_col_t)(columns.count - 1));
}

/* ---- The round ---- */

static uint32_t put_year(const struct book *book, lxw_worksheet *sheet, uint32_t at,
                         const struct year_summary *year)
{
    for (uint32_t i = 0; i < year->count; i++, at++) {
        const struct rate_line *line = &year->items[i];
        put_number(book, sheet, at, 0, WH_INTEGER, year->year);
        put_text(book, sheet, at, 1, line->unit);
        put_text(book, sheet, at, 2, line->name);
        put_number(book, sheet, at, 3, WH_INTEGER, line->units);
        put_number(book, sheet, at, 4, WH_INTEGER, line->units_qualified);
        put_points(book, sheet, at, 5, line->share_h);
        put_points(book, sheet, at, 6, line->baseline_h);
        put_points(book, sheet, at, 7, line->target_h);
        put_points(book, sheet, at, 8, line->score_h);
    }
    return at;
}

/* Those that qualified in every year, and those that did before but not now. */
static void put_standing_units(const struct book *book, lxw_worksheet *sheet, uint32_t at)
{
    const struct report *report = book->report;
    uint32_t fell = statistic_at("fell_back");
    put_head(book, sheet, at, 1, WORD("编码", "Code"));
    put_head(book, sheet, at, 2, WORD("单位", "Unit"));
    put_head(book, sheet, at, 3, WORD("达标年数", "Years qualified"));
    put_head(book, sheet, at, 4, WORD("情况", "State"));
    for (uint32_t i = 0; i < report->rows_count; i++) {
        const struct report_row *row = &report->rows[i];
        int always = row->years_qualified == report->years_count;
        if (!always && row->all[fell] != 1) continue;
        at++;
        put_text(book, sheet, at, 1, row->unit->code);
        put_text(book, sheet, at, 2, row->unit->name);
        put_number(book, sheet, at, 3, WH_INTEGER, row->years_qualified);
        put_text(book, sheet, at, 4,
                 always ? WORD("各年均达标", "in every year") : WORD("退步", "fell back"));
    }
}

static void put_round(const struct book *book)
{
    const struct report *report = book->report;
    const char *const heads[] = {
        WORD("年度", "Year"),
        WORD("编码", "Code"),
        WORD("范围", "Of"),
        WORD("参评单位", "Units"),
        WORD("达标单位", "Qualified"),
        WORD("达标率%", "Share %"),
        WORD("上轮达标率%", "Baseline %"),
        WORD("目标%", "Target %"),
        WORD("乡镇级平均得分", "Mean township score"),
    };
    lxw_worksheet *sheet = add_sheet(book, WORD("三年总结", "three years"));
    uint32_t at = 1;
    if (!sheet) return;
    worksheet_set_column(sheet, 0, 8, 14, NULL);
    worksheet_set_column(sheet, 2, 2, 26, NULL);
    worksheet_freeze_panes(sheet, 1, 0);
    worksheet_repeat_rows(sheet, 0, 0);
    worksheet_fit_to_pages(sheet, 1, 0);
    for (uint32_t c = 0; c < 9; c++) put_head(book, sheet, 0, c, heads[c]);
    for (uint32_t i = 0; i < report->years_count; i++) {
        at = put_year(book, sheet, at, &report->years[i]);
    }
    put_standing_units(book, sheet, at + 1);
}

/* ---- Charts, each beside its numbers ---- */

/* One series, of the rows [first, last] of this column, with the labels of column 0. */
static lxw_chart_series *add_series(lxw_chart *chart, const char *name, uint32_t first,
                                    uint32_t last, uint32_t column)
{
    lxw_chart_series *series = chart_add_series(chart, NULL, NULL);
    if (!series) return NULL;
    chart_series_set_categories(series, name, first, 0, last, 0);
    chart_series_set_values(series, name, first, (lxw_col_t)column, last, (lxw_col_t)column);
    chart_series_set_name_range(series, name, first - 1, (lxw_col_t)column);
    return series;
}

static void color(lxw_chart_series *series, lxw_color_t with)
{
    lxw_chart_fill fill = {.color = with};
    if (series) chart_series_set_fill(series, &fill);
}

static uint32_t chart_rates(const struct book *book, lxw_worksheet *sheet, const char *name)
{
    const struct report *report = book->report;
    const struct year_summary *year = &report->years[report->years_count - 1];
    lxw_chart *chart = workbook_add_chart(book->workbook, LXW_CHART_COLUMN);
    lxw_chart_options wide = {.x_scale = 1.6, .y_scale = 1.1};
    put_head(book, sheet, 0, 1, WORD("达标率%", "Share %"));
    put_head(book, sheet, 0, 2, WORD("上轮达标率%", "Baseline %"));
    put_head(book, sheet, 0, 3, WORD("目标%", "Target %"));
    for (uint32_t i = 0; i < year->count; i++) {
        put_text(book, sheet, i + 1, 0, year->items[i].name);
        put_points(book, sheet, i + 1, 1, year->items[i].share_h);
        put_points(book, sheet, i + 1, 2, year->items[i].baseline_h);
        put_points(book, sheet, i + 1, 3, year->items[i].target_h);
    }
    if (!chart || year->count == 0) return year->count + 2;
    color(add_series(chart, name, 1, year->count, 1), 0x3D93B3);
    color(add_series(chart, name, 1, year->count, 2), 0x9AA5AD);
    color(add_series(chart, name, 1, year->count, 3), 0xB3261E);
    chart_title_set_name(chart, WORD("达标率与目标", "Share qualified, baseline, target"));
    chart_axis_set_min(chart->y_axis, 0);
    chart_axis_set_max(chart->y_axis, 100);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
    (void)worksheet_insert_chart_opt(sheet, 0, 5, chart, &wide);
    return year->count + 2;
}

/* `rows` numbers stand below a head in row `at`. */
static void add_columns(const struct book *book, lxw_worksheet *sheet, const char *name,
                        uint32_t at, uint32_t rows, const char *title, uint32_t chart_at)
{
    lxw_chart *chart = workbook_add_chart(book->workbook, LXW_CHART_COLUMN);
    if (!chart) return;
    (void)add_series(chart, name, at + 1, at + rows, 1);
    chart_title_set_name(chart, title);
    chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    (void)worksheet_insert_chart(sheet, chart_at, 5, chart);
}

static void put_charts(const struct book *book)
{
    const struct report *report = book->report;
    const char *name = WORD("图表", "charts"),
               *activities = WORD("各类活动次数", "Activities by category"),
               *scores = WORD("乡镇级单位得分分布", "Scores of township-level units");
    lxw_worksheet *sheet = add_sheet(book, name);
    uint32_t at, bins[SCORE_BINS];
    if (!sheet || report->years_count == 0) return;
    worksheet_set_column(sheet, 0, 0, 26, NULL);
    worksheet_set_column(sheet, 1, 4, 12, NULL);
    worksheet_fit_to_pages(sheet, 1, 1);
    at = chart_rates(book, sheet, name);
    put_head(book, sheet, at, 1, WORD("单位数", "Units"));
    count_scores(report, bins);
    for (uint32_t i = 0; i < SCORE_BINS; i++) {
        char text[32];
        (void)snprintf(text, sizeof(text), i + 1 < SCORE_BINS ? "%u-" : "%u+", i * 10);
        put_text(book, sheet, at + 1 + i, 0, text);
        put_number(book, sheet, at + 1 + i, 1, WH_INTEGER, bins[i]);
    }
    add_columns(book, sheet, name, at, SCORE_BINS, scores, 17);
    at += SCORE_BINS + 2;
    put_head(book, sheet, at, 1, WORD("次数", "Times"));
    for (uint32_t i = 0; i < 5; i++) {
        uint32_t s = statistic_at(activity_ids[i]);
        put_text(book, sheet, at + 1 + i, 0, report_word(report, statistics[s].title));
        put_value(book, sheet, at + 1 + i, 1, s, report->rows[0].all[s]);
    }
    add_columns(book, sheet, name, at, 5, activities, 34);
}

/* ---- The file ---- */

static void make_formats(struct book *book)
{
    book->head = workbook_add_format(book->workbook);
    book->text = workbook_add_format(book->workbook);
    book->number = workbook_add_format(book->workbook);
    book->decimal = workbook_add_format(book->workbook);
    format_set_bold(book->head);
    format_set_text_wrap(book->head);
    format_set_align(book->head, LXW_ALIGN_VERTICAL_CENTER);
    format_set_bg_color(book->head, 0xDCE8EE);
    format_set_bottom(book->head, LXW_BORDER_THIN);
    format_set_num_format(book->number, "0");
    format_set_num_format(book->decimal, "0.00");
}

static void fill_book(const struct book *book)
{
    const struct report *report = book->report;
    char *title = (char *)(uintptr_t)WORD("年度报告", "Year-end report");
    lxw_doc_properties properties = {.title = title};
    const struct wh_host *host = report->talk->host;
    properties.created = (time_t)(host->now_ms(host->self) / 1000);
    (void)workbook_set_properties(book->workbook, &properties);
    put_statistics(book);
    put_ranking(book, REPORT_COUNTY, WORD("县排名", "ranking county"));
    put_ranking(book, REPORT_TOWNSHIP, WORD("乡镇级排名", "ranking township"));
    put_ranking(book, REPORT_GRASSROOTS, WORD("基层排名", "ranking grassroots"));
    put_round(book);
    put_charts(book);
}

#define PATH_SIZE 64

/* A file in memory, and the path by which it can be opened; -1: an isolated plugin may write none.
 */
static int open_memory(char path[PATH_SIZE])
{
    struct rlimit limit;
    int file, again;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == 0) return -1;
    file = memfd_create("report", MFD_CLOEXEC);
    if (file < 0) return -1;
    (void)snprintf(path, PATH_SIZE, "/proc/self/fd/%d", file);
    again = open(path, O_RDWR | O_CLOEXEC);
    if (again >= 0) {
        (void)close(again);
        return file;
    }
    (void)close(file);
    return -1;
}

static int write_book(const struct report *report, const char *path)
{
    struct book book = {.report = report};
    book.workbook = workbook_new(path);
    if (!book.workbook) return WH_E_FAILED;
    make_formats(&book);
    fill_book(&book);
    return workbook_close(book.workbook) == LXW_NO_ERROR ? 0 : WH_E_FAILED;
}

static int send_file(const struct report *report, int file)
{
    struct stat info;
    struct wh_span content;
    void *data;
    int rc;
    if (fstat(file, &info) != 0 || info.st_size <= 0) return WH_E_FAILED;
    data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, file, 0);
    if (data == MAP_FAILED) return WH_E_FAILED;
    content.data = data;
    content.len = (uint64_t)info.st_size;
    rc = report_send(report, "report", "xlsx", content);
    (void)munmap(data, (size_t)info.st_size);
    return rc;
}

int report_xlsx(const struct report *report)
{
    char path[PATH_SIZE];
    int file = open_memory(path), rc;
    if (file < 0) { /* isolated: the rest is written all the same */
        return remark(report->talk, "没有表格文件：本插件被隔离，不能打开文件",
                      "there is no workbook: this plugin is isolated and may open no file");
    }
    rc = write_book(report, path);
    if (rc < 0) {
        rc = refuse(report->talk, WH_E_FAILED, "报告：写不出表格文件（临时文件夹是否可写？）",
                    "report: the workbook can't be written (can the temporary folder be?)");
    }
    if (rc == 0) rc = send_file(report, file);
    (void)close(file);
    return rc;
}
