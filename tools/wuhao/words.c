#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/memory.h"
#include "door/commands.h"

#define HOME_DEFAULT "/var/lib/wuhao"

/* ---- Options of every command ---- */

static enum wh_language language_of_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
        const char *value = getenv(variables[i]);
        if (value && *value) return strncmp(value, "zh", 2) == 0 ? WH_ZH : WH_EN;
    }
    return WH_EN;
}

/* The value of an option, behind `=` or in the next word; NULL and WH_E_USAGE where there is none.
 */
static const char *option_value(int argc, char **argv, int *i, size_t name_len,
                                struct wh_error *err)
{
    if (argv[*i][name_len] == '=') return argv[*i] + name_len + 1;
    if (*i + 1 < argc) return argv[++*i];
    (void)wh_fail(err, WH_E_USAGE, WH_MSG_OPTION_VALUE, WH_ARGS(wh_arg_c(argv[*i])));
    return NULL;
}

static bool names(const char *word, const char *option)
{
    size_t len = strlen(option);
    return strncmp(word, option, len) == 0 && (word[len] == '\0' || word[len] == '=');
}

int wh_words_read(int argc, char **argv, struct wh_words *ret, struct wh_error *err)
{
    struct wh_words words = {.home = getenv("WUHAO_HOME"), .language = language_of_locale()};
    bool only_words = false;
    words.words = argv; /* filled from the front: never beyond what was read */
    if (!words.home || !*words.home) words.home = HOME_DEFAULT;
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        if (!only_words && names(word, "-C")) {
            words.home = option_value(argc, argv, &i, 2, err);
            if (!words.home) return WH_E_USAGE;
            if (!*words.home) return wh_fail(err, WH_E_USAGE, WH_MSG_HOME_EMPTY, NULL);
        } else if (!only_words && names(word, "--endpoint")) {
            words.endpoint = option_value(argc, argv, &i, 10, err);
            if (!words.endpoint) return WH_E_USAGE;
        } else if (!only_words && strcmp(word, "--json") == 0) {
            words.form = WH_FORM_JSON;
        } else if (!only_words && strcmp(word, "--csv") == 0) {
            words.form = WH_FORM_CSV;
        } else if (!only_words && strcmp(word, "--table") == 0) {
            words.form = WH_FORM_TABLE;
        } else if (!only_words && (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)) {
            words.help = true;
        } else if (!only_words && strcmp(word, "--version") == 0) {
            words.version = true;
        } else {
            if (strcmp(word, "--") == 0) only_words = true;
            words.words[words.count++] = word;
        }
    }
    *ret = words;
    return 0;
}

const struct wh_command *wh_words_command(const struct wh_words *words, int *ret_taken)
{
    const struct wh_command *command;
    char name[128];
    for (int taken = 2; taken >= 1; taken--) {
        if (words->count < taken) continue;
        (void)snprintf(name, sizeof(name), "%s%s%s", words->words[0], taken == 2 ? " " : "",
                       taken == 2 ? words->words[1] : "");
        command = wh_command_named(wh_span_of(name));
        *ret_taken = taken;
        if (command) return command;
    }
    return NULL;
}

/* ---- Arguments of one command ---- */

static void add_argument(Wh__Request *request, struct wh_arena *arena, const char *name,
                         struct wh_span value)
{
    Wh__Argument *argument = wh_arena_new(arena, 1, sizeof(*argument));
    wh__argument__init(argument);
    argument->name = wh_arena_text(arena, wh_span_of(name));
    argument->value = (ProtobufCBinaryData){value.len, (uint8_t *)(uintptr_t)value.data};
    request->arguments[request->n_arguments++] = argument;
}

static int fail_file(const char *path, struct wh_error *err)
{
    return wh_fail(err, errno == ENOENT ? WH_E_NOT_FOUND : WH_E_FAILED, WH_MSG_FILE_OPEN,
                   WH_ARGS(wh_arg_c(path), wh_arg_c(strerror(errno))));
}

static int read_file(const char *path, struct wh_arena *arena, struct wh_span *ret,
                     struct wh_error *err)
{
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 65536, len = 0;
    char *content = NULL;
    ssize_t got = 1;
    struct stat info;
    if (fd < 0) return fail_file(path, err);
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        (void)close(fd); /* only looked at */
        return wh_fail(err, WH_E_TOO_BIG, WH_MSG_FILE_BIG, WH_ARGS(wh_arg_c(path)));
    }
    while (got > 0 && len <= WH_INPUT_BYTES_MAX) {
        if (!content || len == size) content = wh_memory_resize(content, size *= 2, 1);
        got = read(fd, content + len, size - len);
        if (got > 0) len += (size_t)got;
    }
    (void)close(fd); /* only read */
    if (got >= 0 && len <= WH_INPUT_BYTES_MAX) *ret = wh_arena_copy(arena, wh_span(content, len));
    wh_memory_free(content);
    if (got < 0) return fail_file(path, err);
    if (len <= WH_INPUT_BYTES_MAX) return 0;
    return wh_fail(err, WH_E_TOO_BIG, WH_MSG_FILE_BIG, WH_ARGS(wh_arg_c(path)));
}

/* The node runs elsewhere. */
static int make_absolute(const char *path, struct wh_arena *arena, struct wh_span *ret,
                         struct wh_error *err)
{
    char here[PATH_MAX];
    size_t size;
    char *whole;
    if (!getcwd(here, sizeof(here))) return fail_file(path, err);
    size = strlen(here) + strlen(path) + 2;
    whole = wh_arena_new(arena, size, 1);
    (void)snprintf(whole, size, "%s/%s", here, path);
    *ret = wh_span_of(whole);
    return 0;
}

static bool names_path(const struct wh_param *param, struct wh_span word)
{
    if (param->flags & WH_PARAM_PATH) return word.len > 0;
    if (!(param->flags & WH_PARAM_MAY_BE_PATH)) return false;
    return memchr(word.data, '/', word.len) != NULL || wh_span_ends(word, WH_S(".so"));
}

static int take_value(const struct wh_param *param, const char *word, Wh__Request *request,
                      struct wh_arena *arena, struct wh_error *err)
{
    struct wh_span value = wh_span_of(word);
    if (names_path(param, value) && *word != '/') {
        int rc = make_absolute(word, arena, &value, err);
        if (rc < 0) return rc;
    }
    if (param->flags & WH_PARAM_CONTENT) {
        int rc = read_file(word, arena, &value, err);
        if (rc < 0) return rc;
    }
    add_argument(request, arena, param->name, value);
    return 0;
}

static const struct wh_param *option_named(const struct wh_command *command, const char *word)
{
    for (uint32_t i = 0; i < command->params.count; i++) {
        const struct wh_param *param = wh_list_at(&command->params, i);
        char option[72];
        if (param->flags & (WH_PARAM_POSITIONAL | WH_PARAM_REST)) continue;
        (void)snprintf(option, sizeof(option), "--%s", param->name);
        if (names(word, option)) return param;
    }
    return NULL;
}

/* The next parameter that takes a bare word. */
static const struct wh_param *next_positional(const struct wh_command *command, uint32_t *at)
{
    for (; *at < command->params.count; (*at)++) {
        const struct wh_param *param = wh_list_at(&command->params, *at);
        if (param->flags & WH_PARAM_REST) return param; /* takes all that follow */
        if (!(param->flags & WH_PARAM_POSITIONAL)) continue;
        (*at)++;
        return param;
    }
    return NULL;
}

static int take_option(const struct wh_words *words, int *i, const struct wh_command *command,
                       Wh__Request *request, struct wh_arena *arena, struct wh_error *err)
{
    char *word = words->words[*i];
    const struct wh_param *param = option_named(command, word);
    const char *value;
    if (!param) {
        return wh_fail(err, WH_E_USAGE, WH_MSG_ARGUMENT_UNKNOWN,
                       WH_ARGS(wh_arg_c(command->name), wh_arg_c(word)));
    }
    for (size_t a = 0; a < request->n_arguments; a++) {
        if (strcmp(request->arguments[a]->name, param->name) != 0) continue;
        return wh_fail(err, WH_E_USAGE, WH_MSG_OPTION_TWICE, WH_ARGS(wh_arg_c(word)));
    }
    if (param->flags & WH_PARAM_SWITCH) {
        add_argument(request, arena, param->name, WH_S("yes"));
        return 0;
    }
    value = option_value(words->count, words->words, i, strlen(param->name) + 2, err);
    return value ? take_value(param, value, request, arena, err) : WH_E_USAGE;
}

static bool takes(const struct wh_command *command, const char *name)
{
    for (uint32_t i = 0; i < command->params.count; i++) {
        const struct wh_param *param = wh_list_at(&command->params, i);
        if (strcmp(param->name, name) == 0) return true;
    }
    return false;
}

/* The name of a file whose bytes are sent, where the command asks for one and none was given. */
static void name_file(const struct wh_command *command, const char *path, Wh__Request *request,
                      struct wh_arena *arena)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    if (!path || !takes(command, "name")) return;
    for (size_t i = 0; i < request->n_arguments; i++) {
        if (strcmp(request->arguments[i]->name, "name") == 0) return;
    }
    add_argument(request, arena, "name", wh_span_of(slash ? slash + 1 : path));
}

static char *author(struct wh_arena *arena)
{
    const struct passwd *user = getpwuid(getuid());
    return wh_arena_text(arena, wh_span_of(user ? user->pw_name : "?"));
}

int wh_words_request(const struct wh_words *words, int taken, const struct wh_command *command,
                     struct wh_arena *arena, Wh__Request **ret, struct wh_error *err)
{
    Wh__Request *request = wh_arena_new(arena, 1, sizeof(*request));
    uint32_t positional = 0;
    const char *sent = NULL; /* the path of a file whose bytes go along */
    bool only_words = false;
    int rc = 0;
    wh__request__init(request);
    request->version = 1;
    request->command = wh_arena_text(arena, wh_span_of(command->name));
    request->language = words->language;
    request->author = author(arena);
    request->arguments = wh_arena_new(arena, (size_t)words->count + 2, sizeof(*request->arguments));
    for (int i = taken; i < words->count && rc == 0; i++) {
        char *word = words->words[i];
        const struct wh_param *param;
        if (!only_words && strcmp(word, "--") == 0) {
            only_words = true;
        } else if (!only_words && word[0] == '-' && word[1] == '-') {
            rc = take_option(words, &i, command, request, arena, err);
        } else {
            param = next_positional(command, &positional);
            if (param && (param->flags & WH_PARAM_CONTENT)) sent = word;
            rc = param ? take_value(param, word, request, arena, err)
                       : wh_fail(err, WH_E_USAGE, WH_MSG_ARGUMENT_UNKNOWN,
                                 WH_ARGS(wh_arg_c(command->name), wh_arg_c(word)));
        }
    }
    if (rc == 0) name_file(command, sent, request, arena);
    if (rc == 0) *ret = request;
    return rc;
}
