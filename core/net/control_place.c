#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/control_parts.h"

#define FOLDER_SIZE 4096
#define NAME_MAX_CONTROL 64 /* so that the path by descriptor fits an address */

int wh_control_place_open(const char *path, struct wh_control_place *ret)
{
    char folder[FOLDER_SIZE];
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t len = slash ? (size_t)(slash - path) : 0;
    *ret = (struct wh_control_place){.folder = -1};
    if (len >= sizeof(folder) || strlen(name) > NAME_MAX_CONTROL) return ENAMETOOLONG;
    if (!slash) {
        (void)snprintf(folder, sizeof(folder), ".");
    } else {
        (void)snprintf(folder, sizeof(folder), "%.*s", len > 0 ? (int)len : 1, path);
    }
    ret->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (ret->folder < 0) return errno;
    (void)snprintf(ret->path, sizeof(ret->path), "/proc/self/fd/%d/%s", ret->folder, name);
    (void)snprintf(ret->endpoint, sizeof(ret->endpoint), "ipc://%s", ret->path);
    return 0;
}

void wh_control_place_close(struct wh_control_place *place)
{
    if (place->folder >= 0) (void)close(place->folder); /* only named paths with it */
    place->folder = -1;
}

int64_t wh_control_place_owner(const struct wh_control_place *place, int *ret_errno)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct ucred owner = {.pid = 0};
    socklen_t size = sizeof(owner);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    *ret_errno = errno;
    if (fd < 0) return 0;
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", place->path);
    if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0) {
        *ret_errno = errno;
    } else if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &owner, &size) != 0) {
        owner.pid = 0;
        *ret_errno = errno;
    }
    (void)close(fd);
    return owner.pid;
}
