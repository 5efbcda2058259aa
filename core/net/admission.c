#include <stdio.h>

#include "net/neighbours_parts.h"

/* A request of ZAP (RFC 27), as far as we read it. */
#define ZAP_PARTS 7
#define ZAP_PART_SIZE 256
#define ADMISSIONS_MAX 256 /* in one go, so that a storm of children leaves time for frames */

struct request {
    char parts[ZAP_PARTS]
              [ZAP_PART_SIZE]; /* version, id, domain, address, identity, mechanism, key */
    size_t lens[ZAP_PARTS];
};

enum request_state {
    REQUEST_NONE,
    REQUEST_READ,
    REQUEST_BROKEN,
};

static enum request_state take(void *zap, struct request *ret)
{
    enum request_state state = REQUEST_NONE;
    int more = 1;
    for (size_t i = 0; more; i++) {
        size_t size = sizeof(more);
        char *part = ret->parts[i < ZAP_PARTS ? i : ZAP_PARTS - 1];
        int len = zmq_recv(zap, part, ZAP_PART_SIZE, i == 0 ? ZMQ_DONTWAIT : 0);
        if (len < 0) return REQUEST_NONE;
        if (i == 0) state = REQUEST_READ;
        if (i >= ZAP_PARTS || len > ZAP_PART_SIZE) state = REQUEST_BROKEN;
        if (i < ZAP_PARTS) ret->lens[i] = len > ZAP_PART_SIZE ? ZAP_PART_SIZE : (size_t)len;
        if (zmq_getsockopt(zap, ZMQ_RCVMORE, &more, &size) != 0) return REQUEST_NONE;
        if (!more && i < ZAP_PARTS - 1) state = REQUEST_BROKEN;
    }
    return state;
}

static bool part_is(const struct request *request, size_t i, struct wh_span text)
{
    return wh_span_equal(wh_span(request->parts[i], request->lens[i]), text);
}

/* Fills `ret` for a key that is admitted. */
static bool user_id(const struct wh_wire *wire, const struct request *request,
                    char ret[WH_USER_ID_SIZE])
{
    uint8_t key[WH_NODE_KEY_BYTES];
    char text[WH_CURVE_TEXT_SIZE] = "";
    struct wh_span unit = WH_SPAN_EMPTY;
    enum wh_admitted admitted;
    if (!part_is(request, 0, WH_S("1.0")) || !part_is(request, 2, WH_S("wuhao")) ||
        !part_is(request, 5, WH_S("CURVE")) || request->lens[6] != sizeof(key)) {
        return false;
    }
    memcpy(key, request->parts[6], sizeof(key));
    admitted = wire->admit(wire->admit_context, key, &unit);
    if (admitted == WH_ADMITTED_NO || unit.len == 0 || unit.len > WH_CODE_BYTES_MAX) return false;
    if (admitted == WH_ADMITTED_INVITE) wh_curve_text(key, text);
    (void)snprintf(ret, WH_USER_ID_SIZE, "%c%s%.*s", admitted == WH_ADMITTED_INVITE ? 'I' : 'M',
                   text, (int)unit.len, unit.data);
    return true;
}

/* A REP socket takes its answers whole; the asker is our own library, which waits for them. */
static void answer(void *zap, const struct request *request, const char *code, const char *user)
{
    (void)zmq_send(zap, "1.0", 3, ZMQ_SNDMORE);
    (void)zmq_send(zap, request->parts[1], request->lens[1], ZMQ_SNDMORE);
    (void)zmq_send(zap, code, strlen(code), ZMQ_SNDMORE);
    (void)zmq_send(zap, "", 0, ZMQ_SNDMORE);
    (void)zmq_send(zap, user, strlen(user), ZMQ_SNDMORE);
    (void)zmq_send(zap, "", 0, 0);
}

void wh_wire_admit(struct wh_wire *wire)
{
    for (int n = 0; n < ADMISSIONS_MAX; n++) {
        struct request request = {.lens = {0}};
        char user[WH_USER_ID_SIZE] = "";
        enum request_state state = take(wire->zap, &request);
        if (state == REQUEST_NONE) return;
        if (state == REQUEST_READ && user_id(wire, &request, user)) {
            answer(wire->zap, &request, "200", user);
        } else {
            answer(wire->zap, &request, "400", "");
        }
    }
}
