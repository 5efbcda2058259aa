/* Visits: listed, shown, entered as done; what to look at; who is drawn. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "inspection.h"

static const struct wh_column list[] = {
    COLUMN("id", "编号", "Visit", WH_TEXT),
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("duty", "职责", "Duty", WH_TEXT),
    COLUMN("period", "期间", "Period", WH_TEXT),
    COLUMN("date", "日期", "Date", WH_DATE),
    COLUMN("inspector", "检查人", "Inspector", WH_TEXT),
    COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("drawn", "抽中", "Drawn", WH_YESNO),
};
static const struct wh_column show[] = {
    COLUMN("what", "项目", "What", WH_TEXT),
    COLUMN("text", "内容", "Text", WH_TEXT),
};
static const struct wh_column checklist[] = {
    COLUMN("item", "指标", "Item", WH_TEXT),        COLUMN("title", "名称", "Title", WH_TEXT),
    COLUMN("points", "得分", "Points", WH_DECIMAL), COLUMN("full", "满分", "Full", WH_DECIMAL),
    COLUMN("text", "说明", "Rule", WH_TEXT),
};

const struct wh_list list_columns = WH_LIST(list);
const struct wh_list show_columns = WH_LIST(show);
const struct wh_list checklist_columns = WH_LIST(checklist);

/* ---- list ---- */

/* `unit` may be NULL: unknown. */
static const char *state_of(const struct visit *visit, const struct known_unit *unit, int64_t today)
{
    if (visit->withdrawn) return "withdrawn";
    if (visit->done) return "done";
    if (unit && unit->closed != 0 && unit->closed <= visit->day) return "closed";
    return visit->day < today ? "overdue" : "planned";
}

static int is_wanted(const struct talk *talk, const struct visit *visit, const char *state)
{
    struct wh_span duty = given_text(talk, "duty"), period = given_text(talk, "period");
    struct wh_span inspector = given_text(talk, "inspector"), only = given_text(talk, "state");
    return (duty.len == 0 || wh_span_equal(duty, wh_span_of(visit->duty))) &&
           (period.len == 0 || wh_span_equal(period, wh_span_of(visit->period))) &&
           (inspector.len == 0 || wh_span_equal(inspector, wh_span_of(visit->inspector))) &&
           (only.len == 0 || wh_span_equal(only, wh_span_of(state)));
}

static int compare_visits(const void *a, const void *b)
{
    const struct visit *left = a, *right = b;
    if (left->day != right->day) return left->day < right->day ? -1 : 1;
    return strcmp(left->unit, right->unit);
}

static int list_visit(const struct talk *talk, const struct known_units *units,
                      const struct visit *visit, const char *state)
{
    const struct known_unit *unit = unit_of_code(units, visit->unit);
    struct known_units one = {(struct known_unit *)(uintptr_t)unit, 1, 1};
    struct wh_value row[9];
    uint8_t drawn = 0;
    int rc = unit ? mark_drawn(talk, &one, visit->duty, visit->period, &drawn) : 0;
    if (rc < 0) return rc;
    row[0] = wh_value_text(wh_span_of(visit->id));
    row[1] = wh_value_text(wh_span_of(visit->unit));
    row[2] = text_or_null(wh_span_of(unit ? unit->name : NULL));
    row[3] = wh_value_text(wh_span_of(visit->duty));
    row[4] = wh_value_text(wh_span_of(visit->period));
    row[5] = wh_value_number(WH_DATE, visit->day);
    row[6] = text_or_null(wh_span_of(visit->inspector));
    row[7] = wh_value_text(wh_span_of(state));
    row[8] = wh_value_number(WH_YESNO, drawn);
    return talk->host->reply_row(talk->call, row, 9, talk->fail);
}

static int check_listing(const struct talk *talk)
{
    static const char *const words[] = {"planned", "overdue", "done", "closed"};
    struct wh_span state = given_text(talk, "state");
    uint32_t at = 0;
    if (given_number(talk, "from", INT32_MIN) > given_number(talk, "to", INT32_MAX)) {
        return refuse(talk, WH_E_USAGE, "日期：--from 晚于 --to",
                      "days: --from lies after --to (give the earlier one first)");
    }
    while (at < 4 && !wh_span_equal(state, wh_span_of(words[at]))) at++;
    if (at < 4 || !is_given(talk, "state")) return 0;
    return refuse(talk, WH_E_USAGE,
                  "状态 %.*s：没有这种状态（可用 planned、overdue、done 或 closed）",
                  "state %.*s: there is none of that name (use planned, overdue, done or closed)",
                  (int)state.len, state.len > 0 ? state.data : "");
}

int run_list(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    int64_t today = host->today(host->self);
    struct known_units units = {NULL, 0, 0};
    struct visits visits = {NULL, 0, 0};
    int rc = check_listing(talk);
    if (rc == 0) rc = read_units(host, given_text(talk, "under"), &units, talk->fail);
    if (rc == 0) {
        rc = read_visits(host, &units, NULL, given_number(talk, "from", INT32_MIN),
                         given_number(talk, "to", INT32_MAX), &visits, talk->fail);
    }
    if (visits.count > 0) qsort(visits.items, visits.count, sizeof(*visits.items), compare_visits);
    for (uint32_t i = 0; rc == 0 && i < visits.count; i++) {
        const char *state =
            state_of(&visits.items[i], unit_of_code(&units, visits.items[i].unit), today);
        if (is_wanted(talk, &visits.items[i], state)) {
            rc = list_visit(talk, &units, &visits.items[i], state);
        }
    }
    free(visits.items);
    free(units.items);
    return rc;
}

/* ---- show ---- */

int show_fact(const struct talk *talk, const char *what, struct wh_span text)
{
    struct wh_value row[2] = {wh_value_text(wh_span_of(what)), text_or_null(text)};
    return talk->host->reply_row(talk->call, row, 2, talk->fail);
}

struct showing {
    const struct talk *talk;
    const char *visit;
    char conclusion[4000];
};

static int take_conclusion(void *context, const struct wh_record_view *record)
{
    struct showing *showing = context;
    copy_text(showing->conclusion, sizeof(showing->conclusion), field_text(record, "conclusion"));
    return 1;
}

static int show_finding(void *context, const struct wh_record_view *record)
{
    struct showing *showing = context;
    char text[1200], until[DAY_TEXT_SIZE], fixed[DAY_TEXT_SIZE];
    struct wh_span said = field_text(record, "text"), state = field_text(record, "progress");
    struct wh_span by = field_text(record, "raised_by");
    int64_t fixed_on = field_number(record, "fixed", 0);
    if (!wh_span_equal(field_text(record, "visit"), wh_span_of(showing->visit))) return 0;
    (void)day_text(field_number(record, "until", 0), until);
    (void)day_text(fixed_on, fixed);
    (void)snprintf(text, sizeof(text), "%.*s: %.*s (%.*s, %s, %.*s%s%s)", (int)record->id.len,
                   record->id.data, (int)said.len, said.data, (int)by.len, by.data, until,
                   (int)state.len, state.data, fixed_on != 0 ? " " : "",
                   fixed_on != 0 ? fixed : "");
    return show_fact(showing->talk, "finding", wh_span_of(text));
}

/* 1 where the argument names a finding. */
static int take_is_finding(void *context, const struct wh_record_view *record)
{
    *(int *)context = wh_span_equal(record->kind, wh_span_of(KIND_FINDING));
    return 1;
}

static int show_visit(const struct talk *talk, const struct visit *visit)
{
    const struct wh_host *host = talk->host;
    struct showing showing = {.talk = talk, .visit = visit->id};
    struct known_unit unit;
    char day[DAY_TEXT_SIZE];
    int rc = host->record(host->self, wh_span_of(visit->id), take_conclusion, &showing, talk->fail);
    int known = find_unit(host, wh_span_of(visit->unit), &unit, talk->fail) == 0;
    const char *state = state_of(visit, known ? &unit : NULL, host->today(host->self));
    if (rc >= 0) rc = show_fact(talk, "unit", wh_span_of(visit->unit));
    if (rc >= 0) rc = show_fact(talk, "duty", wh_span_of(visit->duty));
    if (rc >= 0) rc = show_fact(talk, "period", wh_span_of(visit->period));
    if (rc >= 0) rc = show_fact(talk, "date", day_text(visit->day, day));
    if (rc >= 0) rc = show_fact(talk, "inspector", wh_span_of(visit->inspector));
    if (rc >= 0) rc = show_fact(talk, "state", wh_span_of(state));
    if (rc >= 0) rc = show_fact(talk, "conclusion", wh_span_of(showing.conclusion));
    if (rc >= 0) {
        rc = host->records(host->self, wh_span_of(KIND_FINDING), wh_span_of(visit->unit), INT32_MIN,
                           INT32_MAX, show_finding, &showing, talk->fail);
    }
    return rc < 0 ? rc : 0;
}

int run_show(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct wh_span id = given_text(talk, "visit");
    struct visit visit;
    int is_finding = 0, rc;
    (void)host->record(host->self, id, take_is_finding, &is_finding, talk->fail);
    if (is_finding || is_letter(talk, id)) return show_given_finding(talk, id);
    rc = given_visit(talk, "visit", &visit);
    return rc < 0 ? rc : show_visit(talk, &visit);
}

/* ---- done ---- */

static int check_window(const struct talk *talk, const struct inspection_duty *duty, int64_t day)
{
    char text[DAY_TEXT_SIZE], begins[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];
    if (day >= duty->period.begins && day <= duty->period.due + LATE_DAYS) return 0;
    (void)day_text(day, text);
    (void)day_text(duty->period.begins, begins);
    (void)day_text(duty->period.due + LATE_DAYS, last);
    return refuse(talk, WH_E_INVALID, "日期 %s：不在 %s %s 之内（%s 至 %s，含逾期补检）",
                  "date %s: not within %s %s (%s to %s, when it is late at last)", text,
                  duty->shown, duty->period.name, begins, last);
}

/* Two of one day would be two deeds of one visit. */
static int check_once(const struct talk *talk, const struct known_unit *unit, const char *duty,
                      int64_t day)
{
    struct known_units one = {(struct known_unit *)(uintptr_t)unit, 1, 1};
    struct visits visits;
    char text[DAY_TEXT_SIZE];
    int rc = read_visits(talk->host, &one, duty, day, day, &visits, talk->fail);
    for (uint32_t i = 0; rc == 0 && i < visits.count; i++) {
        if (!visits.items[i].done) continue;
        (void)day_text(day, text);
        rc = refuse(talk, WH_E_INVALID, "单位 %s：%s 的检查已登记（%s），不重复登记",
                    "unit %s: a visit of %s is entered already (%s)", unit->code, text,
                    visits.items[i].id);
    }
    free(visits.items); /* NULL where they could not be read */
    return rc;
}

/* A visit of this day may be entered for the unit and duty; `duty` then has the period that it
 * counts for, which may be an earlier one that is late and was not met. */
static int settle_period(const struct talk *talk, const struct known_unit *unit,
                         struct inspection_duty *duty, int64_t day)
{
    char met[16];
    int rc = check_window(talk, duty, day);
    if (rc == 0) rc = check_once(talk, unit, duty->id, day);
    if (rc == 0) rc = find_period_met(talk, unit, duty->id, day, met);
    if (rc < 0 || !met[0] || strcmp(met, duty->period.name) == 0) return rc;
    rc = remark(talk, "单位 %s：按期限规则，这次检查计入尚未完成的 %s，不计入 %s",
                "unit %s: by the rule of due days this visit counts for %s, the earliest that is "
                "open, and not for %s",
                unit->code, met, duty->period.name);
    copy_text(duty->period.name, sizeof(duty->period.name), wh_span_of(met));
    return rc;
}

/* The unit, who checks it, and the duty and period of a visit that stands. */
static int find_around(const struct talk *talk, const struct visit *visit, struct known_unit *unit,
                       struct known_unit *checker, struct inspection_duty *duty)
{
    const struct wh_host *host = talk->host;
    int rc = find_unit(host, wh_span_of(visit->unit), unit, talk->fail);
    if (rc == 0) rc = find_unit(host, wh_span_of(unit->parent), checker, talk->fail);
    if (rc < 0) return rc;
    return find_duty(talk, checker, wh_span_of(visit->duty), wh_span_of(visit->period), duty);
}

static int check_done(const struct talk *talk, const struct visit *visit, int64_t day,
                      struct known_unit *unit, struct inspection_duty *duty)
{
    struct wh_span inspector =
        is_given(talk, "inspector") ? given_text(talk, "inspector") : wh_span_of(visit->inspector);
    struct known_unit checker;
    int rc = check_visit_stands(talk, visit);
    if (rc == 0 && visit->done) {
        rc = refuse(talk, WH_E_INVALID,
                    "%s：已登记完成（更正先撤销：wuhao inspect undo %s --why 原因）",
                    "%s: it is entered as done already (to enter something else, take it back "
                    "first: `wuhao inspect undo %s --why WHY`)",
                    visit->id, visit->id);
    }
    if (rc == 0) rc = check_said(talk, "conclusion");
    if (rc == 0) rc = check_past(talk, day);
    if (rc == 0) rc = find_around(talk, visit, unit, &checker, duty);
    if (rc == 0) rc = check_there(talk, unit, day);
    if (rc == 0) rc = check_inspector(talk, &checker, inspector, unit->code, day);
    return rc < 0 ? rc : settle_period(talk, unit, duty, day);
}

/* A planned visit becomes one that is made; what was planned stays beside it, for `undo`. */
static int enter_made(const struct talk *talk, const struct visit *visit,
                      const struct inspection_duty *duty, int64_t at)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    char day[DAY_TEXT_SIZE], planned[DAY_TEXT_SIZE];
    put_field(&fields, "date", day_text(at, day));
    put_field(&fields, "period", wh_span_of(duty->period.name));
    put_field(&fields, "progress", wh_span_of("done"));
    put_field(&fields, "conclusion", given_text(talk, "conclusion"));
    if (is_given(talk, "inspector")) put_field(&fields, "inspector", given_text(talk, "inspector"));
    put_field(&fields, "planned_on", day_text(visit->day, planned));
    put_field(&fields, "planned_for", wh_span_of(visit->period));
    put_field(&fields, "planned_by", wh_span_of(visit->inspector));
    return host->record_edit(host->self, wh_span_of(visit->id), list_of_fields(&fields),
                             talk->fail);
}

int run_done(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct inspection_duty duty;
    struct known_unit unit;
    struct visit visit;
    int64_t today = host->today(host->self), at;
    int rc = given_visit(talk, "visit", &visit);
    if (rc < 0) return rc;
    at = given_number(talk, "date", visit.day <= today ? visit.day : today);
    rc = check_done(talk, &visit, at, &unit, &duty);
    if (rc < 0) return rc;
    rc = enter_made(talk, &visit, &duty, at);
    if (rc >= 0) rc = rename_periods(talk, &unit, duty.id, at, NULL);
    return rc < 0 ? rc : reply_word(talk, "done");
}

/* ---- record ---- */

/* Where no period is given: the one that the day counts for, else the one that it lies in. */
static int find_period(const struct talk *talk, const struct known_unit *unit,
                       const struct known_unit *checker, int64_t day, struct inspection_duty *ret)
{
    struct wh_span asked = given_text(talk, "period");
    char name[16], id[64];
    int rc = find_duty(talk, checker, given_text(talk, "duty"), asked, ret);
    if (rc < 0 || asked.len > 0) return rc;
    rc = find_period_met(talk, unit, ret->id, day, name);
    if (rc < 0) return rc;
    if (!name[0]) name_period_of(talk, ret->id, day, name);
    if (!name[0]) return 0;
    memcpy(id, ret->id, sizeof(id));
    return find_duty(talk, checker, wh_span_of(id), wh_span_of(name), ret);
}

static int check_record(const struct talk *talk, const struct known_unit *unit, int64_t day,
                        struct inspection_duty *duty)
{
    struct known_unit checker;
    int rc = check_said(talk, "conclusion");
    if (rc == 0) rc = check_past(talk, day);
    if (rc == 0 && (!unit->parent[0] ||
                    find_unit(talk->host, wh_span_of(unit->parent), &checker, talk->fail) < 0)) {
        rc = refuse(talk, WH_E_NOT_PERMITTED, "单位 %s：没有上级可以检查",
                    "unit %s: there is no unit above it that could check it", unit->code);
    }
    if (rc == 0) rc = check_checker(talk, unit, &checker);
    if (rc == 0) rc = check_there(talk, unit, day);
    if (rc == 0) rc = find_period(talk, unit, &checker, day, duty);
    if (rc == 0)
        rc = check_inspector(talk, &checker, given_text(talk, "inspector"), unit->code, day);
    return rc < 0 ? rc : settle_period(talk, unit, duty, day);
}

/* The first visit that is planned for the unit, duty and period; `id` "" where there is none. */
static int find_planned(const struct talk *talk, const struct known_unit *unit,
                        const struct inspection_duty *duty, struct visit *ret)
{
    struct known_units one = {(struct known_unit *)(uintptr_t)unit, 1, 1};
    struct visits visits;
    int rc = read_visits(talk->host, &one, duty->id, INT32_MIN, INT32_MAX, &visits, talk->fail);
    memset(ret, 0, sizeof(*ret));
    for (uint32_t i = 0; i < visits.count && !ret->id[0]; i++) {
        const struct visit *visit = &visits.items[i];
        if (!visit->done && strcmp(visit->period, duty->period.name) == 0) *ret = *visit;
    }
    free(visits.items);
    return rc;
}

static int add_made(const struct talk *talk, const struct known_unit *unit,
                    const struct inspection_duty *duty, int64_t day, char ret_id[ID_SIZE])
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct wh_record_id id;
    int rc;
    put_field(&fields, "duty", wh_span_of(duty->id));
    put_field(&fields, "period", wh_span_of(duty->period.name));
    put_field(&fields, "inspector", given_text(talk, "inspector"));
    put_field(&fields, "progress", wh_span_of("done"));
    put_field(&fields, "conclusion", given_text(talk, "conclusion"));
    rc = host->record_add(host->self, wh_span_of(KIND_VISIT), wh_span_of(unit->code), day,
                          list_of_fields(&fields), &id, talk->fail);
    if (rc >= 0) copy_text(ret_id, ID_SIZE, wh_span_of(id.text));
    return rc;
}

static int settle_planned(const struct talk *talk, const struct visit *planned,
                          const struct inspection_duty *duty, int64_t day)
{
    char text[DAY_TEXT_SIZE];
    int rc = enter_made(talk, planned, duty, day);
    if (rc < 0) return rc;
    (void)day_text(planned->day, text);
    return remark(talk, "单位 %s：原定 %s 的检查（%s）即登记为已完成",
                  "unit %s: the visit that was planned for %s (%s) is entered as made by this one",
                  planned->unit, text, planned->id);
}

/* A visit as it was made: the one planned for the period, else one that nobody had planned. */
int run_record(const struct talk *talk)
{
    struct inspection_duty duty;
    struct known_unit unit;
    struct visit planned;
    char id[ID_SIZE];
    int64_t day = given_day(talk);
    int rc = given_unit(talk, "unit", &unit);
    if (rc == 0) rc = check_record(talk, &unit, day, &duty);
    if (rc == 0) rc = find_planned(talk, &unit, &duty, &planned);
    if (rc < 0) return rc;
    copy_text(id, sizeof(id), wh_span_of(planned.id));
    rc = id[0] ? settle_planned(talk, &planned, &duty, day) : add_made(talk, &unit, &duty, day, id);
    if (rc >= 0) rc = rename_periods(talk, &unit, duty.id, day, NULL);
    return rc < 0 ? rc : reply_word(talk, id);
}

/* ---- checklist ---- */

static int take_item(void *context, const struct wh_explained *line)
{
    const struct talk *talk = context;
    struct wh_value row[5];
    if (line->depth != WH_EXPLAIN_ITEM) return 0;
    row[0] = wh_value_text(line->id);
    row[1] = wh_value_text(line->title);
    row[2] = wh_value_number(WH_DECIMAL, line->points_h);
    row[3] = wh_value_number(WH_DECIMAL, line->full_h);
    row[4] = text_or_null(line->text);
    return talk->host->reply_row(talk->call, row, 5, talk->fail);
}

int run_checklist(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct wh_standing_query query = {.year = given_year(talk), .pass_h = -1};
    struct known_unit unit;
    int rc = given_unit(talk, "unit", &unit);
    if (rc < 0) return rc;
    rc = host->explain(host->self, wh_span_of(unit.code), &query, host->language(talk->call),
                       take_item, (void *)(uintptr_t)talk, talk->fail);
    return rc < 0 ? rc : 0;
}
