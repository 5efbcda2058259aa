/* The round: classes of all units, who is to qualify when, who fell back (domain.md D3, D5). */
#include "assessment.h"
#include "writing.h"

#include <stdlib.h>

static const struct wh_column classes[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("kind", "类型", "Kind", WH_TEXT),
    COLUMN("class", "分类", "Class", WH_TEXT),
    COLUMN("score", "得分", "Score", WH_DECIMAL),
    COLUMN("qualified", "达标", "Qualified", WH_YESNO),
    COLUMN("target_year", "预达标年度", "Target year", WH_INTEGER),
    COLUMN("date", "分类日期", "Classified", WH_DATE),
    COLUMN("reason", "理由", "Reason", WH_TEXT),
};
static const struct wh_column targets[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("kind", "类型", "Kind", WH_TEXT),
    COLUMN("target_year", "预达标年度", "Target year", WH_INTEGER),
    COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("score", "得分", "Score", WH_DECIMAL),
    COLUMN("missing", "差分", "Missing", WH_DECIMAL),
    COLUMN("lead", "责任人", "Lead", WH_TEXT),
    COLUMN("measures", "措施", "Measures", WH_TEXT),
};
static const struct wh_column fallen[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),          COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("kind", "类型", "Kind", WH_TEXT),          COLUMN("why", "原因", "Why", WH_TEXT),
    COLUMN("since", "年度", "Year", WH_INTEGER),      COLUMN("score", "得分", "Score", WH_DECIMAL),
    COLUMN("missing", "差分", "Missing", WH_DECIMAL),
};

const struct wh_list classes_columns = WH_LIST(classes);
const struct wh_list targets_columns = WH_LIST(targets);
const struct wh_list fallen_columns = WH_LIST(fallen);

static const char *const class_words[] = {NULL, "qualified", "near", "weak", "hollow"};
#define CLASSES 5

static int64_t class_of(struct wh_span word)
{
    for (int64_t i = 1; i < CLASSES; i++) {
        if (wh_span_equal(word, wh_span_of(class_words[i]))) return i;
    }
    return 0;
}

/* ---- Measuring: the latest record of the year decides ---- */

struct latest {
    int64_t class_number;
    int64_t target_year;
};

static int take_latest(void *context, const struct wh_record_view *record)
{
    struct latest *latest = context;
    latest->class_number = class_of(field_text(record, "class"));
    latest->target_year = field_number(record, "year", 0);
    return 0;
}

int measure_class(const struct wh_host *host, const struct wh_cell *cell, struct wh_failure *fail)
{
    int is_target = wh_span_equal(cell->kind, wh_span_of(KIND_TARGET));
    struct latest latest = {0, 0};
    int rc = host->records(host->self, cell->kind, cell->unit, cell->first_day, cell->last_day,
                           take_latest, &latest, fail);
    if (rc < 0) return rc;
    return is_target
               ? host->metric_set(host->self, wh_span_of("target_year"), latest.target_year, fail)
               : host->metric_set(host->self, wh_span_of("class"), latest.class_number, fail);
}

/* ---- What is known of each unit ---- */

struct standing_of_unit {
    int64_t class_number;
    int64_t target_year;
    int64_t said_in; /* the year of the target's record: a later one replaces it */
    int64_t score_h; /* -1: not ranked */
    int32_t qualified;
    int32_t qualified_before;
};

struct overview {
    const struct talk *talk;
    uint32_t year;
    uint32_t of_year; /* that standings are read for */
    int64_t pass_township_h;
    int64_t pass_grassroots_h;
    struct known_units units;
    struct standing_of_unit *items; /* beside units.items */
};

static struct standing_of_unit *item_of(struct overview *overview, struct wh_span code)
{
    const struct known_unit *unit;
    char text[32];
    copy_text(text, sizeof(text), code);
    unit = unit_of_code(&overview->units, text);
    return unit ? &overview->items[unit - overview->units.items] : NULL;
}

static int take_standing(void *context, const struct wh_standing *standing)
{
    struct overview *overview = context;
    struct standing_of_unit *item = item_of(overview, standing->unit);
    int32_t qualified = (standing->flags & WH_STANDING_QUALIFIED) != 0;
    if (!item) return 0;
    if (overview->of_year != overview->year) {
        item->qualified_before = qualified;
    } else {
        item->qualified = qualified;
        item->score_h = standing->score_h;
    }
    return 0;
}

/* Classes and targets come from whoever is above; those of the nearest are written last. */
static int take_figure(void *context, const struct wh_figure *figure)
{
    struct overview *overview = context;
    struct standing_of_unit *item;
    int is_class = wh_span_equal(figure->facet, wh_span_of(KIND_CLASSIFICATION));
    if (!is_class && !wh_span_equal(figure->facet, wh_span_of(KIND_TARGET))) return 0;
    item = item_of(overview, figure->unit);
    if (!item || figure->value == 0 || figure->year > overview->year) return 0;
    if (is_class) {
        item->class_number = figure->value;
    } else if (figure->year >= item->said_in) {
        item->target_year = figure->value;
        item->said_in = figure->year;
    }
    return 0;
}

static int read_standings(struct overview *overview, uint32_t year)
{
    static const uint32_t levels[] = {WH_LEVEL_TOWNSHIP, WH_LEVEL_GRASSROOTS};
    const struct talk *talk = overview->talk;
    const struct wh_host *host = talk->host;
    int rc = 0;
    overview->of_year = year;
    if (!host->programme(host->self, year)) return 0;
    for (uint32_t i = 0; rc >= 0 && i < 2; i++) {
        struct wh_standing_query query = {.level = levels[i], .year = year, .pass_h = -1};
        query.under = given_text(talk, "under");
        rc = host->standings(host->self, &query, take_standing, overview, talk->fail);
    }
    return rc < 0 ? rc : 0;
}

static int read_overview(const struct talk *talk, struct overview *overview)
{
    const struct wh_host *host = talk->host;
    const struct wh_programme_view *programme;
    int rc;
    memset(overview, 0, sizeof(*overview));
    overview->talk = talk;
    overview->year = given_year(talk);
    programme = host->programme(host->self, overview->year);
    if (!programme) {
        return refuse(talk, WH_E_NOT_FOUND, "%u 年没有方案", "there is no programme for %u",
                      overview->year);
    }
    overview->pass_township_h = programme->pass_township_h;
    overview->pass_grassroots_h = programme->pass_grassroots_h;
    rc = read_units(host, given_text(talk, "under"), &overview->units, talk->fail);
    if (rc < 0) return rc;
    overview->items = calloc(overview->units.count + 1u, sizeof(*overview->items));
    if (!overview->items) return WH_E_FAILED;
    for (uint32_t i = 0; i < overview->units.count; i++) overview->items[i].score_h = -1;
    rc = host->figures(host->self, given_text(talk, "under"), 1, 0, take_figure, overview,
                       talk->fail);
    if (rc >= 0) rc = read_standings(overview, overview->year - 1);
    if (rc >= 0) rc = read_standings(overview, overview->year);
    return rc < 0 ? rc : 0;
}

static void free_overview(struct overview *overview)
{
    free(overview->units.items);
    free(overview->items);
}

/* Units of the two levels that are assessed, which exist in the year. */
static int is_assessed(const struct overview *overview, uint32_t i)
{
    const struct known_unit *unit = &overview->units.items[i];
    return (unit->level == WH_LEVEL_TOWNSHIP || unit->level == WH_LEVEL_GRASSROOTS) &&
           unit_existed(unit, first_day_of(overview->year), last_day_of(overview->year));
}

static int64_t missing_of(const struct overview *overview, uint32_t i)
{
    int64_t pass_h = overview->units.items[i].level == WH_LEVEL_TOWNSHIP
                         ? overview->pass_township_h
                         : overview->pass_grassroots_h;
    int64_t score_h = overview->items[i].score_h;
    if (score_h < 0) score_h = 0;
    return score_h >= pass_h ? 0 : pass_h - score_h;
}

static void put_unit(struct wh_value *row, const struct known_unit *unit)
{
    row[0] = wh_value_text(wh_span_of(unit->code));
    row[1] = wh_value_text(wh_span_of(unit->name));
    row[2] = wh_value_text(wh_span_of(unit->kind));
}

/* ---- The records of one unit, where they are here ---- */

struct said {
    int64_t day; /* 0: nothing */
    char text[1000];
    char lead[200];
};

static int take_said(void *context, const struct wh_record_view *record)
{
    struct said *said = context;
    said->day = record->date;
    copy_text(said->text, sizeof(said->text),
              field_of(record, "measures") ? field_text(record, "measures")
                                           : field_text(record, "reason"));
    copy_text(said->lead, sizeof(said->lead), field_text(record, "lead"));
    return 0;
}

static int read_said(const struct overview *overview, const char *kind, uint32_t i,
                     struct said *ret)
{
    const struct wh_host *host = overview->talk->host;
    memset(ret, 0, sizeof(*ret));
    return host->records(host->self, wh_span_of(kind), wh_span_of(overview->units.items[i].code),
                         INT32_MIN, last_day_of(overview->year), take_said, ret,
                         overview->talk->fail);
}

/* ---- Commands ---- */

static int show_class(struct overview *overview, uint32_t i)
{
    const struct standing_of_unit *item = &overview->items[i];
    struct wh_value row[9];
    struct said said;
    int rc = read_said(overview, KIND_CLASSIFICATION, i, &said);
    if (rc < 0) return rc;
    put_unit(row, &overview->units.items[i]);
    row[3] = text_or_null(
        wh_span_of(item->class_number < CLASSES ? class_words[item->class_number] : NULL));
    row[4] = number_or_null(WH_DECIMAL, item->score_h);
    row[5] = wh_value_number(WH_YESNO, item->qualified);
    row[6] =
        item->target_year > 0 ? wh_value_number(WH_INTEGER, item->target_year) : wh_value_null();
    row[7] = said.day != 0 ? wh_value_number(WH_DATE, said.day) : wh_value_null();
    row[8] = text_or_null(wh_span_of(said.text));
    return overview->talk->host->reply_row(overview->talk->call, row, 9, overview->talk->fail);
}

/* Those without a class come first. */
int run_classes(const struct talk *talk)
{
    struct overview overview;
    int rc = read_overview(talk, &overview);
    for (int32_t classified = 0; rc == 0 && classified < 2; classified++) {
        for (uint32_t i = 0; rc == 0 && i < overview.units.count; i++) {
            int has_class = overview.items[i].class_number != 0;
            if (is_assessed(&overview, i) && has_class == classified) {
                rc = show_class(&overview, i);
            }
        }
    }
    free_overview(&overview);
    return rc;
}

static const char *target_state(const struct overview *overview, uint32_t i)
{
    const struct standing_of_unit *item = &overview->items[i];
    if (item->qualified) return "made";
    return item->target_year < overview->year ? "missed" : "open";
}

static int show_target(struct overview *overview, uint32_t i)
{
    const struct standing_of_unit *item = &overview->items[i];
    struct wh_value row[9];
    struct said said;
    int rc = read_said(overview, KIND_TARGET, i, &said);
    if (rc < 0) return rc;
    put_unit(row, &overview->units.items[i]);
    row[3] = wh_value_number(WH_INTEGER, item->target_year);
    row[4] = wh_value_text(wh_span_of(target_state(overview, i)));
    row[5] = number_or_null(WH_DECIMAL, item->score_h);
    row[6] = wh_value_number(WH_DECIMAL, missing_of(overview, i));
    row[7] = text_or_null(wh_span_of(said.lead));
    row[8] = text_or_null(wh_span_of(said.text));
    return overview->talk->host->reply_row(overview->talk->call, row, 9, overview->talk->fail);
}

int run_targets(const struct talk *talk)
{
    int64_t wanted = given_number(talk, "target", 0);
    struct overview overview;
    int rc = read_overview(talk, &overview);
    for (uint32_t i = 0; rc == 0 && i < overview.units.count; i++) {
        int64_t year = overview.items[i].target_year;
        if (!is_assessed(&overview, i) || year == 0 || (wanted != 0 && year != wanted)) continue;
        rc = show_target(&overview, i);
    }
    free_overview(&overview);
    return rc;
}

static int show_fallen(struct overview *overview, uint32_t i, const char *why, int64_t since)
{
    struct wh_value row[7];
    put_unit(row, &overview->units.items[i]);
    row[3] = wh_value_text(wh_span_of(why));
    row[4] = wh_value_number(WH_INTEGER, since);
    row[5] = number_or_null(WH_DECIMAL, overview->items[i].score_h);
    row[6] = wh_value_number(WH_DECIMAL, missing_of(overview, i));
    return overview->talk->host->reply_row(overview->talk->call, row, 7, overview->talk->fail);
}

/* Qualified in the year before and not now; named for this year or an earlier one and not there. */
int run_fallen(const struct talk *talk)
{
    struct overview overview;
    int rc = read_overview(talk, &overview);
    for (uint32_t i = 0; rc == 0 && i < overview.units.count; i++) {
        const struct standing_of_unit *item = &overview.items[i];
        if (!is_assessed(&overview, i) || item->qualified) continue;
        if (item->qualified_before) {
            rc = show_fallen(&overview, i, "fell_back", overview.year - 1);
        } else if (item->target_year != 0 && item->target_year <= overview.year) {
            rc = show_fallen(&overview, i, "not_made", item->target_year);
        }
    }
    free_overview(&overview);
    return rc;
}

/* ---- Entering ---- */

/* A unit is classed and named by one above it. */
static int check_above(const struct talk *talk, const struct known_unit *unit)
{
    struct wh_span home = talk->host->home(talk->host->self);
    if (lies_above(home, unit->code)) return 0;
    return refuse(talk, WH_E_NOT_PERMITTED, "单位 %s：应由其上级登记，本节点是 %.*s",
                  "unit %s: a unit above it enters this, this node is %.*s", unit->code,
                  (int)home.len, home.data);
}

static int add_record(const struct talk *talk, const char *kind, struct wh_span unit,
                      struct wh_list fields)
{
    const struct wh_host *host = talk->host;
    struct wh_record_id id;
    int rc = host->record_add(host->self, wh_span_of(kind), unit, given_day(talk), fields, &id,
                              talk->fail);
    if (rc < 0) return rc;
    return reply_word(talk, id.text);
}

int run_classify(const struct talk *talk)
{
    struct known_unit unit;
    struct wh_named_text fields[] = {
        {wh_span_of("class"), given_text(talk, "class")},
        {wh_span_of("reason"), given_text(talk, "reason")},
    };
    struct wh_list list = WH_LIST(fields);
    int rc = given_unit(talk, "unit", &unit);
    if (rc == 0) rc = check_above(talk, &unit);
    return rc < 0 ? rc : add_record(talk, KIND_CLASSIFICATION, wh_span_of(unit.code), list);
}

int run_target(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct known_unit unit;
    struct wh_named_text fields[] = {
        {wh_span_of("year"), given_text(talk, "target")},
        {wh_span_of("measures"), given_text(talk, "measures")},
        {wh_span_of("lead"), given_text(talk, "lead")},
    };
    struct wh_list list = WH_LIST(fields);
    int64_t year = given_number(talk, "target", 0);
    int rc = given_unit(talk, "unit", &unit);
    if (rc == 0) rc = check_above(talk, &unit);
    if (rc == 0 && (year < 1949 || year > 2200 || !host->programme(host->self, (uint32_t)year))) {
        rc = refuse(talk, WH_E_INVALID, "年度：%.*s 年没有方案",
                    "target: there is no programme for %.*s", (int)fields[0].text.len,
                    fields[0].text.data);
    }
    return rc < 0 ? rc : add_record(talk, KIND_TARGET, wh_span_of(unit.code), list);
}

/* ---- Milestones ---- */

/* Every assessed unit below has a class, or a year in which it is to qualify. */
static int check_milestone(const struct talk *talk, const char *what)
{
    struct overview overview;
    uint32_t left = 0;
    int is_review = strcmp(what, "review") == 0;
    char first[32] = "";
    int rc = read_overview(talk, &overview);
    for (uint32_t i = 0; rc == 0 && i < overview.units.count; i++) {
        const struct standing_of_unit *item = &overview.items[i];
        int done = is_review ? item->class_number != 0 : item->target_year != 0 || item->qualified;
        struct wh_span under = given_text(talk, "under");
        if (!is_assessed(&overview, i) || done) continue;
        if (wh_span_equal(under, wh_span_of(overview.units.items[i].code))) continue; /* itself */
        if (left++ == 0) memcpy(first, overview.units.items[i].code, sizeof(first));
    }
    free_overview(&overview);
    if (rc < 0 || left == 0) return rc;
    return refuse(talk, WH_E_INVALID, "%s：尚有 %u 个单位未完成，如 %s（见 wuhao assess classes）",
                  "%s: %u units are left, as %s (see `wuhao assess classes`)", what, left, first);
}

int run_close(const struct talk *talk)
{
    struct known_unit unit;
    struct wh_span what = given_text(talk, "what");
    struct wh_named_text fields[] = {
        {wh_span_of("what"), what},
        {wh_span_of("note"), given_text(talk, "note")},
    };
    struct wh_list list = WH_LIST(fields);
    int rc = given_unit(talk, "under", &unit);
    if (rc == 0 && wh_span_equal(what, wh_span_of("review"))) rc = check_milestone(talk, "review");
    if (rc == 0 && wh_span_equal(what, wh_span_of("targets"))) {
        rc = check_milestone(talk, "targets");
    }
    return rc < 0 ? rc : add_record(talk, KIND_MILESTONE, wh_span_of(unit.code), list);
}
