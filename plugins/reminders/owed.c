/* All that units owe in a year, from the programme, the tree and rows. */
#include <stdio.h>
#include <stdlib.h>

#include "reminders.h"

/* ---- What rows say: met days and applications ---- */

struct met {
    char unit[32];
    char name[120]; /* "report_branch.2026Q1"; "" for an application */
    int64_t day;
};

/* A duty of the programme and its periods in the year. */
struct asked {
    const struct wh_duty *duty;
    struct period periods[PERIODS_A_YEAR_MAX];
    uint32_t count;
};

struct gathering {
    const struct wh_host *host;
    const struct wh_programme_view *programme;
    uint32_t year;
    struct known_units units;
    struct met *met; /* by unit, name, day */
    uint32_t met_count;
    uint32_t met_size;
    struct asked *asked; /* one for each duty of the programme */
    struct owed_list *owed;
    struct wh_failure *fail;
};

static int take_figure(void *context, const struct wh_figure *figure)
{
    struct gathering *gathering = context;
    int applied = wh_span_equal(figure->facet, wh_span_of("application")) &&
                  wh_span_equal(figure->metric, wh_span_of("applied")) && figure->value > 0;
    struct met *met;
    if (!applied && !wh_span_equal(figure->facet, wh_span_of(KIND_DUTY))) return 0;
    if (make_room(&gathering->met, gathering->met_count, &gathering->met_size,
                  sizeof(*gathering->met)) < 0) {
        return WH_E_FAILED;
    }
    met = &gathering->met[gathering->met_count++];
    copy_text(met->unit, sizeof(met->unit), figure->unit);
    copy_text(met->name, sizeof(met->name), applied ? wh_span_of("") : figure->metric);
    met->day = figure->value;
    return 0;
}

static int compare_met(const void *a, const void *b)
{
    const struct met *left = a, *right = b;
    int d = strcmp(left->unit, right->unit);
    if (d == 0) d = strcmp(left->name, right->name);
    if (d == 0) d = (left->day > right->day) - (left->day < right->day);
    return d;
}

/* The first, and so the earliest, of this unit and name; NULL: none. */
static const struct met *find_met(const struct gathering *gathering, const char *unit,
                                  const char *name)
{
    uint32_t low = 0, high = gathering->met_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct met *met = &gathering->met[middle];
        int d = strcmp(met->unit, unit);
        if (d == 0) d = strcmp(met->name, name);
        if (d < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == gathering->met_count || strcmp(gathering->met[low].unit, unit) != 0 ||
        strcmp(gathering->met[low].name, name) != 0) {
        return NULL;
    }
    return &gathering->met[low];
}

/* ---- What is owed ---- */

struct owed *owed_add(struct owed_list *list)
{
    if (make_room(&list->items, list->count, &list->size, sizeof(*list->items)) < 0) return NULL;
    memset(&list->items[list->count], 0, sizeof(*list->items));
    return &list->items[list->count++];
}

/* `below` NULL: the unit owes it for itself. */
static int owe_period(struct gathering *gathering, const struct wh_duty *duty,
                      const struct known_unit *unit, const struct known_unit *below,
                      const struct period *period)
{
    const char *about = below ? below->code : unit->code;
    const struct met *met;
    struct owed *owed;
    char name[120];
    if (!unit_existed(unit, period->ends, period->ends)) return 0;
    if (below && !unit_existed(below, period->ends, period->ends)) return 0;
    owed = owed_add(gathering->owed);
    if (!owed) return WH_E_FAILED;
    copy_text(owed->unit, sizeof(owed->unit), wh_span_of(unit->code));
    if (below) copy_text(owed->about, sizeof(owed->about), wh_span_of(below->code));
    copy_text(owed->duty, sizeof(owed->duty), wh_span_of(duty->id));
    copy_text(owed->zh, sizeof(owed->zh), wh_span_of(duty->title.zh));
    copy_text(owed->en, sizeof(owed->en), wh_span_of(duty->title.en));
    owed->period = *period;
    (void)snprintf(name, sizeof(name), "%.90s.%s", duty->id, period->name);
    met = find_met(gathering, about, name);
    if (met) owed->period.met = met->day;
    return 0;
}

static int owe_periods(struct gathering *gathering, const struct asked *asked,
                       const struct known_unit *unit, const struct known_unit *below)
{
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < asked->count; i++) {
        rc = owe_period(gathering, asked->duty, unit, below, &asked->periods[i]);
    }
    return rc;
}

/* Codes come before those below them, so children follow their parent. */
static int owe_for_each_below(struct gathering *gathering, const struct asked *asked, uint32_t at)
{
    const struct known_unit *unit = &gathering->units.items[at];
    size_t len = strlen(unit->code);
    int rc = 0;
    for (uint32_t i = at + 1; rc == 0 && i < gathering->units.count; i++) {
        const struct known_unit *below = &gathering->units.items[i];
        if (strncmp(below->code, unit->code, len) != 0) break;
        if (strcmp(below->parent, unit->code) != 0) continue;
        if (asked->duty->per == WH_PER_APPLICANT && !find_met(gathering, below->code, "")) {
            continue;
        }
        rc = owe_periods(gathering, asked, unit, below);
    }
    return rc;
}

static int owe_unit(struct gathering *gathering, uint32_t at)
{
    const struct known_unit *unit = &gathering->units.items[at];
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < gathering->programme->duties.count; i++) {
        const struct asked *asked = &gathering->asked[i];
        if (!duty_is_of(asked->duty, unit->kind)) continue;
        rc = asked->duty->per == 0 ? owe_periods(gathering, asked, unit, NULL)
                                   : owe_for_each_below(gathering, asked, at);
    }
    return rc;
}

static int compare_owed(const void *a, const void *b)
{
    const struct owed *left = a, *right = b;
    int d = strcmp(left->unit, right->unit);
    if (d == 0) d = (left->period.due > right->period.due) - (left->period.due < right->period.due);
    if (d == 0) d = strcmp(left->duty, right->duty);
    if (d == 0) d = strcmp(left->period.name, right->period.name);
    return d == 0 ? strcmp(left->about, right->about) : d;
}

static int read_asked(struct gathering *gathering)
{
    const struct wh_list *duties = &gathering->programme->duties;
    struct calendar calendar = calendar_of(gathering->host, gathering->year);
    gathering->asked = calloc(duties->count + 1u, sizeof(*gathering->asked));
    if (!gathering->asked) return WH_E_FAILED;
    for (uint32_t i = 0; i < duties->count; i++) {
        struct asked *asked = &gathering->asked[i];
        asked->duty = wh_list_at(duties, i);
        asked->count = periods_of(asked->duty, gathering->year, &calendar, asked->periods);
    }
    return 0;
}

int owed_in(const struct wh_host *host, struct wh_span unit, int below, uint32_t year,
            struct owed_list *ret, struct wh_failure *fail)
{
    struct gathering gathering = {.host = host, .year = year, .owed = ret, .fail = fail};
    int rc;
    memset(ret, 0, sizeof(*ret));
    gathering.programme = host->programme(host->self, year);
    rc = read_units(host, unit, &gathering.units, fail);
    if (rc == 0 && gathering.programme) rc = read_asked(&gathering);
    if (rc == 0 && gathering.programme) {
        rc = host->figures(host->self, unit, 1, year, take_figure, &gathering, fail);
        if (gathering.met_count > 0) {
            qsort(gathering.met, gathering.met_count, sizeof(*gathering.met), compare_met);
        }
        for (uint32_t i = 0; rc >= 0 && i < (below ? gathering.units.count : 1u); i++) {
            rc = owe_unit(&gathering, i);
        }
    }
    free(gathering.units.items);
    free(gathering.met);
    free(gathering.asked);
    if (rc < 0) {
        owed_free(ret);
        return rc;
    }
    if (ret->count > 0) qsort(ret->items, ret->count, sizeof(*ret->items), compare_owed);
    return 0;
}

/* ---- What is owed on a day, of whatever year ---- */

int is_owed_of(const struct owed *owed, int64_t day)
{
    const struct period *period = &owed->period;
    int64_t year = year_of(day);
    if (strtol(period->name, NULL, 10) == year) return 1;
    return period->begins <= day && duty_state_on(period, day) != DUTY_DONE &&
           period->due + LATE_DAYS >= first_day_of(year);
}

static int add_all(struct owed_list *to, const struct owed_list *from, int64_t day)
{
    for (uint32_t i = 0; i < from->count; i++) {
        struct owed *copy;
        if (!is_owed_of(&from->items[i], day)) continue;
        copy = owed_add(to);
        if (!copy) return WH_E_FAILED;
        *copy = from->items[i];
    }
    return 0;
}

int owed_on(const struct wh_host *host, struct wh_span unit, int below, int64_t day,
            struct owed_list *ret, struct wh_failure *fail)
{
    uint32_t year = (uint32_t)year_of(day);
    int rc = 0;
    memset(ret, 0, sizeof(*ret));
    for (uint32_t at = year - YEARS_BEFORE; rc == 0 && at <= year; at++) {
        struct owed_list owed;
        rc = owed_in(host, unit, below, at, &owed, fail);
        if (rc == 0) rc = add_all(ret, &owed, day);
        owed_free(&owed);
    }
    if (rc < 0) owed_free(ret);
    if (ret->count > 0) qsort(ret->items, ret->count, sizeof(*ret->items), compare_owed);
    return rc;
}

void owed_free(struct owed_list *list)
{
    free(list->items);
    memset(list, 0, sizeof(*list));
}
