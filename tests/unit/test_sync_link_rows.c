#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chance.h"
#include "link_bench.h"

static const struct wh_holding nothing = {.seen = {0, 0}};
static const struct wh_holding held_110 = {.cursors = {{TERM, 110}, {TERM, 110}},
                                           .seen = {TERM, 110}};

/* A link to a child whose session stands; `durable` is held of the child's feed. */
static void child_up(struct bench *bench, struct wh_holding durable)
{
    bench_init(bench, WH_LINK_TO_CHILD, durable);
    receive_hello(bench, holding(bench, OWN_TERM, 0, 0));
    wh_buffer_clear(&bench->trace);
}

/* A link to the parent whose session stands; the parent holds `seq` of our feed. */
static void parent_up(struct bench *bench, uint64_t seq)
{
    bench_init(bench, WH_LINK_TO_PARENT, nothing);
    after_ms(bench, 0, WH_EVENT_TICK);
    step(bench, (struct wh_event){.type = WH_EVENT_CONNECTED});
    receive_welcome(bench, holding(bench, OWN_TERM, seq, seq));
    wh_buffer_clear(&bench->trace);
}

/* ---- Receiving ---- */

static void promise_01_an_ack_is_born_of_the_commit(void **state)
{
    struct bench bench;
    struct wh_holding committed;
    (void)state;
    child_up(&bench, held_110);
    receive_push(&bench, TERM, 110, 120);
    assert_trace(&bench, "commit 2 rows, cursors 110 120, seen 120\n");
    committed = bench.out.holding;
    step(&bench, (struct wh_event){.type = WH_EVENT_COMMITTED, .committed = committed});
    assert_trace(&bench, "ack 110 120\n");
    bench_deinit(&bench);
}

static void push_that_leaves_a_gap_changes_nothing(void **state)
{
    struct bench bench;
    (void)state;
    child_up(&bench, held_110);
    receive_push(&bench, TERM, 115, 120);
    receive_push(&bench, TERM, 111, 120);
    assert_trace(&bench, "note push.gap 115\nack 110 110 gap\n"
                         "note push.gap 111\nack 110 110 gap\n");
    receive_push(&bench, TERM, 110, 120); /* the true one comes in time */
    assert_trace(&bench, "commit 2 rows, cursors 110 120, seen 120\n");
    bench_deinit(&bench);
}

static void push_that_overlaps_is_applied(void **state)
{
    struct bench bench;
    (void)state;
    child_up(&bench, held_110);
    receive_push(&bench, TERM, 50, 120);
    assert_trace(&bench, "commit 2 rows, cursors 110 120, seen 120\n");
    bench_deinit(&bench);
}

static void push_that_is_known_is_acknowledged_and_not_applied(void **state)
{
    struct bench bench;
    (void)state;
    child_up(&bench, held_110);
    receive_push(&bench, TERM, 100, 110);
    assert_trace(&bench, "note push.known 110\nack 110 110\n");
    bench_deinit(&bench);
}

/* The second one continues what is not on disk yet: no Ack speaks of it before it is. */
static void pushes_in_a_row_share_a_commit(void **state)
{
    struct bench bench;
    (void)state;
    child_up(&bench, held_110);
    receive_push(&bench, TERM, 110, 120);
    receive_push(&bench, TERM, 120, 130);
    receive_push(&bench, TERM, 110, 120);
    assert_trace(&bench, "commit 2 rows, cursors 110 120, seen 120\n"
                         "commit 2 rows, cursors 110 130, seen 130\n"
                         "note push.known 120\nack 110 110\n");
    bench_deinit(&bench);
}

/* Found by the simulator: a Hello between Push and commit left a gap for ever. */
static void a_hello_before_the_commit_leaves_no_gap_behind_it(void **state)
{
    struct bench bench;
    struct wh_holding committed;
    (void)state;
    child_up(&bench, held_110);
    receive_push(&bench, TERM, 110, 120);
    committed = bench.out.holding;
    receive_hello(&bench, holding(&bench, OWN_TERM, 0, 0));
    step(&bench, (struct wh_event){.type = WH_EVENT_COMMITTED, .committed = committed});
    wh_buffer_clear(&bench.trace);
    receive_push(&bench, TERM, 120, 130);
    assert_trace(&bench, "commit 2 rows, cursors 110 130, seen 130\n");
    bench_deinit(&bench);
}

/* Found by the simulator: cursors of two branches in one holding, and all sent again for ever. */
static void a_hello_before_the_commit_of_a_branch_keeps_no_cursor_of_the_other(void **state)
{
    struct bench bench;
    struct wh_holding committed;
    (void)state;
    child_up(&bench, held_110);
    bench.abandons = TERM;
    receive_push(&bench, TERM + 1, 0, 105);
    committed = bench.out.holding;
    receive_hello(&bench, holding(&bench, OWN_TERM, 0, 0));
    step(&bench, (struct wh_event){.type = WH_EVENT_COMMITTED, .committed = committed});
    wh_buffer_clear(&bench.trace);
    receive_push(&bench, TERM + 1, 105, 130);
    assert_trace(&bench, "commit 2 rows, cursors 0 130, seen 130\n");
    bench_deinit(&bench);
}

/* The same: its head is older than that of the greeting (100). */
static void a_push_of_an_earlier_session_changes_nothing(void **state)
{
    struct bench bench;
    (void)state;
    child_up(&bench, nothing);
    receive_push(&bench, TERM, 0, 60);
    assert_trace(&bench, "note push.known 60\nack 0 0\n");
    bench_deinit(&bench);
}

static void rows_that_do_not_inflate_change_nothing(void **state)
{
    struct bench bench;
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Push push = WH__PUSH__INIT;
    Wh__TermMark mark = WH__TERM_MARK__INIT, *marks[] = {&mark};
    uint8_t rubbish[] = {1, 2, 3};
    (void)state;
    child_up(&bench, held_110);
    mark.id = TERM;
    mark.first = 1;
    push.lane = WH_LANE_BULK;
    push.after = position(&bench, TERM, 110);
    push.last = push.head = position(&bench, TERM, 120);
    push.n_terms = 1;
    push.terms = marks;
    push.rows_size = 30;
    push.rows = (ProtobufCBinaryData){sizeof(rubbish), rubbish};
    frame.body_case = WH__FRAME__BODY_PUSH;
    frame.push = &push;
    receive(&bench, &frame);
    assert_trace(&bench, "note push.broken 120\n");
    bench_deinit(&bench);
}

static void promise_03_a_refused_row_is_named_in_the_ack(void **state)
{
    struct bench bench;
    Wh__Reject reject = WH__REJECT__INIT;
    struct wh_holding committed;
    (void)state;
    child_up(&bench, held_110);
    receive_push(&bench, TERM, 110, 120);
    committed = bench.out.holding;
    reject.reason = 2;
    step(&bench, (struct wh_event){.type = WH_EVENT_COMMITTED,
                                   .committed = committed,
                                   .rejects = &reject,
                                   .rejects_count = 1});
    assert_trace(&bench, "commit 2 rows, cursors 110 120, seen 120\nack 110 120 reject 2\n");
    bench_deinit(&bench);
}

static void a_commit_that_fails_ends_the_session_and_says_so(void **state)
{
    struct bench bench;
    (void)state;
    child_up(&bench, held_110);
    receive_push(&bench, TERM, 110, 120);
    step(&bench, (struct wh_event){.type = WH_EVENT_COMMIT_FAILED});
    assert_trace(&bench, "commit 2 rows, cursors 110 120, seen 120\n"
                         "note store.failed 0\nrefuse 3\n");
    receive_hello(&bench, holding(&bench, OWN_TERM, 0, 0));
    assert_trace(&bench, "note up 0\nwelcome head 9 holds 110\n");
    bench_deinit(&bench);
}

/* ---- Sending ---- */

static void what_the_feed_has_is_cut_and_pushed(void **state)
{
    struct bench bench;
    (void)state;
    parent_up(&bench, 3);
    bench.self.lane_heads[WH_LANE_BULK] = 9;
    after_ms(&bench, 10, WH_EVENT_TICK);
    assert_trace(&bench, "want lane 1 after 3 bytes 1024\n");
    after_ms(&bench, 10, WH_EVENT_TICK); /* one cut at a time */
    assert_trace(&bench, "");
    give_cut(&bench, 3, 9, 2);
    assert_trace(&bench, "push lane 1 3..9 head 9 terms 1\n");
    assert_false(wh_link_has_sent(&bench.link, bench.self.lane_heads));
    receive_ack(&bench, 9, 0);
    assert_true(wh_link_has_sent(&bench.link, bench.self.lane_heads));
    bench_deinit(&bench);
}

/* Found by the simulator: asked again at once, it was asked again for ever, and then forgotten. */
static void a_cut_that_could_not_be_read_is_asked_for_again_by_the_next_tick(void **state)
{
    struct bench bench;
    (void)state;
    parent_up(&bench, 3);
    bench.self.lane_heads[WH_LANE_BULK] = 9;
    after_ms(&bench, 10, WH_EVENT_TICK);
    give_cut(&bench, WH_CUT_FAILED, 0, 0);
    assert_trace(&bench, "want lane 1 after 3 bytes 1024\n");
    after_ms(&bench, 10, WH_EVENT_TICK);
    assert_trace(&bench, "want lane 1 after 3 bytes 1024\n");
    bench_deinit(&bench);
}

static void urgent_rows_are_cut_before_bulk_ones(void **state)
{
    struct bench bench;
    (void)state;
    parent_up(&bench, 3);
    bench.self.lane_heads[WH_LANE_BULK] = 9;
    bench.self.lane_heads[WH_LANE_URGENT] = 8;
    after_ms(&bench, 10, WH_EVENT_TICK);
    assert_trace(&bench, "want lane 0 after 3 bytes 1024\n");
    bench_deinit(&bench);
}

/* Found by the simulator: the next Push left a gap. */
static void what_is_passed_over_is_covered_by_the_next_push(void **state)
{
    struct bench bench;
    (void)state;
    parent_up(&bench, 3);
    bench.self.lane_heads[WH_LANE_BULK] = 7;
    after_ms(&bench, 10, WH_EVENT_TICK);
    give_cut(&bench, 3, 7, 0); /* nothing of it is for this neighbour */
    assert_trace(&bench, "want lane 1 after 3 bytes 1024\n");
    bench.self.lane_heads[WH_LANE_BULK] = 9;
    after_ms(&bench, 10, WH_EVENT_TICK);
    give_cut(&bench, 7, 9, 1);
    assert_trace(&bench, "want lane 1 after 7 bytes 1024\npush lane 1 3..9 head 9 terms 1\n");
    bench_deinit(&bench);
}

/* Pushes until no more is asked for, on a line that is fast, to a neighbour that takes `credit`. */
static void push_all(struct bench *bench, uint32_t credit)
{
    parent_up(bench, 0);
    bench->self.head = bench->self.lane_heads[WH_LANE_BULK] = 100;
    bench->link.window_bytes = WH_WINDOW_BYTES_MAX;
    bench->link.credit = credit;
    after_ms(bench, 10, WH_EVENT_TICK);
    for (uint64_t i = 0; bench->out.want; i++) give_cut(bench, i, i + 1, 1);
}

static void promise_02_no_more_is_in_flight_than_the_credit(void **state)
{
    struct bench bench;
    (void)state;
    push_all(&bench, 3);
    assert_int_equal(bench.link.in_flight_count, 3);
    bench_deinit(&bench);
    push_all(&bench, WH_CREDIT_MAX);
    assert_int_equal(bench.link.in_flight_count, WH_CREDIT_MAX);
    wh_buffer_clear(&bench.trace);
    receive_ack(&bench, 1, 0);
    assert_trace(&bench, "want lane 1 after 8 bytes 262144\n"); /* it was quick: more at once */
    bench_deinit(&bench);
}

static void a_gap_takes_the_sender_back_to_the_true_cursor(void **state)
{
    struct bench bench;
    (void)state;
    parent_up(&bench, 0);
    bench.self.lane_heads[WH_LANE_BULK] = 9;
    after_ms(&bench, 10, WH_EVENT_TICK);
    give_cut(&bench, 0, 5, 2);
    give_cut(&bench, 5, 9, 2);
    wh_buffer_clear(&bench.trace);
    receive_ack(&bench, 0, 1);
    assert_trace(&bench, "note rewind 0\nwant lane 1 after 0 bytes 1024\n");
    give_cut(&bench, 0, 9, 2);
    assert_trace(&bench, "push lane 1 0..9 head 9 terms 1\n");
    bench_deinit(&bench);
}

static void a_push_without_an_ack_is_sent_again_in_small_parts(void **state)
{
    struct bench bench;
    (void)state;
    parent_up(&bench, 0);
    bench.self.lane_heads[WH_LANE_BULK] = 9;
    after_ms(&bench, 10, WH_EVENT_TICK);
    give_cut(&bench, 0, 9, 2);
    wh_buffer_clear(&bench.trace);
    for (int i = 0; i < 3; i++) { /* the neighbour lives */
        bench.now_ms += WH_RESEND_AFTER_MS / 3 - 1;
        receive_plain(&bench, WH__FRAME__BODY_PONG);
    }
    assert_trace(&bench, "");
    after_ms(&bench, 3, WH_EVENT_TICK);
    assert_trace(&bench, "note resend 0\nwant lane 1 after 0 bytes 256\n");
    bench_deinit(&bench);
}

static void an_ack_of_what_was_never_sent_is_passed_over(void **state)
{
    struct bench bench;
    (void)state;
    parent_up(&bench, 3);
    receive_ack(&bench, 10, 0); /* our head is 9 */
    assert_trace(&bench, "");
    assert_int_equal(bench.link.acked[WH_LANE_BULK], 3);
    bench_deinit(&bench);
}

/* ---- A line of 9,600 bit/s with a round trip of 2 s, cut every minute ---- */

#define LINE_BYTES_PER_S 1200
#define LINE_ONE_WAY_MS 1000
#define LINE_SHARE 2 /* what it carries at least: half of what it could */

struct line {
    struct bench bench;
    int64_t free_ms;                 /* when its last byte has left */
    int64_t acked_ms[WH_CREDIT_MAX]; /* when the Ack of each Push in flight is back */
    uint64_t last[WH_CREDIT_MAX];
    uint32_t bytes[WH_CREDIT_MAX];
    uint32_t in_flight;
    uint64_t seq;
    uint64_t carried; /* bytes acknowledged */
    int64_t queue_ms_max;
};

/* Rows of random bytes, so that what is cut is what travels. */
static void fill_line(struct line *line, struct wh_chance *chance)
{
    struct bench *bench = &line->bench;
    while (bench->out.want) {
        char row[32768];
        uint32_t size = bench->out.want_bytes < sizeof(row) ? bench->out.want_bytes : sizeof(row);
        struct wh_span rows[] = {wh_span(row, size)};
        struct wh_cut cut = {WH_LANE_BULK, line->seq, line->seq + 1, rows, 1};
        uint32_t i = line->in_flight++;
        for (uint32_t b = 0; b < size; b++) row[b] = (char)wh_chance_next(chance);
        line->seq++;
        if (line->free_ms < bench->now_ms) line->free_ms = bench->now_ms;
        line->free_ms += size * 1000 / LINE_BYTES_PER_S;
        if (line->free_ms - bench->now_ms > line->queue_ms_max) {
            line->queue_ms_max = line->free_ms - bench->now_ms;
        }
        line->acked_ms[i] = line->free_ms + 2 * LINE_ONE_WAY_MS;
        line->last[i] = line->seq;
        line->bytes[i] = size;
        step(bench, (struct wh_event){.type = WH_EVENT_CUT, .cut = cut});
    }
}

static void take_acks(struct line *line, struct wh_chance *chance)
{
    while (line->in_flight > 0 && line->acked_ms[0] <= line->bench.now_ms) {
        line->carried += line->bytes[0];
        line->in_flight--;
        receive_ack(&line->bench, line->last[0], 0);
        for (uint32_t i = 0; i < line->in_flight; i++) {
            line->acked_ms[i] = line->acked_ms[i + 1];
            line->last[i] = line->last[i + 1];
            line->bytes[i] = line->bytes[i + 1];
        }
        fill_line(line, chance);
    }
}

/* L10 of the lessons. After each cut a session begins anew and knows nothing of the line. */
static void slow_link_alive(void **state)
{
    struct wh_chance chance = {1};
    uint64_t carried = 0;
    (void)state;
    for (int minute = 0; minute < 10; minute++) {
        struct line line = {.in_flight = 0};
        parent_up(&line.bench, 0);
        line.bench.self.head = line.bench.self.lane_heads[WH_LANE_BULK] = 100000;
        after_ms(&line.bench, 10, WH_EVENT_TICK);
        fill_line(&line, &chance);
        for (int ms = 0; ms < 56000; ms += 10) { /* four seconds go into coming back */
            line.bench.now_ms += 10;
            take_acks(&line, &chance);
        }
        assert_true(line.queue_ms_max < 12000); /* an urgent row waits no longer */
        carried += line.carried;
        bench_deinit(&line.bench);
    }
    assert_true(carried * LINE_SHARE > 10 * 60 * LINE_BYTES_PER_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(promise_01_an_ack_is_born_of_the_commit),
        cmocka_unit_test(push_that_leaves_a_gap_changes_nothing),
        cmocka_unit_test(push_that_overlaps_is_applied),
        cmocka_unit_test(push_that_is_known_is_acknowledged_and_not_applied),
        cmocka_unit_test(pushes_in_a_row_share_a_commit),
        cmocka_unit_test(a_hello_before_the_commit_leaves_no_gap_behind_it),
        cmocka_unit_test(a_hello_before_the_commit_of_a_branch_keeps_no_cursor_of_the_other),
        cmocka_unit_test(a_push_of_an_earlier_session_changes_nothing),
        cmocka_unit_test(rows_that_do_not_inflate_change_nothing),
        cmocka_unit_test(promise_03_a_refused_row_is_named_in_the_ack),
        cmocka_unit_test(a_commit_that_fails_ends_the_session_and_says_so),
        cmocka_unit_test(what_the_feed_has_is_cut_and_pushed),
        cmocka_unit_test(a_cut_that_could_not_be_read_is_asked_for_again_by_the_next_tick),
        cmocka_unit_test(urgent_rows_are_cut_before_bulk_ones),
        cmocka_unit_test(what_is_passed_over_is_covered_by_the_next_push),
        cmocka_unit_test(promise_02_no_more_is_in_flight_than_the_credit),
        cmocka_unit_test(a_gap_takes_the_sender_back_to_the_true_cursor),
        cmocka_unit_test(a_push_without_an_ack_is_sent_again_in_small_parts),
        cmocka_unit_test(an_ack_of_what_was_never_sent_is_passed_over),
        cmocka_unit_test(slow_link_alive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
