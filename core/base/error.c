#include "base/error.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"

static const struct {
    int code;
    const char *name;
    int exit_code;
} codes[] = {
#define X(symbol, value, name, exit) {value, name, exit},
#include "base/errors.def"
#undef X
};

const char *wh_code_name(int code)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (codes[i].code == code) return codes[i].name;
    }
    return code == 0 ? "ok" : "failed";
}

int wh_code_exit(int code)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (codes[i].code == code) return codes[i].exit_code;
    }
    return code == 0 ? 0 : 1;
}

struct wh_arg wh_arg_s(struct wh_span text)
{
    return (struct wh_arg){.text = text, .present = true};
}

struct wh_arg wh_arg_c(const char *text)
{
    return wh_arg_s(wh_span_of(text));
}

struct wh_arg wh_arg_n(int64_t number)
{
    return (struct wh_arg){.present = true, .is_number = true, .number = number};
}

static struct wh_span arg_text(const struct wh_arg *arg, char number[32])
{
    if (!arg->is_number) return arg->text;
    (void)snprintf(number, 32, "%" PRId64, arg->number);
    return wh_span_of(number);
}

int wh_fail(struct wh_error *err, int code, enum wh_message message, const struct wh_arg *args)
{
    struct wh_error made = {.code = code, .message = message};
    for (size_t i = 0; args && i < WH_ERROR_ARGS_MAX && args[i].present; i++) {
        char number[32];
        struct wh_span text = arg_text(&args[i], number);
        size_t len = text.len < WH_ERROR_ARG_BYTES - 1 ? text.len : WH_ERROR_ARG_BYTES - 1;
        while (len < text.len && len > 0 && ((uint8_t)text.data[len] & 0xC0) == 0x80) len--;
        if (len > 0) memcpy(made.args[i], text.data, len);
    }
    if (err) *err = made; /* args may point into *err */
    return code;
}

struct wh_span wh_error_text(const struct wh_error *err, enum wh_language language,
                             struct wh_arena *arena)
{
    struct wh_span args[WH_ERROR_ARGS_MAX];
    for (size_t i = 0; i < WH_ERROR_ARGS_MAX; i++) args[i] = wh_span_of(err->args[i]);
    return wh_message_text(err->message, language, args, WH_ERROR_ARGS_MAX, arena);
}

void wh_faults_init(struct wh_faults *faults, struct wh_arena *arena)
{
    *faults = (struct wh_faults){.arena = arena};
}

uint32_t wh_faults_kept(const struct wh_faults *faults)
{
    return faults->count < WH_FAULTS_KEPT_MAX ? faults->count : WH_FAULTS_KEPT_MAX;
}

void wh_fault_add(struct wh_faults *faults, uint32_t line, struct wh_span field,
                  enum wh_message message, const struct wh_arg *args)
{
    struct wh_fault *fault;
    if (faults->count++ >= WH_FAULTS_KEPT_MAX) return;
    if (faults->count > faults->size) {
        uint32_t size = faults->size > 0 ? faults->size * 2 : 16;
        struct wh_fault *items = wh_arena_new(faults->arena, size, sizeof(*items));
        if (faults->items) memcpy(items, faults->items, faults->size * sizeof(*items));
        faults->items = items;
        faults->size = size;
    }
    fault = &faults->items[faults->count - 1];
    fault->line = line;
    fault->field = wh_arena_copy(faults->arena, field);
    fault->message = message;
    for (size_t i = 0; args && i < WH_ERROR_ARGS_MAX && args[i].present; i++) {
        fault->args[i] = args[i];
        if (!args[i].is_number) {
            struct wh_span text = args[i].text;
            if (text.len > WH_ERROR_ARG_BYTES) text.len = WH_ERROR_ARG_BYTES;
            fault->args[i].text = wh_arena_copy(faults->arena, text);
        }
    }
}

struct wh_span wh_fault_text(const struct wh_fault *fault, enum wh_language language,
                             struct wh_arena *arena)
{
    struct wh_span args[WH_ERROR_ARGS_MAX];
    char numbers[WH_ERROR_ARGS_MAX][32];
    for (size_t i = 0; i < WH_ERROR_ARGS_MAX; i++) {
        args[i] = arg_text(&fault->args[i], numbers[i]);
    }
    return wh_message_text(fault->message, language, args, WH_ERROR_ARGS_MAX, arena);
}
