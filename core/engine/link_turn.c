/* What a turn does of itself with the links: time that has passed, and what follows a commit. A
 * node may have ten thousand children, and most turns concern one of them: only those that were
 * stepped, or are due, are looked at. */
#include "engine/engine_parts.h"
#include "engine/feed.h"
#include "engine/links.h"
#include "engine/rejects.h"
#include "sync/wire.h"

static void tick(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_event event = {.type = WH_EVENT_TICK};
    if (neighbour->wants) wh_links_cut(engine, neighbour);
    wh_links_step(engine, neighbour, &event);
}

/* The barrier is asked anew in each session until it is settled. */
static void tick_barrier(struct wh_engine *engine)
{
    struct wh_event event = {.type = WH_EVENT_BARRIER, .nonce = engine->barrier_asked};
    bool up = engine->parent->link.state == WH_LINK_UP;
    if (!up) engine->barrier_sent = false;
    if (!up || engine->barrier_sent || engine->barrier_asked == engine->barrier_settled) return;
    engine->barrier_sent = true;
    wh_links_step(engine, engine->parent, &event);
}

/* All are looked at where one is due, and not more often than this. */
#define CHILDREN_TICK_MS 50

static void tick_children(struct wh_engine *engine)
{
    int64_t now_ms = engine->now.mono_ms, due_ms = INT64_MAX;
    if (now_ms < engine->children_due_ms) return;
    engine->children_due_ms = INT64_MAX;
    for (uint32_t i = 0; i < engine->children_count; i++) {
        struct wh_neighbour *child = engine->children[i];
        int64_t next_ms = wh_link_deadline_ms(&child->link);
        if (now_ms >= next_ms || child->wants) {
            tick(engine, child);
            continue; /* its step said when it is due again */
        }
        if (next_ms < due_ms) due_ms = next_ms;
    }
    if (due_ms < now_ms + CHILDREN_TICK_MS) due_ms = now_ms + CHILDREN_TICK_MS;
    if (due_ms < engine->children_due_ms) engine->children_due_ms = due_ms;
}

void wh_links_tick(struct wh_engine *engine)
{
    struct wh_error err;
    if (wh_links_retry_changed(engine, &err) < 0) wh_engine_abandon_turn(engine, &err);
    if (engine->parent) {
        tick(engine, engine->parent);
        tick_barrier(engine);
    }
    tick_children(engine);
}

static void tell_committed(struct wh_engine *engine, struct wh_neighbour *neighbour, int rc)
{
    struct wh_event event = {
        .type = rc < 0 ? WH_EVENT_COMMIT_FAILED : WH_EVENT_COMMITTED,
        .committed = neighbour->committing,
        .rejects = neighbour->rejects,
        .rejects_count = neighbour->rejects_count,
    };
    struct wh_event branched = {.type = rc < 0 ? WH_EVENT_COMMIT_FAILED : WH_EVENT_BRANCHED};
    bool awaited = neighbour->awaits_commit, branch = neighbour->awaits_branch;
    /* What the neighbour refused, or is offered again, is lost with the batch: in the next session
     * it says so again. */
    if (rc < 0 && neighbour->rejects_touched) awaited = true;
    neighbour->awaits_commit = false;
    neighbour->awaits_branch = false;
    neighbour->rejects = NULL;
    neighbour->rejects_count = 0;
    wh_rejects_committed(engine, neighbour, rc);
    if (awaited) wh_links_step(engine, neighbour, &event);
    if (branch) wh_links_step(engine, neighbour, &branched);
}

static void answer_enrolments(struct wh_engine *engine)
{
    for (struct wh_enrolment *e = engine->enrolments; e; e = e->next) {
        Wh__Frame frame = WH__FRAME__INIT;
        Wh__Enrolled enrolled = WH__ENROLLED__INIT;
        enrolled.unit = wh_arena_text(&engine->scratch, e->unit);
        enrolled.parent = wh_arena_text(&engine->scratch, engine->home);
        enrolled.name = wh_arena_text(&engine->scratch, engine->home_name);
        frame.body_case = WH__FRAME__BODY_ENROLLED;
        frame.enrolled = &enrolled;
        (void)engine->net.ops->send(engine->net.self, e->route,
                                    wh_frame_pack(&frame, &engine->scratch));
    }
}

/* Feeds may have moved: links that are up look for what to send. */
static void pump(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_event event = {.type = WH_EVENT_TICK};
    if (neighbour->link.state != WH_LINK_UP) return;
    if (wh_link_has_sent(&neighbour->link, neighbour->safe_heads)) return;
    wh_links_step(engine, neighbour, &event);
}

static void tell_children(struct wh_engine *engine, int rc)
{
    struct wh_neighbour *child = engine->stepped;
    engine->stepped = NULL; /* steps that follow are for the next commit */
    while (child) {
        struct wh_neighbour *next = child->next_stepped;
        child->is_stepped = false;
        tell_committed(engine, child, rc);
        if (rc == 0) wh_links_end_former(engine, child);
        if (rc == 0) wh_links_end_revoked(engine, child);
        if (rc == 0) pump(engine, child);
        child = next;
    }
    if (!engine->feeds_moved) return;
    engine->feeds_moved = false;
    for (uint32_t i = 0; i < engine->children_count; i++) pump(engine, engine->children[i]);
}

void wh_links_committed(struct wh_engine *engine, int rc)
{
    if (rc == 0) answer_enrolments(engine);
    if (engine->parent) {
        tell_committed(engine, engine->parent, rc);
        if (rc == 0) pump(engine, engine->parent);
        tick_barrier(engine);
    }
    tell_children(engine, rc);
}

int64_t wh_links_deadline_ms(const struct wh_engine *engine)
{
    int64_t parent_ms = engine->parent ? wh_link_deadline_ms(&engine->parent->link) : INT64_MAX;
    return parent_ms < engine->children_due_ms ? parent_ms : engine->children_due_ms;
}
