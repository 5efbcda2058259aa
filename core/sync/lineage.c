#include "sync/lineage.h"

#include <stdlib.h>

#define NOBODY UINT32_MAX

/* A lineage while it is made. Indexes of terms, NOBODY where there is none. */
struct tree {
    const struct wh_term *terms;
    uint32_t *parents;
    uint32_t *abandoned;
    uint32_t count;
};

static int by_id(const void *a, const void *b)
{
    const struct wh_term *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static uint32_t find(const struct wh_term *terms, uint32_t count, uint64_t id)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (terms[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && terms[low].id == id ? low : NOBODY;
}

/* A predecessor that does not begin before its successor is none: rows from outside could name a
 * ring. */
static void find_edges(struct tree *tree, struct wh_arena *arena)
{
    tree->parents = wh_arena_new(arena, tree->count, sizeof(*tree->parents));
    tree->abandoned = wh_arena_new(arena, tree->count, sizeof(*tree->abandoned));
    for (uint32_t i = 0; i < tree->count; i++) {
        uint32_t parent = find(tree->terms, tree->count, tree->terms[i].predecessor);
        if (parent != NOBODY && tree->terms[parent].first >= tree->terms[i].first) parent = NOBODY;
        tree->parents[i] = parent;
        tree->abandoned[i] = find(tree->terms, tree->count, tree->terms[i].abandons);
        if (tree->terms[i].abandons == 0) tree->abandoned[i] = NOBODY;
    }
}

static bool is_decision(const struct wh_term *term)
{
    return term->abandons != 0 || term->settles;
}

/* Marks all that a decision knew of: what it follows, what it gave up, and what those knew of. */
static void mark_known(const struct tree *tree, uint32_t from, bool *known, uint32_t *stack)
{
    uint32_t depth = 0;
    stack[depth++] = from;
    while (depth > 0) {
        uint32_t at = stack[--depth], next[] = {tree->parents[at], tree->abandoned[at]};
        for (size_t i = 0; i < 2; i++) {
            if (next[i] == NOBODY || known[next[i]]) continue;
            known[next[i]] = true;
            stack[depth++] = next[i];
        }
    }
}

static bool is_preferred(const struct wh_term *a, const struct wh_term *b)
{
    if (a->settles != b->settles) return a->settles;
    if (a->first != b->first) return a->first > b->first;
    return a->id > b->id;
}

/* The decision that no other one knew of: the last. NOBODY where nothing was decided. */
static uint32_t find_standing(const struct tree *tree, struct wh_arena *arena)
{
    bool *known = wh_arena_new(arena, tree->count, sizeof(*known));
    uint32_t *stack = wh_arena_new(arena, (size_t)tree->count + 1, sizeof(*stack));
    uint32_t best = NOBODY;
    for (uint32_t i = 0; i < tree->count; i++) {
        if (is_decision(&tree->terms[i])) mark_known(tree, i, known, stack);
    }
    for (uint32_t i = 0; i < tree->count; i++) {
        if (!is_decision(&tree->terms[i])) continue;
        if (best == NOBODY || (known[best] && !known[i]) ||
            (known[best] == known[i] && is_preferred(&tree->terms[i], &tree->terms[best]))) {
            best = i;
        }
    }
    return best;
}

#define KEPT_UNKNOWN (UINT64_MAX - 1)

/* What stands: the path to `leaf`, each term up to where the next began, and all that follows it.
 * Of a term that does not join the path `elsewhere` says how much. */
static uint64_t *find_kept(const struct tree *tree, uint32_t leaf, uint64_t elsewhere,
                           struct wh_arena *arena)
{
    uint64_t *kept = wh_arena_new(arena, tree->count, sizeof(*kept));
    uint64_t end = WH_KEPT_ALL;
    for (uint32_t i = 0; i < tree->count; i++) kept[i] = leaf == NOBODY ? end : KEPT_UNKNOWN;
    for (uint32_t i = leaf; i != NOBODY; i = tree->parents[i]) {
        kept[i] = end;
        end = tree->terms[i].first - 1;
    }
    for (uint32_t i = 0; i < tree->count; i++) {
        uint32_t known = i;
        uint64_t value;
        while (known != NOBODY && kept[known] == KEPT_UNKNOWN) known = tree->parents[known];
        value = known == NOBODY ? elsewhere : kept[known] == WH_KEPT_ALL ? WH_KEPT_ALL : 0;
        for (uint32_t j = i; j != known; j = tree->parents[j]) kept[j] = value;
    }
    return kept;
}

/* ---- Terms that know nothing of each other ---- */

/* Lists the terms that no other one follows or gave up: what an origin knows of, one term has. */
static uint32_t find_newest(const struct tree *tree, struct wh_arena *arena, uint32_t **ret)
{
    bool *former = wh_arena_new(arena, tree->count, sizeof(*former));
    uint32_t count = 0;
    *ret = wh_arena_new(arena, tree->count, sizeof(**ret));
    for (uint32_t i = 0; i < tree->count; i++) {
        if (tree->parents[i] != NOBODY) former[tree->parents[i]] = true;
        if (tree->abandoned[i] != NOBODY) former[tree->abandoned[i]] = true;
    }
    for (uint32_t i = 0; i < tree->count; i++) {
        if (!former[i]) (*ret)[count++] = i;
    }
    return count;
}

/* Where the known part of its history begins; NOBODY: at the store's first term. */
static uint32_t find_root(const struct tree *tree, uint32_t at)
{
    while (tree->parents[at] != NOBODY) at = tree->parents[at];
    return tree->terms[at].predecessor == 0 ? NOBODY : at;
}

/* Of the newest terms those that have a rival: they come from one root. Where a term in between has
 * not arrived, nothing is proved. Returns how many, at the front of `newest`. */
static uint32_t keep_rivals(const struct tree *tree, uint32_t *newest, uint32_t count,
                            struct wh_arena *arena)
{
    uint32_t *roots = wh_arena_new(arena, count, sizeof(*roots)), kept = 0;
    for (uint32_t i = 0; i < count; i++) roots[i] = find_root(tree, newest[i]);
    for (uint32_t i = 0; i < count; i++) {
        bool has_rival = false;
        for (uint32_t j = 0; j < count && !has_rival; j++)
            has_rival = j != i && roots[j] == roots[i];
        if (has_rival) newest[kept++] = newest[i];
    }
    return kept;
}

/* The end of the history that stands: the newest term with the greatest counter that follows the
 * last decision. */
static uint32_t find_leaf(const struct tree *tree, const uint32_t *newest, uint32_t count,
                          const uint64_t *decided, uint32_t standing)
{
    uint32_t best = NOBODY;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = newest[i];
        if (standing != NOBODY && decided[at] != WH_KEPT_ALL) continue;
        if (best == NOBODY || is_preferred(&tree->terms[at], &tree->terms[best])) best = at;
    }
    return best == NOBODY ? standing : best;
}

static uint64_t find_settled(const struct wh_lineage *lineage)
{
    uint64_t settled = 0;
    for (uint32_t i = 0; i < lineage->count; i++) {
        const struct wh_term *term = &lineage->terms[i];
        if (term->settles && lineage->kept[i] != 0 && term->first > settled) settled = term->first;
    }
    return settled;
}

void wh_lineage_make(struct wh_lineage *ret, struct wh_term *terms, uint32_t count,
                     struct wh_arena *arena)
{
    struct tree tree = {.terms = terms, .count = count};
    uint32_t *newest, newest_count, standing, leaf;
    bool is_proved;
    *ret = (struct wh_lineage){.terms = terms, .count = count};
    if (count == 0) return;
    qsort(terms, count, sizeof(*terms), by_id);
    find_edges(&tree, arena);
    standing = find_standing(&tree, arena);
    newest_count = find_newest(&tree, arena, &newest);
    ret->has_decisions = standing != NOBODY;
    ret->decided = find_kept(&tree, standing, 0, arena);
    leaf = find_leaf(&tree, newest, newest_count, ret->decided, standing);
    /* Where a term in between has not arrived, and nobody decided, nothing is proved. */
    is_proved = standing != NOBODY || leaf == NOBODY || find_root(&tree, leaf) == NOBODY;
    ret->kept = find_kept(&tree, leaf, is_proved ? 0 : WH_KEPT_ALL, arena);
    ret->settled = find_settled(ret);
    ret->rivals = newest;
    ret->rivals_count = keep_rivals(&tree, newest, newest_count, arena);
}

static bool is_covered(const struct wh_lineage *lineage, const uint64_t *kept, uint32_t i,
                       uint64_t counter)
{
    return counter >= lineage->terms[i].first && counter <= kept[i];
}

/* A term whose row was lost here too. It is off the history where somebody gave it up, or where
 * the counter is one of a known term that has ended. */
static bool is_off(const struct wh_lineage *lineage, uint64_t term, uint64_t counter)
{
    for (uint32_t i = 0; i < lineage->count; i++) {
        if (lineage->terms[i].abandons == term) return true;
        if (lineage->kept[i] != WH_KEPT_ALL && is_covered(lineage, lineage->kept, i, counter)) {
            return true;
        }
    }
    return false;
}

/* A settlement wrote all that stands anew, above its mark. */
enum wh_stand wh_lineage_stand(const struct wh_lineage *lineage, uint64_t term, uint64_t counter)
{
    uint32_t i = find(lineage->terms, lineage->count, term);
    bool stands = i == NOBODY ? !is_off(lineage, term, counter)
                              : is_covered(lineage, lineage->kept, i, counter);
    if (i == NOBODY && counter < lineage->settled) return WH_STAND_VOID;
    if (stands) return WH_STAND_SOUND;
    return counter < lineage->settled ? WH_STAND_VOID : WH_STAND_DOUBT;
}

bool wh_lineage_gives_up(const struct wh_lineage *lineage, uint64_t term, uint64_t counter)
{
    uint32_t i = find(lineage->terms, lineage->count, term);
    if (!lineage->has_decisions) return false;
    if (i == NOBODY) return counter < lineage->settled;
    return !is_covered(lineage, lineage->decided, i, counter);
}

/* Of a term that was kept in part, somebody may hold the rest. */
static bool has_a_rest(const struct wh_lineage *lineage, uint32_t i)
{
    if (lineage->decided[i] == WH_KEPT_ALL) return false;
    for (uint32_t j = 0; j < lineage->count; j++) {
        if (lineage->terms[j].abandons == lineage->terms[i].id) return true;
        if (lineage->decided[j] == 0 && lineage->terms[j].predecessor == lineage->terms[i].id) {
            return true;
        }
    }
    return false;
}

uint32_t wh_lineage_abandoned(const struct wh_lineage *lineage, uint32_t max,
                              struct wh_arena *arena, struct wh_abandoned **ret)
{
    uint32_t count = 0;
    *ret = NULL;
    if (!lineage->has_decisions) return 0;
    *ret = wh_arena_new(arena, lineage->count < max ? lineage->count : max, sizeof(**ret));
    for (uint32_t i = 0; i < lineage->count && count < max; i++) {
        if (lineage->decided[i] > 0 && !has_a_rest(lineage, i)) continue;
        (*ret)[count++] = (struct wh_abandoned){lineage->terms[i].id, lineage->decided[i]};
    }
    return count;
}
