#include "trace.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static const char *const failing_words[] = {"safety", "convergence", "ending"};

static void tell(struct wh_sim *sim, const struct wh_sim_node *node, const char *format,
                 va_list args)
{
    char *line = sim->lines[sim->lines_count++ % WH_SIM_LINES];
    int at = snprintf(line, WH_SIM_LINE_BYTES, "%8" PRId64 ".%03" PRId64 " %-10s ",
                      sim->now_ms / 1000, sim->now_ms % 1000, node ? node->unit : "-");
    (void)vsnprintf(line + at, WH_SIM_LINE_BYTES - (size_t)at, format, args);
    for (const char *c = line; *c; c++) {
        sim->digest = (sim->digest ^ (uint8_t)*c) * 0x100000001b3u;
    }
    if (sim->options->talk == WH_SIM_TRACE) (void)puts(line);
}

void wh_sim_note(struct wh_sim *sim, const struct wh_sim_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tell(sim, node, format, args);
    va_end(args);
}

static void show_lines(const struct wh_sim *sim)
{
    uint64_t from = sim->lines_count > WH_SIM_LINES ? sim->lines_count - WH_SIM_LINES : 0;
    (void)printf("seed %" PRIu64 " failed; its last lines:\n", sim->options->seed);
    for (uint64_t i = from; i < sim->lines_count; i++) {
        (void)puts(sim->lines[i % WH_SIM_LINES]);
    }
}

static void fail(struct wh_sim *sim, const struct wh_sim_node *node, enum wh_sim_failing kind,
                 const char *format, va_list args)
{
    if (sim->failed) return;
    sim->failed = true;
    sim->failing = kind;
    (void)vsnprintf(sim->failure, sizeof(sim->failure), format, args);
    wh_sim_note(sim, node, "FAILED: %s: %s", failing_words[kind], sim->failure);
    if (sim->options->talk == WH_SIM_QUIET) show_lines(sim);
    if (sim->options->talk == WH_SIM_BRIEF) {
        (void)puts(sim->lines[(sim->lines_count - 1) % WH_SIM_LINES]);
    }
}

void wh_sim_fail(struct wh_sim *sim, const struct wh_sim_node *node, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(sim, node, WH_SIM_SAFETY, format, args);
    va_end(args);
}

void wh_sim_fail_as(struct wh_sim *sim, const struct wh_sim_node *node, enum wh_sim_failing kind,
                    const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(sim, node, kind, format, args);
    va_end(args);
}
