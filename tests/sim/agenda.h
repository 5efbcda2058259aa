/* agenda.h: when something is due at each of many nodes: a heap, so that the next one is found
 * without a look at all. Ties in the order of their numbers. Thread: the caller's. */
#ifndef WH_SIM_AGENDA_H
#define WH_SIM_AGENDA_H

#include <stdint.h>

struct wh_agenda {
    uint32_t *heap;  /* numbers of nodes */
    uint32_t *place; /* of each node in the heap */
    int64_t *at_ms;  /* of each node */
    uint32_t count;
};

/* Nothing is due at any of `count` nodes. */
void wh_agenda_init(struct wh_agenda *agenda, uint32_t count);
void wh_agenda_deinit(struct wh_agenda *agenda);
/* INT64_MAX: never. */
void wh_agenda_set(struct wh_agenda *agenda, uint32_t node, int64_t at_ms);
/* Where something is due first, and when. */
uint32_t wh_agenda_first(const struct wh_agenda *agenda);
int64_t wh_agenda_next_ms(const struct wh_agenda *agenda);

#endif
