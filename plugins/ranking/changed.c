/* `rank changed`: what has moved since a published ranking, and why. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ranking.h"

static const struct wh_column columns[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("rank_before", "原名次", "Rank before", WH_INTEGER),
    COLUMN("rank", "名次", "Rank", WH_INTEGER),
    COLUMN("score_before", "原得分", "Score before", WH_DECIMAL),
    COLUMN("score", "得分", "Score", WH_DECIMAL),
    COLUMN("qualified_before", "原达标", "Qualified before", WH_YESNO),
    COLUMN("qualified", "达标", "Qualified", WH_YESNO),
    COLUMN("why", "原因", "Why", WH_TEXT),
};

const struct wh_list changed_columns = WH_LIST(columns);

/* ---- Items of one unit ---- */

struct item_points {
    char id[64];
    char title[160];
    int64_t points_h;
};

#define ITEMS_MAX 200

struct items {
    struct item_points items[ITEMS_MAX];
    uint32_t count;
};

static int take_item(void *context, const struct wh_explained *line)
{
    struct items *items = context;
    struct item_points *item = &items->items[items->count];
    if (line->depth != WH_EXPLAIN_ITEM || items->count == ITEMS_MAX) return 0;
    copy_text(item->id, sizeof(item->id), line->id);
    copy_text(item->title, sizeof(item->title), line->title);
    item->points_h = line->points_h;
    items->count++;
    return 0;
}

static int read_items(const struct talk *talk, const struct frozen *frozen, const char *unit,
                      int then, struct items *ret)
{
    const struct wh_host *host = talk->host;
    struct wh_standing_query query = query_of(frozen);
    int rc;
    ret->count = 0;
    if (!then) query.as_of = wh_span_of("");
    query.under = wh_span_of("");
    rc = host->explain(host->self, wh_span_of(unit), &query, host->language(talk->call), take_item,
                       ret, talk->fail);
    return rc == WH_E_NOT_FOUND || rc == WH_E_INVALID ? 0 : rc; /* it was not there then */
}

/* ---- Why ---- */

struct why {
    const struct talk *talk;
    char text[6000];
    size_t len;
};

static void say(struct why *why, const char *zh, const char *en)
{
    int more = snprintf(why->text + why->len, sizeof(why->text) - why->len, "%s%s",
                        why->len > 0 ? "; " : "",
                        why->talk->host->language(why->talk->call) == 0 ? zh : en);
    if (more > 0) why->len += (size_t)more;
    if (why->len >= sizeof(why->text)) why->len = sizeof(why->text) - 1;
}

static void say_points(struct why *why, const char *id, const char *title, int64_t before_h,
                       int64_t now_h)
{
    char text[300], before[POINTS_TEXT_SIZE] = "-", now[POINTS_TEXT_SIZE] = "-";
    if (before_h >= 0) (void)points_text(before_h, before);
    if (now_h >= 0) (void)points_text(now_h, now);
    (void)snprintf(text, sizeof(text), "%.60s %.160s %s -> %s", id, title, before, now);
    say(why, text, text);
}

static int64_t points_of(const struct items *items, const char *id)
{
    for (uint32_t i = 0; i < items->count; i++) {
        if (strcmp(items->items[i].id, id) == 0) return items->items[i].points_h;
    }
    return 0;
}

static int say_items(const struct talk *talk, const struct frozen *frozen, const char *unit,
                     struct why *why)
{
    struct items *both = calloc(2, sizeof(*both));
    int rc = both ? read_items(talk, frozen, unit, 1, &both[0]) : WH_E_FAILED;
    if (rc >= 0) rc = read_items(talk, frozen, unit, 0, &both[1]);
    for (uint32_t i = 0; rc >= 0 && i < both[1].count; i++) {
        const struct item_points *now = &both[1].items[i];
        int64_t before_h = points_of(&both[0], now->id);
        if (before_h != now->points_h)
            say_points(why, now->id, now->title, before_h, now->points_h);
    }
    free(both);
    return rc < 0 ? rc : 0;
}

#define TOWNSHIPS_SAID_MAX 6

static void say_townships(const struct lines *before, const struct lines *now, struct why *why)
{
    uint32_t changed = 0;
    for (uint32_t i = 0; i < now->count; i++) {
        const struct line *n = &now->items[i], *b = line_of(before, n->unit);
        if ((b ? b->score_h : -1) == n->score_h) continue;
        if (changed++ < TOWNSHIPS_SAID_MAX)
            say_points(why, n->unit, n->name, b ? b->score_h : -1, n->score_h);
    }
    for (uint32_t i = 0; i < before->count; i++) {
        const struct line *b = &before->items[i];
        if (b->score_h < 0 || line_of(now, b->unit)) continue;
        if (changed++ < TOWNSHIPS_SAID_MAX) say_points(why, b->unit, b->name, b->score_h, -1);
    }
    if (changed > TOWNSHIPS_SAID_MAX) {
        char zh[60], en[60];
        (void)snprintf(zh, sizeof(zh), "另有 %u 个", changed - TOWNSHIPS_SAID_MAX);
        (void)snprintf(en, sizeof(en), "%u more", changed - TOWNSHIPS_SAID_MAX);
        say(why, zh, en);
    }
}

/* A county's points are the mean of its township-level units: those whose points have changed. */
static int say_mean(const struct talk *talk, const struct frozen *frozen, const char *county,
                    struct why *why)
{
    struct wh_standing_query query = query_of(frozen);
    struct lines before, now;
    int rc;
    query.level = WH_LEVEL_TOWNSHIP;
    query.under = wh_span_of(county);
    query.unit_kind = wh_span_of("");
    rc = lines_read(talk->host, &query, &before, talk->fail);
    if (rc == WH_E_NOT_FOUND) rc = 0; /* the county was not there then */
    query.as_of = wh_span_of("");
    memset(&now, 0, sizeof(now));
    if (rc == 0) rc = lines_read(talk->host, &query, &now, talk->fail);
    if (rc == 0) say_townships(&before, &now, why);
    lines_free(&before);
    lines_free(&now);
    return rc;
}

static void say_units(struct why *why, const struct line *before, const struct line *now)
{
    char zh[160], en[160];
    if (before->units == now->units && before->units_qualified == now->units_qualified) return;
    (void)snprintf(zh, sizeof(zh), "下属达标 %" PRId64 "/%" PRId64 " -> %" PRId64 "/%" PRId64,
                   before->units_qualified, before->units, now->units_qualified, now->units);
    (void)snprintf(en, sizeof(en),
                   "units qualified %" PRId64 "/%" PRId64 " -> %" PRId64 "/%" PRId64,
                   before->units_qualified, before->units, now->units_qualified, now->units);
    say(why, zh, en);
}

static int is_home(const struct talk *talk, const char *origin)
{
    return wh_span_equal(talk->host->home(talk->host->self), wh_span_of(origin));
}

static void say_standing(struct why *why, const struct line *before, const struct line *now)
{
    if (!(before->flags & WH_STANDING_RANKED) && (now->flags & WH_STANDING_RANKED)) {
        say(why, "已有数据", "heard of");
    }
    if ((before->flags ^ now->flags) & WH_STANDING_FINAL) {
        if (now->flags & WH_STANDING_FINAL) {
            say(why, "已验收", "accepted or refused");
        } else {
            say(why, "验收已撤回", "acceptance taken back");
        }
    }
    say_units(why, before, now);
}

/* Only the node that published it can read its rows as they were then. */
static int find_why(const struct frozen *frozen, const struct line *before, const struct line *now,
                    struct why *why)
{
    int rc = 0;
    if (!before) {
        say(why, "新增", "new");
        return 0;
    }
    if (!now) {
        say(why, "已不存在", "no longer there");
        return 0;
    }
    say_standing(why, before, now);
    if (before->score_h != now->score_h && is_home(why->talk, frozen->origin)) {
        rc = frozen->level == WH_LEVEL_COUNTY ? say_mean(why->talk, frozen, now->unit, why)
                                              : say_items(why->talk, frozen, now->unit, why);
    }
    if (why->len == 0 && before->score_h != now->score_h) say(why, "得分", "score");
    if (why->len == 0) say(why, "其他单位升降", "others moved");
    return rc;
}

/* ---- Lines ---- */

/* A node below the one that published it holds some of its units alone: these have no ranks here
 * to compare, and the others nothing. */
struct changing {
    const struct talk *talk;
    const struct frozen *frozen;
    const struct lines *now;
    int partial;
    int64_t left; /* lines to show */
    uint32_t changed;
    uint32_t elsewhere;
};

static int is_changed(const struct changing *changing, const struct line *before,
                      const struct line *now)
{
    if (!before || !now) return 1;
    return (!changing->partial && before->rank != now->rank) || before->score_h != now->score_h ||
           ((before->flags ^ now->flags) &
            (WH_STANDING_QUALIFIED | WH_STANDING_RANKED | WH_STANDING_FINAL));
}

static void put_side(const struct line *line, struct wh_value *rank, struct wh_value *score,
                     struct wh_value *qualified)
{
    int ranked = line && (line->flags & WH_STANDING_RANKED);
    *rank = ranked ? wh_value_number(WH_INTEGER, line->rank) : wh_value_null();
    *score = ranked ? number_or_null(WH_DECIMAL, line->score_h) : wh_value_null();
    *qualified = ranked ? wh_value_number(WH_YESNO, (line->flags & WH_STANDING_QUALIFIED) != 0)
                        : wh_value_null();
}

static int show_change(struct changing *changing, const struct line *before, const struct line *now)
{
    const struct talk *talk = changing->talk;
    const struct line *named = now ? now : before;
    struct why why = {.talk = talk};
    struct wh_value row[9];
    int rc;
    changing->changed++;
    if (changing->left-- <= 0) return 0;
    rc = find_why(changing->frozen, before, now, &why);
    if (rc < 0) return rc;
    row[0] = wh_value_text(wh_span_of(named->unit));
    row[1] = wh_value_text(wh_span_of(named->name));
    put_side(before, &row[2], &row[4], &row[6]);
    put_side(now, &row[3], &row[5], &row[7]);
    if (changing->partial) row[3] = wh_value_null();
    row[8] = wh_value_text(wh_span_of(why.text));
    return talk->host->reply_row(talk->call, row, 9, talk->fail);
}

static int show_remarks(const struct changing *changing)
{
    const struct talk *talk = changing->talk;
    int rc = 0;
    if (changing->left < 0) {
        rc = remark(talk, "共 %u 个单位有变化，只列出前若干（用 --top 查看其余）",
                    "%u units have changed, the first are shown (see the rest with --top)",
                    changing->changed);
    }
    if (rc == 0 && changing->elsewhere > 0) {
        rc = remark(talk, "其余 %u 个单位的数据不在本节点，无从比较",
                    "%u units are not held on this node, so they are not compared",
                    changing->elsewhere);
    }
    if (rc == 0 && changing->changed == 0) {
        rc = remark(talk, "没有变化", "nothing has changed");
    }
    return rc;
}

static int is_held(const struct talk *talk, const char *unit)
{
    struct wh_span home = talk->host->home(talk->host->self);
    return strlen(unit) >= home.len && memcmp(unit, home.data, home.len) == 0;
}

static int show_changes(struct changing *changing)
{
    const struct lines *then = &changing->frozen->lines;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < changing->now->count; i++) {
        const struct line *now = &changing->now->items[i], *before = line_of(then, now->unit);
        if (is_changed(changing, before, now)) rc = show_change(changing, before, now);
    }
    for (uint32_t i = 0; rc == 0 && i < then->count; i++) {
        const struct line *before = &then->items[i];
        if (line_of(changing->now, before->unit)) continue;
        if (!is_held(changing->talk, before->unit)) {
            changing->elsewhere++;
        } else {
            rc = show_change(changing, before, NULL);
        }
    }
    return rc == 0 ? show_remarks(changing) : rc;
}

/* What is asked now: below a unit that this node lies in, its own units are all it can rank. */
static struct wh_span under_here(const struct talk *talk, struct wh_span under)
{
    struct wh_span home = talk->host->home(talk->host->self);
    int above = under.len < home.len && memcmp(under.data, home.data, under.len) == 0;
    return under.len > 0 && above ? home : under;
}

int run_changed(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct wh_standing_query query;
    struct lines now = {.count = 0};
    struct frozen frozen;
    struct changing changing = {.talk = talk, .frozen = &frozen, .now = &now};
    int rc = check_top(talk);
    if (rc == 0) rc = given_frozen(talk, &frozen);
    if (rc < 0) return rc;
    changing.left = given_number(talk, "top", 100);
    changing.partial = !is_home(talk, frozen.origin);
    query = query_of(&frozen);
    query.as_of = given_text(talk, "as-of");
    query.under = under_here(talk, query.under);
    rc = lines_read(host, &query, &now, talk->fail);
    if (rc == 0) rc = show_changes(&changing);
    lines_free(&frozen.lines);
    lines_free(&now);
    return rc;
}
