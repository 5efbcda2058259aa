/* workload.h: what people do at the nodes: the root's tree and programme, invitations, and records
 * that clerks add, change and withdraw.
 * Thread: the caller's. */
#ifndef WH_SIM_WORKLOAD_H
#define WH_SIM_WORKLOAD_H

#include "base/id.h"
#include "simulator.h"

enum wh_sim_op_type {
    WH_SIM_IMPORT,
    WH_SIM_ISSUE,
    WH_SIM_INVITE, /* `child` */
    WH_SIM_REVOKE, /* the same */
    WH_SIM_LATER,  /* a row of a later release, `record` */
    WH_SIM_ADD,
    WH_SIM_CHANGE,
    WH_SIM_WITHDRAW,
};

enum wh_sim_op_state {
    WH_SIM_WAITS,
    WH_SIM_IN_BATCH,  /* of the running turn */
    WH_SIM_UNCERTAIN, /* the power went before an answer came */
};

/* A record as the clerk remembers it: what was answered with "saved". */
struct wh_sim_record {
    struct wh_id id;
    uint64_t version;
    bool is_elder; /* of the kind `elder`, else `meeting` */
    uint32_t unit; /* index into the node's units */
    int32_t date;
    int64_t amount; /* attended, or pay in hundredths */
    int32_t until;  /* 0: none */
    bool withdrawn;
};

struct wh_sim_op {
    enum wh_sim_op_type type;
    enum wh_sim_op_state state;
    uint32_t child;
    uint32_t record; /* index; CHANGE, WITHDRAW and LATER */
    struct wh_sim_record after;
};

/* What the root and the counties do first. */
void wh_work_begin(struct wh_sim *sim);
/* The root gives the units of `node` other names. */
void wh_work_rename(struct wh_sim_node *node);
/* Its parent invites `node`. */
void wh_work_invite(struct wh_sim_node *node);
/* Its parent takes the membership of `node` back; it is to be away for so long. */
void wh_work_revoke(struct wh_sim_node *node, int64_t away_ms);
/* Nobody waits at `node` any more. */
void wh_work_drop_ops(struct wh_sim_node *node);
/* The store of `node` goes back to a former state: its clerk no longer knows what was saved. */
void wh_work_lose(struct wh_sim_node *node);
/* The root's store went back: it imports its tree again, and issues its programme where that is
 * gone too. */
void wh_work_found(struct wh_sim_node *root, uint32_t programmes);
/* A clerk does something when it is time. */
void wh_work_draw(struct wh_sim_node *node);
int64_t wh_work_next_ms(const struct wh_sim_node *node);
/* True where nobody at the node waits for an answer. */
bool wh_work_is_done(const struct wh_sim_node *node);

/* Hooks of the engine; the context is the node. */
void wh_work_requests(void *context, struct wh_engine *engine);
void wh_work_committed(void *context, int rc, const struct wh_error *err);
int wh_work_measure(void *context, const struct wh_cell *cell, const struct wh_kind *kind,
                    struct wh_measurement *ret, struct wh_error *err);

/* After a power cut: clerks look whether what they had not heard about was saved. */
void wh_work_power_cut(struct wh_sim_node *node);
void wh_work_look_again(struct wh_sim_node *node);

void wh_work_free(struct wh_sim_node *node);

#endif
