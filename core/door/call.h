/* call.h: one command on its way: its request checked against its declaration, typed access to the
 * arguments, and the frames of the reply. Core handlers and plugins share it.
 *
 * Thread: loop. Ownership: the call owns its arena; everything read from it lives as long as it. */
#ifndef WH_DOOR_CALL_H
#define WH_DOOR_CALL_H

#include "base/error.h"
#include "door.pb-c.h"

/* Where frames go. `frame` is lent for the call. */
struct wh_reply_sink {
    void (*send)(void *context, struct wh_span frame);
    void *context;
};

struct wh_call {
    struct wh_arena arena;
    struct wh_reply_sink sink;
    const Wh__Request *request;
    const struct wh_command *command;
    enum wh_language language;
    int32_t zone_minutes;
    struct wh_span author;
    uint32_t columns;            /* of the reply; 0 until named */
    uint64_t reply_bytes;        /* of a plugin's rows so far */
    struct wh_host_self *plugin; /* that runs it; NULL: the core */
    struct wh_faults faults;
    struct wh_named_text *rest; /* FIELD=VALUE */
    uint32_t rest_count;
    /* While it takes several turns no other command that writes runs: what it has checked stays
     * true until it writes. Set by the handler. */
    bool exclusive;
    /* Done, and saved, but something is left for a person: the call ends with this instead of 0. */
    struct wh_error but;
    /* A handler that takes several turns keeps its state here. */
    void *state;
    void (*release)(void *state); /* NULL: it lies in the arena */
};

/* Reads a request. The call is whole (and must be deinited) even where this fails: WH_E_CORRUPT,
 * WH_E_TOO_BIG, WH_E_USAGE for a later version of the door. */
int wh_call_init(struct wh_call *call, struct wh_span request, struct wh_reply_sink sink,
                 struct wh_error *err);
void wh_call_deinit(struct wh_call *call);

/* Checks the arguments against the command's declaration: WH_E_USAGE names the first that is wrong.
 */
int wh_call_check(struct wh_call *call, const struct wh_command *command, struct wh_error *err);

/* The text given for an argument; empty where it was left out. */
struct wh_span wh_call_text(const struct wh_call *call, const char *param);
bool wh_call_has(const struct wh_call *call, const char *param);
/* Integers and dates have been checked: the number given, or `fallback` where it was left out. */
int64_t wh_call_number(const struct wh_call *call, const char *param, int64_t fallback);

/* ---- Replies ---- */

/* Names the columns; commands that declare theirs need not. */
void wh_reply_columns(struct wh_call *call, const struct wh_list *columns);
/* Titles of words (struct wh_choice) that stand in the cells of a column: a table shows them to a
 * Chinese reader, where one cell may hold several words with a ';' between. Before any row. */
void wh_reply_words(struct wh_call *call, const char *column, const struct wh_list *words);
/* One value for each column. */
void wh_reply_row(struct wh_call *call, const struct wh_value *values, uint32_t count);
void wh_reply_progress(struct wh_call *call, uint64_t done, uint64_t total);
/* A sentence beside the rows, as "read as GBK". */
void wh_reply_note(struct wh_call *call, enum wh_message message, const struct wh_arg *args);
/* A whole file, which whoever asked writes into the folder that the argument `out` names. */
void wh_reply_file(struct wh_call *call, struct wh_span name, struct wh_span content);
/* How a plugin's command is called, for the command line. */
void wh_reply_declaration(struct wh_call *call, const struct wh_command *command);
/* The last frame. `err` is read where rc < 0; the call's faults go along. */
void wh_reply_end(struct wh_call *call, int rc, const struct wh_error *err);

#endif
