/* scenario.h: what goes into a plugin and what must come out, as its author writes it in YAML
 * (plugins/README.md "The test kit"). Thread: any. Ownership: everything read lives in the arena
 * given and borrows from the text. */
#ifndef WH_KIT_SCENARIO_H
#define WH_KIT_SCENARIO_H

#include "home/plugin_files.h"
#include "model/record.h"

/* X(symbol, key, keys that it may have beside it and `expect`). `refused` means that the step must
 * fail, with a sentence that holds this text. */
#define WH_STEP_VERBS(X)                                                                           \
    X(TODAY, "today", NULL)                                                                        \
    X(ADD, "add", "unit", "fields", "refused", NULL)                                               \
    X(METRICS, "metrics", "unit", "quarter", "expect", NULL)                                       \
    X(RUN, "run", "with", "expect", "refused", NULL)                                               \
    X(JOB, "job", "refused", NULL)                                                                 \
    X(NOTICES, "notices", "expect", NULL)                                                          \
    X(RECORDS, "records", "unit", "expect", NULL)

enum wh_step_verb {
#define X(symbol, ...) WH_STEP_##symbol,
    WH_STEP_VERBS(X)
#undef X
};

/* One row that must come out: NAME is TEXT, as a table shows it. What is not named may be anything.
 */
struct wh_expected {
    const struct wh_entry *cells;
    uint32_t count;
    uint32_t line;
};

struct wh_step {
    enum wh_step_verb verb;
    uint32_t line;
    struct wh_span subject; /* the kind, command or job; empty for notices */
    struct wh_span unit;
    int32_t day;                    /* of `today` */
    int32_t quarter;                /* of `metrics`; 0: that of today */
    const struct wh_entry *entries; /* `fields`, `with` */
    uint32_t entries_count;
    struct wh_span refused;
    bool expects; /* else what comes is only shown */
    const struct wh_expected *expect;
    uint32_t expect_count;
};

struct wh_scenario {
    int32_t today;
    struct wh_span home;         /* the node's unit; the first of `units` unless it is named */
    const struct wh_unit *units; /* by code */
    uint32_t units_count;
    struct wh_setting_said *settings; /* as in plugins.d/NAME.yaml */
    uint32_t settings_count;
    const struct wh_step *steps;
    uint32_t steps_count;
};

/* The unit of this code, or NULL; `scenario` is a struct wh_scenario. */
const struct wh_unit *wh_scenario_unit(const void *scenario, struct wh_span code);

/* The key of a verb: "add". */
const char *wh_step_word(enum wh_step_verb verb);

/* Reads a scenario; every fault is added with its line. *ret is whole where none was. */
void wh_scenario_read(struct wh_span text, struct wh_arena *arena, struct wh_faults *faults,
                      struct wh_scenario *ret);

#endif
