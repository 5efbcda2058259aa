/* figures.h: summary rows, metric by metric: what `metrics` lists and plugins read.
 * Thread: loop. */
#ifndef WH_COMMANDS_FIGURES_H
#define WH_COMMANDS_FIGURES_H

#include "model/row.h"

/* Visits each metric of one row; one that is no summary, or can't be read, has none. Returns what
 * the visitor returned last: 0 to go on, 1 to stop, or a negative code. */
int wh_row_figures(const struct wh_row *row, wh_figure_visit visit, void *context);

#endif
