/* status, sync status|now|retry, wait, metrics, plugin list|show, commands. */
#include <cJSON.h>
#include <stdio.h>

#include "base/date.h"
#include "commands/handlers.h"
#include "engine/cells.h"
#include "engine/links.h"
#include "engine/programmes.h"
#include "engine/records.h"
#include "engine/rows.h"
#include "engine/units.h"
#include "home/restored.h"
#include "model/key.h"
#include "model/protobuf.h"

/* ---- Links ---- */

/* The note that explains a state, in words. */
static enum wh_message reason_message(const struct wh_link_status *link)
{
    switch (link->state) {
    case WH_LINK_UP: return link->pending > 0 ? WH_MSG_LINK_SENDING : WH_MSG_LINK_IDLE;
    case WH_LINK_REFUSED:
        return link->reason.type == WH_NOTE_DENIED ? WH_MSG_LINK_DENIED : WH_MSG_LINK_REFUSED;
    case WH_LINK_DIVERGED: return WH_MSG_LINK_DIVERGED;
    case WH_LINK_CONNECTING:
    case WH_LINK_GREETING: return WH_MSG_LINK_CONNECTING;
    case WH_LINK_DOWN:
        return link->role == WH_LINK_TO_PARENT ? WH_MSG_LINK_DOWN : WH_MSG_LINK_CHILD_DOWN;
    }
    return WH_MSG_LINK_DOWN;
}

static struct wh_span reason_text(struct wh_call *call, const struct wh_link_status *link)
{
    char since[WH_MOMENT_TEXT_SIZE];
    struct wh_error sentence;
    wh_moment_format(link->since_ms, call->zone_minutes, since);
    (void)wh_fail(&sentence, WH_E_FAILED, reason_message(link),
                  WH_ARGS(wh_arg_c(since), wh_arg_n(link->in_flight),
                          wh_arg_c(wh_note_word(link->reason.type))));
    return wh_error_text(&sentence, call->language, &call->arena);
}

static struct wh_span peer_of(struct wh_desk *desk, const struct wh_link_status *link)
{
    const struct wh_unit *home;
    if (link->peer.len > 0) return link->peer;
    home = wh_units_find(wh_engine_units(desk->engine), wh_engine_home(desk->engine));
    return home && home->parent.len > 0 ? home->parent : WH_S("parent");
}

int wh_run_sync_status(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_link_status link;
    (void)err;
    for (uint32_t i = 0; wh_link_status(desk->engine, i, &link); i++) {
        struct wh_value row[] = {
            wh_value_text(peer_of(desk, &link)),
            wh_value_text(link.role == WH_LINK_TO_PARENT ? WH_S("parent") : WH_S("child")),
            wh_value_text(wh_span_of(wh_link_state_word(link.state))),
            wh_value_text(reason_text(call, &link)),
            wh_value_number(WH_INTEGER, 0),
            wh_value_number(WH_INTEGER, (int64_t)link.pending),
            wh_value_number(WH_INTEGER, (int64_t)link.cursor),
            link.last_ack_ms > 0 ? wh_value_number(WH_TIME, link.last_ack_ms) : wh_value_null(),
            wh_value_number(WH_INTEGER, (int64_t)link.rejected),
            wh_value_number(WH_INTEGER, link.skew_ms),
        };
        wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
    }
    return 0;
}

int wh_run_sync_now(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_link_status link;
    bool has_parent = wh_link_status(desk->engine, 0, &link) && link.role == WH_LINK_TO_PARENT;
    (void)err;
    if (!has_parent) {
        wh_reply_note(call, WH_MSG_SYNC_NO_PARENT, NULL);
        return 0;
    }
    wh_links_hurry(desk->engine);
    return 0;
}

int wh_run_sync_retry(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_value rows;
    uint32_t count;
    int rc = wh_links_retry_rejects(desk->engine, &count, err);
    if (rc < 0) return rc;
    rows = wh_value_number(WH_INTEGER, count);
    wh_reply_row(call, &rows, 1);
    return 0;
}

/* ---- wait ---- */

struct waiting {
    int64_t until_ms;
    uint64_t nonce;
};

static void release(void *state)
{
    (void)state; /* in the call's arena */
}

static enum wh_message what_is_missing(struct wh_desk *desk, const struct waiting *waiting)
{
    if (!wh_cells_all_measured(desk->engine)) return WH_MSG_WAIT_MEASURE;
    if (wh_links_join_denied(desk->engine)) return WH_MSG_TOKEN_USED;
    if (wh_links_joining(desk->engine)) return WH_MSG_WAIT_JOIN;
    if (!wh_links_sent_all(desk->engine)) return WH_MSG_WAIT_SEND;
    if (!wh_links_settled(desk->engine, waiting->nonce)) return WH_MSG_WAIT_RECEIVE;
    return WH_MESSAGES_COUNT;
}

int wh_run_wait(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct waiting *waiting = call->state;
    int64_t timeout_s = wh_call_number(call, "timeout", 60);
    enum wh_message missing;
    if (!wh_call_has(call, "synced")) return 0;
    if (!waiting) {
        waiting = wh_arena_new(&call->arena, 1, sizeof(*waiting));
        if (timeout_s < 0 || timeout_s > 86400 * 7) timeout_s = 86400 * 7;
        waiting->until_ms = wh_engine_now(desk->engine).mono_ms + timeout_s * 1000;
        waiting->nonce = wh_links_ask_barrier(desk->engine);
        call->state = waiting;
        call->release = release;
        return WH_CALL_AGAIN;
    }
    missing = what_is_missing(desk, waiting);
    if (missing == WH_MESSAGES_COUNT) return 0;
    if (wh_engine_now(desk->engine).mono_ms < waiting->until_ms) return WH_CALL_AGAIN;
    return wh_fail(err, WH_E_FAILED, missing, WH_ARGS(wh_arg_n(timeout_s)));
}

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
        add_text(one, "peer", peer_of(desk, &link), &call->arena);
        add_text(one, "role", link.role == WH_LINK_TO_PARENT ? WH_S("parent") : WH_S("child"),
                 &call->arena);
        (void)cJSON_AddStringToObject(one, "state", wh_link_state_word(link.state));
        add_text(one, "reason", reason_text(call, &link), &call->arena);
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

int wh_run_status(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_span home = wh_engine_home(desk->engine);
    const struct wh_units *units = wh_engine_units(desk->engine);
    const struct wh_unit *unit = wh_units_find(units, home);
    const struct wh_programmes *held = wh_engine_programmes(desk->engine);
    int64_t up_ms = wh_engine_now(desk->engine).mono_ms - desk->started_ms;
    uint64_t records, rows;
    int rc = wh_records_count(desk->engine, &records, err);
    if (rc == 0) rc = wh_engine_rows_count(desk->engine, &rows, err);
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
        wh_value_number(WH_INTEGER, 0),
        wh_value_number(WH_INTEGER, desk->disk_free ? desk->disk_free(desk->node) : 0),
        restored_json(desk, call),
    };
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
    return 0;
}

/* ---- metrics ---- */

struct metric_listing {
    struct wh_call *call;
    struct wh_span unit;
    bool under;
    int32_t first; /* quarters, both included */
    int32_t last;
};

static int list_metrics(void *context, const struct wh_row *row)
{
    struct metric_listing *listing = context;
    struct wh_arena arena = {NULL, 0};
    const Wh__SummaryValue *summary;
    struct wh_span unit, facet, origin;
    char text[WH_QUARTER_TEXT_SIZE];
    int32_t quarter;
    if (wh_row_key_summary_read(row->key, &unit, &quarter, &facet, &origin) < 0) return 0;
    if (quarter < listing->first || quarter > listing->last) return 0;
    if (!listing->under && !wh_span_equal(unit, listing->unit)) return 0;
    summary = (const Wh__SummaryValue *)wh_protobuf_unpack(&wh__summary_value__descriptor,
                                                           row->value, &arena);
    wh_quarter_format(quarter, text);
    for (size_t i = 0; summary && i < summary->n_metrics; i++) {
        struct wh_value values[] = {
            wh_value_text(unit),
            wh_value_text(wh_span_of(text)),
            wh_value_text(facet),
            wh_value_text(origin),
            wh_value_text(wh_span_of(summary->metrics[i]->id)),
            wh_value_number(WH_INTEGER, summary->metrics[i]->value),
        };
        wh_reply_row(listing->call, values, sizeof(values) / sizeof(values[0]));
    }
    wh_arena_deinit(&arena);
    return 0;
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
    struct metric_listing listing = {
        .call = call, .unit = wh_call_text(call, "unit"), .under = wh_call_has(call, "under")};
    int rc = read_quarters(call, &listing, err);
    if (rc < 0) return rc;
    if (!wh_units_find(wh_engine_units(desk->engine), listing.unit)) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_UNIT_UNKNOWN, WH_ARGS(wh_arg_s(listing.unit)));
    }
    return wh_rows_scan(desk->engine, WH_TABLE_SUMMARY, listing.unit, WH_PLACE_NOW, list_metrics,
                        &listing, err);
}

/* ---- Plugins ---- */

int wh_run_plugin_list(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_plugin_view plugin;
    (void)err;
    for (uint32_t i = 0; desk->plugins && wh_plugin_at(desk->plugins, i, &plugin); i++) {
        const struct wh_plugin *declared = plugin.declared;
        struct wh_value row[] = {
            wh_value_text(plugin.name),
            declared ? wh_value_text(wh_span_of(declared->version)) : wh_value_null(),
            wh_value_text(wh_span_of(wh_plugin_state_word(plugin.state))),
            declared ? wh_value_text(wh_title_text(declared->title, call->language))
                     : wh_value_null(),
            plugin.reason.len > 0 ? wh_value_text(plugin.reason) : wh_value_null(),
        };
        wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
    }
    return 0;
}

static void reply_declared(struct wh_call *call, const char *what, const char *name,
                           struct wh_title title)
{
    struct wh_value row[] = {
        wh_value_text(wh_span_of(what)),
        wh_value_text(wh_span_of(name)),
        title.en ? wh_value_text(wh_title_text(title, call->language)) : wh_value_null(),
    };
    wh_reply_row(call, row, 3);
}

static void show_plugin(struct wh_call *call, const struct wh_plugin *declared)
{
    struct wh_title none = {NULL, NULL};
    reply_declared(call, "plugin", declared->name, declared->title);
    reply_declared(call, "version", declared->version, none);
    for (uint32_t i = 0; i < declared->needs.count; i++) {
        const char *const *name = wh_list_at(&declared->needs, i);
        reply_declared(call, "needs", *name, none);
    }
    if (declared->flags & WH_SERVES_LEDGERS) {
        reply_declared(call, "kinds", "ledgers",
                       (struct wh_title){"方案中声明的台账", "the programme's ledgers"});
    }
    for (uint32_t i = 0; i < declared->kinds.count; i++) {
        const struct wh_kind *kind = wh_list_at(&declared->kinds, i);
        reply_declared(call, "kind", kind->name, kind->title);
    }
    for (uint32_t i = 0; i < declared->commands.count; i++) {
        const struct wh_command *command = wh_list_at(&declared->commands, i);
        reply_declared(call, "command", command->name, command->title);
    }
}

int wh_run_plugin_show(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_span name = wh_call_text(call, "name");
    struct wh_plugin_view plugin;
    for (uint32_t i = 0; desk->plugins && wh_plugin_at(desk->plugins, i, &plugin); i++) {
        struct wh_title none = {NULL, NULL};
        if (!wh_span_equal(plugin.name, name)) continue;
        reply_declared(call, "state", wh_plugin_state_word(plugin.state), none);
        if (plugin.reason.len > 0) {
            reply_declared(call, "reason", wh_arena_text(&call->arena, plugin.reason), none);
        }
        if (plugin.declared) show_plugin(call, plugin.declared);
        return 0;
    }
    return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_PLUGIN_UNKNOWN, WH_ARGS(wh_arg_s(name)));
}

int wh_run_commands(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    const struct wh_command *command;
    struct wh_value row[2];
    (void)err;
    for (uint32_t i = 0; desk->plugins; i++) {
        command = wh_plugins_command_at(desk->plugins, i);
        if (!command) break;
        wh_reply_declaration(call, command);
        row[0] = wh_value_text(wh_span_of(command->name));
        row[1] = wh_value_text(wh_title_text(command->title, call->language));
        wh_reply_row(call, row, 2);
    }
    return 0;
}
