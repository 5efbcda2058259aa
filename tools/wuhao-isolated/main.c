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

/* As much of the struct as its symbol has: a size that says more would be read beyond its end. */
static const char *check(const struct wh_plugin *plugin, void *symbol, char *ret, size_t size)
{
    const ElfW(Sym) *entry = NULL;
    Dl_info info;
    if (dladdr1(symbol, &info, (void **)&entry, RTLD_DL_SYMENT) == 0 || !entry) return NULL;
    if (entry->st_size >= plugin->size) return NULL;
    (void)snprintf(ret, size, "its struct wh_plugin says %u bytes and has %llu", plugin->size,
                   (unsigned long long)entry->st_size);
    return ret;
}

static int run(struct wh_host_self *self, char **argv)
{
    struct wh_sandbox sandbox;
    char why[400];
    int64_t memory_mb = 0;
    void *library;
    if (wh_number_parse(wh_span_of(argv[3]), &memory_mb) < 0) return 2;
    wh_sandbox_before_load(&sandbox, argv[2], (uint32_t)memory_mb);
    library = dlopen(argv[2], RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        wh_child_refuse(self, dlerror());
        return 1;
    }
    wh_sandbox_after_load(&sandbox);
    self->plugin = dlsym(library, "wuhao_plugin");
    if (!self->plugin) {
        wh_child_refuse(self, "it has no symbol wuhao_plugin");
        return 1;
    }
    if (check(self->plugin, (void *)(uintptr_t)self->plugin, why, sizeof(why))) {
        wh_child_refuse(self, why);
        return 1;
    }
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
