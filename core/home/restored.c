#include "home/restored.h"

#include <inttypes.h>

#include "base/buffer.h"
#include "base/num.h"
#include "home/file.h"

#define NOTE_NAME "restored"

int wh_restored_write(const char *dir, const struct wh_restored *restored, struct wh_error *err)
{
    struct wh_buffer text = {NULL, 0, 0};
    struct wh_arena arena = {NULL, 0};
    int rc;
    wh_buffer_print(&text, "%" PRIu32 " %" PRId64 " %" PRId64 " %" PRId64 " ", restored->number,
                    restored->taken_ms, restored->last_write_ms, restored->restored_ms);
    wh_buffer_put(&text, restored->from);
    wh_buffer_put_byte(&text, '\n');
    rc = wh_file_write(wh_path_join(&arena, dir, NOTE_NAME), wh_buffer_span(&text), 0640, err);
    wh_arena_deinit(&arena);
    wh_buffer_deinit(&text);
    return rc;
}

static bool take_number(struct wh_span *text, int64_t *ret)
{
    const char *end = text->len > 0 ? memchr(text->data, ' ', text->len) : NULL;
    size_t len = end ? (size_t)(end - text->data) : 0;
    if (!end || wh_number_parse(wh_span(text->data, len), ret) < 0) return false;
    *text = wh_span_from(*text, len + 1);
    return true;
}

void wh_restored_read(const char *dir, struct wh_arena *arena, struct wh_restored *ret)
{
    struct wh_restored read;
    struct wh_error err;
    struct wh_span text;
    int64_t number;
    *ret = (struct wh_restored){.number = 0};
    if (wh_file_read(wh_path_join(arena, dir, NOTE_NAME), arena, &text, &err) < 0) return;
    if (!take_number(&text, &number) || number < 1 || number > UINT32_MAX ||
        !take_number(&text, &read.taken_ms) || !take_number(&text, &read.last_write_ms) ||
        !take_number(&text, &read.restored_ms)) {
        return;
    }
    read.number = (uint32_t)number;
    while (text.len > 0 && text.data[text.len - 1] == '\n') text.len--;
    read.from = text;
    *ret = read;
}
