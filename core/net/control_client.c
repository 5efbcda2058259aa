#include "net/control_client.h"

#include <errno.h>

#include <zmq.h>

#include "base/assert.h"
#include "base/limits.h"
#include "base/memory.h"
#include "net/control_parts.h"
#include "net/monitor.h"

#define CONNECT_MS_MAX                                                                             \
    4000 /* of a node that lives: its I/O thread answers while its loop is busy */

struct wh_control_client {
    struct wh_control_place place;
    void *context;
    void *dealer;
    void *monitor;
    char *path;
};

static int fail_gone(const struct wh_control_client *client, struct wh_error *err)
{
    return wh_fail(err, WH_E_UNREACHABLE, WH_MSG_NET_NODE_DIED, WH_ARGS(wh_arg_c(client->path)));
}

static int fail_absent(const char *path, int number, struct wh_error *err)
{
    if (number == EACCES || number == EPERM) {
        return wh_fail(err, WH_E_NOT_PERMITTED, WH_MSG_NET_CONTROL_FORBIDDEN,
                       WH_ARGS(wh_arg_c(path)));
    }
    return wh_fail(err, WH_E_UNREACHABLE, WH_MSG_NET_NODE_ABSENT, WH_ARGS(wh_arg_c(path)));
}

/* Waits until the connection stands. */
static int wait_connected(struct wh_control_client *client, struct wh_error *err)
{
    zmq_pollitem_t item = {.socket = client->monitor, .events = ZMQ_POLLIN};
    enum wh_turn turn = WH_TURN_NONE;
    if (zmq_poll(&item, 1, CONNECT_MS_MAX) > 0) turn = wh_monitor_take(client->monitor);
    if (turn == WH_TURN_CONNECTED) return 0;
    return fail_absent(client->path, ECONNREFUSED, err);
}

static int connect_socket(struct wh_control_client *client, struct wh_error *err)
{
    client->context = zmq_ctx_new();
    client->dealer = client->context ? zmq_socket(client->context, ZMQ_DEALER) : NULL;
    if (!client->dealer) {
        return wh_fail(err, WH_E_IO, WH_MSG_NET_NO_SOCKET, WH_ARGS(wh_arg_c(zmq_strerror(errno))));
    }
    wh_socket_set(client->dealer, ZMQ_LINGER, 0);
    wh_socket_set_once(client->dealer); /* a command is never sent twice */
    client->monitor = wh_monitor_open(client->context, client->dealer, 0);
    if (zmq_connect(client->dealer, client->place.endpoint) != 0) {
        return fail_absent(client->path, errno, err);
    }
    return wait_connected(client, err);
}

int wh_control_client_open(const char *path, struct wh_control_client **ret, struct wh_error *err)
{
    struct wh_control_client *client = wh_memory_new(1, sizeof(*client));
    const char *scheme = "ipc://";
    int number, rc;
    if (strncmp(path, scheme, strlen(scheme)) == 0) path += strlen(scheme);
    client->path = memcpy(wh_memory_new(strlen(path) + 1, 1), path, strlen(path));
    number = wh_control_place_open(path, &client->place);
    if (number != 0) {
        rc = fail_absent(path, number, err);
    } else if (wh_control_place_owner(&client->place, &number) == 0 &&
               number != EAGAIN) { /* that one has too many waiting, but lives */
        rc = fail_absent(path, number, err);
    } else {
        rc = connect_socket(client, err);
    }
    if (rc < 0) {
        wh_control_client_close(client);
        return rc;
    }
    *ret = client;
    return 0;
}

void wh_control_client_close(struct wh_control_client *client)
{
    if (!client) return;
    if (client->monitor) (void)zmq_socket_monitor(client->dealer, NULL, 0); /* before its reader */
    if (client->dealer) (void)zmq_close(client->dealer);
    if (client->monitor) (void)zmq_close(client->monitor);
    if (client->context) {
        while (zmq_ctx_term(client->context) != 0 && errno == EINTR) continue;
    }
    wh_control_place_close(&client->place);
    wh_memory_free(client->path);
    wh_memory_free(client);
}

/* Hands over all frames that have arrived: 0 when there is none left, else as `visit`. */
static int visit_arrived(struct wh_control_client *client, wh_control_visit visit, void *context)
{
    zmq_msg_t message;
    int rc = 0;
    (void)zmq_msg_init(&message); /* cannot fail */
    while (rc == 0 && zmq_msg_recv(&message, client->dealer, ZMQ_DONTWAIT) >= 0) {
        rc = visit(context, wh_span(zmq_msg_data(&message), zmq_msg_size(&message)));
    }
    (void)zmq_msg_close(&message);
    return rc;
}

int wh_control_client_ask(struct wh_control_client *client, struct wh_span request,
                          wh_control_visit visit, void *context, struct wh_error *err)
{
    zmq_pollitem_t items[] = {{.socket = client->dealer, .events = ZMQ_POLLIN},
                              {.socket = client->monitor, .events = ZMQ_POLLIN}};
    bool is_lost = false;
    int rc = 0;
    if (request.len > WH_REQUEST_BYTES_MAX) {
        return wh_fail(err, WH_E_TOO_BIG, WH_MSG_NET_REQUEST_LARGE,
                       WH_ARGS(wh_arg_n((int64_t)request.len), wh_arg_n(WH_REQUEST_BYTES_MAX)));
    }
    if (zmq_send(client->dealer, request.data, request.len, ZMQ_DONTWAIT) < 0) {
        return fail_gone(client, err);
    }
    while (rc == 0 && !is_lost) {
        if (zmq_poll(items, 2, -1) < 0) continue; /* a signal that did not end us */
        is_lost = (items[1].revents & ZMQ_POLLIN) && wh_monitor_take(client->monitor);
        rc = visit_arrived(client, visit, context); /* a reply may have ended before its node */
    }
    if (rc == 0) return fail_gone(client, err);
    return rc > 0 ? 0 : rc;
}
