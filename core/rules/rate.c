#include "rules/rate.h"

#include "base/num.h"

#define PERCENT_MAX_H 10000

static int64_t baseline_of(const Wh__Programme *programme, struct wh_span county);
static int64_t years_left(const Wh__Programme *programme, uint32_t year);

struct wh_rate wh_rate_of(const struct wh_rulebook *book, struct wh_span county,
                          struct wh_share units, uint32_t year)
{
    const Wh__Programme *programme = book->programme;
    int64_t left = years_left(programme, year);
    wh_int128 wanted;
    struct wh_rate rate = {
        .now_h = wh_share_h(units),
        .baseline_h = baseline_of(programme, county),
    };
    rate.target_h = rate.baseline_h + programme->raise_points_h;
    if (rate.target_h > PERCENT_MAX_H) rate.target_h = PERCENT_MAX_H;
    if (rate.now_h < 0) return rate;
    wanted = ((wh_int128)rate.target_h * units.whole + PERCENT_MAX_H - 1) / PERCENT_MAX_H;
    if (wanted <= units.part) return rate;
    rate.units_missing = (int64_t)(wanted - units.part);
    rate.missing_h = rate.target_h - rate.now_h;
    rate.pace_h = (rate.missing_h + left - 1) / left;
    return rate;
}

static int64_t baseline_of(const Wh__Programme *programme, struct wh_span county)
{
    for (size_t i = 0; i < programme->n_baselines; i++) {
        if (wh_span_equal(county, wh_span_of(programme->baselines[i]->unit))) {
            return programme->baselines[i]->rate_h;
        }
    }
    return programme->baseline_rate_h;
}

static int64_t years_left(const Wh__Programme *programme, uint32_t year)
{
    int64_t left = 0;
    for (size_t i = 0; i < programme->n_years; i++) left += programme->years[i] >= year;
    return left > 0 ? left : 1;
}
