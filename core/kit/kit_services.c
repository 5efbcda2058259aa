/* What the host asks of a node, answered from memory. */
#include <cjson/cJSON.h>

#include <stdio.h>

#include "base/date.h"
#include "kit/kit_parts.h"

#define NOON_MS (12 * 3600 * 1000LL)
#define DAY_MS (24 * 3600 * 1000LL)

/* ---- The clock, kinds, units ---- */

/* Always noon: a scenario moves day by day. */
int64_t wh_kit_now_ms(const struct wh_kit *kit)
{
    return kit->today * DAY_MS + NOON_MS - WH_KIT_ZONE_MINUTES * 60000LL;
}

static int64_t now_ms(void *context)
{
    return wh_kit_now_ms(context);
}

static int32_t zone_minutes(void *context)
{
    (void)context;
    return WH_KIT_ZONE_MINUTES;
}

static const struct wh_kind *find_kind(void *context, struct wh_span name)
{
    return wh_plugins_kind(((struct wh_kit *)context)->plugins, name);
}

static int visit_units(void *context, struct wh_span under, wh_unit_visit visit,
                       void *visit_context, struct wh_error *err)
{
    const struct wh_scenario *scenario = ((struct wh_kit *)context)->scenario;
    int rc = 0;
    if (under.len > 0 && !wh_scenario_unit(scenario, under)) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_RECORD_UNIT_UNKNOWN, WH_ARGS(wh_arg_s(under)));
    }
    for (uint32_t i = 0; i < scenario->units_count && rc == 0; i++) {
        const struct wh_unit *unit = &scenario->units[i];
        const struct wh_unit_view view = {
            .code = unit->code,
            .name = unit->name,
            .unit_kind = wh_span_of(wh_unit_kind_word(unit->kind)),
            .parent = unit->parent,
            .level = wh_unit_level(unit->kind),
        };
        if (wh_code_in_range(unit->code, under)) rc = visit(visit_context, &view);
    }
    return rc < 0 ? rc : 0;
}

/* Every metric of one row. */
static int visit_row(const struct wh_kit *kit, const struct wh_kit_cell *cell,
                     wh_figure_visit visit, void *context)
{
    int rc = 0;
    for (uint32_t i = 0; cell->metrics && i < cell->metrics_count && rc == 0; i++) {
        const struct wh_figure figure = {
            .unit = cell->unit,
            .facet = wh_span_of(cell->kind->name),
            .origin = kit->scenario->home,
            .metric = cell->metrics[i].id,
            .year = (uint32_t)(cell->quarter / 4),
            .quarter_of_year = (uint32_t)(cell->quarter % 4) + 1,
            .value = cell->metrics[i].value,
        };
        rc = visit(context, &figure);
    }
    return rc;
}

static int visit_figures(void *context, struct wh_span unit, uint32_t below, uint32_t year,
                         wh_figure_visit visit, void *visit_context, struct wh_error *err)
{
    const struct wh_kit *kit = context;
    int rc = 0;
    (void)err;
    for (uint32_t i = 0; i < kit->cells_count && rc == 0; i++) {
        const struct wh_kit_cell *cell = &kit->cells[i];
        bool asked = below ? wh_code_in_range(cell->unit, unit) : wh_span_equal(cell->unit, unit);
        if (!asked || (year != 0 && year != (uint32_t)(cell->quarter / 4))) continue;
        rc = visit_row(kit, cell, visit, visit_context);
    }
    return rc < 0 ? rc : 0;
}

/* ---- What a scenario has none of ---- */

static const Wh__Programme *no_programme(void *context, uint32_t year, uint32_t *ret_number)
{
    (void)context;
    (void)year;
    (void)ret_number;
    return NULL;
}

static int no_standings(void *context, const struct wh_standing_query *query,
                        wh_standing_visit visit, void *visit_context, struct wh_error *err)
{
    (void)context;
    (void)query;
    (void)visit;
    (void)visit_context;
    return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_KIT_NO_PROGRAMME, NULL);
}

static int no_explanation(void *context, struct wh_span unit, const struct wh_standing_query *query,
                          enum wh_language language, wh_explained_visit visit, void *visit_context,
                          struct wh_error *err)
{
    (void)unit;
    (void)language;
    (void)visit;
    return no_standings(context, query, NULL, visit_context, err);
}

static int no_rates(void *context, const struct wh_standing_query *query, wh_rate_visit visit,
                    void *visit_context, struct wh_error *err)
{
    (void)visit;
    return no_standings(context, query, NULL, visit_context, err);
}

static int nothing_published(void *context, struct wh_span prefix, wh_published_visit visit,
                             void *visit_context, struct wh_error *err)
{
    (void)context;
    (void)prefix;
    (void)visit;
    (void)visit_context;
    (void)err;
    return 0;
}

static int publish_nothing(void *context, struct wh_span unit, struct wh_span name,
                           struct wh_span value, struct wh_error *err)
{
    (void)context;
    (void)unit;
    (void)name;
    (void)value;
    return wh_fail(err, WH_E_NOT_PERMITTED, WH_MSG_KIT_NO_PROGRAMME, NULL);
}

static int keep_nothing(void *context, struct wh_span name, struct wh_span content,
                        struct wh_arena *arena, struct wh_span *ret, struct wh_error *err)
{
    (void)context;
    (void)content;
    (void)arena;
    (void)err;
    *ret = name; /* the name alone */
    return 0;
}

static void moment(void *context, char ret[WH_MOMENT_TEXT_MAX])
{
    const struct wh_kit *kit = context;
    char day[WH_DAY_TEXT_SIZE];
    wh_day_format(kit->today, day);
    (void)snprintf(ret, WH_MOMENT_TEXT_MAX, "%s#0", day);
}

/* ---- The rest ---- */

/* Every cell is measured again before the next step anyway. */
static int measure_again(void *context, struct wh_span kind, struct wh_error *err)
{
    (void)context;
    (void)kind;
    (void)err;
    return 0;
}

static bool is_json(void *context, struct wh_span text)
{
    cJSON *read = cJSON_ParseWithLength(text.data, text.len);
    (void)context;
    cJSON_Delete(read);
    return read != NULL;
}

static struct wh_span home(void *context)
{
    return ((struct wh_kit *)context)->scenario->home;
}

static int64_t never_restored(void *context)
{
    (void)context;
    return 0;
}

struct wh_host_services wh_kit_services(struct wh_kit *kit)
{
    struct wh_host_services services = {
        .context = kit,
        .now_ms = now_ms,
        .zone_minutes = zone_minutes,
        .home = home,
        .restored_ms = never_restored,
        .kind = find_kind,
        .units = visit_units,
        .figures = visit_figures,
        .programme = no_programme,
        .standings = no_standings,
        .explain = no_explanation,
        .rates = no_rates,
        .published = nothing_published,
        .publish = publish_nothing,
        .moment = moment,
        .file_keep = keep_nothing,
        .measure_again = measure_again,
        .is_json = is_json,
    };
    wh_kit_store_services(&services);
    return services;
}
