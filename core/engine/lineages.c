/* The lineages of those origins whose history has branches: as a rule there are none, and every
 * question here costs one comparison. */
#include "engine/doubts.h"

#include "engine/engine_parts.h"
#include "engine/rows.h"
#include "model/protobuf.h"

struct load {
    struct wh_engine *engine;
    struct wh_arena *arena;
    struct wh_origin_lineage *items;
    uint32_t count;
    uint32_t size;
    struct wh_span origin; /* of the terms gathered now */
    struct wh_term *terms;
    uint32_t terms_count;
    uint32_t terms_size;
    bool has_branches;
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
    struct wh_origin_lineage *item;
    if (load->has_branches) {
        if (load->count == load->size) {
            load->items =
                grow(load->arena, load->items, load->count, &load->size, sizeof(*load->items));
        }
        item = &load->items[load->count++];
        item->origin = load->origin;
        wh_lineage_make(&item->lineage, load->terms, load->terms_count, load->arena);
        load->terms = NULL; /* the lineage keeps them */
        load->terms_size = 0;
    }
    load->terms_count = 0;
    load->has_branches = false;
}

/* Term rows come by origin, which is their unit. */
static int load_term(void *context, const struct wh_row *row)
{
    struct load *load = context;
    const Wh__TermValue *value = (const Wh__TermValue *)wh_protobuf_unpack(
        &wh__term_value__descriptor, row->value, &load->engine->scratch);
    if (!value) return 0; /* a row that can't be read decides nothing */
    if (!wh_span_equal(load->origin, row->origin)) {
        finish_origin(load);
        load->origin = wh_arena_copy(load->arena, row->origin);
    }
    if (load->terms_count == load->terms_size) {
        load->terms = grow(load->arena, load->terms, load->terms_count, &load->terms_size,
                           sizeof(*load->terms));
    }
    load->terms[load->terms_count++] = (struct wh_term){
        .id = value->id,
        .first = value->first,
        .predecessor = value->predecessor,
        .abandons = value->abandons,
        .settles = value->settles != 0,
    };
    if (value->abandons != 0 || value->settles) load->has_branches = true;
    return 0;
}

int wh_lineages_load(struct wh_engine *engine, struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    struct load load = {.engine = engine, .arena = &arena};
    int rc =
        wh_rows_scan(engine, WH_TABLE_TERM, WH_SPAN_EMPTY, WH_PLACE_NOW, load_term, &load, err);
    if (rc < 0) {
        wh_arena_deinit(&arena);
        return rc;
    }
    finish_origin(&load);
    if (load.count == 0) wh_arena_deinit(&arena);
    wh_arena_deinit(&engine->lineages_arena);
    engine->lineages_arena = arena;
    engine->lineages = load.items;
    engine->lineages_count = load.count;
    engine->doubts_stale = load.count > 0 || engine->doubts.total > 0;
    return 0;
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
