#include "agenda.h"

#include <stdbool.h>

#include "base/memory.h"

void wh_agenda_init(struct wh_agenda *agenda, uint32_t count)
{
    agenda->heap = wh_memory_new(count, sizeof(*agenda->heap));
    agenda->place = wh_memory_new(count, sizeof(*agenda->place));
    agenda->at_ms = wh_memory_new(count, sizeof(*agenda->at_ms));
    agenda->count = count;
    for (uint32_t i = 0; i < count; i++) {
        agenda->heap[i] = agenda->place[i] = i;
        agenda->at_ms[i] = INT64_MAX;
    }
}

void wh_agenda_deinit(struct wh_agenda *agenda)
{
    wh_memory_free(agenda->heap);
    wh_memory_free(agenda->place);
    wh_memory_free(agenda->at_ms);
}

static bool is_before(const struct wh_agenda *agenda, uint32_t a, uint32_t b)
{
    int64_t at = agenda->at_ms[agenda->heap[a]], other = agenda->at_ms[agenda->heap[b]];
    return at != other ? at < other : agenda->heap[a] < agenda->heap[b];
}

static void swap(struct wh_agenda *agenda, uint32_t a, uint32_t b)
{
    uint32_t kept = agenda->heap[a];
    agenda->heap[a] = agenda->heap[b];
    agenda->heap[b] = kept;
    agenda->place[agenda->heap[a]] = a;
    agenda->place[agenda->heap[b]] = b;
}

void wh_agenda_set(struct wh_agenda *agenda, uint32_t node, int64_t at_ms)
{
    uint32_t i = agenda->place[node];
    if (agenda->at_ms[node] == at_ms) return;
    agenda->at_ms[node] = at_ms;
    while (i > 0 && is_before(agenda, i, (i - 1) / 2)) {
        swap(agenda, i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
    for (;;) {
        uint32_t least = i, left = 2 * i + 1;
        for (uint32_t j = left; j <= left + 1 && j < agenda->count; j++) {
            if (is_before(agenda, j, least)) least = j;
        }
        if (least == i) return;
        swap(agenda, i, least);
        i = least;
    }
}

uint32_t wh_agenda_first(const struct wh_agenda *agenda)
{
    return agenda->heap[0];
}

int64_t wh_agenda_next_ms(const struct wh_agenda *agenda)
{
    return agenda->at_ms[agenda->heap[0]];
}
