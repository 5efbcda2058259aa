/* fuzz_programme.c: a programme as YAML (wh_programme_read) and as bytes of the wire
 * (wh_programme_unpack). What either accepts packs to bytes that unpack and pack to the same. */
#include "base/assert.h"
#include "model/programme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(const Wh__Programme *programme, struct wh_arena *arena)
{
    const Wh__Programme *again = NULL;
    struct wh_span bytes = wh_programme_pack(programme, arena);
    WH_ASSERT(wh_programme_unpack(bytes, arena, &again) == 0);
    WH_ASSERT(wh_span_equal(bytes, wh_programme_pack(again, arena)));
    (void)wh_programme_kinds(programme, arena);
    for (uint32_t year = 2024; year < 2030; year++) (void)wh_programme_covers(programme, year);
}

static void render(const struct wh_faults *faults, struct wh_arena *arena)
{
    for (uint32_t i = 0; i < wh_faults_kept(faults) && i < 20; i++) {
        (void)wh_fault_text(&faults->items[i], WH_ZH, arena);
        (void)wh_fault_text(&faults->items[i], WH_EN, arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wh_arena arena;
    struct wh_faults faults;
    const Wh__Programme *programme = NULL;
    int rc;

    wh_arena_init(&arena);
    wh_faults_init(&faults, &arena);
    rc = wh_programme_read(wh_span(data, size), &arena, &faults, &programme);
    WH_ASSERT((rc == 0) == (faults.count == 0) && (rc == 0) == (programme != NULL));
    if (programme) check_round_trip(programme, &arena);
    render(&faults, &arena);
    programme = NULL;
    if (wh_programme_unpack(wh_span(data, size), &arena, &programme) == 0) {
        check_round_trip(programme, &arena);
    }
    wh_arena_deinit(&arena);
    return 0;
}
