#include "net/control_server.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zmq.h>

#include "base/assert.h"
#include "base/limits.h"
#include "base/memory.h"
#include "net/control_parts.h"
#include "net/monitor.h"

#define CLIENT_BYTES 5 /* ROUTER names a connection by a zero byte and a number of its own */
#define QUEUE_FRAMES_MAX 4096
#define LINGER_MS 200

struct wh_control_server {
    struct wh_control_place place;
    void *context;
    void *router;
    bool has_file;
    zmq_msg_t message; /* that is lent */
};

static int fail_path(const char *path, int number, struct wh_error *err)
{
    return wh_fail(err, WH_E_IO, WH_MSG_NET_CONTROL_OPEN,
                   WH_ARGS(wh_arg_c(path), wh_arg_c(zmq_strerror(number))));
}

/* Makes the folder, and makes it ours alone. */
static int make_folder(const char *path, struct wh_control_place *place, struct wh_error *err)
{
    struct wh_arena arena;
    const char *slash = strrchr(path, '/');
    int number = 0;
    wh_arena_init(&arena);
    if (slash && slash > path &&
        mkdir(wh_arena_text(&arena, wh_span(path, (size_t)(slash - path))), 0700) != 0 &&
        errno != EEXIST) {
        number = errno;
    }
    wh_arena_deinit(&arena);
    if (number == 0) number = wh_control_place_open(path, place);
    if (number == 0 && fchmod(place->folder, 0700) != 0) number = errno;
    return number == 0 ? 0 : fail_path(path, number, err);
}

/* zmq_bind() would take the file away from a living process. */
static int refuse_living(const char *path, const struct wh_control_place *place,
                         struct wh_error *err)
{
    int ignored; /* nobody is there: whatever the reason, binding finds it out */
    int64_t owner = wh_control_place_owner(place, &ignored);
    if (owner == 0) return 0;
    return wh_fail(err, WH_E_BUSY, WH_MSG_NET_CONTROL_TAKEN,
                   WH_ARGS(wh_arg_c(path), wh_arg_n(owner)));
}

int wh_control_server_open(const char *path, struct wh_control_server **ret, struct wh_error *err)
{
    const int64_t message_bytes_max = WH_REQUEST_BYTES_MAX;
    struct wh_control_server *server = wh_memory_new(1, sizeof(*server));
    int rc;
    (void)zmq_msg_init(&server->message); /* cannot fail */
    rc = make_folder(path, &server->place, err);
    if (rc < 0) goto out;
    rc = refuse_living(path, &server->place, err);
    if (rc < 0) goto out;
    server->context = zmq_ctx_new();
    server->router = server->context ? zmq_socket(server->context, ZMQ_ROUTER) : NULL;
    if (!server->router) {
        rc = fail_path(path, errno, err);
        goto out;
    }
    WH_ASSERT(zmq_setsockopt(server->router, ZMQ_MAXMSGSIZE, &message_bytes_max,
                             sizeof(message_bytes_max)) == 0);
    wh_socket_set(server->router, ZMQ_LINGER, LINGER_MS);
    wh_socket_set(server->router, ZMQ_SNDHWM, QUEUE_FRAMES_MAX);
    wh_socket_set(server->router, ZMQ_RCVHWM, 1); /* a client sends one request */
    wh_socket_set(server->router, ZMQ_ROUTER_MANDATORY, 1);
    server->has_file = zmq_bind(server->router, server->place.endpoint) == 0;
    if (!server->has_file || chmod(server->place.path, 0600) != 0) rc = fail_path(path, errno, err);
out:
    if (rc < 0) {
        wh_control_server_close(server);
        return rc;
    }
    *ret = server;
    return 0;
}

void wh_control_server_close(struct wh_control_server *server)
{
    if (!server) return;
    (void)zmq_msg_close(&server->message);
    if (server->router) (void)zmq_close(server->router);
    if (server->context) {
        while (zmq_ctx_term(server->context) != 0 && errno == EINTR) continue;
    }
    if (server->has_file) (void)unlink(server->place.path); /* one left behind is replaced */
    wh_control_place_close(&server->place);
    wh_memory_free(server);
}

void *wh_control_server_socket(struct wh_control_server *server)
{
    return server->router;
}

int wh_control_server_receive(struct wh_control_server *server, struct wh_control_request *ret)
{
    zmq_msg_t *message = &server->message;
    while (zmq_msg_recv(message, server->router, ZMQ_DONTWAIT) >= 0) {
        const uint8_t *id = zmq_msg_data(message);
        uint64_t client = 0;
        if (zmq_msg_size(message) == CLIENT_BYTES) {
            for (size_t i = 1; i < CLIENT_BYTES; i++) client = client << 8 | id[i];
            if (zmq_msg_recv(message, server->router, ZMQ_DONTWAIT) >= 0 &&
                !zmq_msg_more(message)) {
                ret->client = client;
                ret->bytes = wh_span(zmq_msg_data(message), zmq_msg_size(message));
                return 1;
            }
        }
        while (zmq_msg_more(message) && zmq_msg_recv(message, server->router, ZMQ_DONTWAIT) >= 0) {
            continue; /* not a client of ours */
        }
    }
    return 0;
}

enum wh_control_sent wh_control_server_send(struct wh_control_server *server, uint64_t client,
                                            struct wh_span bytes)
{
    uint8_t id[CLIENT_BYTES] = {0};
    for (size_t i = 1; i < CLIENT_BYTES; i++) id[i] = (uint8_t)(client >> (32 - 8 * i));
    if (zmq_send(server->router, id, sizeof(id), ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0) {
        return errno == EAGAIN ? WH_CONTROL_FULL : WH_CONTROL_GONE;
    }
    return zmq_send(server->router, bytes.data, bytes.len, ZMQ_DONTWAIT) < 0 ? WH_CONTROL_GONE
                                                                             : WH_CONTROL_SENT;
}
