#include "people.h"

#include <stdlib.h>

#include "training.h"

const char *const role_names[ROLE_COUNT] = {"elder", "ten_role", "leader"};

/* ---- Texts ---- */

#define BLOCK_BYTES 65536u

struct pool_block {
    struct pool_block *before;
    uint64_t used;
    uint64_t size;
    char bytes[];
};

static char *pool_take(struct pool *pool, uint64_t len)
{
    struct pool_block *block = pool->last;
    if (!block || block->size - block->used < len) {
        uint64_t size = len > BLOCK_BYTES ? len : BLOCK_BYTES;
        block = malloc(sizeof(*block) + size);
        if (!block) return NULL;
        block->before = pool->last;
        block->used = 0;
        block->size = size;
        pool->last = block;
    }
    block->used += len;
    return block->bytes + block->used - len;
}

/* Bytes of the blank with which `text` begins or ends: a space, a tab or the wide space that
 * Chinese input writes; 0: none. */
static uint64_t blank_at(const char *at, uint64_t len)
{
    if (len >= 1 && (at[0] == ' ' || at[0] == '\t')) return 1;
    return len >= 3 && memcmp(at, "\xE3\x80\x80", 3) == 0 ? 3 : 0;
}

static uint64_t blank_before(const char *end, uint64_t len)
{
    if (len >= 1 && blank_at(end - 1, 1) == 1) return 1;
    return len >= 3 && blank_at(end - 3, 3) == 3 ? 3 : 0;
}

static struct wh_span trimmed(struct wh_span text)
{
    uint64_t blank;
    while ((blank = blank_at(text.data, text.len)) > 0) {
        text.data += blank;
        text.len -= blank;
    }
    while (text.len > 0 && (blank = blank_before(text.data + text.len, text.len)) > 0) {
        text.len -= blank;
    }
    return text;
}

struct wh_span pool_trimmed(struct pool *pool, struct wh_span text)
{
    struct wh_span copy = {"", 0};
    if (text.len == 0) return copy;
    text = trimmed(text);
    if (text.len == 0) return copy;
    copy.data = pool_take(pool, text.len);
    copy.len = copy.data ? text.len : 0;
    if (copy.data) memcpy((char *)(uintptr_t)copy.data, text.data, text.len);
    return copy;
}

void pool_free(struct pool *pool)
{
    struct pool_block *block = pool->last;
    while (block) {
        struct pool_block *before = block->before;
        free(block);
        block = before;
    }
    pool->last = NULL;
}

/* ---- Order ---- */

static int compare_texts(struct wh_span a, struct wh_span b)
{
    uint64_t len = a.len < b.len ? a.len : b.len;
    int rc = len > 0 ? memcmp(a.data, b.data, len) : 0;
    if (rc != 0) return rc;
    return a.len == b.len ? 0 : (a.len < b.len ? -1 : 1);
}

/* Unknown (0) comes last. */
static int compare_births(int64_t a, int64_t b)
{
    if (a == b) return 0;
    if (a == 0 || b == 0) return a == 0 ? 1 : -1;
    return a < b ? -1 : 1;
}

static int compare_people(const void *a, const void *b)
{
    const struct person *left = a, *right = b;
    int rc = compare_texts(left->name, right->name);
    return rc != 0 ? rc : compare_births(left->birth_year, right->birth_year);
}

int compare_attendances(const void *a, const void *b)
{
    const struct attendance *left = a, *right = b;
    int rc = compare_texts(left->name, right->name);
    if (rc == 0) rc = compare_births(left->birth_year, right->birth_year);
    if (rc == 0 && left->date != right->date) rc = left->date < right->date ? -1 : 1;
    return rc != 0 ? rc : compare_texts(left->id, right->id);
}

int is_same_name(struct wh_span a, struct wh_span b)
{
    return wh_span_equal(a, b);
}

int may_be_same(int64_t birth_year, int64_t other)
{
    return birth_year == 0 || other == 0 || birth_year == other;
}

int is_of(const struct attendance *attendance, struct wh_span name, int64_t birth_year)
{
    return is_same_name(attendance->name, name) && may_be_same(attendance->birth_year, birth_year);
}

/* ---- Rosters ---- */

struct roster {
    struct people *people;
    struct pool *pool;
    int64_t day;
    uint32_t roles; /* of whoever stands in it */
};

static int add_entry(struct roster *roster, const struct person *entry)
{
    struct people *people = roster->people;
    if (make_room(&people->items, people->count, &people->size, sizeof(*people->items)) < 0) {
        return WH_E_FAILED;
    }
    people->items[people->count++] = *entry;
    return 0;
}

/* Who left before the day is not asked. */
static int take_entry(void *context, const struct wh_record_view *record)
{
    struct roster *roster = context;
    struct person entry = {.roles = roster->roles};
    if (field_number(record, "until", INT64_MAX) < roster->day) return 0;
    if (roster->roles == ROLE_ELDER && field_text(record, "roles").len > 0) {
        entry.roles |= ROLE_TEN_ROLE;
    }
    entry.name = pool_trimmed(roster->pool, field_text(record, "person"));
    if (!entry.name.data) return WH_E_FAILED;
    entry.birth_year = field_number(record, "birth_year", 0);
    for (uint32_t role = 0; role < ROLE_COUNT; role++) entry.joined[role] = record->date;
    return add_entry(roster, &entry);
}

static void merge(struct person *into, const struct person *entry)
{
    for (uint32_t role = 0; role < ROLE_COUNT; role++) {
        if (!(entry->roles & (1u << role))) continue;
        if (!(into->roles & (1u << role)) || entry->joined[role] < into->joined[role]) {
            into->joined[role] = entry->joined[role];
        }
    }
    into->roles |= entry->roles;
}

/* Makes persons of sorted entries: one for each name and year of birth. An entry without a year,
 * which comes last of its name, is the one person of that name with a year; where there are none or
 * several, it is a person of its own, for nobody can say which of them it is. */
static void join_entries(struct people *people)
{
    uint32_t kept = 0, first = 0; /* the first person of the name */
    for (uint32_t i = 0; i < people->count; i++) {
        const struct person entry = people->items[i];
        struct person *last = kept > 0 ? &people->items[kept - 1] : NULL;
        if (last && !is_same_name(last->name, entry.name)) first = kept;
        if (first < kept && (last->birth_year == entry.birth_year ||
                             (entry.birth_year == 0 && kept - first == 1))) {
            merge(last, &entry);
        } else {
            people->items[kept++] = entry;
        }
    }
    people->count = kept;
}

int read_people(const struct talk *talk, const char *unit, int64_t day, struct pool *pool,
                struct people *ret)
{
    const struct wh_host *host = talk->host;
    struct roster roster = {ret, pool, day, ROLE_ELDER};
    int rc = host->records(host->self, wh_span_of(KIND_ELDER), wh_span_of(unit), INT32_MIN, day,
                           take_entry, &roster, talk->fail);
    roster.roles = ROLE_LEADER;
    if (rc >= 0) {
        rc = host->records(host->self, wh_span_of(KIND_POST), wh_span_of(unit), INT32_MIN, day,
                           take_entry, &roster, talk->fail);
    }
    if (ret->count > 0) qsort(ret->items, ret->count, sizeof(*ret->items), compare_people);
    join_entries(ret);
    return rc < 0 ? rc : 0;
}

/* ---- Attendances ---- */

static uint32_t role_of(struct wh_span name)
{
    for (uint32_t role = 0; role < ROLE_COUNT; role++) {
        if (wh_span_equal(name, wh_span_of(role_names[role]))) return 1u << role;
    }
    return 0;
}

static int take_attendance(void *context, const struct wh_record_view *record)
{
    struct attendances *list = context;
    struct attendance one = {.birth_year = field_number(record, "birth_year", 0),
                             .date = record->date,
                             .hours_h = field_number(record, "hours", -1),
                             .role = role_of(field_text(record, "role"))};
    one.name = pool_trimmed(list->pool, field_text(record, "person"));
    one.session = pool_trimmed(list->pool, field_text(record, "session"));
    one.id = pool_trimmed(list->pool, record->id);
    if (!one.name.data || !one.session.data || !one.id.data) return WH_E_FAILED;
    copy_text(one.unit, sizeof(one.unit), record->unit);
    if (make_room(&list->items, list->count, &list->size, sizeof(*list->items)) < 0) {
        return WH_E_FAILED;
    }
    list->items[list->count++] = one;
    return 0;
}

int read_attendances(const struct talk *talk, const char *unit, int64_t from, int64_t to,
                     struct attendances *ret)
{
    const struct wh_host *host = talk->host;
    int rc = host->records(host->self, wh_span_of(KIND_ATTENDANCE), wh_span_of(unit), from, to,
                           take_attendance, ret, talk->fail);
    return rc < 0 ? rc : 0;
}

void sort_attendances(struct attendances *attendances)
{
    if (attendances->count == 0) return;
    qsort(attendances->items, attendances->count, sizeof(*attendances->items), compare_attendances);
}

uint32_t first_of_name(const struct attendances *attendances, struct wh_span name)
{
    uint32_t low = 0, high = attendances->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare_texts(attendances->items[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < attendances->count && is_same_name(attendances->items[low].name, name)) return low;
    return attendances->count;
}

/* As in join_entries(): one without a year is another person only where its name is alone. */
uint32_t count_unmatched(const struct attendances *attendances, uint32_t roles)
{
    const struct attendance *last = NULL; /* the last one that counted */
    uint32_t count = 0;
    for (uint32_t i = 0; i < attendances->count; i++) {
        const struct attendance *one = &attendances->items[i];
        if (one->is_matched || !(one->role & roles)) continue;
        if (last && is_of(one, last->name, last->birth_year)) continue;
        last = one;
        count++;
    }
    return count;
}

struct wh_value birth_value(int64_t birth_year)
{
    return birth_year == 0 ? wh_value_null() : wh_value_number(WH_INTEGER, birth_year);
}
