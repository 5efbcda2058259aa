/* Objections: a unit says what is wrong with points, whoever judged it answers with reasons. Where
 * both have nodes of their own, the day of the objection goes up as a figure ("ITEM.ID" of the
 * facet `objection`; below 0 once it was answered), its words are told there, and the answer comes
 * down as a letter to the unit. */
#include <stdio.h>
#include <stdlib.h>

#include "assessment.h"
#include "letter.h"
#include "writing.h"

static const struct wh_column columns[] = {
    COLUMN("id", "编号", "Objection", WH_TEXT),
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("date", "日期", "Date", WH_DATE),
    COLUMN("item", "指标", "Item", WH_TEXT),
    COLUMN("reason", "理由", "Reason", WH_TEXT),
    COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("answer", "答复", "Answer", WH_TEXT),
    COLUMN("answered", "答复日期", "Answered", WH_DATE),
};

const struct wh_list objections_columns = WH_LIST(columns);

#define PREFIX "objection/"

struct objection {
    char id[40];
    char unit[32];
    char item[64];
    char reason[1000];
    char state[16]; /* open, upheld, rejected; answered: so much is known here */
    char answer[1000];
    int64_t day;
    int64_t answered; /* 0: not */
    int is_here;      /* the record is of this node; else its figure came up */
    int by_letter;    /* it was answered, and the record does not say so yet */
};

struct objections {
    struct objection *items; /* freed by the caller */
    uint32_t count;
    uint32_t size;
};

static struct objection *add(struct objections *all)
{
    struct objection *one;
    if (make_room(&all->items, all->count, &all->size, sizeof(*all->items)) < 0) return NULL;
    one = &all->items[all->count++];
    memset(one, 0, sizeof(*one));
    return one;
}

static struct objection *objection_of(struct objections *all, struct wh_span id)
{
    for (uint32_t i = 0; i < all->count; i++) {
        if (wh_span_equal(id, wh_span_of(all->items[i].id))) return &all->items[i];
    }
    return NULL;
}

/* ---- Reading ---- */

static int take_record(void *context, const struct wh_record_view *record)
{
    struct objection *one = add(context);
    if (!one) return WH_E_FAILED;
    one->is_here = 1;
    one->day = record->date;
    one->answered = field_number(record, "answered", 0);
    copy_text(one->id, sizeof(one->id), record->id);
    copy_text(one->unit, sizeof(one->unit), record->unit);
    copy_text(one->item, sizeof(one->item), field_text(record, "item"));
    copy_text(one->reason, sizeof(one->reason), field_text(record, "reason"));
    copy_text(one->state, sizeof(one->state), field_text(record, "outcome"));
    copy_text(one->answer, sizeof(one->answer), field_text(record, "answer"));
    return 0;
}

/* "ITEM.ID" of a node below. */
static int take_figure(void *context, const struct wh_figure *figure)
{
    struct objections *all = context;
    struct wh_span item = figure->metric, id = figure->metric;
    struct objection *one;
    if (!wh_span_equal(figure->facet, wh_span_of(KIND_OBJECTION)) || figure->value == 0) return 0;
    while (item.len > 0 && item.data[item.len - 1] != '.') item.len--;
    if (item.len == 0) return 0;
    id.data += item.len;
    id.len -= item.len;
    item.len--;
    if (objection_of(all, id)) return 0; /* a record of this node */
    one = add(all);
    if (!one) return WH_E_FAILED;
    one->day = figure->value < 0 ? -figure->value : figure->value;
    copy_text(one->id, sizeof(one->id), id);
    copy_text(one->unit, sizeof(one->unit), figure->unit);
    copy_text(one->item, sizeof(one->item), item);
    copy_text(one->state, sizeof(one->state), wh_span_of(figure->value < 0 ? "answered" : "open"));
    return 0;
}

static int take_letter(void *context, const struct wh_published *published)
{
    struct wh_span id = published->name;
    struct objection *one;
    char digits[24];
    id.data += sizeof(PREFIX) - 1;
    id.len -= sizeof(PREFIX) - 1;
    one = objection_of(context, id);
    if (!one || (one->is_here && strcmp(one->state, "open") != 0)) return 0;
    copy_text(one->state, sizeof(one->state), letter_value(published->value, "outcome"));
    copy_text(one->answer, sizeof(one->answer), letter_body(published->value));
    copy_text(digits, sizeof(digits), letter_value(published->value, "answered"));
    one->answered = strtoll(digits, NULL, 10);
    one->by_letter = 1;
    return 0;
}

/* Those of `year` (0: of all) at and below `under`. */
static int read_objections(const struct talk *talk, struct wh_span under, uint32_t year,
                           struct objections *ret)
{
    const struct wh_host *host = talk->host;
    struct known_units units;
    int rc = read_units(host, under, &units, talk->fail);
    memset(ret, 0, sizeof(*ret));
    for (uint32_t i = 0; rc >= 0 && i < units.count; i++) {
        rc = host->records(host->self, wh_span_of(KIND_OBJECTION), wh_span_of(units.items[i].code),
                           year ? first_day_of(year) : INT32_MIN,
                           year ? last_day_of(year) : INT32_MAX, take_record, ret, talk->fail);
    }
    free(units.items);
    if (rc >= 0) rc = host->figures(host->self, under, 1, year, take_figure, ret, talk->fail);
    if (rc >= 0) {
        rc = host->published(host->self, wh_span_of(PREFIX), take_letter, ret, talk->fail);
    }
    return rc < 0 ? rc : 0;
}

/* ---- Measuring: the day of each ---- */

int measure_objections(const struct wh_host *host, const struct wh_cell *cell,
                       struct wh_failure *fail)
{
    struct objections all = {NULL, 0, 0};
    int rc = host->records(host->self, cell->kind, cell->unit, cell->first_day, cell->last_day,
                           take_record, &all, fail);
    for (uint32_t i = 0; rc >= 0 && i < all.count; i++) {
        const struct objection *one = &all.items[i];
        int is_open = strcmp(one->state, "open") == 0;
        char name[120];
        (void)snprintf(name, sizeof(name), "%s.%s", one->item, one->id);
        rc = host->metric_set(host->self, wh_span_of(name), is_open ? one->day : -one->day, fail);
    }
    free(all.items);
    return rc < 0 ? rc : 0;
}

/* ---- Listing ---- */

static int show(const struct talk *talk, const struct objection *one)
{
    struct wh_value row[8];
    row[0] = wh_value_text(wh_span_of(one->id));
    row[1] = wh_value_text(wh_span_of(one->unit));
    row[2] = wh_value_number(WH_DATE, one->day);
    row[3] = wh_value_text(wh_span_of(one->item));
    row[4] = text_or_null(wh_span_of(one->reason));
    row[5] = wh_value_text(wh_span_of(one->state));
    row[6] = text_or_null(wh_span_of(one->answer));
    row[7] = one->answered != 0 ? wh_value_number(WH_DATE, one->answered) : wh_value_null();
    return talk->host->reply_row(talk->call, row, 8, talk->fail);
}

int run_objections(const struct talk *talk)
{
    struct objections all;
    uint32_t elsewhere = 0;
    int rc = tell_words(talk, "state", objection_words);
    if (rc < 0) return rc;
    rc = read_objections(talk, given_text(talk, "under"), given_year(talk), &all);
    for (uint32_t i = 0; rc == 0 && i < all.count; i++) {
        if (is_given(talk, "open") && strcmp(all.items[i].state, "open") != 0) continue;
        elsewhere += !all.items[i].is_here;
        rc = show(talk, &all.items[i]);
    }
    free(all.items);
    if (rc < 0 || elsewhere == 0) return rc;
    return remark(talk, "%u 件异议的理由只在该单位的节点上，请向其了解；由考核该单位的节点答复",
                  "the reasons of %u stand on the unit's own node alone: ask there; the node that "
                  "judges the unit answers",
                  elsewhere);
}

/* ---- Objecting ---- */

static int check_judged(const struct talk *talk, const struct known_unit *unit, uint32_t year,
                        const struct judged_items *items)
{
    int32_t item = judged_item_of(items, given_text(talk, "item"));
    struct item_points points;
    int rc;
    if (item < 0) {
        return refuse(talk, WH_E_INVALID, "指标：%s 没有这个评分项（见 wuhao assess show）",
                      "item: %s has no such judged item (see `wuhao assess show`)", unit->code);
    }
    rc = read_points_of(talk->host, unit, year, items, item, &points, talk->fail);
    if (rc < 0 || points.judged_h >= 0) return rc;
    return refuse(talk, WH_E_INVALID, "指标 %s：%s 在 %u 年还没有评分，无从提出异议",
                  "item %s: %s has no points for it in %u yet, so there is nothing to object to",
                  items->items[item].id, unit->code, year);
}

static int check_item(const struct talk *talk, const struct known_unit *unit, uint32_t year)
{
    struct judged_items items;
    int rc = read_judged_items(talk->host, unit->level, year, &items, talk->fail);
    if (rc == 0) rc = check_judged(talk, unit, year, &items);
    free(items.items);
    return rc;
}

/* One objection to an item at a time. */
static int check_none_open(const struct talk *talk, const struct known_unit *unit, uint32_t year)
{
    struct wh_span item = given_text(talk, "item");
    struct objections all;
    int rc = read_objections(talk, wh_span_of(unit->code), year, &all);
    for (uint32_t i = 0; rc == 0 && i < all.count; i++) {
        const struct objection *one = &all.items[i];
        if (strcmp(one->unit, unit->code) != 0 || strcmp(one->state, "open") != 0 ||
            !wh_span_equal(item, wh_span_of(one->item))) {
            continue;
        }
        rc = refuse(talk, WH_E_INVALID, "指标 %s：已有待复核的异议 %s",
                    "item %s: objection %s to it is open already", one->item, one->id);
    }
    free(all.items);
    return rc;
}

int run_object(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct known_unit unit;
    struct wh_record_id id;
    int64_t day = given_day(talk);
    int rc = given_unit(talk, "unit", &unit);
    if (rc == 0 && day > host->today(host->self)) {
        rc = refuse(talk, WH_E_INVALID, "日期：不能晚于今天", "date: it can't lie in the future");
    }
    if (rc == 0) rc = check_item(talk, &unit, (uint32_t)year_of(day));
    if (rc == 0) rc = check_own_voice(talk, &unit);
    if (rc == 0) rc = check_unlocked(talk, &unit, (uint32_t)year_of(day));
    if (rc == 0) rc = check_none_open(talk, &unit, (uint32_t)year_of(day));
    if (rc < 0) return rc;
    put_field(&fields, "item", given_text(talk, "item"));
    put_field(&fields, "reason", given_text(talk, "reason"));
    put_field(&fields, "outcome", wh_span_of("open"));
    rc = host->record_add(host->self, wh_span_of(KIND_OBJECTION), wh_span_of(unit.code), day,
                          list_of_fields(&fields), &id, talk->fail);
    return rc < 0 ? rc : reply_word(talk, id.text);
}

/* ---- Answering ---- */

static int check_answer(const struct talk *talk, const struct objection *one)
{
    uint32_t year = (uint32_t)year_of(one->day);
    struct judged_items items;
    struct known_unit unit;
    int rc = find_unit(talk->host, wh_span_of(one->unit), &unit, talk->fail);
    if (rc < 0) return rc;
    rc = read_judged_items(talk->host, unit.level, year, &items, talk->fail);
    free(items.items);
    if (rc == 0) rc = check_assessor(talk, &unit, items.assessor);
    if (rc == 0 && is_given(talk, "uphold")) rc = check_unlocked(talk, &unit, year);
    return rc;
}

static int write_answer(const struct talk *talk, const struct objection *one, const char *outcome,
                        struct wh_span answer, int64_t answered)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    char day[DAY_TEXT_SIZE];
    put_field(&fields, "outcome", wh_span_of(outcome));
    put_field(&fields, "answer", answer);
    put_field(&fields, "answered", day_text(answered, day));
    return host->record_edit(host->self, wh_span_of(one->id), list_of_fields(&fields), talk->fail);
}

static int answer_here(const struct talk *talk, const struct objection *one, const char *outcome)
{
    return write_answer(talk, one, outcome, given_text(talk, "reason"),
                        talk->host->today(talk->host->self));
}

int follow_answers(const struct wh_host *host, struct wh_failure *fail)
{
    struct talk talk = {host, NULL, fail};
    struct objections all;
    int rc = read_objections(&talk, host->home(host->self), 0, &all);
    for (uint32_t i = 0; rc >= 0 && i < all.count; i++) {
        const struct objection *one = &all.items[i];
        if (!one->is_here || !one->by_letter) continue;
        rc = write_answer(&talk, one, one->state, wh_span_of(one->answer), one->answered);
    }
    free(all.items);
    return rc < 0 ? rc : 0;
}

static int answer_below(const struct talk *talk, const struct objection *one, const char *outcome)
{
    const struct wh_host *host = talk->host;
    struct text letter = {.len = 0};
    char name[sizeof(PREFIX) + sizeof(one->id)], digits[24];
    struct wh_span value;
    int rc;
    (void)snprintf(name, sizeof(name), PREFIX "%s", one->id);
    (void)snprintf(digits, sizeof(digits), "%lld", (long long)host->today(host->self));
    letter_put(&letter, "outcome", wh_span_of(outcome));
    letter_put(&letter, "answered", wh_span_of(digits));
    letter_end(&letter, given_text(talk, "reason"));
    value.data = letter.data;
    value.len = letter.len;
    rc = letter.failed ? WH_E_FAILED
                       : host->publish(host->self, wh_span_of(one->unit), wh_span_of(name), value,
                                       talk->fail);
    text_free(&letter);
    return rc;
}

int run_review(const struct talk *talk)
{
    const char *outcome = is_given(talk, "uphold") ? "upheld" : "rejected";
    struct wh_span id = given_text(talk, "objection");
    struct objections all;
    struct objection *one;
    int rc = read_objections(talk, wh_span_of(""), 0, &all);
    one = rc == 0 ? objection_of(&all, id) : NULL;
    if (rc == 0 && (!one || strcmp(one->state, "open") != 0)) {
        rc = refuse(talk, WH_E_INVALID, "%.*s：不是待复核的异议（见 wuhao assess objections）",
                    "%.*s: it is no open objection (see `wuhao assess objections`)", (int)id.len,
                    id.data);
    }
    if (rc == 0) rc = check_answer(talk, one);
    if (rc == 0) {
        rc = one->is_here ? answer_here(talk, one, outcome) : answer_below(talk, one, outcome);
    }
    free(all.items);
    if (rc == 0) rc = reply_word(talk, outcome);
    if (rc < 0 || !is_given(talk, "uphold")) return rc;
    return remark(talk, "请用 wuhao assess judge 登记新的得分",
                  "enter the new points with `wuhao assess judge`");
}
