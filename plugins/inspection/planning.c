/* What the planner needs: days, inspectors, units with their weights, areas and standing visits. */
#include <stdlib.h>

#include "schedule.h"

/* ---- Days ---- */

/* From today on: a period whose due day is over is planned for as long as a visit still meets it,
 * late. */
static int read_days(struct planning *planning)
{
    const struct wh_host *host = planning->talk->host;
    int64_t today = host->today(host->self), first = planning->duty.period.begins;
    int64_t last = planning->duty.period.due;
    char day[DAY_TEXT_SIZE];
    if (first < today) first = today;
    if (last < first) last += LATE_DAYS;
    if (last < first) {
        (void)day_text(last, day);
        return refuse(planning->talk, WH_E_INVALID,
                      "%s %s：已过期（至 %s 止可补检），此后的检查不再计入，不能安排",
                      "%s %s: it is over, a late visit met it until %s; nothing can be planned for "
                      "it any more",
                      planning->duty.shown, planning->duty.period.name, day);
    }
    for (int64_t at = host->workday_from(host->self, first);
         at <= last && planning->days_count < PLAN_DAYS_MAX;
         at = host->workday_from(host->self, at + 1)) {
        planning->days[planning->days_count++] = (int32_t)at;
    }
    return 0;
}

/* 0 Monday .. 6 Sunday; 1970-01-01 was a Thursday. */
static uint32_t weekday_of(int64_t day)
{
    return (uint32_t)(((day + 3) % 7 + 7) % 7);
}

/* ---- Inspectors ---- */

static uint32_t weekdays_of(struct wh_span words)
{
    static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    uint32_t days = 0;
    for (uint64_t at = 0; at + 3 <= words.len; at += 4) {
        for (uint32_t i = 0; i < 7; i++) {
            if (memcmp(words.data + at, names[i], 3) == 0) days |= 1u << i;
        }
    }
    return days;
}

static int take_inspector(void *context, const struct wh_record_view *record)
{
    struct planning *planning = context;
    struct inspector *inspector;
    if (planning->inspectors_count == planning->inspectors_size) {
        uint32_t size = planning->inspectors_size > 0 ? planning->inspectors_size * 2 : 16;
        struct inspector *items = realloc(planning->inspectors, size * sizeof(*items));
        if (!items) return WH_E_FAILED;
        planning->inspectors = items;
        planning->inspectors_size = size;
    }
    inspector = &planning->inspectors[planning->inspectors_count];
    memset(inspector, 0, sizeof(*inspector));
    copy_text(inspector->name, sizeof(inspector->name), field_text(record, "person"));
    copy_text(inspector->not_units, sizeof(inspector->not_units), field_text(record, "not_units"));
    inspector->weekdays = weekdays_of(field_text(record, "weekdays"));
    inspector->visits_a_day = (uint32_t)field_number(record, "visits_a_day", 0);
    inspector->from = record->date;
    inspector->until = field_number(record, "until", INT64_MAX);
    if (inspector->until >= planning->duty.period.begins) planning->inspectors_count++;
    return planning->inspectors_count > PLAN_INSPECTORS_MAX;
}

static void add_day(struct planning *planning, uint32_t inspector, uint32_t day)
{
    plan_set_add(planning->can[inspector].days, day);
}

static int take_absence(void *context, const struct wh_record_view *record)
{
    struct planning *planning = context;
    int64_t until = field_number(record, "until", record->date);
    for (uint32_t i = 0; i < planning->inspectors_count; i++) {
        if (!wh_span_equal(field_text(record, "person"),
                           wh_span_of(planning->inspectors[i].name))) {
            continue;
        }
        for (uint32_t d = 0; d < planning->days_count; d++) {
            if (planning->days[d] < record->date || planning->days[d] > until) continue;
            planning->can[i].days[d / 64] &= ~(UINT64_C(1) << (d % 64));
        }
    }
    return 0;
}

/* Some, not too many, and of each it is known which units are meant that must not be checked: a
 * word that is left out would send the inspector there. */
static int check_inspectors(const struct planning *planning)
{
    const struct talk *talk = planning->talk;
    char today[DAY_TEXT_SIZE];
    int rc = 0;
    if (planning->inspectors_count == 0) {
        (void)day_text(talk->host->today(talk->host->self), today);
        return refuse(talk, WH_E_INVALID,
                      "单位 %s：没有检查人员（先登记：wuhao add inspector --unit %s date=%s "
                      "person=姓名）",
                      "unit %s: it has no inspectors (enter one with `wuhao add inspector --unit "
                      "%s date=%s person=NAME`)",
                      planning->unit.code, planning->unit.code, today);
    }
    if (planning->inspectors_count > PLAN_INSPECTORS_MAX) {
        return refuse(talk, WH_E_INVALID, "检查人员：最多 %d 人", "inspectors: at most %d",
                      PLAN_INSPECTORS_MAX);
    }
    for (uint32_t i = 0; rc == 0 && i < planning->inspectors_count; i++) {
        const struct inspector *inspector = &planning->inspectors[i];
        rc = check_codes(talk, inspector->name, inspector->not_units);
    }
    return rc;
}

static int read_inspectors(struct planning *planning)
{
    const struct wh_host *host = planning->talk->host;
    struct wh_span unit = wh_span_of(planning->unit.code);
    int rc = host->records(host->self, wh_span_of(KIND_INSPECTOR), unit, INT32_MIN,
                           planning->duty.period.due + LATE_DAYS, take_inspector, planning,
                           planning->talk->fail);
    if (rc >= 0) rc = check_inspectors(planning);
    if (rc < 0) return rc;
    planning->can = calloc(planning->inspectors_count, sizeof(*planning->can));
    if (!planning->can) return WH_E_FAILED;
    for (uint32_t i = 0; i < planning->inspectors_count; i++) {
        const struct inspector *inspector = &planning->inspectors[i];
        planning->can[i].visits_a_day = inspector->visits_a_day;
        for (uint32_t d = 0; d < planning->days_count; d++) {
            int64_t day = planning->days[d];
            if (day < inspector->from || day > inspector->until) continue;
            if (inspector->weekdays != 0 && !(inspector->weekdays >> weekday_of(day) & 1u)) {
                continue;
            }
            add_day(planning, i, d);
        }
    }
    rc = host->records(host->self, wh_span_of(KIND_ABSENCE), unit, INT32_MIN,
                       planning->duty.period.due + LATE_DAYS, take_absence, planning,
                       planning->talk->fail);
    return rc < 0 ? rc : 0;
}

/* ---- Visits that stand ---- */

static int64_t place_of_unit(const struct planning *planning, const char *code)
{
    const struct known_unit *unit = unit_of_code(&planning->units, code);
    return unit ? unit - planning->units.items : -1;
}

static int read_standing(struct planning *planning, const struct visit *moved)
{
    const struct talk *talk = planning->talk;
    int rc = read_visits(talk->host, &planning->units, planning->duty.id, INT32_MIN, INT32_MAX,
                         &planning->visits, talk->fail);
    planning->where = calloc(planning->units.count + 1u, sizeof(const struct visit *));
    planning->drawn = calloc(planning->units.count + 1u, 1);
    if (rc < 0 || !planning->where || !planning->drawn) return rc < 0 ? rc : WH_E_FAILED;
    for (uint32_t i = 0; i < planning->visits.count; i++) {
        struct visit *visit = &planning->visits.items[i];
        int64_t at = place_of_unit(planning, visit->unit);
        if (strcmp(visit->period, planning->duty.period.name) != 0 || at < 0) continue;
        if (moved && strcmp(visit->id, moved->id) == 0) *visit = *moved;
        if (!planning->where[at] || visit->done) planning->where[at] = visit;
    }
    return mark_drawn(talk, &planning->units, planning->duty.id, planning->duty.period.name,
                      planning->drawn);
}

/* ---- Units ---- */

static uint32_t inspector_named(const struct planning *planning, const char *name)
{
    for (uint32_t i = 0; i < planning->inspectors_count; i++) {
        if (strcmp(planning->inspectors[i].name, name) == 0) return i;
    }
    return UINT32_MAX;
}

struct naming {
    char area[NAME_SIZE];
};

static int take_area(void *context, const struct wh_record_view *record)
{
    struct naming *naming = context;
    copy_text(naming->area, sizeof(naming->area), field_text(record, "name"));
    return 0;
}

/* Areas are numbered by the first unit of each; a unit without one lies in its parent's. */
static int read_areas(struct planning *planning)
{
    const struct wh_host *host = planning->talk->host;
    char(*names)[NAME_SIZE] = calloc(planning->asked_count + 1u, NAME_SIZE);
    int rc = names ? 0 : WH_E_FAILED;
    for (uint32_t i = 0; rc >= 0 && i < planning->asked_count; i++) {
        const struct known_unit *unit = &planning->units.items[planning->place[i]];
        struct naming naming = {{0}};
        uint32_t area = 0;
        rc = host->records(host->self, wh_span_of(KIND_AREA), wh_span_of(unit->code), INT32_MIN,
                           INT32_MAX, take_area, &naming, planning->talk->fail);
        memcpy(names[i], naming.area, NAME_SIZE);
        while (area < i && strcmp(names[area], names[i]) != 0) area++;
        planning->asked[i].area = area;
    }
    free(names);
    return rc < 0 ? rc : 0;
}

/* Weak and hollow units (domain.md D36), and those with findings over their deadline. */
static int take_figure(void *context, const struct wh_figure *figure)
{
    struct planning *planning = context;
    int is_class = wh_span_equal(figure->metric, wh_span_of("class"));
    char code[32];
    if (!is_class && !wh_span_equal(figure->metric, wh_span_of("findings_overdue"))) return 0;
    copy_text(code, sizeof(code), figure->unit);
    for (uint32_t i = 0; i < planning->asked_count; i++) {
        if (strcmp(planning->units.items[planning->place[i]].code, code) != 0) continue;
        if (is_class && figure->value >= 3) planning->asked[i].weight += figure->value == 4 ? 2 : 1;
        if (!is_class && figure->value > 0) planning->asked[i].weight += 1;
    }
    return 0;
}

#define WEIGHT_OVERDUE 3
#define WEIGHT_DRAWN 4

/* Nobody has seen it in the period before. */
static int is_overdue(const struct planning *planning, const struct known_unit *unit)
{
    if (!planning->duty.before.name[0]) return 0;
    for (uint32_t i = 0; i < planning->visits.count; i++) {
        const struct visit *visit = &planning->visits.items[i];
        if (visit->done && strcmp(visit->unit, unit->code) == 0 &&
            visit->day >= planning->duty.before.begins) {
            return 0;
        }
    }
    return unit_existed(unit, planning->duty.before.ends, planning->duty.before.ends);
}

static void ask_unit(struct planning *planning, uint32_t at)
{
    const struct known_unit *unit = &planning->units.items[at];
    const struct visit *visit = planning->where[at];
    struct plan_unit *asked = &planning->asked[planning->asked_count];
    planning->place[planning->asked_count++] = at;
    if (unit->opened > 0) asked->first_day = (int32_t)unit->opened;
    if (unit->closed > 1) asked->last_day = (int32_t)unit->closed - 1;
    if (is_overdue(planning, unit)) asked->weight = WEIGHT_OVERDUE;
    if (planning->drawn[at]) asked->weight += WEIGHT_DRAWN;
    for (uint32_t i = 0; i < planning->inspectors_count; i++) {
        if (is_among(planning->inspectors[i].not_units, unit->code)) {
            plan_set_add(asked->forbidden, i);
        }
    }
    if (!visit || inspector_named(planning, visit->inspector) == UINT32_MAX) return;
    asked->former.inspector = inspector_named(planning, visit->inspector);
    asked->former.day = (int32_t)visit->day;
    asked->pinned =
        visit->pinned && visit->day >= planning->talk->host->today(planning->talk->host->self);
}

/* 1 where the visit can be made where it stands, by what its inspector can. */
static int can_stay(const struct planning *planning, const struct visit *visit)
{
    uint32_t inspector = inspector_named(planning, visit->inspector);
    if (inspector == UINT32_MAX) return 0;
    for (uint32_t d = 0; d < planning->days_count; d++) {
        if (planning->days[d] != visit->day) continue;
        return plan_set_has(planning->can[inspector].days, d);
    }
    return 0;
}

/* Those without a visit that is done. Where one is moved: it, and those that might give way to it.
 * Who has no visit gets none by that, and what could not be made anyhow waits for `inspect plan`.
 */
static int is_asked(const struct planning *planning, uint32_t at, const struct visit *moved)
{
    const struct visit *visit = planning->where[at];
    if (!moved) return !visit || !visit->done;
    if (!visit || visit->done) return 0;
    return strcmp(visit->id, moved->id) == 0 || can_stay(planning, visit);
}

static int ask_units(struct planning *planning, const struct visit *moved)
{
    const struct wh_host *host = planning->talk->host;
    int rc;
    planning->asked = calloc(planning->units.count + 1u, sizeof(*planning->asked));
    planning->place = calloc(planning->units.count + 1u, sizeof(*planning->place));
    if (!planning->asked || !planning->place) return WH_E_FAILED;
    for (uint32_t i = 0; i < planning->units.count; i++) {
        if (is_asked(planning, i, moved)) ask_unit(planning, i);
    }
    rc = read_areas(planning);
    if (rc < 0) return rc;
    rc = host->figures(host->self, wh_span_of(planning->unit.code), 1, planning->duty.year,
                       take_figure, planning, planning->talk->fail);
    return rc < 0 ? rc : 0;
}

/* ---- What inspectors do beside it ---- */

static int is_planned_here(const struct planning *planning, const struct visit *visit)
{
    for (uint32_t i = 0; i < planning->asked_count; i++) {
        const struct visit *former = planning->where[planning->place[i]];
        if (former && strcmp(former->id, visit->id) == 0) return 1;
    }
    return 0;
}

static void take_room(struct planning *planning, const struct known_unit *unit,
                      const struct visit *visit)
{
    uint32_t inspector = inspector_named(planning, visit->inspector);
    if (inspector == UINT32_MAX) return;
    if (!visit->done && !unit_existed(unit, visit->day, visit->day)) return;
    for (uint32_t d = 0; d < planning->days_count; d++) {
        uint8_t *taken = &planning->can[inspector].taken[d];
        if (planning->days[d] != visit->day || *taken == UINT8_MAX) continue;
        if (!is_planned_here(planning, visit)) *taken += 1;
    }
}

/* Visits of the same inspectors that are not planned here: of other duties and periods, and those
 * that are made. */
static int read_other_visits(struct planning *planning)
{
    const struct talk *talk = planning->talk;
    struct known_units units = {NULL, 0, 0};
    struct visits visits = {NULL, 0, 0};
    uint32_t below = 0;
    int rc = 0;
    if (planning->days_count == 0) return 0;
    rc = read_units(talk->host, wh_span_of(planning->unit.code), &units, talk->fail);
    for (uint32_t i = 0; i < units.count; i++) {
        if (strcmp(units.items[i].parent, planning->unit.code) != 0) continue;
        units.items[below++] = units.items[i];
    }
    units.count = below;
    if (rc == 0) {
        rc = read_visits(talk->host, &units, NULL, planning->days[0],
                         planning->days[planning->days_count - 1], &visits, talk->fail);
    }
    for (uint32_t i = 0; i < visits.count; i++) {
        const struct known_unit *unit = unit_of_code(&units, visits.items[i].unit);
        if (unit) take_room(planning, unit, &visits.items[i]);
    }
    free(visits.items);
    free(units.items);
    return rc;
}

/* ---- All of it ---- */

static int make_plan(struct planning *planning)
{
    struct plan_input input = {
        .days = planning->days,
        .inspectors = planning->can,
        .units = planning->asked,
        .days_count = planning->days_count,
        .inspectors_count = planning->inspectors_count,
        .units_count = planning->asked_count,
    };
    int rc = plan_make(&input, &planning->plan);
    if (rc == 0) return 0;
    return refuse(planning->talk, WH_E_FAILED, "排程：内存不足或超出上限（最多 %d 个单位）",
                  "plan: out of memory, or over a bound (at most %d units)", PLAN_UNITS_MAX);
}

int planning_read(struct planning *planning, struct wh_span duty, struct wh_span period,
                  const struct visit *moved)
{
    const struct talk *talk = planning->talk;
    int rc = find_duty(talk, &planning->unit, duty, period, &planning->duty);
    if (rc == 0) rc = units_to_see(talk, &planning->unit, &planning->duty, &planning->units);
    if (rc == 0 && !moved) {
        rc = drop_decided(talk, &planning->unit, &planning->duty, &planning->units);
    }
    if (rc == 0) rc = read_days(planning);
    if (rc == 0) rc = read_inspectors(planning);
    if (rc == 0) rc = read_standing(planning, moved);
    if (rc == 0) rc = ask_units(planning, moved);
    if (rc == 0) rc = read_other_visits(planning);
    return rc < 0 ? rc : make_plan(planning);
}

int planning_can(const struct planning *planning, const struct visit *visit)
{
    if (inspector_named(planning, visit->inspector) == UINT32_MAX) return 0;
    for (uint32_t d = 0; d < planning->days_count; d++) {
        if (planning->days[d] == visit->day) return can_stay(planning, visit);
    }
    return 1;
}

void planning_free(struct planning *planning)
{
    free(planning->units.items);
    free(planning->visits.items);
    free(planning->where);
    free(planning->drawn);
    free(planning->inspectors);
    free(planning->can);
    free(planning->asked);
    free(planning->place);
    plan_deinit(&planning->plan);
}
