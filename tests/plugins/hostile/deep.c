/* Runs out of stack. */
#include "anywhere.h"

static int deeper(volatile uint64_t *left)
{
    volatile char room[4096];
    room[0] = (char)*left;
    *left = *left - 1;
    return *left == 0 ? 0 : deeper(left) + room[0];
}

static int fault(struct wh_call *call, struct wh_failure *fail)
{
    volatile uint64_t left = UINT32_MAX;
    return tell(call, deeper(&left), "came back", fail);
}
