/* chance.h: the one source of chance of a simulation: the same seed gives the same numbers. Each
 * concern draws from a stream of its own, so that one that draws more leaves the others as they
 * were. Thread: the caller's. */
#ifndef WH_SIM_CHANCE_H
#define WH_SIM_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct wh_chance {
    uint64_t state;
};

/* splitmix64 (Steele, Lea, Flood 2014). */
static inline uint64_t wh_chance_next(struct wh_chance *chance)
{
    uint64_t z = (chance->state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* The stream called `name` of `seed`. */
static inline struct wh_chance wh_chance_stream(uint64_t seed, const char *name)
{
    struct wh_chance chance = {seed * 0x2545F4914F6CDD1Du + 1};
    for (; *name; name++) {
        chance.state = wh_chance_next(&chance) ^ (uint8_t)*name;
    }
    return chance;
}

/* 0 .. below - 1; below > 0. */
static inline uint32_t wh_chance_below(struct wh_chance *chance, uint32_t below)
{
    return (uint32_t)((wh_chance_next(chance) >> 32) % below);
}

/* min .. max, both included. */
static inline int64_t wh_chance_between(struct wh_chance *chance, int64_t min, int64_t max)
{
    return min + (int64_t)(wh_chance_next(chance) % (uint64_t)(max - min + 1));
}

/* True in `share` of 10,000 cases. */
static inline bool wh_chance_is(struct wh_chance *chance, uint32_t share)
{
    return wh_chance_below(chance, 10000) < share;
}

#endif
