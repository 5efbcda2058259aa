/* letter.h: what is published, as text that can be read in twenty years: lines of NAME=VALUE, an
 * empty line, and any text behind it. Thread: any. Ownership: spans are borrowed. */
#ifndef WH_PLUGINS_LETTER_H
#define WH_PLUGINS_LETTER_H

#include "text.h"

/* One line more; the value has no line break. */
void letter_put(struct text *letter, const char *name, struct wh_span value);
/* The empty line and the text, which end it. */
void letter_end(struct text *letter, struct wh_span body);

/* The value of the line `name`; empty where there is none. */
struct wh_span letter_value(struct wh_span letter, const char *name);
/* What stands behind the empty line. */
struct wh_span letter_body(struct wh_span letter);

#endif
