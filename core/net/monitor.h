/* monitor.h: what becomes of the one connection of a ZeroMQ socket that connects and does not do so
 * again by itself. Private to net/. Thread: the socket's. */
#ifndef WH_NET_MONITOR_H
#define WH_NET_MONITOR_H

#include <stdint.h>

enum wh_turn {
    WH_TURN_NONE,      /* nothing new */
    WH_TURN_CONNECTED, /* and the handshake done */
    WH_TURN_DENIED,    /* the other side does not know our key */
    WH_TURN_HANDSHAKE, /* failed otherwise: another key than expected, no CURVE, too slow */
    WH_TURN_REFUSED,   /* nobody listens there, or nobody answers */
    WH_TURN_LOST,      /* it had been connected */
};

/* The PAIR socket to poll, for `socket` of `context`; before zmq_connect(). `number` was never used
 * in this context. Close it with zmq_close(), after `socket`. */
void *wh_monitor_open(void *context, void *socket, uint64_t number);
/* Takes the next turn, if there is one; does not wait. */
enum wh_turn wh_monitor_take(void *monitor);
/* In a word, for logs and status. */
const char *wh_turn_word(enum wh_turn turn);

/* Lets `socket` connect once only. Not by ZMQ_RECONNECT_IVL -1, nor with ZMQ_IMMEDIATE: both throw
 * away what had arrived when the connection ends. */
void wh_socket_set_once(void *socket);

/* Sets a number among ZeroMQ's options; what the library refuses is our mistake. */
void wh_socket_set(void *socket, int option, int value);

#endif
