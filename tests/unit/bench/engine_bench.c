#include "engine_bench.h"

#include "base/assert.h"
#include "base/date.h"
#include "engine/programmes.h"
#include "engine/records.h"
#include "model/key.h"
#include "model/protobuf.h"
#include "plain_ledgers.h"

/* ---- No wire ---- */

static int receive_nothing(void *net, struct wh_arrival *ret)
{
    (void)net;
    (void)ret;
    return 0;
}

static bool send_nowhere(void *net, uint64_t route, struct wh_span bytes)
{
    (void)net;
    (void)route;
    (void)bytes;
    return false;
}

static void connect_nowhere(void *net, enum wh_identity identity)
{
    (void)net;
    (void)identity;
}

static void disconnect_nothing(void *net)
{
    (void)net;
}

static const struct wh_net_ops no_wire = {.receive = receive_nothing,
                                          .send = send_nowhere,
                                          .connect = connect_nowhere,
                                          .disconnect = disconnect_nothing};

/* ---- Hooks ---- */

static int measure(void *context, const struct wh_cell *cell, const struct wh_kind *kind,
                   struct wh_measurement *ret, struct wh_error *err)
{
    struct engine_bench *bench = context;
    if (bench->unserved && wh_span_equal(cell->kind, wh_span_of(bench->unserved))) {
        return WH_E_NOT_FOUND;
    }
    bench->measured++;
    return wh_plain_measure(bench->engine, cell, kind, ret, err);
}

static void requests(void *context, struct wh_engine *engine)
{
    struct engine_bench *bench = context;
    (void)engine;
    if (bench->work) bench->work_rc = bench->work(bench, bench->argument);
    bench->work = NULL;
}

static void committed(void *context, int rc, const struct wh_error *err)
{
    struct engine_bench *bench = context;
    (void)err;
    bench->committed = rc;
}

/* ---- The process ---- */

static int start(struct engine_bench *bench)
{
    static uint64_t seed = 1;
    struct wh_engine_config config = {
        .unit = wh_span_of(bench->unit),
        .name = wh_span_of("home"),
        .kind = bench->kind,
        .parent = WH_PARENT_NONE,
        .program = "test",
        .restored_ms = bench->restored_ms,
        .seed = seed++,
    };
    struct wh_engine_hooks hooks = {
        .context = bench, .measure = measure, .requests = requests, .committed = committed};
    struct wh_error err;
    wh_memory_store_power_on(bench->store);
    return wh_engine_new(&config, wh_memory_store_table(bench->store),
                         (struct wh_net){&no_wire, NULL}, hooks, bench->now, &bench->engine, &err);
}

int bench_restart(struct engine_bench *bench)
{
    wh_engine_free(bench->engine);
    bench->engine = NULL;
    return start(bench);
}

int bench_turn(struct engine_bench *bench, bench_work work, void *argument)
{
    bench->work = work;
    bench->argument = argument;
    bench->work_rc = 0;
    bench->now.mono_ms += 10;
    bench->now.clock_ms += 10;
    wh_engine_turn(bench->engine, bench->now, &bench->deadline_ms);
    return bench->committed < 0 ? bench->committed : bench->work_rc;
}

#define TURNS_MAX 1000

void bench_settle(struct engine_bench *bench)
{
    int turns = 0;
    do {
        (void)bench_turn(bench, NULL, NULL);
        WH_ASSERT(++turns < TURNS_MAX); /* else cells are never done */
    } while (!wh_cells_all_measured(bench->engine));
}

/* ---- Beginning ---- */

static const Wh__Programme *read_programme(struct engine_bench *bench)
{
    const Wh__Programme *programme = NULL;
    wh_faults_init(&bench->faults, &bench->arena);
    WH_ASSERT(wh_programme_read(wh_span_of(wh_plain_programme), &bench->arena, &bench->faults,
                                &programme) == 0);
    return programme;
}

static void begin(struct engine_bench *bench, const char *unit, uint32_t kind)
{
    *bench = (struct engine_bench){.unit = unit, .kind = kind};
    bench->now =
        (struct wh_now){1000, (int64_t)wh_day_of((struct wh_civil){2026, 6, 10}) * 86400000, 480};
    bench->store = wh_memory_store_new();
    WH_ASSERT(start(bench) == 0);
}

static int issue(struct engine_bench *bench, void *unused)
{
    uint32_t number;
    struct wh_error err;
    (void)unused;
    return wh_programme_issue(bench->engine, read_programme(bench), &number, &err);
}

void bench_root(struct engine_bench *bench)
{
    begin(bench, "2311", WH_UNIT_KIND_CITY);
    WH_ASSERT(bench_turn(bench, issue, NULL) == 0);
    bench_settle(bench);
}

/* A row of the root, as the county would bring it. */
static int take_from_root(struct engine_bench *bench, uint32_t table, const struct wh_tuple *key,
                          uint64_t counter, struct wh_span value)
{
    enum wh_reject reject;
    struct wh_error err;
    struct wh_row row;
    wh_row_make(table, wh_tuple_span(key), WH_S("2311"), counter, 99, value, &bench->arena, &row);
    return wh_row_take(bench->engine, &row, &reject, &err);
}

static int take_unit(struct engine_bench *bench, const char *code, uint32_t kind, uint64_t counter)
{
    Wh__UnitValue value = WH__UNIT_VALUE__INIT;
    struct wh_tuple key;
    value.name = wh_arena_text(&bench->arena, wh_span_of(code));
    value.kind = kind;
    value.parent = wh_arena_text(&bench->arena, wh_span(code, kind >= 6 ? 9 : 6));
    wh_row_key_unit(&key, wh_span_of(code), WH_S("2311"));
    return take_from_root(bench, WH_TABLE_UNIT, &key, counter,
                          wh_protobuf_pack(&value.base, &bench->arena));
}

static int take_all(struct engine_bench *bench, void *unused)
{
    Wh__ProgrammeValue value = WH__PROGRAMME_VALUE__INIT;
    struct wh_span packed = wh_programme_pack(read_programme(bench), &bench->arena);
    struct wh_tuple key;
    int rc = take_unit(bench, "231182108", WH_UNIT_KIND_TOWNSHIP, 1);
    (void)unused;
    if (rc == 0) rc = take_unit(bench, "231182108201", WH_UNIT_KIND_VILLAGE, 2);
    if (rc == 0) rc = take_unit(bench, "231182108202", WH_UNIT_KIND_VILLAGE, 3);
    value.number = 1;
    value.programme = (ProtobufCBinaryData){packed.len, (uint8_t *)(uintptr_t)packed.data};
    wh_row_key_numbered(&key, WH_S("2311"), 1, WH_S("2311"));
    if (rc < 0) return rc;
    return take_from_root(bench, WH_TABLE_PROGRAMME, &key, 4,
                          wh_protobuf_pack(&value.base, &bench->arena));
}

void bench_township(struct engine_bench *bench)
{
    begin(bench, "231182108", WH_UNIT_KIND_TOWNSHIP);
    WH_ASSERT(bench_turn(bench, take_all, NULL) == 0);
    bench_settle(bench);
}

void bench_close(struct engine_bench *bench)
{
    wh_engine_free(bench->engine);
    wh_memory_store_free(bench->store);
    wh_arena_deinit(&bench->arena);
}

/* ---- Work ---- */

static int read_record(struct engine_bench *bench, const struct bench_record *typed,
                       struct wh_record *ret)
{
    bool is_elder = strcmp(typed->kind, "elder") == 0;
    struct wh_record_scope scope = wh_records_scope(bench->engine);
    const struct wh_kind *kind = wh_kind_find(bench->engine, wh_span_of(typed->kind), 2026);
    const struct wh_entry entries[] = {
        {WH_S("unit"), wh_span_of(typed->unit)},
        {WH_S("date"), wh_span_of(typed->date)},
        {is_elder ? WH_S("pay") : WH_S("attended"), wh_span_of(typed->amount)},
        {WH_S("person"), WH_S("王五")},
        {WH_S("until"), wh_span_of(typed->until)},
    };
    bool good = wh_record_read(kind, &scope, entries, is_elder ? 5 : 3, 1, &bench->arena,
                               &bench->faults, ret);
    return good ? 0 : WH_E_INVALID;
}

int bench_add(struct engine_bench *bench, void *argument)
{
    struct bench_record *typed = argument;
    struct wh_record record;
    struct wh_error err;
    int rc = read_record(bench, typed, &record);
    if (rc == 0) rc = wh_record_add(bench->engine, &record, WH_S("clerk"), &err);
    if (rc < 0) return rc;
    typed->id = record.id;
    typed->version = record.version;
    return 0;
}

int bench_change(struct engine_bench *bench, void *argument)
{
    struct bench_record *typed = argument;
    struct wh_record old, record;
    struct wh_error err;
    int rc = wh_record_find(bench->engine, typed->id, &bench->arena, &old, &err);
    if (rc == 0) rc = read_record(bench, typed, &record);
    if (rc == 0) rc = wh_record_change(bench->engine, &old, &record, WH_S("other"), &err);
    if (rc == 0) typed->version = record.version;
    return rc;
}

int bench_withdraw(struct engine_bench *bench, void *argument)
{
    struct bench_record *typed = argument;
    struct wh_record old;
    struct wh_error err;
    int rc = wh_record_find(bench->engine, typed->id, &bench->arena, &old, &err);
    if (rc < 0) return rc;
    return wh_record_withdraw(bench->engine, &old, WH_S("mistaken"), WH_S("clerk"), &err);
}

int bench_import(struct engine_bench *bench, void *argument)
{
    const char *csv = argument;
    uint32_t total, changed;
    struct wh_error err;
    int rc;
    wh_faults_init(&bench->faults, &bench->arena);
    rc = wh_units_import(bench->engine, wh_span_of(csv), &bench->faults, &bench->arena, &total,
                         &changed, &err);
    return rc < 0 ? rc : (int)changed;
}

/* ---- Looking ---- */

int64_t bench_figure(struct engine_bench *bench, const char *unit, const char *quarter,
                     const char *kind, uint64_t *ret_counter)
{
    const Wh__SummaryValue *value;
    struct wh_error err;
    struct wh_tuple key;
    struct wh_row row;
    int32_t number = 0;
    WH_ASSERT(wh_quarter_parse(wh_span_of(quarter), &number) == 0);
    wh_row_key_summary(&key, wh_span_of(unit), number, wh_span_of(kind), wh_span_of(bench->unit));
    WH_ASSERT(wh_row_get(bench->engine, WH_TABLE_SUMMARY, wh_tuple_span(&key), WH_PLACE_NOW,
                         &bench->arena, &row, &err) == 0);
    if (!row.packed.data) return -1;
    value = (const Wh__SummaryValue *)wh_protobuf_unpack(&wh__summary_value__descriptor, row.value,
                                                         &bench->arena);
    WH_ASSERT(value && value->n_metrics > 0);
    if (ret_counter) *ret_counter = row.counter;
    return value->metrics[0]->value;
}

static int count_one(void *context, struct wh_span key, struct wh_span value)
{
    uint32_t *count = context;
    (void)key;
    (void)value;
    (*count)++;
    return 0;
}

uint32_t bench_count(struct engine_bench *bench, enum wh_family family)
{
    struct wh_store disk = wh_memory_store_disk(bench->store);
    uint32_t count = 0;
    (void)disk.ops->scan(disk.self, NULL, family, WH_SPAN_EMPTY, WH_SPAN_EMPTY, WH_SCAN_UP,
                         count_one, &count, NULL);
    return count;
}
