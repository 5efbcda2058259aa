#include "engine/batch.h"

#include "base/memory.h"

void wh_batch_init(struct wh_batch *batch)
{
    *batch = (struct wh_batch){.count = 0};
    wh_arena_init(&batch->arena);
    wh_map_init(&batch->latest);
}

void wh_batch_deinit(struct wh_batch *batch)
{
    wh_map_deinit(&batch->latest);
    wh_memory_free(batch->writes);
    wh_arena_deinit(&batch->arena);
    *batch = (struct wh_batch){.count = 0};
}

#define KEPT_WRITES_MAX 65536u

void wh_batch_clear(struct wh_batch *batch)
{
    if (batch->size > KEPT_WRITES_MAX) { /* after a large import, give the memory back */
        wh_batch_deinit(batch);
        return;
    }
    batch->count = 0;
    wh_map_clear(&batch->latest);
    wh_arena_clear(&batch->arena);
}

/* The family is the first byte of what the map and the write share. */
static struct wh_span marked_key(struct wh_arena *arena, enum wh_family family, struct wh_span key)
{
    char *marked = wh_arena_raw(arena, key.len + 1);
    marked[0] = (char)family;
    if (key.len > 0) memcpy(marked + 1, key.data, key.len);
    return wh_span(marked, key.len + 1);
}

static struct wh_span add(struct wh_batch *batch, struct wh_write write)
{
    struct wh_span marked = marked_key(&batch->arena, write.family, write.key);
    if (batch->count == batch->size) {
        batch->size = batch->size > 0 ? batch->size * 2 : 64;
        batch->writes = wh_memory_resize(batch->writes, batch->size, sizeof(*batch->writes));
    }
    write.key = wh_span_from(marked, 1);
    batch->writes[batch->count++] = write;
    return marked;
}

static void add_readable(struct wh_batch *batch, struct wh_write write)
{
    struct wh_span marked = add(batch, write);
    wh_map_put(&batch->latest, marked, batch->count);
}

static struct wh_write put_of(struct wh_batch *batch, enum wh_family family, struct wh_span key,
                              struct wh_span value)
{
    return (struct wh_write){family, false, key, wh_arena_copy(&batch->arena, value)};
}

void wh_batch_put(struct wh_batch *batch, enum wh_family family, struct wh_span key,
                  struct wh_span value)
{
    add_readable(batch, put_of(batch, family, key, value));
}

void wh_batch_put_joined(struct wh_batch *batch, enum wh_family family, struct wh_span key,
                         struct wh_span head, struct wh_span tail)
{
    char *value = wh_arena_raw(&batch->arena, head.len + tail.len + 1);
    if (head.len > 0) memcpy(value, head.data, head.len);
    if (tail.len > 0) memcpy(value + head.len, tail.data, tail.len);
    add_readable(batch, (struct wh_write){family, false, key, wh_span(value, head.len + tail.len)});
}

void wh_batch_delete(struct wh_batch *batch, enum wh_family family, struct wh_span key)
{
    add_readable(batch, (struct wh_write){family, true, key, WH_SPAN_EMPTY});
}

void wh_batch_put_unread(struct wh_batch *batch, enum wh_family family, struct wh_span key,
                         struct wh_span value)
{
    (void)add(batch, put_of(batch, family, key, value));
}

void wh_batch_delete_unread(struct wh_batch *batch, enum wh_family family, struct wh_span key)
{
    (void)add(batch, (struct wh_write){family, true, key, WH_SPAN_EMPTY});
}

const struct wh_write *wh_batch_find(const struct wh_batch *batch, enum wh_family family,
                                     struct wh_span key)
{
    char marked[512];
    uint64_t *index;
    if (batch->count == 0 || key.len + 1 > sizeof(marked)) return NULL;
    marked[0] = (char)family;
    if (key.len > 0) memcpy(marked + 1, key.data, key.len);
    index = wh_map_get(&batch->latest, wh_span(marked, key.len + 1));
    return index ? &batch->writes[*index - 1] : NULL;
}
