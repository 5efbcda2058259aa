/* Findings: raised at a visit, fixed by a day, verified by whoever raised them. */
#include <stdlib.h>

#include "inspection.h"

#define COLUMN(name, zh, en, type)                                                                 \
    {                                                                                              \
        name, {zh, en}, type, 0                                                                    \
    }

static const struct wh_column columns[] = {
    COLUMN("id", "编号", "Finding", WH_TEXT),
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("date", "提出日期", "Raised", WH_DATE),
    COLUMN("item", "指标", "Item", WH_TEXT),
    COLUMN("text", "问题", "Finding", WH_TEXT),
    COLUMN("deadline", "整改期限", "Deadline", WH_DATE),
    COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("fixed", "整改日期", "Fixed", WH_DATE),
    COLUMN("fix", "整改情况", "Fix", WH_TEXT),
    COLUMN("raised_by", "提出人", "Raised by", WH_TEXT),
    COLUMN("days", "剩余天数", "Days", WH_INTEGER),
};

const struct wh_list findings_columns = WH_LIST(columns);

/* One finding, copied. */
struct finding {
    char id[ID_SIZE];
    char unit[32];
    char raised_by[NAME_SIZE];
    char progress[16];
    int64_t until;
    int64_t fixed; /* 0: not */
    int32_t found;
};

static struct finding copy_finding(const struct wh_record_view *record)
{
    struct finding finding = {.found = 1};
    copy_text(finding.id, sizeof(finding.id), record->id);
    copy_text(finding.unit, sizeof(finding.unit), record->unit);
    copy_text(finding.raised_by, sizeof(finding.raised_by), field_text(record, "raised_by"));
    copy_text(finding.progress, sizeof(finding.progress), field_text(record, "progress"));
    finding.until = field_number(record, "until", 0);
    finding.fixed = field_number(record, "fixed", 0);
    return finding;
}

static int take_finding(void *context, const struct wh_record_view *record)
{
    struct finding *finding = context;
    if (wh_span_equal(record->kind, wh_span_of(KIND_FINDING))) *finding = copy_finding(record);
    return 1;
}

static int given_finding(const struct talk *talk, struct finding *ret)
{
    const struct wh_host *host = talk->host;
    struct wh_span id = given_text(talk, "finding");
    int rc;
    memset(ret, 0, sizeof(*ret));
    rc = host->record(host->self, id, take_finding, ret, talk->fail);
    if (rc < 0 && rc != WH_E_NOT_FOUND && rc != WH_E_NOT_PERMITTED) return rc;
    if (rc >= 0 && ret->found) return 0;
    return refuse(talk, WH_E_NOT_FOUND, "%.*s：没有这个问题（见 wuhao inspect findings）",
                  "%.*s: there is no such finding (see `wuhao inspect findings`)", (int)id.len,
                  id.data);
}

/* ---- Over the deadline ---- */

struct marking {
    const char *finding;
    char id[ID_SIZE]; /* "": there is no mark */
};

static int take_mark(void *context, const struct wh_record_view *record)
{
    struct marking *marking = context;
    if (wh_span_equal(field_text(record, "finding"), wh_span_of(marking->finding))) {
        copy_text(marking->id, sizeof(marking->id), record->id);
    }
    return 0;
}

static int find_mark(const struct wh_host *host, const struct finding *finding, struct marking *ret,
                     struct wh_failure *fail)
{
    memset(ret, 0, sizeof(*ret));
    ret->finding = finding->id;
    return host->records(host->self, wh_span_of(KIND_OVERDUE), wh_span_of(finding->unit), INT32_MIN,
                         INT32_MAX, take_mark, ret, fail);
}

/* A finding that was not fixed by its deadline counts in the deadline's quarter, whenever that is
 * noticed; one that was after all, as it turns out, does not. */
static int settle_mark(const struct wh_host *host, const struct finding *finding, int64_t today,
                       struct wh_failure *fail)
{
    int late = finding->fixed != 0 ? finding->fixed > finding->until : finding->until < today;
    struct fields fields = {.count = 0};
    struct marking mark;
    int rc = find_mark(host, finding, &mark, fail);
    if (rc < 0 || late == (mark.id[0] != '\0')) return rc < 0 ? rc : 0;
    if (!late) {
        return host->record_withdraw(host->self, wh_span_of(mark.id), wh_span_of("fixed in time"),
                                     fail);
    }
    put_field(&fields, "finding", wh_span_of(finding->id));
    return host->record_add(host->self, wh_span_of(KIND_OVERDUE), wh_span_of(finding->unit),
                            finding->until, list_of_fields(&fields), NULL, fail);
}

struct findings {
    struct finding *items;
    uint32_t count;
    uint32_t size;
};

static int gather_finding(void *context, const struct wh_record_view *record)
{
    struct findings *findings = context;
    if (findings->count == findings->size) {
        uint32_t size = findings->size > 0 ? findings->size * 2 : 64;
        struct finding *items = realloc(findings->items, size * sizeof(*items));
        if (!items) return WH_E_FAILED;
        findings->items = items;
        findings->size = size;
    }
    findings->items[findings->count++] = copy_finding(record);
    return 0;
}

int mark_overdue(const struct wh_host *host, struct wh_failure *fail)
{
    struct findings findings = {NULL, 0, 0};
    struct known_units units;
    int64_t today = host->today(host->self);
    int rc = read_units(host, host->home(host->self), &units, fail);
    for (uint32_t i = 0; rc >= 0 && i < units.count; i++) {
        rc = host->records(host->self, wh_span_of(KIND_FINDING), wh_span_of(units.items[i].code),
                           INT32_MIN, INT32_MAX, gather_finding, &findings, fail);
    }
    for (uint32_t i = 0; rc >= 0 && i < findings.count; i++) {
        rc = settle_mark(host, &findings.items[i], today, fail);
    }
    free(findings.items);
    free(units.items);
    return rc < 0 ? rc : 0;
}

/* ---- Commands ---- */

int run_finding(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct wh_record_id id;
    struct visit visit;
    char deadline[DAY_TEXT_SIZE];
    int rc = given_visit(talk, "visit", &visit);
    if (rc < 0) return rc;
    put_field(&fields, "visit", wh_span_of(visit.id));
    put_field(&fields, "item", given_text(talk, "item"));
    put_field(&fields, "text", given_text(talk, "text"));
    put_field(&fields, "until", day_text(given_number(talk, "deadline", 0), deadline));
    put_field(&fields, "raised_by",
              is_given(talk, "by") ? given_text(talk, "by") : wh_span_of(visit.inspector));
    put_field(&fields, "progress", wh_span_of("open"));
    rc = host->record_add(host->self, wh_span_of(KIND_FINDING), wh_span_of(visit.unit),
                          given_day(talk), list_of_fields(&fields), &id, talk->fail);
    return rc < 0 ? rc : reply_word(talk, id.text);
}

static int edit_finding(const struct talk *talk, struct finding *finding,
                        const struct fields *fields)
{
    const struct wh_host *host = talk->host;
    int rc =
        host->record_edit(host->self, wh_span_of(finding->id), list_of_fields(fields), talk->fail);
    if (rc >= 0) rc = settle_mark(host, finding, host->today(host->self), talk->fail);
    return rc < 0 ? rc : reply_word(talk, finding->progress);
}

int run_fix(const struct talk *talk)
{
    struct fields fields = {.count = 0};
    struct finding finding;
    char day[DAY_TEXT_SIZE];
    int rc = given_finding(talk, &finding);
    if (rc < 0) return rc;
    if (strcmp(finding.progress, "open") != 0) {
        return refuse(talk, WH_E_INVALID, "%s：已整改", "%s: it is fixed already", finding.id);
    }
    finding.fixed = given_day(talk);
    if (finding.fixed > talk->host->today(talk->host->self)) {
        return refuse(talk, WH_E_INVALID, "日期：不能晚于今天", "date: it can't lie in the future");
    }
    copy_text(finding.progress, sizeof(finding.progress), wh_span_of("fixed"));
    put_field(&fields, "progress", wh_span_of(finding.progress));
    put_field(&fields, "fixed", day_text(finding.fixed, day));
    put_field(&fields, "fix", given_text(talk, "text"));
    return edit_finding(talk, &finding, &fields);
}

/* Only whoever raised it says that it is settled, or that it is not. */
int run_verify(const struct talk *talk)
{
    struct fields fields = {.count = 0};
    struct finding finding;
    char until[DAY_TEXT_SIZE];
    int rc = given_finding(talk, &finding);
    if (rc < 0) return rc;
    if (!wh_span_equal(given_text(talk, "by"), wh_span_of(finding.raised_by))) {
        return refuse(talk, WH_E_NOT_PERMITTED, "%s：应由提出人 %s 核实",
                      "%s: it is verified by who raised it, %s", finding.id, finding.raised_by);
    }
    if (strcmp(finding.progress, "fixed") != 0) {
        return refuse(talk, WH_E_INVALID, "%s：尚未整改，或已核实",
                      "%s: it is not fixed yet, or verified already", finding.id);
    }
    if (!is_given(talk, "reopen")) {
        copy_text(finding.progress, sizeof(finding.progress), wh_span_of("verified"));
        put_field(&fields, "progress", wh_span_of(finding.progress));
        return edit_finding(talk, &finding, &fields);
    }
    copy_text(finding.progress, sizeof(finding.progress), wh_span_of("open"));
    finding.fixed = 0;
    finding.until = given_number(talk, "deadline", finding.until);
    put_field(&fields, "progress", wh_span_of(finding.progress));
    put_field(&fields, "fixed", wh_span_of(""));
    put_field(&fields, "until", day_text(finding.until, until));
    return edit_finding(talk, &finding, &fields);
}

/* Before the fix and after it, one photograph each; a second one takes the place of the first,
 * which stays in the history. `wuhao file FINDING photo` gives it back. */
int run_photo(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct finding finding;
    char ref[WH_FILE_REF_MAX];
    int rc = given_finding(talk, &finding);
    if (rc < 0) return rc;
    rc = host->file_keep(host->self, given_text(talk, "name"), given_text(talk, "file"), ref,
                         talk->fail);
    if (rc < 0) return rc;
    put_field(&fields, strcmp(finding.progress, "open") == 0 ? "photo" : "photo_fixed",
              wh_span_of(ref));
    rc = host->record_edit(host->self, wh_span_of(finding.id), list_of_fields(&fields), talk->fail);
    return rc < 0 ? rc : reply_word(talk, ref);
}

static int show_finding(void *context, const struct wh_record_view *record)
{
    const struct talk *talk = context;
    const struct wh_host *host = talk->host;
    int64_t today = host->today(host->self), until = field_number(record, "until", 0);
    int fixed = field_of(record, "fixed") != NULL;
    struct wh_span state = field_text(record, "progress");
    struct wh_value row[11];
    if (!fixed && until < today) state = wh_span_of("overdue");
    if (is_given(talk, "open") && wh_span_equal(state, wh_span_of("verified"))) return 0;
    row[0] = wh_value_text(record->id);
    row[1] = wh_value_text(record->unit);
    row[2] = wh_value_number(WH_DATE, record->date);
    row[3] = text_or_null(field_text(record, "item"));
    row[4] = text_or_null(field_text(record, "text"));
    row[5] = wh_value_number(WH_DATE, until);
    row[6] = wh_value_text(state);
    row[7] = fixed ? wh_value_number(WH_DATE, field_number(record, "fixed", 0)) : wh_value_null();
    row[8] = text_or_null(field_text(record, "fix"));
    row[9] = text_or_null(field_text(record, "raised_by"));
    row[10] = fixed ? wh_value_null() : wh_value_number(WH_INTEGER, until - today);
    return host->reply_row(talk->call, row, 11, talk->fail);
}

int run_findings(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct known_units units;
    int rc = read_units(host, given_text(talk, "under"), &units, talk->fail);
    for (uint32_t i = 0; rc >= 0 && i < units.count; i++) {
        rc = host->records(host->self, wh_span_of(KIND_FINDING), wh_span_of(units.items[i].code),
                           INT32_MIN, INT32_MAX, show_finding, (void *)(uintptr_t)talk, talk->fail);
    }
    free(units.items);
    return rc < 0 ? rc : 0;
}
