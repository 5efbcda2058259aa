#include "engine/bundles.h"

#include "base/limits.h"
#include "engine/children.h"
#include "engine/doubts.h"
#include "engine/engine_parts.h"
#include "engine/feed.h"
#include "engine/members.h"
#include "engine/rows.h"
#include "engine/terms.h"
#include "model/key.h"
#include "model/protobuf.h"
#include "sync/wire.h"

static int find_neighbour(struct wh_engine *engine, struct wh_span unit, struct wh_neighbour **ret,
                          struct wh_error *err)
{
    *ret = NULL;
    if (unit.len == 0) {
        if (!engine->parent) return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_SYNC_NO_PARENT, NULL);
        *ret = engine->parent;
        return 0;
    }
    if (!wh_member_is_active(engine, unit)) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_MEMBER_UNKNOWN, WH_ARGS(wh_arg_s(unit)));
    }
    *ret = wh_children_meet(engine, unit);
    if (*ret) return 0;
    *err = engine->failure;
    return err->code;
}

/* ---- Writing ---- */

struct writing {
    struct wh_engine *engine;
    struct wh_neighbour *neighbour;
    const struct wh_bundle_request *request;
    struct wh_self self;
    struct wh_arena *arena;
    struct wh_bundle_part *parts;
    Wh__Bundle **bundles; /* what each will hold: it says how many there are, so all come first */
    uint32_t parts_count;
    ProtobufCBinaryData *frames; /* of the part that is being filled; FRAMES_MAX */
    uint32_t frames_count;
    size_t frames_bytes;
    uint32_t rows;
    struct wh_out out; /* what a Push needs, until it is packed */
};

#define FRAMES_MAX 16384u
#define SEGMENT_BYTES_MAX (256u << 10)
#define GREETING_BYTES 4096u /* kept free for what is not Pushes */

static uint64_t start_of(const struct writing *writing, enum wh_lane lane)
{
    const struct wh_link *link = &writing->neighbour->link;
    if (writing->request->from_start) return 0;
    if (link->state == WH_LINK_UP) return link->acked[lane];
    return link->acked[lane] > link->carried[lane] && link->told.term != 0 ? link->acked[lane]
                                                                           : link->carried[lane];
}

static int end_part(struct writing *writing, struct wh_error *err)
{
    Wh__Bundle *bundle;
    if (writing->parts_count == WH_BUNDLE_PARTS_MAX) {
        return wh_fail(err, WH_E_TOO_BIG, WH_MSG_BUNDLE_PARTS,
                       WH_ARGS(wh_arg_n(WH_BUNDLE_PARTS_MAX)));
    }
    bundle = wh_arena_new(writing->arena, 1, sizeof(*bundle));
    wh__bundle__init(bundle);
    bundle->n_frames = writing->frames_count;
    bundle->frames = wh_arena_new(writing->arena, writing->frames_count, sizeof(*bundle->frames));
    if (writing->frames_count > 0) {
        memcpy(bundle->frames, writing->frames, writing->frames_count * sizeof(*bundle->frames));
    }
    writing->bundles[writing->parts_count] = bundle;
    writing->parts[writing->parts_count].rows = writing->rows;
    writing->parts_count++;
    writing->frames_count = 0;
    writing->frames_bytes = 0;
    writing->rows = 0;
    return 0;
}

static int add_frame(struct writing *writing, struct wh_span packed, uint32_t rows,
                     struct wh_error *err)
{
    size_t room = writing->request->bytes_max - GREETING_BYTES;
    if (packed.len > room) {
        return wh_fail(err, WH_E_TOO_BIG, WH_MSG_BUNDLE_ROW,
                       WH_ARGS(wh_arg_n((int64_t)(packed.len + GREETING_BYTES))));
    }
    if (writing->frames_bytes + packed.len > room || writing->frames_count == FRAMES_MAX) {
        int rc = end_part(writing, err);
        if (rc < 0) return rc;
    }
    writing->frames[writing->frames_count++] =
        (ProtobufCBinaryData){packed.len, (uint8_t *)(uintptr_t)packed.data};
    writing->frames_bytes += packed.len + 8; /* its tag and length */
    writing->rows += rows;
    return 0;
}

static int write_lane(struct writing *writing, enum wh_lane lane, struct wh_error *err)
{
    struct wh_engine *engine = writing->engine;
    uint64_t sent = start_of(writing, lane), pushed = sent;
    struct wh_cut_request request = {
        .lane = lane,
        .head = writing->neighbour->safe_heads[lane],
        .bytes_max = SEGMENT_BYTES_MAX,
        .child = writing->request->child,
    };
    if (request.bytes_max > writing->request->bytes_max / 2) {
        request.bytes_max = (uint32_t)(writing->request->bytes_max / 2);
    }
    while (sent < request.head) {
        Wh__Frame frame = WH__FRAME__INIT;
        struct wh_cut cut;
        int rc;
        request.after = sent;
        wh_arena_clear(&writing->out.arena);
        rc = wh_feed_cut(engine, &request, &writing->out.arena, &cut, err);
        if (rc < 0) return rc;
        sent = cut.last;
        if (cut.count == 0) continue;
        frame.body_case = WH__FRAME__BODY_PUSH;
        frame.push = wh_push_make(&writing->self, &cut, pushed, &writing->out);
        pushed = cut.last;
        rc = add_frame(writing, wh_frame_pack(&frame, writing->arena), cut.count, err);
        if (rc < 0) return rc;
    }
    return 0;
}

static void pack_parts(struct writing *writing)
{
    struct wh_engine *engine = writing->engine;
    for (uint32_t i = 0; i < writing->parts_count; i++) {
        Wh__Bundle *bundle = writing->bundles[i];
        wh_bundle_greet(&writing->neighbour->link, &writing->self, bundle, &writing->out);
        bundle->from = wh_arena_text(writing->arena, engine->home);
        bundle->to = wh_arena_text(writing->arena, writing->request->child);
        bundle->written_ms = (uint64_t)engine->now.clock_ms;
        bundle->part = i + 1;
        bundle->parts = writing->parts_count;
        writing->parts[i].bytes = wh_protobuf_pack(&bundle->base, writing->arena);
    }
}

int wh_bundle_make(struct wh_engine *engine, const struct wh_bundle_request *request,
                   struct wh_arena *arena, struct wh_bundle_part **ret, uint32_t *ret_count,
                   struct wh_error *err)
{
    struct writing writing = {.engine = engine, .request = request, .arena = arena};
    int rc = find_neighbour(engine, request->child, &writing.neighbour, err);
    if (rc < 0) return rc;
    writing.self = wh_links_self(engine, writing.neighbour);
    writing.parts = wh_arena_new(arena, WH_BUNDLE_PARTS_MAX, sizeof(*writing.parts));
    writing.bundles = wh_arena_new(arena, WH_BUNDLE_PARTS_MAX, sizeof(*writing.bundles));
    writing.frames = wh_arena_new(arena, FRAMES_MAX, sizeof(*writing.frames));
    wh_out_init(&writing.out);
    for (int lane = 0; lane < WH_LANES && rc == 0; lane++) {
        rc = write_lane(&writing, (enum wh_lane)lane, err);
    }
    if (rc == 0 && (writing.frames_count > 0 || writing.parts_count == 0)) {
        rc = end_part(&writing, err);
    }
    if (rc == 0) {
        wh_term_tell(engine);
        pack_parts(&writing);
        *ret = writing.parts;
        *ret_count = writing.parts_count;
    }
    wh_out_deinit(&writing.out);
    return rc;
}

/* ---- Taking ---- */

/* Does this node hold the term of the head, and does it stand? Then what is carried is late, not
 * strange. */
static int is_known(struct wh_engine *engine, struct wh_span from, const Wh__Push *push, bool *ret,
                    struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    const struct wh_lineage *lineage = wh_lineage_of(engine, from);
    int rc = 0;
    *ret = false;
    for (size_t i = 0; i < push->n_terms && rc == 0; i++) {
        struct wh_tuple key;
        struct wh_row row;
        if (push->terms[i]->id != push->head->term) continue;
        wh_row_key_term(&key, from, push->terms[i]->first, push->terms[i]->id);
        rc =
            wh_row_get(engine, WH_TABLE_TERM, wh_tuple_span(&key), WH_PLACE_NOW, &arena, &row, err);
        if (rc == 0 && row.packed.data) *ret = true;
    }
    if (lineage && wh_lineage_gives_up(lineage, push->head->term, push->head->seq)) *ret = false;
    wh_arena_deinit(&arena);
    return rc;
}

static void tell_fate(const struct wh_out *out, uint32_t rows, struct wh_bundle_fate *fate)
{
    if (out->commit) {
        fate->pushes++;
        fate->rows += rows;
    }
    for (uint32_t i = 0; i < out->notes_count; i++) {
        switch (out->notes[i].type) {
        case WH_NOTE_PUSH_KNOWN: fate->known++; break;
        case WH_NOTE_PUSH_GAP: fate->gaps++; break;
        case WH_NOTE_PUSH_STRANGE: fate->strange++; break;
        case WH_NOTE_ABANDONED: fate->given_up++; break;
        case WH_NOTE_PUSH_BROKEN: fate->broken++; break;
        default: break;
        }
    }
}

static int take_frame(struct wh_engine *engine, struct wh_neighbour *neighbour, struct wh_span from,
                      struct wh_span packed, struct wh_bundle_fate *fate, struct wh_error *err)
{
    struct wh_event event = {.type = WH_EVENT_CARRIED, .frame_bytes = packed.len};
    int rc;
    if (wh_frame_read(packed, &engine->scratch, &event.frame) < 0 ||
        event.frame->body_case != WH__FRAME__BODY_PUSH) {
        fate->broken++;
        return 0;
    }
    rc = is_known(engine, from, event.frame->push, &event.is_known, err);
    if (rc < 0) return rc;
    wh_links_step(engine, neighbour, &event);
    tell_fate(&engine->out, engine->out.rows_count, fate);
    if (engine->failure.code == 0) return 0;
    *err = engine->failure;
    return err->code;
}

static void keep_carried(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_tuple key, value;
    wh_key_peer(&key, WH_PEER_CARRIED, wh_neighbour_name(neighbour), WH_SPAN_EMPTY);
    wh_tuple_clear(&value);
    for (int lane = 0; lane < WH_LANES; lane++) {
        wh_tuple_put_u64(&value, neighbour->link.carried[lane]);
    }
    wh_batch_put(&engine->batch, WH_FAMILY_PEERS, wh_tuple_span(&key), wh_tuple_span(&value));
}

int wh_bundle_take(struct wh_engine *engine, struct wh_span from, const Wh__Bundle *bundle,
                   size_t *next, struct wh_bundle_fate *fate, struct wh_error *err)
{
    struct wh_event greeting = {.type = WH_EVENT_CARRIED_GREETING, .bundle = bundle};
    struct wh_neighbour *neighbour;
    int rc = find_neighbour(engine, from, &neighbour, err);
    while (rc == 0 && *next < bundle->n_frames) {
        struct wh_span packed = wh_span(bundle->frames[*next].data, bundle->frames[*next].len);
        /* As of arrivals: what follows is weighed by the histories as this leaves them. */
        if (engine->stale & WH_STALE_LINEAGES) return 0;
        rc = take_frame(engine, neighbour, wh_span_of(bundle->from), packed, fate, err);
        (*next)++;
    }
    if (rc < 0) return rc;
    wh_links_step(engine, neighbour, &greeting);
    keep_carried(engine, neighbour);
    return 0;
}
