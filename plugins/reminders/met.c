/* When each duty of a unit was met. Which deed meets which period hangs together over the years, so
 * all of them are worked out, and those of the cell's year are kept. */
#include <stdio.h>
#include <stdlib.h>

#include "reminders.h"

/* ---- Deeds ---- */

struct days {
    int64_t *items;
    uint32_t count;
    uint32_t size;
};

static int take_deed(void *context, const struct wh_deed *deed)
{
    struct days *days = context;
    if (days->count == days->size) {
        uint32_t size = days->size > 0 ? days->size * 2 : 64;
        int64_t *items = realloc(days->items, size * sizeof(*items));
        if (!items) return WH_E_FAILED;
        days->items = items;
        days->size = size;
    }
    days->items[days->count++] = deed->date;
    return 0;
}

static int compare_days(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* ---- One duty over the years ---- */

struct span_of_years {
    uint32_t first;
    uint32_t last; /* the cell's, and the year after it: its deeds may be late */
};

#define YEARS_MAX 12

static const struct wh_duty *duty_named(const struct wh_programme_view *programme, const char *id)
{
    for (uint32_t i = 0; programme && i < programme->duties.count; i++) {
        const struct wh_duty *duty = wh_list_at(&programme->duties, i);
        if (strcmp(duty->id, id) == 0) return duty;
    }
    return NULL;
}

static int set_met(const struct wh_host *host, const struct wh_duty *duty,
                   const struct period *period, struct wh_failure *fail)
{
    char name[120];
    if (period->met == 0) return 0;
    (void)snprintf(name, sizeof(name), "%.90s.%s", duty->id, period->name);
    return host->metric_set(host->self, wh_span_of(name), period->met, fail);
}

static int measure_duty(const struct wh_host *host, const struct wh_cell *cell,
                        const struct wh_duty *duty, struct span_of_years years,
                        struct wh_failure *fail)
{
    struct period periods[YEARS_MAX * 4 + PERIODS_A_YEAR_MAX];
    struct days days = {NULL, 0, 0};
    uint32_t count = 0, from = 0, to = 0;
    int rc;
    for (uint32_t year = years.first; year <= years.last; year++) {
        const struct wh_duty *then = duty_named(host->programme(host->self, year), duty->id);
        struct calendar calendar = calendar_of(host, year);
        if (year == cell->year) from = count;
        if (then && count + PERIODS_A_YEAR_MAX <= sizeof(periods) / sizeof(periods[0])) {
            count += periods_of(then, year, &calendar, &periods[count]);
        }
        if (year == cell->year) to = count;
    }
    rc = host->deeds(host->self, duty, cell->unit, first_day_of(years.first),
                     last_day_of(years.last), take_deed, &days, fail);
    if (rc >= 0 && days.count > 0) {
        qsort(days.items, days.count, sizeof(*days.items), compare_days);
        match_deeds(periods, count, days.items, days.count);
    }
    for (uint32_t i = from; rc >= 0 && i < to; i++) rc = set_met(host, duty, &periods[i], fail);
    free(days.items);
    return rc < 0 ? rc : 0;
}

/* ---- The cell ---- */

/* A duty's deeds are about the unit that owes it, or about the one below that it is owed for. */
static int concerns(const struct wh_duty *duty, const struct known_unit *unit,
                    const struct known_unit *parent)
{
    if (duty->per == 0) return duty_is_of(duty, unit->kind);
    return parent->code[0] && duty_is_of(duty, parent->kind);
}

static uint32_t first_year(const struct wh_programme_view *programme, uint32_t year)
{
    uint32_t first = year;
    for (uint32_t i = 0; i < programme->years.count; i++) {
        const uint32_t *one = wh_list_at(&programme->years, i);
        if (*one < first) first = *one;
    }
    return year - first < YEARS_MAX - 2 ? first : year - (YEARS_MAX - 2);
}

int measure_met(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail)
{
    const struct wh_programme_view *programme = host->programme(host->self, cell->year);
    struct known_unit unit, parent;
    struct span_of_years years;
    int rc;
    memset(&parent, 0, sizeof(parent));
    if (!programme) return 0;
    rc = find_unit(host, cell->unit, &unit, fail);
    if (rc == 0 && unit.parent[0]) {
        (void)find_unit(host, wh_span_of(unit.parent), &parent, fail); /* a root's is unknown */
    }
    if (rc < 0) return rc == WH_E_NOT_FOUND ? 0 : rc;
    years.first = first_year(programme, cell->year);
    years.last = cell->year + 1;
    for (uint32_t i = 0; rc == 0 && i < programme->duties.count; i++) {
        const struct wh_duty *duty = wh_list_at(&programme->duties, i);
        if (concerns(duty, &unit, &parent)) rc = measure_duty(host, cell, duty, years, fail);
    }
    return rc;
}
