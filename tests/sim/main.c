/* sim [--from N] [--seeds K] [--seed N] [--until-failure]: runs seeds N to N + K - 1. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "simulator.h"

struct options {
    int64_t from;
    int64_t seeds;
    enum wh_sim_talk talk;
    bool until_failure;
};

static int read_number(const char *text, int64_t *ret)
{
    return text ? wh_number_parse(wh_span_of(text), ret) : WH_E_USAGE;
}

static int read_options(char **words, struct options *ret)
{
    int rc = 0;
    for (; *words && rc == 0; words++) {
        if (strcmp(*words, "--from") == 0) {
            rc = read_number(*++words, &ret->from);
        } else if (strcmp(*words, "--seeds") == 0) {
            rc = read_number(*++words, &ret->seeds);
        } else if (strcmp(*words, "--seed") == 0) {
            rc = read_number(*++words, &ret->from);
            ret->seeds = 1;
            ret->talk = WH_SIM_TRACE;
        } else if (strcmp(*words, "--until-failure") == 0) {
            ret->until_failure = true;
        } else {
            rc = WH_E_USAGE;
        }
    }
    return rc;
}

int main(int argc, char **argv)
{
    struct options options = {.from = 1, .seeds = 20};
    int64_t passed = 0, failed = 0;
    (void)argc;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (read_options(argv + 1, &options) < 0) {
        (void)fprintf(stderr, "usage: sim [--from N] [--seeds K] [--seed N] [--until-failure]\n");
        return 2;
    }
    for (int64_t seed = options.from; seed < options.from + options.seeds; seed++) {
        uint64_t digest;
        if (wh_sim_run((uint64_t)seed, options.talk, &digest) == WH_SIM_PASSED) {
            passed++;
        } else {
            failed++;
            (void)printf("seed %" PRId64 " FAILED (replay: tests/sim/run --seed %" PRId64 ")\n",
                         seed, seed);
            if (options.until_failure) break;
        }
    }
    (void)printf("%" PRId64 " passed, %" PRId64 " failed\n", passed, failed);
    return failed > 0 ? 1 : 0;
}
