/* Visits: listed, shown, entered as done; what to look at; who is drawn. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "inspection.h"

static const struct wh_column list[] = {
    COLUMN("id", "编号", "Visit", WH_TEXT),
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("duty", "职责", "Duty", WH_TEXT),
    COLUMN("period", "期间", "Period", WH_TEXT),
    COLUMN("date", "日期", "Date", WH_DATE),
    COLUMN("inspector", "检查人", "Inspector", WH_TEXT),
    COLUMN("state", "状态", "State", WH_TEXT),
};
static const struct wh_column show[] = {
    COLUMN("what", "项目", "What", WH_TEXT),
    COLUMN("text", "内容", "Text", WH_TEXT),
};
static const struct wh_column checklist[] = {
    COLUMN("item", "指标", "Item", WH_TEXT),        COLUMN("title", "名称", "Title", WH_TEXT),
    COLUMN("points", "得分", "Points", WH_DECIMAL), COLUMN("full", "满分", "Full", WH_DECIMAL),
    COLUMN("text", "说明", "Rule", WH_TEXT),
};
static const struct wh_column draw[] = {
    COLUMN("place", "序号", "Place", WH_INTEGER), COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),      COLUMN("number", "抽签号", "Number", WH_TEXT),
    COLUMN("drawn", "抽中", "Drawn", WH_YESNO),
};

const struct wh_list list_columns = WH_LIST(list);
const struct wh_list show_columns = WH_LIST(show);
const struct wh_list checklist_columns = WH_LIST(checklist);
const struct wh_list draw_columns = WH_LIST(draw);

/* ---- list ---- */

static const char *state_of(const struct visit *visit, int64_t today)
{
    if (visit->done) return "done";
    return visit->day < today ? "overdue" : "planned";
}

static int is_wanted(const struct talk *talk, const struct visit *visit, const char *state)
{
    struct wh_span duty = given_text(talk, "duty"), period = given_text(talk, "period");
    struct wh_span inspector = given_text(talk, "inspector"), only = given_text(talk, "state");
    return (duty.len == 0 || wh_span_equal(duty, wh_span_of(visit->duty))) &&
           (period.len == 0 || wh_span_equal(period, wh_span_of(visit->period))) &&
           (inspector.len == 0 || wh_span_equal(inspector, wh_span_of(visit->inspector))) &&
           (only.len == 0 || wh_span_equal(only, wh_span_of(state)));
}

static int compare_visits(const void *a, const void *b)
{
    const struct visit *left = a, *right = b;
    if (left->day != right->day) return left->day < right->day ? -1 : 1;
    return strcmp(left->unit, right->unit);
}

static int list_visit(const struct talk *talk, const struct known_units *units,
                      const struct visit *visit, const char *state)
{
    const struct known_unit *unit = unit_of_code(units, visit->unit);
    struct wh_value row[8];
    row[0] = wh_value_text(wh_span_of(visit->id));
    row[1] = wh_value_text(wh_span_of(visit->unit));
    row[2] = text_or_null(wh_span_of(unit ? unit->name : NULL));
    row[3] = wh_value_text(wh_span_of(visit->duty));
    row[4] = wh_value_text(wh_span_of(visit->period));
    row[5] = wh_value_number(WH_DATE, visit->day);
    row[6] = text_or_null(wh_span_of(visit->inspector));
    row[7] = wh_value_text(wh_span_of(state));
    return talk->host->reply_row(talk->call, row, 8, talk->fail);
}

int run_list(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    int64_t today = host->today(host->self);
    struct known_units units;
    struct visits visits = {NULL, 0, 0};
    int rc = read_units(host, given_text(talk, "under"), &units, talk->fail);
    if (rc == 0) {
        rc = read_visits(host, &units, NULL, given_number(talk, "from", INT32_MIN),
                         given_number(talk, "to", INT32_MAX), &visits, talk->fail);
    }
    if (visits.count > 0) qsort(visits.items, visits.count, sizeof(*visits.items), compare_visits);
    for (uint32_t i = 0; rc == 0 && i < visits.count; i++) {
        const char *state = state_of(&visits.items[i], today);
        if (is_wanted(talk, &visits.items[i], state)) {
            rc = list_visit(talk, &units, &visits.items[i], state);
        }
    }
    free(visits.items);
    free(units.items);
    return rc;
}

/* ---- show ---- */

static int show_line(const struct talk *talk, const char *what, struct wh_span text)
{
    struct wh_value row[2] = {wh_value_text(wh_span_of(what)), text_or_null(text)};
    return talk->host->reply_row(talk->call, row, 2, talk->fail);
}

struct showing {
    const struct talk *talk;
    const char *visit;
    char conclusion[4000];
};

static int take_conclusion(void *context, const struct wh_record_view *record)
{
    struct showing *showing = context;
    copy_text(showing->conclusion, sizeof(showing->conclusion), field_text(record, "conclusion"));
    return 1;
}

static int show_finding(void *context, const struct wh_record_view *record)
{
    struct showing *showing = context;
    char text[1200], until[DAY_TEXT_SIZE];
    struct wh_span said = field_text(record, "text"), state = field_text(record, "progress");
    if (!wh_span_equal(field_text(record, "visit"), wh_span_of(showing->visit))) return 0;
    (void)day_text(field_number(record, "until", 0), until);
    (void)snprintf(text, sizeof(text), "%.*s: %.*s (%s, %.*s)", (int)record->id.len,
                   record->id.data, (int)said.len, said.data, until, (int)state.len, state.data);
    return show_line(showing->talk, "finding", wh_span_of(text));
}

int run_show(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct visit visit;
    struct showing showing = {.talk = talk};
    char day[DAY_TEXT_SIZE];
    int rc = given_visit(talk, "visit", &visit);
    if (rc < 0) return rc;
    showing.visit = visit.id;
    rc = host->record(host->self, wh_span_of(visit.id), take_conclusion, &showing, talk->fail);
    if (rc >= 0) rc = show_line(talk, "unit", wh_span_of(visit.unit));
    if (rc >= 0) rc = show_line(talk, "duty", wh_span_of(visit.duty));
    if (rc >= 0) rc = show_line(talk, "period", wh_span_of(visit.period));
    if (rc >= 0) rc = show_line(talk, "date", day_text(visit.day, day));
    if (rc >= 0) rc = show_line(talk, "inspector", wh_span_of(visit.inspector));
    if (rc >= 0) {
        rc = show_line(talk, "state", wh_span_of(state_of(&visit, host->today(host->self))));
    }
    if (rc >= 0) rc = show_line(talk, "conclusion", wh_span_of(showing.conclusion));
    if (rc >= 0) {
        rc = host->records(host->self, wh_span_of(KIND_FINDING), wh_span_of(visit.unit), INT32_MIN,
                           INT32_MAX, show_finding, &showing, talk->fail);
    }
    return rc < 0 ? rc : 0;
}

/* ---- done ---- */

static int check_day(const struct talk *talk, int64_t day)
{
    if (day <= talk->host->today(talk->host->self)) return 0;
    return refuse(talk, WH_E_INVALID, "日期：不能晚于今天", "date: it can't lie in the future");
}

int run_done(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct visit visit;
    char day[DAY_TEXT_SIZE];
    int64_t today = host->today(host->self), at;
    int rc = given_visit(talk, "visit", &visit);
    if (rc < 0) return rc;
    at = given_number(talk, "date", visit.day <= today ? visit.day : today);
    rc = check_day(talk, at);
    if (rc < 0) return rc;
    put_field(&fields, "date", day_text(at, day));
    put_field(&fields, "progress", wh_span_of("done"));
    put_field(&fields, "conclusion", given_text(talk, "conclusion"));
    if (is_given(talk, "inspector")) put_field(&fields, "inspector", given_text(talk, "inspector"));
    rc = host->record_edit(host->self, wh_span_of(visit.id), list_of_fields(&fields), talk->fail);
    return rc < 0 ? rc : reply_word(talk, "done");
}

/* A visit that nobody had planned. */
int run_record(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct inspection_duty duty;
    struct known_unit unit, above;
    struct wh_record_id id;
    int64_t day = given_day(talk);
    int rc = given_unit(talk, "unit", &unit);
    if (rc == 0) rc = check_day(talk, day);
    if (rc == 0) rc = find_unit(host, wh_span_of(unit.parent), &above, talk->fail);
    if (rc == 0) {
        rc = find_duty(talk, &above, given_text(talk, "duty"), given_text(talk, "period"), &duty);
    }
    if (rc < 0) return rc;
    put_field(&fields, "duty", wh_span_of(duty.id));
    put_field(&fields, "period", wh_span_of(duty.period.name));
    put_field(&fields, "inspector", given_text(talk, "inspector"));
    put_field(&fields, "progress", wh_span_of("done"));
    put_field(&fields, "conclusion", given_text(talk, "conclusion"));
    rc = host->record_add(host->self, wh_span_of(KIND_VISIT), wh_span_of(unit.code), day,
                          list_of_fields(&fields), &id, talk->fail);
    return rc < 0 ? rc : reply_word(talk, id.text);
}

int run_undo(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    int rc = host->record_withdraw(host->self, given_text(talk, "id"), given_text(talk, "why"),
                                   talk->fail);
    return rc < 0 ? rc : reply_word(talk, "withdrawn");
}

/* ---- checklist ---- */

static int take_item(void *context, const struct wh_explained *line)
{
    const struct talk *talk = context;
    struct wh_value row[5];
    if (line->depth != WH_EXPLAIN_ITEM) return 0;
    row[0] = wh_value_text(line->id);
    row[1] = wh_value_text(line->title);
    row[2] = wh_value_number(WH_DECIMAL, line->points_h);
    row[3] = wh_value_number(WH_DECIMAL, line->full_h);
    row[4] = text_or_null(line->text);
    return talk->host->reply_row(talk->call, row, 5, talk->fail);
}

int run_checklist(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct wh_standing_query query = {.year = given_year(talk), .pass_h = -1};
    struct known_unit unit;
    int rc = given_unit(talk, "unit", &unit);
    if (rc < 0) return rc;
    rc = host->explain(host->self, wh_span_of(unit.code), &query, host->language(talk->call),
                       take_item, (void *)(uintptr_t)talk, talk->fail);
    return rc < 0 ? rc : 0;
}

/* ---- draw ---- */

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
    if (rc == 0 && (given_number(talk, "count", 0) < 1 ||
                    given_number(talk, "count", 0) > (int64_t)units.count)) {
        rc = refuse(talk, WH_E_INVALID, "抽取数：应在 1 到 %u 之间", "count: 1 to %u", units.count);
    }
    if (rc == 0) rc = draw_lots(talk, &duty, &units);
    free(units.items);
    return rc;
}
