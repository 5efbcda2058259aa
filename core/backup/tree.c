#include "backup/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "home/file.h"

#define PART_BYTES (1u << 20)
#define FOLDERS_OPEN_MAX 32

static int fail(const char *path, enum wh_message message, struct wh_error *err)
{
    int number = errno;
    int code = number == ENOENT                                         ? WH_E_NOT_FOUND
               : number == EACCES || number == EPERM || number == EROFS ? WH_E_NOT_PERMITTED
               : number == ENOSPC || number == EDQUOT                   ? WH_E_NO_SPACE
                                                                        : WH_E_IO;
    return wh_fail(err, code, message, WH_ARGS(wh_arg_c(path), wh_arg_c(strerror(number))));
}

int wh_tree_fail_read(const char *path, struct wh_error *err)
{
    return fail(path, WH_MSG_FILE_OPEN, err);
}

int wh_tree_fail_write(const char *path, struct wh_error *err)
{
    return fail(path, WH_MSG_FILE_WRITE, err);
}

/* Fills `part` as far as the file goes; -1 where it can't be read. */
static ssize_t read_part(int fd, char *part)
{
    size_t len = 0;
    while (len < PART_BYTES) {
        ssize_t got = read(fd, part + len, PART_BYTES - len);
        if (got < 0) return -1;
        if (got == 0) break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

int wh_tree_digest(const char *path, uint8_t ret[WH_DIGEST_BYTES], uint64_t *ret_bytes,
                   struct wh_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *part;
    ssize_t len;
    int rc = 0;
    if (fd < 0) return wh_tree_fail_read(path, err);
    part = wh_memory_new(PART_BYTES, 1);
    memset(ret, 0, WH_DIGEST_BYTES);
    *ret_bytes = 0;
    while ((len = read_part(fd, part)) > 0) {
        const struct wh_span parts[] = {wh_span(ret, WH_DIGEST_BYTES), wh_span(part, (size_t)len)};
        uint8_t digest[WH_DIGEST_BYTES];
        wh_digest(parts, 2, digest, sizeof(digest));
        memcpy(ret, digest, sizeof(digest));
        *ret_bytes += (uint64_t)len;
    }
    if (len < 0) rc = wh_tree_fail_read(path, err);
    wh_memory_free(part);
    (void)close(fd); /* only read */
    return rc;
}

static int write_part(int fd, const char *part, size_t len)
{
    while (len > 0) {
        ssize_t put = write(fd, part, len);
        if (put <= 0) return -1;
        part += put;
        len -= (size_t)put;
    }
    return 0;
}

int wh_tree_copy(const char *from, const char *to, uint32_t mode, struct wh_error *err)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out;
    char *part;
    ssize_t len;
    int rc = 0;
    if (in < 0) return wh_tree_fail_read(from, err);
    out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (out < 0) {
        rc = wh_tree_fail_write(to, err);
        (void)close(in); /* only read */
        return rc;
    }
    part = wh_memory_new(PART_BYTES, 1);
    while (rc == 0 && (len = read_part(in, part)) != 0) {
        if (len < 0) rc = wh_tree_fail_read(from, err);
        if (len > 0 && write_part(out, part, (size_t)len) != 0) rc = wh_tree_fail_write(to, err);
    }
    if (rc == 0 && (fchmod(out, mode) != 0 || fsync(out) != 0)) rc = wh_tree_fail_write(to, err);
    if (close(out) != 0 && rc == 0) rc = wh_tree_fail_write(to, err);
    (void)close(in); /* only read */
    wh_memory_free(part);
    if (rc < 0) (void)unlink(to); /* half a copy is of no use */
    return rc;
}

int wh_tree_read(const char *path, struct wh_arena *arena, struct wh_span *ret,
                 struct wh_error *err)
{
    struct wh_buffer buffer = {NULL, 0, 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;
    int rc = 0;
    if (fd < 0) return wh_tree_fail_read(path, err);
    while (got > 0) {
        got = read(fd, wh_buffer_room(&buffer, 65536), 65536);
        if (got > 0) wh_buffer_grew(&buffer, (size_t)got);
    }
    if (got < 0) rc = wh_tree_fail_read(path, err);
    if (rc == 0) *ret = wh_arena_copy(arena, wh_buffer_span(&buffer));
    (void)close(fd); /* only read */
    wh_buffer_deinit(&buffer);
    return rc;
}

static int sync_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    int fd, rc;
    (void)info;
    (void)at;
    if (type == FTW_SL) return 0;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    rc = fsync(fd);
    (void)close(fd); /* only synced */
    return rc;
}

int wh_tree_sync_one(const char *path, struct wh_error *err)
{
    return sync_one(path, NULL, FTW_F, NULL) == 0 ? 0 : wh_tree_fail_write(path, err);
}

int wh_tree_sync(const char *path, struct wh_error *err)
{
    if (nftw(path, sync_one, FOLDERS_OPEN_MAX, FTW_PHYS | FTW_DEPTH) == 0) return 0;
    return wh_tree_fail_write(path, err);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    (void)remove(path); /* what stays is only in the way */
    return 0;
}

void wh_tree_remove(const char *path)
{
    (void)nftw(path, remove_one, FOLDERS_OPEN_MAX, FTW_PHYS | FTW_DEPTH);
}

int wh_tree_make_passing(struct wh_arena *arena, char **ret, struct wh_error *err)
{
    const char *tmp = getenv("TMPDIR");
    char *path = wh_path_join(arena, tmp && *tmp ? tmp : "/tmp", "wuhao-backup-XXXXXX");
    if (!mkdtemp(path)) return wh_tree_fail_write(path, err);
    *ret = path;
    return 0;
}
