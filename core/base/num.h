/* num.h: arithmetic on numbers that came from outside or from disk. All functions are exact in 128
 * bits and say WH_E_RANGE where a result does not fit 64; *ret is then untouched. Thread: any. */
#ifndef WH_BASE_NUM_H
#define WH_BASE_NUM_H

#include <stdint.h>

#include "base/error.h"

__extension__ typedef __int128 wh_int128; /* no result of ours, only what lies between */

/* a + b. */
static inline int wh_add_i64(int64_t a, int64_t b, int64_t *ret)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum)) return WH_E_RANGE;
    *ret = sum;
    return 0;
}

/* floor(a x b / c); c > 0. */
static inline int wh_muldiv_floor_i64(int64_t a, int64_t b, int64_t c, int64_t *ret)
{
    wh_int128 product = (wh_int128)a * b;
    wh_int128 quotient = product / c;
    if (product % c != 0 && product < 0) quotient -= 1;
    if (quotient > INT64_MAX || quotient < INT64_MIN) return WH_E_RANGE;
    *ret = (int64_t)quotient;
    return 0;
}

/* The sign of a x b - c x d: how two shares a/d and c/b compare without dividing. */
static inline int wh_compare_products_i64(int64_t a, int64_t b, int64_t c, int64_t d)
{
    wh_int128 left = (wh_int128)a * b;
    wh_int128 right = (wh_int128)c * d;
    return (left > right) - (left < right);
}

/* Reads all of `text` as a decimal integer with an optional minus: WH_E_INVALID, WH_E_RANGE. */
int wh_number_parse(struct wh_span text, int64_t *ret);

/* Reads all of `text` as a decimal with at most two places, in hundredths ("4.5" is 450):
 * WH_E_INVALID, WH_E_RANGE. */
int wh_hundredths_parse(struct wh_span text, int64_t *ret);

#define WH_HUNDREDTHS_TEXT_SIZE 32
/* Writes "4.50" for 450, with a zero behind it. */
void wh_hundredths_format(int64_t value_h, char ret[WH_HUNDREDTHS_TEXT_SIZE]);

#endif
