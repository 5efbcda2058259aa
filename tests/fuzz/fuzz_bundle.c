/* The payload of a bundle: what is accepted packs and reads the same, and its frames are read like
 * those of a link. */
#include "base/assert.h"
#include "model/protobuf.h"
#include "sync/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const Wh__Bundle *bundle, *again;
    const Wh__Frame *frame;
    struct wh_span packed;
    struct wh_arena arena;
    wh_arena_init(&arena);
    if (wh_bundle_read(wh_span(data, size), &arena, &bundle) == 0) {
        packed = wh_protobuf_pack(&bundle->base, &arena);
        if (wh_bundle_read(packed, &arena, &again) == 0) {
            WH_ASSERT(wh_span_equal(wh_protobuf_pack(&again->base, &arena), packed));
        }
        for (size_t i = 0; i < bundle->n_frames; i++) {
            (void)wh_frame_read(wh_span(bundle->frames[i].data, bundle->frames[i].len), &arena,
                                &frame);
        }
    }
    wh_arena_deinit(&arena);
    return 0;
}
