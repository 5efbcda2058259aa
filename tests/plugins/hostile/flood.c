/* Writes without end to where -DTO names, until it is refused. What nobody refuses it stops at
 * STOP_BYTES and tells so with `did` 1: a test must not fill the disk of its machine. */
#include "anywhere.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define KEYS 0
#define LOG 1
#define ROWS 2
#define DISK 3
#define STDERR 4
#define NOTICES 5
#ifndef TO
#define TO KEYS
#endif
#ifndef PATH
#define PATH "/tmp/wuhao-hostile-flood"
#endif
#define STOP_BYTES (64u << 20)
#define PIECE 32768u

static char piece[PIECE];

static int put_key(uint32_t i, struct wh_failure *fail)
{
    char key[32];
    (void)snprintf(key, sizeof(key), "%08u", i);
    return host->key_put(host->self, wh_span_of(key), (struct wh_span){piece, PIECE}, fail);
}

static int post(uint32_t i, struct wh_failure *fail)
{
    char key[32];
    struct wh_notice notice = {.severity = WH_NOTICE_URGENT};
    (void)snprintf(key, sizeof(key), "%08u", i);
    notice.key = wh_span_of(key);
    notice.zh = notice.en = (struct wh_span){piece, PIECE};
    return host->notice_post(host->self, &notice, fail);
}

static int write_all(int file, struct wh_failure *fail)
{
    ssize_t wrote = file < 0 ? -1 : write(file, piece, PIECE);
    if (wrote == (ssize_t)PIECE) return 0;
    fail->code = WH_E_FAILED;
    (void)snprintf(fail->text, sizeof(fail->text), "write: refused (%s)", strerror(errno));
    return WH_E_FAILED;
}

static int fault(struct wh_call *call, struct wh_failure *fail)
{
    int where = TO, rc = 0;
    int file = where == DISK ? open(PATH, O_WRONLY | O_CREAT | O_TRUNC, 0600) : STDERR_FILENO;
    memset(piece, 'x', PIECE - 1); /* text as well as bytes */
    for (uint32_t i = 0; rc >= 0 && i < STOP_BYTES / PIECE; i++) {
        switch (where) {
        case KEYS: rc = put_key(i, fail); break;
        case LOG: host->log(host->self, 4, "hostile.flood", piece); break;
        case ROWS: rc = tell(call, 0, piece, fail); break;
        case NOTICES: rc = post(i, fail); break;
        default: rc = write_all(file, fail); break;
        }
    }
    if (where == DISK && file >= 0) (void)close(file);
    return rc < 0 ? rc : tell(call, 1, "wrote all of it", fail);
}
