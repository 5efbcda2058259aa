#include "rules/sentence.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/num.h"

/* Every sentence takes the same arguments and uses those that it needs. */
enum {
    ARG_POINTS,
    ARG_FULL,
    ARG_HAVE,
    ARG_OF,
    ARG_EACH,
    ARG_TARGET,
    ARGS_COUNT,
};

static enum wh_message message_of(const struct wh_item_score *score);
static enum wh_message count_message(const struct wh_item_score *score);
static enum wh_message share_message(const struct wh_item_score *score);

struct wh_span wh_item_sentence(const struct wh_item_score *score, enum wh_language language,
                                struct wh_arena *arena)
{
    char texts[ARGS_COUNT][WH_HUNDREDTHS_TEXT_SIZE];
    struct wh_span args[ARGS_COUNT];
    wh_hundredths_format(score->points_h, texts[ARG_POINTS]);
    wh_hundredths_format(score->item->points_h, texts[ARG_FULL]);
    (void)snprintf(texts[ARG_HAVE], sizeof(texts[0]), "%" PRId64, score->have);
    (void)snprintf(texts[ARG_OF], sizeof(texts[0]), "%" PRId64, score->of);
    wh_hundredths_format(score->item->each_h, texts[ARG_EACH]);
    (void)snprintf(texts[ARG_TARGET], sizeof(texts[0]), "%" PRIu32, score->item->target);
    for (size_t i = 0; i < ARGS_COUNT; i++) args[i] = wh_span_of(texts[i]);
    return wh_message_text(message_of(score), language, args, ARGS_COUNT, arena);
}

static enum wh_message message_of(const struct wh_item_score *score)
{
    switch (score->item->form) {
    case WH__FORM__COUNT: return count_message(score);
    case WH__FORM__SHARE: return share_message(score);
    case WH__FORM__DEDUCT: return WH_MSG_RULES_DEDUCT;
    default: break;
    }
    return (score->flags & WH_ITEM_OPEN) ? WH_MSG_RULES_OPEN : WH_MSG_RULES_JUDGED;
}

static enum wh_message count_message(const struct wh_item_score *score)
{
    if (score->have >= score->of) return WH_MSG_RULES_COUNT_FULL;
    return score->item->each_h > 0 ? WH_MSG_RULES_COUNT_EACH : WH_MSG_RULES_COUNT_PART;
}

static enum wh_message share_message(const struct wh_item_score *score)
{
    if (score->of <= 0) return WH_MSG_RULES_SHARE_NONE;
    if (wh_compare_products_i64(score->have, 100, score->item->target, score->of) >= 0) {
        return WH_MSG_RULES_SHARE_FULL;
    }
    return WH_MSG_RULES_SHARE_PART;
}
