/* `assess close`: a milestone of the round is closed by the units of which the programme asks it,
 * once every unit below has what it needs (domain.md D3, D6). */
#include "overview.h"
#include "writing.h"

/* ---- What the programme asks ---- */

static int names(const struct wh_duty *duty, struct wh_span what)
{
    return strcmp(duty->plugin, "assessment") == 0 &&
           strncmp(duty->id, what.data, (size_t)what.len) == 0;
}

static int is_owed_by(const struct wh_duty *duty, const struct known_unit *unit)
{
    for (uint32_t i = 0; i < duty->who.count; i++) {
        const char *const *kind = wh_list_at(&duty->who, i);
        if (strcmp(*kind, unit->kind) == 0) return 1;
    }
    return 0;
}

/* Of this year, or of the last one: it may be late. */
static int is_asked(const struct talk *talk, const struct known_unit *unit, struct wh_span what,
                    uint32_t year)
{
    for (uint32_t of = year; of + 1 >= year; of--) {
        const struct wh_programme_view *programme = talk->host->programme(talk->host->self, of);
        for (uint32_t i = 0; programme && i < programme->duties.count; i++) {
            const struct wh_duty *duty = wh_list_at(&programme->duties, i);
            if (!names(duty, what) || !is_owed_by(duty, unit)) continue;
            if (duty->year == 0 || duty->year == of) return 1;
        }
    }
    return 0;
}

struct closed {
    struct wh_span what;
    int64_t date; /* 0: not yet */
};

static int take_closed(void *context, const struct wh_record_view *record)
{
    struct closed *closed = context;
    if (wh_span_equal(field_text(record, "what"), closed->what)) closed->date = record->date;
    return 0;
}

static int check_asked(const struct talk *talk, const struct known_unit *unit, struct wh_span what,
                       int64_t date)
{
    const struct wh_host *host = talk->host;
    struct closed closed = {what, 0};
    uint32_t year = (uint32_t)year_of(date);
    char day[DAY_TEXT_SIZE];
    int rc;
    if (!is_asked(talk, unit, what, year)) {
        return refuse(talk, WH_E_INVALID, "%.*s：%u 年的方案没有要求 %s 完成（见 wuhao due）",
                      "%.*s: the programme of %u does not ask it of %s (see `wuhao due`)",
                      (int)what.len, what.data, year, unit->code);
    }
    rc = host->records(host->self, wh_span_of(KIND_MILESTONE), wh_span_of(unit->code),
                       first_day_of(year - 1), last_day_of(year), take_closed, &closed, talk->fail);
    if (rc < 0 || closed.date == 0) return rc < 0 ? rc : 0;
    (void)day_text(closed.date, day);
    return refuse(talk, WH_E_INVALID, "%.*s：%s 已于 %s 完成（可用 wuhao assess undo 撤销）",
                  "%.*s: %s closed it on %s (take that back with `wuhao assess undo`)",
                  (int)what.len, what.data, unit->code, day);
}

/* ---- What must be there ---- */

/* Every assessed unit below has a class, or a year in which it is to qualify. */
static int check_units(const struct talk *talk, struct wh_span what)
{
    struct overview overview;
    uint32_t left = 0;
    int is_review = wh_span_equal(what, wh_span_of("review"));
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
    return refuse(talk, WH_E_INVALID,
                  "%.*s：尚有 %u 个单位未完成，如 %s（见 wuhao assess classes）",
                  "%.*s: %u units are left, as %s (see `wuhao assess classes`)", (int)what.len,
                  what.data, left, first);
}

int run_close(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct known_unit unit;
    struct wh_record_id id;
    struct wh_span what = given_text(talk, "what");
    struct wh_named_text fields[] = {
        {wh_span_of("what"), what},
        {wh_span_of("note"), given_text(talk, "note")},
    };
    struct wh_list list = WH_LIST(fields);
    int rc = given_unit(talk, "under", &unit);
    if (rc == 0) rc = check_asked(talk, &unit, what, given_day(talk));
    if (rc == 0 && !wh_span_equal(what, wh_span_of("round_summary"))) rc = check_units(talk, what);
    if (rc < 0) return rc;
    rc = host->record_add(host->self, wh_span_of(KIND_MILESTONE), wh_span_of(unit.code),
                          given_day(talk), list, &id, talk->fail);
    return rc < 0 ? rc : reply_word(talk, id.text);
}
