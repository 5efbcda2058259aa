/* verdict.h: does a unit qualify (达标), and what is missing where it does not (D26, D27).
 *
 * Units: points in hundredths. Thread: any. Plain values. */
#ifndef WH_RULES_VERDICT_H
#define WH_RULES_VERDICT_H

#include "rules/rulebook.h"
#include "rules/share.h"

#define WH_PASS_OF_PROGRAMME (-1)

/* The two conditions: a pass line and, at township level, a share of the units directly below. */
struct wh_pass {
    int64_t pass_h;
    int64_t share_percent; /* 0: no such condition */
};

struct wh_verdict {
    bool qualified; /* both hold */
    bool score_reached;
    bool share_reached;
    int64_t points_missing_h;
    int64_t units_missing; /* how many more of the units below must qualify */
};

/* The conditions of `level`; `pass_h` is another pass line, or WH_PASS_OF_PROGRAMME. */
struct wh_pass wh_pass_of(const struct wh_rule_level *level, int64_t pass_h);

/* `below`: qualified of existing grassroots units directly below the unit at the moment; with none
 * that condition holds, and a grassroots unit has none. */
struct wh_verdict wh_verdict_of(struct wh_pass pass, int64_t score_h, struct wh_share below);

#endif
