/* Applications for acceptance and their results (domain.md D4, D31). */
#include <stdlib.h>

#include "inspection.h"

static const struct wh_column columns[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("kind", "类型", "Kind", WH_TEXT),
    COLUMN("score", "得分", "Score", WH_DECIMAL),
    COLUMN("qualified", "达标", "Qualified", WH_YESNO),
    COLUMN("state", "状态", "State", WH_TEXT),
};

const struct wh_list applications_columns = WH_LIST(columns);

#define ACCEPTED_PASSED 1
#define ACCEPTED_FAILED 2

/* ---- Measuring: the latest record of the year decides ---- */

static int take_result(void *context, const struct wh_record_view *record)
{
    int64_t *accepted = context;
    *accepted = wh_span_equal(field_text(record, "result"), wh_span_of("passed")) ? ACCEPTED_PASSED
                                                                                  : ACCEPTED_FAILED;
    return 0;
}

int measure_acceptance(const struct wh_host *host, const struct wh_cell *cell,
                       struct wh_failure *fail)
{
    int64_t accepted = 0;
    int rc = host->records(host->self, cell->kind, cell->unit, cell->first_day, cell->last_day,
                           take_result, &accepted, fail);
    return rc < 0 ? rc : host->metric_set(host->self, wh_span_of("accepted"), accepted, fail);
}

/* ---- How a unit stands ---- */

struct standing {
    const char *unit;
    int64_t score_h; /* -1: not ranked */
    int32_t qualified;
    int32_t final;
};

static int take_standing(void *context, const struct wh_standing *line)
{
    struct standing *standing = context;
    if (!wh_span_equal(line->unit, wh_span_of(standing->unit))) return 0;
    standing->score_h = line->score_h;
    standing->qualified = (line->flags & WH_STANDING_QUALIFIED) != 0;
    standing->final = (line->flags & WH_STANDING_FINAL) != 0;
    return 1;
}

static int read_standing(const struct talk *talk, const struct known_unit *unit, uint32_t year,
                         struct standing *ret)
{
    const struct wh_host *host = talk->host;
    struct wh_standing_query query = {.level = unit->level, .year = year, .pass_h = -1};
    int rc;
    *ret = (struct standing){.unit = unit->code, .score_h = -1};
    query.under = wh_span_of(unit->code);
    rc = host->standings(host->self, &query, take_standing, ret, talk->fail);
    return rc < 0 ? rc : 0;
}

/* ---- Commands ---- */

int run_apply(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct wh_record_id id;
    struct known_unit unit;
    int rc = given_unit(talk, "unit", &unit);
    if (rc < 0) return rc;
    put_field(&fields, "note", given_text(talk, "note"));
    rc = host->record_add(host->self, wh_span_of(KIND_APPLICATION), wh_span_of(unit.code),
                          given_day(talk), list_of_fields(&fields), &id, talk->fail);
    return rc < 0 ? rc : reply_word(talk, id.text);
}

struct applying {
    struct known_units *units;
    uint8_t *marks;
};

#define MARK_APPLIED 1
#define MARK_PASSED 2
#define MARK_FAILED 4

static int take_figure(void *context, const struct wh_figure *figure)
{
    struct applying *applying = context;
    const struct known_unit *unit;
    char code[32];
    uint8_t mark = 0;
    if (wh_span_equal(figure->facet, wh_span_of(KIND_APPLICATION)) && figure->value > 0) {
        mark = MARK_APPLIED;
    }
    if (wh_span_equal(figure->facet, wh_span_of(KIND_ACCEPTANCE))) {
        if (figure->value == ACCEPTED_PASSED) mark = MARK_PASSED;
        if (figure->value == ACCEPTED_FAILED) mark = MARK_FAILED;
    }
    if (mark == 0) return 0;
    copy_text(code, sizeof(code), figure->unit);
    unit = unit_of_code(applying->units, code);
    if (unit) applying->marks[unit - applying->units->items] |= mark;
    return 0;
}

static int show_applicant(const struct talk *talk, const struct known_unit *unit, uint8_t mark)
{
    struct standing standing;
    struct wh_value row[6];
    const char *state = mark & MARK_PASSED ? "passed" : mark & MARK_FAILED ? "failed" : "applied";
    int rc = read_standing(talk, unit, given_year(talk), &standing);
    if (rc < 0) return rc;
    row[0] = wh_value_text(wh_span_of(unit->code));
    row[1] = wh_value_text(wh_span_of(unit->name));
    row[2] = wh_value_text(wh_span_of(unit->kind));
    row[3] = number_or_null(WH_DECIMAL, standing.score_h);
    row[4] = wh_value_number(WH_YESNO, standing.qualified);
    row[5] = wh_value_text(wh_span_of(state));
    return talk->host->reply_row(talk->call, row, 6, talk->fail);
}

int run_applications(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct known_units units;
    struct applying applying = {&units, NULL};
    struct wh_span under = given_text(talk, "under");
    int rc = read_units(host, under, &units, talk->fail);
    if (rc < 0) return rc;
    applying.marks = calloc(units.count + 1u, 1);
    if (!applying.marks) rc = WH_E_FAILED;
    if (rc == 0) {
        rc = host->figures(host->self, under, 1, given_year(talk), take_figure, &applying,
                           talk->fail);
    }
    for (uint32_t i = 0; rc >= 0 && i < units.count; i++) {
        if (applying.marks[i]) rc = show_applicant(talk, &units.items[i], applying.marks[i]);
    }
    free(applying.marks);
    free(units.items);
    return rc < 0 ? rc : 0;
}

/* A unit that is under the mark does not pass; whoever decides otherwise mends the points first. */
static int check_result(const struct talk *talk, const struct known_unit *unit, int passed)
{
    struct standing standing;
    char score[POINTS_TEXT_SIZE];
    int rc = read_standing(talk, unit, given_year(talk), &standing);
    if (rc < 0) return rc;
    if (standing.final) {
        return refuse(
            talk, WH_E_INVALID, "单位 %s：该年度已验收（先用 wuhao inspect undo 撤销）",
            "unit %s: its year was accepted already (take that back first: `wuhao inspect "
            "undo`)",
            unit->code);
    }
    if (!passed || standing.qualified) return 0;
    (void)points_text(standing.score_h < 0 ? 0 : standing.score_h, score);
    return refuse(talk, WH_E_INVALID,
                  "单位 %s：得分 %s，未达标，不能验收通过（见 wuhao explain %s）",
                  "unit %s: at %s points it does not qualify, and can't pass (see `wuhao explain "
                  "%s`)",
                  unit->code, score, unit->code);
}

int run_accept(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    const struct wh_programme_view *programme = host->programme(host->self, given_year(talk));
    struct wh_span result = given_text(talk, "result");
    int passed = wh_span_equal(result, wh_span_of("passed"));
    struct fields fields = {.count = 0};
    struct wh_record_id id;
    struct known_unit unit;
    int rc = given_unit(talk, "unit", &unit);
    if (rc == 0 && !programme) {
        rc = refuse(talk, WH_E_NOT_FOUND, "%u 年没有方案", "there is no programme for %u",
                    given_year(talk));
    }
    if (rc == 0) {
        rc = check_assessor(talk, &unit,
                            unit.level == WH_LEVEL_GRASSROOTS ? programme->assessor_grassroots
                                                              : programme->assessor_township);
    }
    if (rc == 0) rc = check_result(talk, &unit, passed);
    if (rc < 0) return rc;
    put_field(&fields, "result", result);
    put_field(&fields, "reason", given_text(talk, "reason"));
    rc = host->record_add(host->self, wh_span_of(KIND_ACCEPTANCE), wh_span_of(unit.code),
                          given_day(talk), list_of_fields(&fields), &id, talk->fail);
    return rc < 0 ? rc : reply_word(talk, id.text);
}
