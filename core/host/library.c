#include "host/library.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>

#include "isolation/declaration.h"

/* 0 where the file does not tell. */
static uint64_t bytes_of_symbol(void *symbol)
{
    const ElfW(Sym) *entry = NULL;
    Dl_info info;
    if (dladdr1(symbol, &info, (void **)&entry, RTLD_DL_SYMENT) == 0 || !entry) return 0;
    return entry->st_size;
}

bool wh_library_open(const char *path, struct wh_library *ret, char ret_why[WH_LIBRARY_FAULT_SIZE])
{
    char fault[WH_DECLARATION_FAULT_SIZE];
    void *symbol;
    *ret = (struct wh_library){.handle = dlopen(path, RTLD_NOW | RTLD_LOCAL)};
    if (!ret->handle) {
        (void)snprintf(ret_why, WH_LIBRARY_FAULT_SIZE, "%s", dlerror());
        return false;
    }
    symbol = dlsym(ret->handle, "wuhao_plugin");
    if (!symbol) {
        (void)snprintf(ret_why, WH_LIBRARY_FAULT_SIZE, "it has no symbol wuhao_plugin");
        return false;
    }
    if (!wh_declaration_is_readable(symbol, bytes_of_symbol(symbol), fault)) {
        (void)snprintf(ret_why, WH_LIBRARY_FAULT_SIZE, "%s", fault);
        return false;
    }
    ret->declared = symbol;
    return true;
}

void wh_library_close(struct wh_library *library)
{
    if (library->handle) (void)dlclose(library->handle); /* what stays mapped does no harm */
    *library = (struct wh_library){.handle = NULL};
}
