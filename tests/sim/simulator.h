/* simulator.h: a whole tree of nodes in one process under one seed: a city, its counties and their
 * townships, each the very engine that ships, over memory_store.h and memory_net.h.
 *
 * A run has three parts: the tree is set up and works while faults happen; the faults stop; all
 * must be where it belongs within a bound of virtual time. Times are virtual ms from the start.
 * Thread: the caller's. */
#ifndef WH_SIM_SIMULATOR_H
#define WH_SIM_SIMULATOR_H

#include "agenda.h"
#include "base/map.h"
#include "node.h"
#include "options.h"

#define WH_SIM_CLONES_MAX 2 /* in one run */

#define WH_SIM_CALM_MS 20000      /* for one change at the root, once all is quiet */
#define WH_SIM_IDLE_MS 120000     /* watched after that */
#define WH_SIM_IDLE_TURNS_MAX 400 /* of one node in that time */

/* How hard one seed has a fault; drawn by chaos.c. */
struct wh_sim_strength {
    uint32_t often; /* 0: never; a mean in ms, or a share of 10,000 */
    uint32_t hard;  /* for how many ms, or how much */
};

struct wh_sim_faults {
    struct wh_sim_strength of[WH_SIM_FAULTS_COUNT];
    struct wh_chance chance[WH_SIM_FAULTS_COUNT];
    int64_t next_ms[WH_SIM_FAULTS_COUNT]; /* of those that happen to one node at a time */
};

#define WH_SIM_LINES 120
#define WH_SIM_LINE_BYTES 200

/* What was broken, for a reader of many failures. */
enum wh_sim_failing {
    WH_SIM_SAFETY,      /* something that must never be */
    WH_SIM_CONVERGENCE, /* not done within the bound */
    WH_SIM_ENDING,      /* quiet, and not what it should be */
};

struct wh_sim {
    const struct wh_sim_options *options;
    struct wh_chance tree;
    struct wh_chance work;
    struct wh_chance starts; /* of processes */
    struct wh_sim_faults faults;
    struct wh_memory_net *net;
    struct wh_sim_node *nodes;
    struct wh_map by_unit;
    uint32_t count;
    uint32_t leaves;         /* the first node without children */
    uint32_t inserted;       /* the county that comes later; 0: none */
    struct wh_agenda agenda; /* turns, starts and clerks */
    struct wh_agenda chores; /* what the world has to do with a node */
    int64_t now_ms;
    int64_t work_ms;
    int64_t clock_base_ms; /* wall time at the start */
    bool chaos;            /* faults may happen now */
    bool calm;             /* all was quiet: nothing may go astray any more */
    int64_t looked_ms;     /* when operators looked last */
    bool has_lost;         /* a store came back without something that it had acknowledged */
    bool has_clone;        /* two copies of one store have run */
    bool failed;
    enum wh_sim_failing failing;
    char failure[WH_SIM_LINE_BYTES];
    char lines[WH_SIM_LINES][WH_SIM_LINE_BYTES];
    uint64_t lines_count;
    uint64_t digest; /* of all lines: the same seed, the same digest */
};

enum wh_sim_result {
    WH_SIM_PASSED,
    WH_SIM_FAILED,
};

/* Runs one seed; prints why it failed. */
enum wh_sim_result wh_sim_run(const struct wh_sim_options *options, uint64_t *ret_digest);

#endif
