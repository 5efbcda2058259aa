/* Invitation tokens as text. */
#include "home/home.h"
#include "model/protobuf.h"
#include "token.pb-c.h"

static const struct wh_span token_head = {"WH1-", 4};

#define CHECK_BYTES 6 /* of the digest: enough to know a slip of the pen from a token */
#define TOKEN_BYTES_MAX 4096

static void check_of(struct wh_span bytes, uint8_t ret[WH_SHORT_DIGEST_BYTES])
{
    wh_digest(&bytes, 1, ret, WH_SHORT_DIGEST_BYTES);
}

struct wh_span wh_token_write(const struct wh_token *token, struct wh_arena *arena)
{
    Wh__Token message = WH__TOKEN__INIT;
    char *endpoint = wh_arena_text(arena, token->endpoint);
    uint8_t check[WH_SHORT_DIGEST_BYTES];
    struct wh_span packed, text;
    char *joined;
    message.n_endpoints = 1;
    message.endpoints = &endpoint;
    message.parent_key = (ProtobufCBinaryData){32, (uint8_t *)(uintptr_t)token->parent_key};
    message.unit = wh_arena_text(arena, token->unit);
    message.expires_ms = (uint64_t)token->expires_ms;
    message.secret = (ProtobufCBinaryData){32, (uint8_t *)(uintptr_t)token->secret};
    message.parent = wh_arena_text(arena, token->parent);
    packed = wh_protobuf_pack(&message.base, arena);
    check_of(packed, check);
    joined = wh_arena_new(arena, packed.len + CHECK_BYTES, 1);
    memcpy(joined, packed.data, packed.len);
    memcpy(joined + packed.len, check, CHECK_BYTES);
    text = wh_base64(wh_span(joined, packed.len + CHECK_BYTES), arena);
    joined = wh_arena_new(arena, token_head.len + text.len + 1, 1);
    memcpy(joined, token_head.data, token_head.len);
    memcpy(joined + token_head.len, text.data, text.len);
    return wh_span(joined, token_head.len + text.len);
}

static int cut(struct wh_error *err)
{
    return wh_fail(err, WH_E_INVALID, WH_MSG_TOKEN_CUT, NULL);
}

int wh_token_read(struct wh_span text, struct wh_arena *arena, struct wh_token *ret,
                  struct wh_error *err)
{
    uint8_t check[WH_SHORT_DIGEST_BYTES];
    const Wh__Token *message;
    struct wh_token token;
    struct wh_span bytes;
    if (!wh_span_starts(text, token_head) || text.len > TOKEN_BYTES_MAX) return cut(err);
    if (wh_base64_parse(wh_span_from(text, token_head.len), arena, &bytes) < 0 ||
        bytes.len <= CHECK_BYTES) {
        return cut(err);
    }
    bytes.len -= CHECK_BYTES;
    check_of(bytes, check);
    if (memcmp(check, bytes.data + bytes.len, CHECK_BYTES) != 0) return cut(err);
    message = (const Wh__Token *)wh_protobuf_unpack(&wh__token__descriptor, bytes, arena);
    if (!message || message->n_endpoints == 0 || message->parent_key.len != 32 ||
        message->secret.len != 32) {
        return cut(err);
    }
    token.endpoint = wh_span_of(message->endpoints[0]);
    memcpy(token.parent_key, message->parent_key.data, 32);
    token.unit = wh_span_of(message->unit);
    token.expires_ms = (int64_t)message->expires_ms;
    memcpy(token.secret, message->secret.data, 32);
    token.parent = wh_span_of(message->parent);
    *ret = token;
    return 0;
}
