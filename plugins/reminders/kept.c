#include "kept.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define KEY_SIZE 120

/* ---- Days and doubts ---- */

int kept_has_day(const struct kept *kept, int64_t day)
{
    for (uint32_t i = 0; i < kept->days_count; i++) {
        if (kept->days[i] == day) return 1;
    }
    return 0;
}

int kept_has_week(const struct kept *kept, int64_t monday)
{
    for (uint32_t i = 0; i < kept->days_count; i++) {
        if (kept->days[i] >= monday && kept->days[i] < monday + 7) return 1;
    }
    return 0;
}

/* By number, not by age: a clock that jumps far must not make the plugin forget. */
void kept_add_day(struct kept *kept, int64_t day)
{
    if (kept_has_day(kept, day)) return;
    if (kept->days_count == DAYS_KEPT) {
        memmove(&kept->days[0], &kept->days[1], (DAYS_KEPT - 1) * sizeof(kept->days[0]));
        kept->days_count--;
    }
    kept->days[kept->days_count++] = day;
}

void kept_doubt(struct kept *kept, int64_t day)
{
    if (day > kept->doubt) kept->doubt = day;
    kept_add_day(kept, day);
    kept->phase = PHASE_NONE;
    kept->tries = 0;
}

/* ---- As text: "1 DOUBT WEEK PHASE DAY TRIES NEXT AT STAMP WHY DAYS..." ---- */

static void key_of(char key[KEY_SIZE], const char *what, const char *id, enum channel channel)
{
    (void)snprintf(key, KEY_SIZE, "%s/%.40s/%s", what, id, channel_word(channel));
}

static void parse_kept(const char *text, struct kept *ret)
{
    int at = 0, len;
    memset(ret, 0, sizeof(*ret));
    if (sscanf(text,
               "1 %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64
               " %" SCNu64 " %31s%n",
               &ret->doubt, &ret->week, &ret->phase, &ret->phase_day, &ret->tries, &ret->next_ms,
               &ret->at_ms, &ret->stamp, ret->why, &at) < 9) {
        memset(ret, 0, sizeof(*ret));
        return;
    }
    while (ret->days_count < DAYS_KEPT &&
           sscanf(text + at, " %" SCNd64 "%n", &ret->days[ret->days_count], &len) == 1) {
        ret->days_count++;
        at += len;
    }
}

int kept_read(const struct wh_host *host, const char *id, enum channel channel, struct kept *ret,
              struct wh_failure *fail)
{
    char key[KEY_SIZE], text[2400];
    struct wh_span value;
    int rc;
    memset(ret, 0, sizeof(*ret));
    key_of(key, "kept", id, channel);
    rc = host->key_get(host->self, wh_span_of(key), &value, fail);
    if (rc == WH_E_NOT_FOUND) return 0;
    if (rc < 0) return rc;
    copy_text(text, sizeof(text), value);
    parse_kept(text, ret);
    return 0;
}

int kept_write(const struct wh_host *host, const char *id, enum channel channel,
               const struct kept *kept, struct wh_failure *fail)
{
    char key[KEY_SIZE], text[2400];
    int len = snprintf(text, sizeof(text),
                       "1 %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
                       " %" PRId64 " %" PRIu64 " %s",
                       kept->doubt, kept->week, kept->phase, kept->phase_day, kept->tries,
                       kept->next_ms, kept->at_ms, kept->stamp, kept->why[0] ? kept->why : "-");
    for (uint32_t i = 0; i < kept->days_count && len > 0 && (size_t)len < sizeof(text); i++) {
        len += snprintf(text + len, sizeof(text) - (size_t)len, " %" PRId64, kept->days[i]);
    }
    key_of(key, "kept", id, channel);
    return host->key_put(host->self, wh_span_of(key), wh_span_of(text), fail);
}

/* ---- Marks: digests of eight bytes, packed, in chunks by year ---- */

#define MARK_BYTES 8
#define CHUNK_MARKS 8000
#define YEARS_MARKED 4 /* by number; more than a round has */

int marks_add(struct marks *marks, struct mark mark)
{
    if (make_room(&marks->items, marks->count, &marks->size, sizeof(*marks->items)) < 0) {
        return WH_E_FAILED;
    }
    marks->items[marks->count++] = mark;
    return 0;
}

static int compare_marks(const void *a, const void *b)
{
    const struct mark *left = a, *right = b;
    return (left->digest > right->digest) - (left->digest < right->digest);
}

static int take_chunk(void *context, struct wh_span key, struct wh_span value)
{
    struct marks *marks = context;
    int rc = 0;
    (void)key;
    for (uint64_t at = 0; rc == 0 && at + MARK_BYTES <= value.len; at += MARK_BYTES) {
        struct mark mark = {0, 0, 0};
        memcpy(&mark.digest, value.data + at, MARK_BYTES);
        rc = marks_add(marks, mark);
    }
    return rc;
}

int marks_read(const struct wh_host *host, const char *id, enum channel channel, struct marks *ret,
               struct wh_failure *fail)
{
    char prefix[KEY_SIZE];
    int rc;
    (void)snprintf(prefix, sizeof(prefix), "told/%.40s/%s/", id, channel_word(channel));
    rc = host->keys(host->self, wh_span_of(prefix), take_chunk, ret, fail);
    if (rc < 0) return rc;
    if (ret->count > 0) qsort(ret->items, ret->count, sizeof(*ret->items), compare_marks);
    return 0;
}

int marks_have(const struct marks *marks, uint64_t digest)
{
    struct mark wanted = {digest, 0, 0};
    return marks->count > 0 &&
           bsearch(&wanted, marks->items, marks->count, sizeof(wanted), compare_marks) != NULL;
}

/* The last chunk of a year, to be filled further. */
struct chunk {
    char key[KEY_SIZE];
    char bytes[CHUNK_MARKS * MARK_BYTES];
    uint64_t len;
    uint32_t number;
    int32_t has_any;
};

static int take_last(void *context, struct wh_span key, struct wh_span value)
{
    struct chunk *chunk = context;
    (void)key;
    if (value.len > sizeof(chunk->bytes)) return WH_E_FAILED;
    if (chunk->has_any) chunk->number++;
    memcpy(chunk->bytes, value.data, value.len);
    chunk->len = value.len;
    chunk->has_any = 1;
    return 0;
}

static int put_chunk(const struct wh_host *host, struct chunk *chunk, const char *prefix,
                     struct wh_failure *fail)
{
    (void)snprintf(chunk->key, sizeof(chunk->key), "%.90s%05u", prefix, chunk->number);
    return host->key_put(host->self, wh_span_of(chunk->key),
                         (struct wh_span){chunk->bytes, chunk->len}, fail);
}

static int write_year(const struct wh_host *host, const char *prefix, uint32_t year,
                      const struct marks *added, struct wh_failure *fail)
{
    struct chunk *chunk = calloc(1, sizeof(*chunk));
    int rc =
        chunk ? host->keys(host->self, wh_span_of(prefix), take_last, chunk, fail) : WH_E_FAILED;
    for (uint32_t i = 0; rc >= 0 && i < added->count; i++) {
        if (added->items[i].year != year) continue;
        if (chunk->len == sizeof(chunk->bytes)) {
            rc = put_chunk(host, chunk, prefix, fail);
            chunk->number++;
            chunk->len = 0;
        }
        memcpy(chunk->bytes + chunk->len, &added->items[i].digest, MARK_BYTES);
        chunk->len += MARK_BYTES;
    }
    if (rc >= 0) rc = put_chunk(host, chunk, prefix, fail);
    free(chunk);
    return rc < 0 ? rc : 0;
}

/* ---- Years that are over ---- */

struct years {
    uint32_t first;
    uint32_t last;
    uint32_t count;
    size_t head; /* of a key, before its year */
    char keys[16][KEY_SIZE];
    uint32_t keys_count; /* of the first year */
};

static int take_year(void *context, struct wh_span key, struct wh_span value)
{
    struct years *years = context;
    char text[KEY_SIZE];
    uint32_t year;
    (void)value;
    copy_text(text, sizeof(text), key);
    year = (uint32_t)strtoul(text + years->head, NULL, 10);
    if (year != years->last) years->count++;
    years->last = year;
    if (years->first == 0) years->first = year;
    if (year == years->first && years->keys_count < 16) {
        memcpy(years->keys[years->keys_count++], text, sizeof(text));
    }
    return 0;
}

static int drop_first_year(const struct wh_host *host, const char *prefix, struct wh_failure *fail)
{
    struct years years = {.head = strlen(prefix)};
    int rc = host->keys(host->self, wh_span_of(prefix), take_year, &years, fail);
    for (uint32_t i = 0; rc >= 0 && years.count > YEARS_MARKED && i < years.keys_count; i++) {
        rc = host->key_delete(host->self, wh_span_of(years.keys[i]), fail);
    }
    return rc < 0 ? rc : 0;
}

int marks_write(const struct wh_host *host, const char *id, enum channel channel,
                const struct marks *added, struct wh_failure *fail)
{
    char prefix[KEY_SIZE], of_year[KEY_SIZE];
    int rc;
    (void)snprintf(prefix, sizeof(prefix), "told/%.40s/%s/", id, channel_word(channel));
    rc = drop_first_year(host, prefix, fail);
    for (uint32_t i = 0; rc == 0 && i < added->count; i++) {
        uint32_t year = added->items[i].year, k = 0;
        while (k < i && added->items[k].year != year) k++;
        if (k < i) continue; /* its year is written already */
        (void)snprintf(of_year, sizeof(of_year), "%.80s%04u/", prefix, year % 10000);
        rc = write_year(host, of_year, year, added, fail);
    }
    return rc;
}

/* ---- One value ---- */

int number_read(const struct wh_host *host, const char *key, int64_t *ret, struct wh_failure *fail)
{
    char text[32];
    struct wh_span value;
    int rc = host->key_get(host->self, wh_span_of(key), &value, fail);
    *ret = 0;
    if (rc == WH_E_NOT_FOUND) return 0;
    if (rc < 0) return rc;
    copy_text(text, sizeof(text), value);
    *ret = strtoll(text, NULL, 10);
    return 0;
}

int number_write(const struct wh_host *host, const char *key, int64_t number,
                 struct wh_failure *fail)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "%" PRId64, number);
    return host->key_put(host->self, wh_span_of(key), wh_span_of(text), fail);
}
