/* encode.h: bytes as mail and JSON carry them, put behind a text. Thread: any. */
#ifndef WH_REMINDERS_ENCODE_H
#define WH_REMINDERS_ENCODE_H

#include "text.h"

/* In lines of 76 letters that end in CRLF where `wide` is 0, else in one. */
void text_put_base64(struct text *text, struct wh_span bytes, int wide);
/* As the inside of a JSON string. */
void text_put_json(struct text *text, struct wh_span bytes);

#endif
