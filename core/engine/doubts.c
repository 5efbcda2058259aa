#include "engine/doubts.h"

#include "engine/engine_parts.h"
#include "engine/rows.h"
#include "engine/terms.h"
#include "model/key.h"
#include "model/unit.h"
#include "sync/wire.h"

/* ---- A list ---- */

void wh_doubts_clear(struct wh_doubts *doubts)
{
    wh_doubts_deinit(doubts);
    *doubts = (struct wh_doubts){.count = 0};
}

void wh_doubts_add(struct wh_doubts *doubts, const struct wh_doubt *doubt)
{
    struct wh_doubt *item;
    doubts->total++;
    if (doubts->count == WH_DOUBTS_KEPT_MAX) return;
    if (doubts->count == doubts->size) {
        uint32_t size = doubts->size > 0 ? doubts->size * 2 : 16;
        struct wh_doubt *items = wh_arena_new(&doubts->arena, size, sizeof(*items));
        if (doubts->count > 0) memcpy(items, doubts->items, doubts->count * sizeof(*items));
        doubts->items = items;
        doubts->size = size;
    }
    item = &doubts->items[doubts->count++];
    *item = *doubt;
    item->origin = wh_arena_copy(&doubts->arena, doubt->origin);
    item->key = wh_arena_copy(&doubts->arena, doubt->key);
}

void wh_doubts_deinit(struct wh_doubts *doubts)
{
    wh_arena_deinit(&doubts->arena);
}

/* ---- Finding them ---- */

static int review_row(void *context, const struct wh_row *row)
{
    struct wh_engine *engine = context;
    struct wh_error err;
    struct wh_doubt doubt = {row->origin, row->table, row->key, row->counter, row->term};
    switch (wh_row_stand(engine, row)) {
    case WH_STAND_SOUND: break;
    case WH_STAND_DOUBT: wh_doubts_add(&engine->doubts, &doubt); break;
    case WH_STAND_VOID: return row->value.len > 0 ? wh_row_void(engine, row, &err) : 0;
    }
    return 0;
}

int wh_doubts_review(struct wh_engine *engine, struct wh_error *err)
{
    int rc;
    if (!engine->doubts_stale) return 0;
    wh_doubts_clear(&engine->doubts);
    rc = wh_rows_scan_all(engine, review_row, engine, err);
    if (rc < 0) return rc;
    wh_lineages_list_rivals(engine);
    engine->doubts_stale = false;
    engine->doubts_generation++;
    return 0;
}

/* ---- Telling and hearing ---- */

static bool concerns(const struct wh_engine *engine, const struct wh_neighbour *neighbour,
                     struct wh_span origin)
{
    if (neighbour->link.role == WH_LINK_TO_PARENT) return !wh_span_starts(origin, engine->home);
    return wh_span_starts(origin, wh_span_of(neighbour->unit));
}

/* A row is in doubt once, however many neighbours tell of it. */
static bool is_first(struct wh_map *seen, const struct wh_doubt *doubt, struct wh_arena *arena)
{
    struct wh_tuple row;
    struct wh_span key;
    wh_key_row(&row, doubt->table, doubt->key);
    if (wh_map_get(seen, wh_tuple_span(&row))) return false;
    key = wh_arena_copy(arena, wh_tuple_span(&row));
    wh_map_put(seen, key, 1);
    return true;
}

static void put_doubts(struct wh_engine *engine, const struct wh_neighbour *to,
                       const struct wh_doubts *doubts, struct wh_map *seen, Wh__Doubts *frame)
{
    for (uint32_t i = 0; i < doubts->count; i++) {
        const struct wh_doubt *doubt = &doubts->items[i];
        Wh__Doubt *told;
        if (!concerns(engine, to, doubt->origin)) continue;
        if (!is_first(seen, doubt, &engine->scratch)) continue;
        frame->total++;
        if (frame->n_doubts == WH_DOUBTS_TOLD_MAX) continue;
        told = wh_arena_new(&engine->scratch, 1, sizeof(*told));
        wh__doubt__init(told);
        told->origin = wh_arena_text(&engine->scratch, doubt->origin);
        told->table = doubt->table;
        told->key = (ProtobufCBinaryData){doubt->key.len, (uint8_t *)(uintptr_t)doubt->key.data};
        told->counter = doubt->counter;
        told->term = doubt->term;
        frame->doubts[frame->n_doubts++] = told;
    }
}

static void send_frame(struct wh_engine *engine, const struct wh_neighbour *to,
                       const Wh__Frame *frame)
{
    (void)engine->net.ops->send(engine->net.self, to->route,
                                wh_frame_pack(frame, &engine->scratch));
}

/* Whoever serves the origin has to know: what is told by the parent goes on to the children, and
 * the other way round. */
static void put_all(struct wh_engine *engine, const struct wh_neighbour *to, Wh__Doubts *doubts)
{
    struct wh_map seen;
    wh_map_init(&seen);
    doubts->doubts = wh_arena_new(&engine->scratch, WH_DOUBTS_TOLD_MAX, sizeof(*doubts->doubts));
    put_doubts(engine, to, &engine->doubts, &seen, doubts);
    if (engine->parent && engine->parent != to) {
        put_doubts(engine, to, &engine->parent->doubts, &seen, doubts);
    }
    for (uint32_t i = 0; i < engine->children_count; i++) {
        struct wh_neighbour *child = engine->children[i];
        if (child != to && to->link.role == WH_LINK_TO_PARENT) {
            put_doubts(engine, to, &child->doubts, &seen, doubts);
        }
    }
    wh_map_deinit(&seen);
}

#define TELL_AGAIN_MS 30000 /* a list that was not answered was lost */

static bool is_told(const struct wh_engine *engine, const struct wh_telling *telling)
{
    if (telling->generation != engine->doubts_generation) return false;
    return telling->heard == telling->id || engine->now.mono_ms < telling->sent_ms + TELL_AGAIN_MS;
}

static void tell(struct wh_engine *engine, struct wh_neighbour *to)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Doubts doubts = WH__DOUBTS__INIT;
    struct wh_telling *telling = &to->telling;
    if (to->link.state != WH_LINK_UP || is_told(engine, telling)) return;
    if (!(to->link.features & WH_FEATURE_DOUBTS)) return;
    put_all(engine, to, &doubts);
    telling->generation = engine->doubts_generation;
    if (doubts.total == 0 && !telling->told_some) return;
    telling->told_some = true;
    telling->sent_ms = engine->now.mono_ms;
    doubts.id = ++telling->id;
    frame.body_case = WH__FRAME__BODY_DOUBTS;
    frame.doubts = &doubts;
    send_frame(engine, to, &frame);
}

void wh_doubts_tell(struct wh_engine *engine)
{
    if (engine->doubts_generation == 0) return; /* there never was one */
    if (engine->parent) tell(engine, engine->parent);
    for (uint32_t i = 0; i < engine->children_count; i++) tell(engine, engine->children[i]);
}

void wh_doubts_forget(struct wh_engine *engine, struct wh_neighbour *neighbour)
{
    neighbour->telling =
        (struct wh_telling){.id = neighbour->telling.id, .heard = neighbour->telling.id};
    if (neighbour->doubts.total == 0) return;
    wh_doubts_clear(&neighbour->doubts);
    engine->doubts_generation++;
}

static bool is_same(const struct wh_doubt *a, const struct wh_doubt *b)
{
    return a->table == b->table && a->counter == b->counter && a->term == b->term &&
           wh_span_equal(a->key, b->key);
}

static bool are_same(const struct wh_doubts *a, const struct wh_doubts *b)
{
    if (a->total != b->total || a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (!is_same(&a->items[i], &b->items[i])) return false;
    }
    return true;
}

/* What is heard again is not told on: two neighbours would tell each other for ever. */
static void take_list(struct wh_engine *engine, struct wh_neighbour *neighbour,
                      const Wh__Doubts *told)
{
    struct wh_doubts list = {.count = 0};
    for (size_t i = 0; i < told->n_doubts && i < WH_DOUBTS_TOLD_MAX; i++) {
        const Wh__Doubt *one = told->doubts[i];
        struct wh_doubt doubt = {wh_span_of(one->origin), one->table,
                                 wh_span(one->key.data, one->key.len), one->counter, one->term};
        if (doubt.key.len <= WH_ROW_KEY_BYTES_MAX) wh_doubts_add(&list, &doubt);
    }
    if (told->total > list.total) list.total = told->total;
    if (!are_same(&list, &neighbour->doubts)) {
        engine->doubts_generation++;
        neighbour->doubts_changed = true;
        engine->retries_due = true;
    }
    wh_doubts_deinit(&neighbour->doubts);
    neighbour->doubts = list;
}

/* Somebody holds rows of this home that this store did not write, and no greeting told of them: who
 * holds them forgot where it was, or is no neighbour. */
static void give_up_branches(struct wh_engine *engine, const struct wh_doubts *told)
{
    for (uint32_t i = 0; i < told->count; i++) {
        const struct wh_doubt *doubt = &told->items[i];
        struct wh_history history = {engine->marks, engine->marks_count};
        struct wh_position position = {doubt->term, doubt->counter};
        struct wh_error err;
        if (!wh_span_equal(doubt->origin, engine->home) || doubt->term == 0) continue;
        if (wh_history_holds(history, engine->head, position)) continue;
        if (wh_term_give_up(engine, doubt->term, &err) < 0) wh_engine_abandon_turn(engine, &err);
    }
}

void wh_doubts_hear(struct wh_engine *engine, struct wh_neighbour *neighbour,
                    const Wh__Doubts *doubts)
{
    Wh__Frame frame = WH__FRAME__INIT;
    Wh__Heard heard = WH__HEARD__INIT;
    if (neighbour->link.state != WH_LINK_UP) return; /* a greeting that follows would forget it */
    take_list(engine, neighbour, doubts);
    give_up_branches(engine, &neighbour->doubts);
    heard.id = doubts->id;
    frame.body_case = WH__FRAME__BODY_HEARD;
    frame.heard = &heard;
    send_frame(engine, neighbour, &frame);
}

void wh_doubts_on_heard(struct wh_neighbour *neighbour, const Wh__Heard *heard)
{
    if (heard->id <= neighbour->telling.id) neighbour->telling.heard = heard->id;
}

static void sum_up(const struct wh_engine *engine, struct wh_span origin, struct wh_doubts_sum *sum)
{
    sum->count++;
    if (wh_span_equal(origin, engine->home)) sum->is_own = true;
    if (sum->origin.len == 0) sum->origin = origin;
    if (!wh_span_equal(origin, sum->origin)) sum->has_more_origins = true;
}

struct wh_doubts_sum wh_doubts_of(const struct wh_engine *engine,
                                  const struct wh_neighbour *neighbour)
{
    const struct wh_doubts *told = &neighbour->doubts;
    struct wh_doubts_sum sum = {.count =
                                    told->total - told->count}; /* there was no room for these */
    for (uint32_t i = 0; i < told->count; i++) sum_up(engine, told->items[i].origin, &sum);
    for (uint32_t i = 0; i < engine->doubts.count; i++) {
        struct wh_span origin = engine->doubts.items[i].origin;
        if (concerns(engine, neighbour, origin)) sum_up(engine, origin, &sum);
    }
    return sum;
}

uint32_t wh_doubts_known(const struct wh_engine *engine, struct wh_arena *arena,
                         struct wh_known_doubt **ret)
{
    struct wh_known_doubt known, *list = NULL;
    uint32_t count = 0, size = 0;
    struct wh_map seen;
    wh_map_init(&seen);
    for (uint32_t i = 0; wh_doubt_at(engine, i, &known.doubt, &known.teller); i++) {
        if (!is_first(&seen, &known.doubt, arena)) continue;
        if (count == size) {
            struct wh_known_doubt *more = wh_arena_new(arena, size = 2 * size + 16, sizeof(*more));
            if (count > 0) memcpy(more, list, count * sizeof(*more));
            list = more;
        }
        list[count++] = known;
    }
    wh_map_deinit(&seen);
    *ret = list;
    return count;
}

bool wh_doubt_at(const struct wh_engine *engine, uint32_t i, struct wh_doubt *ret,
                 struct wh_span *ret_teller)
{
    static const struct wh_doubts none = {.count = 0};
    const struct wh_doubts *doubts = &engine->doubts;
    const struct wh_neighbour *teller = NULL;
    uint32_t next = 0, tellers = engine->children_count + 1;
    while (i >= doubts->count) {
        i -= doubts->count;
        if (next == tellers) return false;
        teller = next == 0 ? engine->parent : engine->children[next - 1];
        next++;
        doubts = teller ? &teller->doubts : &none;
    }
    *ret = doubts->items[i];
    *ret_teller = teller ? wh_span_of(teller->unit) : WH_SPAN_EMPTY;
    return true;
}

uint32_t wh_doubts_about(const struct wh_engine *engine, struct wh_span unit)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < engine->doubts.count; i++) {
        struct wh_span key = engine->doubts.items[i].key, about;
        if (wh_key_take_text(&key, &about) == 0 && wh_code_in_range(about, unit)) count++;
    }
    return count;
}
