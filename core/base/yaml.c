#include "base/yaml.h"

#include <yaml.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/num.h"
#include "base/text.h"

/* The two-document tree is copied into the arena node by node: an alias shares its anchor's copy.
 */
static struct wh_yaml *copy_scalar(const yaml_node_t *node, struct wh_yaml *copy,
                                   struct wh_arena *arena)
{
    copy->type = WH_YAML_SCALAR;
    copy->quoted = node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    copy->text = wh_arena_copy(arena, wh_span(node->data.scalar.value, node->data.scalar.length));
    return copy;
}

static void check_duplicates(const struct wh_yaml *map, struct wh_faults *faults)
{
    struct wh_map first; /* key -> the line on which it first stands */
    wh_map_init(&first);
    for (uint32_t i = 0; i < map->count; i++) {
        const struct wh_yaml *key = map->keys[i];
        const uint64_t *line = wh_map_get(&first, key->text);
        if (line) {
            wh_fault_add(faults, key->line, key->text, WH_MSG_YAML_TWICE,
                         WH_ARGS(wh_arg_s(key->text), wh_arg_n((int64_t)*line)));
        } else {
            wh_map_put(&first, key->text, key->line);
        }
    }
    wh_map_deinit(&first);
}

static void link_items(const yaml_node_t *node, struct wh_yaml *all, struct wh_yaml *copy,
                       struct wh_arena *arena)
{
    size_t count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    const struct wh_yaml **items = wh_arena_new(arena, count, sizeof(*items));
    for (size_t i = 0; i < count; i++) items[i] = &all[node->data.sequence.items.start[i] - 1];
    copy->type = WH_YAML_LIST;
    copy->count = (uint32_t)count;
    copy->items = items;
}

static void link_pairs(const yaml_node_t *node, struct wh_yaml *all, struct wh_yaml *copy,
                       struct wh_arena *arena)
{
    size_t count = (size_t)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
    const struct wh_yaml **items = wh_arena_new(arena, count, sizeof(*items));
    const struct wh_yaml **keys = wh_arena_new(arena, count, sizeof(*keys));
    for (size_t i = 0; i < count; i++) {
        keys[i] = &all[node->data.mapping.pairs.start[i].key - 1];
        items[i] = &all[node->data.mapping.pairs.start[i].value - 1];
    }
    copy->type = WH_YAML_MAP;
    copy->count = (uint32_t)count;
    copy->items = items;
    copy->keys = keys;
}

static const struct wh_yaml *copy_document(const yaml_document_t *document, struct wh_arena *arena,
                                           struct wh_faults *faults)
{
    size_t count = (size_t)(document->nodes.top - document->nodes.start);
    struct wh_yaml *all;
    if (count == 0 || count > WH_YAML_NODES_MAX) {
        wh_fault_add(faults, 1, WH_SPAN_EMPTY, count == 0 ? WH_MSG_YAML_EMPTY : WH_MSG_YAML_LARGE,
                     NULL);
        return NULL;
    }
    all = wh_arena_new(arena, count, sizeof(*all));
    for (size_t i = 0; i < count; i++) {
        const yaml_node_t *node = &document->nodes.start[i];
        all[i].line = (uint32_t)node->start_mark.line + 1;
        switch (node->type) {
        case YAML_SEQUENCE_NODE: link_items(node, all, &all[i], arena); break;
        case YAML_MAPPING_NODE: link_pairs(node, all, &all[i], arena); break;
        default: copy_scalar(node, &all[i], arena); break;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (all[i].type == WH_YAML_MAP) check_duplicates(&all[i], faults);
    }
    return all;
}

static void add_parse_fault(const yaml_parser_t *parser, struct wh_span text,
                            struct wh_faults *faults)
{
    uint32_t line = (uint32_t)parser->problem_mark.line + 1;
    bool tab = memchr(text.data, '\t', text.len) != NULL && parser->problem &&
               strstr(parser->problem, "cannot start any token");
    wh_fault_add(faults, line, WH_SPAN_EMPTY, tab ? WH_MSG_YAML_TAB : WH_MSG_YAML_BROKEN,
                 WH_ARGS(wh_arg_c(parser->problem ? parser->problem : "not UTF-8 text")));
}

void wh_yaml_read(struct wh_span text, struct wh_arena *arena, struct wh_faults *faults,
                  const struct wh_yaml **ret)
{
    yaml_parser_t parser;
    yaml_document_t document;
    *ret = NULL;
    if (!yaml_parser_initialize(&parser)) return;
    yaml_parser_set_input_string(&parser, (const uint8_t *)text.data, text.len);
    if (!yaml_parser_load(&parser, &document)) {
        add_parse_fault(&parser, text, faults);
    } else {
        *ret = copy_document(&document, arena, faults);
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
}

const struct wh_yaml *wh_yaml_get(const struct wh_yaml *map, const char *key)
{
    if (!map || map->type != WH_YAML_MAP) return NULL;
    for (uint32_t i = 0; i < map->count; i++) {
        if (wh_span_equal(map->keys[i]->text, wh_span_of(key))) return map->items[i];
    }
    return NULL;
}

static struct wh_span key_word(const void *words, size_t i)
{
    return wh_span_of(((const char *const *)words)[i]);
}

void wh_yaml_check_keys(const struct wh_yaml *map, const char *const *keys,
                        struct wh_faults *faults)
{
    for (uint32_t i = 0; i < map->count; i++) {
        struct wh_span key = map->keys[i]->text, near;
        size_t k = 0;
        while (keys[k] && !wh_span_equal(key, wh_span_of(keys[k]))) k++;
        if (keys[k]) continue;
        near = wh_text_nearest(key, key_word, keys);
        wh_fault_add(faults, map->keys[i]->line, key,
                     near.data ? WH_MSG_YAML_KEY_NEAR : WH_MSG_YAML_KEY,
                     WH_ARGS(wh_arg_s(key), wh_arg_s(near)));
    }
}

static bool missing(const struct wh_yaml *node, const char *key, uint32_t line,
                    struct wh_faults *faults)
{
    if (node) return false;
    wh_fault_add(faults, line, wh_span_of(key), WH_MSG_YAML_MISSING, WH_ARGS(wh_arg_c(key)));
    return true;
}

static bool wrong(const struct wh_yaml *node, const char *key, enum wh_message message,
                  struct wh_faults *faults)
{
    wh_fault_add(faults, node->line, wh_span_of(key), message,
                 WH_ARGS(wh_arg_c(key), wh_arg_s(node->text)));
    return false;
}

bool wh_yaml_text(const struct wh_yaml *node, const char *key, uint32_t line,
                  struct wh_faults *faults, struct wh_span *ret)
{
    if (missing(node, key, line, faults)) return false;
    if (node->type != WH_YAML_SCALAR) return wrong(node, key, WH_MSG_YAML_NOT_TEXT, faults);
    if (wh_text_check(node->text, WH_TEXT_LINES) != WH_TEXT_GOOD) {
        return wrong(node, key, WH_MSG_YAML_CONTROL, faults);
    }
    *ret = node->text;
    return true;
}

static bool number_in(const struct wh_yaml *node, const char *key, int64_t value, int64_t min,
                      int64_t max, int64_t scale, struct wh_faults *faults)
{
    if (value >= min && value <= max) return true;
    wh_fault_add(
        faults, node->line, wh_span_of(key), WH_MSG_YAML_RANGE,
        WH_ARGS(wh_arg_c(key), wh_arg_s(node->text), wh_arg_n(min / scale), wh_arg_n(max / scale)));
    return false;
}

bool wh_yaml_number(const struct wh_yaml *node, const char *key, uint32_t line, int64_t min,
                    int64_t max, struct wh_faults *faults, int64_t *ret)
{
    int64_t value;
    if (missing(node, key, line, faults)) return false;
    if (node->type != WH_YAML_SCALAR || wh_number_parse(node->text, &value) < 0) {
        return wrong(node, key, WH_MSG_YAML_NOT_NUMBER, faults);
    }
    if (!number_in(node, key, value, min, max, 1, faults)) return false;
    *ret = value;
    return true;
}

bool wh_yaml_hundredths(const struct wh_yaml *node, const char *key, uint32_t line, int64_t min_h,
                        int64_t max_h, struct wh_faults *faults, int64_t *ret)
{
    int64_t value;
    if (missing(node, key, line, faults)) return false;
    if (node->type != WH_YAML_SCALAR || wh_hundredths_parse(node->text, &value) < 0) {
        return wrong(node, key, WH_MSG_YAML_NOT_DECIMAL, faults);
    }
    if (!number_in(node, key, value, min_h, max_h, 100, faults)) return false;
    *ret = value;
    return true;
}

bool wh_yaml_list(const struct wh_yaml *node, const char *key, uint32_t line,
                  struct wh_faults *faults)
{
    if (missing(node, key, line, faults)) return false;
    return node->type == WH_YAML_LIST || wrong(node, key, WH_MSG_YAML_NOT_LIST, faults);
}

bool wh_yaml_map(const struct wh_yaml *node, const char *key, uint32_t line,
                 struct wh_faults *faults)
{
    if (missing(node, key, line, faults)) return false;
    return node->type == WH_YAML_MAP || wrong(node, key, WH_MSG_YAML_NOT_MAP, faults);
}

bool wh_yaml_yesno(const struct wh_yaml *node, const char *key, uint32_t line,
                   struct wh_faults *faults, bool *ret)
{
    if (missing(node, key, line, faults)) return false;
    if (node->type == WH_YAML_SCALAR && wh_span_equal(node->text, WH_S("true"))) {
        *ret = true;
        return true;
    }
    if (node->type == WH_YAML_SCALAR && wh_span_equal(node->text, WH_S("false"))) {
        *ret = false;
        return true;
    }
    return wrong(node, key, WH_MSG_YAML_NOT_YESNO, faults);
}

void wh_yaml_put_quoted(struct wh_buffer *buffer, struct wh_span text)
{
    wh_buffer_put_byte(buffer, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\') wh_buffer_put_byte(buffer, '\\');
        wh_buffer_put_byte(buffer, (uint8_t)text.data[i]);
    }
    wh_buffer_put_byte(buffer, '"');
}
