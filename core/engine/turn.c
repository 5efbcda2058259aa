/* One turn of the loop: the whole of it, in order. What the daemon runs is what the simulator
 * tests. */
#include "engine/damage.h"
#include "engine/engine_parts.h"

/* Requests, cells and presence share the batch with what the links brought. */
static int gather(struct wh_engine *engine, struct wh_error *err)
{
    int rc = wh_engine_refresh(engine, err);
    if (rc == 0 && engine->damage_seen) rc = wh_damage_sweep(engine, err);
    if (rc == 0) rc = wh_doubts_review(engine, err);
    if (rc < 0) return rc;
    wh_links_take_arrivals(engine);
    wh_links_tick(engine);
    if (engine->failure.code < 0) {
        *err = engine->failure;
        return err->code;
    }
    rc = wh_presence_write(engine, err);
    if (rc == 0 && engine->hooks.requests) {
        engine->hooks.requests(engine->hooks.context, engine);
    }
    if (rc == 0 && engine->cells_pending) rc = wh_cells_measure(engine, err);
    if (rc == 0 && engine->failure.code < 0) { /* a request left half of its writes */
        *err = engine->failure;
        rc = err->code;
    }
    return rc;
}

#define TURN_AGAIN_MS 1000 /* after a failed commit */

void wh_engine_turn(struct wh_engine *engine, struct wh_now now, int64_t *ret_deadline_ms)
{
    struct wh_error err = {.code = 0};
    int64_t deadline;
    int rc;
    wh_arena_clear(&engine->scratch);
    engine->enrolments = NULL;
    engine->failure = (struct wh_error){.code = 0};
    engine->more_work = false;
    engine->cells_marked = false;
    engine->now = now;
    engine->place = wh_engine_head(engine);
    rc = gather(engine, &err);
    if (rc == 0) {
        rc = wh_engine_commit(engine, &err);
    } else {
        wh_engine_undo(engine);
    }
    if (engine->hooks.committed) engine->hooks.committed(engine->hooks.context, rc, &err);
    wh_links_committed(engine, rc);
    wh_doubts_tell(engine);
    deadline = wh_links_deadline_ms(engine);
    if (rc < 0 && deadline > now.mono_ms + TURN_AGAIN_MS) deadline = now.mono_ms + TURN_AGAIN_MS;
    if (rc == 0 &&
        (engine->cells_pending || engine->more_work || engine->doubts_stale || engine->damage_seen))
        deadline = now.mono_ms;
    *ret_deadline_ms = deadline;
}
