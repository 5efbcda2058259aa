/* forms.h: metrics whose form is declared (a count, a sum, distinct values) measured from records:
 * data.md "Metrics of a ledger". A flow counts the records of its quarter; a stock the state at the
 * quarter's end, over all records dated up to it; a to_date the records of the year up to the
 * quarter's end. Thread: loop. */
#ifndef WH_HOST_FORMS_H
#define WH_HOST_FORMS_H

#include "base/error.h"

/* Measures `cell` of `kind`: reads with `host`'s records and sets each metric that has a form.
 * WH_E_FAILED where a sum does not fit, or what `records` gives. */
int wh_forms_measure(const struct wh_host *host, const struct wh_cell *cell,
                     const struct wh_kind *kind, struct wh_failure *failure);

/* True where the record counts in the metric of the cell. */
bool wh_forms_count(const struct wh_cell *cell, const struct wh_metric *metric,
                    const struct wh_record_view *record);

#endif
