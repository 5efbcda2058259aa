#include "base/assert.h"
#include "net/monitor.h"
#include "net/neighbours_parts.h"

/* ROUTER names a connection by a zero byte and a number of its own. */
#define ROUTE_BYTES 5
#define CONNECT_TIMEOUT_MS 20000

static uint64_t route_of(const uint8_t id[ROUTE_BYTES])
{
    uint64_t route = 1; /* 0 is the parent */
    route += (uint64_t)id[1] << 24 | (uint64_t)id[2] << 16 | (uint64_t)id[3] << 8 | id[4];
    return route;
}

static void id_of(uint64_t route, uint8_t ret[ROUTE_BYTES])
{
    uint64_t number = route - 1;
    ret[0] = 0;
    for (int i = 1; i < ROUTE_BYTES; i++) ret[i] = (uint8_t)(number >> (32 - 8 * i));
}

/* Takes what is left of a message with more parts than ours have. */
static void skip_rest(void *socket, zmq_msg_t *message)
{
    while (zmq_msg_more(message)) {
        if (zmq_msg_recv(message, socket, ZMQ_DONTWAIT) < 0) return;
    }
}

/* Takes one message of one part into wire->message. */
static bool take_single(struct wh_wire *wire, void *socket)
{
    while (zmq_msg_recv(&wire->message, socket, ZMQ_DONTWAIT) >= 0) {
        if (!zmq_msg_more(&wire->message)) return true;
        skip_rest(socket, &wire->message);
    }
    return false;
}

static struct wh_span lent(struct wh_wire *wire)
{
    return wh_span(zmq_msg_data(&wire->message), zmq_msg_size(&wire->message));
}

/* Reads what admission.c wrote; false: not by us. */
static bool read_user_id(struct wh_wire *wire, struct wh_arrival *arrival)
{
    const char *user = zmq_msg_gets(&wire->message, "User-Id");
    struct wh_span text;
    if (!user) return false;
    text = wh_span_of(user);
    arrival->by_invite = user[0] == 'I';
    text = wh_span_from(text, 1);
    if (arrival->by_invite) {
        struct wh_span key = wh_span(text.data, WH_CURVE_TEXT_SIZE - 1);
        if (text.len < key.len || wh_curve_parse(key, arrival->invite_key) < 0) return false;
        text = wh_span_from(text, key.len);
    }
    if (text.len == 0 || text.len >= sizeof(wire->unit)) return false;
    memcpy(wire->unit, text.data, text.len);
    arrival->unit = wh_span(wire->unit, text.len);
    return true;
}

static int receive_from_child(struct wh_wire *wire, struct wh_arrival *ret)
{
    uint8_t id[ROUTE_BYTES];
    if (!wire->router) return 0;
    while (zmq_msg_recv(&wire->message, wire->router, ZMQ_DONTWAIT) >= 0) {
        struct wh_arrival arrival = {.type = WH_ARRIVAL_FRAME};
        bool is_ours = zmq_msg_size(&wire->message) == sizeof(id) && zmq_msg_more(&wire->message);
        if (is_ours) memcpy(id, zmq_msg_data(&wire->message), sizeof(id));
        if (!is_ours || zmq_msg_recv(&wire->message, wire->router, ZMQ_DONTWAIT) < 0 ||
            zmq_msg_more(&wire->message) || !read_user_id(wire, &arrival)) {
            skip_rest(wire->router, &wire->message);
            continue;
        }
        arrival.route = route_of(id);
        arrival.bytes = lent(wire);
        *ret = arrival;
        return 1;
    }
    return 0;
}

static int receive_frame_of_parent(struct wh_wire *wire, struct wh_arrival *ret)
{
    if (!wire->dealer || !take_single(wire, wire->dealer)) return 0;
    *ret = (struct wh_arrival){WH_ARRIVAL_FRAME, .route = WH_ROUTE_PARENT, .bytes = lent(wire)};
    return 1;
}

static void end(struct wh_wire *wire, enum wh_arrival_type ended, const char *why)
{
    if (wire->ended_why) return; /* the first reason is the reason */
    wire->is_connected = false;
    wire->ended = ended;
    wire->ended_why = why;
}

static int receive_from_parent(struct wh_wire *wire, struct wh_arrival *ret)
{
    enum wh_turn turn;
    while (wire->monitor && (turn = wh_monitor_take(wire->monitor)) != WH_TURN_NONE) {
        if (turn == WH_TURN_CONNECTED) {
            wire->is_connected = true;
            *ret = (struct wh_arrival){.type = WH_ARRIVAL_CONNECTED};
            return 1;
        }
        end(wire, turn == WH_TURN_DENIED ? WH_ARRIVAL_DENIED : WH_ARRIVAL_LOST, wh_turn_word(turn));
    }
    if (receive_frame_of_parent(wire, ret)) return 1;
    if (!wire->ended_why) return 0;
    *ret = (struct wh_arrival){.type = wire->ended, .bytes = wh_span_of(wire->ended_why)};
    wh_wire_parent_close(wire);
    return 1;
}

static int receive(void *self, struct wh_arrival *ret)
{
    struct wh_wire *wire = self;
    wire->router_first = !wire->router_first;
    if (wire->router_first) {
        return receive_from_child(wire, ret) || receive_from_parent(wire, ret);
    }
    return receive_from_parent(wire, ret) || receive_from_child(wire, ret);
}

static bool send_frame(void *self, uint64_t route, struct wh_span bytes)
{
    struct wh_wire *wire = self;
    uint8_t id[ROUTE_BYTES];
    if (bytes.len > WH_FRAME_BYTES_MAX) return false;
    if (route == WH_ROUTE_PARENT) {
        return wire->is_connected &&
               zmq_send(wire->dealer, bytes.data, bytes.len, ZMQ_DONTWAIT) >= 0;
    }
    if (!wire->router) return false;
    id_of(route, id);
    return zmq_send(wire->router, id, sizeof(id), ZMQ_DONTWAIT | ZMQ_SNDMORE) >= 0 &&
           zmq_send(wire->router, bytes.data, bytes.len, ZMQ_DONTWAIT) >= 0;
}

static void set_key(void *socket, int option, const uint8_t key[WH_NODE_KEY_BYTES])
{
    WH_ASSERT(zmq_setsockopt(socket, option, key, WH_NODE_KEY_BYTES) == 0);
}

static void connect_parent(void *self, enum wh_identity identity)
{
    struct wh_wire *wire = self;
    const struct wh_curve_pair *pair = identity == WH_IDENTITY_INVITE ? &wire->invite : &wire->pair;
    wh_wire_parent_close(wire);
    if (wire->parent_count == 0) {
        end(wire, WH_ARRIVAL_LOST, "no parent");
        return;
    }
    if (identity == WH_IDENTITY_INVITE && !wire->has_invite) {
        end(wire, WH_ARRIVAL_LOST, "no invite");
        return;
    }
    wire->dealer = zmq_socket(wire->context, ZMQ_DEALER);
    if (!wire->dealer) { /* no descriptors left: the link tries again */
        end(wire, WH_ARRIVAL_LOST, "no socket");
        return;
    }
    wh_wire_socket_set(wire->dealer);
    wh_socket_set_once(wire->dealer);
    wh_socket_set(wire->dealer, ZMQ_CONNECT_TIMEOUT, CONNECT_TIMEOUT_MS);
    set_key(wire->dealer, ZMQ_CURVE_SERVERKEY, wire->parent_key);
    set_key(wire->dealer, ZMQ_CURVE_PUBLICKEY, pair->public_key);
    set_key(wire->dealer, ZMQ_CURVE_SECRETKEY, pair->secret_key);
    wire->monitor = wh_monitor_open(wire->context, wire->dealer, wire->connects++);
    wire->parent_next = (wire->parent_next + 1) % wire->parent_count;
    if (zmq_connect(wire->dealer, wire->parent_endpoints[wire->parent_next]) != 0) {
        end(wire, WH_ARRIVAL_LOST, "unreachable");
    }
}

static void disconnect_parent(void *self)
{
    wh_wire_parent_close(self);
}

const struct wh_net_ops wh_wire_ops = {
    .receive = receive,
    .send = send_frame,
    .connect = connect_parent,
    .disconnect = disconnect_parent,
};
