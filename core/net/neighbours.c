#include "net/neighbours.h"

#include <errno.h>
#include <limits.h>

#include "base/assert.h"
#include "base/memory.h"
#include "base/seal.h"
#include "net/control_parts.h"
#include "net/monitor.h"
#include "net/neighbours_parts.h"

#define CURVE_OVERHEAD_BYTES 64 /* what encryption adds to a frame */
#define HANDSHAKE_MS 30000      /* lessons.md L12: a satellite takes its time */
#define QUEUE_FRAMES_MAX 64     /* a link has at most WH_CREDIT_MAX Pushes under way */
#define BACKLOG 1024            /* promise 8: all children come back at once */
#define KEEPALIVE_IDLE_S 60     /* for the kernel to drop what nobody closes */
#define KEEPALIVE_INTERVAL_S 20
#define KEEPALIVE_COUNT 6
#define WATCHES_MAX 16
#define BIND_TRIES_MAX 100 /* a port that we gave up is free a moment later */
#define BIND_PAUSE_MS 10

static char *copy_of(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(wh_memory_new(size, 1), text, size);
}

void wh_wire_socket_set(void *socket)
{
    const int64_t message_bytes_max = WH_FRAME_BYTES_MAX + CURVE_OVERHEAD_BYTES;
    WH_ASSERT(
        zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_bytes_max, sizeof(message_bytes_max)) == 0);
    wh_socket_set(socket, ZMQ_LINGER, WH_LINGER_MS);
    wh_socket_set(socket, ZMQ_IPV6, 1);
    wh_socket_set(socket, ZMQ_SNDHWM, QUEUE_FRAMES_MAX);
    wh_socket_set(socket, ZMQ_RCVHWM, QUEUE_FRAMES_MAX);
    wh_socket_set(socket, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
    wh_socket_set(socket, ZMQ_HEARTBEAT_IVL,
                  0); /* lessons.md L10: life is what the link receives */
    wh_socket_set(socket, ZMQ_TCP_KEEPALIVE, 1);
    wh_socket_set(socket, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE_S);
    wh_socket_set(socket, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_INTERVAL_S);
    wh_socket_set(socket, ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_COUNT);
}

int wh_wire_open(const struct wh_wire_config *config, struct wh_wire **ret, struct wh_error *err)
{
    struct wh_wire *wire = wh_memory_new(1, sizeof(*wire));
    (void)zmq_msg_init(&wire->message); /* cannot fail */
    memcpy(wire->pair.secret_key, config->secret_key, sizeof(wire->pair.secret_key));
    wh_curve_public(wire->pair.secret_key, wire->pair.public_key);
    wire->admit = config->admit;
    wire->admit_context = config->admit_context;
    wire->context = zmq_ctx_new();
    wire->zap = wire->context ? zmq_socket(wire->context, ZMQ_REP) : NULL;
    /* Bound before anything listens: without it the library would admit everybody. */
    if (!wire->zap || zmq_bind(wire->zap, "inproc://zeromq.zap.01") != 0) {
        int rc =
            wh_fail(err, WH_E_IO, WH_MSG_NET_NO_SOCKET, WH_ARGS(wh_arg_c(zmq_strerror(errno))));
        wh_wire_close(wire);
        return rc;
    }
    wh_socket_set(wire->zap, ZMQ_LINGER, 0);
    *ret = wire;
    return 0;
}

static void forget_parent(struct wh_wire *wire)
{
    for (size_t i = 0; i < wire->parent_count; i++) wh_memory_free(wire->parent_endpoints[i]);
    wh_memory_free(wire->parent_endpoints);
    wire->parent_endpoints = NULL;
    wire->parent_count = 0;
    wire->has_invite = false;
    wh_wipe(&wire->invite, sizeof(wire->invite));
}

/* The monitor is taken off before its reader closes: an event that nobody can receive would hold
 * the library's I/O thread, and with it every connection of this process, for ever. */
void wh_wire_parent_close(struct wh_wire *wire)
{
    if (wire->monitor) (void)zmq_socket_monitor(wire->dealer, NULL, 0); /* it is ours to take */
    if (wire->dealer) (void)zmq_close(wire->dealer); /* fails for what is no socket only */
    if (wire->monitor) (void)zmq_close(wire->monitor);
    wire->dealer = NULL;
    wire->monitor = NULL;
    wire->is_connected = false;
    wire->ended_why = NULL;
}

void wh_wire_close(struct wh_wire *wire)
{
    if (!wire) return;
    wh_wire_parent_close(wire);
    (void)zmq_msg_close(&wire->message);
    if (wire->router) (void)zmq_close(wire->router);
    if (wire->zap) (void)zmq_close(wire->zap);
    if (wire->context) {
        while (zmq_ctx_term(wire->context) != 0 && errno == EINTR) continue;
    }
    forget_parent(wire);
    wh_memory_free(wire->endpoint);
    wh_wipe(&wire->pair, sizeof(wire->pair));
    wh_memory_free(wire);
}

struct wh_net wh_wire_net(struct wh_wire *wire)
{
    return (struct wh_net){&wh_wire_ops, wire};
}

static void *router_new(struct wh_wire *wire)
{
    void *router = zmq_socket(wire->context, ZMQ_ROUTER);
    if (!router) return NULL;
    wh_wire_socket_set(router);
    wh_socket_set(router, ZMQ_CURVE_SERVER, 1);
    WH_ASSERT(
        zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, wire->pair.secret_key, WH_NODE_KEY_BYTES) == 0);
    WH_ASSERT(zmq_setsockopt(router, ZMQ_ZAP_DOMAIN, "wuhao", strlen("wuhao")) == 0);
    wh_socket_set(router, ZMQ_ROUTER_MANDATORY, 1); /* a child that is gone is said to be */
    wh_socket_set(router, ZMQ_BACKLOG, BACKLOG);
    return router;
}

/* What zmq_bind() says, and what that is for us. */
static const struct {
    int number;
    int code;
    enum wh_message message;
} bind_causes[] = {
    {EADDRINUSE, WH_E_BUSY, WH_MSG_NET_ADDRESS_TAKEN},
    {EADDRNOTAVAIL, WH_E_FAILED, WH_MSG_NET_ADDRESS_ELSEWHERE},
    {ENODEV, WH_E_FAILED, WH_MSG_NET_ADDRESS_ELSEWHERE},
    {EACCES, WH_E_NOT_PERMITTED, WH_MSG_NET_ADDRESS_FORBIDDEN},
};

static int fail_bind(const char *endpoint, int number, struct wh_error *err)
{
    for (size_t i = 0; i < sizeof(bind_causes) / sizeof(bind_causes[0]); i++) {
        if (bind_causes[i].number != number) continue;
        return wh_fail(err, bind_causes[i].code, bind_causes[i].message,
                       WH_ARGS(wh_arg_c(endpoint)));
    }
    return wh_fail(err, WH_E_INVALID, WH_MSG_NET_ENDPOINT, WH_ARGS(wh_arg_c(endpoint)));
}

/* Binds `router`; 0 or an errno. A port of which we are just letting go is tried for a while. */
static int bind_patiently(void *router, const char *endpoint, int tries)
{
    while (zmq_bind(router, endpoint) != 0) {
        int number = errno;
        if (number != EADDRINUSE || --tries <= 0) return number;
        (void)zmq_poll(NULL, 0, BIND_PAUSE_MS);
    }
    return 0;
}

static void set_endpoint(struct wh_wire *wire)
{
    char endpoint[256];
    size_t size = sizeof(endpoint);
    WH_ASSERT(zmq_getsockopt(wire->router, ZMQ_LAST_ENDPOINT, endpoint, &size) == 0);
    wire->endpoint = copy_of(endpoint);
}

static bool is_tcp(const char *endpoint)
{
    return strncmp(endpoint, "tcp://", strlen("tcp://")) == 0;
}

int wh_wire_listen(struct wh_wire *wire, const char *endpoint, struct wh_error *err)
{
    char *former = wire->endpoint;
    int number = 0, rc = 0;
    if (endpoint && !is_tcp(endpoint)) return fail_bind(endpoint, EINVAL, err);
    if (endpoint && former && strcmp(endpoint, former) == 0) return 0;
    if (endpoint && !wire->router) wire->router = router_new(wire);
    if (endpoint && !wire->router) {
        return wh_fail(err, WH_E_IO, WH_MSG_NET_NO_SOCKET, WH_ARGS(wh_arg_c(zmq_strerror(errno))));
    }
    if (former) (void)zmq_unbind(wire->router, former); /* else it is not bound */
    wire->endpoint = NULL;
    if (endpoint) number = bind_patiently(wire->router, endpoint, former ? BIND_TRIES_MAX : 1);
    if (number != 0) rc = fail_bind(endpoint, number, err);
    if (rc < 0 && former && bind_patiently(wire->router, former, BIND_TRIES_MAX) != 0) goto out;
    if (endpoint && (rc == 0 || former)) set_endpoint(wire);
out:
    wh_memory_free(former);
    return rc;
}

const char *wh_wire_endpoint(const struct wh_wire *wire)
{
    return wire->endpoint;
}

int wh_wire_set_parent(struct wh_wire *wire, const struct wh_wire_parent *parent,
                       struct wh_error *err)
{
    for (size_t i = 0; parent && i < parent->count; i++) {
        if (!is_tcp(parent->endpoints[i])) return fail_bind(parent->endpoints[i], EINVAL, err);
    }
    forget_parent(wire);
    if (!parent) return 0;
    wire->parent_endpoints = wh_memory_new(parent->count, sizeof(*wire->parent_endpoints));
    wire->parent_count = parent->count;
    wire->parent_next = parent->count - 1; /* the first comes next */
    for (size_t i = 0; i < parent->count; i++) {
        wire->parent_endpoints[i] = copy_of(parent->endpoints[i]);
    }
    memcpy(wire->parent_key, parent->key, sizeof(wire->parent_key));
    if (parent->invite_secret) {
        memcpy(wire->invite.secret_key, parent->invite_secret, sizeof(wire->invite.secret_key));
        wh_curve_public(wire->invite.secret_key, wire->invite.public_key);
        wire->has_invite = true;
    }
    return 0;
}

static uint32_t readable(const zmq_pollitem_t *item, uint32_t flag)
{
    return item->revents & (ZMQ_POLLIN | ZMQ_POLLERR) ? flag : 0;
}

uint32_t wh_wire_wait(struct wh_wire *wire, struct wh_control_server *control,
                      struct wh_watch *watches, size_t count, int64_t timeout_ms)
{
    void *const sockets[] = {wire->zap, wire->router, wire->dealer, wire->monitor,
                             control ? wh_control_server_socket(control) : NULL};
    const uint32_t flags[] = {0, WH_READY_NET, WH_READY_NET, WH_READY_NET, WH_READY_CONTROL};
    enum { SOCKETS = sizeof(sockets) / sizeof(sockets[0]) };
    zmq_pollitem_t items[SOCKETS + WATCHES_MAX];
    uint32_t ready = 0;
    int n = 0, rc;
    WH_ASSERT(count <= WATCHES_MAX);
    if (wire->ended_why) timeout_ms = 0;
    if (timeout_ms > INT_MAX) timeout_ms = INT_MAX;
    for (size_t i = 0; i < count; i++) {
        watches[i].ready = false;
        items[n++] = (zmq_pollitem_t){.fd = watches[i].fd, .events = ZMQ_POLLIN};
    }
    for (size_t i = 0; i < SOCKETS; i++) {
        if (sockets[i]) items[n++] = (zmq_pollitem_t){.socket = sockets[i], .events = ZMQ_POLLIN};
    }
    rc = zmq_poll(items, n, timeout_ms < 0 ? -1 : (long)timeout_ms);
    if (wire->ended_why) ready |= WH_READY_NET;
    if (rc <= 0) return ready;
    for (size_t i = 0; i < count; i++) {
        watches[i].ready = readable(&items[i], 1) != 0;
        if (watches[i].ready) ready |= WH_READY_WATCH;
    }
    n = (int)count;
    for (size_t i = 0; i < SOCKETS; i++) {
        if (sockets[i]) ready |= readable(&items[n++], flags[i]);
    }
    wh_wire_admit(wire);
    return ready;
}
