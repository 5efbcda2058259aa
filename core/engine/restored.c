#include "engine/restored.h"

#include "engine/doubts.h"
#include "engine/terms.h"
#include "model/key.h"

static const struct wh_span met_key = {"restored_met", 12};

/* Met is what was put back up to the moment that is kept: one of a damaged log is later than the
 * restore before it, which stays met. */
int wh_restored_load(struct wh_engine *engine, struct wh_error *err)
{
    struct wh_span bytes;
    uint64_t met = 0;
    int rc = wh_engine_get(engine, WH_FAMILY_META, met_key, &engine->scratch, &bytes, err);
    if (rc < 0) return rc;
    if (bytes.data && wh_key_take_u64(&bytes, &met) < 0) return 0; /* met twice is no harm */
    if (engine->restored_ms <= (int64_t)met) engine->restored_ms = 0;
    return 0;
}

/* The new term begins beyond all that the neighbour may have seen settled: of an unknown term below
 * that, nothing is heard. */
static void take_place_again(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_term_reason reason = {.abandons = neighbour->link.told.term};
    struct wh_history history = {engine->marks, engine->marks_count};
    struct wh_error err;
    if (reason.abandons == 0 || wh_history_abandons(history, reason.abandons)) return;
    engine->head = wh_doubts_leap(engine);
    if (wh_term_open(engine, &reason, &err) < 0) {
        wh_engine_abandon_turn(engine, &err);
        return;
    }
    neighbour->link.retry_at_ms = engine->now.mono_ms;
}

void wh_restored_on_note(struct wh_engine *engine, struct wh_neighbour *neighbour,
                         enum wh_note_type note)
{
    struct wh_tuple moment;
    bool is_above = neighbour->link.role == WH_LINK_TO_PARENT || !engine->parent;
    if (engine->restored_ms == 0) return;
    if (note == WH_NOTE_ABANDONED) take_place_again(engine, neighbour);
    if (!is_above || (note != WH_NOTE_UP && note != WH_NOTE_BRANCH)) return;
    wh_tuple_clear(&moment);
    wh_tuple_put_u64(&moment, (uint64_t)engine->restored_ms);
    wh_batch_put(&engine->batch, WH_FAMILY_META, met_key, wh_tuple_span(&moment));
    engine->restored_ms = 0;
}
