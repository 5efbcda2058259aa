#include "rules/completeness.h"

void wh_heard_note(struct wh_heard *heard, int32_t quarter, struct wh_season season)
{
    int32_t place = quarter - season.year * 4;
    if (place < 0 || place > 3 || quarter > season.quarter) return;
    heard->quarters |= 1u << place;
}

bool wh_heard_any(struct wh_heard heard)
{
    return heard.quarters != 0;
}

int64_t wh_season_quarters_begun(struct wh_season season)
{
    int32_t begun = season.quarter - season.year * 4 + 1;
    if (begun < 0) return 0;
    return begun > 4 ? 4 : begun;
}

struct wh_share wh_completeness_of(struct wh_heard heard, struct wh_season season)
{
    struct wh_share share = {0, wh_season_quarters_begun(season)};
    for (int32_t i = 0; i < share.whole; i++) share.part += (heard.quarters >> i) & 1u;
    return share;
}
