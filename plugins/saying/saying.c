#include "saying.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int make_room(void *items, uint32_t count, uint32_t *size, size_t item_size)
{
    uint32_t more = *size > 0 ? *size * 2 : 64;
    void *all;
    if (count < *size) return 0;
    memcpy(&all, items, sizeof(all)); /* a pointer of another type: read as bytes */
    all = realloc(all, more * item_size);
    if (!all) return WH_E_FAILED;
    memcpy(items, &all, sizeof(all));
    *size = more;
    return 0;
}

static int is_zh(const struct talk *talk)
{
    return talk->host->language(talk->call) == 0;
}

int refuse(const struct talk *talk, int code, const char *zh, const char *en, ...)
{
    va_list args;
    va_start(args, en);
    talk->fail->code = code;
    (void)vsnprintf(talk->fail->text, sizeof(talk->fail->text), is_zh(talk) ? zh : en, args);
    va_end(args);
    return code;
}

int remark(const struct talk *talk, const char *zh, const char *en, ...)
{
    char text[600];
    va_list args;
    va_start(args, en);
    (void)vsnprintf(text, sizeof(text), is_zh(talk) ? zh : en, args);
    va_end(args);
    return talk->host->reply_note(talk->call, wh_span_of(text), talk->fail);
}

int tell_words(const struct talk *talk, const char *column, struct wh_list words)
{
    if (!WH_HOST_HAS(talk->host, reply_words)) return 0;
    return talk->host->reply_words(talk->call, column, words, talk->fail);
}

/* ---- Arguments ---- */

struct wh_span given_text(const struct talk *talk, const char *name)
{
    return talk->host->param(talk->call, name).text;
}

int64_t given_number(const struct talk *talk, const char *name, int64_t fallback)
{
    struct wh_value value = talk->host->param(talk->call, name);
    return value.type == 0 ? fallback : value.number;
}

int is_given(const struct talk *talk, const char *name)
{
    return talk->host->param(talk->call, name).type != 0;
}

uint32_t given_year(const struct talk *talk)
{
    if (is_given(talk, "year")) return (uint32_t)given_number(talk, "year", 0);
    return (uint32_t)year_of(given_day(talk));
}

int64_t given_day(const struct talk *talk)
{
    return given_number(talk, "date", talk->host->today(talk->host->self));
}

/* ---- Units ---- */

void copy_text(char *at, size_t size, struct wh_span text)
{
    size_t len = text.len < size ? (size_t)text.len : size - 1;
    /* in UTF-8 the bytes behind the first of a character begin with the bits 10 */
    while (len < text.len && len > 0 && ((unsigned char)text.data[len] & 0xc0) == 0x80) len--;
    if (len > 0) memcpy(at, text.data, len);
    at[len] = '\0';
}

struct known_unit copy_unit(const struct wh_unit_view *unit)
{
    struct known_unit copy = {.level = unit->level, .opened = unit->opened, .closed = unit->closed};
    copy_text(copy.code, sizeof(copy.code), unit->code);
    copy_text(copy.name, sizeof(copy.name), unit->name);
    copy_text(copy.kind, sizeof(copy.kind), unit->unit_kind);
    copy_text(copy.parent, sizeof(copy.parent), unit->parent);
    return copy;
}

int unit_existed(const struct known_unit *unit, int64_t first, int64_t last)
{
    return (unit->opened == 0 || unit->opened <= last) &&
           (unit->closed == 0 || unit->closed > first);
}

int64_t day_of_count(const struct wh_host *host, int64_t year)
{
    int64_t last = last_day_of(year), today = host->today(host->self);
    return today < last ? today : last;
}

static int take_first(void *context, const struct wh_unit_view *unit)
{
    struct known_unit *found = context;
    *found = copy_unit(unit);
    return 1;
}

int find_unit(const struct wh_host *host, struct wh_span code, struct known_unit *ret,
              struct wh_failure *fail)
{
    int rc = host->units(host->self, code, take_first, ret, fail);
    return rc < 0 ? rc : 0;
}

int given_unit(const struct talk *talk, const char *name, struct known_unit *ret)
{
    struct wh_span code = given_text(talk, name);
    int rc = find_unit(talk->host, code, ret, talk->fail);
    if (rc != WH_E_NOT_FOUND) return rc;
    return refuse(talk, rc, "单位 %.*s：没有这个单位（见 wuhao unit list）",
                  "unit %.*s: there is no such unit (see `wuhao unit list`)", (int)code.len,
                  code.data);
}

static int gather_unit(void *context, const struct wh_unit_view *unit)
{
    struct known_units *units = context;
    if (make_room(&units->items, units->count, &units->size, sizeof(*units->items)) < 0) {
        return WH_E_FAILED;
    }
    units->items[units->count++] = copy_unit(unit);
    return 0;
}

int read_units(const struct wh_host *host, struct wh_span under, struct known_units *ret,
               struct wh_failure *fail)
{
    int rc;
    memset(ret, 0, sizeof(*ret));
    rc = host->units(host->self, under, gather_unit, ret, fail);
    if (rc >= 0) return 0;
    free(ret->items);
    memset(ret, 0, sizeof(*ret));
    return rc;
}

static int compare_codes(const void *code, const void *unit)
{
    return strcmp(code, ((const struct known_unit *)unit)->code);
}

const struct known_unit *unit_of_code(const struct known_units *units, const char *code)
{
    if (units->count == 0) return NULL;
    return bsearch(code, units->items, units->count, sizeof(*units->items), compare_codes);
}

/* ---- Records ---- */

const struct wh_value *field_of(const struct wh_record_view *record, const char *name)
{
    struct wh_span wanted = wh_span_of(name);
    for (uint32_t i = 0; i < record->fields.count; i++) {
        const struct wh_named_value *field = wh_list_at(&record->fields, i);
        if (wh_span_equal(field->name, wanted)) return &field->value;
    }
    return NULL;
}

struct wh_span field_text(const struct wh_record_view *record, const char *name)
{
    const struct wh_value *value = field_of(record, name);
    return value ? value->text : wh_span_of(NULL);
}

int64_t field_number(const struct wh_record_view *record, const char *name, int64_t fallback)
{
    const struct wh_value *value = field_of(record, name);
    return value ? value->number : fallback;
}

/* ---- Values and texts ---- */

struct wh_value text_or_null(struct wh_span span)
{
    return span.len == 0 ? wh_value_null() : wh_value_text(span);
}

struct wh_value number_or_null(uint32_t type, int64_t number)
{
    return number < 0 ? wh_value_null() : wh_value_number(type, number);
}

struct wh_span day_text(int64_t day, char ret[DAY_TEXT_SIZE])
{
    struct wh_civil civil = wh_civil_of((int32_t)day);
    (void)snprintf(ret, DAY_TEXT_SIZE, "%04d-%02d-%02d", civil.year % 10000, civil.month % 100,
                   civil.day % 100);
    return wh_span_of(ret);
}

struct wh_span points_text(int64_t points_h, char ret[POINTS_TEXT_SIZE])
{
    uint64_t size = points_h < 0 ? 0 - (uint64_t)points_h : (uint64_t)points_h;
    (void)snprintf(ret, POINTS_TEXT_SIZE, "%s%" PRIu64 ".%02" PRIu64, points_h < 0 ? "-" : "",
                   size / 100, size % 100);
    return wh_span_of(ret);
}

int32_t year_of(int64_t day)
{
    return wh_civil_of((int32_t)day).year;
}

int64_t first_day_of(int64_t year)
{
    struct wh_civil civil = {(int32_t)year, 1, 1};
    return wh_day_of(civil);
}

int64_t last_day_of(int64_t year)
{
    return first_day_of(year + 1) - 1;
}
