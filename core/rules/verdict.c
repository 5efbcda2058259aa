#include "rules/verdict.h"

struct wh_pass wh_pass_of(const struct wh_rule_level *level, int64_t pass_h)
{
    return (struct wh_pass){
        .pass_h = pass_h == WH_PASS_OF_PROGRAMME ? level->pass_h : pass_h,
        .share_percent = level->share_percent,
    };
}

struct wh_verdict wh_verdict_of(struct wh_pass pass, int64_t score_h, struct wh_share below)
{
    struct wh_verdict verdict = {
        .score_reached = score_h >= pass.pass_h,
        .share_reached = wh_share_reaches(below, pass.share_percent),
        .units_missing = wh_share_missing(below, pass.share_percent),
    };
    verdict.points_missing_h = verdict.score_reached ? 0 : pass.pass_h - score_h;
    verdict.qualified = verdict.score_reached && verdict.share_reached;
    return verdict;
}
