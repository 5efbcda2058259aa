/* sandbox.h: takes from the process of an isolated plugin what it needs not: memory and files
 * beyond a limit, the file system, the network, other programs and processes. What the kernel can't
 * refuse is left, and said. Thread: the process's one, before the plugin is loaded.
 *
 * Sources: landlock(7), seccomp(2), setrlimit(2). */
#ifndef WH_ISOLATION_SANDBOX_H
#define WH_ISOLATION_SANDBOX_H

#include <stdint.h>

struct wh_sandbox {
    char words[120]; /* what holds, for `plugin show` */
};

/* Limits, and the file system: only `file` (an absolute path) and system libraries can be read.
 * Then the calls of the kernel that loading a shared object needs are all that is left. */
void wh_sandbox_before_load(struct wh_sandbox *sandbox, const char *file, uint32_t memory_mb);

/* No file can be opened any more. */
void wh_sandbox_after_load(struct wh_sandbox *sandbox);

#endif
