#include "options.h"

#include <string.h>

#include "base/error.h"
#include "base/num.h"

#define ALL_FAULTS ((1u << WH_SIM_FAULTS_COUNT) - 1)
/* What a tree of 44,000 nodes has, so that a run ends within minutes. */
#define FEW_FAULTS                                                                                 \
    ((1u << WH_SIM_DELAY) | (1u << WH_SIM_LOSS) | (1u << WH_SIM_REPEAT) | (1u << WH_SIM_CUTS) |    \
     (1u << WH_SIM_CRASHES) | (1u << WH_SIM_COMMITS))

static const struct wh_sim_shape shapes[] = {
    {.name = "default",
     .widths = {2, 16},
     .counties_drawn = 2,
     .villages_max = 4,
     .faults = ALL_FAULTS,
     .minutes = 10,
     .work_ms_max = 40000,
     .turn_ms = 1},
    {.name = "small",
     .widths = {1, 3},
     .counties_drawn = 1,
     .villages_max = 2,
     .faults = ALL_FAULTS,
     .minutes = 5,
     .work_ms_max = 20000,
     .turn_ms = 1},
    {.name = "national",
     .widths = {31, 340, 2850, 41000},
     .faults = FEW_FAULTS,
     .minutes = 3,
     .work_ms_max = 240000,
     .turn_ms = 200},
};

static const char *const fault_names[] = {
#define X(symbol, name) name,
    WH_SIM_FAULTS(X)
#undef X
};

const char *wh_sim_fault_name(enum wh_sim_fault fault)
{
    return fault_names[fault];
}

void wh_sim_options_init(struct wh_sim_options *options)
{
    *options = (struct wh_sim_options){.shape = &shapes[0], .only = ALL_FAULTS};
}

static int read_number(const char *text, int64_t max, int64_t *ret)
{
    if (!text || wh_number_parse(wh_span_of(text), ret) < 0) return WH_E_USAGE;
    return *ret > 0 && *ret <= max ? 0 : WH_E_USAGE;
}

static int read_shape(const char *name, const struct wh_sim_shape **ret)
{
    for (size_t i = 0; name && i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        if (strcmp(shapes[i].name, name) != 0) continue;
        *ret = &shapes[i];
        return 0;
    }
    return WH_E_USAGE;
}

/* Names between commas; an empty text is none. */
static int read_faults(const char *names, uint32_t *ret)
{
    uint32_t bits = 0;
    while (names && *names) {
        size_t len = strcspn(names, ",");
        uint32_t fault = 0;
        while (fault < WH_SIM_FAULTS_COUNT &&
               (strlen(fault_names[fault]) != len || memcmp(fault_names[fault], names, len) != 0)) {
            fault++;
        }
        if (fault == WH_SIM_FAULTS_COUNT) return WH_E_USAGE;
        bits |= 1u << fault;
        names += len + (names[len] == ',');
    }
    *ret = bits;
    return names ? 0 : WH_E_USAGE;
}

int wh_sim_options_take(struct wh_sim_options *options, const char *word, const char *value)
{
    uint32_t bits = 0;
    int64_t number = 0;
    int rc = WH_E_USAGE;
    if (strcmp(word, "--tree") == 0) {
        rc = read_shape(value, &options->shape);
    } else if (strcmp(word, "--townships") == 0) {
        rc = read_number(value, 100000, &number);
        options->townships = (uint32_t)number;
    } else if (strcmp(word, "--minutes") == 0) {
        rc = read_number(value, 10000, &options->minutes);
    } else if (strcmp(word, "--only") == 0) {
        rc = read_faults(value, &bits);
        options->only &= bits;
    } else if (strcmp(word, "--without") == 0) {
        rc = read_faults(value, &bits);
        options->only &= ~bits;
    } else if (strcmp(word, "--with") == 0) {
        rc = read_faults(value, &bits);
        options->with |= bits;
    }
    return rc < 0 ? rc : 2;
}
