#include "node/replies.h"

#include "base/buffer.h"
#include "base/memory.h"

#define WAITING_BYTES_MAX (256u << 20)

struct wh_reply_client {
    struct wh_reply_client *next;
    struct wh_control_server *control;
    uint64_t id;
    struct wh_buffer waiting; /* frames, each after its length */
    size_t sent;              /* of `waiting` */
    bool gone;
    bool ended; /* no more frames will come */
};

static void wait_frame(struct wh_reply_client *client, struct wh_span frame)
{
    if (client->waiting.len + frame.len > WAITING_BYTES_MAX) client->gone = true;
    if (client->gone) return;
    wh_buffer_put(&client->waiting, wh_span(&frame.len, sizeof(frame.len)));
    wh_buffer_put(&client->waiting, frame);
}

static void send_frame(void *context, struct wh_span frame)
{
    struct wh_reply_client *client = context;
    enum wh_control_sent sent = WH_CONTROL_FULL;
    if (client->gone) return;
    if (client->waiting.len == client->sent) {
        sent = wh_control_server_send(client->control, client->id, frame);
    }
    if (sent == WH_CONTROL_GONE) client->gone = true;
    if (sent == WH_CONTROL_FULL) wait_frame(client, frame);
}

struct wh_reply_sink wh_replies_sink(struct wh_replies *replies, uint64_t id)
{
    struct wh_reply_client *client = wh_memory_new(1, sizeof(*client));
    client->control = replies->control;
    client->id = id;
    client->next = replies->clients;
    replies->clients = client;
    return (struct wh_reply_sink){send_frame, client};
}

void wh_replies_release(void *client)
{
    ((struct wh_reply_client *)client)->ended = true;
}

/* True where nothing of this client waits any more. */
static bool drain(struct wh_reply_client *client)
{
    while (!client->gone && client->sent < client->waiting.len) {
        uint64_t len;
        struct wh_span frame;
        memcpy(&len, client->waiting.data + client->sent, sizeof(len));
        frame = wh_span(client->waiting.data + client->sent + sizeof(len), len);
        switch (wh_control_server_send(client->control, client->id, frame)) {
        case WH_CONTROL_SENT: client->sent += sizeof(len) + len; break;
        case WH_CONTROL_GONE: client->gone = true; break;
        case WH_CONTROL_FULL: return false;
        }
    }
    wh_buffer_clear(&client->waiting);
    client->sent = 0;
    return true;
}

static void free_client(struct wh_reply_client *client)
{
    wh_buffer_deinit(&client->waiting);
    wh_memory_free(client);
}

bool wh_replies_flush(struct wh_replies *replies)
{
    struct wh_reply_client **at = &replies->clients;
    bool waiting = false;
    while (*at) {
        struct wh_reply_client *client = *at;
        bool drained = drain(client);
        if (drained && client->ended) {
            *at = client->next;
            free_client(client);
            continue;
        }
        waiting = waiting || !drained;
        at = &client->next;
    }
    return waiting;
}

void wh_replies_deinit(struct wh_replies *replies)
{
    while (replies->clients) {
        struct wh_reply_client *next = replies->clients->next;
        free_client(replies->clients);
        replies->clients = next;
    }
}
