/* inspection: who checks whom and when, what was found, and who passed. The declaration, and which
 * command is run by what. */
#include "inspection.h"

/* Tables read better in lines of their own. */
/* clang-format off */

#define PLAIN 0, 0, {NULL, 0, 0}
#define PERSON WH_PERSON, WH_REQUIRED | WH_PERSONAL, PLAIN

static const struct wh_choice weekdays[] = {
    {"mon", {"周一", "Monday"}}, {"tue", {"周二", "Tuesday"}}, {"wed", {"周三", "Wednesday"}},
     {"thu", {"周四", "Thursday"}},
    {"fri", {"周五", "Friday"}}, {"sat", {"周六", "Saturday"}}, {"sun", {"周日", "Sunday"}},
};
static const struct wh_field inspector_fields[] = {
    {"person", {"姓名", "Name"}, PERSON},
    {"weekdays", {"可检查的星期（空：工作日）", "Weekdays (empty: every working day)"}, WH_CHOICES,
     0, 0, 0, WH_LIST(weekdays)},
    {"visits_a_day", {"每日最多次数（空：3）", "Visits a day (empty: 3)"}, WH_INTEGER, WH_BOUNDED,
     1, 100, {NULL, 0, 0}},
    {"not_units", {"不得检查的单位（编码，以顿号、逗号、分号或空格分隔）",
     "Units not to check (codes, with ; , or blanks between)"},
     WH_TEXT, 0, PLAIN},
    {"until", {"截止", "Until"}, WH_DATE, 0, PLAIN},
};
static const struct wh_field absence_fields[] = {
    {"person", {"姓名", "Name"}, PERSON},
    {"until", {"至", "Until"}, WH_DATE, 0, PLAIN},
};
static const struct wh_field area_fields[] = {
    {"name", {"片区", "Neighbourhood"}, WH_TEXT, WH_REQUIRED, PLAIN},
};
static const struct wh_choice visit_progress[] = {{"planned", {"已安排", "Planned"}}, {"done",
{"已完成", "Done"}}};
static const struct wh_field visit_fields[] = {
    {"duty", {"职责", "Duty"}, WH_TEXT, WH_REQUIRED, PLAIN},
    {"period", {"期间", "Period"}, WH_TEXT, WH_REQUIRED, PLAIN},
    {"inspector", {"检查人", "Inspector"}, PERSON},
    {"progress", {"进度", "Progress"}, WH_CHOICE, WH_REQUIRED, 0, 0, WH_LIST(visit_progress)},
    {"pinned", {"已固定", "Pinned"}, WH_YESNO, 0, PLAIN},
    {"conclusion", {"结论", "Conclusion"}, WH_LONG_TEXT, 0, PLAIN},
    {"planned_on", {"原定日期", "Planned for the day"}, WH_DATE, 0, PLAIN},
    {"planned_for", {"原定期间", "Planned for the period"}, WH_TEXT, 0, PLAIN},
    {"planned_by", {"原定检查人", "Planned with the inspector"}, WH_PERSON, WH_PERSONAL, PLAIN},
};
static const struct wh_choice finding_progress[] = {
    {"open", {"待整改", "Open"}}, {"fixed", {"已整改", "Fixed"}}, {"verified", {"已核实",
     "Verified"}},
};
static const struct wh_field finding_fields[] = {
    {"visit", {"检查", "Visit"}, WH_TEXT, WH_REQUIRED, PLAIN},
    {"item", {"指标", "Item"}, WH_TEXT, 0, PLAIN},
    {"text", {"问题", "Finding"}, WH_LONG_TEXT, WH_REQUIRED, PLAIN},
    {"until", {"整改期限", "Deadline"}, WH_DATE, WH_REQUIRED, PLAIN},
    {"raised_by", {"提出人", "Raised by"}, PERSON},
    {"progress", {"进度", "Progress"}, WH_CHOICE, WH_REQUIRED, 0, 0, WH_LIST(finding_progress)},
    {"fixed", {"整改日期", "Fixed on"}, WH_DATE, 0, PLAIN},
    {"entered", {"登记整改之日", "Fix entered on"}, WH_DATE, 0, PLAIN},
    {"refused", {"未通过核实的答复版本", "Version of the answer that was refused"}, WH_INTEGER, 0,
     PLAIN},
    {"excused", {"到期标记已撤销", "Mark taken back"}, WH_YESNO, 0, PLAIN},
    {"fix", {"整改情况", "Fix"}, WH_LONG_TEXT, 0, PLAIN},
    {"photo", {"照片", "Photograph"}, WH_FILE, 0, PLAIN},
    {"photo_fixed", {"整改后照片", "Photograph once fixed"}, WH_FILE, 0, PLAIN},
};
static const struct wh_field fix_fields[] = {
    {"finding", {"问题", "Finding"}, WH_TEXT, WH_REQUIRED, PLAIN},
    {"text", {"整改情况", "Fix"}, WH_LONG_TEXT, WH_REQUIRED, PLAIN},
    {"entered", {"登记之日", "Entered on"}, WH_DATE, 0, PLAIN},
};
static const struct wh_field overdue_fields[] = {
    {"finding", {"问题", "Finding"}, WH_TEXT, WH_REQUIRED, PLAIN},
};
static const struct wh_field application_fields[] = {
    {"note", {"说明", "Note"}, WH_LONG_TEXT, 0, PLAIN},
};
static const struct wh_choice results[] = {{"passed", {"通过", "Passed"}}, {"failed", {"未通过",
"Failed"}}};
static const struct wh_field acceptance_fields[] = {
    {"result", {"结果", "Result"}, WH_CHOICE, WH_REQUIRED, 0, 0, WH_LIST(results)},
    {"reason", {"理由", "Reason"}, WH_LONG_TEXT, WH_REQUIRED, PLAIN},
    {"points", {"当时得分", "Points at that time"}, WH_DECIMAL, 0, PLAIN},
};
static const struct wh_field photograph_fields[] = {
    {"finding", {"问题", "Finding"}, WH_TEXT, WH_REQUIRED, PLAIN},
    {"fixed", {"整改后", "Once fixed"}, WH_YESNO, 0, PLAIN},
    {"file", {"照片", "Photograph"}, WH_FILE, WH_REQUIRED, PLAIN},
};
static const struct wh_field sample_fields[] = {
    {"duty", {"职责", "Duty"}, WH_TEXT, WH_REQUIRED, PLAIN},
    {"period", {"期间", "Period"}, WH_TEXT, WH_REQUIRED, PLAIN},
    {"seed", {"种子", "Seed"}, WH_TEXT, WH_REQUIRED, PLAIN},
};

#define NOTHING {NULL, 0, 0}

static const char *const person_only[] = {"person"};
static const char *const done_word[] = {"done"}, *const open_word[] = {"open"},
*const fixed_words[] = {"fixed", "verified"};
static const struct wh_test done_tests[] = {{"progress", WH_LIST(done_word)}};
static const struct wh_test open_tests[] = {{"progress", WH_LIST(open_word)}};
static const struct wh_test fixed_tests[] = {{"progress", WH_LIST(fixed_words)}};
static const struct wh_condition if_done[] = {{WH_LIST(done_tests), 0, 0}};
static const struct wh_condition if_open[] = {{WH_LIST(open_tests), 0, 0}};
static const struct wh_condition if_fixed[] = {{WH_LIST(fixed_tests), 0, 0}};

static const struct wh_metric inspector_metrics[] = {
    {"inspectors", {"检查人员", "Inspectors"}, WH_STOCK, WH_COUNT, WH_IN_FORCE, 0, NOTHING,
     NOTHING},
};
static const struct wh_metric visit_metrics[] = {
    {"visits_planned", {"安排检查", "Visits planned or done"}, WH_FLOW, WH_COUNT, 0, 0, NOTHING,
     NOTHING},
    {"visits_done", {"完成检查", "Visits done"}, WH_FLOW, WH_COUNT, 0, 0, NOTHING,
     WH_LIST(if_done)},
};
static const struct wh_metric finding_metrics[] = {
    {"findings", {"发现问题", "Findings"}, WH_FLOW, WH_COUNT, 0, 0, NOTHING, NOTHING},
    {"findings_open", {"待整改问题", "Findings not fixed yet"}, WH_FLOW, WH_COUNT, 0, 0, NOTHING,
     WH_LIST(if_open)},
    {"findings_fixed", {"已整改问题", "Findings fixed"}, WH_FLOW, WH_COUNT, 0, 0, NOTHING,
     WH_LIST(if_fixed)},
};
static const struct wh_metric fix_metrics[] = {
    {"fixed", {"整改日期", "Day on which a finding was fixed"}, WH_TO_DATE, WH_MEASURED, 0, 0,
     NOTHING, NOTHING},
};
static const struct wh_metric overdue_metrics[] = {
    {"findings_overdue", {"到期未整改问题", "Findings not fixed by their deadline"}, WH_FLOW,
     WH_COUNT, 0, 0, NOTHING, NOTHING},
};
static const struct wh_metric application_metrics[] = {
    {"applied", {"申请验收", "Applied for acceptance"}, WH_TO_DATE, WH_COUNT, 0, 0, NOTHING,
     NOTHING},
};
static const struct wh_metric acceptance_metrics[] = {
    {"accepted", {"验收结果", "Accepted: 1 passed, 2 failed"}, WH_TO_DATE, WH_MEASURED, 0, 0,
     NOTHING, NOTHING},
};

#define CHECKED (WH_LEVEL_COUNTY | WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS)
#define CHECKS (WH_LEVEL_CITY | WH_LEVEL_COUNTY | WH_LEVEL_TOWNSHIP)
#define BY_FORM WH_KIND_BY_FORM
#define FROM_ABOVE (WH_KIND_BY_FORM | WH_KIND_FROM_ABOVE)
#define COMMAND (FROM_ABOVE | WH_KIND_BY_COMMAND)

static const struct wh_kind kinds[] = {
    {KIND_INSPECTOR, {"检查人员", "Inspectors"}, CHECKS, FROM_ABOVE, WH_LIST(inspector_fields),
     WH_LIST(person_only), WH_LIST(inspector_metrics)},
    {KIND_ABSENCE, {"检查人员请假", "Absences of inspectors"}, CHECKS, FROM_ABOVE,
     WH_LIST(absence_fields), NOTHING, NOTHING},
    {KIND_AREA, {"片区", "Neighbourhoods of units"}, CHECKED, FROM_ABOVE, WH_LIST(area_fields),
     NOTHING, NOTHING},
    {KIND_VISIT, {"检查", "Visits"}, CHECKED, COMMAND, WH_LIST(visit_fields), NOTHING,
     WH_LIST(visit_metrics)},
    {KIND_FINDING, {"检查发现的问题", "Findings"}, CHECKED, COMMAND, WH_LIST(finding_fields),
     NOTHING, WH_LIST(finding_metrics)},
    {KIND_FIX, {"上级所提问题的整改", "Fixes of findings of the levels above"}, CHECKED,
     WH_KIND_YEARLY | WH_KIND_OPEN_METRICS | WH_KIND_BY_COMMAND, WH_LIST(fix_fields), NOTHING,
     WH_LIST(fix_metrics)},
    {KIND_OVERDUE, {"到期未整改", "Findings over their deadline"}, CHECKED, COMMAND,
     WH_LIST(overdue_fields), NOTHING, WH_LIST(overdue_metrics)},
    {KIND_APPLICATION, {"验收申请", "Applications for acceptance"},
     WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS, BY_FORM | WH_KIND_BY_COMMAND,
     WH_LIST(application_fields), NOTHING,
     WH_LIST(application_metrics)},
    {KIND_ACCEPTANCE, {"验收", "Acceptance"}, WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS,
     WH_KIND_YEARLY | WH_KIND_BY_COMMAND, WH_LIST(acceptance_fields), NOTHING,
     WH_LIST(acceptance_metrics)},
    {KIND_PHOTOGRAPH, {"问题的照片", "Further photographs of findings"}, CHECKED, COMMAND,
     WH_LIST(photograph_fields), NOTHING, NOTHING},
    {KIND_SAMPLE, {"抽查单位", "Units drawn"}, CHECKED, COMMAND, WH_LIST(sample_fields), NOTHING,
     NOTHING},
};

#define NEEDED (WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL)
#define UNIT {"unit", {"单位编码", "the unit"}, WH_UNIT, NEEDED}
#define VISIT {"visit", {"检查编号", "the visit, as inspect list names it"}, WH_TEXT, NEEDED}
#define SHOWN {"visit", {"检查或问题的编号", "the visit, or a finding"}, WH_TEXT, NEEDED}
#define FINDING {"finding", {"问题编号", "the finding, as inspect findings names it"}, WH_TEXT, \
    NEEDED}
#define DAY {"date", {"日期（默认今天）", "the day (default: today)"}, WH_DATE, 0}
#define YEAR {"year", {"年度（默认今年）", "the year (default: this one)"}, WH_INTEGER, 0}
#define DUTY {"duty", {"检查职责（默认检查全部下属的那一项）", \
    "which duty (default: the one for all units below)"}, WH_TEXT, 0}
#define PERIOD {"period", {"期间，如 2026Q1（默认当前）", \
    "which period, as 2026Q1 (default: the open one)"}, WH_TEXT, 0}
#define WHO {"unit", {"检查的单位（默认本单位）", "who checks (default: the home unit)"}, WH_UNIT, \
    0}
#define UNDER {"under", {"只列此单位以下", "only units at and below this one"}, WH_UNIT, 0}
#define LATE {"late", {"补录：时限已过仍予登记", "enter it though its time is over"}, WH_YESNO, \
    WH_PARAM_SWITCH}
#define DRY {"dry-run", {"只显示，不保存", "show it, save nothing"}, WH_YESNO, WH_PARAM_SWITCH}

static const struct wh_param plan_params[] = {WHO, DUTY, PERIOD, DRY};
static const struct wh_param list_params[] = {
    UNDER, DUTY, PERIOD,
    {"inspector", {"检查人", "only those of this inspector"}, WH_TEXT, 0},
    {"state", {"planned、overdue、done 或 closed", "planned, overdue, done or closed"}, WH_TEXT,
     0},
    {"from", {"起", "from this day"}, WH_DATE, 0}, {"to", {"止", "up to this day"}, WH_DATE, 0},
};
static const struct wh_param show_params[] = {SHOWN};
static const struct wh_param move_params[] = {
    VISIT, {"date", {"新日期", "the new day"}, WH_DATE, 0},
    {"inspector", {"新检查人", "the new inspector"}, WH_TEXT, 0}, DRY,
};
static const struct wh_param done_params[] = {
    VISIT, {"conclusion", {"结论", "what was seen"}, WH_TEXT, WH_PARAM_REQUIRED},
    {"inspector", {"实际检查人", "who went, if somebody else"}, WH_TEXT, 0}, DAY,
};
static const struct wh_param record_params[] = {
    UNIT, {"inspector", {"检查人", "who went"}, WH_TEXT, WH_PARAM_REQUIRED},
    {"conclusion", {"结论", "what was seen"}, WH_TEXT, WH_PARAM_REQUIRED}, DUTY, PERIOD, DAY,
};
static const struct wh_param checklist_params[] = {UNIT, YEAR};
static const struct wh_param draw_params[] = {
    {"count", {"抽取数", "how many"}, WH_INTEGER, WH_PARAM_REQUIRED},
    {"seed", {"公开的种子", "a seed that everybody knows"}, WH_TEXT, WH_PARAM_REQUIRED}, WHO, DUTY,
    PERIOD,
    {"again", {"重抽，撤销原签", "draw anew: the former lots are taken back"}, WH_YESNO,
    WH_PARAM_SWITCH}, DRY,
};
static const struct wh_param finding_params[] = {
    VISIT, {"text", {"问题", "what is wrong"}, WH_TEXT, WH_PARAM_REQUIRED},
    {"deadline", {"整改期限", "to be fixed by"}, WH_DATE, WH_PARAM_REQUIRED},
    {"item", {"指标", "the item of the rubric"}, WH_TEXT, 0},
    {"by", {"提出人（检查人员之一；默认检查人）",
    "who raised it, one of the inspectors (default: the visit's)"}, WH_TEXT, 0}, DAY, LATE,
};
static const struct wh_param fix_params[] = {
    FINDING, {"text", {"整改情况", "what was done"}, WH_TEXT, WH_PARAM_REQUIRED}, DAY,
};
static const struct wh_param verify_params[] = {
    FINDING, {"by", {"提出人", "who raised it"}, WH_TEXT, WH_PARAM_REQUIRED},
    {"reopen", {"未整改到位，重新整改", "it is not fixed"}, WH_YESNO, WH_PARAM_SWITCH},
    {"deadline", {"新期限", "with --reopen: the new deadline"}, WH_DATE, 0},
};
static const struct wh_param photo_params[] = {
    FINDING, {"file", {"照片文件（最大 16 MiB）", "the photograph, of at most 16 MiB"}, WH_TEXT,
    NEEDED | WH_PARAM_CONTENT},
    {"name", {"保存的文件名", "the name to keep it by (default: the file's own)"}, WH_TEXT, 0},
};
static const struct wh_param findings_params[] = {
    UNDER, {"open", {"只列未核实的", "only those that are not verified"}, WH_YESNO,
    WH_PARAM_SWITCH},
};
static const struct wh_param apply_params[] = {
    UNIT, {"note", {"说明", "a note"}, WH_TEXT, 0}, DAY, LATE,
};
static const struct wh_param applications_params[] = {UNDER, YEAR};
static const struct wh_param accept_params[] = {
    UNIT, {"result", {"passed 或 failed", "passed or failed"}, WH_TEXT, NEEDED},
    {"reason", {"理由", "why"}, WH_TEXT, WH_PARAM_REQUIRED}, DAY, LATE,
};
static const struct wh_param undo_params[] = {
    {"id", {"记录编号", "the record, as its command printed it"}, WH_TEXT, NEEDED},
    {"why", {"撤销原因", "why it is taken back"}, WH_TEXT, WH_PARAM_REQUIRED},
};
static const struct wh_column id_columns[] = {{"id", {"编号", "Record"}, WH_TEXT, 0}};
static const struct wh_column state_columns[] = {{"state", {"状态", "State"}, WH_TEXT, 0}};

static const struct wh_command commands[] = {
    {"inspect plan", {"安排检查", "makes or mends the schedule of a period"}, WH_LIST(plan_params),
     NOTHING,
     WH_PERMIT_WRITE, 0, "wuhao inspect plan --period 2026Q2"},
    {"inspect list", {"检查列表", "lists visits"}, WH_LIST(list_params), NOTHING, WH_PERMIT_READ, 0,
     "wuhao inspect list --state overdue"},
    {"inspect show", {"查看检查", "shows a visit and its findings, or a finding"},
     WH_LIST(show_params), NOTHING, WH_PERMIT_READ, 0, "wuhao inspect show 01J..."},
    {"inspect move", {"改期", "moves a visit; as few others as can be give way"},
     WH_LIST(move_params), NOTHING,
     WH_PERMIT_WRITE, 0, "wuhao inspect move 01J... --date 2026-05-20"},
    {"inspect done", {"完成检查", "enters that a visit was made"}, WH_LIST(done_params),
     WH_LIST(state_columns),
     WH_PERMIT_WRITE, 0, "wuhao inspect done 01J... --conclusion 制度健全"},
    {"inspect record", {"登记未安排的检查", "enters a visit that nobody had planned"},
     WH_LIST(record_params), WH_LIST(id_columns),
     WH_PERMIT_WRITE, 0,
     "wuhao inspect record 231182108201 --inspector 王某 --conclusion 制度健全"},
    {"inspect checklist", {"检查清单", "what to look at: the rubric, and how it stands"},
     WH_LIST(checklist_params), NOTHING,
     WH_PERMIT_READ, 0, "wuhao inspect checklist 231182108201"},
    {"inspect draw", {"抽签", "draws openly which units are seen"}, WH_LIST(draw_params), NOTHING,
     WH_PERMIT_WRITE, 0, "wuhao inspect draw --count 2 --seed 2026-12-01 --duty check_city"},
    {"inspect finding", {"登记问题", "enters what was found wrong"}, WH_LIST(finding_params),
     WH_LIST(id_columns),
     WH_PERMIT_WRITE, 0, "wuhao inspect finding 01J... --text 制度未上墙 --deadline 2026-06-30"},
    {"inspect fix", {"登记整改", "enters that a finding was fixed"}, WH_LIST(fix_params),
     WH_LIST(state_columns),
     WH_PERMIT_WRITE, 0, "wuhao inspect fix 01J... --text 已上墙"},
    {"inspect verify", {"核实整改", "says whether a finding is fixed; by who raised it"},
     WH_LIST(verify_params), WH_LIST(state_columns),
     WH_PERMIT_WRITE, 0, "wuhao inspect verify 01J... --by 王某"},
    {"inspect findings", {"问题列表", "lists findings"}, WH_LIST(findings_params), NOTHING,
     WH_PERMIT_READ, 0, "wuhao inspect findings --open"},
    {"inspect photo", {"附照片", "keeps a photograph with a finding, here alone"},
     WH_LIST(photo_params), WH_LIST(state_columns),
     WH_PERMIT_WRITE, 0, "wuhao inspect photo 01J... wall.jpg"},
    {"inspect apply", {"申请验收", "applies for acceptance"}, WH_LIST(apply_params),
     WH_LIST(id_columns), WH_PERMIT_WRITE, 0, "wuhao inspect apply 231182108201"},
    {"inspect applications", {"申请列表", "lists who applied, and what became of it"},
     WH_LIST(applications_params), NOTHING,
     WH_PERMIT_READ, 0, "wuhao inspect applications --year 2026"},
    {"inspect accept", {"验收", "accepts a year, or does not: final"}, WH_LIST(accept_params),
     WH_LIST(id_columns),
     WH_PERMIT_WRITE, 0, "wuhao inspect accept 231182108201 passed --reason 实地核查属实"},
    {"inspect undo", {"撤销", "takes back one of the records of inspect"}, WH_LIST(undo_params),
     WH_LIST(state_columns),
     WH_PERMIT_WRITE, 0, "wuhao inspect undo 01J... --why 登记错误"},
};

static const struct wh_job jobs[] = {
    {"overdue", {"到期未整改", "marks findings whose deadline is over"}, "daily 00:10", 0, 0},
};

/* clang-format on */

static int (*const runs[])(const struct talk *) = {
    run_plan,      run_list,  run_show,         run_move,   run_done,   run_record,
    run_checklist, run_draw,  run_finding,      run_fix,    run_verify, run_findings,
    run_photo,     run_apply, run_applications, run_accept, run_undo,
};

/* The columns of the lists stand beside the code that fills them. */
static const struct wh_list *const columns_of[] = {
    &plan_columns,
    &list_columns,
    &show_columns,
    &plan_columns,
    NULL,
    NULL,
    &checklist_columns,
    &draw_columns,
    NULL,
    NULL,
    NULL,
    &findings_columns,
    NULL,
    NULL,
    &applications_columns,
    NULL,
    NULL,
};

static int inspection_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    (void)fail;
    *ret_self = (void *)(uintptr_t)host;
    return 0;
}

/* States of visits, plans, findings and applications. */
static const struct wh_choice states[] = {
    {"planned", {"已安排", "Planned"}},
    {"overdue", {"已逾期", "Overdue"}},
    {"done", {"已完成", "Done"}},
    {"closed", {"单位已撤销", "Closed"}},
    {"withdrawn", {"已撤销", "Withdrawn"}},
    {"new", {"新安排", "New"}},
    {"kept", {"不变", "Kept"}},
    {"moved", {"改期", "Moved"}},
    {"unplanned", {"未能安排", "Unplanned"}},
    {"open", {"待整改", "Open"}},
    {"fixed", {"已整改", "Fixed"}},
    {"verified", {"已核实", "Verified"}},
    {"applied", {"已申请", "Applied"}},
    {"passed", {"通过", "Passed"}},
    {"failed", {"未通过", "Failed"}},
};

/* Why a unit has no visit. */
static const struct wh_choice reasons[] = {
    {"no_inspector", {"无人可检查", "Nobody may check it"}},
    {"no_day", {"无可检查之日", "No day"}},
    {"full", {"次数已满", "Full"}},
};

/* What `inspect show` lists. */
static const struct wh_choice facts[] = {
    {"unit", {"单位", "Unit"}},
    {"duty", {"职责", "Duty"}},
    {"period", {"期间", "Period"}},
    {"date", {"日期", "Date"}},
    {"inspector", {"检查人", "Inspector"}},
    {"state", {"状态", "State"}},
    {"conclusion", {"结论", "Conclusion"}},
    {"finding", {"问题", "Finding"}},
    {"visit", {"检查", "Visit"}},
    {"item", {"指标", "Item"}},
    {"text", {"内容", "Text"}},
    {"deadline", {"整改期限", "Deadline"}},
    {"fix", {"整改情况", "Fix"}},
    {"raised_by", {"提出人", "Raised by"}},
    {"fixed", {"整改日期", "Fixed"}},
    {"photo", {"照片", "Photograph"}},
    {"photo_fixed", {"整改后照片", "Photograph once fixed"}},
};

/* Words that may stand in the cells, for a Chinese reader. */
static int tell_all(const struct talk *talk)
{
    const struct wh_list state_list = WH_LIST(states), reason_list = WH_LIST(reasons);
    const struct wh_list fact_list = WH_LIST(facts), none = {NULL, 0, 0};
    int rc = tell_words(talk, "state", state_list);
    if (rc >= 0) rc = tell_words(talk, "why", reason_list);
    if (rc >= 0) rc = tell_words(talk, "what", fact_list);
    return rc < 0 ? rc : tell_duties(talk, "duty", none);
}

static int inspection_command(void *self, uint32_t index, struct wh_call *call,
                              struct wh_failure *fail)
{
    struct talk talk = {self, call, fail};
    const struct wh_list state_list = WH_LIST(states);
    int rc = columns_of[index] ? talk.host->reply_columns(call, *columns_of[index], fail) : 0;
    if (rc == 0 && columns_of[index]) rc = tell_all(&talk);
    if (rc == 0 && columns_of[index] == &show_columns) rc = tell_duties(&talk, "text", state_list);
    return rc < 0 ? rc : runs[index](&talk);
}

static int inspection_measure(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    if (wh_span_equal(cell->kind, wh_span_of(KIND_FIX))) return measure_fix(self, cell, fail);
    return measure_acceptance(self, cell, fail);
}

static int inspection_job(void *self, uint32_t index, struct wh_failure *fail)
{
    (void)index;
    return mark_overdue(self, fail);
}

/* A check is met by a visit that was made for it, an acceptance by its result. */
static int inspection_meets(void *self, const struct wh_duty *duty,
                            const struct wh_record_view *record)
{
    (void)self;
    if (duty->per == WH_PER_APPLICANT) {
        return wh_span_equal(record->kind, wh_span_of(KIND_ACCEPTANCE));
    }
    return wh_span_equal(record->kind, wh_span_of(KIND_VISIT)) &&
           wh_span_equal(field_text(record, "progress"), wh_span_of("done")) &&
           wh_span_equal(field_text(record, "duty"), wh_span_of(duty->id));
}

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "inspection",
    .version = "0.1.0",
    .title = {"检查与验收", "Inspections, findings and acceptance"},
    .kinds = WH_LIST(kinds),
    .commands = WH_LIST(commands),
    .open = inspection_open,
    .measure = inspection_measure,
    .command = inspection_command,
    .jobs = WH_LIST(jobs),
    .job = inspection_job,
    .meets = inspection_meets,
};
