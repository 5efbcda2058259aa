/* An operator decides that this store is the right one (sync.md "Terms"). */
#include "engine/doubts.h"
#include "engine/engine_parts.h"
#include "engine/rows.h"
#include "engine/terms.h"
#include "model/key.h"

/* A copy of this home that nobody heard of yet has not written so much. */
#define LEAP_BITS 32
#define COUNTER_MAX                                                                                \
    (UINT64_MAX >> 2) /* what a neighbour tells beyond it is an error of its own                   \
                       */

struct settling {
    struct wh_engine *engine;
    uint32_t count;
    struct wh_error *err;
};

static uint64_t greatest_told(const struct wh_engine *engine)
{
    struct wh_doubt doubt;
    struct wh_span teller;
    uint64_t greatest = engine->head;
    for (uint32_t i = 0; i <= engine->children_count; i++) {
        const struct wh_neighbour *neighbour = i == 0 ? engine->parent : engine->children[i - 1];
        uint64_t told = neighbour ? neighbour->link.told.seq : 0;
        if (told > greatest && told < COUNTER_MAX) greatest = told;
    }
    for (uint32_t i = 0; wh_doubt_at(engine, i, &doubt, &teller); i++) {
        if (!wh_span_equal(doubt.origin, engine->home)) continue;
        if (doubt.counter > greatest && doubt.counter < COUNTER_MAX) greatest = doubt.counter;
    }
    return greatest;
}

uint64_t wh_doubts_leap(const struct wh_engine *engine)
{
    return (((greatest_told(engine) >> LEAP_BITS) + 1) << LEAP_BITS) - 1;
}

/* True where a row of this node is in doubt; else *ret is the origin of one that is, or empty. */
static bool is_own_in_doubt(const struct wh_engine *engine, struct wh_span *ret)
{
    struct wh_doubt doubt;
    struct wh_span teller;
    *ret = WH_SPAN_EMPTY;
    for (uint32_t i = 0; wh_doubt_at(engine, i, &doubt, &teller); i++) {
        if (wh_span_equal(doubt.origin, engine->home)) return true;
        *ret = doubt.origin;
    }
    return false;
}

static int fail_elsewhere(const struct wh_engine *engine, struct wh_span origin,
                          struct wh_error *err)
{
    const struct wh_unit *unit = wh_units_find(&engine->units, origin);
    return wh_fail(err, WH_E_INVALID, WH_MSG_DOUBT_ELSEWHERE,
                   WH_ARGS(wh_arg_s(origin), wh_arg_s(unit ? unit->name : WH_S("?"))));
}

/* The neighbour for whom this home is a copy that was given up, or NULL. */
static const struct wh_neighbour *find_refusal(const struct wh_engine *engine)
{
    for (uint32_t i = 0; i <= engine->children_count; i++) {
        const struct wh_neighbour *neighbour = i == 0 ? engine->parent : engine->children[i - 1];
        if (neighbour && neighbour->link.state == WH_LINK_REFUSED &&
            neighbour->link.reason.type == WH_NOTE_ABANDONED) {
            return neighbour;
        }
    }
    return NULL;
}

static int write_again(void *context, const struct wh_row *row)
{
    struct settling *settling = context;
    struct wh_engine *engine = settling->engine;
    struct wh_tuple key;
    if (row->table == WH_TABLE_TERM || !wh_span_equal(row->origin, engine->home)) return 0;
    wh_key_row(&key, row->table, row->key);
    /* Written in this very turn: newer than what the walk sees. */
    if (wh_batch_find(&engine->batch, WH_FAMILY_ROWS, wh_tuple_span(&key))) return 0;
    settling->count++;
    return wh_row_put(engine, row->table, row->key, row->value, settling->err);
}

int wh_doubts_settle(struct wh_engine *engine, uint32_t *ret_count, struct wh_error *err)
{
    struct settling settling = {.engine = engine, .err = err};
    const struct wh_neighbour *refusal = find_refusal(engine);
    struct wh_term_reason reason = {.settles = true};
    struct wh_span other;
    int rc;
    if (!refusal && !is_own_in_doubt(engine, &other)) {
        if (other.len > 0) return fail_elsewhere(engine, other, err);
        return wh_fail(err, WH_E_INVALID, WH_MSG_NOTHING_IN_DOUBT, NULL);
    }
    if (refusal) reason.abandons = refusal->link.told.term;
    engine->head = wh_doubts_leap(engine);
    rc = wh_term_open(engine, &reason, err);
    if (rc == 0) rc = wh_rows_scan_all(engine, write_again, &settling, err);
    if (rc == 0) *ret_count = settling.count;
    return rc;
}
