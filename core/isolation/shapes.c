/* The shapes of wuhao/plugin.h on the wire, each once for both directions. */
#include "isolation/wire.h"

_Static_assert(sizeof(struct wh_kind) <= 256 && sizeof(struct wh_metric) <= 256 &&
                   sizeof(struct wh_field) <= 256 && sizeof(struct wh_command) <= 256 &&
                   sizeof(struct wh_setting) <= 256,
               "wh_wire_list() copies an item that may be shorter than ours");

void wh_wire_value(struct wh_wire *wire, struct wh_value *value)
{
    wh_wire_u32(wire, &value->type);
    wh_wire_i64(wire, &value->number);
    wh_wire_span(wire, &value->text);
}

void wh_wire_named_text(struct wh_wire *wire, void *named)
{
    struct wh_named_text *of = named;
    wh_wire_span(wire, &of->name);
    wh_wire_span(wire, &of->text);
}

void wh_wire_title(struct wh_wire *wire, struct wh_title *of)
{
    wh_wire_text(wire, &of->zh);
    wh_wire_text(wire, &of->en);
}

void wh_wire_column(struct wh_wire *wire, void *column)
{
    struct wh_column *of = column;
    wh_wire_text(wire, &of->name);
    wh_wire_title(wire, &of->title);
    wh_wire_u32(wire, &of->type);
}

static void named_value(struct wh_wire *wire, void *named)
{
    struct wh_named_value *of = named;
    wh_wire_span(wire, &of->name);
    wh_wire_value(wire, &of->value);
}

void wh_wire_record(struct wh_wire *wire, struct wh_record_view *record)
{
    wh_wire_span(wire, &record->kind);
    wh_wire_span(wire, &record->unit);
    wh_wire_span(wire, &record->id);
    wh_wire_i64(wire, &record->date);
    wh_wire_u64(wire, &record->version);
    wh_wire_list(wire, &record->fields, sizeof(struct wh_named_value), named_value);
}

void wh_wire_cell(struct wh_wire *wire, struct wh_cell *cell)
{
    wh_wire_span(wire, &cell->unit);
    wh_wire_span(wire, &cell->kind);
    wh_wire_u32(wire, &cell->level);
    wh_wire_u32(wire, &cell->year);
    wh_wire_u32(wire, &cell->quarter_of_year);
    wh_wire_i64(wire, &cell->first_day);
    wh_wire_i64(wire, &cell->last_day);
    wh_wire_i64(wire, &cell->year_first_day);
}

/* ---- Kinds ---- */

void wh_wire_text_item(struct wh_wire *wire, void *item)
{
    wh_wire_text(wire, item);
}

void wh_wire_choice(struct wh_wire *wire, void *item)
{
    struct wh_choice *of = item;
    wh_wire_text(wire, &of->id);
    wh_wire_title(wire, &of->title);
}

static void field(struct wh_wire *wire, void *item)
{
    struct wh_field *of = item;
    wh_wire_text(wire, &of->name);
    wh_wire_title(wire, &of->title);
    wh_wire_u32(wire, &of->type);
    wh_wire_u32(wire, &of->flags);
    wh_wire_i64(wire, &of->min);
    wh_wire_i64(wire, &of->max);
    wh_wire_list(wire, &of->choices, sizeof(struct wh_choice), wh_wire_choice);
}

static void test(struct wh_wire *wire, void *item)
{
    struct wh_test *of = item;
    wh_wire_text(wire, &of->field);
    wh_wire_list(wire, &of->values, sizeof(char *), wh_wire_text_item);
}

static void condition(struct wh_wire *wire, void *item)
{
    struct wh_condition *of = item;
    wh_wire_list(wire, &of->tests, sizeof(struct wh_test), test);
    wh_wire_u32(wire, &of->levels);
}

static void metric(struct wh_wire *wire, void *item)
{
    struct wh_metric *of = item;
    wh_wire_text(wire, &of->id);
    wh_wire_title(wire, &of->title);
    wh_wire_u32(wire, &of->type);
    wh_wire_u32(wire, &of->form);
    wh_wire_u32(wire, &of->flags);
    wh_wire_list(wire, &of->fields, sizeof(char *), wh_wire_text_item);
    wh_wire_list(wire, &of->any, sizeof(struct wh_condition), condition);
}

void wh_wire_kind(struct wh_wire *wire, void *kind)
{
    struct wh_kind *of = kind;
    wh_wire_text(wire, &of->name);
    wh_wire_title(wire, &of->title);
    wh_wire_u32(wire, &of->enter);
    wh_wire_u32(wire, &of->flags);
    wh_wire_list(wire, &of->fields, sizeof(struct wh_field), field);
    wh_wire_list(wire, &of->unique, sizeof(char *), wh_wire_text_item);
    wh_wire_list(wire, &of->metrics, sizeof(struct wh_metric), metric);
}

/* ---- Rankings, units, rows, notices ---- */

void wh_wire_query(struct wh_wire *wire, struct wh_standing_query *query)
{
    wh_wire_u32(wire, &query->level);
    wh_wire_u32(wire, &query->year);
    wh_wire_span(wire, &query->under);
    wh_wire_span(wire, &query->unit_kind);
    wh_wire_span(wire, &query->as_of);
    wh_wire_i64(wire, &query->pass_h);
}

void wh_wire_standing(struct wh_wire *wire, struct wh_standing *standing)
{
    wh_wire_span(wire, &standing->unit);
    wh_wire_span(wire, &standing->name);
    wh_wire_span(wire, &standing->unit_kind);
    wh_wire_span(wire, &standing->parent);
    wh_wire_u32(wire, &standing->flags);
    wh_wire_u32(wire, &standing->rank);
    wh_wire_i64(wire, &standing->score_h);
    wh_wire_i64(wire, &standing->units);
    wh_wire_i64(wire, &standing->units_qualified);
    wh_wire_i64(wire, &standing->units_grassroots);
    wh_wire_i64(wire, &standing->units_grassroots_qualified);
    wh_wire_i64(wire, &standing->complete_h);
    wh_wire_i64(wire, &standing->doubts);
}

void wh_wire_explained(struct wh_wire *wire, struct wh_explained *line)
{
    wh_wire_u32(wire, &line->depth);
    wh_wire_u32(wire, &line->flags);
    wh_wire_span(wire, &line->id);
    wh_wire_span(wire, &line->title);
    wh_wire_span(wire, &line->text);
    wh_wire_i64(wire, &line->points_h);
    wh_wire_i64(wire, &line->full_h);
    wh_wire_i64(wire, &line->value);
}

void wh_wire_unit(struct wh_wire *wire, struct wh_unit_view *unit)
{
    wh_wire_span(wire, &unit->code);
    wh_wire_span(wire, &unit->name);
    wh_wire_span(wire, &unit->unit_kind);
    wh_wire_span(wire, &unit->parent);
    wh_wire_u32(wire, &unit->level);
    wh_wire_i64(wire, &unit->opened);
    wh_wire_i64(wire, &unit->closed);
}

void wh_wire_figure(struct wh_wire *wire, struct wh_figure *figure)
{
    wh_wire_span(wire, &figure->unit);
    wh_wire_span(wire, &figure->facet);
    wh_wire_span(wire, &figure->origin);
    wh_wire_span(wire, &figure->metric);
    wh_wire_u32(wire, &figure->year);
    wh_wire_u32(wire, &figure->quarter_of_year);
    wh_wire_i64(wire, &figure->value);
}

void wh_wire_notice(struct wh_wire *wire, struct wh_notice *notice)
{
    wh_wire_span(wire, &notice->key);
    wh_wire_span(wire, &notice->unit);
    wh_wire_span(wire, &notice->zh);
    wh_wire_span(wire, &notice->en);
    wh_wire_u32(wire, &notice->severity);
    wh_wire_i64(wire, &notice->due);
}

void wh_wire_published(struct wh_wire *wire, struct wh_published *published)
{
    wh_wire_span(wire, &published->unit);
    wh_wire_span(wire, &published->name);
    wh_wire_span(wire, &published->origin);
    wh_wire_span(wire, &published->value);
}

void wh_wire_rate(struct wh_wire *wire, struct wh_rate_view *rate)
{
    wh_wire_span(wire, &rate->unit);
    wh_wire_span(wire, &rate->name);
    wh_wire_i64(wire, &rate->units);
    wh_wire_i64(wire, &rate->units_qualified);
    wh_wire_i64(wire, &rate->now_h);
    wh_wire_i64(wire, &rate->baseline_h);
    wh_wire_i64(wire, &rate->target_h);
    wh_wire_i64(wire, &rate->missing_h);
    wh_wire_i64(wire, &rate->pace_h);
    wh_wire_i64(wire, &rate->units_missing);
}

void wh_wire_change(struct wh_wire *wire, void *change)
{
    struct wh_row_change *of = change;
    wh_wire_span(wire, &of->unit);
    wh_wire_span(wire, &of->facet);
    wh_wire_u32(wire, &of->year);
    wh_wire_u32(wire, &of->quarter_of_year);
}

/* ---- A plugin's declaration ---- */

static void param(struct wh_wire *wire, void *item)
{
    struct wh_param *of = item;
    wh_wire_text(wire, &of->name);
    wh_wire_title(wire, &of->title);
    wh_wire_u32(wire, &of->type);
    wh_wire_u32(wire, &of->flags);
}

static void command(struct wh_wire *wire, void *item)
{
    struct wh_command *of = item;
    wh_wire_text(wire, &of->name);
    wh_wire_title(wire, &of->title);
    wh_wire_list(wire, &of->params, sizeof(struct wh_param), param);
    wh_wire_list(wire, &of->columns, sizeof(struct wh_column), wh_wire_column);
    wh_wire_u32(wire, &of->permission);
    wh_wire_u32(wire, &of->flags);
    wh_wire_text(wire, &of->example);
}

static void job(struct wh_wire *wire, void *item)
{
    struct wh_job *of = item;
    wh_wire_text(wire, &of->name);
    wh_wire_title(wire, &of->title);
    wh_wire_text(wire, &of->when);
    wh_wire_u32(wire, &of->budget_ms);
}

static void setting(struct wh_wire *wire, void *item)
{
    struct wh_setting *of = item;
    wh_wire_text(wire, &of->name);
    wh_wire_title(wire, &of->title);
    wh_wire_u32(wire, &of->type);
    wh_wire_u32(wire, &of->flags);
    wh_wire_i64(wire, &of->min);
    wh_wire_i64(wire, &of->max);
    wh_wire_text(wire, &of->fallback);
    wh_wire_list(wire, &of->choices, sizeof(struct wh_choice), wh_wire_choice);
}

void wh_wire_plugin(struct wh_wire *wire, struct wh_plugin *plugin, uint32_t *has)
{
    wh_wire_u32(wire, &plugin->abi);
    wh_wire_u32(wire, &plugin->size);
    wh_wire_text(wire, &plugin->name);
    wh_wire_text(wire, &plugin->version);
    wh_wire_title(wire, &plugin->title);
    wh_wire_u32(wire, &plugin->flags);
    wh_wire_list(wire, &plugin->needs, sizeof(char *), wh_wire_text_item);
    wh_wire_list(wire, &plugin->kinds, sizeof(struct wh_kind), wh_wire_kind);
    wh_wire_list(wire, &plugin->commands, sizeof(struct wh_command), command);
    wh_wire_list(wire, &plugin->jobs, sizeof(struct wh_job), job);
    wh_wire_list(wire, &plugin->settings, sizeof(struct wh_setting), setting);
    wh_wire_u32(wire, has);
}
