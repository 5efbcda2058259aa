/* library.h: a plugin's shared object, loaded, and its declaration found readable: the only dlopen,
 * for the node and for the process of an isolated plugin.
 *
 * Thread: loop; in the process of an isolated plugin its one. */
#ifndef WH_HOST_LIBRARY_H
#define WH_HOST_LIBRARY_H

#include "base/span.h"

#define WH_LIBRARY_FAULT_SIZE 600

struct wh_library {
    void *handle;                     /* NULL: not loaded */
    const struct wh_plugin *declared; /* lent until it is closed; may be of an older ABI */
};

/* Loads the file, which runs its constructors, and looks at its `wuhao_plugin`. False with the
 * reason in `ret_why` where one fails; the library may then still be loaded: close it. */
bool wh_library_open(const char *path, struct wh_library *ret, char ret_why[WH_LIBRARY_FAULT_SIZE]);
/* Does nothing where it is not loaded. */
void wh_library_close(struct wh_library *library);

#endif
