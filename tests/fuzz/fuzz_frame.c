/* Frames of a link, and the rows of a Push: what is accepted, packs and reads the same. */
#include "base/assert.h"
#include "sync/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INFLATED_BYTES_MAX 65536u /* enough to reach every branch */

static void try_rows(struct wh_span bytes, uint32_t size, struct wh_arena *arena)
{
    struct wh_span *rows, *again, compressed;
    uint32_t count, again_count, again_size;
    if (wh_rows_inflate(bytes, size, arena, &rows, &count) < 0) return;
    compressed = wh_rows_compress(rows, count, arena, &again_size);
    WH_ASSERT(wh_rows_inflate(compressed, again_size, arena, &again, &again_count) == 0);
    WH_ASSERT(count == again_count);
    for (uint32_t i = 0; i < count; i++) WH_ASSERT(wh_span_equal(rows[i], again[i]));
}

static void try_frame(struct wh_span bytes, struct wh_arena *arena)
{
    const Wh__Frame *frame;
    struct wh_span packed;
    if (wh_frame_read(bytes, arena, &frame) < 0) return;
    packed = wh_frame_pack(frame, arena);
    /* protobuf-c keeps an unknown field under a tag that it would not read again */
    if (wh_frame_read(packed, arena, &frame) < 0) return;
    WH_ASSERT(wh_span_equal(wh_frame_pack(frame, arena), packed));
    if (frame->body_case != WH__FRAME__BODY_PUSH) return;
    try_rows(wh_span(frame->push->rows.data, frame->push->rows.len), frame->push->rows_size, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wh_span bytes = wh_span(data, size);
    struct wh_arena arena;
    wh_arena_init(&arena);
    try_frame(bytes, &arena);
    if (size > 4) { /* rows alone: their size, then what was compressed */
        uint32_t claimed = (uint32_t)data[0] << 8 | data[1];
        try_rows(wh_span_from(bytes, 2), claimed % INFLATED_BYTES_MAX, &arena);
    }
    wh_arena_deinit(&arena);
    return 0;
}
