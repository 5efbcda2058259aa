/* `training due` and `training young`: who has to be trained again, and by when. Both show persons,
 * so both read the records of this node alone. */
#include <stdlib.h>

#include "training.h"

/* One person, as a line of a list. Texts lie in the pool. */
struct line {
    struct person person;
    char unit[32];
    int64_t joined;
    int64_t last;  /* day of the last session; read where `sessions` is above 0 */
    int64_t first; /* of the first one */
    int64_t due;
    int64_t until; /* 0: still there */
    uint32_t sessions;
    uint32_t reserved;
};

struct lines {
    struct line *items; /* the caller frees */
    uint32_t count;
    uint32_t size;
};

static int add_line(struct lines *lines, const struct line *line)
{
    if (make_room(&lines->items, lines->count, &lines->size, sizeof(*lines->items)) < 0) {
        return WH_E_FAILED;
    }
    lines->items[lines->count++] = *line;
    return 0;
}

static int compare_names(const struct line *left, const struct line *right)
{
    struct wh_span a = left->person.name, b = right->person.name;
    uint64_t len = a.len < b.len ? a.len : b.len;
    int rc = strcmp(left->unit, right->unit);
    if (rc == 0 && len > 0) rc = memcmp(a.data, b.data, len);
    if (rc == 0 && a.len != b.len) rc = a.len < b.len ? -1 : 1;
    if (rc != 0 || left->person.birth_year == right->person.birth_year) return rc;
    return left->person.birth_year < right->person.birth_year ? -1 : 1;
}

static int compare_due(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    if (left->due != right->due) return left->due < right->due ? -1 : 1;
    return compare_names(left, right);
}

static int compare_joined(const void *a, const void *b)
{
    const struct line *left = a, *right = b;
    if (left->joined != right->joined) return left->joined < right->joined ? -1 : 1;
    return compare_names(left, right);
}

/* What a person has attended, of attendances that are sorted. */
static void look_up(const struct attendances *attendances, struct line *line)
{
    for (uint32_t i = first_of_name(attendances, line->person.name); i < attendances->count; i++) {
        const struct attendance *one = &attendances->items[i];
        if (!is_same_name(one->name, line->person.name)) return;
        if (!may_be_same(one->birth_year, line->person.birth_year)) continue;
        if (line->sessions == 0 || one->date > line->last) line->last = one->date;
        if (line->sessions == 0 || one->date < line->first) line->first = one->date;
        line->sessions++;
    }
}

/* ---- training due ---- */

struct asking {
    const struct talk *talk;
    struct pool pool;
    struct lines lines;
    int64_t day;
    int64_t ahead; /* days after it that are looked at too */
    int64_t months[ROLE_COUNT];
    int64_t grace_months;
    uint32_t on_rosters;
};

static int64_t days_in_month(int32_t year, int32_t month)
{
    struct wh_civil first = {year, month, 1};
    struct wh_civil next = {month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1};
    return wh_day_of(next) - wh_day_of(first);
}

/* The same day so many months later, or the last one of that month. */
static int64_t months_after(int64_t day, int64_t months)
{
    struct wh_civil civil = wh_civil_of((int32_t)day);
    int64_t month = civil.year * 12 + civil.month - 1 + months, last;
    civil.year = (int32_t)(month / 12);
    civil.month = (int32_t)(month % 12) + 1;
    last = days_in_month(civil.year, civil.month);
    if (civil.day > last) civil.day = (int32_t)last;
    return wh_day_of(civil);
}

/* Fills the due day; 1 where some role of the person asks for a session again. */
static int is_due(const struct asking *asking, struct line *line)
{
    int is_wanted = 0;
    line->due = INT64_MAX;
    for (uint32_t role = 0; role < ROLE_COUNT; role++) {
        int64_t due, again;
        if (!(line->person.roles & (1u << role))) continue;
        due = months_after(line->person.joined[role], asking->grace_months);
        again = line->sessions > 0 ? months_after(line->last, asking->months[role]) : INT32_MIN;
        if (again <= asking->day + asking->ahead) is_wanted = 1;
        if (again > due) due = again;
        if (due < line->due) line->due = due;
    }
    return is_wanted;
}

static int ask_unit(struct asking *asking, const char *unit)
{
    const struct talk *talk = asking->talk;
    struct people people = {NULL, 0, 0};
    struct attendances attendances = {.pool = &asking->pool};
    int rc = read_people(talk, unit, asking->day, &asking->pool, &people);
    if (rc == 0 && people.count > 0) {
        rc = read_attendances(talk, unit, INT32_MIN, asking->day, &attendances);
    }
    sort_attendances(&attendances);
    asking->on_rosters += people.count;
    for (uint32_t i = 0; rc == 0 && i < people.count; i++) {
        struct line line = {.person = people.items[i]};
        copy_text(line.unit, sizeof(line.unit), wh_span_of(unit));
        look_up(&attendances, &line);
        if (is_due(asking, &line)) rc = add_line(&asking->lines, &line);
    }
    free(attendances.items);
    free(people.items);
    return rc;
}

/* "elder;ten_role", as `choices` are written; and the day since when. */
static void write_roles(const struct person *person, char ret[40], int64_t *ret_joined)
{
    ret[0] = '\0';
    *ret_joined = INT64_MAX;
    for (uint32_t role = 0; role < ROLE_COUNT; role++) {
        size_t len = strlen(ret);
        if (!(person->roles & (1u << role))) continue;
        if (person->joined[role] < *ret_joined) *ret_joined = person->joined[role];
        if (len > 0) ret[len++] = ';';
        copy_text(ret + len, 40 - len, wh_span_of(role_names[role]));
    }
}

static int show_due(const struct asking *asking, const struct line *line)
{
    const struct talk *talk = asking->talk;
    struct wh_value row[9];
    char roles[40];
    int64_t joined;
    write_roles(&line->person, roles, &joined);
    row[0] = wh_value_text(wh_span_of(line->unit));
    row[1] = wh_value_text(line->person.name);
    row[2] = birth_value(line->person.birth_year);
    row[3] = wh_value_text(wh_span_of(roles));
    row[4] = wh_value_number(WH_DATE, joined);
    row[5] = line->sessions > 0 ? wh_value_number(WH_DATE, line->last) : wh_value_null();
    row[6] = wh_value_number(WH_DATE, line->due);
    row[7] = wh_value_text(wh_span_of(line->due < asking->day ? "late" : "open"));
    row[8] = wh_value_number(WH_INTEGER, line->due - asking->day);
    return talk->host->reply_row(talk->call, row, 9, talk->fail);
}

static int show_all_due(struct asking *asking)
{
    struct lines *lines = &asking->lines;
    int rc = 0;
    if (lines->count > 0) qsort(lines->items, lines->count, sizeof(*lines->items), compare_due);
    for (uint32_t i = 0; rc == 0 && i < lines->count; i++) {
        rc = show_due(asking, &lines->items[i]);
    }
    if (rc < 0 || lines->count > 0) return rc;
    if (asking->on_rosters == 0) {
        return remark(asking->talk, "本节点没有这些单位的名册",
                      "no one is on a roster of these units on this node");
    }
    return remark(asking->talk, "名册上 %u 人，均在培训期内",
                  "none of the %u persons on the rosters is due", asking->on_rosters);
}

static const struct wh_choice states[] = {
    {"late", {"已逾期", "Late"}},
    {"open", {"未到期", "Open"}},
};

int run_due(const struct talk *talk)
{
    const struct wh_list titles = WH_LIST(states);
    const struct wh_host *host = talk->host;
    struct asking asking = {.talk = talk};
    struct known_units units = {NULL, 0, 0};
    int rc = given_scope(talk, &units);
    if (rc == 0) rc = tell_words(talk, "state", titles);
    if (rc == 0) rc = tell_words(talk, "roles", role_titles);
    asking.day = given_number(talk, "at", host->today(host->self));
    asking.ahead = given_number(talk, "ahead", 0);
    if (rc == 0 && (asking.ahead < 0 || asking.ahead > 3660)) {
        rc = refuse(talk, WH_E_USAGE, "ahead：应在 0 到 3660 天之间",
                    "ahead: it takes 0 to 3660 days");
    }
    asking.months[0] = host->setting(host->self, "interval_months").number;
    asking.months[1] = host->setting(host->self, "interval_months_ten_roles").number;
    asking.months[2] = host->setting(host->self, "interval_months_leaders").number;
    asking.grace_months = host->setting(host->self, "grace_months").number;
    for (uint32_t i = 0; rc == 0 && i < units.count; i++) {
        /* a closed one's people are asked for where they are now */
        if (!unit_existed(&units.items[i], asking.day, asking.day)) continue;
        rc = ask_unit(&asking, units.items[i].code);
    }
    if (rc == 0) rc = show_all_due(&asking);
    free(units.items);
    free(asking.lines.items);
    pool_free(&asking.pool);
    return rc;
}

/* ---- training young ---- */

struct joining {
    struct pool *pool;
    struct lines *lines;
};

static int take_young(void *context, const struct wh_record_view *record)
{
    struct joining *joining = context;
    struct line line = {.joined = record->date, .until = field_number(record, "until", 0)};
    if (field_number(record, "young", 0) != 1) return 0;
    line.person.name = pool_trimmed(joining->pool, field_text(record, "person"));
    if (!line.person.name.data) return WH_E_FAILED;
    line.person.birth_year = field_number(record, "birth_year", 0);
    copy_text(line.unit, sizeof(line.unit), record->unit);
    return add_line(joining->lines, &line);
}

static int join_unit(const struct talk *talk, const char *unit, uint32_t year,
                     struct joining *joining)
{
    const struct wh_host *host = talk->host;
    struct attendances attendances = {.pool = joining->pool};
    uint32_t before = joining->lines->count;
    int rc = host->records(host->self, wh_span_of(KIND_ELDER), wh_span_of(unit), first_day_of(year),
                           last_day_of(year), take_young, joining, talk->fail);
    if (rc >= 0 && joining->lines->count > before) {
        rc = read_attendances(talk, unit, first_day_of(year), last_day_of(year), &attendances);
    }
    sort_attendances(&attendances);
    for (uint32_t i = before; rc >= 0 && i < joining->lines->count; i++) {
        look_up(&attendances, &joining->lines->items[i]);
    }
    free(attendances.items);
    return rc < 0 ? rc : 0;
}

static int show_young(const struct talk *talk, const struct line *line)
{
    struct wh_value row[8];
    row[0] = wh_value_text(wh_span_of(line->unit));
    row[1] = wh_value_text(line->person.name);
    row[2] = birth_value(line->person.birth_year);
    row[3] = wh_value_number(WH_DATE, line->joined);
    row[4] = line->until != 0 ? wh_value_number(WH_DATE, line->until) : wh_value_null();
    row[5] = wh_value_number(WH_YESNO, line->sessions > 0);
    row[6] = wh_value_number(WH_INTEGER, line->sessions);
    row[7] = line->sessions > 0 ? wh_value_number(WH_DATE, line->first) : wh_value_null();
    return talk->host->reply_row(talk->call, row, 8, talk->fail);
}

int run_young(const struct talk *talk)
{
    struct pool pool = {NULL};
    struct lines lines = {NULL, 0, 0};
    struct joining joining = {&pool, &lines};
    struct known_units units = {NULL, 0, 0};
    uint32_t year;
    int rc = given_year_checked(talk, &year);
    if (rc == 0) rc = given_scope(talk, &units);
    for (uint32_t i = 0; rc == 0 && i < units.count; i++) {
        rc = join_unit(talk, units.items[i].code, year, &joining);
    }
    if (lines.count > 0) qsort(lines.items, lines.count, sizeof(*lines.items), compare_joined);
    for (uint32_t i = 0; rc == 0 && i < lines.count; i++) rc = show_young(talk, &lines.items[i]);
    if (rc == 0 && lines.count == 0) {
        rc = remark(talk, "该年没有年轻五老入列", "no young elder joined in that year");
    }
    free(units.items);
    free(lines.items);
    pool_free(&pool);
    return rc;
}
