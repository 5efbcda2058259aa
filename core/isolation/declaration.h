/* declaration.h: a `struct wh_plugin` as a file has it, looked at before it is read whole: its ABI,
 * its size, its lists. Thread: any. */
#ifndef WH_ISOLATION_DECLARATION_H
#define WH_ISOLATION_DECLARATION_H

#include "base/span.h"

#define WH_DECLARATION_FAULT_SIZE 200

/* `symbol_bytes` is the size that the file gives the symbol; 0: not known. False with the reason in
 * `ret` where it can't be read: another ABI, too short, longer than its symbol, lists without their
 * items or with items too short, or more than this node knows that is not zero. */
bool wh_declaration_is_readable(const struct wh_plugin *declared, uint64_t symbol_bytes,
                                char ret[WH_DECLARATION_FAULT_SIZE]);

#endif
