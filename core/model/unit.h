/* unit.h: a place in the administrative tree (data.md "Units"): its code, kind and level.
 * Thread: any. Ownership: plain values; spans are borrowed. */
#ifndef WH_MODEL_UNIT_H
#define WH_MODEL_UNIT_H

#include "base/error.h"

/* X(symbol, value, word in CSV and JSON, level, zh, en). The values are stored: never reused. */
#define WH_UNIT_KINDS(X)                                                                           \
    X(CITY, 1, "city", WH_LEVEL_CITY, "市", "city")                                                \
    X(COUNTY, 2, "county", WH_LEVEL_COUNTY, "县市区", "county")                                    \
    X(TOWNSHIP, 3, "township", WH_LEVEL_TOWNSHIP, "乡镇", "township")                              \
    X(STREET, 4, "street", WH_LEVEL_TOWNSHIP, "街道", "street")                                    \
    X(EDUCATION_BUREAU, 5, "education_bureau", WH_LEVEL_TOWNSHIP, "教育局", "education bureau")    \
    X(VILLAGE, 6, "village", WH_LEVEL_GRASSROOTS, "村", "village")                                 \
    X(COMMUNITY, 7, "community", WH_LEVEL_GRASSROOTS, "社区", "community")                         \
    X(SCHOOL, 8, "school", WH_LEVEL_GRASSROOTS, "学校", "school")

enum wh_unit_kind {
#define X(symbol, value, word, level, zh, en) WH_UNIT_KIND_##symbol = value,
    WH_UNIT_KINDS(X)
#undef X
};

struct wh_unit {
    struct wh_span code;
    struct wh_span name;
    uint32_t kind;         /* enum wh_unit_kind */
    struct wh_span parent; /* empty: the root of its tree */
    int32_t opened;        /* days since 1970-01-01; 0: always */
    int32_t closed;        /* first day on which it no longer exists; 0: never */
    struct wh_span successor;
};

/* True where `code` matches [0-9A-Z]{2,24}. */
bool wh_code_is_valid(struct wh_span code);

/* True where `code` lies in the range of `home`: it is `home` or begins with it. */
bool wh_code_in_range(struct wh_span code, struct wh_span home);

/* The kind that a word of CSV or config names, or 0. */
uint32_t wh_unit_kind_of(struct wh_span word);
/* The word, "?" for a kind of a later release. */
const char *wh_unit_kind_word(uint32_t kind);
struct wh_title wh_unit_kind_title(uint32_t kind);
/* Lists the words for wh_text_nearest(). */
struct wh_span wh_unit_kind_each(const void *unused, size_t i);

/* WH_LEVEL_*, or 0 for a kind of a later release. */
uint32_t wh_unit_level(uint32_t kind);
/* The level that "city", "county", "township" or "grassroots" names, or 0. */
uint32_t wh_level_of(struct wh_span word);
const char *wh_level_word(uint32_t level);

/* True where the unit exists on `day`. */
bool wh_unit_exists(const struct wh_unit *unit, int32_t day);

#endif
