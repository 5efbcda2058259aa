/* plugin list|show|enable|disable|reload|run, notices, commands. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/date.h"
#include "base/text.h"
#include "commands/handlers.h"
#include "home/plugin_files.h"

/* ---- list, show, commands ---- */

static void reply_plugin(struct wh_call *call, const struct wh_plugin_view *plugin)
{
    const struct wh_plugin *declared = plugin->declared;
    struct wh_value row[] = {
        wh_value_text(plugin->name),
        declared ? wh_value_text(wh_span_of(declared->version)) : wh_value_null(),
        wh_value_text(wh_span_of(wh_plugin_state_word(plugin->state))),
        declared ? wh_value_text(wh_title_text(declared->title, call->language)) : wh_value_null(),
        plugin->reason.len > 0 ? wh_value_text(plugin->reason) : wh_value_null(),
    };
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
}

int wh_run_plugin_list(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_plugin_view plugin;
    (void)err;
    if (desk->plugins) wh_plugins_learn(desk->plugins);
    for (uint32_t i = 0; desk->plugins && wh_plugin_at(desk->plugins, i, &plugin); i++) {
        reply_plugin(call, &plugin);
    }
    return 0;
}

static void reply_line(struct wh_call *call, const char *what, struct wh_span name,
                       struct wh_span title)
{
    struct wh_value row[] = {
        wh_value_text(wh_span_of(what)),
        wh_value_text(name),
        title.len > 0 ? wh_value_text(title) : wh_value_null(),
    };
    wh_reply_row(call, row, 3);
}

static void reply_titled(struct wh_call *call, const char *what, const char *name,
                         struct wh_title title)
{
    reply_line(call, what, wh_span_of(name), wh_title_text(title, call->language));
}

static void reply_number(struct wh_call *call, const char *what, int64_t number)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "%lld", (long long)number);
    reply_line(call, what, wh_arena_copy(&call->arena, wh_span_of(text)), WH_SPAN_EMPTY);
}

static void show_jobs(struct wh_desk *desk, struct wh_call *call,
                      const struct wh_plugin_view *plugin)
{
    for (uint32_t i = 0; i < plugin->declared->jobs.count; i++) {
        const struct wh_job *job = wh_list_at(&plugin->declared->jobs, i);
        char moment[WH_MOMENT_TEXT_SIZE];
        int64_t due_ms, ran_ms;
        reply_titled(call, "job", job->name, job->title);
        if (job->when && *job->when) {
            reply_line(call, "when", wh_span_of(job->when), wh_span_of(job->name));
        }
        if (!wh_plugins_job_times(desk->plugins, plugin->name, i, &due_ms, &ran_ms)) continue;
        if (due_ms == INT64_MAX || due_ms < 0) continue;
        wh_moment_format(due_ms, call->zone_minutes, moment);
        reply_line(call, "next", wh_arena_copy(&call->arena, wh_span_of(moment)),
                   wh_span_of(job->name));
    }
}

static void show_declared(struct wh_desk *desk, struct wh_call *call,
                          const struct wh_plugin_view *plugin)
{
    const struct wh_plugin *declared = plugin->declared;
    for (uint32_t i = 0; i < declared->needs.count; i++) {
        const char *const *name = wh_list_at(&declared->needs, i);
        reply_line(call, "needs", wh_span_of(*name), WH_SPAN_EMPTY);
    }
    if (declared->flags & WH_SERVES_LEDGERS) {
        reply_titled(call, "kinds", "ledgers",
                     (struct wh_title){"方案中声明的台账", "the programme's ledgers"});
    }
    for (uint32_t i = 0; i < declared->kinds.count; i++) {
        const struct wh_kind *kind = wh_list_at(&declared->kinds, i);
        reply_titled(call, "kind", kind->name, kind->title);
    }
    for (uint32_t i = 0; i < declared->commands.count; i++) {
        const struct wh_command *command = wh_list_at(&declared->commands, i);
        reply_titled(call, "command", command->name, command->title);
    }
    show_jobs(desk, call, plugin);
    for (uint32_t i = 0; i < declared->settings.count; i++) {
        const struct wh_setting *setting = wh_list_at(&declared->settings, i);
        struct wh_span value =
            wh_plugin_setting_text(desk->plugins, plugin->name, setting, &call->arena);
        reply_titled(call, "setting", setting->name, setting->title);
        if (value.len > 0) reply_line(call, "value", value, wh_span_of(setting->name));
    }
}

static void show_process(struct wh_call *call, const struct wh_plugin_view *plugin)
{
    reply_line(call, "isolated", plugin->isolated ? WH_S("yes") : WH_S("no"), WH_SPAN_EMPTY);
    if (plugin->pid > 0) reply_number(call, "pid", plugin->pid);
    if (plugin->sandbox.len > 0) reply_line(call, "sandbox", plugin->sandbox, WH_SPAN_EMPTY);
    reply_number(call, "deaths", plugin->deaths);
    if (plugin->end.len > 0) reply_line(call, "ended", plugin->end, WH_SPAN_EMPTY);
    reply_number(call, "calls", (int64_t)plugin->calls);
    reply_number(call, "longest_us", (int64_t)plugin->longest_us);
}

static int no_such_plugin(struct wh_desk *desk, struct wh_span name, struct wh_error *err);

int wh_run_plugin_show(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_span name = wh_call_text(call, "name");
    struct wh_plugin_view plugin;
    if (desk->plugins) wh_plugins_learn(desk->plugins);
    if (!desk->plugins || !wh_plugin_named(desk->plugins, name, &plugin)) {
        return no_such_plugin(desk, name, err);
    }
    reply_line(call, "state", wh_span_of(wh_plugin_state_word(plugin.state)), WH_SPAN_EMPTY);
    if (plugin.reason.len > 0) reply_line(call, "reason", plugin.reason, WH_SPAN_EMPTY);
    if (plugin.declared) {
        reply_titled(call, "plugin", plugin.declared->name, plugin.declared->title);
        reply_line(call, "version", wh_span_of(plugin.declared->version), WH_SPAN_EMPTY);
    }
    if (plugin.file.len > 0) reply_line(call, "file", plugin.file, WH_SPAN_EMPTY);
    if (plugin.state == WH_PLUGIN_ON) show_process(call, &plugin);
    if (plugin.declared) show_declared(desk, call, &plugin);
    return 0;
}

int wh_run_commands(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    const struct wh_command *command;
    struct wh_value row[2];
    (void)err;
    if (desk->plugins) wh_plugins_learn(desk->plugins);
    for (uint32_t i = 0; desk->plugins; i++) {
        command = wh_plugins_command_at(desk->plugins, i);
        if (!command) break;
        wh_reply_declaration(call, command);
        row[0] = wh_value_text(wh_span_of(command->name));
        row[1] = wh_value_text(wh_title_text(command->title, call->language));
        wh_reply_row(call, row, 2);
    }
    return 0;
}

/* ---- enable, disable, reload ---- */

static struct wh_span plugin_word(const void *plugins, size_t i)
{
    struct wh_plugin_view plugin;
    return wh_plugin_at(plugins, (uint32_t)i, &plugin) ? plugin.name : WH_SPAN_EMPTY;
}

static int no_such_plugin(struct wh_desk *desk, struct wh_span name, struct wh_error *err)
{
    struct wh_span near = WH_SPAN_EMPTY;
    if (desk->plugins) near = wh_text_nearest(name, plugin_word, desk->plugins);
    return wh_fail(err, WH_E_NOT_FOUND,
                   near.data ? WH_MSG_PLUGIN_NOT_THERE_NEAR : WH_MSG_PLUGIN_NOT_THERE,
                   WH_ARGS(wh_arg_s(name), wh_arg_s(near)));
}

/* A change that was asked for in an earlier turn and has been put into force since. */
struct changing {
    struct wh_span name;
    bool said;             /* in plugins.d/ */
    struct wh_span former; /* what stood there; data NULL: nothing */
};

/* `visits`, or the file `/opt/x/visits.so`. */
static int read_name(struct wh_call *call, struct wh_span *ret_name, struct wh_span *ret_file,
                     struct wh_error *err)
{
    struct wh_span text = wh_call_text(call, "name");
    const char *slash = memrchr(text.data, '/', text.len);
    *ret_name = text;
    *ret_file = WH_SPAN_EMPTY;
    if (slash || wh_span_ends(text, WH_S(".so"))) {
        char *path = wh_arena_text(&call->arena, text);
        struct stat info;
        if (*path != '/') { /* the node runs elsewhere */
            return wh_fail(err, WH_E_USAGE, WH_MSG_CONFIG_FILE_RELATIVE,
                           WH_ARGS(wh_arg_c("name"), wh_arg_s(text)));
        }
        if (stat(path, &info) != 0) {
            return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_PLUGIN_FILE_NONE,
                           WH_ARGS(wh_arg_c(path), wh_arg_c(strerror(errno))));
        }
        *ret_file = text;
        *ret_name = wh_plugin_name_of(text);
    }
    if (!wh_plugin_name_is_valid(*ret_name)) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_PLUGIN_NAME, WH_ARGS(wh_arg_s(*ret_name)));
    }
    return 0;
}

/* Is there a plugin of this name, on, off, or only in plugins.d/ or one of the paths? */
static bool is_there(struct wh_desk *desk, struct wh_call *call, struct wh_span name)
{
    struct wh_plugin_view plugin;
    struct wh_error ignored;
    struct wh_span text = WH_SPAN_EMPTY;
    if (!wh_plugin_name_is_valid(name)) return false; /* it becomes part of a path */
    if (desk->plugins && wh_plugin_named(desk->plugins, name, &plugin)) return true;
    if (!desk->plugins && desk->has_plugin_file(desk->node, name)) return true;
    (void)wh_plugin_file_text(desk->home, name, &call->arena, &text, &ignored);
    return text.data != NULL;
}

/* The node is stopped: nothing of the plugin is known but what was just said. */
static int reply_at_start(struct wh_call *call, struct wh_span name)
{
    struct wh_value row[] = {wh_value_text(name), wh_value_null(),
                             wh_value_text(wh_span_of(wh_plugin_state_word(WH_PLUGIN_OFF))),
                             wh_value_null(), wh_value_null()};
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
    wh_reply_note(call, WH_MSG_PLUGIN_AT_START, WH_ARGS(wh_arg_s(name)));
    return 0;
}

/* Says it in plugins.d/, and has it put into force before the next turn. */
static int begin_change(struct wh_desk *desk, struct wh_call *call, enum wh_said said,
                        struct wh_span name, struct wh_span file, struct wh_error *err)
{
    struct changing *changing = wh_arena_new(&call->arena, 1, sizeof(*changing));
    int rc = 0;
    changing->name = name;
    changing->said = said != WH_UNSAID;
    if (changing->said) {
        rc = wh_plugin_file_text(desk->home, name, &call->arena, &changing->former, err);
        if (rc == 0) rc = wh_plugin_file_say(desk->home, name, said, file, err);
    }
    if (rc < 0) return rc;
    if (!desk->plugins_changed) return reply_at_start(call, name);
    if (said != WH_SAID_NO) wh_plugins_renew(desk->plugins, name);
    desk->plugins_changed(desk->node);
    call->state = changing;
    return WH_CALL_AGAIN;
}

static int reply_on(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    const struct changing *changing = call->state;
    struct wh_plugin_view plugin;
    if (!wh_plugin_named(desk->plugins, changing->name, &plugin)) {
        return no_such_plugin(desk, changing->name, err);
    }
    if (plugin.state != WH_PLUGIN_ON || plugin.reason.len > 0) {
        struct wh_error ignored;
        /* what can't be put into force is not kept for the next start; the reason tells */
        if (changing->said) {
            (void)wh_plugin_file_restore(desk->home, changing->name, changing->former, &ignored);
        }
        return wh_fail(err, WH_E_FAILED,
                       plugin.state == WH_PLUGIN_ON ? WH_MSG_PLUGIN_CHANGE_REFUSED
                                                    : WH_MSG_PLUGIN_NOT_ON,
                       WH_ARGS(wh_arg_s(plugin.name), wh_arg_c(wh_plugin_state_word(plugin.state)),
                               wh_arg_s(plugin.reason)));
    }
    reply_plugin(call, &plugin);
    return 0;
}

int wh_run_plugin_enable(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_span name, file;
    int rc;
    if (call->state) return reply_on(desk, call, err);
    rc = read_name(call, &name, &file, err);
    if (rc < 0) return rc;
    if (file.len == 0 && !is_there(desk, call, name)) return no_such_plugin(desk, name, err);
    return begin_change(desk, call, WH_SAID_YES, name, file, err);
}

/* The one that is on and needs `name`; data NULL: none does. */
static struct wh_span needed_by(const struct wh_desk *desk, struct wh_span name)
{
    struct wh_plugin_view plugin;
    for (uint32_t i = 0; desk->plugins && wh_plugin_at(desk->plugins, i, &plugin); i++) {
        for (uint32_t k = 0; plugin.state == WH_PLUGIN_ON && k < plugin.declared->needs.count;
             k++) {
            const char *const *need = wh_list_at(&plugin.declared->needs, k);
            if (wh_span_equal(name, wh_span_of(*need))) return plugin.name;
        }
    }
    return WH_SPAN_EMPTY;
}

int wh_run_plugin_disable(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_span name = wh_call_text(call, "name"), other;
    struct wh_plugin_view plugin;
    if (call->state) {
        if (wh_plugin_named(desk->plugins, name, &plugin)) reply_plugin(call, &plugin);
        return 0;
    }
    if (!is_there(desk, call, name)) return no_such_plugin(desk, name, err);
    other = needed_by(desk, name);
    if (other.data) {
        return wh_fail(err, WH_E_FAILED, WH_MSG_PLUGIN_NEEDED,
                       WH_ARGS(wh_arg_s(name), wh_arg_s(other)));
    }
    return begin_change(desk, call, WH_SAID_NO, name, WH_SPAN_EMPTY, err);
}

int wh_run_plugin_reload(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_span name = wh_call_text(call, "name");
    struct wh_plugin_view plugin;
    if (!call->state) {
        if (!is_there(desk, call, name)) return no_such_plugin(desk, name, err);
        return begin_change(desk, call, WH_UNSAID, name, WH_SPAN_EMPTY, err);
    }
    if (wh_plugin_named(desk->plugins, name, &plugin) && plugin.state == WH_PLUGIN_OFF) {
        return wh_fail(err, WH_E_FAILED, WH_MSG_PLUGIN_OFF,
                       WH_ARGS(wh_arg_s(name), wh_arg_s(name)));
    }
    return reply_on(desk, call, err);
}

/* ---- run ---- */

struct running {
    uint64_t runs_before;
};

int wh_run_plugin_run(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_span name = wh_call_text(call, "name"), job = wh_call_text(call, "job");
    struct running *running = call->state;
    uint64_t runs = 0;
    int job_rc = 0, rc;
    if (!running) {
        rc = wh_plugins_ask_job(desk->plugins, name, job, err);
        if (rc < 0) return rc;
        running = call->state = wh_arena_new(&call->arena, 1, sizeof(*running));
        (void)wh_plugins_job_ended(desk->plugins, name, job, &running->runs_before, &job_rc, err);
        return WH_CALL_AGAIN;
    }
    if (!wh_plugins_job_ended(desk->plugins, name, job, &runs, &job_rc, err) ||
        runs < running->runs_before) {
        return wh_fail(err, WH_E_FAILED, WH_MSG_PLUGIN_JOB_GONE,
                       WH_ARGS(wh_arg_s(name), wh_arg_s(job)));
    }
    if (runs == running->runs_before) return WH_CALL_AGAIN;
    return job_rc < 0 ? job_rc : 0;
}

/* ---- notices ---- */

static int reply_notice(void *context, const struct wh_notice_view *view)
{
    struct wh_call *call = context;
    const struct wh_notice *notice = &view->notice;
    bool zh = call->language == WH_ZH && notice->zh.len > 0;
    struct wh_value row[] = {
        wh_value_text(view->plugin),
        wh_value_text(notice->key),
        notice->unit.len > 0 ? wh_value_text(notice->unit) : wh_value_null(),
        wh_value_text(wh_span_of(wh_notice_severity_word(notice->severity))),
        notice->due > 0 ? wh_value_number(WH_DATE, notice->due) : wh_value_null(),
        wh_value_number(WH_TIME, view->posted_ms),
        wh_value_text(zh ? notice->zh : notice->en),
    };
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
    return 0;
}

int wh_run_notices(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    if (!desk->plugins) return 0;
    return wh_plugins_notices(desk->plugins, reply_notice, call, err);
}
