/* A table in CSV: without faults every row has the header's cells, and every cell can be read. */
#include "base/assert.h"
#include "base/text.h"
#include "model/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(const struct wh_csv_row *row, uint32_t count)
{
    WH_ASSERT(row->count == count);
    WH_ASSERT(row->line > 0);
    for (uint32_t i = 0; i < row->count; i++) { /* reads every byte; fields check their text */
        (void)wh_text_check(row->cells[i], WH_TEXT_LINES);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wh_faults faults;
    struct wh_arena arena;
    struct wh_csv csv = {.count = 0};
    wh_arena_init(&arena);
    wh_faults_init(&faults, &arena);
    wh_csv_read(wh_span(data, size), &arena, &faults, &csv);
    for (uint32_t i = 0; i < wh_faults_kept(&faults); i++) {
        WH_ASSERT(wh_fault_text(&faults.items[i], WH_EN, &arena).len > 0);
    }
    for (uint32_t i = 0; faults.count == 0 && i < csv.count; i++) {
        check_row(&csv.rows[i], csv.header.count);
    }
    wh_arena_deinit(&arena);
    return 0;
}
