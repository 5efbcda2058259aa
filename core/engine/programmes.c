#include "engine/programmes.h"

#include "engine/cells.h"
#include "engine/engine_parts.h"
#include "engine/rows.h"
#include "model/key.h"
#include "model/protobuf.h"

struct issue_load {
    struct wh_arena *arena;
    struct wh_issue *items;
    uint32_t count;
    uint32_t size;
    struct wh_error *err;
};

static int broken(struct wh_error *err)
{
    return wh_fail(err, WH_E_CORRUPT, WH_MSG_STORE_ROW_BROKEN, NULL);
}

/* Rows come by the unit of the root, then number: in the order of issue. */
static int load_issue(void *context, const struct wh_row *row)
{
    struct issue_load *load = context;
    const Wh__ProgrammeValue *value = (const Wh__ProgrammeValue *)wh_protobuf_unpack(
        &wh__programme_value__descriptor, row->value, load->arena);
    struct wh_issue issue;
    if (!value) return broken(load->err);
    issue = (struct wh_issue){
        .number = value->number,
        .issued_ms = (int64_t)value->issued_ms,
        .origin = wh_arena_copy(load->arena, row->origin),
    };
    if (wh_programme_unpack(wh_span(value->programme.data, value->programme.len), load->arena,
                            &issue.programme) < 0) {
        return broken(load->err);
    }
    issue.kinds = wh_programme_kinds(issue.programme, load->arena);
    if (load->count == load->size) {
        struct wh_issue *items;
        load->size = load->size > 0 ? load->size * 2 : 4;
        items = wh_arena_new(load->arena, load->size, sizeof(*items));
        if (load->items) memcpy(items, load->items, load->count * sizeof(*items));
        load->items = items;
    }
    load->items[load->count++] = issue;
    return 0;
}

int wh_programmes_load(struct wh_engine *engine, uint64_t place, struct wh_arena *arena,
                       struct wh_programmes *ret, struct wh_error *err)
{
    struct issue_load load = {.arena = arena, .err = err};
    int rc = wh_rows_scan(engine, WH_TABLE_PROGRAMME, WH_SPAN_EMPTY, place, load_issue, &load, err);
    if (rc < 0) return rc;
    *ret = (struct wh_programmes){load.items, load.count};
    return 0;
}

const struct wh_issue *wh_programmes_for(const struct wh_programmes *programmes, uint32_t year)
{
    for (uint32_t i = programmes->count; i > 0; i--) {
        const struct wh_issue *issue = &programmes->issues[i - 1];
        if (wh_programme_covers(issue->programme, year)) return issue;
    }
    return NULL;
}

int wh_programme_issue(struct wh_engine *engine, const Wh__Programme *programme,
                       uint32_t *ret_number, struct wh_error *err)
{
    const struct wh_programmes *held = &engine->programmes;
    Wh__ProgrammeValue value = WH__PROGRAMME_VALUE__INIT;
    struct wh_span packed = wh_programme_pack(programme, &engine->scratch);
    struct wh_tuple key;
    int rc;
    if (engine->parent) {
        return wh_fail(err, WH_E_NOT_PERMITTED, WH_MSG_PROGRAMME_NOT_ROOT,
                       WH_ARGS(wh_arg_s(engine->home)));
    }
    if (held->count > 0) {
        const struct wh_issue *last = &held->issues[held->count - 1];
        *ret_number = last->number;
        if (wh_span_equal(wh_programme_pack(last->programme, &engine->scratch), packed)) return 0;
    }
    value.number = held->count > 0 ? held->issues[held->count - 1].number + 1 : 1;
    value.issued_ms = (uint64_t)engine->now.clock_ms;
    value.programme = (ProtobufCBinaryData){packed.len, (uint8_t *)(uintptr_t)packed.data};
    wh_row_key_numbered(&key, engine->home, value.number, engine->home);
    rc = wh_row_put(engine, WH_TABLE_PROGRAMME, wh_tuple_span(&key),
                    wh_protobuf_pack(&value.base, &engine->scratch), err);
    if (rc == 0) *ret_number = value.number;
    return rc;
}

static const struct wh_issue *issue_of_kinds(const struct wh_engine *engine, uint32_t year)
{
    const struct wh_programmes *held = &engine->programmes;
    const struct wh_issue *issue = wh_programmes_for(held, year);
    if (engine->hooks.serves_ledgers && !engine->hooks.serves_ledgers(engine->hooks.context)) {
        return NULL;
    }
    return issue || held->count == 0 ? issue : &held->issues[held->count - 1];
}

const struct wh_kind *wh_kind_find(const struct wh_engine *engine, struct wh_span name,
                                   uint32_t year)
{
    const struct wh_issue *issue = issue_of_kinds(engine, year);
    for (size_t i = 0; issue && i < issue->programme->n_ledgers; i++) {
        if (wh_span_equal(name, wh_span_of(issue->kinds[i].name))) return &issue->kinds[i];
    }
    if (!engine->hooks.plugin_kind) return NULL;
    return engine->hooks.plugin_kind(engine->hooks.context, name);
}

struct wh_span wh_kind_each(const void *names, size_t i)
{
    const struct wh_kind_names *of = names;
    const struct wh_issue *issue = issue_of_kinds(of->engine, of->year);
    size_t ledgers = issue ? issue->programme->n_ledgers : 0;
    if (i < ledgers) return wh_span_of(issue->kinds[i].name);
    if (!of->engine->hooks.plugin_kind_name) return WH_SPAN_EMPTY;
    return wh_span_of(of->engine->hooks.plugin_kind_name(of->engine->hooks.context, i - ledgers));
}
