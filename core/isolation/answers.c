/* What the process of an isolated plugin asks for, carried out by the host table that the plugin
 * was given. Each function takes its arguments from `in` and puts what it gives into `out`. */
#include "isolation/proxy_parts.h"

struct answering {
    struct wh_proxy *proxy;
    const struct wh_host *host;
    struct wh_wire in;
    struct wh_wire out;
    struct wh_failure *failure;
};

/* Items of a visit are each led by a 1; a 0 ends them. They go out together once the visit is
 * over, so that the plugin may ask for more while it looks at one. */
static int next_item(struct answering *of)
{
    uint32_t more = 1;
    if (of->out.out->len > WH_EXCHANGE_BYTES_MAX / 2) {
        of->failure->code = WH_E_INVALID;
        memcpy(of->failure->text, WH_ANSWER_TOO_LARGE, sizeof(WH_ANSWER_TOO_LARGE));
        return WH_E_INVALID;
    }
    wh_wire_u32(&of->out, &more);
    return 0;
}

static int end_items(struct answering *of, int rc)
{
    uint32_t more = 0;
    wh_wire_u32(&of->out, &more);
    return rc;
}

static int each_record(void *context, const struct wh_record_view *record)
{
    struct answering *of = context;
    struct wh_record_view copy = *record;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_record(&of->out, &copy);
    return 0;
}

static int each_standing(void *context, const struct wh_standing *standing)
{
    struct answering *of = context;
    struct wh_standing copy = *standing;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_standing(&of->out, &copy);
    return 0;
}

static int each_explained(void *context, const struct wh_explained *line)
{
    struct answering *of = context;
    struct wh_explained copy = *line;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_explained(&of->out, &copy);
    return 0;
}

static int each_unit(void *context, const struct wh_unit_view *unit)
{
    struct answering *of = context;
    struct wh_unit_view copy = *unit;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_unit(&of->out, &copy);
    return 0;
}

static int each_figure(void *context, const struct wh_figure *figure)
{
    struct answering *of = context;
    struct wh_figure copy = *figure;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_figure(&of->out, &copy);
    return 0;
}

static int each_key(void *context, struct wh_span key, struct wh_span value)
{
    struct answering *of = context;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_span(&of->out, &key);
    wh_wire_span(&of->out, &value);
    return 0;
}

/* ---- Reading ---- */

static int records(struct answering *of)
{
    struct wh_span kind, unit;
    int64_t from, to;
    wh_wire_span(&of->in, &kind);
    wh_wire_span(&of->in, &unit);
    wh_wire_i64(&of->in, &from);
    wh_wire_i64(&of->in, &to);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(
        of, of->host->records(of->host->self, kind, unit, from, to, each_record, of, of->failure));
}

static int record(struct answering *of)
{
    struct wh_span id;
    wh_wire_span(&of->in, &id);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of, of->host->record(of->host->self, id, each_record, of, of->failure));
}

static int kind(struct answering *of)
{
    const struct wh_kind *found;
    struct wh_span name;
    uint32_t is_there;
    wh_wire_span(&of->in, &name);
    if (of->in.broken) return WH_E_CORRUPT;
    found = of->host->kind(of->host->self, name);
    is_there = found != NULL;
    wh_wire_u32(&of->out, &is_there);
    if (found) {
        struct wh_kind copy = *found;
        wh_wire_kind(&of->out, &copy);
    }
    return 0;
}

static int programme(struct answering *of)
{
    const struct wh_programme_view *found;
    uint32_t year, is_there;
    wh_wire_u32(&of->in, &year);
    if (of->in.broken) return WH_E_CORRUPT;
    found = of->host->programme(of->host->self, year);
    is_there = found != NULL;
    wh_wire_u32(&of->out, &is_there);
    if (found) {
        struct wh_programme_view copy = *found;
        wh_wire_programme(&of->out, &copy);
    }
    return 0;
}

static int standings(struct answering *of)
{
    struct wh_standing_query query = {0};
    wh_wire_query(&of->in, &query);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of,
                     of->host->standings(of->host->self, &query, each_standing, of, of->failure));
}

static int explain(struct answering *of)
{
    struct wh_standing_query query = {0};
    struct wh_span unit;
    uint32_t language;
    wh_wire_span(&of->in, &unit);
    wh_wire_query(&of->in, &query);
    wh_wire_u32(&of->in, &language);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of, of->host->explain(of->host->self, unit, &query, language, each_explained,
                                           of, of->failure));
}

static int units(struct answering *of)
{
    struct wh_span under;
    wh_wire_span(&of->in, &under);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of, of->host->units(of->host->self, under, each_unit, of, of->failure));
}

static int figures(struct answering *of)
{
    struct wh_span unit;
    uint32_t below, year;
    wh_wire_span(&of->in, &unit);
    wh_wire_u32(&of->in, &below);
    wh_wire_u32(&of->in, &year);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(
        of, of->host->figures(of->host->self, unit, below, year, each_figure, of, of->failure));
}

static int each_deed(void *context, const struct wh_deed *deed)
{
    struct answering *of = context;
    struct wh_deed copy = *deed;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_span(&of->out, &copy.id);
    wh_wire_i64(&of->out, &copy.date);
    return 0;
}

static int deeds(struct answering *of)
{
    struct wh_duty duty = {.id = NULL};
    struct wh_span unit;
    int64_t from, to;
    wh_wire_duty(&of->in, &duty);
    wh_wire_span(&of->in, &unit);
    wh_wire_i64(&of->in, &from);
    wh_wire_i64(&of->in, &to);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(
        of, of->host->deeds(of->host->self, &duty, unit, from, to, each_deed, of, of->failure));
}

static int workday_from(struct answering *of)
{
    int64_t day;
    wh_wire_i64(&of->in, &day);
    if (of->in.broken) return WH_E_CORRUPT;
    day = of->host->workday_from(of->host->self, day);
    wh_wire_i64(&of->out, &day);
    return 0;
}

static int each_published(void *context, const struct wh_published *published)
{
    struct answering *of = context;
    struct wh_published copy = *published;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_published(&of->out, &copy);
    return 0;
}

static int published(struct answering *of)
{
    struct wh_span prefix;
    wh_wire_span(&of->in, &prefix);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of,
                     of->host->published(of->host->self, prefix, each_published, of, of->failure));
}

static int each_rate(void *context, const struct wh_rate_view *rate)
{
    struct answering *of = context;
    struct wh_rate_view copy = *rate;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_rate(&of->out, &copy);
    return 0;
}

static int rates(struct answering *of)
{
    struct wh_standing_query query = {0};
    wh_wire_query(&of->in, &query);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of, of->host->rates(of->host->self, &query, each_rate, of, of->failure));
}

static int moment(struct answering *of)
{
    char text[WH_MOMENT_TEXT_MAX] = "";
    struct wh_span span;
    of->host->moment(of->host->self, text);
    span = wh_span_of(text);
    wh_wire_span(&of->out, &span);
    return 0;
}

static int home(struct answering *of)
{
    struct wh_span code = of->host->home(of->host->self);
    wh_wire_span(&of->out, &code);
    return 0;
}

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

static int keys(struct answering *of)
{
    struct wh_span prefix;
    wh_wire_span(&of->in, &prefix);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of, of->host->keys(of->host->self, prefix, each_key, of, of->failure));
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
    case WH_ASK_PUBLISH: return host->publish(host->self, first, second, of->failure);
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
    case WH_ASK_RECORDS: return records(of);
    case WH_ASK_RECORD: return record(of);
    case WH_ASK_KIND: return kind(of);
    case WH_ASK_PROGRAMME: return programme(of);
    case WH_ASK_PARAM:
    case WH_ASK_SETTING: return named_value(of, ask);
    case WH_ASK_REPLY_COLUMNS:
    case WH_ASK_REPLY_ROW:
    case WH_ASK_REPLY_NOTE:
    case WH_ASK_REPLY_FILE:
    case WH_ASK_REPLY_PROGRESS: return reply(of, ask);
    case WH_ASK_LANGUAGE:
    case WH_ASK_YEAR_NOW:
    case WH_ASK_NOW_MS:
    case WH_ASK_RESTORED_MS:
    case WH_ASK_TODAY: return clock_of(of, ask);
    case WH_ASK_STANDINGS: return standings(of);
    case WH_ASK_EXPLAIN: return explain(of);
    case WH_ASK_UNITS: return units(of);
    case WH_ASK_FIGURES: return figures(of);
    case WH_ASK_DEEDS: return deeds(of);
    case WH_ASK_WORKDAY_FROM: return workday_from(of);
    case WH_ASK_HOME: return home(of);
    case WH_ASK_PUBLISHED: return published(of);
    case WH_ASK_RATES: return rates(of);
    case WH_ASK_MOMENT: return moment(of);
    case WH_ASK_RECORD_ADD: return record_add(of);
    case WH_ASK_RECORD_EDIT: return record_edit(of);
    case WH_ASK_KEYS: return keys(of);
    case WH_ASK_KEY_GET: return key_get(of);
    case WH_ASK_NOTICE_POST: return notice_post(of);
    case WH_ASK_RECORD_WITHDRAW:
    case WH_ASK_PUBLISH:
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
