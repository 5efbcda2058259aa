#include "node/report.h"

#include "base/date.h"
#include "engine/records.h"
#include "home/restored.h"

#define COUNTED_KEYS_MAX 50000 /* counting these takes some 20 ms */

static const char *moment_text(int64_t moment_ms, char ret[WH_MOMENT_TEXT_SIZE])
{
    if (moment_ms <= 0) return "none";
    wh_moment_format(moment_ms, wh_node_now().zone_minutes, ret);
    return ret;
}

static void report_restored(struct wh_node *node)
{
    char taken[WH_MOMENT_TEXT_SIZE], until[WH_MOMENT_TEXT_SIZE], at[WH_MOMENT_TEXT_SIZE];
    struct wh_restored restored;
    wh_restored_read(node->home.dir, &node->home.arena, &restored);
    if (restored.number == 0) return;
    wh_log(&node->log, WH_INFO, "home.restored",
           "number=%u taken=%s last_write=%s restored=%s from=%.*s", restored.number,
           moment_text(restored.taken_ms, taken), moment_text(restored.last_write_ms, until),
           moment_text(restored.restored_ms, at), (int)restored.from.len, restored.from.data);
}

void wh_node_report(struct wh_node *node)
{
    struct wh_error err = {.code = 0};
    char last[WH_MOMENT_TEXT_SIZE];
    const char *aside = wh_rocks_set_aside(node->rocks);
    /* A record is two keys: itself, and the place of its id. */
    uint64_t records = wh_rocks_keys_about(node->rocks, WH_FAMILY_RECORDS) / 2;
    uint64_t rows = wh_rocks_keys_about(node->rocks, WH_FAMILY_ROWS);
    bool is_counted = 2 * records + rows <= COUNTED_KEYS_MAX;
    if (is_counted && (wh_records_count(node->engine, &records, &err) < 0 ||
                       wh_engine_rows_count(node->engine, &rows, &err) < 0)) {
        is_counted = false;
    }
    wh_log(&node->log, err.code == 0 && !aside ? WH_INFO : WH_ERROR, "start.report",
           "records=%llu rows=%llu count=%s last_write=%s unreadable=%s",
           (unsigned long long)records, (unsigned long long)rows, is_counted ? "exact" : "estimate",
           moment_text(node->last_write_ms, last),
           aside           ? aside
           : err.code == 0 ? "nothing"
                           : "some of the store, see backups");
    report_restored(node);
}
