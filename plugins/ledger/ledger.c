/* ledger: serves every kind that the programme declares as data. One declaration gives validation,
 * CSV, JSON and help (by the core) and the metrics (here), by the rules of data.md "Metrics of a
 * ledger": a flow counts the records of its quarter; a stock the state at the quarter's end, over
 * all records dated up to it; a to_date the records of the year up to the quarter's end. */
#include "measure.h"

static int ledger_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    (void)fail;
    *ret_self = (void *)(uintptr_t)host; /* all that this plugin needs to keep */
    return 0;
}

static int ledger_measure(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    return measure_cell(self, cell, fail);
}

static int ledger_counts(void *self, const struct wh_cell *cell, const struct wh_metric *metric,
                         const struct wh_record_view *record)
{
    (void)self;
    return record_counts(cell, metric, record);
}

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "ledger",
    .version = "0.1.0",
    .title = {"台账", "Ledgers declared by the programme"},
    .flags = WH_SERVES_LEDGERS,
    .open = ledger_open,
    .measure = ledger_measure,
    .counts = ledger_counts,
};
