#include "rules/score.h"

#include "base/num.h"

static struct wh_item_score score_item(const struct wh_rule_item *rule,
                                       const struct wh_marks *marks, size_t i);
static int64_t value_of(const struct wh_marks *marks, uint32_t metric);
static int64_t judged_points(const struct wh_marks *marks, size_t i, int64_t full_h,
                             uint32_t *flags);
static int64_t count_points(const Wh__Item *item, int64_t have);
static int64_t share_points(const Wh__Item *item, int64_t part, int64_t whole);
static int64_t deduct_points(const Wh__Item *item, int64_t value);
static int64_t less_each(int64_t full_h, int64_t each_h, wh_int128 times);

void wh_score_unit(const struct wh_rule_level *level, const struct wh_marks *marks,
                   struct wh_item_score *ret_items, struct wh_score *ret)
{
    struct wh_score score = {0, 0, 0, 0, 0};
    for (size_t i = 0; i < level->items_count; i++) {
        struct wh_item_score item = score_item(&level->items[i], marks, i);
        if (item.flags & WH_ITEM_BONUS) {
            score.bonus_all_h += item.points_h;
        } else {
            score.items_h += item.points_h;
        }
        score.open += (item.flags & WH_ITEM_OPEN) ? 1 : 0;
        if (ret_items) ret_items[i] = item;
    }
    score.bonus_h = score.bonus_all_h < level->bonus_cap_h ? score.bonus_all_h : level->bonus_cap_h;
    score.total_h = score.items_h + score.bonus_h;
    *ret = score;
}

static struct wh_item_score score_item(const struct wh_rule_item *rule,
                                       const struct wh_marks *marks, size_t i)
{
    const Wh__Item *item = rule->item;
    struct wh_item_score score = {.item = item, .flags = item->bonus ? WH_ITEM_BONUS : 0};
    if (item->form != WH__FORM__JUDGED) score.have = value_of(marks, rule->metric);
    switch (item->form) {
    case WH__FORM__JUDGED:
        score.points_h = judged_points(marks, i, item->points_h, &score.flags);
        break;
    case WH__FORM__COUNT:
        score.of = item->need;
        score.points_h = count_points(item, score.have);
        break;
    case WH__FORM__SHARE:
        score.of = value_of(marks, rule->denominator);
        score.points_h = share_points(item, score.have, score.of);
        break;
    case WH__FORM__DEDUCT: score.points_h = deduct_points(item, score.have); break;
    default: break; /* wh_programme_unpack() lets no other form in */
    }
    return score;
}

static int64_t value_of(const struct wh_marks *marks, uint32_t metric)
{
    return metric == WH_METRIC_NONE ? 0 : marks->values[metric];
}

static int64_t judged_points(const struct wh_marks *marks, size_t i, int64_t full_h,
                             uint32_t *flags)
{
    int64_t judged_h = marks->judged_h ? marks->judged_h[i] : WH_JUDGED_NONE;
    if (judged_h < 0) {
        *flags |= WH_ITEM_OPEN;
        return 0;
    }
    return judged_h < full_h ? judged_h : full_h;
}

static int64_t count_points(const Wh__Item *item, int64_t have)
{
    if (have >= item->need) return item->points_h;
    if (item->each_h > 0) {
        return less_each(item->points_h, item->each_h, (wh_int128)item->need - have);
    }
    if (have <= 0) return 0;
    return (int64_t)((wh_int128)item->points_h * have / item->need);
}

static int64_t share_points(const Wh__Item *item, int64_t part, int64_t whole)
{
    if (whole <= 0) return item->empty_h;
    if (wh_compare_products_i64(part, 100, item->target, whole) >= 0) return item->points_h;
    if (part <= 0) return 0;
    return (int64_t)((wh_int128)item->points_h * part * 100 / ((wh_int128)item->target * whole));
}

static int64_t deduct_points(const Wh__Item *item, int64_t value)
{
    if (value <= 0) return item->points_h;
    return less_each(item->points_h, item->each_h, value);
}

static int64_t less_each(int64_t full_h, int64_t each_h, wh_int128 times)
{
    wh_int128 left_h = full_h - each_h * times;
    return left_h > 0 ? (int64_t)left_h : 0;
}
