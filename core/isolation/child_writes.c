/* The functions of the child's host table that reply and write. */
#include <stdio.h>

#include "isolation/child.h"

/* ---- Replying ---- */

static void value_item(struct wh_wire *wire, void *item)
{
    wh_wire_value(wire, item);
}

static int child_reply_columns(struct wh_call *call, struct wh_list columns,
                               struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(call->self, WH_ASK_REPLY_COLUMNS);
    wh_wire_list(&wire, &columns, sizeof(struct wh_column), wh_wire_column);
    return wh_child_ask_plain(call->self, failure);
}

static int child_reply_words(struct wh_call *call, const char *column, struct wh_list words,
                             struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(call->self, WH_ASK_REPLY_WORDS);
    wh_wire_text(&wire, &column);
    wh_wire_list(&wire, &words, sizeof(struct wh_choice), wh_wire_choice);
    return wh_child_ask_plain(call->self, failure);
}

static int child_reply_row(struct wh_call *call, const struct wh_value *values, uint32_t count,
                           struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(call->self, WH_ASK_REPLY_ROW);
    struct wh_list list = {values, count, sizeof(*values)};
    wh_wire_list(&wire, &list, sizeof(struct wh_value), value_item);
    return wh_child_ask_plain(call->self, failure);
}

static void child_reply_progress(struct wh_call *call, uint64_t done, uint64_t total)
{
    struct wh_wire wire = wh_child_begin(call->self, WH_ASK_REPLY_PROGRESS);
    wh_wire_u64(&wire, &done);
    wh_wire_u64(&wire, &total);
    (void)wh_child_ask_plain(call->self, NULL); /* only a sign of life */
}

static int child_reply_note(struct wh_call *call, struct wh_span text, struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(call->self, WH_ASK_REPLY_NOTE);
    wh_wire_span(&wire, &text);
    return wh_child_ask_plain(call->self, failure);
}

/* ---- Writing ---- */

static int child_record_add(struct wh_host_self *self, struct wh_span kind, struct wh_span unit,
                            int64_t date, struct wh_list fields, struct wh_record_id *ret_id,
                            struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_RECORD_ADD), answer;
    struct wh_span id;
    int rc;
    wh_wire_span(&wire, &kind);
    wh_wire_span(&wire, &unit);
    wh_wire_i64(&wire, &date);
    wh_wire_list(&wire, &fields, sizeof(struct wh_named_text), wh_wire_named_text);
    rc = wh_child_ask(self, &answer, failure);
    wh_wire_span(&answer, &id);
    if (rc >= 0 && ret_id) {
        (void)snprintf(ret_id->text, sizeof(ret_id->text), "%.*s", (int)id.len,
                       id.data ? id.data : "");
    }
    return rc;
}

static int child_record_edit(struct wh_host_self *self, struct wh_span id, struct wh_list fields,
                             struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_RECORD_EDIT);
    wh_wire_span(&wire, &id);
    wh_wire_list(&wire, &fields, sizeof(struct wh_named_text), wh_wire_named_text);
    return wh_child_ask_plain(self, failure);
}

static int send_two_texts(struct wh_host_self *self, enum wh_ask which, struct wh_span first,
                          struct wh_span second, struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, which);
    wh_wire_span(&wire, &first);
    wh_wire_span(&wire, &second);
    return wh_child_ask_plain(self, failure);
}

static int child_record_withdraw(struct wh_host_self *self, struct wh_span id, struct wh_span why,
                                 struct wh_failure *failure)
{
    return send_two_texts(self, WH_ASK_RECORD_WITHDRAW, id, why, failure);
}

static int child_key_get(struct wh_host_self *self, struct wh_span key, struct wh_span *ret_value,
                         struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_KEY_GET), answer;
    int rc;
    wh_wire_span(&wire, &key);
    rc = wh_child_ask(self, &answer, failure);
    wh_wire_span(&answer, ret_value);
    return rc;
}

static int child_key_put(struct wh_host_self *self, struct wh_span key, struct wh_span value,
                         struct wh_failure *failure)
{
    return send_two_texts(self, WH_ASK_KEY_PUT, key, value, failure);
}

static int child_key_delete(struct wh_host_self *self, struct wh_span key,
                            struct wh_failure *failure)
{
    return send_two_texts(self, WH_ASK_KEY_DELETE, key, WH_SPAN_EMPTY, failure);
}

static int child_keys(struct wh_host_self *self, struct wh_span prefix, wh_key_visit visit,
                      void *context, struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_KEYS), answer;
    int said = 0, rc;
    wh_wire_span(&wire, &prefix);
    rc = wh_child_ask(self, &answer, failure);
    while (rc >= 0 && said == 0 && wh_child_more(&answer)) {
        struct wh_span key, value;
        wh_wire_span(&answer, &key);
        wh_wire_span(&answer, &value);
        said = visit(context, key, value);
    }
    return wh_child_visited(said, rc);
}

static int child_notice_post(struct wh_host_self *self, const struct wh_notice *notice,
                             struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_NOTICE_POST);
    struct wh_notice copy = *notice;
    wh_wire_notice(&wire, &copy);
    return wh_child_ask_plain(self, failure);
}

static int child_notice_settle(struct wh_host_self *self, struct wh_span key,
                               struct wh_failure *failure)
{
    return send_two_texts(self, WH_ASK_NOTICE_SETTLE, key, WH_SPAN_EMPTY, failure);
}

static int child_reply_file(struct wh_call *call, struct wh_span name, struct wh_span content,
                            struct wh_failure *failure)
{
    return send_two_texts(call->self, WH_ASK_REPLY_FILE, name, content, failure);
}

static int child_publish(struct wh_host_self *self, struct wh_span unit, struct wh_span name,
                         struct wh_span value, struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_PUBLISH);
    wh_wire_span(&wire, &unit);
    wh_wire_span(&wire, &name);
    wh_wire_span(&wire, &value);
    return wh_child_ask_plain(self, failure);
}

static int child_file_keep(struct wh_host_self *self, struct wh_span name, struct wh_span content,
                           char ret[WH_FILE_REF_MAX], struct wh_failure *failure)
{
    struct wh_wire wire = wh_child_begin(self, WH_ASK_FILE_KEEP), answer;
    struct wh_span ref;
    int rc;
    wh_wire_span(&wire, &name);
    wh_wire_span(&wire, &content);
    rc = wh_child_ask(self, &answer, failure);
    wh_wire_span(&answer, &ref);
    (void)snprintf(ret, WH_FILE_REF_MAX, "%.*s", (int)ref.len, ref.data ? ref.data : "");
    return rc;
}

void wh_child_table_writes(struct wh_host *table)
{
    table->reply_columns = child_reply_columns;
    table->reply_row = child_reply_row;
    table->reply_words = child_reply_words;
    table->reply_progress = child_reply_progress;
    table->record_add = child_record_add;
    table->record_edit = child_record_edit;
    table->record_withdraw = child_record_withdraw;
    table->key_get = child_key_get;
    table->key_put = child_key_put;
    table->key_delete = child_key_delete;
    table->keys = child_keys;
    table->notice_post = child_notice_post;
    table->notice_settle = child_notice_settle;
    table->reply_note = child_reply_note;
    table->reply_file = child_reply_file;
    table->publish = child_publish;
    table->file_keep = child_file_keep;
}
