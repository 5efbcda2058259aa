#include "base/num.h"

#include <inttypes.h>
#include <stdio.h>

/* Digits of `text` from *at on, added to *value; stops at the first other byte. */
static int parse_digits(struct wh_span text, size_t *at, int64_t *value)
{
    size_t from = *at;
    while (*at < text.len && text.data[*at] >= '0' && text.data[*at] <= '9') {
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, text.data[*at] - '0', value)) {
            return WH_E_RANGE;
        }
        (*at)++;
    }
    return *at > from ? 0 : WH_E_INVALID;
}

int wh_number_parse(struct wh_span text, int64_t *ret)
{
    size_t at = text.len > 0 && text.data[0] == '-' ? 1 : 0;
    int64_t value = 0;
    int rc = parse_digits(text, &at, &value);
    if (rc < 0) return rc;
    if (at != text.len) return WH_E_INVALID;
    *ret = text.data[0] == '-' ? -value : value;
    return 0;
}

int wh_hundredths_parse(struct wh_span text, int64_t *ret)
{
    size_t at = text.len > 0 && text.data[0] == '-' ? 1 : 0;
    int64_t value = 0;
    int places = 0;
    int rc = parse_digits(text, &at, &value);
    if (rc < 0) return rc;
    if (at < text.len && text.data[at] == '.') {
        size_t from = ++at;
        rc = parse_digits(text, &at, &value);
        if (rc < 0) return rc;
        if (at - from > 2) return WH_E_INVALID;
        places = (int)(at - from);
    }
    if (at != text.len) return WH_E_INVALID;
    for (; places < 2; places++) {
        if (__builtin_mul_overflow(value, 10, &value)) return WH_E_RANGE;
    }
    *ret = text.data[0] == '-' ? -value : value;
    return 0;
}

void wh_hundredths_format(int64_t value_h, char ret[WH_HUNDREDTHS_TEXT_SIZE])
{
    uint64_t size = value_h < 0 ? 0u - (uint64_t)value_h : (uint64_t)value_h;
    (void)snprintf(ret, WH_HUNDREDTHS_TEXT_SIZE, "%s%" PRIu64 ".%02" PRIu64, value_h < 0 ? "-" : "",
                   size / 100, size % 100);
}
