/* What arrived on the wire is given to the links: frames of neighbours, the fate of the connection
 * to the parent, and the enrolment of a node that joins (sync.md "Joining"). */
#include "engine/children.h"
#include "engine/engine_parts.h"
#include "engine/members.h"
#include "sync/wire.h"

/* The rest waits for the next turn, so that a turn stays short and its memory small. */
#define ARRIVALS_PER_TURN_MAX 4096
#define SCRATCH_BYTES_MAX (1u << 20)

static void on_enrol(struct wh_engine *engine, const struct wh_arrival *arrival,
                     const Wh__Frame *frame)
{
    struct wh_enrolment *enrolment = wh_arena_new(&engine->scratch, 1, sizeof(*enrolment));
    struct wh_error err;
    if (frame->body_case != WH__FRAME__BODY_ENROL) return; /* a one-time key may do one thing */
    if (wh_members_enrol(engine, arrival, frame->enrol, &err) < 0) return;
    *enrolment = (struct wh_enrolment){
        arrival->route, wh_arena_copy(&engine->scratch, arrival->unit), engine->enrolments};
    engine->enrolments = enrolment;
}

static void send_revoked(struct wh_engine *engine, uint64_t route)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Refuse refusal = WH__REFUSE__INIT;
    refusal.reason = WH_REFUSE_REVOKED;
    refusal.text = wh_arena_text(&engine->scratch, WH_S("the membership was taken back"));
    refusal.retry_after_ms = WH_RETRY_MS_MAX;
    frame.body_case = WH__FRAME__BODY_REFUSE;
    frame.refuse = &refusal;
    (void)engine->net.ops->send(engine->net.self, route, wh_frame_pack(&frame, &engine->scratch));
}

/* ZeroMQ keeps the connection of a key that was revoked after its handshake: it is told so, comes
 * again, and is then not admitted. */
static void refuse_revoked(struct wh_engine *engine, const struct wh_arrival *arrival)
{
    struct wh_event lost = {.type = WH_EVENT_LOST};
    struct wh_neighbour *child = wh_children_meet(engine, arrival->unit);
    send_revoked(engine, arrival->route);
    if (child) wh_links_step(engine, child, &lost);
}

void wh_links_end_revoked(struct wh_engine *engine, struct wh_neighbour *child)
{
    struct wh_event lost = {.type = WH_EVENT_LOST};
    if (child->link.state != WH_LINK_UP && child->link.state != WH_LINK_DIVERGED) return;
    if (wh_member_is_active(engine, wh_neighbour_name(child))) return;
    send_revoked(engine, child->route);
    wh_links_step(engine, child, &lost);
}

/* A Hello out of a branch that was given up, while the one that stands has greeted too: two copies
 * of one home run. It is told when it begins to be seen, not at each attempt. */
static void see_copies(struct wh_engine *engine, struct wh_neighbour *child)
{
    const struct wh_note note = {WH_NOTE_COPIES, 0};
    bool is_known = wh_copies_are_seen(engine, child);
    child->copies_seen = true;
    child->copies_ms = engine->now.mono_ms;
    if (is_known || !engine->hooks.noted) return;
    engine->hooks.noted(engine->hooks.context, wh_neighbour_name(child), &note);
}

/* A copy of a home that was given up does not take the place of the one that stands. */
static bool refuse_abandoned(struct wh_engine *engine, struct wh_neighbour *child,
                             const struct wh_arrival *arrival, const Wh__Hello *hello)
{
    const struct wh_lineage *lineage = wh_lineage_of(engine, arrival->unit);
    struct wh_position seen = child->link.durable.seen;
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Refuse refusal = WH__REFUSE__INIT;
    Wh__Position position = WH__POSITION__INIT;
    if (!lineage || !wh_lineage_gives_up(lineage, hello->head->term, hello->head->seq)) {
        return false;
    }
    position.term = seen.term;
    position.seq = seen.seq;
    refusal.reason = WH_REFUSE_ABANDONED;
    refusal.text = wh_arena_text(&engine->scratch, WH_S("this copy of the home was given up"));
    refusal.retry_after_ms = WH_RETRY_MS_ABANDONED;
    refusal.seen = &position;
    frame.body_case = WH__FRAME__BODY_REFUSE;
    frame.refuse = &refusal;
    (void)engine->net.ops->send(engine->net.self, arrival->route,
                                wh_frame_pack(&frame, &engine->scratch));
    see_copies(engine, child);
    return true;
}

static void send_replaced(struct wh_engine *engine, uint64_t route)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Bye bye = WH__BYE__INIT;
    bye.reason = wh_arena_text(&engine->scratch, WH_S("replaced"));
    frame.body_case = WH__FRAME__BODY_BYE;
    frame.bye = &bye;
    (void)engine->net.ops->send(engine->net.self, route, wh_frame_pack(&frame, &engine->scratch));
}

static void replace(struct wh_neighbour *child, uint64_t route)
{
    if (child->route != route) {
        child->former_route = child->route;
        child->former_head = child->link.durable.seen;
    }
    child->route = route;
}

/* The copy whose branch has just been given up believes in its session until it sends something.
 * It greets anew, finds itself refused, and says so at once. */
void wh_links_end_former(struct wh_engine *engine, struct wh_neighbour *child)
{
    const struct wh_lineage *lineage;
    struct wh_position head = child->former_head;
    if (child->former_route == 0) return;
    lineage = wh_lineage_of(engine, wh_neighbour_name(child));
    if (!lineage || wh_lineage_stand(lineage, head.term, head.seq) == WH_STAND_SOUND) return;
    send_replaced(engine, child->former_route);
    child->former_route = 0;
}

static void on_child_frame(struct wh_engine *engine, const struct wh_arrival *arrival,
                           const Wh__Frame *frame, size_t bytes)
{
    struct wh_event event = {.type = WH_EVENT_FRAME, .frame = frame, .frame_bytes = bytes};
    struct wh_neighbour *child;
    if (arrival->by_invite) {
        on_enrol(engine, arrival, frame);
        return;
    }
    if (!wh_member_is_active(engine, arrival->unit)) {
        refuse_revoked(engine, arrival);
        return;
    }
    child = wh_children_meet(engine, arrival->unit);
    if (!child) return;
    if (frame->body_case == WH__FRAME__BODY_HELLO) {
        if (refuse_abandoned(engine, child, arrival, frame->hello)) return;
        replace(child, arrival->route);
    }
    if (child->route != arrival->route) { /* of a connection that a newer Hello replaced */
        /* It is told, so that it is not silent for long. */
        if (frame->body_case != WH__FRAME__BODY_BYE) send_replaced(engine, arrival->route);
        return;
    }
    if (frame->body_case == WH__FRAME__BODY_DOUBTS) {
        wh_doubts_hear(engine, child, frame->doubts);
    } else if (frame->body_case == WH__FRAME__BODY_HEARD) {
        wh_doubts_on_heard(child, frame->heard);
    } else if (frame->body_case == WH__FRAME__BODY_ASK) {
        wh_verify_answer(engine, child, frame->ask);
    }
    wh_links_step(engine, child, &event);
}

static void on_enrolled(struct wh_engine *engine)
{
    struct wh_event lost = {.type = WH_EVENT_LOST}, now = {.type = WH_EVENT_RECONNECT};
    engine->joining = false;
    engine->join_denied = false;
    engine->identity = WH_IDENTITY_NODE;
    if (engine->hooks.joined) engine->hooks.joined(engine->hooks.context);
    wh_links_step(engine, engine->parent, &lost);
    wh_links_step(engine, engine->parent, &now);
}

static void send_enrol(struct wh_engine *engine)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Enrol enrol = WH__ENROL__INIT;
    enrol.unit = wh_arena_text(&engine->scratch, engine->home);
    enrol.key = (ProtobufCBinaryData){WH_NODE_KEY_BYTES, engine->node_key};
    enrol.program = wh_arena_text(&engine->scratch, wh_span_of(engine->program));
    frame.body_case = WH__FRAME__BODY_ENROL;
    frame.enrol = &enrol;
    (void)engine->net.ops->send(engine->net.self, WH_ROUTE_PARENT,
                                wh_frame_pack(&frame, &engine->scratch));
}

static void on_connected(struct wh_engine *engine)
{
    struct wh_event event = {.type = WH_EVENT_CONNECTED};
    if (engine->joining && engine->identity == WH_IDENTITY_INVITE) {
        send_enrol(engine);
        return;
    }
    if (engine->joining) { /* a former attempt had got through before it could be told */
        engine->joining = false;
        if (engine->hooks.joined) engine->hooks.joined(engine->hooks.context);
    }
    wh_links_step(engine, engine->parent, &event);
}

/* While joining, the node's own key is tried first and the one-time key after it. */
static void on_denied(struct wh_engine *engine)
{
    struct wh_event event = {.type = WH_EVENT_DENIED}, now = {.type = WH_EVENT_RECONNECT};
    bool try_invite = engine->joining && engine->identity == WH_IDENTITY_NODE;
    engine->identity = try_invite ? WH_IDENTITY_INVITE : WH_IDENTITY_NODE;
    if (engine->joining && !try_invite) engine->join_denied = true;
    wh_links_step(engine, engine->parent, &event);
    if (try_invite) wh_links_step(engine, engine->parent, &now);
}

/* What goes beside the session. */
static void hear_parent(struct wh_engine *engine, const Wh__Frame *frame)
{
    switch (frame->body_case) {
    case WH__FRAME__BODY_DOUBTS: wh_doubts_hear(engine, engine->parent, frame->doubts); break;
    case WH__FRAME__BODY_HEARD: wh_doubts_on_heard(engine->parent, frame->heard); break;
    case WH__FRAME__BODY_DIGEST: wh_verify_on_digest(engine, frame->digest); break;
    case WH__FRAME__BODY_GIVEN: wh_verify_on_given(engine, frame->given); break;
    default: break;
    }
}

static void on_parent(struct wh_engine *engine, const struct wh_arrival *arrival)
{
    struct wh_event event = {.type = WH_EVENT_FRAME, .frame_bytes = arrival->bytes.len};
    struct wh_event lost = {.type = WH_EVENT_LOST};
    if (!engine->parent) return;
    switch (arrival->type) {
    case WH_ARRIVAL_CONNECTED: on_connected(engine); break;
    case WH_ARRIVAL_LOST: wh_links_step(engine, engine->parent, &lost); break;
    case WH_ARRIVAL_DENIED: on_denied(engine); break;
    case WH_ARRIVAL_FRAME:
        if (wh_frame_read(arrival->bytes, &engine->scratch, &event.frame) < 0) return;
        if (event.frame->body_case == WH__FRAME__BODY_ENROLLED) {
            if (engine->joining) on_enrolled(engine);
            return;
        }
        hear_parent(engine, event.frame);
        wh_links_step(engine, engine->parent, &event);
        break;
    }
}

void wh_links_take_arrivals(struct wh_engine *engine)
{
    struct wh_arrival arrival;
    for (int i = 0; i < ARRIVALS_PER_TURN_MAX; i++) {
        const Wh__Frame *frame;
        /* Rows are weighed by the histories as they are on disk: not before those have changed. */
        if (engine->stale & WH_STALE_LINEAGES) break;
        if (engine->scratch.used_bytes > SCRATCH_BYTES_MAX) break;
        if (engine->net.ops->receive(engine->net.self, &arrival) == 0) return;
        if (arrival.route == WH_ROUTE_PARENT) {
            on_parent(engine, &arrival);
        } else if (arrival.type == WH_ARRIVAL_FRAME &&
                   wh_frame_read(arrival.bytes, &engine->scratch, &frame) == 0) {
            on_child_frame(engine, &arrival, frame, arrival.bytes.len);
        }
    }
    engine->more_work = true;
}
