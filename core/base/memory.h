/* memory.h: the heap, for the few long-lived objects that no arena owns. A size that comes from
 * outside has been compared with its cap before; running out below the caps ends the process.
 * Thread: any. */
#ifndef WH_BASE_MEMORY_H
#define WH_BASE_MEMORY_H

#include <stddef.h>

/* Zeroed memory for `count` things of `size` bytes; never NULL. Free with wh_memory_free(). */
void *wh_memory_new(size_t count, size_t size);

/* The same, with whatever was there before in it. */
void *wh_memory_raw(size_t bytes);

/* Grows `memory` (which may be NULL) to `count` things of `size` bytes; never NULL. */
void *wh_memory_resize(void *memory, size_t count, size_t size);

/* Takes NULL. */
void wh_memory_free(void *memory);

#endif
