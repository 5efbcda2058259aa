/* The functions of the host table about rankings: standings, explanations, rates, what was
 * published.
 */
#include "host/plugins_parts.h"

static int host_standings(struct wh_host_self *self, const struct wh_standing_query *query,
                          wh_standing_visit visit, void *context, struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_error err = {.code = 0};
    int rc = services->standings(services->context, query, visit, context, &err);
    return rc < 0 && err.code < 0 ? wh_table_fail_with(failure, &err, WH_EN) : rc;
}

static int host_explain(struct wh_host_self *self, struct wh_span unit,
                        const struct wh_standing_query *query, uint32_t language,
                        wh_explained_visit visit, void *context, struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    enum wh_language in = language == WH_ZH ? WH_ZH : WH_EN;
    struct wh_error err = {.code = 0};
    int rc = services->explain(services->context, unit, query, in, visit, context, &err);
    return rc < 0 && err.code < 0 ? wh_table_fail_with(failure, &err, in) : rc;
}

static void host_moment(struct wh_host_self *self, char ret[WH_MOMENT_TEXT_MAX])
{
    self->plugins->services.moment(self->plugins->services.context, ret);
}

static int host_rates(struct wh_host_self *self, const struct wh_standing_query *query,
                      wh_rate_visit visit, void *context, struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct wh_error err = {.code = 0};
    int rc = services->rates(services->context, query, visit, context, &err);
    return rc < 0 && err.code < 0 ? wh_table_fail_with(failure, &err, WH_EN) : rc;
}

struct visiting_published {
    size_t head; /* the plugin's name, and a colon */
    wh_published_visit visit;
    void *context;
};

static int visit_published(void *context, const struct wh_published *published)
{
    const struct visiting_published *visiting = context;
    struct wh_published own = *published;
    own.name = wh_span_from(own.name, visiting->head);
    return visiting->visit(visiting->context, &own);
}

static int host_published(struct wh_host_self *self, struct wh_span prefix,
                          wh_published_visit visit, void *context, struct wh_failure *failure)
{
    struct wh_host_services *services = &self->plugins->services;
    struct visiting_published visiting = {self->name.len + 1, visit, context};
    struct wh_error err = {.code = 0};
    struct wh_span name = wh_plugin_published_name(self, prefix);
    int rc = services->published(services->context, name, visit_published, &visiting, &err);
    return rc < 0 && err.code < 0 ? wh_table_fail_with(failure, &err, WH_EN) : rc;
}

void wh_plugin_table_standings(struct wh_host *table)
{
    table->standings = host_standings;
    table->explain = host_explain;
    table->rates = host_rates;
    table->published = host_published;
    table->moment = host_moment;
}
