#include "rules/share.h"

#include "base/num.h"

int wh_share_compare(struct wh_share a, struct wh_share b)
{
    const struct wh_share none = {0, 1};
    if (a.whole <= 0) a = none;
    if (b.whole <= 0) b = none;
    return wh_compare_products_i64(a.part, b.whole, b.part, a.whole);
}

int64_t wh_share_h(struct wh_share share)
{
    int64_t percent_h;
    if (share.whole <= 0) return -1;
    /* A part beyond the whole can be too great to print in percent; 100.00 says what it is. */
    return wh_muldiv_floor_i64(share.part, 10000, share.whole, &percent_h) < 0 ? 10000 : percent_h;
}

bool wh_share_reaches(struct wh_share share, int64_t percent)
{
    if (share.whole <= 0) return true;
    return wh_compare_products_i64(share.part, 100, percent, share.whole) >= 0;
}

int64_t wh_share_missing(struct wh_share share, int64_t percent)
{
    wh_int128 wanted, missing;
    if (wh_share_reaches(share, percent)) return 0;
    wanted = ((wh_int128)percent * share.whole + 99) / 100;
    missing = wanted - share.part;
    return missing > INT64_MAX ? INT64_MAX : (int64_t)missing;
}
