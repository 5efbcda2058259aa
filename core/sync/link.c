#include "sync/link.h"

#include <stdio.h>

#include "base/assert.h"
#include "sync/link_parts.h"

static void on_connected(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
static void on_frame(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
static void on_tick(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
static void go_down(struct wh_link *link, const struct wh_event *event, struct wh_out *out,
                    enum wh_note_type why);
static void ask_barrier(struct wh_link *link, const struct wh_event *event, struct wh_out *out);
static void set_state(struct wh_link *link, enum wh_link_state state, int64_t now_ms);

void wh_link_step(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    struct wh_arena arena = out->arena;
    wh_arena_clear(&arena);
    *out = (struct wh_out){.arena = arena};
    switch (event->type) { /* no default: a new event must not compile until it is handled */
    case WH_EVENT_CONNECTED: on_connected(link, event, out); break;
    case WH_EVENT_LOST: go_down(link, event, out, WH_NOTE_LOST); break;
    case WH_EVENT_DENIED:
        go_down(link, event, out, WH_NOTE_DENIED);
        set_state(link, WH_LINK_REFUSED, event->now_ms);
        break;
    case WH_EVENT_FRAME: on_frame(link, event, out); break;
    case WH_EVENT_TICK: on_tick(link, event, out); break;
    case WH_EVENT_COMMITTED: wh_receiver_on_committed(link, event, out); break;
    case WH_EVENT_COMMIT_FAILED: go_down(link, event, out, WH_NOTE_STORE_FAILED); break;
    case WH_EVENT_CUT: wh_sender_on_cut(link, event, out); break;
    case WH_EVENT_BARRIER: ask_barrier(link, event, out); break;
    case WH_EVENT_RECONNECT: link->retry_at_ms = event->now_ms; break;
    }
}

static void set_state(struct wh_link *link, enum wh_link_state state, int64_t now_ms)
{
    if (link->state != state) link->since_ms = now_ms;
    link->state = state;
}

/* ---- Session ---- */

static Wh__Holding *own_holding(const struct wh_link *link, struct wh_out *out)
{
    Wh__Holding *holding = wh_arena_new(&out->arena, 1, sizeof(*holding));
    wh__holding__init(holding);
    holding->n_cursors = WH_LANES;
    holding->cursors = wh_arena_new(&out->arena, WH_LANES, sizeof(*holding->cursors));
    for (int lane = 0; lane < WH_LANES; lane++) {
        holding->cursors[lane] = wh_out_position(out, link->durable.cursors[lane]);
    }
    holding->seen = wh_out_position(out, link->durable.seen);
    return holding;
}

static Wh__Position *own_head(const struct wh_self *self, struct wh_out *out)
{
    struct wh_position head = {wh_history_term_at(self->history, self->head), self->head};
    return wh_out_position(out, head);
}

static void on_connected(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    Wh__Hello *hello = wh_arena_new(&out->arena, 1, sizeof(*hello));
    if (link->role != WH_LINK_TO_PARENT || link->state != WH_LINK_CONNECTING) return;
    wh__hello__init(hello);
    hello->unit = wh_arena_text(&out->arena, event->self->unit);
    hello->protocol_min = WH_PROTOCOL_MIN;
    hello->protocol_max = WH_PROTOCOL_MAX;
    hello->head = own_head(event->self, out);
    hello->holding = own_holding(link, out);
    hello->clock_ms = (uint64_t)event->clock_ms;
    hello->program = wh_arena_text(&out->arena, wh_span_of(event->self->program));
    hello->credit = WH_CREDIT_MAX;
    wh_out_frame(out, WH__FRAME__BODY_HELLO)->hello = hello;
    link->received_ms = event->now_ms;
    set_state(link, WH_LINK_GREETING, event->now_ms);
}

/* Both sides begin alike: what I sent must be what the other says it heard from me. */
static void begin_session(struct wh_link *link, const struct wh_event *event,
                          const Wh__Holding *holding, uint32_t credit, struct wh_out *out)
{
    struct wh_position seen = {holding->seen->term, holding->seen->seq};
    bool same = wh_history_holds(event->self->history, event->self->head, seen);
    for (int lane = 0; lane < WH_LANES; lane++) {
        struct wh_position cursor = {holding->cursors[lane]->term, holding->cursors[lane]->seq};
        if (!wh_history_holds(event->self->history, event->self->head, cursor)) same = false;
    }
    link->retries = 0;
    link->accepted = link->durable;
    wh_sender_start(link, holding, credit);
    set_state(link, same ? WH_LINK_UP : WH_LINK_DIVERGED, event->now_ms);
    wh_out_note(out, same ? WH_NOTE_UP : WH_NOTE_DIVERGED, seen.seq);
    link->reason = out->notes[out->notes_count - 1];
    wh_sender_pump(link, event, out);
}

static void refuse(enum wh_refuse reason, const char *text, uint32_t retry_after_ms,
                   struct wh_out *out)
{
    Wh__Refuse *refusal = wh_arena_new(&out->arena, 1, sizeof(*refusal));
    wh__refuse__init(refusal);
    refusal->reason = reason;
    refusal->text = wh_arena_text(&out->arena, wh_span_of(text));
    refusal->retry_after_ms = retry_after_ms;
    wh_out_frame(out, WH__FRAME__BODY_REFUSE)->refuse = refusal;
}

static void know_neighbour(struct wh_link *link, const struct wh_event *event, uint64_t clock_ms,
                           const char *program)
{
    link->skew_ms = (int64_t)clock_ms - event->clock_ms;
    (void)snprintf(link->program, sizeof(link->program), "%s", program);
}

/* A Hello under the same member key always begins a new session: the old connection may be dead
 * without this side having seen it. */
static void on_hello(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    const Wh__Hello *hello = event->frame->hello;
    Wh__Welcome *welcome = wh_arena_new(&out->arena, 1, sizeof(*welcome));
    if (link->role != WH_LINK_TO_CHILD) return;
    know_neighbour(link, event, hello->clock_ms, hello->program);
    if (hello->protocol_max < WH_PROTOCOL_MIN || hello->protocol_min > WH_PROTOCOL_MAX) {
        refuse(WH_REFUSE_PROTOCOL, "no common protocol", WH_RETRY_MS_MAX, out);
        wh_out_note(out, WH_NOTE_PROTOCOL, hello->protocol_max);
        return;
    }
    if (event->self->peer.len > 0 && !wh_span_equal(event->self->peer, wh_span_of(hello->unit))) {
        refuse(WH_REFUSE_STRANGER, "the key belongs to another unit", WH_RETRY_MS_MAX, out);
        wh_out_note(out, WH_NOTE_STRANGER, 0);
        return;
    }
    wh__welcome__init(welcome);
    welcome->unit = wh_arena_text(&out->arena, event->self->unit);
    welcome->protocol =
        WH_PROTOCOL_MAX < hello->protocol_max ? WH_PROTOCOL_MAX : hello->protocol_max;
    welcome->head = own_head(event->self, out);
    welcome->holding = own_holding(link, out);
    welcome->clock_ms = (uint64_t)event->clock_ms;
    welcome->program = wh_arena_text(&out->arena, wh_span_of(event->self->program));
    welcome->credit = WH_CREDIT_MAX;
    wh_out_frame(out, WH__FRAME__BODY_WELCOME)->welcome = welcome;
    begin_session(link, event, hello->holding, hello->credit, out);
}

static void on_welcome(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    const Wh__Welcome *welcome = event->frame->welcome;
    if (link->state != WH_LINK_GREETING) return;
    know_neighbour(link, event, welcome->clock_ms, welcome->program);
    begin_session(link, event, welcome->holding, welcome->credit, out);
}

static void on_refuse(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    const Wh__Refuse *refusal = event->frame->refuse;
    int64_t wait_ms = refusal->retry_after_ms;
    if (link->role != WH_LINK_TO_PARENT) return;
    if (wait_ms < WH_RETRY_MS_FIRST) wait_ms = WH_RETRY_MS_FIRST;
    link->retry_at_ms = event->now_ms + wait_ms + (int64_t)(event->chance % (uint64_t)wait_ms);
    out->disconnect = true;
    wh_out_note(out, WH_NOTE_REFUSED, refusal->reason);
    link->reason = out->notes[out->notes_count - 1];
    set_state(link, WH_LINK_REFUSED, event->now_ms);
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
        refuse(WH_REFUSE_STORE, "the store can't take rows now", WH_RETRY_MS_MAX, out);
    }
    link->accepted = link->durable;
    link->in_flight_count = 0;
    link->wanting = false;
    link->barrier = 0;
    wh_out_note(out, why, 0);
    link->reason = out->notes[out->notes_count - 1];
    set_state(link, WH_LINK_DOWN, event->now_ms);
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

/* The child believes in a session that this side has ended (it fell silent, the store failed). Were
 * its frames passed over and its Pings answered, it would wait for an Ack for ever. */
static void say_bye(const struct wh_event *event, struct wh_out *out)
{
    Wh__Bye *bye = wh_arena_new(&out->arena, 1, sizeof(*bye));
    if (event->frame->body_case == WH__FRAME__BODY_BYE) return;
    wh__bye__init(bye);
    bye->reason = wh_arena_text(&out->arena, WH_S("no session"));
    wh_out_frame(out, WH__FRAME__BODY_BYE)->bye = bye;
    wh_out_note(out, WH_NOTE_NO_SESSION, 0);
}

static void on_frame(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    link->received_ms = event->now_ms; /* life is what was received */
    if (link->role == WH_LINK_TO_CHILD && link->state == WH_LINK_DOWN &&
        event->frame->body_case != WH__FRAME__BODY_HELLO) {
        say_bye(event, out);
        return;
    }
    switch (event->frame->body_case) {
    case WH__FRAME__BODY_HELLO: on_hello(link, event, out); break;
    case WH__FRAME__BODY_WELCOME: on_welcome(link, event, out); break;
    case WH__FRAME__BODY_REFUSE: on_refuse(link, event, out); break;
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
        set_state(link, WH_LINK_CONNECTING, event->now_ms);
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
    int64_t dead = link->received_ms + WH_DEAD_AFTER_MS, next;
    switch (link->state) {
    case WH_LINK_DOWN:
    case WH_LINK_REFUSED: return link->role == WH_LINK_TO_PARENT ? link->retry_at_ms : INT64_MAX;
    case WH_LINK_CONNECTING:
    case WH_LINK_GREETING: return link->since_ms + WH_GREETING_MS_MAX;
    case WH_LINK_UP:
    case WH_LINK_DIVERGED:
        next = ping_at_ms(link) < dead ? ping_at_ms(link) : dead;
        if (link->in_flight_count > 0 && link->in_flight[0].sent_ms + WH_RESEND_AFTER_MS < next) {
            next = link->in_flight[0].sent_ms + WH_RESEND_AFTER_MS;
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
        .segment_bytes = WH_SEGMENT_BYTES_FIRST,
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
