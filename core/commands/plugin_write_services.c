/* What plugins may write: records of their own kinds, and the keys of their family. */
#include <cJSON.h>

#include "base/date.h"
#include "commands/desk.h"
#include "commands/record_writes.h"
#include "engine/cells.h"
#include "engine/plugin_keys.h"
#include "engine/programmes.h"
#include "engine/records.h"
#include "engine/rows.h"
#include "engine/units.h"
#include "home/kept_files.h"
#include "model/key.h"

/* ---- Records ---- */

static int record_add(void *context, struct wh_span author, struct wh_span kind_name,
                      struct wh_span unit, int64_t date, const struct wh_list *fields,
                      struct wh_record_id *ret_id, struct wh_error *err)
{
    struct wh_desk *desk = context;
    struct wh_arena arena = {NULL, 0};
    struct wh_faults faults;
    struct wh_record_writing writing = {desk->engine, &arena, &faults, author, kind_name};
    struct wh_entries entries = wh_entries_of_new(fields, unit, date, &arena);
    const struct wh_kind *kind = wh_kind_find(
        desk->engine, kind_name, (uint32_t)wh_civil_of(wh_engine_today(desk->engine)).year);
    struct wh_id id;
    int rc;
    wh_faults_init(&faults, &arena);
    rc = wh_record_enter(&writing, kind, entries.items, entries.count, &id, err);
    rc = wh_record_fail_first(&faults, rc, &arena, err);
    if (rc == 0 && ret_id) wh_id_format(id, ret_id->text);
    wh_arena_deinit(&arena);
    return rc;
}

static int record_edit(void *context, struct wh_span author, struct wh_span id,
                       const struct wh_list *fields, struct wh_error *err)
{
    struct wh_desk *desk = context;
    struct wh_arena arena = {NULL, 0};
    struct wh_faults faults;
    struct wh_record_writing writing = {desk->engine, &arena, &faults, author, id};
    struct wh_entries entries = wh_entries_of(fields, &arena);
    struct wh_record old;
    int rc;
    wh_faults_init(&faults, &arena);
    rc = wh_record_by_text(desk->engine, id, &arena, &old, err);
    if (rc == 0) rc = wh_record_alter(&writing, &old, entries.items, entries.count, err);
    rc = wh_record_fail_first(&faults, rc, &arena, err);
    wh_arena_deinit(&arena);
    return rc;
}

static int record_withdraw(void *context, struct wh_span author, struct wh_span id,
                           struct wh_span why, struct wh_error *err)
{
    struct wh_desk *desk = context;
    struct wh_arena arena = {NULL, 0};
    struct wh_record old;
    int rc = wh_record_by_text(desk->engine, id, &arena, &old, err);
    if (rc == 0) rc = wh_record_withdraw(desk->engine, &old, why, author, err);
    wh_arena_deinit(&arena);
    return rc;
}

/* ---- The plugins' family, and what the engine does for the host ---- */

static int get(void *context, struct wh_span key, struct wh_arena *arena, struct wh_span *ret,
               struct wh_error *err)
{
    return wh_plugin_key_get(((struct wh_desk *)context)->engine, key, arena, ret, err);
}

static int scan(void *context, struct wh_span prefix, wh_key_visit visit, void *visit_context,
                struct wh_error *err)
{
    return wh_plugin_keys_scan(((struct wh_desk *)context)->engine, prefix, visit, visit_context,
                               err);
}

static void put(void *context, struct wh_span key, struct wh_span value)
{
    wh_plugin_key_put(((struct wh_desk *)context)->engine, key, value);
}

static void remove_key(void *context, struct wh_span key)
{
    wh_plugin_key_delete(((struct wh_desk *)context)->engine, key);
}

static int measure_again(void *context, struct wh_span kind, struct wh_error *err)
{
    return wh_cells_ask_kind(((struct wh_desk *)context)->engine, kind, err);
}

static bool is_json(void *context, struct wh_span text)
{
    cJSON *json = cJSON_ParseWithLength(text.data, text.len);
    bool good = json != NULL;
    (void)context;
    cJSON_Delete(json);
    return good;
}

static int file_keep(void *context, struct wh_span name, struct wh_span content,
                     struct wh_arena *arena, struct wh_span *ret, struct wh_error *err)
{
    return wh_kept_file_put(((struct wh_desk *)context)->home, name, content, arena, ret, err);
}

static int publish(void *context, struct wh_span unit, struct wh_span name, struct wh_span value,
                   struct wh_error *err)
{
    struct wh_desk *desk = context;
    struct wh_span home = wh_engine_home(desk->engine);
    bool for_all = unit.len == 0;
    struct wh_tuple key;
    if (!for_all && (!wh_code_in_range(unit, home) || wh_span_equal(unit, home) ||
                     !wh_units_find(wh_engine_units(desk->engine), unit))) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_UNIT_UNKNOWN, WH_ARGS(wh_arg_s(unit)));
    }
    wh_row_key_published(&key, for_all ? home : unit, name, home);
    return wh_row_put(desk->engine, for_all ? WH_TABLE_RANKING : WH_TABLE_NOTICE,
                      wh_tuple_span(&key), value, err);
}

void wh_desk_write_services(struct wh_host_services *services)
{
    services->record_add = record_add;
    services->record_edit = record_edit;
    services->record_withdraw = record_withdraw;
    services->publish = publish;
    services->file_keep = file_keep;
    services->get = get;
    services->scan = scan;
    services->put = put;
    services->remove = remove_key;
    services->measure_again = measure_again;
    services->is_json = is_json;
}
