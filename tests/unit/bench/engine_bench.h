/* engine_bench.h: one engine over a disk in memory and no wire, for the unit at 231182108 (or the
 * root at 2311), with the tiny programme of plain_ledgers.h. Work is done inside a turn, as the
 * door does it. Thread: the test's. */
#ifndef WH_UNIT_ENGINE_BENCH_H
#define WH_UNIT_ENGINE_BENCH_H

#include "base/id.h"
#include "engine/engine_parts.h"
#include "engine/rows.h"
#include "memory_store.h"

struct engine_bench;
/* What is done in a turn; returns its code. */
typedef int (*bench_work)(struct engine_bench *bench, void *argument);

struct engine_bench {
    const char *unit;
    uint32_t kind;
    struct wh_memory_store *store;
    struct wh_engine *engine;
    struct wh_now now;
    int64_t restored_ms;  /* of the next start; 0: the home was never put back */
    int64_t deadline_ms;  /* what the last turn said */
    int committed;        /* the code of its commit */
    uint64_t measured;    /* cells */
    const char *unserved; /* a kind that nobody measures; NULL: none */
    bench_work work;
    void *argument;
    int work_rc;
    struct wh_faults faults;
    struct wh_arena arena;
};

/* A root (2311) that has issued the programme, on 10 June 2026; or a township (231182108) that got
 * it, and its two villages 201 and 202, as rows of the root. */
void bench_root(struct engine_bench *bench);
void bench_township(struct engine_bench *bench);
void bench_close(struct engine_bench *bench);

/* The process ends and begins again; 0, or the code of the start. */
int bench_restart(struct engine_bench *bench);

/* One turn, in which `work` (or nothing) is done. Returns the code of the work, or of the commit
 * where that is negative. */
int bench_turn(struct engine_bench *bench, bench_work work, void *argument);
/* Turns until no cell waits that somebody measures. */
void bench_settle(struct engine_bench *bench);

/* ---- Work ---- */

/* A record as typed; `id` is filled by add and names the record to change or withdraw. */
struct bench_record {
    const char *kind;
    const char *unit;
    const char *date;
    const char *amount; /* attended or pay */
    const char *until;  /* NULL: none */
    struct wh_id id;
    uint64_t version;
};

int bench_add(struct engine_bench *bench, void *record);
int bench_change(struct engine_bench *bench, void *record);
int bench_withdraw(struct engine_bench *bench, void *record);
/* The CSV of units; faults are left in bench->faults, *argument is const char *. */
int bench_import(struct engine_bench *bench, void *csv);

/* ---- Looking ---- */

/* The first metric of the cell, or -1 where it has no row; *ret_counter may be NULL. */
int64_t bench_figure(struct engine_bench *bench, const char *unit, const char *quarter,
                     const char *kind, uint64_t *ret_counter);
/* How many keys a family holds. */
uint32_t bench_count(struct engine_bench *bench, enum wh_family family);

#endif
