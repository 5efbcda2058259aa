/* `commend spread`, `commend recall`, `commend cases`: typical cases, found in one place and shown
 * to all below it (domain.md D34). Of a record of the ledger `merit` only what may be published
 * leaves its node: what the fields public_name and public_text hold, never the subject or a person.
 * A case follows its record: it changes with it, and is recalled where that was withdrawn.
 *
 * Its form is text, as that of a ranking: "case 1", NAME=VALUE lines, an empty line, the story. One
 * that was recalled is "case 0" alone, since what was published is never deleted. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "letter.h"
#include "ranking.h"

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
    COLUMN("person", "公开姓名", "Name published", WH_TEXT),
    COLUMN("text", "公开事迹", "Story", WH_TEXT),
};

const struct wh_list cases_columns = WH_LIST(columns);

/* The choices of a field of the ledger: none where the programme has no such field. */
static struct wh_list choices_of(const struct wh_host *host, const char *name)
{
    const struct wh_kind *kind = host->kind(host->self, wh_span_of("merit"));
    struct wh_list none = {NULL, 0, sizeof(struct wh_choice)};
    for (uint32_t i = 0; kind && i < kind->fields.count; i++) {
        const struct wh_field *field = wh_list_at(&kind->fields, i);
        if (strcmp(field->name, name) == 0) return field->choices;
    }
    return none;
}

struct wh_title merit_title(const struct wh_host *host, const char *field, const char *word)
{
    const struct wh_list choices = choices_of(host, field);
    struct wh_title title = {word, word};
    for (uint32_t i = 0; i < choices.count; i++) {
        const struct wh_choice *choice = wh_list_at(&choices, i);
        if (strcmp(choice->id, word) != 0) continue;
        if (choice->title.zh) title.zh = choice->title.zh;
        if (choice->title.en) title.en = choice->title.en;
    }
    return title;
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

static int take_merit(void *context, const struct wh_record_view *record)
{
    struct merit *merit = context;
    struct wh_span story = field_text(record, "public_text");
    if (!wh_span_equal(record->id, merit->id)) return 0;
    merit->found = 1;
    merit->told = story.len > 0;
    text_print(&merit->page, SHOWN "date=%" PRId64 "\n", record->date);
    letter_put(&merit->page, "unit", record->unit);
    letter_put(&merit->page, "name", wh_span_of(merit->name));
    letter_put(&merit->page, "what", field_text(record, "what"));
    letter_put(&merit->page, "grade", field_text(record, "grade"));
    letter_put(&merit->page, "person", field_text(record, "public_name"));
    letter_end(&merit->page, story);
    return 1;
}

/* found stays 0 where there is none, or it was withdrawn. Free the page. */
static int read_merit(const struct wh_host *host, struct wh_span id, struct merit *ret,
                      struct wh_failure *fail)
{
    struct known_unit unit;
    int rc;
    memset(ret, 0, sizeof(*ret));
    ret->id = id;
    rc = host->record(host->self, id, take_place, ret, fail);
    if (rc == WH_E_NOT_FOUND || rc == WH_E_NOT_PERMITTED) return 0;
    if (rc < 0 || !ret->unit[0]) return rc < 0 ? rc : 0;
    if (find_unit(host, wh_span_of(ret->unit), &unit, fail) == 0) {
        copy_text(ret->name, sizeof(ret->name), wh_span_of(unit.name));
    }
    rc = host->records(host->self, wh_span_of("merit"), wh_span_of(ret->unit), ret->date, ret->date,
                       take_merit, ret, fail);
    if (rc >= 0 && ret->page.failed) rc = WH_E_FAILED;
    return rc < 0 ? rc : 0;
}

static struct wh_span page_of(const struct merit *merit)
{
    struct wh_span page = {merit->page.data, merit->page.len};
    return page;
}

static int publish_case(const struct wh_host *host, struct wh_span id, struct wh_span value,
                        struct wh_failure *fail)
{
    char name[64] = PREFIX;
    copy_text(name + sizeof(PREFIX) - 1, sizeof(name) - sizeof(PREFIX) + 1, id);
    return host->publish(host->self, wh_span_of(""), wh_span_of(name), value, fail);
}

static int spread(const struct talk *talk, const struct merit *merit)
{
    struct wh_span id = merit->id;
    if (!merit->found) {
        return refuse(talk, WH_E_NOT_FOUND, "%.*s：没有这条典型记录（见 wuhao list merit）",
                      "%.*s: there is no such case (see `wuhao list merit`)", (int)id.len, id.data);
    }
    if (!merit->told) {
        return refuse(
            talk, WH_E_INVALID,
            "%.*s：没有公开事迹（先用 wuhao edit %.*s public_text=... 写明，须经本人同意）",
            "%.*s: it has no story that may be published (give it one with `wuhao edit "
            "%.*s public_text=...`, with consent)",
            (int)id.len, id.data, (int)id.len, id.data);
    }
    return publish_case(talk->host, id, page_of(merit), talk->fail);
}

int run_spread(const struct talk *talk)
{
    struct merit merit;
    int rc = read_merit(talk->host, given_text(talk, "record"), &merit, talk->fail);
    if (rc == 0) rc = spread(talk, &merit);
    text_free(&merit.page);
    return rc < 0 ? rc : remark(talk, "已推广到下级", "it is shown to all below now");
}

/* ---- Showing ---- */

struct showing {
    const struct talk *talk;
    struct wh_span id; /* empty: all, without their stories */
    uint32_t shown;
};

static struct wh_value day_value(struct wh_span letter)
{
    char digits[24];
    copy_text(digits, sizeof(digits), letter_value(letter, "date"));
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
    struct wh_span letter = published->value, id = id_of(published);
    struct wh_value row[9];
    if (!is_shown(published)) return 0;
    if (showing->id.len > 0 && !wh_span_equal(showing->id, id)) return 0;
    showing->shown++;
    row[0] = wh_value_text(id);
    row[1] = wh_value_text(published->origin);
    row[2] = text_or_null(letter_value(letter, "unit"));
    row[3] = text_or_null(letter_value(letter, "name"));
    row[4] = text_or_null(letter_value(letter, "what"));
    row[5] = text_or_null(letter_value(letter, "grade"));
    row[6] = day_value(letter);
    row[7] = text_or_null(letter_value(letter, "person"));
    row[8] = showing->id.len > 0 ? text_or_null(letter_body(letter)) : wh_value_null();
    return talk->host->reply_row(talk->call, row, 9, talk->fail);
}

int run_cases(const struct talk *talk)
{
    struct showing showing = {talk, given_text(talk, "record"), 0};
    int rc = tell_words(talk, "what", choices_of(talk->host, "what"));
    if (rc == 0) rc = tell_words(talk, "grade", choices_of(talk->host, "grade"));
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
        rc = publish_case(host, own.id, wh_span_of(RECALLED), talk->fail);
        return rc < 0 ? rc : remark(talk, "已撤回", "it is shown no more");
    }
    return refuse(talk, WH_E_NOT_FOUND, "%.*s：本节点没有推广这个典型（见 wuhao commend cases）",
                  "%.*s: this node has not spread such a case (see `wuhao commend cases`)",
                  (int)own.id.len, own.id.data);
}

/* ---- Following the records ---- */

/* What this node has spread. A visit lends its values, and publishing is left until it is over. */
struct spreads {
    struct wh_span home;
    struct spread_case {
        char id[64];
        struct text page;
    } * items;
    uint32_t count;
    uint32_t size;
};

static int take_spread(void *context, const struct wh_published *published)
{
    struct spreads *all = context;
    struct spread_case *one;
    if (!is_shown(published) || !wh_span_equal(published->origin, all->home)) return 0;
    if (make_room(&all->items, all->count, &all->size, sizeof(*one)) < 0) return WH_E_FAILED;
    one = &all->items[all->count++];
    memset(one, 0, sizeof(*one));
    copy_text(one->id, sizeof(one->id), id_of(published));
    text_put(&one->page, published->value.data, published->value.len);
    return one->page.failed ? WH_E_FAILED : 0;
}

static int follow_case(const struct wh_host *host, const struct spread_case *one,
                       struct wh_failure *fail)
{
    struct wh_span now = wh_span_of(RECALLED), then = {one->page.data, one->page.len};
    struct merit merit;
    int rc = read_merit(host, wh_span_of(one->id), &merit, fail);
    if (rc == 0 && merit.found && merit.told) now = page_of(&merit);
    if (rc == 0 && !wh_span_equal(now, then)) {
        rc = publish_case(host, wh_span_of(one->id), now, fail);
    }
    text_free(&merit.page);
    return rc;
}

int follow_cases(const struct wh_host *host, struct wh_failure *fail)
{
    struct spreads all = {.home = host->home(host->self)};
    int rc = host->published(host->self, wh_span_of(PREFIX), take_spread, &all, fail);
    for (uint32_t i = 0; rc >= 0 && i < all.count; i++) {
        rc = follow_case(host, &all.items[i], fail);
    }
    for (uint32_t i = 0; i < all.count; i++) text_free(&all.items[i].page);
    free(all.items);
    return rc < 0 ? rc : 0;
}
