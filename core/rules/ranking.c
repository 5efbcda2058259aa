#include "rules/ranking.h"

#include <stdlib.h>

#include "rules/share.h"

static int compare_entrants(const void *left, const void *right, void *level);
static int compare_key(Wh__RankingKey key, const struct wh_entrant *a, const struct wh_entrant *b);
static int64_t score_of(const struct wh_entrant *entrant);

void wh_ranking_sort(const struct wh_rule_level *level, struct wh_entrant *entrants, size_t count)
{
    struct wh_rule_level rules = *level; /* qsort_r hands on a pointer that is not const */
    if (count > 1) qsort_r(entrants, count, sizeof(*entrants), compare_entrants, &rules);
    for (size_t i = 0; i < count; i++) {
        struct wh_entrant *entrant = &entrants[i], *before = i > 0 ? &entrants[i - 1] : NULL;
        entrant->flags &= ~WH_ENTRANT_TIE;
        entrant->rank = 0;
        if (!(entrant->flags & WH_ENTRANT_RANKED)) continue;
        entrant->rank = (uint32_t)i + 1;
        if (!before || wh_ranking_compare(level, before, entrant) != 0) continue;
        entrant->rank = before->rank;
        entrant->flags |= WH_ENTRANT_TIE;
        before->flags |= WH_ENTRANT_TIE;
    }
}

/* Total: the code decides at last. */
static int compare_entrants(const void *left, const void *right, void *level)
{
    const struct wh_entrant *a = left, *b = right;
    int order = wh_ranking_compare(level, a, b);
    return order != 0 ? order : wh_span_compare(a->code, b->code);
}

int wh_ranking_compare(const struct wh_rule_level *level, const struct wh_entrant *a,
                       const struct wh_entrant *b)
{
    bool a_ranked = a->flags & WH_ENTRANT_RANKED, b_ranked = b->flags & WH_ENTRANT_RANKED;
    if (a_ranked != b_ranked) return a_ranked ? -1 : 1;
    if (!a_ranked) return 0;
    for (size_t i = 0; i < level->keys_count; i++) {
        int order = compare_key(level->keys[i], a, b);
        if (order != 0) return -order; /* the greater is the better */
    }
    return 0;
}

static int compare_key(Wh__RankingKey key, const struct wh_entrant *a, const struct wh_entrant *b)
{
    switch (key) {
    case WH__RANKING_KEY__VERDICT:
        return (int)(a->flags & WH_ENTRANT_QUALIFIED) - (int)(b->flags & WH_ENTRANT_QUALIFIED);
    case WH__RANKING_KEY__SCORE:
    case WH__RANKING_KEY__MEAN_SCORE:
        return (score_of(a) > score_of(b)) - (score_of(a) < score_of(b));
    case WH__RANKING_KEY__UNIT_SHARE:
    case WH__RANKING_KEY__SHARE_TOWNSHIP:
        return wh_share_compare((struct wh_share){a->units_qualified, a->units},
                                (struct wh_share){b->units_qualified, b->units});
    case WH__RANKING_KEY__SHARE_GRASSROOTS:
        return wh_share_compare(
            (struct wh_share){a->units_grassroots_qualified, a->units_grassroots},
            (struct wh_share){b->units_grassroots_qualified, b->units_grassroots});
    default: return 0; /* wh_programme_unpack() lets no other key in */
    }
}

static int64_t score_of(const struct wh_entrant *entrant)
{
    return entrant->score_h < 0 ? 0 : entrant->score_h;
}
