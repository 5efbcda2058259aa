#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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

/* ---- The session ---- */

static void a_child_connects_greets_and_is_up(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, WH_LINK_TO_PARENT, held_110);
    after_ms(&bench, 0, WH_EVENT_TICK);
    assert_trace(&bench, "connect\n");
    step(&bench, (struct wh_event){.type = WH_EVENT_CONNECTED});
    assert_trace(&bench, "hello head 9 holds 110\n");
    receive_welcome(&bench, holding(&bench, OWN_TERM, 3, 3));
    assert_trace(&bench, "note up 3\n");
    assert_int_equal(bench.link.state, WH_LINK_UP);
    bench_deinit(&bench);
}

static void a_parent_answers_a_hello_with_what_it_holds(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, WH_LINK_TO_CHILD, held_110);
    receive_hello(&bench, holding(&bench, OWN_TERM, 3, 3));
    assert_trace(&bench, "note up 3\nwelcome head 9 holds 110\n");
    bench_deinit(&bench);
}

/* L13 of the lessons. */
static void a_hello_begins_a_new_session_at_any_time(void **state)
{
    struct bench bench;
    (void)state;
    child_up(&bench, held_110);
    receive_hello(&bench, holding(&bench, OWN_TERM, 5, 5));
    assert_trace(&bench, "note up 5\nwelcome head 9 holds 110\n");
    bench_deinit(&bench);
}

static void no_common_protocol_is_refused_with_its_reason(void **state)
{
    struct bench bench;
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Hello hello = WH__HELLO__INIT;
    (void)state;
    bench_init(&bench, WH_LINK_TO_CHILD, nothing);
    hello.unit = hello.program = "x";
    hello.protocol_min = hello.protocol_max = 9;
    hello.head = position(&bench, TERM, 1);
    hello.holding = holding(&bench, OWN_TERM, 0, 0);
    frame.body_case = WH__FRAME__BODY_HELLO;
    frame.hello = &hello;
    receive(&bench, &frame);
    assert_trace(&bench, "note protocol 9\nrefuse 1\n");
    bench_deinit(&bench);
}

static void a_hello_that_names_another_unit_than_its_key_is_refused(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, WH_LINK_TO_CHILD, nothing);
    bench.self.peer = WH_S("231102");
    receive_hello(&bench, holding(&bench, OWN_TERM, 0, 0));
    assert_trace(&bench, "note stranger 0\nrefuse 2\n");
    assert_int_equal(bench.link.state, WH_LINK_DOWN);
    bench_deinit(&bench);
}

static void a_refused_child_comes_back_when_it_was_told(void **state)
{
    struct bench bench;
    int64_t refused_at_ms;
    (void)state;
    parent_up(&bench, 9);
    refused_at_ms = bench.now_ms;
    receive_plain(&bench, WH__FRAME__BODY_REFUSE);
    assert_trace(&bench, "note refused 3\ndisconnect\n");
    assert_true(wh_link_deadline_ms(&bench.link) >= refused_at_ms + 5000);
    after_ms(&bench, 4999, WH_EVENT_TICK);
    assert_trace(&bench, "");
    after_ms(&bench, 1, WH_EVENT_TICK);
    assert_trace(&bench, "connect\n");
    bench_deinit(&bench);
}

static void a_denied_key_is_tried_again_later(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, WH_LINK_TO_PARENT, nothing);
    after_ms(&bench, 0, WH_EVENT_TICK);
    step(&bench, (struct wh_event){.type = WH_EVENT_DENIED});
    assert_trace(&bench, "connect\nnote denied 0\ndisconnect\n");
    assert_string_equal(wh_link_state_word(bench.link.state), "refused");
    after_ms(&bench, 30000, WH_EVENT_TICK);
    assert_trace(&bench, "connect\n");
    bench_deinit(&bench);
}

static void a_lost_connection_is_tried_again_ever_later(void **state)
{
    struct bench bench;
    int64_t waited_ms = 0;
    (void)state;
    bench_init(&bench, WH_LINK_TO_PARENT, nothing);
    for (int i = 0; i < 12; i++) {
        int64_t wait_ms;
        after_ms(&bench, 0, WH_EVENT_TICK);
        step(&bench, (struct wh_event){.type = WH_EVENT_LOST});
        assert_trace(&bench, "connect\nnote lost 0\ndisconnect\n");
        wait_ms = wh_link_deadline_ms(&bench.link) - bench.now_ms;
        assert_true(wait_ms >= waited_ms && wait_ms <= WH_RETRY_MS_MAX);
        waited_ms = wait_ms;
        bench.now_ms += wait_ms;
    }
    assert_int_equal(waited_ms, WH_RETRY_MS_MAX / 2); /* chance adds up to as much again */
    bench_deinit(&bench);
}

static void an_operator_may_hurry_it(void **state)
{
    struct bench bench;
    (void)state;
    parent_up(&bench, 9);
    step(&bench, (struct wh_event){.type = WH_EVENT_LOST});
    after_ms(&bench, 1, WH_EVENT_RECONNECT);
    after_ms(&bench, 0, WH_EVENT_TICK);
    assert_trace(&bench, "note lost 0\ndisconnect\nconnect\n");
    bench_deinit(&bench);
}

static void a_welcome_that_does_not_come_is_not_waited_for(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, WH_LINK_TO_PARENT, nothing);
    after_ms(&bench, 0, WH_EVENT_TICK);
    step(&bench, (struct wh_event){.type = WH_EVENT_CONNECTED});
    wh_buffer_clear(&bench.trace);
    after_ms(&bench, WH_GREETING_MS_MAX - 1, WH_EVENT_TICK);
    assert_trace(&bench, "");
    after_ms(&bench, 1, WH_EVENT_TICK);
    assert_trace(&bench, "note greeting.late 0\ndisconnect\n");
    bench_deinit(&bench);
}

/* Found by the simulator: one direction of a wire was cut for long. */
static void a_frame_of_an_ended_session_is_answered_with_bye(void **state)
{
    struct bench bench;
    (void)state;
    child_up(&bench, held_110);
    after_ms(&bench, WH_DEAD_AFTER_MS, WH_EVENT_TICK);
    assert_trace(&bench, "note silent 0\n");
    receive_push(&bench, TERM, 110, 120);
    receive_plain(&bench, WH__FRAME__BODY_PING);
    assert_trace(&bench, "note no.session 0\nbye\nnote no.session 0\nbye\n");
    receive_plain(&bench, WH__FRAME__BODY_BYE); /* two that say it to each other stop there */
    assert_trace(&bench, "");
    bench_deinit(&bench);
}

static void a_child_that_is_told_bye_comes_back(void **state)
{
    struct bench bench;
    (void)state;
    parent_up(&bench, 9);
    receive_plain(&bench, WH__FRAME__BODY_BYE);
    after_ms(&bench, WH_RETRY_MS_FIRST * 2, WH_EVENT_TICK);
    assert_trace(&bench, "note bye 0\ndisconnect\nconnect\n");
    bench_deinit(&bench);
}

/* ---- Terms ---- */

static void a_store_that_did_not_write_what_was_seen_sends_nothing(void **state)
{
    struct bench bench;
    (void)state;
    parent_up(&bench, 0);
    step(&bench, (struct wh_event){.type = WH_EVENT_LOST});
    after_ms(&bench, 30000, WH_EVENT_TICK);
    step(&bench, (struct wh_event){.type = WH_EVENT_CONNECTED});
    wh_buffer_clear(&bench.trace);
    bench.self.lane_heads[WH_LANE_BULK] = 9;
    receive_welcome(&bench, holding(&bench, OWN_TERM, 3, 12)); /* our head is 9 */
    assert_trace(&bench, "note diverged 12\nbranch off 12\n");
    after_ms(&bench, 10, WH_EVENT_TICK);
    assert_trace(&bench, "");
    /* Once the term that gives the lost rows up is on disk, all is sent from the first entry. */
    bench.marks[1] = (struct wh_term_mark){.id = 78, .first = 10, .abandons = OWN_TERM};
    bench.self.history.count = 2;
    bench.self.head = 10;
    step(&bench, (struct wh_event){.type = WH_EVENT_BRANCHED});
    assert_trace(&bench, "note branch 12\nwant lane 1 after 0 bytes 1024\n");
    bench_deinit(&bench);
}

/* L3 of the lessons: named at once, not waited for. */
static void cursor_beyond_head(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, WH_LINK_TO_CHILD, nothing);
    receive_hello(&bench, holding(&bench, OWN_TERM, 10, 0));
    assert_trace(&bench, "note diverged 0\nwelcome head 9 holds 0\nbranch off 10\n");
    bench_deinit(&bench);
}

static void a_push_of_another_history_is_not_applied(void **state)
{
    struct bench bench;
    (void)state;
    child_up(&bench, held_110);
    receive_push(&bench, TERM + 1, 110, 120);
    assert_trace(&bench, "note push.strange 0\nbye\n");
    bench_deinit(&bench);
}

static void a_sender_that_gave_its_branch_up_is_followed_from_the_first_entry(void **state)
{
    struct bench bench;
    (void)state;
    child_up(&bench, held_110);
    bench.abandons = TERM;
    receive_push(&bench, TERM + 1, 0, 105);
    assert_trace(&bench, "note push.branch 105\ncommit 2 rows, cursors 0 105, seen 105\n");
    bench_deinit(&bench);
}

/* The neighbour saw another copy of this home, which gave up what this one wrote. */
static void a_copy_that_was_given_up_stands_back(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, WH_LINK_TO_CHILD, nothing);
    bench.abandoned = OWN_TERM;
    receive_hello(&bench, holding(&bench, TERM + 1, 20, 20));
    assert_trace(&bench, "note abandoned 20\nrefuse 5\n");
    bench.marks[0].settles = true; /* an operator decided for it */
    receive_hello(&bench, holding(&bench, TERM + 1, 20, 20));
    assert_trace(&bench, "note diverged 20\nwelcome head 9 holds 0\nbranch off 20\n");
    bench_deinit(&bench);
}

/* ---- Life and barriers ---- */

/* L11 of the lessons: life is what was received. */
static void own_sending_does_not_put_off_the_ping(void **state)
{
    struct bench bench;
    (void)state;
    parent_up(&bench, 0);
    bench.self.lane_heads[WH_LANE_BULK] = 9;
    after_ms(&bench, WH_PING_AFTER_MS - 1, WH_EVENT_TICK);
    give_cut(&bench, 0, 9, 2);
    wh_buffer_clear(&bench.trace);
    after_ms(&bench, 1, WH_EVENT_TICK);
    assert_trace(&bench, "ping\n");
    after_ms(&bench, WH_DEAD_AFTER_MS - WH_PING_AFTER_MS, WH_EVENT_TICK);
    assert_trace(&bench, "note silent 0\ndisconnect\n");
    bench_deinit(&bench);
}

static void a_ping_is_answered(void **state)
{
    struct bench bench;
    (void)state;
    child_up(&bench, nothing);
    receive_plain(&bench, WH__FRAME__BODY_PING);
    assert_trace(&bench, "pong\n");
    bench_deinit(&bench);
}

static void a_barrier_is_settled_once_all_is_acknowledged(void **state)
{
    struct bench bench;
    (void)state;
    child_up(&bench, nothing);
    bench.self.lane_heads[WH_LANE_BULK] = 9;
    receive_plain(&bench, WH__FRAME__BODY_BARRIER);
    assert_trace(&bench, "want lane 1 after 0 bytes 1024\n");
    give_cut(&bench, 0, 9, 2);
    assert_trace(&bench, "push lane 1 0..9 head 9 terms 1\n");
    receive_ack(&bench, 9, 0);
    assert_trace(&bench, "settled 42\n");
    bench_deinit(&bench);
}

static void the_asker_of_a_barrier_learns_that_it_is_reached(void **state)
{
    struct bench bench;
    (void)state;
    parent_up(&bench, 9);
    step(&bench, (struct wh_event){.type = WH_EVENT_BARRIER, .nonce = 42});
    assert_trace(&bench, "barrier 42\n");
    receive_plain(&bench, WH__FRAME__BODY_SETTLED);
    assert_trace(&bench, "note settled 42\nbarrier reached 42\n");
    bench_deinit(&bench);
}

/* Each wait has an end (L17 of the lessons), and each state a reason in both languages. */
static void every_state_in_which_a_link_waits_has_a_deadline_and_words(void **state)
{
    (void)state;
    for (int s = WH_LINK_DOWN; s <= WH_LINK_DIVERGED; s++) {
        struct wh_link link;
        wh_link_init(&link, WH_LINK_TO_PARENT, nothing, 0);
        link.state = (enum wh_link_state)s;
        assert_true(wh_link_deadline_ms(&link) < INT64_MAX);
        assert_true(wh_link_state_title(link.state).zh[0] != '\0');
        assert_true(wh_link_state_title(link.state).en[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_connects_greets_and_is_up),
        cmocka_unit_test(a_parent_answers_a_hello_with_what_it_holds),
        cmocka_unit_test(a_hello_begins_a_new_session_at_any_time),
        cmocka_unit_test(no_common_protocol_is_refused_with_its_reason),
        cmocka_unit_test(a_hello_that_names_another_unit_than_its_key_is_refused),
        cmocka_unit_test(a_refused_child_comes_back_when_it_was_told),
        cmocka_unit_test(a_denied_key_is_tried_again_later),
        cmocka_unit_test(a_lost_connection_is_tried_again_ever_later),
        cmocka_unit_test(an_operator_may_hurry_it),
        cmocka_unit_test(a_welcome_that_does_not_come_is_not_waited_for),
        cmocka_unit_test(a_frame_of_an_ended_session_is_answered_with_bye),
        cmocka_unit_test(a_child_that_is_told_bye_comes_back),
        cmocka_unit_test(a_store_that_did_not_write_what_was_seen_sends_nothing),
        cmocka_unit_test(cursor_beyond_head),
        cmocka_unit_test(a_push_of_another_history_is_not_applied),
        cmocka_unit_test(a_sender_that_gave_its_branch_up_is_followed_from_the_first_entry),
        cmocka_unit_test(a_copy_that_was_given_up_stands_back),
        cmocka_unit_test(own_sending_does_not_put_off_the_ping),
        cmocka_unit_test(a_ping_is_answered),
        cmocka_unit_test(a_barrier_is_settled_once_all_is_acknowledged),
        cmocka_unit_test(the_asker_of_a_barrier_learns_that_it_is_reached),
        cmocka_unit_test(every_state_in_which_a_link_waits_has_a_deadline_and_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
