/* commands.h: the commands of the core as data, apart from their handlers (core/commands): name,
 * arguments, columns, permission, example. Parser, --help, validation and JSON shape read them.
 * Thread: any. */
#ifndef WH_DOOR_COMMANDS_H
#define WH_DOOR_COMMANDS_H

#include "base/span.h"

/* The i-th command of the core, in the order of --help; NULL at the end. */
const struct wh_command *wh_command_at(uint32_t i);

/* The command of this name ("unit list"), or NULL. */
const struct wh_command *wh_command_named(struct wh_span name);

/* True where a command of the core is `word`, or begins with it and a blank. */
bool wh_command_begins_so(struct wh_span word);

#endif
