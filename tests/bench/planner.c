/* What planning inspections takes and is worth: `bench_planner [RUNS]`.
 *
 * Four quarters of 12 inspectors, 1,200 units and 62 working days, each planned by itself, beside a
 * naive planner that gives each unit, the heaviest first, the earliest day with room and on it the
 * inspector with the fewest visits. Prints one JSON object a figure, `{"name", "unit", "values"}`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "chance.h"
#include "planner.h"

enum { QUARTERS = 4, INSPECTORS = 12, UNITS = 1200, DAYS = 62, AREAS = 60, RUNS_MAX = 100 };

struct quarter {
    int32_t days[DAYS];
    struct plan_inspector inspectors[INSPECTORS];
    struct plan_unit units[UNITS];
    struct plan_input input;
};

struct tally {
    double times_ms[RUNS_MAX]; /* of all quarters, a run */
    struct plan_cost ours, naive;
    int64_t missed, naive_missed;
};

static double now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- The case ---- */

/* Inspectors can on four of five days; every second unit has one who must not check it, every fifth
 * is weak, every tenth is wanted in the first third. */
static void draw_quarter(struct quarter *quarter, uint32_t number)
{
    struct wh_chance chance = wh_chance_stream(number, "quarter");
    uint32_t i, j;
    memset(quarter, 0, sizeof(*quarter));
    quarter->input = (struct plan_input){quarter->days, quarter->inspectors, quarter->units,
                                         DAYS,          INSPECTORS,          UNITS};
    for (i = 0; i < DAYS; i++) {
        quarter->days[i] = 20458 + (int32_t)(number * 91 + i / 5 * 7 + i % 5);
    }
    for (i = 0; i < INSPECTORS; i++) {
        for (j = 0; j < DAYS; j++) {
            if (wh_chance_is(&chance, 8000)) plan_set_add(quarter->inspectors[i].days, j);
        }
    }
    for (i = 0; i < UNITS; i++) {
        struct plan_unit *unit = &quarter->units[i];
        unit->area = wh_chance_below(&chance, AREAS);
        if (wh_chance_is(&chance, 2000)) unit->weight = 1 + wh_chance_below(&chance, 5);
        if (wh_chance_is(&chance, 5000)) {
            plan_set_add(unit->forbidden, wh_chance_below(&chance, INSPECTORS));
        }
        if (wh_chance_is(&chance, 1000)) unit->last_day = quarter->days[DAYS / 3];
    }
}

/* ---- The naive planner ---- */

struct naive {
    uint32_t visits[INSPECTORS][DAYS];
    uint32_t load[INSPECTORS];
};

static void place_naively(const struct quarter *quarter, struct naive *naive, uint32_t unit,
                          struct plan_visit *visit)
{
    const struct plan_unit *one = &quarter->units[unit];
    uint32_t day, i, best = INSPECTORS;
    for (day = 0; day < DAYS && best == INSPECTORS; day++) {
        if (one->last_day != 0 && quarter->days[day] > one->last_day) return;
        for (i = 0; i < INSPECTORS; i++) {
            if (!plan_set_has(quarter->inspectors[i].days, day)) continue;
            if (plan_set_has(one->forbidden, i)) continue;
            if (naive->visits[i][day] == PLAN_VISITS_A_DAY_DEFAULT) continue;
            if (best == INSPECTORS || naive->load[i] < naive->load[best]) best = i;
        }
        if (best == INSPECTORS) continue;
        naive->visits[best][day]++;
        naive->load[best]++;
        *visit = (struct plan_visit){best, quarter->days[day]};
    }
}

static int64_t plan_naively(const struct quarter *quarter, struct plan_visit *visits)
{
    struct naive naive = {0};
    int64_t missed = UNITS;
    uint32_t turn, i;
    memset(visits, 0, UNITS * sizeof(*visits));
    for (turn = 0; turn < 12; turn++) { /* of both sorts, six weights */
        for (i = 0; i < UNITS; i++) {
            const struct plan_unit *unit = &quarter->units[i];
            if ((unit->last_day == 0) != (turn >= 6) || unit->weight != 5 - turn % 6) continue;
            place_naively(quarter, &naive, i, &visits[i]);
            missed -= visits[i].day != 0;
        }
    }
    return missed;
}

/* ---- Measuring ---- */

static void add_cost(struct plan_cost *sum, const struct plan_cost *cost)
{
    sum->trips += cost->trips;
    sum->lateness += cost->lateness;
    sum->uneven_h += cost->uneven_h;
    sum->points += cost->points;
}

static int plan_quarter(const struct quarter *quarter, struct tally *tally, uint32_t run)
{
    static struct plan_visit visits[UNITS];
    struct plan plan = {0};
    struct plan_cost cost;
    double begin = now_ms();
    int rc = plan_make(&quarter->input, &plan);
    if (rc < 0) return rc;
    tally->times_ms[run] += now_ms() - begin;
    if (run == 0) {
        tally->missed += plan.missed;
        add_cost(&tally->ours, &plan.cost);
        tally->naive_missed += plan_naively(quarter, visits);
        rc = plan_weigh(&quarter->input, visits, &cost);
        if (rc == 0) add_cost(&tally->naive, &cost);
    }
    plan_deinit(&plan);
    return rc;
}

/* The first inspector falls out for all of the quarter; prints what that changes, and the time. */
static int plan_again(struct quarter *quarter)
{
    struct plan plan = {0}, again = {0};
    int64_t lost = 0;
    double begin;
    uint32_t i;
    int rc = plan_make(&quarter->input, &plan);
    if (rc < 0) return rc;
    for (i = 0; i < UNITS; i++) {
        quarter->units[i].former = plan.visits[i];
        lost += plan.visits[i].day != 0 && plan.visits[i].inspector == 0;
    }
    memset(quarter->inspectors[0].days, 0, sizeof(quarter->inspectors[0].days));
    begin = now_ms();
    rc = plan_make(&quarter->input, &again);
    if (rc == 0) {
        printf("{\"name\": \"an inspector falls out: planned again\", \"unit\": \"ms\", "
               "\"values\": [%.3f]}\n",
               now_ms() - begin);
        printf("{\"name\": \"an inspector falls out: visits lost\", \"unit\": \"visits\", "
               "\"values\": [%lld]}\n",
               (long long)lost);
        printf("{\"name\": \"an inspector falls out: visits changed\", \"unit\": \"visits\", "
               "\"values\": [%lld]}\n",
               (long long)again.cost.changed);
    }
    plan_deinit(&plan);
    plan_deinit(&again);
    return rc;
}

static void print_cost(const char *who, const struct plan_cost *cost, int64_t missed)
{
    const struct {
        const char *name, *unit;
        int64_t value;
    } lines[] = {{"missed", "units", missed},
                 {"trips", "trips", cost->trips},
                 {"lateness", "weight x days", cost->lateness},
                 {"off their shares, squared", "visits", cost->uneven_h / 100},
                 {"cost", "points", cost->points}};
    size_t i;
    for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        printf("{\"name\": \"%s: %s\", \"unit\": \"%s\", \"values\": [%lld]}\n", who, lines[i].name,
               lines[i].unit, (long long)lines[i].value);
    }
}

/* Full trips of every area: no plan has fewer. */
static uint32_t trips_least(const struct quarter *quarter)
{
    uint32_t units[AREAS] = {0}, trips = 0, i;
    for (i = 0; i < UNITS; i++) units[quarter->units[i].area]++;
    for (i = 0; i < AREAS; i++) {
        trips += (units[i] + PLAN_VISITS_A_DAY_DEFAULT - 1) / PLAN_VISITS_A_DAY_DEFAULT;
    }
    return trips;
}

static void print_tally(const struct tally *tally, uint32_t runs)
{
    uint32_t i;
    printf("{\"name\": \"four quarters planned\", \"unit\": \"ms\", \"values\": [");
    for (i = 0; i < runs; i++) printf("%s%.3f", i ? ", " : "", tally->times_ms[i]);
    printf("]}\n");
    print_cost("ours", &tally->ours, tally->missed);
    print_cost("naive", &tally->naive, tally->naive_missed);
    printf("{\"name\": \"our cost, in naive ones\", \"unit\": \"\", \"values\": [%.4f]}\n",
           (double)tally->ours.points / (double)tally->naive.points);
}

int main(int argc, char **argv)
{
    static struct quarter quarters[QUARTERS];
    static struct tally tally;
    long asked = argc > 1 ? strtol(argv[1], NULL, 10) : 5;
    uint32_t runs = asked < 1 || asked > RUNS_MAX ? 5 : (uint32_t)asked;
    uint32_t least = 0, run, i;
    for (i = 0; i < QUARTERS; i++) draw_quarter(&quarters[i], i);
    for (run = 0; run < runs; run++) {
        for (i = 0; i < QUARTERS; i++) {
            if (plan_quarter(&quarters[i], &tally, run) < 0) return 1;
        }
    }
    print_tally(&tally, runs);
    for (i = 0; i < QUARTERS; i++) least += trips_least(&quarters[i]);
    printf("{\"name\": \"trips that no plan does without\", \"unit\": \"trips\", "
           "\"values\": [%u]}\n",
           least);
    return plan_again(&quarters[0]) < 0;
}
