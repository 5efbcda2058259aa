#include "writing.h"

void put_field(struct fields *fields, const char *name, struct wh_span text)
{
    struct wh_named_text *field = &fields->items[fields->count];
    if (fields->count == FIELDS_MAX) return;
    field->name = wh_span_of(name);
    field->text = text;
    fields->count++;
}

struct wh_list list_of_fields(const struct fields *fields)
{
    struct wh_list list = {fields->items, fields->count, sizeof(fields->items[0])};
    return list;
}

int reply_word(const struct talk *talk, const char *word)
{
    struct wh_value row = wh_value_text(wh_span_of(word));
    return talk->host->reply_row(talk->call, &row, 1, talk->fail);
}

int lies_above(struct wh_span above, const char *below)
{
    return above.len < strlen(below) && memcmp(below, above.data, above.len) == 0;
}

/* Levels are bits, the city's the least. */
static int find_assessor(const struct talk *talk, const struct known_unit *unit, uint32_t level,
                         struct known_unit *ret)
{
    struct known_unit at = *unit;
    while (at.parent[0]) {
        char parent[sizeof(at.parent)];
        int rc;
        memcpy(parent, at.parent, sizeof(parent));
        rc = find_unit(talk->host, wh_span_of(parent), &at, talk->fail);
        if (rc < 0) return rc;
        if (at.level <= level) {
            *ret = at;
            return 0;
        }
    }
    return WH_E_NOT_FOUND;
}

int check_assessor(const struct talk *talk, const struct known_unit *unit, uint32_t assessor)
{
    const struct wh_host *host = talk->host;
    struct wh_span home = host->home(host->self);
    struct known_unit judge;
    if (find_assessor(talk, unit, assessor, &judge) < 0) {
        return refuse(talk, WH_E_NOT_PERMITTED, "单位 %s：没有上级可以考核",
                      "unit %s: there is no unit above it that could assess it", unit->code);
    }
    if (wh_span_equal(home, wh_span_of(judge.code)) || lies_above(home, judge.code)) return 0;
    return refuse(talk, WH_E_NOT_PERMITTED,
                  "单位 %s：由 %s（%s）考核，本节点是 %.*s（请在其节点上登记）",
                  "unit %s: it is assessed by %s (%s), this node is %.*s (enter it there)",
                  unit->code, judge.code, judge.name, (int)home.len, home.data);
}
