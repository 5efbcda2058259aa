#include "cell.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/num.h"
#include "model/unit.h"

static const struct {
    const char *word;
    enum wh_message message;
} fixed_words[] = {
    {"whole", WH_MSG_STATE_WHOLE},
    {"damaged", WH_MSG_STATE_DAMAGED},
    {"up", WH_MSG_STATE_UP},
    {"down", WH_MSG_STATE_DOWN},
    {"refused", WH_MSG_STATE_REFUSED},
    {"diverged", WH_MSG_STATE_DIVERGED},
    {"member", WH_MSG_STATE_MEMBER},
    {"revoked", WH_MSG_STATE_REVOKED},
    {"on", WH_MSG_STATE_ON},
    {"off", WH_MSG_STATE_OFF},
    {"failed", WH_MSG_STATE_FAILED},
    {"quarantined", WH_MSG_STATE_QUARANTINED},
    {"current", WH_MSG_STATE_CURRENT},
    {"withdrawn", WH_MSG_STATE_WITHDRAWN},
    {"city", WH_MSG_LEVEL_CITY},
    {"county", WH_MSG_LEVEL_COUNTY},
    {"township", WH_MSG_LEVEL_TOWNSHIP},
    {"grassroots", WH_MSG_LEVEL_GRASSROOTS},
    {"parent", WH_MSG_ROLE_PARENT},
    {"child", WH_MSG_ROLE_CHILD},
};

/* The columns whose cells hold them. */
static bool has_fixed_words(const struct wh_cell_column *column)
{
    static const char *const names[] = {"state", "level", "enter", "role"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (column->type == WH_TEXT && strcmp(column->name, names[i]) == 0) return true;
    }
    return false;
}

static const char *title_of(const struct wh_cell_column *column, struct wh_span word)
{
    for (size_t i = 0; i < column->words_count; i++) {
        if (wh_span_equal(word, wh_span_of(column->words[i].word))) return column->words[i].title;
    }
    return NULL;
}

/* "lecturer;law_adviser": each word that has a title by its title. */
static struct wh_span words_text(const struct wh_cell_column *column, struct wh_span text,
                                 struct wh_arena *arena)
{
    struct wh_buffer all = {NULL, 0, 0};
    struct wh_span shown;
    while (true) {
        const char *end = text.len > 0 ? memchr(text.data, ';', text.len) : NULL;
        struct wh_span word = wh_span(text.data, end ? (size_t)(end - text.data) : text.len);
        const char *title = title_of(column, word);
        wh_buffer_put(&all, title ? wh_span_of(title) : word);
        if (!end) break;
        wh_buffer_put_byte(&all, ';');
        text = wh_span_from(text, word.len + 1);
    }
    shown = wh_arena_copy(arena, wh_buffer_span(&all));
    wh_buffer_deinit(&all);
    return shown;
}

static struct wh_span fixed_word(enum wh_language language, struct wh_span word,
                                 struct wh_arena *arena)
{
    for (size_t i = 0; i < sizeof(fixed_words) / sizeof(fixed_words[0]); i++) {
        if (!wh_span_equal(word, wh_span_of(fixed_words[i].word))) continue;
        return wh_message_text(fixed_words[i].message, language, NULL, 0, arena);
    }
    return word;
}

/* Programs read the words of the contract, a person those of his language: "township, county". */
static struct wh_span fixed_text(enum wh_language language, struct wh_span text,
                                 struct wh_arena *arena)
{
    struct wh_buffer all = {NULL, 0, 0};
    struct wh_span shown;
    while (text.len > 0) {
        const char *end = memchr(text.data, ',', text.len);
        struct wh_span word = wh_span(text.data, end ? (size_t)(end - text.data) : text.len);
        wh_buffer_put(&all, fixed_word(language, word, arena));
        text = wh_span_from(text, word.len);
        if (wh_span_starts(text, WH_S(", "))) {
            wh_buffer_put(&all, WH_S("、"));
            text = wh_span_from(text, 2);
        } else if (text.len > 0) {
            wh_buffer_put_byte(&all, ',');
            text = wh_span_from(text, 1);
        }
    }
    shown = wh_arena_copy(arena, wh_buffer_span(&all));
    wh_buffer_deinit(&all);
    return shown;
}

/* Kinds of records are words of the programme's: they stay. */
static struct wh_span unit_kind_text(const char *word)
{
    uint32_t kind = wh_unit_kind_of(wh_span_of(word));
    return kind == 0 ? wh_span_of(word) : wh_span_of(wh_unit_kind_title(kind).zh);
}

struct wh_span wh_cell_text(enum wh_language language, const struct wh_cell_column *column,
                            const Wh__Cell *cell, struct wh_arena *arena)
{
    char text[64];
    bool zh = language == WH_ZH;
    if (cell->value_case == WH__CELL__VALUE_TEXT) {
        if (zh && strcmp(column->name, "kind") == 0) return unit_kind_text(cell->text);
        if (zh && column->words_count > 0) return words_text(column, wh_span_of(cell->text), arena);
        if (zh && has_fixed_words(column))
            return fixed_text(language, wh_span_of(cell->text), arena);
        return wh_span_of(cell->text);
    }
    if (cell->value_case != WH__CELL__VALUE_NUMBER) return WH_SPAN_EMPTY;
    switch (column->type) {
    case WH_DECIMAL: wh_hundredths_format(cell->number, text); break;
    case WH_DATE: wh_day_format((int32_t)cell->number, text); break;
    case WH_YESNO:
        if (zh) {
            (void)snprintf(text, sizeof(text), "%s", cell->number ? "是" : "否");
        } else {
            (void)snprintf(text, sizeof(text), "%s", cell->number ? "yes" : "no");
        }
        break;
    default: (void)snprintf(text, sizeof(text), "%" PRId64, cell->number); break;
    }
    return wh_arena_copy(arena, wh_span_of(text));
}
