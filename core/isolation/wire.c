#include "isolation/wire.h"

#define NO_TEXT UINT32_MAX
#define LIST_ITEMS_MAX 1000000u

struct wh_wire wh_wire_put(struct wh_buffer *out)
{
    return (struct wh_wire){.out = out};
}

struct wh_wire wh_wire_take(struct wh_span in, struct wh_arena *arena)
{
    return (struct wh_wire){.in = in, .arena = arena};
}

static void bytes(struct wh_wire *wire, void *value, size_t len)
{
    if (wire->out) {
        wh_buffer_put(wire->out, wh_span(value, len));
        return;
    }
    if (wire->in.len < len) wire->broken = true;
    if (wire->broken) {
        memset(value, 0, len);
        return;
    }
    memcpy(value, wire->in.data, len);
    wire->in = wh_span_from(wire->in, len);
}

void wh_wire_u32(struct wh_wire *wire, uint32_t *value)
{
    bytes(wire, value, sizeof(*value));
}

void wh_wire_u64(struct wh_wire *wire, uint64_t *value)
{
    bytes(wire, value, sizeof(*value));
}

void wh_wire_i64(struct wh_wire *wire, int64_t *value)
{
    bytes(wire, value, sizeof(*value));
}

static void put_span(struct wh_wire *wire, const struct wh_span *span)
{
    uint32_t len = span->data ? (uint32_t)span->len : NO_TEXT;
    wh_wire_u32(wire, &len);
    if (!span->data) return;
    wh_buffer_put(wire->out, *span);
    wh_buffer_put_byte(wire->out, 0);
}

void wh_wire_span(struct wh_wire *wire, struct wh_span *span)
{
    uint32_t len = 0;
    if (wire->out) {
        put_span(wire, span);
        return;
    }
    *span = WH_SPAN_EMPTY;
    wh_wire_u32(wire, &len);
    if (len == NO_TEXT || wire->broken) return;
    if (wire->in.len <= len || wire->in.data[len] != '\0') {
        wire->broken = true;
        return;
    }
    *span = wh_span(wire->in.data, len);
    wire->in = wh_span(wire->in.data + len + 1, wire->in.len - len - 1);
}

void wh_wire_text(struct wh_wire *wire, const char **text)
{
    struct wh_span span = wire->out ? wh_span_of(*text) : WH_SPAN_EMPTY;
    wh_wire_span(wire, &span);
    if (!wire->out) *text = span.data;
}

void wh_wire_list(struct wh_wire *wire, struct wh_list *list, size_t size, wh_wire_item item)
{
    uint32_t count = wire->out ? list->count : 0;
    char *items;
    wh_wire_u32(wire, &count);
    if (wire->out) {
        for (uint32_t i = 0; i < count; i++) {
            char copy[256] = {0};
            size_t given = list->stride < size ? list->stride : size;
            memcpy(copy, wh_list_at(list, i), given);
            item(wire, copy);
        }
        return;
    }
    *list = (struct wh_list){NULL, 0, (uint32_t)size};
    if (count > wire->in.len || count > LIST_ITEMS_MAX) wire->broken = true;
    if (wire->broken) return;
    items = wh_arena_new(wire->arena, count, size);
    for (uint32_t i = 0; i < count; i++) item(wire, items + i * size);
    if (!wire->broken) *list = (struct wh_list){items, count, (uint32_t)size};
}
