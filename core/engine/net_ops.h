/* net_ops.h: what the engine asks of a wire: authenticated frames from and to neighbours. net/
 * implements it over ZeroMQ with CURVE, the simulator in memory. Nothing here blocks.
 * Thread: loop. */
#ifndef WH_ENGINE_NET_OPS_H
#define WH_ENGINE_NET_OPS_H

#include "base/error.h"

#define WH_ROUTE_PARENT 0u /* children have routes from 1 */
#define WH_NODE_KEY_BYTES 32

enum wh_arrival_type {
    WH_ARRIVAL_FRAME,
    WH_ARRIVAL_CONNECTED, /* to the parent */
    WH_ARRIVAL_LOST,      /* the connection to the parent; `bytes` says why in a word */
    WH_ARRIVAL_DENIED,    /* the parent does not know the key that was used */
};

struct wh_arrival {
    enum wh_arrival_type type;
    uint64_t route;
    struct wh_span unit; /* of a child: whose key it is */
    bool by_invite;      /* the key is the one-time key of an invite */
    uint8_t invite_key[WH_NODE_KEY_BYTES];
    struct wh_span bytes; /* lent until the next receive */
};

/* Which key the connection to the parent uses. */
enum wh_identity {
    WH_IDENTITY_NODE,
    WH_IDENTITY_INVITE,
};

struct wh_net_ops {
    /* Takes one arrival: 1, or 0 if there is none. */
    int (*receive)(void *net, struct wh_arrival *ret);
    /* Hands over a frame; false: the neighbour is gone or its queue is full (the link will notice
     * by what it does not receive). */
    bool (*send)(void *net, uint64_t route, struct wh_span bytes);
    /* Begins a new connection to the parent in place of the former one. */
    void (*connect)(void *net, enum wh_identity identity);
    void (*disconnect)(void *net);
};

struct wh_net {
    const struct wh_net_ops *ops;
    void *self;
};

#endif
