/* ranking: rankings, explanations, what is published of them, and who may be commended. The figures
 * are the core's (exact, from rows alone); this plugin asks for them and says how they are shown.
 */
#include "ranking.h"

/* Tables read better in lines of their own. */
/* clang-format off */

#define LEVEL {"level", {"层级", "county, township or grassroots"}, WH_TEXT, WH_PARAM_REQUIRED}
#define KIND {"kind", {"单位类型", "only units of this kind, as school"}, WH_TEXT, 0}
#define YEAR {"year", {"年度", "the year (default: this one)"}, WH_INTEGER, 0}
#define UNDER {"under", {"只排此单位以下", "only units below this code"}, WH_UNIT, 0}
#define AS_OF {"as-of", {"截至时刻", "as of this date or moment"}, WH_TEXT, 0}
#define PASS {"pass", {"另设达标线", "another pass line, in points"}, WH_DECIMAL, 0}
#define FROM {"from", {"发布单位（默认最上级）", "who published it (default: the highest unit)"}, \
    WH_UNIT, 0}

static const struct wh_param rank_params[] = {
    LEVEL, KIND, YEAR, UNDER, AS_OF, PASS,
    {"top", {"只列前几名", "only the first N"}, WH_INTEGER, 0},
    {"against", {"与 quarter（上季末）、year（上年）或 baseline（上一轮）比较",
     "beside the last `quarter`'s end, the last `year`, or the last round (`baseline`)"},
     WH_TEXT, 0},
};
static const struct wh_param explain_params[] = {
    {"code", {"单位编码", "the unit"}, WH_UNIT, WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL},
    YEAR, AS_OF, PASS,
};
static const struct wh_param publish_params[] = {
    LEVEL, KIND, YEAR, UNDER,
    {"title", {"标题（至多 200 字节）", "a title (at most 200 bytes)"}, WH_TEXT, 0},
};
static const struct wh_param published_params[] = {
    {"number", {"编号（默认列出全部）", "its number (default: a list of them)"}, WH_INTEGER,
     WH_PARAM_POSITIONAL}, FROM,
};
static const struct wh_param changed_params[] = {
    {"number", {"编号（默认最近一份）", "its number (default: the last one)"}, WH_INTEGER,
     WH_PARAM_POSITIONAL}, FROM, AS_OF,
    {"top", {"最多列出几个单位（默认 100）", "how many units at most (default: 100)"}, WH_INTEGER,
     0},
};
static const struct wh_param rate_params[] = {YEAR, UNDER, AS_OF, PASS};
static const struct wh_param commend_params[] = {YEAR, UNDER};

static const struct wh_param case_params[] = {
    {"record", {"典型记录的编号", "the record of the case"}, WH_TEXT,
     WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL},
};
static const struct wh_param cases_params[] = {
    {"record", {"只看这一个，连同事迹", "only this one, with its story"}, WH_TEXT,
     WH_PARAM_POSITIONAL},
};

static const struct wh_param certificate_params[] = {
    {"record", {"表彰记录的编号", "the record of the award"}, WH_TEXT,
     WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL},
    {"out", {"放到哪个文件夹", "the folder for its file"}, WH_TEXT,
     WH_PARAM_REQUIRED | WH_PARAM_PATH},
};
static const struct wh_column certificate_columns[] = {{"file", {"文件", "File"}, WH_TEXT, 0}};

static const struct wh_param report_params[] = {
    {"out", {"放到哪个文件夹", "the folder for its files"}, WH_TEXT,
     WH_PARAM_REQUIRED | WH_PARAM_PATH},
    YEAR,
    {"under", {"只报此单位及以下", "only this unit and those below it"}, WH_UNIT, 0},
    {"pages", {"全市报告也给每个乡镇级单位一页", "a page for each township-level unit, of a city too"},
     WH_YESNO, WH_PARAM_SWITCH},
    {"mask", {"未成年人人数少于 5 的不写明", "counts of minors under five are not told"}, WH_YESNO,
     WH_PARAM_SWITCH},
};

static const struct wh_column publish_columns[] = {
    {"number", {"编号", "Number"}, WH_INTEGER, 0},
    {"units", {"单位数", "Units"}, WH_INTEGER, 0},
};

#define ANY_COLUMNS {NULL, 0, 0}

static const struct wh_command commands[] = {
    {"rank", {"排名", "ranks counties, townships or grassroots units"}, WH_LIST(rank_params),
     ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao rank --level township --year 2026 --top 20"},
    {"explain", {"解释得分", "takes a score apart: items, metrics, rows, records"},
     WH_LIST(explain_params), ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao explain 231182108 --year 2026"},
    {"rank publish", {"发布排名", "freezes a ranking, numbers it, and sends it to all below"},
     WH_LIST(publish_params), WH_LIST(publish_columns),
     WH_PERMIT_WRITE, 0, "wuhao rank publish --level township --year 2026 --title 年度排名"},
    {"rank published", {"已发布的排名", "lists published rankings, or shows one"},
     WH_LIST(published_params), ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao rank published 3"},
    {"rank changed", {"排名变化", "what has moved since a published ranking, and why"},
     WH_LIST(changed_params), ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao rank changed 3"},
    {"rank rate", {"达标率与目标", "the share of qualified units against the round's aim"},
     WH_LIST(rate_params), ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao rank rate --year 2026"},
    {"commend", {"表彰候选", "who meets the conditions of commendation; people decide"},
     WH_LIST(commend_params), ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao commend --year 2027"},
    {"commend spread", {"推广典型", "shows a case (a record of merit) to all below: what may be "
     "published of it"}, WH_LIST(case_params), ANY_COLUMNS,
     WH_PERMIT_WRITE, 0, "wuhao commend spread 01KYN7Q0E0000000000000000A"},
    {"commend recall", {"撤回推广", "takes a case back that this node has spread"},
     WH_LIST(case_params), ANY_COLUMNS,
     WH_PERMIT_WRITE, 0, "wuhao commend recall 01KYN7Q0E0000000000000000A"},
    {"commend cases", {"推广的典型", "lists cases spread here and from above, or shows one"},
     WH_LIST(cases_params), ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao commend cases"},
    {"commend certificate", {"表彰证书", "writes the certificate of an award, to print"},
     WH_LIST(certificate_params), WH_LIST(certificate_columns),
     WH_PERMIT_READ, 0, "wuhao commend certificate 01KYN7Q0E0000000000000000A --out /srv/awards"},
    {"report", {"年终报告", "the year-end report: statistics, rankings and charts, as files"},
     WH_LIST(report_params), ANY_COLUMNS,
     WH_PERMIT_READ, 0, "wuhao report --year 2026 --out /srv/report"},
};

static const struct wh_job jobs[] = {
    {"cases", {"典型随记录变动", "cases follow the records that they tell of"}, "daily 03:40", 0, 0},
};

/* clang-format on */

static int (*const runs[])(const struct talk *) = {
    run_rank,    run_explain, run_publish, run_published, run_changed,     run_rate,
    run_commend, run_spread,  run_recall,  run_cases,     run_certificate, run_report,
};

/* The columns of the lists stand beside the code that fills them; some depend on what is asked. */
static const struct wh_list *const columns_of[] = {
    NULL, &explain_columns, NULL, NULL, &changed_columns, &rate_columns, &commend_columns, NULL,
    NULL, &cases_columns,   NULL, NULL,
};

static int ranking_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    (void)fail;
    *ret_self = (void *)(uintptr_t)host;
    return 0;
}

static int ranking_command(void *self, uint32_t index, struct wh_call *call,
                           struct wh_failure *fail)
{
    struct talk talk = {self, call, fail};
    int rc = columns_of[index] ? talk.host->reply_columns(call, *columns_of[index], fail) : 0;
    return rc < 0 ? rc : runs[index](&talk);
}

static int ranking_job(void *self, uint32_t index, struct wh_failure *fail)
{
    (void)index;
    return follow_cases(self, fail);
}

/* A case of this node has changed: what was spread of it is looked at soon. */
static int ranking_rows_changed(void *self, struct wh_list changes, struct wh_failure *fail)
{
    const struct wh_host *host = self;
    for (uint32_t i = 0; i < changes.count; i++) {
        const struct wh_row_change *change = wh_list_at(&changes, i);
        if (!wh_span_equal(change->facet, wh_span_of("merit"))) continue;
        return host->job_at(host->self, jobs[0].name, host->now_ms(host->self), fail);
    }
    return 0;
}

static const char *const needs[] = {"ledger"};

WH_EXPORT const struct wh_plugin wuhao_plugin = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_plugin),
    .name = "ranking",
    .version = "0.1.0",
    .title = {"排名与解释", "Rankings and explanations"},
    .needs = WH_LIST(needs),
    .commands = WH_LIST(commands),
    .open = ranking_open,
    .command = ranking_command,
    .jobs = WH_LIST(jobs),
    .job = ranking_job,
    .rows_changed = ranking_rows_changed,
};
