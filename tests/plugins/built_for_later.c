/* A plugin as a later minor ABI may have it: its struct and its columns are longer than this
 * node's header knows. TAIL and COLUMN_TAIL are what stands in what the node does not know: it must
 * load while that is zero, and be refused otherwise, since it asks for something. */
#include <wuhao/plugin.h>

#ifndef TAIL
#define TAIL 0
#endif
#ifndef COLUMN_TAIL
#define COLUMN_TAIL 0
#endif

struct later_column {
    struct wh_column known;
    uint64_t more;
};
static const struct later_column columns[] = {
    {{"minutes", {"分钟", "Minutes"}, WH_INTEGER, 0}, 0},
    {{"again", {"分钟", "Minutes"}, WH_INTEGER, 0}, COLUMN_TAIL},
};
static const struct wh_command commands[] = {
    {.name = "built_for_later say",
     .title = {"说", "say"},
     .columns = WH_LIST(columns),
     .permission = WH_PERMIT_READ},
};

static int later_open(const struct wh_host *host, void **ret_self, struct wh_failure *fail)
{
    (void)fail;
    *ret_self = (void *)(uintptr_t)host;
    return 0;
}

static int later_command(void *self, uint32_t index, struct wh_call *call, struct wh_failure *fail)
{
    const struct wh_host *host = self;
    struct wh_value row[2] = {{WH_INTEGER, 0, 1, {NULL, 0}}, {WH_INTEGER, 0, 2, {NULL, 0}}};
    (void)index;
    return host->reply_row(call, row, 2, fail);
}

/* The header declares the symbol with the struct that it knows: this is the longer one. */
struct later_plugin {
    struct wh_plugin known;
    uint64_t more[4];
};
extern WH_EXPORT const struct later_plugin later_plugin __asm__("wuhao_plugin");
const struct later_plugin later_plugin = {
    .known =
        {
            .abi = WH_ABI,
            .size = sizeof(struct later_plugin),
            .name = "built_for_later",
            .version = "1.9.0",
            .title = {"说", "Says two numbers, as of a later ABI"},
            .commands = WH_LIST(commands),
            .open = later_open,
            .command = later_command,
        },
    .more = {0, 0, 0, TAIL},
};
