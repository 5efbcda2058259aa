/* Points to be looked at: judged beside self-assessed. */
#include "assessment.h"

#include <stdlib.h>

static const struct wh_column show[] = {
    COLUMN("item", "指标", "Item", WH_TEXT),
    COLUMN("title", "名称", "Title", WH_TEXT),
    COLUMN("full", "满分", "Full", WH_DECIMAL),
    COLUMN("self", "自评", "Self", WH_DECIMAL),
    COLUMN("points", "评分", "Points", WH_DECIMAL),
    COLUMN("difference", "差异", "Difference", WH_DECIMAL),
    COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("by", "考核单位", "Assessed by", WH_TEXT),
    COLUMN("assessors", "考核人数", "Assessors", WH_INTEGER),
    COLUMN("reason", "理由", "Reason", WH_TEXT),
    COLUMN("evidence", "依据", "Evidence", WH_TEXT),
};
static const struct wh_column list[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("kind", "类型", "Kind", WH_TEXT),
    COLUMN("items", "评分项", "Items", WH_INTEGER),
    COLUMN("judged", "已评", "Judged", WH_INTEGER),
    COLUMN("self", "自评", "Self", WH_DECIMAL),
    COLUMN("points", "评分", "Points", WH_DECIMAL),
    COLUMN("difference", "差异", "Difference", WH_DECIMAL),
    COLUMN("state", "状态", "State", WH_TEXT),
};
const struct wh_list show_columns = WH_LIST(show);
const struct wh_list list_columns = WH_LIST(list);

static const struct wh_choice states[] = {
    {"open", {"待评", "Open"}},
    {"judged", {"已评", "Judged"}},
    {"locked", {"已锁定", "Locked"}},
};

/* One unit's sheet for a year. */
struct sheet {
    struct known_unit unit;
    struct judged_items items;
    struct item_points *points;
    int32_t locked;
};

static int read_sheet(const struct talk *talk, uint32_t year, struct sheet *sheet)
{
    int rc = read_judged_items(talk->host, sheet->unit.level, year, &sheet->items, talk->fail);
    if (rc < 0) return rc;
    sheet->points = calloc(sheet->items.count + 1u, sizeof(*sheet->points));
    if (!sheet->points) return WH_E_FAILED;
    return read_points(talk->host, &sheet->unit, year, &sheet->items, sheet->points, &sheet->locked,
                       talk->fail);
}

static void free_sheet(struct sheet *sheet)
{
    free(sheet->items.items);
    free(sheet->points);
    sheet->items.items = NULL;
    sheet->points = NULL;
}

static struct wh_value difference(int64_t self_h, int64_t judged_h)
{
    if (self_h < 0 || judged_h < 0) return wh_value_null();
    return wh_value_number(WH_DECIMAL, judged_h - self_h);
}

static struct wh_value state_of(const struct sheet *sheet, uint32_t judged, uint32_t items)
{
    if (sheet->locked) return wh_value_text(wh_span_of("locked"));
    return wh_value_text(wh_span_of(items > 0 && judged == items ? "judged" : "open"));
}

/* ---- One unit ---- */

struct words_on_item {
    struct wh_span item;
    uint32_t count;
    char reason[1000];
    char evidence[600];
};

static int take_word(void *context, const struct wh_record_view *record)
{
    struct words_on_item *words = context;
    if (!wh_span_equal(field_text(record, "item"), words->item)) return 0;
    words->count++;
    copy_text(words->reason, sizeof(words->reason), field_text(record, "reason"));
    copy_text(words->evidence, sizeof(words->evidence), field_text(record, "evidence"));
    return 0;
}

/* The words of whose points count, where they are of this node. */
static int show_item(const struct talk *talk, const struct sheet *sheet, uint32_t year, uint32_t i)
{
    const struct wh_host *host = talk->host;
    const struct judged_item *item = &sheet->items.items[i];
    const struct item_points *points = &sheet->points[i];
    struct words_on_item words = {.item = wh_span_of(item->id)};
    const char *title = host->language(talk->call) == 0 ? item->zh : item->en;
    struct wh_value row[11];
    int rc = 0;
    if (wh_span_equal(host->home(host->self), wh_span_of(points->by))) {
        rc = host->records(host->self, wh_span_of(KIND_JUDGEMENT), wh_span_of(sheet->unit.code),
                           first_day_of(year), last_day_of(year), take_word, &words, talk->fail);
    }
    if (rc < 0) return rc;
    row[0] = wh_value_text(wh_span_of(item->id));
    row[1] = wh_value_text(wh_span_of(title));
    row[2] = wh_value_number(WH_DECIMAL, item->points_h);
    row[3] = number_or_null(WH_DECIMAL, points->self_h);
    row[4] = number_or_null(WH_DECIMAL, points->judged_h);
    row[5] = difference(points->self_h, points->judged_h);
    row[6] = state_of(sheet, points->judged_h >= 0, 1);
    row[7] = text_or_null(wh_span_of(points->by));
    row[8] = words.count > 0 ? wh_value_number(WH_INTEGER, words.count) : wh_value_null();
    row[9] = text_or_null(wh_span_of(words.reason));
    row[10] = text_or_null(wh_span_of(words.evidence));
    return host->reply_row(talk->call, row, 11, talk->fail);
}

int run_show(const struct talk *talk)
{
    const struct wh_list titles = WH_LIST(states);
    struct sheet sheet;
    uint32_t year = given_year(talk);
    int rc;
    memset(&sheet, 0, sizeof(sheet));
    rc = tell_words(talk, "state", titles);
    if (rc == 0) rc = given_unit(talk, "unit", &sheet.unit);
    if (rc == 0) rc = read_sheet(talk, year, &sheet);
    for (uint32_t i = 0; rc == 0 && i < sheet.items.count; i++) {
        rc = show_item(talk, &sheet, year, i);
    }
    if (rc == 0 && sheet.items.count == 0) {
        rc = remark(talk, "%u 年的方案对 %s 没有评分项",
                    "the programme of %u has no judged items for %s", year, sheet.unit.code);
    }
    free_sheet(&sheet);
    return rc;
}

/* ---- All units ---- */

static int list_unit(const struct talk *talk, const struct sheet *sheet)
{
    int64_t self_h = -1, judged_h = -1;
    uint32_t judged = 0;
    struct wh_value row[9];
    for (uint32_t i = 0; i < sheet->items.count; i++) {
        const struct item_points *points = &sheet->points[i];
        if (points->self_h >= 0) self_h = (self_h < 0 ? 0 : self_h) + points->self_h;
        if (points->judged_h < 0) continue;
        judged_h = (judged_h < 0 ? 0 : judged_h) + points->judged_h;
        judged++;
    }
    row[0] = wh_value_text(wh_span_of(sheet->unit.code));
    row[1] = wh_value_text(wh_span_of(sheet->unit.name));
    row[2] = wh_value_text(wh_span_of(sheet->unit.kind));
    row[3] = wh_value_number(WH_INTEGER, sheet->items.count);
    row[4] = wh_value_number(WH_INTEGER, judged);
    row[5] = number_or_null(WH_DECIMAL, self_h);
    row[6] = number_or_null(WH_DECIMAL, judged_h);
    row[7] = difference(self_h, judged_h);
    row[8] = state_of(sheet, judged, sheet->items.count);
    return talk->host->reply_row(talk->call, row, 9, talk->fail);
}

static int is_shown(const struct talk *talk, const struct sheet *sheet, uint32_t year)
{
    int64_t day = day_of_count(talk->host, year);
    if (sheet->items.count == 0 || !unit_existed(&sheet->unit, day, day)) return 0;
    if (!is_given(talk, "open") || sheet->locked) return !is_given(talk, "open");
    for (uint32_t i = 0; i < sheet->items.count; i++) {
        if (sheet->points[i].judged_h < 0) return 1;
    }
    return 0;
}

int run_list(const struct talk *talk)
{
    const struct wh_list titles = WH_LIST(states);
    uint32_t year = given_year(talk);
    struct known_units units;
    int rc = read_units(talk->host, given_text(talk, "under"), &units, talk->fail);
    if (rc == 0) rc = tell_words(talk, "state", titles);
    for (uint32_t i = 0; rc == 0 && i < units.count; i++) {
        struct sheet sheet;
        memset(&sheet, 0, sizeof(sheet));
        sheet.unit = units.items[i];
        rc = read_sheet(talk, year, &sheet);
        if (rc == 0 && is_shown(talk, &sheet, year)) rc = list_unit(talk, &sheet);
        free_sheet(&sheet);
    }
    free(units.items);
    return rc;
}
