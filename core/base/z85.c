#include "base/z85.h"

#include "base/error.h"

static const char alphabet[] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

void wh_z85_format(const uint8_t *data, size_t bytes, char *ret)
{
    for (size_t i = 0; i < bytes; i += 4, ret += 5) {
        uint32_t word = (uint32_t)data[i] << 24 | (uint32_t)data[i + 1] << 16 |
                        (uint32_t)data[i + 2] << 8 | data[i + 3];
        for (int digit = 4; digit >= 0; digit--, word /= 85) ret[digit] = alphabet[word % 85];
    }
    *ret = '\0';
}

int wh_z85_parse(struct wh_span text, uint8_t *ret, size_t bytes)
{
    if (text.len != bytes / 4 * 5) return WH_E_INVALID;
    for (size_t i = 0; i < text.len; i += 5) {
        uint64_t word = 0;
        for (size_t j = i; j < i + 5; j++) {
            const char *found = memchr(alphabet, text.data[j], sizeof(alphabet) - 1);
            if (!found) return WH_E_INVALID;
            word = word * 85 + (uint64_t)(found - alphabet);
        }
        if (word > UINT32_MAX) return WH_E_INVALID;
        for (int j = 0; j < 4; j++) *ret++ = (uint8_t)(word >> (24 - 8 * j));
    }
    return 0;
}
