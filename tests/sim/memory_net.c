#include "memory_net.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "base/memory.h"
#include "schedule.h"

struct connection {
    uint32_t child;
    uint64_t child_boot;
    uint64_t parent_boot; /* of the process that admitted it; 0: none */
    enum wh_admission admission;
    char unit[32];
    enum wh_identity identity;
    bool open;          /* for the child */
    bool connected;     /* and it knows */
    int64_t last_ms[2]; /* when the newest frame of each direction arrives */
};

struct item {
    struct wh_arrival arrival;
    char *bytes;
    char unit[32];
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
    struct item *items;
    uint32_t first, count, size;
    struct item lent;
    struct kept kept[KEPT_MAX];
};

struct wh_memory_net {
    struct wh_memory_net_host host;
    struct wh_chance chance;
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
    return wh_chance_between(&net->chance, 1, net->weather.delay_ms_max);
}

static void tell(struct wh_memory_net *net, enum wh_net_event_type type, uint32_t child,
                 uint64_t connection)
{
    wh_schedule_put(&net->schedule, (struct wh_net_event){.at_ms = net->now_ms + delay_ms(net),
                                                          .type = type,
                                                          .node = child,
                                                          .connection = connection});
}

static struct end *parent_of(struct wh_memory_net *net, uint32_t child)
{
    return &net->ends[net->ends[child].parent];
}

static bool has_parent_process(const struct wh_memory_net *net, const struct connection *connection)
{
    const struct end *parent = &net->ends[net->ends[connection->child].parent];
    return parent->alive && connection->parent_boot == parent->boot;
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

static void send_once(struct wh_memory_net *net, enum wh_net_event_type type, uint64_t number,
                      struct wh_span bytes)
{
    struct connection *connection = &net->connections[number];
    int64_t *last_ms = &connection->last_ms[type == WH_NET_FRAME_UP];
    int64_t at_ms = net->now_ms + delay_ms(net);
    if (!net->weather.unordered && at_ms < *last_ms) at_ms = *last_ms;
    if (at_ms > *last_ms) *last_ms = at_ms;
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
    struct kept *kept = &net->ends[child].kept[wh_chance_below(&net->chance, KEPT_MAX)];
    wh_memory_free(kept->bytes);
    *kept = (struct kept){copy_bytes(bytes), bytes.len};
}

static void send_frame(struct wh_memory_net *net, enum wh_net_event_type type, uint64_t number,
                       struct wh_span bytes)
{
    bool may_be_kept = type == WH_NET_FRAME_UP && is_frame(bytes, PUSH_TAG);
    if (!wh_chance_is(&net->chance, net->weather.loss)) send_once(net, type, number, bytes);
    if (wh_chance_is(&net->chance, net->weather.repeat)) send_once(net, type, number, bytes);
    if (may_be_kept && wh_chance_is(&net->chance, net->weather.late)) {
        keep(net, net->connections[number].child, bytes);
    }
}

static struct item *add_item(struct end *end)
{
    if (end->first + end->count == end->size) {
        if (end->first > 0) {
            memmove(end->items, end->items + end->first, end->count * sizeof(*end->items));
            end->first = 0;
        } else {
            end->size = end->size > 0 ? end->size * 2 : 16;
            end->items = wh_memory_resize(end->items, end->size, sizeof(*end->items));
        }
    }
    end->items[end->first + end->count] = (struct item){.bytes = NULL};
    return &end->items[end->first + end->count++];
}

static void drop_items(struct end *end)
{
    for (uint32_t i = 0; i < end->count; i++) wh_memory_free(end->items[end->first + i].bytes);
    wh_memory_free(end->lent.bytes);
    end->lent.bytes = NULL;
    end->first = end->count = 0;
}

/* Takes `bytes` over. */
static void give_parent(struct wh_memory_net *net, uint64_t number, char *bytes, size_t len)
{
    const struct connection *connection = &net->connections[number];
    struct item *item = add_item(parent_of(net, connection->child));
    item->bytes = bytes;
    memcpy(item->unit, connection->unit, sizeof(item->unit));
    item->arrival = (struct wh_arrival){
        .type = WH_ARRIVAL_FRAME,
        .route = number,
        .by_invite = connection->admission == WH_ADMIT_INVITE,
        .bytes = wh_span(bytes, len),
    };
    memcpy(item->arrival.invite_key, net->ends[connection->child].keys[WH_IDENTITY_INVITE],
           WH_NODE_KEY_BYTES);
}

/* A late bundle comes when it may do most harm: just behind a greeting. */
static void bring_late(struct wh_memory_net *net, uint64_t number)
{
    const struct end *child = &net->ends[net->connections[number].child];
    const struct kept *kept = &child->kept[wh_chance_below(&net->chance, KEPT_MAX)];
    if (net->weather.late == 0 || !kept->bytes) return;
    give_parent(net, number, copy_bytes(wh_span(kept->bytes, kept->len)), kept->len);
}

static void arrive_up(struct wh_memory_net *net, struct wh_net_event *event)
{
    struct connection *connection = &net->connections[event->connection];
    bool is_hello = is_frame(wh_span(event->bytes, event->len), HELLO_TAG);
    if (net->ends[event->node].cut & WH_TO_PARENT) return;
    if (!has_parent_process(net, connection)) {
        if (!wh_chance_is(&net->chance, net->weather.half_open)) {
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
    struct item *item;
    if (!is_current(net, event->connection) || (child->cut & WH_TO_CHILD)) return;
    item = add_item(child);
    item->bytes = event->bytes;
    event->bytes = NULL;
    item->arrival = (struct wh_arrival){.type = WH_ARRIVAL_FRAME,
                                        .route = WH_ROUTE_PARENT,
                                        .bytes = wh_span(item->bytes, event->len)};
}

/* ---- Connections ---- */

static void arrive_asked(struct wh_memory_net *net, const struct wh_net_event *event)
{
    struct connection *connection = &net->connections[event->connection];
    struct end *parent = parent_of(net, event->node);
    struct wh_span unit = WH_SPAN_EMPTY;
    if (net->ends[event->node].cut & WH_TO_PARENT) return;
    if (!parent->alive) {
        tell(net, WH_NET_ENDED, event->node, event->connection);
        return;
    }
    connection->admission =
        net->host.admit(net->host.context, parent->number,
                        net->ends[event->node].keys[connection->identity], &unit);
    connection->parent_boot = parent->boot;
    (void)snprintf(connection->unit, sizeof(connection->unit), "%.*s", (int)unit.len,
                   unit.data ? unit.data : "");
    tell(net, WH_NET_ANSWERED, event->node, event->connection);
}

static void tell_child(struct wh_memory_net *net, uint32_t node, enum wh_arrival_type type)
{
    struct item *item = add_item(&net->ends[node]);
    item->arrival = (struct wh_arrival){.type = type, .route = WH_ROUTE_PARENT};
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
    if (end->count == 0) return 0;
    wh_memory_free(end->lent.bytes);
    end->lent = end->items[end->first++];
    end->count--;
    end->lent.arrival.unit = wh_span_of(end->lent.unit);
    *ret = end->lent.arrival;
    return 1;
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
    if (net->ends[connection->child].parent != end->number ||
        connection->parent_boot != end->boot) {
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
    net->connections[number] = (struct connection){
        .child = end->number, .child_boot = end->boot, .identity = identity, .open = true};
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
    net->chance.state = seed;
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
        drop_items(&net->ends[i]);
        wh_memory_free(net->ends[i].items);
        for (int j = 0; j < KEPT_MAX; j++) wh_memory_free(net->ends[i].kept[j].bytes);
    }
    wh_schedule_deinit(&net->schedule);
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
    drop_items(end);
    net->connections[end->connection].open = false;
    for (uint32_t i = 0; i < net->ends_count; i++) {
        uint64_t number = net->ends[i].connection;
        if (net->ends[i].parent != node || number == 0 || !is_current(net, number)) continue;
        if (wh_chance_is(&net->chance, net->weather.half_open)) continue;
        tell(net, WH_NET_ENDED, i, number);
    }
}

void wh_memory_net_cut(struct wh_memory_net *net, uint32_t node, uint32_t directions)
{
    net->ends[node].cut = directions;
}

bool wh_memory_net_has_arrivals(const struct wh_memory_net *net, uint32_t node)
{
    return net->ends[node].count > 0;
}

bool wh_memory_net_is_connected(const struct wh_memory_net *net, uint32_t node)
{
    uint64_t number = net->ends[node].connection;
    const struct connection *connection = &net->connections[number];
    return number != 0 && is_current(net, number) && connection->connected &&
           has_parent_process(net, connection);
}
