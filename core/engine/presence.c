/* Presence (data.md "Presence"): at its first turn in a quarter a node says that somebody is there,
 * for its home unit and, where that is of township level, for each grassroots unit that it serves.
 * It also gives its home unit a row where nobody above has described it yet. */
#include "base/date.h"
#include "engine/engine_parts.h"
#include "engine/members.h"
#include "engine/rows.h"
#include "model/key.h"
#include "model/protobuf.h"

static int put_presence(struct wh_engine *engine, struct wh_span unit, int32_t quarter,
                        struct wh_error *err)
{
    Wh__SummaryValue value = WH__SUMMARY_VALUE__INIT;
    Wh__MetricValue metric = WH__METRIC_VALUE__INIT, *metrics[1] = {&metric};
    struct wh_tuple key;
    struct wh_row row;
    int rc;
    wh_row_key_summary(&key, unit, quarter, WH_S("presence"), engine->home);
    rc = wh_row_get(engine, WH_TABLE_SUMMARY, wh_tuple_span(&key), WH_PLACE_NOW, &engine->scratch,
                    &row, err);
    if (rc < 0 || row.packed.data) return rc;
    metric.id = wh_arena_text(&engine->scratch, WH_S("presence"));
    metric.value = 1;
    value.n_metrics = 1;
    value.metrics = metrics;
    return wh_row_put(engine, WH_TABLE_SUMMARY, wh_tuple_span(&key),
                      wh_protobuf_pack(&value.base, &engine->scratch), err);
}

static int put_home(struct wh_engine *engine, struct wh_error *err)
{
    Wh__UnitValue value = WH__UNIT_VALUE__INIT;
    struct wh_tuple key;
    struct wh_row row;
    int rc;
    wh_row_key_unit(&key, engine->home, engine->home);
    rc = wh_row_get(engine, WH_TABLE_UNIT, wh_tuple_span(&key), WH_PLACE_NOW, &engine->scratch,
                    &row, err);
    if (rc < 0 || row.packed.data) return rc;
    value.name = wh_arena_text(&engine->scratch, engine->home_name);
    value.kind = engine->home_kind;
    return wh_row_put(engine, WH_TABLE_UNIT, wh_tuple_span(&key),
                      wh_protobuf_pack(&value.base, &engine->scratch), err);
}

int wh_presence_write(struct wh_engine *engine, struct wh_error *err)
{
    int32_t quarter = wh_quarter_of(wh_engine_today(engine));
    const struct wh_units *units = &engine->units;
    int rc;
    if (engine->presence_quarter == quarter && engine->presence_units == units->count) return 0;
    engine->cells_pending = true; /* cells of a quarter that has now begun */
    rc = put_home(engine, err);
    if (rc == 0) rc = put_presence(engine, engine->home, quarter, err);
    if (rc == 0 && wh_unit_level(engine->home_kind) == WH_LEVEL_TOWNSHIP) {
        for (uint32_t i = wh_units_from(units, engine->home); rc == 0 && i < units->count; i++) {
            const struct wh_unit *unit = &units->items[i];
            if (!wh_code_in_range(unit->code, engine->home)) break;
            if (wh_unit_level(unit->kind) != WH_LEVEL_GRASSROOTS) continue;
            if (!wh_unit_exists(unit, wh_engine_today(engine))) continue;
            if (wh_member_serves(engine, unit->code)) continue;
            rc = put_presence(engine, unit->code, quarter, err);
        }
    }
    if (rc == 0) {
        engine->presence_quarter = quarter;
        engine->presence_units = units->count;
    }
    return rc;
}
