/* text.h: a text that grows. Thread: any. Ownership: the caller frees `data`; where memory ran out
 * `failed` is 1 and the rest is missing. */
#ifndef WH_REMINDERS_TEXT_H
#define WH_REMINDERS_TEXT_H

#include <wuhao/plugin.h>

struct text {
    char *data; /* ends in a zero once something was put */
    size_t len;
    size_t size;
    int failed;
};

void text_put(struct text *text, const char *data, size_t len);
void text_print(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* In lines of 76 letters that end in CRLF where `wide` is 0, else in one. */
void text_put_base64(struct text *text, struct wh_span bytes, int wide);
/* As the inside of a JSON string. */
void text_put_json(struct text *text, struct wh_span bytes);
void text_free(struct text *text);

#endif
