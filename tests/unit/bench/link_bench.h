/* link_bench.h: a link on a bench: events go in, and everything that leaves it is written down as
 * text, so that a test shows the whole of what a step does. Thread: the test's. */
#ifndef WH_UNIT_LINK_BENCH_H
#define WH_UNIT_LINK_BENCH_H

#include "base/buffer.h"
#include "sync/link.h"

#define OWN_TERM 77u
#define TERM 5u /* the neighbour's */

struct bench {
    struct wh_link link;
    struct wh_out out;
    struct wh_term_mark marks[2];
    struct wh_self self;
    uint64_t abandons;  /* what the term of a Push gives up; 0: nothing */
    uint64_t abandoned; /* the term of ours that a Hello calls given up; 0: none */
    int64_t now_ms;
    struct wh_arena arena;
    struct wh_buffer trace;
};

void bench_init(struct bench *bench, enum wh_link_role role, struct wh_holding durable);
void bench_deinit(struct bench *bench);
void step(struct bench *bench, struct wh_event event);
void after_ms(struct bench *bench, int64_t ms, enum wh_event_type type);
/* Through the wire and back, as it would come. */
void receive(struct bench *bench, const Wh__Frame *frame);
Wh__Position *position(struct bench *bench, uint64_t term, uint64_t seq);
/* The neighbour holds `seq` of both lanes of our feed, and has seen the head `seen`. */
Wh__Holding *holding(struct bench *bench, uint64_t term, uint64_t seq, uint64_t seen);
void receive_hello(struct bench *bench, Wh__Holding *held);
void receive_welcome(struct bench *bench, Wh__Holding *held);
/* A Push of the bulk lane with two rows, on a history of one term that began at 1. */
void receive_push(struct bench *bench, uint64_t term, uint64_t after, uint64_t last);
void receive_ack(struct bench *bench, uint64_t seq, protobuf_c_boolean gap);
void receive_plain(struct bench *bench, Wh__Frame__BodyCase body_case);
/* The rows that out->want asked for: `count` of them up to `last`. */
void give_cut(struct bench *bench, uint64_t after, uint64_t last, uint32_t count);

/* Compares all that left the link since the last call. */
#define assert_trace(bench, expected)                                                              \
    do {                                                                                           \
        wh_buffer_put_byte(&(bench)->trace, 0);                                                    \
        assert_string_equal((bench)->trace.data, (expected));                                      \
        wh_buffer_clear(&(bench)->trace);                                                          \
    } while (0)

#endif
