/* Does the index match the rows? A row that is not where its feeds say, is offered again; an entry
 * that leads nowhere is taken out; a row that can't be read is set aside, so that the parent is
 * asked for it. */
#include "engine/damage.h"
#include "engine/doubts.h"
#include "engine/engine_parts.h"
#include "engine/feed.h"
#include "engine/rows.h"
#include "engine/verify.h"
#include "model/key.h"

#define ROWS_AT_ONCE_MAX 20000u

struct walk {
    struct wh_engine *engine;
    struct wh_check_result *result;
    struct wh_tuple *at;
    struct wh_arena arena; /* of one row */
    uint32_t seen;
    struct wh_error *err;
};

static int entry_is_there(struct walk *walk, enum wh_feed feed, const struct wh_row *row,
                          uint64_t seq, struct wh_span row_key, bool *ret)
{
    struct wh_engine *engine = walk->engine;
    struct wh_tuple key;
    struct wh_span value;
    int rc;
    wh_feed_key(&key, engine, feed, row, seq);
    rc =
        wh_engine_get(engine, WH_FAMILY_FEED, wh_tuple_span(&key), &walk->arena, &value, walk->err);
    if (rc == 0) *ret = value.data && wh_span_equal(value, row_key);
    return rc;
}

static int check_row(struct walk *walk, struct wh_span key, uint64_t seq, const struct wh_row *row)
{
    struct wh_engine *engine = walk->engine;
    bool up = true, down = true;
    int rc = 0;
    if (wh_row_stand(engine, row) == WH_STAND_VOID) return 0; /* offered to nobody */
    if (wh_row_goes_up(row, engine->home)) {
        rc = entry_is_there(walk, WH_FEED_UP, row, seq, key, &up);
    }
    if (rc == 0 && wh_row_goes_down(row, engine->home)) {
        rc = entry_is_there(walk, WH_FEED_DOWN, row, seq, key, &down);
    }
    if (rc < 0 || (up && down)) return rc;
    walk->result->differ++;
    walk->result->repaired++;
    return wh_row_offer_again(engine, row->table, row->key, walk->err);
}

/* Where the walk goes on in its next part. */
static int pause_at(struct walk *walk, struct wh_span key)
{
    wh_tuple_clear(walk->at);
    wh_tuple_put_bytes(walk->at, key);
    wh_tuple_put_u8(walk->at, 0);
    return ++walk->seen >= ROWS_AT_ONCE_MAX ? 1 : 0;
}

static int visit_row(void *context, struct wh_span key, struct wh_span value)
{
    struct walk *walk = context;
    struct wh_row row;
    uint64_t seq;
    int rc = 0;
    wh_arena_clear(&walk->arena);
    walk->result->rows++;
    if (!wh_row_bytes_are_sound(value, &walk->arena)) {
        walk->result->broken++;
        wh_row_set_aside(walk->engine, key, value);
    } else if (wh_row_stored_read(value, &walk->arena, &seq, &row) == 0) {
        rc = check_row(walk, key, seq, &row);
    }
    return rc < 0 ? rc : pause_at(walk, key);
}

static int visit_entry(void *context, struct wh_span key, struct wh_span value)
{
    struct walk *walk = context;
    struct wh_engine *engine = walk->engine;
    struct wh_span bytes;
    uint64_t seq = 0, row_seq = 0;
    struct wh_row row;
    int rc;
    wh_arena_clear(&walk->arena);
    rc = wh_engine_get(engine, WH_FAMILY_ROWS, value, &walk->arena, &bytes, walk->err);
    if (rc < 0) return rc;
    if (wh_key_feed_read(key, &seq) < 0 || !bytes.data ||
        (wh_row_stored_read(bytes, &walk->arena, &row_seq, &row) == 0 && row_seq != seq)) {
        walk->result->differ++;
        walk->result->repaired++;
        wh_batch_delete_unread(&engine->batch, WH_FAMILY_FEED, key);
    }
    return pause_at(walk, key);
}

/* The first byte of *at says which family is walked over; the rest where it goes on. */
int wh_feed_check(struct wh_engine *engine, struct wh_tuple *at, struct wh_check_result *result,
                  struct wh_error *err)
{
    bool in_entries = at->len > 0 && at->bytes[0] == WH_FAMILY_FEED;
    struct wh_tuple next;
    struct walk walk = {.engine = engine, .result = result, .at = &next, .err = err};
    struct wh_span from = at->len > 0 ? wh_span_from(wh_tuple_span(at), 1) : WH_SPAN_EMPTY;
    enum wh_family family = in_entries ? WH_FAMILY_FEED : WH_FAMILY_ROWS;
    int rc;
    wh_tuple_clear(&next);
    rc = engine->store.ops->scan(engine->store.self, NULL, family, from, WH_SPAN_EMPTY, WH_SCAN_UP,
                                 in_entries ? visit_entry : visit_row, &walk, err);
    wh_arena_deinit(&walk.arena);
    if (rc < 0) return rc;
    if (walk.seen < ROWS_AT_ONCE_MAX) { /* the end of this family */
        if (in_entries) return 0;
        family = WH_FAMILY_FEED;
        wh_tuple_clear(&next);
    }
    wh_tuple_clear(at);
    wh_tuple_put_u8(at, (uint8_t)family);
    wh_tuple_put_bytes(at, wh_tuple_span(&next));
    return 1;
}
