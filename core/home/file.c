#include "home/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES_MAX (1u << 20)

static int fail_open(const char *path, struct wh_error *err)
{
    return wh_fail(err, errno == ENOENT ? WH_E_NOT_FOUND : WH_E_IO, WH_MSG_FILE_OPEN,
                   WH_ARGS(wh_arg_c(path), wh_arg_c(strerror(errno))));
}

static int fail_write(const char *path, struct wh_error *err)
{
    return wh_fail(err, errno == ENOSPC ? WH_E_NO_SPACE : WH_E_IO, WH_MSG_FILE_WRITE,
                   WH_ARGS(wh_arg_c(path), wh_arg_c(strerror(errno))));
}

int wh_file_read(const char *path, struct wh_arena *arena, struct wh_span *ret,
                 struct wh_error *err)
{
    return wh_file_read_up_to(path, FILE_BYTES_MAX, arena, ret, err);
}

int wh_file_read_up_to(const char *path, size_t bytes_max, struct wh_arena *arena,
                       struct wh_span *ret, struct wh_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe must not hold the loop */
    struct stat info;
    size_t len = 0;
    char *content;
    int rc = 0;
    if (fd < 0) return fail_open(path, err);
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || (size_t)info.st_size > bytes_max) {
        rc = wh_fail(err, WH_E_TOO_BIG, WH_MSG_FILE_BIG, WH_ARGS(wh_arg_c(path)));
        goto out;
    }
    content = wh_arena_new(arena, (size_t)info.st_size + 1, 1);
    while (len < (size_t)info.st_size) {
        ssize_t got = read(fd, content + len, (size_t)info.st_size - len);
        if (got < 0) rc = fail_open(path, err);
        if (got <= 0) break;
        len += (size_t)got;
    }
    if (rc == 0) *ret = wh_span(content, len);
out:
    (void)close(fd); /* only read */
    return rc;
}

static int write_all(int fd, struct wh_span content)
{
    while (content.len > 0) {
        ssize_t put = write(fd, content.data, content.len);
        if (put <= 0) return -1;
        content = wh_span_from(content, (size_t)put);
    }
    return fsync(fd);
}

static int sync_parent(const char *path)
{
    char copy[PATH_MAX];
    int fd, rc;
    (void)snprintf(copy, sizeof(copy), "%s", path);
    fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -1;
    rc = fsync(fd);
    (void)close(fd); /* only synced */
    return rc;
}

int wh_file_write(const char *path, struct wh_span content, uint32_t mode, struct wh_error *err)
{
    char beside[PATH_MAX];
    int fd, rc = 0;
    if (snprintf(beside, sizeof(beside), "%s.new", path) >= (int)sizeof(beside)) {
        return wh_fail(err, WH_E_TOO_BIG, WH_MSG_FILE_BIG, WH_ARGS(wh_arg_c(path)));
    }
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0) return fail_write(path, err);
    if (fchmod(fd, mode) != 0 || write_all(fd, content) != 0) rc = fail_write(path, err);
    if (close(fd) != 0 && rc == 0) rc = fail_write(path, err);
    if (rc == 0 && rename(beside, path) != 0) rc = fail_write(path, err);
    if (rc == 0 && sync_parent(path) != 0) rc = fail_write(path, err);
    if (rc < 0) (void)unlink(beside); /* what could not be written is of no use */
    return rc;
}

int wh_dir_make(const char *path, uint32_t mode, struct wh_error *err)
{
    if (mkdir(path, mode) != 0 && errno != EEXIST) return fail_write(path, err);
    return chmod(path, mode) == 0 ? 0 : fail_write(path, err);
}

char *wh_path_join(struct wh_arena *arena, const char *dir, const char *name)
{
    size_t size = strlen(dir) + strlen(name) + 2;
    char *path = wh_arena_new(arena, size, 1);
    (void)snprintf(path, size, "%s%s%s", dir, *dir ? "/" : "", name);
    return path;
}

char *wh_program_dir(struct wh_arena *arena)
{
    char path[PATH_MAX] = {0};
    if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0) return NULL;
    return wh_arena_text(arena, wh_span_of(dirname(path)));
}
