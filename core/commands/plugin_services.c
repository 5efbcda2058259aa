/* What plugins may ask of the node, and what the engine asks of plugins. */
#include "base/date.h"
#include "commands/desk.h"
#include "engine/cells.h"
#include "engine/programmes.h"
#include "engine/records.h"
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

static uint32_t year_now(void *context)
{
    return (uint32_t)year_of(((struct wh_desk *)context)->engine);
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

struct wh_host_services wh_desk_services(struct wh_desk *desk)
{
    return (struct wh_host_services){
        .context = desk,
        .records = scan_records,
        .kind = find_kind,
        .year_now = year_now,
        .standings = standings,
        .explain = explain,
    };
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
    int rc = desk->plugins ? wh_plugins_measure(desk->plugins, cell, sink, err) : WH_E_NOT_FOUND;
    (void)kind;
    if (rc < 0 && rc != WH_E_NOT_FOUND) {
        struct wh_arena arena = {NULL, 0};
        struct wh_span text = wh_error_text(err, WH_EN, &arena);
        wh_log(desk->log, WH_ERROR, "measure.failed", "unit=%.*s kind=%.*s why=%.*s",
               (int)cell->unit.len, cell->unit.data, (int)cell->kind.len, cell->kind.data,
               (int)text.len, text.data);
        wh_arena_deinit(&arena);
        return WH_E_NOT_FOUND;
    }
    return rc;
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
        .requests = wh_desk_requests,
        .committed = wh_desk_committed,
        .joined = joined,
        .noted = noted,
    };
}
