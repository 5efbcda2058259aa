/* schedule.h: what will happen on the wires, in the order of time; ties in the order of sending.
 * Thread: the caller's. */
#ifndef WH_SIM_SCHEDULE_H
#define WH_SIM_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

enum wh_net_event_type {
    WH_NET_ASKED,    /* a connection is asked of the parent */
    WH_NET_ANSWERED, /* the child learns what came of it */
    WH_NET_FRAME_UP,
    WH_NET_FRAME_DOWN,
    WH_NET_ENDED, /* the child learns that the connection has ended */
};

struct wh_net_event {
    int64_t at_ms;
    uint64_t number; /* ties are broken by the order of sending */
    enum wh_net_event_type type;
    uint32_t node; /* the child */
    uint64_t connection;
    char *bytes;
    size_t len;
};

struct wh_schedule {
    struct wh_net_event *heap;
    uint32_t count;
    uint32_t size;
    uint64_t put; /* so many in all */
};

/* Takes event.bytes over. */
void wh_schedule_put(struct wh_schedule *schedule, struct wh_net_event event);
/* The first of them, which there must be; gives its bytes away. */
struct wh_net_event wh_schedule_take(struct wh_schedule *schedule);
/* INT64_MAX: nothing will happen. */
int64_t wh_schedule_next_ms(const struct wh_schedule *schedule);
void wh_schedule_deinit(struct wh_schedule *schedule);

#endif
