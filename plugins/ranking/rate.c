/* `rank rate`: the share of qualified units against the aim of the round (domain.md D1). */
#include "ranking.h"

static const struct wh_column columns[] = {
    {"unit", {"单位", "Unit"}, WH_TEXT, 0},
    {"name", {"名称", "Name"}, WH_TEXT, 0},
    {"units", {"单位数", "Units"}, WH_INTEGER, 0},
    {"units_qualified", {"达标数", "Qualified"}, WH_INTEGER, 0},
    {"share", {"达标率%", "Share %"}, WH_DECIMAL, 0},
    {"baseline", {"上轮达标率%", "Baseline %"}, WH_DECIMAL, 0},
    {"target", {"目标%", "Target %"}, WH_DECIMAL, 0},
    {"missing", {"差（百分点）", "Missing"}, WH_DECIMAL, 0},
    {"pace", {"每年需提高", "Pace a year"}, WH_DECIMAL, 0},
    {"units_missing", {"还需达标", "Units missing"}, WH_INTEGER, 0},
};

const struct wh_list rate_columns = WH_LIST(columns);

static int show_rate(void *context, const struct wh_rate_view *rate)
{
    const struct talk *talk = context;
    struct wh_value row[10];
    row[0] = wh_value_text(rate->unit);
    row[1] = wh_value_text(rate->name);
    row[2] = wh_value_number(WH_INTEGER, rate->units);
    row[3] = wh_value_number(WH_INTEGER, rate->units_qualified);
    row[4] = number_or_null(WH_DECIMAL, rate->now_h);
    row[5] = wh_value_number(WH_DECIMAL, rate->baseline_h);
    row[6] = wh_value_number(WH_DECIMAL, rate->target_h);
    row[7] = wh_value_number(WH_DECIMAL, rate->missing_h);
    row[8] = wh_value_number(WH_DECIMAL, rate->pace_h);
    row[9] = wh_value_number(WH_INTEGER, rate->units_missing);
    return talk->host->reply_row(talk->call, row, 10, talk->fail);
}

int run_rate(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct wh_standing_query query;
    int rc = read_query(talk, &query);
    if (rc < 0) return rc;
    query.under = given_text(talk, "under");
    rc = host->rates(host->self, &query, show_rate, (void *)(uintptr_t)talk, talk->fail);
    return rc < 0 ? rc : 0;
}
