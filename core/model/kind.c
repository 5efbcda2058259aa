#include "model/kind.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/date.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/text.h"
#include "model/unit.h"

static const struct {
    uint32_t type;
    const char *word;
    bool is_number;
    uint32_t bytes_max;
} types[] = {
    {WH_TEXT, "text", false, WH_TEXT_BYTES_MAX},
    {WH_LONG_TEXT, "longtext", false, WH_LONG_TEXT_BYTES_MAX},
    {WH_INTEGER, "integer", true, 0},
    {WH_DECIMAL, "decimal", true, 0},
    {WH_DATE, "date", true, 0},
    {WH_CHOICE, "choice", false, WH_TEXT_BYTES_MAX},
    {WH_CHOICES, "choices", false, WH_TEXT_BYTES_MAX},
    {WH_YESNO, "yesno", true, 0},
    {WH_UNIT, "unit", false, WH_CODE_BYTES_MAX},
    {WH_PERSON, "person", false, WH_NAME_BYTES_MAX},
    {WH_FILE, "file", false, WH_TEXT_BYTES_MAX},
    {WH_TIME, "time", true, 0},
};

static size_t type_index(uint32_t type)
{
    size_t i = 0;
    while (i + 1 < sizeof(types) / sizeof(types[0]) && types[i].type != type) i++;
    return i;
}

const struct wh_field *wh_kind_field(const struct wh_kind *kind, uint32_t i)
{
    return wh_list_at(&kind->fields, i);
}

const struct wh_metric *wh_kind_metric(const struct wh_kind *kind, uint32_t i)
{
    return wh_list_at(&kind->metrics, i);
}

int32_t wh_kind_field_index(const struct wh_kind *kind, struct wh_span name)
{
    for (uint32_t i = 0; i < kind->fields.count; i++) {
        if (wh_span_equal(name, wh_span_of(wh_kind_field(kind, i)->name))) return (int32_t)i;
    }
    return -1;
}

const struct wh_metric *wh_kind_metric_named(const struct wh_kind *kind, struct wh_span id)
{
    for (uint32_t i = 0; i < kind->metrics.count; i++) {
        const struct wh_metric *metric = wh_kind_metric(kind, i);
        if (wh_span_equal(id, wh_span_of(metric->id))) return metric;
    }
    return NULL;
}

bool wh_type_is_number(uint32_t type)
{
    return types[type_index(type)].is_number;
}

const char *wh_type_word(uint32_t type)
{
    return types[type_index(type)].word;
}

bool wh_kind_looks_back(const struct wh_kind *kind)
{
    for (uint32_t i = 0; i < kind->metrics.count; i++) {
        if (wh_kind_metric(kind, i)->type != WH_FLOW) return true;
    }
    return false;
}

static void fault(struct wh_faults *faults, uint32_t line, const struct wh_field *field,
                  enum wh_message message, const struct wh_arg *args)
{
    wh_fault_add(faults, line, wh_span_of(field->name), message, args);
}

static void range_fault(const struct wh_field *field, struct wh_span text, uint32_t line,
                        struct wh_faults *faults)
{
    char min[WH_HUNDREDTHS_TEXT_SIZE], max[WH_HUNDREDTHS_TEXT_SIZE];
    if (field->type != WH_DECIMAL) {
        fault(faults, line, field, WH_MSG_FIELD_RANGE,
              WH_ARGS(wh_arg_s(text), wh_arg_n(field->min), wh_arg_n(field->max)));
        return;
    }
    wh_hundredths_format(field->min, min);
    wh_hundredths_format(field->max, max);
    fault(faults, line, field, WH_MSG_FIELD_RANGE,
          WH_ARGS(wh_arg_s(text), wh_arg_c(min), wh_arg_c(max)));
}

static void read_number(const struct wh_field *field, struct wh_span text, uint32_t line,
                        struct wh_faults *faults, struct wh_field_value *ret)
{
    bool decimal = field->type == WH_DECIMAL;
    int rc =
        decimal ? wh_hundredths_parse(text, &ret->number) : wh_number_parse(text, &ret->number);
    if (rc < 0) {
        fault(faults, line, field, decimal ? WH_MSG_FIELD_NOT_DECIMAL : WH_MSG_FIELD_NOT_INTEGER,
              WH_ARGS(wh_arg_s(text)));
    } else if ((field->flags & WH_BOUNDED) &&
               (ret->number < field->min || ret->number > field->max)) {
        range_fault(field, text, line, faults);
    } else {
        ret->present = true;
    }
}

static struct wh_span choice_word(const void *list, size_t i)
{
    const struct wh_list *choices = list;
    if (i >= choices->count) return WH_SPAN_EMPTY;
    return wh_span_of(((const struct wh_choice *)wh_list_at(choices, (uint32_t)i))->id);
}

/* The place of the choice that `text` names by its id or a title, or -1. */
static int32_t choice_index(const struct wh_field *field, struct wh_span text)
{
    for (uint32_t i = 0; i < field->choices.count; i++) {
        const struct wh_choice *choice = wh_list_at(&field->choices, i);
        if (wh_span_equal(text, wh_span_of(choice->id)) ||
            wh_span_equal(text, wh_span_of(choice->title.zh)) ||
            wh_span_equal(text, wh_span_of(choice->title.en))) {
            return (int32_t)i;
        }
    }
    return -1;
}

static int32_t read_choice(const struct wh_field *field, struct wh_span text, uint32_t line,
                           struct wh_faults *faults)
{
    int32_t index = choice_index(field, text);
    struct wh_span near;
    if (index >= 0) return index;
    near = wh_text_nearest(text, choice_word, &field->choices);
    fault(faults, line, field, near.data ? WH_MSG_FIELD_CHOICE_NEAR : WH_MSG_FIELD_CHOICE,
          WH_ARGS(wh_arg_s(text), wh_arg_s(near)));
    return -1;
}

/* Several choices are kept in the order of their declaration, each once. */
static void read_choices(const struct wh_field *field, struct wh_span text, uint32_t line,
                         struct wh_arena *arena, struct wh_faults *faults,
                         struct wh_field_value *ret)
{
    bool *chosen = wh_arena_new(arena, field->choices.count, sizeof(bool));
    char *joined = wh_arena_new(arena, (size_t)field->choices.count * 64 + 1, 1);
    size_t at = 0;
    while (text.len > 0) {
        const char *end = memchr(text.data, ';', text.len);
        size_t len = end ? (size_t)(end - text.data) : text.len;
        struct wh_span word = wh_text_trim(wh_span(text.data, len));
        int32_t index = word.len > 0 ? read_choice(field, word, line, faults) : -1;
        if (word.len > 0 && index < 0) return;
        if (index >= 0) chosen[index] = true;
        text = wh_span_from(text, len + 1);
    }
    for (uint32_t i = 0; i < field->choices.count; i++) {
        struct wh_span id = choice_word(&field->choices, i);
        if (!chosen[i] || id.len > 62) continue;
        if (at > 0) joined[at++] = ';';
        memcpy(joined + at, id.data, id.len);
        at += id.len;
    }
    ret->text = wh_span(joined, at);
    ret->present = at > 0;
    if (at == 0 && (field->flags & WH_REQUIRED)) { /* nothing but separators */
        fault(faults, line, field, WH_MSG_FIELD_REQUIRED, NULL);
    }
}

static void read_date(const struct wh_field *field, struct wh_span text, uint32_t line,
                      struct wh_faults *faults, struct wh_field_value *ret)
{
    int32_t day;
    if (wh_day_parse(text, &day) < 0) {
        fault(faults, line, field, WH_MSG_FIELD_NOT_DATE, WH_ARGS(wh_arg_s(text)));
        return;
    }
    ret->number = day;
    ret->present = true;
}

static void read_yesno(const struct wh_field *field, struct wh_span text, uint32_t line,
                       struct wh_faults *faults, struct wh_field_value *ret)
{
    bool yes = wh_span_equal(text, WH_S("yes")) || wh_span_equal(text, WH_S("是"));
    bool no = wh_span_equal(text, WH_S("no")) || wh_span_equal(text, WH_S("否"));
    if (!yes && !no) {
        fault(faults, line, field, WH_MSG_FIELD_NOT_YESNO, WH_ARGS(wh_arg_s(text)));
        return;
    }
    ret->number = yes;
    ret->present = true;
}

/* Lines that end in CR LF become lines that end in LF. */
static struct wh_span plain_lines(struct wh_span text, struct wh_arena *arena)
{
    char *copy;
    size_t at = 0;
    if (!memchr(text.data, '\r', text.len)) return text;
    copy = wh_arena_new(arena, text.len + 1, 1);
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\r' && i + 1 < text.len && text.data[i + 1] == '\n') continue;
        copy[at++] = text.data[i];
    }
    return wh_span(copy, at);
}

static void read_text(const struct wh_field *field, struct wh_span text, uint32_t line,
                      struct wh_arena *arena, struct wh_faults *faults, struct wh_field_value *ret)
{
    uint32_t bytes_max = types[type_index(field->type)].bytes_max;
    enum wh_text_form form = field->type == WH_LONG_TEXT ? WH_TEXT_LINES : WH_TEXT_ONE_LINE;
    if (form == WH_TEXT_LINES) text = plain_lines(text, arena);
    if (text.len > bytes_max) {
        fault(faults, line, field, WH_MSG_FIELD_LONG,
              WH_ARGS(wh_arg_n((int64_t)text.len), wh_arg_n(bytes_max)));
    } else if (wh_text_check(text, form) != WH_TEXT_GOOD) {
        fault(faults, line, field, WH_MSG_FIELD_CONTROL, WH_ARGS(wh_arg_s(text)));
    } else if (field->type == WH_UNIT && !wh_code_is_valid(text)) {
        fault(faults, line, field, WH_MSG_FIELD_NOT_CODE, WH_ARGS(wh_arg_s(text)));
    } else {
        ret->text = text;
        ret->present = true;
    }
}

void wh_field_read(const struct wh_field *field, struct wh_span text, uint32_t line,
                   struct wh_arena *arena, struct wh_faults *faults, struct wh_field_value *ret)
{
    int32_t choice;
    *ret = (struct wh_field_value){.present = false};
    text = wh_text_trim(text);
    if (text.len == 0) {
        if (field->flags & WH_REQUIRED) fault(faults, line, field, WH_MSG_FIELD_REQUIRED, NULL);
        return;
    }
    switch (field->type) {
    case WH_INTEGER:
    case WH_DECIMAL: read_number(field, text, line, faults, ret); break;
    case WH_DATE: read_date(field, text, line, faults, ret); break;
    case WH_YESNO: read_yesno(field, text, line, faults, ret); break;
    case WH_CHOICES: read_choices(field, text, line, arena, faults, ret); break;
    case WH_CHOICE:
        choice = read_choice(field, text, line, faults);
        if (choice < 0) return;
        ret->text = choice_word(&field->choices, (size_t)choice);
        ret->present = true;
        break;
    default: read_text(field, text, line, arena, faults, ret); break;
    }
}

struct wh_span wh_field_text(const struct wh_field *field, const struct wh_field_value *value,
                             struct wh_arena *arena)
{
    char text[64];
    if (!value->present) return WH_SPAN_EMPTY;
    switch (field->type) {
    case WH_INTEGER: (void)snprintf(text, sizeof(text), "%" PRId64, value->number); break;
    case WH_DECIMAL: wh_hundredths_format(value->number, text); break;
    case WH_DATE: wh_day_format((int32_t)value->number, text); break;
    case WH_YESNO: (void)snprintf(text, sizeof(text), "%s", value->number ? "yes" : "no"); break;
    default: return value->text;
    }
    return wh_arena_copy(arena, wh_span_of(text));
}
