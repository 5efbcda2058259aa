/* ledger: serves every kind that the programme declares as data. One declaration gives validation,
 * CSV, JSON and help (by the core) and the metrics (here), by the rules of data.md "Metrics of a
 * ledger": a flow counts the records of its quarter; a stock the state at the quarter'"'"'s end, over all
 * records dated up to it; a to_date the records of the year up to the quarter'"'"'s end. */
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
EOF
cat > plugins/ledger/measure.h <<'"'"'EOF'"'"'
/* measure.h: the metrics of one cell of a ledger (data.md "Metrics of a ledger"). Thread: loop. */
#ifndef LEDGER_MEASURE_H
#define LEDGER_MEASURE_H

#include <wuhao/plugin.h>

/* Computes every metric of the cell'"'"'s kind from its records and sets it. */
int measure_cell(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail);

/* 1 if the record counts in the metric of the cell: its date, its force and one of the conditions.
 * `latest` is not looked at: it compares records. */
int record_counts(const struct wh_cell *cell, const struct wh_metric *metric,
                  const struct wh_record_view *record);

#endif
EOF
cat > plugins/ledger/measure.c <<'"'"'EOF'"'"'
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>

#include "distinct.h"

static int spans_equal(struct wh_span a, struct wh_span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static const struct wh_value *field_of(const struct wh_record_view *record, const char *name)
{
    struct wh_span wanted = wh_span_of(name);
    uint32_t i;
    for (i = 0; i < record->fields.count; i++) {
        const struct wh_named_value *field = wh_list_at(&record->fields, i);
        if (spans_equal(field->name, wanted)) return &field->value;
    }
    return NULL;
}

/* ---- Which records count ---- */

/* True where `word` is one of the '"'"';'"'"'-separated words of `words`. */
static int has_word(struct wh_span words, struct wh_span word)
{
    while (words.len > 0) {
        const char *end = memchr(words.data, '"'"';'"'"', words.len);
        uint64_t len = end ? (uint64_t)(end - words.data) : words.len;
        struct wh_span one = {words.data, len};
        if (spans_equal(one, word)) return 1;
        words.data += end ? len + 1 : len;
        words.len -= end ? len + 1 : len;
    }
    return 0;
}

static int value_is(const struct wh_value *value, struct wh_span text)
{
    char number[32];
    switch (value->type) {
    case WH_YESNO: return spans_equal(text, wh_span_of(value->number ? "yes" : "no"));
    case WH_CHOICES: return has_word(value->text, text);
    case WH_INTEGER:
        (void)snprintf(number, sizeof(number), "%lld", (long long)value->number);
        return spans_equal(text, wh_span_of(number));
    default: return spans_equal(value->text, text);
    }
}

static int test_holds(const struct wh_test *test, const struct wh_record_view *record)
{
    const struct wh_value *value = field_of(record, test->field);
    uint32_t i;
    for (i = 0; value && i < test->values.count; i++) {
        const char *const *text = wh_list_at(&test->values, i);
        if (value_is(value, wh_span_of(*text))) return 1;
    }
    return 0;
}

static int condition_holds(const struct wh_condition *condition, const struct wh_cell *cell,
                           const struct wh_record_view *record)
{
    uint32_t i;
    if (condition->levels != 0 && !(condition->levels & cell->level)) return 0;
    for (i = 0; i < condition->tests.count; i++) {
        if (!test_holds(wh_list_at(&condition->tests, i), record)) return 0;
    }
    return 1;
}

static int conditions_hold(const struct wh_metric *metric, const struct wh_cell *cell,
                           const struct wh_record_view *record)
{
    uint32_t i;
    if (metric->any.count == 0) return 1;
    for (i = 0; i < metric->any.count; i++) {
        if (condition_holds(wh_list_at(&metric->any, i), cell, record)) return 1;
    }
    return 0;
}

/* Records are visited up to the quarter'"'"'s last day, so only the lower bound differs. */
static int is_in_time(const struct wh_metric *metric, const struct wh_cell *cell,
                      const struct wh_record_view *record)
{
    if (record->date > cell->last_day) return 0;
    switch (metric->type) {
    case WH_FLOW: return record->date >= cell->first_day;
    case WH_TO_DATE: return record->date >= cell->year_first_day;
    default: return 1;
    }
}

int record_counts(const struct wh_cell *cell, const struct wh_metric *metric,
                  const struct wh_record_view *record)
{
    const struct wh_value *until;
    if (!is_in_time(metric, cell, record)) return 0;
    if (metric->flags & WH_IN_FORCE) {
        until = field_of(record, "until");
        if (until && until->number < cell->last_day) return 0;
    }
    return conditions_hold(metric, cell, record);
}

/* ---- Adding up ---- */

struct running {
    const struct wh_metric *metric;
    int64_t value;
    struct distinct distinct;
};

struct measuring {
    const struct wh_host *host;
    const struct wh_cell *cell;
    struct running *running;
    uint32_t count;
};

static int add(int64_t *sum, int64_t more)
{
    return __builtin_add_overflow(*sum, more, sum) ? WH_E_FAILED : 0;
}

static int sum_record(const struct wh_metric *metric, const struct wh_record_view *record,
                      int64_t *ret)
{
    int64_t sum = 0;
    uint32_t i;
    for (i = 0; i < metric->fields.count; i++) {
        const char *const *name = wh_list_at(&metric->fields, i);
        const struct wh_value *value = field_of(record, *name);
        if (value && add(&sum, value->number) < 0) return WH_E_FAILED;
    }
    *ret = sum;
    return 0;
}

static int take_distinct(struct running *running, const struct wh_record_view *record)
{
    const char *const *name = wh_list_at(&running->metric->fields, 0);
    const struct wh_value *value = field_of(record, *name);
    char number[32];
    if (!value) return 0;
    if (value->type == WH_CHOICES) return distinct_add_words(&running->distinct, value->text);
    if (value->text.data) return distinct_add(&running->distinct, value->text);
    (void)snprintf(number, sizeof(number), "%lld", (long long)value->number);
    return distinct_add(&running->distinct, wh_span_of(number));
}

/* Records come by date, then id: of `latest` the last one that counts stays. */
static int take(struct running *running, const struct wh_record_view *record)
{
    int64_t sum = 0;
    switch (running->metric->form) {
    case WH_COUNT:
        if (running->metric->flags & WH_LATEST) running->value = 0;
        return add(&running->value, 1);
    case WH_SUM:
        if (sum_record(running->metric, record, &sum) < 0) return WH_E_FAILED;
        if (running->metric->flags & WH_LATEST) running->value = 0;
        return add(&running->value, sum);
    case WH_DISTINCT: return take_distinct(running, record);
    default: return 0;
    }
}

static int visit(void *context, const struct wh_record_view *record)
{
    struct measuring *measuring = context;
    int used = 0;
    uint32_t i;
    for (i = 0; i < measuring->count; i++) {
        struct running *running = &measuring->running[i];
        if (!record_counts(measuring->cell, running->metric, record)) continue;
        used = 1;
        if (take(running, record) < 0) return WH_E_FAILED;
    }
    /* A record of the quarter makes the cell one that was heard of, even if no metric counts it. */
    if (used || record->date >= measuring->cell->first_day) {
        measuring->host->measured_from(measuring->host->self, record);
    }
    return 0;
}

static int set_all(struct measuring *measuring, struct wh_failure *fail)
{
    const struct wh_host *host = measuring->host;
    uint32_t i;
    for (i = 0; i < measuring->count; i++) {
        struct running *running = &measuring->running[i];
        int64_t value = running->metric->form == WH_DISTINCT
                            ? (int64_t)running->distinct.count
                            : running->value;
        int rc = host->metric_set(host->self, wh_span_of(running->metric->id), value, fail);
        if (rc < 0) return rc;
    }
    return 0;
}

/* How far back records are read: a flow needs its quarter alone. */
static int64_t first_day_of(const struct wh_kind *kind, const struct wh_cell *cell)
{
    int64_t first = cell->first_day;
    uint32_t i;
    for (i = 0; i < kind->metrics.count; i++) {
        const struct wh_metric *metric = wh_list_at(&kind->metrics, i);
        if (metric->type == WH_STOCK) return INT64_MIN;
        if (metric->type == WH_TO_DATE && cell->year_first_day < first) {
            first = cell->year_first_day;
        }
    }
    return first;
}

int measure_cell(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail)
{
    const struct wh_kind *kind = host->kind(host->self, cell->kind);
    struct measuring measuring = {host, cell, NULL, 0};
    uint32_t i;
    int rc;
    if (!kind) {
        fail->code = WH_E_NOT_FOUND;
        (void)snprintf(fail->text, sizeof(fail->text), "kind %.*s is not declared",
                       (int)cell->kind.len, cell->kind.data);
        return WH_E_NOT_FOUND;
    }
    measuring.running = calloc(kind->metrics.count + 1, sizeof(struct running));
    if (!measuring.running) return WH_E_FAILED;
    measuring.count = kind->metrics.count;
    for (i = 0; i < measuring.count; i++) {
        measuring.running[i].metric = wh_list_at(&kind->metrics, i);
    }
    rc = host->records(host->self, cell->kind, cell->unit, first_day_of(kind, cell),
                       cell->last_day, visit, &measuring, fail);
    if (rc >= 0) rc = set_all(&measuring, fail);
    for (i = 0; i < measuring.count; i++) distinct_deinit(&measuring.running[i].distinct);
    free(measuring.running);
    return rc < 0 ? rc : 0;
}
EOF
cat > plugins/ledger/distinct.h <<'"'"'EOF'"'"'
/* distinct.h: how many different texts there were. A zeroed struct has none. Thread: loop.
 * Ownership: texts are copied in. */
#ifndef LEDGER_DISTINCT_H
#define LEDGER_DISTINCT_H

#include <wuhao/plugin.h>

struct distinct {
    char **slots; /* length (8 bytes) and text; NULL: free */
    uint64_t size;
    uint64_t count;
};

void distinct_deinit(struct distinct *distinct);
/* Returns 0, or WH_E_FAILED where memory ran out. */
int distinct_add(struct distinct *distinct, struct wh_span text);
/* Each of the '"'"';'"'"'-separated words. */
int distinct_add_words(struct distinct *distinct, struct wh_span words);

#endif
EOF
cat > plugins/ledger/distinct.c <<'"'"'EOF'"'"'
#include "distinct.h"

#include <stdlib.h>

void distinct_deinit(struct distinct *distinct)
{
    uint64_t i;
    for (i = 0; i < distinct->size; i++) free(distinct->slots[i]);
    free(distinct->slots);
    distinct->slots = NULL;
    distinct->size = 0;
    distinct->count = 0;
}

static uint64_t length_of(const char *entry)
{
    uint64_t len;
    memcpy(&len, entry, sizeof(len));
    return len;
}

/* FNV-1a (public domain, draft-eastlake-fnv). */
static uint64_t hash_of(const char *data, uint64_t len)
{
    uint64_t hash = 0xcbf29ce484222325u, i;
    for (i = 0; i < len; i++) hash = (hash ^ (unsigned char)data[i]) * 0x100000001b3u;
    return hash ^ (hash >> 29);
}

static char **slot_of(char **slots, uint64_t size, const char *data, uint64_t len)
{
    uint64_t i = hash_of(data, len) & (size - 1);
    while (slots[i] && (length_of(slots[i]) != len || memcmp(slots[i] + 8, data, len) != 0)) {
        i = (i + 1) & (size - 1);
    }
    return &slots[i];
}

static int grow(struct distinct *distinct)
{
    uint64_t size = distinct->size ? distinct->size * 2 : 16, i;
    char **slots = calloc(size, sizeof(*slots));
    if (!slots) return WH_E_FAILED;
    for (i = 0; i < distinct->size; i++) {
        char *entry = distinct->slots[i];
        if (entry) *slot_of(slots, size, entry + 8, length_of(entry)) = entry;
    }
    free(distinct->slots);
    distinct->slots = slots;
    distinct->size = size;
    return 0;
}

int distinct_add(struct distinct *distinct, struct wh_span text)
{
    char **slot, *entry;
    if ((distinct->count + 1) * 4 > distinct->size * 3 && grow(distinct) < 0) return WH_E_FAILED;
    slot = slot_of(distinct->slots, distinct->size, text.data, text.len);
    if (*slot) return 0;
    entry = malloc(8 + text.len);
    if (!entry) return WH_E_FAILED;
    memcpy(entry, &text.len, 8);
    if (text.len > 0) memcpy(entry + 8, text.data, text.len);
    *slot = entry;
    distinct->count++;
    return 0;
}

int distinct_add_words(struct distinct *distinct, struct wh_span words)
{
    while (words.len > 0) {
        const char *end = memchr(words.data, '"'"';'"'"', words.len);
        struct wh_span word = {words.data, end ? (uint64_t)(end - words.data) : words.len};
        uint64_t taken = end ? word.len + 1 : word.len;
        if (word.len > 0 && distinct_add(distinct, word) < 0) return WH_E_FAILED;
        words.data += taken;
        words.len -= taken;
    }
    return 0;
}
EOF
cat > plugins/ranking/ranking.c <<'"'"'EOF'"'"'
/* ranking: `rank` and `explain`. The figures are the core'"'"'s (exact, from rows alone); this plugin
 * asks for them and says how they are shown. */
#include <stdio.h>

#include <wuhao/plugin.h>

static const struct wh_param rank_params[] = {
    {"level", {"层级", "county, township or grassroots"}, WH_TEXT, WH_PARAM_REQUIRED},
    {"kind", {"单位类型", "only units of this kind, as school"}, WH_TEXT, 0},
    {"year", {"年度", "the year (default: this one)"}, WH_INTEGER, 0},
    {"under", {"只排此单位以下", "only units below this code"}, WH_UNIT, 0},
    {"as-of", {"截至时刻", "as of this date or moment"}, WH_TEXT, 0},
    {"pass", {"另设达标线", "another pass line, in points"}, WH_DECIMAL, 0},
    {"top", {"只列前几名", "only the first N"}, WH_INTEGER, 0},
};
static const struct wh_param explain_params[] = {
    {"code", {"单位编码", "the unit"}, WH_UNIT, WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL},
    {"year", {"年度", "the year (default: this one)"}, WH_INTEGER, 0},
    {"as-of", {"截至时刻", "as of this date or moment"}, WH_TEXT, 0},
    {"pass", {"另设达标线", "another pass line, in points"}, WH_DECIMAL, 0},
};

#define COLUMN(name, zh, en, type) {name, {zh, en}, type, 0}

static const struct wh_column rank_columns[] = {
    COLUMN("rank", "名次", "Rank", WH_INTEGER),
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("kind", "类型", "Kind", WH_TEXT),
    COLUMN("parent", "上级", "Parent", WH_TEXT),
    COLUMN("score", "得分", "Score", WH_DECIMAL),
    COLUMN("qualified", "达标", "Qualified", WH_YESNO),
    COLUMN("units", "下属", "Units", WH_INTEGER),
    COLUMN("units_qualified", "下属达标", "Qualified units", WH_INTEGER),
    COLUMN("share", "达标率%", "Share %", WH_DECIMAL),
    COLUMN("complete", "数据完整%", "Complete %", WH_DECIMAL),
    COLUMN("tie", "并列", "Tie", WH_YESNO),
    /* at county level alone */
    COLUMN("units_grassroots", "基层单位", "Grassroots", WH_INTEGER),
    COLUMN("units_grassroots_qualified", "基层达标", "Qualified grassroots", WH_INTEGER),
    COLUMN("share_grassroots", "基层达标率%", "Grassroots share %", WH_DECIMAL),
};

#define COLUMNS_COUNTY 15u
#define COLUMNS_OTHER 12u

static const struct wh_column explain_columns[] = {
    COLUMN("what", "层次", "What", WH_TEXT),
    COLUMN("item", "指标", "Item", WH_TEXT),
    COLUMN("title", "名称", "Title", WH_TEXT),
    COLUMN("points", "得分", "Points", WH_DECIMAL),
    COLUMN("full", "满分", "Full", WH_DECIMAL),
    COLUMN("metric", "数据项", "Metric", WH_TEXT),
    COLUMN("value", "数值", "Value", WH_INTEGER),
    COLUMN("quarter", "季度", "Quarter", WH_TEXT),
    COLUMN("facet", "记录类型", "Facet", WH_TEXT),
    COLUMN("origin", "来源", "Origin", WH_TEXT),
    COLUMN("record", "记录", "Record", WH_TEXT),
    COLUMN("date", "日期", "Date", WH_TEXT),
    COLUMN("text", "说明", "Rule", WH_TEXT),
};

#define EXPLAIN_COLUMNS 13u

static const struct wh_command commands[] = {
    {"rank", {"排名", "ranks counties, townships or grassroots units"}, WH_LIST(rank_params),
     {NULL, 0, 0}, WH_PERMIT_READ, 0, "wuhao rank --level township --year 2026 --top 20"},
    {"explain", {"解释得分", "takes a score apart: items, metrics, rows, records"},
     WH_LIST(explain_params), WH_LIST(explain_columns), WH_PERMIT_READ, 0,
     "wuhao explain 231182108 --year 2026"},
};

static struct wh_value null_value(void)
{
    struct wh_value value = {0, 0, 0, {NULL, 0}};
    return value;
}

static struct wh_value text(struct wh_span span)
{
    struct wh_value value = {WH_TEXT, 0, 0, {NULL, 0}};
    if (span.len == 0) return null_value();
    value.text = span;
    return value;
}

static struct wh_value number(uint32_t type, int64_t n)
{
    struct wh_value value = {type, 0, n, {NULL, 0}};
    return value;
}

/* Counts and scores that a level does not have are -1. */
static struct wh_value number_or_null(uint32_t type, int64_t n)
{
    return n < 0 ? null_value() : number(type, n);
}

/* Percent in hundredths, rounded down; null for a share of none. */
static struct wh_value share(int64_t part, int64_t whole)
{
    return whole <= 0 ? null_value() : number(WH_DECIMAL, part * 10000 / whole);
}

static int fail_with(struct wh_failure *fail, int code, const char *sentence)
{
    fail->code = code;
    (void)snprintf(fail->text, sizeof(fail->text), "%s", sentence);
    return code;
}

/* The arguments that both commands share. */
static int read_query(const struct wh_host *host, struct wh_call *call,
                      struct wh_standing_query *query, struct wh_failure *fail)
{
    struct wh_value year = host->param(call, "year"), pass = host->param(call, "pass");
    int zh = host->language(call) == 0;
    query->as_of = host->param(call, "as-of").text;
    query->year = year.type != 0 ? (uint32_t)year.number : host->year_now(host->self);
    query->pass_h = pass.type != 0 ? pass.number : -1;
    if (year.type != 0 && (year.number < 1949 || year.number > 2200)) {
        return fail_with(fail, WH_E_USAGE,
                         zh ? "年度：应在 1949 到 2200 之间" : "year: it must lie between 1949 and 2200");
    }
    if (pass.type != 0 && pass.number < 0) {
        return fail_with(fail, WH_E_USAGE, zh ? "达标线：不能为负" : "pass: it can'"'"'t be negative");
    }
    return 0;
}

/* ---- rank ---- */

struct ranking {
    const struct wh_host *host;
    struct wh_call *call;
    struct wh_failure *fail;
    uint32_t columns;
    int64_t left; /* rows still to show; -1: all */
};

static int show_standing(void *context, const struct wh_standing *s)
{
    struct ranking *ranking = context;
    int ranked = (s->flags & WH_STANDING_RANKED) != 0;
    int county = ranking->columns == COLUMNS_COUNTY;
    struct wh_value row[COLUMNS_COUNTY];
    if (ranking->left == 0) return 1;
    if (ranking->left > 0) ranking->left--;
    row[0] = ranked ? number(WH_INTEGER, s->rank) : null_value();
    row[1] = text(s->unit);
    row[2] = text(s->name);
    row[3] = text(s->unit_kind);
    row[4] = text(s->parent);
    row[5] = number_or_null(WH_DECIMAL, s->score_h);
    row[6] = !ranked || county ? null_value()
                               : number(WH_YESNO, (s->flags & WH_STANDING_QUALIFIED) != 0);
    row[7] = number_or_null(WH_INTEGER, s->units);
    row[8] = number_or_null(WH_INTEGER, s->units_qualified);
    row[9] = ranked ? share(s->units_qualified, s->units) : null_value();
    row[10] = number_or_null(WH_DECIMAL, s->complete_h);
    row[11] = number(WH_YESNO, (s->flags & WH_STANDING_TIE) != 0);
    row[12] = number_or_null(WH_INTEGER, s->units_grassroots);
    row[13] = number_or_null(WH_INTEGER, s->units_grassroots_qualified);
    row[14] = ranked ? share(s->units_grassroots_qualified, s->units_grassroots) : null_value();
    return ranking->host->reply_row(ranking->call, row, ranking->columns, ranking->fail);
}

static uint32_t level_of(struct wh_span word)
{
    static const struct {
        const char *word;
        uint32_t level;
    } levels[] = {{"county", WH_LEVEL_COUNTY},
                  {"township", WH_LEVEL_TOWNSHIP},
                  {"grassroots", WH_LEVEL_GRASSROOTS}};
    size_t i;
    for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        struct wh_span one = wh_span_of(levels[i].word);
        if (one.len == word.len && memcmp(one.data, word.data, word.len) == 0) {
            return levels[i].level;
        }
    }
    return 0;
}

static int run_rank(const struct wh_host *host, struct wh_call *call, struct wh_failure *fail)
{
    struct ranking ranking = {host, call, fail, COLUMNS_OTHER, -1};
    struct wh_standing_query query = {.pass_h = -1};
    struct wh_list columns = WH_LIST(rank_columns);
    struct wh_value top = host->param(call, "top");
    int rc = read_query(host, call, &query, fail);
    if (rc < 0) return rc;
    query.level = level_of(host->param(call, "level").text);
    query.under = host->param(call, "under").text;
    query.unit_kind = host->param(call, "kind").text;
    if (query.level == 0) {
        return fail_with(fail, WH_E_USAGE,
                         host->language(call) == 0
                             ? "rank：层级应为 county、township 或 grassroots"
                             : "rank: the level must be county, township or grassroots");
    }
    if (top.type != 0 && top.number < 1) {
        return fail_with(fail, WH_E_USAGE,
                         host->language(call) == 0 ? "rank：top 应为正整数"
                                                   : "rank: top must be 1 or more");
    }
    if (top.type != 0) ranking.left = top.number;
    if (query.level == WH_LEVEL_COUNTY) ranking.columns = COLUMNS_COUNTY;
    columns.count = ranking.columns;
    rc = host->reply_columns(call, columns, fail);
    return rc < 0 ? rc : host->standings(host->self, &query, show_standing, &ranking, fail);
}

/* ---- explain ---- */

struct explaining {
    const struct wh_host *host;
    struct wh_call *call;
    struct wh_failure *fail;
    char item[64];   /* of the lines below it */
    char metric[64];
    char quarter[16];
    char facet[64];
    char origin[32];
};

static void keep(char *at, size_t size, struct wh_span span)
{
    (void)snprintf(at, size, "%.*s", (int)span.len, span.data ? span.data : "");
}

static void begin_line(struct wh_value row[EXPLAIN_COLUMNS], const char *what)
{
    uint32_t i;
    for (i = 0; i < EXPLAIN_COLUMNS; i++) row[i] = null_value();
    row[0] = text(wh_span_of(what));
}

static void fill_points(struct wh_value row[EXPLAIN_COLUMNS], const struct wh_explained *line)
{
    row[2] = text(line->title);
    row[3] = number(WH_DECIMAL, line->points_h);
    row[4] = number(WH_DECIMAL, line->full_h);
    row[12] = text(line->text);
}

static void fill_below(const struct explaining *e, struct wh_value row[EXPLAIN_COLUMNS])
{
    row[1] = text(wh_span_of(e->item));
    row[5] = text(wh_span_of(e->metric));
}

static void fill_source(const struct explaining *e, struct wh_value row[EXPLAIN_COLUMNS])
{
    fill_below(e, row);
    row[7] = text(wh_span_of(e->quarter));
    row[8] = text(wh_span_of(e->facet));
    row[9] = text(wh_span_of(e->origin));
}

static int show_explained(void *context, const struct wh_explained *line)
{
    struct explaining *e = context;
    struct wh_value row[EXPLAIN_COLUMNS];
    switch (line->depth) {
    case WH_EXPLAIN_TOTAL:
        begin_line(row, "score");
        fill_points(row, line);
        break;
    case WH_EXPLAIN_ITEM:
        keep(e->item, sizeof(e->item), line->id);
        begin_line(row, line->flags & 1u ? "bonus" : "item");
        row[1] = text(line->id);
        fill_points(row, line);
        break;
    case WH_EXPLAIN_METRIC:
        keep(e->metric, sizeof(e->metric), line->id);
        begin_line(row, "metric");
        fill_below(e, row);
        row[6] = number(WH_INTEGER, line->value);
        break;
    case WH_EXPLAIN_SOURCE:
        keep(e->quarter, sizeof(e->quarter), line->text);
        keep(e->facet, sizeof(e->facet), line->id);
        keep(e->origin, sizeof(e->origin), line->title);
        begin_line(row, "row");
        fill_source(e, row);
        row[6] = number(WH_INTEGER, line->value);
        break;
    default:
        begin_line(row, "record");
        fill_source(e, row);
        row[10] = text(line->id);
        row[11] = text(line->text);
        break;
    }
    return e->host->reply_row(e->call, row, EXPLAIN_COLUMNS, e->fail);
}

static int run_explain(const struct wh_host *host, struct wh_call *call, struct wh_failure *fail)
{
    struct explaining e = {.host = host, .call = call, .fail = fail};
    struct wh_standing_query query = {.pass_h = -1};
    int rc = read_query(host, call, &query, fail);
    if (rc < 0) return rc;
    return host->explain(host->self, host->param(call, "code").text, &query, host->language(call),
                         show_explained, &e, fail);
}

/* ---- The plugin ---- */

static int ranking_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    (void)fail;
    *ret_self = (void *)(uintptr_t)host;
    return 0;
}

static int ranking_command(void *self, uint32_t index, struct wh_call *call,
                           struct wh_failure *fail)
{
    static int (*const runs[])(const struct wh_host *, struct wh_call *, struct wh_failure *) = {
        run_rank, run_explain};
    return runs[index](self, call, fail);
}

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "ranking",
    .version = "0.1.0",
    .title = {"排名与解释", "Rankings and explanations"},
    .commands = WH_LIST(commands),
    .open = ranking_open,
    .command = ranking_command,
};
EOF
