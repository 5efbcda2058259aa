#include "commands/link_words.h"

#include "base/date.h"
#include "engine/units.h"

/* The note that explains a state, in words. */
static enum wh_message reason_message(const struct wh_link_status *link)
{
    switch (link->state) {
    case WH_LINK_UP:
        if (link->doubts > 0) return WH_MSG_LINK_DOUBTS;
        return link->pending > 0 ? WH_MSG_LINK_SENDING : WH_MSG_LINK_IDLE;
    case WH_LINK_REFUSED:
        switch (link->reason.type) {
        case WH_NOTE_DENIED: return WH_MSG_LINK_DENIED;
        case WH_NOTE_ABANDONED:
            return link->role == WH_LINK_TO_PARENT ? WH_MSG_LINK_ABANDONED
                                                   : WH_MSG_LINK_CHILD_ABANDONED;
        default: return WH_MSG_LINK_REFUSED;
        }
    case WH_LINK_DIVERGED: return WH_MSG_LINK_DIVERGED;
    case WH_LINK_CONNECTING:
    case WH_LINK_GREETING: return WH_MSG_LINK_CONNECTING;
    case WH_LINK_DOWN:
        return link->role == WH_LINK_TO_PARENT ? WH_MSG_LINK_DOWN : WH_MSG_LINK_CHILD_DOWN;
    }
    return WH_MSG_LINK_DOWN;
}

struct wh_span wh_link_reason(struct wh_call *call, const struct wh_link_status *link)
{
    char since[WH_MOMENT_TEXT_SIZE];
    struct wh_error sentence;
    uint32_t number =
        link->state == WH_LINK_UP && link->doubts > 0 ? link->doubts : link->in_flight;
    wh_moment_format(link->since_ms, call->zone_minutes, since);
    (void)wh_fail(
        &sentence, WH_E_FAILED, reason_message(link),
        WH_ARGS(wh_arg_c(since), wh_arg_n(number), wh_arg_c(wh_note_word(link->reason.type))));
    return wh_error_text(&sentence, call->language, &call->arena);
}

struct wh_span wh_link_peer(struct wh_desk *desk, const struct wh_link_status *link)
{
    const struct wh_unit *home;
    if (link->peer.len > 0) return link->peer;
    home = wh_units_find(wh_engine_units(desk->engine), wh_engine_home(desk->engine));
    return home && home->parent.len > 0 ? home->parent : WH_S("parent");
}

const char *wh_link_word(const struct wh_link_status *link)
{
    if (link->state == WH_LINK_UP && link->doubts > 0) {
        return wh_link_state_word(WH_LINK_DIVERGED);
    }
    return wh_link_state_word(link->state);
}
