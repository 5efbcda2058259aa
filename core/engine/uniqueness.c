/* Unique fields: the current records of a unit are read once, when its first record is offered, and
 * found by the text of their unique fields. */
#include "base/memory.h"
#include "engine/engine_parts.h"
#include "engine/records.h"

#define NONE UINT32_MAX

struct seen {
    struct wh_record record;
    uint32_t next; /* with the same text */
};

struct wh_uniqueness {
    struct wh_engine *engine;
    const struct wh_kind *kind;
    struct wh_arena arena;
    struct wh_map units;   /* those whose records have been read */
    struct wh_map by_text; /* unit and unique text -> newest in `seen` */
    struct seen *seen;
    uint32_t count;
    uint32_t size;
};

struct wh_uniqueness *wh_uniqueness_new(struct wh_engine *engine, const struct wh_kind *kind)
{
    struct wh_uniqueness *uniqueness = wh_memory_new(1, sizeof(*uniqueness));
    uniqueness->engine = engine;
    uniqueness->kind = kind;
    return uniqueness;
}

void wh_uniqueness_free(struct wh_uniqueness *uniqueness)
{
    if (!uniqueness) return;
    wh_map_deinit(&uniqueness->units);
    wh_map_deinit(&uniqueness->by_text);
    wh_memory_free(uniqueness->seen);
    wh_arena_deinit(&uniqueness->arena);
    wh_memory_free(uniqueness);
}

static struct wh_span text_of(struct wh_uniqueness *uniqueness, const struct wh_record *record)
{
    struct wh_span unique = wh_record_unique_text(record, &uniqueness->arena);
    char *joined = wh_arena_new(&uniqueness->arena, record->unit.len + 1 + unique.len, 1);
    memcpy(joined, record->unit.data, record->unit.len);
    memcpy(joined + record->unit.len + 1, unique.data, unique.len);
    return wh_span(joined, record->unit.len + 1 + unique.len);
}

/* Only what wh_record_repeats() reads is kept of the record. */
static struct wh_record copy_record(struct wh_uniqueness *uniqueness,
                                    const struct wh_record *record)
{
    struct wh_record copy = *record;
    uint32_t count = record->kind->fields.count;
    copy.unit = wh_arena_copy(&uniqueness->arena, record->unit);
    copy.values = wh_arena_new(&uniqueness->arena, count, sizeof(*copy.values));
    for (uint32_t i = 0; i < count; i++) {
        copy.values[i] = record->values[i];
        copy.values[i].text = wh_arena_copy(&uniqueness->arena, record->values[i].text);
    }
    return copy;
}

static void remember(struct wh_uniqueness *uniqueness, const struct wh_record *record)
{
    struct wh_span text = text_of(uniqueness, record);
    uint64_t *found = wh_map_get(&uniqueness->by_text, text);
    if (uniqueness->count == uniqueness->size) {
        uniqueness->size = uniqueness->size > 0 ? uniqueness->size * 2 : 64;
        uniqueness->seen =
            wh_memory_resize(uniqueness->seen, uniqueness->size, sizeof(*uniqueness->seen));
    }
    uniqueness->seen[uniqueness->count] =
        (struct seen){copy_record(uniqueness, record), found ? (uint32_t)*found : NONE};
    wh_map_put(&uniqueness->by_text, text, uniqueness->count++);
}

static int remember_record(void *context, const struct wh_record *record)
{
    remember(context, record);
    return 0;
}

static int read_unit(struct wh_uniqueness *uniqueness, struct wh_span unit, struct wh_error *err)
{
    struct wh_records_query query = {uniqueness->kind, unit, INT32_MIN, INT32_MAX,
                                     WH_RECORDS_CURRENT};
    if (wh_map_get(&uniqueness->units, unit)) return 0;
    wh_map_put(&uniqueness->units, wh_arena_copy(&uniqueness->arena, unit), 1);
    return wh_records_scan(uniqueness->engine, &query, remember_record, uniqueness, err);
}

static const struct seen *find_repeat(struct wh_uniqueness *uniqueness,
                                      const struct wh_record *record)
{
    uint64_t *found = wh_map_get(&uniqueness->by_text, text_of(uniqueness, record));
    uint32_t i = found ? (uint32_t)*found : NONE;
    for (; i != NONE; i = uniqueness->seen[i].next) {
        const struct seen *seen = &uniqueness->seen[i];
        bool itself = record->version != 0 &&
                      memcmp(seen->record.id.bytes, record->id.bytes, WH_ID_BYTES) == 0;
        if (!itself && wh_record_repeats(&seen->record, record)) return seen;
    }
    return NULL;
}

int wh_uniqueness_offer(struct wh_uniqueness *uniqueness, const struct wh_record *record,
                        uint32_t line, struct wh_faults *faults, struct wh_error *err)
{
    const struct seen *repeat;
    int rc;
    if (uniqueness->kind->unique.count == 0) return 0;
    rc = read_unit(uniqueness, record->unit, err);
    if (rc < 0) return rc;
    repeat = find_repeat(uniqueness, record);
    if (repeat) {
        wh_record_name_repeat(&repeat->record, line, &uniqueness->arena, faults);
    } else {
        remember(uniqueness, record);
    }
    return 0;
}
