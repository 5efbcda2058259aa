/* status, metrics. */
#include <cJSON.h>
#include <stdio.h>

#include "base/date.h"
#include "commands/figures.h"
#include "commands/handlers.h"
#include "commands/link_words.h"
#include "engine/doubts.h"
#include "engine/programmes.h"
#include "engine/records.h"
#include "engine/rows.h"
#include "engine/units.h"
#include "home/restored.h"

/* ---- status ---- */

static struct wh_span json_text(cJSON *json, struct wh_arena *arena)
{
    char *text = cJSON_PrintUnformatted(json);
    struct wh_span copy = wh_arena_copy(arena, wh_span_of(text));
    cJSON_free(text);
    cJSON_Delete(json);
    return copy;
}

static void add_text(cJSON *object, const char *name, struct wh_span text, struct wh_arena *arena)
{
    (void)cJSON_AddStringToObject(object, name, wh_arena_text(arena, text));
}

/* As digits: cJSON's own numbers are floating. */
static void add_number(cJSON *object, const char *name, uint64_t number)
{
    char digits[24];
    (void)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
    (void)cJSON_AddRawToObject(object, name, digits);
}

static struct wh_span plugins_json(struct wh_desk *desk, struct wh_arena *arena)
{
    cJSON *list = cJSON_CreateArray();
    struct wh_plugin_view plugin;
    for (uint32_t i = 0; desk->plugins && wh_plugin_at(desk->plugins, i, &plugin); i++) {
        cJSON *one = cJSON_CreateObject();
        add_text(one, "name", plugin.name, arena);
        (void)cJSON_AddStringToObject(one, "state", wh_plugin_state_word(plugin.state));
        if (plugin.reason.len > 0) add_text(one, "reason", plugin.reason, arena);
        (void)cJSON_AddItemToArray(list, one);
    }
    return json_text(list, arena);
}

static struct wh_span links_json(struct wh_desk *desk, struct wh_call *call)
{
    cJSON *list = cJSON_CreateArray();
    struct wh_link_status link;
    for (uint32_t i = 0; wh_link_status(desk->engine, i, &link); i++) {
        cJSON *one = cJSON_CreateObject();
        add_text(one, "peer", wh_link_peer(desk, &link), &call->arena);
        add_text(one, "role", link.role == WH_LINK_TO_PARENT ? WH_S("parent") : WH_S("child"),
                 &call->arena);
        (void)cJSON_AddStringToObject(one, "state", wh_link_word(&link));
        add_text(one, "reason", wh_link_reason(desk, call, &link), &call->arena);
        add_number(one, "pending", link.pending);
        add_number(one, "rejected", link.rejected);
        (void)cJSON_AddItemToArray(list, one);
    }
    return json_text(list, &call->arena);
}

/* Which backup the home was restored from; null: it never was. */
static struct wh_value restored_json(struct wh_desk *desk, struct wh_call *call)
{
    char taken[WH_MOMENT_TEXT_SIZE], restored_at[WH_MOMENT_TEXT_SIZE];
    struct wh_restored restored;
    cJSON *object;
    wh_restored_read(desk->home->dir, &call->arena, &restored);
    if (restored.number == 0) return wh_value_null();
    wh_moment_format(restored.taken_ms, call->zone_minutes, taken);
    wh_moment_format(restored.restored_ms, call->zone_minutes, restored_at);
    object = cJSON_CreateObject();
    add_number(object, "number", restored.number);
    add_text(object, "taken", wh_span_of(taken), &call->arena);
    add_text(object, "restored", wh_span_of(restored_at), &call->arena);
    add_text(object, "from", restored.from, &call->arena);
    return (struct wh_value){.type = WH_JSON, .text = json_text(object, &call->arena)};
}

static int count_notice(void *context, const struct wh_notice_view *notice)
{
    (void)notice;
    (*(int64_t *)context)++;
    return 0;
}

int wh_run_status(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_span home = wh_engine_home(desk->engine);
    const struct wh_units *units = wh_engine_units(desk->engine);
    const struct wh_unit *unit = wh_units_find(units, home);
    const struct wh_programmes *held = wh_engine_programmes(desk->engine);
    int64_t up_ms = wh_engine_now(desk->engine).mono_ms - desk->started_ms;
    uint64_t records, rows;
    int64_t notices = 0;
    int rc = wh_records_count(desk->engine, &records, err);
    if (rc == 0) rc = wh_engine_rows_count(desk->engine, &rows, err);
    if (rc == 0 && desk->plugins) {
        rc = wh_plugins_notices(desk->plugins, count_notice, &notices, err);
    }
    if (rc < 0) return rc;
    struct wh_value row[] = {
        wh_value_text(home),
        unit ? wh_value_text(unit->name) : wh_value_null(),
        wh_value_text(wh_span_of(desk->version)),
        wh_value_number(WH_INTEGER, up_ms / 1000),
        wh_value_number(WH_INTEGER, (int64_t)records),
        wh_value_number(WH_INTEGER, (int64_t)rows),
        wh_value_number(WH_INTEGER, units->count),
        held->count > 0 ? wh_value_number(WH_INTEGER, held->issues[held->count - 1].number)
                        : wh_value_null(),
        {.type = WH_JSON, .text = plugins_json(desk, &call->arena)},
        {.type = WH_JSON, .text = links_json(desk, call)},
        wh_value_number(WH_INTEGER, notices),
        wh_value_number(WH_INTEGER, desk->disk_free ? desk->disk_free(desk->node) : 0),
        restored_json(desk, call),
    };
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
    return 0;
}

/* ---- metrics ---- */

struct metric_listing {
    struct wh_desk *desk;
    struct wh_call *call;
    struct wh_span unit;
    bool under;
    int32_t first; /* quarters, both included */
    int32_t last;
    bool in_doubt; /* the row being listed */
};

static int list_metric(void *context, const struct wh_figure *figure)
{
    struct metric_listing *listing = context;
    int32_t quarter = (int32_t)(figure->year * 4 + figure->quarter_of_year - 1);
    char text[WH_QUARTER_TEXT_SIZE];
    if (quarter < listing->first || quarter > listing->last) return 0;
    if (!listing->under && !wh_span_equal(figure->unit, listing->unit)) return 0;
    wh_quarter_format(quarter, text);
    struct wh_value values[] = {
        wh_value_text(figure->unit),
        wh_value_text(wh_span_of(text)),
        wh_value_text(figure->facet),
        wh_value_text(figure->origin),
        wh_value_text(figure->metric),
        wh_value_number(WH_INTEGER, figure->value),
        wh_value_number(WH_YESNO, listing->in_doubt),
    };
    wh_reply_row(listing->call, values, sizeof(values) / sizeof(values[0]));
    return 0;
}

static int list_metrics(void *context, const struct wh_row *row)
{
    struct metric_listing *listing = context;
    listing->in_doubt = wh_row_stand(listing->desk->engine, row) == WH_STAND_DOUBT;
    return wh_row_figures(row, list_metric, listing);
}

static int read_quarters(struct wh_call *call, struct metric_listing *listing, struct wh_error *err)
{
    struct wh_span quarter = wh_call_text(call, "quarter");
    int64_t year = wh_call_number(call, "year", 0);
    listing->first = INT32_MIN;
    listing->last = INT32_MAX;
    if (quarter.len > 0 && wh_call_has(call, "year")) {
        return wh_fail(err, WH_E_USAGE, WH_MSG_YEAR_OR_QUARTER, NULL);
    }
    if (wh_call_has(call, "year")) {
        if (year < 0 || year > 9999) {
            return wh_fail(err, WH_E_USAGE, WH_MSG_YEAR, WH_ARGS(wh_arg_n(year)));
        }
        listing->first = (int32_t)year * 4;
        listing->last = (int32_t)year * 4 + 3;
    }
    if (quarter.len == 0) return 0;
    if (wh_quarter_parse(quarter, &listing->first) < 0) {
        return wh_fail(err, WH_E_USAGE, WH_MSG_QUARTER, WH_ARGS(wh_arg_s(quarter)));
    }
    listing->last = listing->first;
    return 0;
}

int wh_run_metrics(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct metric_listing listing = {.desk = desk,
                                     .call = call,
                                     .unit = wh_call_text(call, "unit"),
                                     .under = wh_call_has(call, "under")};
    int rc = read_quarters(call, &listing, err);
    if (rc < 0) return rc;
    if (!wh_units_find(wh_engine_units(desk->engine), listing.unit)) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_UNIT_UNKNOWN, WH_ARGS(wh_arg_s(listing.unit)));
    }
    return wh_rows_scan(desk->engine, WH_TABLE_SUMMARY, listing.unit, WH_PLACE_NOW, list_metrics,
                        &listing, err);
}
