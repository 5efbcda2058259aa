/* The year-end statistics (domain.md "Year-end statistics"): a table of data. */
#include "report.h"

/* Tables read better in lines of their own. */
/* clang-format off */

#define UNITS {"单位", "Units"}
#define LEADERSHIP {"领导班子", "Leadership"}
#define ELDERS {"“五老”队伍", "Elders"}
#define INSTITUTIONS {"制度与汇报", "Institutions and reports"}
#define CHECKS {"检查", "Inspections"}
#define INNOVATION {"调研创新与典型", "Research, innovation, cases"}
#define ACTIVITIES {"活动", "Activities"}
#define YOUNG {"青少年帮扶", "Help for young people"}
#define PUBLICITY {"宣传", "Publicity"}
#define RESULT {"达标与排名", "Qualification and rank"}

#define OF_UNITS {"个", "units"}
#define OF_PEOPLE {"人", "people"}
#define OF_TIMES {"次", "times"}
#define OF_ITEMS {"项", "items"}
#define OF_PIECES {"篇", "pieces"}
#define OF_YUAN {"元", "yuan"}
#define OF_PERCENT {"%", "%"}
#define OF_POINTS {"分", "points"}
#define OF_NONE {"", ""}

#define METRIC(id, zh, en, group, measure, ...)                                                    \
    {id, {zh, en}, group, measure, {__VA_ARGS__}, WH_INTEGER, FROM_METRICS, SUM_ADDS, 0, 0}
#define ALONE(id, zh, en, group, measure, ...)                                                     \
    {id, {zh, en}, group, measure, {__VA_ARGS__}, WH_INTEGER, FROM_METRICS, SUM_ALONE, 0, 0}
#define KIND(id, zh, en, ...)                                                                      \
    {id, {zh, en}, UNITS, OF_UNITS, {__VA_ARGS__}, WH_INTEGER, FROM_UNITS, SUM_ADDS, 0, 0}
#define COUNTED(source, id, zh, en, group, measure, ...)                                           \
    {id, {zh, en}, group, measure, {__VA_ARGS__}, WH_INTEGER, source, SUM_ADDS, 0, 0}
#define STANDING(id, zh, en, measure, type, which)                                                 \
    {id, {zh, en}, RESULT, measure, {NULL}, type, FROM_STANDING, SUM_ITS_OWN_WAY, which, 0}

const struct statistic statistics[] = {
    KIND("units", "单位总数", "Units", NULL),
    KIND("units_county", "县（市、区）", "Counties", "county"),
    KIND("units_township", "乡镇", "Townships", "township"),
    KIND("units_street", "街道", "Streets", "street"),
    KIND("units_education_bureau", "教育局", "Education bureaus", "education_bureau"),
    KIND("units_village", "村", "Villages", "village"),
    KIND("units_community", "社区", "Communities", "community"),
    KIND("units_school", "学校", "Schools", "school"),
    COUNTED(FROM_PRESENCE, "with_committee", "建有关工组织", "With a committee", LEADERSHIP,
        OF_UNITS, "director_eligible", "members"),
    COUNTED(FROM_NEED, "leadership_complete", "班子成员配齐", "Leadership complete", LEADERSHIP,
        OF_UNITS, "members"),
    METRIC("members", "班子成员", "Members of the leadership", LEADERSHIP, OF_PEOPLE, "members"),
    METRIC("elders", "在册“五老”", "Elders on the roster", ELDERS, OF_PEOPLE, "elders"),
    METRIC("elders_new", "新加入“五老”", "Elders who joined", ELDERS, OF_PEOPLE, "elders_new"),
    METRIC("elders_young_new", "其中年轻“五老”", "Young among them", ELDERS, OF_PEOPLE,
        "elders_young_new"),
    COUNTED(FROM_NEED, "roles_covered", "“十大员”配备达标单位", "Ten roles covered", ELDERS,
        OF_UNITS, "role_kinds"),
    METRIC("trainings", "培训", "Trainings", ELDERS, OF_TIMES, "trainings"),
    METRIC("trainees", "受训", "Trainees", ELDERS, OF_PEOPLE, "trainees"),
    ALONE("institution_kinds", "现行制度种类", "Institutions in force", INSTITUTIONS, OF_ITEMS,
        "institution_kinds"),
    COUNTED(FROM_NEED, "institutions_complete", "制度健全单位", "Institutions complete",
        INSTITUTIONS, OF_UNITS, "institution_kinds"),
    METRIC("meetings", "会议", "Meetings", INSTITUTIONS, OF_TIMES, "meetings"),
    METRIC("study_meetings", "其中学习", "Study meetings among them", INSTITUTIONS, OF_TIMES,
        "study_meetings"),
    METRIC("reports", "向党组织汇报", "Reports to the Party", INSTITUTIONS, OF_TIMES, "reports"),
    COUNTED(FROM_DUE, "reports_due", "应汇报", "Reports due", INSTITUTIONS, OF_TIMES, "reports"),
    COUNTED(FROM_MET, "reports_made", "已按要求汇报", "Reports made of those due", INSTITUTIONS,
        OF_TIMES, "reports"),
    COUNTED(FROM_DUE, "inspections_due", "应检查", "Inspections due", CHECKS, OF_TIMES,
        "inspection"),
    COUNTED(FROM_MET, "inspections_made", "已检查", "Inspections made of those due", CHECKS,
        OF_TIMES, "inspection"),
    METRIC("findings", "发现问题", "Findings", CHECKS, OF_ITEMS, "findings"),
    METRIC("findings_fixed", "已整改", "Findings fixed", CHECKS, OF_ITEMS, "findings_fixed"),
    METRIC("findings_overdue", "到期未整改", "Findings overdue", CHECKS, OF_ITEMS,
        "findings_overdue"),
    METRIC("research", "调查研究", "Field research", INNOVATION, OF_ITEMS, "research"),
    METRIC("innovations", "创新举措", "Innovations", INNOVATION, OF_ITEMS, "innovations"),
    METRIC("cases", "典型", "Typical cases", INNOVATION, OF_ITEMS, "cases"),
    METRIC("awards", "表彰", "Awards", INNOVATION, OF_ITEMS, "awards"),
    METRIC("activities", "活动总数", "Activities", ACTIVITIES, OF_TIMES,
        "act_ideals", "act_rural", "act_law", "act_family", "act_internet"),
    METRIC("act_ideals", "理想信念教育", "Ideals and values", ACTIVITIES, OF_TIMES, "act_ideals"),
    METRIC("act_rural", "服务乡村振兴", "Rural revitalisation", ACTIVITIES, OF_TIMES, "act_rural"),
    METRIC("act_law", "法治教育与保护", "Rule of law", ACTIVITIES, OF_TIMES, "act_law"),
    METRIC("act_family", "学校家庭社区", "School and family", ACTIVITIES, OF_TIMES, "act_family"),
    METRIC("act_internet", "互联网+关工", "Internet plus", ACTIVITIES, OF_TIMES, "act_internet"),
    METRIC("youth_reached", "受教育青少年", "Young people reached", ACTIVITIES, OF_PEOPLE,
        "youth_reached"),
    {"youth_in_need", {"困境、留守等青少年", "Young people in need"}, YOUNG, OF_PEOPLE,
     {"youth_in_need"}, WH_INTEGER, FROM_METRICS, SUM_ADDS, 0, 1},
    {"aided", {"受帮扶青少年", "Young people helped"}, YOUNG, OF_PEOPLE, {"aided"}, WH_INTEGER,
     FROM_METRICS, SUM_ALONE, 0, 1},
    {"aid_times", {"帮扶", "Times of help"}, YOUNG, OF_TIMES, {"aid_times"}, WH_INTEGER,
     FROM_METRICS, SUM_ADDS, 0, 1},
    {"aid_amount", {"帮扶金额", "Amount of help"}, YOUNG, OF_YUAN, {"aid_amount_cents"},
     WH_DECIMAL, FROM_METRICS, SUM_ADDS, 0, 0},
    METRIC("articles", "宣传报道", "Articles", PUBLICITY, OF_PIECES, "articles"),
    METRIC("articles_high", "其中省级以上媒体", "In provincial or national media", PUBLICITY,
        OF_PIECES, "articles_high"),
    STANDING("units_rated", "参评单位", "Units of both levels", OF_UNITS, WH_INTEGER, STANDING_RATED),
    STANDING("units_qualified", "达标单位", "Units qualified", OF_UNITS, WH_INTEGER,
        STANDING_QUALIFIED_UNITS),
    STANDING("share", "达标率", "Share qualified", OF_PERCENT, WH_DECIMAL, STANDING_SHARE),
    STANDING("baseline", "上轮达标率", "Baseline", OF_PERCENT, WH_DECIMAL, STANDING_BASELINE),
    STANDING("target", "目标达标率", "Target", OF_PERCENT, WH_DECIMAL, STANDING_TARGET),
    STANDING("score", "得分", "Score", OF_POINTS, WH_DECIMAL,
        STANDING_SCORE),
    STANDING("qualified", "达标", "Qualified", OF_NONE, WH_YESNO, STANDING_QUALIFIED),
    STANDING("rank", "名次", "Rank", OF_NONE, WH_INTEGER, STANDING_RANK),
    STANDING("rank_before", "上年名次", "Rank last year", OF_NONE, WH_INTEGER,
        STANDING_RANK_BEFORE),
    STANDING("move", "名次升降", "Ranks gained", OF_NONE, WH_INTEGER, STANDING_MOVE),
    STANDING("score_change", "得分较上年", "Score against last year", OF_POINTS, WH_DECIMAL,
        STANDING_SCORE_CHANGE),
    STANDING("years_qualified", "本轮达标年数", "Years qualified in the round", OF_NONE, WH_INTEGER,
        STANDING_YEARS),
    STANDING("fell_back", "退步（曾达标）", "Fell back", OF_NONE, WH_YESNO, STANDING_FELL_BACK),
};

/* clang-format on */

const uint32_t statistics_count = sizeof(statistics) / sizeof(statistics[0]);
_Static_assert(sizeof(statistics) / sizeof(statistics[0]) <= STATISTICS_MAX, "too many");

uint32_t statistic_at(const char *id)
{
    uint32_t i = 0;
    while (i + 1 < statistics_count && strcmp(statistics[i].id, id) != 0) i++;
    return i;
}

/* ---- For a reader ---- */

const char *report_word(const struct report *report, struct wh_title title)
{
    return report->english || !title.zh ? title.en : title.zh;
}

const char *report_kind(const struct report *report, const char *kind)
{
    if (report->english) return kind;
    for (uint32_t s = 0; s < statistics_count; s++) {
        const struct statistic *one = &statistics[s];
        if (one->source == FROM_UNITS && one->of[0] && strcmp(one->of[0], kind) == 0) {
            return one->title.zh;
        }
    }
    return strcmp(kind, "city") == 0 ? "市" : kind;
}

int report_masks(const struct report *report, uint32_t statistic, int64_t value)
{
    return report->masks && statistics[statistic].counts_minors && value > 0 && value < SMALL_COUNT;
}
