#include "base/message.h"

#include "base/assert.h"
#include "base/buffer.h"
#include "base/text.h"

static const char *const texts[WH_MESSAGES_COUNT][2] = {
#define M(id, zh, en) [WH_MSG_##id] = {zh, en},
#include "base/messages.def"
#undef M
};

/* {0?row:rows}, behind its `?`: puts the half that the argument wants. Returns the closing brace.
 */
static const char *put_number_word(struct wh_buffer *buffer, const char *at, struct wh_span arg)
{
    const char *colon = strchr(at, ':');
    const char *end = colon ? strchr(colon, '}') : NULL;
    WH_ASSERT(end); /* the catalogue is ours */
    if (wh_span_equal(arg, WH_S("1"))) {
        wh_buffer_put(buffer, wh_span(at, (size_t)(colon - at)));
    } else {
        wh_buffer_put(buffer, wh_span(colon + 1, (size_t)(end - colon - 1)));
    }
    return end;
}

struct wh_span wh_message_text(enum wh_message message, enum wh_language language,
                               const struct wh_span *args, size_t count, struct wh_arena *arena)
{
    struct wh_buffer buffer;
    struct wh_span result;
    const char *at;
    WH_ASSERT(message < WH_MESSAGES_COUNT);
    wh_buffer_init(&buffer);
    for (at = texts[message][language]; *at; at++) {
        size_t index = (size_t)(at[0] == '{' && at[1] >= '0' && at[1] <= '9' ? at[1] - '0' : 10);
        if (index < count && at[2] == '}') {
            wh_buffer_put(&buffer, wh_text_printable(args[index], arena));
            at += 2;
        } else if (index < count && at[2] == '?') {
            at = put_number_word(&buffer, at + 3, args[index]);
        } else {
            wh_buffer_put_byte(&buffer, (uint8_t)*at);
        }
    }
    result = wh_arena_copy(arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return result;
}

struct wh_span wh_title_text(struct wh_title title, enum wh_language language)
{
    const char *wanted = language == WH_ZH ? title.zh : title.en;
    const char *other = language == WH_ZH ? title.en : title.zh;
    return wh_span_of(wanted && *wanted ? wanted : other);
}
