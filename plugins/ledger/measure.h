/* measure.h: the metrics of one cell of a ledger (data.md "Metrics of a ledger"). Thread: loop. */
#ifndef LEDGER_MEASURE_H
#define LEDGER_MEASURE_H

#include <wuhao/plugin.h>

/* Computes every metric of the cell's kind from its records and sets it. */
int measure_cell(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail);

/* 1 if the record counts in the metric of the cell: its date, its force and one of the conditions.
 * `latest` is not looked at: it compares records. */
int record_counts(const struct wh_cell *cell, const struct wh_metric *metric,
                  const struct wh_record_view *record);

#endif
