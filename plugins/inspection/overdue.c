/* Findings over their deadline: the mark of each, which costs points. */
#include <stdlib.h>

#include "findings.h"

struct marking {
    const char *finding;
    char id[ID_SIZE]; /* "": there is no mark */
    int64_t day;      /* of the mark: the deadline that was not kept */
};

static int take_mark(void *context, const struct wh_record_view *record)
{
    struct marking *marking = context;
    if (wh_span_equal(field_text(record, "finding"), wh_span_of(marking->finding))) {
        copy_text(marking->id, sizeof(marking->id), record->id);
        marking->day = record->date;
    }
    return 0;
}

static int find_mark(const struct wh_host *host, const struct finding *finding, struct marking *ret,
                     struct wh_failure *fail)
{
    int rc;
    memset(ret, 0, sizeof(*ret));
    ret->finding = finding->id;
    rc = host->records(host->self, wh_span_of(KIND_OVERDUE), wh_span_of(finding->unit), INT32_MIN,
                       INT32_MAX, take_mark, ret, fail);
    return rc < 0 ? rc : 0;
}

/* 1 where the unit is gone by that day: nobody owes anything then. */
static int is_gone(const struct wh_host *host, const char *code, int64_t day,
                   struct wh_failure *fail)
{
    struct known_unit unit;
    int rc = find_unit(host, wh_span_of(code), &unit, fail);
    if (rc < 0) return rc == WH_E_NOT_FOUND ? 1 : rc;
    return unit.closed != 0 && unit.closed <= day;
}

/* A finding that was not fixed by its deadline counts in the deadline's quarter, whenever that is
 * noticed. Fixed in time is what was entered in time: the day that is stated says nothing. So a
 * mark stays, unless the unit's own node had entered the fix by then and was heard of later, or
 * whoever raised the finding takes it back; a new deadline leaves it where it is. */
int settle_mark(const struct wh_host *host, const struct finding *finding, int64_t today,
                struct wh_failure *fail)
{
    struct fields fields = {.count = 0};
    struct claim claim = {finding->fixed, finding->entered, 0};
    struct marking mark;
    int64_t deadline;
    int late, gone, rc = claim.day == 0 ? read_claim(host, finding, &claim, fail) : 0;
    if (rc == 0) rc = find_mark(host, finding, &mark, fail);
    if (rc < 0) return rc;
    deadline = mark.id[0] ? mark.day : finding->until;
    gone = is_gone(host, finding->unit, deadline, fail);
    if (gone < 0) return gone;
    late = !finding->excused && (claim.day != 0 ? claim.entered > deadline : deadline < today);
    if ((late && !gone) == (mark.id[0] != '\0')) return 0;
    if (mark.id[0]) {
        return host->record_withdraw(host->self, wh_span_of(mark.id),
                                     wh_span_of(gone ? "closed by then" : "fixed in time"), fail);
    }
    put_field(&fields, "finding", wh_span_of(finding->id));
    return host->record_add(host->self, wh_span_of(KIND_OVERDUE), wh_span_of(finding->unit),
                            finding->until, list_of_fields(&fields), NULL, fail);
}

/* ---- Taking back ---- */

static int take_finding(void *context, const struct wh_record_view *record)
{
    struct finding *finding = context;
    if (!wh_span_equal(record->kind, wh_span_of(KIND_FINDING))) return 1;
    finding->found = 1;
    finding->day = record->date;
    finding->until = field_number(record, "until", 0);
    copy_text(finding->unit, sizeof(finding->unit), record->unit);
    return 1;
}

int forget_finding(const struct talk *talk, const char *id)
{
    const struct wh_host *host = talk->host;
    struct finding finding = {.progress = WITHDRAWN};
    struct marking mark;
    int rc = host->record(host->self, wh_span_of(id), take_finding, &finding, talk->fail);
    if (rc < 0 || !finding.found) return rc < 0 ? rc : 0;
    copy_text(finding.id, sizeof(finding.id), wh_span_of(id));
    rc = find_mark(host, &finding, &mark, talk->fail);
    if (rc == 0 && mark.id[0]) {
        rc = host->record_withdraw(host->self, wh_span_of(mark.id),
                                   wh_span_of("the finding was taken back"), talk->fail);
    }
    if (rc >= 0) rc = forget_photos(talk, &finding);
    return rc < 0 ? rc : send_letter(talk, &finding);
}

int excuse_finding(const struct talk *talk, const char *id)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct finding finding = {.found = 0};
    int rc = host->record(host->self, wh_span_of(id), take_finding, &finding, talk->fail);
    if (rc < 0 || !finding.found) return rc == WH_E_NOT_FOUND || rc >= 0 ? 0 : rc;
    rc = record_stands(host, KIND_FINDING, finding.unit, wh_span_of(id), finding.day, talk->fail);
    if (rc <= 0) return rc;
    put_field(&fields, "excused", wh_span_of("yes"));
    return host->record_edit(host->self, wh_span_of(id), list_of_fields(&fields), talk->fail);
}

/* ---- The job ---- */

/* Marks of findings that do not stand. */
struct stale {
    const struct findings *stand;
    struct findings marks; /* by their own ids */
};

static int take_stale(void *context, const struct wh_record_view *record)
{
    struct stale *stale = context;
    struct wh_span about = field_text(record, "finding");
    struct finding mark = {.found = 1};
    for (uint32_t i = 0; i < stale->stand->count; i++) {
        if (wh_span_equal(about, wh_span_of(stale->stand->items[i].id))) return 0;
    }
    copy_text(mark.id, sizeof(mark.id), record->id);
    return findings_add(&stale->marks, &mark);
}

static int drop_stale(const struct wh_host *host, const struct findings *stand,
                      struct wh_failure *fail)
{
    struct stale stale = {stand, {NULL, 0, 0}};
    struct known_units units;
    int rc = read_units(host, host->home(host->self), &units, fail);
    for (uint32_t i = 0; rc >= 0 && i < units.count; i++) {
        rc = host->records(host->self, wh_span_of(KIND_OVERDUE), wh_span_of(units.items[i].code),
                           INT32_MIN, INT32_MAX, take_stale, &stale, fail);
    }
    for (uint32_t i = 0; rc >= 0 && i < stale.marks.count; i++) {
        rc = host->record_withdraw(host->self, wh_span_of(stale.marks.items[i].id),
                                   wh_span_of("the finding was taken back"), fail);
    }
    free(stale.marks.items);
    free(units.items);
    return rc < 0 ? rc : 0;
}

int mark_overdue(const struct wh_host *host, struct wh_failure *fail)
{
    const struct talk talk = {host, NULL, fail};
    struct findings findings = {NULL, 0, 0};
    int64_t today = host->today(host->self);
    int rc = read_findings(host, host->home(host->self), &findings, fail);
    for (uint32_t i = 0; rc >= 0 && i < findings.count; i++) {
        rc = settle_mark(host, &findings.items[i], today, fail);
    }
    if (rc >= 0) rc = drop_stale(host, &findings, fail);
    if (rc >= 0) rc = recall_letters(&talk, &findings);
    free(findings.items);
    return rc < 0 ? rc : 0;
}
