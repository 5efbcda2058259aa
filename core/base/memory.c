#include "base/memory.h"

#include <stdlib.h>

#include "base/assert.h"

void *wh_memory_new(size_t count, size_t size)
{
    void *memory = calloc(count > 0 ? count : 1, size > 0 ? size : 1);
    if (!memory) wh_out_of_memory();
    return memory;
}

void *wh_memory_raw(size_t bytes)
{
    void *memory = malloc(bytes > 0 ? bytes : 1);
    if (!memory) wh_out_of_memory();
    return memory;
}

void *wh_memory_resize(void *memory, size_t count, size_t size)
{
    void *resized = reallocarray(memory, count > 0 ? count : 1, size > 0 ? size : 1);
    if (!resized) wh_out_of_memory();
    return resized;
}

void wh_memory_free(void *memory)
{
    free(memory);
}
