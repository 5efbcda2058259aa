/* Findings: raised at a visit, fixed by a day, verified by whoever raised them. */
#include "findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

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

static struct finding copy_finding(const struct wh_record_view *record)
{
    struct finding finding = {.found = 1, .day = record->date};
    copy_text(finding.id, sizeof(finding.id), record->id);
    copy_text(finding.unit, sizeof(finding.unit), record->unit);
    copy_text(finding.raised_by, sizeof(finding.raised_by), field_text(record, "raised_by"));
    copy_text(finding.progress, sizeof(finding.progress), field_text(record, "progress"));
    copy_text(finding.item, sizeof(finding.item), field_text(record, "item"));
    copy_text(finding.text, sizeof(finding.text), field_text(record, "text"));
    copy_text(finding.fix, sizeof(finding.fix), field_text(record, "fix"));
    finding.until = field_number(record, "until", 0);
    copy_text(finding.visit, sizeof(finding.visit), field_text(record, "visit"));
    finding.fixed = field_number(record, "fixed", 0);
    finding.entered = field_number(record, "entered", finding.fixed);
    finding.refused = field_number(record, "refused", 0);
    copy_text(finding.photo, sizeof(finding.photo), field_text(record, "photo"));
    copy_text(finding.photo_fixed, sizeof(finding.photo_fixed), field_text(record, "photo_fixed"));
    finding.excused = field_number(record, "excused", 0) != 0;
    return finding;
}

static int take_finding(void *context, const struct wh_record_view *record)
{
    struct finding *finding = context;
    if (wh_span_equal(record->kind, wh_span_of(KIND_FINDING))) *finding = copy_finding(record);
    return 1;
}

/* One of this node's records, or of a letter; taken back or not. */
static int find_finding(const struct talk *talk, struct wh_span id, struct finding *ret)
{
    const struct wh_host *host = talk->host;
    struct findings letters = {NULL, 0, 0};
    int rc;
    memset(ret, 0, sizeof(*ret));
    rc = host->record(host->self, id, take_finding, ret, talk->fail);
    if (rc < 0 && rc != WH_E_NOT_FOUND && rc != WH_E_NOT_PERMITTED) return rc;
    if (ret->found) {
        rc = record_stands(host, KIND_FINDING, ret->unit, id, ret->day, talk->fail);
        if (rc == 0) copy_text(ret->progress, sizeof(ret->progress), wh_span_of(WITHDRAWN));
        return rc < 0 ? rc : 0;
    }
    rc = id.len > 0 ? read_letters(talk, id, &letters) : 0;
    if (rc == 0 && letters.count > 0) *ret = letters.items[0];
    free(letters.items);
    if (rc < 0 || ret->found) return rc;
    return refuse(talk, WH_E_NOT_FOUND, "%.*s：没有这个问题（见 wuhao inspect findings）",
                  "%.*s: there is no such finding (see `wuhao inspect findings`)", (int)id.len,
                  id.data);
}

int given_finding(const struct talk *talk, struct finding *ret)
{
    int rc = find_finding(talk, given_text(talk, "finding"), ret);
    if (rc < 0 || strcmp(ret->progress, WITHDRAWN) != 0) return rc;
    return refuse(talk, WH_E_INVALID, "%s：这个问题已撤销", "%s: this finding was taken back",
                  ret->id);
}

int findings_add(struct findings *findings, const struct finding *finding)
{
    if (make_room(&findings->items, findings->count, &findings->size, sizeof(*findings->items)) <
        0) {
        return WH_E_FAILED;
    }
    findings->items[findings->count++] = *finding;
    return 0;
}

static int gather_finding(void *context, const struct wh_record_view *record)
{
    struct finding finding = copy_finding(record);
    return findings_add(context, &finding);
}

int read_findings(const struct wh_host *host, struct wh_span under, struct findings *ret,
                  struct wh_failure *fail)
{
    struct known_units units;
    int rc = read_units(host, under, &units, fail);
    for (uint32_t i = 0; rc >= 0 && i < units.count; i++) {
        rc = host->records(host->self, wh_span_of(KIND_FINDING), wh_span_of(units.items[i].code),
                           INT32_MIN, INT32_MAX, gather_finding, ret, fail);
    }
    free(units.items);
    return rc < 0 ? rc : 0;
}

/* ---- Commands ---- */

#define DEADLINE_DAYS_MAX 731 /* two years */

/* 1 where the programme of that year has the item for units of this level. */
static int has_item(const struct wh_host *host, const struct known_unit *unit, uint32_t year,
                    struct wh_span item)
{
    const struct wh_programme_view *programme = host->programme(host->self, year);
    const struct wh_list *items;
    if (!programme) return 0;
    if (unit->level != WH_LEVEL_TOWNSHIP && unit->level != WH_LEVEL_GRASSROOTS) return 0;
    items = unit->level == WH_LEVEL_GRASSROOTS ? &programme->items_grassroots
                                               : &programme->items_township;
    for (uint32_t i = 0; i < items->count; i++) {
        const struct wh_item *one = wh_list_at(items, i);
        if (wh_span_equal(item, wh_span_of(one->id))) return 1;
    }
    return 0;
}

/* Nobody can keep a deadline that is over when the finding is entered, and it would cost points at
 * once: so that has to be asked for. */
static int check_deadline(const struct talk *talk, int64_t until)
{
    int64_t today = talk->host->today(talk->host->self);
    char day[DAY_TEXT_SIZE], bound[DAY_TEXT_SIZE];
    (void)day_text(until, day);
    if (until > today + DEADLINE_DAYS_MAX) {
        (void)day_text(today + DEADLINE_DAYS_MAX, bound);
        return refuse(talk, WH_E_INVALID, "整改期限 %s：过远，至迟 %s",
                      "deadline %s: it is too far ahead, %s at last", day, bound);
    }
    if (until >= today || is_given(talk, "late")) return 0;
    (void)day_text(today, bound);
    return refuse(talk, WH_E_INVALID,
                  "整改期限 %s：早于登记之日 %s，将立即到期扣分（确系补录用 --late）",
                  "deadline %s: it lies before today, %s, and would cost points at once (give "
                  "--late to enter it all the same)",
                  day, bound);
}

static int check_days(const struct talk *talk, const struct finding *finding,
                      const struct visit *visit)
{
    int rc;
    char day[DAY_TEXT_SIZE];
    if (finding->day < visit->day) {
        (void)day_text(visit->day, day);
        return refuse(talk, WH_E_INVALID, "日期：不能早于检查之日 %s",
                      "date: it can't lie before the visit's own day, %s", day);
    }
    if (finding->until >= finding->day) {
        rc = check_past(talk, finding->day);
        return rc < 0 ? rc : check_deadline(talk, finding->until);
    }
    (void)day_text(finding->day, day);
    return refuse(talk, WH_E_INVALID, "整改期限：不能早于提出之日 %s",
                  "deadline: it can't lie before the day on which it is raised, %s", day);
}

/* Of a visit that stands, about a unit that is there; the item is one of the unit's rubric, and who
 * raised it one of those who check it. */
static int check_finding(const struct talk *talk, const struct finding *finding,
                         const struct visit *visit)
{
    const struct wh_host *host = talk->host;
    struct wh_span by = wh_span_of(finding->raised_by), item = wh_span_of(finding->item);
    struct known_unit unit, checker;
    int rc = check_said(talk, "text");
    if (rc == 0) rc = check_visit_stands(talk, visit);
    if (rc == 0) rc = check_days(talk, finding, visit);
    if (rc == 0) rc = find_unit(host, wh_span_of(visit->unit), &unit, talk->fail);
    if (rc == 0) rc = check_there(talk, &unit, finding->day);
    if (rc == 0) rc = find_unit(host, wh_span_of(unit.parent), &checker, talk->fail);
    if (rc == 0 && item.len > 0 && !has_item(host, &unit, (uint32_t)year_of(finding->day), item)) {
        rc = refuse(talk, WH_E_INVALID,
                    "指标 %s：单位 %s 的评分表中没有（见 wuhao inspect checklist %s）",
                    "item %s: the rubric of unit %s has none of it (see `wuhao inspect checklist "
                    "%s`)",
                    finding->item, unit.code, unit.code);
    }
    if (rc == 0 && !wh_span_equal(by, wh_span_of(visit->inspector))) {
        rc = check_inspector(talk, &checker, by, unit.code, finding->day);
    }
    return rc;
}

static struct finding raised_at(const struct talk *talk, const struct visit *visit)
{
    struct finding finding = {.progress = "open", .day = given_day(talk)};
    finding.until = given_number(talk, "deadline", 0);
    copy_text(finding.unit, sizeof(finding.unit), wh_span_of(visit->unit));
    copy_text(finding.item, sizeof(finding.item), given_text(talk, "item"));
    copy_text(finding.text, sizeof(finding.text), given_text(talk, "text"));
    copy_text(finding.raised_by, sizeof(finding.raised_by),
              is_given(talk, "by") ? given_text(talk, "by") : wh_span_of(visit->inspector));
    return finding;
}

int run_finding(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct finding finding;
    struct wh_record_id id;
    struct visit visit;
    char deadline[DAY_TEXT_SIZE];
    int rc = given_visit(talk, "visit", &visit);
    if (rc < 0) return rc;
    finding = raised_at(talk, &visit);
    rc = check_finding(talk, &finding, &visit);
    if (rc < 0) return rc;
    put_field(&fields, "visit", wh_span_of(visit.id));
    put_field(&fields, "item", given_text(talk, "item"));
    put_field(&fields, "text", given_text(talk, "text"));
    put_field(&fields, "until", day_text(finding.until, deadline));
    put_field(&fields, "raised_by", wh_span_of(finding.raised_by));
    put_field(&fields, "progress", wh_span_of(finding.progress));
    rc = host->record_add(host->self, wh_span_of(KIND_FINDING), wh_span_of(visit.unit), finding.day,
                          list_of_fields(&fields), &id, talk->fail);
    if (rc < 0) return rc;
    copy_text(finding.id, sizeof(finding.id), wh_span_of(id.text));
    rc = send_letter(talk, &finding);
    return rc < 0 ? rc : reply_word(talk, id.text);
}

static int edit_finding(const struct talk *talk, const struct finding *finding,
                        const struct fields *fields)
{
    const struct wh_host *host = talk->host;
    int rc =
        host->record_edit(host->self, wh_span_of(finding->id), list_of_fields(fields), talk->fail);
    if (rc >= 0) rc = settle_mark(host, finding, host->today(host->self), talk->fail);
    if (rc >= 0) rc = send_letter(talk, finding);
    return rc < 0 ? rc : reply_word(talk, finding->progress);
}

/* It is fixed on a day from its own on; whether in time, the day of entering says. */
static int check_fix(const struct talk *talk, const struct finding *finding)
{
    char day[DAY_TEXT_SIZE];
    if (given_day(talk) >= finding->day) return check_past(talk, given_day(talk));
    (void)day_text(finding->day, day);
    return refuse(talk, WH_E_INVALID, "日期：不能早于问题提出之日 %s",
                  "date: it can't lie before the day on which the finding was raised, %s", day);
}

int run_fix(const struct talk *talk)
{
    struct fields fields = {.count = 0};
    struct finding finding;
    char day[DAY_TEXT_SIZE], entered[DAY_TEXT_SIZE];
    int rc = given_finding(talk, &finding);
    if (rc == 0) rc = check_said(talk, "text");
    if (rc < 0) return rc;
    if (strcmp(finding.progress, "verified") == 0) {
        return refuse(talk, WH_E_INVALID, "%s：已核实，不再登记整改",
                      "%s: it is verified already, nothing is left to fix", finding.id);
    }
    if (strcmp(finding.progress, "open") != 0) {
        return refuse(talk, WH_E_INVALID, "%s：已登记整改，待核实",
                      "%s: it is fixed already, and waits to be verified", finding.id);
    }
    rc = check_fix(talk, &finding);
    if (rc < 0) return rc;
    finding.fixed = given_day(talk);
    finding.entered = talk->host->today(talk->host->self);
    copy_text(finding.progress, sizeof(finding.progress), wh_span_of("fixed"));
    if (finding.origin[0]) {
        rc = answer_letter(talk, &finding);
        return rc < 0 ? rc : reply_word(talk, finding.progress);
    }
    put_field(&fields, "progress", wh_span_of(finding.progress));
    put_field(&fields, "fixed", day_text(finding.fixed, day));
    put_field(&fields, "entered", day_text(finding.entered, entered));
    put_field(&fields, "fix", given_text(talk, "text"));
    return edit_finding(talk, &finding, &fields);
}

static int check_verify(const struct talk *talk, struct finding *finding)
{
    struct claim claim;
    int rc = 0;
    if (finding->origin[0]) {
        return refuse(talk, WH_E_NOT_PERMITTED, "%s：应由 %s 核实", "%s: it is verified by %s",
                      finding->id, finding->origin);
    }
    if (!wh_span_equal(given_text(talk, "by"), wh_span_of(finding->raised_by))) {
        return refuse(talk, WH_E_NOT_PERMITTED, "%s：应由提出人 %s 核实",
                      "%s: it is verified by who raised it, %s", finding->id, finding->raised_by);
    }
    if (strcmp(finding->progress, "open") == 0) {
        rc = read_claim(talk->host, finding, &claim, talk->fail);
        if (rc < 0) return rc;
        finding->fixed = claim.day;
        finding->entered = claim.entered;
        finding->answered = claim.version;
    }
    if (strcmp(finding->progress, "verified") == 0) {
        return refuse(talk, WH_E_INVALID, "%s：已核实", "%s: it is verified already", finding->id);
    }
    if (finding->fixed != 0) return 0;
    return refuse(talk, WH_E_INVALID,
                  "%s：尚未整改（先登记：wuhao inspect fix %s --text 整改情况）",
                  "%s: it is not fixed yet (enter that first: `wuhao inspect fix %s --text WHAT`)",
                  finding->id, finding->id);
}

static int reopen_finding(const struct talk *talk, struct finding *finding)
{
    struct fields fields = {.count = 0};
    char day[DAY_TEXT_SIZE], refused[24];
    int rc = 0;
    finding->until = given_number(talk, "deadline", finding->until);
    if (is_given(talk, "deadline") && finding->until < talk->host->today(talk->host->self)) {
        rc = refuse(talk, WH_E_INVALID, "新期限：不能早于今天",
                    "deadline: a new one can't lie in the past");
    }
    if (rc == 0 && is_given(talk, "deadline")) rc = check_deadline(talk, finding->until);
    if (rc < 0) return rc;
    copy_text(finding->progress, sizeof(finding->progress), wh_span_of("open"));
    finding->fixed = 0;
    finding->entered = 0;
    if (finding->answered > 0) finding->refused = finding->answered;
    (void)snprintf(refused, sizeof(refused), "%" PRId64, finding->refused);
    if (finding->refused > 0) put_field(&fields, "refused", wh_span_of(refused));
    if (is_given(talk, "deadline") && finding->excused) {
        finding->excused = 0; /* what was let pass was the former deadline */
        put_field(&fields, "excused", wh_span_of(""));
    }
    put_field(&fields, "progress", wh_span_of(finding->progress));
    put_field(&fields, "fixed", wh_span_of(""));
    put_field(&fields, "entered", wh_span_of(""));
    put_field(&fields, "until", day_text(finding->until, day));
    return edit_finding(talk, finding, &fields);
}

/* Only whoever raised it says that it is settled, or that it is not. */
int run_verify(const struct talk *talk)
{
    struct fields fields = {.count = 0};
    struct finding finding;
    char day[DAY_TEXT_SIZE], entered[DAY_TEXT_SIZE];
    int rc = given_finding(talk, &finding);
    if (rc == 0 && is_given(talk, "deadline") && !is_given(talk, "reopen")) {
        rc = refuse(talk, WH_E_USAGE, "新期限：只与 --reopen 同用（未整改到位时）",
                    "deadline: a new one goes with --reopen alone (where it is not fixed)");
    }
    if (rc == 0) rc = check_verify(talk, &finding);
    if (rc < 0) return rc;
    if (is_given(talk, "reopen")) return reopen_finding(talk, &finding);
    copy_text(finding.progress, sizeof(finding.progress), wh_span_of("verified"));
    put_field(&fields, "progress", wh_span_of(finding.progress));
    put_field(&fields, "fixed", day_text(finding.fixed, day));
    put_field(&fields, "entered", day_text(finding.entered, entered));
    return edit_finding(talk, &finding, &fields);
}

/* ---- findings ---- */

/* What its unit says counts until it is verified or reopened. */
static const char *state_of(const struct finding *finding, int64_t claimed, int64_t today)
{
    if (strcmp(finding->progress, "open") != 0) return finding->progress;
    if (claimed != 0) return "fixed";
    return finding->until < today ? "overdue" : "open";
}

static int show_finding(const struct talk *talk, const struct finding *finding)
{
    const struct wh_host *host = talk->host;
    int64_t today = host->today(host->self), fixed = finding->fixed;
    struct claim claim = {0, 0, 0};
    struct wh_span state;
    struct wh_value row[11];
    int rc = fixed == 0 ? read_claim(host, finding, &claim, talk->fail) : 0;
    if (rc < 0) return rc;
    if (fixed == 0) fixed = claim.day;
    state = wh_span_of(state_of(finding, fixed, today));
    if (is_given(talk, "open") && wh_span_equal(state, wh_span_of("verified"))) return 0;
    row[0] = wh_value_text(wh_span_of(finding->id));
    row[1] = wh_value_text(wh_span_of(finding->unit));
    row[2] = wh_value_number(WH_DATE, finding->day);
    row[3] = text_or_null(wh_span_of(finding->item));
    row[4] = text_or_null(wh_span_of(finding->text));
    row[5] = wh_value_number(WH_DATE, finding->until);
    row[6] = wh_value_text(state);
    row[7] = fixed != 0 ? wh_value_number(WH_DATE, fixed) : wh_value_null();
    row[8] = text_or_null(wh_span_of(finding->fix));
    row[9] = text_or_null(wh_span_of(finding->origin[0] ? finding->origin : finding->raised_by));
    row[10] = fixed != 0 ? wh_value_null() : wh_value_number(WH_INTEGER, finding->until - today);
    return host->reply_row(talk->call, row, 11, talk->fail);
}

int run_findings(const struct talk *talk)
{
    struct wh_span under = given_text(talk, "under");
    struct findings findings = {NULL, 0, 0};
    int rc = read_findings(talk->host, under, &findings, talk->fail);
    if (rc == 0) rc = read_letters(talk, wh_span_of(""), &findings);
    for (uint32_t i = 0; rc >= 0 && i < findings.count; i++) {
        const struct finding *finding = &findings.items[i];
        if (strlen(finding->unit) < under.len ||
            (under.len > 0 && memcmp(finding->unit, under.data, under.len) != 0)) {
            continue;
        }
        if (strcmp(finding->progress, WITHDRAWN) == 0) continue;
        rc = show_finding(talk, finding);
    }
    free(findings.items);
    return rc < 0 ? rc : 0;
}

/* ---- show ---- */

int show_given_finding(const struct talk *talk, struct wh_span id)
{
    const struct wh_host *host = talk->host;
    struct finding finding;
    struct claim claim = {0, 0, 0};
    char day[DAY_TEXT_SIZE], until[DAY_TEXT_SIZE], fixed[DAY_TEXT_SIZE];
    int rc = find_finding(talk, id, &finding);
    if (rc == 0 && finding.fixed == 0) rc = read_claim(host, &finding, &claim, talk->fail);
    if (rc == 0 && finding.fixed == 0) finding.fixed = claim.day;
    if (rc == 0) rc = show_fact(talk, "finding", wh_span_of(finding.id));
    if (rc == 0) rc = show_fact(talk, "unit", wh_span_of(finding.unit));
    if (rc == 0) rc = show_fact(talk, "visit", wh_span_of(finding.visit));
    if (rc == 0) rc = show_fact(talk, "date", day_text(finding.day, day));
    if (rc == 0) {
        rc = show_fact(talk, "state",
                       wh_span_of(state_of(&finding, finding.fixed, host->today(host->self))));
    }
    if (rc == 0) rc = show_fact(talk, "item", wh_span_of(finding.item));
    if (rc == 0) rc = show_fact(talk, "text", wh_span_of(finding.text));
    if (rc == 0) rc = show_fact(talk, "deadline", day_text(finding.until, until));
    if (rc == 0) {
        rc = show_fact(talk, "raised_by",
                       wh_span_of(finding.origin[0] ? finding.origin : finding.raised_by));
    }
    if (rc == 0) rc = show_fact(talk, "fix", wh_span_of(finding.fix));
    if (rc == 0) {
        rc = show_fact(talk, "fixed",
                       finding.fixed != 0 ? day_text(finding.fixed, fixed) : wh_span_of(""));
    }
    return rc < 0 || finding.origin[0] ? rc : show_photos(talk, &finding);
}
