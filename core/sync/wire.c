#include "sync/wire.h"

#include <zstd.h>

#include "base/assert.h"
#include "base/limits.h"
#include "model/protobuf.h"
#include "model/row.h"

/* By size alone: "same rows, same bytes". A short Push is of a slow line, or of a change or two:
 * bytes weigh more than a millisecond. A long one is of a fast line that has a lot to carry. */
static const struct {
    size_t bytes_max;
    int level;
} levels[] = {{8u << 10, 19}, {16u << 10, 12}, {SIZE_MAX, 1}};

static int level_of(size_t bytes)
{
    size_t i = 0;
    while (bytes > levels[i].bytes_max) i++;
    return levels[i].level;
}

struct wh_span wh_frame_pack(const Wh__Frame *frame, struct wh_arena *arena)
{
    return wh_protobuf_pack(&frame->base, arena);
}

static bool holding_is_whole(const Wh__Holding *holding)
{
    return holding && holding->n_cursors == WH_LANES && holding->seen;
}

/* protobuf leaves sub-messages out at will; the link relies on these. */
static bool is_whole(const Wh__Frame *frame)
{
    const Wh__Push *push;
    switch (frame->body_case) {
    case WH__FRAME__BODY_HELLO:
        return frame->hello->head && holding_is_whole(frame->hello->holding);
    case WH__FRAME__BODY_WELCOME:
        return frame->welcome->head && holding_is_whole(frame->welcome->holding);
    case WH__FRAME__BODY_PUSH:
        push = frame->push;
        return push->lane < WH_LANES && push->after && push->last && push->head;
    case WH__FRAME__BODY_ACK: return frame->ack->n_cursors == WH_LANES;
    case WH__FRAME__BODY_ENROL: return frame->enrol->key.len == 32;
    case WH__FRAME__BODY__NOT_SET:
    case _WH__FRAME__BODY__CASE_IS_INT_SIZE: return false;
    default: return true;
    }
}

int wh_frame_read(struct wh_span bytes, struct wh_arena *arena, const Wh__Frame **ret)
{
    const Wh__Frame *frame;
    if (bytes.len > WH_FRAME_BYTES_MAX) return WH_E_TOO_BIG;
    frame = (const Wh__Frame *)wh_protobuf_unpack(&wh__frame__descriptor, bytes, arena);
    if (!frame || !is_whole(frame)) return WH_E_CORRUPT;
    *ret = frame;
    return 0;
}

int wh_bundle_read(struct wh_span bytes, struct wh_arena *arena, const Wh__Bundle **ret)
{
    const Wh__Bundle *bundle;
    if (bytes.len > WH_BUNDLE_BYTES_MAX) return WH_E_TOO_BIG;
    bundle = (const Wh__Bundle *)wh_protobuf_unpack(&wh__bundle__descriptor, bytes, arena);
    if (!bundle || !bundle->head || !holding_is_whole(bundle->holding)) return WH_E_CORRUPT;
    if (bundle->parts == 0 || bundle->part == 0 || bundle->part > bundle->parts) {
        return WH_E_CORRUPT;
    }
    *ret = bundle;
    return 0;
}

struct wh_span wh_rows_compress(const struct wh_span *rows, uint32_t count, struct wh_arena *arena,
                                uint32_t *ret_size)
{
    Wh__Rows message = WH__ROWS__INIT;
    struct wh_span packed;
    size_t size;
    char *compressed;
    message.n_rows = count;
    message.rows = wh_arena_new(arena, count, sizeof(*message.rows));
    for (uint32_t i = 0; i < count; i++) {
        message.rows[i] = (ProtobufCBinaryData){rows[i].len, (uint8_t *)(uintptr_t)rows[i].data};
    }
    packed = wh_protobuf_pack(&message.base, arena);
    size = ZSTD_compressBound(packed.len);
    compressed = wh_arena_raw(arena, size);
    size = ZSTD_compress(compressed, size, packed.data, packed.len, level_of(packed.len));
    WH_ASSERT(!ZSTD_isError(size)); /* the bound was asked for */
    *ret_size = (uint32_t)packed.len;
    return wh_span(compressed, size);
}

int wh_rows_inflate(struct wh_span bytes, uint32_t size, struct wh_arena *arena,
                    struct wh_span **ret_rows, uint32_t *ret_count)
{
    const Wh__Rows *message;
    struct wh_span *rows;
    char *inflated;
    if (size > WH_ROWS_BYTES_MAX) return WH_E_TOO_BIG;
    inflated = wh_arena_raw(arena, (size_t)size + 1);
    if (ZSTD_decompress(inflated, size, bytes.data, bytes.len) != size) return WH_E_CORRUPT;
    message =
        (const Wh__Rows *)wh_protobuf_unpack(&wh__rows__descriptor, wh_span(inflated, size), arena);
    if (!message) return WH_E_CORRUPT;
    if (message->n_rows > WH_ROWS_COUNT_MAX) return WH_E_TOO_BIG;
    rows = wh_arena_new(arena, message->n_rows, sizeof(*rows));
    for (size_t i = 0; i < message->n_rows; i++) {
        rows[i] = wh_span(message->rows[i].data, message->rows[i].len);
    }
    *ret_rows = rows;
    *ret_count = (uint32_t)message->n_rows;
    return 0;
}
