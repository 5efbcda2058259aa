/* inbox.h: what has arrived at one node and waits to be received. Thread: the caller's. */
#ifndef WH_SIM_INBOX_H
#define WH_SIM_INBOX_H

#include "engine/net_ops.h"

struct wh_inbox_item {
    struct wh_arrival arrival;
    char *bytes;
    char unit[32];
};

/* Zeroed: empty. */
struct wh_inbox {
    struct wh_inbox_item *items;
    uint32_t first, count, size;
    struct wh_inbox_item lent;
};

/* A new last item, zeroed; what its `bytes` will be, the inbox owns. */
struct wh_inbox_item *wh_inbox_add(struct wh_inbox *inbox);
/* Takes the first: 1, or 0 where there is none. Lent until the next call. */
int wh_inbox_take(struct wh_inbox *inbox, struct wh_arrival *ret);
void wh_inbox_clear(struct wh_inbox *inbox);
void wh_inbox_deinit(struct wh_inbox *inbox);

#endif
