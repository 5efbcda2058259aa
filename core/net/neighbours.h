/* neighbours.h: net_ops over ZeroMQ: the wire to the parent and the children, encrypted and
 * authenticated by CURVE; there is no plaintext mode.
 *
 * A frame that arrives names the unit whose key its connection proved. A connection to the parent
 * is made once for each connect() and never again by itself: when is the link's decision.
 *
 * Units: milliseconds. Thread: loop. Ownership: the caller closes what it opened. */
#ifndef WH_NET_NEIGHBOURS_H
#define WH_NET_NEIGHBOURS_H

#include "engine/net_ops.h"

struct wh_wire;
struct wh_control_server;

enum wh_admitted {
    WH_ADMITTED_NO,
    WH_ADMITTED_MEMBER,
    WH_ADMITTED_INVITE, /* under a one-time key */
};

/* Whose key is it? *ret_unit is set where it is somebody's, and read before the call's return is
 * followed by anything else. Asked in wh_wire_wait(), once a connection: a key that is revoked
 * later keeps its connection, so the engine asks again for each frame. */
typedef enum wh_admitted (*wh_admit)(void *context, const uint8_t key[WH_NODE_KEY_BYTES],
                                     struct wh_span *ret_unit);

struct wh_wire_config {
    uint8_t secret_key[WH_NODE_KEY_BYTES]; /* the node's own; copied */
    wh_admit admit;
    void *admit_context;
};

/* A wire that neither listens nor has a parent. WH_E_IO: no sockets to be had. */
int wh_wire_open(const struct wh_wire_config *config, struct wh_wire **ret,
                 struct wh_error *err) WH_CHECKED;
/* Takes NULL. Frames handed over before get a fifth of a second to leave. */
void wh_wire_close(struct wh_wire *wire);

/* Lends the table for the engine; holds until wh_wire_close(). */
struct wh_net wh_wire_net(struct wh_wire *wire);

/* Listens at `endpoint` (tcp://HOST:PORT) in place of where it did; NULL: nowhere. Children that
 * had connected there are cut off, and come again by their own back-off. WH_E_INVALID, WH_E_BUSY
 * (somebody else listens there), WH_E_NOT_PERMITTED, WH_E_FAILED (no such address here); the former
 * endpoint then still holds, if it can be had. */
int wh_wire_listen(struct wh_wire *wire, const char *endpoint, struct wh_error *err) WH_CHECKED;
/* Where it listens, with the port that was given for `*`; NULL: nowhere. */
const char *wh_wire_endpoint(const struct wh_wire *wire);

struct wh_wire_parent {
    const char *const *endpoints; /* tried in turn, one a connect() */
    size_t count;
    const uint8_t *key;           /* the parent's public key */
    const uint8_t *invite_secret; /* NULL: none */
};

/* Who connect() goes to from now on (copied); NULL: nobody. WH_E_INVALID: an endpoint is none. */
int wh_wire_set_parent(struct wh_wire *wire, const struct wh_wire_parent *parent,
                       struct wh_error *err) WH_CHECKED;

struct wh_watch {
    int fd;
    bool ready; /* out: it can be read */
};

#define WH_READY_NET 1u     /* wh_net_ops.receive may have something */
#define WH_READY_CONTROL 2u /* wh_control_server_receive may */
#define WH_READY_WATCH 4u   /* one of `watches` is ready */

/* Waits until something is ready, at most `timeout_ms` (negative: for ever), and answers who asks
 * to be admitted. `control` may be NULL. Returns a sum of WH_READY_*; 0: time is up, a signal came,
 * or only admissions were answered. */
uint32_t wh_wire_wait(struct wh_wire *wire, struct wh_control_server *control,
                      struct wh_watch *watches, size_t count, int64_t timeout_ms);

#endif
