/* wuhao-isolated NAME FILE MEMORY_MB: the process of one isolated plugin. The node starts it, with
 * its end of the socket as descriptor 3; it ends with the node. */
#include <dlfcn.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/num.h"
#include "isolation/child.h"
#include "isolation/declaration.h"
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

static uint64_t bytes_of_symbol(void *symbol)
{
    const ElfW(Sym) *entry = NULL;
    Dl_info info;
    if (dladdr1(symbol, &info, (void **)&entry, RTLD_DL_SYMENT) == 0 || !entry) return 0;
    return entry->st_size;
}

static int run(struct wh_host_self *self, char **argv)
{
    struct wh_sandbox sandbox;
    char why[WH_DECLARATION_FAULT_SIZE];
    int64_t memory_mb = 0;
    void *library, *symbol;
    if (wh_number_parse(wh_span_of(argv[3]), &memory_mb) < 0) return 2;
    wh_sandbox_before_load(&sandbox, argv[2], (uint32_t)memory_mb);
    library = dlopen(argv[2], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        wh_child_refuse(self, dlerror());
        return 1;
    }
    wh_sandbox_after_load(&sandbox);
    symbol = dlsym(library, "wuhao_plugin");
    if (!symbol) {
        wh_child_refuse(self, "it has no symbol wuhao_plugin");
        return 1;
    }
    if (!wh_declaration_is_readable(symbol, bytes_of_symbol(symbol), why)) {
        wh_child_refuse(self, why);
        return 1;
    }
    self->plugin = symbol;
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
