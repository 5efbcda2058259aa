/* Many children in one process: the connections, keys, frames and links of nodes, without stores.
 *
 * bench_children COUNT, with a token a line on stdin, then one word a line; each is answered with
 * "done" when it holds of every child: `enrol` (its key was handed in), `settle` (connected, all is
 * acknowledged in both directions), `row` (one more row each, acknowledged). What the parent sends
 * is acknowledged at once, so that the parent alone is measured. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "base/assert.h"
#include "base/memory.h"
#include "home/home.h"
#include "model/key.h"
#include "model/protobuf.h"
#include "net/curve.h"
#include "net/monitor.h"
#include "sync/link.h"
#include "sync/wire.h"

#define ENROLLING_MAX 64 /* handshakes at a time, as an operator's script would at most */
#define TURN_MS 5
#define TICK_MS 50
#define SWEEP_MS 1000
#define QUARTER (2025 * 4)

struct child {
    struct wh_link link;
    struct wh_token token;
    struct wh_curve_pair pair;
    void *socket;
    void *monitor;
    struct wh_term_mark mark;
    uint64_t head;
    uint64_t lane_heads[WH_LANES];
    bool is_connected;
    bool is_enrolled;
    bool settled;
    bool asked; /* for its barrier */
};

struct crowd {
    void *context;
    struct child *children;
    size_t count;
    int epoll;
    uint64_t sockets; /* made so far */
    uint64_t chance;
    struct wh_arena arena;  /* of the tokens */
    struct wh_arena frames; /* of one frame */
    struct wh_out out;
    bool links_run;
    int64_t ticked_ms;
    int64_t swept_ms;
};

static int64_t now_ms(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static uint64_t chance(struct crowd *crowd)
{
    crowd->chance = crowd->chance * 6364136223846793005u + 1442695040888963407u;
    return crowd->chance ^ crowd->chance >> 29;
}

/* ---- The wire ---- */

static void watch(struct crowd *crowd, struct child *child, void *socket)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = child};
    int fd;
    size_t size = sizeof(fd);
    WH_ASSERT(zmq_getsockopt(socket, ZMQ_FD, &fd, &size) == 0);
    event.events |= EPOLLET; /* what is there is taken at once, so only news counts */
    WH_ASSERT(epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, fd, &event) == 0);
}

static void hang_up(struct child *child)
{
    if (child->monitor) (void)zmq_socket_monitor(child->socket, NULL, 0);
    if (child->socket) (void)zmq_close(child->socket);
    if (child->monitor) (void)zmq_close(child->monitor);
    child->socket = child->monitor = NULL;
    child->is_connected = false;
}

static void dial(struct crowd *crowd, struct child *child, const uint8_t *secret)
{
    uint8_t public_key[WH_NODE_KEY_BYTES];
    char endpoint[256];
    hang_up(child);
    child->socket = zmq_socket(crowd->context, ZMQ_DEALER);
    if (!child->socket) {
        perror("no socket for a child");
        exit(1);
    }
    wh_curve_public(secret, public_key);
    wh_socket_set(child->socket, ZMQ_LINGER, 0);
    wh_socket_set_once(child->socket);
    (void)zmq_setsockopt(child->socket, ZMQ_CURVE_SERVERKEY, child->token.parent_key, 32);
    (void)zmq_setsockopt(child->socket, ZMQ_CURVE_PUBLICKEY, public_key, 32);
    (void)zmq_setsockopt(child->socket, ZMQ_CURVE_SECRETKEY, secret, 32);
    child->monitor = wh_monitor_open(crowd->context, child->socket, crowd->sockets++);
    WH_ASSERT(child->monitor);
    watch(crowd, child, child->monitor);
    watch(crowd, child, child->socket);
    (void)snprintf(endpoint, sizeof(endpoint), "%.*s", (int)child->token.endpoint.len,
                   child->token.endpoint.data);
    WH_ASSERT(zmq_connect(child->socket, endpoint) == 0);
}

static void send_frame(struct crowd *crowd, struct child *child, const Wh__Frame *frame)
{
    struct wh_span bytes = wh_frame_pack(frame, &crowd->frames);
    if (child->socket) (void)zmq_send(child->socket, bytes.data, bytes.len, ZMQ_DONTWAIT);
}

/* ---- The link ---- */

static void step(struct crowd *crowd, struct child *child, struct wh_event *event);

static struct wh_row make_term(struct child *child, struct wh_arena *arena)
{
    Wh__TermValue value = WH__TERM_VALUE__INIT;
    struct wh_tuple key;
    struct wh_row row;
    value.id = child->mark.id;
    value.first = 1;
    value.opened_ms = 1;
    wh_row_key_term(&key, child->token.unit, 1, child->mark.id);
    wh_row_make(WH_TABLE_TERM, wh_tuple_span(&key), child->token.unit, 1, child->mark.id,
                wh_protobuf_pack(&value.base, arena), arena, &row);
    return row;
}

/* One cell, whose figure is the row's version: what is held tells how much of it has arrived. */
static struct wh_row make_summary(struct child *child, struct wh_arena *arena)
{
    Wh__SummaryValue value = WH__SUMMARY_VALUE__INIT;
    Wh__MetricValue metric = WH__METRIC_VALUE__INIT, *metrics[] = {&metric};
    struct wh_span unit = child->token.unit;
    struct wh_tuple key;
    struct wh_row row;
    metric.id = "cases";
    metric.value = (int64_t)child->head;
    value.metrics = metrics;
    value.n_metrics = 1;
    wh_row_key_summary(&key, unit, QUARTER, WH_S("merit"), unit);
    wh_row_make(WH_TABLE_SUMMARY, wh_tuple_span(&key), unit, child->head, child->mark.id,
                wh_protobuf_pack(&value.base, arena), arena, &row);
    return row;
}

static void cut(struct crowd *crowd, struct child *child)
{
    enum wh_lane lane = crowd->out.want_lane;
    struct wh_span *row = wh_arena_new(&crowd->frames, 1, sizeof(*row));
    struct wh_event event = {.type = WH_EVENT_CUT};
    *row = (lane == WH_LANE_URGENT ? make_term(child, &crowd->frames)
                                   : make_summary(child, &crowd->frames))
               .packed;
    event.cut = (struct wh_cut){lane, crowd->out.want_after, child->lane_heads[lane], row, 1};
    step(crowd, child, &event);
}

static void step(struct crowd *crowd, struct child *child, struct wh_event *event)
{
    struct wh_out *out = &crowd->out;
    struct wh_self self = {.unit = child->token.unit,
                           .history = {&child->mark, 1},
                           .head = child->head,
                           .program = WUHAO_VERSION};
    memcpy(self.lane_heads, child->lane_heads, sizeof(self.lane_heads));
    event->now_ms = now_ms(CLOCK_MONOTONIC);
    event->clock_ms = now_ms(CLOCK_REALTIME);
    event->chance = chance(crowd);
    event->self = &self;
    wh_link_step(&child->link, event, out);
    for (uint32_t i = 0; i < out->frames_count; i++) send_frame(crowd, child, &out->frames[i]);
    if (out->settled != 0) child->settled = true;
    if (out->disconnect) hang_up(child);
    if (out->connect) dial(crowd, child, child->pair.secret_key);
    if (out->commit) {
        struct wh_event done = {.type = WH_EVENT_COMMITTED, .committed = out->holding};
        step(crowd, child, &done);
    } else if (out->want) {
        cut(crowd, child);
    }
}

static void take_frame(struct crowd *crowd, struct child *child, struct wh_span bytes)
{
    struct wh_event event = {.type = WH_EVENT_FRAME, .frame_bytes = bytes.len};
    if (wh_frame_read(bytes, &crowd->frames, &event.frame) < 0) return;
    if (event.frame->body_case == WH__FRAME__BODY_ENROLLED) {
        child->is_enrolled = true;
        hang_up(child);
    } else if (crowd->links_run) {
        step(crowd, child, &event);
    }
    wh_arena_clear(&crowd->frames);
}

static void send_enrol(struct crowd *crowd, struct child *child)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Enrol enrol = WH__ENROL__INIT;
    enrol.unit = wh_arena_text(&crowd->frames, child->token.unit);
    enrol.key = (ProtobufCBinaryData){WH_NODE_KEY_BYTES, child->pair.public_key};
    enrol.program = wh_arena_text(&crowd->frames, WH_S(WUHAO_VERSION));
    frame.body_case = WH__FRAME__BODY_ENROL;
    frame.enrol = &enrol;
    send_frame(crowd, child, &frame);
}

static void on_turn(struct crowd *crowd, struct child *child, enum wh_turn turn)
{
    struct wh_event event = {.type = turn == WH_TURN_CONNECTED ? WH_EVENT_CONNECTED
                                     : turn == WH_TURN_DENIED  ? WH_EVENT_DENIED
                                                               : WH_EVENT_LOST};
    if (turn != WH_TURN_CONNECTED) hang_up(child);
    if (crowd->links_run) {
        step(crowd, child, &event);
    } else if (turn == WH_TURN_CONNECTED) {
        send_enrol(crowd, child);
    }
}

/* Takes all that has come for the child. */
static void take(struct crowd *crowd, struct child *child)
{
    char bytes[1 << 16];
    bool more = true;
    while (more && child->socket) {
        enum wh_turn turn = wh_monitor_take(child->monitor);
        int length;
        more = turn != WH_TURN_NONE;
        if (more) on_turn(crowd, child, turn);
        if (!child->socket) return;
        length = zmq_recv(child->socket, bytes, sizeof(bytes), ZMQ_DONTWAIT);
        if (length < 0) continue;
        WH_ASSERT((size_t)length <= sizeof(bytes));
        more = true;
        take_frame(crowd, child, wh_span(bytes, (size_t)length));
    }
}

/* ---- The crowd ---- */

static void turn(struct crowd *crowd)
{
    struct epoll_event events[256];
    int ready = epoll_wait(crowd->epoll, events, 256, TURN_MS);
    for (int i = 0; i < ready; i++) take(crowd, events[i].data.ptr);
}

static bool is_due(int64_t *last_ms, int64_t now, int64_t every_ms)
{
    if (now - *last_ms < every_ms) return false;
    *last_ms = now;
    return true;
}

static void tick(struct crowd *crowd)
{
    int64_t now = now_ms(CLOCK_MONOTONIC);
    bool sweep;
    if (!is_due(&crowd->ticked_ms, now, TICK_MS)) return;
    sweep = is_due(&crowd->swept_ms, now, SWEEP_MS);
    for (size_t i = 0; i < crowd->count; i++) {
        struct child *child = &crowd->children[i];
        struct wh_event event = {.type = WH_EVENT_TICK};
        if (wh_link_deadline_ms(&child->link) <= now) step(crowd, child, &event);
        if (sweep) take(crowd, child); /* an edge may fall between taking and waiting */
        wh_arena_clear(&crowd->frames);
    }
}

static void enrol_all(struct crowd *crowd)
{
    size_t first = 0, begun = 0;
    while (first < crowd->count) {
        while (begun < crowd->count && begun - first < ENROLLING_MAX) {
            dial(crowd, &crowd->children[begun], crowd->children[begun].token.secret);
            begun++;
        }
        turn(crowd);
        for (size_t i = first; i < begun; i++) {
            struct child *child = &crowd->children[i];
            take(crowd, child);
            if (!child->socket && !child->is_enrolled) dial(crowd, child, child->token.secret);
        }
        while (first < begun && crowd->children[first].is_enrolled) first++;
        wh_arena_clear(&crowd->frames);
    }
}

static bool is_settled(struct crowd *crowd, struct child *child)
{
    struct wh_event event = {.type = WH_EVENT_BARRIER};
    if (child->link.state != WH_LINK_UP) {
        child->asked = child->settled = false;
        return false;
    }
    if (!child->asked) {
        child->asked = true;
        event.nonce = chance(crowd) | 1;
        step(crowd, child, &event);
    }
    return child->settled && wh_link_has_sent(&child->link, child->lane_heads);
}

static void settle_all(struct crowd *crowd)
{
    size_t settled = 0;
    crowd->links_run = true;
    for (size_t i = 0; i < crowd->count; i++) {
        crowd->children[i].asked = crowd->children[i].settled = false;
    }
    while (settled < crowd->count) {
        turn(crowd);
        tick(crowd);
        while (settled < crowd->count && is_settled(crowd, &crowd->children[settled])) settled++;
    }
}

static void write_rows(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->count; i++) {
        struct child *child = &crowd->children[i];
        struct wh_event event = {.type = WH_EVENT_TICK};
        child->lane_heads[WH_LANE_BULK] = ++child->head;
        step(crowd, child, &event);
        wh_arena_clear(&crowd->frames);
    }
    for (size_t done = 0; done < crowd->count;) {
        turn(crowd);
        tick(crowd);
        while (done < crowd->count &&
               wh_link_has_sent(&crowd->children[done].link, crowd->children[done].lane_heads)) {
            done++;
        }
    }
}

static void read_tokens(struct crowd *crowd)
{
    char line[1024];
    for (size_t i = 0; i < crowd->count; i++) {
        struct child *child = &crowd->children[i];
        struct wh_holding nothing = {.seen = {0, 0}};
        struct wh_error err = {0};
        struct wh_span text;
        WH_ASSERT(fgets(line, sizeof(line), stdin));
        line[strcspn(line, "\n")] = '\0';
        text = wh_arena_copy(&crowd->arena, wh_span_of(line));
        WH_ASSERT(wh_token_read(text, &crowd->arena, &child->token, &err) == 0);
        wh_curve_keypair(&child->pair);
        child->mark = (struct wh_term_mark){.id = chance(crowd) | 1, .first = 1};
        child->head = child->lane_heads[WH_LANE_URGENT] = 1; /* its term */
        wh_link_init(&child->link, WH_LINK_TO_PARENT, nothing, now_ms(CLOCK_MONOTONIC));
    }
}

/* Serves the links until somebody says something. */
static bool hear(struct crowd *crowd, char *word, int size)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    while (poll(&input, 1, 0) == 0) {
        turn(crowd);
        if (crowd->links_run) tick(crowd);
    }
    return fgets(word, size, stdin) != NULL;
}

int main(int argc, char **argv)
{
    struct crowd crowd = {.epoll = epoll_create1(0), .context = zmq_ctx_new()};
    char word[64];
    crowd.count = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    crowd.children = wh_memory_new(crowd.count + 1, sizeof(*crowd.children));
    crowd.chance = (uint64_t)now_ms(CLOCK_REALTIME) * 1000003u + (uint64_t)getpid();
    (void)setvbuf(stdin, NULL, _IONBF, 0); /* so that poll() sees all that there is */
    (void)zmq_ctx_set(crowd.context, ZMQ_MAX_SOCKETS, (int)(crowd.count * 12 + 1024));
    wh_out_init(&crowd.out);
    read_tokens(&crowd);
    while (hear(&crowd, word, sizeof(word))) {
        word[strcspn(word, "\n")] = '\0';
        if (strcmp(word, "enrol") == 0) enrol_all(&crowd);
        if (strcmp(word, "settle") == 0) settle_all(&crowd);
        if (strcmp(word, "row") == 0) write_rows(&crowd);
        (void)puts("done");
        (void)fflush(stdout);
    }
    return 0; /* the connections end with the process */
}
