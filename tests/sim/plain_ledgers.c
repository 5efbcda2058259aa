#include "plain_ledgers.h"

#include "engine/records.h"

const char wh_plain_programme[] =
    "programme:\n"
    "  id: sim\n"
    "  title: {zh: 仿真, en: Simulation}\n"
    "  years: [2025, 2026, 2027]\n"
    "  phases:\n"
    "    2025: {id: one, title: {zh: 一, en: One}}\n"
    "    2026: {id: two, title: {zh: 二, en: Two}}\n"
    "    2027: {id: three, title: {zh: 三, en: Three}}\n"
    "  baseline_rate: 50\n"
    "  raise_points: 10\n"
    "  scale: 100\n"
    "  pass: {township: 80, grassroots: 80}\n"
    "  subordinate_share: 80\n"
    "  bonus_cap: 0\n"
    "  assessor: {grassroots: township, township: county, county: city}\n"
    "  calendar: {moves_to: next_working_day, quiet_hours: \"20:00-08:00\"}\n"
    "  retention_years: {personal: 3}\n"
    "goods:\n"
    "  - {id: all, points: 100, title: {zh: 全部, en: All}}\n"
    "rubric:\n"
    "  township:\n"
    "    - {id: t1, good: all, points: 100, form: count, metric: meetings, need: 4,\n"
    "       title: {zh: 会, en: Meetings}}\n"
    "  grassroots:\n"
    "    - {id: g1, good: all, points: 100, form: count, metric: meetings, need: 4,\n"
    "       title: {zh: 会, en: Meetings}}\n"
    "ledgers:\n"
    "  - kind: meeting\n"
    "    title: {zh: 会议, en: Meetings}\n"
    "    enter: [county, township, grassroots]\n"
    "    fields:\n"
    "      - {name: attended, type: integer, required: true, title: {zh: 人数, en: Attended}}\n"
    "    metrics:\n"
    "      - {id: meetings, type: flow, count: {}}\n"
    "      - {id: attended, type: flow, sum: {field: attended}}\n"
    "  - kind: elder\n"
    "    title: {zh: 五老, en: Elders}\n"
    "    enter: [county, township, grassroots]\n"
    "    fields:\n"
    "      - {name: person, type: person, required: true, personal: true,\n"
    "         title: {zh: 姓名, en: Name}}\n"
    "      - {name: pay, type: decimal, required: true, title: {zh: 金额, en: Pay}}\n"
    "      - {name: until, type: date, title: {zh: 截止, en: Until}}\n"
    "    metrics:\n"
    "      - {id: elders, type: stock, count: {in_force: true}}\n"
    "      - {id: elder_pay, type: stock, sum: {field: pay, in_force: true}}\n"
    "ranking:\n"
    "  county: [share_township, share_grassroots, mean_score]\n"
    "  township: [verdict, score, share]\n"
    "  grassroots: [verdict, score]\n"
    "duties: []\n"
    "plugin_metrics: []\n";

struct measuring {
    const struct wh_cell *cell;
    struct wh_measurement *measurement;
    bool is_elder;
    int64_t count;
    int64_t sum;
};

static int measure_record(void *context, const struct wh_record *record)
{
    struct measuring *measuring = context;
    int32_t field = measuring->is_elder ? 1 : 0; /* pay, or attended */
    if (measuring->is_elder && wh_record_last_day(record) < measuring->cell->last_day) return 0;
    measuring->count++;
    measuring->sum += record->values[field].number;
    wh_measurement_use(measuring->measurement, record->id, record->version);
    return 0;
}

int wh_plain_measure(struct wh_engine *engine, const struct wh_cell *cell,
                     const struct wh_kind *kind, struct wh_measurement *ret, struct wh_error *err)
{
    bool is_elder = wh_span_equal(cell->kind, WH_S("elder"));
    struct measuring measuring = {.cell = cell, .measurement = ret, .is_elder = is_elder};
    struct wh_records_query query = {
        .kind = kind,
        .unit = cell->unit,
        .from = is_elder ? INT32_MIN : (int32_t)cell->first_day,
        .to = (int32_t)cell->last_day,
        .which = WH_RECORDS_CURRENT,
    };
    int rc = wh_records_scan(engine, &query, measure_record, &measuring, err);
    if (rc < 0) return rc;
    rc = wh_measurement_set(ret, is_elder ? WH_S("elders") : WH_S("meetings"), measuring.count);
    if (rc < 0) return rc;
    return wh_measurement_set(ret, is_elder ? WH_S("elder_pay") : WH_S("attended"), measuring.sum);
}
