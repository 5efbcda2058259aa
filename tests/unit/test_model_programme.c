#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "model/programme.h"

/* The reference of the format, read once. */
static struct wh_buffer reference;

static int read_reference(void **state)
{
    FILE *file = fopen(WH_SOURCE_DIR "/config/programme.yaml", "rb");
    char chunk[4096];
    size_t len;
    (void)state;
    if (!file) return -1;
    while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0) {
        wh_buffer_put(&reference, wh_span(chunk, len));
    }
    return fclose(file);
}

static int drop_reference(void **state)
{
    (void)state;
    wh_buffer_deinit(&reference);
    return 0;
}

static size_t find(struct wh_span text, const char *word)
{
    const char *at = memmem(text.data, text.len, word, strlen(word));
    assert_non_null(at);
    return (size_t)(at - text.data);
}

static uint32_t line_at(struct wh_span text, size_t at)
{
    uint32_t line = 1;
    for (size_t i = 0; i < at; i++) line += text.data[i] == '\n';
    return line;
}

/* The reference with the first `from` replaced by `to`; *line is where. */
static struct wh_span mutate(struct wh_arena *arena, const char *from, const char *to,
                             uint32_t *line)
{
    struct wh_span text = wh_buffer_span(&reference), result;
    size_t at = find(text, from);
    struct wh_buffer buffer = {0};
    *line = line_at(text, at);
    wh_buffer_put(&buffer, wh_span(text.data, at));
    wh_buffer_put(&buffer, wh_span_of(to));
    wh_buffer_put(&buffer, wh_span_from(text, at + strlen(from)));
    result = wh_arena_copy(arena, wh_buffer_span(&buffer));
    wh_buffer_deinit(&buffer);
    return result;
}

struct mutation {
    const char *from;
    const char *to;
    uint32_t lines_below; /* the fault's line, counted from that of `from` */
    enum wh_message message;
    const char *english; /* what its sentence holds */
};

static const struct mutation mutations[] = {
    /* the shape of the text */
    {"scale: 100\n", "scale: [100]\n", 0, WH_MSG_YAML_NOT_DECIMAL, "`scale`"},
    {"scale: 100\n", "skale: 100\n  scale: 100\n", 0, WH_MSG_YAML_KEY_NEAR, "`scale`"},
    {"id: leadership, points", "points", 0, WH_MSG_YAML_MISSING, "`id` is missing"},
    {"goods:\n", "extra: 1\ngoods:\n", 0, WH_MSG_YAML_KEY, "`extra`"},
    {"target: 60", "target: 6.5", 0, WH_MSG_YAML_NOT_NUMBER, "6.5"},
    {"years: [2025, 2026, 2027]", "years: 2025", 0, WH_MSG_YAML_NOT_LIST, "`years`"},
    {"baselines: {}", "baselines: 3", 0, WH_MSG_YAML_NOT_MAP, "`baselines`"},
    {"2025-01-28..2025-02-04", "2025-02-04..2025-01-28", 0, WH_MSG_PROGRAMME_DAYS, "2025-02-04"},
    {"2025-01-28..2025-02-04", "2025-01-28..2027-02-04", 0, WH_MSG_PROGRAMME_DAYS, "2027-02-04"},
    {"work_days: [2025-01-26,", "work_days: [2025-01-32,", 0, WH_MSG_PROGRAMME_DAYS, "2025-01-32"},
    {"required: true", "required: maybe", 0, WH_MSG_YAML_NOT_YESNO, "`required`"},
    {"subordinate_share: 80 ", "subordinate_share: 101 ", 0, WH_MSG_YAML_RANGE, "101"},
    {"title: {zh: 领导班子建设好, en: Leadership}", "title: {zh: 领导班子建设好}", 0,
     WH_MSG_YAML_MISSING, "`en`"},
    {"title: {zh: 领导班子建设好, en: Leadership}", "title: {zh: 领导班子建设好, en: ''}", 0,
     WH_MSG_PROGRAMME_TEXT, "`en`"},
    {"title: {zh: 领导班子建设好, en: Leadership}", "title: Leadership", 0, WH_MSG_YAML_NOT_MAP,
     "`title`"},
    {"bonus_cap: 3", "bonus_cap: 3\n  bonus_cap: 3", 1, WH_MSG_YAML_TWICE, "`bonus_cap`"},
    /* the round */
    {"id: heihe-2025", "id: Heihe", 0, WH_MSG_PROGRAMME_ID, "Heihe"},
    {"years: [2025, 2026, 2027]", "years: [2025, 2027, 2026]", 0, WH_MSG_PROGRAMME_YEARS, "2026"},
    {"years: [2025, 2026, 2027]", "years: [2025, 2026, 2026, 2027]", 0, WH_MSG_PROGRAMME_YEARS,
     "2026"},
    {"years: [2025, 2026, 2027]", "years: [2025, 2026, 2027, 2201]", 0, WH_MSG_YAML_RANGE, "2201"},
    {"years: [2025, 2026, 2027]", "years: [1948, 2025, 2026, 2027]", 0, WH_MSG_YAML_RANGE, "1948"},
    {"2026: {id: breakthrough", "2036: {id: breakthrough", 0, WH_MSG_PROGRAMME_YEAR, "2036"},
    {"pass: {township: 80,", "pass: {township: 100.01,", 0, WH_MSG_PROGRAMME_PASS, "100.01"},
    {"{grassroots: township, township: county", "{grassroots: townshp, township: county", 0,
     WH_MSG_PROGRAMME_WORD_NEAR, "`township`"},
    {"next_working_day", "next_workday", 0, WH_MSG_PROGRAMME_WORD_NEAR, "next_working_day"},
    {"20:00-08:00", "20:00-24:00", 0, WH_MSG_PROGRAMME_HOURS, "24:00"},
    {"baselines: {}", "baselines: {\"23118x\": 58}", 0, WH_MSG_PROGRAMME_CODE, "23118x"},
    {"baselines: {}", "baselines: {\"231182\": 580}", 0, WH_MSG_YAML_RANGE, "231182"},
    /* goods and items */
    {"scale: 100\n", "scale: 99.5\n", 45 - 16, WH_MSG_PROGRAMME_GOODS_SUM, "99.50"},
    {"id: elders, points: 20", "id: leadership, points: 20", 0, WH_MSG_PROGRAMME_TWICE,
     "`leadership`"},
    {"id: t11, good: leadership, points: 5", "id: t11, good: leadership, points: 5.5", 0,
     WH_MSG_PROGRAMME_ITEMS_SUM, "20.50"},
    {"id: g51, good: activities, points: 3", "id: g51, good: activities, points: 2", 0,
     WH_MSG_PROGRAMME_ITEMS_SUM, "19.00"},
    {"id: t11, good: leadership, points: 5", "id: t11, good: leadership, points: 0", 0,
     WH_MSG_PROGRAMME_POSITIVE, "`points`"},
    {"id: t12, good: leadership", "id: t11, good: leadership", 0, WH_MSG_PROGRAMME_TWICE, "`t11`"},
    {"id: t12, good: leadership", "id: T12, good: leadership", 0, WH_MSG_PROGRAMME_NAME, "`T12`"},
    {"id: t12, good: leadership", "id: t12, good: leadershp", 0, WH_MSG_PROGRAMME_GOOD_NEAR,
     "`leadership`"},
    {"id: t12, good: leadership", "id: t12, good: zzzzzzzz", 0, WH_MSG_PROGRAMME_GOOD, "zzzzzzzz"},
    {"id: t12, good: leadership,", "id: t12,", 0, WH_MSG_YAML_MISSING, "`good`"},
    {"form: count, metric: director_eligible", "form: count, metric: director_eligble", 0,
     WH_MSG_PROGRAMME_METRIC_NEAR, "`director_eligible`"},
    {"form: count, metric: director_eligible", "form: count, metric: qqqqqqqqqqqqqqqqqqq", 0,
     WH_MSG_PROGRAMME_METRIC, "qqqq"},
    {"numerator: aided", "numerator: aidde", 0, WH_MSG_PROGRAMME_METRIC_NEAR, "`aided`"},
    {"denominator: youth_in_need", "denominator: youth_in_ned", 0, WH_MSG_PROGRAMME_METRIC_NEAR,
     "`youth_in_need`"},
    {"form: judged", "form: jugded", 0, WH_MSG_PROGRAMME_WORD_NEAR, "`judged`"},
    {"form: judged", "form: judged, need: 2", 0, WH_MSG_PROGRAMME_HAS_NO, "`need`"},
    {"metric: director_eligible, need: 1", "metric: director_eligible", 0, WH_MSG_PROGRAMME_NEEDS,
     "`need`"},
    {"metric: director_eligible, need: 1", "metric: director_eligible, need: 1, target: 5", 0,
     WH_MSG_PROGRAMME_HAS_NO, "`target`"},
    {"form: deduct, metric: findings_overdue, each: 0.5", "form: deduct, metric: findings_overdue",
     0, WH_MSG_PROGRAMME_NEEDS, "`each`"},
    {"target: 60", "target: 101", 0, WH_MSG_YAML_RANGE, "101"},
    {"target: 60", "target: 0", 0, WH_MSG_YAML_RANGE, "`target` is 0"},
    {"target: 60, empty: 4", "target: 60, empty: 4.01", 0, WH_MSG_PROGRAMME_EMPTY_POINTS, "4.01"},
    /* metrics, duties, ranking, commendation */
    {"id: findings_overdue",
     "id: findings_overdue, plugin: inspection, type: flow, title: "
     "{zh: 甲, en: a}}\n  - {id: findings_overdue",
     1, WH_MSG_PROGRAMME_TWICE, "findings_overdue"},
    {"{id: elders_new, type", "{id: elders, type", 0, WH_MSG_PROGRAMME_TWICE, "`elders`"},
    {"{id: report_branch,", "{id: report_committee,", 0, WH_MSG_PROGRAMME_TWICE,
     "report_committee"},
    {"\"02-28\"", "\"02-30\"", 0, WH_MSG_PROGRAMME_DUE, "02-30"},
    {"\"02-28\"", "\"02-29\"", 0, WH_MSG_PROGRAMME_DUE, "02-29"},
    {"\"01-20+1y\"", "\"01-20+y\"", 0, WH_MSG_PROGRAMME_DUE, "01-20+y"},
    {"\"02-28\"", "\"07-16\"", 0, WH_MSG_PROGRAMME_DUE_ORDER, "07-15"},
    {"who: [township, street", "who: [township, strete", 0, WH_MSG_PROGRAMME_WORD_NEAR, "`street`"},
    {"who: [township, street", "who: [township, township", 0, WH_MSG_PROGRAMME_TWICE, "`township`"},
    {"metric: reports, due", "metric: reprts, due", 0, WH_MSG_PROGRAMME_METRIC_NEAR, "`reports`"},
    {"metric: reports, due", "metric: reports, plugin: ledger, due", 0, WH_MSG_PROGRAMME_ONE_OF,
     "`plugin`"},
    {"metric: reports, due", "due", 0, WH_MSG_PROGRAMME_ONE_OF, "`metric`"},
    {"metric: reports, every: quarter, grace_days: 10", "metric: reports, grace_days: 10", 0,
     WH_MSG_PROGRAMME_ONE_OF, "`due`"},
    {"every: quarter", "every: quater", 0, WH_MSG_PROGRAMME_WORD_NEAR, "`quarter`"},
    {"per: applicant", "per: applcant", 0, WH_MSG_PROGRAMME_WORD_NEAR, "`applicant`"},
    {"metric: reports, due", "metric: reports, grace_days: 3, due", 0, WH_MSG_PROGRAMME_HAS_NO,
     "`grace_days`"},
    {"year: 2025", "year: 2024", 0, WH_MSG_PROGRAMME_YEAR, "2024"},
    {"grassroots: [verdict, score]", "grassroots: [verdict, scroe]", 0, WH_MSG_PROGRAMME_WORD_NEAR,
     "`score`"},
    {"grassroots: [verdict, score]", "grassroots: [verdict, share_township]", 0,
     WH_MSG_PROGRAMME_WORD, "verdict, score"},
    {"township: [verdict, score, share]", "township: []", 0, WH_MSG_PROGRAMME_EMPTY, "`township`"},
    {"grassroots: [verdict, score]", "grassroots: [verdict, verdict]", 0, WH_MSG_PROGRAMME_TWICE,
     "verdict"},
    {"kinds: [elder, post]", "kinds: [elder, psot]", 0, WH_MSG_PROGRAMME_LEDGER_NEAR, "`post`"},
    {"{levels: [township", "{levels: [town", 0, WH_MSG_PROGRAMME_WORD, "`town`"},
    /* ledgers */
    {"- kind: party_link", "- kind: report", 0, WH_MSG_PROGRAMME_TWICE, "`report`"},
    {"- kind: party_link", "- kind: presence", 0, WH_MSG_PROGRAMME_RESERVED, "`presence`"},
    {"- kind: party_link", "- kind: duty", 0, WH_MSG_PROGRAMME_RESERVED, "`duty`"},
    {"- kind: party_link", "- kind: party link", 0, WH_MSG_PROGRAMME_NAME, "party link"},
    {"unique: [person, birth_year]", "unique: [person, birth_yaer]", 0, WH_MSG_PROGRAMME_FIELD_NEAR,
     "`birth_year`"},
    {"enter: [township, grassroots]", "enter: [township, grasroots]", 0, WH_MSG_PROGRAMME_WORD_NEAR,
     "`grassroots`"},
    {"name: phone", "name: basis", 0, WH_MSG_PROGRAMME_TWICE, "`basis`"},
    {"name: phone", "name: unit", 0, WH_MSG_PROGRAMME_RESERVED, "`unit`"},
    {"name: phone", "name: date", 0, WH_MSG_PROGRAMME_RESERVED, "`date`"},
    {"name: phone", "name: 2phone", 0, WH_MSG_PROGRAMME_NAME, "2phone"},
    {"name: phone, type: text", "name: phone, type: txt", 0, WH_MSG_PROGRAMME_WORD_NEAR, "`text`"},
    {"name: phone, type: text, personal: true",
     "name: phone, type: text, personal: true, "
     "public: true",
     0, WH_MSG_PROGRAMME_PUBLIC, "phone"},
    {"name: phone, type: text", "name: phone, type: text, min: 3", 0, WH_MSG_PROGRAMME_BOUNDS,
     "`min`"},
    {"name: phone, type: text", "name: phone, type: text, choices: [a]", 0, WH_MSG_PROGRAMME_HAS_NO,
     "`choices`"},
    {"{name: until, type: date", "{name: until, type: text", 0, WH_MSG_PROGRAMME_UNTIL, "text"},
    {"min: 1910, max: 2010", "min: 2011, max: 2010", 0, WH_MSG_PROGRAMME_BOUNDS_ORDER,
     "birth_year"},
    {"min: 1910, max: 2010", "min: 1910.5, max: 2010", 0, WH_MSG_YAML_NOT_NUMBER, "1910.5"},
    {"{id: soldier, title", "{id: cadre, title", 0, WH_MSG_PROGRAMME_TWICE, "`cadre`"},
    {"{name: phone, type: text", "{name: phone, type: choice", 0, WH_MSG_YAML_MISSING, "`choices`"},
    {"{zh: 老干部, en: Cadre}", "{zh: 老干部}", 0, WH_MSG_YAML_MISSING, "`en`"},
    {"post: [director], basis: [party_secretary", "pots: [director], basis: [party_secretary", 0,
     WH_MSG_PROGRAMME_FIELD_NEAR, "`post`"},
    {"post: [director], basis: [party_secretary", "post: [dirctor], basis: [party_secretary", 0,
     WH_MSG_PROGRAMME_CHOICE_NEAR, "`director`"},
    {"{level: township, post: [director]", "{level: twnship, post: [director]", 0,
     WH_MSG_PROGRAMME_WORD_NEAR, "`township`"},
    {"any: [{young: [true]}]", "any: [{young: [treu]}]", 0, WH_MSG_PROGRAMME_VALUE, "treu"},
    {"any: [{young: [true]}]", "any: []", 0, WH_MSG_PROGRAMME_EMPTY, "`any`"},
    {"sum: {field: reached}", "sum: {field: what}", 0, WH_MSG_PROGRAMME_SUM_FIELD, "choice"},
    {"sum: {field: reached}", "sum: {field: reachd}", 0, WH_MSG_PROGRAMME_FIELD_NEAR, "`reached`"},
    {"sum: {field: reached}", "sum: {}", 0, WH_MSG_YAML_MISSING, "`field`"},
    {"sum: {field: reached}", "sum: {field: reached}, count: {}", 0, WH_MSG_PROGRAMME_METRIC_FORM,
     "exactly one"},
    {"sum: {field: reached}", "sum: {field: reached, latest: true}", 0, WH_MSG_PROGRAMME_STOCK_ONLY,
     "`latest`"},
    {"distinct: {field: roles,", "distinct: {field: rolse,", 0, WH_MSG_PROGRAMME_FIELD_NEAR,
     "`roles`"},
    {"distinct: {field: roles,", "distinct: {field: [roles],", 0, WH_MSG_YAML_NOT_TEXT, "`field`"},
    {"{id: elders, type: stock, count: {in", "{id: elders, type: stock, count: {field: x, in", 0,
     WH_MSG_YAML_KEY, "`field`"},
    {"{id: elders, type: stock", "{id: elders, type: stok", 0, WH_MSG_PROGRAMME_WORD_NEAR,
     "`stock`"},
};

static bool gives_its_fault(const struct mutation *mutation)
{
    struct wh_arena arena;
    struct wh_faults faults;
    const Wh__Programme *programme = NULL;
    uint32_t line;
    struct wh_span yaml, text;
    bool good;
    wh_arena_init(&arena);
    wh_faults_init(&faults, &arena);
    yaml = mutate(&arena, mutation->from, mutation->to, &line);
    assert_int_equal(wh_programme_read(yaml, &arena, &faults, &programme), WH_E_INVALID);
    assert_null(programme);
    text = faults.count > 0 ? wh_fault_text(&faults.items[0], WH_EN, &arena) : WH_SPAN_EMPTY;
    good = faults.count == 1 && faults.items[0].message == mutation->message &&
           faults.items[0].line == line + mutation->lines_below &&
           memmem(text.data, text.len, mutation->english, strlen(mutation->english));
    if (!good) {
        print_error("'%s' -> '%s' (line %u)\n", mutation->from, mutation->to, line);
        for (uint32_t i = 0; i < wh_faults_kept(&faults); i++) {
            text = wh_fault_text(&faults.items[i], WH_EN, &arena);
            print_error("  line %u: %.*s\n", faults.items[i].line, (int)text.len, text.data);
        }
    }
    wh_arena_deinit(&arena);
    return good;
}

static void each_kind_of_fault_is_told_once_with_its_line(void **state)
{
    size_t wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof(mutations) / sizeof(mutations[0]); i++) {
        wrong += !gives_its_fault(&mutations[i]);
    }
    assert_int_equal(wrong, 0);
}

static const Wh__Programme *read_clean(struct wh_span yaml, struct wh_arena *arena)
{
    struct wh_faults faults;
    const Wh__Programme *programme = NULL;
    wh_faults_init(&faults, arena);
    (void)wh_programme_read(yaml, arena, &faults, &programme);
    for (uint32_t i = 0; i < wh_faults_kept(&faults); i++) {
        struct wh_span text = wh_fault_text(&faults.items[i], WH_EN, arena);
        print_error("line %u: %.*s\n", faults.items[i].line, (int)text.len, text.data);
    }
    assert_int_equal(faults.count, 0);
    assert_non_null(programme);
    return programme;
}

static void the_default_programme_reads_clean(void **state)
{
    struct wh_arena arena;
    const Wh__Programme *programme;
    (void)state;
    wh_arena_init(&arena);
    programme = read_clean(wh_buffer_span(&reference), &arena);
    assert_string_equal(programme->id, "heihe-2025");
    assert_int_equal(programme->n_years, 3);
    assert_int_equal(programme->scale_h, 10000);
    assert_int_equal(programme->baseline_rate_h, 6200);
    assert_int_equal(programme->n_goods, 5);
    assert_int_equal(programme->n_township, 33);
    assert_int_equal(programme->n_ledgers, 16);
    assert_int_equal(programme->n_duties, 17);
    assert_int_equal(programme->assessor_county, WH_LEVEL_CITY);
    assert_string_equal(programme->quiet_hours, "20:00-08:00");
    assert_string_equal(programme->moves_to, "next_working_day");
    assert_int_equal(programme->duties[6]->due[0]->years_later, 1);
    assert_int_equal(programme->ranking_county[2], WH__RANKING_KEY__MEAN_SCORE);
    assert_true(programme->commendation->collective_verdict);
    assert_true(wh_programme_covers(programme, 2027));
    assert_false(wh_programme_covers(programme, 2028));
    wh_arena_deinit(&arena);
}

static void a_programme_packs_to_the_same_bytes_again(void **state)
{
    struct wh_arena arena;
    const Wh__Programme *programme, *unpacked = NULL;
    struct wh_span bytes, again;
    (void)state;
    wh_arena_init(&arena);
    programme = read_clean(wh_buffer_span(&reference), &arena);
    bytes = wh_programme_pack(programme, &arena);
    assert_int_equal(wh_programme_unpack(bytes, &arena, &unpacked), 0);
    again = wh_programme_pack(unpacked, &arena);
    assert_true(wh_span_equal(bytes, again));
    wh_arena_deinit(&arena);
}

static void bytes_that_are_cut_or_changed_never_crash(void **state)
{
    struct wh_arena arena;
    struct wh_span bytes;
    char *copy;
    uint64_t seed = 20250101;
    (void)state;
    wh_arena_init(&arena);
    bytes = wh_programme_pack(read_clean(wh_buffer_span(&reference), &arena), &arena);
    copy = malloc(bytes.len);
    assert_non_null(copy);
    for (size_t round = 0; round < 3000; round++) {
        struct wh_arena scratch;
        const Wh__Programme *programme = NULL;
        size_t len = bytes.len;
        wh_arena_init(&scratch);
        memcpy(copy, bytes.data, bytes.len);
        for (size_t i = 0; i <= round % 4; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            copy[(seed >> 33) % bytes.len] = (char)(seed >> 24);
        }
        if (round % 3 == 0) len = (size_t)(seed >> 20) % bytes.len;
        if (wh_programme_unpack(wh_span(copy, len), &scratch, &programme) == 0) {
            (void)wh_programme_kinds(programme, &scratch);
            (void)wh_programme_pack(programme, &scratch);
        }
        wh_arena_deinit(&scratch);
    }
    free(copy);
    wh_arena_deinit(&arena);
}

static void a_message_without_what_the_code_relies_on_is_corrupt(void **state)
{
    struct wh_arena arena;
    Wh__Programme broken;
    Wh__Item item, *items[1] = {&item};
    const Wh__Programme *programme, *unpacked = NULL;
    (void)state;
    wh_arena_init(&arena);
    programme = read_clean(wh_buffer_span(&reference), &arena);
    broken = *programme;
    broken.title = NULL;
    assert_int_equal(wh_programme_unpack(wh_programme_pack(&broken, &arena), &arena, &unpacked),
                     WH_E_CORRUPT);
    broken = *programme;
    broken.commendation = NULL;
    assert_int_equal(wh_programme_unpack(wh_programme_pack(&broken, &arena), &arena, &unpacked),
                     WH_E_CORRUPT);
    broken = *programme;
    item = *programme->township[0];
    item.form = (Wh__Form)77;
    broken.township = items;
    broken.n_township = 1;
    assert_int_equal(wh_programme_unpack(wh_programme_pack(&broken, &arena), &arena, &unpacked),
                     WH_E_CORRUPT);
    assert_int_equal(wh_programme_unpack(WH_S("\xff\xff"), &arena, &unpacked), WH_E_CORRUPT);
    assert_null(unpacked);
    wh_arena_deinit(&arena);
}

static void more_bytes_than_the_cap_are_refused_before_they_are_read(void **state)
{
    struct wh_arena arena;
    struct wh_faults faults;
    const Wh__Programme *programme = NULL;
    (void)state;
    wh_arena_init(&arena);
    wh_faults_init(&faults, &arena);
    assert_int_equal(wh_programme_unpack(wh_span("", 5u << 20), &arena, &programme), WH_E_TOO_BIG);
    assert_int_equal(wh_programme_read(wh_span("", 5u << 20), &arena, &faults, &programme),
                     WH_E_INVALID);
    assert_int_equal(faults.items[0].message, WH_MSG_PROGRAMME_LARGE);
    wh_arena_deinit(&arena);
}

static void references_that_multiply_are_refused(void **state)
{
    struct wh_arena arena;
    struct wh_faults faults;
    struct wh_buffer yaml = {0};
    const Wh__Programme *programme = NULL;
    bool told = false;
    (void)state;
    wh_arena_init(&arena);
    wh_faults_init(&faults, &arena);
    wh_buffer_print(&yaml, "ledgers:\n  - kind: a\n    title: {zh: a, en: a}\n"
                           "    enter: [township]\n    fields:\n"
                           "      - {name: x, type: choice, choices: [a], title: {zh: x, en: x}}\n"
                           "    metrics:\n      - id: m\n        type: flow\n"
                           "        count:\n          any:\n            - &c\n"
                           "              x:\n                - &v a\n");
    for (int i = 0; i < 499; i++) wh_buffer_print(&yaml, "                - *v\n");
    for (int i = 0; i < 499; i++) wh_buffer_print(&yaml, "            - *c\n");
    assert_int_equal(wh_programme_read(wh_buffer_span(&yaml), &arena, &faults, &programme),
                     WH_E_INVALID);
    for (uint32_t i = 0; i < wh_faults_kept(&faults); i++) {
        told = told || faults.items[i].message == WH_MSG_PROGRAMME_WORK;
    }
    assert_true(told);
    assert_true(faults.count < 20);
    wh_buffer_deinit(&yaml);
    wh_arena_deinit(&arena);
}

static void all_faults_come_at_once_in_the_order_of_their_lines(void **state)
{
    struct wh_arena arena;
    struct wh_faults faults;
    const Wh__Programme *programme = NULL;
    struct wh_span yaml = WH_S("programme:\n  id: a\n  years: [2025]\n  scale: x\n"
                               "goods:\n  - {id: a}\nledgers: 3\nnonsense: 1\n");
    (void)state;
    wh_arena_init(&arena);
    wh_faults_init(&faults, &arena);
    assert_int_equal(wh_programme_read(yaml, &arena, &faults, &programme), WH_E_INVALID);
    assert_true(faults.count > 8);
    for (uint32_t i = 1; i < faults.count; i++) {
        assert_true(faults.items[i - 1].line <= faults.items[i].line);
    }
    assert_int_equal(faults.items[faults.count - 1].line, 8);
    wh_arena_deinit(&arena);
}

static const struct wh_kind *kind_named(const Wh__Programme *programme, struct wh_arena *arena,
                                        const char *name)
{
    const struct wh_kind *kinds = wh_programme_kinds(programme, arena);
    for (size_t i = 0; i < programme->n_ledgers; i++) {
        if (strcmp(kinds[i].name, name) == 0) return &kinds[i];
    }
    fail_msg("no kind %s", name);
    return NULL;
}

static void ledgers_become_kinds(void **state)
{
    struct wh_arena arena;
    const struct wh_kind *post, *elder, *training;
    const struct wh_metric *metric;
    const struct wh_condition *condition;
    const struct wh_test *test;
    const struct wh_field *hours, *field;
    const Wh__Programme *programme;
    (void)state;
    wh_arena_init(&arena);
    programme = read_clean(wh_buffer_span(&reference), &arena);
    post = kind_named(programme, &arena, "post");
    assert_int_equal(post->enter, WH_LEVEL_COUNTY | WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS);
    metric = wh_list_at(&post->metrics, 0);
    assert_int_equal(metric->type, WH_STOCK);
    assert_int_equal(metric->form, WH_COUNT);
    assert_int_equal(metric->flags, WH_IN_FORCE);
    assert_int_equal(metric->any.count, 2);
    condition = wh_list_at(&metric->any, 1);
    assert_int_equal(condition->levels, WH_LEVEL_GRASSROOTS);
    test = wh_list_at(&condition->tests, 1);
    assert_string_equal(test->field, "basis");
    assert_string_equal(*(const char *const *)wh_list_at(&test->values, 0), "branch_secretary");
    assert_string_equal(metric->title.en, "director_eligible");
    elder = kind_named(programme, &arena, "elder");
    assert_int_equal(elder->unique.count, 2);
    metric = wh_list_at(&elder->metrics, 2);
    condition = wh_list_at(&metric->any, 0);
    test = wh_list_at(&condition->tests, 0);
    assert_string_equal(*(const char *const *)wh_list_at(&test->values, 0), "yes");
    field = wh_list_at(&elder->fields, 1);
    assert_string_equal(((const struct wh_choice *)wh_list_at(&field->choices, 4))->title.zh,
                        "老模范");
    training = kind_named(programme, &arena, "training");
    hours = wh_list_at(&training->fields, 3);
    assert_int_equal(hours->flags, WH_BOUNDED);
    assert_int_equal(hours->min, 50);
    assert_int_equal(hours->max, 20000);
    wh_arena_deinit(&arena);
}

static void a_choice_may_be_an_id_alone(void **state)
{
    struct wh_arena arena;
    uint32_t line;
    struct wh_span yaml;
    const Wh__Programme *programme;
    const struct wh_field *field;
    (void)state;
    wh_arena_init(&arena);
    yaml = mutate(&arena, "{id: cadre, title: {zh: 老干部, en: Cadre}}", "cadre", &line);
    programme = read_clean(yaml, &arena);
    field = wh_list_at(&kind_named(programme, &arena, "elder")->fields, 1);
    assert_string_equal(((const struct wh_choice *)wh_list_at(&field->choices, 0))->title.zh,
                        "cadre");
    wh_arena_deinit(&arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_programme_reads_clean),
        cmocka_unit_test(a_programme_packs_to_the_same_bytes_again),
        cmocka_unit_test(each_kind_of_fault_is_told_once_with_its_line),
        cmocka_unit_test(all_faults_come_at_once_in_the_order_of_their_lines),
        cmocka_unit_test(references_that_multiply_are_refused),
        cmocka_unit_test(more_bytes_than_the_cap_are_refused_before_they_are_read),
        cmocka_unit_test(bytes_that_are_cut_or_changed_never_crash),
        cmocka_unit_test(a_message_without_what_the_code_relies_on_is_corrupt),
        cmocka_unit_test(ledgers_become_kinds),
        cmocka_unit_test(a_choice_may_be_an_id_alone),
    };
    return cmocka_run_group_tests(tests, read_reference, drop_reference);
}
