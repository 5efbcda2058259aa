/* When jobs are due, and running the one that is. When a job ran last is kept in the store, in the
 * batch of what it wrote, so that one that fell due while the node was stopped runs once. */
#include "host/calendar.h"
#include "host/callbacks.h"
#include "host/plugins_parts.h"
#include "model/key.h"

static const struct wh_job *job_at(const struct wh_host_self *one, uint32_t i)
{
    return wh_list_at(&one->declared->jobs, i);
}

static int64_t now_ms(const struct wh_plugins *plugins)
{
    return plugins->services.now_ms(plugins->services.context);
}

/* By its rule, from when it ran last; a clock that went back does not put it off. */
static void set_due(struct wh_host_self *one, uint32_t i)
{
    struct wh_host_services *services = &one->plugins->services;
    struct wh_job_state *state = &one->jobs[i];
    int64_t now = now_ms(one->plugins), after = state->ran_ms;
    struct wh_calendar calendar;
    if (after > now) after = now;
    state->due_ms = INT64_MAX;
    if (!wh_calendar_read(wh_span_of(job_at(one, i)->when), &calendar)) return;
    state->due_ms = wh_calendar_next(&calendar, after, services->zone_minutes(services->context));
}

static void key_of(struct wh_tuple *ret, const struct wh_host_self *one, uint32_t i)
{
    wh_plugin_key(ret, WH_SPACE_JOBS, one->name, wh_span_of(job_at(one, i)->name));
}

static void read_ran(struct wh_host_self *one, uint32_t i)
{
    struct wh_host_services *services = &one->plugins->services;
    struct wh_job_state *state = &one->jobs[i];
    struct wh_arena arena = {NULL, 0};
    struct wh_error err = {.code = 0};
    struct wh_tuple key;
    struct wh_span bytes;
    uint64_t ran_ms;
    key_of(&key, one, i);
    state->ran_ms = now_ms(one->plugins);
    state->is_new = true;
    if (services->get(services->context, wh_tuple_span(&key), &arena, &bytes, &err) == 0 &&
        bytes.data && wh_key_take_u64(&bytes, &ran_ms) == 0) {
        state->ran_ms = (int64_t)ran_ms;
        state->is_new = false;
    }
    wh_arena_deinit(&arena);
}

#define CLOCK_STEP_MS 1000 /* back by less is none */

/* The clock went back: what waits for a time that it showed would wait for as much longer. */
static void follow_clock(struct wh_host_self *one)
{
    int64_t now = now_ms(one->plugins), back = one->jobs_clock_ms - now;
    one->jobs_clock_ms = now;
    if (back < CLOCK_STEP_MS) return;
    for (uint32_t i = 0; i < one->declared->jobs.count; i++) {
        struct wh_job_state *state = &one->jobs[i];
        set_due(one, i);
        if (state->asked_ms != INT64_MAX && state->asked_ms > now) state->asked_ms -= back;
    }
}

void wh_jobs_open(struct wh_host_self *one)
{
    one->jobs_clock_ms = now_ms(one->plugins);
    one->jobs = wh_arena_new(&one->arena, one->declared->jobs.count, sizeof(*one->jobs));
    for (uint32_t i = 0; i < one->declared->jobs.count; i++) {
        one->jobs[i] = (struct wh_job_state){.asked_ms = INT64_MAX};
        read_ran(one, i);
        set_due(one, i);
    }
}

static void put_ran(struct wh_host_self *one, uint32_t i)
{
    struct wh_host_services *services = &one->plugins->services;
    struct wh_tuple key, value;
    key_of(&key, one, i);
    wh_tuple_clear(&value);
    wh_tuple_put_u64(&value, (uint64_t)one->jobs[i].ran_ms);
    services->put(services->context, wh_tuple_span(&key), wh_tuple_span(&value));
}

void wh_jobs_turn(struct wh_host_self *one)
{
    follow_clock(one);
    for (uint32_t i = 0; i < one->declared->jobs.count; i++) {
        if (!one->jobs[i].is_new) continue;
        put_ran(one, i);
        one->jobs[i].is_new = false;
    }
}

int wh_jobs_ask(struct wh_host_self *one, struct wh_span job, int64_t at_ms)
{
    for (uint32_t i = 0; i < one->declared->jobs.count; i++) {
        if (!wh_span_equal(job, wh_span_of(job_at(one, i)->name))) continue;
        one->jobs[i].asked_ms = at_ms;
        return 0;
    }
    return WH_E_NOT_FOUND;
}

/* ---- What is due ---- */

static int64_t due_of(const struct wh_job_state *state)
{
    if (state->is_under_way) return INT64_MIN;
    return state->asked_ms < state->due_ms ? state->asked_ms : state->due_ms;
}

static struct wh_host_self *first_due(const struct wh_plugins *plugins, uint32_t *ret_index,
                                      int64_t *ret_due_ms)
{
    struct wh_host_self *first = NULL;
    *ret_due_ms = INT64_MAX;
    for (uint32_t p = 0; p < plugins->count; p++) {
        struct wh_host_self *one = plugins->items[p];
        if (one->state != WH_PLUGIN_ON) continue;
        for (uint32_t i = 0; i < one->declared->jobs.count; i++) {
            int64_t due_ms = due_of(&one->jobs[i]);
            if (due_ms >= *ret_due_ms) continue;
            *ret_due_ms = due_ms;
            *ret_index = i;
            first = one;
        }
    }
    return first;
}

int64_t wh_plugins_due_ms(const struct wh_plugins *plugins)
{
    uint32_t index;
    int64_t due_ms;
    (void)first_due(plugins, &index, &due_ms);
    return due_ms;
}

/* Over: its next time comes by its rule. */
static void finish(struct wh_host_self *one, uint32_t i, int rc, const struct wh_failure *failure)
{
    struct wh_job_state *state = &one->jobs[i];
    state->runs++;
    state->last = *failure;
    state->last.code = rc;
    state->is_under_way = false;
    state->spent_ms = 0;
    state->ran_ms = now_ms(one->plugins);
    set_due(one, i);
}

static int run_slice(struct wh_host_self *one, uint32_t i, struct wh_failure *failure)
{
    struct wh_job_state *state = &one->jobs[i];
    int64_t began_ms = wh_exchange_now_ms(), budget_ms = job_at(one, i)->budget_ms;
    int rc;
    state->asked_ms = INT64_MAX; /* it may ask anew */
    rc = wh_plugin_job(one, i, failure);
    state->spent_ms += wh_exchange_now_ms() - began_ms;
    if (budget_ms == 0) budget_ms = WH_CALL_BUDGET_MS;
    if (rc == WH_AGAIN && state->spent_ms > budget_ms) {
        return wh_failure_say(failure, WH_E_FAILED, "job %s is over its budget of %lld ms",
                              job_at(one, i)->name, (long long)budget_ms);
    }
    return rc;
}

int wh_plugins_run_job(struct wh_plugins *plugins, struct wh_error *err)
{
    struct wh_failure failure = {.code = 0};
    uint32_t index = 0;
    int64_t due_ms;
    struct wh_host_self *one = first_due(plugins, &index, &due_ms);
    int rc;
    if (!one || due_ms > now_ms(plugins)) return 0;
    rc = run_slice(one, index, &failure);
    if (rc == WH_AGAIN) {
        one->jobs[index].is_under_way = true;
        return 0;
    }
    finish(one, index, rc, &failure);
    plugins->job_ran = rc < 0 ? NULL : &one->jobs[index];
    if (rc < 0) {
        /* the turn's writes are given up: when it ran is saved by the next turn */
        one->jobs[index].is_new = true;
        wh_plugin_complain(one, "plugin.job_failed", wh_failure_text(&failure));
        return wh_plugin_error(one, rc, &failure, err);
    }
    put_ran(one, index);
    return 0;
}

void wh_job_undo(struct wh_job_state *job)
{
    job->runs--; /* whoever waits for it waits on */
    job->asked_ms = 0;
}

int wh_plugins_ask_job(struct wh_plugins *plugins, struct wh_span plugin, struct wh_span job,
                       struct wh_error *err)
{
    struct wh_host_self *one = wh_plugin_find(plugins, plugin);
    if (!one) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_PLUGIN_NOT_THERE, WH_ARGS(wh_arg_s(plugin)));
    }
    if (one->state != WH_PLUGIN_ON) {
        return wh_fail(err, WH_E_FAILED,
                       one->state == WH_PLUGIN_OFF ? WH_MSG_PLUGIN_OFF : WH_MSG_PLUGIN_NOT_SERVING,
                       WH_ARGS(wh_arg_s(plugin), wh_arg_s(plugin),
                               wh_arg_c(wh_plugin_state_word(one->state))));
    }
    if (wh_jobs_ask(one, job, 0) == 0) return 0;
    return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_PLUGIN_JOB_UNKNOWN,
                   WH_ARGS(wh_arg_s(plugin), wh_arg_s(job)));
}

bool wh_plugins_job_ended(const struct wh_plugins *plugins, struct wh_span plugin,
                          struct wh_span job, uint64_t *ret_runs, int *ret_rc, struct wh_error *err)
{
    struct wh_host_self *one = wh_plugin_find(plugins, plugin);
    for (uint32_t i = 0; one && one->jobs && i < one->declared->jobs.count; i++) {
        const struct wh_job_state *state = &one->jobs[i];
        if (!wh_span_equal(job, wh_span_of(job_at(one, i)->name))) continue;
        *ret_runs = state->runs;
        *ret_rc = state->last.code;
        if (state->last.code < 0) {
            *ret_rc = wh_plugin_error(one, state->last.code, &state->last, err);
        }
        return true;
    }
    return false;
}

bool wh_plugins_job_times(const struct wh_plugins *plugins, struct wh_span plugin, uint32_t job,
                          int64_t *ret_due_ms, int64_t *ret_ran_ms)
{
    const struct wh_host_self *one = wh_plugin_find(plugins, plugin);
    if (!one || one->state != WH_PLUGIN_ON || job >= one->declared->jobs.count) return false;
    *ret_due_ms = due_of(&one->jobs[job]);
    *ret_ran_ms = one->jobs[job].ran_ms;
    return true;
}
