/* `training plan` and `training held`: what was planned for the year, and what became of it. */
#include <stdlib.h>

#include "training.h"

/* One plan, copied; texts lie in the pool. */
struct plan {
    struct wh_span id;
    struct wh_span subject;
    struct wh_span audience;
    struct wh_span session; /* empty: none */
    struct wh_span written; /* its `progress` as it stands in the record */
    char unit[32];
    int64_t date;
    int64_t hours_h; /* -1: not said */
};

struct plans {
    struct plan *items; /* the caller frees */
    uint32_t count;
    uint32_t size;
    struct pool *pool;
};

static int take_plan(void *context, const struct wh_record_view *record)
{
    struct plans *plans = context;
    struct plan plan = {.date = record->date, .hours_h = field_number(record, "hours", -1)};
    plan.id = pool_trimmed(plans->pool, record->id);
    plan.subject = pool_trimmed(plans->pool, field_text(record, "subject"));
    plan.audience = pool_trimmed(plans->pool, field_text(record, "audience"));
    plan.session = pool_trimmed(plans->pool, field_text(record, "session"));
    plan.written = pool_trimmed(plans->pool, field_text(record, "progress"));
    if (!plan.id.data || !plan.subject.data || !plan.audience.data || !plan.session.data ||
        !plan.written.data) {
        return WH_E_FAILED;
    }
    copy_text(plan.unit, sizeof(plan.unit), record->unit);
    if (make_room(&plans->items, plans->count, &plans->size, sizeof(*plans->items)) < 0) {
        return WH_E_FAILED;
    }
    plans->items[plans->count++] = plan;
    return 0;
}

static int read_plans(const struct talk *talk, const char *unit, int64_t from, int64_t to,
                      struct plans *ret)
{
    const struct wh_host *host = talk->host;
    int rc = host->records(host->self, wh_span_of(KIND_PLAN), wh_span_of(unit), from, to, take_plan,
                           ret, talk->fail);
    return rc < 0 ? rc : 0;
}

static int is_held(const struct plan *plan)
{
    return wh_span_equal(plan->written, wh_span_of("held"));
}

/* ---- training plan ---- */

static const char *state_of(const struct plan *plan, int64_t today)
{
    if (is_held(plan)) return "held";
    if (wh_span_equal(plan->written, wh_span_of("dropped"))) return "dropped";
    return plan->date < today ? "overdue" : "planned";
}

static int show_plan(const struct talk *talk, const struct plan *plan,
                     const struct sessions *sessions)
{
    const struct session *session = session_of(sessions, plan->session);
    int64_t today = talk->host->today(talk->host->self);
    struct wh_value row[9];
    row[0] = wh_value_text(plan->id);
    row[1] = wh_value_text(wh_span_of(plan->unit));
    row[2] = wh_value_number(WH_DATE, plan->date);
    row[3] = text_or_null(plan->subject);
    row[4] = text_or_null(plan->audience);
    row[5] = number_or_null(WH_DECIMAL, plan->hours_h);
    row[6] = wh_value_text(wh_span_of(state_of(plan, today)));
    row[7] = text_or_null(plan->session);
    row[8] = session ? wh_value_number(WH_DATE, session->date) : wh_value_null();
    return talk->host->reply_row(talk->call, row, 9, talk->fail);
}

static int compare_plans(const void *a, const void *b)
{
    const struct plan *left = a, *right = b;
    if (left->date != right->date) return left->date < right->date ? -1 : 1;
    if (strcmp(left->unit, right->unit) != 0) return strcmp(left->unit, right->unit);
    return left->id.len == right->id.len ? memcmp(left->id.data, right->id.data, left->id.len) : 0;
}

static int show_plans(const struct talk *talk, struct plans *plans, const struct sessions *sessions)
{
    uint32_t gone = 0;
    int rc = 0;
    if (plans->count == 0) {
        struct wh_span unit =
            is_given(talk, "unit") ? given_text(talk, "unit") : talk->host->home(talk->host->self);
        return remark(talk,
                      "该年没有培训计划（登记：wuhao add training_plan --unit %.*s date=日期 "
                      "subject=主题 audience=elders）",
                      "nothing is planned for that year (enter it: `wuhao add training_plan --unit "
                      "%.*s date=DAY subject=SUBJECT audience=elders`)",
                      (int)unit.len, unit.data);
    }
    qsort(plans->items, plans->count, sizeof(*plans->items), compare_plans);
    for (uint32_t i = 0; rc == 0 && i < plans->count; i++) {
        const struct plan *plan = &plans->items[i];
        if (is_held(plan) && !session_of(sessions, plan->session)) gone++;
        rc = show_plan(talk, plan, sessions);
    }
    if (rc == 0 && gone > 0) {
        rc = remark(talk, "%u 个计划所记的培训已不存在（wuhao training held 编号 --undo）",
                    "%u plans are held by a session that is not there (`wuhao training held PLAN "
                    "--undo`)",
                    gone);
    }
    return rc;
}

static const struct wh_choice states[] = {
    {"planned", {"计划中", "Planned"}},
    {"overdue", {"逾期未办", "Overdue"}},
    {"held", {"已举办", "Held"}},
    {"dropped", {"已取消", "Dropped"}},
};

int run_plan(const struct talk *talk)
{
    const struct wh_list titles = WH_LIST(states);
    struct pool pool = {NULL};
    struct plans plans = {NULL, 0, 0, &pool};
    struct sessions sessions = {NULL, 0, 0, NULL};
    struct known_units units = {NULL, 0, 0};
    uint32_t year;
    int rc = given_year_checked(talk, &year);
    if (rc == 0) rc = tell_words(talk, "state", titles);
    if (rc == 0) rc = tell_words(talk, "audience", audience_titles);
    if (rc == 0) rc = given_scope(talk, &units);
    for (uint32_t i = 0; rc == 0 && i < units.count; i++) {
        rc = read_plans(talk, units.items[i].code, first_day_of(year), last_day_of(year), &plans);
    }
    if (rc == 0) rc = read_sessions(talk, &pool, &sessions);
    if (rc == 0) rc = show_plans(talk, &plans, &sessions);
    free(units.items);
    free(plans.items);
    free(sessions.items);
    pool_free(&pool);
    return rc;
}

/* ---- training held ---- */

static int mark(const struct talk *talk, const struct plan *plan, const char *state,
                struct wh_span session)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    int rc;
    put_field(&fields, "progress", wh_span_of(state));
    put_field(&fields, "session", session);
    rc = host->record_edit(host->self, plan->id, list_of_fields(&fields), talk->fail);
    return rc < 0 ? rc : reply_word(talk, state);
}

/* One session fulfils one plan. */
static int check_free(const struct talk *talk, const struct plan *plan, struct wh_span session)
{
    struct plans others = {NULL, 0, 0, NULL};
    struct pool pool = {NULL};
    int rc;
    others.pool = &pool;
    rc = read_plans(talk, plan->unit, INT32_MIN, INT32_MAX, &others);
    for (uint32_t i = 0; rc == 0 && i < others.count; i++) {
        const struct plan *other = &others.items[i];
        if (!wh_span_equal(other->session, session)) continue;
        rc = refuse(talk, WH_E_INVALID, "培训 %.*s：已是计划 %.*s 的培训",
                    "session %.*s: it fulfils plan %.*s", (int)session.len, session.data,
                    (int)other->id.len, other->id.data);
    }
    free(others.items);
    pool_free(&pool);
    return rc;
}

static int mark_held(const struct talk *talk, const struct plan *plan, struct pool *pool)
{
    struct sessions sessions = {NULL, 0, 0, NULL};
    int rc;
    if (is_held(plan)) {
        return refuse(talk, WH_E_INVALID, "计划 %.*s：已举办（先 --undo 撤销）",
                      "plan %.*s: it was held already (take that back: --undo)", (int)plan->id.len,
                      plan->id.data);
    }
    rc = given_session(talk, "session", pool, &sessions);
    if (rc == 0 && strcmp(sessions.items[0].unit, plan->unit) != 0) {
        rc = refuse(talk, WH_E_INVALID, "培训 %.*s：属于单位 %s，计划属于 %s",
                    "session %.*s: it is of unit %s, the plan of %s", (int)sessions.items[0].id.len,
                    sessions.items[0].id.data, sessions.items[0].unit, plan->unit);
    }
    if (rc == 0) rc = check_free(talk, plan, sessions.items[0].id);
    if (rc == 0) rc = mark(talk, plan, "held", sessions.items[0].id);
    free(sessions.items);
    return rc;
}

static int undo_held(const struct talk *talk, const struct plan *plan)
{
    if (is_held(plan)) return mark(talk, plan, "planned", wh_span_of(""));
    return refuse(talk, WH_E_INVALID, "计划 %.*s：尚未举办", "plan %.*s: it was not held",
                  (int)plan->id.len, plan->id.data);
}

static int given_plan(const struct talk *talk, struct plans *ret)
{
    struct place place = {.kind = KIND_PLAN,
                          .id = pool_trimmed(ret->pool, given_text(talk, "plan")),
                          .visit = take_plan,
                          .context = ret};
    int rc = find_record(talk, &place);
    if (rc < 0 || place.is_found) return rc;
    return refuse(talk, WH_E_NOT_FOUND, "计划 %.*s：没有这个计划（见 wuhao training plan）",
                  "plan %.*s: there is no such plan (see `wuhao training plan`)", (int)place.id.len,
                  place.id.data ? place.id.data : "");
}

int run_held(const struct talk *talk)
{
    struct pool pool = {NULL};
    struct plans plans = {NULL, 0, 0, &pool};
    int rc;
    if (is_given(talk, "session") == is_given(talk, "undo")) {
        return refuse(talk, WH_E_USAGE, "举办：须给出 --session 编号 或 --undo 之一",
                      "held: it takes either --session ID or --undo");
    }
    rc = given_plan(talk, &plans);
    if (rc == 0 && is_given(talk, "undo")) {
        rc = undo_held(talk, &plans.items[0]);
    } else if (rc == 0) {
        rc = mark_held(talk, &plans.items[0], &pool);
    }
    free(plans.items);
    pool_free(&pool);
    return rc;
}
