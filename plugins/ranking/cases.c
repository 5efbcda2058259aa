/* `commend spread`, `commend recall`, `commend cases`: typical cases, found in one place and shown
 * to all below it (domain.md D34). Of a record of the ledger `merit` only what may be published
 * leaves its node: the subject, and what the fields public_name and public_text hold.
 *
 * Its form is text, as that of a ranking: "case 1", NAME=VALUE lines, an empty line, the story. One
 * that was recalled is "case 0" alone, since what was published is never deleted. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ranking.h"
#include "text.h"

#define PREFIX "case/"
#define SHOWN "case 1\n"
#define RECALLED "case 0\n"

static const struct wh_column columns[] = {
    COLUMN("record", "编号", "Record", WH_TEXT),
    COLUMN("from", "发布单位", "From", WH_TEXT),
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "单位名称", "Name", WH_TEXT),
    COLUMN("what", "类别", "What", WH_TEXT),
    COLUMN("grade", "级别", "Grade", WH_TEXT),
    COLUMN("date", "日期", "Date", WH_DATE),
    COLUMN("subject", "名称", "Subject", WH_TEXT),
    COLUMN("person", "公开姓名", "Name published", WH_TEXT),
    COLUMN("text", "公开事迹", "Story", WH_TEXT),
};

const struct wh_list cases_columns = WH_LIST(columns);

static const struct wh_choice titles[] = {
    {"case_collective", {"集体典型", "Case of a collective"}},
    {"case_individual", {"个人典型", "Case of a person"}},
    {"award_collective", {"集体表彰", "Award of a collective"}},
    {"award_individual", {"个人表彰", "Award of a person"}},
    {"township", {"乡镇级", "Township"}},
    {"county", {"县级", "County"}},
    {"city", {"市级", "City"}},
    {"province", {"省级", "Province"}},
    {"national", {"国家级", "National"}},
};

struct wh_title merit_title(const char *word)
{
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++) {
        if (strcmp(titles[i].id, word) == 0) return titles[i].title;
    }
    return (struct wh_title){word, word};
}

/* ---- Spreading ---- */

/* The record of the ledger, as it is now; where it is withdrawn `found` stays 0. */
struct merit {
    struct wh_span id;
    char unit[32];
    char name[128];
    int64_t date;
    int found;
    int told; /* it has a story that may be published */
    struct text page;
};

static int take_place(void *context, const struct wh_record_view *record)
{
    struct merit *merit = context;
    if (!wh_span_equal(record->kind, wh_span_of("merit"))) return 0;
    copy_text(merit->unit, sizeof(merit->unit), record->unit);
    merit->date = record->date;
    return 0;
}

static void put_named(struct text *page, const char *name, struct wh_span text)
{
    text_print(page, "%s=%.*s\n", name, (int)text.len, text.data ? text.data : "");
}

static int take_merit(void *context, const struct wh_record_view *record)
{
    struct merit *merit = context;
    struct wh_span story = field_text(record, "public_text");
    if (!wh_span_equal(record->id, merit->id)) return 0;
    merit->found = 1;
    merit->told = story.len > 0;
    text_print(&merit->page, SHOWN "date=%" PRId64 "\n", record->date);
    put_named(&merit->page, "unit", record->unit);
    put_named(&merit->page, "name", wh_span_of(merit->name));
    put_named(&merit->page, "what", field_text(record, "what"));
    put_named(&merit->page, "grade", field_text(record, "grade"));
    put_named(&merit->page, "subject", field_text(record, "subject"));
    put_named(&merit->page, "person", field_text(record, "public_name"));
    text_print(&merit->page, "\n%.*s", (int)story.len, story.data ? story.data : "");
    return 1;
}

static int read_merit(const struct talk *talk, struct merit *ret)
{
    const struct wh_host *host = talk->host;
    struct known_unit unit;
    int rc;
    memset(ret, 0, sizeof(*ret));
    ret->id = given_text(talk, "record");
    rc = host->record(host->self, ret->id, take_place, ret, talk->fail);
    if (rc < 0 && rc != WH_E_NOT_FOUND && rc != WH_E_NOT_PERMITTED) return rc;
    if (ret->unit[0] && find_unit(host, wh_span_of(ret->unit), &unit, talk->fail) == 0) {
        copy_text(ret->name, sizeof(ret->name), wh_span_of(unit.name));
    }
    if (ret->unit[0]) {
        rc = host->records(host->self, wh_span_of("merit"), wh_span_of(ret->unit), ret->date,
                           ret->date, take_merit, ret, talk->fail);
        if (rc < 0) return rc;
    }
    if (!ret->found) {
        return refuse(talk, WH_E_NOT_FOUND, "%.*s：没有这条典型记录（见 wuhao list merit）",
                      "%.*s: there is no such case (see `wuhao list merit`)", (int)ret->id.len,
                      ret->id.data);
    }
    return 0;
}

static int publish_case(const struct talk *talk, struct wh_span id, struct wh_span value)
{
    char name[64] = PREFIX;
    copy_text(name + sizeof(PREFIX) - 1, sizeof(name) - sizeof(PREFIX) + 1, id);
    return talk->host->publish(talk->host->self, wh_span_of(""), wh_span_of(name), value,
                               talk->fail);
}

int run_spread(const struct talk *talk)
{
    struct merit merit;
    struct wh_span value;
    int rc = read_merit(talk, &merit);
    if (rc == 0 && !merit.told) {
        rc = refuse(talk, WH_E_INVALID,
                    "%.*s：没有公开事迹（先用 wuhao edit %.*s public_text=... 写明，须经本人同意）",
                    "%.*s: it has no story that may be published (give it one with `wuhao edit "
                    "%.*s public_text=...`, with consent)",
                    (int)merit.id.len, merit.id.data, (int)merit.id.len, merit.id.data);
    }
    if (rc == 0 && merit.page.failed) rc = WH_E_FAILED;
    value.data = merit.page.data;
    value.len = merit.page.len;
    if (rc == 0) rc = publish_case(talk, merit.id, value);
    text_free(&merit.page);
    if (rc < 0) return rc;
    return remark(talk, "已推广到下级", "it is shown to all below now");
}

/* ---- Showing ---- */

struct showing {
    const struct talk *talk;
    struct wh_span id; /* empty: all, without their stories */
    uint32_t shown;
};

static struct wh_span line_of_text(struct wh_span *left)
{
    struct wh_span line = *left;
    const char *end = left->len > 0 ? memchr(left->data, '\n', left->len) : NULL;
    if (end) line.len = (uint64_t)(end - left->data);
    left->data += line.len + (end ? 1 : 0);
    left->len -= line.len + (end ? 1 : 0);
    return line;
}

static struct wh_value named(struct wh_span head, const char *name)
{
    size_t len = strlen(name);
    while (head.len > 0) {
        struct wh_span line = line_of_text(&head);
        if (line.len <= len || memcmp(line.data, name, len) != 0 || line.data[len] != '=') continue;
        line.data += len + 1;
        line.len -= len + 1;
        return text_or_null(line);
    }
    return wh_value_null();
}

static struct wh_value day_value(struct wh_span head)
{
    char digits[24];
    copy_text(digits, sizeof(digits), named(head, "date").text);
    return wh_value_number(WH_DATE, strtoll(digits, NULL, 10));
}

static struct wh_span id_of(const struct wh_published *published)
{
    struct wh_span id = published->name;
    id.data += sizeof(PREFIX) - 1;
    id.len -= sizeof(PREFIX) - 1;
    return id;
}

static int is_shown(const struct wh_published *published)
{
    struct wh_span first = wh_span_of(SHOWN);
    return published->value.len > first.len &&
           memcmp(published->value.data, first.data, first.len) == 0;
}

static int show_case(void *context, const struct wh_published *published)
{
    struct showing *showing = context;
    const struct talk *talk = showing->talk;
    struct wh_span left = published->value, id = id_of(published), head = left;
    struct wh_value row[10];
    if (!is_shown(published)) return 0;
    if (showing->id.len > 0 && !wh_span_equal(showing->id, id)) return 0;
    showing->shown++;
    while (left.len > 0 && line_of_text(&left).len > 0) {
    }
    head.len -= left.len;
    row[0] = wh_value_text(id);
    row[1] = wh_value_text(published->origin);
    row[2] = named(head, "unit");
    row[3] = named(head, "name");
    row[4] = named(head, "what");
    row[5] = named(head, "grade");
    row[6] = day_value(head);
    row[7] = named(head, "subject");
    row[8] = named(head, "person");
    row[9] = showing->id.len > 0 ? text_or_null(left) : wh_value_null();
    return talk->host->reply_row(talk->call, row, 10, talk->fail);
}

int run_cases(const struct talk *talk)
{
    const struct wh_list words = WH_LIST(titles);
    struct showing showing = {talk, given_text(talk, "record"), 0};
    int rc = tell_words(talk, "what", words);
    if (rc == 0) rc = tell_words(talk, "grade", words);
    if (rc == 0) {
        rc = talk->host->published(talk->host->self, wh_span_of(PREFIX), show_case, &showing,
                                   talk->fail);
    }
    if (rc < 0 || showing.shown > 0 || showing.id.len == 0) return rc < 0 ? rc : 0;
    return refuse(talk, WH_E_NOT_FOUND, "%.*s：没有推广这个典型（见 wuhao commend cases）",
                  "%.*s: no such case was spread (see `wuhao commend cases`)", (int)showing.id.len,
                  showing.id.data);
}

/* ---- Recalling ---- */

struct own {
    struct wh_span id;
    struct wh_span home;
    int found;
};

static int take_own(void *context, const struct wh_published *published)
{
    struct own *own = context;
    own->found |= is_shown(published) && wh_span_equal(published->origin, own->home) &&
                  wh_span_equal(id_of(published), own->id);
    return 0;
}

int run_recall(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct own own = {given_text(talk, "record"), host->home(host->self), 0};
    int rc = host->published(host->self, wh_span_of(PREFIX), take_own, &own, talk->fail);
    if (rc < 0) return rc;
    if (own.found) {
        rc = publish_case(talk, own.id, wh_span_of(RECALLED));
        return rc < 0 ? rc : remark(talk, "已撤回", "it is shown no more");
    }
    return refuse(talk, WH_E_NOT_FOUND, "%.*s：本节点没有推广这个典型（见 wuhao commend cases）",
                  "%.*s: this node has not spread such a case (see `wuhao commend cases`)",
                  (int)own.id.len, own.id.data);
}
