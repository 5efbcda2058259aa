#include "net/monitor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <zmq.h>

#include "base/assert.h"

static const struct {
    uint16_t event;
    enum wh_turn turn;
} turns[] = {
    {ZMQ_EVENT_HANDSHAKE_SUCCEEDED, WH_TURN_CONNECTED},
    {ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, WH_TURN_DENIED},
    {ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, WH_TURN_HANDSHAKE},
    {ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, WH_TURN_HANDSHAKE},
    {ZMQ_EVENT_CLOSED, WH_TURN_REFUSED},
    {ZMQ_EVENT_CONNECT_RETRIED, WH_TURN_REFUSED}, /* planned, that is; a name without address too */
    {ZMQ_EVENT_DISCONNECTED, WH_TURN_LOST},
};

static const char *const words[] = {
    [WH_TURN_NONE] = "none",           [WH_TURN_CONNECTED] = "connected",
    [WH_TURN_DENIED] = "denied",       [WH_TURN_HANDSHAKE] = "handshake",
    [WH_TURN_REFUSED] = "unreachable", [WH_TURN_LOST] = "disconnected",
};

void wh_socket_set(void *socket, int option, int value)
{
    WH_ASSERT(zmq_setsockopt(socket, option, &value, sizeof(value)) == 0);
}

#define RECONNECT_MS (1 << 29) /* six days: the socket is closed long before */

void wh_socket_set_once(void *socket)
{
    wh_socket_set(socket, ZMQ_RECONNECT_IVL, RECONNECT_MS);
}

void *wh_monitor_open(void *context, void *socket, uint64_t number)
{
    char endpoint[64];
    int events = 0;
    void *monitor;
    (void)snprintf(endpoint, sizeof(endpoint), "inproc://monitor-%" PRIu64, number);
    for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) events |= turns[i].event;
    WH_ASSERT(zmq_socket_monitor(socket, endpoint, events) == 0);
    monitor = zmq_socket(context, ZMQ_PAIR);
    WH_ASSERT(monitor);
    wh_socket_set(monitor, ZMQ_LINGER, 0);
    WH_ASSERT(zmq_connect(monitor, endpoint) == 0);
    return monitor;
}

enum wh_turn wh_monitor_take(void *monitor)
{
    char head[6], address[256];
    uint16_t event;
    while (zmq_recv(monitor, head, sizeof(head), ZMQ_DONTWAIT) == (int)sizeof(head)) {
        memcpy(&event, head, sizeof(event)); /* in this machine's byte order */
        (void)zmq_recv(monitor, address, sizeof(address), ZMQ_DONTWAIT); /* which we know */
        for (size_t i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
            if (turns[i].event == event) return turns[i].turn;
        }
    }
    return WH_TURN_NONE;
}

const char *wh_turn_word(enum wh_turn turn)
{
    return words[turn];
}
