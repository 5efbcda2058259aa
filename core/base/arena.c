#include "base/arena.h"

#include <stdalign.h>

#include "base/assert.h"
#include "base/memory.h"

#define BLOCK_BYTES_MIN 4096u
#define BLOCK_BYTES_MAX (1u << 20)

struct wh_arena_block {
    struct wh_arena_block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) char data[];
};

void wh_arena_init(struct wh_arena *arena)
{
    *arena = (struct wh_arena){NULL, 0};
}

void wh_arena_deinit(struct wh_arena *arena)
{
    while (arena->blocks) {
        struct wh_arena_block *next = arena->blocks->next;
        wh_memory_free(arena->blocks);
        arena->blocks = next;
    }
    arena->used_bytes = 0;
}

void wh_arena_clear(struct wh_arena *arena)
{
    struct wh_arena_block *kept = arena->blocks;
    if (!kept) return;
    arena->blocks = kept->next;
    wh_arena_deinit(arena);
    if (kept->size > BLOCK_BYTES_MAX) {
        wh_memory_free(kept);
        return;
    }
    kept->next = NULL;
    kept->used = 0;
    arena->blocks = kept;
}

static void add_block(struct wh_arena *arena, size_t bytes)
{
    size_t size = arena->blocks ? arena->blocks->size * 2 : BLOCK_BYTES_MIN;
    struct wh_arena_block *block;
    if (size > BLOCK_BYTES_MAX) size = BLOCK_BYTES_MAX;
    if (size < bytes) size = bytes;
    block = wh_memory_raw(sizeof(*block) + size);
    block->used = 0;
    block->size = size;
    block->next = arena->blocks;
    arena->blocks = block;
}

void *wh_arena_raw(struct wh_arena *arena, size_t bytes)
{
    const size_t align = alignof(max_align_t);
    void *given;
    WH_ASSERT(bytes <= SIZE_MAX / 2);
    bytes = (bytes + align - 1) / align * align;
    if (!arena->blocks || arena->blocks->size - arena->blocks->used < bytes) {
        add_block(arena, bytes);
    }
    given = arena->blocks->data + arena->blocks->used;
    arena->blocks->used += bytes;
    arena->used_bytes += bytes;
    return given;
}

void *wh_arena_new(struct wh_arena *arena, size_t count, size_t size)
{
    WH_ASSERT(size == 0 || count <= (SIZE_MAX / 2) / size);
    return memset(wh_arena_raw(arena, count * size), 0, count * size);
}

struct wh_span wh_arena_copy(struct wh_arena *arena, struct wh_span span)
{
    return wh_span(wh_arena_text(arena, span), span.len);
}

char *wh_arena_text(struct wh_arena *arena, struct wh_span span)
{
    char *copy = wh_arena_raw(arena, span.len + 1);
    if (span.len > 0) memcpy(copy, span.data, span.len);
    copy[span.len] = '\0';
    return copy;
}
