/* A programme on the wire, each of its shapes once for both directions. */
#include "isolation/wire.h"

static void year(struct wh_wire *wire, void *item)
{
    wh_wire_u32(wire, item);
}

static void due_date(struct wh_wire *wire, void *item)
{
    struct wh_due_date *of = item;
    wh_wire_u32(wire, &of->month);
    wh_wire_u32(wire, &of->day);
    wh_wire_u32(wire, &of->years_later);
}

void wh_wire_duty(struct wh_wire *wire, void *item)
{
    struct wh_duty *of = item;
    wh_wire_text(wire, &of->id);
    wh_wire_title(wire, &of->title);
    wh_wire_text(wire, &of->metric);
    wh_wire_text(wire, &of->plugin);
    wh_wire_u32(wire, &of->every);
    wh_wire_u32(wire, &of->grace_days);
    wh_wire_u32(wire, &of->year);
    wh_wire_u32(wire, &of->per);
    wh_wire_list(wire, &of->who, sizeof(char *), wh_wire_text_item);
    wh_wire_list(wire, &of->due, sizeof(struct wh_due_date), due_date);
}

static void phase(struct wh_wire *wire, void *item)
{
    struct wh_phase *of = item;
    wh_wire_u32(wire, &of->year);
    wh_wire_text(wire, &of->id);
    wh_wire_title(wire, &of->title);
}

static void good(struct wh_wire *wire, void *item)
{
    struct wh_good *of = item;
    wh_wire_text(wire, &of->id);
    wh_wire_title(wire, &of->title);
    wh_wire_i64(wire, &of->points_h);
}

static void rubric_item(struct wh_wire *wire, void *item)
{
    struct wh_item *of = item;
    wh_wire_text(wire, &of->id);
    wh_wire_text(wire, &of->good);
    wh_wire_title(wire, &of->title);
    wh_wire_u32(wire, &of->form);
    wh_wire_u32(wire, &of->flags);
    wh_wire_i64(wire, &of->points_h);
    wh_wire_text(wire, &of->metric);
    wh_wire_text(wire, &of->denominator);
    wh_wire_i64(wire, &of->need);
    wh_wire_i64(wire, &of->each_h);
    wh_wire_i64(wire, &of->target);
    wh_wire_i64(wire, &of->empty_h);
}

static void commendation(struct wh_wire *wire, struct wh_commendation *of)
{
    wh_wire_u32(wire, &of->collective_levels);
    wh_wire_u32(wire, &of->collective_verdict);
    wh_wire_i64(wire, &of->collective_score_h);
    wh_wire_u32(wire, &of->collective_years);
    wh_wire_u32(wire, &of->individual_years);
    wh_wire_u32(wire, &of->individual_cases);
    wh_wire_list(wire, &of->individual_kinds, sizeof(char *), wh_wire_text_item);
}

void wh_wire_programme(struct wh_wire *wire, struct wh_programme_view *programme)
{
    wh_wire_text(wire, &programme->id);
    wh_wire_title(wire, &programme->title);
    wh_wire_u32(wire, &programme->number);
    wh_wire_i64(wire, &programme->pass_township_h);
    wh_wire_i64(wire, &programme->pass_grassroots_h);
    wh_wire_list(wire, &programme->years, sizeof(uint32_t), year);
    wh_wire_list(wire, &programme->duties, sizeof(struct wh_duty), wh_wire_duty);
    wh_wire_list(wire, &programme->phases, sizeof(struct wh_phase), phase);
    wh_wire_list(wire, &programme->goods, sizeof(struct wh_good), good);
    wh_wire_list(wire, &programme->items_township, sizeof(struct wh_item), rubric_item);
    wh_wire_list(wire, &programme->items_grassroots, sizeof(struct wh_item), rubric_item);
    wh_wire_i64(wire, &programme->scale_h);
    wh_wire_i64(wire, &programme->bonus_cap_h);
    wh_wire_i64(wire, &programme->baseline_rate_h);
    wh_wire_i64(wire, &programme->raise_points_h);
    wh_wire_i64(wire, &programme->subordinate_share);
    wh_wire_u32(wire, &programme->assessor_grassroots);
    wh_wire_u32(wire, &programme->assessor_township);
    wh_wire_u32(wire, &programme->assessor_county);
    wh_wire_u32(wire, &programme->takes_lowest);
    wh_wire_u32(wire, &programme->quiet_from_minute);
    wh_wire_u32(wire, &programme->quiet_to_minute);
    wh_wire_u32(wire, &programme->moves_to_workday);
    commendation(wire, &programme->commendation);
}
