/* html.h: the parts of the report's pages. Each page is one file that asks for nothing else.
 * Thread: the callback's. Ownership: nothing is kept. */
#ifndef WH_RANKING_HTML_H
#define WH_RANKING_HTML_H

#include "report.h"
#include "text.h"

#define WORD(zh, en) report_word(report, (struct wh_title){zh, en})

void html_begin(const struct report *report, struct text *page, const char *title);
void html_end(const struct report *report, struct text *page);
void html_heading(struct text *page, const char *text);
/* A cell with a text, escaped; `kind` is a class of the style sheet. */
void html_cell(struct text *page, const char *kind, const char *text);
/* Those of the statistic's values; an empty one has a dash. */
void html_value(const struct report *report, struct text *page, uint32_t statistic, int64_t value);
/* Opens a table with these heads: the first `texts` of them hold texts, the rest numbers. */
void html_table(struct text *page, const char *const *heads, uint32_t count, uint32_t texts);
void html_table_end(struct text *page);

/* ---- chart.c: pictures as inline SVG ---- */

/* The share of qualified units of all and of each county, with baseline and target. */
void chart_shares(const struct report *report, struct text *page);
/* How many township-level units have how many points. */
void chart_scores(const struct report *report, struct text *page);
void chart_activities(const struct report *report, struct text *page);

#define SCORE_BINS 11 /* of ten points each; the last one holds 100 and more */
void count_scores(const struct report *report, uint32_t ret[SCORE_BINS]);
extern const char *const activity_ids[5];

#endif
