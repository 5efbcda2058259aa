/* unit import, list, show, tree. */
#include "base/text.h"
#include "commands/handlers.h"
#include "engine/units.h"

int wh_run_unit_import(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    uint32_t total = 0, changed = 0;
    struct wh_value row[2];
    int rc;
    if (wh_call_has(call, "dry-run")) {
        rc = wh_units_check(desk->engine, wh_call_text(call, "file"), &call->faults, &call->arena,
                            &total, &changed, err);
    } else {
        rc = wh_units_import(desk->engine, wh_call_text(call, "file"), &call->faults, &call->arena,
                             &total, &changed, err);
    }
    if (rc < 0) return rc;
    row[0] = wh_value_number(WH_INTEGER, total);
    row[1] = wh_value_number(WH_INTEGER, changed);
    wh_reply_row(call, row, 2);
    return 0;
}

static struct wh_value day_or_null(int32_t day)
{
    return day == 0 ? wh_value_null() : wh_value_number(WH_DATE, day);
}

static void reply_unit(struct wh_call *call, const struct wh_unit *unit)
{
    struct wh_value row[] = {
        wh_value_text(unit->code),
        wh_value_text(unit->name),
        wh_value_text(wh_span_of(wh_unit_kind_word(unit->kind))),
        wh_value_text(wh_span_of(wh_level_word(wh_unit_level(unit->kind)))),
        unit->parent.len > 0 ? wh_value_text(unit->parent) : wh_value_null(),
        day_or_null(unit->opened),
        day_or_null(unit->closed),
        unit->successor.len > 0 ? wh_value_text(unit->successor) : wh_value_null(),
    };
    wh_reply_row(call, row, sizeof(row) / sizeof(row[0]));
}

static int unknown_unit(struct wh_span code, struct wh_error *err)
{
    return wh_fail(err, WH_E_NOT_FOUND, WH_MSG_UNIT_UNKNOWN, WH_ARGS(wh_arg_s(code)));
}

/* The filters of `unit list`: 0 where one was left out. */
static int read_filters(struct wh_call *call, uint32_t *ret_level, uint32_t *ret_kind,
                        struct wh_error *err)
{
    struct wh_span level = wh_call_text(call, "level"), kind = wh_call_text(call, "kind");
    *ret_level = wh_level_of(level);
    *ret_kind = wh_unit_kind_of(kind);
    if (level.len > 0 && *ret_level == 0) {
        return wh_fail(err, WH_E_USAGE, WH_MSG_LEVEL_UNKNOWN, WH_ARGS(wh_arg_s(level)));
    }
    if (kind.len > 0 && *ret_kind == 0) {
        struct wh_span near = wh_text_nearest(kind, wh_unit_kind_each, NULL);
        return wh_fail(err, WH_E_USAGE, near.data ? WH_MSG_UNIT_KIND_NEAR : WH_MSG_UNIT_KIND,
                       WH_ARGS(wh_arg_s(kind), wh_arg_s(near)));
    }
    return 0;
}

int wh_run_unit_list(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    const struct wh_units *units = wh_engine_units(desk->engine);
    struct wh_span under = wh_call_text(call, "under");
    uint32_t level, kind;
    int rc = read_filters(call, &level, &kind, err);
    if (rc < 0) return rc;
    if (under.len > 0 && !wh_units_find(units, under)) return unknown_unit(under, err);
    for (uint32_t i = wh_units_from(units, under); i < units->count; i++) {
        const struct wh_unit *unit = &units->items[i];
        if (!wh_span_starts(unit->code, under)) break;
        if (level != 0 && wh_unit_level(unit->kind) != level) continue;
        if (kind != 0 && unit->kind != kind) continue;
        reply_unit(call, unit);
    }
    return 0;
}

int wh_run_unit_show(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    struct wh_span code = wh_call_text(call, "code");
    const struct wh_unit *unit = wh_units_find(wh_engine_units(desk->engine), code);
    if (!unit) return unknown_unit(code, err);
    reply_unit(call, unit);
    return 0;
}

/* In the order of codes every unit follows its ancestors, so one pass draws the tree. */
static uint32_t depth_of(const struct wh_units *units, const struct wh_unit *unit)
{
    uint32_t depth = 0;
    const struct wh_unit *parent = wh_units_find(units, unit->parent);
    while (parent && depth < 8) {
        depth++;
        parent = wh_units_find(units, parent->parent);
    }
    return depth;
}

static int64_t units_below(const struct wh_units *units, uint32_t at)
{
    uint32_t end = at + 1;
    while (end < units->count && wh_span_starts(units->items[end].code, units->items[at].code)) {
        end++;
    }
    return end - at - 1;
}

int wh_run_unit_tree(struct wh_desk *desk, struct wh_call *call, struct wh_error *err)
{
    const struct wh_units *units = wh_engine_units(desk->engine);
    (void)err;
    for (uint32_t i = 0; i < units->count; i++) {
        const struct wh_unit *unit = &units->items[i];
        uint32_t indent = depth_of(units, unit) * 2;
        char *name = wh_arena_new(&call->arena, indent + unit->name.len + 1, 1);
        struct wh_value row[4];
        memset(name, ' ', indent);
        memcpy(name + indent, unit->name.data, unit->name.len);
        row[0] = wh_value_text(wh_span(name, indent + unit->name.len));
        row[1] = wh_value_text(unit->code);
        row[2] = wh_value_text(wh_span_of(wh_unit_kind_word(unit->kind)));
        row[3] = wh_value_number(WH_INTEGER, units_below(units, i));
        wh_reply_row(call, row, 4);
    }
    return 0;
}
