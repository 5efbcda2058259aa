#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Room for `more` bytes and a zero behind them. */
static int has_room(struct text *text, size_t more)
{
    size_t size = text->size > 0 ? text->size : 1024;
    char *grown;
    if (text->failed) return 0;
    if (text->len + more < text->size) return 1;
    while (size <= text->len + more) size *= 2;
    grown = realloc(text->data, size);
    if (!grown) {
        text->failed = 1;
        return 0;
    }
    text->data = grown;
    text->size = size;
    return 1;
}

void text_put(struct text *text, const char *data, size_t len)
{
    if (!has_room(text, len)) return;
    if (len > 0) memcpy(text->data + text->len, data, len);
    text->len += len;
    text->data[text->len] = '\0';
}

void text_print(struct text *text, const char *format, ...)
{
    va_list args, again;
    int len;
    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0) text->failed = 1;
    if (len >= 0 && has_room(text, (size_t)len)) {
        (void)vsnprintf(text->data + text->len, (size_t)len + 1, format, again);
        text->len += (size_t)len;
    }
    va_end(again);
}

static const char *escape_of(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void text_put_html(struct text *text, struct wh_span span)
{
    for (uint64_t i = 0; i < span.len; i++) {
        unsigned char byte = (unsigned char)span.data[i];
        const char *escape = escape_of(span.data[i]);
        if (escape) {
            text_put(text, escape, strlen(escape));
        } else if (byte >= 0x20 && byte != 0x7f) {
            text_put(text, span.data + i, 1);
        }
    }
}

void text_put_csv(struct text *text, struct wh_span span)
{
    int quoted = 0;
    for (uint64_t i = 0; i < span.len; i++) quoted |= strchr(",\"\r\n", span.data[i]) != NULL;
    if (quoted) text_put(text, "\"", 1);
    for (uint64_t i = 0; i < span.len; i++) {
        if (span.data[i] == '"') text_put(text, "\"", 1);
        text_put(text, span.data + i, 1);
    }
    if (quoted) text_put(text, "\"", 1);
}

void text_free(struct text *text)
{
    free(text->data);
    memset(text, 0, sizeof(*text));
}
