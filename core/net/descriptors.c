#include "net/descriptors.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* For the store's files, local commands, the parent, plugins and backups. */
#define RESERVE_MIN 64
#define RESERVE_SHARE 4 /* of the limit, where that is more */

static _Atomic uint64_t turned_away;

uint64_t wh_descriptors_turned_away(void)
{
    return atomic_load(&turned_away);
}

/* Numbers are given out from below: a high one means that those under it are taken. The limit may
 * be changed while we run. */
static int is_of_the_reserve(int fd)
{
    struct rlimit limit;
    rlim_t reserve;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    reserve = limit.rlim_cur / RESERVE_SHARE;
    if (reserve < RESERVE_MIN) reserve = RESERVE_MIN;
    return (rlim_t)fd + reserve >= limit.rlim_cur;
}

static int is_from_outside(int fd)
{
    int domain = AF_UNIX;
    socklen_t size = sizeof(domain);
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain != AF_UNIX;
}

/* In place of the C library's, for libzmq: its listeners take ECONNABORTED for what it says. */
__attribute__((visibility("default"))) int accept4(int listener, __SOCKADDR_ARG address,
                                                   socklen_t *restrict size, int flags)
{
    int fd = (int)syscall(SYS_accept4, listener, address.__sockaddr__, size, flags);
    if (fd < 0) {
        if (errno == EMFILE) errno = ECONNABORTED;
        return fd;
    }
    if (!is_of_the_reserve(fd) || !is_from_outside(fd)) return fd;
    (void)close(fd); /* nothing was sent */
    atomic_fetch_add(&turned_away, 1);
    errno = ECONNABORTED;
    return -1;
}
