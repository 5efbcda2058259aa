/* A replicated row: what is accepted, packs and reads as the same row. */
#include "base/assert.h"
#include "model/row.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wh_arena arena;
    struct wh_row row, again;
    wh_arena_init(&arena);
    if (wh_row_read(wh_span(data, size), &arena, &row) == 0) {
        wh_row_make(row.table, row.key, row.origin, row.counter, row.term, row.value, &arena,
                    &again);
        WH_ASSERT(again.table == row.table);
        WH_ASSERT(again.counter == row.counter && again.term == row.term);
        WH_ASSERT(wh_span_equal(again.key, row.key) && wh_span_equal(again.value, row.value));
        WH_ASSERT(wh_span_equal(again.unit, row.unit) && wh_span_equal(again.origin, row.origin));
    }
    wh_arena_deinit(&arena);
    return 0;
}
