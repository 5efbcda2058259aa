/* A token as somebody typed it: what is accepted is written the same. */
#include "base/assert.h"
#include "home/home.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_text(struct wh_span text, struct wh_arena *arena)
{
    struct wh_token token;
    struct wh_error err;
    struct wh_span written;
    if (wh_token_read(text, arena, &token, &err) < 0) return;
    written = wh_token_write(&token, arena);
    WH_ASSERT(wh_token_read(written, arena, &token, &err) == 0);
    WH_ASSERT(wh_span_equal(wh_token_write(&token, arena), written));
}

#define CHECK_BYTES 6

/* A token ends in a digest, which no fuzzer finds: the bytes get the right one. */
static struct wh_span with_digest(struct wh_span message, struct wh_arena *arena)
{
    uint8_t check[WH_SHORT_DIGEST_BYTES];
    char *joined = wh_arena_new(arena, message.len + CHECK_BYTES, 1), *text;
    struct wh_span coded;
    wh_digest(&message, 1, check, sizeof(check));
    if (message.len > 0) memcpy(joined, message.data, message.len);
    memcpy(joined + message.len, check, CHECK_BYTES);
    coded = wh_base64(wh_span(joined, message.len + CHECK_BYTES), arena);
    text = wh_arena_new(arena, coded.len + 4, 1);
    memcpy(text, "WH1-", 4);
    memcpy(text + 4, coded.data, coded.len);
    return wh_span(text, coded.len + 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wh_arena arena;
    wh_arena_init(&arena);
    try_text(wh_span(data, size), &arena);
    try_text(with_digest(wh_span(data, size), &arena), &arena);
    wh_arena_deinit(&arena);
    return 0;
}
