/* wuhao: the command line of a node. */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "ask.h"
#include "base/memory.h"
#include "base/num.h"
#include "base/text.h"
#include "door/commands.h"
#include "files.h"
#include "help.h"
#include "print.h"

/* ---- Commands of plugins, which only the node knows ---- */

struct declared {
    struct wh_arena arena;
    struct wh_command *commands;
    uint32_t count;
};

static int take_declaration(void *context, const Wh__Reply *reply)
{
    struct declared *declared = context;
    const Wh__Declaration *from = reply->declaration;
    struct wh_command *all, *to;
    struct wh_param *params;
    if (reply->body_case == WH__REPLY__BODY_END) return 1;
    if (reply->body_case != WH__REPLY__BODY_DECLARATION) return 0;
    all = wh_arena_new(&declared->arena, declared->count + 1u, sizeof(*all));
    if (declared->count > 0) memcpy(all, declared->commands, declared->count * sizeof(*all));
    declared->commands = all;
    to = &all[declared->count++];
    to->name = wh_arena_text(&declared->arena, wh_span_of(from->name));
    to->title.en = wh_arena_text(&declared->arena, wh_span_of(from->title));
    to->permission = from->permission;
    to->example = wh_arena_text(&declared->arena, wh_span_of(from->example));
    params = wh_arena_new(&declared->arena, from->n_params, sizeof(*params));
    to->params = (struct wh_list){params, (uint32_t)from->n_params, sizeof(*params)};
    for (size_t i = 0; i < from->n_params; i++) {
        params[i].name = wh_arena_text(&declared->arena, wh_span_of(from->params[i]->name));
        params[i].title.en = wh_arena_text(&declared->arena, wh_span_of(from->params[i]->title));
        params[i].type = from->params[i]->type;
        params[i].flags = from->params[i]->flags;
    }
    return 0;
}

static int ask_declared(const struct wh_words *words, struct declared *ret, struct wh_error *err)
{
    Wh__Request request = WH__REQUEST__INIT;
    char name[] = "commands";
    request.version = 1;
    request.command = name;
    request.language = words->language;
    return wh_ask_node(words, &request, take_declaration, ret, err);
}

static const struct wh_command *find_declared(const struct declared *declared,
                                              const struct wh_words *words, int *ret_taken)
{
    char name[128];
    for (int taken = 2; taken >= 1; taken--) {
        if (words->count < taken) continue;
        (void)snprintf(name, sizeof(name), "%s%s%s", words->words[0], taken == 2 ? " " : "",
                       taken == 2 ? words->words[1] : "");
        *ret_taken = taken;
        for (uint32_t i = 0; i < declared->count; i++) {
            if (strcmp(declared->commands[i].name, name) == 0) return &declared->commands[i];
        }
    }
    return NULL;
}

/* ---- Running ---- */

/* One command, from its request to its exit code. */
struct running {
    const Wh__Request *request;
    struct wh_printer *printer;
    struct wh_arena arena;
    struct wh_error err; /* of a file that could not be written; code 0: none */
};

static int take_reply(void *context, const Wh__Reply *reply)
{
    struct running *running = context;
    struct wh_span path;
    if (reply->body_case != WH__REPLY__BODY_FILE) return wh_printer_take(running->printer, reply);
    if (running->err.code < 0) return 0;
    if (wh_files_write(running->request, reply->file, &running->arena, &path, &running->err) == 0) {
        wh_printer_wrote(running->printer, path);
    }
    return 0;
}

static enum wh_form form_for(const struct wh_words *words, const struct wh_command *command)
{
    if (words->form != WH_FORM_DEFAULT) return words->form;
    return command->flags & WH_COMMAND_CSV ? WH_FORM_CSV : WH_FORM_TABLE;
}

static bool runs_without_node(const struct wh_words *words, const struct wh_command *command)
{
    if (command->flags & WH_COMMAND_LOCAL) return true;
    return (command->flags & WH_COMMAND_STOPPED) && !words->endpoint && !wh_ask_is_running(words);
}

#define ASK_AGAIN_MS 100
#define PATIENCE_MS_DEFAULT 60000

static int64_t mono_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t patience_ms(const struct wh_command *command, const Wh__Request *request)
{
    int64_t seconds;
    if (!(command->flags & WH_COMMAND_PATIENT)) return 0;
    for (size_t i = 0; i < request->n_arguments; i++) {
        const Wh__Argument *argument = request->arguments[i];
        struct wh_span text = wh_span(argument->value.data, argument->value.len);
        if (strcmp(argument->name, "timeout") != 0) continue;
        if (wh_number_parse(text, &seconds) == 0 && seconds >= 0 && seconds < INT32_MAX) {
            return seconds * 1000;
        }
    }
    return PATIENCE_MS_DEFAULT;
}

/* A patient command waits for a node that is still starting. */
static int ask_patiently(const struct wh_words *words, const struct wh_command *command,
                         struct running *running, struct wh_error *err)
{
    int64_t until_ms = mono_ms() + patience_ms(command, running->request);
    int rc = wh_ask_node(words, running->request, take_reply, running, err);
    while (rc == WH_E_UNREACHABLE && mono_ms() < until_ms) {
        struct timespec pause = {0, ASK_AGAIN_MS * 1000000L};
        (void)nanosleep(&pause, NULL);
        rc = wh_ask_node(words, running->request, take_reply, running, err);
    }
    return rc;
}

static int run(const struct wh_words *words, int taken, const struct wh_command *command)
{
    struct wh_arena arena = {NULL, 0};
    enum wh_form form = form_for(words, command);
    struct running running = {.printer = wh_printer_new(form, words->language)};
    struct wh_error err = {.code = 0};
    Wh__Request *request;
    int exit_code;
    int rc = wh_words_request(words, taken, command, &arena, &request, &err);
    running.request = request;
    if (rc == 0) {
        rc = runs_without_node(words, command)
                 ? wh_ask_once(words, request, take_reply, &running, &err)
                 : ask_patiently(words, command, &running, &err);
    }
    if (rc == 0 && running.err.code < 0) {
        err = running.err;
        rc = err.code;
    }
    exit_code = rc < 0 ? wh_code_exit(rc) : wh_printer_exit(running.printer);
    if (rc < 0) wh_print_error(form, words->language, &err);
    wh_printer_free(running.printer);
    wh_arena_deinit(&running.arena);
    wh_arena_deinit(&arena);
    return exit_code;
}

/* The core's commands, then those that the node declared. */
static struct wh_span command_word(const void *declared, size_t i)
{
    const struct declared *more = declared;
    const struct wh_command *command = wh_command_at((uint32_t)i);
    size_t core = 0;
    if (command) return wh_span_of(command->name);
    while (wh_command_at((uint32_t)core)) core++;
    return wh_span_of(i - core < more->count ? more->commands[i - core].name : NULL);
}

static bool is_family(const char *word)
{
    const struct wh_command *command;
    size_t len = strlen(word);
    for (uint32_t i = 0; (command = wh_command_at(i)); i++) {
        if (strncmp(command->name, word, len) == 0 && command->name[len] == ' ') return true;
    }
    return false;
}

/* A word with which commands of the node's plugins begin. */
static bool is_declared_family(const struct declared *declared, const char *word)
{
    size_t len = strlen(word);
    for (uint32_t i = 0; i < declared->count; i++) {
        const char *name = declared->commands[i].name;
        if (strncmp(name, word, len) == 0 && name[len] == ' ') return true;
    }
    return false;
}

static int unknown(const struct wh_words *words, const struct declared *declared,
                   struct wh_error *err)
{
    bool two = words->count > 1 &&
               (is_family(words->words[0]) || is_declared_family(declared, words->words[0]));
    char name[128];
    struct wh_span near;
    (void)snprintf(name, sizeof(name), "%s%s%s", words->words[0], two ? " " : "",
                   two ? words->words[1] : "");
    near = wh_text_nearest(wh_span_of(name), command_word, declared);
    return wh_fail(err, WH_E_USAGE,
                   near.data ? WH_MSG_COMMAND_UNKNOWN_NEAR : WH_MSG_COMMAND_UNKNOWN,
                   WH_ARGS(wh_arg_c(name), wh_arg_s(near)));
}

/* A word that the core does not know may be a plugin's: the node tells. */
static int run_declared(const struct wh_words *words)
{
    struct declared declared = {.count = 0};
    struct wh_error err = {.code = 0};
    const struct wh_command *command = NULL;
    int taken = 1, exit_code;
    int rc = is_family(words->words[0]) ? 0 : ask_declared(words, &declared, &err);
    if (rc == 0) command = find_declared(&declared, words, &taken);
    if (rc == 0 && !command && words->count == 1 &&
        is_declared_family(&declared, words->words[0])) {
        wh_help_family(words->language, words->words[0], declared.commands, declared.count);
        wh_arena_deinit(&declared.arena);
        return words->help ? 0 : 2;
    }
    if (rc == 0 && !command) rc = unknown(words, &declared, &err);
    exit_code = wh_code_exit(rc);
    if (rc < 0) {
        wh_print_error(words->form, words->language, &err);
    } else if (words->help) {
        wh_help_command(words->language, command);
    } else {
        exit_code = run(words, taken, command);
    }
    wh_arena_deinit(&declared.arena);
    return exit_code;
}

static int help_all(const struct wh_words *words)
{
    struct declared declared = {.count = 0};
    struct wh_error err;
    if (wh_ask_is_running(words)) (void)ask_declared(words, &declared, &err); /* else without */
    wh_help_all(words->language, declared.commands, declared.count);
    wh_arena_deinit(&declared.arena);
    return 0;
}

static int run_words(int argc, char **argv)
{
    const struct wh_command *command;
    struct wh_words words = {.count = 0};
    struct wh_error err;
    int taken;
    if (wh_words_read(argc, argv, &words, &err) < 0) {
        wh_print_error(WH_FORM_TABLE, WH_EN, &err);
        return 2;
    }
    if (words.version) {
        printf("wuhao %s\n", WUHAO_VERSION);
        return 0;
    }
    if (words.count == 0) {
        (void)help_all(&words);
        return words.help ? 0 : 2;
    }
    command = wh_words_command(&words, &taken);
    if (!command && words.count == 1 && is_family(words.words[0])) {
        wh_help_family(words.language, words.words[0], NULL, 0);
        return words.help ? 0 : 2;
    }
    if (!command) return run_declared(&words);
    if (words.help) {
        wh_help_command(words.language, command);
        return 0;
    }
    return run(&words, taken, command);
}

/* A result that could not be written whole is no result. */
int main(int argc, char **argv)
{
    int exit_code = run_words(argc, argv);
    struct wh_error err;
    if (fflush(stdout) == 0 && !ferror(stdout)) return exit_code;
    (void)wh_fail(&err, WH_E_FAILED, WH_MSG_OUTPUT, WH_ARGS(wh_arg_c(strerror(errno))));
    wh_print_error(WH_FORM_TABLE, WH_EN, &err);
    return exit_code != 0 ? exit_code : wh_code_exit(err.code);
}
