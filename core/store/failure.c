#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "store/rocks_parts.h"

/* What RocksDB says, and what that is for us. First match; the last matches all. */
static const struct {
    const char *words;
    int code;
    enum wh_message message;
} causes[] = {
    {"lock hold by current process", WH_E_BUSY, WH_MSG_STORE_IN_USE},
    {"While lock file", WH_E_BUSY, WH_MSG_STORE_IN_USE},
    {"No space left on device", WH_E_NO_SPACE, WH_MSG_STORE_FULL},
    {"Disk quota exceeded", WH_E_NO_SPACE, WH_MSG_STORE_FULL},
    {"Corruption", WH_E_CORRUPT, WH_MSG_STORE_CORRUPT},
    {"", WH_E_IO, WH_MSG_STORE_IO},
};

/* The process that holds RocksDB's lock, or 0. Not asked where it is this process: closing the file
 * would give up our own lock. */
static pid_t lock_holder(const char *path)
{
    char name[4096];
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    pid_t holder = 0;
    int fd;
    if (snprintf(name, sizeof(name), "%s/LOCK", path) >= (int)sizeof(name)) return 0;
    fd = open(name, O_RDWR | O_CLOEXEC);
    if (fd < 0) return 0;
    if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK) holder = lock.l_pid;
    (void)close(fd); /* only read */
    return holder > 0 ? holder : 0;
}

static int fail_in_use(const struct wh_rocks *rocks, const char *text, struct wh_error *err)
{
    pid_t holder = strstr(text, causes[0].words) ? getpid() : lock_holder(rocks->path);
    struct wh_arg path = wh_arg_c(rocks->path);
    if (holder == 0) {
        return wh_fail(err, WH_E_BUSY, WH_MSG_STORE_IN_USE_SOMEBODY, WH_ARGS(path));
    }
    return wh_fail(err, WH_E_BUSY, WH_MSG_STORE_IN_USE, WH_ARGS(path, wh_arg_n(holder)));
}

int wh_rocks_fail(const struct wh_rocks *rocks, char *text, struct wh_error *err)
{
    size_t i = 0;
    int code;
    while (!strstr(text, causes[i].words)) i++;
    code = causes[i].code;
    if (code == WH_E_BUSY) {
        code = fail_in_use(rocks, text, err);
    } else {
        (void)wh_fail(err, code, causes[i].message, WH_ARGS(wh_arg_c(rocks->path), wh_arg_c(text)));
    }
    rocksdb_free(text);
    return code;
}
