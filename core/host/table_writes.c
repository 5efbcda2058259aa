/* The functions of the host table that write: only within a command that may, and within a job;
 * bounded in number and bytes; all of it is part of the turn's one batch. */
#include <stdio.h>

#include "base/limits.h"
#include "base/text.h"
#include "host/plugins_parts.h"
#include "model/key.h"

/* May it write `bytes` more? */
static int admit(struct wh_host_self *self, uint64_t bytes, struct wh_failure *failure)
{
    if (!self->may_write) {
        return wh_failure_say(failure, WH_E_NOT_PERMITTED,
                              "it writes within a job, and within a command that is declared to");
    }
    if (self->writes >= WH_CALL_WRITES_MAX ||
        self->write_bytes + bytes > (uint64_t)WH_CALL_WRITE_BYTES_MAX) {
        return wh_failure_say(failure, WH_E_INVALID,
                              "one callback writes at most %d things and %u MiB (return WH_AGAIN "
                              "from a job)",
                              WH_CALL_WRITES_MAX, WH_CALL_WRITE_BYTES_MAX >> 20);
    }
    self->writes++;
    self->write_bytes += bytes;
    return 0;
}

/* "plugin:visits", behind whoever gave the command where there is one. */
static struct wh_span author_of(struct wh_host_self *self)
{
    char text[WH_NAME_BYTES_MAX + WH_PLUGIN_NAME_MAX + 20];
    struct wh_span by = self->inside == WH_CALLBACK_COMMAND ? self->asked_by : WH_SPAN_EMPTY;
    if (by.len > WH_NAME_BYTES_MAX) by = WH_SPAN_EMPTY;
    (void)snprintf(text, sizeof(text), "%.*s%splugin:%.*s", (int)by.len, by.len > 0 ? by.data : "",
                   by.len > 0 ? " via " : "", (int)self->name.len, self->name.data);
    return wh_arena_copy(&self->lent, wh_span_of(text));
}

/* ---- Records ---- */

static int check_fields(const struct wh_list *fields, uint64_t *ret_bytes,
                        struct wh_failure *failure)
{
    *ret_bytes = 0;
    if (fields->count > 1000 ||
        (fields->count > 0 && (!fields->items || fields->stride < sizeof(struct wh_named_text)))) {
        return wh_failure_say(failure, WH_E_INVALID, "the list of fields is not whole");
    }
    for (uint32_t i = 0; i < fields->count; i++) {
        const struct wh_named_text *field = wh_list_at(fields, i);
        *ret_bytes += field->name.len + field->text.len;
    }
    return 0;
}

/* Its own kinds alone; ledgers are clerks'. */
static int check_kind(const struct wh_host_self *self, struct wh_span kind,
                      struct wh_failure *failure)
{
    const struct wh_kind *found =
        self->plugins->services.kind(self->plugins->services.context, kind);
    if (found && wh_plugin_owns(self, found)) return 0;
    return wh_failure_say(failure, WH_E_NOT_PERMITTED, "kind %.*s is not this plugin's to write",
                          (int)kind.len, kind.data);
}

static int host_record_add(struct wh_host_self *self, struct wh_span kind, struct wh_span unit,
                           int64_t date, struct wh_list fields, struct wh_record_id *ret_id,
                           struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_error err = {.code = 0};
    uint64_t bytes;
    int rc = check_fields(&fields, &bytes, failure);
    if (rc == 0) rc = check_kind(self, kind, failure);
    if (rc == 0) rc = admit(self, bytes, failure);
    if (rc < 0) return rc;
    rc = services->record_add(services->context, author_of(self), kind, unit, date, &fields, ret_id,
                              &err);
    return rc < 0 ? wh_table_fail_with(failure, &err, WH_EN) : 0;
}

/* The record must be of one of its own kinds. */
static int check_record(struct wh_host_self *self, struct wh_span id, struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_error err = {.code = 0};
    struct wh_record found;
    int rc = services->record(services->context, id, &self->lent, &found, &err);
    if (rc < 0) return wh_table_fail_with(failure, &err, WH_EN);
    return check_kind(self, wh_span_of(found.kind->name), failure);
}

static int host_record_edit(struct wh_host_self *self, struct wh_span id, struct wh_list fields,
                            struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_error err = {.code = 0};
    uint64_t bytes;
    int rc = check_fields(&fields, &bytes, failure);
    if (rc == 0) rc = check_record(self, id, failure);
    if (rc == 0) rc = admit(self, bytes, failure);
    if (rc < 0) return rc;
    rc = services->record_edit(services->context, author_of(self), id, &fields, &err);
    return rc < 0 ? wh_table_fail_with(failure, &err, WH_EN) : 0;
}

static int host_record_withdraw(struct wh_host_self *self, struct wh_span id, struct wh_span why,
                                struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_error err = {.code = 0};
    int rc;
    if (wh_text_trim(why).len == 0 || why.len > WH_LOG_TEXT_MAX ||
        wh_text_check(why, WH_TEXT_ONE_LINE) != WH_TEXT_GOOD) {
        return wh_failure_say(failure, WH_E_INVALID, "say in one line why it is withdrawn");
    }
    rc = check_record(self, id, failure);
    if (rc == 0) rc = admit(self, why.len, failure);
    if (rc < 0) return rc;
    rc = services->record_withdraw(services->context, author_of(self), id, why, &err);
    return rc < 0 ? wh_table_fail_with(failure, &err, WH_EN) : 0;
}

/* ---- What it keeps ---- */

static int add_kept(void *context, struct wh_span key, struct wh_span value)
{
    *(uint64_t *)context += key.len + value.len;
    return 0;
}

/* Counted once after each start, and after a callback whose writes were given up; from then on by
 * what it puts. */
static int count_kept(struct wh_host_self *self, struct wh_error *err)
{
    static const enum wh_key_space spaces[] = {WH_SPACE_KEYS, WH_SPACE_NOTICES};
    struct wh_host_services *services = &self->plugins->services;
    int rc = 0;
    if (self->kept_is_known) return 0;
    self->kept_bytes = 0;
    for (size_t i = 0; rc == 0 && i < sizeof(spaces) / sizeof(spaces[0]); i++) {
        struct wh_tuple prefix;
        wh_plugin_key(&prefix, spaces[i], self->name, WH_SPAN_EMPTY);
        rc = services->scan(services->context, wh_tuple_span(&prefix), add_kept, &self->kept_bytes,
                            err);
    }
    self->kept_is_known = rc == 0;
    return rc;
}

/* May it keep `bytes` more? What takes the place of something older counts anew: the sum is read
 * again at the next start. */
static int admit_kept(struct wh_host_self *self, uint64_t bytes, struct wh_failure *failure)
{
    struct wh_error err = {.code = 0};
    int rc = admit(self, bytes, failure);
    if (rc == 0 && count_kept(self, &err) < 0) return wh_table_fail_with(failure, &err, WH_EN);
    if (rc < 0) return rc;
    if (self->kept_bytes + bytes > WH_PLUGIN_KEPT_BYTES_MAX && self->kept_full_at != self->calls) {
        self->kept_full_at = self->calls; /* once a callback: it is a scan */
        self->kept_is_known = false;      /* what was replaced may have made room */
        if (count_kept(self, &err) < 0) return wh_table_fail_with(failure, &err, WH_EN);
    }
    if (self->kept_bytes + bytes > WH_PLUGIN_KEPT_BYTES_MAX) {
        return wh_failure_say(failure, WH_E_INVALID,
                              "its keys and notices together are over %u MiB (delete some)",
                              WH_PLUGIN_KEPT_BYTES_MAX >> 20);
    }
    self->kept_bytes += bytes;
    return 0;
}

/* ---- Its own keys ---- */

static int key_of(struct wh_host_self *self, struct wh_span key, struct wh_tuple *ret,
                  struct wh_failure *failure)
{
    if (key.len == 0 || key.len > WH_PLUGIN_KEY_BYTES_MAX || !key.data) {
        return wh_failure_say(failure, WH_E_INVALID, "a key has 1 to %d bytes",
                              WH_PLUGIN_KEY_BYTES_MAX);
    }
    wh_plugin_key(ret, WH_SPACE_KEYS, self->name, key);
    return 0;
}

static int host_key_get(struct wh_host_self *self, struct wh_span key, struct wh_span *ret_value,
                        struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_error err = {.code = 0};
    struct wh_tuple tuple;
    int rc = key_of(self, key, &tuple, failure);
    if (rc < 0) return rc;
    rc = services->get(services->context, wh_tuple_span(&tuple), &self->lent, ret_value, &err);
    if (rc < 0) return wh_table_fail_with(failure, &err, WH_EN);
    if (ret_value->data) return 0;
    return wh_failure_say(failure, WH_E_NOT_FOUND, "there is no such key");
}

static int host_key_put(struct wh_host_self *self, struct wh_span key, struct wh_span value,
                        struct wh_failure *failure)
{
    struct wh_tuple tuple;
    int rc = key_of(self, key, &tuple, failure);
    if (rc == 0 && value.len > WH_PLUGIN_VALUE_BYTES_MAX) {
        rc = wh_failure_say(failure, WH_E_INVALID, "a value has at most %d bytes",
                            WH_PLUGIN_VALUE_BYTES_MAX);
    }
    if (rc == 0) rc = admit_kept(self, key.len + value.len, failure);
    if (rc < 0) return rc;
    self->plugins->services.put(self->plugins->services.context, wh_tuple_span(&tuple), value);
    return 0;
}

static int host_key_delete(struct wh_host_self *self, struct wh_span key,
                           struct wh_failure *failure)
{
    struct wh_tuple tuple;
    int rc = key_of(self, key, &tuple, failure);
    if (rc == 0) rc = admit(self, key.len, failure);
    if (rc < 0) return rc;
    self->plugins->services.remove(self->plugins->services.context, wh_tuple_span(&tuple));
    return 0;
}

struct visiting {
    size_t head; /* what stands before the plugin's own key */
    wh_key_visit visit;
    void *context;
};

static int visit_key(void *context, struct wh_span key, struct wh_span value)
{
    struct visiting *visiting = context;
    return visiting->visit(visiting->context, wh_span_from(key, visiting->head), value);
}

static int host_keys(struct wh_host_self *self, struct wh_span prefix, wh_key_visit visit,
                     void *context, struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct visiting visiting = {0, visit, context};
    struct wh_error err = {.code = 0};
    struct wh_tuple tuple;
    int rc;
    if (prefix.len > WH_PLUGIN_KEY_BYTES_MAX) {
        return wh_failure_say(failure, WH_E_INVALID, "a key has at most %d bytes",
                              WH_PLUGIN_KEY_BYTES_MAX);
    }
    wh_plugin_key(&tuple, WH_SPACE_KEYS, self->name, prefix);
    visiting.head = tuple.len - prefix.len;
    rc = services->scan(services->context, wh_tuple_span(&tuple), visit_key, &visiting, &err);
    return rc < 0 && err.code < 0 ? wh_table_fail_with(failure, &err, WH_EN) : rc;
}

/* ---- Notices ---- */

static int check_notice(const struct wh_notice *notice, struct wh_failure *failure)
{
    if (notice->key.len == 0 || notice->key.len > WH_PLUGIN_KEY_BYTES_MAX || notice->en.len == 0 ||
        notice->en.len > WH_LOG_TEXT_MAX || notice->zh.len > WH_LOG_TEXT_MAX ||
        notice->severity < WH_NOTICE_INFO || notice->severity > WH_NOTICE_URGENT ||
        wh_text_check(notice->en, WH_TEXT_ONE_LINE) != WH_TEXT_GOOD ||
        wh_text_check(notice->zh, WH_TEXT_ONE_LINE) != WH_TEXT_GOOD ||
        wh_text_check(notice->key, WH_TEXT_ONE_LINE) != WH_TEXT_GOOD ||
        (notice->unit.len > 0 && !wh_code_is_valid(notice->unit)) || notice->due < 0 ||
        notice->due > INT32_MAX) {
        return wh_failure_say(failure, WH_E_INVALID,
                              "a notice has a key, one line of text in `en`, a severity, and if at "
                              "all a unit's code and a day");
    }
    return 0;
}

static int host_notice_post(struct wh_host_self *self, const struct wh_notice *notice,
                            struct wh_failure *failure)
{
    struct wh_error err = {.code = 0};
    int rc = check_notice(notice, failure);
    if (rc == 0) rc = admit_kept(self, notice->zh.len + notice->en.len, failure);
    if (rc < 0) return rc;
    rc = wh_notice_put(self->plugins, self->name, notice, &err);
    return rc < 0 ? wh_table_fail_with(failure, &err, WH_EN) : 0;
}

static int host_notice_settle(struct wh_host_self *self, struct wh_span key,
                              struct wh_failure *failure)
{
    int rc = admit(self, key.len, failure);
    if (rc < 0) return rc;
    if (key.len == 0 || key.len > WH_PLUGIN_KEY_BYTES_MAX) return 0; /* there is none */
    wh_notice_remove(self->plugins, self->name, key);
    return 0;
}

static int host_file_keep(struct wh_host_self *self, struct wh_span name, struct wh_span content,
                          char ret[WH_FILE_REF_MAX], struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_error err = {.code = 0};
    struct wh_span ref;
    int rc = admit(self, 0, failure); /* it is no part of the batch, and has a bound of its own */
    if (rc < 0) return rc;
    rc = services->file_keep(services->context, name, content, &self->lent, &ref, &err);
    if (rc < 0) return wh_table_fail_with(failure, &err, WH_EN);
    (void)snprintf(ret, WH_FILE_REF_MAX, "%.*s", (int)ref.len, ref.data);
    return 0;
}

/* ---- What travels down ---- */

struct wh_span wh_plugin_published_name(struct wh_host_self *self, struct wh_span name)
{
    size_t size = self->name.len + name.len + 1;
    char *text = wh_arena_new(&self->lent, size + 1, 1);
    memcpy(text, self->name.data, self->name.len);
    text[self->name.len] = ':';
    if (name.len > 0) memcpy(text + self->name.len + 1, name.data, name.len);
    return wh_span(text, size);
}

static int host_publish(struct wh_host_self *self, struct wh_span unit, struct wh_span name,
                        struct wh_span value, struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_error err = {.code = 0};
    int rc;
    if (name.len == 0 || name.len > WH_PLUGIN_KEY_BYTES_MAX || value.len == 0 ||
        value.len > WH_PUBLISHED_BYTES_MAX ||
        wh_text_check(name, WH_TEXT_ONE_LINE) != WH_TEXT_GOOD) {
        return wh_failure_say(failure, WH_E_INVALID,
                              "what is published has a name of one line, and up to %u MiB",
                              WH_PUBLISHED_BYTES_MAX >> 20);
    }
    rc = admit(self, name.len + value.len, failure);
    if (rc < 0) return rc;
    rc = services->publish(services->context, unit, wh_plugin_published_name(self, name), value,
                           &err);
    return rc < 0 ? wh_table_fail_with(failure, &err, WH_EN) : 0;
}

void wh_plugin_table_writes(struct wh_host *table)
{
    table->record_add = host_record_add;
    table->record_edit = host_record_edit;
    table->record_withdraw = host_record_withdraw;
    table->key_get = host_key_get;
    table->key_put = host_key_put;
    table->key_delete = host_key_delete;
    table->keys = host_keys;
    table->notice_post = host_notice_post;
    table->notice_settle = host_notice_settle;
    table->publish = host_publish;
    table->file_keep = host_file_keep;
}
