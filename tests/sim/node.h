/* node.h: one node of a simulation: the machine, its process, its clerk, and what the world has in
 * store for it. Times are virtual ms from the start. Thread: the caller's. */
#ifndef WH_SIM_NODE_H
#define WH_SIM_NODE_H

#include "base/buffer.h"
#include "engine/engine_parts.h"
#include "memory_net.h"
#include "memory_store.h"

#define WH_SIM_UNITS_MAX 5   /* of one node: its home and its villages */
#define WH_SIM_LATER_ROWS 4u /* that a node of a later release writes again and again */

struct wh_sim_op;     /* workload.h */
struct wh_sim_record; /* the same */
struct wh_sim;

enum wh_sim_membership {
    WH_SIM_JOINING, /* a token waits to be handed in */
    WH_SIM_MEMBER,
    WH_SIM_LEAVING, /* its parent was asked to take the membership back */
    WH_SIM_REVOKED,
    WH_SIM_ABSENT, /* a county that is not there yet */
};

/* A row of a later release: as its writer packed it. */
struct wh_sim_later_row {
    struct wh_buffer packed; /* that was saved */
    struct wh_buffer put;    /* into the running batch */
    uint32_t about;          /* the node that it speaks of */
};

struct wh_sim_node {
    struct wh_sim *sim;
    uint32_t number;
    uint32_t parent; /* of the node; WH_NOBODY: the root */
    uint32_t above;  /* of the unit */
    uint32_t kind;
    uint32_t below; /* nodes below it, itself too */
    uint32_t units_below;
    char unit[24];
    char units[WH_SIM_UNITS_MAX][24]; /* that its clerk enters records for */
    uint32_t units_count;
    char letter; /* with which the names of its units begin */
    uint8_t key[WH_NODE_KEY_BYTES];
    uint8_t invite_key[WH_NODE_KEY_BYTES];
    struct wh_memory_store *store;
    struct wh_engine *engine; /* NULL: the process is down */
    enum wh_sim_membership membership;
    struct wh_sim_later_row *later; /* NULL: it is of this release */
    int64_t deadline_ms;
    int64_t busy_until_ms;
    int64_t up_at_ms; /* while down */
    int64_t mono_ms;  /* of this machine at virtual time 0 */
    int64_t clock_ms; /* how far its clock is off */
    bool settles;     /* its operator has asked for it */
    int64_t work_at_ms;
    /* when the world has to do with it next; INT64_MAX: never */
    int64_t mended_at_ms; /* its wire */
    int64_t redial_at_ms; /* its modem loses the line */
    int64_t sound_at_ms;  /* its disk */
    int64_t return_at_ms; /* it is invited again */
    int64_t move_at_ms;   /* it goes to the inserted county */
    int64_t away_ms;      /* from revoked to invited again */
    bool new_key;         /* when it returns */
    struct wh_sim_op *ops;
    uint32_t ops_count;
    struct wh_sim_record *records;
    uint32_t records_count;
    uint64_t turns;
    const struct wh_snapshot *backup; /* NULL: none */
    int64_t restored_ms;              /* the note of a restore; 0: none */
    struct wh_sim_node *clone_of;     /* NULL: it is the only one */
    /* what checker.c remembers */
    uint64_t head;
    uint64_t checked_up[WH_LANES];   /* acknowledged by the parent and looked at */
    uint64_t checked_down[WH_LANES]; /* the same of the parent's feed for this node */
    bool forgotten; /* its parent has forgotten what it held: until the next session */
};

struct wh_now wh_sim_now(const struct wh_sim_node *node);
/* Starts the process of `node`; it may fail, and is then tried again later. */
void wh_sim_start(struct wh_sim_node *node);
/* The process is gone, with everything that was not on disk. */
void wh_sim_crash(struct wh_sim_node *node, int64_t down_ms);
/* Its times have changed. */
void wh_sim_plan(struct wh_sim_node *node);
/* The node whose home is `unit`, or NULL. */
struct wh_sim_node *wh_sim_find(const struct wh_sim *sim, struct wh_span unit);

#endif
