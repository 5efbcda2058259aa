#include "commands/figures.h"

#include "model/key.h"
#include "model/protobuf.h"

int wh_row_figures(const struct wh_row *row, wh_figure_visit visit, void *context)
{
    struct wh_arena arena = {NULL, 0};
    const Wh__SummaryValue *summary;
    struct wh_figure figure;
    int32_t quarter;
    int rc = 0;
    memset(&figure, 0, sizeof(figure));
    if (wh_row_key_summary_read(row->key, &figure.unit, &quarter, &figure.facet, &figure.origin) <
        0) {
        return 0;
    }
    figure.year = (uint32_t)(quarter / 4);
    figure.quarter_of_year = (uint32_t)(quarter % 4 + 1);
    summary = (const Wh__SummaryValue *)wh_protobuf_unpack(&wh__summary_value__descriptor,
                                                           row->value, &arena);
    for (size_t i = 0; summary && rc == 0 && i < summary->n_metrics; i++) {
        figure.metric = wh_span_of(summary->metrics[i]->id);
        figure.value = summary->metrics[i]->value;
        rc = visit(context, &figure);
    }
    wh_arena_deinit(&arena);
    return rc;
}
