#include "isolation/proxy.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "isolation/failure.h"
#include "isolation/proxy_parts.h"

#define SOCKET_IN_CHILD 3 /* the child knows it by this number */
#define REST_MS_MAX 60000
#define FREE_OF_REST 1 /* the first death costs no rest */

/* ---- The process ---- */

static int spawn(struct wh_proxy *proxy, int child_end)
{
    char memory[16];
    char *const argv[] = {(char *)proxy->config.program, (char *)proxy->config.name,
                          (char *)proxy->config.file, memory, NULL};
    char *const environment[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    int rc;
    (void)snprintf(memory, sizeof(memory), "%u", proxy->config.memory_mb);
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    (void)posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    (void)posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    (void)posix_spawn_file_actions_adddup2(&actions, child_end, SOCKET_IN_CHILD);
    (void)posix_spawnattr_init(&attributes);
    (void)sigemptyset(&none);
    (void)posix_spawnattr_setsigmask(&attributes, &none); /* the node's loop blocks some */
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    rc = posix_spawn(&proxy->pid, proxy->config.program, &actions, &attributes, argv, environment);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (rc != 0) proxy->pid = 0;
    return rc;
}

static void say_end(struct wh_proxy *proxy, int status, int why)
{
    if (why == WH_E_BUSY) {
        (void)snprintf(proxy->end, sizeof(proxy->end), "did not return within %d ms and was ended",
                       WH_CALL_BUDGET_MS);
    } else if (why == WH_E_CORRUPT) {
        (void)snprintf(proxy->end, sizeof(proxy->end),
                       "sent bytes that are no message and was ended (only the host's table may "
                       "write to its socket)");
    } else if (WIFSIGNALED(status)) {
        (void)snprintf(proxy->end, sizeof(proxy->end), "its process ended by signal %d (%s)",
                       WTERMSIG(status), strsignal(WTERMSIG(status)));
    } else if (WEXITSTATUS(status) == WH_EXIT_OTHER_THREAD) {
        (void)snprintf(proxy->end, sizeof(proxy->end),
                       "it called a host function from another thread and was ended");
    } else {
        (void)snprintf(proxy->end, sizeof(proxy->end), "its process left with exit code %d",
                       WEXITSTATUS(status));
    }
}

/* Ends what is left of the process and keeps how it ended. */
static void bury(struct wh_proxy *proxy, int why)
{
    int status = 0;
    if (proxy->pid == 0) return;
    /* one that is gone by itself is about to be a corpse: its own end is told, not ours */
    if (why != WH_E_UNREACHABLE) (void)kill(proxy->pid, SIGKILL);
    wh_exchange_deinit(&proxy->exchange);
    for (int tries = 0; waitpid(proxy->pid, &status, tries < 50 ? WNOHANG : 0) == 0; tries++) {
        struct timespec pause = {0, 2000000};
        if (tries == 49) (void)kill(proxy->pid, SIGKILL); /* it closed the socket and lives on */
        (void)nanosleep(&pause, NULL);
    }
    proxy->pid = 0;
    say_end(proxy, status, why);
}

static void rest(struct wh_proxy *proxy)
{
    uint32_t over = proxy->deaths_in_a_row - FREE_OF_REST;
    int64_t ms = proxy->deaths_in_a_row <= FREE_OF_REST ? 0 : 1000ll << (over > 7 ? 7 : over - 1);
    if (ms > REST_MS_MAX) ms = REST_MS_MAX;
    proxy->rest_until_ms = wh_exchange_now_ms() + ms;
}

static int die(struct wh_proxy *proxy, int why, struct wh_failure *failure)
{
    bury(proxy, why);
    proxy->died = true;
    proxy->deaths_in_a_row++;
    rest(proxy);
    return wh_failure_say(failure, WH_E_FAILED, "plugin %s: %s", proxy->config.name, proxy->end);
}

/* ---- A callback ---- */

static int finish(struct wh_proxy *proxy, struct wh_wire *returned, struct wh_failure *failure)
{
    uint32_t code = 0;
    struct wh_span text;
    int rc;
    wh_wire_u32(returned, &code);
    wh_wire_span(returned, &text);
    if (returned->broken) return die(proxy, WH_E_CORRUPT, failure);
    rc = (int)code;
    proxy->deaths_in_a_row = 0;
    if (rc >= 0) return rc;
    return wh_failure_say(failure, rc, "%.*s", (int)text.len, text.data ? text.data : "");
}

/* Carries out what was asked, and sends what it gave back unless nobody waits for it. */
static int answer(struct wh_proxy *proxy, enum wh_frame what, struct wh_span asked,
                  int64_t deadline_ms)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_buffer payload = {NULL, 0, 0}, framed = {NULL, 0, 0};
    struct wh_failure failure = {.code = 0};
    struct wh_wire wire = wh_wire_put(&framed);
    struct wh_span text;
    uint32_t code;
    int rc = wh_proxy_answer(proxy, asked, &arena, &payload, &failure);
    code = (uint32_t)rc;
    if (rc != WH_E_CORRUPT) rc = 0;
    if (rc == 0 && what == WH_FRAME_ASK) {
        text = wh_failure_text(&failure);
        wh_wire_u32(&wire, &code);
        wh_wire_span(&wire, &text);
        wh_buffer_put(&framed, wh_buffer_span(&payload));
        rc = wh_exchange_send(&proxy->exchange, WH_FRAME_ANSWER, wh_buffer_span(&framed),
                              deadline_ms);
    }
    wh_buffer_deinit(&payload);
    wh_buffer_deinit(&framed);
    wh_arena_deinit(&arena);
    return rc;
}

/* Sends the call and serves the process until it returns. */
static int carry_out(struct wh_proxy *proxy, struct wh_span call, struct wh_failure *failure)
{
    int64_t deadline_ms = wh_exchange_now_ms() + WH_CALL_BUDGET_MS;
    int rc = wh_exchange_send(&proxy->exchange, WH_FRAME_CALL, call, deadline_ms);
    while (rc == 0) {
        struct wh_wire wire;
        enum wh_frame what;
        struct wh_span payload;
        rc = wh_exchange_receive(&proxy->exchange, &what, &payload, deadline_ms);
        if (rc < 0) break;
        if (what == WH_FRAME_RETURN) {
            wire = wh_wire_take(payload, NULL);
            return finish(proxy, &wire, failure);
        }
        if (what == WH_FRAME_ASK || what == WH_FRAME_TELL) {
            rc = answer(proxy, what, payload, deadline_ms);
        } else {
            rc = WH_E_CORRUPT;
        }
    }
    return die(proxy, rc == WH_E_TOO_BIG ? WH_E_CORRUPT : rc, failure);
}

static int open_again(struct wh_proxy *proxy, struct wh_failure *failure);

/* One callback in the process, which is started first where there is none. */
static int run(struct wh_proxy *proxy, const struct wh_buffer *call, struct wh_failure *failure)
{
    int rc = 0;
    wh_proxy_reap(proxy);
    if (proxy->pid == 0) rc = open_again(proxy, failure);
    return rc < 0 ? rc : carry_out(proxy, wh_buffer_span(call), failure);
}

static struct wh_wire begin(struct wh_buffer *call, enum wh_callback callback, uint32_t index)
{
    struct wh_wire wire = wh_wire_put(call);
    uint32_t which = callback;
    wh_wire_u32(&wire, &which);
    wh_wire_u32(&wire, &index);
    return wire;
}

static int run_plain(struct wh_proxy *proxy, enum wh_callback callback, uint32_t index,
                     struct wh_failure *failure)
{
    struct wh_buffer call = {NULL, 0, 0};
    int rc;
    (void)begin(&call, callback, index);
    rc = run(proxy, &call, failure);
    wh_buffer_deinit(&call);
    return rc;
}

/* ---- Starting ---- */

static int read_declared(struct wh_proxy *proxy, struct wh_span payload, struct wh_failure *failure)
{
    struct wh_wire wire = wh_wire_take(payload, &proxy->arena);
    struct wh_span sandbox, declared;
    bool is_first = proxy->declared.len == 0;
    wh_wire_span(&wire, &sandbox);
    (void)snprintf(proxy->sandbox, sizeof(proxy->sandbox), "%.*s", (int)sandbox.len,
                   sandbox.data ? sandbox.data : "");
    wh_wire_span(&wire, &declared);
    if (wire.broken) return die(proxy, WH_E_CORRUPT, failure);
    if (is_first) {
        wh_buffer_put(&proxy->declared, declared);
    } else if (!wh_span_equal(wh_buffer_span(&proxy->declared), declared)) {
        bury(proxy, WH_E_CORRUPT);
        return wh_failure_say(failure, WH_E_FAILED,
                              "plugin %s: it declares something else than before",
                              proxy->config.name);
    }
    return 0;
}

/* Starts the process and hears what it declares, or why it can't be loaded. */
static int start(struct wh_proxy *proxy, struct wh_failure *failure)
{
    int64_t deadline_ms = wh_exchange_now_ms() + WH_CALL_BUDGET_MS;
    struct wh_span payload;
    enum wh_frame what;
    int ends[2], rc;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        return wh_failure_say(failure, WH_E_FAILED, "no socket for its process: %s",
                              strerror(errno));
    }
    proxy->exchange = (struct wh_exchange){.fd = ends[0]};
    rc = spawn(proxy, ends[1]);
    (void)close(ends[1]); /* the child has it */
    if (rc != 0) {
        wh_exchange_deinit(&proxy->exchange);
        return wh_failure_say(failure, WH_E_FAILED, "%s can't be started: %s",
                              proxy->config.program, strerror(rc));
    }
    rc = wh_exchange_receive(&proxy->exchange, &what, &payload, deadline_ms);
    if (rc < 0) return die(proxy, rc, failure);
    if (what == WH_FRAME_RETURN) {
        struct wh_wire wire = wh_wire_take(payload, NULL);
        rc = finish(proxy, &wire, failure);
        bury(proxy, WH_E_BUSY);
        return rc < 0 ? rc : WH_E_FAILED;
    }
    if (what != WH_FRAME_DECLARED) return die(proxy, WH_E_CORRUPT, failure);
    return read_declared(proxy, payload, failure);
}

/* `open` once more, for a process that took the place of one that ended. */
static int open_again(struct wh_proxy *proxy, struct wh_failure *failure)
{
    struct wh_buffer call = {NULL, 0, 0};
    int64_t wait_ms = wh_proxy_rest_ms(proxy);
    uint32_t deaths = proxy->deaths_in_a_row;
    int rc;
    if (wait_ms > 0) {
        return wh_failure_say(failure, WH_E_FAILED, "plugin %s: %s; it starts again in %lld s",
                              proxy->config.name, proxy->end, (long long)(wait_ms + 999) / 1000);
    }
    rc = start(proxy, failure);
    if (rc < 0) return rc;
    (void)begin(&call, WH_CALLBACK_OPEN, 0);
    rc = carry_out(proxy, wh_buffer_span(&call), failure);
    wh_buffer_deinit(&call);
    if (rc >= 0) proxy->deaths_in_a_row = deaths; /* until the callback itself has returned */
    return rc < 0 ? rc : 0;
}

/* ---- The callbacks of the plugin that the host sees ---- */

static int proxy_open(const struct wh_host *host, void **ret_self, struct wh_failure *failure)
{
    struct wh_proxy *proxy = *ret_self;
    proxy->host = host;
    return run_plain(proxy, WH_CALLBACK_OPEN, 0, failure);
}

static void proxy_close(void *self)
{
    struct wh_proxy *proxy = self;
    struct wh_failure failure;
    if (proxy->pid == 0) return;
    (void)run_plain(proxy, WH_CALLBACK_CLOSE, 0, &failure); /* it ends anyway */
    bury(proxy, WH_E_UNREACHABLE); /* opened again at once, it must not meet the one that leaves */
}

static int proxy_measure(void *self, const struct wh_cell *cell, struct wh_failure *failure)
{
    struct wh_buffer call = {NULL, 0, 0};
    struct wh_wire wire = begin(&call, WH_CALLBACK_MEASURE, 0);
    struct wh_cell copy = *cell;
    int rc;
    wh_wire_cell(&wire, &copy);
    rc = run(self, &call, failure);
    wh_buffer_deinit(&call);
    return rc;
}

static int proxy_counts(void *self, const struct wh_cell *cell, const struct wh_metric *metric,
                        const struct wh_record_view *record)
{
    struct wh_buffer call = {NULL, 0, 0};
    struct wh_wire wire = begin(&call, WH_CALLBACK_COUNTS, 0);
    struct wh_failure failure = {.code = 0};
    struct wh_cell cell_copy = *cell;
    struct wh_record_view record_copy = *record;
    const char *id = metric->id;
    int rc;
    wh_wire_cell(&wire, &cell_copy);
    wh_wire_text(&wire, &id);
    wh_wire_record(&wire, &record_copy);
    rc = run(self, &call, &failure);
    wh_buffer_deinit(&call);
    return rc;
}

static int proxy_command(void *self, uint32_t index, struct wh_call *call,
                         struct wh_failure *failure)
{
    struct wh_proxy *proxy = self;
    int rc;
    proxy->call = call;
    rc = run_plain(proxy, WH_CALLBACK_COMMAND, index, failure);
    proxy->call = NULL;
    return rc;
}

static int proxy_job(void *self, uint32_t index, struct wh_failure *failure)
{
    return run_plain(self, WH_CALLBACK_JOB, index, failure);
}

static int proxy_rows_changed(void *self, struct wh_list changes, struct wh_failure *failure)
{
    struct wh_buffer call = {NULL, 0, 0};
    struct wh_wire wire = begin(&call, WH_CALLBACK_ROWS_CHANGED, 0);
    int rc;
    wh_wire_list(&wire, &changes, sizeof(struct wh_row_change), wh_wire_change);
    rc = run(self, &call, failure);
    wh_buffer_deinit(&call);
    return rc;
}

static int proxy_meets(void *self, const struct wh_duty *duty, const struct wh_record_view *record)
{
    struct wh_buffer call = {NULL, 0, 0};
    struct wh_wire wire = begin(&call, WH_CALLBACK_MEETS, 0);
    struct wh_failure failure = {.code = 0};
    struct wh_duty duty_copy = *duty;
    struct wh_record_view record_copy = *record;
    int rc;
    wh_wire_duty(&wire, &duty_copy);
    wh_wire_record(&wire, &record_copy);
    rc = run(self, &call, &failure);
    wh_buffer_deinit(&call);
    return rc;
}

/* ---- From outside ---- */

static int take_declaration(struct wh_proxy *proxy, struct wh_failure *failure)
{
    struct wh_wire wire = wh_wire_take(wh_buffer_span(&proxy->declared), &proxy->arena);
    uint32_t has = 0;
    wh_wire_plugin(&wire, &proxy->plugin, &has);
    if (wire.broken) return die(proxy, WH_E_CORRUPT, failure);
    proxy->plugin.open = proxy_open;
    proxy->plugin.close = proxy_close;
    if (has & WH_HAS_MEASURE) proxy->plugin.measure = proxy_measure;
    if (has & WH_HAS_COUNTS) proxy->plugin.counts = proxy_counts;
    if (has & WH_HAS_COMMAND) proxy->plugin.command = proxy_command;
    if (has & WH_HAS_JOB) proxy->plugin.job = proxy_job;
    if (has & WH_HAS_ROWS_CHANGED) proxy->plugin.rows_changed = proxy_rows_changed;
    if (has & WH_HAS_MEETS) proxy->plugin.meets = proxy_meets;
    return 0;
}

int wh_proxy_new(const struct wh_proxy_config *config, struct wh_proxy **ret,
                 struct wh_failure *failure)
{
    struct wh_proxy *proxy = wh_memory_new(1, sizeof(*proxy));
    int rc;
    proxy->config = (struct wh_proxy_config){
        .program = wh_arena_text(&proxy->arena, wh_span_of(config->program)),
        .file = wh_arena_text(&proxy->arena, wh_span_of(config->file)),
        .name = wh_arena_text(&proxy->arena, wh_span_of(config->name)),
        .memory_mb = config->memory_mb,
    };
    proxy->exchange.fd = -1;
    rc = start(proxy, failure);
    if (rc == 0) rc = take_declaration(proxy, failure);
    if (rc == 0) {
        *ret = proxy;
        return 0;
    }
    *ret = NULL;
    wh_proxy_free(proxy);
    return rc;
}

void wh_proxy_free(struct wh_proxy *proxy)
{
    if (!proxy) return;
    bury(proxy, WH_E_BUSY);
    wh_exchange_deinit(&proxy->exchange);
    wh_buffer_deinit(&proxy->declared);
    wh_arena_deinit(&proxy->arena);
    wh_memory_free(proxy);
}

const struct wh_plugin *wh_proxy_plugin(const struct wh_proxy *proxy)
{
    return &proxy->plugin;
}

void *wh_proxy_self(struct wh_proxy *proxy)
{
    return proxy;
}

int64_t wh_proxy_pid(const struct wh_proxy *proxy)
{
    return proxy->pid;
}

int64_t wh_proxy_rest_ms(const struct wh_proxy *proxy)
{
    int64_t left_ms = proxy->rest_until_ms - wh_exchange_now_ms();
    return proxy->pid == 0 && left_ms > 0 ? left_ms : 0;
}

const char *wh_proxy_sandbox(const struct wh_proxy *proxy)
{
    return proxy->sandbox;
}

/* Ended by somebody else while it was idle: no fault of a callback, and no rest. */
void wh_proxy_reap(struct wh_proxy *proxy)
{
    int status;
    if (proxy->pid == 0 || waitpid(proxy->pid, &status, WNOHANG) <= 0) return;
    proxy->pid = 0;
    wh_exchange_deinit(&proxy->exchange);
    say_end(proxy, status, WH_E_UNREACHABLE);
}

const char *wh_proxy_end(const struct wh_proxy *proxy)
{
    return proxy->end;
}

bool wh_proxy_take_death(struct wh_proxy *proxy)
{
    bool died = proxy->died;
    proxy->died = false;
    return died;
}
