/* What commands ask about links. */
#include "engine/engine_parts.h"
#include "engine/links.h"
#include "engine/rows.h"
#include "model/key.h"
#include "model/protobuf.h"

static uint64_t pending_of(const struct wh_neighbour *neighbour)
{
    uint64_t pending = 0;
    for (int lane = 0; lane < WH_LANES; lane++) {
        uint64_t head = neighbour->safe_heads[lane], sent = neighbour->link.sent[lane];
        if (neighbour->link.state != WH_LINK_UP) sent = neighbour->link.acked[lane];
        if (head > sent) pending += head - sent;
    }
    return pending + neighbour->link.in_flight_count;
}

bool wh_link_status(struct wh_engine *engine, uint32_t i, struct wh_link_status *ret)
{
    const struct wh_neighbour *neighbour;
    uint32_t parents = engine->parent ? 1 : 0;
    const struct wh_link *link;
    if (i >= parents + engine->children_count) return false;
    neighbour = i < parents ? engine->parent : engine->children[i - parents];
    link = &neighbour->link;
    *ret = (struct wh_link_status){
        .peer = wh_span_of(neighbour->unit),
        .role = link->role,
        .state = link->state,
        .reason = link->reason,
        .since_ms = engine->now.clock_ms - (engine->now.mono_ms - link->since_ms),
        .pending = pending_of(neighbour),
        .cursor = link->durable.seen.seq,
        .last_ack_ms = link->acked_clock_ms,
        .rejected = neighbour->rejected,
        .skew_ms = link->skew_ms,
        .in_flight = link->in_flight_count,
        .doubts = wh_doubts_of(engine, neighbour),
    };
    return true;
}

void wh_links_hurry(struct wh_engine *engine)
{
    struct wh_event event = {.type = WH_EVENT_RECONNECT};
    if (engine->parent) wh_links_step(engine, engine->parent, &event);
    engine->more_work = true;
}

struct retry {
    bool only_doubted; /* those that were refused so as not to lose a doubt */
    struct wh_engine *engine;
    struct wh_neighbour *neighbour;
    uint32_t count;
    struct wh_error *err;
};

static int retry_reject(void *context, struct wh_span key, struct wh_span value)
{
    struct retry *retry = context;
    struct wh_engine *engine = retry->engine;
    const Wh__Reject *reject =
        (const Wh__Reject *)wh_protobuf_unpack(&wh__reject__descriptor, value, &engine->scratch);
    int rc;
    if (!reject) return WH_E_CORRUPT;
    if (retry->only_doubted && reject->reason != WH_REJECT_DIVERGED) return 0;
    wh_batch_delete(&engine->batch, WH_FAMILY_PEERS, wh_arena_copy(&engine->scratch, key));
    rc = wh_row_offer_again(engine, reject->table, wh_span(reject->key.data, reject->key.len),
                            retry->err);
    if (rc == 0) retry->count++;
    return rc;
}

static int retry_neighbour(struct retry *retry, struct wh_neighbour *neighbour)
{
    uint32_t before = retry->count, retried;
    struct wh_tuple prefix;
    int rc;
    wh_key_peer(&prefix, WH_PEER_REJECT_OUT, wh_span_of(neighbour->unit), WH_SPAN_EMPTY);
    rc = wh_engine_scan(retry->engine, WH_FAMILY_PEERS, wh_tuple_span(&prefix), retry_reject, retry,
                        retry->err);
    if (rc < 0) return rc;
    retried = retry->count - before;
    neighbour->rejected -= retried < neighbour->rejected ? retried : neighbour->rejected;
    return 0;
}

int wh_links_retry_rejects(struct wh_engine *engine, uint32_t *ret_count, struct wh_error *err)
{
    struct retry retry = {.engine = engine, .err = err};
    int rc = engine->parent ? retry_neighbour(&retry, engine->parent) : 0;
    for (uint32_t i = 0; rc == 0 && i < engine->children_count; i++) {
        rc = retry_neighbour(&retry, engine->children[i]);
    }
    *ret_count = retry.count;
    return rc;
}

/* A newer program may take what the older one refused (sync.md, promise 3). */
static int retry_upgraded(struct retry *retry, struct wh_neighbour *neighbour)
{
    struct wh_engine *engine = retry->engine;
    struct wh_span now = wh_span_of(neighbour->link.program), then;
    struct wh_tuple key;
    int rc;
    if (!neighbour->has_greeted) return 0;
    neighbour->has_greeted = false;
    if (neighbour->rejected == 0) return 0;
    wh_key_peer(&key, WH_PEER_PROGRAM, wh_span_of(neighbour->unit), WH_SPAN_EMPTY);
    rc = wh_engine_get(engine, WH_FAMILY_PEERS, wh_tuple_span(&key), &engine->scratch, &then,
                       retry->err);
    if (rc < 0 || (then.data && wh_span_equal(now, then))) return rc;
    wh_batch_put(&engine->batch, WH_FAMILY_PEERS, wh_tuple_span(&key), now);
    return then.data ? retry_neighbour(retry, neighbour) : 0;
}

static int retry_changed(struct retry *retry, struct wh_neighbour *neighbour)
{
    int rc = retry_upgraded(retry, neighbour);
    if (rc < 0 || !neighbour->doubts_changed) return rc;
    neighbour->doubts_changed = false;
    retry->only_doubted = true;
    rc = retry_neighbour(retry, neighbour);
    retry->only_doubted = false;
    return rc;
}

int wh_links_retry_changed(struct wh_engine *engine, struct wh_error *err)
{
    struct retry retry = {.engine = engine, .err = err};
    int rc = 0;
    if (!engine->retries_due) return 0;
    if (engine->parent) rc = retry_changed(&retry, engine->parent);
    for (uint32_t i = 0; rc == 0 && i < engine->children_count; i++) {
        rc = retry_changed(&retry, engine->children[i]);
    }
    if (rc == 0) engine->retries_due = false;
    return rc;
}

uint64_t wh_links_ask_barrier(struct wh_engine *engine)
{
    engine->barrier_asked++;
    engine->barrier_sent = false;
    engine->more_work = true;
    return engine->barrier_asked;
}

bool wh_links_settled(const struct wh_engine *engine, uint64_t nonce)
{
    return !engine->parent || engine->barrier_settled >= nonce;
}

bool wh_links_sent_all(const struct wh_engine *engine)
{
    return !engine->parent || wh_link_has_sent(&engine->parent->link, engine->parent->safe_heads);
}

bool wh_links_joining(const struct wh_engine *engine)
{
    return engine->joining;
}

bool wh_links_join_denied(const struct wh_engine *engine)
{
    return engine->join_denied;
}
