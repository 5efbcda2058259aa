/* The host table within the process of an isolated plugin: each function puts its arguments into a
 * frame, and gives what the node answers. A node that is gone ends the process. */
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "isolation/child.h"

/* ---- Asking ---- */

struct wh_wire wh_child_begin(struct wh_host_self *self, enum wh_ask ask)
{
    struct wh_wire wire;
    uint32_t which = ask;
    if (!pthread_equal(pthread_self(), self->thread)) _exit(WH_EXIT_OTHER_THREAD);
    wh_buffer_clear(&self->asking);
    wire = wh_wire_put(&self->asking);
    wh_wire_u32(&wire, &which);
    return wire;
}

/* Sends what was put, and waits. *ret_answer takes what the function gives. */
int wh_child_ask(struct wh_host_self *self, struct wh_wire *ret_answer, struct wh_failure *failure)
{
    struct wh_span payload, text;
    struct wh_wire wire;
    enum wh_frame what;
    uint32_t code;
    int rc =
        wh_exchange_send(&self->exchange, WH_FRAME_ASK, wh_buffer_span(&self->asking), INT64_MAX);
    if (rc == 0) rc = wh_exchange_receive(&self->exchange, &what, &payload, INT64_MAX);
    if (rc < 0 || what != WH_FRAME_ANSWER) _exit(WH_EXIT_NODE_GONE);
    wire = wh_wire_take(wh_arena_copy(&self->arena, payload), &self->arena);
    wh_wire_u32(&wire, &code);
    wh_wire_span(&wire, &text);
    *ret_answer = wire;
    rc = (int)code;
    if (rc < 0 && failure) {
        failure->code = rc;
        (void)snprintf(failure->text, sizeof(failure->text), "%.*s", (int)text.len,
                       text.data ? text.data : "");
    }
    return rc;
}

/* Tells without waiting: what can't fail, or was looked at here. */
static bool tell(struct wh_host_self *self)
{
    return wh_exchange_queue(&self->exchange, WH_FRAME_TELL, wh_buffer_span(&self->asking)) == 0;
}

int wh_child_ask_plain(struct wh_host_self *self, struct wh_failure *failure)
{
    struct wh_wire answer;
    return wh_child_ask(self, &answer, failure);
}

/* True while another item follows. */
bool wh_child_more(struct wh_wire *answer)
{
    uint32_t more = 0;
    wh_wire_u32(answer, &more);
    return more == 1 && !answer->broken;
}

/* What a visitor said: 0 and 1 are no failure. */
int wh_child_visited(int visit_rc, int rc)
{
    if (visit_rc < 0) return visit_rc;
    return rc;
}

/* ---- Log, clocks, texts and numbers ---- */

static void put_text_and_number(struct wh_host_self *self, enum wh_ask which, const char *text,
                                const char *and, int64_t number)
{
    struct wh_wire wire = wh_child_begin(self, which);
    if (!text) text = "";
    wh_wire_text(&wire, &text);
    wh_wire_text(&wire, &and);
    wh_wire_i64(&wire, &number);
}

static void child_log(struct wh_host_self *self, uint32_t severity, const char *event,
                      const char *text)
{
    put_text_and_number(self, WH_ASK_LOG, event, text, severity);
    if (!tell(self)) (void)wh_child_ask_plain(self, NULL); /* never fails */
}

static bool declares(const struct wh_kind *kind, struct wh_span metric)
{
    for (uint32_t i = 0; kind && i < kind->metrics.count; i++) {
        const struct wh_metric *one = wh_list_at(&kind->metrics, i);
        if (wh_span_equal(metric, wh_span_of(one->id))) return true;
    }
    return false;
}

static int child_metric_set(struct wh_host_self *self, struct wh_span metric, int64_t value,
                            struct wh_failure *failure)
{
    put_text_and_number(self, WH_ASK_METRIC_SET, wh_arena_text(&self->arena, metric), NULL, value);
    if (declares(self->measuring, metric) && tell(self)) return 0;
    return wh_child_ask_plain(self, failure);
}

static int child_job_at(struct wh_host_self *self, const char *job, int64_t at_ms,
                        struct wh_failure *failure)
{
    put_text_and_number(self, WH_ASK_JOB_AT, job, NULL, at_ms);
    return wh_child_ask_plain(self, failure);
}

static int64_t number_of(struct wh_host_self *self, enum wh_ask which)
{
    struct wh_wire answer;
    int64_t number = 0;
    (void)wh_child_begin(self, which);
    if (wh_child_ask(self, &answer, NULL) == 0) wh_wire_i64(&answer, &number);
    return number;
}

static int64_t child_now_ms(struct wh_host_self *self)
{
    return number_of(self, WH_ASK_NOW_MS);
}

static int64_t child_restored_ms(struct wh_host_self *self)
{
    return number_of(self, WH_ASK_RESTORED_MS);
}

static int64_t child_today(struct wh_host_self *self)
{
    if (self->today == INT64_MIN) self->today = number_of(self, WH_ASK_TODAY);
    return self->today;
}

static uint32_t child_year_now(struct wh_host_self *self)
{
    return (uint32_t)number_of(self, WH_ASK_YEAR_NOW);
}

static uint32_t child_language(struct wh_call *call)
{
    return (uint32_t)number_of(call->self, WH_ASK_LANGUAGE);
}

static struct wh_value value_of(struct wh_host_self *self, enum wh_ask which, const char *name)
{
    struct wh_wire wire = wh_child_begin(self, which), answer;
    struct wh_value value;
    memset(&value, 0, sizeof(value));
    if (!name) return value;
    wh_wire_text(&wire, &name);
    if (wh_child_ask(self, &answer, NULL) == 0) wh_wire_value(&answer, &value);
    return value;
}

static struct wh_value child_setting(struct wh_host_self *self, const char *name)
{
    return value_of(self, WH_ASK_SETTING, name);
}

static struct wh_value child_param(struct wh_call *call, const char *param)
{
    return value_of(call->self, WH_ASK_PARAM, param);
}

/* ---- Reading ---- */

static int visit_records(struct wh_host_self *self, wh_record_visit visit, void *context,
                         struct wh_failure *failure)
{
    struct wh_wire answer;
    int said = 0, rc = wh_child_ask(self, &answer, failure);
    while (rc >= 0 && said == 0 && wh_child_more(&answer)) {
        struct wh_record_view record;
        memset(&record, 0, sizeof(record));
        wh_wire_record(&answer, &record);
        said = visit(context, &record);
    }
    return wh_child_visited(said, rc);
}

static int child_records(struct wh_host_self *self, struct wh_span kind, struct wh_span unit,
                         int64_t from, int64_t to, wh_record_visit visit, void *context,
                         struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_RECORDS);
    wh_wire_span(&wire, &kind);
    wh_wire_span(&wire, &unit);
    wh_wire_i64(&wire, &from);
    wh_wire_i64(&wire, &to);
    return visit_records(self, visit, context, failure);
}

static int child_record(struct wh_host_self *self, struct wh_span id, wh_record_visit visit,
                        void *context, struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_RECORD);
    wh_wire_span(&wire, &id);
    return visit_records(self, visit, context, failure);
}

static const struct wh_kind *child_kind(struct wh_host_self *self, struct wh_span name)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_KIND), answer;
    struct wh_kind *kind;
    wh_wire_span(&wire, &name);
    if (wh_child_ask(self, &answer, NULL) < 0 || !wh_child_more(&answer)) return NULL;
    kind = wh_arena_new(&self->arena, 1, sizeof(*kind));
    wh_wire_kind(&answer, kind);
    return kind;
}

static const struct wh_programme_view *child_programme(struct wh_host_self *self, uint32_t year)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_PROGRAMME), answer;
    struct wh_programme_view *programme;
    wh_wire_u32(&wire, &year);
    if (wh_child_ask(self, &answer, NULL) < 0 || !wh_child_more(&answer)) return NULL;
    programme = wh_arena_new(&self->arena, 1, sizeof(*programme));
    wh_wire_programme(&answer, programme);
    return programme;
}

static int child_standings(struct wh_host_self *self, const struct wh_standing_query *query,
                           wh_standing_visit visit, void *context, struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_STANDINGS), answer;
    struct wh_standing_query copy = *query;
    int said = 0, rc;
    wh_wire_query(&wire, &copy);
    rc = wh_child_ask(self, &answer, failure);
    while (rc >= 0 && said == 0 && wh_child_more(&answer)) {
        struct wh_standing standing;
        memset(&standing, 0, sizeof(standing));
        wh_wire_standing(&answer, &standing);
        said = visit(context, &standing);
    }
    return wh_child_visited(said, rc);
}

static int child_explain(struct wh_host_self *self, struct wh_span unit,
                         const struct wh_standing_query *query, uint32_t language,
                         wh_explained_visit visit, void *context, struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_EXPLAIN), answer;
    struct wh_standing_query copy = *query;
    int said = 0, rc;
    wh_wire_span(&wire, &unit);
    wh_wire_query(&wire, &copy);
    wh_wire_u32(&wire, &language);
    rc = wh_child_ask(self, &answer, failure);
    while (rc >= 0 && said == 0 && wh_child_more(&answer)) {
        struct wh_explained line;
        memset(&line, 0, sizeof(line));
        wh_wire_explained(&answer, &line);
        said = visit(context, &line);
    }
    return wh_child_visited(said, rc);
}

static int child_units(struct wh_host_self *self, struct wh_span under, wh_unit_visit visit,
                       void *context, struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_UNITS), answer;
    int said = 0, rc;
    wh_wire_span(&wire, &under);
    rc = wh_child_ask(self, &answer, failure);
    while (rc >= 0 && said == 0 && wh_child_more(&answer)) {
        struct wh_unit_view unit;
        memset(&unit, 0, sizeof(unit));
        wh_wire_unit(&answer, &unit);
        said = visit(context, &unit);
    }
    return wh_child_visited(said, rc);
}

static int child_figures(struct wh_host_self *self, struct wh_span unit, uint32_t below,
                         uint32_t year, wh_figure_visit visit, void *context,
                         struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_FIGURES), answer;
    int said = 0, rc;
    wh_wire_span(&wire, &unit);
    wh_wire_u32(&wire, &below);
    wh_wire_u32(&wire, &year);
    rc = wh_child_ask(self, &answer, failure);
    while (rc >= 0 && said == 0 && wh_child_more(&answer)) {
        struct wh_figure figure;
        memset(&figure, 0, sizeof(figure));
        wh_wire_figure(&answer, &figure);
        said = visit(context, &figure);
    }
    return wh_child_visited(said, rc);
}

static int child_deeds(struct wh_host_self *self, const struct wh_duty *duty, struct wh_span unit,
                       int64_t from, int64_t to, wh_deed_visit visit, void *context,
                       struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_DEEDS), answer;
    struct wh_duty copy = *duty;
    int said = 0, rc;
    wh_wire_duty(&wire, &copy);
    wh_wire_span(&wire, &unit);
    wh_wire_i64(&wire, &from);
    wh_wire_i64(&wire, &to);
    rc = wh_child_ask(self, &answer, failure);
    while (rc >= 0 && said == 0 && wh_child_more(&answer)) {
        struct wh_deed deed;
        wh_wire_span(&answer, &deed.id);
        wh_wire_i64(&answer, &deed.date);
        said = visit(context, &deed);
    }
    return wh_child_visited(said, rc);
}

static int64_t child_workday_from(struct wh_host_self *self, int64_t day)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_WORKDAY_FROM), answer;
    wh_wire_i64(&wire, &day);
    if (wh_child_ask(self, &answer, NULL) == 0) wh_wire_i64(&answer, &day);
    return day;
}

static int child_published(struct wh_host_self *self, struct wh_span prefix,
                           wh_published_visit visit, void *context, struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_PUBLISHED), answer;
    int said = 0, rc;
    wh_wire_span(&wire, &prefix);
    rc = wh_child_ask(self, &answer, failure);
    while (rc >= 0 && said == 0 && wh_child_more(&answer)) {
        struct wh_published published;
        memset(&published, 0, sizeof(published));
        wh_wire_published(&answer, &published);
        said = visit(context, &published);
    }
    return wh_child_visited(said, rc);
}

static int child_rates(struct wh_host_self *self, const struct wh_standing_query *query,
                       wh_rate_visit visit, void *context, struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_RATES), answer;
    struct wh_standing_query copy = *query;
    int said = 0, rc;
    wh_wire_query(&wire, &copy);
    rc = wh_child_ask(self, &answer, failure);
    while (rc >= 0 && said == 0 && wh_child_more(&answer)) {
        struct wh_rate_view rate;
        memset(&rate, 0, sizeof(rate));
        wh_wire_rate(&answer, &rate);
        said = visit(context, &rate);
    }
    return wh_child_visited(said, rc);
}

static void child_moment(struct wh_host_self *self, char ret[WH_MOMENT_TEXT_MAX])
{
    struct wh_span text = WH_SPAN_EMPTY;
    struct wh_wire answer;
    (void)wh_child_begin(self, WH_ASK_MOMENT);
    if (wh_child_ask(self, &answer, NULL) == 0) wh_wire_span(&answer, &text);
    (void)snprintf(ret, WH_MOMENT_TEXT_MAX, "%.*s", (int)text.len, text.data ? text.data : "");
}

static struct wh_span child_home(struct wh_host_self *self)
{
    struct wh_span code = WH_SPAN_EMPTY;
    struct wh_wire answer;
    (void)wh_child_begin(self, WH_ASK_HOME);
    if (wh_child_ask(self, &answer, NULL) == 0) wh_wire_span(&answer, &code);
    return code;
}

void wh_child_table(struct wh_host_self *self)
{
    self->table = (struct wh_host){
        .abi = WH_ABI,
        .size = sizeof(struct wh_host),
        .self = self,
        .log = child_log,
        .records = child_records,
        .kind = child_kind,
        .metric_set = child_metric_set,
        .param = child_param,
        .language = child_language,
        .year_now = child_year_now,
        .standings = child_standings,
        .explain = child_explain,
        .now_ms = child_now_ms,
        .today = child_today,
        .setting = child_setting,
        .job_at = child_job_at,
        .units = child_units,
        .figures = child_figures,
        .programme = child_programme,
        .record = child_record,
        .deeds = child_deeds,
        .workday_from = child_workday_from,
        .home = child_home,
        .published = child_published,
        .moment = child_moment,
        .rates = child_rates,
        .restored_ms = child_restored_ms,
    };
    wh_child_table_writes(&self->table);
}
