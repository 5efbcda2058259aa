/* assessment: judged points, self-assessment, classes and targets of the round. The declaration,
 * and which command is run by what. */
#include "assessment.h"

/* Tables read better in lines of their own. */
/* clang-format off */

#define PERSON_FLAGS (WH_REQUIRED | WH_PERSONAL)

static const struct wh_field judgement_fields[] = {
    {"item", {"指标", "Item"}, WH_TEXT, WH_REQUIRED, 0, 0, {NULL, 0, 0}},
    {"points", {"得分", "Points"}, WH_DECIMAL, WH_REQUIRED | WH_BOUNDED, 0, 100000000, {NULL, 0,
     0}},
    {"assessor", {"考核人", "Assessor"}, WH_PERSON, PERSON_FLAGS, 0, 0, {NULL, 0, 0}},
    {"reason", {"理由", "Reason"}, WH_LONG_TEXT, WH_REQUIRED, 0, 0, {NULL, 0, 0}},
    {"evidence", {"依据", "Evidence"}, WH_TEXT, 0, 0, 0, {NULL, 0, 0}},
};
static const struct wh_field self_fields[] = {
    {"item", {"指标", "Item"}, WH_TEXT, WH_REQUIRED, 0, 0, {NULL, 0, 0}},
    {"points", {"自评分", "Points"}, WH_DECIMAL, WH_REQUIRED | WH_BOUNDED, 0, 100000000, {NULL, 0,
     0}},
    {"reason", {"理由", "Reason"}, WH_LONG_TEXT, 0, 0, 0, {NULL, 0, 0}},
    {"evidence", {"依据", "Evidence"}, WH_TEXT, 0, 0, 0, {NULL, 0, 0}},
};
static const struct wh_choice objection_states[] = {
    {"open", {"待复核", "Open"}}, {"upheld", {"成立", "Upheld"}}, {"rejected", {"不成立",
     "Rejected"}},
};
static const struct wh_choice objection_titles[] = {
    {"open", {"待复核", "Open"}}, {"answered", {"已答复", "Answered"}},
    {"upheld", {"成立", "Upheld"}}, {"rejected", {"不成立", "Rejected"}},
};
const struct wh_list objection_words = WH_LIST(objection_titles);
static const struct wh_field objection_fields[] = {
    {"item", {"指标", "Item"}, WH_TEXT, WH_REQUIRED, 0, 0, {NULL, 0, 0}},
    {"reason", {"理由", "Reason"}, WH_LONG_TEXT, WH_REQUIRED, 0, 0, {NULL, 0, 0}},
    {"outcome", {"结果", "Outcome"}, WH_CHOICE, WH_REQUIRED, 0, 0, WH_LIST(objection_states)},
    {"answer", {"答复", "Answer"}, WH_LONG_TEXT, 0, 0, 0, {NULL, 0, 0}},
    {"answered", {"答复日期", "Answered"}, WH_DATE, 0, 0, 0, {NULL, 0, 0}},
};
static const struct wh_choice class_choices[] = {
    {"qualified", {"达标", "Qualified"}}, {"near", {"基本达标", "Near the mark"}},
    {"weak", {"弱化", "Weak"}}, {"hollow", {"虚化", "Hollow"}},
};
const struct wh_list class_titles = WH_LIST(class_choices);
static const struct wh_field classification_fields[] = {
    {"class", {"分类", "Class"}, WH_CHOICE, WH_REQUIRED, 0, 0, WH_LIST(class_choices)},
    {"reason", {"理由", "Reason"}, WH_LONG_TEXT, WH_REQUIRED, 0, 0, {NULL, 0, 0}},
};
static const struct wh_field target_fields[] = {
    {"year", {"预达标年度", "Year to qualify in"}, WH_INTEGER, WH_REQUIRED | WH_BOUNDED, 1949, 2200,
     {NULL, 0, 0}},
    {"measures", {"措施", "Measures"}, WH_LONG_TEXT, WH_REQUIRED, 0, 0, {NULL, 0, 0}},
    {"lead", {"责任人", "Lead person"}, WH_PERSON, PERSON_FLAGS, 0, 0, {NULL, 0, 0}},
};
static const struct wh_choice milestone_choices[] = {
    {"review", {"全面复查、分类排队", "Review and classification"}},
    {"targets", {"确定预达标单位", "Targets named"}},
    {"round_summary", {"三年总结", "Summary of the round"}},
};
static const struct wh_field milestone_fields[] = {
    {"what", {"事项", "What"}, WH_CHOICE, WH_REQUIRED, 0, 0, WH_LIST(milestone_choices)},
    {"note", {"说明", "Note"}, WH_LONG_TEXT, 0, 0, 0, {NULL, 0, 0}},
};

#define BY_NODE {NULL, 0, 0}

static const struct wh_metric points_metrics[] = {
    {"points", {"评分", "Points of an item"}, WH_TO_DATE, WH_MEASURED, 0, 0, BY_NODE, BY_NODE},
};
static const struct wh_metric class_metrics[] = {
    {"class", {"分类", "Class"}, WH_TO_DATE, WH_MEASURED, 0, 0, BY_NODE, BY_NODE},
};
static const struct wh_metric target_metrics[] = {
    {"target_year", {"预达标年度", "Year to qualify in"}, WH_TO_DATE, WH_MEASURED, 0, 0, BY_NODE,
     BY_NODE},
};
static const struct wh_metric objection_metrics[] = {
    {"objection", {"异议", "Day of an objection, below 0 once answered"}, WH_TO_DATE, WH_MEASURED, 0,
     0, BY_NODE, BY_NODE},
};

#define ASSESSED (WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS)
#define OPEN_YEARLY (WH_KIND_OPEN_METRICS | WH_KIND_YEARLY | WH_KIND_BY_COMMAND)

static const struct wh_kind kinds[] = {
    {KIND_JUDGEMENT, {"考核评分", "Judged points"}, ASSESSED, OPEN_YEARLY,
     WH_LIST(judgement_fields), {NULL, 0, 0}, WH_LIST(points_metrics)},
    {KIND_SELF, {"自评分", "Self-assessed points"}, ASSESSED, OPEN_YEARLY,
     WH_LIST(self_fields), {NULL, 0, 0}, WH_LIST(points_metrics)},
    {KIND_OBJECTION, {"异议", "Objections"}, ASSESSED, OPEN_YEARLY,
     WH_LIST(objection_fields), {NULL, 0, 0}, WH_LIST(objection_metrics)},
    {KIND_CLASSIFICATION, {"分类排队", "Classes of units"}, ASSESSED,
     WH_KIND_YEARLY | WH_KIND_BY_COMMAND,
     WH_LIST(classification_fields), {NULL, 0, 0}, WH_LIST(class_metrics)},
    {KIND_TARGET, {"预达标单位", "Units to qualify"}, ASSESSED, WH_KIND_YEARLY | WH_KIND_BY_COMMAND,
     WH_LIST(target_fields), {NULL, 0, 0}, WH_LIST(target_metrics)},
    {KIND_MILESTONE, {"阶段工作", "Milestones of the round"},
     WH_LEVEL_CITY | WH_LEVEL_COUNTY | WH_LEVEL_TOWNSHIP,
     WH_KIND_BY_FORM | WH_KIND_BY_COMMAND, WH_LIST(milestone_fields), {NULL, 0, 0}, {NULL, 0, 0}},
};

#define UNIT {"unit", {"单位编码", "the unit"}, WH_UNIT, WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL}
#define ITEM {"item", {"指标编号", "the item of the rubric"}, WH_TEXT, \
    WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL}
#define POINTS {"points", {"得分", "the points"}, WH_DECIMAL, \
    WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL}
#define DAY {"date", {"日期（默认今天）", "the day (default: today); its year is judged"}, WH_DATE, \
    0}
#define YEAR {"year", {"年度（默认今年）", "the year (default: this one)"}, WH_INTEGER, 0}
#define UNDER {"under", {"只列此单位以下", "only units at and below this one"}, WH_UNIT, 0}
#define EVIDENCE {"evidence", {"依据：记录编号或链接", "records or links that show it"}, WH_TEXT, 0}

static const struct wh_param judge_params[] = {
    UNIT, ITEM, POINTS,
    {"assessor", {"考核人姓名", "who judges, by name"}, WH_TEXT, WH_PARAM_REQUIRED},
    {"reason", {"理由", "why so many"}, WH_TEXT, WH_PARAM_REQUIRED},
    EVIDENCE, DAY,
};
static const struct wh_param self_params[] = {
    UNIT, ITEM, POINTS, {"reason", {"理由", "why so many"}, WH_TEXT, 0}, EVIDENCE, DAY,
};
static const struct wh_param object_params[] = {
    UNIT, ITEM, {"reason", {"异议理由", "what is wrong with it"}, WH_TEXT, WH_PARAM_REQUIRED}, DAY,
};
static const struct wh_param review_params[] = {
    {"objection", {"异议编号（见 assess objections）",
     "the objection, as `assess objections` lists it"}, WH_TEXT,
     WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL},
    {"reason", {"答复理由", "the answer, with reasons"}, WH_TEXT, WH_PARAM_REQUIRED},
    {"uphold", {"异议成立", "the objection is right (else it is rejected)"}, WH_YESNO,
     WH_PARAM_SWITCH},
};
static const struct wh_param undo_params[] = {
    {"id", {"记录编号", "the record, as its command printed it"}, WH_TEXT,
     WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL},
    {"why", {"撤销原因", "why it is taken back"}, WH_TEXT, WH_PARAM_REQUIRED},
};
static const struct wh_param show_params[] = {UNIT, YEAR};
static const struct wh_param list_params[] = {
    UNDER, YEAR, {"open", {"只列未评完的", "only units that lack points"}, WH_YESNO,
    WH_PARAM_SWITCH},
};
static const struct wh_param objections_params[] = {
    UNDER, YEAR, {"open", {"只列待复核的", "only those without an answer"}, WH_YESNO,
    WH_PARAM_SWITCH},
};
static const struct wh_param classify_params[] = {
    UNIT, {"class", {"分类：qualified、near、weak、hollow", "qualified, near, weak or hollow"},
    WH_TEXT, WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL},
    {"reason", {"理由", "why"}, WH_TEXT, WH_PARAM_REQUIRED}, DAY,
};
static const struct wh_param classes_params[] = {UNDER, YEAR};
static const struct wh_param target_params[] = {
    UNIT, {"target", {"预达标年度", "the year in which it is to qualify"}, WH_INTEGER,
    WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL},
    {"measures", {"措施", "what will be done"}, WH_TEXT, WH_PARAM_REQUIRED},
    {"lead", {"责任人姓名", "who leads it, by name"}, WH_TEXT, WH_PARAM_REQUIRED}, DAY,
};
static const struct wh_param targets_params[] = {
    UNDER, YEAR, {"target", {"只列此预达标年度", "only those to qualify in this year"}, WH_INTEGER,
    0},
};
static const struct wh_param close_params[] = {
    {"what", {"review、targets 或 round_summary", "review, targets or round_summary"}, WH_TEXT,
     WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL},
    {"under", {"完成工作的单位", "the unit that has done it"}, WH_UNIT, WH_PARAM_REQUIRED},
    {"note", {"说明", "a note"}, WH_TEXT, 0}, DAY,
};
static const struct wh_param gaps_params[] = {
    UNDER, {"age", {"年龄上限（默认 80）", "the age above which elders are listed (default: 80)"},
    WH_INTEGER, 0},
};
static const struct wh_column id_columns[] = {{"id", {"编号", "Record"}, WH_TEXT, 0}};
static const struct wh_column state_columns[] = {{"state", {"状态", "State"}, WH_TEXT, 0}};

#define ANY_COLUMNS {NULL, 0, 0}

static const struct wh_command commands[] = {
    {"assess judge", {"评分", "judges an item of a unit below"}, WH_LIST(judge_params),
     WH_LIST(id_columns),
     WH_PERMIT_WRITE, 0,
     "wuhao assess judge 231182108201 g15 2.5 --assessor 王某 --reason 学习记录完整"},
    {"assess self", {"自评", "enters a unit's own points for an item"}, WH_LIST(self_params),
     WH_LIST(id_columns),
     WH_PERMIT_WRITE, 0, "wuhao assess self 231182108201 g15 3 --reason 每季学习"},
    {"assess show", {"查看评分", "shows the judged items of a unit"}, WH_LIST(show_params),
     ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao assess show 231182108201 --year 2026"},
    {"assess list", {"评分进度", "lists how far units are judged"}, WH_LIST(list_params),
     ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao assess list --under 231182108 --open"},
    {"assess object", {"提出异议", "objects to points"}, WH_LIST(object_params),
     WH_LIST(id_columns),
     WH_PERMIT_WRITE, 0, "wuhao assess object 231182108201 g15 --reason 漏计一次学习"},
    {"assess review", {"复核异议", "answers an objection"}, WH_LIST(review_params),
     WH_LIST(state_columns),
     WH_PERMIT_WRITE, 0, "wuhao assess review 01J... --uphold --reason 已核实"},
    {"assess objections", {"异议列表", "lists objections"}, WH_LIST(objections_params), ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao assess objections --open"},
    {"assess undo", {"撤销", "takes back one of the records of assess"}, WH_LIST(undo_params),
     WH_LIST(state_columns),
     WH_PERMIT_WRITE, 0, "wuhao assess undo 01J... --why 登记错误"},
    {"assess classify", {"分类排队", "puts a unit into a class"}, WH_LIST(classify_params),
     WH_LIST(id_columns),
     WH_PERMIT_WRITE, 0, "wuhao assess classify 231182108201 weak --reason 班子不健全"},
    {"assess classes", {"分类列表", "lists classes, units without one first"},
     WH_LIST(classes_params), ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao assess classes --year 2025"},
    {"assess target", {"确定预达标单位", "names when a unit is to qualify, and who leads it"},
     WH_LIST(target_params), WH_LIST(id_columns),
     WH_PERMIT_WRITE, 0, "wuhao assess target 231182108201 2026 --measures 充实队伍 --lead 李某"},
    {"assess targets", {"预达标列表", "lists which units are to qualify when"},
     WH_LIST(targets_params), ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao assess targets --year 2026"},
    {"assess fallen", {"退步与未达标",
     "lists who fell back, and who was named and has not made it"}, WH_LIST(classes_params),
     ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao assess fallen --year 2026"},
    {"assess close", {"完成阶段工作", "closes a milestone of the round"}, WH_LIST(close_params),
     WH_LIST(id_columns),
     WH_PERMIT_WRITE, 0, "wuhao assess close review --under 231182108"},
    {"assess gaps", {"缺项",
     "lists posts, roles and lead persons that are missing, and elders to look after"},
     WH_LIST(gaps_params), ANY_COLUMNS, WH_PERMIT_READ, 0, "wuhao assess gaps --under 231182108"},
    {"assess doubts", {"疑点", "lists units that are silent, or whose figures do not move"},
     WH_LIST(classes_params), ANY_COLUMNS, WH_PERMIT_READ, 0, "wuhao assess doubts --year 2026"},
};

static const struct wh_job jobs[] = {
    {"answers", {"异议答复入账", "answers from above are written into the objections"}, "hourly :25",
     0, 0},
};

/* clang-format on */

static int (*const runs[])(const struct talk *) = {
    run_judge,      run_self,  run_show,     run_list,    run_object, run_review,
    run_objections, run_undo,  run_classify, run_classes, run_target, run_targets,
    run_fallen,     run_close, run_gaps,     run_doubts,
};

/* The columns of the lists stand beside the code that fills them. */
static const struct wh_list *const columns_of[] = {
    NULL,
    NULL,
    &show_columns,
    &list_columns,
    NULL,
    NULL,
    &objections_columns,
    NULL,
    NULL,
    &classes_columns,
    NULL,
    &targets_columns,
    &fallen_columns,
    NULL,
    &gaps_columns,
    &doubts_columns,
};

static int assessment_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    (void)fail;
    *ret_self = (void *)(uintptr_t)host;
    return 0;
}

static int assessment_command(void *self, uint32_t index, struct wh_call *call,
                              struct wh_failure *fail)
{
    struct talk talk = {self, call, fail};
    int rc = columns_of[index] ? talk.host->reply_columns(call, *columns_of[index], fail) : 0;
    return rc < 0 ? rc : runs[index](&talk);
}

static int assessment_job(void *self, uint32_t index, struct wh_failure *fail)
{
    (void)index;
    return follow_answers(self, fail);
}

static int assessment_measure(void *self, const struct wh_cell *cell, struct wh_failure *fail)
{
    if (wh_span_equal(cell->kind, wh_span_of(KIND_CLASSIFICATION)) ||
        wh_span_equal(cell->kind, wh_span_of(KIND_TARGET))) {
        return measure_class(self, cell, fail);
    }
    if (wh_span_equal(cell->kind, wh_span_of(KIND_OBJECTION))) {
        return measure_objections(self, cell, fail);
    }
    return measure_points(self, cell, fail);
}

/* Of judged points the records of the item count. */
static int assessment_counts(void *self, const struct wh_cell *cell, const struct wh_metric *metric,
                             const struct wh_record_view *record)
{
    const struct wh_value *item = field_of(record, "item");
    (void)self;
    (void)cell;
    return !item || wh_span_equal(item->text, wh_span_of(metric->id));
}

/* A duty is met by the milestone with whose name its id begins: `review_2025` by a review. */
static int assessment_meets(void *self, const struct wh_duty *duty,
                            const struct wh_record_view *record)
{
    struct wh_span what = field_text(record, "what");
    (void)self;
    return wh_span_equal(record->kind, wh_span_of(KIND_MILESTONE)) && what.len > 0 &&
           strncmp(duty->id, what.data, what.len) == 0;
}

static const char *const needs[] = {"ledger"};

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "assessment",
    .version = "0.1.0",
    .title = {"考核", "Judged points, classes and targets"},
    .needs = WH_LIST(needs),
    .kinds = WH_LIST(kinds),
    .commands = WH_LIST(commands),
    .open = assessment_open,
    .measure = assessment_measure,
    .counts = assessment_counts,
    .command = assessment_command,
    .meets = assessment_meets,
    .jobs = WH_LIST(jobs),
    .job = assessment_job,
};
