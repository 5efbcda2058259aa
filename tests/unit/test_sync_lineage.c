/* Which branch of an origin stands: directed cases, and random lives of one home that is put back
 * to old copies again and again, against what the home itself knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "chance.h"
#include "sync/history.h"
#include "sync/lineage.h"

static void assert_stand(struct wh_term *terms, uint32_t count, uint64_t term, uint64_t counter,
                         enum wh_stand expected)
{
    struct wh_arena arena = {NULL, 0};
    struct wh_lineage lineage;
    wh_lineage_make(&lineage, terms, count, &arena);
    assert_int_equal(wh_lineage_stand(&lineage, term, counter), expected);
    wh_arena_deinit(&arena);
}

static void a_history_without_branches_is_sound_at_no_cost(void **state)
{
    struct wh_term terms[] = {{.id = 7, .first = 1}, {.id = 3, .first = 9, .predecessor = 7}};
    (void)state;
    assert_stand(terms, 2, 7, 4, WH_STAND_SOUND);
    assert_stand(terms, 2, 3, 9, WH_STAND_SOUND);
    assert_stand(terms, 0, 3, 9, WH_STAND_SOUND);
}

/* 1: counters 1.., 2 began at 11 and was lost; 3 came back from a backup at 5 and gave 2 up. */
#define RESTORED                                                                                   \
    {                                                                                              \
        {.id = 1, .first = 1}, {.id = 2, .first = 11, .predecessor = 1},                           \
        {                                                                                          \
            .id = 3, .first = 6, .predecessor = 1, .abandons = 2                                   \
        }                                                                                          \
    }

static void what_a_restored_store_did_not_write_is_in_doubt(void **state)
{
    struct wh_term terms[] = RESTORED;
    (void)state;
    assert_stand(terms, 3, 1, 5, WH_STAND_SOUND);
    assert_stand(terms, 3, 1, 6, WH_STAND_DOUBT); /* written by 1 after the backup */
    assert_stand(terms, 3, 2, 12, WH_STAND_DOUBT);
    assert_stand(terms, 3, 3, 6, WH_STAND_SOUND);
    assert_stand(terms, 3, 99, 6, WH_STAND_SOUND); /* a term not heard of yet */
}

static void a_term_that_settles_makes_older_ones_void(void **state)
{
    struct wh_term terms[4] = RESTORED;
    (void)state;
    terms[3] = (struct wh_term){.id = 4, .first = 100, .predecessor = 3, .settles = true};
    assert_stand(terms, 4, 2, 12, WH_STAND_VOID);
    assert_stand(terms, 4, 1, 6, WH_STAND_VOID);
    assert_stand(terms, 4, 3, 7, WH_STAND_SOUND);
    assert_stand(terms, 4, 2, 101, WH_STAND_DOUBT); /* a copy that wrote on, beyond the mark */
}

static void the_copy_that_was_given_up_wins_when_it_settles(void **state)
{
    struct wh_term terms[4] = RESTORED;
    (void)state;
    terms[3] =
        (struct wh_term){.id = 4, .first = 100, .predecessor = 2, .abandons = 3, .settles = true};
    assert_stand(terms, 4, 2, 12, WH_STAND_SOUND);
    assert_stand(terms, 4, 1, 8, WH_STAND_SOUND);
    assert_stand(terms, 4, 3, 7, WH_STAND_VOID);
}

/* 1 from 1, 2 from 11; the store went back to 5 and began 3 at 6. Nobody has told it of 2. */
static void two_terms_that_follow_one_are_rivals_until_one_knows_of_the_other(void **state)
{
    struct wh_term terms[] = {{.id = 1, .first = 1},
                              {.id = 2, .first = 11, .predecessor = 1},
                              {.id = 3, .first = 6, .predecessor = 1},
                              {.id = 4, .first = 9, .predecessor = 3, .abandons = 2}};
    struct wh_arena arena = {NULL, 0};
    struct wh_lineage lineage;
    struct wh_abandoned *list;
    (void)state;
    wh_lineage_make(&lineage, terms, 3, &arena);
    assert_int_equal(lineage.rivals_count, 2);
    assert_int_equal(wh_lineage_stand(&lineage, 2, 12), WH_STAND_SOUND);
    assert_int_equal(wh_lineage_stand(&lineage, 3, 7), WH_STAND_DOUBT); /* it may be the one */
    assert_false(wh_lineage_gives_up(&lineage, 3, 7));
    assert_int_equal(wh_lineage_abandoned(&lineage, 10, &arena, &list), 0);
    wh_lineage_make(&lineage, terms, 4, &arena);
    assert_int_equal(lineage.rivals_count, 0);
    assert_int_equal(wh_lineage_stand(&lineage, 2, 12), WH_STAND_DOUBT);
    assert_int_equal(wh_lineage_stand(&lineage, 3, 7), WH_STAND_SOUND);
    assert_true(wh_lineage_gives_up(&lineage, 2, 12));
    wh_arena_deinit(&arena);
}

/* The newest commits were lost, and no term with them. */
static void a_version_beyond_the_end_of_its_term_is_in_doubt(void **state)
{
    struct wh_term terms[] = {{.id = 1, .first = 1}, {.id = 3, .first = 6, .predecessor = 1}};
    (void)state;
    assert_stand(terms, 2, 1, 5, WH_STAND_SOUND);
    assert_stand(terms, 2, 1, 6, WH_STAND_DOUBT);
    assert_stand(terms, 2, 3, 6, WH_STAND_SOUND);
}

static void a_version_of_an_unknown_term_is_in_doubt_where_a_known_one_has_ended(void **state)
{
    struct wh_term terms[] = {{.id = 1, .first = 1},
                              {.id = 3, .first = 6, .predecessor = 1},
                              {.id = 4, .first = 9, .predecessor = 3, .abandons = 98}};
    (void)state;
    assert_stand(terms, 2, 99, 5, WH_STAND_DOUBT);
    assert_stand(terms, 2, 99, 6, WH_STAND_SOUND); /* a term not heard of yet */
    assert_stand(terms, 3, 98, 20, WH_STAND_DOUBT);
    assert_stand(terms, 3, 99, 20, WH_STAND_SOUND);
}

static void where_a_term_in_between_has_not_arrived_nothing_is_proved(void **state)
{
    struct wh_term terms[] = {{.id = 1, .first = 1}, {.id = 3, .first = 9, .predecessor = 2}};
    struct wh_arena arena = {NULL, 0};
    struct wh_lineage lineage;
    (void)state;
    wh_lineage_make(&lineage, terms, 2, &arena);
    assert_int_equal(lineage.rivals_count, 0);
    assert_int_equal(wh_lineage_stand(&lineage, 1, 5), WH_STAND_SOUND);
    assert_int_equal(wh_lineage_stand(&lineage, 2, 7), WH_STAND_SOUND);
    assert_int_equal(wh_lineage_stand(&lineage, 3, 9), WH_STAND_SOUND);
    wh_arena_deinit(&arena);
}

static void terms_that_name_each_other_in_a_ring_end(void **state)
{
    struct wh_term terms[] = {{.id = 1, .first = 5, .predecessor = 2, .abandons = 2},
                              {.id = 2, .first = 5, .predecessor = 1, .abandons = 1},
                              {.id = 3, .first = 0, .predecessor = 3, .abandons = 3}};
    (void)state;
    assert_stand(terms, 3, 77, 1, WH_STAND_SOUND);
}

static void what_was_given_up_is_listed(void **state)
{
    struct wh_term terms[] = RESTORED;
    struct wh_arena arena = {NULL, 0};
    struct wh_lineage lineage;
    struct wh_abandoned *list;
    (void)state;
    wh_lineage_make(&lineage, terms, 3, &arena);
    assert_int_equal(wh_lineage_abandoned(&lineage, 10, &arena, &list), 2);
    assert_true(list[0].term == 1 && list[0].kept == 5);
    assert_true(list[1].term == 2 && list[1].kept == 0);
    assert_int_equal(wh_lineage_abandoned(&lineage, 1, &arena, &list), 1);
    wh_arena_deinit(&arena);
}

/* ---- Random lives ---- */

#define TERMS_MAX 64
#define WRITTEN_MAX 600
#define COPIES_MAX 4

/* A home: the terms of its path, in order, and its head. */
struct home {
    uint32_t path[TERMS_MAX]; /* indexes into life.terms */
    uint32_t path_count;
    uint64_t head;
};

struct version {
    uint64_t term;
    uint64_t counter;
    bool sent; /* what was never sent, nobody can hold */
};

struct life {
    struct wh_chance chance;
    struct wh_term terms[TERMS_MAX];
    bool term_sent[TERMS_MAX]; /* of each: the neighbour got it */
    uint32_t terms_count;
    struct version written[WRITTEN_MAX];
    uint32_t written_count;
    struct home home;
    struct home seen; /* as the neighbour saw it last */
    struct home copies[COPIES_MAX];
    uint32_t copies_count;
};

static void open_term(struct life *life, struct wh_term term)
{
    struct home *home = &life->home;
    term.id = life->terms_count + 1;
    term.first = home->head + 1;
    if (home->path_count > 0) {
        term.predecessor = life->terms[home->path[home->path_count - 1]].id;
    }
    life->terms[life->terms_count] = term;
    home->path[home->path_count++] = life->terms_count++;
    home->head++;
}

static void write_some(struct life *life)
{
    struct home *home = &life->home;
    for (uint32_t n = wh_chance_below(&life->chance, 6); n > 0; n--) {
        if (life->written_count == WRITTEN_MAX) return;
        home->head++;
        life->written[life->written_count++] =
            (struct version){life->terms[home->path[home->path_count - 1]].id, home->head, false};
    }
}

static bool is_on_path(const struct life *life, const struct home *home, struct version version)
{
    for (uint32_t i = 0; i < home->path_count; i++) {
        const struct wh_term *term = &life->terms[home->path[i]];
        uint64_t end =
            i + 1 < home->path_count ? life->terms[home->path[i + 1]].first - 1 : home->head;
        if (term->id == version.term)
            return version.counter >= term->first && version.counter <= end;
    }
    return false;
}

static struct version seen_of(const struct life *life)
{
    const struct home *seen = &life->seen;
    return (struct version){life->terms[seen->path[seen->path_count - 1]].id, seen->head, true};
}

/* The terms that the neighbour got. Returns how many. */
static uint32_t sent_terms(const struct life *life, struct wh_term terms[TERMS_MAX])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < life->terms_count; i++) {
        if (life->term_sent[i]) terms[count++] = life->terms[i];
    }
    return count;
}

/* Has the neighbour seen that this home's history was given up? As a greeting finds it. */
static bool is_given_up(const struct life *life)
{
    struct wh_term terms[TERMS_MAX];
    struct wh_term_mark marks[TERMS_MAX];
    struct wh_arena arena = {NULL, 0};
    struct wh_lineage lineage;
    struct wh_abandoned *list;
    uint32_t count;
    bool found = false;
    for (uint32_t i = 0; i < life->home.path_count; i++) {
        const struct wh_term *term = &life->terms[life->home.path[i]];
        marks[i] = (struct wh_term_mark){term->id, term->first, term->abandons, term->settles};
    }
    wh_lineage_make(&lineage, terms, sent_terms(life, terms), &arena);
    count = wh_lineage_abandoned(&lineage, TERMS_MAX, &arena, &list);
    for (uint32_t i = 0; i < count; i++) {
        struct wh_history history = {marks, life->home.path_count};
        if (wh_history_is_given_up(history, life->home.head, list[i].term, list[i].kept))
            found = true;
    }
    wh_arena_deinit(&arena);
    return found;
}

static void leap(struct life *life)
{
    uint64_t head = life->home.head > life->seen.head ? life->home.head : life->seen.head;
    life->home.head = ((head >> 32) + 1) << 32;
}

/* The neighbour tells what it has seen: a home that did not write that gives it up; one that was
 * given up asks an operator, who decides for it. */
static void meet(struct life *life)
{
    struct version seen = {0, 0, false};
    if (life->seen.path_count > 0) seen = seen_of(life);
    if (seen.sent && is_given_up(life)) {
        leap(life);
        open_term(life, (struct wh_term){.abandons = seen.term, .settles = true});
    } else if (seen.sent && !is_on_path(life, &life->home, seen)) {
        open_term(life, (struct wh_term){.abandons = seen.term});
    }
    life->seen = life->home;
    for (uint32_t i = 0; i < life->home.path_count; i++) {
        life->term_sent[life->home.path[i]] = true;
    }
    for (uint32_t i = 0; i < life->written_count; i++) {
        if (is_on_path(life, &life->home, life->written[i])) life->written[i].sent = true;
    }
}

static void settle(struct life *life)
{
    meet(life); /* an operator is asked only after the neighbour has told */
    leap(life);
    open_term(life, (struct wh_term){.settles = true});
    meet(life);
}

static void live(struct life *life)
{
    uint32_t i;
    switch (wh_chance_below(&life->chance, 8)) {
    case 0:
        i = wh_chance_below(&life->chance, COPIES_MAX);
        if (i >= life->copies_count) i = life->copies_count++;
        life->copies[i] = life->home;
        break;
    case 1:
        if (life->copies_count == 0) break;
        life->home = life->copies[wh_chance_below(&life->chance, life->copies_count)];
        open_term(life, (struct wh_term){.id = 0}); /* a start */
        break;
    case 2: open_term(life, (struct wh_term){.id = 0}); break;
    case 3: settle(life); break;
    default: write_some(life); break;
    }
}

static uint64_t settled_of(const struct life *life)
{
    uint64_t settled = 0;
    for (uint32_t i = 0; i < life->home.path_count; i++) {
        const struct wh_term *term = &life->terms[life->home.path[i]];
        if (term->settles && term->first > settled) settled = term->first;
    }
    return settled;
}

static void check(struct life *life)
{
    struct wh_term terms[TERMS_MAX];
    struct wh_arena arena = {NULL, 0};
    struct wh_lineage lineage;
    uint64_t settled = settled_of(life);
    wh_lineage_make(&lineage, terms, sent_terms(life, terms), &arena);
    for (uint32_t i = 0; i < life->written_count; i++) {
        struct version version = life->written[i];
        bool is_ours = is_on_path(life, &life->home, version);
        enum wh_stand expected = WH_STAND_SOUND;
        if (!version.sent) continue;
        if (!is_ours) expected = version.counter < settled ? WH_STAND_VOID : WH_STAND_DOUBT;
        assert_int_equal(wh_lineage_stand(&lineage, version.term, version.counter), expected);
    }
    wh_arena_deinit(&arena);
}

static void promise_04_the_store_that_was_met_last_stands(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 1000; seed++) {
        struct life life = {.chance = {seed}};
        open_term(&life, (struct wh_term){.id = 0});
        while (life.terms_count + 4 < TERMS_MAX && life.written_count + 10 < WRITTEN_MAX) {
            live(&life);
            if (wh_chance_below(&life.chance, 3) > 0) continue;
            meet(&life);
            check(&life);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_history_without_branches_is_sound_at_no_cost),
        cmocka_unit_test(what_a_restored_store_did_not_write_is_in_doubt),
        cmocka_unit_test(a_term_that_settles_makes_older_ones_void),
        cmocka_unit_test(the_copy_that_was_given_up_wins_when_it_settles),
        cmocka_unit_test(two_terms_that_follow_one_are_rivals_until_one_knows_of_the_other),
        cmocka_unit_test(a_version_beyond_the_end_of_its_term_is_in_doubt),
        cmocka_unit_test(a_version_of_an_unknown_term_is_in_doubt_where_a_known_one_has_ended),
        cmocka_unit_test(where_a_term_in_between_has_not_arrived_nothing_is_proved),
        cmocka_unit_test(terms_that_name_each_other_in_a_ring_end),
        cmocka_unit_test(what_was_given_up_is_listed),
        cmocka_unit_test(promise_04_the_store_that_was_met_last_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
