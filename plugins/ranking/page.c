#include "page.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int make_room(struct page *page, size_t more)
{
    size_t size = page->size > 0 ? page->size : 65536;
    char *data;
    if (page->failed) return 0;
    if (page->len + more < page->size) return 1;
    while (size <= page->len + more) size *= 2;
    data = realloc(page->data, size);
    if (!data) {
        page->failed = 1;
        return 0;
    }
    page->data = data;
    page->size = size;
    return 1;
}

static void put_bytes(struct page *page, const char *bytes, size_t len)
{
    if (!make_room(page, len)) return;
    memcpy(page->data + page->len, bytes, len);
    page->len += len;
}

void page_put(struct page *page, const char *format, ...)
{
    char line[1024];
    va_list args;
    int len;
    va_start(args, format);
    len = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= sizeof(line)) {
        page->failed = 1;
        return;
    }
    put_bytes(page, line, (size_t)len);
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

void page_put_html(struct page *page, const char *text)
{
    for (; *text; text++) {
        const char *escape = escape_of(*text);
        if (escape) {
            put_bytes(page, escape, strlen(escape));
        } else if ((unsigned char)*text >= 0x20 && *text != 0x7f) {
            put_bytes(page, text, 1);
        }
    }
}

void page_put_csv(struct page *page, const char *text, size_t len)
{
    int quoted = 0;
    for (size_t i = 0; i < len; i++) quoted |= strchr(",\"\r\n", text[i]) != NULL;
    if (quoted) put_bytes(page, "\"", 1);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"') put_bytes(page, "\"", 1);
        put_bytes(page, text + i, 1);
    }
    if (quoted) put_bytes(page, "\"", 1);
}

void page_free(struct page *page)
{
    free(page->data);
    memset(page, 0, sizeof(*page));
}
