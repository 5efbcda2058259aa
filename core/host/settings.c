/* A plugin's settings: what the config says, else the default, checked as a field of a record is.
 */
#include <stdio.h>

#include "base/text.h"
#include "host/plugins_parts.h"
#include "model/kind.h"

static struct wh_field field_of(const struct wh_setting *setting)
{
    return (struct wh_field){
        .name = setting->name,
        .title = setting->title,
        .type = setting->type,
        .flags = setting->flags,
        .min = setting->min,
        .max = setting->max,
        .choices = setting->choices,
    };
}

static bool type_is_known(uint32_t type)
{
    switch (type) {
    case WH_TEXT:
    case WH_INTEGER:
    case WH_DECIMAL:
    case WH_DATE:
    case WH_CHOICE:
    case WH_YESNO: return true;
    default: return false;
    }
}

static const struct wh_plugin_setting *given(const struct wh_host_self *one, const char *name)
{
    for (uint32_t i = 0; i < one->config.settings_count; i++) {
        if (wh_span_equal(one->config.settings[i].name, wh_span_of(name))) {
            return &one->config.settings[i];
        }
    }
    return NULL;
}

/* One value; false with the reason where the text has not its form. `source` is where it stands. */
static bool read_one(struct wh_host_self *one, const struct wh_setting *setting,
                     struct wh_span text, const char *where, struct wh_value *ret)
{
    struct wh_field field = field_of(setting);
    struct wh_field_value value = {.present = false};
    struct wh_faults faults;
    wh_faults_init(&faults, &one->arena);
    wh_field_read(&field, text, 0, &one->arena, &faults, &value);
    if (faults.count > 0) {
        struct wh_span why = wh_fault_text(&faults.items[0], WH_EN, &one->arena);
        wh_plugin_fail(one, "%s: setting %s: %.*s", where, setting->name, (int)why.len, why.data);
        return false;
    }
    *ret = (struct wh_value){.type = 0};
    if (!value.present) return true;
    *ret =
        (struct wh_value){setting->type, 0, value.number, wh_arena_copy(&one->arena, value.text)};
    return true;
}

static struct wh_span setting_word(const void *one, size_t i)
{
    const struct wh_host_self *of = one;
    const struct wh_setting *setting;
    if (i >= of->declared->settings.count) return WH_SPAN_EMPTY;
    setting = wh_list_at(&of->declared->settings, (uint32_t)i);
    return wh_span_of(setting->name);
}

/* Every key of the config must be one of the plugin's settings. */
static bool check_unknown(struct wh_host_self *one)
{
    for (uint32_t i = 0; i < one->config.settings_count; i++) {
        const struct wh_plugin_setting *set = &one->config.settings[i];
        struct wh_span near;
        bool known = false;
        for (uint32_t k = 0; k < one->declared->settings.count; k++) {
            known = known || wh_span_equal(set->name, setting_word(one, k));
        }
        if (known) continue;
        near = wh_text_nearest(set->name, setting_word, one);
        wh_plugin_fail(one, "%.*s:%u: it has no setting `%.*s`%s%.*s%s",
                       (int)one->config.source.len, one->config.source.data, set->line,
                       (int)set->name.len, set->name.data, near.data ? " (did you mean `" : "",
                       (int)near.len, near.data ? near.data : "", near.data ? "`?)" : "");
        return false;
    }
    return true;
}

static bool read_setting(struct wh_host_self *one, const struct wh_setting *setting,
                         struct wh_value *ret)
{
    const struct wh_plugin_setting *set = given(one, setting->name);
    char where[300];
    if (!set) {
        if (setting->flags & WH_REQUIRED && !setting->fallback) {
            wh_plugin_fail(one, "setting %s is required (plugins.d/%.*s.yaml, `settings:`)",
                           setting->name, (int)one->name.len, one->name.data);
            return false;
        }
        return read_one(one, setting, wh_span_of(setting->fallback), "its default", ret);
    }
    (void)snprintf(where, sizeof(where), "%.*s:%u", (int)one->config.source.len,
                   one->config.source.data, set->line);
    return read_one(one, setting, set->text, where, ret);
}

bool wh_plugin_settings_read(struct wh_host_self *one)
{
    const struct wh_list *settings = &one->declared->settings;
    one->settings = wh_arena_new(&one->arena, settings->count, sizeof(*one->settings));
    for (uint32_t i = 0; i < settings->count; i++) {
        const struct wh_setting *setting = wh_list_at(settings, i);
        if (!setting->name || !wh_plugin_name_is_valid(wh_span_of(setting->name)) ||
            !setting->title.en || !type_is_known(setting->type)) {
            wh_plugin_fail(one, "setting %u has no name, title or type", i + 1);
            return false;
        }
        if (!read_setting(one, setting, &one->settings[i])) return false;
    }
    return check_unknown(one);
}

uint32_t wh_plugin_setting_line(const struct wh_host_self *one, const char *why)
{
    for (uint32_t i = 0; i < one->config.settings_count; i++) {
        const struct wh_plugin_setting *set = &one->config.settings[i];
        char head[WH_PLUGIN_NAME_MAX + 16];
        int len = snprintf(head, sizeof(head), "setting %.*s:", (int)set->name.len, set->name.data);
        if (len < (int)sizeof(head) && strncmp(why, head, (size_t)len) == 0) return set->line;
    }
    return 0;
}

struct wh_span wh_plugin_setting_text(const struct wh_plugins *plugins, struct wh_span name,
                                      const struct wh_setting *setting, struct wh_arena *arena)
{
    const struct wh_host_self *one = wh_plugin_find(plugins, name);
    for (uint32_t i = 0; one && one->settings && i < one->declared->settings.count; i++) {
        struct wh_field field = field_of(setting);
        struct wh_field_value value = {one->settings[i].type != 0, one->settings[i].number,
                                       one->settings[i].text};
        if (wh_list_at(&one->declared->settings, i) != setting || !value.present) continue;
        return wh_field_text(&field, &value, arena);
    }
    return WH_SPAN_EMPTY;
}
