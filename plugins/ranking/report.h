/* report.h: the year-end report. All of it is gathered once into the plain structs below, and every
 * writer (HTML, XLSX, CSV) reads those alone, so that all of them say the same numbers.
 *
 * Units: points, shares and yuan in hundredths, days since 1970-01-01. Thread: the callback's.
 * Ownership: a report owns what it points to, but for what the host lends for the callback. */
#ifndef WH_RANKING_REPORT_H
#define WH_RANKING_REPORT_H

#include "ranking.h"

#define NO_VALUE INT64_MIN
#define STATISTICS_MAX 96
#define REPORT_YEARS_MAX 10
#define SMALL_COUNT 5 /* counts of minors from 1 to below it can be masked */

/* ---- statistics.c: which statistics there are ---- */

/* Where the value of one unit comes from. */
enum statistic_source {
    FROM_METRICS,  /* the metrics `of`, added */
    FROM_UNITS,    /* 1 for a unit that exists; of the kind of[0] where there is one */
    FROM_PRESENCE, /* 1 for a unit that has any of the metrics `of` */
    FROM_NEED,     /* 1 for a unit whose metric of[0] is at the need of its rubric */
    FROM_DUE,      /* periods of duties that ask for of[0] (a metric or a plugin), over by now */
    FROM_MET,      /* those of them that were met */
    FROM_STANDING, /* its ranking: see enum standing_value */
};

enum standing_value {
    STANDING_RATED,
    STANDING_QUALIFIED_UNITS,
    STANDING_SHARE,
    STANDING_BASELINE,
    STANDING_TARGET,
    STANDING_SCORE,
    STANDING_QUALIFIED,
    STANDING_RANK,
    STANDING_RANK_BEFORE,
    STANDING_MOVE,
    STANDING_SCORE_CHANGE,
    STANDING_YEARS,
    STANDING_FELL_BACK,
};

/* How the value of a unit together with all below it is made. */
enum statistic_sum {
    SUM_ADDS,
    SUM_ALONE, /* not at all: it speaks of one unit (distinct values) */
    SUM_ITS_OWN_WAY,
};

#define STATISTIC_OF_MAX 5

struct statistic {
    const char *id;
    struct wh_title title;
    struct wh_title group;
    struct wh_title measure; /* what is counted */
    const char *of[STATISTIC_OF_MAX];
    uint32_t type; /* WH_INTEGER, WH_DECIMAL, WH_YESNO */
    enum statistic_source source;
    enum statistic_sum sum;
    enum standing_value standing;
    int counts_minors;
};

extern const struct statistic statistics[];
extern const uint32_t statistics_count;
/* The place of the statistic of this id, which there is. */
uint32_t statistic_at(const char *id);

/* ---- report.c, figures.c, summary.c: what is gathered ---- */

struct report_row {
    const struct known_unit *unit;
    struct report_row *parent; /* NULL: of the root */
    uint32_t units;            /* rows at and below it */
    uint32_t years_qualified;  /* of the round, up to the report's */
    int64_t own[STATISTICS_MAX];
    int64_t all[STATISTICS_MAX]; /* with all below it; NO_VALUE: there is none */
};

struct rate_line {
    char unit[32];
    char name[128];
    int64_t units;
    int64_t units_qualified;
    int64_t share_h; /* -1: of no units */
    int64_t baseline_h;
    int64_t target_h;
    int64_t score_h; /* the mean of its ranked township-level units; -1: it has none */
};

struct year_summary {
    uint32_t year;
    uint32_t count;
    struct rate_line *items; /* all together, then each county */
};

enum report_level { REPORT_COUNTY, REPORT_TOWNSHIP, REPORT_GRASSROOTS, REPORT_LEVELS };

struct report {
    const struct talk *talk;
    const struct wh_programme_view *programme;
    uint32_t year;
    uint32_t rows_count;
    uint32_t english;
    uint32_t masks;
    int64_t day; /* today, or the year's last day where that is over */
    struct known_units units;
    struct report_row *rows; /* by code, beside `units`; the first is the root */
    struct lines levels[REPORT_LEVELS];
    struct year_summary years[REPORT_YEARS_MAX];
    uint32_t years_count;
};

int report_gather(const struct talk *talk, struct report *ret);
void report_free(struct report *report);
/* NULL: not of this report. */
struct report_row *report_row_of(const struct report *report, const char *unit);
/* Fills `own` from rows: metrics, units, duties. */
int report_figures(struct report *report);
/* Ranks and rates of the report's year and of the years of the round before it. */
int report_standings(struct report *report);
/* 1 where it existed on the report's day. */
int report_is_open(const struct report *report, const struct report_row *row);
uint32_t report_level_of(enum report_level level);

/* ---- The writers; each hands its files to the host ---- */

int report_csv(const struct report *report);
int report_xlsx(const struct report *report);
int report_html(const struct report *report);
/* 1 where township-level units have pages of their own, which report_unit_pages() makes. */
int report_has_pages(const struct report *report);
int report_unit_pages(const struct report *report);

#define REPORT_TEXT_SIZE 40
/* A title, and the text of a value, in the reader's language; empty: there is none. */
const char *report_word(const struct report *report, struct wh_title title);
const char *report_kind(const struct report *report, const char *kind); /* of unit */
const char *report_number(const struct report *report, uint32_t type, int64_t value,
                          char ret[REPORT_TEXT_SIZE]);
const char *report_value(const struct report *report, uint32_t statistic, int64_t value,
                         char ret[REPORT_TEXT_SIZE]);
/* 1 where it is a small count of minors that is to be masked. */
int report_masks(const struct report *report, uint32_t statistic, int64_t value);

#endif
