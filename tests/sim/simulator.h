/* simulator.h: a whole tree of nodes in one process under one seed: a city, its counties and their
 * townships, each the very engine that ships, over memory_store.h and memory_net.h.
 *
 * A run has three parts: the tree is set up and works while faults happen; the faults stop; all
 * must be where it belongs within a bound of virtual time. Times are virtual ms from the start.
 * Thread: the caller's. */
#ifndef WH_SIM_SIMULATOR_H
#define WH_SIM_SIMULATOR_H

#include "engine/engine_parts.h"
#include "memory_net.h"
#include "memory_store.h"

#define WH_SIM_COUNTIES_MAX 6
#define WH_SIM_UNITS_MAX 8 /* of one node: its home and its villages */

#define WH_SIM_WORK_MS 600000     /* faults and work */
#define WH_SIM_CONVERGE_MS 900000 /* after the faults have stopped */
#define WH_SIM_CALM_MS 20000      /* for one change at the root, once all is quiet */
#define WH_SIM_IDLE_MS 120000     /* watched after that */
#define WH_SIM_IDLE_TURNS_MAX 400 /* of one node in that time */

/* What one seed may do; drawn by chaos.h. Means are in ms; 0: never. */
struct wh_sim_faults {
    struct wh_weather weather;
    int64_t crash_mean_ms;
    int64_t down_ms_max;
    int64_t cut_mean_ms;
    int64_t cut_ms_max;
    int64_t jump_mean_ms;
    int64_t jump_ms_max;
    uint32_t commit_fails; /* of 10,000 */
    uint32_t forgets;      /* of 10,000 starts: what is held of the children's feeds is lost */
};

struct wh_sim_op;     /* workload.h */
struct wh_sim_record; /* the same */
struct wh_sim;

struct wh_sim_node {
    struct wh_sim *sim;
    uint32_t number;
    uint32_t parent; /* WH_NOBODY: the root */
    uint32_t kind;
    char unit[32];
    char units[WH_SIM_UNITS_MAX][32]; /* that its clerk enters records for */
    uint32_t units_count;
    char letter; /* with which the names of its units begin */
    uint8_t key[WH_NODE_KEY_BYTES];
    uint8_t invite_key[WH_NODE_KEY_BYTES];
    struct wh_memory_store *store;
    struct wh_engine *engine; /* NULL: the process is down */
    bool joined;              /* the token has been handed in */
    int64_t deadline_ms;
    int64_t busy_until_ms;
    int64_t up_at_ms;     /* while down */
    int64_t mono_ms;      /* of this machine at virtual time 0 */
    int64_t clock_ms;     /* how far its clock is off */
    int64_t mended_at_ms; /* its wire; 0: it is whole */
    int64_t work_at_ms;
    struct wh_sim_op *ops;
    uint32_t ops_count;
    struct wh_sim_record *records;
    uint32_t records_count;
    uint64_t turns;
    /* what checker.c remembers */
    uint64_t head;
    uint64_t checked_up[WH_LANES];   /* acknowledged by the parent and looked at */
    uint64_t checked_down[WH_LANES]; /* the same of the parent's feed for this node */
    bool forgotten; /* its parent has forgotten what it held: until the next session */
};

#define WH_SIM_LINES 120
#define WH_SIM_LINE_BYTES 200

enum wh_sim_talk {
    WH_SIM_QUIET, /* a failure shows the last lines */
    WH_SIM_TRACE, /* every line, as it happens */
};

struct wh_sim {
    uint64_t seed;
    enum wh_sim_talk talk;
    struct wh_chance chance;
    struct wh_sim_faults faults;
    struct wh_memory_net *net;
    struct wh_sim_node *nodes;
    uint32_t count;
    uint32_t counties;
    int64_t now_ms;
    int64_t clock_base_ms; /* wall time at the start */
    bool chaos;            /* faults may happen now */
    bool calm;             /* all was quiet: nothing may go astray any more */
    bool failed;
    char lines[WH_SIM_LINES][WH_SIM_LINE_BYTES];
    uint64_t lines_count;
    uint64_t digest; /* of all lines: the same seed, the same digest */
};

enum wh_sim_result {
    WH_SIM_PASSED,
    WH_SIM_FAILED,
};

/* Runs one seed; prints why it failed. */
enum wh_sim_result wh_sim_run(uint64_t seed, enum wh_sim_talk talk, uint64_t *ret_digest);

/* For the other files of this folder. `node` may be NULL: the whole tree. */
void wh_sim_note(struct wh_sim *sim, const struct wh_sim_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Says what is wrong; the first one ends the run. */
void wh_sim_fail(struct wh_sim *sim, const struct wh_sim_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

struct wh_now wh_sim_now(const struct wh_sim_node *node);
/* Starts the process of `node`; it may fail, and is then tried again later. */
void wh_sim_start(struct wh_sim_node *node);
/* The process is gone, with everything that was not on disk. */
void wh_sim_crash(struct wh_sim_node *node, int64_t down_ms);

#endif
