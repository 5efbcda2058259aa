/* z85.h: the text form of CURVE keys (ZeroMQ RFC 32/Z85): 4 bytes as 5 printable characters.
 * Thread: any. */
#ifndef WH_BASE_Z85_H
#define WH_BASE_Z85_H

#include "base/span.h"

#define WH_Z85_KEY_TEXT_SIZE 41 /* 32 bytes as 40 characters, and a zero */

/* `bytes` is a multiple of 4; `ret` has room for bytes x 5 / 4 + 1. */
void wh_z85_format(const uint8_t *data, size_t bytes, char *ret);
/* WH_E_INVALID unless `text` is exactly `bytes` bytes. */
int wh_z85_parse(struct wh_span text, uint8_t *ret, size_t bytes);

#endif
