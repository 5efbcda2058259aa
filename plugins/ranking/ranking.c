/* ranking: `rank` and `explain`. The figures are the core's (exact, from rows alone); this plugin
 * asks for them and says how they are shown. */
#include <stdio.h>

#include <wuhao/plugin.h>

/* Tables read better in lines of their own. */
/* clang-format off */

static const struct wh_param rank_params[] = {
    {"level", {"层级", "county, township or grassroots"}, WH_TEXT, WH_PARAM_REQUIRED},
    {"kind", {"单位类型", "only units of this kind, as school"}, WH_TEXT, 0},
    {"year", {"年度", "the year (default: this one)"}, WH_INTEGER, 0},
    {"under", {"只排此单位以下", "only units below this code"}, WH_UNIT, 0},
    {"as-of", {"截至时刻", "as of this date or moment"}, WH_TEXT, 0},
    {"pass", {"另设达标线", "another pass line, in points"}, WH_DECIMAL, 0},
    {"top", {"只列前几名", "only the first N"}, WH_INTEGER, 0},
};
static const struct wh_param explain_params[] = {
    {"code", {"单位编码", "the unit"}, WH_UNIT, WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL},
    {"year", {"年度", "the year (default: this one)"}, WH_INTEGER, 0},
    {"as-of", {"截至时刻", "as of this date or moment"}, WH_TEXT, 0},
    {"pass", {"另设达标线", "another pass line, in points"}, WH_DECIMAL, 0},
};

#define COLUMN(name, zh, en, type) {name, {zh, en}, type, 0}

static const struct wh_column rank_columns[] = {
    COLUMN("rank", "名次", "Rank", WH_INTEGER),
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("kind", "类型", "Kind", WH_TEXT),
    COLUMN("parent", "上级", "Parent", WH_TEXT),
    COLUMN("score", "得分", "Score", WH_DECIMAL),
    COLUMN("qualified", "达标", "Qualified", WH_YESNO),
    COLUMN("units", "下属", "Units", WH_INTEGER),
    COLUMN("units_qualified", "下属达标", "Qualified units", WH_INTEGER),
    COLUMN("share", "达标率%", "Share %", WH_DECIMAL),
    COLUMN("complete", "数据完整%", "Complete %", WH_DECIMAL),
    COLUMN("tie", "并列", "Tie", WH_YESNO),
    COLUMN("doubts", "存疑", "Doubts", WH_INTEGER),
    COLUMN("final", "已验收", "Final", WH_YESNO),
    /* at county level alone */
    COLUMN("units_grassroots", "基层单位", "Grassroots", WH_INTEGER),
    COLUMN("units_grassroots_qualified", "基层达标", "Qualified grassroots", WH_INTEGER),
    COLUMN("share_grassroots", "基层达标率%", "Grassroots share %", WH_DECIMAL),
};

#define COLUMNS_COUNTY 17u
#define COLUMNS_OTHER 14u

static const struct wh_column explain_columns[] = {
    COLUMN("what", "层次", "What", WH_TEXT),
    COLUMN("item", "指标", "Item", WH_TEXT),
    COLUMN("title", "名称", "Title", WH_TEXT),
    COLUMN("points", "得分", "Points", WH_DECIMAL),
    COLUMN("full", "满分", "Full", WH_DECIMAL),
    COLUMN("text", "说明", "Rule", WH_TEXT),
    COLUMN("metric", "数据项", "Metric", WH_TEXT),
    COLUMN("value", "数值", "Value", WH_INTEGER),
    COLUMN("quarter", "季度", "Quarter", WH_TEXT),
    COLUMN("facet", "记录类型", "Facet", WH_TEXT),
    COLUMN("origin", "来源", "Origin", WH_TEXT),
    COLUMN("record", "记录", "Record", WH_TEXT),
    COLUMN("date", "日期", "Date", WH_TEXT),
};

#define EXPLAIN_COLUMNS 13u

static const struct wh_command commands[] = {
    {"rank", {"排名", "ranks counties, townships or grassroots units"}, WH_LIST(rank_params),
     {NULL, 0, 0}, WH_PERMIT_READ, 0, "wuhao rank --level township --year 2026 --top 20"},
    {"explain", {"解释得分", "takes a score apart: items, metrics, rows, records"},
     WH_LIST(explain_params), WH_LIST(explain_columns), WH_PERMIT_READ, 0,
     "wuhao explain 231182108 --year 2026"},
};

/* clang-format on */

static struct wh_value text_or_null(struct wh_span span)
{
    return span.len == 0 ? wh_value_null() : wh_value_text(span);
}

/* Counts and scores that a level does not have are -1. */
static struct wh_value number_or_null(uint32_t type, int64_t n)
{
    return n < 0 ? wh_value_null() : wh_value_number(type, n);
}

/* Percent in hundredths, rounded down; null for a share of none. */
static struct wh_value share(int64_t part, int64_t whole)
{
    return whole <= 0 ? wh_value_null() : wh_value_number(WH_DECIMAL, part * 10000 / whole);
}

static int fail_with(struct wh_failure *fail, int code, const char *sentence)
{
    fail->code = code;
    (void)snprintf(fail->text, sizeof(fail->text), "%s", sentence);
    return code;
}

/* The arguments that both commands share. */
static int read_query(const struct wh_host *host, struct wh_call *call,
                      struct wh_standing_query *query, struct wh_failure *fail)
{
    struct wh_value year = host->param(call, "year"), pass = host->param(call, "pass");
    int zh = host->language(call) == 0;
    query->as_of = host->param(call, "as-of").text;
    query->year = year.type != 0 ? (uint32_t)year.number : host->year_now(host->self);
    query->pass_h = pass.type != 0 ? pass.number : -1;
    if (year.type != 0 && (year.number < 1949 || year.number > 2200)) {
        return fail_with(fail, WH_E_USAGE,
                         zh ? "年度：应在 1949 到 2200 之间"
                            : "year: it must lie between 1949 and 2200");
    }
    if (pass.type != 0 && pass.number < 0) {
        return fail_with(fail, WH_E_USAGE, zh ? "达标线：不能为负" : "pass: it can't be negative");
    }
    return 0;
}

/* ---- rank ---- */

struct ranking {
    const struct wh_host *host;
    struct wh_call *call;
    struct wh_failure *fail;
    uint32_t columns;
    int64_t left; /* rows still to show; -1: all */
};

static int show_standing(void *context, const struct wh_standing *s)
{
    struct ranking *ranking = context;
    int ranked = (s->flags & WH_STANDING_RANKED) != 0;
    int county = ranking->columns == COLUMNS_COUNTY;
    struct wh_value row[COLUMNS_COUNTY];
    if (ranking->left == 0) return 1;
    if (ranking->left > 0) ranking->left--;
    row[0] = ranked ? wh_value_number(WH_INTEGER, s->rank) : wh_value_null();
    row[1] = text_or_null(s->unit);
    row[2] = text_or_null(s->name);
    row[3] = text_or_null(s->unit_kind);
    row[4] = text_or_null(s->parent);
    row[5] = number_or_null(WH_DECIMAL, s->score_h);
    row[6] = !ranked || county ? wh_value_null()
                               : wh_value_number(WH_YESNO, (s->flags & WH_STANDING_QUALIFIED) != 0);
    row[7] = number_or_null(WH_INTEGER, s->units);
    row[8] = number_or_null(WH_INTEGER, s->units_qualified);
    row[9] = ranked ? share(s->units_qualified, s->units) : wh_value_null();
    row[10] = number_or_null(WH_DECIMAL, s->complete_h);
    row[11] = wh_value_number(WH_YESNO, (s->flags & WH_STANDING_TIE) != 0);
    row[12] = wh_value_number(WH_INTEGER, s->doubts);
    row[13] =
        county ? wh_value_null() : wh_value_number(WH_YESNO, (s->flags & WH_STANDING_FINAL) != 0);
    row[14] = number_or_null(WH_INTEGER, s->units_grassroots);
    row[15] = number_or_null(WH_INTEGER, s->units_grassroots_qualified);
    row[16] = ranked ? share(s->units_grassroots_qualified, s->units_grassroots) : wh_value_null();
    return ranking->host->reply_row(ranking->call, row, ranking->columns, ranking->fail);
}

static uint32_t level_of(struct wh_span word)
{
    static const struct {
        const char *word;
        uint32_t level;
    } levels[] = {{"county", WH_LEVEL_COUNTY},
                  {"township", WH_LEVEL_TOWNSHIP},
                  {"grassroots", WH_LEVEL_GRASSROOTS}};
    size_t i;
    for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        struct wh_span one = wh_span_of(levels[i].word);
        if (one.len == word.len && memcmp(one.data, word.data, word.len) == 0) {
            return levels[i].level;
        }
    }
    return 0;
}

static int run_rank(const struct wh_host *host, struct wh_call *call, struct wh_failure *fail)
{
    struct ranking ranking = {host, call, fail, COLUMNS_OTHER, -1};
    struct wh_standing_query query = {.pass_h = -1};
    struct wh_list columns = WH_LIST(rank_columns);
    struct wh_value top = host->param(call, "top");
    int rc = read_query(host, call, &query, fail);
    if (rc < 0) return rc;
    query.level = level_of(host->param(call, "level").text);
    query.under = host->param(call, "under").text;
    query.unit_kind = host->param(call, "kind").text;
    if (query.level == 0) {
        return fail_with(fail, WH_E_USAGE,
                         host->language(call) == 0
                             ? "rank：层级应为 county、township 或 grassroots"
                             : "rank: the level must be county, township or grassroots");
    }
    if (top.type != 0 && top.number < 1) {
        return fail_with(fail, WH_E_USAGE,
                         host->language(call) == 0 ? "rank：top 应为正整数"
                                                   : "rank: top must be 1 or more");
    }
    if (top.type != 0) ranking.left = top.number;
    if (query.level == WH_LEVEL_COUNTY) ranking.columns = COLUMNS_COUNTY;
    columns.count = ranking.columns;
    rc = host->reply_columns(call, columns, fail);
    return rc < 0 ? rc : host->standings(host->self, &query, show_standing, &ranking, fail);
}

/* ---- explain ---- */

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

static void keep(char *at, size_t size, struct wh_span span)
{
    (void)snprintf(at, size, "%.*s", (int)span.len, span.data ? span.data : "");
}

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
        keep(e->item, sizeof(e->item), line->id);
        begin_line(row, line->flags & 1u ? "bonus" : "item");
        row[1] = text_or_null(line->id);
        fill_points(row, line);
        break;
    case WH_EXPLAIN_METRIC:
        keep(e->metric, sizeof(e->metric), line->id);
        begin_line(row, "metric");
        fill_below(e, row);
        row[7] = wh_value_number(WH_INTEGER, line->value);
        break;
    case WH_EXPLAIN_SOURCE:
        keep(e->quarter, sizeof(e->quarter), line->text);
        keep(e->facet, sizeof(e->facet), line->id);
        keep(e->origin, sizeof(e->origin), line->title);
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

static int run_explain(const struct wh_host *host, struct wh_call *call, struct wh_failure *fail)
{
    struct explaining e = {.host = host, .call = call, .fail = fail};
    struct wh_standing_query query = {.pass_h = -1};
    int rc = read_query(host, call, &query, fail);
    if (rc < 0) return rc;
    return host->explain(host->self, host->param(call, "code").text, &query, host->language(call),
                         show_explained, &e, fail);
}

/* ---- The plugin ---- */

static int ranking_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    (void)fail;
    *ret_self = (void *)(uintptr_t)host;
    return 0;
}

static int ranking_command(void *self, uint32_t index, struct wh_call *call,
                           struct wh_failure *fail)
{
    static int (*const runs[])(const struct wh_host *, struct wh_call *,
                               struct wh_failure *) = {run_rank, run_explain};
    return runs[index](self, call, fail);
}

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "ranking",
    .version = "0.1.0",
    .title = {"排名与解释", "Rankings and explanations"},
    .commands = WH_LIST(commands),
    .open = ranking_open,
    .command = ranking_command,
};
