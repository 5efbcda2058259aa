/* What a parent answers to a child that verifies (verify.h). */
#include "base/limits.h"
#include "engine/engine_parts.h"
#include "engine/shared_rows.h"
#include "engine/verify.h"
#include "model/key.h"
#include "sync/digest.h"
#include "sync/wire.h"

struct answer {
    struct wh_engine *engine;
    struct wh_shared shared;
    Wh__Digest *digest;
    uint64_t count;
    uint64_t range_rows; /* of each range */
    struct wh_fingerprint now;
};

static int count_row(void *context, struct wh_span key, const struct wh_row *row)
{
    struct answer *answer = context;
    (void)key;
    if (row->packed.data) answer->count++;
    return 0;
}

static ProtobufCBinaryData copy_bytes(struct wh_engine *engine, struct wh_span bytes)
{
    struct wh_span copy = wh_arena_copy(&engine->scratch, bytes);
    return (ProtobufCBinaryData){copy.len, (uint8_t *)(uintptr_t)copy.data};
}

static int tell_version(void *context, struct wh_span key, const struct wh_row *row)
{
    struct answer *answer = context;
    Wh__Version *version;
    if (!row->packed.data) return 0;
    version = wh_arena_new(&answer->engine->scratch, 1, sizeof(*version));
    wh__version__init(version);
    version->key = copy_bytes(answer->engine, key);
    version->counter = row->counter;
    version->term = row->term;
    answer->digest->versions[answer->digest->n_versions++] = version;
    return 0;
}

static void end_range(struct answer *answer, struct wh_span to)
{
    Wh__Range *range = wh_arena_new(&answer->engine->scratch, 1, sizeof(*range));
    wh__range__init(range);
    range->to = copy_bytes(answer->engine, to);
    range->count = answer->now.count;
    range->sum_high = answer->now.high;
    range->sum_low = answer->now.low;
    answer->digest->ranges[answer->digest->n_ranges++] = range;
    answer->now = (struct wh_fingerprint){0, 0, 0};
}

static int tell_range(void *context, struct wh_span key, const struct wh_row *row)
{
    struct answer *answer = context;
    if (!row->packed.data) return 0;
    if (answer->now.count == answer->range_rows) end_range(answer, key);
    wh_fingerprint_add(&answer->now, key, row->counter, row->term);
    return 0;
}

static int make_digest(struct answer *answer, const Wh__Ask *ask, struct wh_error *err)
{
    struct wh_engine *engine = answer->engine;
    struct wh_span from = wh_span(ask->from.data, ask->from.len);
    struct wh_span to = wh_span(ask->to.data, ask->to.len);
    Wh__Digest *digest = answer->digest;
    int rc = wh_shared_scan(engine, &answer->shared, from, to, count_row, answer, err);
    if (rc < 0) return rc;
    if (answer->count <= WH_RANGE_VERSIONS_MAX) {
        digest->versions =
            wh_arena_new(&engine->scratch, WH_RANGE_VERSIONS_MAX, sizeof(*digest->versions));
        return wh_shared_scan(engine, &answer->shared, from, to, tell_version, answer, err);
    }
    answer->range_rows = (answer->count + WH_RANGES_MAX - 1) / WH_RANGES_MAX;
    digest->ranges = wh_arena_new(&engine->scratch, WH_RANGES_MAX + 1, sizeof(*digest->ranges));
    rc = wh_shared_scan(engine, &answer->shared, from, to, tell_range, answer, err);
    if (rc == 0) end_range(answer, to);
    return rc;
}

static void send(struct wh_engine *engine, const struct wh_neighbour *child, const Wh__Frame *frame)
{
    (void)engine->net.ops->send(engine->net.self, child->route,
                                wh_frame_pack(frame, &engine->scratch));
}

static void answer_digest(struct wh_engine *engine, const struct wh_neighbour *child,
                          const Wh__Ask *ask, struct wh_shared shared)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Digest digest = WH__DIGEST__INIT;
    struct answer answer = {.engine = engine, .shared = shared, .digest = &digest};
    struct wh_error err;
    if (make_digest(&answer, ask, &err) < 0) return; /* the child asks in vain, and says so */
    digest.id = ask->id;
    frame.body_case = WH__FRAME__BODY_DIGEST;
    frame.digest = &digest;
    send(engine, child, &frame);
}

static void answer_rows(struct wh_engine *engine, const struct wh_neighbour *child,
                        const Wh__Ask *ask, struct wh_shared shared)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Given given = WH__GIVEN__INIT;
    struct wh_span rows[WH_RANGE_VERSIONS_MAX], packed;
    uint32_t count = 0;
    for (size_t i = 0; i < ask->n_keys && count < WH_RANGE_VERSIONS_MAX; i++) {
        struct wh_span key = wh_span(ask->keys[i].data, ask->keys[i].len), bytes;
        struct wh_row row;
        struct wh_error err;
        uint64_t seq;
        if (key.len > WH_KEY_BYTES_MAX ||
            wh_engine_get(engine, WH_FAMILY_ROWS, key, &engine->scratch, &bytes, &err) < 0 ||
            !bytes.data || wh_row_stored_read(bytes, &engine->scratch, &seq, &row) < 0 ||
            !wh_shared_holds(engine, &shared, &row)) {
            continue;
        }
        rows[count++] = row.packed;
    }
    packed = wh_rows_compress(rows, count, &engine->scratch, &given.rows_size);
    given.id = ask->id;
    given.rows = (ProtobufCBinaryData){packed.len, (uint8_t *)(uintptr_t)packed.data};
    frame.body_case = WH__FRAME__BODY_GIVEN;
    frame.given = &given;
    send(engine, child, &frame);
}

void wh_verify_answer(struct wh_engine *engine, const struct wh_neighbour *child,
                      const Wh__Ask *ask)
{
    struct wh_shared shared = {(uint8_t)ask->feed, wh_neighbour_name(child)};
    if (ask->feed >= WH_FEEDS) return;
    if (ask->n_keys > 0) {
        answer_rows(engine, child, ask, shared);
    } else {
        answer_digest(engine, child, ask, shared);
    }
}
