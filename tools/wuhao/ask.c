#include "ask.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "model/protobuf.h"
#include "net/control_client.h"

static const char *socket_path(const struct wh_words *words, struct wh_arena *arena)
{
    size_t size = strlen(words->home) + sizeof("/run/control.sock");
    char *path = wh_arena_new(arena, size, 1);
    if (words->endpoint) return words->endpoint;
    (void)snprintf(path, size, "%s/run/control.sock", words->home);
    return path;
}

struct visiting {
    wh_ask_visit visit;
    void *context;
    struct wh_arena arena; /* of one frame */
};

static int visit_frame(void *context, struct wh_span frame)
{
    struct visiting *visiting = context;
    const Wh__Reply *reply;
    wh_arena_clear(&visiting->arena);
    reply = (const Wh__Reply *)wh_protobuf_unpack(&wh__reply__descriptor, frame, &visiting->arena);
    return reply ? visiting->visit(visiting->context, reply) : 0;
}

int wh_ask_node(const struct wh_words *words, const Wh__Request *request, wh_ask_visit visit,
                void *context, struct wh_error *err)
{
    struct visiting visiting = {visit, context, {NULL, 0}};
    struct wh_control_client *client = NULL;
    struct wh_arena arena = {NULL, 0};
    int rc = wh_control_client_open(socket_path(words, &arena), &client, err);
    if (rc == 0) {
        rc = wh_control_client_ask(client, wh_protobuf_pack(&request->base, &arena), visit_frame,
                                   &visiting, err);
    }
    wh_control_client_close(client);
    wh_arena_deinit(&visiting.arena);
    wh_arena_deinit(&arena);
    return rc;
}

bool wh_ask_is_running(const struct wh_words *words)
{
    struct wh_control_client *client = NULL;
    struct wh_arena arena = {NULL, 0};
    struct wh_error err;
    bool running = wh_control_client_open(socket_path(words, &arena), &client, &err) == 0;
    wh_control_client_close(client);
    wh_arena_deinit(&arena);
    return running;
}

/* ---- wuhaod --once ---- */

static void run_wuhaod(const char *home)
{
    char path[PATH_MAX] = {0}, program[PATH_MAX + 16];
    if (readlink("/proc/self/exe", path, sizeof(path) - 1) < 0) _exit(127);
    (void)snprintf(program, sizeof(program), "%s/wuhaod", dirname(path));
    (void)execl(program, "wuhaod", "-C", home, "--once", (char *)NULL);
    _exit(127);
}

static pid_t start(const char *home, int *ret_in, int *ret_out)
{
    int in[2], out[2];
    pid_t pid;
    if (pipe(in) != 0) return -1;
    if (pipe(out) != 0) return -1;
    pid = fork();
    if (pid == 0) {
        (void)dup2(in[0], STDIN_FILENO);
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(in[0]);
        (void)close(in[1]);
        (void)close(out[0]);
        (void)close(out[1]);
        run_wuhaod(home);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    *ret_in = in[1];
    *ret_out = out[0];
    return pid;
}

static bool write_all(int fd, struct wh_span bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.data, bytes.len);
        if (put <= 0) return false;
        bytes = wh_span_from(bytes, (size_t)put);
    }
    return true;
}

static bool read_all(int fd, void *ret, size_t len)
{
    char *at = ret;
    while (len > 0) {
        ssize_t got = read(fd, at, len);
        if (got <= 0) return false;
        at += got;
        len -= (size_t)got;
    }
    return true;
}

/* Frames until the last one; false where the program ended before it. */
static bool read_frames(int fd, struct visiting *visiting)
{
    uint8_t head[4];
    while (read_all(fd, head, sizeof(head))) {
        size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        struct wh_arena arena = {NULL, 0};
        char *frame;
        int rc;
        if (len > WH_REQUEST_BYTES_MAX) return false;
        frame = wh_arena_new(&arena, len, 1);
        if (!read_all(fd, frame, len)) {
            wh_arena_deinit(&arena);
            return false;
        }
        rc = visit_frame(visiting, wh_span(frame, len));
        wh_arena_deinit(&arena);
        if (rc == 1) return true;
    }
    return false;
}

int wh_ask_once(const struct wh_words *words, const Wh__Request *request, wh_ask_visit visit,
                void *context, struct wh_error *err)
{
    struct visiting visiting = {visit, context, {NULL, 0}};
    struct wh_arena arena = {NULL, 0};
    int in, out, status = 0;
    bool whole;
    pid_t pid;
    (void)signal(SIGPIPE, SIG_IGN);
    pid = start(words->home, &in, &out);
    if (pid < 0) return wh_fail(err, WH_E_FAILED, WH_MSG_ONCE, WH_ARGS(wh_arg_c(strerror(errno))));
    whole = write_all(in, wh_protobuf_pack(&request->base, &arena));
    (void)close(in);
    whole = whole && read_frames(out, &visiting);
    (void)close(out);
    (void)waitpid(pid, &status, 0);
    wh_arena_deinit(&visiting.arena);
    wh_arena_deinit(&arena);
    if (whole) return 0;
    if (WIFSIGNALED(status)) {
        int number = WTERMSIG(status);
        return wh_fail(err, WH_E_FAILED, WH_MSG_ONCE_DIED,
                       WH_ARGS(wh_arg_n(number), wh_arg_c(strsignal(number))));
    }
    return wh_fail(err, WH_E_FAILED, WH_MSG_ONCE, WH_ARGS(wh_arg_c("wuhaod")));
}
