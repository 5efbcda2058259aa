/* What the process of an isolated plugin may send: a declaration, and any ask. The host table
 * behind them takes whatever it is given and answers each visit with one item. */
#include "isolation/proxy_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct wh_host_self {
    uint64_t sum; /* what was handed over is read, so that a wrong span is seen */
};

static struct wh_host_self node;

static void read_span(struct wh_span span)
{
    for (size_t i = 0; i < span.len; i++) node.sum += (uint8_t)span.data[i];
}

static void read_texts(struct wh_list texts)
{
    for (uint32_t i = 0; i < texts.count; i++) {
        const struct wh_named_text *text = wh_list_at(&texts, i);
        read_span(text->name);
        read_span(text->text);
    }
}

static void take_log(struct wh_host_self *self, uint32_t severity, const char *event,
                     const char *text)
{
    (void)self;
    node.sum += severity + strlen(event) + strlen(text);
}

static int give_record(struct wh_host_self *self, struct wh_span kind, struct wh_span unit,
                       int64_t from, int64_t to, wh_record_visit visit, void *context,
                       struct wh_failure *fail)
{
    struct wh_record_view view;
    (void)self;
    (void)fail;
    memset(&view, 0, sizeof(view));
    view.kind = kind;
    view.unit = unit;
    view.date = from ^ to;
    return visit(context, &view);
}

static int give_one(struct wh_host_self *self, struct wh_span id, wh_record_visit visit,
                    void *context, struct wh_failure *fail)
{
    return give_record(self, id, id, 0, 0, visit, context, fail);
}

static const struct wh_kind *give_kind(struct wh_host_self *self, struct wh_span name)
{
    (void)self;
    read_span(name);
    return NULL;
}

static const struct wh_programme_view *give_programme(struct wh_host_self *self, uint32_t year)
{
    (void)self;
    node.sum += year;
    return NULL;
}

static int take_metric(struct wh_host_self *self, struct wh_span metric, int64_t value,
                       struct wh_failure *fail)
{
    (void)self;
    (void)fail;
    read_span(metric);
    return value < 0 ? WH_E_INVALID : 0;
}

static int take_ask(struct wh_host_self *self, const char *job, int64_t at_ms,
                    struct wh_failure *fail)
{
    return take_metric(self, wh_span_of(job), at_ms, fail);
}

static struct wh_value give_setting(struct wh_host_self *self, const char *name)
{
    struct wh_value value;
    (void)self;
    memset(&value, 0, sizeof(value));
    value.text = wh_span_of(name);
    return value;
}

static int64_t give_number(struct wh_host_self *self)
{
    (void)self;
    return 20000;
}

static uint32_t give_year(struct wh_host_self *self)
{
    (void)self;
    return 2026;
}

static int give_standing(struct wh_host_self *self, const struct wh_standing_query *query,
                         wh_standing_visit visit, void *context, struct wh_failure *fail)
{
    struct wh_standing standing;
    (void)self;
    (void)fail;
    memset(&standing, 0, sizeof(standing));
    standing.unit = query->under;
    standing.name = query->as_of;
    return visit(context, &standing);
}

static int give_line(struct wh_host_self *self, struct wh_span unit,
                     const struct wh_standing_query *query, uint32_t language,
                     wh_explained_visit visit, void *context, struct wh_failure *fail)
{
    struct wh_explained line;
    (void)self;
    (void)fail;
    memset(&line, 0, sizeof(line));
    line.id = unit;
    line.text = query->under;
    line.flags = language;
    return visit(context, &line);
}

static int give_unit(struct wh_host_self *self, struct wh_span under, wh_unit_visit visit,
                     void *context, struct wh_failure *fail)
{
    struct wh_unit_view unit;
    (void)self;
    (void)fail;
    memset(&unit, 0, sizeof(unit));
    unit.code = under;
    return visit(context, &unit);
}

static int give_figure(struct wh_host_self *self, struct wh_span unit, uint32_t below,
                       uint32_t year, wh_figure_visit visit, void *context, struct wh_failure *fail)
{
    struct wh_figure figure;
    (void)self;
    (void)fail;
    memset(&figure, 0, sizeof(figure));
    figure.unit = unit;
    figure.value = below;
    figure.year = year;
    return visit(context, &figure);
}

static int take_record(struct wh_host_self *self, struct wh_span kind, struct wh_span unit,
                       int64_t date, struct wh_list fields, struct wh_record_id *ret_id,
                       struct wh_failure *fail)
{
    (void)fail;
    (void)self;
    read_span(kind);
    read_span(unit);
    read_texts(fields);
    ret_id->text[0] = (char)('a' + (date & 7));
    return 0;
}

static int take_edit(struct wh_host_self *self, struct wh_span id, struct wh_list fields,
                     struct wh_failure *fail)
{
    struct wh_record_id ignored = {{0}};
    return take_record(self, id, id, 0, fields, &ignored, fail);
}

static int take_two(struct wh_host_self *self, struct wh_span first, struct wh_span second,
                    struct wh_failure *fail)
{
    (void)self;
    (void)fail;
    read_span(first);
    read_span(second);
    return 0;
}

static int take_key(struct wh_host_self *self, struct wh_span key, struct wh_failure *fail)
{
    return take_two(self, key, key, fail);
}

static int give_value(struct wh_host_self *self, struct wh_span key, struct wh_span *ret_value,
                      struct wh_failure *fail)
{
    *ret_value = key;
    return take_key(self, key, fail);
}

static int give_key(struct wh_host_self *self, struct wh_span prefix, wh_key_visit visit,
                    void *context, struct wh_failure *fail)
{
    (void)self;
    (void)fail;
    return visit(context, prefix, prefix);
}

static int take_notice(struct wh_host_self *self, const struct wh_notice *notice,
                       struct wh_failure *fail)
{
    (void)take_two(self, notice->zh, notice->en, fail);
    return take_two(self, notice->key, notice->unit, fail);
}

/* ---- Since 1.2 ---- */

static int give_deed(struct wh_host_self *self, const struct wh_duty *duty, struct wh_span unit,
                     int64_t from, int64_t to, wh_deed_visit visit, void *context,
                     struct wh_failure *fail)
{
    struct wh_deed deed = {unit, from ^ to};
    for (uint32_t i = 0; i < duty->who.count; i++) {
        const char *const *kind = wh_list_at(&duty->who, i);
        read_span(wh_span_of(*kind));
    }
    read_span(wh_span_of(duty->id));
    (void)take_two(self, unit, wh_span_of(duty->plugin), fail);
    return visit(context, &deed);
}

static int64_t give_workday(struct wh_host_self *self, int64_t day)
{
    (void)self;
    return day;
}

static struct wh_span give_home(struct wh_host_self *self)
{
    (void)self;
    return WH_S("2311");
}

static int give_published(struct wh_host_self *self, struct wh_span prefix,
                          wh_published_visit visit, void *context, struct wh_failure *fail)
{
    struct wh_published published = {prefix, prefix, prefix, prefix};
    (void)take_key(self, prefix, fail);
    return visit(context, &published);
}

static void give_moment(struct wh_host_self *self, char ret[WH_MOMENT_TEXT_MAX])
{
    (void)self;
    memcpy(ret, "2026-01-01#1", sizeof("2026-01-01#1"));
}

static int give_rate(struct wh_host_self *self, const struct wh_standing_query *query,
                     wh_rate_visit visit, void *context, struct wh_failure *fail)
{
    struct wh_rate_view rate = {.unit = query->under, .now_h = -1};
    (void)take_key(self, query->under, fail);
    return visit(context, &rate);
}

static int take_published(struct wh_host_self *self, struct wh_span unit, struct wh_span name,
                          struct wh_span value, struct wh_failure *fail)
{
    (void)take_key(self, unit, fail);
    return take_two(self, name, value, fail);
}

static int take_file(struct wh_host_self *self, struct wh_span name, struct wh_span content,
                     char ret[WH_FILE_REF_MAX], struct wh_failure *fail)
{
    ret[0] = '\0';
    return take_two(self, name, content, fail);
}

static const struct wh_host table = {
    .abi = WH_ABI,
    .size = sizeof(struct wh_host),
    .self = &node,
    .log = take_log,
    .records = give_record,
    .record = give_one,
    .kind = give_kind,
    .programme = give_programme,
    .metric_set = take_metric,
    .job_at = take_ask,
    .setting = give_setting,
    .now_ms = give_number,
    .today = give_number,
    .year_now = give_year,
    .standings = give_standing,
    .explain = give_line,
    .units = give_unit,
    .figures = give_figure,
    .record_add = take_record,
    .record_edit = take_edit,
    .record_withdraw = take_two,
    .key_get = give_value,
    .key_put = take_two,
    .key_delete = take_key,
    .keys = give_key,
    .notice_post = take_notice,
    .notice_settle = take_key,
    .deeds = give_deed,
    .workday_from = give_workday,
    .home = give_home,
    .publish = take_published,
    .published = give_published,
    .moment = give_moment,
    .rates = give_rate,
    .file_keep = take_file,
};

static void try_ask(struct wh_span bytes)
{
    struct wh_proxy proxy;
    struct wh_arena arena = {NULL, 0};
    struct wh_buffer answer = {NULL, 0, 0};
    struct wh_failure failure = {.code = 0};
    memset(&proxy, 0, sizeof(proxy));
    proxy.host = &table;
    (void)wh_proxy_answer(&proxy, wh_arena_copy(&arena, bytes), &arena, &answer, &failure);
    wh_buffer_deinit(&answer);
    wh_arena_deinit(&arena);
}

/* A declaration that is taken puts to bytes that are taken as the same. */
static void try_declaration(struct wh_span bytes)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_buffer once = {NULL, 0, 0}, twice = {NULL, 0, 0};
    struct wh_plugin plugin;
    struct wh_wire wire = wh_wire_take(wh_arena_copy(&arena, bytes), &arena);
    uint32_t has = 0;
    memset(&plugin, 0, sizeof(plugin));
    wh_wire_plugin(&wire, &plugin, &has);
    if (!wire.broken) {
        wire = wh_wire_put(&once);
        wh_wire_plugin(&wire, &plugin, &has);
        wire = wh_wire_take(wh_buffer_span(&once), &arena);
        wh_wire_plugin(&wire, &plugin, &has);
        if (wire.broken) __builtin_trap();
        wire = wh_wire_put(&twice);
        wh_wire_plugin(&wire, &plugin, &has);
        if (!wh_span_equal(wh_buffer_span(&once), wh_buffer_span(&twice))) __builtin_trap();
    }
    wh_buffer_deinit(&once);
    wh_buffer_deinit(&twice);
    wh_arena_deinit(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_ask(wh_span(data, size));
    try_declaration(wh_span(data, size));
    return 0;
}
