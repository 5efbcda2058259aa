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
 */
static void find_kept(const struct tree *tree, uint32_t leaf, uint64_t *kept)
{
    uint64_t end = WH_KEPT_ALL;
    for (uint32_t i = 0; i < tree->count; i++) kept[i] = KEPT_UNKNOWN;
    for (uint32_t i = leaf; i != NOBODY; i = tree->parents[i]) {
        kept[i] = end;
        end = tree->terms[i].first - 1;
    }
    for (uint32_t i = 0; i < tree->count; i++) {
        uint32_t known = i;
        uint64_t value;
        while (known != NOBODY && kept[known] == KEPT_UNKNOWN) known = tree->parents[known];
        value = known != NOBODY && kept[known] == WH_KEPT_ALL ? WH_KEPT_ALL : 0;
        for (uint32_t j = i; j != known; j = tree->parents[j]) kept[j] = value;
    }
}

void wh_lineage_make(struct wh_lineage *ret, struct wh_term *terms, uint32_t count,
                     struct wh_arena *arena)
{
    struct tree tree = {.terms = terms, .count = count};
    uint64_t *kept;
    uint32_t leaf;
    if (count > 0) qsort(terms, count, sizeof(*terms), by_id);
    *ret = (struct wh_lineage){.terms = terms, .count = count};
    find_edges(&tree, arena);
    leaf = find_standing(&tree, arena);
    if (leaf == NOBODY) return;
    kept = wh_arena_new(arena, count, sizeof(*kept));
    find_kept(&tree, leaf, kept);
    ret->kept = kept;
    ret->is_branched = true;
    for (uint32_t i = 0; i < count; i++) {
        if (terms[i].settles && kept[i] != 0 && terms[i].first > ret->settled) {
            ret->settled = terms[i].first;
        }
    }
}

enum wh_stand wh_lineage_stand(const struct wh_lineage *lineage, uint64_t term, uint64_t counter)
{
    uint32_t i;
    if (!lineage->is_branched) return WH_STAND_SOUND;
    i = find(lineage->terms, lineage->count, term);
    /* A term that was lost here too: a settlement wrote all that stands anew, above its mark. */
    if (i == NOBODY) return counter < lineage->settled ? WH_STAND_VOID : WH_STAND_SOUND;
    if (counter >= lineage->terms[i].first && counter <= lineage->kept[i]) return WH_STAND_SOUND;
    return counter < lineage->settled ? WH_STAND_VOID : WH_STAND_DOUBT;
}

/* Of a term that was kept in part, somebody may hold the rest. */
static bool has_a_rest(const struct wh_lineage *lineage, uint32_t i)
{
    if (lineage->kept[i] == WH_KEPT_ALL) return false;
    for (uint32_t j = 0; j < lineage->count; j++) {
        if (lineage->terms[j].abandons == lineage->terms[i].id) return true;
        if (lineage->kept[j] == 0 && lineage->terms[j].predecessor == lineage->terms[i].id) {
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
    if (!lineage->is_branched) return 0;
    *ret = wh_arena_new(arena, lineage->count < max ? lineage->count : max, sizeof(**ret));
    for (uint32_t i = 0; i < lineage->count && count < max; i++) {
        if (lineage->kept[i] > 0 && !has_a_rest(lineage, i)) continue;
        (*ret)[count++] = (struct wh_abandoned){lineage->terms[i].id, lineage->kept[i]};
    }
    return count;
}
