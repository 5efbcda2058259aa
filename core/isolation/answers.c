/* What the process of an isolated plugin asks for, carried out by the host table that the plugin
 * was given. Each function takes its arguments from `in` and puts what it gives into `out`. */
#include "isolation/answering.h"

static int clock_of(struct answering *of, enum wh_ask ask)
{
    int64_t value;
    switch (ask) {
    case WH_ASK_NOW_MS: value = of->host->now_ms(of->host->self); break;
    case WH_ASK_TODAY: value = of->host->today(of->host->self); break;
    case WH_ASK_RESTORED_MS: value = of->host->restored_ms(of->host->self); break;
    case WH_ASK_YEAR_NOW: value = of->host->year_now(of->host->self); break;
    default: value = of->proxy->call ? of->host->language(of->proxy->call) : 1; break;
    }
    wh_wire_i64(&of->out, &value);
    return 0;
}

static int named_value(struct answering *of, enum wh_ask ask)
{
    struct wh_value value = {0};
    const char *name;
    wh_wire_text(&of->in, &name);
    if (of->in.broken || !name) return WH_E_CORRUPT;
    if (ask == WH_ASK_SETTING) {
        value = of->host->setting(of->host->self, name);
    } else if (of->proxy->call) {
        value = of->host->param(of->proxy->call, name);
    }
    wh_wire_value(&of->out, &value);
    return 0;
}

static int publish(struct answering *of)
{
    struct wh_span unit, name, value;
    wh_wire_span(&of->in, &unit);
    wh_wire_span(&of->in, &name);
    wh_wire_span(&of->in, &value);
    if (of->in.broken) return WH_E_CORRUPT;
    return of->host->publish(of->host->self, unit, name, value, of->failure);
}

static int file_keep(struct answering *of)
{
    char text[WH_FILE_REF_MAX] = "";
    struct wh_span name, content, ref;
    int rc;
    wh_wire_span(&of->in, &name);
    wh_wire_span(&of->in, &content);
    if (of->in.broken) return WH_E_CORRUPT;
    rc = of->host->file_keep(of->host->self, name, content, text, of->failure);
    ref = wh_span_of(text);
    wh_wire_span(&of->out, &ref);
    return rc;
}

/* ---- Replying ---- */

static void value_item(struct wh_wire *wire, void *item)
{
    wh_wire_value(wire, item);
}

static int no_call(struct answering *of)
{
    of->failure->code = WH_E_NOT_PERMITTED;
    memcpy(of->failure->text, WH_ANSWER_NO_CALL, sizeof(WH_ANSWER_NO_CALL));
    return WH_E_NOT_PERMITTED;
}

static int reply(struct answering *of, enum wh_ask ask)
{
    struct wh_list list;
    struct wh_span name, text;
    const char *column;
    uint64_t done, total;
    if (!of->proxy->call) return no_call(of);
    switch (ask) {
    case WH_ASK_REPLY_COLUMNS:
        wh_wire_list(&of->in, &list, sizeof(struct wh_column), wh_wire_column);
        return of->in.broken ? WH_E_CORRUPT
                             : of->host->reply_columns(of->proxy->call, list, of->failure);
    case WH_ASK_REPLY_ROW:
        wh_wire_list(&of->in, &list, sizeof(struct wh_value), value_item);
        return of->in.broken
                   ? WH_E_CORRUPT
                   : of->host->reply_row(of->proxy->call, list.items, list.count, of->failure);
    case WH_ASK_REPLY_WORDS:
        wh_wire_text(&of->in, &column);
        wh_wire_list(&of->in, &list, sizeof(struct wh_choice), wh_wire_choice);
        return of->in.broken ? WH_E_CORRUPT
                             : of->host->reply_words(of->proxy->call, column, list, of->failure);
    case WH_ASK_REPLY_NOTE:
        wh_wire_span(&of->in, &text);
        return of->in.broken ? WH_E_CORRUPT
                             : of->host->reply_note(of->proxy->call, text, of->failure);
    case WH_ASK_REPLY_FILE:
        wh_wire_span(&of->in, &name);
        wh_wire_span(&of->in, &text);
        return of->in.broken ? WH_E_CORRUPT
                             : of->host->reply_file(of->proxy->call, name, text, of->failure);
    default:
        wh_wire_u64(&of->in, &done);
        wh_wire_u64(&of->in, &total);
        of->host->reply_progress(of->proxy->call, done, total);
        return 0;
    }
}

/* ---- Writing ---- */

static int record_add(struct answering *of)
{
    struct wh_record_id id = {{0}};
    struct wh_span kind_name, unit, id_text;
    struct wh_list fields;
    int64_t date;
    int rc;
    wh_wire_span(&of->in, &kind_name);
    wh_wire_span(&of->in, &unit);
    wh_wire_i64(&of->in, &date);
    wh_wire_list(&of->in, &fields, sizeof(struct wh_named_text), wh_wire_named_text);
    if (of->in.broken) return WH_E_CORRUPT;
    rc = of->host->record_add(of->host->self, kind_name, unit, date, fields, &id, of->failure);
    id_text = wh_span_of(id.text);
    wh_wire_span(&of->out, &id_text);
    return rc;
}

static int record_edit(struct answering *of)
{
    struct wh_list fields;
    struct wh_span id;
    wh_wire_span(&of->in, &id);
    wh_wire_list(&of->in, &fields, sizeof(struct wh_named_text), wh_wire_named_text);
    if (of->in.broken) return WH_E_CORRUPT;
    return of->host->record_edit(of->host->self, id, fields, of->failure);
}

static int key_get(struct answering *of)
{
    struct wh_span key, value = WH_SPAN_EMPTY;
    int rc;
    wh_wire_span(&of->in, &key);
    if (of->in.broken) return WH_E_CORRUPT;
    rc = of->host->key_get(of->host->self, key, &value, of->failure);
    wh_wire_span(&of->out, &value);
    return rc;
}

static int notice_post(struct answering *of)
{
    struct wh_notice notice = {.reserved = 0};
    wh_wire_notice(&of->in, &notice);
    if (of->in.broken) return WH_E_CORRUPT;
    return of->host->notice_post(of->host->self, &notice, of->failure);
}

/* Those that take two texts. */
static int two_texts(struct answering *of, enum wh_ask ask)
{
    const struct wh_host *host = of->host;
    struct wh_span first, second;
    wh_wire_span(&of->in, &first);
    wh_wire_span(&of->in, &second);
    if (of->in.broken) return WH_E_CORRUPT;
    switch (ask) {
    case WH_ASK_RECORD_WITHDRAW:
        return host->record_withdraw(host->self, first, second, of->failure);
    case WH_ASK_KEY_PUT: return host->key_put(host->self, first, second, of->failure);
    case WH_ASK_KEY_DELETE: return host->key_delete(host->self, first, of->failure);
    default: return host->notice_settle(host->self, first, of->failure);
    }
}

/* Those that take a text and a number. */
static int text_and_number(struct answering *of, enum wh_ask ask)
{
    const struct wh_host *host = of->host;
    const char *text, *more;
    int64_t number;
    wh_wire_text(&of->in, &text);
    wh_wire_text(&of->in, &more);
    wh_wire_i64(&of->in, &number);
    if (of->in.broken || !text) return WH_E_CORRUPT;
    switch (ask) {
    case WH_ASK_METRIC_SET:
        return host->metric_set(host->self, wh_span_of(text), number, of->failure);
    case WH_ASK_JOB_AT: return host->job_at(host->self, text, number, of->failure);
    default: host->log(host->self, (uint32_t)number, text, more ? more : ""); return 0;
    }
}

static int answer_one(struct answering *of, enum wh_ask ask)
{
    switch (ask) {
    case WH_ASK_LOG:
    case WH_ASK_METRIC_SET:
    case WH_ASK_JOB_AT: return text_and_number(of, ask);
    case WH_ASK_PARAM:
    case WH_ASK_SETTING: return named_value(of, ask);
    case WH_ASK_REPLY_COLUMNS:
    case WH_ASK_REPLY_ROW:
    case WH_ASK_REPLY_NOTE:
    case WH_ASK_REPLY_FILE:
    case WH_ASK_REPLY_WORDS:
    case WH_ASK_REPLY_PROGRESS: return reply(of, ask);
    case WH_ASK_LANGUAGE:
    case WH_ASK_YEAR_NOW:
    case WH_ASK_NOW_MS:
    case WH_ASK_RESTORED_MS:
    case WH_ASK_TODAY: return clock_of(of, ask);
    case WH_ASK_FILE_KEEP: return file_keep(of);
    case WH_ASK_PUBLISH: return publish(of);
    case WH_ASK_RECORDS:
    case WH_ASK_RECORD:
    case WH_ASK_KIND:
    case WH_ASK_PROGRAMME:
    case WH_ASK_STANDINGS:
    case WH_ASK_EXPLAIN:
    case WH_ASK_UNITS:
    case WH_ASK_FIGURES:
    case WH_ASK_DEEDS:
    case WH_ASK_WORKDAY_FROM:
    case WH_ASK_HOME:
    case WH_ASK_PUBLISHED:
    case WH_ASK_RATES:
    case WH_ASK_MOMENT:
    case WH_ASK_KEYS: return wh_answer_read(of, ask);
    case WH_ASK_RECORD_ADD: return record_add(of);
    case WH_ASK_RECORD_EDIT: return record_edit(of);
    case WH_ASK_KEY_GET: return key_get(of);
    case WH_ASK_NOTICE_POST: return notice_post(of);
    case WH_ASK_RECORD_WITHDRAW:
    case WH_ASK_KEY_PUT:
    case WH_ASK_KEY_DELETE:
    case WH_ASK_NOTICE_SETTLE: return two_texts(of, ask);
    case WH_ASKS_COUNT: break;
    }
    return WH_E_CORRUPT;
}

int wh_proxy_answer(struct wh_proxy *proxy, struct wh_span asked, struct wh_arena *arena,
                    struct wh_buffer *answer, struct wh_failure *failure)
{
    struct answering of = {proxy, proxy->host, wh_wire_take(asked, arena), wh_wire_put(answer),
                           failure};
    uint32_t ask;
    wh_wire_u32(&of.in, &ask);
    if (of.in.broken || !proxy->host || ask >= WH_ASKS_COUNT) return WH_E_CORRUPT;
    return answer_one(&of, (enum wh_ask)ask);
}
