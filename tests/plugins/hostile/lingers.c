/* Leaves a thread behind that goes on after the callback has returned: it spins, and with -DTALKS
 * it calls host functions, which no other thread may. In a process of its own only. */
#include "anywhere.h"

#include <pthread.h>

static volatile uint64_t turns;
static volatile int is_on = 1;

static void *linger(void *context)
{
    (void)context;
    while (is_on) {
        turns = turns + 1;
#ifdef TALKS
        host->log(host->self, 6, "hostile.talks", "from another thread");
#endif
    }
    return NULL;
}

static int fault(struct wh_call *call, struct wh_failure *fail)
{
    pthread_t thread;
    int did = pthread_create(&thread, NULL, linger, NULL) == 0;
    if (did) (void)pthread_detach(thread);
    return tell(call, did, did ? "left a thread" : "no thread", fail);
}
