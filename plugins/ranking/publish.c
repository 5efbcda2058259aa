/* Frozen rankings: numbered, with the moment at which they were read, published to all below. Their
 * form is lines of text, so that they can be read in twenty years: one that begins with "ranking
 * 1", NAME=VALUE lines, an empty line, then a line a unit with its values between tabs. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ranking.h"
#include "text.h"

#define NAME_FORMAT "%06u"

/* ---- Writing ---- */

static void put_head(struct text *text, const struct frozen *frozen)
{
    text_print(text,
               "ranking 1\nnumber=%u\nlevel=%s\nyear=%u\nday=%" PRId64 "\nrestored=%" PRId64
               "\nunder=%s\nkind=%s\nmoment=%s\ntitle=%s\n\n",
               frozen->number, level_word(frozen->level), frozen->year, frozen->day,
               frozen->restored_ms, frozen->under, frozen->kind, frozen->moment, frozen->title);
}

static void put_line(struct text *text, const struct line *from)
{
    text_print(text,
               "%s\t%s\t%s\t%s\t%u\t%u\t%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%" PRId64
               "\t%" PRId64 "\t%" PRId64 "\n",
               from->unit, from->name, from->kind, from->parent, from->flags, from->rank,
               from->score_h, from->units, from->units_qualified, from->units_grassroots,
               from->units_grassroots_qualified, from->complete_h);
}

/* ---- Reading ---- */

/* Takes the text up to `end` from what is left. */
static struct wh_span take_to(struct wh_span *left, char end)
{
    const char *at = left->len > 0 ? memchr(left->data, end, left->len) : NULL;
    struct wh_span taken = *left;
    if (at) taken.len = (uint64_t)(at - left->data);
    left->data += taken.len + (at ? 1 : 0);
    left->len -= taken.len + (at ? 1 : 0);
    return taken;
}

static int64_t number_of(struct wh_span text)
{
    char digits[32];
    copy_text(digits, sizeof(digits), text);
    return strtoll(digits, NULL, 10);
}

static void read_head(struct wh_span line, struct frozen *ret)
{
    struct wh_span value = line;
    struct wh_span name = take_to(&value, '=');
    if (wh_span_equal(name, wh_span_of("number"))) ret->number = (uint32_t)number_of(value);
    if (wh_span_equal(name, wh_span_of("level"))) ret->level = level_of(value);
    if (wh_span_equal(name, wh_span_of("year"))) ret->year = (uint32_t)number_of(value);
    if (wh_span_equal(name, wh_span_of("day"))) ret->day = number_of(value);
    if (wh_span_equal(name, wh_span_of("restored"))) ret->restored_ms = number_of(value);
    if (wh_span_equal(name, wh_span_of("under"))) copy_text(ret->under, sizeof(ret->under), value);
    if (wh_span_equal(name, wh_span_of("kind"))) copy_text(ret->kind, sizeof(ret->kind), value);
    if (wh_span_equal(name, wh_span_of("moment"))) {
        copy_text(ret->moment, sizeof(ret->moment), value);
    }
    if (wh_span_equal(name, wh_span_of("title"))) copy_text(ret->title, sizeof(ret->title), value);
}

static struct line read_line(struct wh_span text)
{
    struct line line = {.doubts = -1};
    copy_text(line.unit, sizeof(line.unit), take_to(&text, '\t'));
    copy_text(line.name, sizeof(line.name), take_to(&text, '\t'));
    copy_text(line.kind, sizeof(line.kind), take_to(&text, '\t'));
    copy_text(line.parent, sizeof(line.parent), take_to(&text, '\t'));
    line.flags = (uint32_t)number_of(take_to(&text, '\t'));
    line.rank = (uint32_t)number_of(take_to(&text, '\t'));
    line.score_h = number_of(take_to(&text, '\t'));
    line.units = number_of(take_to(&text, '\t'));
    line.units_qualified = number_of(take_to(&text, '\t'));
    line.units_grassroots = number_of(take_to(&text, '\t'));
    line.units_grassroots_qualified = number_of(take_to(&text, '\t'));
    line.complete_h = number_of(take_to(&text, '\t'));
    return line;
}

/* The head alone, or with its lines. */
static int read_frozen(const struct wh_published *published, int whole, struct frozen *ret)
{
    struct wh_span left = published->value;
    int rc = 0;
    memset(ret, 0, sizeof(*ret));
    copy_text(ret->origin, sizeof(ret->origin), published->origin);
    while (left.len > 0) {
        struct wh_span line = take_to(&left, '\n');
        if (line.len == 0) break;
        read_head(line, ret);
    }
    while (whole && rc == 0 && left.len > 0) {
        struct line line = read_line(take_to(&left, '\n'));
        rc = lines_add(&ret->lines, &line);
    }
    return rc < 0 ? rc : lines_index(&ret->lines);
}

/* ---- Which one ---- */

/* By their numbers; cases (cases.c) have other names. */
static int is_ranking(const struct wh_published *published)
{
    return published->name.len > 0 && published->name.data[0] >= '0' &&
           published->name.data[0] <= '9';
}

struct seeking {
    struct wh_span origin;
    int64_t number; /* 0: the last one */
    struct frozen *found;
    int whole;
};

static int take_frozen(void *context, const struct wh_published *published)
{
    struct seeking *seeking = context;
    struct frozen frozen;
    int rc;
    if (!is_ranking(published)) return 0;
    if (!wh_span_equal(published->origin, seeking->origin)) return 0;
    if (seeking->number != 0 && number_of(published->name) != seeking->number) return 0;
    rc = read_frozen(published, seeking->whole, &frozen);
    if (rc < 0) return rc;
    lines_free(&seeking->found->lines);
    *seeking->found = frozen;
    return 0;
}

/* By the argument `from`, else by the highest unit above that published something, else here. */
static int take_origin(void *context, const struct wh_published *published)
{
    char *origin = context;
    if (!origin[0] && is_ranking(published)) copy_text(origin, 32, published->origin);
    return 0;
}

int given_frozen(const struct talk *talk, struct frozen *ret)
{
    const struct wh_host *host = talk->host;
    struct wh_span none = wh_span_of("");
    char origin[32] = "";
    struct seeking seeking = {given_text(talk, "from"), given_number(talk, "number", 0), ret, 1};
    int rc = 0;
    memset(ret, 0, sizeof(*ret));
    if (is_given(talk, "number") &&
        seeking.number < 1) { /* 0 is the last one, where none is given */
        return refuse(talk, WH_E_USAGE, "编号：应为正整数", "number: it must be 1 or more");
    }
    if (!is_given(talk, "from")) {
        rc = host->published(host->self, none, take_origin, origin, talk->fail);
        seeking.origin = wh_span_of(origin);
    }
    if (rc >= 0) rc = host->published(host->self, none, take_frozen, &seeking, talk->fail);
    if (rc < 0) return rc;
    if (ret->number != 0) return 0;
    if (!is_given(talk, "number") && !is_given(talk, "from")) {
        return refuse(talk, WH_E_NOT_FOUND, "还没有发布过排名（用 wuhao rank publish 发布）",
                      "no ranking was published yet (publish one with `wuhao rank publish`)");
    }
    return refuse(talk, WH_E_NOT_FOUND, "没有这份发布的排名（见 wuhao rank published）",
                  "there is no such published ranking (see `wuhao rank published`)");
}

struct wh_standing_query query_of(const struct frozen *frozen)
{
    struct wh_standing_query query = {
        .level = frozen->level,
        .year = frozen->year,
        .under = wh_span_of(frozen->under),
        .unit_kind = wh_span_of(frozen->kind),
        .as_of = wh_span_of(frozen->moment),
        .pass_h = -1,
    };
    return query;
}

/* ---- publish ---- */

/* A node that was put back from a backup has forgotten how many it published since: its numbers go
 * on at the next thousand, so that none is given twice. */
static uint32_t number_after(const struct frozen *last, int64_t restored_ms)
{
    if (restored_ms == last->restored_ms) return last->number + 1;
    return (last->number / 1000 + 1) * 1000 + 1;
}

static int check_title(const struct talk *talk)
{
    struct wh_span title = given_text(talk, "title");
    for (uint64_t i = 0; i < title.len; i++) {
        unsigned char byte = (unsigned char)title.data[i];
        if (byte >= 0x20 && byte != 0x7f) continue;
        return refuse(talk, WH_E_INVALID, "标题：不能有换行或控制字符",
                      "title: it has a line break or a control character (use one line)");
    }
    if (title.len <= TITLE_BYTES_MAX) return 0;
    return refuse(talk, WH_E_INVALID, "标题：%u 字节，至多 %u 字节（约 66 个汉字）",
                  "title: it has %u bytes, at most %u (use a shorter one)", (unsigned)title.len,
                  TITLE_BYTES_MAX);
}

static int freeze(const struct talk *talk, struct frozen *frozen)
{
    const struct wh_host *host = talk->host;
    struct frozen last = {.number = 0};
    struct seeking seeking = {host->home(host->self), 0, &last, 0};
    struct wh_standing_query query;
    int rc = read_ranking_query(talk, &query);
    if (rc == 0) rc = check_title(talk);
    if (rc == 0) {
        rc = host->published(host->self, wh_span_of(""), take_frozen, &seeking, talk->fail);
    }
    if (rc < 0) return rc;
    frozen->restored_ms = WH_HOST_HAS(host, restored_ms) ? host->restored_ms(host->self) : 0;
    frozen->number = number_after(&last, frozen->restored_ms);
    frozen->level = query.level;
    frozen->year = query.year;
    frozen->day = host->today(host->self);
    copy_text(frozen->under, sizeof(frozen->under), query.under);
    copy_text(frozen->kind, sizeof(frozen->kind), query.unit_kind);
    copy_text(frozen->title, sizeof(frozen->title), given_text(talk, "title"));
    host->moment(host->self, frozen->moment);
    query = query_of(frozen);
    return lines_read(host, &query, &frozen->lines, talk->fail);
}

static int put_frozen(const struct talk *talk, const struct frozen *frozen)
{
    const struct wh_host *host = talk->host;
    struct text text = {NULL, 0, 0, 0};
    struct wh_span value;
    char name[16];
    int rc;
    put_head(&text, frozen);
    for (uint32_t i = 0; i < frozen->lines.count; i++) put_line(&text, &frozen->lines.items[i]);
    rc = text.failed ? WH_E_FAILED : 0;
    value.data = text.data;
    value.len = text.len;
    (void)snprintf(name, sizeof(name), NAME_FORMAT, frozen->number);
    if (rc == 0)
        rc = host->publish(host->self, wh_span_of(""), wh_span_of(name), value, talk->fail);
    text_free(&text);
    return rc;
}

int run_publish(const struct talk *talk)
{
    struct frozen frozen;
    struct wh_value row[2];
    int rc;
    memset(&frozen, 0, sizeof(frozen));
    rc = freeze(talk, &frozen);
    if (rc == 0) rc = put_frozen(talk, &frozen);
    if (rc == 0) {
        row[0] = wh_value_number(WH_INTEGER, frozen.number);
        row[1] = wh_value_number(WH_INTEGER, frozen.lines.count);
        rc = talk->host->reply_row(talk->call, row, 2, talk->fail);
    }
    lines_free(&frozen.lines);
    return rc;
}

/* ---- published ---- */

static const struct wh_column list_columns[] = {
    {"number", {"编号", "Number"}, WH_INTEGER, 0},   {"from", {"发布单位", "From"}, WH_TEXT, 0},
    {"date", {"发布日期", "Published"}, WH_DATE, 0}, {"level", {"层级", "Level"}, WH_TEXT, 0},
    {"year", {"年度", "Year"}, WH_INTEGER, 0},       {"kind", {"类型", "Kind"}, WH_TEXT, 0},
    {"under", {"范围", "Below"}, WH_TEXT, 0},        {"title", {"标题", "Title"}, WH_TEXT, 0},
    {"moment", {"截至时刻", "As of"}, WH_TEXT, 0},
};

static int list_frozen(void *context, const struct wh_published *published)
{
    const struct talk *talk = context;
    struct frozen frozen;
    struct wh_value row[9];
    int rc;
    if (!is_ranking(published)) return 0;
    rc = read_frozen(published, 0, &frozen);
    if (rc < 0) return rc;
    row[0] = wh_value_number(WH_INTEGER, frozen.number);
    row[1] = wh_value_text(wh_span_of(frozen.origin));
    row[2] = wh_value_number(WH_DATE, frozen.day);
    row[3] = wh_value_text(wh_span_of(level_word(frozen.level)));
    row[4] = wh_value_number(WH_INTEGER, frozen.year);
    row[5] = text_or_null(wh_span_of(frozen.kind));
    row[6] = text_or_null(wh_span_of(frozen.under));
    row[7] = text_or_null(wh_span_of(frozen.title));
    row[8] = wh_value_text(wh_span_of(frozen.moment));
    return talk->host->reply_row(talk->call, row, 9, talk->fail);
}

static int list_all(const struct talk *talk)
{
    const struct wh_list columns = WH_LIST(list_columns);
    const struct wh_host *host = talk->host;
    int rc = host->reply_columns(talk->call, columns, talk->fail);
    if (rc < 0) return rc;
    rc = host->published(host->self, wh_span_of(""), list_frozen, (void *)(uintptr_t)talk,
                         talk->fail);
    return rc < 0 ? rc : 0;
}

int run_published(const struct talk *talk)
{
    struct frozen frozen;
    int rc;
    if (!is_given(talk, "number")) return list_all(talk);
    rc = given_frozen(talk, &frozen);
    if (rc == 0) rc = reply_line_columns(talk, frozen.level, NULL);
    for (uint32_t i = 0; rc == 0 && i < frozen.lines.count; i++) {
        struct wh_value row[LINE_VALUES_MAX];
        uint32_t count = line_values(&frozen.lines.items[i], frozen.level, row);
        rc = talk->host->reply_row(talk->call, row, count, talk->fail);
    }
    lines_free(&frozen.lines);
    return rc;
}
