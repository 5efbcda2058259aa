#include "link_bench.h"

#include <inttypes.h>

#include "base/assert.h"
#include "sync/wire.h"

void bench_init(struct bench *bench, enum wh_link_role role, struct wh_holding durable)
{
    *bench = (struct bench){.now_ms = 1000};
    bench->marks[0] = (struct wh_term_mark){.id = OWN_TERM, .first = 1};
    bench->self = (struct wh_self){
        .unit = WH_S("2311"), .history = {bench->marks, 1}, .head = 9, .program = "test"};
    wh_link_init(&bench->link, role, durable, bench->now_ms);
    wh_out_init(&bench->out);
}

void bench_deinit(struct bench *bench)
{
    wh_out_deinit(&bench->out);
    wh_buffer_deinit(&bench->trace);
    wh_arena_deinit(&bench->arena);
}

/* ---- What left the link, as text ---- */

static void trace_push(struct wh_buffer *trace, const Wh__Push *push)
{
    wh_buffer_print(trace, "push lane %u %" PRIu64 "..%" PRIu64 " head %" PRIu64 " terms %zu\n",
                    push->lane, push->after->seq, push->last->seq, push->head->seq, push->n_terms);
}

static void trace_ack(struct wh_buffer *trace, const Wh__Ack *ack)
{
    wh_buffer_print(trace, "ack %" PRIu64 " %" PRIu64 "%s", ack->cursors[0]->seq,
                    ack->cursors[1]->seq, ack->gap ? " gap" : "");
    for (size_t i = 0; i < ack->n_rejects; i++) {
        wh_buffer_print(trace, " reject %u", ack->rejects[i]->reason);
    }
    wh_buffer_print(trace, "\n");
}

static void trace_frame(struct wh_buffer *trace, const Wh__Frame *frame)
{
    switch (frame->body_case) {
    case WH__FRAME__BODY_HELLO:
        wh_buffer_print(trace, "hello head %" PRIu64 " holds %" PRIu64 "\n",
                        frame->hello->head->seq, frame->hello->holding->cursors[1]->seq);
        break;
    case WH__FRAME__BODY_WELCOME:
        wh_buffer_print(trace, "welcome head %" PRIu64 " holds %" PRIu64 "\n",
                        frame->welcome->head->seq, frame->welcome->holding->cursors[1]->seq);
        break;
    case WH__FRAME__BODY_REFUSE:
        wh_buffer_print(trace, "refuse %u\n", frame->refuse->reason);
        break;
    case WH__FRAME__BODY_PUSH: trace_push(trace, frame->push); break;
    case WH__FRAME__BODY_ACK: trace_ack(trace, frame->ack); break;
    case WH__FRAME__BODY_PING: wh_buffer_print(trace, "ping\n"); break;
    case WH__FRAME__BODY_PONG: wh_buffer_print(trace, "pong\n"); break;
    case WH__FRAME__BODY_BYE: wh_buffer_print(trace, "bye\n"); break;
    case WH__FRAME__BODY_BARRIER:
        wh_buffer_print(trace, "barrier %" PRIu64 "\n", frame->barrier->nonce);
        break;
    case WH__FRAME__BODY_SETTLED:
        wh_buffer_print(trace, "settled %" PRIu64 "\n", frame->settled->nonce);
        break;
    default: wh_buffer_print(trace, "frame %d\n", (int)frame->body_case); break;
    }
}

static void trace_out(struct wh_buffer *trace, const struct wh_out *out)
{
    for (uint32_t i = 0; i < out->notes_count; i++) {
        wh_buffer_print(trace, "note %s %" PRIu64 "\n", wh_note_word(out->notes[i].type),
                        out->notes[i].number);
    }
    if (out->connect) wh_buffer_print(trace, "connect\n");
    if (out->disconnect) wh_buffer_print(trace, "disconnect\n");
    for (uint32_t i = 0; i < out->frames_count; i++) trace_frame(trace, &out->frames[i]);
    if (out->want) {
        wh_buffer_print(trace, "want lane %d after %" PRIu64 " bytes %u\n", (int)out->want_lane,
                        out->want_after, out->want_bytes);
    }
    if (out->commit) {
        wh_buffer_print(trace,
                        "commit %u rows, cursors %" PRIu64 " %" PRIu64 ", seen %" PRIu64 "\n",
                        out->rows_count, out->holding.cursors[0].seq, out->holding.cursors[1].seq,
                        out->holding.seen.seq);
    }
    if (out->rejected) wh_buffer_print(trace, "rejected %zu\n", out->rejected->n_rejects);
    if (out->branch.term != 0) wh_buffer_print(trace, "branch off %" PRIu64 "\n", out->branch.seq);
    if (out->settled != 0) wh_buffer_print(trace, "barrier reached %" PRIu64 "\n", out->settled);
}

/* ---- Events ---- */

void step(struct bench *bench, struct wh_event event)
{
    event.now_ms = bench->now_ms;
    event.clock_ms = 1000000 + bench->now_ms;
    event.self = &bench->self;
    wh_link_step(&bench->link, &event, &bench->out);
    trace_out(&bench->trace, &bench->out);
}

void after_ms(struct bench *bench, int64_t ms, enum wh_event_type type)
{
    bench->now_ms += ms;
    step(bench, (struct wh_event){.type = type});
}

void receive(struct bench *bench, const Wh__Frame *frame)
{
    struct wh_event event = {.type = WH_EVENT_FRAME};
    struct wh_span bytes = wh_frame_pack(frame, &bench->arena);
    WH_ASSERT(wh_frame_read(bytes, &bench->arena, &event.frame) == 0);
    event.frame_bytes = bytes.len;
    step(bench, event);
}

Wh__Position *position(struct bench *bench, uint64_t term, uint64_t seq)
{
    Wh__Position *made = wh_arena_new(&bench->arena, 1, sizeof(*made));
    wh__position__init(made);
    made->term = seq > 0 ? term : 0;
    made->seq = seq;
    return made;
}

Wh__Holding *holding(struct bench *bench, uint64_t term, uint64_t seq, uint64_t seen)
{
    Wh__Holding *made = wh_arena_new(&bench->arena, 1, sizeof(*made));
    wh__holding__init(made);
    made->n_cursors = WH_LANES;
    made->cursors = wh_arena_new(&bench->arena, WH_LANES, sizeof(*made->cursors));
    for (int i = 0; i < WH_LANES; i++) made->cursors[i] = position(bench, term, seq);
    made->seen = position(bench, term, seen);
    return made;
}

void receive_hello(struct bench *bench, Wh__Holding *held)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Hello hello = WH__HELLO__INIT;
    Wh__Abandoned abandoned = WH__ABANDONED__INIT, *list = &abandoned;
    hello.unit = "231182";
    hello.protocol_min = hello.protocol_max = 1;
    hello.head = position(bench, TERM, 100);
    hello.holding = held;
    hello.program = "test";
    hello.credit = 8;
    abandoned.term = bench->abandoned;
    hello.n_abandoned = bench->abandoned != 0;
    hello.abandoned = &list;
    frame.body_case = WH__FRAME__BODY_HELLO;
    frame.hello = &hello;
    receive(bench, &frame);
}

void receive_welcome(struct bench *bench, Wh__Holding *held)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Welcome welcome = WH__WELCOME__INIT;
    welcome.unit = "23";
    welcome.protocol = 1;
    welcome.head = position(bench, TERM, 100);
    welcome.holding = held;
    welcome.program = "test";
    welcome.credit = 8;
    frame.body_case = WH__FRAME__BODY_WELCOME;
    frame.welcome = &welcome;
    receive(bench, &frame);
}

void receive_push(struct bench *bench, uint64_t term, uint64_t after, uint64_t last)
{
    const struct wh_span rows[] = {WH_S("one"), WH_S("two")};
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Push push = WH__PUSH__INIT;
    Wh__TermMark mark = WH__TERM_MARK__INIT, *marks[] = {&mark};
    struct wh_span packed = wh_rows_compress(rows, 2, &bench->arena, &push.rows_size);
    mark.id = term;
    mark.first = 1;
    mark.abandons = bench->abandons;
    push.lane = WH_LANE_BULK;
    push.after = position(bench, term, after);
    push.last = position(bench, term, last);
    push.head = position(bench, term, last);
    push.n_terms = 1;
    push.terms = marks;
    push.rows = (ProtobufCBinaryData){packed.len, (uint8_t *)(uintptr_t)packed.data};
    frame.body_case = WH__FRAME__BODY_PUSH;
    frame.push = &push;
    receive(bench, &frame);
}

void receive_ack(struct bench *bench, uint64_t seq, protobuf_c_boolean gap)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Ack ack = WH__ACK__INIT;
    Wh__Position *cursors[] = {position(bench, OWN_TERM, seq), position(bench, OWN_TERM, seq)};
    ack.n_cursors = WH_LANES;
    ack.cursors = cursors;
    ack.credit = 8;
    ack.gap = gap;
    frame.body_case = WH__FRAME__BODY_ACK;
    frame.ack = &ack;
    receive(bench, &frame);
}

void receive_plain(struct bench *bench, Wh__Frame__BodyCase body_case)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Ping ping = WH__PING__INIT;
    Wh__Pong pong = WH__PONG__INIT;
    Wh__Bye bye = WH__BYE__INIT;
    Wh__Barrier barrier = WH__BARRIER__INIT;
    Wh__Settled settled = WH__SETTLED__INIT;
    Wh__Refuse refuse = WH__REFUSE__INIT;
    barrier.nonce = settled.nonce = 42;
    refuse.reason = WH_REFUSE_STORE;
    refuse.retry_after_ms = 5000;
    frame.body_case = body_case;
    switch (body_case) {
    case WH__FRAME__BODY_PING: frame.ping = &ping; break;
    case WH__FRAME__BODY_PONG: frame.pong = &pong; break;
    case WH__FRAME__BODY_BYE: frame.bye = &bye; break;
    case WH__FRAME__BODY_BARRIER: frame.barrier = &barrier; break;
    case WH__FRAME__BODY_SETTLED: frame.settled = &settled; break;
    default: frame.refuse = &refuse; break;
    }
    receive(bench, &frame);
}

void give_cut(struct bench *bench, uint64_t after, uint64_t last, uint32_t count)
{
    static const struct wh_span rows[] = {{"one", 3}, {"two", 3}};
    step(bench,
         (struct wh_event){.type = WH_EVENT_CUT, .cut = {WH_LANE_BULK, after, last, rows, count}});
}
