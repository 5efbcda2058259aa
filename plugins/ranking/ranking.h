/* ranking.h: what the files of this plugin share. Private to the folder. */
#ifndef WH_RANKING_H
#define WH_RANKING_H

#include "saying.h"
#include "writing.h"

#define YEAR_MIN 1949
#define YEAR_MAX 2200

/* The year, moment and pass line that the arguments give. */
int read_query(const struct talk *talk, struct wh_standing_query *ret);
/* The same, with the level, the units below `under`, and of one kind. */
int read_ranking_query(const struct talk *talk, struct wh_standing_query *ret);
/* Refuses a --top below 1. */
int check_top(const struct talk *talk);
/* WH_LEVEL_*; 0: none that is ranked. */
uint32_t level_of(struct wh_span word);
const char *level_word(uint32_t level);

/* ---- lines.c: the lines of a ranking, copied ---- */

struct line {
    char unit[32];
    char name[128];
    char kind[32];
    char parent[32];
    uint32_t flags; /* WH_STANDING_* */
    uint32_t rank;
    int64_t score_h; /* -1, as the counts, where there is none */
    int64_t units;
    int64_t units_qualified;
    int64_t units_grassroots;
    int64_t units_grassroots_qualified;
    int64_t complete_h;
    int64_t doubts; /* -1: as of a moment that is not known */
};

struct lines {
    struct line *items;          /* in the order of the ranking; free with lines_free() */
    const struct line **by_unit; /* the same, by code; NULL before lines_index() */
    uint32_t count;
    uint32_t size;
};

int lines_read(const struct wh_host *host, const struct wh_standing_query *query, struct lines *ret,
               struct wh_failure *fail);
int lines_add(struct lines *lines, const struct line *line);
/* To be called once all are added. */
int lines_index(struct lines *lines);
void lines_free(struct lines *lines);
/* The line of this unit, or NULL; the lines must be indexed. */
const struct line *line_of(const struct lines *lines, const char *unit);

/* Names the columns of a ranking of `level`; `more` are put behind them. */
int reply_line_columns(const struct talk *talk, uint32_t level, const struct wh_list *more);
/* Those columns, without more. */
struct wh_list line_columns(uint32_t level);
#define LINE_VALUES_MAX 24
/* The values of a line in the order of those columns; returns how many. */
uint32_t line_values(const struct line *line, uint32_t level, struct wh_value ret[LINE_VALUES_MAX]);

/* ---- publish.c: frozen rankings ---- */

#define TITLE_BYTES_MAX 200

struct frozen {
    uint32_t number;
    uint32_t level;
    uint32_t year;
    int64_t day;
    int64_t restored_ms; /* of the node that published it: see number_after() */
    char origin[32];
    char under[32];
    char kind[32];
    char moment[WH_MOMENT_TEXT_MAX];
    char title[TITLE_BYTES_MAX + 1];
    struct lines lines;
};

/* The published ranking that the arguments `number` and `from` name; free its lines. */
int given_frozen(const struct talk *talk, struct frozen *ret);
/* What `frozen` asked. */
struct wh_standing_query query_of(const struct frozen *frozen);

/* ---- cases.c: words of the ledger `merit` ---- */

/* The title of a choice of one of its fields; the word itself where it has none. */
struct wh_title merit_title(const struct wh_host *host, const char *field, const char *word);
/* Publishes anew what this node has spread and whose record has changed, and recalls that of a
 * record withdrawn. Within a job. */
int follow_cases(const struct wh_host *host, struct wh_failure *fail);

/* ---- Commands ---- */

int run_rank(const struct talk *talk);
int run_explain(const struct talk *talk);
int run_publish(const struct talk *talk);
int run_published(const struct talk *talk);
int run_changed(const struct talk *talk);
int run_rate(const struct talk *talk);
int run_commend(const struct talk *talk);
int run_spread(const struct talk *talk);
int run_recall(const struct talk *talk);
int run_cases(const struct talk *talk);
int run_certificate(const struct talk *talk);
int run_report(const struct talk *talk);

extern const struct wh_list explain_columns, changed_columns, rate_columns, commend_columns,
    cases_columns;

#endif
