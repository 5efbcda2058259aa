#include "sums.h"

#include <inttypes.h>

#include "base/date.h"
#include "model/key.h"
#include "model/protobuf.h"
#include "trace.h"
#include "workload.h"

struct sum {
    int64_t count;
    int64_t amount;
};

/* The recount: every record that was saved and not withdrawn, by the words of the two ledgers. */
static struct sum recount(const struct wh_sim_node *node, uint32_t unit, int32_t quarter,
                          bool is_elder)
{
    struct sum sum = {0, 0};
    int32_t last_day = wh_quarter_last_day(quarter);
    for (uint32_t i = 0; i < node->records_count; i++) {
        const struct wh_sim_record *record = &node->records[i];
        if (record->withdrawn || record->is_elder != is_elder || record->unit != unit) continue;
        if (!is_elder && wh_quarter_of(record->date) != quarter) continue;
        if (is_elder && record->date > last_day) continue;
        if (is_elder && record->until != 0 && record->until < last_day) continue;
        sum.count++;
        sum.amount += record->amount;
    }
    return sum;
}

struct summary {
    bool found;
    struct sum sum;
};

/* The row at the root that `node` wrote about this unit, quarter and facet. */
static struct summary find_summary(const struct wh_sim_node *node, const char *unit,
                                   int32_t quarter, struct wh_span facet)
{
    struct wh_sim *sim = node->sim;
    struct wh_store disk = wh_memory_store_disk(sim->nodes[0].store);
    struct wh_arena arena = {NULL, 0};
    struct summary summary = {.found = false};
    struct wh_tuple own, key;
    struct wh_span value;
    struct wh_row row;
    const Wh__SummaryValue *metrics;
    wh_row_key_summary(&own, wh_span_of(unit), quarter, facet, wh_span_of(node->unit));
    wh_key_row(&key, WH_TABLE_SUMMARY, wh_tuple_span(&own));
    (void)disk.ops->get(disk.self, NULL, WH_FAMILY_ROWS, wh_tuple_span(&key), &arena, &value, NULL);
    if (value.data && wh_row_read(wh_span_from(value, 8), &arena, &row) == 0) {
        metrics = (const Wh__SummaryValue *)wh_protobuf_unpack(&wh__summary_value__descriptor,
                                                               row.value, &arena);
        summary.found = metrics && metrics->n_metrics > 0;
        if (summary.found) summary.sum.count = metrics->metrics[0]->value;
        if (summary.found && metrics->n_metrics > 1)
            summary.sum.amount = metrics->metrics[1]->value;
    }
    wh_arena_deinit(&arena);
    return summary;
}

/* As a reader takes it: a flow is that quarter's, a stock the latest quarter's that has a value. */
static void check_quarters(struct wh_sim_node *node, uint32_t unit, bool is_elder, int32_t now)
{
    struct sum read = {0, 0};
    for (int32_t quarter = 2025 * 4; quarter <= now; quarter++) {
        struct summary row = find_summary(node, node->units[unit], quarter,
                                          is_elder ? WH_S("elder") : WH_S("meeting"));
        struct sum counted = recount(node, unit, quarter, is_elder);
        if (row.found || !is_elder) read = row.sum;
        if (read.count == counted.count && read.amount == counted.amount) continue;
        wh_sim_fail_as(node->sim, &node->sim->nodes[0], WH_SIM_ENDING,
                       "says %s of %s in %dQ%d: %" PRId64 ", %" PRId64 "; its records: %" PRId64
                       ", %" PRId64,
                       is_elder ? "elder" : "meeting", node->units[unit], quarter / 4,
                       quarter % 4 + 1, read.count, read.amount, counted.count, counted.amount);
        return;
    }
}

void wh_check_sums(struct wh_sim *sim)
{
    int32_t now = wh_quarter_of(wh_engine_today(sim->nodes[0].engine));
    for (uint32_t i = 1; i < sim->count; i++) {
        struct wh_sim_node *node = &sim->nodes[i];
        for (uint32_t unit = 0; unit < node->units_count; unit++) {
            check_quarters(node, unit, false, now);
            check_quarters(node, unit, true, now);
            if (!find_summary(node, node->units[unit], now, WH_S("presence")).found) {
                wh_sim_fail_as(sim, &sim->nodes[0], WH_SIM_ENDING, "knows no presence of %s",
                               node->units[unit]);
            }
        }
    }
}
