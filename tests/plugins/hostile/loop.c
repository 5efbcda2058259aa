/* Never comes back. */
#include "anywhere.h"

static volatile uint64_t turns;
static volatile int is_on = 1;

static int fault(struct wh_call *call, struct wh_failure *fail)
{
    (void)call;
    (void)fail;
    while (is_on) turns = turns + 1;
    return 0;
}
