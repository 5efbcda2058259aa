#include "memory_net.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/memory.h"
#include "inbox.h"
#include "later_release.h"
#include "schedule.h"

struct connection {
    uint32_t child;
    uint32_t parent;
    uint64_t child_boot;
    uint64_t parent_boot; /* of the process that admitted it; 0: none */
    enum wh_admission admission;
    char unit[32];
    enum wh_identity identity;
    bool open;          /* for the child */
    bool connected;     /* and it knows */
    bool broken;        /* nothing arrives any more */
    int64_t last_ms[2]; /* when the newest frame of each direction arrives */
    int64_t free_ms[2]; /* when a modem has sent all that waits */
    uint8_t key[WH_NODE_KEY_BYTES];
};

#define KEPT_MAX 4

/* A copy of a Push that is carried by hand. */
struct kept {
    char *bytes;
    size_t len;
};

struct end {
    struct wh_memory_net *net;
    uint32_t number;
    uint32_t parent;
    uint8_t keys[2][WH_NODE_KEY_BYTES]; /* by enum wh_identity */
    const bool *is_dead;
    bool alive;
    uint64_t boot; /* counts processes */
    uint32_t cut;
    uint64_t connection; /* to the parent; 0: none yet */
    struct wh_modem modem;
    struct wh_inbox inbox;
    struct kept kept[KEPT_MAX];
};

struct wh_memory_net {
    struct wh_memory_net_host host;
    /* streams, by concern */
    struct wh_chance delays;
    struct wh_chance losses;
    struct wh_chance repeats;
    struct wh_chance late;
    struct wh_chance ends_told;
    struct wh_arena scratch; /* of one frame */
    struct wh_weather weather;
    int64_t now_ms;
    struct end *ends;
    uint32_t ends_count;
    struct connection *connections; /* by number; 0 is not used */
    uint64_t connections_count;
    struct wh_schedule schedule;
};

/* ---- What will happen ---- */

static int64_t delay_ms(struct wh_memory_net *net)
{
    return wh_chance_between(&net->delays, 1, net->weather.delay_ms_max);
}

static void tell(struct wh_memory_net *net, enum wh_net_event_type type, uint32_t child,
                 uint64_t connection)
{
    int64_t at_ms = net->now_ms + delay_ms(net) + net->ends[child].modem.delay_ms;
    wh_schedule_put(&net->schedule,
                    (struct wh_net_event){
                        .at_ms = at_ms, .type = type, .node = child, .connection = connection});
}

static struct end *parent_of(struct wh_memory_net *net, uint64_t number)
{
    return &net->ends[net->connections[number].parent];
}

static bool has_parent_process(const struct wh_memory_net *net, const struct connection *connection)
{
    const struct end *parent = &net->ends[connection->parent];
    return !connection->broken && parent->alive && connection->parent_boot == parent->boot;
}

static bool is_current(const struct wh_memory_net *net, uint64_t number)
{
    const struct connection *connection = &net->connections[number];
    const struct end *child = &net->ends[connection->child];
    return connection->open && child->alive && child->connection == number &&
           connection->child_boot == child->boot;
}

/* ---- Frames ---- */

static char *copy_bytes(struct wh_span bytes)
{
    char *copy = wh_memory_new(bytes.len + 1, 1);
    if (bytes.len > 0) memcpy(copy, bytes.data, bytes.len);
    return copy;
}

/* A modem sends one byte after the other, and the next frame when it has done with this one. */
static int64_t arrival_ms(struct wh_memory_net *net, struct connection *connection, bool up,
                          size_t bytes)
{
    struct wh_modem modem = net->ends[connection->child].modem;
    int64_t *free_ms = &connection->free_ms[up], *last_ms = &connection->last_ms[up];
    int64_t at_ms = net->now_ms;
    if (modem.bits_per_s > 0) {
        if (at_ms < *free_ms) at_ms = *free_ms;
        at_ms += (int64_t)bytes * 8000 / modem.bits_per_s;
        *free_ms = at_ms;
        at_ms += modem.delay_ms;
    }
    at_ms += delay_ms(net);
    if (!net->weather.unordered && at_ms < *last_ms) at_ms = *last_ms;
    if (at_ms > *last_ms) *last_ms = at_ms;
    return at_ms;
}

static void send_once(struct wh_memory_net *net, enum wh_net_event_type type, uint64_t number,
                      struct wh_span bytes)
{
    struct connection *connection = &net->connections[number];
    int64_t at_ms = arrival_ms(net, connection, type == WH_NET_FRAME_UP, bytes.len);
    wh_schedule_put(&net->schedule, (struct wh_net_event){.at_ms = at_ms,
                                                          .type = type,
                                                          .node = connection->child,
                                                          .connection = number,
                                                          .bytes = copy_bytes(bytes),
                                                          .len = bytes.len});
}

/* The first byte of a frame tells what it is. */
#define HELLO_TAG 0x0A
#define PUSH_TAG 0x22

static bool is_frame(struct wh_span bytes, uint8_t tag)
{
    return bytes.len > 0 && (uint8_t)bytes.data[0] == tag;
}

static void keep(struct wh_memory_net *net, uint32_t child, struct wh_span bytes)
{
    struct kept *kept = &net->ends[child].kept[wh_chance_below(&net->late, KEPT_MAX)];
    wh_memory_free(kept->bytes);
    *kept = (struct kept){copy_bytes(bytes), bytes.len};
}

static void send_frame(struct wh_memory_net *net, enum wh_net_event_type type, uint64_t number,
                       struct wh_span bytes)
{
    const struct connection *connection = &net->connections[number];
    bool up = type == WH_NET_FRAME_UP;
    uint32_t sender = up ? connection->child : connection->parent;
    struct wh_span rewritten;
    wh_arena_clear(&net->scratch);
    rewritten = net->host.rewrite(net->host.context, sender, bytes, &net->scratch);
    if (rewritten.data != bytes.data) send_once(net, type, number, wh_later_frame());
    bytes = rewritten;
    if (!wh_chance_is(&net->losses, net->weather.loss)) send_once(net, type, number, bytes);
    if (wh_chance_is(&net->repeats, net->weather.repeat)) send_once(net, type, number, bytes);
    if (up && is_frame(bytes, PUSH_TAG) && wh_chance_is(&net->late, net->weather.late)) {
        keep(net, connection->child, bytes);
    }
}

/* Takes `bytes` over. */
static void give_parent(struct wh_memory_net *net, uint64_t number, char *bytes, size_t len)
{
    const struct connection *connection = &net->connections[number];
    struct end *parent = parent_of(net, number);
    struct wh_inbox_item *item = wh_inbox_add(&parent->inbox);
    item->bytes = bytes;
    memcpy(item->unit, connection->unit, sizeof(item->unit));
    item->arrival = (struct wh_arrival){
        .type = WH_ARRIVAL_FRAME,
        .route = number,
        .by_invite = connection->admission == WH_ADMIT_INVITE,
        .bytes = wh_span(bytes, len),
    };
    memcpy(item->arrival.invite_key, connection->key, WH_NODE_KEY_BYTES);
    net->host.arrived(net->host.context, parent->number);
}

/* A late bundle comes when it may do most harm: just behind a greeting. */
static void bring_late(struct wh_memory_net *net, uint64_t number)
{
    const struct end *child = &net->ends[net->connections[number].child];
    const struct kept *kept = &child->kept[wh_chance_below(&net->late, KEPT_MAX)];
    if (net->weather.late == 0 || !kept->bytes) return;
    give_parent(net, number, copy_bytes(wh_span(kept->bytes, kept->len)), kept->len);
}

static void arrive_up(struct wh_memory_net *net, struct wh_net_event *event)
{
    struct connection *connection = &net->connections[event->connection];
    bool is_hello = is_frame(wh_span(event->bytes, event->len), HELLO_TAG);
    if (net->ends[event->node].cut & WH_TO_PARENT) return;
    if (!has_parent_process(net, connection)) {
        if (!wh_chance_is(&net->ends_told, net->weather.half_open)) {
            tell(net, WH_NET_ENDED, event->node, event->connection);
        }
        return;
    }
    give_parent(net, event->connection, event->bytes, event->len);
    event->bytes = NULL;
    if (is_hello) bring_late(net, event->connection);
}

static void arrive_down(struct wh_memory_net *net, struct wh_net_event *event)
{
    struct end *child = &net->ends[event->node];
    struct wh_inbox_item *item;
    if (!is_current(net, event->connection) || (child->cut & WH_TO_CHILD)) return;
    if (net->connections[event->connection].broken) return;
    item = wh_inbox_add(&child->inbox);
    item->bytes = event->bytes;
    event->bytes = NULL;
    item->arrival = (struct wh_arrival){.type = WH_ARRIVAL_FRAME,
                                        .route = WH_ROUTE_PARENT,
                                        .bytes = wh_span(item->bytes, event->len)};
    net->host.arrived(net->host.context, child->number);
}

/* ---- Connections ---- */

static void arrive_asked(struct wh_memory_net *net, const struct wh_net_event *event)
{
    struct connection *connection = &net->connections[event->connection];
    struct end *parent = parent_of(net, event->connection);
    struct wh_span unit = WH_SPAN_EMPTY;
    if ((net->ends[event->node].cut & WH_TO_PARENT) || connection->broken) return;
    if (!parent->alive) {
        tell(net, WH_NET_ENDED, event->node, event->connection);
        return;
    }
    connection->admission =
        net->host.admit(net->host.context, parent->number, connection->key, &unit);
    connection->parent_boot = parent->boot;
    (void)snprintf(connection->unit, sizeof(connection->unit), "%.*s", (int)unit.len,
                   unit.data ? unit.data : "");
    tell(net, WH_NET_ANSWERED, event->node, event->connection);
}

static void tell_child(struct wh_memory_net *net, uint32_t node, enum wh_arrival_type type)
{
    struct wh_inbox_item *item = wh_inbox_add(&net->ends[node].inbox);
    item->arrival = (struct wh_arrival){.type = type, .route = WH_ROUTE_PARENT};
    net->host.arrived(net->host.context, node);
}

static void arrive_answered(struct wh_memory_net *net, const struct wh_net_event *event)
{
    struct connection *connection = &net->connections[event->connection];
    bool denied = connection->admission == WH_ADMIT_NONE;
    if (!is_current(net, event->connection)) return;
    if (net->ends[event->node].cut & WH_TO_CHILD) return;
    connection->open = !denied;
    connection->connected = !denied;
    tell_child(net, event->node, denied ? WH_ARRIVAL_DENIED : WH_ARRIVAL_CONNECTED);
}

static void arrive_ended(struct wh_memory_net *net, const struct wh_net_event *event)
{
    if (!is_current(net, event->connection)) return;
    net->connections[event->connection].open = false;
    tell_child(net, event->node, WH_ARRIVAL_LOST);
}

void wh_memory_net_advance(struct wh_memory_net *net, int64_t now_ms)
{
    while (wh_schedule_next_ms(&net->schedule) <= now_ms) {
        struct wh_net_event event = wh_schedule_take(&net->schedule);
        net->now_ms = event.at_ms > net->now_ms ? event.at_ms : net->now_ms;
        switch (event.type) {
        case WH_NET_ASKED: arrive_asked(net, &event); break;
        case WH_NET_ANSWERED: arrive_answered(net, &event); break;
        case WH_NET_FRAME_UP: arrive_up(net, &event); break;
        case WH_NET_FRAME_DOWN: arrive_down(net, &event); break;
        case WH_NET_ENDED: arrive_ended(net, &event); break;
        }
        wh_memory_free(event.bytes);
    }
    net->now_ms = now_ms;
}

int64_t wh_memory_net_next_ms(const struct wh_memory_net *net)
{
    return wh_schedule_next_ms(&net->schedule);
}

/* ---- The table of an engine ---- */

static int receive(void *self, struct wh_arrival *ret)
{
    struct end *end = self;
    return wh_inbox_take(&end->inbox, ret);
}

static bool send(void *self, uint64_t route, struct wh_span bytes)
{
    struct end *end = self;
    struct wh_memory_net *net = end->net;
    uint64_t number = route == WH_ROUTE_PARENT ? end->connection : route;
    struct connection *connection;
    if (*end->is_dead || number == 0 || number >= net->connections_count) return false;
    connection = &net->connections[number];
    if (route == WH_ROUTE_PARENT) {
        if (!is_current(net, number) || !connection->connected) return false;
        send_frame(net, WH_NET_FRAME_UP, number, bytes);
        return true;
    }
    if (connection->parent != end->number || connection->parent_boot != end->boot) {
        return false;
    }
    send_frame(net, WH_NET_FRAME_DOWN, number, bytes);
    return true;
}

static void disconnect(void *self)
{
    struct end *end = self;
    if (!*end->is_dead) end->net->connections[end->connection].open = false;
}

static void connect(void *self, enum wh_identity identity)
{
    struct end *end = self;
    struct wh_memory_net *net = end->net;
    uint64_t number = net->connections_count;
    if (*end->is_dead || end->parent == WH_NOBODY) return;
    net->connections[end->connection].open = false;
    if ((number & (number - 1)) == 0) {
        net->connections =
            wh_memory_resize(net->connections, (size_t)number * 2, sizeof(*net->connections));
    }
    net->connections[number] = (struct connection){.child = end->number,
                                                   .parent = end->parent,
                                                   .child_boot = end->boot,
                                                   .identity = identity,
                                                   .open = true};
    memcpy(net->connections[number].key, end->keys[identity], WH_NODE_KEY_BYTES);
    net->connections_count++;
    end->connection = number;
    tell(net, WH_NET_ASKED, end->number, number);
}

static const struct wh_net_ops ops = {.receive = receive,
                                      .send = send,
                                      .connect = connect,
                                      .disconnect = disconnect};

/* ---- What a simulation does with it ---- */

struct wh_memory_net *wh_memory_net_new(uint32_t nodes, uint64_t seed,
                                        struct wh_memory_net_host host)
{
    struct wh_memory_net *net = wh_memory_new(1, sizeof(*net));
    net->host = host;
    net->delays = wh_chance_stream(seed, "delays");
    net->losses = wh_chance_stream(seed, "losses");
    net->repeats = wh_chance_stream(seed, "repeats");
    net->late = wh_chance_stream(seed, "late");
    net->ends_told = wh_chance_stream(seed, "ends told");
    net->weather.delay_ms_max = 1;
    net->ends = wh_memory_new(nodes, sizeof(*net->ends));
    net->ends_count = nodes;
    net->connections = wh_memory_new(1, sizeof(*net->connections));
    net->connections_count = 1;
    return net;
}

void wh_memory_net_free(struct wh_memory_net *net)
{
    if (!net) return;
    for (uint32_t i = 0; i < net->ends_count; i++) {
        wh_inbox_deinit(&net->ends[i].inbox);
        for (int j = 0; j < KEPT_MAX; j++) wh_memory_free(net->ends[i].kept[j].bytes);
    }
    wh_schedule_deinit(&net->schedule);
    wh_arena_deinit(&net->scratch);
    wh_memory_free(net->connections);
    wh_memory_free(net->ends);
    wh_memory_free(net);
}

void wh_memory_net_set_weather(struct wh_memory_net *net, struct wh_weather weather)
{
    net->weather = weather;
}

void wh_memory_net_place(struct wh_memory_net *net, uint32_t node, uint32_t parent,
                         const uint8_t key[WH_NODE_KEY_BYTES],
                         const uint8_t invite_key[WH_NODE_KEY_BYTES], const bool *is_dead)
{
    struct end *end = &net->ends[node];
    *end = (struct end){.net = net, .number = node, .parent = parent, .is_dead = is_dead};
    memcpy(end->keys[WH_IDENTITY_NODE], key, WH_NODE_KEY_BYTES);
    memcpy(end->keys[WH_IDENTITY_INVITE], invite_key, WH_NODE_KEY_BYTES);
}

struct wh_net wh_memory_net_table(struct wh_memory_net *net, uint32_t node)
{
    return (struct wh_net){&ops, &net->ends[node]};
}

void wh_memory_net_begin(struct wh_memory_net *net, uint32_t node)
{
    net->ends[node].alive = true;
    net->ends[node].boot++;
}

void wh_memory_net_end(struct wh_memory_net *net, uint32_t node)
{
    struct end *end = &net->ends[node];
    end->alive = false;
    wh_inbox_clear(&end->inbox);
    net->connections[end->connection].open = false;
    for (uint32_t i = 0; i < net->ends_count; i++) {
        uint64_t number = net->ends[i].connection;
        if (number == 0 || net->connections[number].parent != node || !is_current(net, number)) {
            continue;
        }
        if (wh_chance_is(&net->ends_told, net->weather.half_open)) continue;
        tell(net, WH_NET_ENDED, i, number);
    }
}

void wh_memory_net_cut(struct wh_memory_net *net, uint32_t node, uint32_t directions)
{
    net->ends[node].cut = directions;
}

void wh_memory_net_break(struct wh_memory_net *net, uint32_t node)
{
    uint64_t number = net->ends[node].connection;
    if (number == 0 || !is_current(net, number)) return;
    net->connections[number].broken = true;
    if (wh_chance_is(&net->ends_told, net->weather.half_open)) return;
    tell(net, WH_NET_ENDED, node, number);
}

void wh_memory_net_set_modem(struct wh_memory_net *net, uint32_t node, struct wh_modem modem)
{
    net->ends[node].modem = modem;
}

void wh_memory_net_move(struct wh_memory_net *net, uint32_t node, uint32_t parent,
                        const uint8_t key[WH_NODE_KEY_BYTES],
                        const uint8_t invite_key[WH_NODE_KEY_BYTES])
{
    struct end *end = &net->ends[node];
    wh_memory_net_break(net, node);
    end->parent = parent;
    memcpy(end->keys[WH_IDENTITY_NODE], key, WH_NODE_KEY_BYTES);
    memcpy(end->keys[WH_IDENTITY_INVITE], invite_key, WH_NODE_KEY_BYTES);
}

bool wh_memory_net_has_arrivals(const struct wh_memory_net *net, uint32_t node)
{
    return net->ends[node].inbox.count > 0;
}

bool wh_memory_net_is_connected(const struct wh_memory_net *net, uint32_t node)
{
    uint64_t number = net->ends[node].connection;
    const struct connection *connection = &net->connections[number];
    return number != 0 && is_current(net, number) && connection->connected &&
           has_parent_process(net, connection);
}
