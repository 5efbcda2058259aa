/* kinds, kind, template: what can be recorded, all of it read from the declarations. */
#include "base/buffer.h"
#include "base/date.h"
#include "base/num.h"
#include "base/text.h"
#include "commands/handlers.h"
#include "engine/programmes.h"

static uint32_t year_now(struct wh_desk *desk)
{
    return (uint32_t)wh_civil_of(wh_engine_today(desk->engine)).year;
}

int wh_call_kind(struct wh_desk *desk, struct wh_call *call, const struct wh_kind **ret,
                 struct wh_error *err)
{
    struct wh_span name = wh_call_text(call, "kind"), near;
    struct wh_kind_names names = {desk->engine, year_now(desk)};
    *ret = wh_kind_find(desk->engine, name, names.year);
    if (*ret) return 0;
    if (desk->plugins) {
        struct wh_span plugin;
        wh_plugins_learn(desk->plugins);
        plugin = wh_plugins_kind_off(desk->plugins, name);
        if (plugin.data) {
            return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_KIND_OFF,
                           WH_ARGS(wh_arg_s(name), wh_arg_s(plugin)));
        }
    }
    near = wh_text_nearest(name, wh_kind_each, &names);
    if (near.data) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_KIND_UNKNOWN_NEAR,
                       WH_ARGS(wh_arg_s(name), wh_arg_s(near)));
    }
    if (!wh_kind_each(&names, 0).data) {
        return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_KIND_NONE, WH_ARGS(wh_arg_s(name)));
    }
    return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_KIND_UNKNOWN, WH_ARGS(wh_arg_s(name)));
}

int wh_may_enter(struct wh_desk *desk, const struct wh_kind *kind, struct wh_error *err)
{
    if (!(kind->flags & WH_KIND_BY_COMMAND)) return 0;
    return wh_fail(
        err, WH_E_NOT_PERMITTED, WH_MSG_KIND_BY_COMMAND,
        WH_ARGS(wh_arg_c(kind->name), wh_arg_s(wh_plugins_kind_of(desk->plugins, kind))));
}

static struct wh_span levels_text(uint32_t levels, struct wh_arena *arena)
{
    static const uint32_t all[] = {WH_LEVEL_CITY, WH_LEVEL_COUNTY, WH_LEVEL_TOWNSHIP,
                                   WH_LEVEL_GRASSROOTS};
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_span text;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (!(levels & all[i])) continue;
        wh_buffer_print(&buffer, "%s%s", buffer.len > 0 ? ", " : "", wh_level_word(all[i]));
    }
    text = wh_arena_copy(arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return text;
}

static struct wh_span metrics_text(const struct wh_kind *kind, struct wh_arena *arena)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_span text;
    for (uint32_t i = 0; i < kind->metrics.count; i++) {
        wh_buffer_print(&buffer, "%s%s", i > 0 ? ", " : "", wh_kind_metric(kind, i)->id);
    }
    text = wh_arena_copy(arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return text;
}

int wh_run_kinds(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_kind_names names = {desk->engine, year_now(desk)};
    struct wh_span name;
    (void)err;
    for (size_t i = 0; (name = wh_kind_each(&names, i)).data; i++) {
        const struct wh_kind *kind = wh_kind_find(desk->engine, name, names.year);
        struct wh_value row[] = {
            wh_value_text(name),
            wh_value_text(wh_title_text(kind->title, call->language)),
            wh_value_text(levels_text(kind->enter, &call->arena)),
            wh_value_number(WH_INTEGER, kind->fields.count),
            wh_value_text(metrics_text(kind, &call->arena)),
        };
        wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
    }
    return 0;
}

/* What a field takes, in words. */
static struct wh_span rule_text(const struct wh_field *field, struct wh_arena *arena)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_span text;
    if (field->flags & WH_BOUNDED && field->type == WH_DECIMAL) {
        char min[WH_HUNDREDTHS_TEXT_SIZE], max[WH_HUNDREDTHS_TEXT_SIZE];
        wh_hundredths_format(field->min, min);
        wh_hundredths_format(field->max, max);
        wh_buffer_print(&buffer, "%s .. %s", min, max);
    } else if (field->flags & WH_BOUNDED) {
        wh_buffer_print(&buffer, "%lld .. %lld", (long long)field->min, (long long)field->max);
    }
    for (uint32_t i = 0; i < field->choices.count; i++) {
        const struct wh_choice *choice = wh_list_at(&field->choices, i);
        wh_buffer_print(&buffer, "%s%s", i > 0 ? ", " : "", choice->id);
    }
    text = wh_arena_copy(arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return text;
}

static bool is_unique(const struct wh_kind *kind, const char *field)
{
    for (uint32_t i = 0; i < kind->unique.count; i++) {
        const char *const *name = wh_list_at(&kind->unique, i);
        if (strcmp(*name, field) == 0) return true;
    }
    return false;
}

static void reply_field(struct wh_call *call, const struct wh_kind *kind,
                        const struct wh_field *field)
{
    struct wh_value row[] = {
        wh_value_text(wh_span_of(field->name)),
        wh_value_text(wh_title_text(field->title, call->language)),
        wh_value_text(wh_span_of(wh_type_word(field->type))),
        wh_value_number(WH_YESNO, (field->flags & WH_REQUIRED) != 0),
        wh_value_number(WH_YESNO, (field->flags & WH_PERSONAL) != 0),
        wh_value_number(WH_YESNO, (field->flags & WH_PUBLIC) != 0),
        wh_value_number(WH_YESNO, is_unique(kind, field->name)),
        wh_value_text(rule_text(field, &call->arena)),
    };
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
}

int wh_run_kind(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    static const struct wh_field common[] = {
        {.name = "unit", .type = WH_UNIT, .flags = WH_REQUIRED, .title = {"单位", "Unit"}},
        {.name = "date", .type = WH_DATE, .flags = WH_REQUIRED, .title = {"日期", "Date"}},
    };
    const struct wh_kind *kind;
    int rc = wh_call_kind(desk, call, &kind, err);
    if (rc < 0) return rc;
    for (size_t i = 0; i < 2; i++) reply_field(call, kind, &common[i]);
    for (uint32_t i = 0; i < kind->fields.count; i++) {
        reply_field(call, kind, wh_kind_field(kind, i));
    }
    return 0;
}

int wh_run_template(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    const struct wh_kind *kind;
    struct wh_column *columns;
    struct wh_list list;
    int rc = wh_call_kind(desk, call, &kind, err);
    if (rc < 0) return rc;
    columns = wh_arena_new(&call->arena, kind->fields.count + 2u, sizeof(*columns));
    columns[0] = (struct wh_column){"unit", {"单位", "Unit"}, WH_UNIT, 0};
    columns[1] = (struct wh_column){"date", {"日期", "Date"}, WH_DATE, 0};
    for (uint32_t i = 0; i < kind->fields.count; i++) {
        const struct wh_field *field = wh_kind_field(kind, i);
        columns[i + 2] = (struct wh_column){field->name, field->title, field->type, 0};
    }
    list = (struct wh_list){columns, kind->fields.count + 2u, sizeof(*columns)};
    wh_reply_columns(call, &list);
    return 0;
}
