/* The lineages of those origins whose history has branches: as a rule there are none, and every
 * question here costs one comparison. */
#include "engine/doubts.h"

#include "engine/engine_parts.h"
#include "engine/rows.h"
#include "model/key.h"
#include "model/protobuf.h"

/* One origin while all are read. */
struct read_origin {
    struct wh_lineage lineage;
    bool is_off; /* a row of it is held that lies off its history */
};

struct load {
    struct wh_engine *engine;
    struct wh_arena arena;     /* of what is read */
    struct wh_origins origins; /* as they will be known */
    struct read_origin *items; /* the same, one by one, of those that have terms */
    uint32_t count;
    uint32_t size;
    struct wh_term *terms; /* of the last one */
    uint32_t terms_count;
    uint32_t terms_size;
};

static void *grow(struct wh_arena *arena, const void *items, uint32_t count, uint32_t *size,
                  size_t item_bytes)
{
    void *grown;
    *size = *size > 0 ? *size * 2 : 16;
    grown = wh_arena_new(arena, *size, item_bytes);
    if (count > 0) memcpy(grown, items, count * item_bytes);
    return grown;
}

static void finish_origin(struct load *load)
{
    if (load->terms_count == 0) return;
    wh_lineage_make(&load->items[load->count - 1].lineage, load->terms, load->terms_count,
                    &load->arena);
    load->terms = NULL; /* the lineage keeps them */
    load->terms_size = 0;
    load->terms_count = 0;
}

static void begin_origin(struct load *load)
{
    finish_origin(load);
    if (load->count == load->size) {
        load->items =
            grow(&load->arena, load->items, load->count, &load->size, sizeof(*load->items));
    }
    load->items[load->count++] = (struct read_origin){.is_off = false};
}

/* Term rows come by origin, which is their unit, and ascending by their first counter. */
static int load_term(void *context, const struct wh_row *row)
{
    struct load *load = context;
    struct wh_origin *origin;
    const Wh__TermValue *value = (const Wh__TermValue *)wh_protobuf_unpack(
        &wh__term_value__descriptor, row->value, &load->engine->scratch);
    if (!value) return 0; /* a row that can't be read decides nothing */
    origin = wh_origin_of(&load->origins, row->origin);
    if (load->origins.count > load->count) begin_origin(load);
    if (load->terms_count == load->terms_size) {
        load->terms = grow(&load->arena, load->terms, load->terms_count, &load->terms_size,
                           sizeof(*load->terms));
    }
    (void)wh_origin_take_term(origin, value->id, value->first, value->predecessor);
    load->terms[load->terms_count++] = (struct wh_term){
        .id = value->id,
        .first = value->first,
        .predecessor = value->predecessor,
        .abandons = value->abandons,
        .settles = value->settles != 0,
    };
    return 0;
}

/* A row that its origin can't have written on the history that its terms tell. */
static int load_row(void *context, const struct wh_row *row)
{
    struct load *load = context;
    struct wh_origin *origin;
    struct read_origin *item;
    if (row->table == WH_TABLE_TERM) return 0;
    origin = wh_origin_of(&load->origins, row->origin);
    (void)wh_origin_take_row(origin, row->term, row->counter);
    if (origin - load->origins.items >= load->count) return 0;
    item = &load->items[origin - load->origins.items];
    if (wh_lineage_stand(&item->lineage, row->term, row->counter) != WH_STAND_SOUND) {
        item->is_off = true;
    }
    return 0;
}

static bool has_branches(const struct read_origin *item)
{
    return item->is_off || item->lineage.has_decisions || item->lineage.rivals_count > 0;
}

/* Of all histories those with branches are kept. */
static void keep_branched(const struct load *load)
{
    struct wh_engine *engine = load->engine;
    struct wh_arena *arena = &engine->lineages_arena;
    uint32_t count = 0;
    wh_arena_deinit(arena);
    for (uint32_t i = 0; i < load->count; i++) count += has_branches(&load->items[i]);
    engine->lineages = count > 0 ? wh_arena_new(arena, count, sizeof(*engine->lineages)) : NULL;
    engine->lineages_count = 0;
    for (uint32_t i = 0; i < load->count; i++) {
        const struct wh_lineage *read = &load->items[i].lineage;
        struct wh_origin_lineage *item = &engine->lineages[engine->lineages_count];
        struct wh_term *terms;
        if (!has_branches(&load->items[i])) continue;
        terms = wh_arena_new(arena, read->count, sizeof(*terms));
        memcpy(terms, read->terms, read->count * sizeof(*terms));
        item->origin = wh_arena_copy(arena, load->origins.items[i].code);
        wh_lineage_make(&item->lineage, terms, read->count, arena);
        engine->lineages_count++;
    }
}

/* What a neighbour refused by the histories as they were, it may take now. */
static void offer_refused_again(struct wh_engine *engine)
{
    engine->retries_due = true;
    if (engine->parent) engine->parent->doubts_changed = true;
    for (uint32_t i = 0; i < engine->children_count; i++) {
        engine->children[i]->doubts_changed = true;
    }
    engine->more_work = true;
}

int wh_lineages_load(struct wh_engine *engine, struct wh_error *err)
{
    struct load load = {.engine = engine};
    bool damage_seen;
    int rc =
        wh_rows_scan(engine, WH_TABLE_TERM, WH_SPAN_EMPTY, WH_PLACE_NOW, load_term, &load, err);
    if (rc == 0) {
        finish_origin(&load);
        damage_seen = engine->damage_seen; /* a row that nobody needs yet holds up no start */
        rc = wh_rows_scan_all(engine, load_row, &load, err);
        engine->damage_seen = damage_seen;
    }
    if (rc < 0) {
        wh_origins_deinit(&load.origins);
    } else {
        keep_branched(&load);
        wh_origins_deinit(&engine->origins);
        engine->origins = load.origins;
        engine->doubts_stale = engine->lineages_count > 0 || engine->doubts.total > 0;
        offer_refused_again(engine);
    }
    wh_arena_deinit(&load.arena);
    return rc;
}

static void add_rival(struct wh_engine *engine, struct wh_span origin, const struct wh_term *term)
{
    struct wh_doubt doubt = {origin, WH_TABLE_TERM, WH_SPAN_EMPTY, term->first, term->id};
    struct wh_tuple key;
    wh_row_key_term(&key, origin, term->first, term->id);
    doubt.key = wh_tuple_span(&key);
    wh_doubts_add(&engine->doubts, &doubt);
}

void wh_lineages_list_rivals(struct wh_engine *engine)
{
    for (uint32_t i = 0; i < engine->lineages_count; i++) {
        const struct wh_origin_lineage *item = &engine->lineages[i];
        for (uint32_t j = 0; j < item->lineage.rivals_count; j++) {
            add_rival(engine, item->origin, &item->lineage.terms[item->lineage.rivals[j]]);
        }
    }
}

const struct wh_lineage *wh_lineage_of(const struct wh_engine *engine, struct wh_span origin)
{
    for (uint32_t i = 0; i < engine->lineages_count; i++) {
        if (wh_span_equal(engine->lineages[i].origin, origin)) return &engine->lineages[i].lineage;
    }
    return NULL;
}

bool wh_row_decides(const struct wh_row *row)
{
    struct wh_arena arena = {NULL, 0};
    const Wh__TermValue *value;
    bool decides;
    if (row->table != WH_TABLE_TERM) return false;
    value =
        (const Wh__TermValue *)wh_protobuf_unpack(&wh__term_value__descriptor, row->value, &arena);
    decides = value && (value->abandons != 0 || value->settles);
    wh_arena_deinit(&arena);
    return decides;
}

bool wh_lineage_is_touched(const struct wh_engine *engine, const struct wh_row *row)
{
    return wh_row_decides(row) || wh_lineage_of(engine, row->origin);
}

enum wh_stand wh_row_stand(const struct wh_engine *engine, const struct wh_row *row)
{
    const struct wh_lineage *lineage;
    if (engine->lineages_count == 0 || row->table == WH_TABLE_TERM) return WH_STAND_SOUND;
    lineage = wh_lineage_of(engine, row->origin);
    return lineage ? wh_lineage_stand(lineage, row->term, row->counter) : WH_STAND_SOUND;
}

/* ---- Weighing ---- */

static bool are_same_metrics(const Wh__SummaryValue *a, const Wh__SummaryValue *b)
{
    if (!a || !b || a->n_metrics != b->n_metrics) return false;
    for (size_t i = 0; i < a->n_metrics; i++) {
        if (a->metrics[i]->value != b->metrics[i]->value) return false;
        if (!wh_span_equal(wh_span_of(a->metrics[i]->id), wh_span_of(b->metrics[i]->id))) {
            return false;
        }
    }
    return true;
}

/* A record that was entered again has another id, so the digests of summaries differ for ever:
 * their figures decide. */
static bool says_the_same(struct wh_engine *engine, const struct wh_row *held,
                          const struct wh_row *row)
{
    const ProtobufCMessageDescriptor *summary = &wh__summary_value__descriptor;
    if (wh_span_equal(held->value, row->value)) return true;
    if (row->table != WH_TABLE_SUMMARY || row->value.len == 0 || held->value.len == 0) return false;
    return are_same_metrics(
        (const Wh__SummaryValue *)wh_protobuf_unpack(summary, held->value, &engine->scratch),
        (const Wh__SummaryValue *)wh_protobuf_unpack(summary, row->value, &engine->scratch));
}

enum wh_taking wh_doubts_weigh(struct wh_engine *engine, const struct wh_row *held,
                               const struct wh_row *row)
{
    enum wh_stand stand = wh_row_stand(engine, row);
    enum wh_stand held_stand = held ? wh_row_stand(engine, held) : WH_STAND_SOUND;
    if (engine->lineages_count == 0) return WH_TAKING_BY_COUNTER;
    if (stand == WH_STAND_VOID) return WH_TAKING_SKIP;
    if (held && held_stand == WH_STAND_VOID) return WH_TAKING_PUT;
    if (held && held_stand == WH_STAND_DOUBT && stand == WH_STAND_SOUND) {
        engine->doubts_stale = true;
        return says_the_same(engine, held, row) ? WH_TAKING_PUT : WH_TAKING_REFUSE;
    }
    if (stand == WH_STAND_DOUBT) {
        engine->doubts_stale = true;
        /* A fact that nobody else told is better than none. */
        return held && held_stand == WH_STAND_SOUND ? WH_TAKING_REFUSE : WH_TAKING_BY_COUNTER;
    }
    return WH_TAKING_BY_COUNTER;
}
