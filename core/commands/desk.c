#include "commands/desk.h"

#include "base/memory.h"
#include "base/text.h"
#include "commands/handlers.h"
#include "door/commands.h"
#include "engine/audit.h"

static const struct {
    const char *name;
    wh_handler run;
} handlers[] = {
#define X(name, handler) {name, handler},
    WH_HANDLERS(X)
#undef X
};

#define HANDLERS_COUNT (sizeof(handlers) / sizeof(handlers[0]))

struct wh_queued {
    struct wh_queued *next;
    struct wh_call call;
    wh_handler run; /* NULL: a plugin's command */
    bool writes;
    bool done; /* ran to its end; waits for the commit */
    void (*release)(void *context);
};

/* ---- Taking ---- */

static struct wh_span each_command(const void *desk, size_t i)
{
    const struct wh_desk *of = desk;
    const struct wh_command *command = wh_command_at((uint32_t)i);
    uint32_t core = 0;
    if (command) return wh_span_of(command->name);
    while (wh_command_at(core)) core++;
    command = of->plugins ? wh_plugins_command_at(of->plugins, (uint32_t)i - core) : NULL;
    return wh_span_of(command ? command->name : NULL);
}

static int find_command(struct wh_desk *desk, struct wh_queued *queued, struct wh_error *err)
{
    struct wh_span name = wh_span_of(queued->call.request->command), near;
    const struct wh_command *command = wh_command_named(name);
    if (!command && desk->plugins) command = wh_plugins_command(desk->plugins, name);
    if (!command) {
        near = wh_text_nearest(name, each_command, desk);
        return wh_fail(err, WH_E_USAGE,
                       near.data ? WH_MSG_COMMAND_UNKNOWN_NEAR : WH_MSG_COMMAND_UNKNOWN,
                       WH_ARGS(wh_arg_s(name), wh_arg_s(near)));
    }
    for (size_t i = 0; i < HANDLERS_COUNT; i++) {
        if (wh_span_equal(name, wh_span_of(handlers[i].name))) queued->run = handlers[i].run;
    }
    queued->writes = command->permission != WH_PERMIT_READ && !(command->flags & WH_COMMAND_ASIDE);
    return wh_call_check(&queued->call, command, err);
}

static void finish(struct wh_queued *queued, int rc, const struct wh_error *err);
static void unlink_call(struct wh_desk *desk, struct wh_queued *queued);

void wh_desk_commands_changed(struct wh_desk *desk)
{
    struct wh_queued *queued = desk->queue, *next;
    for (; queued; queued = next) {
        struct wh_error err = {.code = 0};
        int rc;
        next = queued->next;
        if (queued->run) continue; /* a command of the core's */
        rc = find_command(desk, queued, &err);
        if (rc == 0) continue;
        unlink_call(desk, queued);
        finish(queued, rc, &err);
    }
}

static void finish(struct wh_queued *queued, int rc, const struct wh_error *err)
{
    wh_reply_end(&queued->call, rc, err);
    wh_call_deinit(&queued->call);
    if (queued->release) queued->release(queued->call.sink.context);
    wh_memory_free(queued);
}

static struct wh_queued *open_call(struct wh_desk *desk, struct wh_span request,
                                   struct wh_reply_sink sink, void (*release)(void *context))
{
    struct wh_queued *queued = wh_memory_new(1, sizeof(*queued));
    struct wh_error err = {.code = 0};
    int rc;
    queued->release = release;
    rc = wh_call_init(&queued->call, request, sink, &err);
    if (rc == 0) rc = find_command(desk, queued, &err);
    if (rc == 0) return queued;
    finish(queued, rc, &err);
    return NULL;
}

void wh_desk_take(struct wh_desk *desk, struct wh_span request, struct wh_reply_sink sink,
                  void (*release)(void *context))
{
    struct wh_queued *queued = open_call(desk, request, sink, release);
    struct wh_queued **last = &desk->queue;
    if (!queued) return;
    while (*last) last = &(*last)->next;
    *last = queued;
}

static int run_handler(struct wh_desk *desk, struct wh_queued *queued, struct wh_error *err)
{
    if (desk->engine) desk->now = wh_engine_now(desk->engine);
    queued->call.zone_minutes = desk->now.zone_minutes;
    return queued->run ? queued->run(desk, &queued->call, err)
                       : wh_plugins_run(desk->plugins, &queued->call, err);
}

void wh_desk_run_local(struct wh_desk *desk, struct wh_span request, struct wh_reply_sink sink)
{
    struct wh_queued *queued = open_call(desk, request, sink, NULL);
    struct wh_error err = {.code = 0};
    int rc;
    if (!queued) return;
    rc = run_handler(desk, queued, &err);
    finish(queued, rc < 0 ? rc : 0, &err);
}

/* ---- Running ---- */

/* The object of an audit entry: the first word of the command line, but never a secret. */
static struct wh_span object_of(const struct wh_call *call)
{
    const struct wh_param *param;
    if (call->command->params.count == 0) return WH_SPAN_EMPTY;
    param = wh_list_at(&call->command->params, 0);
    if (param->flags & WH_PARAM_CONTENT || strcmp(param->name, "token") == 0) return WH_SPAN_EMPTY;
    return wh_call_text(call, param->name);
}

static int run_one(struct wh_desk *desk, struct wh_queued *queued, struct wh_error *err)
{
    uint32_t before = wh_engine_writes(desk->engine);
    int rc = run_handler(desk, queued, err);
    uint32_t wrote = wh_engine_writes(desk->engine) - before;
    if (rc < 0 && wrote > 0) wh_engine_abandon_turn(desk->engine, err);
    if (rc >= 0 && wrote > 0) { /* also what goes on in the next turn is saved by this one */
        int audited =
            wh_audit_put(desk->engine, queued->call.author, wh_span_of(queued->call.command->name),
                         object_of(&queued->call), wrote, err);
        if (audited < 0) rc = audited;
    }
    return rc;
}

/* Takes the call out of the queue. */
static void unlink_call(struct wh_desk *desk, struct wh_queued *queued)
{
    struct wh_queued **at = &desk->queue;
    while (*at != queued) at = &(*at)->next;
    *at = queued->next;
    if (queued->call.exclusive) desk->was_large = true;
    if (desk->writer == queued) desk->writer = NULL;
}

/* What the host itself has to write. */
static void run_host(struct wh_desk *desk)
{
    struct wh_error err = {.code = 0};
    uint32_t before = wh_engine_writes(desk->engine);
    if (wh_plugins_turn(desk->plugins, &err) < 0 && wh_engine_writes(desk->engine) != before) {
        wh_engine_abandon_turn(desk->engine, &err);
    }
}

/* A job that is due, or its next slice. It shares its turn with no command that writes: one that
 * fails half-way makes the whole turn fail. */
static void run_job(struct wh_desk *desk)
{
    struct wh_error err = {.code = 0};
    uint32_t before = wh_engine_writes(desk->engine);
    desk->job_waits = false;
    if (wh_plugins_run_job(desk->plugins, &err) < 0 && wh_engine_writes(desk->engine) != before) {
        wh_engine_abandon_turn(desk->engine, &err);
    }
}

static bool job_is_due(const struct wh_desk *desk)
{
    return desk->plugins &&
           wh_plugins_due_ms(desk->plugins) <= wh_engine_now(desk->engine).clock_ms;
}

void wh_desk_requests(void *context, struct wh_engine *engine)
{
    struct wh_desk *desk = context;
    struct wh_queued *queued = desk->queue, *next;
    bool written = desk->job_waits && !desk->writer; /* it waited for a turn: this is its own */
    (void)engine;
    if (desk->plugins) run_host(desk);
    if (written) run_job(desk);
    for (; queued; queued = next) {
        struct wh_error err = {.code = 0};
        int rc;
        next = queued->next;
        if (queued->done) continue;
        if (queued->writes && (written || (desk->writer && desk->writer != queued))) continue;
        rc = run_one(desk, queued, &err);
        if (queued->writes) written = true;
        if (queued->call.exclusive && rc == WH_CALL_AGAIN) desk->writer = queued;
        if (rc == 0) queued->done = true;
        if (rc >= 0) continue;
        unlink_call(desk, queued);
        finish(queued, rc, &err);
    }
    if (!job_is_due(desk)) return;
    if (written || desk->writer) {
        desk->job_waits = true;
    } else {
        run_job(desk);
    }
}

void wh_desk_committed(void *context, int rc, const struct wh_error *err)
{
    struct wh_desk *desk = context;
    struct wh_queued *queued = desk->queue, *next;
    for (; queued; queued = next) {
        next = queued->next;
        if (!queued->done) continue;
        unlink_call(desk, queued);
        finish(queued, queued->writes ? rc : 0, err);
    }
    if (desk->plugins) wh_plugins_committed(desk->plugins, rc);
}

bool wh_desk_is_busy(const struct wh_desk *desk)
{
    return desk->queue != NULL;
}

void wh_desk_close(struct wh_desk *desk)
{
    struct wh_error err;
    (void)wh_fail(&err, WH_E_UNREACHABLE, WH_MSG_NODE_STOPS, NULL);
    while (desk->queue) {
        struct wh_queued *queued = desk->queue;
        desk->queue = queued->next;
        finish(queued, WH_E_UNREACHABLE, &err);
    }
    desk->writer = NULL;
    wh_map_deinit(&desk->noted);
    wh_arena_deinit(&desk->peers);
}
