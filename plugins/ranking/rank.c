/* `rank`: the ranking of a level, now, as of a moment, or beside an earlier one. */
#include <stdlib.h>

#include "ranking.h"

/* ---- What is asked ---- */

static const struct {
    const char *word;
    uint32_t level;
} levels[] = {
    {"county", WH_LEVEL_COUNTY},
    {"township", WH_LEVEL_TOWNSHIP},
    {"grassroots", WH_LEVEL_GRASSROOTS},
};

uint32_t level_of(struct wh_span word)
{
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (wh_span_equal(word, wh_span_of(levels[i].word))) return levels[i].level;
    }
    return 0;
}

const char *level_word(uint32_t level)
{
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (levels[i].level == level) return levels[i].word;
    }
    return "";
}

int read_query(const struct talk *talk, struct wh_standing_query *ret)
{
    const struct wh_host *host = talk->host;
    int64_t year = given_number(talk, "year", host->year_now(host->self));
    int64_t pass_h = given_number(talk, "pass", 0);
    memset(ret, 0, sizeof(*ret));
    if (year < YEAR_MIN || year > YEAR_MAX) {
        return refuse(talk, WH_E_USAGE, "年度：应在 %d 到 %d 之间",
                      "year: it must lie between %d and %d", YEAR_MIN, YEAR_MAX);
    }
    if (pass_h < 0) {
        return refuse(talk, WH_E_USAGE, "达标线：不能为负", "pass: it can't be negative");
    }
    ret->year = (uint32_t)year;
    ret->as_of = given_text(talk, "as-of");
    ret->pass_h = is_given(talk, "pass") ? pass_h : -1;
    return 0;
}

int read_ranking_query(const struct talk *talk, struct wh_standing_query *ret)
{
    int rc = read_query(talk, ret);
    if (rc < 0) return rc;
    ret->level = level_of(given_text(talk, "level"));
    ret->under = given_text(talk, "under");
    ret->unit_kind = given_text(talk, "kind");
    if (ret->level != 0) return 0;
    return refuse(talk, WH_E_USAGE, "rank：层级应为 county、township 或 grassroots",
                  "rank: the level must be county, township or grassroots");
}

/* ---- Beside an earlier one ---- */

static const struct wh_column before_columns[] = {
    {"rank_before", {"原名次", "Rank before"}, WH_INTEGER, 0},
    {"score_before", {"原得分", "Score before"}, WH_DECIMAL, 0},
    {"move", {"升降", "Move"}, WH_INTEGER, 0},
};

/* The last day of the quarter before this one. */
static int64_t last_quarter_end(int64_t today)
{
    struct wh_civil civil = wh_civil_of((int32_t)today);
    civil.month = (civil.month - 1) / 3 * 3 + 1;
    civil.day = 1;
    return (int64_t)wh_day_of(civil) - 1;
}

/* Against the end of the last quarter: the same year as it stood then, by what this node held then.
 * Against last year: that year, as it stands. */
static int read_before(const struct talk *talk, struct wh_standing_query query, struct lines *ret)
{
    const struct wh_host *host = talk->host;
    struct wh_span against = given_text(talk, "against");
    char day[DAY_TEXT_SIZE];
    int rc;
    memset(ret, 0, sizeof(*ret));
    if (wh_span_equal(against, wh_span_of("quarter"))) {
        query.as_of = day_text(last_quarter_end(host->today(host->self)), day);
    } else if (wh_span_equal(against, wh_span_of("year"))) {
        query.year--;
    } else {
        return refuse(talk, WH_E_USAGE, "against：应为 quarter 或 year",
                      "against: it must be quarter or year");
    }
    rc = lines_read(host, &query, ret, talk->fail);
    return rc == WH_E_NOT_FOUND ? 0 : rc; /* no programme, or no such unit then: nothing before */
}

static void put_before(const struct line *now, const struct line *before, struct wh_value *row)
{
    int ranked = before && (before->flags & WH_STANDING_RANKED);
    row[0] = ranked ? wh_value_number(WH_INTEGER, before->rank) : wh_value_null();
    row[1] = ranked ? number_or_null(WH_DECIMAL, before->score_h) : wh_value_null();
    row[2] = ranked && (now->flags & WH_STANDING_RANKED)
                 ? wh_value_number(WH_INTEGER, (int64_t)before->rank - now->rank)
                 : wh_value_null();
}

/* ---- The command ---- */

int run_rank(const struct talk *talk)
{
    const struct wh_list more = WH_LIST(before_columns);
    int64_t top = given_number(talk, "top", INT64_MAX);
    int beside = is_given(talk, "against");
    struct lines now = {.count = 0}, before = {.count = 0};
    struct wh_standing_query query;
    int rc = read_ranking_query(talk, &query);
    if (rc == 0 && top < 1) {
        rc = refuse(talk, WH_E_USAGE, "rank：top 应为正整数", "rank: top must be 1 or more");
    }
    if (rc == 0) rc = lines_read(talk->host, &query, &now, talk->fail);
    if (rc == 0 && beside) rc = read_before(talk, query, &before);
    if (rc == 0) rc = reply_line_columns(talk, query.level, beside ? &more : NULL);
    for (uint32_t i = 0; rc == 0 && i < now.count && i < top; i++) {
        struct wh_value row[LINE_VALUES_MAX];
        uint32_t count = line_values(&now.items[i], query.level, row);
        if (beside) {
            put_before(&now.items[i], line_of(&before, now.items[i].unit), row + count);
            count += more.count;
        }
        rc = talk->host->reply_row(talk->call, row, count, talk->fail);
    }
    lines_free(&now);
    lines_free(&before);
    return rc;
}
