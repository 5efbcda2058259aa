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

int check_top(const struct talk *talk)
{
    if (given_number(talk, "top", 1) >= 1) return 0;
    return refuse(talk, WH_E_USAGE, "top：应为正整数", "top: it must be 1 or more");
}

/* ---- Beside an earlier one ---- */

static const struct wh_column before_columns[] = {
    {"rank_before", {"原名次", "Rank before"}, WH_INTEGER, 0},
    {"score_before", {"原得分", "Score before"}, WH_DECIMAL, 0},
    {"move", {"升降", "Move"}, WH_INTEGER, 0},
};

/* Beside the last round, which is known by county: of all units at and below it. */
static const struct wh_column round_columns[] = {
    {"share_all", {"总达标率%", "Share of all %"}, WH_DECIMAL, 0},
    {"baseline", {"上轮达标率%", "Baseline %"}, WH_DECIMAL, 0},
    {"gain", {"较上轮", "Gain"}, WH_DECIMAL, 0},
    {"target", {"目标%", "Target %"}, WH_DECIMAL, 0},
    {"missing", {"差（百分点）", "Missing"}, WH_DECIMAL, 0},
};

struct county_rate {
    char unit[32];
    int64_t now_h;
    int64_t baseline_h;
    int64_t target_h;
    int64_t missing_h;
};

/* What the lines stand beside. */
struct beside {
    enum { BESIDE_NOTHING, BESIDE_EARLIER, BESIDE_ROUND } what;
    struct lines before;
    struct county_rate *rates;
    uint32_t rates_count;
    uint32_t rates_size;
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
static int read_earlier(const struct talk *talk, struct wh_standing_query query, int by_quarter,
                        struct lines *ret)
{
    const struct wh_host *host = talk->host;
    char day[DAY_TEXT_SIZE];
    int rc;
    if (by_quarter) {
        query.as_of = day_text(last_quarter_end(host->today(host->self)), day);
    } else {
        query.year--;
    }
    rc = lines_read(host, &query, ret, talk->fail);
    if (rc != 0 && rc != WH_E_NOT_FOUND) return rc; /* no programme, or no such unit then */
    if (rc == 0 && ret->count > 0) return 0;
    return remark(talk, "没有更早的排名可比", "there is no earlier ranking to compare with");
}

static int take_rate(void *context, const struct wh_rate_view *rate)
{
    struct beside *beside = context;
    struct county_rate *one;
    if (make_room(&beside->rates, beside->rates_count, &beside->rates_size,
                  sizeof(*beside->rates)) < 0) {
        return WH_E_FAILED;
    }
    one = &beside->rates[beside->rates_count++];
    *one = (struct county_rate){"", rate->now_h, rate->baseline_h, rate->target_h, rate->missing_h};
    copy_text(one->unit, sizeof(one->unit), rate->unit);
    return 0;
}

static int read_beside(const struct talk *talk, const struct wh_standing_query *query,
                       struct beside *ret)
{
    const struct wh_host *host = talk->host;
    struct wh_span against = given_text(talk, "against");
    int quarter = wh_span_equal(against, wh_span_of("quarter"));
    memset(ret, 0, sizeof(*ret));
    if (!is_given(talk, "against")) return 0;
    if (quarter || wh_span_equal(against, wh_span_of("year"))) {
        ret->what = BESIDE_EARLIER;
        return read_earlier(talk, *query, quarter, &ret->before);
    }
    if (!wh_span_equal(against, wh_span_of("baseline"))) {
        return refuse(talk, WH_E_USAGE, "against：应为 quarter、year 或 baseline",
                      "against: it must be quarter, year or baseline");
    }
    if (query->level != WH_LEVEL_COUNTY) {
        return refuse(talk, WH_E_USAGE, "against：上一轮的达标率只按县区统计（用 --level county）",
                      "against: the last round is known by county (use --level county)");
    }
    ret->what = BESIDE_ROUND;
    return host->rates(host->self, query, take_rate, ret, talk->fail);
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

static void put_rate(const struct county_rate *rate, struct wh_value *row)
{
    int known = rate && rate->now_h >= 0;
    for (uint32_t i = 0; i < 5; i++) row[i] = wh_value_null();
    if (!rate) return;
    if (known) row[0] = wh_value_number(WH_DECIMAL, rate->now_h);
    row[1] = wh_value_number(WH_DECIMAL, rate->baseline_h);
    if (known) row[2] = wh_value_number(WH_DECIMAL, rate->now_h - rate->baseline_h);
    row[3] = wh_value_number(WH_DECIMAL, rate->target_h);
    row[4] = wh_value_number(WH_DECIMAL, rate->missing_h);
}

static void put_beside(const struct beside *beside, const struct line *line, struct wh_value *row)
{
    const struct county_rate *rate = NULL;
    if (beside->what == BESIDE_EARLIER) put_before(line, line_of(&beside->before, line->unit), row);
    if (beside->what != BESIDE_ROUND) return;
    for (uint32_t i = 0; i < beside->rates_count; i++) { /* a city has a dozen */
        if (strcmp(beside->rates[i].unit, line->unit) == 0) rate = &beside->rates[i];
    }
    put_rate(rate, row);
}

/* ---- The command ---- */

static int show_lines(const struct talk *talk, uint32_t level, const struct lines *lines,
                      const struct beside *beside)
{
    const struct wh_list none = {NULL, 0, 0}, earlier = WH_LIST(before_columns),
                         round = WH_LIST(round_columns);
    const struct wh_list *more = beside->what == BESIDE_EARLIER ? &earlier
                                 : beside->what == BESIDE_ROUND ? &round
                                                                : &none;
    int64_t top = given_number(talk, "top", INT64_MAX);
    int rc = reply_line_columns(talk, level, more);
    for (uint32_t i = 0; rc == 0 && i < lines->count && i < top; i++) {
        struct wh_value row[LINE_VALUES_MAX];
        uint32_t count = line_values(&lines->items[i], level, row);
        put_beside(beside, &lines->items[i], row + count);
        rc = talk->host->reply_row(talk->call, row, count + more->count, talk->fail);
    }
    if (rc < 0 || lines->count > 0) return rc;
    return remark(talk, "没有这样的单位（见 wuhao unit list）",
                  "there is no such unit (see `wuhao unit list`)");
}

int run_rank(const struct talk *talk)
{
    struct lines lines = {.count = 0};
    struct beside beside = {.what = BESIDE_NOTHING};
    struct wh_standing_query query;
    int rc = read_ranking_query(talk, &query);
    if (rc == 0) rc = check_top(talk);
    if (rc == 0) rc = lines_read(talk->host, &query, &lines, talk->fail);
    if (rc == 0) rc = read_beside(talk, &query, &beside);
    if (rc >= 0) rc = show_lines(talk, query.level, &lines, &beside);
    lines_free(&lines);
    lines_free(&beside.before);
    free(beside.rates);
    return rc;
}
