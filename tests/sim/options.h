/* options.h: what a run is told: the seed, the shape of the tree, which faults it may have.
 * Thread: the caller's. */
#ifndef WH_SIM_OPTIONS_H
#define WH_SIM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

/* X(symbol, name on the command line). */
#define WH_SIM_FAULTS(X)                                                                           \
    X(DELAY, "delay")         /* frames take longer */                                             \
    X(LOSS, "loss")           /* frames are lost */                                                \
    X(REPEAT, "repeat")       /* frames come twice */                                              \
    X(LATE, "late")           /* a copy of a Push comes in a later session */                      \
    X(HALF_OPEN, "half_open") /* nobody tells that a connection has ended */                       \
    X(UNORDERED, "unordered") /* frames overtake each other */                                     \
    X(MODEMS, "modems")       /* some wires: 9,600 bit/s, 2 s round trip, cut every 60 s */        \
    X(VERSIONS, "versions")   /* some nodes are of a later release */                              \
    X(CUTS, "cuts")           /* wires are cut for a while, in one direction or both */            \
    X(CRASHES, "crashes")     /* power cuts, at any time or around a commit */                     \
    X(JUMPS, "jumps")         /* clocks jump */                                                    \
    X(COMMITS, "commits")     /* single commits fail */                                            \
    X(DISKS, "disks")         /* a disk fails reads and commits for a while */                     \
    X(FORGETS, "forgets")     /* cursors are lost at a start */                                    \
    X(REVOKES, "revokes")     /* members are revoked, invited again, some under a new key */       \
    X(MOVES, "moves")         /* a county is inserted between the city and townships */            \
    X(RESTORES, "restores")   /* an old backup is put back */                                      \
    X(TAILS, "tails")         /* the newest commits are lost */                                    \
    X(CLONES, "clones")       /* a second live copy of a store */

enum wh_sim_fault {
#define X(symbol, name) WH_SIM_##symbol,
    WH_SIM_FAULTS(X)
#undef X
        WH_SIM_FAULTS_COUNT
};

#define WH_SIM_LEVELS_MAX 5

/* A tree: how many nodes a level has below the root, and how much they do. */
struct wh_sim_shape {
    const char *name;
    uint32_t widths[WH_SIM_LEVELS_MAX - 1]; /* 0: no such level */
    uint32_t counties_drawn;                /* the first level has so many more, drawn */
    uint32_t villages_max;                  /* of a node of the last level */
    uint32_t faults;                        /* bits of those that a seed may draw */
    int64_t minutes;                        /* of faults and work */
    int64_t work_ms_max;                    /* between two doings of one clerk */
    int64_t turn_ms;                        /* that a turn takes */
};

enum wh_sim_talk {
    WH_SIM_QUIET, /* a failure shows the last lines */
    WH_SIM_TRACE, /* every line, as it happens */
    WH_SIM_BRIEF, /* a failure shows what failed, and no more */
};

struct wh_sim_options {
    uint64_t seed;
    enum wh_sim_talk talk;
    const struct wh_sim_shape *shape;
    uint32_t townships; /* nodes of the last level; 0: as the shape says */
    int64_t minutes;    /* 0: as the shape says */
    uint32_t only;      /* bits of the faults that may be on */
    uint32_t with;      /* bits of those that are on, whatever the seed says */
};

/* The defaults. */
void wh_sim_options_init(struct wh_sim_options *options);
/* Takes one word of the command line and its value: how many of the two it used, or a negative
 * WH_E_USAGE. */
int wh_sim_options_take(struct wh_sim_options *options, const char *word, const char *value);

const char *wh_sim_fault_name(enum wh_sim_fault fault);

#endif
