/* neighbour.h: one neighbour as the engine keeps it. Private to engine/. Thread: loop. */
#ifndef WH_ENGINE_NEIGHBOUR_H
#define WH_ENGINE_NEIGHBOUR_H

#include "sync/link.h"

/* A neighbour: its link, the route by which it last greeted, and the link's results. */
struct wh_neighbour {
    struct wh_link link;
    struct wh_out out;
    uint64_t route;
    char unit[32]; /* of a child; "" for the parent */
    struct wh_holding committing;
    bool awaits_commit;
    Wh__Reject *rejects; /* of this turn, in the turn's arena */
    uint32_t rejects_count;
    bool wants;        /* a cut that waits for the next turn */
    uint64_t rejected; /* rows refused by either side, kept in the store */
};

#endif
