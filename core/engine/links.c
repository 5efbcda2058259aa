/* The neighbours of a node: what their links ask is carried out. Which rows a neighbour may bring
 * is decided here with sync/authority.h; a refused row is kept with its reason on both sides and
 * blocks nothing. */
#include "engine/links.h"

#include "base/assert.h"
#include "base/memory.h"
#include "engine/engine_parts.h"
#include "engine/feed.h"
#include "engine/members.h"
#include "engine/rejects.h"
#include "engine/restored.h"
#include "engine/rows.h"
#include "engine/terms.h"
#include "model/key.h"
#include "model/protobuf.h"
#include "model/unit.h"
#include "sync/wire.h"

#define CUTS_PER_STEP_MAX 16

static void carry_out(struct wh_engine *engine, struct wh_neighbour *neighbour);

static const struct wh_span parent_key_key = {"parent_key", 10};

static int forget_fact(void *context, struct wh_span key, struct wh_span value)
{
    struct wh_engine *engine = context;
    (void)value;
    wh_batch_delete(&engine->batch, WH_FAMILY_PEERS, wh_arena_copy(&engine->scratch, key));
    return 0;
}

/* A cursor is one of one store's feed: what was held of the former parent's says nothing of the new
 * one's (L7 of the lessons). */
static int forget_former_parent(struct wh_engine *engine, struct wh_error *err)
{
    static const uint8_t facts[] = {WH_PEER_HOLDING, WH_PEER_REJECT_IN, WH_PEER_REJECT_OUT,
                                    WH_PEER_CARRIED};
    static const uint8_t unknown[WH_NODE_KEY_BYTES];
    struct wh_span now = wh_span(engine->parent_key, WH_NODE_KEY_BYTES), former;
    int rc = wh_engine_get(engine, WH_FAMILY_META, parent_key_key, &engine->scratch, &former, err);
    if (rc < 0 || wh_span_equal(now, wh_span(unknown, sizeof(unknown)))) return rc;
    if (former.data && wh_span_equal(former, now)) return 0;
    wh_batch_put(&engine->batch, WH_FAMILY_META, parent_key_key, now);
    for (size_t i = 0; former.data && rc == 0 && i < sizeof(facts); i++) {
        struct wh_tuple prefix;
        wh_key_peer(&prefix, facts[i], WH_SPAN_EMPTY, WH_SPAN_EMPTY);
        rc = wh_engine_scan(engine, WH_FAMILY_PEERS, wh_tuple_span(&prefix), forget_fact, engine,
                            err);
    }
    return rc;
}

static int put_parent(struct wh_engine *engine, struct wh_error *err)
{
    int rc = forget_former_parent(engine, err);
    /* On disk before anything else is: a turn that fails would take it back for good. */
    if (rc == 0) rc = wh_engine_commit(engine, err);
    if (rc < 0) {
        wh_engine_undo(engine);
        return rc;
    }
    return 0;
}

int wh_links_load_parent(struct wh_engine *engine, struct wh_error *err)
{
    int rc = put_parent(engine, err);
    if (rc < 0) return rc;
    return wh_neighbour_new(engine, WH_LINK_TO_PARENT, WH_SPAN_EMPTY, &engine->parent, err);
}

int wh_engine_set_parent(struct wh_engine *engine, enum wh_parent parent,
                         const uint8_t key[WH_NODE_KEY_BYTES], struct wh_error *err)
{
    uint8_t former_key[WH_NODE_KEY_BYTES];
    int rc = 0;
    memcpy(former_key, engine->parent_key, sizeof(former_key));
    memset(engine->parent_key, 0, sizeof(engine->parent_key));
    if (key) memcpy(engine->parent_key, key, sizeof(engine->parent_key));
    if (parent != WH_PARENT_NONE) rc = put_parent(engine, err);
    if (rc < 0) {
        memcpy(engine->parent_key, former_key, sizeof(former_key));
        return rc;
    }
    wh_neighbour_free(engine->parent);
    engine->parent = NULL;
    engine->doubts_generation++; /* what it told is not known any more */
    engine->net.ops->disconnect(engine->net.self);
    engine->joining = parent == WH_PARENT_JOINING;
    engine->join_denied = false;
    engine->identity = WH_IDENTITY_NODE;
    engine->barrier_sent = false;
    if (parent == WH_PARENT_NONE) return 0;
    return wh_neighbour_new(engine, WH_LINK_TO_PARENT, WH_SPAN_EMPTY, &engine->parent, err);
}

void wh_links_deinit(struct wh_engine *engine)
{
    wh_neighbour_free(engine->parent);
    for (uint32_t i = 0; i < engine->children_count; i++) wh_neighbour_free(engine->children[i]);
    wh_memory_free(engine->children);
    wh_out_deinit(&engine->out);
}

/* ---- Steps ---- */

#define ABANDONED_TOLD_MAX 1000u

/* What the neighbour's history has given up. Ids of terms are unique, so those of all ancestors may
 * be told to the parent, whose own unit is not known before it answers. */
static uint32_t abandoned_by(struct wh_engine *engine, const struct wh_neighbour *neighbour,
                             const struct wh_abandoned **ret)
{
    bool up = neighbour->link.role == WH_LINK_TO_PARENT;
    struct wh_abandoned *all, *some;
    uint32_t count = 0;
    *ret = NULL;
    if (engine->lineages_count == 0) return 0;
    all = wh_arena_new(&engine->scratch, ABANDONED_TOLD_MAX, sizeof(*all));
    for (uint32_t i = 0; i < engine->lineages_count; i++) {
        const struct wh_origin_lineage *item = &engine->lineages[i];
        uint32_t found;
        if (up ? wh_code_in_range(item->origin, engine->home)
               : !wh_span_equal(item->origin, wh_neighbour_name(neighbour))) {
            continue;
        }
        found = wh_lineage_abandoned(&item->lineage, ABANDONED_TOLD_MAX - count, &engine->scratch,
                                     &some);
        if (found > 0) memcpy(all + count, some, found * sizeof(*all));
        count += found;
    }
    *ret = all;
    return count;
}

struct wh_self wh_links_self(struct wh_engine *engine, const struct wh_neighbour *neighbour)
{
    struct wh_self self = {
        .unit = engine->home,
        .peer = wh_span_of(neighbour->unit),
        .history = {engine->marks, engine->safe_marks_count},
        .head = engine->safe_head,
        .program = engine->program,
    };
    for (int lane = 0; lane < WH_LANES; lane++) {
        self.lane_heads[lane] = neighbour->safe_heads[lane];
    }
    self.abandoned_count = abandoned_by(engine, neighbour, &self.abandoned);
    return self;
}

void wh_links_mark(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    int64_t due_ms = wh_link_deadline_ms(&neighbour->link);
    if (neighbour->rejected > 0) engine->retries_due = true; /* its Acks may end some */
    if (neighbour == engine->parent) return;
    if (neighbour->wants) due_ms = engine->now.mono_ms;
    if (due_ms < engine->children_due_ms) engine->children_due_ms = due_ms;
    if (neighbour->is_stepped) return;
    neighbour->is_stepped = true;
    neighbour->next_stepped = engine->stepped;
    engine->stepped = neighbour;
}

void wh_links_step(struct wh_engine *engine, struct wh_neighbour *neighbour, struct wh_event *event)
{
    struct wh_self self = wh_links_self(engine, neighbour);
    event->now_ms = engine->now.mono_ms;
    event->clock_ms = engine->now.clock_ms;
    event->chance = wh_engine_chance(engine);
    event->self = &self;
    wh_link_step(&neighbour->link, event, &engine->out);
    carry_out(engine, neighbour);
    wh_links_mark(engine, neighbour);
}

/* A unit that a node describes stands below it: only of its home unit may it leave the parent to
 * those above. */
static bool unit_row_is_sound(struct wh_engine *engine, const struct wh_row *row)
{
    const Wh__UnitValue *value;
    struct wh_span parent;
    if (row->table != WH_TABLE_UNIT || row->value.len == 0) return true;
    if (wh_span_equal(row->unit, row->origin)) return true;
    value = (const Wh__UnitValue *)wh_protobuf_unpack(&wh__unit_value__descriptor, row->value,
                                                      &engine->scratch);
    if (!value) return false;
    parent = wh_span_of(value->parent);
    return parent.len < row->unit.len && wh_span_starts(row->unit, parent) &&
           wh_code_in_range(parent, row->origin);
}

static int take_row(struct wh_engine *engine, struct wh_neighbour *neighbour, struct wh_span packed,
                    uint32_t index, struct wh_error *err)
{
    struct wh_row row = {.table = 0};
    enum wh_reject reject;
    int rc;
    if (wh_row_read(packed, &engine->scratch, &row) < 0) {
        wh_reject_add(engine, neighbour, &row, WH_REJECT_BROKEN, index);
        return 0;
    }
    reject = neighbour->link.role == WH_LINK_TO_PARENT
                 ? wh_authority_of_parent(&row, engine->home)
                 : wh_authority_of_child(&row, wh_neighbour_name(neighbour));
    if (reject == WH_REJECT_NONE && !unit_row_is_sound(engine, &row)) reject = WH_REJECT_UNIT;
    if (reject == WH_REJECT_NONE) {
        rc = wh_row_take(engine, &row, &reject, err);
        if (rc < 0) return rc;
    }
    if (reject == WH_REJECT_NONE) return wh_reject_taken(engine, neighbour, &row, err);
    wh_reject_add(engine, neighbour, &row, reject, index);
    return 0;
}

/* Rows and cursor go into the one batch of the turn; of `out`, which the next step clears, nothing
 * is kept: the batch copies, and reading a row copies its parts. */
static void take_rows(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_out *out = &engine->out;
    struct wh_error err = {.code = 0};
    uint32_t capacity = neighbour->rejects_count + out->rows_count;
    Wh__Reject *rejects = wh_arena_new(&engine->scratch, capacity, sizeof(*rejects));
    if (neighbour->rejects_count > 0) {
        memcpy(rejects, neighbour->rejects, neighbour->rejects_count * sizeof(*rejects));
    }
    neighbour->rejects = rejects;
    neighbour->committing = out->holding;
    neighbour->awaits_commit = true; /* also where a read fails: the link must hear of it */
    for (uint32_t i = 0; i < out->rows_count; i++) {
        if (take_row(engine, neighbour, out->rows[i], i, &err) < 0) {
            wh_engine_abandon_turn(engine, &err);
            return;
        }
    }
    wh_neighbour_put_holding(engine, neighbour);
}

static void keep_rejected(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    const Wh__Ack *ack = engine->out.rejected;
    struct wh_tuple key;
    wh_key_peer(&key, WH_PEER_PROGRAM, wh_neighbour_name(neighbour), WH_SPAN_EMPTY);
    wh_batch_put(&engine->batch, WH_FAMILY_PEERS, wh_tuple_span(&key),
                 wh_span_of(neighbour->link.program));
    for (size_t i = 0; i < ack->n_rejects; i++) {
        if (ack->again) {
            wh_reject_hear_again(engine, neighbour, ack->rejects[i]);
        } else {
            wh_reject_put(engine, neighbour, WH_PEER_REJECT_OUT, ack->rejects[i]);
        }
    }
}

static bool is_greeting(const Wh__Frame *frame)
{
    return frame->body_case == WH__FRAME__BODY_HELLO || frame->body_case == WH__FRAME__BODY_WELCOME;
}

static void send_frames(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_out *out = &engine->out;
    for (uint32_t i = 0; i < out->frames_count; i++) {
        if (is_greeting(&out->frames[i])) wh_term_tell(engine);
        struct wh_span bytes = wh_frame_pack(&out->frames[i], &engine->scratch);
        (void)engine->net.ops->send(engine->net.self, neighbour->route, bytes);
    }
}

static void tell_notes(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_span peer = neighbour->unit[0] ? wh_neighbour_name(neighbour) : WH_S("parent");
    if (!engine->hooks.noted) return;
    for (uint32_t i = 0; i < engine->out.notes_count; i++) {
        engine->hooks.noted(engine->hooks.context, peer, &engine->out.notes[i]);
    }
}

static void cut(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_out *out = &engine->out;
    struct wh_event event = {.type = WH_EVENT_CUT};
    struct wh_error err;
    struct wh_wanted wanted = neighbour->wanted;
    struct wh_cut_request request = {
        .lane = wanted.lane,
        .after = wanted.after,
        .head = neighbour->safe_heads[wanted.lane],
        .bytes_max = wanted.bytes_max,
        .child = wh_neighbour_name(neighbour),
    };
    struct wh_self self = wh_links_self(engine, neighbour);
    neighbour->wants = false;
    if (wh_feed_cut(engine, &request, &engine->scratch, &event.cut, &err) < 0) {
        wh_engine_abandon_turn(engine, &err);
        event.cut = (struct wh_cut){.lane = request.lane, .after = WH_CUT_FAILED};
    }
    event.now_ms = engine->now.mono_ms;
    event.clock_ms = engine->now.clock_ms;
    event.self = &self;
    wh_link_step(&neighbour->link, &event, out);
}

static void open_branch(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_error err;
    neighbour->awaits_branch = true;
    engine->more_work = true;
    if (wh_term_give_up(engine, engine->out.branch.term, &err) < 0)
        wh_engine_abandon_turn(engine, &err);
}

static void carry_out_once(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_out *out = &engine->out;
    for (uint32_t i = 0; i < out->notes_count; i++) {
        wh_restored_on_note(engine, neighbour, out->notes[i].type);
        if (out->notes[i].type == WH_NOTE_UP || out->notes[i].type == WH_NOTE_BRANCH) {
            wh_doubts_forget(engine, neighbour);
            neighbour->doubts_changed = true; /* a decision may have come while it was away */
            engine->retries_due = true;
        }
        if (out->notes[i].type != WH_NOTE_UP) continue;
        neighbour->has_greeted = true;
        engine->retries_due = true;
    }
    tell_notes(engine, neighbour);
    send_frames(engine, neighbour);
    if (out->branch.term != 0) open_branch(engine, neighbour);
    if (out->commit) take_rows(engine, neighbour);
    if (out->rejected) keep_rejected(engine, neighbour);
    if (out->disconnect) engine->net.ops->disconnect(engine->net.self);
    if (out->connect) engine->net.ops->connect(engine->net.self, engine->identity);
    if (out->settled != 0) engine->barrier_settled = out->settled;
    if (!out->want) return;
    neighbour->wants = true;
    neighbour->wanted = (struct wh_wanted){out->want_lane, out->want_after, out->want_bytes};
}

static void carry_out(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    carry_out_once(engine, neighbour);
    for (int i = 0; i < CUTS_PER_STEP_MAX && neighbour->wants; i++) {
        cut(engine, neighbour);
        carry_out_once(engine, neighbour);
    }
    if (neighbour->wants) engine->more_work = true;
}

void wh_links_cut(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    cut(engine, neighbour);
    carry_out(engine, neighbour);
}
