/* ranking.h: who comes first (data.md "Rank"). Equal keys share a rank (1, 2, 2, 4) and are listed
 * by code; a unit that is unranked comes last, by code, with rank 0.
 *
 * Units: points in hundredths. Thread: any. Ownership: texts are borrowed. */
#ifndef WH_RULES_RANKING_H
#define WH_RULES_RANKING_H

#include "rules/rulebook.h"

#define WH_ENTRANT_RANKED 1u    /* heard of in the year */
#define WH_ENTRANT_QUALIFIED 2u /* its verdict */
#define WH_ENTRANT_TIE 4u       /* set by the ranking: another has the same rank */

struct wh_entrant {
    struct wh_span code;
    const void *unit; /* the caller's; not looked at */
    uint32_t flags;   /* WH_ENTRANT_* */
    uint32_t rank;    /* set by the ranking */
    int64_t score_h;  /* of a county the mean; -1: none, which sorts as 0 */
    /* Units below: township-level units of a county, grassroots units of a township-level unit. */
    int64_t units;
    int64_t units_qualified;
    int64_t units_grassroots; /* of a county */
    int64_t units_grassroots_qualified;
};

/* Sorts `entrants` by the keys of `level`, best first, and sets rank and WH_ENTRANT_TIE. The result
 * does not depend on the order given. Codes are distinct. */
void wh_ranking_sort(const struct wh_rule_level *level, struct wh_entrant *entrants, size_t count);

/* Below 0 where `a` comes before `b` by the keys alone, 0 where they share a rank. */
int wh_ranking_compare(const struct wh_rule_level *level, const struct wh_entrant *a,
                       const struct wh_entrant *b);

#endif
