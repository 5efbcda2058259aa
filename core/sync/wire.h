/* wire.h: frames of proto/sync.proto as bytes, and the rows of a Push packed and compressed.
 * Pure: same frame, same bytes. Thread: any. Ownership: results live in the arena given. */
#ifndef WH_SYNC_WIRE_H
#define WH_SYNC_WIRE_H

#include "base/error.h"
#include "sync.pb-c.h"

struct wh_span wh_frame_pack(const Wh__Frame *frame, struct wh_arena *arena);
/* WH_E_TOO_BIG, WH_E_CORRUPT (bytes that are no frame, or a frame that lacks what its type needs).
 */
int wh_frame_read(struct wh_span bytes, struct wh_arena *arena, const Wh__Frame **ret);

/* A bundle's payload: WH_E_CORRUPT where it is none or lacks a part. Its frames are read one by one
 * with wh_frame_read(). */
int wh_bundle_read(struct wh_span bytes, struct wh_arena *arena, const Wh__Bundle **ret);

/* The rows (each packed) as one compressed text; *ret_size is their size before compression. */
struct wh_span wh_rows_compress(const struct wh_span *rows, uint32_t count, struct wh_arena *arena,
                                uint32_t *ret_size);
/* Inflates and splits again. `size` is what the Push says and is compared with its cap before
 * anything is allocated: WH_E_TOO_BIG, WH_E_CORRUPT. */
int wh_rows_inflate(struct wh_span bytes, uint32_t size, struct wh_arena *arena,
                    struct wh_span **ret_rows, uint32_t *ret_count);

#endif
