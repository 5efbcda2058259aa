/* words.h: the words of a command line: which command they name, and its arguments, by the
 * declarations of door/ (and, for a plugin's commands, of the node). Thread: main. */
#ifndef WUHAO_WORDS_H
#define WUHAO_WORDS_H

#include "base/error.h"
#include "door.pb-c.h"

/* How a reply is printed. */
enum wh_form {
    WH_FORM_DEFAULT,
    WH_FORM_TABLE,
    WH_FORM_CSV,
    WH_FORM_JSON,
};

/* What stands before the command. */
struct wh_words {
    const char *home;
    const char *endpoint; /* another control socket; NULL: the home's */
    enum wh_form form;
    enum wh_language language;
    bool help;
    bool version;
    int count; /* the words from the command on */
    char **words;
};

/* Reads the options that every command has, wherever they stand, and leaves the rest in `words`.
 * WH_E_USAGE. */
int wh_words_read(int argc, char **argv, struct wh_words *ret, struct wh_error *err);

/* The core's command that the words begin with (two words before one); *ret_taken is how many words
 * name it. NULL: none. */
const struct wh_command *wh_words_command(const struct wh_words *words, int *ret_taken);

/* Turns the words behind a command into a request. Files are read here: WH_E_NOT_FOUND,
 * WH_E_TOO_BIG, WH_E_USAGE. The request lives in `arena`. */
int wh_words_request(const struct wh_words *words, int taken, const struct wh_command *command,
                     struct wh_arena *arena, Wh__Request **ret, struct wh_error *err);

#endif
