/* control_client.h: the command line's end of the control socket. One client sends one request.
 *
 * A node that is not there, or dies before its reply has ended, is WH_E_UNREACHABLE at once (within
 * five seconds at worst); one that lives may take as long as it needs. Nothing is sent again.
 *
 * Thread: the caller's. */
#ifndef WH_NET_CONTROL_CLIENT_H
#define WH_NET_CONTROL_CLIENT_H

#include "base/error.h"

struct wh_control_client;

/* Connects to the socket file `path` (ipc:// before it is allowed): WH_E_UNREACHABLE,
 * WH_E_NOT_PERMITTED. */
int wh_control_client_open(const char *path, struct wh_control_client **ret,
                           struct wh_error *err) WH_CHECKED;
/* Takes NULL. */
void wh_control_client_close(struct wh_control_client *client);

/* One frame of the reply, lent for the call. 0: go on; 1: it was the last; negative: stop with this
 * code, `err` being as the visitor left it. */
typedef int (*wh_control_visit)(void *context, struct wh_span frame);

/* Sends `request` and hands each frame of the reply to `visit`: WH_E_TOO_BIG, WH_E_UNREACHABLE. */
int wh_control_client_ask(struct wh_control_client *client, struct wh_span request,
                          wh_control_visit visit, void *context, struct wh_error *err) WH_CHECKED;

#endif
