/* handlers.h: the handlers of the core's commands, one for each declaration of door/commands.c.
 * Private to commands/. Thread: loop.
 *
 * A handler returns 0 when it is done, WH_CALL_AGAIN to be run again in the next turn, or a
 * negative code with `err` filled. It puts nothing into the batch before everything has been
 * checked. */
#ifndef WH_COMMANDS_HANDLERS_H
#define WH_COMMANDS_HANDLERS_H

#include "commands/desk.h"

#define WH_CALL_AGAIN 1

typedef int (*wh_handler)(struct wh_desk *desk, struct wh_call *call, struct wh_error *err);

/* X(name of the command, handler) */
#define WH_HANDLERS(X)                                                                             \
    X("init", wh_run_init)                                                                         \
    X("check-config", wh_run_check_config)                                                         \
    X("programme check", wh_run_programme_check)                                                   \
    X("commands", wh_run_commands)                                                                 \
    X("invite", wh_run_invite)                                                                     \
    X("join", wh_run_join)                                                                         \
    X("revoke", wh_run_revoke)                                                                     \
    X("members", wh_run_members)                                                                   \
    X("programme issue", wh_run_programme_issue)                                                   \
    X("programme show", wh_run_programme_show)                                                     \
    X("unit import", wh_run_unit_import)                                                           \
    X("unit list", wh_run_unit_list)                                                               \
    X("unit show", wh_run_unit_show)                                                               \
    X("unit tree", wh_run_unit_tree)                                                               \
    X("kinds", wh_run_kinds)                                                                       \
    X("kind", wh_run_kind)                                                                         \
    X("template", wh_run_template)                                                                 \
    X("add", wh_run_add)                                                                           \
    X("edit", wh_run_edit)                                                                         \
    X("withdraw", wh_run_withdraw)                                                                 \
    X("import", wh_run_import)                                                                     \
    X("list", wh_run_list)                                                                         \
    X("show", wh_run_show)                                                                         \
    X("attach", wh_run_attach)                                                                     \
    X("file", wh_run_file)                                                                         \
    X("history", wh_run_history)                                                                   \
    X("export", wh_run_export)                                                                     \
    X("plugin new", wh_run_plugin_new)                                                             \
    X("plugin test", wh_run_plugin_test)                                                           \
    X("metrics", wh_run_metrics)                                                                   \
    X("plugin list", wh_run_plugin_list)                                                           \
    X("plugin show", wh_run_plugin_show)                                                           \
    X("plugin enable", wh_run_plugin_enable)                                                       \
    X("plugin disable", wh_run_plugin_disable)                                                     \
    X("plugin reload", wh_run_plugin_reload)                                                       \
    X("plugin run", wh_run_plugin_run)                                                             \
    X("notices", wh_run_notices)                                                                   \
    X("status", wh_run_status)                                                                     \
    X("sync status", wh_run_sync_status)                                                           \
    X("sync now", wh_run_sync_now)                                                                 \
    X("sync retry", wh_run_sync_retry)                                                             \
    X("sync verify", wh_run_sync_verify)                                                           \
    X("bundle export", wh_run_bundle_export)                                                       \
    X("bundle import", wh_run_bundle_import)                                                       \
    X("sync doubts", wh_run_sync_doubts)                                                           \
    X("sync resolve", wh_run_sync_resolve)                                                         \
    X("wait", wh_run_wait)                                                                         \
    X("backup create", wh_run_backup_create)                                                       \
    X("backup list", wh_run_backup_list)                                                           \
    X("backup verify", wh_run_backup_verify)                                                       \
    X("restore", wh_run_restore)

#define X(name, handler)                                                                           \
    int handler(struct wh_desk *desk, struct wh_call *call, struct wh_error *err);
WH_HANDLERS(X)
#undef X

/* The kind that the call's argument `kind` names, for records of this year: WH_E_NOT_FOUND with the
 * nearest name. */
int wh_call_kind(struct wh_desk *desk, struct wh_call *call, const struct wh_kind **ret,
                 struct wh_error *err);

/* WH_E_NOT_PERMITTED where records of the kind come by its plugin's commands alone. */
int wh_may_enter(struct wh_desk *desk, const struct wh_kind *kind, struct wh_error *err);

/* The value of a field as a reply has it. */
struct wh_value wh_value_of_field(const struct wh_field *field, const struct wh_field_value *value);

#endif
