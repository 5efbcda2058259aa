/* plugin new, plugin test: what an author of plugins asks for; no node is needed. */
#include <stdio.h>
#include <unistd.h>

#include "commands/handlers.h"
#include "door/commands.h"
#include "home/file.h"
#include "kit/kit.h"
#include "kit/template.h"

/* A plugin of this name lies beside the program: a node takes no other file for it. */
static bool is_shipped(struct wh_call *call, struct wh_span name)
{
    char file[WH_PLUGIN_NAME_MAX + 40];
    const char *dir = wh_program_dir(&call->arena);
    if (!dir || !wh_plugin_name_is_valid(name)) return false;
    (void)snprintf(file, sizeof(file), "../lib/wuhao/plugins/%.*s.so", (int)name.len, name.data);
    return access(wh_path_join(&call->arena, dir, file), F_OK) == 0;
}

static struct wh_span made_folder(struct wh_call *call, const struct wh_template *wanted)
{
    const char *name = wh_arena_text(&call->arena, wanted->name);
    return wh_span_of(wh_path_join(&call->arena, wanted->dir, name));
}

static void reply_file(void *context, struct wh_span path)
{
    struct wh_call *call = context;
    struct wh_value row = wh_value_text(wh_arena_copy(&call->arena, path));
    wh_reply_row(call, &row, 1);
}

int wh_run_plugin_new(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_template wanted = {
        .templates = wh_template_folder(&call->arena),
        .dir = wh_arena_text(&call->arena, wh_call_text(call, "dir")),
        .name = wh_call_text(call, "name"),
        .kind = wh_call_text(call, "kind"),
        .language = WH_TEMPLATE_C,
    };
    struct wh_span lang = wh_call_text(call, "lang");
    int rc;
    (void)desk;
    if (wh_call_has(call, "lang") && !wh_template_language_of(lang, &wanted.language)) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_TEMPLATE_LANGUAGE, WH_ARGS(wh_arg_s(lang)));
    }
    /* `wuhao NAME VERB` has to reach the plugin: a command of the core would answer first */
    if (wh_command_begins_so(wanted.name)) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_TEMPLATE_NAME_COMMAND,
                       WH_ARGS(wh_arg_s(wanted.name)));
    }
    if (is_shipped(call, wanted.name)) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_TEMPLATE_NAME_SHIPPED,
                       WH_ARGS(wh_arg_s(wanted.name)));
    }
    rc = wh_template_write(&wanted, reply_file, call, err);
    if (rc < 0) return rc;
    wh_reply_note(call, WH_MSG_TEMPLATE_MADE, WH_ARGS(wh_arg_s(made_folder(call, &wanted))));
    return 0;
}

/* ---- test ---- */

static void reply_line(void *context, const struct wh_kit_line *line)
{
    struct wh_call *call = context;
    struct wh_value row[] = {
        wh_value_number(WH_INTEGER, line->line),
        wh_value_text(line->step),
        line->came.len > 0 ? wh_value_text(line->came) : wh_value_null(),
    };
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
}

int wh_run_plugin_test(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_scenario scenario;
    const struct wh_kit_wanted wanted = {
        .file = wh_call_text(call, "file"),
        .place = wh_call_has(call, "isolate") ? WH_KIT_ISOLATED : WH_KIT_HERE,
        .scenario = &scenario,
        .language = call->language,
        .each = reply_line,
        .each_context = call,
    };
    int rc;
    (void)desk;
    wh_scenario_read(wh_call_text(call, "scenario"), &call->arena, &call->faults, &scenario);
    if (call->faults.count > 0) {
        return wh_fail(err, WH_E_INVALID, WH_MSG_KIT_SCENARIO_FAULTS,
                       WH_ARGS(wh_arg_n(call->faults.count)));
    }
    rc = wh_kit_run(&wanted, &call->arena, &call->faults, err);
    if (rc < 0) return rc;
    wh_reply_note(call, WH_MSG_KIT_PASSED,
                  WH_ARGS(wh_arg_s(wanted.file), wh_arg_n(scenario.steps_count)));
    return 0;
}
