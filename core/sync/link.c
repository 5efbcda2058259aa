#include "sync/link.h"

#include <stdio.h>

#include "base/assert.h"
#include "sync/link_parts.h"

static void on_frame(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
static void on_tick(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
static void go_down(struct wh_link *link, const struct wh_event *event, struct wh_out *out,
                    enum wh_note_type why);
static void ask_barrier(struct wh_link *link, const struct wh_event *event, struct wh_out *out);

void wh_link_step(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    struct wh_arena arena = out->arena;
    wh_arena_clear(&arena);
    *out = (struct wh_out){.arena = arena};
    switch (event->type) { /* no default: a new event must not compile until it is handled */
    case WH_EVENT_CONNECTED: wh_greeting_on_connected(link, event, out); break;
    case WH_EVENT_LOST: go_down(link, event, out, WH_NOTE_LOST); break;
    case WH_EVENT_DENIED:
        go_down(link, event, out, WH_NOTE_DENIED);
        wh_link_set_state(link, WH_LINK_REFUSED, event->now_ms);
        break;
    case WH_EVENT_FRAME: on_frame(link, event, out); break;
    case WH_EVENT_TICK: on_tick(link, event, out); break;
    case WH_EVENT_COMMITTED: wh_receiver_on_committed(link, event, out); break;
    case WH_EVENT_COMMIT_FAILED:
        link->accepted = link->durable; /* a bundle may have asked, with no session up */
        go_down(link, event, out, WH_NOTE_STORE_FAILED);
        break;
    case WH_EVENT_CUT: wh_sender_on_cut(link, event, out); break;
    case WH_EVENT_BARRIER: ask_barrier(link, event, out); break;
    case WH_EVENT_RECONNECT: link->retry_at_ms = event->now_ms; break;
    case WH_EVENT_CARRIED: wh_receiver_on_carried(link, event, out); break;
    case WH_EVENT_CARRIED_GREETING: wh_greeting_on_carried(link, event, out); break;
    case WH_EVENT_BRANCHED: wh_greeting_on_branched(link, event, out); break;
    case WH_EVENT_STILL_REFUSED: wh_receiver_on_still_refused(link, event, out); break;
    }
}

void wh_link_set_state(struct wh_link *link, enum wh_link_state state, int64_t now_ms)
{
    if (link->state != state) link->since_ms = now_ms;
    link->state = state;
}

static void go_down(struct wh_link *link, const struct wh_event *event, struct wh_out *out,
                    enum wh_note_type why)
{
    if (link->state == WH_LINK_REFUSED || link->state == WH_LINK_DOWN) return;
    if (link->role == WH_LINK_TO_PARENT) {
        int64_t wait_ms = (int64_t)WH_RETRY_MS_FIRST << (link->retries < 7 ? link->retries : 7);
        if (wait_ms > WH_RETRY_MS_MAX) wait_ms = WH_RETRY_MS_MAX;
        link->retries++;
        /* Half fixed, half chance: a thousand children do not come back in one moment. */
        link->retry_at_ms =
            event->now_ms + wait_ms / 2 + (int64_t)(event->chance % (uint64_t)wait_ms);
        out->disconnect = true;
    } else if (why == WH_NOTE_STORE_FAILED) {
        wh_out_refuse(WH_REFUSE_STORE, "the store can't take rows now", WH_RETRY_MS_MAX, out);
    }
    link->accepted = link->durable;
    link->in_flight_count = 0;
    link->wanting = false;
    link->barrier = 0;
    wh_out_note(out, why, 0);
    link->reason = out->notes[out->notes_count - 1];
    wh_link_set_state(link, WH_LINK_DOWN, event->now_ms);
}

/* ---- Frames ---- */

static void on_ping(const struct wh_event *event, struct wh_out *out)
{
    Wh__Pong *pong = wh_arena_new(&out->arena, 1, sizeof(*pong));
    wh__pong__init(pong);
    pong->nonce = event->frame->ping->nonce;
    pong->clock_ms = (uint64_t)event->clock_ms;
    wh_out_frame(out, WH__FRAME__BODY_PONG)->pong = pong;
}

static void on_settled(const struct wh_event *event, struct wh_out *out)
{
    out->settled = event->frame->settled->nonce;
    wh_out_note(out, WH_NOTE_SETTLED, out->settled);
}

static void send_bye(const char *reason, struct wh_out *out)
{
    Wh__Bye *bye = wh_arena_new(&out->arena, 1, sizeof(*bye));
    wh__bye__init(bye);
    bye->reason = wh_arena_text(&out->arena, wh_span_of(reason));
    wh_out_frame(out, WH__FRAME__BODY_BYE)->bye = bye;
}

/* The child believes in a session that this side has ended (it fell silent, the store failed). Were
 * its frames passed over and its Pings answered, it would wait for an Ack for ever. */
static void answer_no_session(const struct wh_event *event, struct wh_out *out)
{
    if (event->frame->body_case == WH__FRAME__BODY_BYE) return;
    send_bye("no session", out);
    wh_out_note(out, WH_NOTE_NO_SESSION, 0);
}

void wh_link_end_session(struct wh_link *link, const struct wh_event *event, struct wh_out *out,
                         enum wh_note_type why)
{
    send_bye(wh_note_word(why), out);
    go_down(link, event, out, why);
}

static void on_frame(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    link->received_ms = event->now_ms; /* life is what was received */
    if (link->role == WH_LINK_TO_CHILD &&
        (link->state == WH_LINK_DOWN || link->state == WH_LINK_REFUSED) &&
        event->frame->body_case != WH__FRAME__BODY_HELLO) {
        answer_no_session(event, out);
        return;
    }
    switch (event->frame->body_case) {
    case WH__FRAME__BODY_HELLO: wh_greeting_on_hello(link, event, out); break;
    case WH__FRAME__BODY_WELCOME: wh_greeting_on_welcome(link, event, out); break;
    case WH__FRAME__BODY_REFUSE: wh_greeting_on_refuse(link, event, out); break;
    case WH__FRAME__BODY_PUSH: wh_receiver_on_push(link, event, out); break;
    case WH__FRAME__BODY_ACK: wh_sender_on_ack(link, event, out); break;
    case WH__FRAME__BODY_PING: on_ping(event, out); break;
    case WH__FRAME__BODY_BYE: go_down(link, event, out, WH_NOTE_BYE); break;
    case WH__FRAME__BODY_BARRIER: wh_sender_on_barrier(link, event, out); break;
    case WH__FRAME__BODY_SETTLED: on_settled(event, out); break;
    default: break; /* Pong has said all by arriving; a later release's frame says nothing to us */
    }
}

static void ask_barrier(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    Wh__Barrier *barrier = wh_arena_new(&out->arena, 1, sizeof(*barrier));
    if (link->state != WH_LINK_UP) return;
    wh__barrier__init(barrier);
    barrier->nonce = event->nonce;
    wh_out_frame(out, WH__FRAME__BODY_BARRIER)->barrier = barrier;
}

/* ---- Time ---- */

static void ping(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    Wh__Ping *message = wh_arena_new(&out->arena, 1, sizeof(*message));
    wh__ping__init(message);
    message->nonce = event->chance;
    message->clock_ms = (uint64_t)event->clock_ms;
    wh_out_frame(out, WH__FRAME__BODY_PING)->ping = message;
    link->pinged_ms = event->now_ms;
}

static int64_t ping_at_ms(const struct wh_link *link)
{
    int64_t last = link->pinged_ms > link->received_ms ? link->pinged_ms : link->received_ms;
    return last + WH_PING_AFTER_MS;
}

static void on_session_tick(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    if (event->now_ms >= link->received_ms + WH_DEAD_AFTER_MS) {
        go_down(link, event, out, WH_NOTE_SILENT);
        return;
    }
    if (event->now_ms >= ping_at_ms(link)) ping(link, event, out);
    wh_sender_on_tick(link, event, out);
}

static void on_tick(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    switch (link->state) {
    case WH_LINK_DOWN:
    case WH_LINK_REFUSED:
        if (link->role != WH_LINK_TO_PARENT || event->now_ms < link->retry_at_ms) return;
        out->connect = true;
        wh_link_set_state(link, WH_LINK_CONNECTING, event->now_ms);
        break;
    case WH_LINK_CONNECTING:
    case WH_LINK_GREETING:
        if (event->now_ms >= link->since_ms + WH_GREETING_MS_MAX) {
            go_down(link, event, out, WH_NOTE_GREETING_LATE);
        }
        break;
    case WH_LINK_UP:
    case WH_LINK_DIVERGED: on_session_tick(link, event, out); break;
    }
}

int64_t wh_link_deadline_ms(const struct wh_link *link)
{
    int64_t dead = link->received_ms + WH_DEAD_AFTER_MS, next, resend;
    switch (link->state) {
    case WH_LINK_DOWN:
    case WH_LINK_REFUSED: return link->role == WH_LINK_TO_PARENT ? link->retry_at_ms : INT64_MAX;
    case WH_LINK_CONNECTING:
    case WH_LINK_GREETING: return link->since_ms + WH_GREETING_MS_MAX;
    case WH_LINK_UP:
    case WH_LINK_DIVERGED:
        next = ping_at_ms(link) < dead ? ping_at_ms(link) : dead;
        resend = wh_link_resend_after_ms(link);
        if (link->in_flight_count > 0 && link->in_flight[0].sent_ms + resend < next) {
            next = link->in_flight[0].sent_ms + resend;
        }
        return next;
    }
    return INT64_MAX;
}

/* ---- Plain parts ---- */

void wh_link_init(struct wh_link *link, enum wh_link_role role, struct wh_holding durable,
                  int64_t now_ms)
{
    *link = (struct wh_link){
        .role = role,
        .state = WH_LINK_DOWN,
        .since_ms = now_ms,
        .retry_at_ms = now_ms,
        .window_bytes = WH_WINDOW_BYTES_FIRST,
        .credit = WH_CREDIT_MAX,
        .accepted = durable,
        .durable = durable,
    };
}

void wh_out_init(struct wh_out *out)
{
    *out = (struct wh_out){.frames_count = 0};
    wh_arena_init(&out->arena);
}

void wh_out_deinit(struct wh_out *out)
{
    wh_arena_deinit(&out->arena);
}

Wh__Frame *wh_out_frame(struct wh_out *out, Wh__Frame__BodyCase body_case)
{
    Wh__Frame *frame;
    WH_ASSERT(out->frames_count < WH_OUT_FRAMES_MAX);
    frame = &out->frames[out->frames_count++];
    wh__frame__init(frame);
    frame->body_case = body_case;
    return frame;
}

void wh_out_note(struct wh_out *out, enum wh_note_type type, uint64_t number)
{
    WH_ASSERT(out->notes_count < WH_OUT_NOTES_MAX);
    out->notes[out->notes_count++] = (struct wh_note){type, number};
}

Wh__Position *wh_out_position(struct wh_out *out, struct wh_position position)
{
    Wh__Position *made = wh_arena_new(&out->arena, 1, sizeof(*made));
    wh__position__init(made);
    made->term = position.term;
    made->seq = position.seq;
    return made;
}

const char *wh_note_word(enum wh_note_type type)
{
    switch (type) {
#define X(symbol, word)                                                                            \
    case WH_NOTE_##symbol: return word;
        WH_NOTES(X)
#undef X
    }
    return "?";
}

const char *wh_link_state_word(enum wh_link_state state)
{
    switch (state) {
#define X(symbol, word, zh, en)                                                                    \
    case WH_LINK_##symbol: return word;
        WH_LINK_STATES(X)
#undef X
    }
    return "?";
}

struct wh_title wh_link_state_title(enum wh_link_state state)
{
    switch (state) {
#define X(symbol, word, zh, en)                                                                    \
    case WH_LINK_##symbol: return (struct wh_title){zh, en};
        WH_LINK_STATES(X)
#undef X
    }
    return (struct wh_title){"?", "?"};
}
