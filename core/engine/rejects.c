/* Rows that one side of a link refused, and what ends that: the other side takes them, in whatever
 * version; they are offered again; nothing is left to be taken. */
#include "engine/rejects.h"

#include <stdio.h>

#include "engine/engine_parts.h"
#include "engine/links.h"
#include "engine/rows.h"
#include "model/key.h"
#include "model/protobuf.h"

void wh_reject_put(struct wh_engine *engine, struct wh_neighbour *neighbour, uint8_t fact,
                   const Wh__Reject *reject)
{
    struct wh_tuple row, key;
    struct wh_span before;
    struct wh_error err;
    if (reject->key.len > WH_ROW_KEY_BYTES_MAX) return;
    wh_key_row(&row, reject->table, wh_span(reject->key.data, reject->key.len));
    wh_key_peer(&key, fact, wh_neighbour_name(neighbour), wh_tuple_span(&row));
    if (wh_engine_get(engine, WH_FAMILY_PEERS, wh_tuple_span(&key), &engine->scratch, &before,
                      &err) < 0) {
        wh_engine_abandon_turn(engine, &err);
        return;
    }
    neighbour->rejects_touched = true;
    wh_links_mark(engine, neighbour);
    if (!before.data) neighbour->rejected++; /* else a newer version of the row is refused too */
    wh_batch_put(&engine->batch, WH_FAMILY_PEERS, wh_tuple_span(&key),
                 wh_protobuf_pack(&reject->base, &engine->scratch));
}

void wh_reject_hear_again(struct wh_engine *engine, struct wh_neighbour *neighbour,
                          const Wh__Reject *reject)
{
    struct wh_tuple row, key;
    struct wh_span known;
    struct wh_error err;
    int rc;
    if (reject->key.len > WH_ROW_KEY_BYTES_MAX) return;
    wh_key_row(&row, reject->table, wh_span(reject->key.data, reject->key.len));
    wh_key_peer(&key, WH_PEER_REJECT_OUT, wh_neighbour_name(neighbour), wh_tuple_span(&row));
    rc =
        wh_engine_get(engine, WH_FAMILY_PEERS, wh_tuple_span(&key), &engine->scratch, &known, &err);
    if (rc == 0 && !known.data) {
        neighbour->rejects_touched = true;
        wh_links_mark(engine, neighbour);
        rc = wh_row_offer_again(engine, reject->table, wh_span(reject->key.data, reject->key.len),
                                &err);
    }
    if (rc < 0) wh_engine_abandon_turn(engine, &err);
}

static void forget(struct wh_engine *engine, struct wh_neighbour *neighbour, struct wh_span key)
{
    wh_batch_delete(&engine->batch, WH_FAMILY_PEERS, key);
    neighbour->rejects_touched = true;
    wh_links_mark(engine, neighbour);
    if (neighbour->rejected > 0) neighbour->rejected--;
}

#define RETOLD_MAX 1000u /* in one Ack */

/* ---- As the receiver ---- */

void wh_reject_add(struct wh_engine *engine, struct wh_neighbour *neighbour,
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
    wh_reject_put(engine, neighbour, WH_PEER_REJECT_IN, reject);
}

int wh_reject_taken(struct wh_engine *engine, struct wh_neighbour *neighbour,
                    const struct wh_row *row, struct wh_error *err)
{
    struct wh_tuple row_key, key;
    struct wh_span found;
    int rc;
    if (neighbour->rejected == 0) return 0;
    wh_key_row(&row_key, row->table, row->key);
    wh_key_peer(&key, WH_PEER_REJECT_IN, wh_neighbour_name(neighbour), wh_tuple_span(&row_key));
    rc = wh_engine_get(engine, WH_FAMILY_PEERS, wh_tuple_span(&key), &engine->scratch, &found, err);
    if (rc == 0 && found.data) forget(engine, neighbour, wh_tuple_span(&key));
    return rc;
}

/* ---- As the sender ---- */

/* A walk over the rows that a neighbour refused. */
struct walk {
    bool only_doubted; /* those that were refused so as not to lose a doubt */
    struct wh_engine *engine;
    struct wh_neighbour *neighbour;
    uint32_t count; /* offered again */
    struct wh_error *err;
};

static int walk_over(struct walk *walk, struct wh_neighbour *neighbour, wh_scan_visit visit)
{
    struct wh_tuple prefix;
    walk->neighbour = neighbour;
    wh_key_peer(&prefix, WH_PEER_REJECT_OUT, wh_neighbour_name(neighbour), WH_SPAN_EMPTY);
    return wh_engine_scan(walk->engine, WH_FAMILY_PEERS, wh_tuple_span(&prefix), visit, walk,
                          walk->err);
}

/* NULL: it was refused anew, or taken, in this very turn; or it can't be read. */
static const Wh__Reject *read_reject(struct wh_engine *engine, struct wh_span key,
                                     struct wh_span value)
{
    if (wh_batch_find(&engine->batch, WH_FAMILY_PEERS, key)) return NULL;
    return (const Wh__Reject *)wh_protobuf_unpack(&wh__reject__descriptor, value, &engine->scratch);
}

int wh_reject_is_out(struct wh_engine *engine, const struct wh_neighbour *neighbour,
                     const struct wh_row *row, bool *ret, struct wh_error *err)
{
    const Wh__Reject *reject;
    struct wh_tuple row_key, key;
    struct wh_span found;
    int rc;
    *ret = false;
    if (neighbour->rejected == 0) return 0;
    wh_key_row(&row_key, row->table, row->key);
    wh_key_peer(&key, WH_PEER_REJECT_OUT, wh_neighbour_name(neighbour), wh_tuple_span(&row_key));
    rc = wh_engine_get(engine, WH_FAMILY_PEERS, wh_tuple_span(&key), &engine->scratch, &found, err);
    if (rc < 0 || !found.data) return rc;
    reject =
        (const Wh__Reject *)wh_protobuf_unpack(&wh__reject__descriptor, found, &engine->scratch);
    *ret = reject && reject->counter == row->counter;
    return 0;
}

/* Is there nothing left that the neighbour refuses? It acknowledged a later version of the row
 * without a word; or the row is void or gone. */
static int is_over(struct walk *walk, const Wh__Reject *reject, bool *ret)
{
    struct wh_engine *engine = walk->engine;
    const struct wh_link *link = &walk->neighbour->link;
    struct wh_span bytes;
    struct wh_tuple key;
    struct wh_row row;
    uint64_t seq;
    int rc;
    wh_key_row(&key, reject->table, wh_span(reject->key.data, reject->key.len));
    rc = wh_engine_get(engine, WH_FAMILY_ROWS, wh_tuple_span(&key), &engine->scratch, &bytes,
                       walk->err);
    if (rc < 0) return rc;
    *ret = !bytes.data || wh_row_stored_read(bytes, &engine->scratch, &seq, &row) < 0 ||
           wh_row_stand(engine, &row) == WH_STAND_VOID ||
           (row.counter != reject->counter && seq <= link->acked[wh_table_lane(row.table)]);
    return 0;
}

static int review_reject(void *context, struct wh_span key, struct wh_span value)
{
    struct walk *walk = context;
    const Wh__Reject *reject = read_reject(walk->engine, key, value);
    bool over = false;
    int rc = reject ? is_over(walk, reject, &over) : 0;
    if (rc == 0 && over) forget(walk->engine, walk->neighbour, key);
    return rc;
}

/* Once all has been acknowledged, and again when something more has been. */
static int review(struct walk *walk, struct wh_neighbour *neighbour)
{
    const struct wh_link *link = &neighbour->link;
    if (neighbour->rejected == 0) return 0;
    if (memcmp(neighbour->reviewed, link->acked, sizeof(link->acked)) == 0) return 0;
    if (!wh_link_has_sent(link, neighbour->safe_heads)) return 0;
    memcpy(neighbour->reviewed, link->acked, sizeof(link->acked));
    return walk_over(walk, neighbour, review_reject);
}

static int retry_reject(void *context, struct wh_span key, struct wh_span value)
{
    struct walk *walk = context;
    const Wh__Reject *reject = read_reject(walk->engine, key, value);
    int rc;
    if (!reject) return 0;
    if (walk->only_doubted && reject->reason != WH_REJECT_DIVERGED) return 0;
    forget(walk->engine, walk->neighbour, key);
    rc = wh_row_offer_again(walk->engine, reject->table, wh_span(reject->key.data, reject->key.len),
                            walk->err);
    if (rc == 0) walk->count++;
    return rc;
}

int wh_links_retry_rejects(struct wh_engine *engine, uint32_t *ret_count, struct wh_error *err)
{
    struct walk walk = {.engine = engine, .err = err};
    int rc = engine->parent ? walk_over(&walk, engine->parent, retry_reject) : 0;
    for (uint32_t i = 0; rc == 0 && i < engine->children_count; i++) {
        rc = walk_over(&walk, engine->children[i], retry_reject);
    }
    *ret_count = walk.count;
    return rc;
}

/* A newer program may take what the older one refused (sync.md, promise 3). */
static int retry_upgraded(struct walk *walk, struct wh_neighbour *neighbour)
{
    struct wh_engine *engine = walk->engine;
    struct wh_span now = wh_span_of(neighbour->link.program), then;
    struct wh_tuple key;
    int rc;
    if (!neighbour->has_greeted) return 0;
    neighbour->has_greeted = false;
    if (neighbour->rejected == 0) return 0;
    wh_key_peer(&key, WH_PEER_PROGRAM, wh_neighbour_name(neighbour), WH_SPAN_EMPTY);
    rc = wh_engine_get(engine, WH_FAMILY_PEERS, wh_tuple_span(&key), &engine->scratch, &then,
                       walk->err);
    if (rc < 0 || (then.data && wh_span_equal(now, then))) return rc;
    wh_batch_put(&engine->batch, WH_FAMILY_PEERS, wh_tuple_span(&key), now);
    return then.data ? walk_over(walk, neighbour, retry_reject) : 0;
}

/* The refusals of this node, as they are told again. */
struct retelling {
    struct wh_engine *engine;
    Wh__Reject *rejects;
    uint32_t count;
};

static int retell_reject(void *context, struct wh_span key, struct wh_span value)
{
    struct retelling *retelling = context;
    const Wh__Reject *reject = read_reject(retelling->engine, key, value);
    if (!reject || reject->reason != WH_REJECT_DIVERGED) return 0;
    retelling->rejects[retelling->count++] = *reject;
    return retelling->count == RETOLD_MAX ? 1 : 0;
}

/* The neighbour may not know what was refused: the Ack that told it was lost, or what it kept of
 * it. Then nobody would offer the row again once a decision has arrived. */
static int retell(struct walk *walk, struct wh_neighbour *neighbour)
{
    struct wh_event event = {.type = WH_EVENT_STILL_REFUSED};
    struct retelling retelling = {.engine = walk->engine};
    struct wh_tuple prefix;
    int rc;
    if (neighbour->rejected == 0) return 0;
    retelling.rejects = wh_arena_new(&walk->engine->scratch, RETOLD_MAX, sizeof(Wh__Reject));
    wh_key_peer(&prefix, WH_PEER_REJECT_IN, wh_neighbour_name(neighbour), WH_SPAN_EMPTY);
    rc = wh_engine_scan(walk->engine, WH_FAMILY_PEERS, wh_tuple_span(&prefix), retell_reject,
                        &retelling, walk->err);
    if (rc < 0 || retelling.count == 0) return rc;
    event.rejects = retelling.rejects;
    event.rejects_count = retelling.count;
    wh_links_step(walk->engine, neighbour, &event);
    return 0;
}

static int retry_changed(struct walk *walk, struct wh_neighbour *neighbour)
{
    int rc = review(walk, neighbour);
    if (rc == 0) rc = retry_upgraded(walk, neighbour);
    if (rc < 0 || !neighbour->doubts_changed) return rc;
    neighbour->doubts_changed = false;
    walk->only_doubted = true;
    rc = walk_over(walk, neighbour, retry_reject);
    walk->only_doubted = false;
    return rc < 0 ? rc : retell(walk, neighbour);
}

int wh_links_retry_changed(struct wh_engine *engine, struct wh_error *err)
{
    struct walk walk = {.engine = engine, .err = err};
    int rc = 0;
    if (!engine->retries_due) return 0;
    if (engine->parent) rc = retry_changed(&walk, engine->parent);
    for (uint32_t i = 0; rc == 0 && i < engine->children_count; i++) {
        rc = retry_changed(&walk, engine->children[i]);
    }
    if (rc == 0) engine->retries_due = false;
    return rc;
}

/* ---- Counting ---- */

static int count_reject(void *context, struct wh_span key, struct wh_span value)
{
    uint64_t *count = context;
    (void)key;
    (void)value;
    *count += 1;
    return 0;
}

int wh_rejects_count(struct wh_engine *engine, const struct wh_neighbour *neighbour, uint64_t *ret,
                     struct wh_error *err)
{
    static const uint8_t facts[] = {WH_PEER_REJECT_IN, WH_PEER_REJECT_OUT};
    uint64_t count = 0;
    for (size_t i = 0; i < sizeof(facts); i++) {
        struct wh_tuple prefix;
        int rc;
        wh_key_peer(&prefix, facts[i], wh_neighbour_name(neighbour), WH_SPAN_EMPTY);
        rc = wh_engine_scan(engine, WH_FAMILY_PEERS, wh_tuple_span(&prefix), count_reject, &count,
                            err);
        if (rc < 0) return rc;
    }
    *ret = count;
    return 0;
}

void wh_rejects_committed(struct wh_engine *engine, struct wh_neighbour *neighbour, int rc)
{
    struct wh_error err;
    if (!neighbour->rejects_touched) return;
    /* Where even that can't be read, the next turn that fails or commits tries again. */
    if (rc < 0 && wh_rejects_count(engine, neighbour, &neighbour->rejected, &err) < 0) return;
    if (rc < 0) memset(neighbour->reviewed, 0xFF, sizeof(neighbour->reviewed));
    neighbour->rejects_touched = false;
}
