#include "backup/manifest.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/num.h"

#define HEADING "wuhao-backup 1"

static const char *const part_words[] =
    {[WH_PART_STORE] = "store", [WH_PART_FILE] = "file", [WH_PART_FOLDER] = "folder"};

void wh_digest_format(const uint8_t digest[WH_DIGEST_BYTES], char ret[WH_DIGEST_TEXT_SIZE])
{
    for (size_t i = 0; i < WH_DIGEST_BYTES; i++) {
        (void)snprintf(ret + 2 * i, 3, "%02x", digest[i]);
    }
}

struct wh_backup_file *wh_manifest_add(struct wh_manifest *manifest, struct wh_arena *arena)
{
    if (manifest->count == manifest->size) {
        uint32_t size = 2 * manifest->size + 32;
        struct wh_backup_file *files = wh_arena_new(arena, size, sizeof(*files));
        if (manifest->count > 0) {
            memcpy(files, manifest->files, manifest->count * sizeof(*files));
        }
        manifest->files = files;
        manifest->size = size;
    }
    return &manifest->files[manifest->count++];
}

struct wh_span wh_manifest_write(const struct wh_manifest *manifest, struct wh_arena *arena)
{
    const struct wh_backup *backup = &manifest->backup;
    struct wh_buffer text = {NULL, 0, 0};
    uint8_t digest[WH_DIGEST_BYTES];
    char hex[WH_DIGEST_TEXT_SIZE];
    struct wh_span whole;
    wh_buffer_print(&text, HEADING "\nnumber %" PRIu32 "\nunit %.*s\n", backup->number,
                    (int)backup->unit.len, backup->unit.data);
    wh_buffer_print(&text, "taken %" PRId64 "\nrecords %" PRIu64 "\nrows %" PRIu64 "\n",
                    backup->taken_ms, backup->records, backup->rows);
    wh_buffer_print(&text, "head %" PRIu64 "\nlast_day %" PRId32 "\nlast_write %" PRId64 "\n",
                    backup->head, backup->last_day, backup->last_write_ms);
    for (uint32_t i = 0; i < manifest->count; i++) {
        const struct wh_backup_file *file = &manifest->files[i];
        wh_digest_format(file->digest, hex);
        wh_buffer_print(&text, "%s %" PRIu32 " %" PRIu64 " %s %.*s\n", part_words[file->part],
                        file->mode, file->bytes, hex, (int)file->name.len, file->name.data);
    }
    whole = wh_buffer_span(&text);
    wh_digest(&whole, 1, digest, sizeof(digest));
    wh_digest_format(digest, hex);
    wh_buffer_print(&text, "whole %s\n", hex);
    whole = wh_arena_copy(arena, wh_buffer_span(&text));
    wh_buffer_deinit(&text);
    return whole;
}

/* ---- Reading ---- */

/* Takes up to `end` from the front of *text. */
static int take_until(struct wh_span *text, char end, struct wh_span *ret)
{
    const char *at = text->len > 0 ? memchr(text->data, end, text->len) : NULL;
    if (!at) return WH_E_CORRUPT;
    *ret = wh_span(text->data, (size_t)(at - text->data));
    *text = wh_span_from(*text, ret->len + 1);
    return 0;
}

static int take_number(struct wh_span *text, char end, int64_t *ret)
{
    struct wh_span digits;
    if (take_until(text, end, &digits) < 0 || wh_number_parse(digits, ret) < 0) return WH_E_CORRUPT;
    return 0;
}

static int take_digest(struct wh_span *text, char end, uint8_t ret[WH_DIGEST_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    struct wh_span hex;
    if (take_until(text, end, &hex) < 0 || hex.len != 2u * WH_DIGEST_BYTES) return WH_E_CORRUPT;
    for (size_t i = 0; i < hex.len; i++) {
        const char *digit = memchr(digits, hex.data[i], 16);
        if (!digit) return WH_E_CORRUPT;
        ret[i / 2] = (uint8_t)(ret[i / 2] << 4 | (digit - digits));
    }
    return 0;
}

static int take_named(struct wh_span *text, const char *name, int64_t *ret)
{
    struct wh_span word;
    if (take_until(text, ' ', &word) < 0 || !wh_span_equal(word, wh_span_of(name))) {
        return WH_E_CORRUPT;
    }
    return take_number(text, '\n', ret);
}

/* True where the last line is the digest of all before it; *text is then what stands before it. */
static bool is_whole(struct wh_span *text)
{
    const size_t line = sizeof("whole ") - 1 + 2u * WH_DIGEST_BYTES + 1;
    uint8_t digest[WH_DIGEST_BYTES];
    char hex[WH_DIGEST_TEXT_SIZE], last[sizeof("whole \n") + WH_DIGEST_TEXT_SIZE];
    struct wh_span before;
    if (text->len < line) return false;
    before = wh_span(text->data, text->len - line);
    wh_digest(&before, 1, digest, sizeof(digest));
    wh_digest_format(digest, hex);
    (void)snprintf(last, sizeof(last), "whole %s\n", hex);
    if (!wh_span_equal(wh_span_from(*text, before.len), wh_span_of(last))) return false;
    *text = before;
    return true;
}

static int take_file(struct wh_span *text, struct wh_backup_file *ret)
{
    struct wh_span word;
    int64_t mode, bytes;
    if (take_until(text, ' ', &word) < 0) return WH_E_CORRUPT;
    for (size_t i = 0; i < sizeof(part_words) / sizeof(part_words[0]); i++) {
        if (!wh_span_equal(word, wh_span_of(part_words[i]))) continue;
        ret->part = (enum wh_backup_part)i;
        if (take_number(text, ' ', &mode) < 0 || take_number(text, ' ', &bytes) < 0 ||
            take_digest(text, ' ', ret->digest) < 0 || take_until(text, '\n', &ret->name) < 0) {
            return WH_E_CORRUPT;
        }
        ret->mode = (uint32_t)mode & 0777;
        ret->bytes = (uint64_t)bytes;
        return 0;
    }
    return WH_E_CORRUPT;
}

static int take_head(struct wh_span *text, struct wh_backup *ret)
{
    struct wh_span line;
    int64_t number, records, rows, head, last_day;
    if (take_until(text, '\n', &line) < 0 || !wh_span_equal(line, WH_S(HEADING)) ||
        take_named(text, "number", &number) < 0 || take_until(text, '\n', &line) < 0 ||
        !wh_span_starts(line, WH_S("unit ")) || take_named(text, "taken", &ret->taken_ms) < 0 ||
        take_named(text, "records", &records) < 0 || take_named(text, "rows", &rows) < 0 ||
        take_named(text, "head", &head) < 0 || take_named(text, "last_day", &last_day) < 0 ||
        take_named(text, "last_write", &ret->last_write_ms) < 0) {
        return WH_E_CORRUPT;
    }
    ret->number = (uint32_t)number;
    ret->unit = wh_span_from(line, sizeof("unit ") - 1);
    ret->records = (uint64_t)records;
    ret->rows = (uint64_t)rows;
    ret->head = (uint64_t)head;
    ret->last_day = (int32_t)last_day;
    return 0;
}

int wh_manifest_read(struct wh_span text, struct wh_arena *arena, struct wh_manifest *ret)
{
    struct wh_span left = wh_arena_copy(arena, text);
    uint32_t lines = 0;
    *ret = (struct wh_manifest){.count = 0};
    if (!is_whole(&left) || take_head(&left, &ret->backup) < 0) return WH_E_CORRUPT;
    for (size_t i = 0; i < left.len; i++) lines += left.data[i] == '\n';
    ret->files = wh_arena_new(arena, lines + 1u, sizeof(*ret->files));
    while (left.len > 0) {
        struct wh_backup_file *file = &ret->files[ret->count++];
        if (take_file(&left, file) < 0) return WH_E_CORRUPT;
        ret->backup.bytes += file->bytes;
    }
    return 0;
}
