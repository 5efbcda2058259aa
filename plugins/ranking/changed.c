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
    char text[900];
    size_t len;
};

static void say(struct why *why, const char *word)
{
    int more = snprintf(why->text + why->len, sizeof(why->text) - why->len, "%s%s",
                        why->len > 0 ? "; " : "", word);
    if (more > 0) why->len += (size_t)more;
    if (why->len >= sizeof(why->text)) why->len = sizeof(why->text) - 1;
}

static void say_points(struct why *why, const char *id, int64_t before_h, int64_t now_h)
{
    char text[160], before[POINTS_TEXT_SIZE], now[POINTS_TEXT_SIZE];
    (void)points_text(before_h, before);
    (void)points_text(now_h, now);
    (void)snprintf(text, sizeof(text), "%.60s %s -> %s", id, before, now);
    say(why, text);
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
        if (before_h != now->points_h) say_points(why, now->id, before_h, now->points_h);
    }
    free(both);
    return rc < 0 ? rc : 0;
}

static void say_units(struct why *why, const struct line *before, const struct line *now)
{
    char text[120];
    if (before->units == now->units && before->units_qualified == now->units_qualified) return;
    (void)snprintf(text, sizeof(text),
                   "units qualified %" PRId64 "/%" PRId64 " -> %" PRId64 "/%" PRId64,
                   before->units_qualified, before->units, now->units_qualified, now->units);
    say(why, text);
}

static int is_home(const struct talk *talk, const char *origin)
{
    return wh_span_equal(talk->host->home(talk->host->self), wh_span_of(origin));
}

/* Only the node that published it can read its rows as they were then. */
static int find_why(const struct talk *talk, const struct frozen *frozen, const struct line *before,
                    const struct line *now, struct why *why)
{
    static const struct line none = {.score_h = -1, .units = -1};
    const struct line *b = before ? before : &none, *n = now ? now : &none;
    int rc = 0;
    memset(why, 0, sizeof(*why));
    if (!before) say(why, "new");
    if (!now) say(why, "no longer there");
    if (before && now && !(b->flags & WH_STANDING_RANKED) && (n->flags & WH_STANDING_RANKED)) {
        say(why, "heard of");
    }
    if ((b->flags ^ n->flags) & WH_STANDING_FINAL && before && now) {
        say(why, n->flags & WH_STANDING_FINAL ? "accepted or refused" : "acceptance taken back");
    }
    if (before && now) say_units(why, b, n);
    if (before && now && b->score_h != n->score_h && frozen->level != WH_LEVEL_COUNTY &&
        is_home(talk, frozen->origin)) {
        rc = say_items(talk, frozen, n->unit, why);
    }
    if (why->len == 0 && b->rank != n->rank) say(why, "others moved");
    if (why->len == 0) say(why, "score");
    return rc;
}

/* ---- Lines ---- */

static int is_changed(const struct line *before, const struct line *now)
{
    if (!before || !now) return 1;
    return before->rank != now->rank || before->score_h != now->score_h ||
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

static int show_change(const struct talk *talk, const struct frozen *frozen,
                       const struct line *before, const struct line *now)
{
    const struct line *named = now ? now : before;
    struct wh_value row[9];
    struct why why;
    int rc = find_why(talk, frozen, before, now, &why);
    if (rc < 0) return rc;
    row[0] = wh_value_text(wh_span_of(named->unit));
    row[1] = wh_value_text(wh_span_of(named->name));
    put_side(before, &row[2], &row[4], &row[6]);
    put_side(now, &row[3], &row[5], &row[7]);
    row[8] = wh_value_text(wh_span_of(why.text));
    return talk->host->reply_row(talk->call, row, 9, talk->fail);
}

static int show_changes(const struct talk *talk, const struct frozen *frozen,
                        const struct lines *now)
{
    int64_t left = given_number(talk, "top", 100);
    uint32_t changed = 0;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < now->count; i++) {
        const struct line *before = line_of(&frozen->lines, now->items[i].unit);
        if (!is_changed(before, &now->items[i])) continue;
        changed++;
        if (left-- > 0) rc = show_change(talk, frozen, before, &now->items[i]);
    }
    for (uint32_t i = 0; rc == 0 && i < frozen->lines.count; i++) {
        const struct line *before = &frozen->lines.items[i];
        if (line_of(now, before->unit)) continue;
        changed++;
        if (left-- > 0) rc = show_change(talk, frozen, before, NULL);
    }
    if (rc == 0 && left < 0) {
        rc =
            remark(talk, "共 %u 个单位有变化，只列出前若干（用 --top 或 --under 查看其余）",
                   "%u units have changed, the first are shown (see the rest with --top)", changed);
    }
    if (rc == 0 && changed == 0) rc = remark(talk, "没有变化", "nothing has changed");
    return rc;
}

int run_changed(const struct talk *talk)
{
    struct wh_standing_query query;
    struct lines now = {.count = 0};
    struct frozen frozen;
    int rc = given_frozen(talk, &frozen);
    if (rc < 0) return rc;
    query = query_of(&frozen);
    query.as_of = given_text(talk, "as-of");
    rc = lines_read(talk->host, &query, &now, talk->fail);
    if (rc == 0) rc = show_changes(talk, &frozen, &now);
    lines_free(&frozen.lines);
    lines_free(&now);
    return rc;
}
