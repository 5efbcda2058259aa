/* What summary rows say of rosters, trained persons and hours. A unit may have rows of several
 * origins: their records are disjoint, so values add up; of different persons the greatest counts
 * (data.md "Metrics of a ledger"). */
#include <stdlib.h>

#include "training.h"

/* What one origin says of one unit. Rows come by quarter, so a later value replaces. */
struct account {
    struct unit_figures figures;
    char origin[32];
    uint32_t unit;
    uint32_t reserved;
};

struct accounts {
    struct account *items;
    uint32_t count;
    uint32_t size;
    const struct known_units *units;
    struct wh_span home;
    uint32_t year;
    uint32_t unit; /* the last one looked up */
};

static const struct unit_figures nothing = {.elders = -1,
                                            .leaders = -1,
                                            .trained = -1,
                                            .trained_as = {-1, -1, -1},
                                            .hours_h = -1};

static int finds_unit(struct accounts *accounts, struct wh_span code)
{
    const struct known_unit *last = &accounts->units->items[accounts->unit];
    char text[32];
    if (wh_span_equal(wh_span_of(last->code), code)) return 1;
    copy_text(text, sizeof(text), code);
    last = unit_of_code(accounts->units, text);
    if (last) accounts->unit = (uint32_t)(last - accounts->units->items);
    return last != NULL;
}

/* Rows of a unit come together, so its accounts are the last ones. */
static struct account *account_of(struct accounts *accounts, struct wh_span origin)
{
    struct account *account;
    for (uint32_t i = accounts->count; i > 0; i--) {
        account = &accounts->items[i - 1];
        if (account->unit != accounts->unit) break;
        if (wh_span_equal(wh_span_of(account->origin), origin)) return account;
    }
    if (make_room(&accounts->items, accounts->count, &accounts->size, sizeof(*accounts->items)) <
        0) {
        return NULL;
    }
    account = &accounts->items[accounts->count++];
    account->figures = nothing;
    account->unit = accounts->unit;
    copy_text(account->origin, sizeof(account->origin), origin);
    account->figures.is_elsewhere = lies_above(accounts->home, account->origin);
    return account;
}

enum when {
    LATEST_OF_ALL, /* a stock */
    LATEST_OF_YEAR,
    SUM_OF_YEAR,
    NEVER, /* tells who speaks of the unit, nothing more */
};

static const struct source {
    const char *facet;
    const char *metric;
    enum when when;
    size_t at;
} sources[] = {
    {KIND_ELDER, "elders", LATEST_OF_ALL, offsetof(struct unit_figures, elders)},
    {KIND_POST, "members", LATEST_OF_ALL, offsetof(struct unit_figures, leaders)},
    {KIND_ATTENDANCE, "trained", LATEST_OF_YEAR, offsetof(struct unit_figures, trained)},
    {KIND_ATTENDANCE, "trained_elders", LATEST_OF_YEAR,
     offsetof(struct unit_figures, trained_as[0])},
    {KIND_ATTENDANCE, "trained_ten_roles", LATEST_OF_YEAR,
     offsetof(struct unit_figures, trained_as[1])},
    {KIND_ATTENDANCE, "trained_leaders", LATEST_OF_YEAR,
     offsetof(struct unit_figures, trained_as[2])},
    {KIND_ATTENDANCE, "training_hours_h", SUM_OF_YEAR, offsetof(struct unit_figures, hours_h)},
    {"presence", "presence", NEVER, 0},
};

static const struct source *source_of(const struct wh_figure *figure)
{
    for (uint32_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        if (wh_span_equal(figure->metric, wh_span_of(sources[i].metric)) &&
            wh_span_equal(figure->facet, wh_span_of(sources[i].facet))) {
            return &sources[i];
        }
    }
    return NULL;
}

static int64_t *value_at(struct unit_figures *figures, size_t at)
{
    return (int64_t *)((char *)figures + at);
}

static int take_figure(void *context, const struct wh_figure *figure)
{
    struct accounts *accounts = context;
    const struct source *source = source_of(figure);
    struct account *account;
    int64_t *value;
    if (!source || !finds_unit(accounts, figure->unit)) return 0;
    account = account_of(accounts, figure->origin);
    if (!account) return WH_E_FAILED;
    if (source->when == NEVER || figure->year > accounts->year) return 0;
    if (source->when != LATEST_OF_ALL && figure->year != accounts->year) return 0;
    value = value_at(&account->figures, source->at);
    if (source->when != SUM_OF_YEAR || *value < 0) {
        *value = figure->value;
    } else if (__builtin_add_overflow(*value, figure->value, value)) {
        return WH_E_FAILED;
    }
    return 0;
}

static void put_together(struct unit_figures *into, const struct unit_figures *from)
{
    for (uint32_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        int64_t *value = value_at(into, sources[i].at), more;
        if (sources[i].when == NEVER) continue;
        more = value_at((struct unit_figures *)(uintptr_t)from, sources[i].at)[0];
        if (more < 0) continue;
        if (*value < 0) {
            *value = more;
        } else if (sources[i].when == LATEST_OF_YEAR) {
            if (more > *value) *value = more;
        } else if (__builtin_add_overflow(*value, more, value)) {
            *value = INT64_MAX;
        }
    }
    into->is_elsewhere |= from->is_elsewhere;
}

int read_figures(const struct talk *talk, struct wh_span under, const struct known_units *units,
                 uint32_t year, struct unit_figures *ret)
{
    const struct wh_host *host = talk->host;
    struct accounts accounts = {.units = units, .home = host->home(host->self), .year = year};
    uint32_t below = units->count > 1;
    int rc = host->figures(host->self, under, below, 0, take_figure, &accounts, talk->fail);
    for (uint32_t i = 0; i < units->count; i++) ret[i] = nothing;
    for (uint32_t i = 0; i < accounts.count; i++) {
        put_together(&ret[accounts.items[i].unit], &accounts.items[i].figures);
    }
    free(accounts.items);
    return rc < 0 ? rc : 0;
}
