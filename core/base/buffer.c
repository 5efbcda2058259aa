#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/assert.h"
#include "base/memory.h"

void wh_buffer_init(struct wh_buffer *buffer)
{
    *buffer = (struct wh_buffer){NULL, 0, 0};
}

void wh_buffer_deinit(struct wh_buffer *buffer)
{
    wh_memory_free(buffer->data);
    wh_buffer_init(buffer);
}

void wh_buffer_clear(struct wh_buffer *buffer)
{
    buffer->len = 0;
}

char *wh_buffer_room(struct wh_buffer *buffer, size_t len)
{
    WH_ASSERT(len < SIZE_MAX / 4);
    if (buffer->size - buffer->len < len) {
        size_t size = buffer->size > 0 ? buffer->size * 2 : 64;
        while (size - buffer->len < len) size *= 2;
        buffer->data = wh_memory_resize(buffer->data, size, 1);
        buffer->size = size;
    }
    return buffer->data + buffer->len;
}

void wh_buffer_grew(struct wh_buffer *buffer, size_t len)
{
    WH_ASSERT(buffer->size - buffer->len >= len);
    buffer->len += len;
}

void wh_buffer_put(struct wh_buffer *buffer, struct wh_span span)
{
    if (span.len == 0) return;
    memcpy(wh_buffer_room(buffer, span.len), span.data, span.len);
    buffer->len += span.len;
}

void wh_buffer_put_byte(struct wh_buffer *buffer, uint8_t byte)
{
    *wh_buffer_room(buffer, 1) = (char)byte;
    buffer->len++;
}

void wh_buffer_print(struct wh_buffer *buffer, const char *format, ...)
{
    va_list args, again;
    int len;
    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    WH_ASSERT(len >= 0);
    (void)vsnprintf(wh_buffer_room(buffer, (size_t)len + 1), (size_t)len + 1, format, again);
    va_end(again);
    buffer->len += (size_t)len;
}

struct wh_span wh_buffer_span(const struct wh_buffer *buffer)
{
    return wh_span(buffer->data, buffer->len);
}
