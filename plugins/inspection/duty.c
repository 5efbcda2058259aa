/* Which duty, which period, which units: what every command about visits begins with. */
#include <stdlib.h>

#include "inspection.h"

#define WORDS_TOLD_MAX 64

/* ---- The duty and its period ---- */

static const struct wh_duty *duty_for(struct wh_span id, const struct known_unit *unit,
                                      const struct wh_programme_view *programme)
{
    const struct wh_duty *found = NULL;
    for (uint32_t i = 0; i < programme->duties.count; i++) {
        const struct wh_duty *duty = wh_list_at(&programme->duties, i);
        if (strcmp(duty->plugin, "inspection") != 0 || !duty_is_of(duty, unit->kind)) continue;
        if (id.len > 0 && !wh_span_equal(id, wh_span_of(duty->id))) continue;
        if (id.len == 0 && duty->per != WH_PER_SUBORDINATE) continue;
        if (!found) found = duty;
    }
    return found;
}

/* The period asked for; else the one that has begun and is not over, else the next one. */
static int pick_period(const struct talk *talk, struct wh_span name, const struct period *periods,
                       uint32_t count)
{
    int64_t today = talk->host->today(talk->host->self);
    for (uint32_t i = 0; i < count; i++) {
        if (name.len > 0 && wh_span_equal(name, wh_span_of(periods[i].name))) return (int)i;
        if (name.len == 0 && periods[i].due >= today) return (int)i;
    }
    return name.len > 0 || count == 0 ? -1 : (int)count - 1;
}

/* The year with which the period's name begins. */
static uint32_t year_asked(const struct talk *talk, struct wh_span name)
{
    uint32_t year = 0;
    if (name.len < 4) return given_year(talk);
    for (uint64_t i = 0; i < 4; i++) {
        if (name.data[i] < '0' || name.data[i] > '9') return given_year(talk);
        year = year * 10 + (uint32_t)(name.data[i] - '0');
    }
    return year;
}

static void take_before(const struct wh_host *host, const struct wh_duty *duty,
                        const struct period *periods, int at, struct inspection_duty *ret)
{
    struct period earlier[PERIODS_A_YEAR_MAX];
    struct calendar calendar;
    uint32_t count;
    if (at > 0) {
        ret->before = periods[at - 1];
        return;
    }
    calendar = calendar_of(host, ret->year - 1);
    count = host->programme(host->self, ret->year - 1)
                ? periods_of(duty, ret->year - 1, &calendar, earlier)
                : 0;
    if (count > 0) ret->before = earlier[count - 1];
}

/* As a Chinese reader knows it; to others its id, which is what they give. */
static struct wh_span duty_shown(const struct talk *talk, const struct wh_duty *duty)
{
    const char *zh = duty->title.zh;
    return wh_span_of(talk->host->language(talk->call) == 0 && zh && zh[0] ? zh : duty->id);
}

/* Years of which visits are listed: a round, and the next year. */
#define YEARS_TOLD 4u

int tell_duties(const struct talk *talk, const char *column, struct wh_list more)
{
    const struct wh_host *host = talk->host;
    uint32_t last = host->year_now(host->self) + 1, count = 0;
    struct wh_choice words[WORDS_TOLD_MAX];
    struct wh_list list = {words, 0, sizeof(words[0])};
    while (count < more.count && count < WORDS_TOLD_MAX) {
        memcpy(&words[count], wh_list_at(&more, count), sizeof(words[0]));
        count++;
    }
    for (uint32_t year = last; year > last - YEARS_TOLD; year--) {
        const struct wh_programme_view *programme = host->programme(host->self, year);
        for (uint32_t i = 0; programme && i < programme->duties.count; i++) {
            const struct wh_duty *duty = wh_list_at(&programme->duties, i);
            uint32_t at = 0;
            if (strcmp(duty->plugin, "inspection") != 0) continue;
            while (at < count && strcmp(words[at].id, duty->id) != 0) at++;
            if (at < count || count == WORDS_TOLD_MAX) continue;
            words[count++] = (struct wh_choice){duty->id, duty->title};
        }
    }
    list.count = count;
    return count > 0 ? tell_words(talk, column, list) : 0;
}

int find_duty(const struct talk *talk, const struct known_unit *unit, struct wh_span id,
              struct wh_span asked, struct inspection_duty *ret)
{
    const struct wh_host *host = talk->host;
    struct period periods[PERIODS_A_YEAR_MAX];
    const struct wh_programme_view *programme;
    const struct wh_duty *duty;
    struct calendar calendar;
    uint32_t count;
    int at;
    memset(ret, 0, sizeof(*ret));
    ret->year = year_asked(talk, asked);
    programme = host->programme(host->self, ret->year);
    if (!programme) {
        return refuse(talk, WH_E_NOT_FOUND, "%u 年没有方案", "there is no programme for %u",
                      ret->year);
    }
    duty = duty_for(id, unit, programme);
    if (!duty) {
        return refuse(talk, WH_E_INVALID,
                      "单位 %s：方案中没有这项检查职责（见 wuhao due --unit %s）",
                      "unit %s: the programme gives it no such inspection (see `wuhao due --unit "
                      "%s`)",
                      unit->code, unit->code);
    }
    calendar = calendar_of(host, ret->year);
    count = periods_of(duty, ret->year, &calendar, periods);
    at = pick_period(talk, asked, periods, count);
    if (at < 0) {
        struct wh_span shown = duty_shown(talk, duty);
        return refuse(talk, WH_E_INVALID, "期间 %.*s：职责 %.*s 没有这个期间",
                      "period %.*s: duty %.*s has no such period", (int)asked.len,
                      asked.len > 0 ? asked.data : "", (int)shown.len, shown.data);
    }
    copy_text(ret->id, sizeof(ret->id), wh_span_of(duty->id));
    copy_text(ret->shown, sizeof(ret->shown), duty_shown(talk, duty));
    ret->per = duty->per;
    ret->every = duty->every;
    ret->period = periods[at];
    take_before(host, duty, periods, at, ret);
    return 0;
}

/* ---- Which period a visit counts for ---- */

#define YEARS_BACK_MAX 3 /* a round */
#define AROUND_MAX ((YEARS_BACK_MAX + 2) * PERIODS_A_YEAR_MAX)

static const struct wh_duty *duty_named(const struct wh_programme_view *programme, const char *id)
{
    for (uint32_t i = 0; programme && i < programme->duties.count; i++) {
        const struct wh_duty *duty = wh_list_at(&programme->duties, i);
        if (strcmp(duty->id, id) == 0) return duty;
    }
    return NULL;
}

/* The duty's periods of the years that hang together with that of `day`, by their due days. */
static uint32_t periods_around(const struct wh_host *host, const char *duty, int64_t day,
                               struct period ret[AROUND_MAX])
{
    uint32_t year = (uint32_t)year_of(day), first = year, count = 0;
    while (year - first < YEARS_BACK_MAX && host->programme(host->self, first - 1)) first--;
    for (; first <= year + 1; first++) {
        const struct wh_duty *then = duty_named(host->programme(host->self, first), duty);
        struct calendar calendar = calendar_of(host, first);
        if (then) count += periods_of(then, first, &calendar, &ret[count]);
    }
    return count;
}

static int compare_days(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

void name_period_of(const struct talk *talk, const char *duty, int64_t day, char ret[16])
{
    struct period periods[AROUND_MAX];
    uint32_t count = periods_around(talk->host, duty, day, periods);
    ret[0] = '\0';
    for (uint32_t i = 0; i < count && !ret[0]; i++) {
        if (day < periods[i].begins || day > periods[i].ends) continue;
        memcpy(ret, periods[i].name, sizeof(periods[i].name));
    }
}

/* The visits of the unit and duty that are done, but for the one of the id `gone`, and the periods
 * that they meet together with one more on `day` (0: none). The caller frees the visits. */
struct matching {
    struct visits visits;
    struct period periods[AROUND_MAX];
    uint32_t count;
};

static int match_visits(const struct talk *talk, const struct known_unit *unit, const char *duty,
                        int64_t day, const char *gone, struct matching *ret)
{
    struct known_units one = {(struct known_unit *)(uintptr_t)unit, 1, 1};
    int64_t *days, around = day != 0 ? day : talk->host->today(talk->host->self);
    uint32_t kept = 0, count = 0;
    int rc = read_visits(talk->host, &one, duty, INT32_MIN, INT32_MAX, &ret->visits, talk->fail);
    if (rc < 0) return rc;
    days = calloc(ret->visits.count + 1u, sizeof(*days));
    for (uint32_t i = 0; days && i < ret->visits.count; i++) {
        struct visit visit = ret->visits.items[i];
        if (!visit.done || (gone && strcmp(visit.id, gone) == 0)) continue;
        days[count++] = visit.day;
        ret->visits.items[kept++] = visit;
    }
    ret->visits.count = kept;
    if (!days) return WH_E_FAILED;
    if (day != 0) days[count++] = day;
    qsort(days, count, sizeof(*days), compare_days);
    ret->count = periods_around(talk->host, duty, around, ret->periods);
    match_deeds(ret->periods, ret->count, days, count);
    free(days);
    return 0;
}

static const struct period *period_of_day(const struct matching *matching, int64_t day)
{
    for (uint32_t i = 0; i < matching->count; i++) {
        if (matching->periods[i].met == day) return &matching->periods[i];
    }
    return NULL;
}

int find_period_met(const struct talk *talk, const struct known_unit *unit, const char *duty,
                    int64_t day, char ret[16])
{
    struct matching matching = {{NULL, 0, 0}, {{{0}, 0, 0, 0, 0}}, 0};
    int rc = match_visits(talk, unit, duty, day, NULL, &matching);
    const struct period *met = rc == 0 ? period_of_day(&matching, day) : NULL;
    ret[0] = '\0';
    if (met) memcpy(ret, met->name, sizeof(met->name));
    free(matching.visits.items);
    return rc;
}

int rename_periods(const struct talk *talk, const struct known_unit *unit, const char *duty,
                   int64_t day, const char *gone)
{
    const struct wh_host *host = talk->host;
    struct matching matching = {{NULL, 0, 0}, {{{0}, 0, 0, 0, 0}}, 0};
    int rc = match_visits(talk, unit, duty, day, gone, &matching);
    for (uint32_t i = 0; rc >= 0 && i < matching.visits.count; i++) {
        const struct visit *visit = &matching.visits.items[i];
        const struct period *met = period_of_day(&matching, visit->day);
        struct fields fields = {.count = 0};
        if (!met || visit->day == day || strcmp(met->name, visit->period) == 0) continue;
        put_field(&fields, "period", wh_span_of(met->name));
        rc = host->record_edit(host->self, wh_span_of(visit->id), list_of_fields(&fields),
                               talk->fail);
    }
    free(matching.visits.items);
    return rc < 0 ? rc : 0;
}

/* ---- Units ---- */

struct marking {
    const struct known_units *units;
    uint8_t *marks; /* beside units->items */
    const struct inspection_duty *duty;
    const char *facet; /* units with a row of it are marked */
};

static int take_facet(void *context, const struct wh_figure *figure)
{
    struct marking *marking = context;
    const struct known_unit *unit;
    char code[32];
    if (!wh_span_equal(figure->facet, wh_span_of(marking->facet)) || figure->value <= 0) return 0;
    copy_text(code, sizeof(code), figure->unit);
    unit = unit_of_code(marking->units, code);
    if (unit) marking->marks[unit - marking->units->items] = 1;
    return 0;
}

/* Keeps those below `unit` that exist when the period ends and are marked. */
static void keep_marked(const struct known_unit *unit, const struct marking *marking,
                        struct known_units *units)
{
    uint32_t kept = 0;
    int64_t day = marking->duty->period.ends;
    for (uint32_t i = 0; i < units->count; i++) {
        if (strcmp(units->items[i].parent, unit->code) != 0 || !marking->marks[i]) continue;
        if (!unit_existed(&units->items[i], day, day)) continue;
        units->items[kept++] = units->items[i];
    }
    units->count = kept;
}

int units_to_see(const struct talk *talk, const struct known_unit *unit,
                 const struct inspection_duty *duty, struct known_units *ret)
{
    const struct wh_host *host = talk->host;
    struct marking marking = {.units = ret, .duty = duty, .facet = KIND_APPLICATION};
    int rc = read_units(host, wh_span_of(unit->code), ret, talk->fail);
    if (rc < 0) return rc;
    marking.marks = calloc(ret->count + 1u, 1);
    if (!marking.marks) return WH_E_FAILED;
    if (duty->per == WH_PER_APPLICANT) {
        rc = host->figures(host->self, wh_span_of(unit->code), 1, duty->year, take_facet, &marking,
                           talk->fail);
    } else {
        memset(marking.marks, 1, ret->count);
    }
    if (rc >= 0) keep_marked(unit, &marking, ret);
    free(marking.marks);
    return rc < 0 ? rc : 0;
}

int drop_decided(const struct talk *talk, const struct known_unit *unit,
                 const struct inspection_duty *duty, struct known_units *units)
{
    const struct wh_host *host = talk->host;
    struct marking marking = {.units = units, .duty = duty, .facet = KIND_ACCEPTANCE};
    uint32_t kept = 0;
    int rc;
    if (duty->per != WH_PER_APPLICANT) return 0;
    marking.marks = calloc(units->count + 1u, 1);
    if (!marking.marks) return WH_E_FAILED;
    rc = host->figures(host->self, wh_span_of(unit->code), 1, duty->year, take_facet, &marking,
                       talk->fail);
    for (uint32_t i = 0; rc >= 0 && i < units->count; i++) {
        if (!marking.marks[i]) units->items[kept++] = units->items[i];
    }
    if (rc >= 0) units->count = kept;
    free(marking.marks);
    return rc < 0 ? rc : 0;
}

/* ---- Visits ---- */

struct visit copy_visit(const struct wh_record_view *record)
{
    struct visit visit = {.day = record->date};
    copy_text(visit.id, sizeof(visit.id), record->id);
    copy_text(visit.unit, sizeof(visit.unit), record->unit);
    copy_text(visit.duty, sizeof(visit.duty), field_text(record, "duty"));
    copy_text(visit.period, sizeof(visit.period), field_text(record, "period"));
    copy_text(visit.inspector, sizeof(visit.inspector), field_text(record, "inspector"));
    visit.done = wh_span_equal(field_text(record, "progress"), wh_span_of("done"));
    visit.pinned = field_number(record, "pinned", 0) != 0;
    visit.planned_on = field_number(record, "planned_on", 0);
    copy_text(visit.planned_for, sizeof(visit.planned_for), field_text(record, "planned_for"));
    copy_text(visit.planned_by, sizeof(visit.planned_by), field_text(record, "planned_by"));
    return visit;
}

struct gathering {
    struct visits *visits;
    const char *duty;
};

static int take_visit(void *context, const struct wh_record_view *record)
{
    struct gathering *gathering = context;
    struct visits *visits = gathering->visits;
    if (gathering->duty &&
        !wh_span_equal(field_text(record, "duty"), wh_span_of(gathering->duty))) {
        return 0;
    }
    if (make_room(&visits->items, visits->count, &visits->size, sizeof(*visits->items)) < 0) {
        return WH_E_FAILED;
    }
    visits->items[visits->count++] = copy_visit(record);
    return 0;
}

int read_visits(const struct wh_host *host, const struct known_units *units, const char *duty,
                int64_t from, int64_t to, struct visits *ret, struct wh_failure *fail)
{
    struct gathering gathering = {ret, duty};
    int rc = 0;
    memset(ret, 0, sizeof(*ret));
    for (uint32_t i = 0; rc >= 0 && i < units->count; i++) {
        rc = host->records(host->self, wh_span_of(KIND_VISIT), wh_span_of(units->items[i].code),
                           from, to, take_visit, &gathering, fail);
    }
    if (rc >= 0) return 0;
    free(ret->items);
    memset(ret, 0, sizeof(*ret));
    return rc;
}

struct finding_one {
    struct visit visit;
    int32_t found;
};

static int take_one(void *context, const struct wh_record_view *record)
{
    struct finding_one *one = context;
    one->found = wh_span_equal(record->kind, wh_span_of(KIND_VISIT));
    if (one->found) one->visit = copy_visit(record);
    return 1;
}

int given_visit(const struct talk *talk, const char *name, struct visit *ret)
{
    const struct wh_host *host = talk->host;
    struct wh_span id = given_text(talk, name);
    struct finding_one one = {.found = 0};
    int rc = host->record(host->self, id, take_one, &one, talk->fail);
    if (rc < 0 && rc != WH_E_NOT_FOUND && rc != WH_E_NOT_PERMITTED) return rc;
    if (rc < 0 || !one.found) {
        return refuse(talk, WH_E_NOT_FOUND, "%.*s：没有这次检查（见 wuhao inspect list）",
                      "%.*s: there is no such visit (see `wuhao inspect list`)", (int)id.len,
                      id.data);
    }
    rc = record_stands(host, KIND_VISIT, one.visit.unit, id, one.visit.day, talk->fail);
    one.visit.withdrawn = rc == 0;
    *ret = one.visit;
    return rc < 0 ? rc : 0;
}

int check_visit_stands(const struct talk *talk, const struct visit *visit)
{
    if (!visit->withdrawn) return 0;
    return refuse(talk, WH_E_INVALID, "%s：这次检查已撤销", "%s: this visit was taken back",
                  visit->id);
}
