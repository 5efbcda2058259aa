#include "engine/terms.h"

#include "base/limits.h"
#include "base/memory.h"
#include "engine/engine_parts.h"
#include "engine/rows.h"
#include "model/key.h"
#include "model/protobuf.h"

static void add_mark(struct wh_engine *engine, struct wh_term_mark mark)
{
    uint32_t count = engine->marks_count;
    if (count == engine->marks_size) {
        engine->marks_size = count > 0 ? count * 2 : 4;
        engine->marks = wh_memory_resize(engine->marks, engine->marks_size, sizeof(*engine->marks));
    }
    engine->marks[engine->marks_count++] = mark;
}

/* Own terms come in the order of their first counter, which is part of their key. */
static int visit_term(void *context, const struct wh_row *row)
{
    struct wh_engine *engine = context;
    const Wh__TermValue *term = (const Wh__TermValue *)wh_protobuf_unpack(
        &wh__term_value__descriptor, row->value, &engine->scratch);
    if (!term) return WH_E_CORRUPT;
    if (!wh_span_equal(row->origin, engine->home)) return 0;
    if (engine->marks_count >= WH_TERMS_COUNT_MAX) return WH_E_TOO_BIG;
    add_mark(engine,
             (struct wh_term_mark){term->id, term->first, term->abandons, term->settles != 0});
    return 0;
}

int wh_terms_load(struct wh_engine *engine, struct wh_error *err)
{
    struct wh_tuple prefix;
    int rc;
    wh_tuple_clear(&prefix);
    wh_tuple_put_text(&prefix, engine->home);
    rc = wh_rows_scan(engine, WH_TABLE_TERM, wh_tuple_span(&prefix), WH_PLACE_NOW, visit_term,
                      engine, err);
    engine->safe_marks_count = engine->marks_count;
    return rc;
}

int wh_term_open(struct wh_engine *engine, const struct wh_term_reason *reason,
                 struct wh_error *err)
{
    Wh__TermValue value = WH__TERM_VALUE__INIT;
    struct wh_tuple key;
    int rc;
    value.predecessor = engine->marks_count > 0 ? engine->marks[engine->marks_count - 1].id : 0;
    engine->term = wh_engine_chance(engine) | 1; /* 0 means none */
    engine->term_is_told = false;
    value.id = engine->term;
    value.first = engine->head + 1;
    value.opened_ms = (uint64_t)engine->now.clock_ms;
    value.abandons = reason->abandons;
    value.settles = reason->settles;
    wh_row_key_term(&key, engine->home, value.first, value.id);
    rc = wh_row_put(engine, WH_TABLE_TERM, wh_tuple_span(&key),
                    wh_protobuf_pack(&value.base, &engine->scratch), err);
    if (rc < 0) {
        engine->term_is_told = true; /* nothing may be written under a term that never was */
        return rc;
    }
    add_mark(engine, (struct wh_term_mark){value.id, value.first, value.abandons, reason->settles});
    engine->term_opened_ms = engine->now.mono_ms;
    return 0;
}

int wh_term_give_up(struct wh_engine *engine, uint64_t term, struct wh_error *err)
{
    struct wh_term_reason reason = {.abandons = term};
    struct wh_history history = {engine->marks, engine->marks_count};
    return wh_history_abandons(history, term) ? 0 : wh_term_open(engine, &reason, err);
}

void wh_term_tell(struct wh_engine *engine)
{
    if (engine->now.mono_ms - engine->term_opened_ms >= WH_TERM_MS_MIN) engine->term_is_told = true;
}

int wh_term_ensure(struct wh_engine *engine, struct wh_error *err)
{
    static const struct wh_term_reason none = {0, false};
    return engine->term_is_told ? wh_term_open(engine, &none, err) : 0;
}

void wh_terms_undo(struct wh_engine *engine)
{
    if (engine->marks_count == engine->safe_marks_count) return;
    engine->marks_count = engine->safe_marks_count;
    engine->term_is_told = true; /* what comes next is not of a term that never was */
}

void wh_terms_committed(struct wh_engine *engine)
{
    engine->safe_marks_count = engine->marks_count;
}
