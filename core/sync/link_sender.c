/* The sending half of a link: it asks for cuts of its feed while there is credit, sends them as
 * Pushes, and goes on from whatever cursor the receiver says is durable. It keeps nothing that a
 * crash could lose: the next session begins at the receiver's cursor. */
#include "sync/link_parts.h"
#include "sync/wire.h"

static void check_barrier(struct wh_link *link, struct wh_out *out);

void wh_sender_start(struct wh_link *link, const Wh__Holding *holding, uint32_t credit)
{
    for (int lane = 0; lane < WH_LANES; lane++) {
        link->sent[lane] = holding->cursors[lane]->seq;
        link->pushed[lane] = holding->cursors[lane]->seq;
        link->acked[lane] = holding->cursors[lane]->seq;
    }
    link->in_flight_count = 0;
    link->wanting = false;
    link->acked_strange = false;
    link->barrier = 0;
    link->window_bytes = WH_WINDOW_BYTES_FIRST;
    link->fastest_ms = 0;
    link->took_ms = 0;
    link->credit = credit < WH_CREDIT_MAX ? credit : WH_CREDIT_MAX;
}

void wh_sender_restart(struct wh_link *link)
{
    for (int lane = 0; lane < WH_LANES; lane++) {
        link->sent[lane] = 0;
        link->pushed[lane] = 0;
        link->acked[lane] = 0;
    }
    link->in_flight_count = 0;
    link->wanting = false;
}

static uint32_t segment_bytes(const struct wh_link *link)
{
    uint32_t bytes = link->window_bytes / WH_WINDOW_SEGMENTS;
    if (bytes < WH_SEGMENT_BYTES_MIN) return WH_SEGMENT_BYTES_MIN;
    return bytes > WH_SEGMENT_BYTES_MAX ? WH_SEGMENT_BYTES_MAX : bytes;
}

/* One Push may always be under way, be it greater than the window. */
static bool has_room(const struct wh_link *link)
{
    uint64_t bytes = segment_bytes(link);
    if (link->in_flight_count == 0) return link->credit > 0;
    for (uint32_t i = 0; i < link->in_flight_count; i++) bytes += link->in_flight[i].bytes;
    return link->in_flight_count < link->credit && bytes <= link->window_bytes;
}

/* Urgent rows are always cut first. */
void wh_sender_pump(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    if (link->state != WH_LINK_UP || link->wanting || !has_room(link)) return;
    for (int lane = 0; lane < WH_LANES; lane++) {
        if (link->sent[lane] >= event->self->lane_heads[lane]) continue;
        link->wanting = true;
        out->want = true;
        out->want_lane = (enum wh_lane)lane;
        out->want_after = link->sent[lane];
        out->want_bytes = segment_bytes(link);
        return;
    }
    check_barrier(link, out);
}

static void add_terms(Wh__Push *push, struct wh_history history, struct wh_out *out)
{
    push->n_terms = history.count;
    push->terms = wh_arena_new(&out->arena, history.count, sizeof(*push->terms));
    for (uint32_t i = 0; i < history.count; i++) {
        Wh__TermMark *mark = wh_arena_new(&out->arena, 1, sizeof(*mark));
        wh__term_mark__init(mark);
        mark->id = history.marks[i].id;
        mark->first = history.marks[i].first;
        mark->abandons = history.marks[i].abandons;
        mark->settles = history.marks[i].settles;
        push->terms[i] = mark;
    }
}

Wh__Push *wh_push_make(const struct wh_self *self, const struct wh_cut *cut, uint64_t after,
                       struct wh_out *out)
{
    struct wh_history history = self->history;
    Wh__Push *push = wh_arena_new(&out->arena, 1, sizeof(*push));
    struct wh_span rows;
    wh__push__init(push);
    push->lane = cut->lane;
    push->after = wh_out_position(
        out, (struct wh_position){after > 0 ? wh_history_term_at(history, after) : 0, after});
    push->last = wh_out_position(
        out, (struct wh_position){wh_history_term_at(history, cut->last), cut->last});
    push->head = wh_out_position(
        out, (struct wh_position){wh_history_term_at(history, self->head), self->head});
    add_terms(push, wh_history_from(history, after), out);
    rows = wh_rows_compress(cut->rows, cut->count, &out->arena, &push->rows_size);
    push->rows = (ProtobufCBinaryData){rows.len, (uint8_t *)(uintptr_t)rows.data};
    return push;
}

/* It continues the last Push, not the last cut: the entries that were passed over in between are
 * covered too. Else every stretch that is for other neighbours would leave a gap. */
static void push_cut(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    const struct wh_cut *cut = &event->cut;
    Wh__Push *push = wh_push_make(event->self, cut, link->pushed[cut->lane], out);
    wh_out_frame(out, WH__FRAME__BODY_PUSH)->push = push;
    link->pushed[cut->lane] = cut->last;
    link->in_flight[link->in_flight_count++] =
        (struct wh_in_flight){cut->lane, cut->last, push->rows_size, event->now_ms};
}

/* A cut without rows moves the position alone: what it passed over is not for this neighbour. */
void wh_sender_on_cut(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    const struct wh_cut *cut = &event->cut;
    bool asked = link->wanting && link->state == WH_LINK_UP;
    link->wanting = false;
    if (cut->after == WH_CUT_FAILED) return; /* the next tick asks again */
    if (asked && cut->after == link->sent[cut->lane] && cut->last >= cut->after) {
        link->sent[cut->lane] = cut->last;
        if (cut->count > 0) push_cut(link, event, out);
    }
    wh_sender_pump(link, event, out);
}

static void rewind_to_acked(struct wh_link *link)
{
    for (int lane = 0; lane < WH_LANES; lane++) {
        link->sent[lane] = link->acked[lane];
        link->pushed[lane] = link->acked[lane];
    }
    link->in_flight_count = 0;
    link->wanting = false;
}

/* A session begins with little in flight, so that a modem that is cut every minute is not filled
 * with what it can't carry. The window grows by what was acknowledged while Acks come as fast as
 * the fastest, and shrinks where they stand in a queue (as in TCP Vegas: Brakmo and Peterson,
 * 1995). */
static void learn_speed(struct wh_link *link, int64_t took_ms, uint32_t bytes)
{
    link->took_ms = took_ms;
    if (link->fastest_ms == 0 || took_ms < link->fastest_ms) link->fastest_ms = took_ms;
    if (took_ms <= WH_ACK_MS_GOOD || took_ms < 2 * link->fastest_ms) {
        link->window_bytes += bytes;
        if (link->window_bytes > WH_WINDOW_BYTES_MAX) link->window_bytes = WH_WINDOW_BYTES_MAX;
    } else if (took_ms > link->fastest_ms + WH_ACK_MS_LONG) {
        link->window_bytes -= link->window_bytes / 4;
        if (link->window_bytes < WH_SEGMENT_BYTES_MIN) link->window_bytes = WH_SEGMENT_BYTES_MIN;
    }
}

int64_t wh_link_resend_after_ms(const struct wh_link *link)
{
    int64_t patient_ms = link->took_ms * WH_RESEND_TIMES;
    return patient_ms > WH_RESEND_AFTER_MS ? patient_ms : WH_RESEND_AFTER_MS;
}

static void settle_in_flight(struct wh_link *link, int64_t now_ms)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < link->in_flight_count; i++) {
        struct wh_in_flight *flight = &link->in_flight[i];
        if (flight->last <= link->acked[flight->lane]) {
            learn_speed(link, now_ms - flight->sent_ms, flight->bytes);
        } else {
            link->in_flight[kept++] = *flight;
        }
    }
    link->in_flight_count = kept;
}

void wh_sender_on_ack(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    const Wh__Ack *ack = event->frame->ack;
    if (link->state != WH_LINK_UP) return;
    for (int lane = 0; lane < WH_LANES; lane++) {
        struct wh_position cursor = {ack->cursors[lane]->term, ack->cursors[lane]->seq};
        /* Nobody can hold what was never sent; an Ack of another branch came late, or a late Push
         * of that branch was taken: if nothing else comes, the greeting is said anew. */
        link->acked_strange = !wh_history_holds(event->self->history, event->self->head, cursor);
        if (link->acked_strange) return;
    }
    for (int lane = 0; lane < WH_LANES; lane++) {
        uint64_t seq = ack->cursors[lane]->seq;
        if (seq > link->acked[lane] || ack->gap) link->acked[lane] = seq;
    }
    link->credit = ack->credit < WH_CREDIT_MAX ? ack->credit : WH_CREDIT_MAX;
    link->acked_clock_ms = event->clock_ms;
    if (ack->n_rejects > 0) out->rejected = ack;
    settle_in_flight(link, event->now_ms);
    if (ack->gap) {
        rewind_to_acked(link);
        wh_out_note(out, WH_NOTE_REWIND, link->acked[WH_LANE_BULK]);
    }
    wh_sender_pump(link, event, out);
}

void wh_sender_on_tick(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    if (link->in_flight_count > 0 &&
        event->now_ms >= link->in_flight[0].sent_ms + wh_link_resend_after_ms(link)) {
        if (link->acked_strange) {
            wh_link_end_session(link, event, out, WH_NOTE_ACK_STRANGE);
            return;
        }
        rewind_to_acked(link);
        link->window_bytes = WH_SEGMENT_BYTES_MIN;
        wh_out_note(out, WH_NOTE_RESEND, link->acked[WH_LANE_BULK]);
    }
    wh_sender_pump(link, event, out);
}

void wh_sender_on_barrier(struct wh_link *link, const struct wh_event *event, struct wh_out *out)
{
    link->barrier = event->frame->barrier->nonce;
    for (int lane = 0; lane < WH_LANES; lane++) {
        link->barrier_heads[lane] = event->self->lane_heads[lane];
    }
    wh_sender_pump(link, event, out);
}

static void check_barrier(struct wh_link *link, struct wh_out *out)
{
    Wh__Settled *settled;
    if (link->barrier == 0 || link->in_flight_count > 0) return;
    for (int lane = 0; lane < WH_LANES; lane++) {
        if (link->sent[lane] < link->barrier_heads[lane]) return;
    }
    settled = wh_arena_new(&out->arena, 1, sizeof(*settled));
    wh__settled__init(settled);
    settled->nonce = link->barrier;
    wh_out_frame(out, WH__FRAME__BODY_SETTLED)->settled = settled;
    link->barrier = 0;
}

bool wh_link_has_sent(const struct wh_link *link, const uint64_t lane_heads[WH_LANES])
{
    if (link->state != WH_LINK_UP || link->in_flight_count > 0 || link->wanting) return false;
    for (int lane = 0; lane < WH_LANES; lane++) {
        if (link->sent[lane] < lane_heads[lane]) return false;
    }
    return true;
}
