#include "engine/neighbour.h"

#include <stdio.h>

#include "base/memory.h"
#include "engine/engine_parts.h"
#include "engine/feed.h"
#include "engine/rejects.h"
#include "model/key.h"

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

void wh_neighbour_put_holding(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    struct wh_tuple key, value;
    wh_key_peer(&key, WH_PEER_HOLDING, wh_neighbour_name(neighbour), WH_SPAN_EMPTY);
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

/* A hint: one that is lost or too small costs bytes, one that is too great is answered. */
static int get_carried(struct wh_engine *engine, struct wh_neighbour *neighbour,
                       struct wh_error *err)
{
    struct wh_tuple key;
    struct wh_span bytes;
    int rc;
    wh_key_peer(&key, WH_PEER_CARRIED, wh_neighbour_name(neighbour), WH_SPAN_EMPTY);
    rc = wh_engine_get(engine, WH_FAMILY_PEERS, wh_tuple_span(&key), &engine->scratch, &bytes, err);
    for (int lane = 0; rc == 0 && bytes.data && lane < WH_LANES; lane++) {
        if (wh_key_take_u64(&bytes, &neighbour->link.carried[lane]) < 0) break;
    }
    return rc;
}

int wh_neighbour_new(struct wh_engine *engine, enum wh_link_role role, struct wh_span unit,
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
    rc = wh_rejects_count(engine, neighbour, &neighbour->rejected, err);
    if (rc == 0) rc = get_carried(engine, neighbour, err);
    if (rc == 0) rc = wh_feed_heads_load(engine, neighbour, err);
    if (rc < 0) {
        wh_memory_free(neighbour);
        return rc;
    }
    *ret = neighbour;
    return 0;
}

void wh_neighbour_free(struct wh_neighbour *neighbour)
{
    if (!neighbour) return;
    wh_doubts_deinit(&neighbour->doubts);
    wh_memory_free(neighbour);
}

enum wh_feed wh_neighbour_feed(const struct wh_neighbour *neighbour)
{
    return neighbour->link.role == WH_LINK_TO_PARENT ? WH_FEED_UP : WH_FEED_DOWN;
}

struct wh_span wh_neighbour_name(const struct wh_neighbour *neighbour)
{
    return wh_span_of(neighbour->unit);
}

/* A copy that was refused comes again after one to two times WH_RETRY_MS_ABANDONED. */
#define COPIES_SHOWN_MS (3 * (int64_t)WH_RETRY_MS_ABANDONED)

bool wh_copies_are_seen(const struct wh_engine *engine, const struct wh_neighbour *child)
{
    return child->copies_seen && engine->now.mono_ms - child->copies_ms < COPIES_SHOWN_MS;
}
