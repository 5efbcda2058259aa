#include "model/workday.h"

#include "base/date.h"

#define SATURDAY 6

static bool is_among(Wh__Days *const *ranges, size_t count, int32_t day)
{
    for (size_t i = 0; i < count; i++) {
        if (ranges[i]->first <= day && day <= ranges[i]->last) return true;
    }
    return false;
}

bool wh_is_workday(const Wh__Programme *programme, int32_t day)
{
    if (programme && is_among(programme->work_days, programme->n_work_days, day)) return true;
    if (programme && is_among(programme->rest_days, programme->n_rest_days, day)) return false;
    return wh_weekday_of(day) < SATURDAY;
}
