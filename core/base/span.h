/* span.h: borrowed bytes. A span never owns, is never freed and need not end in a zero.
 * Thread: any. */
#ifndef WH_BASE_SPAN_H
#define WH_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <wuhao/plugin.h>

#define WH_SPAN_EMPTY ((struct wh_span){NULL, 0})
/* A span over a string literal. */
#define WH_S(literal) ((struct wh_span){(literal), sizeof(literal) - 1})

static inline struct wh_span wh_span(const void *data, size_t len)
{
    return (struct wh_span){(const char *)data, len};
}

/* Byte order, a prefix before what it begins; -1, 0 or 1. */
static inline int wh_span_compare(struct wh_span a, struct wh_span b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int d = n > 0 ? memcmp(a.data, b.data, n) : 0;
    if (d == 0) d = (a.len > b.len) - (a.len < b.len);
    return (d > 0) - (d < 0);
}

static inline bool wh_span_starts(struct wh_span whole, struct wh_span prefix)
{
    return whole.len >= prefix.len &&
           (prefix.len == 0 || memcmp(whole.data, prefix.data, prefix.len) == 0);
}

static inline bool wh_span_ends(struct wh_span whole, struct wh_span suffix)
{
    return whole.len >= suffix.len &&
           (suffix.len == 0 ||
            memcmp(whole.data + whole.len - suffix.len, suffix.data, suffix.len) == 0);
}

/* The part from `at` on, empty where `at` lies beyond the end. */
static inline struct wh_span wh_span_from(struct wh_span span, size_t at)
{
    return at >= span.len ? WH_SPAN_EMPTY : wh_span(span.data + at, span.len - at);
}

#endif
