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

/* ---- Evidence: links, notes, and records of this node ---- */

#define ID_CHARACTERS 26 /* of a record: a ULID */

static int is_of_id(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

static int ignore_record(void *context, const struct wh_record_view *record)
{
    (void)context;
    (void)record;
    return 1;
}

static int check_link(const struct talk *talk, struct wh_span word)
{
    struct wh_failure ignored;
    int rc;
    if (word.len != ID_CHARACTERS) return 0;
    rc = talk->host->record(talk->host->self, word, ignore_record, NULL, &ignored);
    if (rc != WH_E_NOT_FOUND) return 0;
    return refuse(talk, WH_E_NOT_FOUND, "依据 %.*s：没有这条记录（见 wuhao list）",
                  "evidence %.*s: there is no such record (see `wuhao list`)", (int)word.len,
                  word.data);
}

/* What reads as the id of a record must be one. */
static int check_evidence(const struct talk *talk)
{
    struct wh_span all = given_text(talk, "evidence");
    uint64_t begin = 0;
    int rc = 0;
    for (uint64_t i = 0; rc == 0 && i <= all.len; i++) {
        struct wh_span word = {all.data + begin, i - begin};
        if (i < all.len && is_of_id(all.data[i])) continue;
        rc = check_link(talk, word);
        begin = i + 1;
    }
    return rc;
}

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

int check_unlocked(const struct talk *talk, const struct known_unit *unit, uint32_t year)
{
    struct judged_items none = {.items = NULL};
    int32_t locked = 0;
    int rc = read_points(talk->host, unit, year, &none, NULL, &locked, talk->fail);
    if (rc < 0 || !locked) return rc;
    return refuse(
        talk, WH_E_NOT_PERMITTED, "单位 %s：%u 年的验收已有结果，评分已锁定（要改须先撤回该结果）",
        "unit %s: %u was accepted or refused, its points are locked (take that back first)",
        unit->code, year);
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
    if (rc == 0) rc = check_evidence(talk);
    if (rc == 0) rc = check_unlocked(talk, &ret->unit, ret->year);
    return rc;
}

/* ---- Writing ---- */

/* As a record keeps it: without blanks around it. */
static struct wh_span given_assessor(const struct talk *talk)
{
    struct wh_span name = given_text(talk, "assessor");
    while (name.len > 0 && (name.data[0] == ' ' || name.data[0] == '\t')) {
        name.data++;
        name.len--;
    }
    while (name.len > 0 && (name.data[name.len - 1] == ' ' || name.data[name.len - 1] == '\t')) {
        name.len--;
    }
    return name;
}

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
                            .assessor = given_assessor(talk)};
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
    if (is_given(talk, "assessor")) put_field(&fields, "assessor", given_assessor(talk));
    return write_entry(talk, entry, kind, &fields);
}

static int tell_whose_count(const struct talk *talk, const struct entry *entry)
{
    struct item_points points;
    int rc = read_points_of(talk->host, &entry->unit, entry->year, &entry->items, entry->item,
                            &points, talk->fail);
    return rc < 0 ? rc : tell_nearer(talk, &entry->unit, points.by);
}

int run_judge(const struct talk *talk)
{
    struct entry entry;
    int rc;
    memset(&entry, 0, sizeof(entry));
    rc = read_entry(talk, &entry);
    if (rc == 0) rc = check_assessor(talk, &entry.unit, entry.items.assessor);
    if (rc == 0) rc = enter(talk, &entry, KIND_JUDGEMENT);
    if (rc == 0) rc = tell_whose_count(talk, &entry);
    free(entry.items.items);
    return rc;
}

int run_self(const struct talk *talk)
{
    struct entry entry;
    int rc;
    memset(&entry, 0, sizeof(entry));
    rc = read_entry(talk, &entry);
    if (rc == 0) rc = check_own_voice(talk, &entry.unit);
    if (rc == 0) rc = enter(talk, &entry, KIND_SELF);
    free(entry.items.items);
    return rc;
}

/* ---- Taking back ---- */

struct undoing {
    char kind[64];
    char unit[32];
    int64_t date;
};

static int take_undone(void *context, const struct wh_record_view *record)
{
    struct undoing *undoing = context;
    copy_text(undoing->kind, sizeof(undoing->kind), record->kind);
    copy_text(undoing->unit, sizeof(undoing->unit), record->unit);
    undoing->date = record->date;
    return 1;
}

/* Points of a year that was accepted stay: those of the levels above, and the unit's own. */
static int check_undone(const struct talk *talk, struct wh_span id)
{
    struct undoing undoing = {"", "", 0};
    struct known_unit unit;
    int rc = talk->host->record(talk->host->self, id, take_undone, &undoing, talk->fail);
    if (rc < 0) return rc;
    if (strcmp(undoing.kind, KIND_JUDGEMENT) != 0 && strcmp(undoing.kind, KIND_SELF) != 0) return 0;
    rc = find_unit(talk->host, wh_span_of(undoing.unit), &unit, talk->fail);
    return rc < 0 ? rc : check_unlocked(talk, &unit, (uint32_t)year_of(undoing.date));
}

int run_undo(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct wh_span id = given_text(talk, "id");
    int rc = check_undone(talk, id);
    if (rc == 0) rc = host->record_withdraw(host->self, id, given_text(talk, "why"), talk->fail);
    if (rc < 0) return rc;
    return reply_word(talk, "withdrawn");
}
