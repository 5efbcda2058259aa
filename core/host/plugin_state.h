/* plugin_state.h: what the host keeps of one plugin, and of all. Private to host/. Thread: loop. */
#ifndef WH_HOST_PLUGIN_STATE_H
#define WH_HOST_PLUGIN_STATE_H

#include "base/seal.h"
#include "host/calls.h"
#include "host/jobs.h"
#include "host/library.h"
#include "host/notices.h"
#include "host/page.h"
#include "isolation/exchange.h"
#include "isolation/failure.h"
#include "isolation/proxy.h"

#define WH_HOUR_MS 3600000
#define WH_DEATHS_SHOWN 32
#define WH_PROGRAMMES_LENT 8 /* that are made once for a callback; more are made anew */

/* What a callback has done wrong, in a row. */
struct wh_strikes {
    uint32_t overruns;
    uint32_t deaths; /* of an isolated plugin's process */
};

/* One of a plugin's jobs, with where it stands. */
struct wh_job_state {
    int64_t ran_ms;   /* when it ran last, or was seen first; 0: not known yet */
    int64_t due_ms;   /* by its rule; INT64_MAX: never */
    int64_t asked_ms; /* INT64_MAX: nobody asked */
    int64_t spent_ms; /* by the slices so far */
    bool is_under_way;
    bool is_new; /* when it ran, or was seen first, has to be saved */
    uint64_t runs;
    struct wh_failure last; /* of the last run; code 0: it went well */
};

/* What is said of a plugin again and again is logged once an hour, and other words not without end.
 */
#define WH_COMPLAINTS_KEPT 8
#define WH_COMPLAINTS_AN_HOUR 20

struct wh_complaint {
    uint8_t digest[WH_SHORT_DIGEST_BYTES];
    int64_t at_ms; /* 0: free */
};

struct wh_complaints {
    struct wh_complaint items[WH_COMPLAINTS_KEPT];
    int64_t hour_ms; /* when the hour began */
    uint32_t lines;  /* since */
};

/* The node's side of one plugin. */
struct wh_host_self {
    struct wh_plugins *plugins;
    struct wh_arena arena; /* its config, reason and declaration */
    struct wh_span name;
    enum wh_plugin_state state;
    struct wh_span reason;
    /* where it comes from */
    struct wh_plugin_config config;
    char *file; /* found; NULL: none */
    char *copy; /* the private one that is loaded */
    uint8_t digest[WH_DIGEST_BYTES];
    int64_t file_stamp[4]; /* device, inode, size, time: whether it has changed */
    bool is_isolated;
    bool notice_is_known;
    bool is_noticed;  /* its quarantine has a notice */
    bool code_failed; /* its own code did: tried again when it has changed, or is asked to */
    bool is_learnt;   /* what it declares was read, or could not be, while it is off */
    bool renew;       /* the next apply opens it anew */
    bool leaves;      /* within an apply: it is closed, for good or to be opened again */
    struct wh_host_self *former; /* within an apply: closed, opened again where this can't be */
    bool is_new_code;            /* opened, and not known yet to be the code that measured last */
    /* loaded */
    struct wh_library library; /* in this process */
    struct wh_proxy *proxy;
    struct wh_plugin *declared; /* whole, in the arena: it outlives the library */
    bool is_loaded;             /* may be opened */
    /* open */
    void *self; /* the plugin's own */
    struct wh_host table;
    uint32_t opened; /* in which order */
    struct wh_value *settings;
    struct wh_job_state *jobs;
    int64_t jobs_clock_ms; /* what the clock showed when jobs were looked at last */
    /* within a callback */
    enum wh_callback inside;
    struct wh_span asked_by; /* within a command: its author, lent by the call */
    bool may_write;
    uint32_t writes;
    uint64_t write_bytes;
    uint64_t kept_bytes;   /* keys and notices in the store; read when it first writes one */
    uint64_t kept_full_at; /* in which call they were found to be full */
    bool kept_is_known;
    const struct wh_measure_sink *measuring;
    const struct wh_kind *measuring_kind;
    struct wh_arena lent; /* until the callback returns */
    /* programmes that were lent within the callback, by year */
    struct {
        uint32_t year;
        const struct wh_programme_view *view; /* NULL: free */
    } programmes[WH_PROGRAMMES_LENT];
    /* what is known of its calls */
    int64_t ended_ms[WH_DEATHS_SHOWN]; /* monotonic: when its process ended, the last few times */
    uint32_t ended;                    /* how often */
    char resting[300];                 /* why it does not serve now; for views */
    struct wh_strikes *strikes;        /* by wh_strikes_of() */
    struct wh_complaints complaints;
    int64_t log_minute;
    uint32_t log_lines;
    uint64_t calls;
    uint64_t longest_us;
    uint32_t slot; /* on the page */
};

struct wh_plugins {
    struct wh_host_services services;
    const struct wh_log *log; /* NULL before the first apply */
    struct wh_page *page;     /* NULL before the first apply */
    struct wh_arena own;      /* what follows, as long as the plugins live */
    char *run_dir;
    char *program; /* that an isolated plugin runs in */
    struct wh_host_self **items;
    uint32_t count;
    uint32_t size;
    struct wh_host_self **pending; /* within an apply: loaded, not in the list yet */
    uint32_t pending_count;
    uint32_t opened; /* how many ever were */
    uint64_t generation;
    bool needs_review;             /* one that others need is no longer on */
    struct wh_job_state *job_ran;  /* to its end, in this turn; NULL: none */
    struct wh_row_change *changes; /* of this turn */
    uint32_t changes_count;
    uint32_t changes_size;
    struct wh_arena changes_arena;
    struct wh_arena scratch;
};

#endif
