/* The programme as plugins see it: the message's lists as lists of wuhao/plugin.h. Texts are lent
 * by the message. */
#include <stdio.h>

#include "host/plugins_parts.h"
#include "model/unit.h"

#define LIST_OF(array, number) ((struct wh_list){(array), (uint32_t)(number), sizeof(*(array))})

static struct wh_title title_of(const Wh__Title *title)
{
    return (struct wh_title){title->zh, title->en};
}

static struct wh_list due_of(const Wh__Duty *duty, struct wh_arena *arena)
{
    struct wh_due_date *due = wh_arena_new(arena, duty->n_due, sizeof(*due));
    for (size_t i = 0; i < duty->n_due; i++) {
        due[i] = (struct wh_due_date){.month = duty->due[i]->month,
                                      .day = duty->due[i]->day,
                                      .years_later = duty->due[i]->years_later};
    }
    return LIST_OF(due, duty->n_due);
}

static struct wh_list duties_of(const Wh__Programme *programme, struct wh_arena *arena)
{
    struct wh_duty *duties = wh_arena_new(arena, programme->n_duties, sizeof(*duties));
    for (size_t i = 0; i < programme->n_duties; i++) {
        const Wh__Duty *duty = programme->duties[i];
        const char **who = wh_arena_new(arena, duty->n_who, sizeof(*who));
        for (size_t k = 0; k < duty->n_who; k++) who[k] = wh_unit_kind_word(duty->who[k]);
        duties[i] = (struct wh_duty){
            .id = duty->id,
            .title = title_of(duty->title),
            .metric = duty->metric,
            .plugin = duty->plugin,
            .every = (uint32_t)duty->every,
            .grace_days = duty->grace_days,
            .year = duty->year,
            .per = (uint32_t)duty->per,
            .who = LIST_OF(who, duty->n_who),
            .due = due_of(duty, arena),
        };
    }
    return LIST_OF(duties, programme->n_duties);
}

static struct wh_list items_of(Wh__Item *const *items, size_t count, struct wh_arena *arena)
{
    struct wh_item *views = wh_arena_new(arena, count, sizeof(*views));
    for (size_t i = 0; i < count; i++) {
        const Wh__Item *item = items[i];
        views[i] = (struct wh_item){
            .id = item->id,
            .good = item->good,
            .title = title_of(item->title),
            .form = (uint32_t)item->form,
            .flags = item->bonus ? WH_ITEM_BONUS : 0,
            .points_h = item->points_h,
            .metric = item->metric,
            .denominator = item->denominator,
            .need = item->need,
            .each_h = item->each_h,
            .target = item->target,
            .empty_h = item->empty_h,
        };
    }
    return LIST_OF(views, count);
}

static struct wh_list goods_of(const Wh__Programme *programme, struct wh_arena *arena)
{
    struct wh_good *goods = wh_arena_new(arena, programme->n_goods, sizeof(*goods));
    for (size_t i = 0; i < programme->n_goods; i++) {
        const Wh__Good *good = programme->goods[i];
        goods[i] = (struct wh_good){good->id, title_of(good->title), good->points_h};
    }
    return LIST_OF(goods, programme->n_goods);
}

static struct wh_list phases_of(const Wh__Programme *programme, struct wh_arena *arena)
{
    struct wh_phase *phases = wh_arena_new(arena, programme->n_phases, sizeof(*phases));
    for (size_t i = 0; i < programme->n_phases; i++) {
        const Wh__Phase *phase = programme->phases[i];
        phases[i] = (struct wh_phase){phase->year, 0, phase->id, title_of(phase->title)};
    }
    return LIST_OF(phases, programme->n_phases);
}

static struct wh_commendation commendation_of(const Wh__Commendation *from, struct wh_arena *arena)
{
    const char **kinds;
    if (!from) return (struct wh_commendation){.collective_levels = 0};
    kinds = wh_arena_new(arena, from->n_individual_kinds, sizeof(*kinds));
    for (size_t i = 0; i < from->n_individual_kinds; i++) kinds[i] = from->individual_kinds[i];
    return (struct wh_commendation){
        .collective_levels = from->collective_levels,
        .collective_verdict = from->collective_verdict ? 1 : 0,
        .collective_score_h = from->collective_score_h,
        .collective_years = from->collective_years,
        .individual_years = from->individual_years,
        .individual_cases = from->individual_cases,
        .individual_kinds = LIST_OF(kinds, from->n_individual_kinds),
    };
}

/* "20:00-08:00" was checked when it was read. */
static void read_quiet_hours(const char *text, struct wh_programme_view *view)
{
    unsigned from_hour, from_minute, to_hour, to_minute;
    if (sscanf(text, "%2u:%2u-%2u:%2u", &from_hour, &from_minute, &to_hour, &to_minute) != 4) {
        return;
    }
    view->quiet_from_minute = from_hour * 60 + from_minute;
    view->quiet_to_minute = to_hour * 60 + to_minute;
}

const struct wh_programme_view *wh_programme_view_of(const Wh__Programme *programme,
                                                     uint32_t number, struct wh_arena *arena)
{
    struct wh_programme_view *view = wh_arena_new(arena, 1, sizeof(*view));
    *view = (struct wh_programme_view){
        .id = programme->id,
        .title = title_of(programme->title),
        .number = number,
        .pass_township_h = programme->pass_township_h,
        .pass_grassroots_h = programme->pass_grassroots_h,
        .years = {programme->years, (uint32_t)programme->n_years, sizeof(uint32_t)},
        .duties = duties_of(programme, arena),
        .phases = phases_of(programme, arena),
        .goods = goods_of(programme, arena),
        .items_township = items_of(programme->township, programme->n_township, arena),
        .items_grassroots = items_of(programme->grassroots, programme->n_grassroots, arena),
        .scale_h = programme->scale_h,
        .bonus_cap_h = programme->bonus_cap_h,
        .baseline_rate_h = programme->baseline_rate_h,
        .raise_points_h = programme->raise_points_h,
        .subordinate_share = programme->subordinate_share,
        .assessor_grassroots = programme->assessor_grassroots,
        .assessor_township = programme->assessor_township,
        .assessor_county = programme->assessor_county,
        .takes_lowest = programme->several == WH__SEVERAL__LOWEST,
        .moves_to_workday = strcmp(programme->moves_to, "none") != 0,
        .commendation = commendation_of(programme->commendation, arena),
    };
    read_quiet_hours(programme->quiet_hours, view);
    return view;
}

_Static_assert((int)WH__FORM__JUDGED == (int)WH_ITEM_JUDGED &&
                   (int)WH__FORM__COUNT == (int)WH_ITEM_COUNT &&
                   (int)WH__FORM__SHARE == (int)WH_ITEM_SHARE &&
                   (int)WH__FORM__DEDUCT == (int)WH_ITEM_DEDUCT &&
                   (int)WH__PER__SUBORDINATE == (int)WH_PER_SUBORDINATE &&
                   (int)WH__PER__APPLICANT == (int)WH_PER_APPLICANT,
               "forms and repetitions of programme.proto are those of plugin.h");
