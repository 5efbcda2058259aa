/* init, check-config: what needs no node. */
#include "commands/handlers.h"
#include "home/plugin_files.h"

static const char *dir_of(struct wh_desk *desk, struct wh_call *call)
{
    if (!wh_call_has(call, "dir")) return desk->home_dir;
    return wh_arena_text(&call->arena, wh_call_text(call, "dir"));
}

int wh_run_init(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    const char *dir = dir_of(desk, call);
    struct wh_config config = {
        .unit = wh_call_text(call, "unit"),
        .name = wh_call_text(call, "name"),
        .kind = wh_call_text(call, "kind"),
        .listen = wh_call_text(call, "listen"),
        .plugin_enable = {WH_S("ledger"), WH_S("inspection"), WH_S("training"), WH_S("assessment"),
                          WH_S("reminders"), WH_S("ranking")},
        .plugin_enable_count = 6,
        .log = WH_S("info"),
    };
    int rc = wh_home_create(dir, &config, &call->faults, err);
    if (rc == 0) wh_reply_note(call, WH_MSG_INIT_DONE, WH_ARGS(wh_arg_c(dir)));
    return rc;
}

int wh_run_check_config(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    const char *dir = dir_of(desk, call);
    int rc = wh_home_check_config(dir, &call->faults, err);
    struct wh_plugin_files files;
    bool has_settings = false;
    if (rc < 0) return rc;
    wh_reply_note(call, WH_MSG_CONFIG_GOOD, WH_ARGS(wh_arg_c(dir)));
    wh_plugin_files_read(dir, &call->arena, NULL, &files);
    for (uint32_t i = 0; i < files.count; i++) {
        has_settings = has_settings || files.items[i].settings_count > 0;
    }
    if (has_settings) wh_reply_note(call, WH_MSG_CONFIG_SETTINGS, NULL);
    return 0;
}
