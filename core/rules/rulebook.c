#include "rules/rulebook.h"

static void number_metrics(struct wh_rulebook *book, struct wh_arena *arena);
static void add_metric(struct wh_rulebook *book, struct wh_rule_metric *metrics, uint32_t *slots,
                       struct wh_rule_metric metric);
static uint32_t slot_of(const struct wh_rulebook *book, struct wh_span id);
static struct wh_rule_item *items_of(const struct wh_rulebook *book, Wh__Item *const *items,
                                     size_t count, struct wh_arena *arena);
static uint32_t number_of(const struct wh_rulebook *book, const char *id);
static int64_t full_of(Wh__Item *const *items, size_t count);

const struct wh_rulebook *wh_rulebook_new(const Wh__Programme *programme, struct wh_arena *arena)
{
    struct wh_rulebook *book = wh_arena_new(arena, 1, sizeof(*book));
    book->programme = programme;
    number_metrics(book, arena);
    book->county = (struct wh_rule_level){
        .level = WH_LEVEL_COUNTY,
        .keys = programme->ranking_county,
        .keys_count = programme->n_ranking_county,
    };
    book->township = (struct wh_rule_level){
        .level = WH_LEVEL_TOWNSHIP,
        .items = items_of(book, programme->township, programme->n_township, arena),
        .items_count = programme->n_township,
        .full_h = full_of(programme->township, programme->n_township),
        .bonus_cap_h = programme->bonus_cap_h,
        .pass_h = programme->pass_township_h,
        .share_percent = programme->subordinate_share,
        .keys = programme->ranking_township,
        .keys_count = programme->n_ranking_township,
    };
    book->grassroots = (struct wh_rule_level){
        .level = WH_LEVEL_GRASSROOTS,
        .items = items_of(book, programme->grassroots, programme->n_grassroots, arena),
        .items_count = programme->n_grassroots,
        .full_h = full_of(programme->grassroots, programme->n_grassroots),
        .bonus_cap_h = programme->bonus_cap_h,
        .pass_h = programme->pass_grassroots_h,
        .keys = programme->ranking_grassroots,
        .keys_count = programme->n_ranking_grassroots,
    };
    return book;
}

/* Ledgers first, then plugins, in the order of the programme. */
static void number_metrics(struct wh_rulebook *book, struct wh_arena *arena)
{
    const Wh__Programme *programme = book->programme;
    size_t count = programme->n_plugin_metrics;
    struct wh_rule_metric *metrics;
    uint32_t *slots, size = 16;
    for (size_t i = 0; i < programme->n_ledgers; i++) count += programme->ledgers[i]->n_metrics;
    while (size < count * 2) size *= 2;
    metrics = wh_arena_new(arena, count, sizeof(*metrics));
    slots = wh_arena_new(arena, size, sizeof(*slots));
    book->metrics = metrics;
    book->slots = slots;
    book->slots_mask = size - 1;
    for (size_t i = 0; i < programme->n_ledgers; i++) {
        const Wh__Ledger *ledger = programme->ledgers[i];
        for (size_t k = 0; k < ledger->n_metrics; k++) {
            const Wh__Metric *metric = ledger->metrics[k];
            bool greatest = metric->form == WH_DISTINCT;
            add_metric(book, metrics, slots,
                       (struct wh_rule_metric){wh_span_of(metric->id), wh_span_of(ledger->kind),
                                               (uint32_t)metric->type,
                                               greatest ? WH_COMBINE_GREATEST : WH_COMBINE_ADD});
        }
    }
    for (size_t i = 0; i < programme->n_plugin_metrics; i++) {
        const Wh__PluginMetric *metric = programme->plugin_metrics[i];
        add_metric(book, metrics, slots,
                   (struct wh_rule_metric){wh_span_of(metric->id), wh_span_of(metric->kind),
                                           (uint32_t)metric->type, WH_COMBINE_ADD});
    }
}

/* The first of two with one id stays: a programme that was checked has none. */
static void add_metric(struct wh_rulebook *book, struct wh_rule_metric *metrics, uint32_t *slots,
                       struct wh_rule_metric metric)
{
    uint32_t slot = slot_of(book, metric.id);
    if (slots[slot] != 0) return;
    metrics[book->metrics_count++] = metric;
    slots[slot] = book->metrics_count; /* the number plus 1; 0 is free */
}

/* Where `id` stands in the table, or where it would go. */
static uint32_t slot_of(const struct wh_rulebook *book, struct wh_span id)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    uint32_t slot;
    for (size_t i = 0; i < id.len; i++) hash = (hash ^ (uint8_t)id.data[i]) * 1099511628211u;
    slot = (uint32_t)(hash ^ (hash >> 32)) & book->slots_mask;
    while (book->slots[slot] != 0 && !wh_span_equal(book->metrics[book->slots[slot] - 1].id, id)) {
        slot = (slot + 1) & book->slots_mask;
    }
    return slot;
}

static struct wh_rule_item *items_of(const struct wh_rulebook *book, Wh__Item *const *items,
                                     size_t count, struct wh_arena *arena)
{
    struct wh_rule_item *made = wh_arena_new(arena, count, sizeof(*made));
    for (size_t i = 0; i < count; i++) {
        made[i] = (struct wh_rule_item){items[i], number_of(book, items[i]->metric),
                                        number_of(book, items[i]->denominator)};
    }
    return made;
}

static uint32_t number_of(const struct wh_rulebook *book, const char *id)
{
    int32_t number = wh_rulebook_metric(book, wh_span_of(id));
    return number < 0 ? WH_METRIC_NONE : (uint32_t)number;
}

static int64_t full_of(Wh__Item *const *items, size_t count)
{
    int64_t full_h = 0;
    for (size_t i = 0; i < count; i++) full_h += items[i]->bonus ? 0 : items[i]->points_h;
    return full_h;
}

int32_t wh_rulebook_metric(const struct wh_rulebook *book, struct wh_span id)
{
    return (int32_t)book->slots[slot_of(book, id)] - 1;
}

bool wh_rule_metric_is_of(const struct wh_rule_metric *metric, struct wh_span facet)
{
    return metric->facet.len == 0 || wh_span_equal(metric->facet, facet);
}

const struct wh_rule_level *wh_rulebook_level(const struct wh_rulebook *book, uint32_t level)
{
    switch (level) {
    case WH_LEVEL_COUNTY: return &book->county;
    case WH_LEVEL_TOWNSHIP: return &book->township;
    case WH_LEVEL_GRASSROOTS: return &book->grassroots;
    default: return NULL;
    }
}

int32_t wh_rule_level_item(const struct wh_rule_level *level, struct wh_span id)
{
    for (size_t i = 0; i < level->items_count; i++) {
        if (wh_span_equal(id, wh_span_of(level->items[i].item->id))) return (int32_t)i;
    }
    return -1;
}
