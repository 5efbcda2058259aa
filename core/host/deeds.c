/* Which records meet a duty (data.md "Duties, exactly"): those that its metric counts, or those
 * that its plugin says do. */
#include "base/date.h"
#include "host/plugins_parts.h"
#include "model/kind.h"
#include "model/unit.h"

struct seeking {
    struct wh_host_self *self;
    const struct wh_duty *duty;
    const struct wh_kind *kind;
    const struct wh_metric *metric; /* NULL: the plugin decides */
    struct wh_host_self *decides;
    uint32_t level; /* of the unit */
    wh_deed_visit visit;
    void *context;
    bool stopped;
};

/* Within the quarter of its date a flow counts a record or does not. */
static bool meets(struct seeking *seeking, const struct wh_record *record)
{
    int32_t quarter = wh_quarter_of(record->date);
    struct wh_cell cell = {
        .unit = record->unit,
        .kind = wh_span_of(seeking->kind->name),
        .level = seeking->level,
        .year = (uint32_t)(quarter / 4),
        .quarter_of_year = (uint32_t)(quarter % 4 + 1),
        .first_day = wh_quarter_first_day(quarter),
        .last_day = wh_quarter_last_day(quarter),
        .year_first_day = wh_quarter_first_day(quarter / 4 * 4),
    };
    if (!seeking->metric) return wh_plugin_meets(seeking->decides, seeking->duty, record);
    return wh_plugins_count(seeking->self->plugins, &cell, seeking->kind, seeking->metric, record);
}

static int visit_record(void *context, const struct wh_record *record)
{
    struct seeking *seeking = context;
    const struct wh_measure_sink *sink = seeking->self->measuring;
    char id[WH_ID_TEXT_SIZE];
    struct wh_deed deed = {.date = record->date};
    int rc;
    if (!meets(seeking, record)) return 0;
    if (sink) sink->use(sink->context, record->id, record->version);
    wh_id_format(record->id, id);
    deed.id = wh_span_of(id);
    rc = seeking->visit(seeking->context, &deed);
    if (rc == 1) seeking->stopped = true;
    return rc;
}

static int find_level(void *context, const struct wh_unit_view *unit)
{
    uint32_t *level = context;
    *level = unit->level;
    return 1;
}

struct deeds_query {
    struct wh_span unit;
    int32_t from;
    int32_t to;
};

static int seek(struct seeking *seeking, const struct deeds_query *query, struct wh_error *err)
{
    struct wh_host_services *services = &seeking->self->plugins->services;
    if (seeking->stopped) return 0;
    return services->records(services->context, wh_span_of(seeking->kind->name), query->unit,
                             query->from, query->to, visit_record, seeking, err);
}

/* The kinds that its plugin declares. */
static int seek_plugin(struct seeking *seeking, const struct deeds_query *query,
                       struct wh_error *err)
{
    int rc = 0;
    seeking->decides = wh_plugin_find(seeking->self->plugins, wh_span_of(seeking->duty->plugin));
    if (!seeking->decides || seeking->decides->state != WH_PLUGIN_ON) return 0;
    for (uint32_t i = 0; rc == 0 && i < seeking->decides->declared->kinds.count; i++) {
        seeking->kind = wh_list_at(&seeking->decides->declared->kinds, i);
        rc = seek(seeking, query, err);
    }
    return rc;
}

/* The kind, of a plugin or of the programme, that has the metric; NULL: none. */
static const struct wh_kind *kind_with(struct wh_plugins *plugins, struct wh_span metric,
                                       uint32_t year)
{
    struct wh_host_services *services = &plugins->services;
    const Wh__Programme *programme;
    const char *name;
    uint32_t number;
    for (size_t i = 0; (name = wh_plugins_kind_name(plugins, i)); i++) {
        const struct wh_kind *kind = wh_plugins_kind(plugins, wh_span_of(name));
        if (kind && wh_kind_metric_named(kind, metric)) return kind;
    }
    programme = services->programme(services->context, year, &number);
    for (size_t i = 0; programme && i < programme->n_ledgers; i++) {
        const struct wh_kind *kind =
            services->kind(services->context, wh_span_of(programme->ledgers[i]->kind));
        if (kind && wh_kind_metric_named(kind, metric)) return kind;
    }
    return NULL;
}

static int seek_metric(struct seeking *seeking, const struct deeds_query *query,
                       struct wh_error *err)
{
    struct wh_span metric = wh_span_of(seeking->duty->metric);
    uint32_t year = (uint32_t)wh_civil_of(query->from).year;
    seeking->kind = kind_with(seeking->self->plugins, metric, year);
    if (!seeking->kind) return 0;
    seeking->metric = wh_kind_metric_named(seeking->kind, metric);
    if (!wh_plugin_server(seeking->self->plugins, seeking->kind)) return 0;
    return seek(seeking, query, err);
}

static int32_t clamp_day(int64_t day)
{
    if (day < WH_DAY_MIN) return WH_DAY_MIN;
    return day > WH_DAY_MAX ? WH_DAY_MAX : (int32_t)day;
}

int wh_host_deeds(struct wh_host_self *self, const struct wh_duty *duty, struct wh_span unit,
                  int64_t from, int64_t to, wh_deed_visit visit, void *context,
                  struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct seeking seeking = {.self = self, .duty = duty, .visit = visit, .context = context};
    struct deeds_query query = {unit, clamp_day(from), clamp_day(to)};
    struct wh_error err = {.code = 0};
    int rc = services->units(services->context, unit, find_level, &seeking.level, &err);
    if (rc >= 0 && duty->plugin && duty->plugin[0]) {
        rc = seek_plugin(&seeking, &query, &err);
    } else if (rc >= 0 && duty->metric && duty->metric[0]) {
        rc = seek_metric(&seeking, &query, &err);
    }
    if (rc < 0 && err.code < 0) return wh_table_fail_with(failure, &err, WH_EN);
    return rc < 0 ? rc : 0;
}
