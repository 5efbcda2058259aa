/* wuhao-isolated NAME FILE MEMORY_MB: the process of one isolated plugin. The node starts it, with
 * its end of the socket as descriptor 3; it ends with the node. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/num.h"
#include "host/library.h"
#include "isolation/child.h"
#include "isolation/sandbox.h"

#define SOCKET 3

/* The limits below bound what a plugin can cost; when memory is short it goes first. */
static void be_first_to_go(void)
{
    FILE *file = fopen("/proc/self/oom_score_adj", "w");
    if (!file) return;
    (void)fputs("500", file);
    (void)fclose(file); /* where it can't be set, the default holds */
}

static int run(struct wh_host_self *self, char **argv)
{
    struct wh_sandbox sandbox;
    struct wh_library library;
    char why[WH_LIBRARY_FAULT_SIZE];
    int64_t memory_mb = 0;
    if (wh_number_parse(wh_span_of(argv[3]), &memory_mb) < 0) return 2;
    wh_sandbox_before_load(&sandbox, argv[2], (uint32_t)memory_mb);
    if (!wh_library_open(argv[2], &library, why)) {
        wh_child_refuse(self, why);
        return 1;
    }
    wh_sandbox_after_load(&sandbox);
    self->plugin = library.declared; /* loaded as long as the process lives */
    return wh_child_serve(self, sandbox.words);
}

int main(int argc, char **argv)
{
    struct wh_host_self self = {.exchange = {.fd = SOCKET}};
    int rc;
    if (argc != 4) {
        (void)fputs("usage: wuhao-isolated NAME FILE MEMORY_MB (the node starts it)\n", stderr);
        return 2;
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)close_range(SOCKET + 1, ~0u, 0);
    be_first_to_go();
    rc = run(&self, argv);
    wh_exchange_deinit(&self.exchange);
    wh_buffer_deinit(&self.asking);
    wh_arena_deinit(&self.arena);
    return rc;
}
