/* Two wires in one process: who is admitted, what arrives, and what is said when it ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>
#include <zmq.h>

#include "base/limits.h"
#include "net/curve.h"
#include "net/neighbours.h"

#define DEADLINE_MS 20000

struct ends {
    struct wh_wire *parent;
    struct wh_wire *child;
    struct wh_curve_pair parent_pair;
    struct wh_curve_pair child_pair;
    struct wh_curve_pair invite_pair;
    struct wh_error err;
};

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum wh_admitted admit(void *context, const uint8_t key[WH_NODE_KEY_BYTES],
                              struct wh_span *ret_unit)
{
    const struct ends *ends = context;
    *ret_unit = WH_S("231182108");
    if (memcmp(key, ends->child_pair.public_key, WH_NODE_KEY_BYTES) == 0) {
        return WH_ADMITTED_MEMBER;
    }
    if (memcmp(key, ends->invite_pair.public_key, WH_NODE_KEY_BYTES) == 0) {
        return WH_ADMITTED_INVITE;
    }
    return WH_ADMITTED_NO;
}

static void open_parent(struct ends *ends, const char *endpoint)
{
    struct wh_wire_config config = {.admit = admit, .admit_context = ends};
    memcpy(config.secret_key, ends->parent_pair.secret_key, WH_NODE_KEY_BYTES);
    assert_int_equal(wh_wire_open(&config, &ends->parent, &ends->err), 0);
    assert_int_equal(wh_wire_listen(ends->parent, endpoint, &ends->err), 0);
}

static void point_child(struct ends *ends, const char *endpoint, const uint8_t *key)
{
    const struct wh_wire_parent parent = {.endpoints = &endpoint,
                                          .count = 1,
                                          .key = key,
                                          .invite_secret = ends->invite_pair.secret_key};
    assert_int_equal(wh_wire_set_parent(ends->child, &parent, &ends->err), 0);
}

static int set_up(void **state)
{
    struct ends *ends = calloc(1, sizeof(*ends));
    struct wh_wire_config config = {.admit = admit, .admit_context = ends};
    assert_non_null(ends);
    wh_curve_keypair(&ends->parent_pair);
    wh_curve_keypair(&ends->child_pair);
    wh_curve_keypair(&ends->invite_pair);
    open_parent(ends, "tcp://127.0.0.1:*");
    memcpy(config.secret_key, ends->child_pair.secret_key, WH_NODE_KEY_BYTES);
    assert_int_equal(wh_wire_open(&config, &ends->child, &ends->err), 0);
    point_child(ends, wh_wire_endpoint(ends->parent), ends->parent_pair.public_key);
    *state = ends;
    return 0;
}

static int tear_down(void **state)
{
    struct ends *ends = *state;
    wh_wire_close(ends->child);
    wh_wire_close(ends->parent);
    free(ends);
    return 0;
}

static bool receive(struct wh_wire *wire, struct wh_arrival *ret)
{
    struct wh_net net = wh_wire_net(wire);
    return net.ops->receive(net.self, ret) == 1;
}

/* Lets both turn until something arrives at `wire`. */
static struct wh_arrival await(struct ends *ends, struct wh_wire *wire)
{
    int64_t deadline_ms = now_ms() + DEADLINE_MS;
    struct wh_arrival arrival;
    while (!receive(wire, &arrival)) {
        if (now_ms() > deadline_ms) fail_msg("nothing arrived");
        if (ends->parent) (void)wh_wire_wait(ends->parent, NULL, NULL, 0, 2);
        if (ends->child) (void)wh_wire_wait(ends->child, NULL, NULL, 0, 2);
    }
    return arrival;
}

static void connect_child(struct wh_wire *child, enum wh_identity identity)
{
    struct wh_net net = wh_wire_net(child);
    net.ops->connect(net.self, identity);
}

static bool send_from(struct wh_wire *wire, uint64_t route, struct wh_span bytes)
{
    struct wh_net net = wh_wire_net(wire);
    return net.ops->send(net.self, route, bytes);
}

static void assert_span(struct wh_span span, const char *text)
{
    assert_int_equal(span.len, strlen(text));
    assert_memory_equal(span.data, text, span.len);
}

static void a_member_is_admitted_and_its_unit_known(void **state)
{
    struct ends *ends = *state;
    struct wh_arrival arrival;
    uint64_t route;
    assert_false(send_from(ends->child, WH_ROUTE_PARENT, WH_S("too early")));
    connect_child(ends->child, WH_IDENTITY_NODE);
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_CONNECTED);
    assert_true(send_from(ends->child, WH_ROUTE_PARENT, WH_S("hello")));
    arrival = await(ends, ends->parent);
    assert_int_equal(arrival.type, WH_ARRIVAL_FRAME);
    assert_true(arrival.route >= 1);
    assert_false(arrival.by_invite);
    assert_span(arrival.unit, "231182108");
    assert_span(arrival.bytes, "hello");
    route = arrival.route;
    assert_true(send_from(ends->parent, route, WH_S("welcome")));
    arrival = await(ends, ends->child);
    assert_int_equal(arrival.type, WH_ARRIVAL_FRAME);
    assert_int_equal(arrival.route, WH_ROUTE_PARENT);
    assert_span(arrival.bytes, "welcome");
    assert_false(send_from(ends->parent, route + 7, WH_S("nobody")));
}

static void an_unknown_key_is_denied(void **state)
{
    struct ends *ends = *state;
    wh_curve_keypair(&ends->child_pair); /* the parent now knows another key */
    connect_child(ends->child, WH_IDENTITY_NODE);
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_DENIED);
    assert_false(send_from(ends->child, WH_ROUTE_PARENT, WH_S("hello")));
}

static void a_one_time_key_is_told_apart(void **state)
{
    struct ends *ends = *state;
    struct wh_arrival arrival;
    connect_child(ends->child, WH_IDENTITY_INVITE);
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_CONNECTED);
    assert_true(send_from(ends->child, WH_ROUTE_PARENT, WH_S("enrol")));
    arrival = await(ends, ends->parent);
    assert_true(arrival.by_invite);
    assert_memory_equal(arrival.invite_key, ends->invite_pair.public_key, WH_NODE_KEY_BYTES);
    assert_span(arrival.unit, "231182108");
}

static void a_parent_with_another_key_is_not_taken_for_it(void **state)
{
    struct ends *ends = *state;
    struct wh_curve_pair other;
    wh_curve_keypair(&other);
    point_child(ends, wh_wire_endpoint(ends->parent), other.public_key);
    connect_child(ends->child, WH_IDENTITY_NODE);
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_LOST);
}

static void nobody_listening_is_said_at_once(void **state)
{
    struct ends *ends = *state;
    struct wh_arrival arrival;
    char endpoint[128];
    (void)snprintf(endpoint, sizeof(endpoint), "%s", wh_wire_endpoint(ends->parent));
    wh_wire_close(ends->parent);
    ends->parent = NULL;
    point_child(ends, endpoint, ends->parent_pair.public_key);
    connect_child(ends->child, WH_IDENTITY_NODE);
    arrival = await(ends, ends->child);
    assert_int_equal(arrival.type, WH_ARRIVAL_LOST);
    assert_span(arrival.bytes, "unreachable");
}

static void a_name_without_an_address_is_said(void **state)
{
    struct ends *ends = *state;
    point_child(ends, "tcp://no.such.name.invalid:7420", ends->parent_pair.public_key);
    connect_child(ends->child, WH_IDENTITY_NODE);
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_LOST);
}

static void no_parent_is_a_lost_connection(void **state)
{
    struct ends *ends = *state;
    assert_int_equal(wh_wire_set_parent(ends->child, NULL, &ends->err), 0);
    connect_child(ends->child, WH_IDENTITY_NODE);
    assert_int_equal(wh_wire_wait(ends->child, NULL, NULL, 0, -1), WH_READY_NET);
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_LOST);
}

static void a_parent_that_comes_back_is_connected_to_again(void **state)
{
    struct ends *ends = *state;
    char endpoint[128];
    connect_child(ends->child, WH_IDENTITY_NODE);
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_CONNECTED);
    (void)snprintf(endpoint, sizeof(endpoint), "%s", wh_wire_endpoint(ends->parent));
    assert_true(send_from(ends->child, WH_ROUTE_PARENT, WH_S("hello")));
    assert_true(send_from(ends->parent, await(ends, ends->parent).route, WH_S("last words")));
    wh_wire_close(ends->parent);
    ends->parent = NULL;
    assert_span(await(ends, ends->child).bytes, "last words");
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_LOST);
    open_parent(ends, endpoint);
    connect_child(ends->child, WH_IDENTITY_NODE);
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_CONNECTED);
    assert_true(send_from(ends->child, WH_ROUTE_PARENT, WH_S("again")));
    assert_span(await(ends, ends->parent).bytes, "again");
}

static void a_new_connection_replaces_the_former_one(void **state)
{
    struct ends *ends = *state;
    uint64_t route;
    for (int i = 0; i < 5; i++) {
        connect_child(ends->child, WH_IDENTITY_NODE);
        assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_CONNECTED);
    }
    assert_true(send_from(ends->child, WH_ROUTE_PARENT, WH_S("hello")));
    route = await(ends, ends->parent).route;
    assert_true(send_from(ends->parent, route, WH_S("welcome")));
    assert_span(await(ends, ends->child).bytes, "welcome");
}

/* A client made with the library alone, to do what ours never does. */
struct raw {
    void *context;
    void *socket;
    void *monitor;
};

static void raw_open(struct raw *raw, const struct ends *ends, const struct wh_curve_pair *pair)
{
    int none = 0, never = -1;
    raw->context = zmq_ctx_new();
    raw->socket = zmq_socket(raw->context, ZMQ_DEALER);
    (void)zmq_setsockopt(raw->socket, ZMQ_LINGER, &none, sizeof(none));
    (void)zmq_setsockopt(raw->socket, ZMQ_RECONNECT_IVL, &never, sizeof(never));
    if (pair) {
        (void)zmq_setsockopt(raw->socket, ZMQ_CURVE_SERVERKEY, ends->parent_pair.public_key, 32);
        (void)zmq_setsockopt(raw->socket, ZMQ_CURVE_PUBLICKEY, pair->public_key, 32);
        (void)zmq_setsockopt(raw->socket, ZMQ_CURVE_SECRETKEY, pair->secret_key, 32);
    }
    assert_int_equal(zmq_socket_monitor(raw->socket, "inproc://raw", ZMQ_EVENT_DISCONNECTED), 0);
    raw->monitor = zmq_socket(raw->context, ZMQ_PAIR);
    assert_int_equal(zmq_connect(raw->monitor, "inproc://raw"), 0);
    assert_int_equal(zmq_connect(raw->socket, wh_wire_endpoint(ends->parent)), 0);
}

static void raw_close(struct raw *raw)
{
    (void)zmq_close(raw->socket);
    (void)zmq_close(raw->monitor);
    (void)zmq_ctx_term(raw->context);
}

/* Lets the parent turn until it has closed the connection; nothing may have arrived meanwhile. */
static void assert_cut_off(struct ends *ends, struct raw *raw)
{
    zmq_pollitem_t item = {.socket = raw->monitor, .events = ZMQ_POLLIN};
    int64_t deadline_ms = now_ms() + DEADLINE_MS;
    struct wh_arrival arrival;
    while (zmq_poll(&item, 1, 2) == 0) {
        if (now_ms() > deadline_ms) fail_msg("the connection still stands");
        (void)wh_wire_wait(ends->parent, NULL, NULL, 0, 2);
        assert_false(receive(ends->parent, &arrival));
    }
    assert_false(receive(ends->parent, &arrival));
}

static void a_plaintext_client_gets_nothing(void **state)
{
    struct ends *ends = *state;
    struct raw raw;
    raw_open(&raw, ends, NULL);
    assert_int_equal(zmq_send(raw.socket, "hello", 5, 0), 5);
    assert_cut_off(ends, &raw);
    raw_close(&raw);
}

static void a_frame_that_is_too_large_cuts_the_sender_off(void **state)
{
    struct ends *ends = *state;
    size_t size = WH_FRAME_BYTES_MAX + 4096;
    char *bytes = calloc(size, 1);
    struct raw raw;
    assert_non_null(bytes);
    assert_false(send_from(ends->child, WH_ROUTE_PARENT, wh_span(bytes, size)));
    raw_open(&raw, ends, &ends->child_pair);
    assert_int_equal(zmq_send(raw.socket, bytes, size, 0), (int)size);
    assert_cut_off(ends, &raw);
    raw_close(&raw);
    free(bytes);
}

static void the_largest_frame_arrives_whole(void **state)
{
    struct ends *ends = *state;
    char *bytes = calloc(WH_FRAME_BYTES_MAX, 1);
    assert_non_null(bytes);
    connect_child(ends->child, WH_IDENTITY_NODE);
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_CONNECTED);
    assert_true(send_from(ends->child, WH_ROUTE_PARENT, wh_span(bytes, WH_FRAME_BYTES_MAX)));
    assert_int_equal(await(ends, ends->parent).bytes.len, WH_FRAME_BYTES_MAX);
    free(bytes);
}

static void a_message_of_several_parts_is_no_frame(void **state)
{
    struct ends *ends = *state;
    struct raw raw;
    raw_open(&raw, ends, &ends->child_pair);
    assert_int_equal(zmq_send(raw.socket, "one", 3, ZMQ_SNDMORE), 3);
    assert_int_equal(zmq_send(raw.socket, "two", 3, ZMQ_SNDMORE), 3);
    assert_int_equal(zmq_send(raw.socket, "three", 5, 0), 5);
    assert_int_equal(zmq_send(raw.socket, "whole", 5, 0), 5);
    assert_span(await(ends, ends->parent).bytes, "whole");
    raw_close(&raw);
}

static void a_full_queue_refuses_and_does_not_block(void **state)
{
    struct ends *ends = *state;
    static char bytes[1 << 20];
    int sent = 0;
    connect_child(ends->child, WH_IDENTITY_NODE);
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_CONNECTED);
    while (sent < 1000 && send_from(ends->child, WH_ROUTE_PARENT, wh_span(bytes, sizeof(bytes)))) {
        sent++;
    }
    assert_in_range(sent, 8, 999);
}

static void a_changed_endpoint_is_listened_at_and_a_taken_one_refused(void **state)
{
    struct ends *ends = *state;
    struct wh_wire_config config = {.admit = admit, .admit_context = ends};
    struct wh_wire *other;
    char first[128];
    (void)snprintf(first, sizeof(first), "%s", wh_wire_endpoint(ends->parent));
    assert_int_equal(wh_wire_open(&config, &other, &ends->err), 0);
    assert_int_equal(wh_wire_listen(other, first, &ends->err), WH_E_BUSY);
    assert_int_equal(wh_wire_listen(other, "tcp://127.0.0.1:*", &ends->err), 0);
    assert_int_equal(wh_wire_listen(other, first, &ends->err), WH_E_BUSY);
    assert_non_null(wh_wire_endpoint(other)); /* the former one holds */
    assert_int_equal(wh_wire_listen(other, "ipc:///tmp/x", &ends->err), WH_E_INVALID);
    assert_int_equal(wh_wire_listen(other, "tcp://nonsense", &ends->err), WH_E_INVALID);
    assert_int_equal(wh_wire_listen(other, "tcp://192.0.2.1:7420", &ends->err), WH_E_FAILED);
    wh_wire_close(other);
    assert_int_equal(wh_wire_listen(ends->parent, "tcp://127.0.0.1:*", &ends->err), 0);
    assert_string_not_equal(wh_wire_endpoint(ends->parent), first);
    point_child(ends, wh_wire_endpoint(ends->parent), ends->parent_pair.public_key);
    connect_child(ends->child, WH_IDENTITY_NODE);
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_CONNECTED);
    assert_int_equal(wh_wire_listen(ends->parent, NULL, &ends->err), 0);
    assert_null(wh_wire_endpoint(ends->parent));
    assert_int_equal(await(ends, ends->child).type, WH_ARRIVAL_LOST);
}

static void a_key_is_read_back_from_its_text(void **state)
{
    struct wh_curve_pair pair;
    uint8_t key[WH_NODE_KEY_BYTES];
    char text[WH_CURVE_TEXT_SIZE];
    (void)state;
    for (int i = 0; i < 100; i++) {
        wh_curve_keypair(&pair);
        wh_curve_text(pair.public_key, text);
        assert_int_equal(wh_curve_parse(wh_span_of(text), key), 0);
        assert_memory_equal(key, pair.public_key, sizeof(key));
        wh_curve_public(pair.secret_key, key);
        assert_memory_equal(key, pair.public_key, sizeof(key));
    }
    text[3] = '~';
    assert_int_equal(wh_curve_parse(wh_span_of(text), key), WH_E_INVALID);
    assert_int_equal(wh_curve_parse(WH_S("short"), key), WH_E_INVALID);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_member_is_admitted_and_its_unit_known),
        TEST(an_unknown_key_is_denied),
        TEST(a_one_time_key_is_told_apart),
        TEST(a_parent_with_another_key_is_not_taken_for_it),
        TEST(nobody_listening_is_said_at_once),
        TEST(a_name_without_an_address_is_said),
        TEST(no_parent_is_a_lost_connection),
        TEST(a_parent_that_comes_back_is_connected_to_again),
        TEST(a_new_connection_replaces_the_former_one),
        TEST(a_plaintext_client_gets_nothing),
        TEST(a_frame_that_is_too_large_cuts_the_sender_off),
        TEST(the_largest_frame_arrives_whole),
        TEST(a_message_of_several_parts_is_no_frame),
        TEST(a_full_queue_refuses_and_does_not_block),
        TEST(a_changed_endpoint_is_listened_at_and_a_taken_one_refused),
        cmocka_unit_test(a_key_is_read_back_from_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
