#include "duties.h"

#include <stdio.h>
#include <stdlib.h>

static int64_t workday_from(void *context, int64_t day)
{
    const struct wh_host *host = context;
    return host->workday_from(host->self, day);
}

struct calendar calendar_of(const struct wh_host *host, uint32_t year)
{
    const struct wh_programme_view *programme = host->programme(host->self, year);
    struct calendar calendar = {workday_from, (void *)(uintptr_t)host,
                                programme && programme->moves_to_workday};
    return calendar;
}

static int64_t day_of(int64_t year, int32_t month, int32_t day)
{
    struct wh_civil civil = {(int32_t)year, month, day};
    return wh_day_of(civil);
}

static int64_t moved(const struct calendar *calendar, int64_t day)
{
    return calendar->moves ? calendar->workday_from(calendar->context, day) : day;
}

/* `number` of `count` equal parts of the year, from 1. */
static struct period part_of_year(const struct wh_duty *duty, uint32_t year, int32_t number,
                                  int32_t count, const struct calendar *calendar)
{
    int32_t months = 12 / count;
    struct period period = {.begins = day_of(year, (number - 1) * months + 1, 1)};
    if (number == count) {
        period.ends = day_of(year + 1, 1, 1) - 1;
    } else {
        period.ends = day_of(year, number * months + 1, 1) - 1;
    }
    period.due = moved(calendar, period.ends + duty->grace_days);
    if (count == 1) {
        (void)snprintf(period.name, sizeof(period.name), "%u", year);
    } else {
        (void)snprintf(period.name, sizeof(period.name), "%u%c%d", year, count == 4 ? 'Q' : 'H',
                       number);
    }
    return period;
}

static uint32_t parts_of_year(const struct wh_duty *duty, uint32_t year,
                              const struct calendar *calendar, struct period *ret)
{
    int32_t count = duty->every == WH_EVERY_QUARTER ? 4 : duty->every == WH_EVERY_HALF ? 2 : 1;
    for (int32_t i = 0; i < count; i++) {
        ret[i] = part_of_year(duty, year, i + 1, count, calendar);
    }
    return (uint32_t)count;
}

/* All dates of a year are open from its first day. */
static uint32_t dates_of_year(const struct wh_duty *duty, uint32_t year,
                              const struct calendar *calendar, struct period *ret)
{
    uint32_t count = duty->due.count < PERIODS_A_YEAR_MAX ? duty->due.count : PERIODS_A_YEAR_MAX;
    for (uint32_t i = 0; i < count; i++) {
        const struct wh_due_date *date = wh_list_at(&duty->due, i);
        struct period period = {.begins = day_of(year, 1, 1)};
        period.ends =
            day_of((int64_t)year + date->years_later, (int32_t)date->month, (int32_t)date->day);
        period.due = moved(calendar, period.ends + duty->grace_days);
        (void)snprintf(period.name, sizeof(period.name), "%u-%u", year, i + 1);
        ret[i] = period;
    }
    return count;
}

static int compare_due(const void *a, const void *b)
{
    const struct period *left = a, *right = b;
    if (left->due != right->due) return left->due < right->due ? -1 : 1;
    return strcmp(left->name, right->name);
}

uint32_t periods_of(const struct wh_duty *duty, uint32_t year, const struct calendar *calendar,
                    struct period *ret)
{
    uint32_t count;
    if (duty->year != 0 && duty->year != year) return 0;
    if (duty->due.count > 0) {
        count = dates_of_year(duty, year, calendar, ret);
    } else {
        count = parts_of_year(duty, year, calendar, ret);
    }
    qsort(ret, count, sizeof(*ret), compare_due);
    return count;
}

void match_deeds(struct period *periods, uint32_t count, const int64_t *days, uint32_t days_count)
{
    for (uint32_t d = 0; d < days_count; d++) {
        for (uint32_t i = 0; i < count; i++) {
            struct period *period = &periods[i];
            if (period->met != 0 || period->begins > days[d]) continue;
            if (period->due + LATE_DAYS < days[d]) continue;
            period->met = days[d];
            break;
        }
    }
}

enum duty_state duty_state_on(const struct period *period, int64_t day)
{
    if (period->met != 0 && period->met <= day) return DUTY_DONE;
    if (day <= period->due) return DUTY_OPEN;
    return day <= period->due + LATE_DAYS ? DUTY_LATE : DUTY_MISSED;
}

static const struct wh_choice states[] = {
    {"done", {"已完成", "Done"}},
    {"open", {"未到期", "Open"}},
    {"late", {"已逾期", "Late"}},
    {"missed", {"未完成", "Missed"}},
};
const struct wh_list duty_state_titles = WH_LIST(states);

const char *duty_state_word(enum duty_state state)
{
    return states[state].id;
}

int is_met_late(const struct period *period)
{
    return period->met != 0 && period->met > period->due;
}

int duty_is_of(const struct wh_duty *duty, const char *unit_kind)
{
    for (uint32_t i = 0; i < duty->who.count; i++) {
        const char *const *kind = wh_list_at(&duty->who, i);
        if (strcmp(*kind, unit_kind) == 0) return 1;
    }
    return 0;
}
