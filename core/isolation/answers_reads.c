/* What the process of an isolated plugin reads, by the host table that the plugin was given. */
#include "isolation/answering.h"

/* Items of a visit are each led by a 1; a 0 ends them. They go out together once the visit is
 * over, so that the plugin may ask for more while it looks at one. */
static int next_item(struct answering *of)
{
    uint32_t more = 1;
    if (of->out.out->len > WH_EXCHANGE_BYTES_MAX / 2) {
        of->failure->code = WH_E_INVALID;
        memcpy(of->failure->text, WH_ANSWER_TOO_LARGE, sizeof(WH_ANSWER_TOO_LARGE));
        return WH_E_INVALID;
    }
    wh_wire_u32(&of->out, &more);
    return 0;
}

static int end_items(struct answering *of, int rc)
{
    uint32_t more = 0;
    wh_wire_u32(&of->out, &more);
    return rc;
}

static int each_record(void *context, const struct wh_record_view *record)
{
    struct answering *of = context;
    struct wh_record_view copy = *record;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_record(&of->out, &copy);
    return 0;
}

static int each_standing(void *context, const struct wh_standing *standing)
{
    struct answering *of = context;
    struct wh_standing copy = *standing;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_standing(&of->out, &copy);
    return 0;
}

static int each_explained(void *context, const struct wh_explained *line)
{
    struct answering *of = context;
    struct wh_explained copy = *line;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_explained(&of->out, &copy);
    return 0;
}

static int each_unit(void *context, const struct wh_unit_view *unit)
{
    struct answering *of = context;
    struct wh_unit_view copy = *unit;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_unit(&of->out, &copy);
    return 0;
}

static int each_figure(void *context, const struct wh_figure *figure)
{
    struct answering *of = context;
    struct wh_figure copy = *figure;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_figure(&of->out, &copy);
    return 0;
}

static int each_key(void *context, struct wh_span key, struct wh_span value)
{
    struct answering *of = context;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_span(&of->out, &key);
    wh_wire_span(&of->out, &value);
    return 0;
}

/* ---- Reading ---- */

static int records(struct answering *of)
{
    struct wh_span kind, unit;
    int64_t from, to;
    wh_wire_span(&of->in, &kind);
    wh_wire_span(&of->in, &unit);
    wh_wire_i64(&of->in, &from);
    wh_wire_i64(&of->in, &to);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(
        of, of->host->records(of->host->self, kind, unit, from, to, each_record, of, of->failure));
}

static int record(struct answering *of)
{
    struct wh_span id;
    wh_wire_span(&of->in, &id);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of, of->host->record(of->host->self, id, each_record, of, of->failure));
}

static int kind(struct answering *of)
{
    const struct wh_kind *found;
    struct wh_span name;
    uint32_t is_there;
    wh_wire_span(&of->in, &name);
    if (of->in.broken) return WH_E_CORRUPT;
    found = of->host->kind(of->host->self, name);
    is_there = found != NULL;
    wh_wire_u32(&of->out, &is_there);
    if (found) {
        struct wh_kind copy = *found;
        wh_wire_kind(&of->out, &copy);
    }
    return 0;
}

static int programme(struct answering *of)
{
    const struct wh_programme_view *found;
    uint32_t year, is_there;
    wh_wire_u32(&of->in, &year);
    if (of->in.broken) return WH_E_CORRUPT;
    found = of->host->programme(of->host->self, year);
    is_there = found != NULL;
    wh_wire_u32(&of->out, &is_there);
    if (found) {
        struct wh_programme_view copy = *found;
        wh_wire_programme(&of->out, &copy);
    }
    return 0;
}

static int standings(struct answering *of)
{
    struct wh_standing_query query = {0};
    wh_wire_query(&of->in, &query);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of,
                     of->host->standings(of->host->self, &query, each_standing, of, of->failure));
}

static int explain(struct answering *of)
{
    struct wh_standing_query query = {0};
    struct wh_span unit;
    uint32_t language;
    wh_wire_span(&of->in, &unit);
    wh_wire_query(&of->in, &query);
    wh_wire_u32(&of->in, &language);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of, of->host->explain(of->host->self, unit, &query, language, each_explained,
                                           of, of->failure));
}

static int units(struct answering *of)
{
    struct wh_span under;
    wh_wire_span(&of->in, &under);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of, of->host->units(of->host->self, under, each_unit, of, of->failure));
}

static int figures(struct answering *of)
{
    struct wh_span unit;
    uint32_t below, year;
    wh_wire_span(&of->in, &unit);
    wh_wire_u32(&of->in, &below);
    wh_wire_u32(&of->in, &year);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(
        of, of->host->figures(of->host->self, unit, below, year, each_figure, of, of->failure));
}

static int each_deed(void *context, const struct wh_deed *deed)
{
    struct answering *of = context;
    struct wh_deed copy = *deed;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_span(&of->out, &copy.id);
    wh_wire_i64(&of->out, &copy.date);
    return 0;
}

static int deeds(struct answering *of)
{
    struct wh_duty duty = {.id = NULL};
    struct wh_span unit;
    int64_t from, to;
    wh_wire_duty(&of->in, &duty);
    wh_wire_span(&of->in, &unit);
    wh_wire_i64(&of->in, &from);
    wh_wire_i64(&of->in, &to);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(
        of, of->host->deeds(of->host->self, &duty, unit, from, to, each_deed, of, of->failure));
}

static int workday_from(struct answering *of)
{
    int64_t day;
    wh_wire_i64(&of->in, &day);
    if (of->in.broken) return WH_E_CORRUPT;
    day = of->host->workday_from(of->host->self, day);
    wh_wire_i64(&of->out, &day);
    return 0;
}

static int each_published(void *context, const struct wh_published *published)
{
    struct answering *of = context;
    struct wh_published copy = *published;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_published(&of->out, &copy);
    return 0;
}

static int published(struct answering *of)
{
    struct wh_span prefix;
    wh_wire_span(&of->in, &prefix);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of,
                     of->host->published(of->host->self, prefix, each_published, of, of->failure));
}

static int each_rate(void *context, const struct wh_rate_view *rate)
{
    struct answering *of = context;
    struct wh_rate_view copy = *rate;
    if (next_item(of) < 0) return WH_E_INVALID;
    wh_wire_rate(&of->out, &copy);
    return 0;
}

static int rates(struct answering *of)
{
    struct wh_standing_query query = {0};
    wh_wire_query(&of->in, &query);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of, of->host->rates(of->host->self, &query, each_rate, of, of->failure));
}

static int moment(struct answering *of)
{
    char text[WH_MOMENT_TEXT_MAX] = "";
    struct wh_span span;
    of->host->moment(of->host->self, text);
    span = wh_span_of(text);
    wh_wire_span(&of->out, &span);
    return 0;
}

static int home(struct answering *of)
{
    struct wh_span code = of->host->home(of->host->self);
    wh_wire_span(&of->out, &code);
    return 0;
}

static int keys(struct answering *of)
{
    struct wh_span prefix;
    wh_wire_span(&of->in, &prefix);
    if (of->in.broken) return WH_E_CORRUPT;
    return end_items(of, of->host->keys(of->host->self, prefix, each_key, of, of->failure));
}

int wh_answer_read(struct answering *of, enum wh_ask ask)
{
    switch (ask) {
    case WH_ASK_RECORDS: return records(of);
    case WH_ASK_RECORD: return record(of);
    case WH_ASK_KIND: return kind(of);
    case WH_ASK_PROGRAMME: return programme(of);
    case WH_ASK_STANDINGS: return standings(of);
    case WH_ASK_EXPLAIN: return explain(of);
    case WH_ASK_UNITS: return units(of);
    case WH_ASK_FIGURES: return figures(of);
    case WH_ASK_DEEDS: return deeds(of);
    case WH_ASK_WORKDAY_FROM: return workday_from(of);
    case WH_ASK_HOME: return home(of);
    case WH_ASK_PUBLISHED: return published(of);
    case WH_ASK_RATES: return rates(of);
    case WH_ASK_MOMENT: return moment(of);
    case WH_ASK_KEYS: return keys(of);
    default: return WH_E_CORRUPT;
    }
}
