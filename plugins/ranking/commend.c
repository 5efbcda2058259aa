/* `commend`: who meets the programme's conditions of commendation (domain.md D35), with the facts.
 * People decide. Persons are known on the node that has their records alone. */
#include <stdlib.h>

#include "ranking.h"

static const struct wh_column columns[] = {
    {"what", {"类别", "What"}, WH_TEXT, 0},
    {"unit", {"单位", "Unit"}, WH_TEXT, 0},
    {"name", {"名称", "Name"}, WH_TEXT, 0},
    {"score", {"最低得分", "Lowest score"}, WH_DECIMAL, 0},
    {"years", {"年数", "Years"}, WH_INTEGER, 0},
    {"cases", {"典型事迹", "Cases"}, WH_INTEGER, 0},
};

const struct wh_list commend_columns = WH_LIST(columns);

static int show(const struct talk *talk, const char *what, const char *unit, const char *name,
                const int64_t facts[3])
{
    struct wh_value row[6];
    row[0] = wh_value_text(wh_span_of(what));
    row[1] = wh_value_text(wh_span_of(unit));
    row[2] = text_or_null(wh_span_of(name));
    row[3] = number_or_null(WH_DECIMAL, facts[0]);
    row[4] = number_or_null(WH_INTEGER, facts[1]);
    row[5] = number_or_null(WH_INTEGER, facts[2]);
    return talk->host->reply_row(talk->call, row, 6, talk->fail);
}

/* ---- Collectives: at the mark in each of the last years ---- */

static int meets(const struct wh_commendation *wanted, const struct line *line)
{
    if (!(line->flags & WH_STANDING_RANKED) || line->score_h < wanted->collective_score_h) return 0;
    return !wanted->collective_verdict || (line->flags & WH_STANDING_QUALIFIED);
}

static int read_years(const struct talk *talk, struct wh_standing_query query, uint32_t years,
                      struct lines *ret)
{
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < years; i++) {
        if (talk->host->programme(talk->host->self, query.year)) {
            rc = lines_read(talk->host, &query, &ret[i], talk->fail);
        }
        query.year--;
    }
    return rc;
}

#define YEARS_MAX 10

static int collectives(const struct talk *talk, const struct wh_commendation *wanted,
                       struct wh_standing_query query)
{
    struct lines years[YEARS_MAX];
    uint32_t count = wanted->collective_years < YEARS_MAX ? wanted->collective_years : YEARS_MAX;
    int rc;
    memset(years, 0, sizeof(years));
    if (count == 0) count = 1;
    rc = read_years(talk, query, count, years);
    for (uint32_t i = 0; rc == 0 && i < years[0].count; i++) {
        const struct line *line = &years[0].items[i];
        int64_t facts[3] = {line->score_h, 0, -1};
        for (uint32_t y = 0; y < count; y++) {
            const struct line *then = line_of(&years[y], line->unit);
            if (!then || !meets(wanted, then)) break;
            if (then->score_h < facts[0]) facts[0] = then->score_h;
            facts[1]++;
        }
        if (facts[1] == count) rc = show(talk, "collective", line->unit, line->name, facts);
    }
    for (uint32_t y = 0; y < count; y++) lines_free(&years[y]);
    return rc;
}

/* ---- Individuals: years of service, and cases that name them ---- */

struct person {
    char name[120];
    char unit[32];
    int64_t since; /* the first day of service that is on record */
    int64_t cases;
};

struct people {
    struct person *items;
    uint32_t count;
    uint32_t size;
    int64_t day;
};

static int compare_people(const void *a, const void *b)
{
    const struct person *left = a, *right = b;
    int d = strcmp(left->unit, right->unit);
    if (d == 0) d = strcmp(left->name, right->name);
    if (d == 0) d = (left->since > right->since) - (left->since < right->since);
    return d;
}

static int take_person(void *context, const struct wh_record_view *record)
{
    struct people *people = context;
    struct person *person;
    int is_case = wh_span_equal(record->kind, wh_span_of("merit"));
    if (field_text(record, "person").len == 0) return 0;
    if (!is_case && field_number(record, "until", people->day) < people->day) return 0;
    if (is_case && !wh_span_equal(field_text(record, "what"), wh_span_of("case_individual"))) {
        return 0;
    }
    if (make_room(&people->items, people->count, &people->size, sizeof(*people->items)) < 0) {
        return WH_E_FAILED;
    }
    person = &people->items[people->count++];
    copy_text(person->name, sizeof(person->name), field_text(record, "person"));
    copy_text(person->unit, sizeof(person->unit), record->unit);
    person->since = is_case ? INT64_MAX : record->date;
    person->cases = is_case;
    return 0;
}

/* Lines of the same person and unit become one. */
static uint32_t merge(struct people *people)
{
    uint32_t kept = 0;
    if (people->count > 1) {
        qsort(people->items, people->count, sizeof(*people->items), compare_people);
    }
    for (uint32_t i = 0; i < people->count; i++) {
        struct person *last = kept > 0 ? &people->items[kept - 1] : NULL;
        const struct person *one = &people->items[i];
        if (last && strcmp(last->unit, one->unit) == 0 && strcmp(last->name, one->name) == 0) {
            last->cases += one->cases;
            if (one->since < last->since) last->since = one->since;
        } else {
            people->items[kept++] = *one;
        }
    }
    return kept;
}

static int read_people(const struct talk *talk, const struct wh_commendation *wanted,
                       struct people *ret)
{
    const struct wh_host *host = talk->host;
    struct known_units units;
    int rc = read_units(host, given_text(talk, "under"), &units, talk->fail);
    for (uint32_t u = 0; rc >= 0 && u < units.count; u++) {
        struct wh_span unit = wh_span_of(units.items[u].code);
        for (uint32_t k = 0; rc >= 0 && k < wanted->individual_kinds.count; k++) {
            const char *const *kind = wh_list_at(&wanted->individual_kinds, k);
            rc = host->records(host->self, wh_span_of(*kind), unit, INT32_MIN, ret->day,
                               take_person, ret, talk->fail);
        }
        if (rc >= 0) {
            rc = host->records(host->self, wh_span_of("merit"), unit, INT32_MIN, ret->day,
                               take_person, ret, talk->fail);
        }
    }
    free(units.items);
    return rc < 0 ? rc : 0;
}

static int individuals(const struct talk *talk, const struct wh_commendation *wanted)
{
    struct people people = {.day = talk->host->today(talk->host->self)};
    uint32_t count = 0;
    int rc = read_people(talk, wanted, &people);
    if (rc == 0) count = merge(&people);
    for (uint32_t i = 0; rc == 0 && i < count; i++) {
        const struct person *person = &people.items[i];
        int64_t facts[3] = {-1, (people.day - person->since) / 365, person->cases};
        if (person->since == INT64_MAX || facts[1] < wanted->individual_years ||
            person->cases < wanted->individual_cases) {
            continue;
        }
        rc = show(talk, "individual", person->unit, person->name, facts);
    }
    free(people.items);
    return rc;
}

int run_commend(const struct talk *talk)
{
    static const uint32_t all[] = {WH_LEVEL_COUNTY, WH_LEVEL_TOWNSHIP, WH_LEVEL_GRASSROOTS};
    const struct wh_host *host = talk->host;
    const struct wh_programme_view *programme;
    struct wh_commendation wanted;
    struct wh_standing_query query;
    int rc = read_query(talk, &query);
    if (rc < 0) return rc;
    programme = host->programme(host->self, query.year);
    if (!programme) {
        return refuse(talk, WH_E_NOT_FOUND, "%u 年没有方案", "there is no programme for %u",
                      query.year);
    }
    wanted = programme->commendation;
    query.under = given_text(talk, "under");
    for (size_t i = 0; rc == 0 && i < sizeof(all) / sizeof(all[0]); i++) {
        query.level = all[i];
        if (wanted.collective_levels & all[i]) rc = collectives(talk, &wanted, query);
    }
    return rc == 0 ? individuals(talk, &wanted) : rc;
}
