/* error.h: why something failed, as data. An error carries a code, a message of base/messages.def
 * and its arguments; the edge renders it in the reader's language. A fault is one of many things
 * wrong with an input: faults are gathered, errors stop the work.
 *
 * Thread: any. Ownership: plain values; arguments are copied in (and cut to fit). */
#ifndef WH_BASE_ERROR_H
#define WH_BASE_ERROR_H

#include "base/arena.h"
#include "base/message.h"
#include "base/span.h"

#define X(symbol, value, name, exit) WH_CODE_##symbol = value,
enum wh_code_value {
#include "base/errors.def"
};
#undef X
/* The codes beyond those of wuhao/plugin.h. */
#define WH_E_IO WH_CODE_WH_E_IO
#define WH_E_CORRUPT WH_CODE_WH_E_CORRUPT
#define WH_E_TOO_BIG WH_CODE_WH_E_TOO_BIG
#define WH_E_RANGE WH_CODE_WH_E_RANGE
#define WH_E_BUSY WH_CODE_WH_E_BUSY
#define WH_E_NO_SPACE WH_CODE_WH_E_NO_SPACE

#define WH_CHECKED __attribute__((warn_unused_result))

#define WH_ERROR_ARGS_MAX 4
#define WH_ERROR_ARG_BYTES 400

struct wh_error {
    int code; /* 0: nothing failed */
    enum wh_message message;
    char args[WH_ERROR_ARGS_MAX][WH_ERROR_ARG_BYTES];
};

struct wh_arg {
    struct wh_span text;
    bool present;
    bool is_number;
    int64_t number;
};

struct wh_arg wh_arg_s(struct wh_span text);
struct wh_arg wh_arg_c(const char *text);
struct wh_arg wh_arg_n(int64_t number);
/* The arguments of a message, in the order of its {0}, {1}, ... */
#define WH_ARGS(...) ((const struct wh_arg[]){__VA_ARGS__, {.present = false}})

/* Fills `err` and returns `code`. `args` is WH_ARGS(...) or NULL. */
int wh_fail(struct wh_error *err, int code, enum wh_message message, const struct wh_arg *args);

/* The name in JSON, and the exit code, of `code`. */
const char *wh_code_name(int code);
int wh_code_exit(int code);

/* The sentence for `err` in `language`, in `arena`. */
struct wh_span wh_error_text(const struct wh_error *err, enum wh_language language,
                             struct wh_arena *arena);

struct wh_fault {
    uint32_t line; /* from 1; 0: no line */
    struct wh_span field;
    enum wh_message message;
    struct wh_arg args[WH_ERROR_ARGS_MAX];
};

/* All faults of one input; the arena that holds them is the caller's. */
struct wh_faults {
    struct wh_arena *arena;
    struct wh_fault *items; /* the first WH_FAULTS_KEPT_MAX */
    uint32_t count;         /* all of them */
    uint32_t size;
};

void wh_faults_init(struct wh_faults *faults, struct wh_arena *arena);
void wh_fault_add(struct wh_faults *faults, uint32_t line, struct wh_span field,
                  enum wh_message message, const struct wh_arg *args);
/* How many of them are kept. */
uint32_t wh_faults_kept(const struct wh_faults *faults);
struct wh_span wh_fault_text(const struct wh_fault *fault, enum wh_language language,
                             struct wh_arena *arena);

#endif
