/* training: plans, sessions, attendance by person, coverage, who is due again, certificates. The
 * declaration, and which command is run by what. */
#include <stdlib.h>

#include "training.h"

/* Tables read better in lines of their own. */
/* clang-format off */

#define NONE {NULL, 0, 0}
#define PERSON_FLAGS (WH_REQUIRED | WH_PERSONAL)
#define HOURS(title_zh, title_en) \
    {"hours", {title_zh, title_en}, WH_DECIMAL, WH_BOUNDED, 10, 20000, NONE}

static const struct wh_choice audience_choices[] = {
    {"elders", {"五老", "Elders"}}, {"ten_roles", {"十大员", "Ten roles"}},
    {"leaders", {"领导班子", "Leaders"}},
};
const struct wh_list audience_titles = WH_LIST(audience_choices);
static const struct wh_choice plan_states[] = {
    {"planned", {"计划中", "Planned"}}, {"held", {"已举办", "Held"}},
    {"dropped", {"取消", "Dropped"}},
};
static const struct wh_field plan_fields[] = {
    {"subject", {"主题", "Subject"}, WH_TEXT, WH_REQUIRED, 0, 0, NONE},
    {"audience", {"对象", "Audience"}, WH_CHOICES, WH_REQUIRED, 0, 0, WH_LIST(audience_choices)},
    HOURS("计划学时", "Hours planned"),
    {"progress", {"进展", "Progress"}, WH_CHOICE, 0, 0, 0, WH_LIST(plan_states)},
    {"session", {"培训编号", "Session that fulfilled it"}, WH_TEXT, 0, 0, 0, NONE},
    {"note", {"备注", "Note"}, WH_LONG_TEXT, 0, 0, 0, NONE},
};
static const struct wh_choice role_choices[] = {
    {"elder", {"五老", "Elder"}}, {"ten_role", {"十大员", "One of the ten roles"}},
    {"leader", {"领导班子", "Leader"}},
};
static const struct wh_field attendance_fields[] = {
    {"session", {"培训编号", "Session"}, WH_TEXT, WH_REQUIRED, 0, 0, NONE},
    {"person", {"姓名", "Name"}, WH_PERSON, PERSON_FLAGS, 0, 0, NONE},
    {"birth_year", {"出生年", "Year of birth"}, WH_INTEGER, WH_PERSONAL | WH_BOUNDED, 1900, 2100,
     NONE},
    {"role", {"身份", "Role"}, WH_CHOICE, WH_REQUIRED, 0, 0, WH_LIST(role_choices)},
    HOURS("学时（空：同培训）", "Hours (empty: the session's)"),
};
const struct wh_list role_titles = WH_LIST(role_choices);
static const char *const attendance_unique[] = {"session", "person", "birth_year"};

static const char *const held_words[] = {"held"};
static const char *const elder_words[] = {"elder"};
static const char *const ten_role_words[] = {"ten_role"};
static const char *const leader_words[] = {"leader"};
static const struct wh_test held_tests[] = {{"progress", WH_LIST(held_words)}};
static const struct wh_test elder_tests[] = {{"role", WH_LIST(elder_words)}};
static const struct wh_test ten_role_tests[] = {{"role", WH_LIST(ten_role_words)}};
static const struct wh_test leader_tests[] = {{"role", WH_LIST(leader_words)}};
static const struct wh_condition is_held[] = {{WH_LIST(held_tests), 0, 0}};
static const struct wh_condition is_elder[] = {{WH_LIST(elder_tests), 0, 0}};
static const struct wh_condition is_ten_role[] = {{WH_LIST(ten_role_tests), 0, 0}};
static const struct wh_condition is_leader[] = {{WH_LIST(leader_tests), 0, 0}};
static const char *const person_field[] = {"person"};
static const char *const hours_field[] = {"hours"};

#define DISTINCT(id, zh, en, any) \
    {id, {zh, en}, WH_TO_DATE, WH_DISTINCT, 0, 0, WH_LIST(person_field), any}

static const struct wh_metric plan_metrics[] = {
    {"training_plans", {"培训计划", "Sessions planned"}, WH_FLOW, WH_COUNT, 0, 0, NONE, NONE},
    {"training_plans_held", {"已举办的培训计划", "Planned sessions that were held"}, WH_FLOW,
     WH_COUNT, 0, 0, NONE, WH_LIST(is_held)},
};
static const struct wh_metric attendance_metrics[] = {
    {"attendances", {"参训人次", "Attendances"}, WH_FLOW, WH_COUNT, 0, 0, NONE, NONE},
    DISTINCT("trained", "参训人数", "Persons trained", NONE),
    DISTINCT("trained_elders", "参训五老", "Elders trained", WH_LIST(is_elder)),
    DISTINCT("trained_ten_roles", "参训十大员", "Of the ten roles trained", WH_LIST(is_ten_role)),
    DISTINCT("trained_leaders", "参训班子成员", "Leaders trained", WH_LIST(is_leader)),
    {"training_hours_h", {"参训学时（百分之一）", "Hours of training, in hundredths"}, WH_FLOW,
     WH_SUM, 0, 0, WH_LIST(hours_field), NONE},
};

#define ENTER (WH_LEVEL_COUNTY | WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS)

static const struct wh_kind kinds[] = {
    {KIND_PLAN, {"培训计划", "Planned training"}, ENTER, WH_KIND_BY_FORM, WH_LIST(plan_fields),
     NONE, WH_LIST(plan_metrics)},
    {KIND_ATTENDANCE, {"培训签到", "Attendance of training"}, ENTER, WH_KIND_BY_FORM,
     WH_LIST(attendance_fields), WH_LIST(attendance_unique), WH_LIST(attendance_metrics)},
};

#define MONTHS(name, zh, en, least, fallback) \
    {name, {zh, en}, WH_INTEGER, WH_BOUNDED, least, 120, fallback, NONE}

static const struct wh_setting settings[] = {
    MONTHS("interval_months", "五老培训间隔（月）", "months after which an elder is due again", 1,
           "12"),
    MONTHS("interval_months_ten_roles", "十大员培训间隔（月）",
           "the same for those with one of the ten roles", 1, "12"),
    MONTHS("interval_months_leaders", "班子成员培训间隔（月）", "the same for leaders", 1, "12"),
    MONTHS("grace_months", "新加入者的宽限期（月）", "months that who has joined is given", 0, "3"),
};

#define UNIT {"unit", {"只列此单位", "only this unit"}, WH_UNIT, 0}
#define YEAR {"year", {"年度（默认今年）", "the year (default: this one)"}, WH_INTEGER, 0}
#define SESSION {"session", {"培训编号", "the session, by the id of its record"}, WH_TEXT, \
    WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL}
#define BIRTH_YEAR {"birth-year", {"出生年（区分同名）", "year of birth, which tells namesakes " \
    "apart"}, WH_INTEGER, 0}

static const struct wh_param plan_params[] = {UNIT, YEAR};
static const struct wh_param held_params[] = {
    {"plan", {"计划编号", "the plan"}, WH_TEXT, WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL},
    {"session", {"培训编号", "the session that fulfilled it"}, WH_TEXT, 0},
    {"undo", {"撤销", "it was not held after all"}, WH_YESNO, WH_PARAM_SWITCH},
};
static const struct wh_param attend_params[] = {
    SESSION, {"person", {"姓名", "who came, by name"}, WH_TEXT, WH_PARAM_REQUIRED},
    {"role", {"身份：elder、ten_role、leader", "elder, ten_role or leader"}, WH_TEXT,
     WH_PARAM_REQUIRED},
    BIRTH_YEAR, {"hours", {"学时（默认同培训）", "hours (default: the session's)"}, WH_DECIMAL, 0},
    {"unit", {"名册所在单位（默认同培训）", "the unit of its roster (default: the session's)"},
     WH_UNIT, 0},
    {"date", {"日期（默认同培训）", "the day (default: the session's)"}, WH_DATE, 0},
};
static const struct wh_param hours_params[] = {
    SESSION, {"all", {"已有学时的也改写", "also where other hours are written"}, WH_YESNO,
    WH_PARAM_SWITCH},
};
static const struct wh_param coverage_params[] = {
    UNIT, {"under", {"此单位及其以下", "this unit and those below it"}, WH_UNIT, 0}, YEAR,
    {"by", {"role：按身份分列", "role: a line for each role"}, WH_TEXT, 0},
};
static const struct wh_param doubt_params[] = {
    UNIT, {"under", {"此单位及其以下", "this unit and those below it"}, WH_UNIT, 0},
    {"year", {"年度（默认全部）", "the year (default: all)"}, WH_INTEGER, 0},
};
static const struct wh_param due_params[] = {
    UNIT, {"at", {"日期（默认今天）", "the day (default: today)"}, WH_DATE, 0},
    {"ahead", {"也列今后若干天内到期的", "also who is due within so many days after it"},
     WH_INTEGER, 0},
};
static const struct wh_param certificate_params[] = {
    {"session", {"培训编号", "everybody who came to this session"}, WH_TEXT, 0},
    {"person", {"姓名", "only this person"}, WH_TEXT, 0}, BIRTH_YEAR, YEAR,
    {"out", {"写入的文件夹", "the folder to write to"}, WH_TEXT,
     WH_PARAM_REQUIRED | WH_PARAM_PATH},
};

#define UNIT_COLUMN COLUMN("unit", "单位", "Unit", WH_TEXT)
#define PERSON_COLUMNS COLUMN("person", "姓名", "Name", WH_TEXT), \
    COLUMN("birth_year", "出生年", "Born", WH_INTEGER)

static const struct wh_column plan_columns[] = {
    COLUMN("id", "编号", "Plan", WH_TEXT), UNIT_COLUMN, COLUMN("date", "计划日期", "Day", WH_DATE),
    COLUMN("subject", "主题", "Subject", WH_TEXT), COLUMN("audience", "对象", "Audience", WH_TEXT),
    COLUMN("hours", "学时", "Hours", WH_DECIMAL), COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("session", "培训编号", "Session", WH_TEXT), COLUMN("held", "举办日期", "Held", WH_DATE),
};
static const struct wh_column state_columns[] = {COLUMN("state", "状态", "State", WH_TEXT)};
static const struct wh_column id_columns[] = {COLUMN("id", "编号", "Record", WH_TEXT)};
static const struct wh_column written_columns[] = {
    COLUMN("written", "已补学时", "Written", WH_INTEGER),
};
static const struct wh_column sessions_columns[] = {
    COLUMN("id", "编号", "Session", WH_TEXT), UNIT_COLUMN, COLUMN("date", "日期", "Day", WH_DATE),
    COLUMN("topic", "主题", "Topic", WH_TEXT), COLUMN("audience", "对象", "Audience", WH_TEXT),
    COLUMN("trainees", "登记人数", "Trainees", WH_INTEGER),
    COLUMN("attended", "签到人数", "Attended", WH_INTEGER),
    COLUMN("difference", "差异", "Difference", WH_INTEGER),
    COLUMN("hours", "学时", "Hours", WH_DECIMAL),
    COLUMN("without_hours", "未填学时", "Without hours", WH_INTEGER),
    COLUMN("state", "状态", "State", WH_TEXT),
};
static const struct wh_column coverage_columns[] = {
    UNIT_COLUMN, COLUMN("name", "名称", "Name", WH_TEXT), COLUMN("role", "身份", "Role", WH_TEXT),
    COLUMN("roster", "在册", "Roster", WH_INTEGER),
    COLUMN("trained", "已培训", "Trained", WH_INTEGER),
    COLUMN("percent", "覆盖率%", "Percent", WH_DECIMAL),
    COLUMN("others", "册外", "Others", WH_INTEGER), COLUMN("hours", "学时", "Hours", WH_DECIMAL),
    COLUMN("source", "来源", "Source", WH_TEXT),
};
static const struct wh_column due_columns[] = {
    UNIT_COLUMN, PERSON_COLUMNS, COLUMN("roles", "身份", "Roles", WH_TEXT),
    COLUMN("joined", "加入", "Joined", WH_DATE), COLUMN("last", "上次培训", "Last", WH_DATE),
    COLUMN("due", "应于", "Due", WH_DATE), COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("days", "余天", "Days", WH_INTEGER),
};
static const struct wh_column young_columns[] = {
    UNIT_COLUMN, PERSON_COLUMNS, COLUMN("joined", "入列", "Joined", WH_DATE),
    COLUMN("left", "退出", "Left", WH_DATE), COLUMN("trained", "已培训", "Trained", WH_YESNO),
    COLUMN("sessions", "次数", "Sessions", WH_INTEGER),
    COLUMN("first", "首次培训", "First", WH_DATE),
};
static const struct wh_column doubt_columns[] = {
    COLUMN("id", "编号", "Record", WH_TEXT), UNIT_COLUMN, COLUMN("date", "日期", "Day", WH_DATE),
    PERSON_COLUMNS, COLUMN("session", "培训编号", "Session", WH_TEXT),
    COLUMN("why", "疑点", "Why", WH_TEXT),
};
static const struct wh_column certificate_columns[] = {
    COLUMN("file", "文件", "File", WH_TEXT), COLUMN("session", "培训编号", "Session", WH_TEXT),
    COLUMN("topic", "主题", "Topic", WH_TEXT), COLUMN("pages", "页数", "Pages", WH_INTEGER),
};

static const struct wh_command commands[] = {
    {"training plan", {"培训计划", "lists what was planned for a year, and what became of it"},
     WH_LIST(plan_params), WH_LIST(plan_columns), WH_PERMIT_READ, 0,
     "wuhao training plan --unit 231182108 --year 2026"},
    {"training held", {"计划已举办", "says which session fulfilled a plan"}, WH_LIST(held_params),
     WH_LIST(state_columns), WH_PERMIT_WRITE, 0, "wuhao training held 01J... --session 01J..."},
    {"training sessions", {"培训与签到", "lists sessions, and how many of their trainees are "
     "entered"}, WH_LIST(plan_params), WH_LIST(sessions_columns), WH_PERMIT_READ, 0,
     "wuhao training sessions --year 2026"},
    {"training attend", {"登记签到", "enters who came to a session"}, WH_LIST(attend_params),
     WH_LIST(id_columns), WH_PERMIT_WRITE, 0,
     "wuhao training attend 01J... --person 李某 --role elder"},
    {"training hours", {"补写学时", "writes a session's hours where an attendance has none"},
     WH_LIST(hours_params), WH_LIST(written_columns), WH_PERMIT_WRITE, 0,
     "wuhao training hours 01J..."},
    {"training coverage", {"培训覆盖率", "counts who of the rosters was trained in a year"},
     WH_LIST(coverage_params), WH_LIST(coverage_columns), WH_PERMIT_READ, 0,
     "wuhao training coverage --under 231182108 --by role"},
    {"training due", {"应培训人员", "lists who has to be trained again, and by when"},
     WH_LIST(due_params), WH_LIST(due_columns), WH_PERMIT_READ, 0,
     "wuhao training due --unit 231182108 --ahead 30"},
    {"training young", {"年轻五老", "lists young elders who joined in a year, and whether they "
     "were trained"}, WH_LIST(plan_params), WH_LIST(young_columns), WH_PERMIT_READ, 0,
     "wuhao training young --year 2026"},
    {"training certificate", {"培训证书", "writes certificates, one page a person"},
     WH_LIST(certificate_params), WH_LIST(certificate_columns), WH_PERMIT_READ, 0,
     "wuhao training certificate --session 01J... --out certificates"},
    {"training doubts", {"存疑的签到", "lists attendances that fit no session"},
     WH_LIST(doubt_params), WH_LIST(doubt_columns), WH_PERMIT_READ, 0,
     "wuhao training doubts --year 2026"},
};

static const struct wh_job jobs[] = {
    {"follow", {"签到随培训变动", "attendances follow sessions that were withdrawn or moved"},
     "daily 03:20", 20000, 0},
};

/* clang-format on */

static int (*const runs[])(const struct talk *) = {
    run_plan,     run_held, run_sessions, run_attend,      run_hours,
    run_coverage, run_due,  run_young,    run_certificate, run_doubts,
};

#define YEAR_MIN 1949
#define YEAR_MAX 2200

int given_year_checked(const struct talk *talk, uint32_t *ret)
{
    int64_t year = given_number(talk, "year", talk->host->year_now(talk->host->self));
    if (year < YEAR_MIN || year > YEAR_MAX) {
        return refuse(talk, WH_E_USAGE, "年度：应在 %d 到 %d 之间",
                      "year: it must lie between %d and %d", YEAR_MIN, YEAR_MAX);
    }
    *ret = (uint32_t)year;
    return 0;
}

int given_scope(const struct talk *talk, struct known_units *ret)
{
    const struct wh_host *host = talk->host;
    struct known_unit unit;
    int rc;
    memset(ret, 0, sizeof(*ret));
    if (is_given(talk, "unit") && is_given(talk, "under")) {
        return refuse(talk, WH_E_USAGE, "单位：--unit 和 --under 只能给一个",
                      "unit: it takes --unit or --under, not both");
    }
    if (is_given(talk, "under")) {
        rc = given_unit(talk, "under", &unit);
        return rc < 0 ? rc : read_units(host, given_text(talk, "under"), ret, talk->fail);
    }
    if (!is_given(talk, "unit")) {
        return read_units(host, host->home(host->self), ret, talk->fail);
    }
    rc = given_unit(talk, "unit", &unit);
    if (rc < 0) return rc;
    ret->items = malloc(sizeof(*ret->items));
    if (!ret->items) return WH_E_FAILED;
    ret->items[0] = unit;
    ret->count = ret->size = 1;
    return 0;
}

static int training_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    if (!WH_HOST_HAS(host, home)) {
        static const char why[] = "training needs a node with ABI 1.2";
        fail->code = WH_E_FAILED;
        memcpy(fail->text, why, sizeof(why));
        return fail->code;
    }
    *ret_self = (void *)(uintptr_t)host;
    return 0;
}

static int training_command(void *self, uint32_t index, struct wh_call *call,
                            struct wh_failure *fail)
{
    struct talk talk = {self, call, fail};
    return runs[index](&talk);
}

static int training_job(void *self, uint32_t index, struct wh_failure *fail)
{
    (void)index;
    return follow_sessions(self, fail);
}

/* A session of this node has changed: its attendances are looked at soon. */
static int training_rows_changed(void *self, struct wh_list changes, struct wh_failure *fail)
{
    const struct wh_host *host = self;
    for (uint32_t i = 0; i < changes.count; i++) {
        const struct wh_row_change *change = wh_list_at(&changes, i);
        if (!wh_span_equal(change->facet, wh_span_of(KIND_SESSION))) continue;
        return host->job_at(host->self, jobs[0].name, host->now_ms(host->self), fail);
    }
    return 0;
}

static const char *const needs[] = {"ledger"};

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "training",
    .version = "0.1.0",
    .title = {"培训", "Training: plans, attendance, coverage, certificates"},
    .needs = WH_LIST(needs),
    .kinds = WH_LIST(kinds),
    .commands = WH_LIST(commands),
    .settings = WH_LIST(settings),
    .open = training_open,
    .command = training_command,
    .jobs = WH_LIST(jobs),
    .job = training_job,
    .rows_changed = training_rows_changed,
};
