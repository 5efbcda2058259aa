/* replies.h: frames on their way to clients of the control socket. A client that reads slowly never
 * holds the loop up: what it can't take yet waits here, up to a cap, then it is given up.
 * Thread: loop. */
#ifndef WH_NODE_REPLIES_H
#define WH_NODE_REPLIES_H

#include "door/call.h"
#include "net/control_server.h"

struct wh_reply_client;

struct wh_replies {
    struct wh_control_server *control;
    struct wh_reply_client *clients;
};

/* The sink for a client's reply, and what to call when its last frame has been given. */
struct wh_reply_sink wh_replies_sink(struct wh_replies *replies, uint64_t client);
void wh_replies_release(void *client);

/* Sends what waits, as far as clients take it. True where something still waits. */
bool wh_replies_flush(struct wh_replies *replies);
void wh_replies_deinit(struct wh_replies *replies);

#endif
