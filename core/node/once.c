#include "node/once.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "door/commands.h"
#include "model/protobuf.h"
#include "node/node.h"

#define WORKER_WAIT_MS 5 /* between looks at what a thread works at */

static void write_frame(void *context, struct wh_span frame)
{
    uint8_t head[4] = {(uint8_t)(frame.len >> 24), (uint8_t)(frame.len >> 16),
                       (uint8_t)(frame.len >> 8), (uint8_t)frame.len};
    (void)context;
    (void)fwrite(head, 1, sizeof(head), stdout);
    (void)fwrite(frame.data, 1, frame.len, stdout);
    (void)fflush(stdout);
}

static bool read_request(struct wh_buffer *buffer)
{
    for (;;) {
        size_t got = fread(wh_buffer_room(buffer, 65536), 1, 65536, stdin);
        wh_buffer_grew(buffer, got);
        if (got == 0) return !ferror(stdin);
        if (buffer->len > WH_REQUEST_BYTES_MAX) return false;
    }
}

static void answer_failure(struct wh_span request, struct wh_faults *faults, int rc,
                           const struct wh_error *err)
{
    struct wh_reply_sink sink = {write_frame, NULL};
    struct wh_call call;
    struct wh_error ignored;
    (void)wh_call_init(&call, request, sink, &ignored); /* for its language */
    call.faults = *faults;
    wh_reply_end(&call, rc, err);
    wh_call_deinit(&call);
}

/* Turns the engine until the one call has been answered. */
static void run_stopped(struct wh_node *node, struct wh_span request)
{
    struct wh_reply_sink sink = {write_frame, NULL};
    int64_t deadline_ms;
    wh_desk_take(&node->desk, request, sink, NULL);
    while (wh_desk_is_busy(&node->desk)) {
        wh_engine_turn(node->engine, wh_node_now(), &deadline_ms);
        if (wh_desk_is_busy(&node->desk)) (void)poll(NULL, 0, WORKER_WAIT_MS);
    }
}

static bool is_local(struct wh_span request)
{
    struct wh_arena arena = {NULL, 0};
    const Wh__Request *read =
        (const Wh__Request *)wh_protobuf_unpack(&wh__request__descriptor, request, &arena);
    const struct wh_command *command = read ? wh_command_named(wh_span_of(read->command)) : NULL;
    bool local = command && (command->flags & WH_COMMAND_LOCAL);
    wh_arena_deinit(&arena);
    return local;
}

int wh_node_once(const char *dir)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_arena arena = {NULL, 0};
    struct wh_error err = {.code = 0};
    struct wh_faults faults;
    struct wh_node node;
    int rc;
    if (!read_request(&buffer)) return 1;
    if (is_local(wh_buffer_span(&buffer))) {
        struct wh_desk desk = {.home_dir = dir, .version = WUHAO_VERSION, .now = wh_node_now()};
        wh_desk_run_local(&desk, wh_buffer_span(&buffer),
                          (struct wh_reply_sink){write_frame, NULL});
        wh_buffer_deinit(&buffer);
        return 0;
    }
    wh_faults_init(&faults, &arena);
    rc = wh_node_open(&node, dir, WH_NODE_STOPPED, &faults, &err);
    node.log.least = WH_ERROR; /* a command speaks by its reply */
    if (rc < 0) {
        answer_failure(wh_buffer_span(&buffer), &faults, rc, &err);
    } else {
        run_stopped(&node, wh_buffer_span(&buffer));
    }
    wh_node_close(&node);
    wh_arena_deinit(&arena);
    wh_buffer_deinit(&buffer);
    return 0;
}
