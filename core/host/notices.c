/* Notices: what an operator or clerk should know or do, kept until it is settled. */
#include <stdio.h>

#include "host/plugins_parts.h"
#include "model/key.h"
#include "model/protobuf.h"
#include "notice.pb-c.h"

void wh_plugin_key(struct wh_tuple *ret, enum wh_key_space space, struct wh_span plugin,
                   struct wh_span key)
{
    wh_tuple_clear(ret);
    wh_tuple_put_u8(ret, (uint8_t)space);
    wh_tuple_put_text(ret, plugin);
    wh_tuple_put_bytes(ret, key);
}

/* One that is there already keeps the time at which it was posted first. */
static int posted_ms(struct wh_plugins *plugins, struct wh_span key, uint64_t *ret,
                     struct wh_error *err)
{
    struct wh_host_services *services = &plugins->services;
    struct wh_arena arena = {NULL, 0};
    struct wh_span bytes;
    int rc = services->get(services->context, key, &arena, &bytes, err);
    *ret = (uint64_t)services->now_ms(services->context);
    if (rc == 0 && bytes.data) {
        const Wh__Notice *former =
            (const Wh__Notice *)wh_protobuf_unpack(&wh__notice__descriptor, bytes, &arena);
        if (former) *ret = former->posted_ms;
    }
    wh_arena_deinit(&arena);
    return rc;
}

int wh_notice_put(struct wh_plugins *plugins, struct wh_span plugin, const struct wh_notice *notice,
                  struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    Wh__Notice message = WH__NOTICE__INIT;
    struct wh_tuple key;
    int rc;
    wh_plugin_key(&key, WH_SPACE_NOTICES, plugin, notice->key);
    rc = posted_ms(plugins, wh_tuple_span(&key), &message.posted_ms, err);
    if (rc == 0) {
        message.unit = wh_arena_text(&arena, notice->unit);
        message.zh = wh_arena_text(&arena, notice->zh);
        message.en = wh_arena_text(&arena, notice->en);
        message.severity = notice->severity;
        message.due = notice->due;
        plugins->services.put(plugins->services.context, wh_tuple_span(&key),
                              wh_protobuf_pack(&message.base, &arena));
    }
    wh_arena_deinit(&arena);
    return rc;
}

void wh_notice_remove(struct wh_plugins *plugins, struct wh_span plugin, struct wh_span key)
{
    struct wh_tuple tuple;
    wh_plugin_key(&tuple, WH_SPACE_NOTICES, plugin, key);
    plugins->services.remove(plugins->services.context, wh_tuple_span(&tuple));
}

/* ---- Reading ---- */

const char *wh_notice_severity_word(uint32_t severity)
{
    switch (severity) {
    case WH_NOTICE_INFO: return "info";
    case WH_NOTICE_WARN: return "warn";
    case WH_NOTICE_URGENT: return "urgent";
    default: return "?";
    }
}

struct visiting {
    wh_notice_visit visit;
    void *context;
    struct wh_arena arena;
};

static int visit_notice(void *context, struct wh_span key, struct wh_span value)
{
    struct visiting *visiting = context;
    const Wh__Notice *message;
    struct wh_notice_view view;
    uint8_t space;
    wh_arena_clear(&visiting->arena);
    message =
        (const Wh__Notice *)wh_protobuf_unpack(&wh__notice__descriptor, value, &visiting->arena);
    memset(&view, 0, sizeof(view));
    if (!message || wh_key_take_u8(&key, &space) < 0 || wh_key_take_text(&key, &view.plugin) < 0) {
        return 0; /* one that can't be read hides no other */
    }
    view.notice.key = key;
    view.notice.unit = wh_span_of(message->unit);
    view.notice.zh = wh_span_of(message->zh);
    view.notice.en = wh_span_of(message->en);
    view.notice.severity = message->severity;
    view.notice.due = message->due;
    view.posted_ms = (int64_t)message->posted_ms;
    return visiting->visit(visiting->context, &view);
}

int wh_plugins_notices(struct wh_plugins *plugins, wh_notice_visit visit, void *context,
                       struct wh_error *err)
{
    struct visiting visiting = {visit, context, {NULL, 0}};
    const char space = WH_SPACE_NOTICES;
    int rc = plugins->services.scan(plugins->services.context, wh_span(&space, 1), visit_notice,
                                    &visiting, err);
    wh_arena_deinit(&visiting.arena);
    return rc;
}

/* ---- The host's own ---- */

static const struct wh_span host_name = {"wuhao", 5};

static int put_quarantine(struct wh_plugins *plugins, const struct wh_host_self *one,
                          struct wh_error *err)
{
    char zh[700], en[700];
    struct wh_notice notice;
    memset(&notice, 0, sizeof(notice));
    (void)snprintf(zh, sizeof(zh),
                   "插件 %.*s 已隔离停用：%.*s（修复后用 wuhao plugin enable %.*s 重新启用）",
                   (int)one->name.len, one->name.data, (int)one->reason.len, one->reason.data,
                   (int)one->name.len, one->name.data);
    (void)snprintf(en, sizeof(en),
                   "plugin %.*s is quarantined: %.*s (once mended: wuhao plugin enable %.*s)",
                   (int)one->name.len, one->name.data, (int)one->reason.len, one->reason.data,
                   (int)one->name.len, one->name.data);
    notice.key = one->name;
    notice.zh = wh_span_of(zh);
    notice.en = wh_span_of(en);
    notice.severity = WH_NOTICE_URGENT;
    return wh_notice_put(plugins, host_name, &notice, err);
}

/* What an earlier start, or the plugin before it was enabled anew, has left. */
static int find_notice(struct wh_plugins *plugins, struct wh_host_self *one, struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_tuple key;
    struct wh_span bytes;
    int rc;
    wh_plugin_key(&key, WH_SPACE_NOTICES, host_name, one->name);
    rc = plugins->services.get(plugins->services.context, wh_tuple_span(&key), &arena, &bytes, err);
    one->is_noticed = rc == 0 && bytes.data;
    one->notice_is_known = rc == 0;
    wh_arena_deinit(&arena);
    return rc;
}

int wh_quarantine_notices(struct wh_plugins *plugins, struct wh_error *err)
{
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < plugins->count; i++) {
        struct wh_host_self *one = plugins->items[i];
        bool is_due = one->state == WH_PLUGIN_QUARANTINED;
        if (!one->notice_is_known) rc = find_notice(plugins, one, err);
        if (rc < 0 || one->is_noticed == is_due) continue;
        if (is_due) {
            rc = put_quarantine(plugins, one, err);
        } else {
            wh_notice_remove(plugins, host_name, one->name);
        }
        if (rc == 0) one->is_noticed = is_due;
    }
    return rc;
}
