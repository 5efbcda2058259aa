#include "base/text.h"

#include <iconv.h>
#include <stdio.h>
#include <unistr.h>
#include <uniwidth.h>

#include "base/error.h"

#define NEAREST_BYTES_MAX 64

static bool is_control(ucs4_t c, enum wh_text_form form)
{
    if (form == WH_TEXT_LINES && (c == '\n' || c == '\t')) return false;
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

/* The next character and its length in bytes; -1 where the bytes are no UTF-8. */
static int next_character(struct wh_span text, ucs4_t *c)
{
    return u8_mbtoucr(c, (const uint8_t *)text.data, text.len);
}

enum wh_text_state wh_text_check(struct wh_span text, enum wh_text_form form)
{
    while (text.len > 0) {
        ucs4_t c;
        int len = next_character(text, &c);
        if (len <= 0) return WH_TEXT_NOT_UTF8;
        if (is_control(c, form)) return WH_TEXT_CONTROL;
        text = wh_span_from(text, (size_t)len);
    }
    return WH_TEXT_GOOD;
}

bool wh_text_is_utf8(struct wh_span text)
{
    return u8_check((const uint8_t *)text.data, text.len) == NULL;
}

struct wh_span wh_text_trim(struct wh_span text)
{
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text = wh_span_from(text, 1);
    }
    while (text.len > 0 && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t')) {
        text.len--;
    }
    return text;
}

struct wh_span wh_text_printable(struct wh_span text, struct wh_arena *arena)
{
    char *copy;
    size_t at = 0;
    if (wh_text_check(text, WH_TEXT_ONE_LINE) == WH_TEXT_GOOD) return text;
    copy = wh_arena_new(arena, text.len * 4 + 1, 1);
    while (text.len > 0) {
        ucs4_t c;
        int len = next_character(text, &c);
        size_t taken = len > 0 ? (size_t)len : 1;
        if (len > 0 && !is_control(c, WH_TEXT_ONE_LINE)) {
            memcpy(copy + at, text.data, taken);
            at += taken;
        } else {
            for (size_t i = 0; i < taken; i++) {
                at += (size_t)snprintf(copy + at, 5, "\\x%02X", (unsigned)(uint8_t)text.data[i]);
            }
        }
        text = wh_span_from(text, taken);
    }
    return wh_span(copy, at);
}

size_t wh_text_columns(struct wh_span text)
{
    int columns = u8_width((const uint8_t *)text.data, text.len, "UTF-8");
    return columns > 0 ? (size_t)columns : 0;
}

/* Edits between two short words, two neighbours that changed places counting as one. */
static size_t distance(struct wh_span a, struct wh_span b)
{
    size_t rows[3][NEAREST_BYTES_MAX + 1];
    for (size_t j = 0; j <= b.len; j++) rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *twice = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t cost = above[j - 1] + (a.data[i - 1] != b.data[j - 1]);
            if (above[j] + 1 < cost) cost = above[j] + 1;
            if (row[j - 1] + 1 < cost) cost = row[j - 1] + 1;
            if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] &&
                a.data[i - 2] == b.data[j - 1] && twice[j - 2] + 1 < cost) {
                cost = twice[j - 2] + 1;
            }
            row[j] = cost;
        }
    }
    return rows[a.len % 3][b.len];
}

struct wh_span wh_text_nearest(struct wh_span wrong, wh_text_word word, const void *words)
{
    struct wh_span best = WH_SPAN_EMPTY, candidate;
    size_t best_distance = wrong.len / 2 + 1;
    if (wrong.len == 0 || wrong.len > NEAREST_BYTES_MAX) return best;
    for (size_t i = 0; (candidate = word(words, i)).data; i++) {
        size_t d;
        if (candidate.len > NEAREST_BYTES_MAX) continue;
        d = distance(wrong, candidate);
        if (d < best_distance) {
            best = candidate;
            best_distance = d;
        }
    }
    return best;
}

int wh_text_from_gbk(struct wh_span text, struct wh_arena *arena, struct wh_span *ret)
{
    iconv_t converter = iconv_open("UTF-8", "GB18030") /* GBK and what was added to it */;
    char *in = (char *)(uintptr_t)text.data; /* iconv reads through a char ** and writes nothing */
    size_t in_left = text.len, out_left = text.len * 2 + 4;
    char *out = wh_arena_new(arena, out_left + 1, 1);
    char *start = out;
    size_t converted;
    if (converter == (iconv_t)-1) return WH_E_INVALID;
    converted = iconv(converter, &in, &in_left, &out, &out_left);
    (void)iconv_close(converter);
    if (converted == (size_t)-1) return WH_E_INVALID;
    *ret = wh_span(start, (size_t)(out - start));
    return 0;
}

struct wh_span wh_text_take_line(struct wh_span *text)
{
    const char *end = memchr(text->data, '\n', text->len);
    size_t len = end ? (size_t)(end - text->data) + 1 : text->len;
    struct wh_span line = wh_span(text->data, len);
    *text = wh_span_from(*text, len);
    return line;
}

bool wh_text_is_file_name(struct wh_span text)
{
    if (text.len == 0 || text.len > WH_FILE_NAME_MAX || text.data[0] == '.') return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (c < 0x80 && !letter && c != '.' && c != '_' && c != '-') return false;
    }
    return wh_text_is_utf8(text);
}
