/* What plugins may read of the node, and what the engine asks of plugins. */
#include <stdio.h>

#include "base/date.h"
#include "commands/desk.h"
#include "commands/figures.h"
#include "commands/record_writes.h"
#include "engine/cells.h"
#include "engine/programmes.h"
#include "engine/records.h"
#include "engine/rows.h"
#include "engine/units.h"
#include "model/key.h"
#include "standing/standings.h"

static int32_t year_of(const struct wh_engine *engine)
{
    return wh_civil_of(wh_engine_today(engine)).year;
}

/* ---- For plugins ---- */

static const struct wh_kind *find_kind(void *context, struct wh_span name)
{
    struct wh_desk *desk = context;
    return wh_kind_find(desk->engine, name, (uint32_t)year_of(desk->engine));
}

static int scan_records(void *context, struct wh_span kind, struct wh_span unit, int32_t from,
                        int32_t to, wh_host_record_each each, void *each_context,
                        struct wh_error *err)
{
    struct wh_desk *desk = context;
    struct wh_records_query query = {find_kind(context, kind), unit, from, to, WH_RECORDS_CURRENT};
    if (!query.kind)
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_KIND_UNKNOWN, WH_ARGS(wh_arg_s(kind)));
    return wh_records_scan(desk->engine, &query, each, each_context, err);
}

static int find_record(void *context, struct wh_span text, struct wh_arena *arena,
                       struct wh_record *ret, struct wh_error *err)
{
    return wh_record_by_text(((struct wh_desk *)context)->engine, text, arena, ret, err);
}

static int64_t now_ms(void *context)
{
    return wh_engine_now(((struct wh_desk *)context)->engine).clock_ms;
}

static int32_t zone_minutes(void *context)
{
    return wh_engine_now(((struct wh_desk *)context)->engine).zone_minutes;
}

static struct wh_span home(void *context)
{
    return wh_engine_home(((struct wh_desk *)context)->engine);
}

static int visit_units(void *context, struct wh_span under, wh_unit_visit visit,
                       void *visit_context, struct wh_error *err)
{
    struct wh_desk *desk = context;
    const struct wh_units *units = wh_engine_units(desk->engine);
    int rc = 0;
    if (under.len > 0 && !wh_units_find(units, under)) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_UNIT_UNKNOWN, WH_ARGS(wh_arg_s(under)));
    }
    for (uint32_t i = wh_units_from(units, under); rc == 0 && i < units->count; i++) {
        const struct wh_unit *unit = &units->items[i];
        struct wh_unit_view view = {
            .code = unit->code,
            .name = unit->name,
            .unit_kind = wh_span_of(wh_unit_kind_word(unit->kind)),
            .parent = unit->parent,
            .level = wh_unit_level(unit->kind),
            .opened = unit->opened,
            .closed = unit->closed,
        };
        if (!wh_span_starts(unit->code, under)) break;
        rc = visit(visit_context, &view);
    }
    return rc < 0 ? rc : 0;
}

struct figures {
    struct wh_span unit;
    uint32_t below;
    uint32_t year;
    wh_figure_visit visit;
    void *context;
};

static int visit_figure(void *context, const struct wh_figure *figure)
{
    const struct figures *figures = context;
    if (figures->year != 0 && figure->year != figures->year) return 0;
    if (!figures->below && !wh_span_equal(figure->unit, figures->unit)) return 0;
    return figures->visit(figures->context, figure);
}

static int visit_row(void *context, const struct wh_row *row)
{
    return wh_row_figures(row, visit_figure, context);
}

static int visit_figures(void *context, struct wh_span unit, uint32_t below, uint32_t year,
                         wh_figure_visit visit, void *visit_context, struct wh_error *err)
{
    struct wh_desk *desk = context;
    struct figures figures = {unit, below, year, visit, visit_context};
    return wh_rows_scan(desk->engine, WH_TABLE_SUMMARY, unit, WH_PLACE_NOW, visit_row, &figures,
                        err);
}

static const Wh__Programme *programme(void *context, uint32_t year, uint32_t *ret_number)
{
    struct wh_desk *desk = context;
    const struct wh_issue *issue = wh_programmes_for(wh_engine_programmes(desk->engine), year);
    if (!issue) return NULL;
    *ret_number = issue->number;
    return issue->programme;
}

static int standings(void *context, const struct wh_standing_query *query, wh_standing_visit visit,
                     void *visit_context, struct wh_error *err)
{
    struct wh_desk *desk = context;
    return wh_standings(desk->engine, query, visit, visit_context, err);
}

static int explain(void *context, struct wh_span unit, const struct wh_standing_query *query,
                   enum wh_language language, wh_explained_visit visit, void *visit_context,
                   struct wh_error *err)
{
    struct wh_desk *desk = context;
    return wh_explain(desk->engine, desk->plugins, unit, query, language, visit, visit_context,
                      err);
}

static int rates(void *context, const struct wh_standing_query *query, wh_rate_visit visit,
                 void *visit_context, struct wh_error *err)
{
    struct wh_desk *desk = context;
    return wh_rates(desk->engine, query, visit, visit_context, err);
}

static void moment(void *context, char ret[WH_MOMENT_TEXT_MAX])
{
    struct wh_desk *desk = context;
    char day[WH_DAY_TEXT_SIZE];
    wh_day_format(wh_engine_today(desk->engine), day);
    (void)snprintf(ret, WH_MOMENT_TEXT_MAX, "%s#%llu", day,
                   (unsigned long long)wh_engine_place_now(desk->engine));
}

struct published {
    struct wh_span prefix;
    wh_published_visit visit;
    void *context;
};

static int visit_published(void *context, const struct wh_row *row)
{
    const struct published *published = context;
    struct wh_published view = {.value = row->value};
    if (wh_row_key_published_read(row->key, &view.unit, &view.name, &view.origin) < 0) return 0;
    if (!wh_span_starts(view.name, published->prefix)) return 0;
    return published->visit(published->context, &view);
}

static int scan_published(void *context, struct wh_span prefix, wh_published_visit visit,
                          void *visit_context, struct wh_error *err)
{
    struct wh_desk *desk = context;
    struct published published = {prefix, visit, visit_context};
    int rc = wh_rows_scan(desk->engine, WH_TABLE_RANKING, WH_SPAN_EMPTY, WH_PLACE_NOW,
                          visit_published, &published, err);
    if (rc < 0) return rc;
    return wh_rows_scan(desk->engine, WH_TABLE_NOTICE, WH_SPAN_EMPTY, WH_PLACE_NOW, visit_published,
                        &published, err);
}

struct wh_host_services wh_desk_services(struct wh_desk *desk)
{
    struct wh_host_services services = {
        .context = desk,
        .now_ms = now_ms,
        .zone_minutes = zone_minutes,
        .home = home,
        .kind = find_kind,
        .records = scan_records,
        .record = find_record,
        .units = visit_units,
        .figures = visit_figures,
        .programme = programme,
        .standings = standings,
        .explain = explain,
        .rates = rates,
        .published = scan_published,
        .moment = moment,
    };
    wh_desk_write_services(&services);
    return services;
}

/* ---- For the engine ---- */

static int set_metric(void *context, struct wh_span metric, int64_t value)
{
    return wh_measurement_set(context, metric, value);
}

static void use_record(void *context, struct wh_id id, uint64_t version)
{
    wh_measurement_use(context, id, version);
}

/* A plugin that fails to measure leaves the cell dirty and stops nobody else. */
static int measure(void *context, const struct wh_cell *cell, const struct wh_kind *kind,
                   struct wh_measurement *ret, struct wh_error *err)
{
    struct wh_desk *desk = context;
    struct wh_measure_sink sink = {ret, set_metric, use_record};
    if (!desk->plugins) return WH_E_NOT_FOUND;
    /* the host has logged it, once */
    return wh_plugins_measure(desk->plugins, cell, kind, sink, err) < 0 ? WH_E_NOT_FOUND : 0;
}

static void row_changed(void *context, struct wh_span key)
{
    struct wh_desk *desk = context;
    struct wh_row_change change;
    struct wh_span origin;
    int32_t quarter;
    if (!desk->plugins || !wh_plugins_listen(desk->plugins)) return;
    if (wh_row_key_summary_read(key, &change.unit, &quarter, &change.facet, &origin) < 0) return;
    change.year = (uint32_t)(quarter / 4);
    change.quarter_of_year = (uint32_t)(quarter % 4 + 1);
    wh_plugins_row_changed(desk->plugins, &change);
}

static const struct wh_kind *plugin_kind(void *context, struct wh_span name)
{
    struct wh_desk *desk = context;
    return desk->plugins ? wh_plugins_kind(desk->plugins, name) : NULL;
}

static const char *plugin_kind_name(void *context, size_t i)
{
    struct wh_desk *desk = context;
    return desk->plugins ? wh_plugins_kind_name(desk->plugins, i) : NULL;
}

static bool serves_ledgers(void *context)
{
    struct wh_desk *desk = context;
    return desk->plugins && wh_plugins_serve_ledgers(desk->plugins);
}

static void joined(void *context)
{
    struct wh_desk *desk = context;
    struct wh_error err;
    if (desk->home && wh_home_joined(desk->home, &err) < 0) {
        wh_log(desk->log, WH_WARN, "join.token_left", "why=keys/join.key could not be removed");
    }
    wh_log(desk->log, WH_INFO, "join.done", "unit=%.*s", (int)desk->home->config.unit.len,
           desk->home->config.unit.data);
}

/* A neighbour that refuses, or can't be reached, says so at each attempt: the log tells when that
 * begins, and by the note that follows when it has ended. */
static bool is_logged(struct wh_desk *desk, struct wh_span peer, const struct wh_note *note)
{
    uint64_t *last = wh_map_get(&desk->noted, peer);
    /* The number of these tells how far the other side has come meanwhile. */
    uint64_t number = note->type == WH_NOTE_ABANDONED ? 0 : note->number;
    uint64_t now = (uint64_t)note->type << 56 | (number & (UINT64_MAX >> 8));
    if (last && *last == now) return true;
    if (last) {
        *last = now;
    } else {
        wh_map_put(&desk->noted, wh_arena_copy(&desk->peers, peer), now);
    }
    return false;
}

static void noted(void *context, struct wh_span peer, const struct wh_note *note)
{
    struct wh_desk *desk = context;
    if (is_logged(desk, peer, note)) return;
    wh_log(desk->log, WH_INFO, "link", "peer=%.*s note=%s number=%llu", (int)peer.len, peer.data,
           wh_note_word(note->type), (unsigned long long)note->number);
}

struct wh_engine_hooks wh_desk_hooks(struct wh_desk *desk)
{
    return (struct wh_engine_hooks){
        .context = desk,
        .measure = measure,
        .plugin_kind = plugin_kind,
        .plugin_kind_name = plugin_kind_name,
        .serves_ledgers = serves_ledgers,
        .row_changed = row_changed,
        .requests = wh_desk_requests,
        .committed = wh_desk_committed,
        .joined = joined,
        .noted = noted,
    };
}
