/* neighbour.h: one neighbour as the engine keeps it. Private to engine/. Thread: loop. */
#ifndef WH_ENGINE_NEIGHBOUR_H
#define WH_ENGINE_NEIGHBOUR_H

#include "engine/doubts.h"
#include "sync/link.h"

/* Which way. */
enum wh_feed {
    WH_FEED_UP = 0,
    WH_FEED_DOWN = 1,
    WH_FEEDS = 2,
};

/* First byte of a key in the family `peers`. */
enum wh_peer_fact {
    WH_PEER_HOLDING = 1,    /* what this node holds of the neighbour's feed */
    WH_PEER_REJECT_IN = 2,  /* a row of the neighbour that this node refused */
    WH_PEER_REJECT_OUT = 3, /* a row of this node that the neighbour refused */
    WH_PEER_INVITE = 4,     /* unit + one-time public key */
    WH_PEER_PROGRAM = 6,    /* of the neighbour, when it refused rows */
    WH_PEER_CARRIED = 5,    /* held by the neighbour, as its last bundle said */
};

/* A cut of the feed that the link has asked for. */
struct wh_wanted {
    enum wh_lane lane;
    uint64_t after;
    uint32_t bytes_max;
};

/* A neighbour: its link, the route by which it last greeted, and the link's results. */
struct wh_neighbour {
    struct wh_link link;
    struct wh_neighbour *next_stepped;
    bool is_stepped; /* it is in the engine's list of them */
    uint64_t route;
    char unit[32]; /* of a child; "" for the parent */
    struct wh_holding committing;
    bool awaits_commit;
    Wh__Reject *rejects; /* of this turn, in the turn's arena */
    uint32_t rejects_count;
    bool wants;                     /* a cut, now or in the next turn */
    struct wh_wanted wanted;        /* which: steps in between may not forget it */
    uint64_t heads[WH_LANES];       /* of its feed, with the open batch (feed.h) */
    uint64_t safe_heads[WH_LANES];  /* on disk */
    uint64_t rejected;              /* rows refused by either side, kept in the store */
    uint64_t reviewed[WH_LANES];    /* what was acknowledged when they were last looked at */
    bool rejects_touched;           /* by the open batch */
    bool doubts_changed;            /* rows that it refused for them are offered again */
    bool has_greeted;               /* a session began in this turn */
    bool awaits_branch;             /* the open batch holds the term that the link asked for */
    struct wh_doubts doubts;        /* what the neighbour tells that it holds in doubt */
    struct wh_telling telling;      /* ours, to it */
    uint64_t former_route;          /* of a child: which a newer Hello replaced; 0: none */
    struct wh_position former_head; /* the newest head that it had told */
    bool copies_seen;               /* two homes that are copies of each other greet as it */
    int64_t copies_ms;              /* when they last were, monotonic */
};

/* The feed that it is sent. */
enum wh_feed wh_neighbour_feed(const struct wh_neighbour *neighbour);
/* The unit of a child; "" for the parent. */
struct wh_span wh_neighbour_name(const struct wh_neighbour *neighbour);

/* A neighbour as the store knows it, its link down. WH_E_IO, WH_E_CORRUPT. */
int wh_neighbour_new(struct wh_engine *engine, enum wh_link_role role, struct wh_span unit,
                     struct wh_neighbour **ret, struct wh_error *err);
void wh_neighbour_free(struct wh_neighbour *neighbour);

/* Puts what is held of its feed once the open batch is committed. */
void wh_neighbour_put_holding(struct wh_engine *engine, struct wh_neighbour *neighbour);

/* True while a given-up copy of the child's home has greeted lately, and so still runs. */
bool wh_copies_are_seen(const struct wh_engine *engine, const struct wh_neighbour *child);

/* arrivals.c: after a commit: ends the session that a child's newer Hello replaced, where it was
 * given up. */
void wh_links_end_former(struct wh_engine *engine, struct wh_neighbour *child);

/* arrivals.c: after a commit: ends the session of a child that is no member any more. */
void wh_links_end_revoked(struct wh_engine *engine, struct wh_neighbour *child);

/* What this node is towards the neighbour (links.c). Lent for the step. */
struct wh_self wh_links_self(struct wh_engine *engine, const struct wh_neighbour *neighbour);

/* arrivals.c */
void wh_links_take_arrivals(struct wh_engine *engine);
/* link_turn.c */
void wh_links_tick(struct wh_engine *engine);
void wh_links_committed(struct wh_engine *engine, int rc);
int64_t wh_links_deadline_ms(const struct wh_engine *engine);
/* links.c */
void wh_links_deinit(struct wh_engine *engine);
/* Begins the link to the parent, from what the store holds of its feed. */
int wh_links_load_parent(struct wh_engine *engine, struct wh_error *err);
/* What was not stepped has nothing to be told after the commit, and the deadline that it had: this
 * says that a neighbour was. */
void wh_links_mark(struct wh_engine *engine, struct wh_neighbour *neighbour);
/* Cuts what the neighbour's link has asked for, and carries out what comes of it. */
void wh_links_cut(struct wh_engine *engine, struct wh_neighbour *neighbour);
/* Steps one neighbour and carries out what comes of it. */
void wh_links_step(struct wh_engine *engine, struct wh_neighbour *neighbour,
                   struct wh_event *event);

#endif
