/* Lots: which units are drawn, so that everybody can work it out again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "inspection.h"

static const struct wh_column draw[] = {
    COLUMN("place", "序号", "Place", WH_INTEGER), COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),      COLUMN("number", "抽签号", "Number", WH_TEXT),
    COLUMN("drawn", "抽中", "Drawn", WH_YESNO),
};

const struct wh_list draw_columns = WH_LIST(draw);

/* A lot: everybody can work it out again from the seed and the unit's code. FNV-1a in 64 bits over
 * "SEED CODE", then the finisher of MurmurHash3, which spreads codes that differ in their last
 * digit. */
static uint64_t lot_of(struct wh_span seed, const char *code)
{
    uint64_t lot = UINT64_C(0xcbf29ce484222325);
    for (uint64_t i = 0; i < seed.len; i++) {
        lot = (lot ^ (unsigned char)seed.data[i]) * UINT64_C(0x100000001b3);
    }
    lot = (lot ^ ' ') * UINT64_C(0x100000001b3);
    for (; *code; code++) lot = (lot ^ (unsigned char)*code) * UINT64_C(0x100000001b3);
    lot = (lot ^ (lot >> 33)) * UINT64_C(0xff51afd7ed558ccd);
    lot = (lot ^ (lot >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
    return lot ^ (lot >> 33);
}

struct lot {
    uint64_t number;
    const struct known_unit *unit;
};

static int compare_lots(const void *a, const void *b)
{
    const struct lot *left = a, *right = b;
    if (left->number != right->number) return left->number < right->number ? -1 : 1;
    return strcmp(left->unit->code, right->unit->code);
}

static int show_lot(const struct talk *talk, const struct lot *lot, uint32_t place, int drawn)
{
    struct wh_value row[5];
    char number[32];
    (void)snprintf(number, sizeof(number), "%016" PRIx64, lot->number);
    row[0] = wh_value_number(WH_INTEGER, place);
    row[1] = wh_value_text(wh_span_of(lot->unit->code));
    row[2] = wh_value_text(wh_span_of(lot->unit->name));
    row[3] = wh_value_text(wh_span_of(number));
    row[4] = wh_value_number(WH_YESNO, drawn);
    return talk->host->reply_row(talk->call, row, 5, talk->fail);
}

static int keep_lot(const struct talk *talk, const struct inspection_duty *duty,
                    const struct lot *lot)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    put_field(&fields, "duty", wh_span_of(duty->id));
    put_field(&fields, "period", wh_span_of(duty->period.name));
    put_field(&fields, "seed", given_text(talk, "seed"));
    return host->record_add(host->self, wh_span_of(KIND_SAMPLE), wh_span_of(lot->unit->code),
                            given_day(talk), list_of_fields(&fields), NULL, talk->fail);
}

static int draw_lots(const struct talk *talk, const struct inspection_duty *duty,
                     const struct known_units *units)
{
    struct lot *lots = calloc(units->count + 1u, sizeof(*lots));
    int64_t wanted = given_number(talk, "count", 0);
    int rc = lots ? 0 : WH_E_FAILED;
    for (uint32_t i = 0; lots && i < units->count; i++) {
        lots[i] =
            (struct lot){lot_of(given_text(talk, "seed"), units->items[i].code), &units->items[i]};
    }
    if (lots && units->count > 0) qsort(lots, units->count, sizeof(*lots), compare_lots);
    for (uint32_t i = 0; rc == 0 && i < units->count; i++) {
        int drawn = i < wanted;
        if (drawn && !is_given(talk, "dry-run")) rc = keep_lot(talk, duty, &lots[i]);
        if (rc == 0) rc = show_lot(talk, &lots[i], i + 1, drawn);
    }
    free(lots);
    return rc;
}

/* ---- Lots that were kept ---- */

struct kept {
    const struct known_units *units;
    const char *duty;
    const char *period;
    uint8_t *marks; /* beside units->items, or NULL */
    char seed[NAME_SIZE];
    char (*ids)[ID_SIZE];
    uint32_t count;
    uint32_t size;
};

static int take_lot(void *context, const struct wh_record_view *record)
{
    struct kept *kept = context;
    const struct known_unit *unit;
    char code[32];
    if (!wh_span_equal(field_text(record, "duty"), wh_span_of(kept->duty)) ||
        !wh_span_equal(field_text(record, "period"), wh_span_of(kept->period))) {
        return 0;
    }
    if (make_room(&kept->ids, kept->count, &kept->size, sizeof(*kept->ids)) < 0) {
        return WH_E_FAILED;
    }
    copy_text(kept->ids[kept->count++], ID_SIZE, record->id);
    copy_text(kept->seed, sizeof(kept->seed), field_text(record, "seed"));
    copy_text(code, sizeof(code), record->unit);
    unit = unit_of_code(kept->units, code);
    if (unit && kept->marks) kept->marks[unit - kept->units->items] = 1;
    return 0;
}

static int read_lots(const struct talk *talk, struct kept *kept)
{
    const struct wh_host *host = talk->host;
    int rc = 0;
    for (uint32_t i = 0; rc >= 0 && i < kept->units->count; i++) {
        rc = host->records(host->self, wh_span_of(KIND_SAMPLE),
                           wh_span_of(kept->units->items[i].code), INT32_MIN, INT32_MAX, take_lot,
                           kept, talk->fail);
    }
    return rc < 0 ? rc : 0;
}

int mark_drawn(const struct talk *talk, const struct known_units *units, const char *duty,
               const char *period, uint8_t *marks)
{
    struct kept kept = {.units = units, .duty = duty, .period = period, .marks = marks};
    int rc = read_lots(talk, &kept);
    free(kept.ids);
    return rc;
}

/* Lots are drawn once: whoever draws until he likes them has drawn nothing. */
static int drop_lots(const struct talk *talk, const struct inspection_duty *duty,
                     const struct known_units *units)
{
    const struct wh_host *host = talk->host;
    struct kept kept = {.units = units, .duty = duty->id, .period = duty->period.name};
    int rc = read_lots(talk, &kept);
    if (rc == 0 && kept.count > 0 && !is_given(talk, "again")) {
        rc = refuse(talk, WH_E_INVALID,
                    "%s %s：已用种子 %s 抽签（重抽用 --again，原签撤销后仍可查看）",
                    "%s %s: lots were drawn already, with the seed %s (--again draws anew; the "
                    "former lots are taken back and stay to be seen)",
                    duty->shown, duty->period.name, kept.seed);
    }
    for (uint32_t i = 0; rc == 0 && !is_given(talk, "dry-run") && i < kept.count; i++) {
        rc = host->record_withdraw(host->self, wh_span_of(kept.ids[i]), wh_span_of("drawn again"),
                                   talk->fail);
    }
    if (rc == 0 && !is_given(talk, "dry-run") && kept.count > 0) {
        rc = remark(talk, "原签（种子 %s，%u 个单位）撤销；见 wuhao list sample --withdrawn",
                    "the former lots (seed %s, units: %u) are taken back; `wuhao list sample "
                    "--withdrawn` shows them",
                    kept.seed, kept.count);
    }
    free(kept.ids);
    return rc;
}

/* ---- The command ---- */

/* A duty of every quarter or half-year is about every unit, and none is to be missed. */
static int check_lots(const struct talk *talk, const struct inspection_duty *duty,
                      const struct known_units *units)
{
    int64_t count = given_number(talk, "count", 0);
    if (duty->every != 0) {
        return refuse(talk, WH_E_INVALID,
                      "职责 %s：每期检查每个下属单位，不能抽签（抽签用于年终的检查与验收）",
                      "duty %s: it is about every unit in every period, no lots are drawn for it "
                      "(they are for what is due at the year's end)",
                      duty->shown);
    }
    if (count >= 1 && count <= (int64_t)units->count) return check_said(talk, "seed");
    return refuse(talk, WH_E_INVALID, "抽取数：应在 1 到 %u 之间", "count: 1 to %u", units->count);
}

int run_draw(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct inspection_duty duty;
    struct known_units units = {NULL, 0, 0};
    struct known_unit unit;
    int rc = is_given(talk, "unit") ? given_unit(talk, "unit", &unit)
                                    : find_unit(host, host->home(host->self), &unit, talk->fail);
    if (rc == 0) {
        rc = find_duty(talk, &unit, given_text(talk, "duty"), given_text(talk, "period"), &duty);
    }
    if (rc == 0) rc = units_to_see(talk, &unit, &duty, &units);
    if (rc == 0) rc = check_lots(talk, &duty, &units);
    if (rc == 0) rc = drop_lots(talk, &duty, &units);
    if (rc == 0) rc = draw_lots(talk, &duty, &units);
    free(units.items);
    return rc;
}
