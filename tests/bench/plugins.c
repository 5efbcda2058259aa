/* What a plugin costs: `bench_plugins FOLDER SECONDS [PROGRAM]`, FOLDER has measured.so. With
 * PROGRAM (wuhao-isolated) the plugin runs in a process of its own.
 *
 * The room `host` and the plugin are those that ship; records come from memory, through services of
 * this program. Prints one JSON object a figure, `{"name", "unit", "values"}`, a value a run. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "engine/cells.h"
#include "host/calls.h"
#include "host/plugins.h"

#define RUNS 5
#define CALLS 1000 /* as the plugin has it */
#define FIELDS 16
#define CELLS_A_LOOK 64 /* measured between two looks at the clock */

struct bench {
    struct wh_plugins *plugins;
    struct wh_plugins_config config;
    struct wh_plugin_config enable;
    struct wh_span folder;
    char run_dir[32];
    struct wh_log log;
    struct wh_record record;
    struct wh_field_value values[FIELDS];
    struct wh_measurement measurement;
    struct wh_arena arena; /* of the measurement */
};

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- Services ---- */

static const struct wh_kind *kind_of(void *context, struct wh_span name)
{
    const struct bench *bench = context;
    return wh_plugins_kind(bench->plugins, name);
}

static int one_record(void *context, struct wh_span kind, struct wh_span unit, int32_t from,
                      int32_t to, wh_host_record_each each, void *each_context,
                      struct wh_error *err)
{
    struct bench *bench = context;
    int rc;
    (void)kind;
    (void)unit;
    (void)from;
    (void)to;
    (void)err;
    rc = each(each_context, &bench->record);
    return rc < 0 ? rc : 0;
}

static int64_t clock_ms(void *context)
{
    (void)context;
    return 1767600000000; /* 2026-01-05 */
}

static int32_t zone_minutes(void *context)
{
    (void)context;
    return 480;
}

/* The bench keeps no keys: none is there, none is saved. */
static int get(void *context, struct wh_span key, struct wh_arena *arena, struct wh_span *ret,
               struct wh_error *err)
{
    (void)context;
    (void)key;
    (void)arena;
    (void)err;
    *ret = WH_SPAN_EMPTY;
    return 0;
}

static int scan(void *context, struct wh_span prefix, wh_key_visit visit, void *visit_context,
                struct wh_error *err)
{
    (void)context;
    (void)prefix;
    (void)visit;
    (void)visit_context;
    (void)err;
    return 0;
}

static void put(void *context, struct wh_span key, struct wh_span value)
{
    (void)context;
    (void)key;
    (void)value;
}

static int again(void *context, struct wh_span kind, struct wh_error *err)
{
    (void)context;
    (void)kind;
    (void)err;
    return 0;
}

static void drop(void *context, struct wh_span key)
{
    (void)context;
    (void)key;
}

static struct wh_host_services services_of(struct bench *bench)
{
    return (struct wh_host_services){.context = bench,
                                     .now_ms = clock_ms,
                                     .zone_minutes = zone_minutes,
                                     .kind = kind_of,
                                     .records = one_record,
                                     .get = get,
                                     .scan = scan,
                                     .put = put,
                                     .remove = drop,
                                     .measure_again = again};
}

static int set_metric(void *context, struct wh_span metric, int64_t value)
{
    return wh_measurement_set(context, metric, value);
}

static void use_record(void *context, struct wh_id id, uint64_t version)
{
    wh_measurement_use(context, id, version);
}

/* ---- Figures ---- */

/* Opens the plugin, or closes it and opens it anew; gives what that took. */
static int64_t open_plugin(struct bench *bench)
{
    struct wh_plugin_view view = {.reason = WH_SPAN_EMPTY};
    int64_t began_ns = now_ns();
    wh_plugins_renew(bench->plugins, bench->enable.name);
    wh_plugins_apply(bench->plugins, &bench->config);
    if (!wh_plugin_named(bench->plugins, bench->enable.name, &view) || view.state != WH_PLUGIN_ON) {
        fprintf(stderr, "bench_plugins: %.*s\n", (int)view.reason.len, view.reason.data);
        exit(1);
    }
    return now_ns() - began_ns;
}

/* Measures cells of `kind` for so long; gives the nanoseconds of one. */
static double measure_for(struct bench *bench, const char *kind, int64_t span_ns)
{
    struct wh_measure_sink sink = {&bench->measurement, set_metric, use_record};
    struct wh_cell cell = {.unit = WH_S("231182101"),
                           .kind = wh_span_of(kind),
                           .level = WH_LEVEL_TOWNSHIP,
                           .year = 2026,
                           .quarter_of_year = 1,
                           .first_day = 20454,
                           .last_day = 20543,
                           .year_first_day = 20454};
    int64_t began_ns = now_ns(), measured = 0;
    wh_measurement_init(&bench->measurement, wh_plugins_kind(bench->plugins, cell.kind),
                        &bench->arena);
    bench->record.kind = bench->measurement.kind;
    do {
        for (int i = 0; i < CELLS_A_LOOK; i++, measured++) {
            struct wh_error err;
            bench->measurement.used.len = 0;
            bench->measurement.records = 0;
            if (wh_plugins_measure(bench->plugins, &cell, bench->measurement.kind, sink, &err) !=
                0) {
                fprintf(stderr, "bench_plugins: %s is not measured\n", kind);
                exit(1);
            }
        }
    } while (now_ns() - began_ns < span_ns);
    return (double)(now_ns() - began_ns) / (double)measured;
}

static void print_figure(const char *name, const char *unit, const double *values)
{
    printf("{\"name\": \"%s\", \"unit\": \"%s\", \"values\": [", name, unit);
    for (int i = 0; i < RUNS; i++) printf("%s%.6g", i ? ", " : "", values[i]);
    printf("]}\n");
    fflush(stdout);
}

static void print_calls(struct bench *bench, const char *name, const char *kind, int64_t span_ns)
{
    double values[RUNS];
    for (int i = 0; i < RUNS; i++) values[i] = measure_for(bench, kind, span_ns) / CALLS;
    print_figure(name, "ns", values);
}

static void print_all(struct bench *bench, int64_t span_ns)
{
    double cells[RUNS], opens[RUNS];
    bench->plugins = wh_plugins_new(services_of(bench));
    (void)open_plugin(bench); /* the first one makes the page and starts the watchdog */
    for (int i = 0; i < RUNS; i++) opens[i] = (double)open_plugin(bench) / 1e6;
    print_figure("reload: closed, the file read and checked, opened", "ms", opens);
    for (int i = 0; i < RUNS; i++) cells[i] = 1e9 / measure_for(bench, "measured", span_ns);
    print_figure("measure: 16 fields, 4 metrics, one record", "a second", cells);
    print_calls(bench, "one call of `today`", "measured_today", span_ns);
    print_calls(bench, "one call of `metric_set`", "measured_set", span_ns);
    print_calls(bench, "one call of `records`, one record", "measured_records", span_ns);
    wh_plugins_free(bench->plugins);
}

static void set_up(struct bench *bench, const char *folder, const char *program)
{
    bench->folder = wh_span_of(folder);
    bench->log = (struct wh_log){WH_WARN, 0};
    bench->enable = (struct wh_plugin_config){.name = WH_S("measured"),
                                              .isolate = program ? WH_ISOLATE_YES : WH_ISOLATE_NO};
    bench->config = (struct wh_plugins_config){.paths = &bench->folder,
                                               .paths_count = 1,
                                               .program = wh_span_of(program),
                                               .run_dir = wh_span_of(bench->run_dir),
                                               .enable = &bench->enable,
                                               .enable_count = 1,
                                               .log = &bench->log};
    for (int i = 0; i < FIELDS; i++) {
        bench->values[i] = (struct wh_field_value){.present = true, .number = 7 * i};
    }
    bench->record = (struct wh_record){.unit = WH_S("231182101"),
                                       .date = 20460,
                                       .version = 1,
                                       .state = WH_RECORD_CURRENT,
                                       .values = bench->values};
}

int main(int argc, char **argv)
{
    struct bench bench = {.run_dir = "/tmp/wuhao-bench-XXXXXX"};
    char page[64];
    char *end = NULL;
    long seconds = argc >= 3 ? strtol(argv[2], &end, 10) : 0;
    if (argc < 3 || argc > 4 || *end || seconds < 1 || seconds > 600) {
        fprintf(stderr, "usage: bench_plugins FOLDER SECONDS [PROGRAM]\n");
        return 2;
    }
    if (!mkdtemp(bench.run_dir)) {
        perror("bench_plugins: /tmp");
        return 1;
    }
    set_up(&bench, argv[1], argc == 4 ? argv[3] : NULL);
    print_all(&bench, seconds * 1000000000 / (4 * RUNS));
    wh_measurement_deinit(&bench.measurement);
    wh_arena_deinit(&bench.arena);
    (void)snprintf(page, sizeof(page), "%s/plugins.page", bench.run_dir);
    (void)unlink(page);
    (void)rmdir(bench.run_dir); /* what is left in it is for whoever looks */
    return 0;
}
