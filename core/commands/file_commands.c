/* attach, file: the content of `file` fields, kept on this node alone. */
#include "commands/handlers.h"
#include "commands/record_writes.h"
#include "home/kept_files.h"
#include "model/kind.h"

static int find_field(struct wh_desk *desk, struct wh_call *call, struct wh_record *ret_record,
                      int32_t *ret_field, struct wh_error *err)
{
    struct wh_span name = wh_call_text(call, "field");
    int rc =
        wh_record_by_text(desk->engine, wh_call_text(call, "id"), &call->arena, ret_record, err);
    if (rc < 0) return rc;
    *ret_field = wh_kind_field_index(ret_record->kind, name);
    if (*ret_field >= 0 && wh_kind_field(ret_record->kind, (uint32_t)*ret_field)->type == WH_FILE) {
        return 0;
    }
    return wh_fail(err, WH_E_INVALID, WH_MSG_FILE_FIELD,
                   WH_ARGS(wh_arg_c(ret_record->kind->name), wh_arg_s(name)));
}

int wh_run_attach(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_record_writing writing = {desk->engine, &call->arena, &call->faults, call->author,
                                        wh_call_text(call, "id")};
    struct wh_entry entry = {.name = wh_call_text(call, "field")};
    struct wh_record old;
    struct wh_value row;
    int32_t field;
    int rc = find_field(desk, call, &old, &field, err);
    if (rc == 0) rc = wh_may_enter(desk, old.kind, err);
    if (rc == 0) {
        rc = wh_kept_file_put(desk->home, wh_call_text(call, "name"), wh_call_text(call, "file"),
                              &call->arena, &entry.text, err);
    }
    if (rc == 0) rc = wh_record_alter(&writing, &old, &entry, 1, err);
    if (rc < 0) return rc;
    row = wh_value_text(entry.text);
    wh_reply_row(call, &row, 1);
    return 0;
}

int wh_run_file(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_span name, content;
    struct wh_record record;
    int32_t field;
    int rc = find_field(desk, call, &record, &field, err);
    if (rc == 0 && !record.values[field].present) {
        rc = wh_fail(
            err, WH_E_NOT_FOUND, WH_MSG_FILE_NONE,
            WH_ARGS(wh_arg_s(wh_call_text(call, "id")), wh_arg_s(wh_call_text(call, "field"))));
    }
    if (rc == 0) {
        rc = wh_kept_file_get(desk->home, record.values[field].text, &call->arena, &name, &content,
                              err);
    }
    if (rc == 0) wh_reply_file(call, name, content);
    return rc;
}
