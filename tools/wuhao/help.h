/* help.h: the help texts, all of them made from the declarations. Thread: main. */
#ifndef WUHAO_HELP_H
#define WUHAO_HELP_H

#include "base/message.h"

/* `wuhao --help`: every command; `more` are those that the node's plugins add (may be NULL). */
void wh_help_all(enum wh_language language, const struct wh_command *more, uint32_t more_count);

/* `wuhao FAMILY --help`, as `unit`: the commands that begin with this word; `more` as above. */
void wh_help_family(enum wh_language language, const char *family, const struct wh_command *more,
                    uint32_t more_count);

/* `wuhao COMMAND --help`. */
void wh_help_command(enum wh_language language, const struct wh_command *command);

#endif
