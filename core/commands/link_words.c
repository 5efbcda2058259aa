#include "commands/link_words.h"

#include "base/date.h"
#include "engine/units.h"

/* Only the operator of the node that wrote the rows can decide. */
static enum wh_message doubts_message(const struct wh_doubts_sum *doubts)
{
    if (doubts->is_own || doubts->origin.len == 0) return WH_MSG_LINK_DOUBTS;
    return doubts->has_more_origins ? WH_MSG_LINK_DOUBTS_SEVERAL : WH_MSG_LINK_DOUBTS_ELSEWHERE;
}

static enum wh_message refusal_message(const struct wh_link_status *link)
{
    if (link->reason.type == WH_NOTE_DENIED) return WH_MSG_LINK_DENIED;
    if (link->reason.type == WH_NOTE_ABANDONED) {
        return link->role == WH_LINK_TO_PARENT ? WH_MSG_LINK_ABANDONED
                                               : WH_MSG_LINK_CHILD_ABANDONED;
    }
    switch ((enum wh_refuse)link->reason.number) {
    case WH_REFUSE_PROTOCOL: return WH_MSG_LINK_REFUSED_PROTOCOL;
    case WH_REFUSE_STORE: return WH_MSG_LINK_REFUSED_STORE;
    case WH_REFUSE_REVOKED: return WH_MSG_LINK_REFUSED_REVOKED;
    case WH_REFUSE_STRANGER:
    case WH_REFUSE_ABANDONED: break;
    }
    return WH_MSG_LINK_REFUSED; /* or for a reason of a later release */
}

/* The note that explains a state, in words. */
static enum wh_message reason_message(const struct wh_link_status *link)
{
    if (link->moved_to.len > 0) return WH_MSG_LINK_MOVED;
    if (link->is_revoked) return WH_MSG_LINK_REVOKED;
    switch (link->state) {
    case WH_LINK_UP:
        if (link->doubts.count > 0) return doubts_message(&link->doubts);
        return link->pending > 0 ? WH_MSG_LINK_SENDING : WH_MSG_LINK_IDLE;
    case WH_LINK_REFUSED: return refusal_message(link);
    case WH_LINK_DIVERGED: return WH_MSG_LINK_DIVERGED;
    case WH_LINK_CONNECTING:
    case WH_LINK_GREETING: return WH_MSG_LINK_CONNECTING;
    case WH_LINK_DOWN:
        return link->role == WH_LINK_TO_PARENT ? WH_MSG_LINK_DOWN : WH_MSG_LINK_CHILD_DOWN;
    }
    return WH_MSG_LINK_DOWN;
}

static struct wh_span name_of(struct wh_desk *desk, struct wh_span code)
{
    const struct wh_unit *unit = wh_units_find(wh_engine_units(desk->engine), code);
    return unit ? unit->name : WH_SPAN_EMPTY;
}

/* Beside why the link is as it is. */
static struct wh_span with_copies(struct wh_call *call, const struct wh_link_status *link,
                                  struct wh_span reason)
{
    char seen[WH_MOMENT_TEXT_SIZE];
    struct wh_error sentence;
    if (link->copies_ms == 0) return reason;
    wh_moment_format(link->copies_ms, call->zone_minutes, seen);
    (void)wh_fail(&sentence, WH_E_FAILED, WH_MSG_LINK_COPIES,
                  WH_ARGS(wh_arg_s(reason), wh_arg_s(link->peer), wh_arg_c(seen)));
    return wh_error_text(&sentence, call->language, &call->arena);
}

struct wh_span wh_link_reason(struct wh_desk *desk, struct wh_call *call,
                              const struct wh_link_status *link)
{
    enum wh_message message = reason_message(link);
    bool doubted = link->state == WH_LINK_UP && link->doubts.count > 0;
    struct wh_span which = wh_span_of(wh_note_word(link->reason.type));
    char since[WH_MOMENT_TEXT_SIZE];
    struct wh_error sentence;
    if (doubted) which = link->doubts.origin;
    if (message == WH_MSG_LINK_MOVED) which = link->moved_to;
    wh_moment_format(link->since_ms, call->zone_minutes, since);
    (void)wh_fail(&sentence, WH_E_FAILED, message,
                  WH_ARGS(wh_arg_c(since), wh_arg_n(doubted ? link->doubts.count : link->in_flight),
                          wh_arg_s(which), wh_arg_s(name_of(desk, which))));
    return with_copies(call, link, wh_error_text(&sentence, call->language, &call->arena));
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
    if (link->state == WH_LINK_UP && link->doubts.count > 0) {
        return wh_link_state_word(WH_LINK_DIVERGED);
    }
    return wh_link_state_word(link->state);
}
