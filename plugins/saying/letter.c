#include "letter.h"

void letter_put(struct text *letter, const char *name, struct wh_span value)
{
    text_print(letter, "%s=%.*s\n", name, (int)value.len, value.data ? value.data : "");
}

void letter_end(struct text *letter, struct wh_span body)
{
    text_put(letter, "\n", 1);
    text_put(letter, body.data, body.len);
}

/* Takes the first line from what is left, without its end. */
static struct wh_span take_line(struct wh_span *left)
{
    struct wh_span line = *left;
    const char *end = left->len > 0 ? memchr(left->data, '\n', left->len) : NULL;
    if (end) line.len = (uint64_t)(end - left->data);
    left->data += line.len + (end ? 1 : 0);
    left->len -= line.len + (end ? 1 : 0);
    return line;
}

struct wh_span letter_value(struct wh_span letter, const char *name)
{
    size_t len = strlen(name);
    while (letter.len > 0) {
        struct wh_span line = take_line(&letter);
        if (line.len == 0) break;
        if (line.len <= len || memcmp(line.data, name, len) != 0 || line.data[len] != '=') continue;
        line.data += len + 1;
        line.len -= len + 1;
        return line;
    }
    return wh_span_of("");
}

struct wh_span letter_body(struct wh_span letter)
{
    while (letter.len > 0 && take_line(&letter).len > 0) {
    }
    return letter;
}
