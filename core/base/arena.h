/* arena.h: memory of one command, turn or import, made and released together.
 *
 * Thread: the owner's. Ownership: what an arena gives lives until wh_arena_clear() or _deinit();
 * nothing in it is freed alone. A zeroed struct is an empty arena. */
#ifndef WH_BASE_ARENA_H
#define WH_BASE_ARENA_H

#include "base/span.h"

struct wh_arena_block;

struct wh_arena {
    struct wh_arena_block *blocks; /* newest first */
    size_t used_bytes;             /* handed out since the last clear */
};

void wh_arena_init(struct wh_arena *arena);
void wh_arena_deinit(struct wh_arena *arena);

/* Forgets everything but keeps one block for the next use. */
void wh_arena_clear(struct wh_arena *arena);

/* Zeroed, aligned for any type; never NULL. */
void *wh_arena_new(struct wh_arena *arena, size_t count, size_t size);

/* The same, with whatever was there before in it: for what is filled at once. */
void *wh_arena_raw(struct wh_arena *arena, size_t bytes);

/* A copy of `span` in the arena, with a zero behind it that its length does not count. */
struct wh_span wh_arena_copy(struct wh_arena *arena, struct wh_span span);

/* A copy that ends in a zero, for libraries that ask for one. */
char *wh_arena_text(struct wh_arena *arena, struct wh_span span);

#endif
