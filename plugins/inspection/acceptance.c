/* Applications for acceptance and their results (domain.md D4, D31). */
#include <stdlib.h>

#include "inspection.h"

static const struct wh_column columns[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("kind", "类型", "Kind", WH_TEXT),
    COLUMN("score", "得分", "Score", WH_DECIMAL),
    COLUMN("qualified", "达标", "Qualified", WH_YESNO),
    COLUMN("state", "状态", "State", WH_TEXT),
};

const struct wh_list applications_columns = WH_LIST(columns);

#define JANUARY_DAYS 31

#define ACCEPTED_PASSED 1
#define ACCEPTED_FAILED 2

/* ---- Measuring: the latest record of the year decides ---- */

static int take_result(void *context, const struct wh_record_view *record)
{
    int64_t *accepted = context;
    *accepted = wh_span_equal(field_text(record, "result"), wh_span_of("passed")) ? ACCEPTED_PASSED
                                                                                  : ACCEPTED_FAILED;
    return 0;
}

int measure_acceptance(const struct wh_host *host, const struct wh_cell *cell,
                       struct wh_failure *fail)
{
    int64_t accepted = 0;
    int rc = host->records(host->self, cell->kind, cell->unit, cell->first_day, cell->last_day,
                           take_result, &accepted, fail);
    return rc < 0 ? rc : host->metric_set(host->self, wh_span_of("accepted"), accepted, fail);
}

/* ---- How a unit stands ---- */

struct standing {
    const char *unit;
    int64_t score_h; /* -1: not ranked */
    int32_t qualified;
    int32_t final;
};

static int take_standing(void *context, const struct wh_standing *line)
{
    struct standing *standing = context;
    if (!wh_span_equal(line->unit, wh_span_of(standing->unit))) return 0;
    standing->score_h = line->score_h;
    standing->qualified = (line->flags & WH_STANDING_QUALIFIED) != 0;
    standing->final = (line->flags & WH_STANDING_FINAL) != 0;
    return 1;
}

static int read_standing(const struct talk *talk, const struct known_unit *unit, uint32_t year,
                         struct standing *ret)
{
    const struct wh_host *host = talk->host;
    struct wh_standing_query query = {.level = unit->level, .year = year, .pass_h = -1};
    int rc;
    *ret = (struct standing){.unit = unit->code, .score_h = -1};
    query.under = wh_span_of(unit->code);
    rc = host->standings(host->self, &query, take_standing, ret, talk->fail);
    return rc < 0 ? rc : 0;
}

/* ---- Commands ---- */

static int take_own_application(void *context, const struct wh_record_view *record)
{
    struct asking *asking = context;
    asking->applied = 1;
    asking->applied_on = record->date;
    return 1;
}

static int take_own_result(void *context, const struct wh_record_view *record)
{
    struct asking *asking = context;
    asking->decided = 1;
    copy_text(asking->result_id, sizeof(asking->result_id), record->id);
    copy_text(asking->result, sizeof(asking->result), field_text(record, "result"));
    return 1;
}

static int take_asking(void *context, const struct wh_figure *figure)
{
    struct asking *asking = context;
    if (figure->value <= 0) return 0;
    if (wh_span_equal(figure->facet, wh_span_of(KIND_APPLICATION))) asking->applied = 1;
    if (wh_span_equal(figure->facet, wh_span_of(KIND_ACCEPTANCE))) asking->decided = 1;
    return 0;
}

int read_asking(const struct talk *talk, const char *unit, uint32_t year, struct asking *ret)
{
    const struct wh_host *host = talk->host;
    struct wh_span code = wh_span_of(unit);
    int64_t first = first_day_of(year), last = last_day_of(year);
    int rc;
    memset(ret, 0, sizeof(*ret));
    rc = host->figures(host->self, code, 0, year, take_asking, ret, talk->fail);
    if (rc >= 0) {
        rc = host->records(host->self, wh_span_of(KIND_APPLICATION), code, first, last,
                           take_own_application, ret, talk->fail);
    }
    if (rc >= 0) {
        rc = host->records(host->self, wh_span_of(KIND_ACCEPTANCE), code, first, last,
                           take_own_result, ret, talk->fail);
    }
    return rc < 0 ? rc : 0;
}

/* The time in which the programme's acceptance of the unit by the one above can be met. */
struct window {
    int64_t last; /* the end of January behind the year where it says nothing of acceptance */
    int32_t is_said;
    int32_t holds; /* the day that was asked lies in it */
};

static int find_window(const struct talk *talk, const struct known_unit *unit, uint32_t year,
                       int64_t day, struct window *ret)
{
    const struct wh_host *host = talk->host;
    const struct wh_programme_view *programme = host->programme(host->self, year);
    struct period periods[PERIODS_A_YEAR_MAX];
    struct calendar calendar = calendar_of(host, year);
    struct known_unit above;
    int rc = find_unit(host, wh_span_of(unit->parent), &above, talk->fail);
    memset(ret, 0, sizeof(*ret));
    for (uint32_t i = 0; rc == 0 && programme && i < programme->duties.count; i++) {
        const struct wh_duty *duty = wh_list_at(&programme->duties, i);
        uint32_t count = 0;
        if (strcmp(duty->plugin, "inspection") != 0 || duty->per != WH_PER_APPLICANT) continue;
        if (duty_is_of(duty, above.kind)) count = periods_of(duty, year, &calendar, periods);
        for (uint32_t p = 0; p < count; p++) {
            int64_t last = periods[p].due + LATE_DAYS;
            if (day >= periods[p].begins && day <= last) ret->holds = 1;
            if (last > ret->last) ret->last = last;
            ret->is_said = 1;
        }
    }
    if (!ret->is_said) ret->last = last_day_of(year) + JANUARY_DAYS;
    return rc;
}

/* The day of entry counts as well as the day that is stated: a year whose time is over stays as it
 * is, unless that is asked for. */
static int check_entry(const struct talk *talk, const struct known_unit *unit, uint32_t year)
{
    int64_t today = talk->host->today(talk->host->self);
    struct window window;
    char day[DAY_TEXT_SIZE];
    int rc = find_window(talk, unit, year, today, &window);
    if (rc < 0 || today <= window.last || is_given(talk, "late")) return rc;
    (void)day_text(window.last, day);
    return refuse(talk, WH_E_INVALID,
                  "单位 %s：%u 年度的申请与验收至迟于 %s 登记（确系补录用 --late）",
                  "unit %s: what belongs to the acceptance of %u was to be entered by %s (give "
                  "--late to enter it all the same)",
                  unit->code, year, day);
}

/* Once a year, of a unit that is there, and before there is a result. */
static int check_apply(const struct talk *talk, const struct known_unit *unit)
{
    uint32_t year = (uint32_t)year_of(given_day(talk));
    struct asking asking;
    int rc = check_past(talk, given_day(talk));
    if (rc == 0) rc = check_there(talk, unit, given_day(talk));
    if (rc == 0) rc = check_entry(talk, unit, year);
    if (rc == 0) rc = read_asking(talk, unit->code, year, &asking);
    if (rc < 0 || (!asking.applied && !asking.decided)) return rc;
    if (asking.decided) {
        return refuse(talk, WH_E_INVALID, "单位 %s：%u 年度已有验收结果，不再申请",
                      "unit %s: there is a result for %u already, nothing is left to apply for",
                      unit->code, year);
    }
    return refuse(talk, WH_E_INVALID, "单位 %s：%u 年度已申请验收",
                  "unit %s: it has applied for acceptance in %u already", unit->code, year);
}

int run_apply(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct wh_record_id id;
    struct known_unit unit;
    int rc = given_unit(talk, "unit", &unit);
    if (rc == 0) rc = check_apply(talk, &unit);
    if (rc < 0) return rc;
    put_field(&fields, "note", given_text(talk, "note"));
    rc = host->record_add(host->self, wh_span_of(KIND_APPLICATION), wh_span_of(unit.code),
                          given_day(talk), list_of_fields(&fields), &id, talk->fail);
    return rc < 0 ? rc : reply_word(talk, id.text);
}

struct applying {
    struct known_units *units;
    uint8_t *marks;
};

#define MARK_APPLIED 1
#define MARK_PASSED 2
#define MARK_FAILED 4

static int take_figure(void *context, const struct wh_figure *figure)
{
    struct applying *applying = context;
    const struct known_unit *unit;
    char code[32];
    uint8_t mark = 0;
    if (wh_span_equal(figure->facet, wh_span_of(KIND_APPLICATION)) && figure->value > 0) {
        mark = MARK_APPLIED;
    }
    if (wh_span_equal(figure->facet, wh_span_of(KIND_ACCEPTANCE))) {
        if (figure->value == ACCEPTED_PASSED) mark = MARK_PASSED;
        if (figure->value == ACCEPTED_FAILED) mark = MARK_FAILED;
    }
    if (mark == 0) return 0;
    copy_text(code, sizeof(code), figure->unit);
    unit = unit_of_code(applying->units, code);
    if (unit) applying->marks[unit - applying->units->items] |= mark;
    return 0;
}

static int show_applicant(const struct talk *talk, const struct known_unit *unit, uint8_t mark)
{
    struct standing standing;
    struct wh_value row[6];
    const char *state = mark & MARK_PASSED ? "passed" : mark & MARK_FAILED ? "failed" : "applied";
    int rc = read_standing(talk, unit, given_year(talk), &standing);
    if (rc < 0) return rc;
    row[0] = wh_value_text(wh_span_of(unit->code));
    row[1] = wh_value_text(wh_span_of(unit->name));
    row[2] = wh_value_text(wh_span_of(unit->kind));
    row[3] = number_or_null(WH_DECIMAL, standing.score_h);
    row[4] = wh_value_number(WH_YESNO, standing.qualified);
    row[5] = wh_value_text(wh_span_of(state));
    return talk->host->reply_row(talk->call, row, 6, talk->fail);
}

int run_applications(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct known_units units;
    struct applying applying = {&units, NULL};
    struct wh_span under = given_text(talk, "under");
    int rc = read_units(host, under, &units, talk->fail);
    if (rc < 0) return rc;
    applying.marks = calloc(units.count + 1u, 1);
    if (!applying.marks) rc = WH_E_FAILED;
    if (rc == 0) {
        rc = host->figures(host->self, under, 1, given_year(talk), take_figure, &applying,
                           talk->fail);
    }
    for (uint32_t i = 0; rc >= 0 && i < units.count; i++) {
        if (applying.marks[i]) rc = show_applicant(talk, &units.items[i], applying.marks[i]);
    }
    free(applying.marks);
    free(units.items);
    return rc < 0 ? rc : 0;
}

/* A unit that is under the mark does not pass; whoever decides otherwise mends the points first. */
static int check_result(const struct talk *talk, const struct known_unit *unit, int passed,
                        const struct standing *standing)
{
    char score[POINTS_TEXT_SIZE];
    if (!passed || standing->qualified) return 0;
    (void)points_text(standing->score_h < 0 ? 0 : standing->score_h, score);
    return refuse(talk, WH_E_INVALID,
                  "单位 %s：得分 %s，未达标，不能验收通过（见 wuhao explain %s --year %u）",
                  "unit %s: at %s points it does not qualify, and can't pass (see `wuhao explain "
                  "%s --year %u`)",
                  unit->code, score, unit->code, given_year(talk));
}

static int refuse_decided(const struct talk *talk, const struct known_unit *unit, uint32_t year,
                          const struct asking *asking)
{
    int is_passed = strcmp(asking->result, "passed") == 0;
    const char *result = is_passed ? "passed" : "failed";
    if (talk->host->language(talk->call) == 0) result = is_passed ? "通过" : "未通过";
    if (!asking->result_id[0]) {
        return refuse(talk, WH_E_INVALID, "单位 %s：%u 年度的验收结果已由另一节点登记",
                      "unit %s: the result of %u is entered already, on another node", unit->code,
                      year);
    }
    return refuse(
        talk, WH_E_INVALID,
        "单位 %s：%u 年度的验收结果已登记，为%s（先撤销：wuhao inspect undo %s --why 原因）",
        "unit %s: the result of %u is entered already, it is %s (take it back first: "
        "`wuhao inspect undo %s --why WHY`)",
        unit->code, year, result, asking->result_id);
}

/* The unit applied in the year of the result, and nobody has decided yet (domain.md D31). */
static int check_asked(const struct talk *talk, const struct known_unit *unit,
                       const struct standing *standing)
{
    uint32_t year = given_year(talk);
    struct asking asking;
    char day[DAY_TEXT_SIZE];
    int rc = read_asking(talk, unit->code, year, &asking);
    if (rc < 0) return rc;
    if (standing->final || asking.decided) {
        return refuse_decided(talk, unit, year, &asking);
    }
    (void)day_text(given_day(talk), day);
    if (!asking.applied) {
        return refuse(talk, WH_E_INVALID,
                      "单位 %s：%u 年度没有申请验收（先申请：wuhao inspect apply %s --date %s%s）",
                      "unit %s: it has not applied for acceptance in %u (apply first: `wuhao "
                      "inspect apply %s --date %s%s`)",
                      unit->code, year, unit->code, day, is_given(talk, "late") ? " --late" : "");
    }
    if (given_day(talk) >= asking.applied_on) return 0;
    (void)day_text(asking.applied_on, day);
    return refuse(talk, WH_E_INVALID, "日期：不能早于申请之日 %s",
                  "date: it can't lie before the day of the application, %s", day);
}

/* Within what the programme says of acceptance by the unit above, if it says anything: from the
 * beginning of the duty's period until it is late no more. */
static int check_window(const struct talk *talk, const struct known_unit *unit)
{
    struct window window;
    char text[DAY_TEXT_SIZE];
    int rc = find_window(talk, unit, given_year(talk), given_day(talk), &window);
    if (rc < 0 || !window.is_said || window.holds) return rc;
    (void)day_text(window.last, text);
    return refuse(talk, WH_E_INVALID, "日期：方案规定的验收至迟 %s",
                  "date: by the programme, acceptance ends on %s at last", text);
}

static int check_accept(const struct talk *talk, const struct known_unit *unit, int passed,
                        struct standing *ret)
{
    const struct wh_host *host = talk->host;
    const struct wh_programme_view *programme = host->programme(host->self, given_year(talk));
    int rc = check_said(talk, "reason");
    if (rc == 0 && !programme) {
        rc = refuse(talk, WH_E_NOT_FOUND, "%u 年没有方案", "there is no programme for %u",
                    given_year(talk));
    }
    if (rc == 0) {
        rc = check_assessor(talk, unit,
                            unit->level == WH_LEVEL_GRASSROOTS ? programme->assessor_grassroots
                                                               : programme->assessor_township);
    }
    if (rc == 0) rc = check_past(talk, given_day(talk));
    if (rc == 0) rc = check_there(talk, unit, given_day(talk));
    if (rc == 0) rc = check_window(talk, unit);
    if (rc == 0) rc = check_entry(talk, unit, given_year(talk));
    if (rc == 0) rc = read_standing(talk, unit, given_year(talk), ret);
    if (rc == 0) rc = check_asked(talk, unit, ret);
    return rc < 0 ? rc : check_result(talk, unit, passed, ret);
}

/* The points that the unit has then stay in the record: they may change, the result does not. */
int run_accept(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct wh_span result = given_text(talk, "result");
    struct fields fields = {.count = 0};
    struct standing standing;
    struct wh_record_id id;
    struct known_unit unit;
    char points[POINTS_TEXT_SIZE];
    int rc = given_unit(talk, "unit", &unit);
    if (rc == 0) {
        rc = check_accept(talk, &unit, wh_span_equal(result, wh_span_of("passed")), &standing);
    }
    if (rc < 0) return rc;
    put_field(&fields, "result", result);
    put_field(&fields, "reason", given_text(talk, "reason"));
    if (standing.score_h >= 0) put_field(&fields, "points", points_text(standing.score_h, points));
    rc = host->record_add(host->self, wh_span_of(KIND_ACCEPTANCE), wh_span_of(unit.code),
                          given_day(talk), list_of_fields(&fields), &id, talk->fail);
    return rc < 0 ? rc : reply_word(talk, id.text);
}
