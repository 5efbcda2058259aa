#include "model/programme.h"

#include "base/limits.h"
#include "model/protobuf.h"

/* What an unpacked programme must satisfy before the code may rely on it. The sums and names that
 * wh_programme_read() checks were checked by the root, and a wrong one gives the same wrong score
 * there as here; a missing title or an unknown form would end the process. */

#define POINTS_MAX_H 1000000 /* as the YAML form allows */
#define LEVELS_ALL (WH_LEVEL_CITY | WH_LEVEL_COUNTY | WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS)
#define FIELD_FLAGS_ALL (WH_REQUIRED | WH_PERSONAL | WH_PUBLIC | WH_BOUNDED)

static bool programme_is_sound(const Wh__Programme *programme);
static bool round_is_sound(const Wh__Programme *programme);
static bool items_are_sound(Wh__Item *const *items, size_t count);
static bool item_is_sound(const Wh__Item *item);
static bool duty_is_sound(const Wh__Duty *duty);
static bool keys_are_sound(const Wh__RankingKey *keys, size_t count);
static bool ledger_is_sound(const Wh__Ledger *ledger);
static bool field_is_sound(const Wh__Field *field);
static bool metric_is_sound(const Wh__Metric *metric);

struct wh_span wh_programme_pack(const Wh__Programme *programme, struct wh_arena *arena)
{
    return wh_protobuf_pack(&programme->base, arena);
}

int wh_programme_unpack(struct wh_span bytes, struct wh_arena *arena, const Wh__Programme **ret)
{
    const Wh__Programme *programme;
    if (bytes.len > WH_PROGRAMME_BYTES_MAX) return WH_E_TOO_BIG;
    programme = (const Wh__Programme *)wh_protobuf_unpack(&wh__programme__descriptor, bytes, arena);
    if (!programme || !programme_is_sound(programme)) return WH_E_CORRUPT;
    *ret = programme;
    return 0;
}

static bool programme_is_sound(const Wh__Programme *programme)
{
    if (!round_is_sound(programme)) return false;
    for (size_t i = 0; i < programme->n_goods; i++) {
        if (!programme->goods[i]->title || programme->goods[i]->points_h > POINTS_MAX_H) {
            return false;
        }
    }
    for (size_t i = 0; i < programme->n_plugin_metrics; i++) {
        const Wh__PluginMetric *metric = programme->plugin_metrics[i];
        if (!metric->title || metric->type < WH__METRIC_TYPE__FLOW ||
            metric->type > WH__METRIC_TYPE__TO_DATE) {
            return false;
        }
    }
    for (size_t i = 0; i < programme->n_duties; i++) {
        if (!duty_is_sound(programme->duties[i])) return false;
    }
    for (size_t i = 0; i < programme->n_ledgers; i++) {
        if (!ledger_is_sound(programme->ledgers[i])) return false;
    }
    return items_are_sound(programme->township, programme->n_township) &&
           items_are_sound(programme->grassroots, programme->n_grassroots) &&
           keys_are_sound(programme->ranking_county, programme->n_ranking_county) &&
           keys_are_sound(programme->ranking_township, programme->n_ranking_township) &&
           keys_are_sound(programme->ranking_grassroots, programme->n_ranking_grassroots);
}

static bool round_is_sound(const Wh__Programme *programme)
{
    if (!programme->title || !programme->commendation || programme->n_years == 0) return false;
    if (programme->commendation->collective_levels & ~LEVELS_ALL) return false;
    for (size_t i = 0; i < programme->n_years; i++) {
        uint32_t year = programme->years[i];
        if (year < WH_YEAR_MIN || year > WH_YEAR_MAX) return false;
        if (i > 0 && year <= programme->years[i - 1]) return false;
    }
    for (size_t i = 0; i < programme->n_phases; i++) {
        if (!programme->phases[i]->title) return false;
    }
    for (size_t i = 0; i < programme->n_baselines; i++) {
        if (programme->baselines[i]->rate_h > 10000) return false;
    }
    return programme->baseline_rate_h <= 10000 && programme->raise_points_h <= 10000 &&
           programme->scale_h <= POINTS_MAX_H && programme->pass_township_h <= POINTS_MAX_H &&
           programme->pass_grassroots_h <= POINTS_MAX_H && programme->subordinate_share <= 100 &&
           programme->bonus_cap_h <= POINTS_MAX_H;
}

static bool items_are_sound(Wh__Item *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!item_is_sound(items[i])) return false;
    }
    return true;
}

static bool item_is_sound(const Wh__Item *item)
{
    if (!item->title || item->points_h > POINTS_MAX_H || item->each_h > POINTS_MAX_H) return false;
    switch (item->form) {
    case WH__FORM__JUDGED: return true;
    case WH__FORM__COUNT: return item->need > 0;
    case WH__FORM__SHARE:
        return item->target > 0 && item->target <= 100 && item->empty_h <= item->points_h;
    case WH__FORM__DEDUCT: return item->each_h > 0;
    default: return false;
    }
}

static bool duty_is_sound(const Wh__Duty *duty)
{
    if (!duty->title || duty->per < WH__PER__PER_NONE || duty->per > WH__PER__APPLICANT ||
        duty->every < WH__EVERY__EVERY_NONE || duty->every > WH__EVERY__YEAR ||
        duty->grace_days > 366 || (duty->year != 0 && duty->year > WH_YEAR_MAX)) {
        return false;
    }
    for (size_t i = 0; i < duty->n_due; i++) {
        const Wh__DueDate *due = duty->due[i];
        if (due->month < 1 || due->month > 12 || due->day < 1 || due->day > 31 ||
            due->years_later > 9) {
            return false;
        }
    }
    return (duty->every != WH__EVERY__EVERY_NONE) == (duty->n_due == 0);
}

static bool keys_are_sound(const Wh__RankingKey *keys, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (keys[i] < WH__RANKING_KEY__VERDICT || keys[i] > WH__RANKING_KEY__MEAN_SCORE) {
            return false;
        }
    }
    return true;
}

static bool ledger_is_sound(const Wh__Ledger *ledger)
{
    if (!ledger->title || ledger->kind[0] == '\0' || ledger->n_fields > WH_FIELDS_MAX ||
        (ledger->enter & ~LEVELS_ALL)) {
        return false;
    }
    for (size_t i = 0; i < ledger->n_fields; i++) {
        if (!field_is_sound(ledger->fields[i])) return false;
    }
    for (size_t i = 0; i < ledger->n_metrics; i++) {
        if (!metric_is_sound(ledger->metrics[i])) return false;
    }
    return true;
}

static bool field_is_sound(const Wh__Field *field)
{
    return field->title && field->name[0] != '\0' && field->type >= WH_TEXT &&
           field->type <= WH_FILE && (field->flags & ~FIELD_FLAGS_ALL) == 0 &&
           (!(field->flags & WH_BOUNDED) || field->min <= field->max);
}

static bool metric_is_sound(const Wh__Metric *metric)
{
    if (metric->id[0] == '\0' || metric->type < WH__METRIC_TYPE__FLOW ||
        metric->type > WH__METRIC_TYPE__TO_DATE || metric->form < WH_COUNT ||
        metric->form > WH_DISTINCT || (metric->flags & ~(WH_IN_FORCE | WH_LATEST)) != 0 ||
        (metric->form == WH_COUNT) != (metric->n_fields == 0) ||
        (metric->form == WH_DISTINCT && metric->n_fields != 1)) {
        return false;
    }
    for (size_t i = 0; i < metric->n_any; i++) {
        if (metric->any[i]->levels & ~LEVELS_ALL) return false;
    }
    return true;
}

bool wh_programme_covers(const Wh__Programme *programme, uint32_t year)
{
    for (size_t i = 0; i < programme->n_years; i++) {
        if (programme->years[i] == year) return true;
    }
    return false;
}
