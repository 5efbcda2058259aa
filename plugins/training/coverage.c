/* `training coverage`: how many of those on the rosters were trained in a year. From records where
 * the unit's records are on this node, else from what the node below it has sent. */
#include <stdlib.h>

#include "training.h"

/* One line; -1: not known. */
struct line {
    const char *role; /* "all" or one of role_names */
    const char *source;
    int64_t roster;
    int64_t trained;
    int64_t others; /* who came and is not on the roster */
    int64_t hours_h;
};

static const struct wh_choice sources[] = {
    {"records", {"本节点记录", "Records"}},
    {"figures", {"上报数", "Figures"}},
    {"none", {"无", "None"}},
};

struct covering {
    const struct talk *talk;
    struct known_units units;
    struct unit_figures *figures; /* of the units */
    struct sessions sessions;
    struct pool pool; /* of the sessions */
    uint32_t year;
    int32_t is_by_role;
    int64_t roster; /* of all lines that know both */
    int64_t trained;
    uint32_t from_figures; /* units */
    uint32_t unknown;      /* attendances whose session is none of this node's */
};

/* ---- From records ---- */

static int is_trained(const struct attendances *attendances, const struct person *person,
                      uint32_t roles)
{
    int is_found = 0;
    for (uint32_t i = first_of_name(attendances, person->name); i < attendances->count; i++) {
        struct attendance *one = &attendances->items[i];
        if (!is_same_name(one->name, person->name)) break;
        if (!(one->role & roles) || !may_be_same(one->birth_year, person->birth_year)) continue;
        one->is_matched = 1;
        is_found = 1;
    }
    return is_found;
}

static void count_line(const struct covering *covering, const struct people *people,
                       const struct attendances *attendances, uint32_t roles, struct line *ret)
{
    ret->source = "records";
    for (uint32_t i = 0; i < attendances->count; i++) attendances->items[i].is_matched = 0;
    for (uint32_t i = 0; i < people->count; i++) {
        if (!(people->items[i].roles & roles)) continue;
        ret->roster++;
        ret->trained += is_trained(attendances, &people->items[i], roles);
    }
    ret->others = count_unmatched(attendances, roles);
    for (uint32_t i = 0; i < attendances->count; i++) {
        const struct attendance *one = &attendances->items[i];
        if (one->role & roles) ret->hours_h += hours_of(&covering->sessions, one);
    }
}

/* ---- From figures ---- */

static int64_t sum_known(int64_t a, int64_t b)
{
    if (a < 0) return b;
    return b < 0 ? a : a + b;
}

static void take_line(const struct unit_figures *figures, uint32_t roles, struct line *ret)
{
    int is_known = figures->is_elsewhere;
    ret->source = is_known ? "figures" : "none";
    ret->others = -1;
    ret->hours_h = roles == ROLES_ALL ? figures->hours_h : -1;
    if (roles == ROLES_ALL) {
        ret->roster = sum_known(figures->elders, figures->leaders);
        ret->trained = figures->trained;
    } else if (roles == ROLE_ELDER) {
        ret->roster = figures->elders;
        ret->trained = figures->trained_as[0];
    } else if (roles == ROLE_LEADER) {
        ret->roster = figures->leaders;
        ret->trained = figures->trained_as[2];
    } else {
        ret->roster = -1; /* no ledger counts them */
        ret->trained = figures->trained_as[1];
    }
    /* A node that has sent rows, and none of these, has nothing to count. */
    if (is_known && ret->roster < 0 && roles != ROLE_TEN_ROLE) ret->roster = 0;
    if (is_known && ret->trained < 0) ret->trained = 0;
    if (is_known && ret->hours_h < 0 && roles == ROLES_ALL) ret->hours_h = 0;
}

/* ---- Lines ---- */

static int show_line(struct covering *covering, const struct known_unit *unit,
                     const struct line *line)
{
    const struct talk *talk = covering->talk;
    struct wh_value row[9];
    int is_share = line->roster > 0 && line->trained >= 0;
    row[0] = wh_value_text(wh_span_of(unit->code));
    row[1] = text_or_null(wh_span_of(unit->name));
    row[2] = wh_value_text(wh_span_of(line->role));
    row[3] = number_or_null(WH_INTEGER, line->roster);
    row[4] = number_or_null(WH_INTEGER, line->trained);
    row[5] = is_share ? wh_value_number(WH_DECIMAL, line->trained * 10000 / line->roster)
                      : wh_value_null();
    row[6] = number_or_null(WH_INTEGER, line->others);
    row[7] = number_or_null(WH_DECIMAL, line->hours_h);
    row[8] = wh_value_text(wh_span_of(line->source));
    if (is_share) {
        covering->roster += line->roster;
        covering->trained += line->trained;
    }
    return talk->host->reply_row(talk->call, row, 9, talk->fail);
}

/* At and below the home records are here, unless a node below has sent rows of the unit. */
static int is_here(const struct covering *covering, uint32_t at)
{
    const struct wh_host *host = covering->talk->host;
    struct wh_span home = host->home(host->self);
    const char *code = covering->units.items[at].code;
    if (covering->figures[at].is_elsewhere) return 0;
    return wh_span_equal(home, wh_span_of(code)) || lies_above(home, code);
}

static int show_unit(struct covering *covering, uint32_t at, const struct people *people,
                     const struct attendances *attendances)
{
    static const uint32_t parts[] = {ROLE_ELDER, ROLE_TEN_ROLE, ROLE_LEADER};
    uint32_t count = covering->is_by_role ? ROLE_COUNT : 1;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < count; i++) {
        uint32_t roles = covering->is_by_role ? parts[i] : ROLES_ALL;
        struct line line = {.role = covering->is_by_role ? role_names[i] : "all"};
        if (attendances) {
            count_line(covering, people, attendances, roles, &line);
        } else {
            take_line(&covering->figures[at], roles, &line);
        }
        rc = show_line(covering, &covering->units.items[at], &line);
    }
    return rc;
}

static int cover_from_records(struct covering *covering, uint32_t at)
{
    const struct talk *talk = covering->talk;
    int64_t today = talk->host->today(talk->host->self), day = last_day_of(covering->year);
    struct pool pool = {NULL};
    struct people people = {NULL, 0, 0};
    struct attendances attendances = {.pool = &pool};
    const char *unit = covering->units.items[at].code;
    int rc = read_people(talk, unit, day < today ? day : today, &pool, &people);
    if (rc == 0) {
        rc = read_attendances(talk, unit, first_day_of(covering->year), day, &attendances);
    }
    sort_attendances(&attendances);
    for (uint32_t i = 0; i < attendances.count; i++) {
        covering->unknown += !session_of(&covering->sessions, attendances.items[i].session);
    }
    if (rc == 0) rc = show_unit(covering, at, &people, &attendances);
    free(people.items);
    free(attendances.items);
    pool_free(&pool);
    return rc;
}

static int cover_units(struct covering *covering)
{
    int64_t day = day_of_count(covering->talk->host, covering->year);
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < covering->units.count; i++) {
        if (!unit_existed(&covering->units.items[i], day, day)) continue;
        covering->from_figures += covering->figures[i].is_elsewhere != 0;
        rc = is_here(covering, i) ? cover_from_records(covering, i)
                                  : show_unit(covering, i, NULL, NULL);
    }
    return rc;
}

/* Why a line may say another thing than the unit's own node does, and what may be wrong in one. */
static int remark_sources(const struct covering *covering)
{
    int rc = 0;
    if (covering->from_figures > 0) {
        rc = remark(covering->talk,
                    "来源为上报数的 %u 个单位：已培训含名册以外的人（在其节点上只计在册的）",
                    "from figures, in %u units: trained also counts who is on no roster (on the "
                    "unit's own node those on rosters alone)",
                    covering->from_figures);
    }
    if (rc < 0 || covering->unknown == 0) return rc;
    return remark(covering->talk, "%u 条签到所记的培训不在本节点（见 wuhao training doubts）",
                  "%u attendances name a session that is not on this node (see `wuhao training "
                  "doubts`)",
                  covering->unknown);
}

static int remark_total(const struct covering *covering)
{
    char percent[POINTS_TEXT_SIZE];
    if (covering->is_by_role || covering->units.count < 2 || covering->roster == 0) return 0;
    (void)points_text(covering->trained * 10000 / covering->roster, percent);
    return remark(covering->talk, "合计：在册 %lld 人，已培训 %lld 人，%s%%",
                  "together: %lld on rosters, %lld trained, %s %%", (long long)covering->roster,
                  (long long)covering->trained, percent);
}

static int read_by(const struct talk *talk, int32_t *ret)
{
    struct wh_span by = given_text(talk, "by");
    *ret = by.len > 0;
    if (by.len == 0 || wh_span_equal(by, wh_span_of("role"))) return 0;
    return refuse(talk, WH_E_USAGE, "by：只能是 role", "by: it can only be role");
}

static int tell_titles(const struct talk *talk)
{
    struct wh_choice roles[ROLE_COUNT + 1] = {{"all", {"全部", "All"}}};
    const struct wh_list role_list = WH_LIST(roles), source_list = WH_LIST(sources);
    int rc;
    for (uint32_t i = 0; i < ROLE_COUNT; i++) {
        memcpy(&roles[i + 1], wh_list_at(&role_titles, i), sizeof(roles[0]));
    }
    rc = tell_words(talk, "role", role_list);
    return rc < 0 ? rc : tell_words(talk, "source", source_list);
}

int run_coverage(const struct talk *talk)
{
    struct covering covering = {.talk = talk};
    int rc = read_by(talk, &covering.is_by_role);
    if (rc == 0) rc = tell_titles(talk);
    if (rc == 0) rc = given_year_checked(talk, &covering.year);
    if (rc == 0) rc = given_scope(talk, &covering.units);
    if (rc == 0) {
        covering.figures = calloc(covering.units.count + 1u, sizeof(*covering.figures));
        rc = covering.figures ? 0 : WH_E_FAILED;
    }
    if (rc == 0) {
        rc = read_figures(talk, wh_span_of(covering.units.items[0].code), &covering.units,
                          covering.year, covering.figures);
    }
    if (rc == 0) rc = read_sessions(talk, &covering.pool, &covering.sessions);
    if (rc == 0) rc = cover_units(&covering);
    if (rc == 0) rc = remark_total(&covering);
    if (rc == 0) rc = remark_sources(&covering);
    free(covering.units.items);
    free(covering.figures);
    free(covering.sessions.items);
    pool_free(&covering.pool);
    return rc;
}
