/* kit.h: a plugin tried out without a node: loaded as a node loads it, fed by a scenario, over a
 * store in memory that lasts as long as the run. What a node has beyond one plugin (programmes,
 * rankings, other plugins) is not there. Thread: the process's one. */
#ifndef WH_KIT_KIT_H
#define WH_KIT_KIT_H

#include "kit/scenario.h"

/* One thing that came out. */
struct wh_kit_line {
    uint32_t line;       /* of the step */
    struct wh_span step; /* "metrics visit" */
    struct wh_span came; /* "NAME=TEXT NAME=TEXT", a sentence, or empty: nothing */
};

typedef void (*wh_kit_each)(void *context, const struct wh_kit_line *line);

enum wh_kit_place {
    WH_KIT_HERE,     /* in this process: a debugger sees it */
    WH_KIT_ISOLATED, /* in one of its own, as a node runs it that isolates it */
};

struct wh_kit_wanted {
    struct wh_span file; /* an absolute path, NAME.so */
    enum wh_kit_place place;
    const struct wh_scenario *scenario;
    enum wh_language language;
    wh_kit_each each; /* told of all that comes out, step by step */
    void *each_context;
};

/* Loads the plugin and runs the steps. What differs from what the scenario expects becomes a fault
 * with the line that expects it, and WH_E_FAILED at last; the steps after it run all the same.
 * WH_E_INVALID where the plugin can't be loaded. */
int wh_kit_run(const struct wh_kit_wanted *wanted, struct wh_arena *arena, struct wh_faults *faults,
               struct wh_error *err);

#endif
