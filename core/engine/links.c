/* The neighbours of a node: what their links ask is carried out. Which rows a neighbour may bring
 * is decided here with sync/authority.h; a refused row is kept with its reason on both sides and
 * blocks nothing. */
#include "engine/links.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/memory.h"
#include "engine/engine_parts.h"
#include "engine/members.h"
#include "engine/rows.h"
#include "model/key.h"
#include "model/protobuf.h"
#include "sync/wire.h"

#define CUTS_PER_STEP_MAX 16

static void carry_out(struct wh_engine *engine, struct wh_neighbour *neighbour);

/* ---- What the store holds of a neighbour ---- */

static struct wh_span peer_name(const struct wh_neighbour *neighbour)
{
    return wh_span_of(neighbour->unit);
}

static void pack_position(struct wh_tuple *tuple, struct wh_position position)
{
    wh_tuple_put_u64(tuple, position.term);
    wh_tuple_put_u64(tuple, position.seq);
}

static int read_position(struct wh_span *bytes, struct wh_position *ret)
{
    int rc = wh_key_take_u64(bytes, &ret->term);
    return rc < 0 ? rc : wh_key_take_u64(bytes, &ret->seq);
}

static void put_holding(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_tuple key, value;
    wh_key_peer(&key, WH_PEER_HOLDING, peer_name(neighbour), WH_SPAN_EMPTY);
    wh_tuple_clear(&value);
    for (int lane = 0; lane < WH_LANES; lane++) {
        pack_position(&value, neighbour->committing.cursors[lane]);
    }
    pack_position(&value, neighbour->committing.seen);
    wh_batch_put(&engine->batch, WH_FAMILY_PEERS, wh_tuple_span(&key), wh_tuple_span(&value));
}

static int get_holding(struct wh_engine *engine, struct wh_span unit, struct wh_holding *ret,
                       struct wh_error *err)
{
    struct wh_holding holding = {.seen = {0, 0}};
    struct wh_tuple key;
    struct wh_span bytes;
    int rc;
    wh_key_peer(&key, WH_PEER_HOLDING, unit, WH_SPAN_EMPTY);
    rc = wh_engine_get(engine, WH_FAMILY_PEERS, wh_tuple_span(&key), &engine->scratch, &bytes, err);
    if (rc < 0) return rc;
    for (int lane = 0; bytes.data && lane < WH_LANES && rc == 0; lane++) {
        rc = read_position(&bytes, &holding.cursors[lane]);
    }
    if (bytes.data && rc == 0) rc = read_position(&bytes, &holding.seen);
    if (rc < 0) return wh_fail(err, rc, WH_MSG_STORE_HOLDING_BROKEN, WH_ARGS(wh_arg_s(unit)));
    *ret = holding;
    return 0;
}

static int count_reject(void *context, struct wh_span key, struct wh_span value)
{
    uint64_t *count = context;
    (void)key;
    (void)value;
    *count += 1;
    return 0;
}

static int count_rejects(struct wh_engine *engine, struct wh_neighbour *neighbour,
                         struct wh_error *err)
{
    static const uint8_t facts[] = {WH_PEER_REJECT_IN, WH_PEER_REJECT_OUT};
    neighbour->rejected = 0;
    for (size_t i = 0; i < sizeof(facts); i++) {
        struct wh_tuple prefix;
        int rc;
        wh_key_peer(&prefix, facts[i], peer_name(neighbour), WH_SPAN_EMPTY);
        rc = wh_engine_scan(engine, WH_FAMILY_PEERS, wh_tuple_span(&prefix), count_reject,
                            &neighbour->rejected, err);
        if (rc < 0) return rc;
    }
    return 0;
}

static int new_neighbour(struct wh_engine *engine, enum wh_link_role role, struct wh_span unit,
                         struct wh_neighbour **ret, struct wh_error *err)
{
    struct wh_neighbour *neighbour;
    struct wh_holding holding;
    int rc = get_holding(engine, unit, &holding, err);
    if (rc < 0) return rc;
    neighbour = wh_memory_new(1, sizeof(*neighbour));
    (void)snprintf(neighbour->unit, sizeof(neighbour->unit), "%.*s", (int)unit.len,
                   unit.data ? unit.data : "");
    wh_link_init(&neighbour->link, role, holding, engine->now.mono_ms);
    wh_out_init(&neighbour->out);
    rc = count_rejects(engine, neighbour, err);
    if (rc < 0) {
        wh_memory_free(neighbour);
        return rc;
    }
    *ret = neighbour;
    return 0;
}

static void free_neighbour(struct wh_neighbour *neighbour)
{
    if (!neighbour) return;
    wh_out_deinit(&neighbour->out);
    wh_memory_free(neighbour);
}

int wh_links_load_parent(struct wh_engine *engine, struct wh_error *err)
{
    return new_neighbour(engine, WH_LINK_TO_PARENT, WH_SPAN_EMPTY, &engine->parent, err);
}

int wh_engine_set_parent(struct wh_engine *engine, enum wh_parent parent, struct wh_error *err)
{
    free_neighbour(engine->parent);
    engine->parent = NULL;
    engine->net.ops->disconnect(engine->net.self);
    engine->joining = parent == WH_PARENT_JOINING;
    engine->join_denied = false;
    engine->identity = WH_IDENTITY_NODE;
    engine->barrier_sent = false;
    return parent == WH_PARENT_NONE ? 0 : wh_links_load_parent(engine, err);
}

void wh_links_deinit(struct wh_engine *engine)
{
    free_neighbour(engine->parent);
    for (uint32_t i = 0; i < engine->children_count; i++) free_neighbour(engine->children[i]);
    wh_memory_free(engine->children);
}

/* ---- Steps ---- */

static struct wh_self self_towards(const struct wh_engine *engine,
                                   const struct wh_neighbour *neighbour)
{
    enum wh_feed feed = neighbour->link.role == WH_LINK_TO_PARENT ? WH_FEED_UP : WH_FEED_DOWN;
    struct wh_self self = {
        .unit = engine->home,
        .peer = wh_span_of(neighbour->unit),
        .history = {engine->marks, engine->marks_count},
        .head = engine->safe_head,
        .program = engine->program,
    };
    for (int lane = 0; lane < WH_LANES; lane++) {
        self.lane_heads[lane] = engine->safe_feed_heads[feed][lane];
    }
    return self;
}

void wh_links_step(struct wh_engine *engine, struct wh_neighbour *neighbour, struct wh_event *event)
{
    struct wh_self self = self_towards(engine, neighbour);
    event->now_ms = engine->now.mono_ms;
    event->clock_ms = engine->now.clock_ms;
    event->chance = wh_engine_chance(engine);
    event->self = &self;
    wh_link_step(&neighbour->link, event, &neighbour->out);
    carry_out(engine, neighbour);
}

static void fail_turn(struct wh_engine *engine, const struct wh_error *err)
{
    if (engine->failure.code == 0) engine->failure = *err;
}

static void put_reject(struct wh_engine *engine, struct wh_neighbour *neighbour, uint8_t fact,
                       const Wh__Reject *reject)
{
    struct wh_tuple row, key;
    if (reject->key.len > WH_ROW_KEY_BYTES_MAX) return;
    wh_key_row(&row, reject->table, wh_span(reject->key.data, reject->key.len));
    wh_key_peer(&key, fact, peer_name(neighbour), wh_tuple_span(&row));
    if (!wh_batch_find(&engine->batch, WH_FAMILY_PEERS, wh_tuple_span(&key))) {
        neighbour->rejected++;
    }
    wh_batch_put(&engine->batch, WH_FAMILY_PEERS, wh_tuple_span(&key),
                 wh_protobuf_pack(&reject->base, &engine->scratch));
}

static void add_reject(struct wh_engine *engine, struct wh_neighbour *neighbour,
                       const struct wh_row *row, enum wh_reject reason, uint32_t index)
{
    Wh__Reject *reject = &neighbour->rejects[neighbour->rejects_count++];
    struct wh_span key = row->key;
    char *broken = wh_arena_new(&engine->scratch, 32, 1);
    wh__reject__init(reject);
    if (reason == WH_REJECT_BROKEN) {
        (void)snprintf(broken, 32, "broken %u", index);
        key = wh_span_of(broken);
    }
    reject->table = row->table;
    reject->key = (ProtobufCBinaryData){key.len, (uint8_t *)(uintptr_t)key.data};
    reject->counter = row->counter;
    reject->reason = reason;
    put_reject(engine, neighbour, WH_PEER_REJECT_IN, reject);
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
        add_reject(engine, neighbour, &row, WH_REJECT_BROKEN, index);
        return 0;
    }
    reject = neighbour->link.role == WH_LINK_TO_PARENT
                 ? wh_authority_of_parent(&row, engine->home)
                 : wh_authority_of_child(&row, peer_name(neighbour));
    if (reject == WH_REJECT_NONE && !unit_row_is_sound(engine, &row)) reject = WH_REJECT_UNIT;
    if (reject == WH_REJECT_NONE) {
        rc = wh_row_take(engine, &row, &reject, err);
        if (rc < 0) return rc;
    }
    if (reject != WH_REJECT_NONE) add_reject(engine, neighbour, &row, reject, index);
    return 0;
}

/* Rows and cursor go into the one batch of the turn. */
static void take_rows(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_out *out = &neighbour->out;
    struct wh_error err = {.code = 0};
    uint32_t capacity = neighbour->rejects_count + out->rows_count;
    Wh__Reject *rejects = wh_arena_new(&engine->scratch, capacity, sizeof(*rejects));
    if (neighbour->rejects_count > 0) {
        memcpy(rejects, neighbour->rejects, neighbour->rejects_count * sizeof(*rejects));
    }
    neighbour->rejects = rejects;
    for (uint32_t i = 0; i < out->rows_count; i++) {
        /* scratch copy: `out` is cleared before the batch is committed */
        struct wh_span packed = wh_arena_copy(&engine->scratch, out->rows[i]);
        if (take_row(engine, neighbour, packed, i, &err) < 0) {
            fail_turn(engine, &err);
            return;
        }
    }
    neighbour->committing = out->holding;
    neighbour->awaits_commit = true;
    put_holding(engine, neighbour);
}

static void keep_rejected(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    const Wh__Ack *ack = neighbour->out.rejected;
    for (size_t i = 0; i < ack->n_rejects; i++) {
        put_reject(engine, neighbour, WH_PEER_REJECT_OUT, ack->rejects[i]);
    }
}

static void send_frames(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_out *out = &neighbour->out;
    for (uint32_t i = 0; i < out->frames_count; i++) {
        struct wh_span bytes = wh_frame_pack(&out->frames[i], &engine->scratch);
        (void)engine->net.ops->send(engine->net.self, neighbour->route, bytes);
    }
}

static void tell_notes(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_span peer = neighbour->unit[0] ? peer_name(neighbour) : WH_S("parent");
    if (!engine->hooks.noted) return;
    for (uint32_t i = 0; i < neighbour->out.notes_count; i++) {
        engine->hooks.noted(engine->hooks.context, peer, &neighbour->out.notes[i]);
    }
}

static void cut(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_out *out = &neighbour->out;
    bool up = neighbour->link.role == WH_LINK_TO_PARENT;
    struct wh_event event = {.type = WH_EVENT_CUT};
    struct wh_error err;
    struct wh_cut_request request = {
        .feed = up ? WH_FEED_UP : WH_FEED_DOWN,
        .lane = out->want_lane,
        .after = out->want_after,
        .head = engine->safe_feed_heads[up ? WH_FEED_UP : WH_FEED_DOWN][out->want_lane],
        .bytes_max = out->want_bytes,
        .child = up ? WH_SPAN_EMPTY : peer_name(neighbour),
    };
    struct wh_self self = self_towards(engine, neighbour);
    neighbour->wants = false;
    if (wh_feed_cut(engine, &request, &engine->scratch, &event.cut, &err) < 0) {
        fail_turn(engine, &err);
        event.cut = (struct wh_cut){.lane = request.lane, .after = UINT64_MAX};
    }
    event.now_ms = engine->now.mono_ms;
    event.clock_ms = engine->now.clock_ms;
    event.self = &self;
    wh_link_step(&neighbour->link, &event, out);
}

static void carry_out_once(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_out *out = &neighbour->out;
    tell_notes(engine, neighbour);
    send_frames(engine, neighbour);
    if (out->commit) take_rows(engine, neighbour);
    if (out->rejected) keep_rejected(engine, neighbour);
    if (out->disconnect) engine->net.ops->disconnect(engine->net.self);
    if (out->connect) engine->net.ops->connect(engine->net.self, engine->identity);
    if (out->settled != 0) engine->barrier_settled = out->settled;
}

static void carry_out(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    carry_out_once(engine, neighbour);
    for (int i = 0; i < CUTS_PER_STEP_MAX && neighbour->out.want; i++) {
        cut(engine, neighbour);
        carry_out_once(engine, neighbour);
    }
    neighbour->wants = neighbour->out.want;
    if (neighbour->wants) engine->more_work = true;
}

/* ---- Children ---- */

static struct wh_neighbour *find_child(struct wh_engine *engine, struct wh_span unit)
{
    for (uint32_t i = 0; i < engine->children_count; i++) {
        if (wh_span_equal(peer_name(engine->children[i]), unit)) return engine->children[i];
    }
    return NULL;
}

struct wh_neighbour *wh_links_child(struct wh_engine *engine, struct wh_span unit)
{
    struct wh_neighbour *child = find_child(engine, unit);
    struct wh_error err;
    if (child) return child;
    if (new_neighbour(engine, WH_LINK_TO_CHILD, unit, &child, &err) < 0) {
        fail_turn(engine, &err);
        return NULL;
    }
    engine->children = wh_memory_resize(engine->children, engine->children_count + 1,
                                        sizeof(struct wh_neighbour *));
    engine->children[engine->children_count++] = child;
    return child;
}

/* ---- Time, and what follows a commit ---- */

static void tick(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_event event = {.type = WH_EVENT_TICK};
    if (neighbour->wants) {
        cut(engine, neighbour);
        carry_out(engine, neighbour);
    }
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

void wh_links_tick(struct wh_engine *engine)
{
    if (engine->parent) {
        tick(engine, engine->parent);
        tick_barrier(engine);
    }
    for (uint32_t i = 0; i < engine->children_count; i++) {
        struct wh_neighbour *child = engine->children[i];
        if (engine->now.mono_ms >= wh_link_deadline_ms(&child->link) || child->wants) {
            tick(engine, child);
        }
    }
}

static void tell_committed(struct wh_engine *engine, struct wh_neighbour *neighbour, int rc)
{
    struct wh_event event = {
        .type = rc < 0 ? WH_EVENT_COMMIT_FAILED : WH_EVENT_COMMITTED,
        .committed = neighbour->committing,
        .rejects = neighbour->rejects,
        .rejects_count = neighbour->rejects_count,
    };
    bool awaited = neighbour->awaits_commit;
    neighbour->awaits_commit = false;
    neighbour->rejects = NULL;
    neighbour->rejects_count = 0;
    if (awaited) wh_links_step(engine, neighbour, &event);
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
    struct wh_self self = self_towards(engine, neighbour);
    if (neighbour->link.state != WH_LINK_UP) return;
    if (wh_link_has_sent(&neighbour->link, self.lane_heads)) return;
    wh_links_step(engine, neighbour, &event);
}

void wh_links_committed(struct wh_engine *engine, int rc)
{
    if (rc == 0) answer_enrolments(engine);
    if (engine->parent) {
        tell_committed(engine, engine->parent, rc);
        if (rc == 0) pump(engine, engine->parent);
        tick_barrier(engine);
    }
    for (uint32_t i = 0; i < engine->children_count; i++) {
        tell_committed(engine, engine->children[i], rc);
        if (rc == 0) pump(engine, engine->children[i]);
    }
}

int64_t wh_links_deadline_ms(const struct wh_engine *engine)
{
    int64_t deadline = engine->parent ? wh_link_deadline_ms(&engine->parent->link) : INT64_MAX;
    for (uint32_t i = 0; i < engine->children_count; i++) {
        int64_t next = wh_link_deadline_ms(&engine->children[i]->link);
        if (next < deadline) deadline = next;
    }
    return deadline;
}
