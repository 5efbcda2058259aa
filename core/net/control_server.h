/* control_server.h: the node's end of the control socket, through which every command comes. Who
 * may open the socket file may command the node: its folder is 0700, the file 0600.
 *
 * Thread: loop. Ownership: the caller closes what it opened. */
#ifndef WH_NET_CONTROL_SERVER_H
#define WH_NET_CONTROL_SERVER_H

#include "base/error.h"

struct wh_control_server;

/* Listens on the socket file `path`, making its folder (not those above it) where there is none and
 * replacing a file that a dead process left. WH_E_BUSY: a living process listens there, which the
 * error names; WH_E_IO. */
int wh_control_server_open(const char *path, struct wh_control_server **ret,
                           struct wh_error *err) WH_CHECKED;
/* Takes NULL. Frames handed over before get a fifth of a second to leave; the file is removed. */
void wh_control_server_close(struct wh_control_server *server);

struct wh_control_request {
    uint64_t client;      /* whom to answer */
    struct wh_span bytes; /* lent until the next receive; at most WH_REQUEST_BYTES_MAX */
};

/* Takes one request: 1, or 0 if there is none. */
int wh_control_server_receive(struct wh_control_server *server, struct wh_control_request *ret);

enum wh_control_sent {
    WH_CONTROL_SENT,
    WH_CONTROL_FULL, /* the client is slow: try again later */
    WH_CONTROL_GONE, /* the client is not there any more */
};

/* Hands over one frame of a reply; never blocks. */
enum wh_control_sent wh_control_server_send(struct wh_control_server *server, uint64_t client,
                                            struct wh_span bytes);

#endif
