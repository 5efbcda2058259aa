#include "model/unit.h"

#include "base/limits.h"

static const struct {
    uint32_t kind;
    const char *word;
    uint32_t level;
    struct wh_title title;
} kinds[] = {
#define X(symbol, value, word, level, zh, en) {value, word, level, {zh, en}},
    WH_UNIT_KINDS(X)
#undef X
};

static const struct {
    uint32_t level;
    const char *word;
} levels[] = {
    {WH_LEVEL_CITY, "city"},
    {WH_LEVEL_COUNTY, "county"},
    {WH_LEVEL_TOWNSHIP, "township"},
    {WH_LEVEL_GRASSROOTS, "grassroots"},
};

#define KINDS_COUNT (sizeof(kinds) / sizeof(kinds[0]))

bool wh_code_is_valid(struct wh_span code)
{
    if (code.len < WH_CODE_BYTES_MIN || code.len > WH_CODE_BYTES_MAX) return false;
    for (size_t i = 0; i < code.len; i++) {
        char c = code.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))) return false;
    }
    return true;
}

bool wh_code_in_range(struct wh_span code, struct wh_span home)
{
    return wh_span_starts(code, home);
}

uint32_t wh_unit_kind_of(struct wh_span word)
{
    for (size_t i = 0; i < KINDS_COUNT; i++) {
        if (wh_span_equal(word, wh_span_of(kinds[i].word))) return kinds[i].kind;
    }
    return 0;
}

static size_t index_of(uint32_t kind)
{
    size_t i = 0;
    while (i < KINDS_COUNT && kinds[i].kind != kind) i++;
    return i;
}

const char *wh_unit_kind_word(uint32_t kind)
{
    size_t i = index_of(kind);
    return i < KINDS_COUNT ? kinds[i].word : "?";
}

struct wh_title wh_unit_kind_title(uint32_t kind)
{
    size_t i = index_of(kind);
    return i < KINDS_COUNT ? kinds[i].title : (struct wh_title){"?", "?"};
}

struct wh_span wh_unit_kind_each(const void *unused, size_t i)
{
    (void)unused;
    return wh_span_of(i < KINDS_COUNT ? kinds[i].word : NULL);
}

uint32_t wh_unit_level(uint32_t kind)
{
    size_t i = index_of(kind);
    return i < KINDS_COUNT ? kinds[i].level : 0;
}

uint32_t wh_level_of(struct wh_span word)
{
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (wh_span_equal(word, wh_span_of(levels[i].word))) return levels[i].level;
    }
    return 0;
}

const char *wh_level_word(uint32_t level)
{
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (levels[i].level == level) return levels[i].word;
    }
    return "?";
}

bool wh_unit_exists(const struct wh_unit *unit, int32_t day)
{
    return (unit->opened == 0 || unit->opened <= day) && (unit->closed == 0 || day < unit->closed);
}
