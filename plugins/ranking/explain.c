/* `explain`: a score taken apart, as the node gives it, in lines. */
#include "ranking.h"

static const struct wh_column columns[] = {
    COLUMN("what", "层次", "What", WH_TEXT),       COLUMN("item", "指标", "Item", WH_TEXT),
    COLUMN("title", "名称", "Title", WH_TEXT),     COLUMN("points", "得分", "Points", WH_DECIMAL),
    COLUMN("full", "满分", "Full", WH_DECIMAL),    COLUMN("text", "说明", "Rule", WH_TEXT),
    COLUMN("metric", "数据项", "Metric", WH_TEXT), COLUMN("value", "数值", "Value", WH_INTEGER),
    COLUMN("quarter", "季度", "Quarter", WH_TEXT), COLUMN("facet", "记录类型", "Facet", WH_TEXT),
    COLUMN("origin", "来源", "Origin", WH_TEXT),   COLUMN("record", "记录", "Record", WH_TEXT),
    COLUMN("date", "日期", "Date", WH_TEXT),
};

const struct wh_list explain_columns = WH_LIST(columns);

#define EXPLAIN_COLUMNS 13u

static const struct wh_choice depths[] = {
    {"score", {"总分", "Score"}},     {"item", {"指标", "Item"}}, {"bonus", {"加分", "Bonus"}},
    {"metric", {"数据项", "Metric"}}, {"row", {"汇总", "Row"}},   {"record", {"记录", "Record"}},
};

struct explaining {
    const struct wh_host *host;
    struct wh_call *call;
    struct wh_failure *fail;
    char item[64]; /* of the lines below it */
    char metric[64];
    char quarter[16];
    char facet[64];
    char origin[32];
};

static void begin_line(struct wh_value row[EXPLAIN_COLUMNS], const char *what)
{
    uint32_t i;
    for (i = 0; i < EXPLAIN_COLUMNS; i++) row[i] = wh_value_null();
    row[0] = text_or_null(wh_span_of(what));
}

static void fill_points(struct wh_value row[EXPLAIN_COLUMNS], const struct wh_explained *line)
{
    row[2] = text_or_null(line->title);
    row[3] = wh_value_number(WH_DECIMAL, line->points_h);
    row[4] = wh_value_number(WH_DECIMAL, line->full_h);
    row[5] = text_or_null(line->text);
}

static void fill_below(const struct explaining *e, struct wh_value row[EXPLAIN_COLUMNS])
{
    row[1] = text_or_null(wh_span_of(e->item));
    row[6] = text_or_null(wh_span_of(e->metric));
}

static void fill_source(const struct explaining *e, struct wh_value row[EXPLAIN_COLUMNS])
{
    fill_below(e, row);
    row[8] = text_or_null(wh_span_of(e->quarter));
    row[9] = text_or_null(wh_span_of(e->facet));
    row[10] = text_or_null(wh_span_of(e->origin));
}

static int show_explained(void *context, const struct wh_explained *line)
{
    struct explaining *e = context;
    struct wh_value row[EXPLAIN_COLUMNS];
    switch (line->depth) {
    case WH_EXPLAIN_TOTAL:
        begin_line(row, "score");
        fill_points(row, line);
        break;
    case WH_EXPLAIN_ITEM:
        copy_text(e->item, sizeof(e->item), line->id);
        begin_line(row, line->flags & 1u ? "bonus" : "item");
        row[1] = text_or_null(line->id);
        fill_points(row, line);
        break;
    case WH_EXPLAIN_METRIC:
        copy_text(e->metric, sizeof(e->metric), line->id);
        begin_line(row, "metric");
        fill_below(e, row);
        row[7] = wh_value_number(WH_INTEGER, line->value);
        break;
    case WH_EXPLAIN_SOURCE:
        copy_text(e->quarter, sizeof(e->quarter), line->text);
        copy_text(e->facet, sizeof(e->facet), line->id);
        copy_text(e->origin, sizeof(e->origin), line->title);
        begin_line(row, "row");
        fill_source(e, row);
        row[7] = wh_value_number(WH_INTEGER, line->value);
        break;
    default:
        begin_line(row, "record");
        fill_source(e, row);
        row[11] = text_or_null(line->id);
        row[12] = text_or_null(line->text);
        break;
    }
    return e->host->reply_row(e->call, row, EXPLAIN_COLUMNS, e->fail);
}

int run_explain(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct explaining e = {.host = host, .call = talk->call, .fail = talk->fail};
    struct wh_standing_query query;
    const struct wh_list words = WH_LIST(depths);
    int rc = read_query(talk, &query);
    if (rc == 0) rc = tell_words(talk, "what", words);
    if (rc < 0) return rc;
    return host->explain(host->self, given_text(talk, "code"), &query, host->language(talk->call),
                         show_explained, &e, talk->fail);
}
