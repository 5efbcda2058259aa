/* The loop: wait until something arrives or is due, take requests, turn the engine. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "net/descriptors.h"
#include "node/node.h"
#include "node/report.h"

#define BUSY_WAIT_MS 20 /* while a call waits for something that no arrival tells */
#define WAIT_MS_MAX 60000
#define MEMORY_HELD_BYTES (256 << 20)
#define MEMORY_HELD_MS 500 /* after the last large turn */
#define REQUESTS_PER_TURN_MAX 64

static void take_requests(struct wh_node *node)
{
    struct wh_control_request request;
    for (int i = 0; i < REQUESTS_PER_TURN_MAX; i++) {
        if (wh_control_server_receive(node->control, &request) == 0) return;
        wh_desk_take(&node->desk, request.bytes, wh_replies_sink(&node->replies, request.client),
                     wh_replies_release);
    }
}

/* ---- Signals ---- */

static void fill_signals(sigset_t *set)
{
    (void)sigemptyset(set);
    (void)sigaddset(set, SIGTERM);
    (void)sigaddset(set, SIGINT);
    (void)sigaddset(set, SIGHUP);
}

void wh_node_block_signals(void)
{
    sigset_t set;
    fill_signals(&set);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN); /* a reader that left is no reason to stop */
}

static int open_signals(void)
{
    sigset_t set;
    fill_signals(&set);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void log_faults(struct wh_node *node, const char *event, const struct wh_faults *faults)
{
    for (uint32_t i = 0; i < wh_faults_kept(faults); i++) {
        struct wh_span text = wh_fault_text(&faults->items[i], WH_EN, faults->arena);
        wh_log(&node->log, WH_ERROR, event, "line=%u why=%.*s", faults->items[i].line,
               (int)text.len, text.data);
    }
}

/* A config with faults changes nothing; the log says why. */
static void reload(struct wh_node *node)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_faults faults;
    struct wh_error err = {.code = 0};
    struct wh_config before = node->home.config;
    int rc;
    wh_faults_init(&faults, &arena);
    rc = wh_home_reload(&node->home, &faults, &err);
    log_faults(node, "config.refused", &faults);
    if (rc == 0) rc = wh_node_apply_config(node, &before, &err);
    if (rc < 0) {
        struct wh_span text = wh_error_text(&err, WH_EN, &arena);
        wh_log(&node->log, WH_ERROR, "config.refused", "why=%.*s", (int)text.len, text.data);
    } else {
        wh_log(&node->log, WH_INFO, "config.read", "unit=%.*s", (int)node->home.config.unit.len,
               node->home.config.unit.data);
    }
    wh_arena_deinit(&arena);
}

enum heard {
    HEARD_NOTHING,
    HEARD_STOP,
};

static enum heard read_signals(struct wh_node *node, int fd)
{
    struct signalfd_siginfo info;
    enum heard heard = HEARD_NOTHING;
    while (read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGHUP) {
            reload(node);
        } else {
            heard = HEARD_STOP;
        }
    }
    return heard;
}

/* ---- The loop ---- */

static void say_ready(struct wh_node *node)
{
    const struct wh_config *config = &node->home.config;
    wh_log(&node->log, WH_INFO, "start", "unit=%.*s version=%s", (int)config->unit.len,
           config->unit.data, WUHAO_VERSION);
    wh_node_report(node);
    (void)sd_notify(0, "READY=1");
    puts("ready");
    (void)fflush(stdout);
}

static int64_t wait_ms(struct wh_node *node, int64_t deadline_ms)
{
    struct wh_now now = wh_node_now();
    int64_t wait = deadline_ms - now.mono_ms;
    int64_t job_ms = wh_plugins_due_ms(node->plugins);
    bool busy = wh_desk_is_busy(&node->desk) || node->replies_wait;
    if (node->plugins_stale || job_ms <= now.clock_ms) return 0;
    /* by the wall clock, which may jump: it is looked at each minute */
    if (wait > job_ms - now.clock_ms) wait = job_ms - now.clock_ms;
    if (wait > WAIT_MS_MAX) wait = WAIT_MS_MAX;
    if (node->memory_is_held && wait > MEMORY_HELD_MS) wait = MEMORY_HELD_MS;
    if (busy && wait > BUSY_WAIT_MS) wait = BUSY_WAIT_MS;
    return wait < 0 ? 0 : wait;
}

#define LARGE_TURN_BYTES (1u << 20)

/* Each page that is given back at once costs a fault in the next turn. */
static void hold_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, MEMORY_HELD_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, MEMORY_HELD_BYTES);
}

/* The allocator keeps what an import or a first session used, so that the next turn finds it; a
 * small machine wants it back once no such turn comes any more. */
static void give_memory_back(struct wh_node *node)
{
    int64_t now_ms = wh_node_now().mono_ms;
    if (node->desk.was_large || wh_engine_turn_bytes(node->engine) > LARGE_TURN_BYTES) {
        node->desk.was_large = false;
        node->large_turn_ms = now_ms;
        node->memory_is_held = true;
    }
    if (!node->memory_is_held || now_ms < node->large_turn_ms + MEMORY_HELD_MS) return;
    node->memory_is_held = false;
    (void)malloc_trim(0);
}

/* Told once for what was found at once. */
static void tell_damage(struct wh_node *node, uint64_t *told)
{
    uint64_t found = wh_engine_rows_set_aside(node->engine);
    if (found == *told) return;
    wh_log(&node->log, WH_WARN, "store.rows_set_aside", "rows=%llu (see wuhao sync verify)",
           (unsigned long long)(found - *told));
    *told = found;
}

#define TURNED_AWAY_QUIET_MS 60000 /* then the next one is told anew */

struct turned_away {
    uint64_t count;
    int64_t at_ms; /* when it last grew; 0: it is quiet */
};

/* Told when it begins, and when it is over. */
static void tell_turned_away(struct wh_node *node, struct turned_away *told)
{
    uint64_t count = wh_descriptors_turned_away();
    int64_t now_ms = wh_node_now().mono_ms;
    if (count != told->count) {
        if (told->at_ms == 0) {
            wh_log(&node->log, WH_WARN, "net.full",
                   "why=few descriptors are left, connections are turned away (raise LimitNOFILE)");
        }
        *told = (struct turned_away){count, now_ms};
    } else if (told->at_ms != 0 && now_ms - told->at_ms > TURNED_AWAY_QUIET_MS) {
        wh_log(&node->log, WH_INFO, "net.full.over", "turned_away=%llu", (unsigned long long)count);
        told->at_ms = 0;
    }
}

int wh_node_serve(struct wh_node *node, struct wh_error *err)
{
    struct wh_watch signals = {open_signals(), false};
    int64_t deadline_ms = 0;
    uint64_t damage_told = 0;
    struct turned_away turned_away = {0, 0};
    if (signals.fd < 0) return wh_fail(err, WH_E_IO, WH_MSG_SIGNALS, NULL);
    hold_memory();
    tell_damage(node, &damage_told);
    say_ready(node);
    for (;;) {
        (void)wh_wire_wait(node->wire, node->control, &signals, 1, wait_ms(node, deadline_ms));
        if (signals.ready && read_signals(node, signals.fd) == HEARD_STOP) break;
        take_requests(node);
        wh_node_look_at_plugins(node);
        wh_engine_turn(node->engine, wh_node_now(), &deadline_ms);
        node->replies_wait = wh_replies_flush(&node->replies);
        give_memory_back(node);
        tell_damage(node, &damage_told);
        tell_turned_away(node, &turned_away);
    }
    (void)sd_notify(0, "STOPPING=1");
    wh_log(&node->log, WH_INFO, "stop", "unit=%.*s", (int)node->home.config.unit.len,
           node->home.config.unit.data);
    (void)close(signals.fd); /* nothing was written to it */
    return 0;
}
