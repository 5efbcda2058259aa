/* buffer.h: bytes that grow. Thread: the owner's. A zeroed struct is an empty buffer.
 * Ownership: wh_buffer_span() lends until the next change. */
#ifndef WH_BASE_BUFFER_H
#define WH_BASE_BUFFER_H

#include "base/span.h"

struct wh_buffer {
    char *data;
    size_t len;
    size_t size;
};

void wh_buffer_init(struct wh_buffer *buffer);
void wh_buffer_deinit(struct wh_buffer *buffer);
void wh_buffer_clear(struct wh_buffer *buffer);
void wh_buffer_put(struct wh_buffer *buffer, struct wh_span span);
void wh_buffer_put_byte(struct wh_buffer *buffer, uint8_t byte);
/* Appends printf output. */
void wh_buffer_print(struct wh_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Makes room for `len` more bytes and lends their start; wh_buffer_grew() says how many were used.
 */
char *wh_buffer_room(struct wh_buffer *buffer, size_t len);
void wh_buffer_grew(struct wh_buffer *buffer, size_t len);
struct wh_span wh_buffer_span(const struct wh_buffer *buffer);

#endif
