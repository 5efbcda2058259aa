/* text.h: a text that grows: messages, pages, files that a command replies. Thread: any. Ownership:
 * text_free(); where memory ran out `failed` is 1 and the text is not whole. */
#ifndef WH_PLUGINS_TEXT_H
#define WH_PLUGINS_TEXT_H

#include <string.h>
#include <wuhao/plugin.h>

struct text {
    char *data; /* ends in a zero once something was put */
    size_t len;
    size_t size;
    int failed;
};

void text_put(struct text *text, const char *data, size_t len);
void text_print(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Escaped for HTML, attributes too; control characters are left out. */
void text_put_html(struct text *text, struct wh_span span);
/* One value of a line of CSV, quoted where it must be. */
void text_put_csv(struct text *text, struct wh_span span);
void text_free(struct text *text);

#endif
