/* plugin.h: all that a plugin of wuhao may know of the node.
 *
 * A plugin is one shared object that exports one symbol, `wuhao_plugin`, a constant
 * `struct wh_plugin`. It includes this header alone and links nothing of the core; it reaches the
 * node through the table `struct wh_host` that `open` is handed.
 *
 * Data first. What a plugin is (kinds, metrics, commands, jobs, settings, what it needs) is
 * constant data that the host checks whole before the first instruction of the plugin runs;
 * callbacks come last.
 *
 * Threads. Every callback runs on the node's loop thread (in an isolated plugin: on the one thread
 * of its process) and must return within its budget (WH_CALL_BUDGET_MS). No host function may be
 * called from another thread, nor outside a callback.
 *
 * Processes. A plugin that does not ship with the node runs in a process of its own (`isolate:
 * true` of plugins.d/NAME.yaml, the default for it), which may open no file, no socket and start
 * nothing; all it has is this table. With `isolate: false` it runs within the node, and a crash of
 * it ends the node.
 *
 * Ownership. Spans are borrowed: those that a plugin is given live until the callback (or visitor)
 * returns, those that it hands over are copied before the host function returns. Nothing that one
 * side allocated is ever freed by the other.
 *
 * Errors. Host functions and callbacks return 0 or a negative WH_E_* code and then fill the
 * `struct wh_failure` that they were given with one sentence for a reader.
 *
 * Growth. Structs only grow at the end, and carry their size or lie in a list that carries their
 * stride; members are fixed-width integers, spans, lists and pointers. So an older plugin loads in
 * a newer node, and a newer one in an older node as long as all that the node does not know of it
 * is zero; what the node lacks of `struct wh_host` is asked with WH_HOST_HAS(). What is marked
 * "since 1.1" is not in ABI 1.0. The header compiles as C11 and as C++17. */
#ifndef WUHAO_PLUGIN_H
#define WUHAO_PLUGIN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WH_ABI 1u              /* the layout of everything below; the host refuses another one */
#define WH_ABI_MINOR 2u        /* grows when something is added at an end */
#define WH_CALL_BUDGET_MS 2000 /* a callback that takes longer is reported by name */
#define WH_AGAIN 1             /* a job returns it to be called again in the next turn */

/* Bounds; what is over them is refused with WH_E_INVALID, or cut where the text says so. */
#define WH_PLUGIN_NAME_MAX 31       /* letters a-z, digits, '_', '-'; begins with a letter */
#define WH_PLUGIN_KEY_BYTES_MAX 256 /* of a key in the plugin's own key space */
#define WH_PLUGIN_VALUE_BYTES_MAX 65536
#define WH_PLUGIN_KEPT_BYTES_MAX (64u << 20) /* all its keys and notices together */
#define WH_CALL_WRITES_MAX 10000 /* records, keys and notices that one callback may write */
#define WH_CALL_WRITE_BYTES_MAX (8u << 20)
#define WH_LOG_TEXT_MAX 1000          /* longer texts are cut */
#define WH_LOG_LINES_A_MINUTE_MAX 60  /* what is over it is counted, and the count is logged */
#define WH_FILE_BYTES_MAX (16u << 20) /* of a file that a command replies */
#define WH_FILE_NAME_MAX 120          /* of its name, in bytes */
#define WH_PUBLISHED_BYTES_MAX (2u << 20)
#define WH_MOMENT_TEXT_MAX 48
#define WH_FILE_REF_MAX 200
#define WH_EXPORT __attribute__((visibility("default")))

/* Codes that cross the boundary; base/errors.def gives each its exit code. */
#define WH_E_FAILED (-1)
#define WH_E_USAGE (-2)
#define WH_E_NOT_FOUND (-3)
#define WH_E_INVALID (-4)
#define WH_E_UNREACHABLE (-5)
#define WH_E_NOT_PERMITTED (-6)
#define WH_E_SOME_REFUSED (-7)

/* Text or bytes that belong to somebody else; not terminated by a zero. */
struct wh_span {
    const char *data;
    uint64_t len;
};

/* `count` structs of `stride` bytes each. Read with wh_list_at(): a list made by an older plugin
 * has a smaller stride than the header that the host was built with. */
struct wh_list {
    const void *items;
    uint32_t count;
    uint32_t stride;
};

/* Makes a list of a static array. */
#define WH_LIST(array)                                                                             \
    {                                                                                              \
        (array), (uint32_t)(sizeof(array) / sizeof((array)[0])), (uint32_t)sizeof((array)[0])      \
    }

/* Lends item `i` of `list` (0 <= i < count). */
static inline const void *wh_list_at(const struct wh_list *list, uint32_t i)
{
    return (const char *)list->items + (uint64_t)i * list->stride;
}

/* A span over a string that ends in a zero; NULL gives an empty span. */
static inline struct wh_span wh_span_of(const char *text)
{
    struct wh_span span;
    span.data = text;
    span.len = text ? strlen(text) : 0;
    return span;
}

/* 1 where both hold the same bytes. */
static inline int wh_span_equal(struct wh_span a, struct wh_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* ---- Civil dates: a day is a count from 1970-01-01, in the proleptic Gregorian calendar ---- */

struct wh_civil {
    int32_t year;
    int32_t month; /* 1..12 */
    int32_t day;   /* 1..31 */
};

/* The days before 1 March of `year`, counted from 1 March of the year 0: years that begin in March
 * have the leap day as their last. */
static inline int64_t wh_days_before(int64_t year)
{
    int64_t eras = year >= 0 ? year / 400 : -((399 - year) / 400);
    int64_t of_era = year - eras * 400;
    return eras * 146097 + of_era * 365 + of_era / 4 - of_era / 100;
}

static inline int32_t wh_day_of(struct wh_civil civil)
{
    int32_t month = (civil.month + 9) % 12; /* from March */
    int64_t days = wh_days_before(civil.year - month / 10) + (month * 306 + 5) / 10;
    return (int32_t)(days + civil.day - 1 - 719468);
}

static inline struct wh_civil wh_civil_of(int32_t day)
{
    int64_t from_march = (int64_t)day + 719468;
    int64_t year = (10000 * from_march + 14780) / 3652425;
    struct wh_civil civil;
    int32_t rest, month;
    if (from_march < wh_days_before(year)) year--;
    rest = (int32_t)(from_march - wh_days_before(year));
    month = (100 * rest + 52) / 3060;
    civil.year = (int32_t)year + (month + 2) / 12;
    civil.month = (month + 2) % 12 + 1;
    civil.day = rest - (month * 306 + 5) / 10 + 1;
    return civil;
}

/* One text in both languages. `en` is never NULL; a missing `zh` is shown as `en`. */
struct wh_title {
    const char *zh;
    const char *en;
};

/* ---- Kinds: the schema of a record ------------------------------------------------------- */

/* Types of a field, of a parameter and of a column. Integers, decimals (in hundredths), dates
 * (days since 1970-01-01) and yes/no travel as int64, the rest as text. */
#define WH_TEXT 1u
#define WH_LONG_TEXT 2u
#define WH_INTEGER 3u
#define WH_DECIMAL 4u
#define WH_DATE 5u
#define WH_CHOICE 6u
#define WH_CHOICES 7u /* text: ids joined by ';', in the order of the declaration */
#define WH_YESNO 8u
#define WH_UNIT 9u
#define WH_PERSON 10u
#define WH_FILE 11u
#define WH_TIME 12u /* columns only: milliseconds since 1970, shown as ISO 8601 */
#define WH_JSON 13u /* columns only: text that is JSON itself */

/* Flags of a field. */
#define WH_REQUIRED 1u
#define WH_PERSONAL 2u /* sealed at rest, never logged, never leaves the node */
#define WH_PUBLIC 4u   /* its text may travel as a story when its author says so */
#define WH_BOUNDED 8u  /* `min` and `max` hold */

/* Levels of a unit, as bits, for `enter` and for conditions. */
#define WH_LEVEL_CITY 1u
#define WH_LEVEL_COUNTY 2u
#define WH_LEVEL_TOWNSHIP 4u
#define WH_LEVEL_GRASSROOTS 8u

struct wh_choice {
    const char *id;
    struct wh_title title;
};

struct wh_field {
    const char *name;
    struct wh_title title;
    uint32_t type;  /* WH_TEXT ... WH_FILE */
    uint32_t flags; /* WH_REQUIRED | ... */
    int64_t min;    /* in the unit of the type; read where WH_BOUNDED is set */
    int64_t max;
    struct wh_list choices; /* struct wh_choice */
};

/* Types of a metric over time (data.md "Metrics of a ledger"). */
#define WH_FLOW 1u
#define WH_STOCK 2u
#define WH_TO_DATE 3u

/* How a metric is computed from records. WH_MEASURED: by the plugin's own `measure`. */
#define WH_MEASURED 0u
#define WH_COUNT 1u
#define WH_SUM 2u
#define WH_DISTINCT 3u

#define WH_IN_FORCE 1u /* flag: `until` is empty or not before the quarter's end */
#define WH_LATEST 2u   /* flag: only the record with the greatest date, then id */

/* "Field `field` has one of `values`". */
struct wh_test {
    const char *field;
    struct wh_list values; /* const char * */
};

/* All tests hold, and the unit is of one of `levels` (0: of any). */
struct wh_condition {
    struct wh_list tests; /* struct wh_test */
    uint32_t levels;
    uint32_t reserved;
};

struct wh_metric {
    const char *id;
    struct wh_title title;
    uint32_t type;  /* WH_FLOW, WH_STOCK, WH_TO_DATE */
    uint32_t form;  /* WH_MEASURED ... WH_DISTINCT */
    uint32_t flags; /* WH_IN_FORCE | WH_LATEST */
    uint32_t reserved;
    struct wh_list fields; /* const char *: what a sum adds; the one field of a distinct */
    struct wh_list any;    /* struct wh_condition: one of them holds; empty: every record */
};

/* Flags of a kind (since 1.2). */
#define WH_KIND_BY_FORM                                                                            \
    1u /* measured by its metrics' forms, by the node: `measure` and `counts`                      \
        * are not asked. So is every kind of a plugin without `measure` */
#define WH_KIND_OPEN_METRICS                                                                       \
    2u                    /* `measure` may set metrics of any name; the first of `metrics` gives   \
                           * their type and title */
#define WH_KIND_YEARLY 4u /* one cell a year, kept in its first quarter */
#define WH_KIND_FROM_ALL                                                                           \
    8u /* measured again when a record of any kind changes; only with                              \
        * WH_KIND_YEARLY: the cells of that year and of those beside it */

/* Its records are entered, changed and withdrawn by the plugin alone, in its commands and jobs:
 * `add`, `import`, `edit` and `withdraw` refuse them. */
#define WH_KIND_BY_COMMAND 16u

/* What a level above enters about the unit, as who checks it and what was found: its rows don't
 * show that the unit was heard of in their quarter. Nor do those of a WH_KIND_YEARLY kind, which
 * tell no quarter. */
#define WH_KIND_FROM_ABOVE 32u

struct wh_kind {
    const char *name;
    struct wh_title title;
    uint32_t enter;         /* WH_LEVEL_*: units that may have such a record; 0: it has none */
    uint32_t flags;         /* WH_KIND_* */
    struct wh_list fields;  /* struct wh_field; `unit` and `date` are on every record */
    struct wh_list unique;  /* const char *: see data.md "Kinds" */
    struct wh_list metrics; /* struct wh_metric */
};

/* ---- Commands: the one door ---------------------------------------------------------------- */

/* Flags of a parameter; it is an option, as `--unit CODE`, or positional: a bare word. */
#define WH_PARAM_REQUIRED 1u
#define WH_PARAM_POSITIONAL 2u
#define WH_PARAM_SWITCH 4u       /* takes no value */
#define WH_PARAM_REST 8u         /* FIELD=VALUE words; comes last */
#define WH_PARAM_CONTENT 16u     /* a file's path; the command receives its bytes */
#define WH_PARAM_PATH 32u        /* a path; the command line makes it absolute */
#define WH_PARAM_MAY_BE_PATH 64u /* the same where it has a '/' or ends in ".so" (since 1.1) */

struct wh_param {
    const char *name;
    struct wh_title title;
    uint32_t type;
    uint32_t flags;
};

struct wh_column {
    const char *name; /* the JSON key */
    struct wh_title title;
    uint32_t type;
    uint32_t reserved;
};

/* What whoever gives the command must be allowed to do. */
#define WH_PERMIT_READ 1u
#define WH_PERMIT_WRITE 2u
#define WH_PERMIT_OPERATE 3u /* change the node itself */

#define WH_COMMAND_STOPPED 1u /* also runs while the node is stopped */
#define WH_COMMAND_LOCAL 2u   /* needs no node at all */
#define WH_COMMAND_CSV 4u     /* prints CSV unless another form is asked for */
#define WH_COMMAND_PATIENT 8u /* asked again, up to its `timeout`, while no node answers */
#define WH_COMMAND_ASIDE 16u  /* puts nothing into the store: those that write don't wait for it */

struct wh_command {
    const char *name; /* one or two words, as in "unit list" */
    struct wh_title title;
    struct wh_list params;  /* struct wh_param */
    struct wh_list columns; /* struct wh_column; empty: the handler names them, or replies none */
    uint32_t permission;
    uint32_t flags;
    const char *example;
};

/* One value of a reply row. `type` 0 is null. */
struct wh_value {
    uint32_t type;
    uint32_t reserved;
    int64_t number;
    struct wh_span text;
};

/* A value of a row: of a text, of a number (of the type given), none. */
static inline struct wh_value wh_value_text(struct wh_span text)
{
    struct wh_value value = {WH_TEXT, 0, 0, {NULL, 0}};
    value.text = text;
    return value;
}

static inline struct wh_value wh_value_number(uint32_t type, int64_t number)
{
    struct wh_value value = {0, 0, 0, {NULL, 0}};
    value.type = type;
    value.number = number;
    return value;
}

static inline struct wh_value wh_value_null(void)
{
    return wh_value_number(0, 0);
}

/* ---- What the host gives ------------------------------------------------------------------- */

/* Severities of the log, as syslog numbers them; any other is taken for WH_LOG_INFO. */
#define WH_LOG_ERROR 3u
#define WH_LOG_WARN 4u
#define WH_LOG_INFO 6u
#define WH_LOG_DEBUG 7u

struct wh_host_self; /* the node's side of one plugin */
struct wh_call;      /* one running command */

/* Where a failing call says why. The caller sets nothing; the callee fills both. */
struct wh_failure {
    int32_t code;
    char text[500]; /* UTF-8, ends in a zero */
};

struct wh_named_value {
    struct wh_span name;
    struct wh_value value;
};

/* "Field `name` is `text`", as a clerk would write it: `2026-03-31`, `12.50`, `yes`, a choice's id;
 * an empty text leaves the field empty. */
struct wh_named_text {
    struct wh_span name;
    struct wh_span text;
};

/* The id of a record; ends in a zero. */
struct wh_record_id {
    char text[40];
};

/* One record as a visitor sees it. */
struct wh_record_view {
    struct wh_span kind;
    struct wh_span unit;
    struct wh_span id;
    int64_t date; /* days since 1970-01-01 */
    uint64_t version;
    struct wh_list fields; /* struct wh_named_value; fields without a value are left out */
};

/* Visitors return 0 to go on, 1 to stop, or a negative code, which ends the call with it. */
typedef int (*wh_record_visit)(void *context, const struct wh_record_view *record);

/* The cell that `measure` computes: one unit, one quarter, one kind. */
struct wh_cell {
    struct wh_span unit;
    struct wh_span kind;
    uint32_t level; /* WH_LEVEL_* of the unit */
    uint32_t year;
    uint32_t quarter_of_year; /* 1..4 */
    uint32_t reserved;
    int64_t first_day; /* of the quarter */
    int64_t last_day;
    int64_t year_first_day;
};

/* What a ranking asks. */
struct wh_standing_query {
    uint32_t level; /* WH_LEVEL_COUNTY, WH_LEVEL_TOWNSHIP or WH_LEVEL_GRASSROOTS */
    uint32_t year;
    struct wh_span under;     /* empty: the node's own unit */
    struct wh_span unit_kind; /* empty: every kind */
    struct wh_span as_of;     /* empty: now; else a date, an ISO 8601 time, or what `moment` gave */
    int64_t pass_h;           /* another pass line in hundredths of a point; -1: the programme's */
};

/* Flags of a line of a ranking. */
#define WH_STANDING_RANKED 1u
#define WH_STANDING_QUALIFIED 2u /* it is at the pass line or above */
#define WH_STANDING_TIE 4u       /* another unit has the same rank */
#define WH_STANDING_FINAL 8u     /* its year was accepted, or refused: no forecast (since 1.2) */

/* Bits of `flags`: the quarters of the year in which it was heard of, the first the lowest (since
 * 1.2). */
#define WH_STANDING_HEARD_SHIFT 8
#define WH_STANDING_HEARD (15u << WH_STANDING_HEARD_SHIFT)

/* One line of a ranking. Counts and scores that a level does not have are -1. */
struct wh_standing {
    struct wh_span unit;
    struct wh_span name;
    struct wh_span unit_kind;
    struct wh_span parent;
    uint32_t flags;
    uint32_t rank; /* 1.. ; 0: unranked */
    int64_t score_h;
    int64_t units;
    int64_t units_qualified;
    int64_t units_grassroots;
    int64_t units_grassroots_qualified;
    int64_t complete_h; /* percent in hundredths */
    int64_t doubts;     /* rows of the unit and those below it that a copy or a lost state wrote */
};

typedef int (*wh_standing_visit)(void *context, const struct wh_standing *standing);

/* One line of an explanation; lines come in reading order, each below its cause. */
#define WH_EXPLAIN_TOTAL 1u  /* the score: `points_h` of `full_h` */
#define WH_EXPLAIN_ITEM 2u   /* an item of the rubric; its rule as a sentence in `text` */
#define WH_EXPLAIN_METRIC 3u /* a metric's value */
#define WH_EXPLAIN_SOURCE 4u /* the row (quarter, facet, origin) that the value comes from */
#define WH_EXPLAIN_RECORD 5u /* a record on this node that counts in it */

struct wh_explained {
    uint32_t depth; /* WH_EXPLAIN_* */
    uint32_t flags; /* 1: bonus, 2: open (not judged yet) */
    struct wh_span id;
    struct wh_span title;
    struct wh_span text;
    int64_t points_h; /* -1: the line has no points */
    int64_t full_h;
    int64_t value; /* of a metric or source */
};

typedef int (*wh_explained_visit)(void *context, const struct wh_explained *line);

/* ---- Since 1.1 ---- */

/* A unit of the tree that the node knows. `opened` and `closed` are days, 0: always, never. */
struct wh_unit_view {
    struct wh_span code;
    struct wh_span name;
    struct wh_span unit_kind; /* "township", "village", ... */
    struct wh_span parent;
    uint32_t level; /* WH_LEVEL_* */
    uint32_t reserved;
    int64_t opened;
    int64_t closed;
};

typedef int (*wh_unit_visit)(void *context, const struct wh_unit_view *unit);

/* One metric of one summary row: what `origin` measured of `unit` in a quarter. */
struct wh_figure {
    struct wh_span unit;
    struct wh_span facet; /* the kind */
    struct wh_span origin;
    struct wh_span metric;
    uint32_t year;
    uint32_t quarter_of_year;
    int64_t value;
};

typedef int (*wh_figure_visit)(void *context, const struct wh_figure *figure);

/* What a programme says to plugins; read it with `programme`. */
#define WH_EVERY_QUARTER 1u
#define WH_EVERY_HALF 2u
#define WH_EVERY_YEAR 3u

struct wh_duty {
    const char *id;
    struct wh_title title;
    const char *metric; /* it is done when this metric is above 0; "" where a plugin decides */
    const char *plugin; /* the plugin that decides; "" where a metric does */
    uint32_t every;     /* WH_EVERY_*; 0: on the dates of `due` */
    uint32_t grace_days;
    uint32_t year;      /* 0: every year of the programme */
    uint32_t per;       /* WH_PER_* (since 1.2) */
    struct wh_list who; /* const char *: unit kinds */
    struct wh_list due; /* struct wh_due_date (since 1.2) */
};

/* ---- Since 1.2: all of a programme ---- */

/* A duty may repeat for every unit below that exists, or that applied, in the period. */
#define WH_PER_SUBORDINATE 1u
#define WH_PER_APPLICANT 2u

struct wh_due_date {
    uint32_t month; /* 1..12 */
    uint32_t day;
    uint32_t years_later; /* than the year of the duty */
    uint32_t reserved;
};

/* How an item of the rubric gives points (data.md "The rules, exactly"). */
#define WH_ITEM_JUDGED 1u
#define WH_ITEM_COUNT 2u
#define WH_ITEM_SHARE 3u
#define WH_ITEM_DEDUCT 4u

#define WH_ITEM_BONUS 1u /* flag */

struct wh_item {
    const char *id;
    const char *good; /* of the five; "" for a bonus */
    struct wh_title title;
    uint32_t form;  /* WH_ITEM_* */
    uint32_t flags; /* WH_ITEM_BONUS */
    int64_t points_h;
    const char *metric;      /* "" where judged */
    const char *denominator; /* of a share */
    int64_t need;
    int64_t each_h;
    int64_t target; /* percent */
    int64_t empty_h;
};

struct wh_good {
    const char *id;
    struct wh_title title;
    int64_t points_h;
};

struct wh_phase {
    uint32_t year;
    uint32_t reserved;
    const char *id;
    struct wh_title title;
};

/* By whose records and for how long: domain.md D35. */
struct wh_commendation {
    uint32_t collective_levels; /* WH_LEVEL_* */
    uint32_t collective_verdict;
    int64_t collective_score_h;
    uint32_t collective_years;
    uint32_t individual_years;
    uint32_t individual_cases;
    uint32_t reserved;
    struct wh_list individual_kinds; /* const char * */
};

struct wh_programme_view {
    const char *id;
    struct wh_title title;
    uint32_t number; /* of the issue */
    uint32_t reserved;
    int64_t pass_township_h;
    int64_t pass_grassroots_h;
    struct wh_list years;  /* uint32_t */
    struct wh_list duties; /* struct wh_duty */

    /* ---- Since 1.2 ---- */

    struct wh_list phases;           /* struct wh_phase, one a year */
    struct wh_list goods;            /* struct wh_good */
    struct wh_list items_township;   /* struct wh_item, bonuses last */
    struct wh_list items_grassroots; /* struct wh_item */
    int64_t scale_h;
    int64_t bonus_cap_h;
    int64_t baseline_rate_h;      /* percent of units qualified at the end of the last round */
    int64_t raise_points_h;       /* percentage points to gain by the last year */
    int64_t subordinate_share;    /* percent of its units that a township-level unit needs */
    uint32_t assessor_grassroots; /* WH_LEVEL_* of who judges units of that level */
    uint32_t assessor_township;
    uint32_t assessor_county;
    uint32_t takes_lowest; /* of several assessors' points the lowest, not the mean */
    uint32_t reserved2;
    uint32_t quiet_from_minute; /* of the day, in civil time; both 0: never quiet */
    uint32_t quiet_to_minute;
    uint32_t moves_to_workday; /* a due date on a day of rest moves to the next working day */
    struct wh_commendation commendation;
};

/* What an operator or clerk should know or do. The same `key` posted again replaces the former
 * one. */
#define WH_NOTICE_INFO 1u
#define WH_NOTICE_WARN 2u
#define WH_NOTICE_URGENT 3u

struct wh_notice {
    struct wh_span key;  /* the plugin's own name for it, up to WH_PLUGIN_KEY_BYTES_MAX */
    struct wh_span unit; /* whom it concerns; empty: the node */
    struct wh_span zh;   /* one sentence, no personal data */
    struct wh_span en;
    uint32_t severity; /* WH_NOTICE_* */
    uint32_t reserved;
    int64_t due; /* day; 0: none */
};

/* What a unit published: `origin` is that unit, `unit` whom it is for, itself where for all. */
struct wh_published {
    struct wh_span unit;
    struct wh_span name;
    struct wh_span origin;
    struct wh_span value;
};

typedef int (*wh_published_visit)(void *context, const struct wh_published *published);

/* The share of units of both levels that qualify, against the round's aim (domain.md D1). Percent
 * in hundredths; -1 where there are no units. */
struct wh_rate_view {
    struct wh_span unit; /* a county; the unit asked for: all below it together */
    struct wh_span name;
    int64_t units;
    int64_t units_qualified;
    int64_t now_h;
    int64_t baseline_h;
    int64_t target_h;
    int64_t missing_h;     /* percentage points from now to the target */
    int64_t pace_h;        /* of them for each year that is left, this one included */
    int64_t units_missing; /* how many more must qualify */
};

typedef int (*wh_rate_visit)(void *context, const struct wh_rate_view *rate);

/* A record that meets a duty: none of its fields, so any plugin may ask. */
struct wh_deed {
    struct wh_span id;
    int64_t date;
};

typedef int (*wh_deed_visit)(void *context, const struct wh_deed *deed);

typedef int (*wh_key_visit)(void *context, struct wh_span key, struct wh_span value);

/* ---- The functions of the node ---- */

/* The functions of the node. Each takes `self` as handed to `open`; later versions add members at
 * the end, `size` tells how many there are. */
struct wh_host {
    uint32_t abi;              /* WH_ABI of the node */
    uint32_t size;             /* of the node's struct: see WH_HOST_HAS() */
    struct wh_host_self *self; /* to be handed to every function that asks for it */

    /* Writes a line to the node's log. `event` is a fixed dotted name, `text` key=value pairs
     * without personal data. Never fails. */
    void (*log)(struct wh_host_self *self, uint32_t severity, const char *event, const char *text);

    /* Visits the current records of `kind` and `unit` dated from `from` to `to` (days, both
     * included), by date, then id. Within `measure` the records visited are the sources that the
     * summary's count and digest cover. WH_E_NOT_PERMITTED: the kind is neither the plugin's own
     * nor of a plugin that it requires. */
    int (*records)(struct wh_host_self *self, struct wh_span kind, struct wh_span unit,
                   int64_t from, int64_t to, wh_record_visit visit, void *context,
                   struct wh_failure *fail);

    /* Lends the declaration of `kind`, NULL if no such kind is served. Holds until the callback
     * returns. */
    const struct wh_kind *(*kind)(struct wh_host_self *self, struct wh_span kind);

    /* Within `measure` only: sets the value of one metric of the cell's kind.
     * WH_E_INVALID: the kind declares no such metric. */
    int (*metric_set)(struct wh_host_self *self, struct wh_span metric, int64_t value,
                      struct wh_failure *fail);

    /* Within `command` only: the value given for `param`; type 0 where it was left out. */
    struct wh_value (*param)(struct wh_call *call, const char *param);

    /* Within `command` only: names the columns of the reply where the declaration leaves them
     * open. Once, before any row. */
    int (*reply_columns)(struct wh_call *call, struct wh_list columns, struct wh_failure *fail);

    /* Within `command` only: one row, a value for each column in their order. */
    int (*reply_row)(struct wh_call *call, const struct wh_value *values, uint32_t count,
                     struct wh_failure *fail);

    /* Within `command` only: progress of long work, `done` of `total` (0: unknown). */
    void (*reply_progress)(struct wh_call *call, uint64_t done, uint64_t total);

    /* The language of whoever gave the command: 0 zh, 1 en. */
    uint32_t (*language)(struct wh_call *call);

    /* The year in which the node's clock stands. */
    uint32_t (*year_now)(struct wh_host_self *self);

    /* Ranks the units that `query` asks for by the programme in force in its year and visits them
     * in order. WH_E_NOT_FOUND: no programme for that year, or no such unit. */
    int (*standings)(struct wh_host_self *self, const struct wh_standing_query *query,
                     wh_standing_visit visit, void *context, struct wh_failure *fail);

    /* Takes the score of `unit` apart; `query` gives year, as_of, pass_h. `language` as above. */
    int (*explain)(struct wh_host_self *self, struct wh_span unit,
                   const struct wh_standing_query *query, uint32_t language,
                   wh_explained_visit visit, void *context, struct wh_failure *fail);

    /* ---- Since 1.1 ---- */

    /* The node's clock: milliseconds since 1970, and the civil day on which it stands. */
    int64_t (*now_ms)(struct wh_host_self *self);
    int64_t (*today)(struct wh_host_self *self);

    /* The value of one of the plugin's own settings: the config's, else its default; type 0 where
     * it has neither. The text is lent until `close`. */
    struct wh_value (*setting)(struct wh_host_self *self, const char *name);

    /* Has job `job` run once at `at_ms` (in the past: in the next turn), beside what its rule says.
     * A later call replaces the time that an earlier one asked for. Forgotten at `close`.
     * WH_E_INVALID: the plugin declares no such job. */
    int (*job_at)(struct wh_host_self *self, const char *job, int64_t at_ms,
                  struct wh_failure *fail);

    /* Visits the units of the tree below `under` (empty: all that the node knows), itself first, by
     * code. WH_E_NOT_FOUND: no such unit. */
    int (*units)(struct wh_host_self *self, struct wh_span under, wh_unit_visit visit,
                 void *context, struct wh_failure *fail);

    /* Visits every metric of the summary rows of `unit` (and of those below it where `below` is 1)
     * for the quarters of `year` (0: every year), by unit, quarter, facet, origin. Rows hold no
     * personal data, so any plugin may read all of them. */
    int (*figures)(struct wh_host_self *self, struct wh_span unit, uint32_t below, uint32_t year,
                   wh_figure_visit visit, void *context, struct wh_failure *fail);

    /* Lends the programme in force in `year`, NULL if there is none. Holds until the callback
     * returns. */
    const struct wh_programme_view *(*programme)(struct wh_host_self *self, uint32_t year);

    /* Visits the one record of this id, whatever its state. WH_E_NOT_FOUND; WH_E_NOT_PERMITTED as
     * for `records`. */
    int (*record)(struct wh_host_self *self, struct wh_span id, wh_record_visit visit,
                  void *context, struct wh_failure *fail);

    /* The writing functions below may be called within a `command` that is declared with
     * WH_PERMIT_WRITE or WH_PERMIT_OPERATE, and within a `job`; elsewhere they give
     * WH_E_NOT_PERMITTED. What a callback writes is saved when it has returned 0 (or WH_AGAIN), all
     * of it or nothing, before the caller is answered; `records` and `figures` see it from the next
     * callback on. */

    /* Adds a record of one of the plugin's own kinds: `fields` are struct wh_named_text, checked as
     * a clerk's would be. The author is the plugin, for whoever gave the command. WH_E_INVALID
     * names the first field that is wrong, and how many are; WH_E_NOT_PERMITTED: the kind is not
     * its own. */
    int (*record_add)(struct wh_host_self *self, struct wh_span kind, struct wh_span unit,
                      int64_t date, struct wh_list fields, struct wh_record_id *ret_id,
                      struct wh_failure *fail);

    /* Changes the fields given (struct wh_named_text; `date` is one too) of a record of one of its
     * own kinds; the former version is kept. */
    int (*record_edit)(struct wh_host_self *self, struct wh_span id, struct wh_list fields,
                       struct wh_failure *fail);

    /* Takes such a record out of force; `why` must not be empty. */
    int (*record_withdraw)(struct wh_host_self *self, struct wh_span id, struct wh_span why,
                           struct wh_failure *fail);

    /* The plugin's own keys, which no other plugin sees; kept when it is disabled, part of every
     * backup, never replicated. key_get lends the value until the callback returns; WH_E_NOT_FOUND
     * where there is none. It sees what the callback has put. */
    int (*key_get)(struct wh_host_self *self, struct wh_span key, struct wh_span *ret_value,
                   struct wh_failure *fail);
    int (*key_put)(struct wh_host_self *self, struct wh_span key, struct wh_span value,
                   struct wh_failure *fail);
    int (*key_delete)(struct wh_host_self *self, struct wh_span key, struct wh_failure *fail);

    /* Visits the keys that begin with `prefix`, in the order of their bytes, as they were before
     * the callback. */
    int (*keys)(struct wh_host_self *self, struct wh_span prefix, wh_key_visit visit, void *context,
                struct wh_failure *fail);

    /* Shows a notice in `wuhao notices` and in the count of `wuhao status` until it is settled.
     * Settling one that is not there is no error. */
    int (*notice_post)(struct wh_host_self *self, const struct wh_notice *notice,
                       struct wh_failure *fail);
    int (*notice_settle)(struct wh_host_self *self, struct wh_span key, struct wh_failure *fail);

    /* Within `command` only: one sentence beside the rows. */
    int (*reply_note)(struct wh_call *call, struct wh_span text, struct wh_failure *fail);

    /* ---- Since 1.2 ---- */

    /* Within `command` only: a whole file, which the command line writes into the folder that its
     * parameter `out` (WH_PARAM_PATH) names; one of this name there is replaced. The name is one
     * word of letters, digits, '.', '_', '-' and what is not ASCII, and begins with no '.'. */
    int (*reply_file)(struct wh_call *call, struct wh_span name, struct wh_span content,
                      struct wh_failure *fail);

    /* Visits the current records of `unit` dated from `from` to `to` (days) that meet `duty` (of
     * `programme`), by kind, then date, then id: those that its metric counts, or those that its
     * plugin says do. Within `measure` they are sources, as with `records`. None where the plugin
     * that has them is off. */
    int (*deeds)(struct wh_host_self *self, const struct wh_duty *duty, struct wh_span unit,
                 int64_t from, int64_t to, wh_deed_visit visit, void *context,
                 struct wh_failure *fail);

    /* The first working day on or after `day`, by the rest days and make-up workdays of the
     * programme in force in its year; where that names none, Saturday and Sunday are rest days. So
     * a working day is one that gives itself. */
    int64_t (*workday_from)(struct wh_host_self *self, int64_t day);

    /* The code of the node's home unit, lent until the callback returns. */
    struct wh_span (*home)(struct wh_host_self *self);

    /* Publishes `value` under `name` (up to WH_PLUGIN_KEY_BYTES_MAX) in the name of the home unit:
     * to every node below this one where `unit` is empty, else to those alone that serve `unit`, a
     * unit below the home unit. The same unit and name again replace it; it goes down, never up. It
     * writes: see below `record`. No personal data. WH_E_INVALID: longer than
     * WH_PUBLISHED_BYTES_MAX, or `unit` does not lie below. */
    int (*publish)(struct wh_host_self *self, struct wh_span unit, struct wh_span name,
                   struct wh_span value, struct wh_failure *fail);

    /* Visits what this plugin published under names that begin with `prefix`, here and at the units
     * above: what is for all by origin and name, then what is for a unit by unit and name. */
    int (*published)(struct wh_host_self *self, struct wh_span prefix, wh_published_visit visit,
                     void *context, struct wh_failure *fail);

    /* The node's own place in the order of its commits, as `as_of` takes it back
     * ("2026-03-31#1234": a day, and the place): the same query as of it gives the same bytes,
     * whatever the clock does. `ret` ends in a zero. */
    void (*moment)(struct wh_host_self *self, char ret[WH_MOMENT_TEXT_MAX]);

    /* Keeps a file's content beside the store, sealed, on this node alone; `ret`, which ends in a
     * zero, is what a field of type WH_FILE then holds. It writes: see below `record`.
     * WH_E_INVALID: the name is no plain file name (as of `reply_file`), or it is over
     * WH_FILE_BYTES_MAX. */
    int (*file_keep)(struct wh_host_self *self, struct wh_span name, struct wh_span content,
                     char ret[WH_FILE_REF_MAX], struct wh_failure *fail);

    /* Visits the rate of all units below `query->under` (empty: the home unit) together, then of
     * each county among them. `level` and `unit_kind` are not looked at. Codes as `standings`. */
    int (*rates)(struct wh_host_self *self, const struct wh_standing_query *query,
                 wh_rate_visit visit, void *context, struct wh_failure *fail);

    /* When the node last went back to what it had saved earlier, in milliseconds since 1970: it was
     * put back from a backup, or began without the damaged end of its log. 0: never. Keys and
     * records then lack what came after: a plugin that acts on the world outside keeps the value in
     * a key, and where it finds another one (but 0), does not know what it did until that time. */
    int64_t (*restored_ms)(struct wh_host_self *self);

    /* Within `command` only, before any row: titles of words (struct wh_choice) that stand in the
     * cells of the column `column`, as states do. Tables show the titles to a Chinese reader, also
     * of several words with a ';' between; JSON and CSV have the words. */
    int (*reply_words)(struct wh_call *call, const char *column, struct wh_list words,
                       struct wh_failure *fail);
};

/* 1 where this node has the member: `WH_HOST_HAS(host, notice_post)`. */
#define WH_HOST_HAS(host, member)                                                                  \
    ((host)->size >= offsetof(struct wh_host, member) + sizeof((host)->member))

/* ---- What a plugin declares ----------------------------------------------------------------- */

#define WH_SERVES_LEDGERS 1u /* flag: the kinds that the programme declares as data are its own */

/* ---- Since 1.1: jobs, settings, changes ---- */

/* Work that is due by the calendar. `when` is one of `every 10m` (m, h), `hourly :15`,
 * `daily 02:00`, `weekly mon 08:00`, `monthly 1 03:00`, `quarterly 1 03:00` (a day of its first
 * month), `yearly 01-10 03:00`, or empty: only when asked for. Times are the node's civil time. One
 * that fell due while the node was stopped or the plugin off runs once, as soon as both are on. */
struct wh_job {
    const char *name; /* as a plugin's name */
    struct wh_title title;
    const char *when;
    uint32_t budget_ms; /* for all its slices together; 0: WH_CALL_BUDGET_MS */
    uint32_t reserved;
};

/* One key below `settings:` of plugins.d/NAME.yaml. */
struct wh_setting {
    const char *name;
    struct wh_title title; /* help */
    uint32_t type;         /* WH_TEXT, WH_INTEGER, WH_DECIMAL, WH_DATE, WH_CHOICE, WH_YESNO */
    uint32_t flags;        /* WH_REQUIRED, WH_BOUNDED */
    int64_t min;
    int64_t max;
    const char *fallback;   /* its default, written as in the config; NULL: none */
    struct wh_list choices; /* struct wh_choice */
};

/* A summary row that came or changed. */
struct wh_row_change {
    struct wh_span unit;
    struct wh_span facet;
    uint32_t year;
    uint32_t quarter_of_year;
};

/* ---- A plugin ---- */

/* What the one symbol holds: data first, callbacks last. */
struct wh_plugin {
    uint32_t abi;            /* WH_ABI */
    uint32_t size;           /* sizeof(struct wh_plugin) */
    const char *name;        /* of its file too: NAME.so */
    const char *version;     /* the plugin's own, as it likes */
    struct wh_title title;   /* one line */
    uint32_t flags;          /* WH_SERVES_LEDGERS */
    uint32_t reserved;       /* 0 */
    struct wh_list needs;    /* const char *: plugins that must be on */
    struct wh_list kinds;    /* struct wh_kind */
    struct wh_list commands; /* struct wh_command; names are the plugin's own or `NAME VERB` */

    /* Called once, before anything else; `*ret_self` is handed to every other callback. May be
     * NULL. `host` holds until close. */
    int (*open)(const struct wh_host *host, void **ret_self, struct wh_failure *fail);
    /* Called once, last. May be NULL. */
    void (*close)(void *self);
    /* Computes the metrics of one cell of one of its kinds. NULL where all of them are measured by
     * the node: see WH_KIND_BY_FORM (in a node of 1.1: only without kinds). */
    int (*measure)(void *self, const struct wh_cell *cell, struct wh_failure *fail);
    /* 1 if `record` counts in `metric` of the cell, 0 if not: `explain` lists such records.
     * NULL: every record of the cell's kind and time counts. Not asked where the node measures. */
    int (*counts)(void *self, const struct wh_cell *cell, const struct wh_metric *metric,
                  const struct wh_record_view *record);
    /* Runs command `index` of `commands`. NULL only without commands. */
    int (*command)(void *self, uint32_t index, struct wh_call *call, struct wh_failure *fail);

    /* ---- Since 1.1 ---- */

    struct wh_list jobs;     /* struct wh_job */
    struct wh_list settings; /* struct wh_setting */

    /* Runs job `index` of `jobs`. NULL only without jobs. 0: done; WH_AGAIN: saved so far, to be
     * called again in the next turn, so that long work leaves the node time for others; the slices
     * together must end within the job's budget. After a failure it is tried again when it is due
     * next. */
    int (*job)(void *self, uint32_t index, struct wh_failure *fail);
    /* Summary rows (struct wh_row_change) have changed, and are on disk; at most 1,024 at a time.
     * May be NULL. Writes nothing: it may ask for a job. */
    int (*rows_changed)(void *self, struct wh_list changes, struct wh_failure *fail);

    /* ---- Since 1.2 ---- */

    /* 1 if `record`, of one of its kinds, meets `duty`, whose `plugin` it is; 0 if not. May be
     * NULL: none does. */
    int (*meets)(void *self, const struct wh_duty *duty, const struct wh_record_view *record);
};

/* The one symbol. */
extern WH_EXPORT const struct wh_plugin wuhao_plugin;

#ifdef __cplusplus
}
#endif
#endif
