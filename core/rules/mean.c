#include "rules/mean.h"

#include "base/num.h"

int wh_mean_add(struct wh_mean *mean, int64_t score_h)
{
    int rc = wh_add_i64(mean->sum_h, score_h, &mean->sum_h);
    if (rc == 0) mean->count++;
    return rc;
}

int64_t wh_mean_h(const struct wh_mean *mean)
{
    int64_t mean_h;
    if (mean->count == 0 || wh_muldiv_floor_i64(mean->sum_h, 1, mean->count, &mean_h) < 0) {
        return -1;
    }
    return mean_h;
}
