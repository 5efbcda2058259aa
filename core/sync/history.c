#include "sync/history.h"

bool wh_history_holds(struct wh_history history, uint64_t head, struct wh_position position)
{
    if (position.term == 0) return position.seq == 0;
    for (uint32_t i = 0; i < history.count; i++) {
        uint64_t last = i + 1 < history.count ? history.marks[i + 1].first - 1 : head;
        if (history.marks[i].id != position.term) continue;
        /* A head told before the term's first entry lies just below it. */
        return position.seq + 1 >= history.marks[i].first && position.seq <= last;
    }
    return false;
}

bool wh_history_is_given_up(struct wh_history history, uint64_t head, uint64_t term, uint64_t kept)
{
    bool holds = false;
    for (uint32_t i = 0; i < history.count; i++) {
        uint64_t last = i + 1 < history.count ? history.marks[i + 1].first - 1 : head;
        if (history.marks[i].id == term && last > kept) holds = true;
        if (history.marks[i].settles) holds = false;
    }
    return holds;
}

bool wh_history_abandons(struct wh_history history, uint64_t term)
{
    for (uint32_t i = history.count; i > 0; i--) {
        if (history.marks[i - 1].abandons == term) return true;
    }
    return false;
}

static uint32_t index_at(struct wh_history history, uint64_t seq)
{
    uint32_t i = history.count;
    while (i > 1 && history.marks[i - 1].first > seq) i--;
    return i > 0 ? i - 1 : 0;
}

uint64_t wh_history_term_at(struct wh_history history, uint64_t seq)
{
    return history.count > 0 ? history.marks[index_at(history, seq)].id : 0;
}

struct wh_history wh_history_from(struct wh_history history, uint64_t seq)
{
    uint32_t from = index_at(history, seq);
    return (struct wh_history){history.marks + from, history.count - from};
}
