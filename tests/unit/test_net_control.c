/* Both ends of the control socket: a round trip, and what a client is told when a node is not there
 * or dies. */
#include <ftw.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "net/control_client.h"
#include "net/control_server.h"
#include "net/neighbours.h"

#define UNREACHABLE_MS_MAX 5000 /* contract.md "Programs" */

struct place {
    char home[256];
    char path[700]; /* of the socket */
    pid_t child;
    struct wh_arena arena;
    struct wh_error err;
};

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *ftw)
{
    (void)stat;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int set_up(void **state)
{
    const char *tmp = getenv("TMPDIR");
    struct place *place = calloc(1, sizeof(*place));
    assert_non_null(place);
    (void)snprintf(place->home, sizeof(place->home), "%s/wuhao-net-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(place->home));
    (void)snprintf(place->path, sizeof(place->path), "%s/run/control.sock", place->home);
    *state = place;
    return 0;
}

static void kill_node(struct place *place)
{
    if (place->child <= 0) return;
    (void)kill(place->child, SIGKILL);
    (void)waitpid(place->child, NULL, 0);
    place->child = 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    kill_node(place);
    wh_arena_deinit(&place->arena);
    (void)nftw(place->home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(place);
    return 0;
}

static enum wh_admitted admit_nobody(void *context, const uint8_t key[WH_NODE_KEY_BYTES],
                                     struct wh_span *ret_unit)
{
    (void)context;
    (void)key;
    (void)ret_unit;
    return WH_ADMITTED_NO;
}

/* Answers every request with `frames` frames: the request itself, and "." as the last one. */
static void serve(struct wh_wire *wire, struct wh_control_server *server, int frames)
{
    struct wh_control_request request;
    for (;;) {
        (void)wh_wire_wait(wire, server, NULL, 0, -1);
        while (wh_control_server_receive(server, &request)) {
            for (int i = 1; i < frames; i++) {
                (void)wh_control_server_send(server, request.client, request.bytes);
            }
            (void)wh_control_server_send(server, request.client, WH_S("."));
        }
    }
}

/* A node in a process of its own; with 0 frames it reads a request and never ends its reply. */
static void start_node(struct place *place, int frames)
{
    int ends[2];
    char byte;
    assert_int_equal(pipe(ends), 0);
    place->child = fork();
    assert_true(place->child >= 0);
    if (place->child == 0) {
        struct wh_wire_config config = {.admit = admit_nobody};
        struct wh_control_request request;
        struct wh_control_server *server;
        struct wh_wire *wire;
        if (wh_wire_open(&config, &wire, &place->err) != 0 ||
            wh_control_server_open(place->path, &server, &place->err) != 0 ||
            write(ends[1], "!", 1) != 1) {
            _exit(1);
        }
        if (frames > 0) serve(wire, server, frames);
        while (!wh_control_server_receive(server, &request)) {
            (void)wh_wire_wait(wire, server, NULL, 0, -1);
        }
        (void)wh_control_server_send(server, request.client, WH_S("first"));
        for (;;) (void)pause();
    }
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    (void)close(ends[0]);
}

struct heard {
    struct place *kill; /* the node to kill at the first frame; or NULL */
    int frames;
    size_t bytes;
};

static int hear(void *context, struct wh_span frame)
{
    struct heard *heard = context;
    heard->frames++;
    heard->bytes += frame.len;
    if (heard->kill) kill_node(heard->kill);
    return wh_span_equal(frame, WH_S(".")) ? 1 : 0;
}

static int ask(struct place *place, struct wh_span request, struct heard *heard)
{
    struct wh_control_client *client = NULL;
    int rc = wh_control_client_open(place->path, &client, &place->err);
    if (rc == 0) rc = wh_control_client_ask(client, request, hear, heard, &place->err);
    wh_control_client_close(client);
    return rc;
}

static void assert_error(struct place *place, const char *words)
{
    struct wh_span text = wh_error_text(&place->err, WH_EN, &place->arena);
    if (!strstr(text.data, words)) fail_msg("`%s` does not say `%s`", text.data, words);
}

static void a_request_is_answered_frame_by_frame(void **state)
{
    struct place *place = *state;
    struct heard heard = {.frames = 0};
    start_node(place, 3);
    assert_int_equal(ask(place, WH_S("status"), &heard), 0);
    assert_int_equal(heard.frames, 3);
    assert_int_equal(heard.bytes, 2 * 6 + 1);
    assert_int_equal(ask(place, WH_S("again"), &heard), 0);
}

static void a_large_request_arrives_and_a_larger_one_is_refused(void **state)
{
    struct place *place = *state;
    struct heard heard = {.frames = 0};
    size_t size = WH_INPUT_BYTES_MAX;
    char *bytes = calloc(WH_REQUEST_BYTES_MAX + 1, 1);
    assert_non_null(bytes);
    start_node(place, 2);
    assert_int_equal(ask(place, wh_span(bytes, size), &heard), 0);
    assert_int_equal(heard.bytes, size + 1);
    assert_int_equal(ask(place, wh_span(bytes, WH_REQUEST_BYTES_MAX + 1), &heard), WH_E_TOO_BIG);
    free(bytes);
}

static void only_its_owner_may_open_the_socket(void **state)
{
    struct place *place = *state;
    struct wh_control_server *server;
    struct stat stats;
    char folder[300];
    assert_int_equal(wh_control_server_open(place->path, &server, &place->err), 0);
    (void)snprintf(folder, sizeof(folder), "%s/run", place->home);
    assert_int_equal(stat(folder, &stats), 0);
    assert_int_equal(stats.st_mode & 0777, 0700);
    assert_int_equal(stat(place->path, &stats), 0);
    assert_int_equal(stats.st_mode & 0777, 0600);
    wh_control_server_close(server);
    assert_int_not_equal(stat(place->path, &stats), 0);
}

static void a_socket_that_is_not_there_is_unreachable_at_once(void **state)
{
    struct place *place = *state;
    struct heard heard = {.frames = 0};
    int64_t began_ms = now_ms();
    assert_int_equal(ask(place, WH_S("status"), &heard), WH_E_UNREACHABLE);
    assert_error(place, "nobody answers");
    assert_true(now_ms() - began_ms < UNREACHABLE_MS_MAX / 5);
}

static void the_socket_of_a_dead_node_is_unreachable_and_replaced(void **state)
{
    struct place *place = *state;
    struct heard heard = {.frames = 0};
    int64_t began_ms;
    start_node(place, 1);
    kill_node(place);
    assert_int_equal(access(place->path, F_OK), 0);
    began_ms = now_ms();
    assert_int_equal(ask(place, WH_S("status"), &heard), WH_E_UNREACHABLE);
    assert_true(now_ms() - began_ms < UNREACHABLE_MS_MAX / 5);
    start_node(place, 1);
    assert_int_equal(ask(place, WH_S("status"), &heard), 0);
}

static void a_node_killed_in_the_middle_is_unreachable(void **state)
{
    struct place *place = *state;
    struct heard heard = {.kill = place};
    int64_t began_ms;
    start_node(place, 0);
    began_ms = now_ms();
    assert_int_equal(ask(place, WH_S("status"), &heard), WH_E_UNREACHABLE);
    assert_int_equal(heard.frames, 1);
    assert_error(place, "may have been saved");
    assert_true(now_ms() - began_ms < UNREACHABLE_MS_MAX);
}

static void a_stopped_node_is_unreachable_within_five_seconds(void **state)
{
    struct place *place = *state;
    struct heard heard = {.frames = 0};
    int64_t began_ms;
    start_node(place, 1);
    (void)kill(place->child, SIGSTOP);
    assert_int_equal(waitpid(place->child, NULL, WUNTRACED), place->child); /* all its threads */
    began_ms = now_ms();
    assert_int_equal(ask(place, WH_S("status"), &heard), WH_E_UNREACHABLE);
    assert_true(now_ms() - began_ms < UNREACHABLE_MS_MAX);
}

static void the_socket_of_a_living_node_is_not_taken_away(void **state)
{
    struct place *place = *state;
    struct heard heard = {.frames = 0};
    struct wh_control_server *server;
    char words[64];
    start_node(place, 1);
    assert_int_equal(wh_control_server_open(place->path, &server, &place->err), WH_E_BUSY);
    (void)snprintf(words, sizeof(words), "in use by process %d", (int)place->child);
    assert_error(place, words);
    assert_int_equal(ask(place, WH_S("status"), &heard), 0);
}

static void a_home_may_lie_deep(void **state)
{
    struct place *place = *state;
    struct heard heard = {.frames = 0};
    size_t len = strlen(place->home);
    memcpy(place->path, place->home, len);
    for (int i = 0; i < 8; i++) {
        (void)snprintf(place->path + len, sizeof(place->path) - len, "/%032d", i);
        assert_int_equal(mkdir(place->path, 0700), 0);
        len = strlen(place->path);
    }
    (void)snprintf(place->path + len, sizeof(place->path) - len, "/run/control.sock");
    assert_true(strlen(place->path) > sizeof(((struct sockaddr_un *)0)->sun_path));
    start_node(place, 1);
    assert_int_equal(ask(place, WH_S("status"), &heard), 0);
}

static void a_client_that_went_away_is_gone(void **state)
{
    struct place *place = *state;
    struct wh_wire_config config = {.admit = admit_nobody};
    struct wh_control_request request;
    struct wh_control_server *server;
    struct wh_wire *wire;
    int64_t deadline_ms = now_ms() + 20000;
    enum wh_control_sent sent = WH_CONTROL_SENT;
    int ends[2];
    char byte;
    assert_int_equal(pipe(ends), 0);
    place->child = fork(); /* before this process has threads */
    assert_true(place->child >= 0);
    if (place->child == 0) {
        struct heard heard = {.frames = 0};
        if (read(ends[0], &byte, 1) != 1) _exit(1);
        _exit(-ask(place, WH_S("status"), &heard));
    }
    assert_int_equal(wh_wire_open(&config, &wire, &place->err), 0);
    assert_int_equal(wh_control_server_open(place->path, &server, &place->err), 0);
    assert_int_equal(write(ends[1], "!", 1), 1);
    (void)close(ends[0]);
    (void)close(ends[1]);
    while (!wh_control_server_receive(server, &request)) {
        assert_true(now_ms() < deadline_ms);
        (void)wh_wire_wait(wire, server, NULL, 0, 100);
    }
    kill_node(place);
    while (sent != WH_CONTROL_GONE) {
        assert_true(now_ms() < deadline_ms);
        (void)wh_wire_wait(wire, server, NULL, 0, 1);
        sent = wh_control_server_send(server, request.client, WH_S("frame"));
    }
    wh_control_server_close(server);
    wh_wire_close(wire);
}

static void waiting_tells_which_descriptor_is_ready(void **state)
{
    struct place *place = *state;
    struct wh_wire_config config = {.admit = admit_nobody};
    struct wh_wire *wire;
    struct wh_watch watch;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(wh_wire_open(&config, &wire, &place->err), 0);
    watch = (struct wh_watch){.fd = ends[0]};
    assert_int_equal(wh_wire_wait(wire, NULL, &watch, 1, 0), 0);
    assert_int_equal(write(ends[1], "!", 1), 1);
    assert_int_equal(wh_wire_wait(wire, NULL, &watch, 1, -1), WH_READY_WATCH);
    assert_true(watch.ready);
    (void)close(ends[0]);
    (void)close(ends[1]);
    wh_wire_close(wire);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_request_is_answered_frame_by_frame),
        TEST(a_large_request_arrives_and_a_larger_one_is_refused),
        TEST(only_its_owner_may_open_the_socket),
        TEST(a_socket_that_is_not_there_is_unreachable_at_once),
        TEST(the_socket_of_a_dead_node_is_unreachable_and_replaced),
        TEST(a_node_killed_in_the_middle_is_unreachable),
        TEST(a_stopped_node_is_unreachable_within_five_seconds),
        TEST(the_socket_of_a_living_node_is_not_taken_away),
        TEST(a_home_may_lie_deep),
        TEST(a_client_that_went_away_is_gone),
        TEST(waiting_tells_which_descriptor_is_ready),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
