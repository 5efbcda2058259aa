#include "model/programme_yaml.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/text.h"
#include "model/unit.h"

#define KEYS_MAX 24 /* of one table of slots */
#define NAME_BYTES_MAX 48
#define NEAREST_MAX 100 /* beyond so many faults the nearest word is no longer looked for */

const struct wh_word wh_level_words[] = {
    {"city", WH_LEVEL_CITY},
    {"county", WH_LEVEL_COUNTY},
    {"township", WH_LEVEL_TOWNSHIP},
    {"grassroots", WH_LEVEL_GRASSROOTS},
    {NULL, 0},
};

const struct wh_word wh_metric_type_words[] = {
    {"flow", WH__METRIC_TYPE__FLOW},
    {"stock", WH__METRIC_TYPE__STOCK},
    {"to_date", WH__METRIC_TYPE__TO_DATE},
    {NULL, 0},
};

static bool work(struct wh_programme_reader *reader, uint32_t count, uint32_t line);
static bool read_slot(struct wh_programme_reader *reader, const struct wh_yaml *map,
                      const struct wh_slot *slot, char *message);
static bool read_number(struct wh_programme_reader *reader, const struct wh_yaml *node,
                        uint32_t line, const struct wh_slot *slot, uint32_t *ret);
static void read_title(struct wh_programme_reader *reader, const struct wh_yaml *node,
                       Wh__Title **ret);
static void read_title_text(struct wh_programme_reader *reader, const struct wh_yaml *map,
                            const char *key, char **ret);
static bool name_is_good(struct wh_span name);
static struct wh_span each_word(const void *words, size_t i);
static struct wh_span each_span(const void *spans, size_t i);
static struct wh_span words_joined(const struct wh_word *words, struct wh_arena *arena);

bool wh_slots_read(struct wh_programme_reader *reader, const struct wh_yaml *node, const char *key,
                   const struct wh_slot *slots, void *message)
{
    const char *keys[KEYS_MAX + 1];
    size_t count = 0;
    if (!wh_yaml_map(node, key, node->line, reader->faults)) return false;
    if (!work(reader, node->count, node->line)) return false;
    while (slots[count].key && count < KEYS_MAX) {
        keys[count] = slots[count].key;
        count++;
    }
    keys[count] = NULL;
    wh_yaml_check_keys(node, keys, reader->faults);
    for (size_t i = 0; i < count; i++) {
        if (slots[i].type != WH_SLOT_OTHER) (void)read_slot(reader, node, &slots[i], message);
    }
    return true;
}

/* Charges `count` entries; false, with one fault, when too much was read. */
static bool work(struct wh_programme_reader *reader, uint32_t count, uint32_t line)
{
    if (reader->work_left > count) {
        reader->work_left -= count + 1;
        return true;
    }
    if (reader->work_left > 0) {
        wh_fault_add(reader->faults, line, WH_SPAN_EMPTY, WH_MSG_PROGRAMME_WORK, NULL);
    }
    reader->work_left = 0;
    return false;
}

static bool read_slot(struct wh_programme_reader *reader, const struct wh_yaml *map,
                      const struct wh_slot *slot, char *message)
{
    const struct wh_yaml *node = wh_yaml_get(map, slot->key);
    void *member = message + slot->offset;
    bool yes = false;
    if (!node && slot->presence == WH_OPTIONAL) return true;
    if (!node) {
        wh_fault_add(reader->faults, map->line, wh_span_of(slot->key), WH_MSG_YAML_MISSING,
                     WH_ARGS(wh_arg_c(slot->key)));
        return false;
    }
    switch (slot->type) {
    case WH_SLOT_OTHER: break;
    case WH_SLOT_NAME: return wh_slots_name(reader, node, slot->key, member);
    case WH_SLOT_TITLE: read_title(reader, node, member); break;
    case WH_SLOT_NUMBER:
    case WH_SLOT_HUNDREDTHS:
    case WH_SLOT_POINTS: return read_number(reader, node, map->line, slot, member);
    case WH_SLOT_YESNO:
        if (!wh_yaml_yesno(node, slot->key, map->line, reader->faults, &yes)) return false;
        *(protobuf_c_boolean *)member = yes;
        break;
    case WH_SLOT_WORD: return wh_slots_word(reader, node, slot->key, slot->words, member);
    }
    return true;
}

static bool read_number(struct wh_programme_reader *reader, const struct wh_yaml *node,
                        uint32_t line, const struct wh_slot *slot, uint32_t *ret)
{
    int64_t value = 0;
    bool good;
    switch (slot->type) {
    case WH_SLOT_NUMBER:
        good = wh_yaml_number(node, slot->key, line, slot->min, slot->max, reader->faults, &value);
        break;
    case WH_SLOT_HUNDREDTHS:
        good =
            wh_yaml_hundredths(node, slot->key, line, slot->min, slot->max, reader->faults, &value);
        break;
    default:
        good = wh_yaml_hundredths(node, slot->key, line, 0, WH_PROGRAMME_POINTS_MAX_H,
                                  reader->faults, &value);
        if (!good || value > 0) break;
        wh_fault_add(reader->faults, node->line, wh_span_of(slot->key), WH_MSG_PROGRAMME_POSITIVE,
                     WH_ARGS(wh_arg_c(slot->key)));
        good = false;
        break;
    }
    if (good) *ret = (uint32_t)value;
    return good;
}

static const char *const title_keys[] = {"zh", "en", NULL};

static void read_title(struct wh_programme_reader *reader, const struct wh_yaml *node,
                       Wh__Title **ret)
{
    Wh__Title *title = wh_arena_new(reader->arena, 1, sizeof(*title));
    if (!wh_yaml_map(node, "title", node->line, reader->faults)) return;
    if (!work(reader, node->count, node->line)) return;
    wh__title__init(title);
    wh_yaml_check_keys(node, title_keys, reader->faults);
    read_title_text(reader, node, "zh", &title->zh);
    read_title_text(reader, node, "en", &title->en);
    *ret = title;
}

static void read_title_text(struct wh_programme_reader *reader, const struct wh_yaml *map,
                            const char *key, char **ret)
{
    const struct wh_yaml *node = wh_yaml_get(map, key);
    struct wh_span text;
    if (!wh_yaml_text(node, key, map->line, reader->faults, &text)) return;
    if (text.len == 0 || text.len > WH_TEXT_BYTES_MAX ||
        wh_text_check(text, WH_TEXT_ONE_LINE) != WH_TEXT_GOOD) {
        wh_fault_add(reader->faults, node->line, wh_span_of(key), WH_MSG_PROGRAMME_TEXT,
                     WH_ARGS(wh_arg_c(key), wh_arg_n(WH_TEXT_BYTES_MAX)));
        return;
    }
    *ret = wh_arena_text(reader->arena, text);
}

bool wh_slots_name(struct wh_programme_reader *reader, const struct wh_yaml *node, const char *key,
                   char **ret)
{
    struct wh_span text;
    if (!wh_yaml_text(node, key, node->line, reader->faults, &text)) return false;
    if (!name_is_good(text)) {
        wh_fault_add(reader->faults, node->line, wh_span_of(key), WH_MSG_PROGRAMME_NAME,
                     WH_ARGS(wh_arg_c(key), wh_arg_s(text)));
        return false;
    }
    *ret = wh_arena_text(reader->arena, text);
    return true;
}

static bool name_is_good(struct wh_span name)
{
    if (name.len == 0 || name.len > NAME_BYTES_MAX) return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool letter = c >= 'a' && c <= 'z';
        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '_'))) return false;
    }
    return true;
}

const struct wh_yaml *wh_slots_map(struct wh_programme_reader *reader, const struct wh_yaml *map,
                                   const char *key, enum wh_presence presence)
{
    const struct wh_yaml *node = wh_yaml_get(map, key);
    if (!node && presence == WH_OPTIONAL) return NULL;
    return wh_yaml_map(node, key, map->line, reader->faults) ? node : NULL;
}

const struct wh_yaml *wh_slots_list(struct wh_programme_reader *reader, const struct wh_yaml *map,
                                    const char *key, enum wh_presence presence)
{
    const struct wh_yaml *node = wh_yaml_get(map, key);
    if (!node && presence == WH_OPTIONAL) return NULL;
    if (!wh_yaml_list(node, key, map->line, reader->faults)) return NULL;
    if (node->count == 0 && presence == WH_FILLED) {
        wh_fault_add(reader->faults, node->line, wh_span_of(key), WH_MSG_PROGRAMME_EMPTY,
                     WH_ARGS(wh_arg_c(key)));
        return NULL;
    }
    if (node->count > WH_PROGRAMME_LIST_MAX) {
        wh_fault_add(
            reader->faults, node->line, wh_span_of(key), WH_MSG_PROGRAMME_MANY,
            WH_ARGS(wh_arg_c(key), wh_arg_n(node->count), wh_arg_n(WH_PROGRAMME_LIST_MAX)));
        return NULL;
    }
    return work(reader, node->count, node->line) ? node : NULL;
}

bool wh_slots_word(struct wh_programme_reader *reader, const struct wh_yaml *node, const char *key,
                   const struct wh_word *words, int32_t *ret)
{
    struct wh_span text, near = WH_SPAN_EMPTY;
    if (!wh_yaml_text(node, key, node->line, reader->faults, &text)) return false;
    for (size_t i = 0; words[i].word; i++) {
        if (!wh_span_equal(text, wh_span_of(words[i].word))) continue;
        *ret = words[i].value;
        return true;
    }
    if (reader->faults->count < NEAREST_MAX) near = wh_text_nearest(text, each_word, words);
    wh_fault_add(reader->faults, node->line, wh_span_of(key),
                 near.data ? WH_MSG_PROGRAMME_WORD_NEAR : WH_MSG_PROGRAMME_WORD,
                 WH_ARGS(wh_arg_c(key), wh_arg_s(text),
                         wh_arg_s(near.data ? near : words_joined(words, reader->arena))));
    return false;
}

static struct wh_span each_word(const void *words, size_t i)
{
    return wh_span_of(((const struct wh_word *)words)[i].word);
}

const char *wh_word_of(const struct wh_word *words, uint32_t value)
{
    size_t i = 0;
    while (words[i].word && (uint32_t)words[i].value != value) i++;
    return words[i].word ? words[i].word : "?";
}

static struct wh_span words_joined(const struct wh_word *words, struct wh_arena *arena)
{
    struct wh_buffer buffer;
    struct wh_span result;
    wh_buffer_init(&buffer);
    for (size_t i = 0; words[i].word; i++) {
        if (i > 0) wh_buffer_put(&buffer, WH_S(", "));
        wh_buffer_put(&buffer, wh_span_of(words[i].word));
    }
    result = wh_arena_copy(arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return result;
}

uint32_t wh_slots_levels(struct wh_programme_reader *reader, const struct wh_yaml *node,
                         const char *key)
{
    uint32_t levels = 0;
    int32_t level;
    if (node->type == WH_YAML_SCALAR) {
        return wh_slots_word(reader, node, key, wh_level_words, &level) ? (uint32_t)level : 0;
    }
    if (!wh_yaml_list(node, key, node->line, reader->faults)) return 0;
    if (node->count == 0) {
        wh_fault_add(reader->faults, node->line, wh_span_of(key), WH_MSG_PROGRAMME_EMPTY,
                     WH_ARGS(wh_arg_c(key)));
    }
    if (!work(reader, node->count, node->line)) return 0;
    for (uint32_t i = 0; i < node->count; i++) {
        if (!wh_slots_word(reader, node->items[i], key, wh_level_words, &level)) continue;
        levels |= (uint32_t)level;
    }
    return levels;
}

uint32_t wh_slots_levels_needed(struct wh_programme_reader *reader, const struct wh_yaml *map,
                                const char *key)
{
    const struct wh_yaml *node = wh_yaml_get(map, key);
    if (node) return wh_slots_levels(reader, node, key);
    wh_programme_fault(reader, map, key, WH_MSG_YAML_MISSING, WH_ARGS(wh_arg_c(key)));
    return 0;
}

size_t wh_slots_names(struct wh_programme_reader *reader, const struct wh_yaml *map,
                      const char *key, enum wh_presence presence, char ***ret)
{
    const struct wh_yaml *list = wh_slots_list(reader, map, key, presence);
    struct wh_map seen;
    char **names;
    size_t count = 0;
    if (!list) return 0;
    names = wh_arena_new(reader->arena, list->count, sizeof(*names));
    wh_map_init(&seen);
    for (uint32_t i = 0; i < list->count; i++) {
        if (!wh_slots_name(reader, list->items[i], key, &names[count])) continue;
        wh_programme_once(reader, &seen, names[count], key, list->items[i]->line);
        count++;
    }
    wh_map_deinit(&seen);
    *ret = names;
    return count;
}

void wh_programme_fault(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        const char *key, enum wh_message message, const struct wh_arg *args)
{
    const struct wh_yaml *node = wh_yaml_get(map, key);
    wh_fault_add(reader->faults, node ? node->line : map->line, wh_span_of(key), message, args);
}

void wh_programme_fault_near(struct wh_programme_reader *reader, uint32_t line, const char *key,
                             const enum wh_message messages[2], const struct wh_arg *args,
                             struct wh_span wrong, const struct wh_span *words)
{
    struct wh_arg all[WH_ERROR_ARGS_MAX];
    struct wh_span near = WH_SPAN_EMPTY;
    size_t count = 0;
    memset(all, 0, sizeof(all));
    for (; count + 1 < WH_ERROR_ARGS_MAX && args[count].present; count++) all[count] = args[count];
    if (reader->faults->count < NEAREST_MAX) near = wh_text_nearest(wrong, each_span, words);
    if (near.data) all[count] = wh_arg_s(near);
    wh_fault_add(reader->faults, line, wh_span_of(key), messages[near.data ? 1 : 0], all);
}

static struct wh_span each_span(const void *spans, size_t i)
{
    return ((const struct wh_span *)spans)[i];
}

void wh_programme_once(struct wh_programme_reader *reader, struct wh_map *seen, const char *name,
                       const char *key, uint32_t line)
{
    const uint64_t *first;
    struct wh_span text = wh_span_of(name);
    if (text.len == 0) return;
    first = wh_map_get(seen, text);
    if (!first) {
        wh_map_put(seen, text, line);
        return;
    }
    wh_fault_add(reader->faults, line, wh_span_of(key), WH_MSG_PROGRAMME_TWICE,
                 WH_ARGS(wh_arg_c(key), wh_arg_s(text), wh_arg_n((int64_t)*first)));
}

void wh_programme_metric_known(struct wh_programme_reader *reader, const struct wh_yaml *map,
                               const char *key, const char *id)
{
    static const enum wh_message messages[2] = {WH_MSG_PROGRAMME_METRIC,
                                                WH_MSG_PROGRAMME_METRIC_NEAR};
    struct wh_span text = wh_span_of(id);
    const struct wh_yaml *node = wh_yaml_get(map, key);
    if (text.len == 0 || !reader->metric_ids || wh_map_get(&reader->metrics, text)) return;
    wh_programme_fault_near(reader, node ? node->line : map->line, key, messages,
                            WH_ARGS(wh_arg_s(text)), text, reader->metric_ids);
}

struct wh_arg wh_points_arg(struct wh_programme_reader *reader, int64_t points_h)
{
    char text[WH_HUNDREDTHS_TEXT_SIZE];
    wh_hundredths_format(points_h, text);
    return wh_arg_s(wh_arena_copy(reader->arena, wh_span_of(text)));
}
