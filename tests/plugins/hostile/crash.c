/* Ends its process, in the way that -DBY names. */
#include "anywhere.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define NOWHERE 0
#define ABORT 1
#define EXIT 2
#define QUIT 3
#define KILL 4
#define BUS 5
#define DIVIDE 6
#ifndef BY
#define BY NOWHERE
#endif

static int fault(struct wh_call *call, struct wh_failure *fail)
{
    volatile int by = BY;
    volatile int *volatile nowhere = NULL;
    switch (by) {
    case ABORT: abort();
    case EXIT: exit(0);
    case QUIT: _exit(3);
    case KILL: return kill(getpid(), SIGKILL);
    case BUS: return raise(SIGBUS);
    case DIVIDE: return raise(SIGFPE);
    }
    *nowhere = 1;
    return tell(call, 0, "still here", fail);
}
