/* What is missing in a unit that no score tells: posts that nobody holds or whose holder is not
 * eligible (domain.md D8, D9), roles and elders (D11, D13), a lead person (D33). Persons are told
 * on the node that has their records alone. It reads the ledgers of the default programme by name:
 * post, elder, elder_care; and the metrics director_eligible, deputy_eligible, lead_assigned. */
#include <stdio.h>
#include <stdlib.h>

#include "assessment.h"

static const struct wh_column columns[] = {
    {"unit", {"单位", "Unit"}, WH_TEXT, 0}, {"name", {"名称", "Name"}, WH_TEXT, 0},
    {"what", {"缺项", "What"}, WH_TEXT, 0}, {"person", {"人员", "Person"}, WH_TEXT, 0},
    {"text", {"说明", "Text"}, WH_TEXT, 0},
};

const struct wh_list gaps_columns = WH_LIST(columns);

static const struct wh_choice words[] = {
    {"director_vacant", {"主任空缺", "No director"}},
    {"director_ineligible", {"主任不符合条件", "Director not eligible"}},
    {"deputy_vacant", {"常务副主任空缺", "No executive deputy"}},
    {"deputy_ineligible", {"常务副主任不符合条件", "Executive deputy not eligible"}},
    {"roles_missing", {"角色空缺", "Roles that nobody has"}},
    {"elder_over_age", {"五老超龄", "Elder over the age"}},
    {"elder_without_role", {"五老没有角色", "Elder without a role"}},
    {"elder_not_visited", {"今年未走访", "Elder not visited this year"}},
    {"no_lead_person", {"没有责任人", "No lead person"}},
};

#define ROLES_MAX 64
#define ROSTER_MAX 5000 /* of one unit */

struct elder {
    char person[120];
    int64_t birth_year;
    int32_t has_role;
    int32_t visited;
};

/* One unit, as its records and rows have it. */
struct look {
    const struct talk *talk;
    const struct known_unit *unit;
    uint32_t year;
    int64_t day;
    int64_t age_limit;
    /* from rows: the latest value of each, -1 where there is none */
    int64_t director_eligible;
    int64_t deputy_eligible;
    int64_t lead_assigned;
    uint32_t seen[3]; /* year * 4 + quarter of them */
    /* from records, where they are here */
    uint32_t records;
    char director[120];
    char deputy[120];
    struct elder *elders;
    uint32_t elders_count;
    uint8_t roles[ROLES_MAX]; /* 1: somebody has it */
    const struct wh_field *roles_field;
};

static int show(const struct look *look, const char *what, const char *person, const char *text)
{
    struct wh_value row[5];
    row[0] = wh_value_text(wh_span_of(look->unit->code));
    row[1] = wh_value_text(wh_span_of(look->unit->name));
    row[2] = wh_value_text(wh_span_of(what));
    row[3] = text_or_null(wh_span_of(person));
    row[4] = text_or_null(wh_span_of(text));
    return look->talk->host->reply_row(look->talk->call, row, 5, look->talk->fail);
}

/* ---- Rows ---- */

static int take_figure(void *context, const struct wh_figure *figure)
{
    static const char *const names[] = {"director_eligible", "deputy_eligible", "lead_assigned"};
    struct look *look = context;
    int64_t *values[] = {&look->director_eligible, &look->deputy_eligible, &look->lead_assigned};
    uint32_t at = figure->year * 4 + figure->quarter_of_year;
    if (figure->year > look->year) return 0;
    for (uint32_t i = 0; i < 3; i++) {
        if (!wh_span_equal(figure->metric, wh_span_of(names[i])) || at < look->seen[i]) continue;
        *values[i] = at == look->seen[i] ? *values[i] + figure->value : figure->value;
        look->seen[i] = at;
    }
    return 0;
}

/* ---- Records ---- */

static int is_in_force(const struct look *look, const struct wh_record_view *record)
{
    return record->date <= look->day && field_number(record, "until", look->day) >= look->day;
}

static int take_post(void *context, const struct wh_record_view *record)
{
    struct look *look = context;
    struct wh_span post = field_text(record, "post");
    look->records++;
    if (!is_in_force(look, record)) return 0;
    if (wh_span_equal(post, wh_span_of("director"))) {
        copy_text(look->director, sizeof(look->director), field_text(record, "person"));
    }
    if (wh_span_equal(post, wh_span_of("executive_deputy"))) {
        copy_text(look->deputy, sizeof(look->deputy), field_text(record, "person"));
    }
    return 0;
}

static void mark_roles(struct look *look, struct wh_span roles)
{
    for (uint32_t i = 0; look->roles_field && i < look->roles_field->choices.count; i++) {
        const struct wh_choice *choice = wh_list_at(&look->roles_field->choices, i);
        size_t len = strlen(choice->id);
        for (uint64_t at = 0; i < ROLES_MAX && at + len <= roles.len; at++) {
            int begins = at == 0 || roles.data[at - 1] == ';';
            int ends = at + len == roles.len || roles.data[at + len] == ';';
            if (begins && ends && memcmp(roles.data + at, choice->id, len) == 0) look->roles[i] = 1;
        }
    }
}

static int take_elder(void *context, const struct wh_record_view *record)
{
    struct look *look = context;
    struct elder *elder;
    look->records++;
    if (!is_in_force(look, record) || look->elders_count == ROSTER_MAX) return 0;
    elder = &look->elders[look->elders_count++];
    memset(elder, 0, sizeof(*elder));
    copy_text(elder->person, sizeof(elder->person), field_text(record, "person"));
    elder->birth_year = field_number(record, "birth_year", 0);
    elder->has_role = field_text(record, "roles").len > 0;
    mark_roles(look, field_text(record, "roles"));
    return 0;
}

static int compare_elders(const void *a, const void *b)
{
    return strcmp(((const struct elder *)a)->person, ((const struct elder *)b)->person);
}

/* A namesake counts as visited too: the ledger of visits tells names alone. */
static int take_care(void *context, const struct wh_record_view *record)
{
    struct look *look = context;
    struct elder named, *found;
    if (look->elders_count == 0) return 0;
    copy_text(named.person, sizeof(named.person), field_text(record, "person"));
    found = bsearch(&named, look->elders, look->elders_count, sizeof(named), compare_elders);
    while (found && found > look->elders && compare_elders(found - 1, &named) == 0) found--;
    for (; found && found < look->elders + look->elders_count && compare_elders(found, &named) == 0;
         found++) {
        found->visited = 1;
    }
    return 0;
}

static int read_kind(struct look *look, const char *kind, int64_t from, wh_record_visit visit)
{
    const struct wh_host *host = look->talk->host;
    int rc;
    if (!host->kind(host->self, wh_span_of(kind))) return 0; /* a programme without that ledger */
    rc = host->records(host->self, wh_span_of(kind), wh_span_of(look->unit->code), from, look->day,
                       visit, look, look->talk->fail);
    return rc < 0 ? rc : 0;
}

static void find_roles(struct look *look)
{
    const struct wh_host *host = look->talk->host;
    const struct wh_kind *kind = host->kind(host->self, wh_span_of("elder"));
    for (uint32_t i = 0; kind && i < kind->fields.count; i++) {
        const struct wh_field *field = wh_list_at(&kind->fields, i);
        if (strcmp(field->name, "roles") == 0) look->roles_field = field;
    }
}

static int read_unit(struct look *look)
{
    const struct wh_host *host = look->talk->host;
    int rc = host->figures(host->self, wh_span_of(look->unit->code), 0, 0, take_figure, look,
                           look->talk->fail);
    if (rc >= 0) rc = read_kind(look, "post", INT32_MIN, take_post);
    if (rc >= 0) rc = read_kind(look, "elder", INT32_MIN, take_elder);
    if (rc >= 0 && look->elders_count > 0) {
        qsort(look->elders, look->elders_count, sizeof(*look->elders), compare_elders);
        rc = read_kind(look, "elder_care", first_day_of(look->year), take_care);
    }
    return rc;
}

/* ---- What is missing ---- */

static int show_post(const struct look *look, const char *holder, int64_t eligible,
                     const char *vacant, const char *ineligible)
{
    if (eligible > 0) return 0;
    if (look->records > 0 && holder[0]) return show(look, ineligible, holder, NULL);
    return show(look, vacant, NULL, NULL);
}

static int show_roles(const struct look *look)
{
    char missing[600] = "";
    size_t len = 0;
    if (look->records == 0) return 0;
    for (uint32_t i = 0; look->roles_field && i < look->roles_field->choices.count; i++) {
        const struct wh_choice *choice = wh_list_at(&look->roles_field->choices, i);
        int more;
        if (i >= ROLES_MAX || look->roles[i] || len >= sizeof(missing)) continue;
        more =
            snprintf(missing + len, sizeof(missing) - len, "%s%s", len > 0 ? ";" : "", choice->id);
        if (more > 0) len += (size_t)more;
    }
    return len > 0 ? show(look, "roles_missing", NULL, missing) : 0;
}

static int show_elders(const struct look *look)
{
    int rc = 0;
    for (uint32_t i = 0; rc >= 0 && i < look->elders_count; i++) {
        const struct elder *elder = &look->elders[i];
        int64_t age = elder->birth_year > 0 ? look->year - elder->birth_year : 0;
        char text[40];
        (void)snprintf(text, sizeof(text), "%lld", (long long)age);
        if (age > look->age_limit) rc = show(look, "elder_over_age", elder->person, text);
        if (rc >= 0 && !elder->has_role) rc = show(look, "elder_without_role", elder->person, NULL);
        if (rc >= 0 && !elder->visited) rc = show(look, "elder_not_visited", elder->person, NULL);
    }
    return rc;
}

static int show_unit(const struct look *look)
{
    int rc = show_post(look, look->director, look->director_eligible, "director_vacant",
                       "director_not_eligible");
    if (rc >= 0) {
        rc = show_post(look, look->deputy, look->deputy_eligible, "deputy_vacant",
                       "deputy_not_eligible");
    }
    if (rc >= 0 && look->lead_assigned <= 0) rc = show(look, "no_lead_person", NULL, NULL);
    if (rc >= 0) rc = show_roles(look);
    return rc < 0 ? rc : show_elders(look);
}

static int tell_titles(const struct talk *talk)
{
    const struct wh_list titles = WH_LIST(words);
    struct look look = {.talk = talk};
    int rc = tell_words(talk, "what", titles);
    look.year = (uint32_t)year_of(talk->host->today(talk->host->self));
    find_roles(&look);
    if (rc < 0 || !look.roles_field) return rc;
    return tell_words(talk, "text", look.roles_field->choices);
}

#define AGE_MAX 120

int run_gaps(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct elder *elders = calloc(ROSTER_MAX, sizeof(*elders));
    int64_t today = host->today(host->self);
    struct known_units units;
    int64_t age = given_number(talk, "age", 80);
    int rc = elders ? 0 : WH_E_FAILED;
    if (age < 0 || age > AGE_MAX) {
        rc = refuse(talk, WH_E_USAGE, "age：应在 0 到 %d 之间", "age: it must lie between 0 and %d",
                    AGE_MAX);
    }
    if (rc == 0) rc = read_units(host, given_text(talk, "under"), &units, talk->fail);
    if (rc < 0) {
        free(elders);
        return rc;
    }
    rc = tell_titles(talk);
    for (uint32_t i = 0; rc >= 0 && i < units.count; i++) {
        struct look look = {.talk = talk, .unit = &units.items[i], .elders = elders};
        look.year = (uint32_t)year_of(today);
        look.day = today;
        look.age_limit = age;
        look.director_eligible = look.deputy_eligible = look.lead_assigned = -1;
        if (!(units.items[i].level & (WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS))) continue;
        if (!unit_existed(&units.items[i], today, today)) continue;
        find_roles(&look);
        rc = read_unit(&look);
        if (rc >= 0) rc = show_unit(&look);
    }
    free(units.items);
    free(elders);
    return rc < 0 ? rc : 0;
}
