#include "inbox.h"

#include "base/memory.h"

struct wh_inbox_item *wh_inbox_add(struct wh_inbox *inbox)
{
    if (inbox->first + inbox->count == inbox->size) {
        if (inbox->first > 0) {
            memmove(inbox->items, inbox->items + inbox->first,
                    inbox->count * sizeof(*inbox->items));
            inbox->first = 0;
        } else {
            inbox->size = inbox->size > 0 ? inbox->size * 2 : 4;
            inbox->items = wh_memory_resize(inbox->items, inbox->size, sizeof(*inbox->items));
        }
    }
    inbox->items[inbox->first + inbox->count] = (struct wh_inbox_item){.bytes = NULL};
    return &inbox->items[inbox->first + inbox->count++];
}

int wh_inbox_take(struct wh_inbox *inbox, struct wh_arrival *ret)
{
    wh_memory_free(inbox->lent.bytes);
    inbox->lent.bytes = NULL;
    if (inbox->count == 0) return 0;
    inbox->lent = inbox->items[inbox->first++];
    if (--inbox->count == 0) inbox->first = 0;
    inbox->lent.arrival.unit = wh_span_of(inbox->lent.unit);
    *ret = inbox->lent.arrival;
    return 1;
}

void wh_inbox_clear(struct wh_inbox *inbox)
{
    for (uint32_t i = 0; i < inbox->count; i++) {
        wh_memory_free(inbox->items[inbox->first + i].bytes);
    }
    wh_memory_free(inbox->lent.bytes);
    inbox->lent.bytes = NULL;
    inbox->first = inbox->count = 0;
}

void wh_inbox_deinit(struct wh_inbox *inbox)
{
    wh_inbox_clear(inbox);
    wh_memory_free(inbox->items);
}
