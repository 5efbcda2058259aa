/* `inspect plan` and `inspect move`: a plan, written back as visits. */
#include "schedule.h"

static const struct wh_column columns[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("date", "日期", "Date", WH_DATE),
    COLUMN("inspector", "检查人", "Inspector", WH_TEXT),
    COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("why", "原因", "Why", WH_TEXT),
    COLUMN("weight", "优先", "Weight", WH_INTEGER),
    COLUMN("id", "编号", "Visit", WH_TEXT),
};

const struct wh_list plan_columns = WH_LIST(columns);

/* ---- One line ---- */

struct line {
    const struct known_unit *unit;
    const struct visit *former;
    const char *inspector;
    int64_t day; /* 0: none */
    const char *state;
    const char *why;
    uint32_t weight;
    struct wh_record_id id;
};

static int show_line(const struct talk *talk, const struct line *line)
{
    struct wh_value row[8];
    row[0] = wh_value_text(wh_span_of(line->unit->code));
    row[1] = wh_value_text(wh_span_of(line->unit->name));
    row[2] = line->day != 0 ? wh_value_number(WH_DATE, line->day) : wh_value_null();
    row[3] = text_or_null(wh_span_of(line->inspector));
    row[4] = wh_value_text(wh_span_of(line->state));
    row[5] = text_or_null(wh_span_of(line->why));
    row[6] = wh_value_number(WH_INTEGER, line->weight);
    row[7] = text_or_null(wh_span_of(line->id.text));
    return talk->host->reply_row(talk->call, row, 8, talk->fail);
}

static struct line line_of(const struct planning *planning, uint32_t at)
{
    static const char *const reasons[] = {NULL, "no_inspector", "no_day", "full"};
    const struct plan_visit *visit = &planning->plan.visits[at];
    struct line line = {
        .unit = &planning->units.items[planning->place[at]],
        .former = planning->where[planning->place[at]],
        .weight = planning->asked[at].weight,
    };
    if (line.former) copy_text(line.id.text, sizeof(line.id.text), wh_span_of(line.former->id));
    line.why = reasons[planning->plan.reasons[at]];
    if (visit->day == 0) {
        line.state = "unplanned";
        return line;
    }
    line.day = visit->day;
    line.inspector = planning->inspectors[visit->inspector].name;
    if (!line.former) {
        line.state = "new";
    } else if (line.former->day == line.day &&
               strcmp(line.former->inspector, line.inspector) == 0) {
        line.state = "kept";
    } else {
        line.state = "moved";
    }
    return line;
}

/* ---- Writing ---- */

static int write_line(const struct planning *planning, struct line *line)
{
    const struct talk *talk = planning->talk;
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    char day[DAY_TEXT_SIZE];
    if (strcmp(line->state, "kept") == 0 || (line->day == 0 && !line->former)) return 0;
    if (line->day == 0) {
        return host->record_withdraw(host->self, wh_span_of(line->former->id),
                                     wh_span_of(line->why), talk->fail);
    }
    put_field(&fields, "inspector", wh_span_of(line->inspector));
    if (line->former) {
        put_field(&fields, "date", day_text(line->day, day));
        return host->record_edit(host->self, wh_span_of(line->former->id), list_of_fields(&fields),
                                 talk->fail);
    }
    put_field(&fields, "duty", wh_span_of(planning->duty.id));
    put_field(&fields, "period", wh_span_of(planning->duty.period.name));
    put_field(&fields, "progress", wh_span_of("planned"));
    return host->record_add(host->self, wh_span_of(KIND_VISIT), wh_span_of(line->unit->code),
                            line->day, list_of_fields(&fields), &line->id, talk->fail);
}

static int write_plan(const struct planning *planning, int all)
{
    int dry = is_given(planning->talk, "dry-run"), rc = 0;
    for (uint32_t i = 0; rc >= 0 && i < planning->asked_count; i++) {
        struct line line = line_of(planning, i);
        if (!dry) rc = write_line(planning, &line);
        if (rc >= 0 && (all || strcmp(line.state, "kept") != 0)) {
            rc = show_line(planning->talk, &line);
        }
    }
    return rc < 0 ? rc : 0;
}

static int remark_plan(const struct planning *planning)
{
    const struct plan *plan = &planning->plan;
    char due[DAY_TEXT_SIZE];
    (void)day_text(planning->duty.period.due, due);
    if (planning->asked_count == 0) {
        return remark(planning->talk, "%s %s：没有待安排的单位", "%s %s: nothing is left to plan",
                      planning->duty.shown, planning->duty.period.name);
    }
    return remark(planning->talk, "%s %s（期限 %s）：%u 个单位，%lld 次出行，%u 个未能安排",
                  "%s %s (due %s): %u units, %lld trips, %u could not be planned",
                  planning->duty.shown, planning->duty.period.name, due, planning->asked_count,
                  (long long)plan->cost.trips, plan->missed);
}

/* New Year, Labour Day and National Day are days of rest in every year: where one of them is a
 * working day, the programme has no holidays of that year yet. */
static int knows_holidays(const struct wh_host *host, int32_t year)
{
    static const struct wh_civil sure[] = {{0, 1, 1}, {0, 5, 1}, {0, 10, 1}};
    for (size_t i = 0; i < sizeof(sure) / sizeof(sure[0]); i++) {
        struct wh_civil civil = sure[i];
        civil.year = year;
        if (host->workday_from(host->self, wh_day_of(civil)) == wh_day_of(civil)) return 0;
    }
    return 1;
}

static int remark_holidays(const struct planning *planning)
{
    int32_t year = wh_civil_of((int32_t)planning->duty.period.due).year;
    if (planning->asked_count == 0 || knows_holidays(planning->talk->host, year)) return 0;
    return remark(planning->talk,
                  "方案没有 %d 年的节假日，检查可能排在节假日（请在方案日历中补充 rest_days 和 "
                  "work_days，再重新安排）",
                  "the programme has no holidays of %d: a visit may fall on one (add its rest_days "
                  "and work_days to the programme's calendar, then plan again)",
                  year);
}

/* ---- Commands ---- */

static int home_or_given(const struct talk *talk, struct known_unit *ret)
{
    const struct wh_host *host = talk->host;
    if (is_given(talk, "unit")) return given_unit(talk, "unit", ret);
    return find_unit(host, host->home(host->self), ret, talk->fail);
}

int run_plan(const struct talk *talk)
{
    struct planning planning;
    int rc;
    memset(&planning, 0, sizeof(planning));
    planning.talk = talk;
    rc = home_or_given(talk, &planning.unit);
    if (rc == 0) rc = check_there(talk, &planning.unit, talk->host->today(talk->host->self));
    if (rc == 0) {
        rc = planning_read(&planning, given_text(talk, "duty"), given_text(talk, "period"), NULL);
    }
    if (rc == 0) rc = write_plan(&planning, 1);
    if (rc == 0) rc = remark_plan(&planning);
    if (rc == 0) rc = remark_holidays(&planning);
    planning_free(&planning);
    return rc;
}

/* The move itself, pinned; then whoever must give way. */
static int write_move(const struct talk *talk, const struct visit *visit)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    char day[DAY_TEXT_SIZE];
    if (is_given(talk, "dry-run")) return 0;
    put_field(&fields, "date", day_text(visit->day, day));
    put_field(&fields, "inspector", wh_span_of(visit->inspector));
    put_field(&fields, "pinned", wh_span_of("yes"));
    return host->record_edit(host->self, wh_span_of(visit->id), list_of_fields(&fields),
                             talk->fail);
}

static int show_move(const struct talk *talk, const struct known_unit *unit,
                     const struct visit *visit)
{
    struct line line = {
        .unit = unit, .inspector = visit->inspector, .day = visit->day, .state = "moved"};
    copy_text(line.id.text, sizeof(line.id.text), wh_span_of(visit->id));
    return show_line(talk, &line);
}

static int check_moved(const struct talk *talk, const struct known_unit *unit,
                       const struct visit *visit)
{
    int rc = check_visit_stands(talk, visit);
    if (rc == 0 && visit->done) {
        rc = refuse(talk, WH_E_INVALID, "%s：已完成，不能改期",
                    "%s: it is done, and can't be moved", visit->id);
    }
    if (rc == 0 && given_number(talk, "date", visit->day) < talk->host->today(talk->host->self)) {
        rc = refuse(talk, WH_E_INVALID, "日期：不能早于今天（已完成的用 inspect done）",
                    "date: it lies in the past (what was done is entered with `inspect done`)");
    }
    return rc < 0 ? rc : check_there(talk, unit, given_number(talk, "date", visit->day));
}

static int check_move(const struct talk *talk, const struct planning *planning,
                      const struct visit *visit)
{
    const struct period *period = &planning->duty.period;
    char begins[DAY_TEXT_SIZE], last[DAY_TEXT_SIZE];
    uint32_t i = 0;
    if (visit->day < period->begins || visit->day > period->due + LATE_DAYS) {
        (void)day_text(period->begins, begins);
        (void)day_text(period->due + LATE_DAYS, last);
        return refuse(talk, WH_E_INVALID, "日期：不在 %s 之内（%s 至 %s，含逾期补检）",
                      "date: not within %s (%s to %s, when it is late at last)", period->name,
                      begins, last);
    }
    while (i < planning->inspectors_count &&
           strcmp(planning->inspectors[i].name, visit->inspector) != 0) {
        i++;
    }
    if (i < planning->inspectors_count) {
        if (!is_among(planning->inspectors[i].not_units, visit->unit)) return 0;
        return refuse_barred(talk, wh_span_of(visit->inspector), visit->unit);
    }
    return refuse(talk, WH_E_INVALID, "检查人 %s：不在 %s 的检查人员之中",
                  "inspector %s: not among those of %s", visit->inspector, planning->unit.code);
}

/* A visit that is put by hand stands even on a day that the rules would not give it; that is said.
 */
static int warn_of_move(const struct planning *planning, const struct visit *visit)
{
    const struct talk *talk = planning->talk;
    char day[DAY_TEXT_SIZE], due[DAY_TEXT_SIZE];
    int rc = 0;
    (void)day_text(visit->day, day);
    (void)day_text(planning->duty.period.due, due);
    if (talk->host->workday_from(talk->host->self, visit->day) != visit->day) {
        rc = remark(talk, "注意：%s 是休息日", "note: %s is a day of rest", day);
    }
    if (rc >= 0 && visit->day > planning->duty.period.due) {
        rc = remark(talk, "注意：%s 已过期限 %s，属逾期", "note: %s is past the due day, %s: late",
                    day, due);
    }
    if (rc >= 0 && !planning_can(planning, visit)) {
        rc = remark(talk, "注意：%s %s 不能检查 %s（请假或不在岗）",
                    "note: on %s %s can't check %s (away, or not on duty that day)", day,
                    visit->inspector, visit->unit);
    }
    return rc;
}

int run_move(const struct talk *talk)
{
    struct planning planning;
    struct known_unit unit;
    struct visit visit;
    int rc = given_visit(talk, "visit", &visit);
    memset(&planning, 0, sizeof(planning));
    planning.talk = talk;
    if (rc == 0) rc = find_unit(talk->host, wh_span_of(visit.unit), &unit, talk->fail);
    if (rc == 0) rc = check_moved(talk, &unit, &visit);
    if (rc == 0) rc = find_unit(talk->host, wh_span_of(unit.parent), &planning.unit, talk->fail);
    if (rc < 0) return rc;
    visit.day = given_number(talk, "date", visit.day);
    visit.pinned = 1;
    if (is_given(talk, "inspector")) {
        copy_text(visit.inspector, sizeof(visit.inspector), given_text(talk, "inspector"));
    }
    rc = planning_read(&planning, wh_span_of(visit.duty), wh_span_of(visit.period), &visit);
    if (rc == 0) rc = check_move(talk, &planning, &visit);
    if (rc == 0) rc = write_move(talk, &visit);
    if (rc == 0) rc = show_move(talk, &unit, &visit);
    if (rc == 0) rc = write_plan(&planning, 0);
    if (rc == 0) rc = warn_of_move(&planning, &visit);
    if (rc == 0) rc = remark_plan(&planning);
    planning_free(&planning);
    return rc;
}
