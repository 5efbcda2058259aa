/* What commands ask about links. */
#include "engine/engine_parts.h"
#include "engine/links.h"
#include "engine/members.h"

static uint64_t pending_of(const struct wh_neighbour *neighbour)
{
    uint64_t pending = 0;
    for (int lane = 0; lane < WH_LANES; lane++) {
        uint64_t head = neighbour->safe_heads[lane], sent = neighbour->link.sent[lane];
        if (neighbour->link.state != WH_LINK_UP) sent = neighbour->link.acked[lane];
        if (head > sent) pending += head - sent;
    }
    return pending + neighbour->link.in_flight_count;
}

/* Nobody waits for a child that is another's, or nobody's. */
static void add_membership(struct wh_engine *engine, struct wh_link_status *status)
{
    if (status->role != WH_LINK_TO_CHILD) return;
    status->is_revoked = !wh_member_is_active(engine, status->peer);
    if (status->state == WH_LINK_UP) return;
    status->moved_to = wh_member_elsewhere(engine, status->peer);
    if (status->is_revoked || status->moved_to.len > 0) status->pending = 0;
}

bool wh_link_status(struct wh_engine *engine, uint32_t i, struct wh_link_status *ret)
{
    const struct wh_neighbour *neighbour;
    uint32_t parents = engine->parent ? 1 : 0;
    const struct wh_link *link;
    int64_t wall_ms = engine->now.clock_ms - engine->now.mono_ms; /* of what is monotonic */
    if (i >= parents + engine->children_count) return false;
    neighbour = i < parents ? engine->parent : engine->children[i - parents];
    link = &neighbour->link;
    *ret = (struct wh_link_status){
        .peer = wh_span_of(neighbour->unit),
        .role = link->role,
        .state = link->state,
        .reason = link->reason,
        .since_ms = wall_ms + link->since_ms,
        .pending = pending_of(neighbour),
        .cursor = link->durable.seen.seq,
        .last_ack_ms = link->acked_clock_ms,
        .rejected = neighbour->rejected,
        .skew_ms = link->skew_ms,
        .in_flight = link->in_flight_count,
        .copies_ms = wh_copies_are_seen(engine, neighbour) ? wall_ms + neighbour->copies_ms : 0,
        .doubts = wh_doubts_of(engine, neighbour),
    };
    add_membership(engine, ret);
    return true;
}

void wh_links_hurry(struct wh_engine *engine)
{
    struct wh_event event = {.type = WH_EVENT_RECONNECT};
    if (engine->parent) wh_links_step(engine, engine->parent, &event);
    engine->more_work = true;
}

uint64_t wh_links_ask_barrier(struct wh_engine *engine)
{
    engine->barrier_asked++;
    engine->barrier_sent = false;
    engine->more_work = true;
    return engine->barrier_asked;
}

bool wh_links_settled(const struct wh_engine *engine, uint64_t nonce)
{
    return !engine->parent || engine->barrier_settled >= nonce;
}

bool wh_links_sent_all(const struct wh_engine *engine)
{
    return !engine->parent || wh_link_has_sent(&engine->parent->link, engine->parent->safe_heads);
}

bool wh_links_joining(const struct wh_engine *engine)
{
    return engine->joining;
}

bool wh_links_join_denied(const struct wh_engine *engine)
{
    return engine->join_denied;
}
