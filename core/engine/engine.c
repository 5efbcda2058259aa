#include "engine/engine.h"

#include "base/date.h"
#include "base/memory.h"
#include "engine/damage.h"
#include "engine/engine_parts.h"
#include "engine/feed.h"
#include "engine/restored.h"
#include "engine/rows.h"
#include "engine/terms.h"
#include "model/key.h"
#include "model/protobuf.h"

static const struct wh_span head_key = {"head", 4};
static const struct wh_span unit_key = {"unit", 4};

static int check_unit(struct wh_engine *engine, struct wh_error *err);
static int load_head(struct wh_engine *engine, struct wh_error *err);
static int load_rows(struct wh_engine *engine, struct wh_error *err);
static int load_what_is_sound(struct wh_engine *engine, struct wh_error *err);
static int open_term(struct wh_engine *engine, struct wh_error *err);
static int reload(struct wh_engine *engine, uint32_t stale, struct wh_error *err);

int wh_engine_new(const struct wh_engine_config *config, struct wh_store store, struct wh_net net,
                  struct wh_engine_hooks hooks, struct wh_now now, struct wh_engine **ret,
                  struct wh_error *err)
{
    struct wh_engine *engine = wh_memory_new(1, sizeof(*engine));
    int rc;
    engine->store = store;
    engine->net = net;
    engine->hooks = hooks;
    engine->now = now;
    engine->chance = config->seed;
    engine->home = wh_arena_copy(&engine->own, config->unit);
    engine->home_name = wh_arena_copy(&engine->own, config->name);
    engine->home_kind = config->kind;
    engine->program = config->program;
    engine->data_key = config->data_key;
    engine->joining = config->parent == WH_PARENT_JOINING;
    memcpy(engine->node_key, config->node_key, sizeof(engine->node_key));
    memcpy(engine->parent_key, config->parent_key, sizeof(engine->parent_key));
    engine->restored_ms = config->restored_ms;
    engine->cells_pending = true;
    wh_batch_init(&engine->batch);
    wh_out_init(&engine->out);
    engine->children_due_ms = INT64_MAX;
    rc = check_unit(engine, err);
    if (rc == 0) rc = load_head(engine, err);
    if (rc == 0) rc = wh_restored_load(engine, err);
    if (rc == 0) rc = load_rows(engine, err);
    if (rc == WH_E_CORRUPT || (rc == 0 && engine->damage_seen)) {
        rc = load_what_is_sound(engine, err);
    }
    if (rc == 0) rc = open_term(engine, err);
    if (rc == 0 && config->parent != WH_PARENT_NONE) rc = wh_links_load_parent(engine, err);
    if (rc < 0) {
        wh_engine_free(engine);
        return rc;
    }
    *ret = engine;
    return 0;
}

void wh_engine_free(struct wh_engine *engine)
{
    if (!engine) return;
    wh_links_deinit(engine);
    wh_verify_free(engine->verify);
    wh_batch_deinit(&engine->batch);
    wh_memory_free(engine->marks);
    wh_arena_deinit(&engine->units_arena);
    wh_arena_deinit(&engine->programmes_arena);
    wh_map_deinit(&engine->members_by_key);
    wh_arena_deinit(&engine->members_arena);
    wh_arena_deinit(&engine->lineages_arena);
    wh_origins_deinit(&engine->origins);
    wh_doubts_deinit(&engine->doubts);
    wh_arena_deinit(&engine->scratch);
    wh_arena_deinit(&engine->own);
    wh_wipe(&engine->data_key, sizeof(engine->data_key));
    wh_memory_free(engine);
}

/* ---- What the store holds ---- */

/* A store belongs to the unit that first wrote it: under another one its figures would count again
 * beside its own. */
static int check_unit(struct wh_engine *engine, struct wh_error *err)
{
    struct wh_span unit;
    int rc = wh_engine_get(engine, WH_FAMILY_META, unit_key, &engine->scratch, &unit, err);
    if (rc < 0) return rc;
    if (!unit.data) {
        wh_batch_put(&engine->batch, WH_FAMILY_META, unit_key, engine->home);
        return 0;
    }
    if (wh_span_equal(unit, engine->home)) return 0;
    return wh_fail(err, WH_E_INVALID, WH_MSG_STORE_OTHER_UNIT,
                   WH_ARGS(wh_arg_s(unit), wh_arg_s(engine->home)));
}

/* Everything that a start needs of the rows. */
static int load_rows(struct wh_engine *engine, struct wh_error *err)
{
    int rc;
    engine->marks_count = 0;
    rc = wh_terms_load(engine, err);
    if (rc < 0) return rc;
    return reload(engine,
                  WH_STALE_UNITS | WH_STALE_PROGRAMMES | WH_STALE_MEMBERS | WH_STALE_LINEAGES, err);
}

/* A start never depends on one row being good (L19 of the lessons). */
static int load_what_is_sound(struct wh_engine *engine, struct wh_error *err)
{
    int rc = wh_damage_sweep(engine, err);
    if (rc == 0) rc = wh_engine_commit(engine, err);
    return rc < 0 ? rc : load_rows(engine, err);
}

static int load_head(struct wh_engine *engine, struct wh_error *err)
{
    struct wh_span bytes;
    int rc = wh_engine_get(engine, WH_FAMILY_META, head_key, &engine->scratch, &bytes, err);
    if (rc < 0 || !bytes.data) return rc;
    if (wh_key_take_u64(&bytes, &engine->head) < 0) {
        return wh_fail(err, WH_E_CORRUPT, WH_MSG_STORE_HEAD_BROKEN, NULL);
    }
    return 0;
}

/* The mark of the new term is on disk before anything of the term is sent. */
static int open_term(struct wh_engine *engine, struct wh_error *err)
{
    static const struct wh_term_reason start = {0, false};
    int rc = wh_term_open(engine, &start, err);
    return rc < 0 ? rc : wh_engine_commit(engine, err);
}

/* ---- Reading and writing ---- */

int wh_engine_get(struct wh_engine *engine, enum wh_family family, struct wh_span key,
                  struct wh_arena *arena, struct wh_span *ret, struct wh_error *err)
{
    const struct wh_write *write = wh_batch_find(&engine->batch, family, key);
    if (write) {
        *ret = write->is_delete ? WH_SPAN_EMPTY : wh_arena_copy(arena, write->value);
        return 0;
    }
    return engine->store.ops->get(engine->store.self, NULL, family, key, arena, ret, err);
}

int wh_engine_scan(struct wh_engine *engine, enum wh_family family, struct wh_span prefix,
                   wh_scan_visit visit, void *context, struct wh_error *err)
{
    struct wh_tuple above;
    struct wh_span to = wh_tuple_above(prefix, &above) ? wh_tuple_span(&above) : WH_SPAN_EMPTY;
    return engine->store.ops->scan(engine->store.self, NULL, family, prefix, to, WH_SCAN_UP, visit,
                                   context, err);
}

/* The clock only finds the place: a clock that was set back does not reorder moments. */
static void put_moment(struct wh_engine *engine)
{
    struct wh_tuple key, value;
    if (engine->now.clock_ms > engine->last_moment_ms) {
        engine->last_moment_ms = engine->now.clock_ms;
    }
    wh_key_moment(&key, engine->last_moment_ms);
    wh_tuple_clear(&value);
    wh_tuple_put_u64(&value, engine->head);
    wh_batch_put(&engine->batch, WH_FAMILY_META, wh_tuple_span(&key), wh_tuple_span(&value));
}

int wh_engine_commit(struct wh_engine *engine, struct wh_error *err)
{
    struct wh_tuple head;
    uint32_t stale = engine->stale;
    int rc;
    if (engine->batch.count == 0) return 0;
    wh_tuple_clear(&head);
    wh_tuple_put_u64(&head, engine->head);
    wh_batch_put(&engine->batch, WH_FAMILY_META, head_key, wh_tuple_span(&head));
    if (engine->rows_written) put_moment(engine);
    rc = engine->store.ops->commit(engine->store.self, &engine->batch, err);
    if (rc < 0) {
        wh_engine_undo(engine);
        return rc;
    }
    wh_batch_clear(&engine->batch);
    engine->stale = 0;
    engine->rows_written = false;
    engine->safe_head = engine->head;
    wh_terms_committed(engine);
    wh_feed_heads_commit(engine);
    /* What was saved is saved: a cache that can't be read now is read before the next turn takes
     * anything by it. */
    engine->unread |= stale;
    if (wh_engine_refresh(engine, err) < 0) engine->more_work = true;
    return 0;
}

int wh_engine_refresh(struct wh_engine *engine, struct wh_error *err)
{
    int rc = reload(engine, engine->unread, err);
    if (rc == 0) engine->unread = 0;
    return rc;
}

/* The head is not taken back: a number that was once given out is never given again. */
void wh_engine_undo(struct wh_engine *engine)
{
    wh_batch_clear(&engine->batch);
    engine->stale = 0;
    engine->rows_written = false;
    engine->doubts_stale = engine->doubts_stale || engine->lineages_count > 0;
    engine->presence_quarter = 0;
    engine->cells_pending = true;
    wh_tuple_clear(&engine->cells_round.after);
    wh_terms_undo(engine);
    wh_feed_heads_undo(engine);
}

/* The new cache takes the place of the old one only when it is whole. */
static int reload_units(struct wh_engine *engine, struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_units units;
    int rc = wh_units_load(engine, WH_PLACE_NOW, &arena, &units, err);
    if (rc < 0) {
        wh_arena_deinit(&arena);
        return rc;
    }
    wh_arena_deinit(&engine->units_arena);
    engine->units_arena = arena;
    engine->units = units;
    return 0;
}

static int reload_programmes(struct wh_engine *engine, struct wh_error *err)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_programmes programmes;
    int rc = wh_programmes_load(engine, WH_PLACE_NOW, &arena, &programmes, err);
    if (rc < 0) {
        wh_arena_deinit(&arena);
        return rc;
    }
    wh_arena_deinit(&engine->programmes_arena);
    engine->programmes_arena = arena;
    engine->programmes = programmes;
    engine->generation++;
    engine->cells_pending = true;
    return 0;
}

static int reload(struct wh_engine *engine, uint32_t stale, struct wh_error *err)
{
    int rc = 0;
    if (stale & WH_STALE_UNITS) rc = reload_units(engine, err);
    if (rc == 0 && (stale & WH_STALE_PROGRAMMES)) rc = reload_programmes(engine, err);
    if (rc == 0 && (stale & WH_STALE_MEMBERS)) rc = wh_members_load(engine, err);
    if (rc == 0 && (stale & WH_STALE_LINEAGES)) rc = wh_lineages_load(engine, err);
    return rc;
}

/* ---- Plain facts ---- */

struct wh_now wh_engine_now(const struct wh_engine *engine)
{
    return engine->now;
}

int32_t wh_engine_today(const struct wh_engine *engine)
{
    return wh_day_at(engine->now.clock_ms, engine->now.zone_minutes);
}

struct wh_span wh_engine_home(const struct wh_engine *engine)
{
    return engine->home;
}

const struct wh_key *wh_engine_data_key(const struct wh_engine *engine)
{
    return &engine->data_key;
}

/* splitmix64 (Steele, Lea, Flood 2014), seeded with fresh randomness by the node and with the
 * simulator's seed there. */
uint64_t wh_engine_chance(struct wh_engine *engine)
{
    uint64_t z = (engine->chance += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

uint64_t wh_engine_head(const struct wh_engine *engine)
{
    return engine->head;
}

const struct wh_units *wh_engine_units(const struct wh_engine *engine)
{
    return &engine->units;
}

const struct wh_programmes *wh_engine_programmes(const struct wh_engine *engine)
{
    return &engine->programmes;
}

uint32_t wh_engine_writes(const struct wh_engine *engine)
{
    return engine->batch.count;
}

size_t wh_engine_turn_bytes(const struct wh_engine *engine)
{
    return engine->scratch.used_bytes;
}

void wh_engine_abandon_turn(struct wh_engine *engine, const struct wh_error *err)
{
    if (engine->failure.code == 0) engine->failure = *err;
}

uint64_t wh_engine_generation(const struct wh_engine *engine)
{
    return engine->generation;
}

void wh_engine_kinds_changed(struct wh_engine *engine)
{
    engine->generation++;
    engine->cells_pending = true;
}

uint64_t wh_engine_rows_set_aside(const struct wh_engine *engine)
{
    return engine->rows_set_aside;
}

static int count_row(void *context, struct wh_span key, struct wh_span value)
{
    uint64_t *count = context;
    (void)key;
    (void)value;
    *count += 1;
    return 0;
}

int wh_engine_rows_count(struct wh_engine *engine, uint64_t *ret, struct wh_error *err)
{
    uint64_t count = 0;
    int rc = wh_engine_scan(engine, WH_FAMILY_ROWS, WH_SPAN_EMPTY, count_row, &count, err);
    if (rc == 0) *ret = count;
    return rc;
}

static int take_place(void *context, struct wh_span key, struct wh_span value)
{
    uint64_t *place = context;
    (void)key;
    return wh_key_take_u64(&value, place) < 0 ? WH_E_CORRUPT : 1;
}

int wh_engine_place(struct wh_engine *engine, int64_t moment_ms, uint64_t *ret,
                    struct wh_error *err)
{
    struct wh_tuple from, to;
    uint64_t place = 0;
    int rc;
    if (moment_ms >= engine->now.clock_ms && moment_ms >= engine->last_moment_ms) {
        *ret = WH_PLACE_NOW;
        return 0;
    }
    wh_key_moment(&from, INT64_MIN);
    wh_key_moment(&to, moment_ms + 1);
    rc = engine->store.ops->scan(engine->store.self, NULL, WH_FAMILY_META, wh_tuple_span(&from),
                                 wh_tuple_span(&to), WH_SCAN_DOWN, take_place, &place, err);
    if (rc == 0) *ret = place;
    return rc;
}

uint64_t wh_engine_place_now(const struct wh_engine *engine)
{
    return engine->place;
}
