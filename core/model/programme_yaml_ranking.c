#include "model/programme_yaml.h"

static const struct wh_word county_words[] = {
    {"share_township", WH__RANKING_KEY__SHARE_TOWNSHIP},
    {"share_grassroots", WH__RANKING_KEY__SHARE_GRASSROOTS},
    {"mean_score", WH__RANKING_KEY__MEAN_SCORE},
    {NULL, 0},
};

static const struct wh_word township_words[] = {
    {"verdict", WH__RANKING_KEY__VERDICT},
    {"score", WH__RANKING_KEY__SCORE},
    {"share", WH__RANKING_KEY__UNIT_SHARE},
    {NULL, 0},
};

static const struct wh_word grassroots_words[] = {
    {"verdict", WH__RANKING_KEY__VERDICT},
    {"score", WH__RANKING_KEY__SCORE},
    {NULL, 0},
};

static const struct wh_slot ranking_slots[] = {
    {"county", WH_SLOT_OTHER, WH_FILLED, 0, 0, 0, NULL},
    {"township", WH_SLOT_OTHER, WH_FILLED, 0, 0, 0, NULL},
    {"grassroots", WH_SLOT_OTHER, WH_FILLED, 0, 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static const struct wh_slot commendation_slots[] = {
    {"collective", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {"individual", WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

#define AT(member) offsetof(Wh__Commendation, member)
#define YEARS_MAX 100

static const struct wh_slot collective_slots[] = {
    {"levels", WH_SLOT_OTHER, WH_NEEDED, 0, 0, 0, NULL},
    {"verdict", WH_SLOT_YESNO, WH_OPTIONAL, AT(collective_verdict), 0, 0, NULL},
    {"score", WH_SLOT_HUNDREDTHS, WH_OPTIONAL, AT(collective_score_h), 0, WH_PROGRAMME_POINTS_MAX_H,
     NULL},
    {"years", WH_SLOT_NUMBER, WH_OPTIONAL, AT(collective_years), 0, YEARS_MAX, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static const struct wh_slot individual_slots[] = {
    {"kinds", WH_SLOT_OTHER, WH_FILLED, 0, 0, 0, NULL},
    {"years_of_service", WH_SLOT_NUMBER, WH_OPTIONAL, AT(individual_years), 0, YEARS_MAX, NULL},
    {"cases", WH_SLOT_NUMBER, WH_OPTIONAL, AT(individual_cases), 0, 1000, NULL},
    {NULL, WH_SLOT_OTHER, WH_OPTIONAL, 0, 0, 0, NULL},
};

static size_t read_keys(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        const char *level, const struct wh_word *words, Wh__RankingKey **ret);
static void read_individual(struct wh_programme_reader *reader, const struct wh_yaml *map,
                            Wh__Commendation *commendation);
static void check_ledger(struct wh_programme_reader *reader, const struct wh_yaml *map,
                         const char *kind);

void wh_programme_read_ranking(struct wh_programme_reader *reader)
{
    const struct wh_yaml *map = wh_slots_map(reader, reader->root, "ranking", WH_NEEDED);
    Wh__Programme *programme = reader->programme;
    if (!map || !wh_slots_read(reader, map, "ranking", ranking_slots, programme)) return;
    programme->n_ranking_county =
        read_keys(reader, map, "county", county_words, &programme->ranking_county);
    programme->n_ranking_township =
        read_keys(reader, map, "township", township_words, &programme->ranking_township);
    programme->n_ranking_grassroots =
        read_keys(reader, map, "grassroots", grassroots_words, &programme->ranking_grassroots);
}

static size_t read_keys(struct wh_programme_reader *reader, const struct wh_yaml *map,
                        const char *level, const struct wh_word *words, Wh__RankingKey **ret)
{
    const struct wh_yaml *list = wh_slots_list(reader, map, level, WH_FILLED);
    Wh__RankingKey *keys;
    struct wh_map seen;
    size_t count = 0;
    if (!list) return 0;
    keys = wh_arena_new(reader->arena, list->count, sizeof(*keys));
    wh_map_init(&seen);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct wh_yaml *node = list->items[i];
        int32_t key;
        if (!wh_slots_word(reader, node, level, words, &key)) continue;
        wh_programme_once(reader, &seen, wh_word_of(words, (uint32_t)key), level, node->line);
        keys[count++] = (Wh__RankingKey)key;
    }
    wh_map_deinit(&seen);
    *ret = keys;
    return count;
}

void wh_programme_read_commendation(struct wh_programme_reader *reader)
{
    const struct wh_yaml *map = wh_slots_map(reader, reader->root, "commendation", WH_OPTIONAL);
    Wh__Commendation *commendation = wh_arena_new(reader->arena, 1, sizeof(*commendation));
    const struct wh_yaml *part;
    wh__commendation__init(commendation);
    reader->programme->commendation = commendation; /* never NULL: who reads it need not ask */
    if (!map || !wh_slots_read(reader, map, "commendation", commendation_slots, commendation)) {
        return;
    }
    part = wh_slots_map(reader, map, "collective", WH_OPTIONAL);
    if (part && wh_slots_read(reader, part, "collective", collective_slots, commendation)) {
        commendation->collective_levels = wh_slots_levels_needed(reader, part, "levels");
    }
    part = wh_slots_map(reader, map, "individual", WH_OPTIONAL);
    if (part && wh_slots_read(reader, part, "individual", individual_slots, commendation)) {
        read_individual(reader, part, commendation);
    }
}

static void read_individual(struct wh_programme_reader *reader, const struct wh_yaml *map,
                            Wh__Commendation *commendation)
{
    commendation->n_individual_kinds =
        wh_slots_names(reader, map, "kinds", WH_FILLED, &commendation->individual_kinds);
    for (size_t i = 0; i < commendation->n_individual_kinds; i++) {
        check_ledger(reader, map, commendation->individual_kinds[i]);
    }
}

/* Persons are found in the records of ledgers: another kind would list nobody, in silence. */
static void check_ledger(struct wh_programme_reader *reader, const struct wh_yaml *map,
                         const char *kind)
{
    static const enum wh_message messages[2] = {WH_MSG_PROGRAMME_LEDGER,
                                                WH_MSG_PROGRAMME_LEDGER_NEAR};
    const Wh__Programme *programme = reader->programme;
    struct wh_span *kinds;
    if (!programme->ledgers) return; /* a fault already */
    kinds = wh_arena_new(reader->arena, programme->n_ledgers + 1, sizeof(*kinds));
    for (size_t i = 0; i < programme->n_ledgers; i++) {
        kinds[i] = wh_span_of(programme->ledgers[i]->kind);
        if (strcmp(programme->ledgers[i]->kind, kind) == 0) return;
    }
    wh_programme_fault_near(reader, wh_yaml_get(map, "kinds")->line, "kinds", messages,
                            WH_ARGS(wh_arg_c(kind)), wh_span_of(kind), kinds);
}
