#include "schedule.h"

#include <stdbool.h>

#include "base/memory.h"

static bool is_before(const struct wh_net_event *a, const struct wh_net_event *b)
{
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->number < b->number;
}

static void swap(struct wh_net_event *a, struct wh_net_event *b)
{
    struct wh_net_event kept = *a;
    *a = *b;
    *b = kept;
}

void wh_schedule_put(struct wh_schedule *schedule, struct wh_net_event event)
{
    uint32_t i = schedule->count;
    if (schedule->count == schedule->size) {
        schedule->size = schedule->size > 0 ? schedule->size * 2 : 256;
        schedule->heap = wh_memory_resize(schedule->heap, schedule->size, sizeof(*schedule->heap));
    }
    event.number = schedule->put++;
    schedule->heap[schedule->count++] = event;
    while (i > 0 && is_before(&schedule->heap[i], &schedule->heap[(i - 1) / 2])) {
        swap(&schedule->heap[i], &schedule->heap[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

struct wh_net_event wh_schedule_take(struct wh_schedule *schedule)
{
    struct wh_net_event first = schedule->heap[0];
    uint32_t i = 0;
    schedule->heap[0] = schedule->heap[--schedule->count];
    for (;;) {
        uint32_t least = i, left = 2 * i + 1;
        for (uint32_t j = left; j <= left + 1 && j < schedule->count; j++) {
            if (is_before(&schedule->heap[j], &schedule->heap[least])) least = j;
        }
        if (least == i) return first;
        swap(&schedule->heap[i], &schedule->heap[least]);
        i = least;
    }
}

int64_t wh_schedule_next_ms(const struct wh_schedule *schedule)
{
    return schedule->count > 0 ? schedule->heap[0].at_ms : INT64_MAX;
}

void wh_schedule_deinit(struct wh_schedule *schedule)
{
    for (uint32_t i = 0; i < schedule->count; i++) wh_memory_free(schedule->heap[i].bytes);
    wh_memory_free(schedule->heap);
}
