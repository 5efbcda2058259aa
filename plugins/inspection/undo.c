/* `inspect undo`: what goes with a record that is taken back, and what stands in its way. */
#include <stdlib.h>

#include "findings.h"

struct undone {
    char id[ID_SIZE];
    char kind[32];
    char unit[32];
    char finding[ID_SIZE]; /* whose mark it is; "" for what is no mark */
    struct visit visit;    /* where it is one */
    int64_t day;
};

static int take_undone(void *context, const struct wh_record_view *record)
{
    struct undone *undone = context;
    copy_text(undone->id, sizeof(undone->id), record->id);
    copy_text(undone->kind, sizeof(undone->kind), record->kind);
    copy_text(undone->unit, sizeof(undone->unit), record->unit);
    copy_text(undone->finding, sizeof(undone->finding), field_text(record, "finding"));
    undone->visit = copy_visit(record);
    undone->day = record->date;
    return 1;
}

static int find_undone(const struct talk *talk, struct undone *ret)
{
    const struct wh_host *host = talk->host;
    struct wh_span id = given_text(talk, "id");
    int rc = host->record(host->self, id, take_undone, ret, talk->fail);
    if (rc == WH_E_NOT_FOUND || rc == WH_E_NOT_PERMITTED) {
        return refuse(talk, WH_E_NOT_FOUND, "%.*s：没有 inspect 登记的这条记录",
                      "%.*s: inspect entered no such record", (int)id.len, id.data);
    }
    if (rc < 0) return rc;
    rc = record_stands(host, ret->kind, ret->unit, id, ret->day, talk->fail);
    if (rc != 0) return rc < 0 ? rc : 0;
    return refuse(talk, WH_E_INVALID, "%s：已撤销", "%s: it was taken back already", ret->id);
}

/* ---- What stands in the way ---- */

struct holding {
    const char *visit;
    char finding[ID_SIZE]; /* one that was raised at the visit */
};

static int take_finding(void *context, const struct wh_record_view *record)
{
    struct holding *holding = context;
    if (!wh_span_equal(field_text(record, "visit"), wh_span_of(holding->visit))) return 0;
    copy_text(holding->finding, sizeof(holding->finding), record->id);
    return 1;
}

static int check_visit(const struct talk *talk, const struct undone *undone)
{
    const struct wh_host *host = talk->host;
    struct holding holding = {.visit = undone->id};
    int rc = host->records(host->self, wh_span_of(KIND_FINDING), wh_span_of(undone->unit),
                           INT32_MIN, INT32_MAX, take_finding, &holding, talk->fail);
    if (rc < 0 || !holding.finding[0]) return rc < 0 ? rc : 0;
    return refuse(talk, WH_E_INVALID,
                  "%s：这次检查所提的问题 %s 仍在（先撤销问题：wuhao inspect undo %s --why "
                  "原因）",
                  "%s: the finding %s was raised at this visit and stands (take it back first: "
                  "`wuhao inspect undo %s --why WHY`)",
                  undone->id, holding.finding, holding.finding);
}

static int check_application(const struct talk *talk, const struct undone *undone)
{
    struct asking asking;
    int rc = read_asking(talk, undone->unit, (uint32_t)year_of(undone->day), &asking);
    if (rc < 0 || !asking.decided) return rc;
    return refuse(talk, WH_E_INVALID, "%s：单位 %s 该年度已有验收结果（先撤销结果）",
                  "%s: unit %s has a result for that year (take the result back first)", undone->id,
                  undone->unit);
}

/* One unit less of those that were drawn would be picked by hand. */
static int check_lot(const struct talk *talk, const struct undone *undone)
{
    return refuse(talk, WH_E_INVALID,
                  "%s：抽签只能整体重抽（wuhao inspect draw --duty %s --period %s --count "
                  "数 --seed 种子 --again）",
                  "%s: lots are taken back all together (`wuhao inspect draw --duty %s --period %s "
                  "--count N --seed SEED --again`)",
                  undone->id, undone->visit.duty, undone->visit.period);
}

/* ---- A visit ---- */

/* 1 where it was planned before it was done, and no other one stands for that period since. */
static int was_planned(const struct talk *talk, const struct visit *visit,
                       const struct known_unit *unit)
{
    struct known_units one = {(struct known_unit *)(uintptr_t)unit, 1, 1};
    struct visits visits;
    int rc, is_free = 1;
    if (!visit->done || visit->planned_on == 0) return 0;
    rc = read_visits(talk->host, &one, visit->duty, INT32_MIN, INT32_MAX, &visits, talk->fail);
    if (rc < 0) return rc;
    for (uint32_t i = 0; i < visits.count; i++) {
        if (strcmp(visits.items[i].id, visit->id) == 0) continue;
        if (strcmp(visits.items[i].period, visit->planned_for) == 0) is_free = 0;
    }
    free(visits.items);
    return is_free;
}

/* It stands as it was planned, and is taken out of the plan by being taken back once more. */
static int plan_again(const struct talk *talk, const struct visit *visit)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    char day[DAY_TEXT_SIZE];
    int rc;
    put_field(&fields, "date", day_text(visit->planned_on, day));
    put_field(&fields, "period", wh_span_of(visit->planned_for));
    put_field(&fields, "inspector", wh_span_of(visit->planned_by));
    put_field(&fields, "progress", wh_span_of("planned"));
    put_field(&fields, "conclusion", wh_span_of(""));
    put_field(&fields, "planned_on", wh_span_of(""));
    put_field(&fields, "planned_for", wh_span_of(""));
    put_field(&fields, "planned_by", wh_span_of(""));
    rc = host->record_edit(host->self, wh_span_of(visit->id), list_of_fields(&fields), talk->fail);
    if (rc < 0) return rc;
    return remark(talk, "%s：恢复为原定 %s 的检查（再撤销一次即取消安排）",
                  "%s: it is planned for %s again (take it back once more to take it out of the "
                  "plan)",
                  visit->id, day);
}

static int undo_visit(const struct talk *talk, const struct undone *undone)
{
    const struct wh_host *host = talk->host;
    const struct visit *visit = &undone->visit;
    struct known_unit unit;
    int planned, rc = find_unit(host, wh_span_of(undone->unit), &unit, talk->fail);
    if (rc < 0) return rc;
    planned = was_planned(talk, visit, &unit);
    if (planned < 0) return planned;
    rc = planned ? plan_again(talk, visit)
                 : host->record_withdraw(host->self, wh_span_of(visit->id), given_text(talk, "why"),
                                         talk->fail);
    if (rc >= 0) rc = rename_periods(talk, &unit, visit->duty, 0, visit->id);
    return rc < 0 ? rc : reply_word(talk, planned ? "planned" : "withdrawn");
}

int run_undo(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct undone undone = {.day = 0};
    int rc = check_said(talk, "why");
    if (rc == 0) rc = find_undone(talk, &undone);
    if (rc == 0 && strcmp(undone.kind, KIND_VISIT) == 0) rc = check_visit(talk, &undone);
    if (rc == 0 && strcmp(undone.kind, KIND_SAMPLE) == 0) rc = check_lot(talk, &undone);
    if (rc == 0 && strcmp(undone.kind, KIND_APPLICATION) == 0) {
        rc = check_application(talk, &undone);
    }
    if (rc == 0 && strcmp(undone.kind, KIND_VISIT) == 0) return undo_visit(talk, &undone);
    if (rc == 0) {
        rc = host->record_withdraw(host->self, wh_span_of(undone.id), given_text(talk, "why"),
                                   talk->fail);
    }
    if (rc == 0 && strcmp(undone.kind, KIND_FINDING) == 0) rc = forget_finding(talk, undone.id);
    if (rc == 0 && strcmp(undone.kind, KIND_OVERDUE) == 0)
        rc = excuse_finding(talk, undone.finding);
    return rc < 0 ? rc : reply_word(talk, "withdrawn");
}
