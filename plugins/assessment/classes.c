/* The round: classes of all units, who is to qualify when, who fell back (domain.md D3, D5). */
#include "assessment.h"
#include "overview.h"
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
    COLUMN("by", "分类单位", "By", WH_TEXT),
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
    COLUMN("by", "确定单位", "By", WH_TEXT),
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

/* ---- Values of a row ---- */

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

/* ---- The records of one unit, where what counts was said here ---- */

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

static int read_said(const struct overview *overview, const char *kind, const char *by, uint32_t i,
                     struct said *ret)
{
    const struct wh_host *host = overview->talk->host;
    memset(ret, 0, sizeof(*ret));
    if (!wh_span_equal(host->home(host->self), wh_span_of(by))) return 0;
    return host->records(host->self, wh_span_of(kind), wh_span_of(overview->units.items[i].code),
                         INT32_MIN, last_day_of(overview->year), take_said, ret,
                         overview->talk->fail);
}

/* ---- Commands ---- */

static const struct wh_choice target_states[] = {
    {"made", {"已达标", "Made"}},
    {"open", {"进行中", "Open"}},
    {"missed", {"未达标", "Missed"}},
};
static const struct wh_choice fallen_words[] = {
    {"fell_back", {"退步", "Fell back"}},
    {"not_made", {"到期未达标", "Not made"}},
};

static int show_class(struct overview *overview, uint32_t i)
{
    const struct standing_of_unit *item = &overview->items[i];
    struct wh_value row[10];
    struct said said;
    int rc = read_said(overview, KIND_CLASSIFICATION, item->class_by, i, &said);
    if (rc < 0) return rc;
    put_unit(row, &overview->units.items[i]);
    row[3] = text_or_null(
        wh_span_of(item->class_number < CLASSES ? class_words[item->class_number] : NULL));
    row[4] = number_or_null(WH_DECIMAL, item->score_h);
    row[5] = wh_value_number(WH_YESNO, item->qualified);
    row[6] =
        item->target_year > 0 ? wh_value_number(WH_INTEGER, item->target_year) : wh_value_null();
    row[7] = text_or_null(wh_span_of(item->class_by));
    row[8] = said.day != 0 ? wh_value_number(WH_DATE, said.day) : wh_value_null();
    row[9] = text_or_null(wh_span_of(said.text));
    return overview->talk->host->reply_row(overview->talk->call, row, 10, overview->talk->fail);
}

/* Those without a class come first. */
int run_classes(const struct talk *talk)
{
    struct overview overview;
    int rc = read_overview(talk, &overview);
    if (rc == 0) rc = tell_words(talk, "class", class_titles);
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
    struct wh_value row[10];
    struct said said;
    int rc = read_said(overview, KIND_TARGET, item->target_by, i, &said);
    if (rc < 0) return rc;
    put_unit(row, &overview->units.items[i]);
    row[3] = wh_value_number(WH_INTEGER, item->target_year);
    row[4] = wh_value_text(wh_span_of(target_state(overview, i)));
    row[5] = number_or_null(WH_DECIMAL, item->score_h);
    row[6] = wh_value_number(WH_DECIMAL, missing_of(overview, i));
    row[7] = text_or_null(wh_span_of(item->target_by));
    row[8] = text_or_null(wh_span_of(said.lead));
    row[9] = text_or_null(wh_span_of(said.text));
    return overview->talk->host->reply_row(overview->talk->call, row, 10, overview->talk->fail);
}

int run_targets(const struct talk *talk)
{
    const struct wh_list titles = WH_LIST(target_states);
    int64_t wanted = given_number(talk, "target", 0);
    struct overview overview;
    int rc = read_overview(talk, &overview);
    if (rc == 0) rc = tell_words(talk, "state", titles);
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
    const struct wh_list titles = WH_LIST(fallen_words);
    struct overview overview;
    int rc = read_overview(talk, &overview);
    if (rc == 0) rc = tell_words(talk, "why", titles);
    for (uint32_t i = 0; rc == 0 && i < overview.units.count; i++) {
        const struct standing_of_unit *item = &overview.items[i];
        if (!is_assessed(&overview, i) || item->qualified) continue;
        if (item->qualified_before) {
            rc = show_fallen(&overview, i, "fell_back", overview.year - 1);
        } else if (item->target_year != 0 && item->target_year <= overview.year) {
            rc = show_fallen(&overview, i, "not_made", item->target_year);
        }
    }
    if (rc == 0 && talk->host->today(talk->host->self) < last_day_of(overview.year)) {
        rc = remark(talk, "%u 年未过完，达标情况还会变化", "%u is not over: more units may qualify",
                    overview.year);
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

/* Who said something of a unit this year, and is nearest to it. */
struct nearest {
    struct wh_span facet;
    char by[32];
};

static int take_nearest(void *context, const struct wh_figure *figure)
{
    struct nearest *nearest = context;
    if (!wh_span_equal(figure->facet, nearest->facet) || figure->value == 0) return 0;
    if (figure->origin.len > strlen(nearest->by)) {
        copy_text(nearest->by, sizeof(nearest->by), figure->origin);
    }
    return 0;
}

static int add_record(const struct talk *talk, const char *kind, const struct known_unit *unit,
                      struct wh_list fields)
{
    const struct wh_host *host = talk->host;
    struct nearest nearest = {wh_span_of(kind), ""};
    struct wh_record_id id;
    int rc = host->record_add(host->self, wh_span_of(kind), wh_span_of(unit->code), given_day(talk),
                              fields, &id, talk->fail);
    if (rc == 0) rc = reply_word(talk, id.text);
    if (rc == 0) {
        rc = host->figures(host->self, wh_span_of(unit->code), 0,
                           (uint32_t)year_of(given_day(talk)), take_nearest, &nearest, talk->fail);
    }
    return rc < 0 ? rc : tell_nearer(talk, unit, nearest.by);
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
    return rc < 0 ? rc : add_record(talk, KIND_CLASSIFICATION, &unit, list);
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
    return rc < 0 ? rc : add_record(talk, KIND_TARGET, &unit, list);
}
