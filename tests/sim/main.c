/* sim [--from N] [--seeds K] [--seed N] [--until-failure] [--brief] and the words of options.h:
 * runs seeds N to N + K - 1. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/num.h"
#include "simulator.h"

struct batch {
    int64_t from;
    int64_t seeds;
    bool until_failure;
    struct wh_sim_options options;
    char told[400]; /* the options again, as they were typed */
};

static int read_number(const char *text, int64_t *ret)
{
    return text ? wh_number_parse(wh_span_of(text), ret) : WH_E_USAGE;
}

static void tell_again(struct batch *batch, const char *word, const char *value)
{
    size_t at = strlen(batch->told);
    (void)snprintf(batch->told + at, sizeof(batch->told) - at, " %s %s", word, value);
}

/* How many of the two words it used, or negative. */
static int read_option(struct batch *batch, const char *word, const char *value)
{
    int used;
    if (strcmp(word, "--until-failure") == 0) {
        batch->until_failure = true;
        return 1;
    }
    if (strcmp(word, "--brief") == 0) {
        batch->options.talk = WH_SIM_BRIEF;
        return 1;
    }
    if (strcmp(word, "--from") == 0) return read_number(value, &batch->from) < 0 ? WH_E_USAGE : 2;
    if (strcmp(word, "--seeds") == 0) return read_number(value, &batch->seeds) < 0 ? WH_E_USAGE : 2;
    if (strcmp(word, "--seed") == 0) {
        batch->seeds = 1;
        batch->options.talk = WH_SIM_TRACE;
        return read_number(value, &batch->from) < 0 ? WH_E_USAGE : 2;
    }
    used = wh_sim_options_take(&batch->options, word, value);
    if (used > 0) tell_again(batch, word, value);
    return used;
}

static int read_options(char **words, struct batch *ret)
{
    while (*words) {
        int used = read_option(ret, words[0], words[1]);
        if (used < 0) return used;
        words += used;
    }
    return 0;
}

static void usage(void)
{
    (void)fprintf(stderr,
                  "usage: sim [--from N] [--seeds K] [--seed N] [--until-failure] [--brief]\n"
                  "  [--tree default|small|national] [--townships K] [--minutes M]\n"
                  "  [--only FAULT,...] [--without FAULT,...] [--with FAULT,...]\n"
                  "faults:");
    for (uint32_t i = 0; i < WH_SIM_FAULTS_COUNT; i++) {
        (void)fprintf(stderr, " %s", wh_sim_fault_name(i));
    }
    (void)fprintf(stderr, "\n");
}

int main(int argc, char **argv)
{
    struct batch batch = {.from = 1, .seeds = 20};
    int64_t passed = 0, failed = 0;
    (void)argc;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    wh_sim_options_init(&batch.options);
    if (read_options(argv + 1, &batch) < 0) {
        usage();
        return 2;
    }
    for (int64_t seed = batch.from; seed < batch.from + batch.seeds; seed++) {
        uint64_t digest;
        batch.options.seed = (uint64_t)seed;
        if (wh_sim_run(&batch.options, &digest) == WH_SIM_PASSED) {
            passed++;
            continue;
        }
        failed++;
        (void)printf("seed %" PRId64 " FAILED (replay: tests/sim/run --seed %" PRId64
                     "%s; make it small: tests/sim/run --shrink %" PRId64 "%s)\n",
                     seed, seed, batch.told, seed, batch.told);
        if (batch.until_failure) break;
    }
    (void)printf("%" PRId64 " passed, %" PRId64 " failed\n", passed, failed);
    return failed > 0 ? 1 : 0;
}
