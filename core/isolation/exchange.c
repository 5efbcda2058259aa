#include "isolation/exchange.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_BYTES 8 /* length of the payload, what */
#define ROOM_BYTES 65536

int64_t wh_exchange_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void wh_exchange_deinit(struct wh_exchange *exchange)
{
    if (exchange->fd >= 0) (void)close(exchange->fd); /* nothing waits in it */
    exchange->fd = -1;
    wh_buffer_deinit(&exchange->in);
    exchange->frame_bytes = 0;
}

/* 0 once the socket is ready, or a code. */
static int await(struct wh_exchange *exchange, short events, int64_t deadline_ms)
{
    struct pollfd poll_fd = {exchange->fd, events, 0};
    for (;;) {
        int64_t left_ms = deadline_ms == INT64_MAX ? -1 : deadline_ms - wh_exchange_now_ms();
        int ready;
        if (deadline_ms != INT64_MAX && left_ms <= 0) return WH_E_BUSY;
        ready = poll(&poll_fd, 1, left_ms > INT32_MAX ? INT32_MAX : (int)left_ms);
        if (ready > 0) return 0;
        if (ready < 0 && errno != EINTR) return WH_E_UNREACHABLE;
    }
}

static int send_bytes(struct wh_exchange *exchange, struct wh_span bytes, int flags,
                      int64_t deadline_ms)
{
    while (bytes.len > 0) {
        ssize_t sent =
            send(exchange->fd, bytes.data, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT | flags);
        int rc = 0;
        if (sent >= 0) {
            bytes = wh_span_from(bytes, (size_t)sent);
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return WH_E_UNREACHABLE;
        rc = await(exchange, POLLOUT, deadline_ms);
        if (rc < 0) return rc;
    }
    return 0;
}

int wh_exchange_send(struct wh_exchange *exchange, enum wh_frame what, struct wh_span payload,
                     int64_t deadline_ms)
{
    uint32_t head[2] = {(uint32_t)payload.len, (uint32_t)what};
    int rc;
    if (payload.len > WH_EXCHANGE_BYTES_MAX) return WH_E_TOO_BIG;
    rc = send_bytes(exchange, wh_span(head, sizeof(head)), payload.len > 0 ? MSG_MORE : 0,
                    deadline_ms);
    return rc < 0 ? rc : send_bytes(exchange, payload, 0, deadline_ms);
}

/* At least `len` bytes of the frame are in the buffer. */
static int fill(struct wh_exchange *exchange, size_t len, int64_t deadline_ms)
{
    while (exchange->in.len < len) {
        size_t room = len - exchange->in.len > ROOM_BYTES ? len - exchange->in.len : ROOM_BYTES;
        ssize_t got = recv(exchange->fd, wh_buffer_room(&exchange->in, room), room, MSG_DONTWAIT);
        int rc = 0;
        if (got > 0) {
            wh_buffer_grew(&exchange->in, (size_t)got);
            continue;
        }
        if (got == 0) return WH_E_UNREACHABLE;
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return WH_E_UNREACHABLE;
        rc = await(exchange, POLLIN, deadline_ms);
        if (rc < 0) return rc;
    }
    return 0;
}

/* What came behind the last frame moves to the front. */
static void drop_frame(struct wh_exchange *exchange)
{
    struct wh_buffer *in = &exchange->in;
    size_t left = in->len - exchange->frame_bytes;
    if (exchange->frame_bytes == 0) return;
    memmove(in->data, in->data + exchange->frame_bytes, left);
    in->len = left;
    exchange->frame_bytes = 0;
}

int wh_exchange_receive(struct wh_exchange *exchange, enum wh_frame *ret_what,
                        struct wh_span *ret_payload, int64_t deadline_ms)
{
    uint32_t head[2];
    int rc;
    drop_frame(exchange);
    rc = fill(exchange, HEAD_BYTES, deadline_ms);
    if (rc < 0) return rc;
    memcpy(head, exchange->in.data, sizeof(head));
    if (head[0] > WH_EXCHANGE_BYTES_MAX) return WH_E_TOO_BIG;
    rc = fill(exchange, HEAD_BYTES + head[0], deadline_ms);
    if (rc < 0) return rc;
    exchange->frame_bytes = HEAD_BYTES + head[0];
    *ret_what = (enum wh_frame)head[1];
    *ret_payload = wh_span(exchange->in.data + HEAD_BYTES, head[0]);
    return 0;
}
