/* One call into a plugin: who is inside, for how long, what comes back. Nothing else in the node
 * calls a plugin. */
#include <stdio.h>
#include <time.h>

#include "base/text.h"
#include "host/callbacks.h"
#include "host/forms.h"
#include "host/plugins_parts.h"

#define OVERRUNS_MAX 3 /* in a row */
#define DEATHS_IN_A_ROW_MAX 3

static int64_t mono_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- Strikes ---- */

uint32_t wh_strikes_count(const struct wh_plugin *declared)
{
    return (uint32_t)WH_CALLBACKS + declared->commands.count + declared->jobs.count;
}

struct wh_strikes *wh_strikes_of(struct wh_host_self *one, enum wh_callback callback,
                                 uint32_t index)
{
    if (callback == WH_CALLBACK_COMMAND) return &one->strikes[(uint32_t)WH_CALLBACKS + index];
    if (callback == WH_CALLBACK_JOB) {
        return &one->strikes[(uint32_t)WH_CALLBACKS + one->declared->commands.count + index];
    }
    return &one->strikes[callback];
}

/* "command `visits late`", "job tidy", "measure" */
static void name_of(const struct wh_host_self *one, enum wh_callback callback, uint32_t index,
                    char *ret, size_t size)
{
    const char *word = wh_callback_word(callback);
    if (callback == WH_CALLBACK_COMMAND) {
        const struct wh_command *command = wh_list_at(&one->declared->commands, index);
        (void)snprintf(ret, size, "command `%s`", command->name);
    } else if (callback == WH_CALLBACK_JOB) {
        const struct wh_job *job = wh_list_at(&one->declared->jobs, index);
        (void)snprintf(ret, size, "job %s", job->name);
    } else {
        (void)snprintf(ret, size, "%s", word);
    }
}

/* True where the same was said within the hour; remembered from now on where it was not. */
static bool was_said(struct wh_complaints *complaints, const uint8_t *digest, int64_t now_ms)
{
    struct wh_complaint *oldest = &complaints->items[0];
    for (size_t i = 0; i < WH_COMPLAINTS_KEPT; i++) {
        struct wh_complaint *one = &complaints->items[i];
        if (one->at_ms != 0 && now_ms - one->at_ms < WH_HOUR_MS &&
            memcmp(one->digest, digest, sizeof(one->digest)) == 0) {
            return true;
        }
        if (one->at_ms < oldest->at_ms) oldest = one;
    }
    memcpy(oldest->digest, digest, sizeof(oldest->digest));
    oldest->at_ms = now_ms;
    return false;
}

void wh_plugin_complain(struct wh_host_self *one, const char *event, struct wh_span text)
{
    const struct wh_span parts[] = {wh_span_of(event), text};
    struct wh_complaints *complaints = &one->complaints;
    int64_t now_ms = mono_us() / 1000;
    uint8_t digest[WH_SHORT_DIGEST_BYTES];
    wh_digest(parts, 2, digest, sizeof(digest));
    if (was_said(complaints, digest, now_ms)) return;
    if (now_ms - complaints->hour_ms >= WH_HOUR_MS || complaints->hour_ms == 0) {
        complaints->hour_ms = now_ms;
        complaints->lines = 0;
    }
    if (++complaints->lines > WH_COMPLAINTS_AN_HOUR) return;
    wh_log(one->plugins->log, WH_WARN, event, "name=%.*s why=%.*s%s", (int)one->name.len,
           one->name.data, (int)text.len, text.data,
           complaints->lines == WH_COMPLAINTS_AN_HOUR ? " (what else it fails by is not logged for "
                                                        "an hour)"
                                                      : "");
}

static void judge_time(struct wh_host_self *one, enum wh_callback callback, uint32_t index,
                       int64_t took_ms)
{
    struct wh_strikes *strikes = wh_strikes_of(one, callback, index);
    char name[120], text[200];
    if (took_ms <= WH_CALL_BUDGET_MS) {
        strikes->overruns = 0;
        return;
    }
    strikes->overruns++;
    name_of(one, callback, index, name, sizeof(name));
    (void)snprintf(text, sizeof(text), "%s is over its budget of %d ms", name, WH_CALL_BUDGET_MS);
    wh_plugin_complain(one, "plugin.slow", wh_span_of(text));
    if (strikes->overruns >= OVERRUNS_MAX) {
        wh_plugin_quarantine(one, "%s was over its budget of %d ms three times in a row", name,
                             WH_CALL_BUDGET_MS);
    }
}

/* The process of an isolated plugin ended, or was ended, within the callback. */
static void judge_death(struct wh_host_self *one, enum wh_callback callback, uint32_t index)
{
    struct wh_strikes *strikes = wh_strikes_of(one, callback, index);
    char name[120], text[320];
    if (!wh_proxy_take_death(one->proxy)) {
        if (wh_proxy_pid(one->proxy) != 0) strikes->deaths = 0; /* it returned by itself */
        return;
    }
    strikes->deaths++;
    one->ended_ms[one->ended++ % WH_DEATHS_SHOWN] = mono_us() / 1000;
    name_of(one, callback, index, name, sizeof(name));
    (void)snprintf(text, sizeof(text), "%s: %s", name, wh_proxy_end(one->proxy));
    wh_plugin_complain(one, "plugin.process_ended", wh_span_of(text));
    if (strikes->deaths >= DEATHS_IN_A_ROW_MAX) {
        wh_plugin_quarantine(one, "%s failed three times in a row: %s", name,
                             wh_proxy_end(one->proxy));
    }
}

/* ---- Entering and leaving ---- */

/* A callback under way. One may run within another: `explain`, asked by the ranking, has the
 * ledgers say which records count. */
struct entry {
    enum wh_callback callback;
    uint32_t index;
    int64_t began_us;
    enum wh_callback outer; /* of the same plugin */
    bool outer_may_write;
    struct wh_inside inside; /* whom the page named before */
};

static struct entry enter(struct wh_host_self *one, enum wh_callback callback, uint32_t index)
{
    struct entry entry = {.callback = callback,
                          .index = index,
                          .outer = one->inside,
                          .outer_may_write = one->may_write};
    one->inside = callback;
    one->may_write = false;
    if (entry.outer == WH_CALLBACK_NONE) {
        one->writes = 0;
        one->write_bytes = 0;
    }
    one->calls++;
    entry.inside = one->proxy ? wh_page_enter(one->plugins->page, WH_PAGE_OUTSIDE, 0, 0)
                              : wh_page_enter(one->plugins->page, one->slot, callback, index);
    entry.began_us = mono_us();
    return entry;
}

/* What a plugin returns is a code of ours, 0 or 1; its failure has a text that can be shown. */
static int leave(struct wh_host_self *one, const struct entry *entry, int rc,
                 struct wh_failure *failure)
{
    int64_t took_us = mono_us() - entry->began_us;
    wh_page_leave(one->plugins->page, &entry->inside);
    one->inside = entry->outer;
    one->may_write = entry->outer_may_write;
    if (entry->outer == WH_CALLBACK_NONE && one->lent.used_bytes > 0) {
        wh_arena_clear(&one->lent);
        memset(one->programmes, 0, sizeof(one->programmes));
    }
    if ((uint64_t)took_us > one->longest_us) one->longest_us = (uint64_t)took_us;
    failure->text[sizeof(failure->text) - 1] = '\0';
    if (rc > 1 || rc < WH_E_SOME_REFUSED) {
        (void)snprintf(failure->text, sizeof(failure->text),
                       "%s returned %d, which is no code of wuhao/plugin.h",
                       wh_callback_word(entry->callback), rc);
        rc = WH_E_FAILED;
    }
    if (rc < 0) one->kept_is_known = false; /* its writes are given up */
    if (one->proxy) judge_death(one, entry->callback, entry->index);
    if (one->state == WH_PLUGIN_ON) {
        judge_time(one, entry->callback, entry->index, took_us / 1000);
    }
    return rc;
}

int wh_plugin_error(struct wh_host_self *one, int rc, const struct wh_failure *failure,
                    struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_span text = wh_failure_text(failure);
    text = wh_text_printable(text, &arena);
    if (text.len == 0) {
        rc = wh_fail(err, rc, WH_MSG_PLUGIN_FAILED, WH_ARGS(wh_arg_s(one->name)));
    } else {
        rc = wh_fail(err, rc, WH_MSG_VERBATIM, WH_ARGS(wh_arg_s(text)));
    }
    wh_arena_deinit(&arena);
    return rc;
}

/* ---- The callbacks ---- */

int wh_plugin_open(struct wh_host_self *one, struct wh_failure *failure)
{
    struct entry entry = enter(one, WH_CALLBACK_OPEN, 0);
    int rc = 0;
    one->table = wh_plugin_table(one);
    one->self = one->proxy ? wh_proxy_self(one->proxy) : NULL;
    if (one->declared->open) rc = one->declared->open(&one->table, &one->self, failure);
    return leave(one, &entry, rc > 0 ? 0 : rc, failure);
}

void wh_plugin_close(struct wh_host_self *one)
{
    struct wh_failure failure = {.code = 0};
    struct entry entry = enter(one, WH_CALLBACK_CLOSE, 0);
    if (one->declared->close) one->declared->close(one->self);
    (void)leave(one, &entry, 0, &failure); /* closing can't fail */
}

/* A process that rests can't measure now: the cell waits. And one that waits for an answer of ours
 * can't be called meanwhile. */
static bool can_run(const struct wh_host_self *one)
{
    if (one->state != WH_PLUGIN_ON) return false;
    return !one->proxy || (one->inside == WH_CALLBACK_NONE && wh_proxy_rest_ms(one->proxy) == 0);
}

/* Its metrics are measured by their forms, here: no code of the plugin runs. */
static bool is_by_form(const struct wh_host_self *one, const struct wh_kind *kind)
{
    return (kind->flags & WH_KIND_BY_FORM) || !one->declared->measure;
}

static int measure(struct wh_host_self *one, const struct wh_cell *cell, const struct wh_kind *kind,
                   struct wh_failure *failure)
{
    struct entry entry;
    int rc;
    if (is_by_form(one, kind)) return wh_forms_measure(&one->table, cell, kind, failure);
    entry = enter(one, WH_CALLBACK_MEASURE, 0);
    rc = one->declared->measure(one->self, cell, failure);
    return leave(one, &entry, rc, failure);
}

int wh_plugins_measure(struct wh_plugins *plugins, const struct wh_cell *cell,
                       const struct wh_kind *kind, struct wh_measure_sink sink,
                       struct wh_error *err)
{
    struct wh_host_self *one = wh_plugin_server(plugins, kind);
    struct wh_failure failure;
    int rc;
    if (!one || !can_run(one)) return WH_E_NOT_FOUND;
    failure.code = 0;
    failure.text[0] = '\0';
    one->measuring = &sink;
    one->measuring_kind = kind;
    rc = measure(one, cell, kind, &failure);
    one->measuring = NULL;
    if (rc >= 0) return 0;
    wh_plugin_complain(one, "measure.failed", wh_failure_text(&failure));
    return wh_plugin_error(one, rc, &failure, err);
}

bool wh_plugins_count(struct wh_plugins *plugins, const struct wh_cell *cell,
                      const struct wh_kind *kind, const struct wh_metric *metric,
                      const struct wh_record *record)
{
    struct wh_host_self *one = wh_plugin_server(plugins, kind);
    struct wh_failure failure = {.code = 0};
    struct wh_record_view view;
    struct entry entry;
    int counts;
    bool by_form = one && is_by_form(one, kind);
    if (!one || (!by_form && !one->declared->counts) || !can_run(one)) return true;
    view = wh_plugin_record_view(record, &plugins->scratch);
    if (by_form) {
        counts = wh_forms_count(cell, metric, &view);
        wh_arena_clear(&plugins->scratch);
        return counts != 0;
    }
    entry = enter(one, WH_CALLBACK_COUNTS, 0);
    counts = one->declared->counts(one->self, cell, metric, &view);
    counts = leave(one, &entry, counts, &failure);
    wh_arena_clear(&plugins->scratch);
    return counts != 0;
}

bool wh_plugin_meets(struct wh_host_self *one, const struct wh_duty *duty,
                     const struct wh_record *record)
{
    struct wh_arena *scratch = &one->plugins->scratch;
    struct wh_failure failure = {.code = 0};
    struct wh_record_view view;
    struct entry entry;
    int meets;
    if (!one->declared->meets || !can_run(one)) return false;
    view = wh_plugin_record_view(record, scratch);
    entry = enter(one, WH_CALLBACK_MEETS, 0);
    meets = one->declared->meets(one->self, duty, &view);
    meets = leave(one, &entry, meets, &failure);
    wh_arena_clear(scratch);
    return meets == 1;
}

static struct wh_host_self *owner_of(const struct wh_plugins *plugins,
                                     const struct wh_command *command, uint32_t *ret_index)
{
    for (uint32_t p = 0; p < plugins->count; p++) {
        struct wh_host_self *one = plugins->items[p];
        for (uint32_t i = 0; one->declared && i < one->declared->commands.count; i++) {
            if (wh_list_at(&one->declared->commands, i) != command) continue;
            *ret_index = i;
            return one;
        }
    }
    return NULL;
}

int wh_plugins_run(struct wh_plugins *plugins, struct wh_call *call, struct wh_error *err)
{
    uint32_t index = 0;
    struct wh_host_self *one = owner_of(plugins, call->command, &index);
    struct wh_failure failure = {.code = 0};
    struct entry entry;
    int rc;
    if (!one || one->state != WH_PLUGIN_ON) {
        return wh_fail(
            err, WH_E_FAILED,
            one && one->state != WH_PLUGIN_OFF ? WH_MSG_PLUGIN_NOT_SERVING : WH_MSG_PLUGIN_OFF,
            WH_ARGS(wh_arg_c(call->command->name), wh_arg_s(one ? one->name : WH_SPAN_EMPTY),
                    wh_arg_c(wh_plugin_state_word(one ? one->state : WH_PLUGIN_OFF))));
    }
    entry = enter(one, WH_CALLBACK_COMMAND, index);
    one->may_write = call->command->permission >= WH_PERMIT_WRITE;
    call->plugin = one;
    one->asked_by = call->author;
    rc = one->declared->command(one->self, index, call, &failure);
    rc = leave(one, &entry, rc, &failure);
    return rc < 0 ? wh_plugin_error(one, rc, &failure, err) : 0;
}

int wh_plugin_job(struct wh_host_self *one, uint32_t index, struct wh_failure *failure)
{
    struct entry entry = enter(one, WH_CALLBACK_JOB, index);
    int rc;
    one->may_write = true;
    rc = one->declared->job(one->self, index, failure);
    return leave(one, &entry, rc, failure);
}

void wh_plugin_tell_changes(struct wh_host_self *one, struct wh_list changes)
{
    struct wh_failure failure = {.code = 0};
    struct entry entry;
    int rc;
    if (!can_run(one)) return;
    entry = enter(one, WH_CALLBACK_ROWS_CHANGED, 0);
    rc = one->declared->rows_changed(one->self, changes, &failure);
    rc = leave(one, &entry, rc, &failure);
    if (rc < 0) {
        wh_plugin_complain(one, "plugin.rows_changed_failed", wh_failure_text(&failure));
    }
}
