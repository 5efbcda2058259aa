/* control_parts.h: what both ends of the control socket share. Private to net/. */
#ifndef WH_NET_CONTROL_PARTS_H
#define WH_NET_CONTROL_PARTS_H

#include "net/control_client.h"
#include "net/control_server.h"

/* Where a control socket is. The address of a UNIX socket has room for 107 bytes: the folder is
 * opened, and named by its descriptor, so that a home may lie as deep as it likes. */
struct wh_control_place {
    int folder;         /* -1: not open */
    char path[100];     /* /proc/self/fd/N/NAME */
    char endpoint[106]; /* ipc:// and the path */
};

/* Splits `path` and opens its folder: 0 or an errno. Close it after the socket's context. */
int wh_control_place_open(const char *path, struct wh_control_place *ret) WH_CHECKED;
void wh_control_place_close(struct wh_control_place *place);

/* The process that listens there, 0 where nobody does (ret_errno says why). */
int64_t wh_control_place_owner(const struct wh_control_place *place, int *ret_errno);

/* The socket to poll. */
void *wh_control_server_socket(struct wh_control_server *server);

#endif
