#include "home/config.h"

#include <stddef.h>

#include "base/buffer.h"
#include "base/text.h"
#include "base/yaml.h"
#include "base/z85.h"
#include "model/unit.h"

enum form {
    FORM_CODE,
    FORM_NAME,
    FORM_KIND,
    FORM_ENDPOINT,
    FORM_KEY,
    FORM_PATHS,
    FORM_NAMES,
    FORM_LOG
};

struct setting {
    const char *section; /* NULL: top level */
    const char *key;
    const char *variable;
    enum form form;
    bool required;
    size_t place;       /* in struct wh_config */
    size_t count_place; /* of a list */
    const char *help;
};

#define PLACE(member) offsetof(struct wh_config, member)

static const struct setting settings[] = {
    {NULL, "unit", "WUHAO_UNIT", FORM_CODE, true, PLACE(unit), 0,
     "本节点的单位编码 / the code of the home unit"},
    {NULL, "name", "WUHAO_NAME", FORM_NAME, true, PLACE(name), 0, "单位名称 / its name"},
    {NULL, "kind", "WUHAO_KIND", FORM_KIND, true, PLACE(kind), 0,
     "city, county, township, street, education_bureau, village, community, school"},
    {NULL, "listen", "WUHAO_LISTEN", FORM_ENDPOINT, false, PLACE(listen), 0,
     "下级连接的地址，叶节点不写 / where children connect; leave out on a leaf"},
    {NULL, "advertise", "WUHAO_ADVERTISE", FORM_ENDPOINT, false, PLACE(advertise), 0,
     "邀请码中写的地址 / what invite tokens say, where listen is 0.0.0.0"},
    {"parent", "endpoint", "WUHAO_PARENT_ENDPOINT", FORM_ENDPOINT, false, PLACE(parent_endpoint), 0,
     "上级的地址，最上级不写 / the parent's address; leave out on the root"},
    {"parent", "key", "WUHAO_PARENT_KEY", FORM_KEY, false, PLACE(parent_key), 0,
     "上级的公钥（Z85）/ the parent's public key"},
    {"plugins", "path", "WUHAO_PLUGINS_PATH", FORM_PATHS, false, PLACE(plugin_path),
     PLACE(plugin_path_count), "插件目录 / where plugins are (default: beside the program)"},
    {"plugins", "enable", "WUHAO_PLUGINS_ENABLE", FORM_NAMES, false, PLACE(plugin_enable),
     PLACE(plugin_enable_count), "启用的插件 / plugins that are on"},
    {NULL, "log", "WUHAO_LOG", FORM_LOG, false, PLACE(log), 0, "error, warn, info, debug"},
};

#define SETTINGS_COUNT (sizeof(settings) / sizeof(settings[0]))

static const char *const top_keys[] = {"unit",   "name",    "kind", "listen", "advertise",
                                       "parent", "plugins", "log",  NULL};
static const char *const parent_keys[] = {"endpoint", "key", NULL};
static const char *const plugins_keys[] = {"path", "enable", NULL};
static const char *const log_words[] = {"error", "warn", "info", "debug", NULL};
static const enum wh_severity log_severities[] = {WH_ERROR, WH_WARN, WH_INFO, WH_DEBUG};

static struct wh_span *text_at(struct wh_config *config, size_t place)
{
    return (struct wh_span *)(void *)((char *)config + place);
}

static uint32_t *count_at(struct wh_config *config, size_t place)
{
    return (uint32_t *)(void *)((char *)config + place);
}

static struct wh_span log_word(const void *unused, size_t i)
{
    (void)unused;
    return wh_span_of(log_words[i]);
}

static bool is_log_word(struct wh_span text)
{
    for (size_t i = 0; log_words[i]; i++) {
        if (wh_span_equal(text, wh_span_of(log_words[i]))) return true;
    }
    return false;
}

static bool is_endpoint(struct wh_span text)
{
    const char *colon;
    if (!wh_span_starts(text, WH_S("tcp://"))) return false;
    colon = memrchr(text.data, ':', text.len);
    if (!colon || colon < text.data + 7 || colon + 1 == text.data + text.len) return false;
    for (const char *c = colon + 1; c < text.data + text.len; c++) {
        if ((*c < '0' || *c > '9') && *c != '*') return false;
    }
    return true;
}

/* One value; a fault where it has not the setting's form. */
static void check_value(const struct setting *setting, struct wh_span text, uint32_t line,
                        struct wh_span where, struct wh_faults *faults)
{
    struct wh_span near = WH_SPAN_EMPTY;
    uint8_t key[32];
    enum wh_message message;
    bool good = true;
    switch (setting->form) {
    case FORM_CODE:
        good = wh_code_is_valid(text);
        message = WH_MSG_CONFIG_CODE;
        break;
    case FORM_NAME:
        good = text.len > 0 && wh_text_check(text, WH_TEXT_ONE_LINE) == WH_TEXT_GOOD;
        message = WH_MSG_CONFIG_NAME;
        break;
    case FORM_KIND:
        good = wh_unit_kind_of(text) != 0;
        near = wh_text_nearest(text, wh_unit_kind_each, NULL);
        message = near.data ? WH_MSG_CONFIG_WORD_NEAR : WH_MSG_CONFIG_WORD;
        break;
    case FORM_ENDPOINT:
        good = is_endpoint(text);
        message = WH_MSG_CONFIG_ENDPOINT;
        break;
    case FORM_KEY:
        good = wh_z85_parse(text, key, sizeof(key)) == 0;
        message = WH_MSG_CONFIG_KEY;
        break;
    case FORM_LOG:
        good = is_log_word(text);
        near = wh_text_nearest(text, log_word, NULL);
        message = near.data ? WH_MSG_CONFIG_WORD_NEAR : WH_MSG_CONFIG_WORD;
        break;
    case FORM_PATHS:
    case FORM_NAMES:
        good = text.len > 0;
        message = WH_MSG_CONFIG_NAME;
        break;
    }
    if (good) return;
    wh_fault_add(faults, line, where, message,
                 WH_ARGS(wh_arg_s(where), wh_arg_s(text), wh_arg_s(near)));
}

static void read_list(const struct setting *setting, const struct wh_yaml *node,
                      struct wh_faults *faults, struct wh_config *config)
{
    struct wh_span *items = text_at(config, setting->place);
    uint32_t *count = count_at(config, setting->count_place);
    if (!wh_yaml_list(node, setting->key, node->line, faults)) return;
    for (uint32_t i = 0; i < node->count && *count < WH_CONFIG_LIST_MAX; i++) {
        struct wh_span text;
        if (!wh_yaml_text(node->items[i], setting->key, node->line, faults, &text)) continue;
        check_value(setting, text, node->items[i]->line, wh_span_of(setting->key), faults);
        items[(*count)++] = text;
    }
}

static void read_setting(const struct setting *setting, const struct wh_yaml *root,
                         struct wh_faults *faults, struct wh_config *config)
{
    const struct wh_yaml *map = setting->section ? wh_yaml_get(root, setting->section) : root;
    const struct wh_yaml *node = wh_yaml_get(map, setting->key);
    struct wh_span text;
    if (!node && !setting->required) return;
    if (setting->count_place != 0) {
        read_list(setting, node, faults, config);
    } else if (wh_yaml_text(node, setting->key, root->line, faults, &text)) {
        check_value(setting, text, node->line, wh_span_of(setting->key), faults);
        *text_at(config, setting->place) = text;
    }
}

static void check_sections(const struct wh_yaml *root, struct wh_faults *faults)
{
    const struct wh_yaml *parent = wh_yaml_get(root, "parent");
    const struct wh_yaml *plugins = wh_yaml_get(root, "plugins");
    wh_yaml_check_keys(root, top_keys, faults);
    if (parent && wh_yaml_map(parent, "parent", parent->line, faults)) {
        wh_yaml_check_keys(parent, parent_keys, faults);
        for (size_t i = 0; parent_keys[i]; i++) {
            if (wh_yaml_get(parent, parent_keys[i])) continue;
            wh_fault_add(faults, parent->line, wh_span_of(parent_keys[i]), WH_MSG_YAML_MISSING,
                         WH_ARGS(wh_arg_c(parent_keys[i])));
        }
    }
    if (plugins && wh_yaml_map(plugins, "plugins", plugins->line, faults)) {
        wh_yaml_check_keys(plugins, plugins_keys, faults);
    }
}

static void override_list(const struct setting *setting, struct wh_span value,
                          struct wh_faults *faults, struct wh_config *config)
{
    struct wh_span *items = text_at(config, setting->place);
    uint32_t *count = count_at(config, setting->count_place);
    *count = 0;
    while (value.len > 0 && *count < WH_CONFIG_LIST_MAX) {
        const char *end = memchr(value.data, ',', value.len);
        size_t len = end ? (size_t)(end - value.data) : value.len;
        struct wh_span item = wh_text_trim(wh_span(value.data, len));
        check_value(setting, item, 0, wh_span_of(setting->variable), faults);
        items[(*count)++] = item;
        value = wh_span_from(value, len + 1);
    }
}

static void override(wh_config_environment environment, struct wh_arena *arena,
                     struct wh_faults *faults, struct wh_config *config)
{
    for (size_t i = 0; environment && i < SETTINGS_COUNT; i++) {
        const struct setting *setting = &settings[i];
        const char *found = environment(setting->variable);
        struct wh_span value;
        if (!found) continue;
        value = wh_arena_copy(arena, wh_span_of(found));
        if (setting->count_place != 0) {
            override_list(setting, value, faults, config);
        } else {
            check_value(setting, value, 0, wh_span_of(setting->variable), faults);
            *text_at(config, setting->place) = value;
        }
    }
}

bool wh_config_read(struct wh_span text, wh_config_environment environment, struct wh_arena *arena,
                    struct wh_faults *faults, struct wh_config *ret)
{
    uint32_t before = faults->count;
    const struct wh_yaml *root;
    struct wh_config config = {.log = WH_S("info")};
    wh_yaml_read(text, arena, faults, &root);
    if (!root || !wh_yaml_map(root, "wuhao.yaml", 1, faults)) return false;
    check_sections(root, faults);
    for (size_t i = 0; i < SETTINGS_COUNT; i++) {
        read_setting(&settings[i], root, faults, &config);
    }
    override(environment, arena, faults, &config);
    if (faults->count != before) return false;
    *ret = config;
    return true;
}

enum wh_severity wh_config_severity(const struct wh_config *config)
{
    for (size_t i = 0; log_words[i]; i++) {
        if (wh_span_equal(config->log, wh_span_of(log_words[i]))) return log_severities[i];
    }
    return WH_INFO;
}

/* ---- Writing ---- */

static bool section_is_set(const struct wh_config *config, const char *section)
{
    if (strcmp(section, "parent") == 0) return config->parent_endpoint.len > 0;
    return config->plugin_enable_count > 0 || config->plugin_path_count > 0;
}

static void put_setting(struct wh_buffer *buffer, const struct setting *setting,
                        struct wh_config *config)
{
    const char *indent = setting->section ? "  " : "";
    struct wh_span *items = text_at(config, setting->place);
    uint32_t count =
        setting->count_place != 0 ? *count_at(config, setting->count_place) : items->len > 0;
    wh_buffer_print(buffer, "%s%s# %s\n", indent, "", setting->help);
    wh_buffer_print(buffer, "%s%s%s: ", indent, count > 0 ? "" : "# ", setting->key);
    if (setting->count_place != 0) wh_buffer_put_byte(buffer, '[');
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0) wh_buffer_put(buffer, WH_S(", "));
        wh_yaml_put_quoted(buffer, items[i]);
    }
    if (setting->count_place != 0) wh_buffer_put_byte(buffer, ']');
    wh_buffer_put_byte(buffer, '\n');
}

struct wh_span wh_config_write(const struct wh_config *config, struct wh_arena *arena)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_config copy = *config;
    struct wh_span result;
    const char *section = NULL;
    wh_buffer_put(&buffer, WH_S("# wuhao.yaml: wuhao check-config DIR 检查 / checks it\n"));
    for (size_t i = 0; i < SETTINGS_COUNT; i++) {
        const struct setting *setting = &settings[i];
        if (setting->section && strcmp(setting->section, "parent") == 0 &&
            copy.parent_endpoint.len == 0) {
            continue; /* join writes it */
        }
        if (setting->section && setting->section != section) {
            wh_buffer_print(&buffer, "%s%s:\n",
                            section_is_set(config, setting->section) ? "" : "# ", setting->section);
        }
        section = setting->section;
        put_setting(&buffer, setting, &copy);
    }
    result = wh_arena_copy(arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return result;
}

struct wh_span wh_config_with_parent(struct wh_span text, struct wh_span endpoint,
                                     struct wh_span key, struct wh_arena *arena)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    struct wh_span result;
    bool inside = false;
    while (text.len > 0) {
        struct wh_span line = wh_text_take_line(&text);
        bool is_top = line.data[0] != ' ' && line.data[0] != '#' && line.data[0] != '\n' &&
                      line.data[0] != '\r';
        if (is_top) inside = wh_span_starts(line, WH_S("parent:"));
        if (!inside) wh_buffer_put(&buffer, line);
    }
    if (buffer.len > 0 && buffer.data[buffer.len - 1] != '\n') wh_buffer_put_byte(&buffer, '\n');
    wh_buffer_put(&buffer, WH_S("parent:\n  endpoint: "));
    wh_yaml_put_quoted(&buffer, endpoint);
    wh_buffer_put(&buffer, WH_S("\n  key: "));
    wh_yaml_put_quoted(&buffer, key);
    wh_buffer_put_byte(&buffer, '\n');
    result = wh_arena_copy(arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return result;
}
