/* The lines of a ranking: copied, shown. */
#include <stdlib.h>

#include "ranking.h"

static const struct wh_column columns[] = {
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
    COLUMN("doubts", "存疑数据", "Rows in doubt", WH_INTEGER),
    COLUMN("final", "已验收", "Final", WH_YESNO),
    COLUMN("heard", "最近报送", "Last heard", WH_TEXT),
    /* at county level alone */
    COLUMN("units_grassroots", "基层单位", "Grassroots", WH_INTEGER),
    COLUMN("units_grassroots_qualified", "基层达标", "Qualified grassroots", WH_INTEGER),
    COLUMN("share_grassroots", "基层达标率%", "Grassroots share %", WH_DECIMAL),
};

#define COLUMNS_COUNTY 18u
#define COLUMNS_OTHER 15u

/* ---- Copying ---- */

int lines_add(struct lines *lines, const struct line *line)
{
    if (make_room(&lines->items, lines->count, &lines->size, sizeof(*lines->items)) < 0) {
        return WH_E_FAILED;
    }
    lines->items[lines->count++] = *line;
    return 0;
}

struct copying {
    struct lines *lines;
    int is_past; /* doubts are known of now alone */
};

static int take_standing(void *context, const struct wh_standing *from)
{
    const struct copying *copying = context;
    struct line line = {
        .flags = from->flags,
        .rank = from->rank,
        .score_h = from->score_h,
        .units = from->units,
        .units_qualified = from->units_qualified,
        .units_grassroots = from->units_grassroots,
        .units_grassroots_qualified = from->units_grassroots_qualified,
        .complete_h = from->complete_h,
        .doubts = copying->is_past ? -1 : from->doubts,
    };
    copy_text(line.unit, sizeof(line.unit), from->unit);
    copy_text(line.name, sizeof(line.name), from->name);
    copy_text(line.kind, sizeof(line.kind), from->unit_kind);
    copy_text(line.parent, sizeof(line.parent), from->parent);
    return lines_add(copying->lines, &line);
}

int lines_read(const struct wh_host *host, const struct wh_standing_query *query, struct lines *ret,
               struct wh_failure *fail)
{
    struct copying copying = {ret, query->as_of.len > 0};
    int rc;
    memset(ret, 0, sizeof(*ret));
    rc = host->standings(host->self, query, take_standing, &copying, fail);
    if (rc >= 0) rc = lines_index(ret);
    if (rc >= 0) return 0;
    lines_free(ret);
    return rc;
}

void lines_free(struct lines *lines)
{
    free(lines->items);
    free(lines->by_unit);
    memset(lines, 0, sizeof(*lines));
}

static int compare_units(const void *a, const void *b)
{
    return strcmp((*(const struct line *const *)a)->unit, (*(const struct line *const *)b)->unit);
}

int lines_index(struct lines *lines)
{
    if (lines->count == 0) return 0;
    lines->by_unit = calloc(lines->count, sizeof(*lines->by_unit));
    if (!lines->by_unit) return WH_E_FAILED;
    for (uint32_t i = 0; i < lines->count; i++) lines->by_unit[i] = &lines->items[i];
    qsort(lines->by_unit, lines->count, sizeof(*lines->by_unit), compare_units);
    return 0;
}

static int compare_code(const void *code, const void *line)
{
    return strcmp(code, (*(const struct line *const *)line)->unit);
}

const struct line *line_of(const struct lines *lines, const char *unit)
{
    const struct line *const *found;
    if (!lines->by_unit) return NULL;
    found = bsearch(unit, lines->by_unit, lines->count, sizeof(*lines->by_unit), compare_code);
    return found ? *found : NULL;
}

/* ---- Showing ---- */

struct wh_list line_columns(uint32_t level)
{
    struct wh_list list = WH_LIST(columns);
    if (level != WH_LEVEL_COUNTY) list.count = COLUMNS_OTHER;
    return list;
}

int reply_line_columns(const struct talk *talk, uint32_t level, const struct wh_list *more)
{
    struct wh_column all[LINE_VALUES_MAX];
    struct wh_list own = line_columns(level), list = {all, own.count, sizeof(all[0])};
    memcpy(all, own.items, own.count * sizeof(all[0]));
    for (uint32_t i = 0; more && i < more->count && list.count < LINE_VALUES_MAX; i++) {
        memcpy(&all[list.count++], wh_list_at(more, i), sizeof(all[0]));
    }
    return talk->host->reply_columns(talk->call, list, talk->fail);
}

/* Percent in hundredths, rounded down; null for a share of none. */
static struct wh_value share(int64_t part, int64_t whole)
{
    return whole <= 0 ? wh_value_null() : wh_value_number(WH_DECIMAL, part * 10000 / whole);
}

static struct wh_value flag(const struct line *line, uint32_t which)
{
    return wh_value_number(WH_YESNO, (line->flags & which) != 0);
}

/* The last quarter of the year in which it was heard of; null for a silent unit. */
static struct wh_value last_heard(const struct line *line)
{
    static const char *const names[] = {"Q1", "Q2", "Q3", "Q4"};
    uint32_t heard = (line->flags & WH_STANDING_HEARD) >> WH_STANDING_HEARD_SHIFT;
    for (uint32_t i = 4; i > 0; i--) {
        if (heard & 1u << (i - 1)) return wh_value_text(wh_span_of(names[i - 1]));
    }
    return wh_value_null();
}

uint32_t line_values(const struct line *line, uint32_t level, struct wh_value ret[LINE_VALUES_MAX])
{
    int ranked = (line->flags & WH_STANDING_RANKED) != 0, county = level == WH_LEVEL_COUNTY;
    ret[0] = ranked ? wh_value_number(WH_INTEGER, line->rank) : wh_value_null();
    ret[1] = text_or_null(wh_span_of(line->unit));
    ret[2] = text_or_null(wh_span_of(line->name));
    ret[3] = text_or_null(wh_span_of(line->kind));
    ret[4] = text_or_null(wh_span_of(line->parent));
    ret[5] = number_or_null(WH_DECIMAL, line->score_h);
    ret[6] = !ranked || county ? wh_value_null() : flag(line, WH_STANDING_QUALIFIED);
    ret[7] = number_or_null(WH_INTEGER, line->units);
    ret[8] = number_or_null(WH_INTEGER, line->units_qualified);
    ret[9] = ranked ? share(line->units_qualified, line->units) : wh_value_null();
    ret[10] = number_or_null(WH_DECIMAL, line->complete_h);
    ret[11] = flag(line, WH_STANDING_TIE);
    ret[12] = number_or_null(WH_INTEGER, line->doubts);
    ret[13] = county ? wh_value_null() : flag(line, WH_STANDING_FINAL);
    ret[14] = last_heard(line);
    if (!county) return COLUMNS_OTHER;
    ret[15] = number_or_null(WH_INTEGER, line->units_grassroots);
    ret[16] = number_or_null(WH_INTEGER, line->units_grassroots_qualified);
    ret[17] =
        ranked ? share(line->units_grassroots_qualified, line->units_grassroots) : wh_value_null();
    return COLUMNS_COUNTY;
}
