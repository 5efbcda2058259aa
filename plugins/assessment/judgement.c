/* Entering points: who may, on what, within which bounds, and that the year is open. */
#include "assessment.h"
#include "writing.h"

#include <stdio.h>
#include <stdlib.h>

/* One entry on its way into a record. */
struct entry {
    struct known_unit unit;
    struct judged_items items;
    int32_t item;
    int64_t points_h;
    int64_t day;
    uint32_t year;
};

/* ---- What is entered ---- */

static int read_item(const struct talk *talk, struct entry *entry)
{
    struct wh_span id = given_text(talk, "item");
    char full[POINTS_TEXT_SIZE];
    entry->item = judged_item_of(&entry->items, id);
    if (entry->items.count == 0) {
        return refuse(talk, WH_E_INVALID, "单位 %s：%u 年的方案对其没有评分项",
                      "unit %s: the programme of %u has no judged item for it", entry->unit.code,
                      entry->year);
    }
    if (entry->item < 0) {
        return refuse(talk, WH_E_INVALID, "指标 %.*s：不是评分项（可用：%s%s%s）",
                      "item %.*s: it is not judged (use %s%s%s)", (int)id.len, id.data,
                      entry->items.items[0].id, entry->items.count > 1 ? ", " : "",
                      entry->items.count > 1 ? entry->items.items[1].id : "");
    }
    entry->points_h = given_number(talk, "points", -1);
    points_text(entry->items.items[entry->item].points_h, full);
    if (entry->points_h >= 0 && entry->points_h <= entry->items.items[entry->item].points_h) {
        return 0;
    }
    return refuse(talk, WH_E_INVALID, "得分：指标 %s 应在 0 到 %s 之间",
                  "points: item %s takes 0 to %s", entry->items.items[entry->item].id, full);
}

static int check_open(const struct talk *talk, const struct entry *entry)
{
    struct item_points *points = calloc(entry->items.count + 1u, sizeof(*points));
    int32_t locked = 0;
    int rc = points ? read_points(talk->host, &entry->unit, entry->year, &entry->items, points,
                                  &locked, talk->fail)
                    : WH_E_FAILED;
    free(points);
    if (rc < 0 || !locked) return rc;
    return refuse(talk, WH_E_NOT_PERMITTED, "单位 %s：%u 年已验收，评分已锁定",
                  "unit %s: %u was accepted, its points are locked", entry->unit.code, entry->year);
}

static int read_entry(const struct talk *talk, struct entry *ret)
{
    int rc = given_unit(talk, "unit", &ret->unit);
    ret->day = given_day(talk);
    ret->year = (uint32_t)year_of(ret->day);
    if (rc == 0 && ret->day > talk->host->today(talk->host->self)) {
        rc = refuse(talk, WH_E_INVALID, "日期：不能晚于今天", "date: it can't lie in the future");
    }
    if (rc == 0) {
        rc = read_judged_items(talk->host, ret->unit.level, ret->year, &ret->items, talk->fail);
    }
    if (rc == 0) rc = read_item(talk, ret);
    if (rc == 0) rc = check_open(talk, ret);
    return rc;
}

/* ---- Writing ---- */

/* The record of this assessor, item and year, if there is one. */
struct former {
    struct wh_span item;
    struct wh_span assessor;
    char id[40];
};

static int find_former(void *context, const struct wh_record_view *record)
{
    struct former *former = context;
    if (wh_span_equal(field_text(record, "item"), former->item) &&
        wh_span_equal(field_text(record, "assessor"), former->assessor)) {
        copy_text(former->id, sizeof(former->id), record->id);
    }
    return 0;
}

static int write_entry(const struct talk *talk, const struct entry *entry, const char *kind,
                       struct fields *fields)
{
    const struct wh_host *host = talk->host;
    struct former former = {.item = wh_span_of(entry->items.items[entry->item].id),
                            .assessor = given_text(talk, "assessor")};
    struct wh_record_id id;
    char day[DAY_TEXT_SIZE];
    int rc = host->records(host->self, wh_span_of(kind), wh_span_of(entry->unit.code),
                           first_day_of(entry->year), last_day_of(entry->year), find_former,
                           &former, talk->fail);
    if (rc < 0) return rc;
    if (former.id[0]) {
        put_field(fields, "date", day_text(entry->day, day));
        rc = host->record_edit(host->self, wh_span_of(former.id), list_of_fields(fields),
                               talk->fail);
        return rc < 0 ? rc : reply_word(talk, former.id);
    }
    rc = host->record_add(host->self, wh_span_of(kind), wh_span_of(entry->unit.code), entry->day,
                          list_of_fields(fields), &id, talk->fail);
    return rc < 0 ? rc : reply_word(talk, id.text);
}

static int enter(const struct talk *talk, const struct entry *entry, const char *kind)
{
    struct fields fields = {.count = 0};
    char points[POINTS_TEXT_SIZE];
    put_field(&fields, "item", wh_span_of(entry->items.items[entry->item].id));
    put_field(&fields, "points", points_text(entry->points_h, points));
    put_field(&fields, "reason", given_text(talk, "reason"));
    put_field(&fields, "evidence", given_text(talk, "evidence"));
    if (is_given(talk, "assessor")) put_field(&fields, "assessor", given_text(talk, "assessor"));
    return write_entry(talk, entry, kind, &fields);
}

int run_judge(const struct talk *talk)
{
    struct entry entry;
    int rc;
    memset(&entry, 0, sizeof(entry));
    rc = read_entry(talk, &entry);
    if (rc == 0) rc = check_assessor(talk, &entry.unit, entry.items.assessor);
    if (rc == 0) rc = enter(talk, &entry, KIND_JUDGEMENT);
    free(entry.items.items);
    return rc;
}

int run_self(const struct talk *talk)
{
    struct entry entry;
    int rc;
    memset(&entry, 0, sizeof(entry));
    rc = read_entry(talk, &entry);
    if (rc == 0) rc = enter(talk, &entry, KIND_SELF);
    free(entry.items.items);
    return rc;
}

/* ---- Objections ---- */

int run_object(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct entry entry;
    struct wh_record_id id;
    int rc;
    memset(&entry, 0, sizeof(entry));
    rc = given_unit(talk, "unit", &entry.unit);
    entry.day = given_day(talk);
    entry.year = (uint32_t)year_of(entry.day);
    if (rc == 0) {
        rc = read_judged_items(host, entry.unit.level, entry.year, &entry.items, talk->fail);
    }
    entry.item = judged_item_of(&entry.items, given_text(talk, "item"));
    if (rc == 0 && entry.item < 0) {
        rc = refuse(talk, WH_E_INVALID, "指标：%s 没有这个评分项（见 wuhao assess show）",
                    "item: %s has no such judged item (see `wuhao assess show`)", entry.unit.code);
    }
    free(entry.items.items);
    if (rc < 0) return rc;
    put_field(&fields, "item", given_text(talk, "item"));
    put_field(&fields, "reason", given_text(talk, "reason"));
    put_field(&fields, "outcome", wh_span_of("open"));
    rc = host->record_add(host->self, wh_span_of(KIND_OBJECTION), wh_span_of(entry.unit.code),
                          entry.day, list_of_fields(&fields), &id, talk->fail);
    return rc < 0 ? rc : reply_word(talk, id.text);
}

static int is_open(void *context, const struct wh_record_view *record)
{
    int *open = context;
    *open = wh_span_equal(record->kind, wh_span_of(KIND_OBJECTION)) &&
            wh_span_equal(field_text(record, "outcome"), wh_span_of("open"));
    return 1;
}

int run_review(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct wh_span id = given_text(talk, "objection");
    char day[DAY_TEXT_SIZE];
    int open = 0;
    int rc = host->record(host->self, id, is_open, &open, talk->fail);
    if (rc < 0) return rc;
    if (!open) {
        return refuse(talk, WH_E_INVALID, "%.*s：不是待复核的异议（见 wuhao assess objections）",
                      "%.*s: it is no open objection (see `wuhao assess objections`)", (int)id.len,
                      id.data);
    }
    put_field(&fields, "outcome", wh_span_of(is_given(talk, "uphold") ? "upheld" : "rejected"));
    put_field(&fields, "answer", given_text(talk, "reason"));
    put_field(&fields, "answered", day_text(host->today(host->self), day));
    rc = host->record_edit(host->self, id, list_of_fields(&fields), talk->fail);
    if (rc < 0) return rc;
    if (!is_given(talk, "uphold")) return reply_word(talk, "rejected");
    rc = reply_word(talk, "upheld");
    return rc < 0 ? rc
                  : remark(talk, "请用 wuhao assess judge 登记新的得分",
                           "enter the new points with `wuhao assess judge`");
}

int run_undo(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct wh_span id = given_text(talk, "id");
    int rc = host->record_withdraw(host->self, id, given_text(talk, "why"), talk->fail);
    if (rc < 0) return rc;
    return reply_word(talk, "withdrawn");
}
