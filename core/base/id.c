#include "base/id.h"

#include "base/error.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

struct wh_id wh_id_make(int64_t now_ms, uint64_t counter, uint16_t chance)
{
    struct wh_id id;
    for (int i = 0; i < 6; i++) id.bytes[i] = (uint8_t)((uint64_t)now_ms >> (40 - 8 * i));
    for (int i = 0; i < 8; i++) id.bytes[6 + i] = (uint8_t)(counter >> (56 - 8 * i));
    id.bytes[14] = (uint8_t)(chance >> 8);
    id.bytes[15] = (uint8_t)chance;
    return id;
}

/* 26 x 5 = 130 bits: two zero bits stand before the 128. */
void wh_id_format(struct wh_id id, char ret[WH_ID_TEXT_SIZE])
{
    uint32_t bits = 0;
    int held = 2, at = 0;
    for (int i = 0; i < WH_ID_BYTES; i++) {
        bits = (bits << 8) | id.bytes[i];
        held += 8;
        while (held >= 5) {
            held -= 5;
            ret[at++] = alphabet[(bits >> held) & 31];
        }
    }
    ret[at] = '\0';
}

int wh_id_parse(struct wh_span text, struct wh_id *ret)
{
    struct wh_id id;
    uint32_t bits = 0;
    int held = -2, at = 0;
    if (text.len != WH_ID_TEXT_SIZE - 1) return WH_E_INVALID;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        const char *found;
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        found = memchr(alphabet, c, sizeof(alphabet) - 1);
        if (!found || (i == 0 && found - alphabet > 7)) return WH_E_INVALID;
        bits = (bits << 5) | (uint32_t)(found - alphabet);
        held += 5;
        if (held >= 8) {
            held -= 8;
            id.bytes[at++] = (uint8_t)(bits >> held);
        }
    }
    *ret = id;
    return 0;
}
