/* What the report takes from rows: metrics by unit as the node's rules read them (data.md "The
 * rules, exactly"), and the days on which duties were met. */
#include <stdio.h>
#include <stdlib.h>

#include "duties.h"
#include "report.h"

#define METRICS_MAX 128
#define ASKED_MAX 64

/* A metric that some statistic names. */
struct slot {
    const char *id;
    uint32_t type;     /* WH_FLOW ...; 0: nobody has declared it yet */
    uint32_t distinct; /* of several origins the greatest counts, not the sum */
    uint32_t first;    /* its share of the unit at hand, counted from 1; 0: none */
};

/* What one origin says of one metric of the unit at hand. */
struct share {
    char origin[32];
    int64_t value;
    int64_t quarter; /* the latest seen, counted from the year 0 */
    uint32_t next;
    uint32_t reserved;
};

#define SHARES_MAX 1024

/* A duty that some statistic counts. */
struct asked {
    const struct wh_duty *duty;
    struct period periods[PERIODS_A_YEAR_MAX];
    uint32_t count;
    uint32_t first; /* the bit of its first period */
};

struct reading {
    struct report *report;
    struct slot slots[METRICS_MAX]; /* by id */
    uint32_t slots_count;
    uint32_t shares_count;
    struct share shares[SHARES_MAX];
    struct report_row *row; /* the unit at hand */
    char unit[32];
    int64_t *values; /* a line of METRICS_MAX for each row */
    struct asked asked[ASKED_MAX];
    uint32_t asked_count;
    uint32_t periods;
    uint8_t *met; /* a line of `periods` for each row */
};

/* ---- Metrics ---- */

static int compare_slots(const void *a, const void *b)
{
    return strcmp(((const struct slot *)a)->id, ((const struct slot *)b)->id);
}

static int compare_span(struct wh_span span, const char *text)
{
    int d = strncmp(span.data, text, span.len);
    return d != 0 ? d : (text[span.len] == 0 ? 0 : -1);
}

static struct slot *slot_of(struct reading *r, struct wh_span id)
{
    uint32_t low = 0, high = r->slots_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int d = compare_span(id, r->slots[middle].id);
        if (d == 0) return &r->slots[middle];
        if (d < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

static void name_slots(struct reading *r)
{
    uint32_t kept = 0;
    for (uint32_t s = 0; s < statistics_count; s++) {
        const struct statistic *one = &statistics[s];
        if (one->source != FROM_METRICS && one->source != FROM_PRESENCE &&
            one->source != FROM_NEED) {
            continue;
        }
        for (uint32_t i = 0; i < STATISTIC_OF_MAX && one->of[i]; i++) {
            if (r->slots_count < METRICS_MAX) r->slots[r->slots_count++].id = one->of[i];
        }
    }
    qsort(r->slots, r->slots_count, sizeof(r->slots[0]), compare_slots);
    for (uint32_t i = 0; i < r->slots_count; i++) {
        if (kept > 0 && strcmp(r->slots[kept - 1].id, r->slots[i].id) == 0) continue;
        r->slots[kept++] = r->slots[i];
    }
    r->slots_count = kept;
}

/* Says of a metric how it adds up, as its kind declares. */
static void learn(struct reading *r, struct slot *slot, struct wh_span facet)
{
    const struct wh_host *host = r->report->talk->host;
    const struct wh_kind *kind = host->kind(host->self, facet);
    for (uint32_t i = 0; kind && i < kind->metrics.count; i++) {
        const struct wh_metric *metric = wh_list_at(&kind->metrics, i);
        if (strcmp(metric->id, slot->id) != 0) continue;
        slot->type = metric->type;
        slot->distinct = metric->form == WH_DISTINCT;
        return;
    }
}

static int64_t add(int64_t a, int64_t b)
{
    int64_t sum;
    return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static int64_t combined(const struct reading *r, const struct slot *slot)
{
    int64_t value = 0;
    for (uint32_t at = slot->first; at != 0; at = r->shares[at - 1].next) {
        int64_t more = r->shares[at - 1].value;
        if (!slot->distinct) {
            value = add(value, more);
        } else if (at == slot->first || more > value) {
            value = more;
        }
    }
    return value;
}

static void end_unit(struct reading *r)
{
    int64_t *values = r->row ? r->values + (r->row - r->report->rows) * METRICS_MAX : NULL;
    for (uint32_t i = 0; i < r->slots_count; i++) {
        if (values && r->slots[i].first != 0) values[i] = combined(r, &r->slots[i]);
        r->slots[i].first = 0;
    }
    r->shares_count = 0;
}

static struct share *share_of(struct reading *r, struct slot *slot, struct wh_span origin)
{
    struct share *share;
    for (uint32_t at = slot->first; at != 0; at = r->shares[at - 1].next) {
        if (wh_span_equal(origin, wh_span_of(r->shares[at - 1].origin))) return &r->shares[at - 1];
    }
    if (r->shares_count == SHARES_MAX) return NULL;
    share = &r->shares[r->shares_count++];
    memset(share, 0, sizeof(*share));
    copy_text(share->origin, sizeof(share->origin), origin);
    share->quarter = -1;
    share->next = slot->first;
    slot->first = r->shares_count;
    return share;
}

static int take_metric(struct reading *r, const struct wh_figure *figure)
{
    const struct report *report = r->report;
    struct slot *slot = slot_of(r, figure->metric);
    int64_t quarter = (int64_t)figure->year * 4 + figure->quarter_of_year - 1;
    struct share *share;
    if (!slot) return 0;
    if (slot->type == 0) learn(r, slot, figure->facet);
    if (slot->type == 0 || figure->year > report->year) return 0;
    if (slot->type != WH_STOCK && figure->year < report->year) return 0;
    share = share_of(r, slot, figure->origin);
    if (!share) return WH_E_FAILED;
    if (slot->type == WH_FLOW) {
        share->value = add(share->value, figure->value);
    } else if (quarter > share->quarter ||
               (quarter == share->quarter && figure->value > share->value)) {
        share->value = figure->value;
        share->quarter = quarter;
    }
    return 0;
}

/* ---- Duties ---- */

static int64_t today_of(const struct reading *r)
{
    return r->report->talk->host->today(r->report->talk->host->self);
}

static int asks_for(const struct wh_duty *duty, const struct statistic *one)
{
    return strcmp(duty->metric, one->of[0]) == 0 ||
           (duty->per == WH_PER_SUBORDINATE && strcmp(duty->plugin, one->of[0]) == 0);
}

static void read_asked(struct reading *r)
{
    const struct report *report = r->report;
    const struct wh_list *duties = &report->programme->duties;
    struct calendar calendar = calendar_of(report->talk->host, report->year);
    for (uint32_t i = 0; i < duties->count && r->asked_count < ASKED_MAX; i++) {
        const struct wh_duty *duty = wh_list_at(duties, i);
        struct asked *asked = &r->asked[r->asked_count];
        int wanted = 0;
        for (uint32_t s = 0; s < statistics_count; s++) {
            if (statistics[s].source == FROM_DUE) wanted |= asks_for(duty, &statistics[s]);
        }
        if (!wanted) continue;
        asked->duty = duty;
        asked->count = periods_of(duty, report->year, &calendar, asked->periods);
        asked->first = r->periods;
        r->periods += asked->count;
        r->asked_count++;
    }
}

static void take_met(struct reading *r, const struct wh_figure *figure)
{
    char name[120];
    /* the value is the day on which it was met, which a deed dated ahead puts ahead */
    if (figure->year != r->report->year || figure->value > today_of(r)) return;
    for (uint32_t a = 0; a < r->asked_count; a++) {
        const struct asked *asked = &r->asked[a];
        for (uint32_t i = 0; i < asked->count; i++) {
            (void)snprintf(name, sizeof(name), "%.90s.%s", asked->duty->id, asked->periods[i].name);
            if (compare_span(figure->metric, name) != 0) continue;
            r->met[(r->row - r->report->rows) * r->periods + asked->first + i] = 1;
        }
    }
}

static int take_figure(void *context, const struct wh_figure *figure)
{
    struct reading *r = context;
    struct wh_civil civil = wh_civil_of((int32_t)today_of(r));
    if (!wh_span_equal(figure->unit, wh_span_of(r->unit))) {
        end_unit(r);
        copy_text(r->unit, sizeof(r->unit), figure->unit);
        r->row = report_row_of(r->report, r->unit);
    }
    if (!r->row) return 0;
    if (wh_span_equal(figure->facet, wh_span_of("duty"))) {
        take_met(r, figure);
        return 0;
    }
    /* as the rules: quarters that have begun */
    if ((int64_t)figure->year * 4 + figure->quarter_of_year - 1 >
        (int64_t)civil.year * 4 + (civil.month - 1) / 3) {
        return 0;
    }
    return take_metric(r, figure);
}

/* ---- Statistics of one unit ---- */

static int64_t need_of(const struct report *report, const struct known_unit *unit, const char *id)
{
    const struct wh_list *items = unit->level == WH_LEVEL_TOWNSHIP
                                      ? &report->programme->items_township
                                      : &report->programme->items_grassroots;
    if (unit->level != WH_LEVEL_TOWNSHIP && unit->level != WH_LEVEL_GRASSROOTS) return 0;
    for (uint32_t i = 0; i < items->count; i++) {
        const struct wh_item *item = wh_list_at(items, i);
        if (item->form == WH_ITEM_COUNT && strcmp(item->metric, id) == 0) return item->need;
    }
    return 0;
}

static int64_t value_of(struct reading *r, const struct report_row *row, const struct statistic *of)
{
    const int64_t *values = r->values + (row - r->report->rows) * METRICS_MAX;
    int64_t sum = 0, need;
    int open = report_is_open(r->report, row);
    if (of->source == FROM_UNITS) {
        return open && (!of->of[0] || strcmp(of->of[0], row->unit->kind) == 0);
    }
    if (of->source != FROM_METRICS && of->source != FROM_PRESENCE && of->source != FROM_NEED) {
        return 0;
    }
    for (uint32_t i = 0; i < STATISTIC_OF_MAX && of->of[i]; i++) {
        const struct slot *slot = slot_of(r, wh_span_of(of->of[i]));
        /* what a closed unit held has gone on to another, which counts it; what it did it did */
        if (slot->type == WH_STOCK && !open) continue;
        sum = add(sum, values[slot - r->slots]);
    }
    if (of->source == FROM_METRICS) return sum;
    if (of->source == FROM_PRESENCE) return open && sum > 0;
    need = need_of(r->report, row->unit, of->of[0]);
    return open && need > 0 && sum >= need;
}

/* A period counts at the unit that owes it, from its due day on or once it is met. */
static void count_duty(struct reading *r, const struct asked *asked, struct report_row *row)
{
    struct report_row *owner = asked->duty->per == 0 ? row : row->parent;
    int64_t today = today_of(r);
    if (asked->duty->per == WH_PER_APPLICANT || !owner) return;
    if (!duty_is_of(asked->duty, owner->unit->kind)) return;
    for (uint32_t i = 0; i < asked->count; i++) {
        const struct period *period = &asked->periods[i];
        int met = r->met[(row - r->report->rows) * r->periods + asked->first + i];
        if (!unit_existed(owner->unit, period->ends, period->ends)) continue;
        if (!unit_existed(row->unit, period->ends, period->ends)) continue;
        if (!met && period->due > today) continue;
        for (uint32_t s = 0; s < statistics_count; s++) {
            const struct statistic *one = &statistics[s];
            if (one->source != FROM_DUE && one->source != FROM_MET) continue;
            if (asks_for(asked->duty, one)) owner->own[s] += one->source == FROM_DUE || met;
        }
    }
}

static void fill_rows(struct reading *r)
{
    struct report *report = r->report;
    for (uint32_t i = 0; i < report->rows_count; i++) {
        for (uint32_t s = 0; s < statistics_count; s++) {
            report->rows[i].own[s] = value_of(r, &report->rows[i], &statistics[s]);
        }
    }
    for (uint32_t i = 0; i < report->rows_count; i++) {
        for (uint32_t a = 0; a < r->asked_count; a++) {
            count_duty(r, &r->asked[a], &report->rows[i]);
        }
    }
}

int report_figures(struct report *report)
{
    const struct wh_host *host = report->talk->host;
    struct reading *r = calloc(1, sizeof(*r));
    int rc = WH_E_FAILED;
    if (r) {
        r->report = report;
        name_slots(r);
        read_asked(r);
        r->values = calloc((size_t)report->rows_count * METRICS_MAX, sizeof(*r->values));
        r->met = calloc((size_t)report->rows_count * (r->periods + 1u), 1);
        if (r->values && r->met) {
            rc = host->figures(host->self, wh_span_of(report->rows[0].unit->code), 1, 0,
                               take_figure, r, report->talk->fail);
        }
        if (rc >= 0) {
            end_unit(r);
            fill_rows(r);
        }
        free(r->values);
        free(r->met);
    }
    free(r);
    return rc < 0 ? rc : 0;
}
