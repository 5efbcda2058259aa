/* neighbours_parts.h: what the files of the wire share: neighbours.c (sockets, waiting), arrivals.c
 * (the table), admission.c (ZAP). Private to net/. Thread: loop. */
#ifndef WH_NET_NEIGHBOURS_PARTS_H
#define WH_NET_NEIGHBOURS_PARTS_H

#include <zmq.h>

#include "base/limits.h"
#include "net/curve.h"
#include "net/neighbours.h"

#define WH_LINGER_MS 200
/* User-Id, as admission.c gives it to a connection and arrivals.c reads it: M or I, for I the key
 * in Z85, then the unit. */
#define WH_USER_ID_SIZE (1 + (WH_CURVE_TEXT_SIZE - 1) + WH_CODE_BYTES_MAX + 1)

struct wh_wire {
    void *context;
    struct wh_curve_pair pair;
    wh_admit admit;
    void *admit_context;
    void *zap;
    /* children */
    void *router; /* NULL: never listened */
    char *endpoint;
    /* parent */
    char **parent_endpoints;
    size_t parent_count;
    size_t parent_next;
    uint8_t parent_key[WH_NODE_KEY_BYTES];
    struct wh_curve_pair invite;
    bool has_invite;
    void *dealer; /* NULL: no connection, nor one under way */
    void *monitor;
    uint64_t connects; /* so far */
    bool is_connected;
    enum wh_arrival_type ended; /* once the last frames are taken, this is what to say */
    const char *ended_why;      /* NULL: it has not ended */
    /* the arrival that is lent */
    zmq_msg_t message;
    bool router_first; /* so that neither parent nor children are kept waiting by the other */
    char unit[WH_CODE_BYTES_MAX + 1];
};

/* Settings of every socket between neighbours. */
void wh_wire_socket_set(void *socket);
/* Answers who asks to be admitted, as far as they have asked. */
void wh_wire_admit(struct wh_wire *wire);
/* Closes the connection to the parent, if there is one. */
void wh_wire_parent_close(struct wh_wire *wire);

extern const struct wh_net_ops wh_wire_ops;

#endif
