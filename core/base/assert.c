#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void wh_assert_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "wuhao: internal mistake: %s does not hold (%s:%d)\n", condition, file, line);
    abort();
}

_Noreturn void wh_out_of_memory(void)
{
    fputs("wuhao: out of memory: the process stops; what was saved is safe\n", stderr);
    abort();
}
