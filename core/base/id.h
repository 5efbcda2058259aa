/* id.h: a record's identity: 16 bytes whose order is the order of entry. Bytes 0-5 are the moment
 * in milliseconds, 6-13 the node's counter, 14-15 chance: two nodes that share a restored counter
 * still differ. Thread: any. */
#ifndef WH_BASE_ID_H
#define WH_BASE_ID_H

#include "base/span.h"

#define WH_ID_BYTES 16
#define WH_ID_TEXT_SIZE 27 /* 26 letters and digits (Crockford's base 32) and a zero */

struct wh_id {
    uint8_t bytes[WH_ID_BYTES];
};

struct wh_id wh_id_make(int64_t now_ms, uint64_t counter, uint16_t chance);
void wh_id_format(struct wh_id id, char ret[WH_ID_TEXT_SIZE]);
/* WH_E_INVALID. Small letters are read too. */
int wh_id_parse(struct wh_span text, struct wh_id *ret);

#endif
