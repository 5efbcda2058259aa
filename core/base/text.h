/* text.h: text from outside: is it UTF-8, may it be kept, how is it shown, which word was meant.
 * Thread: any. */
#ifndef WH_BASE_TEXT_H
#define WH_BASE_TEXT_H

#include "base/arena.h"
#include "base/span.h"

enum wh_text_form {
    WH_TEXT_ONE_LINE,
    WH_TEXT_LINES, /* newline and tab may occur */
};

enum wh_text_state {
    WH_TEXT_GOOD,
    WH_TEXT_NOT_UTF8,
    WH_TEXT_CONTROL, /* holds a control character */
};

enum wh_text_state wh_text_check(struct wh_span text, enum wh_text_form form);

/* True where `text` is UTF-8, whatever characters it holds. */
bool wh_text_is_utf8(struct wh_span text);

/* `text` without blanks at both ends. */
struct wh_span wh_text_trim(struct wh_span text);

/* The first line of *text, with its end, taken off it; *text must not be empty. */
struct wh_span wh_text_take_line(struct wh_span *text);

/* `text` itself where it may be printed, else a copy in `arena` with \xNN for every byte that is
 * not valid UTF-8 or belongs to a control character. */
struct wh_span wh_text_printable(struct wh_span text, struct wh_arena *arena);

/* Columns that `text` takes on a terminal: wide characters count two (UAX 11). */
size_t wh_text_columns(struct wh_span text);

/* A choice of words for wh_text_nearest: the i-th word, or a span with data NULL at the end. */
typedef struct wh_span (*wh_text_word)(const void *words, size_t i);

/* The word nearest to `wrong` by edit distance, or an empty span if none is near. */
struct wh_span wh_text_nearest(struct wh_span wrong, wh_text_word word, const void *words);

/* Converts GBK to UTF-8 in `arena`: WH_E_INVALID if it is not GBK. */
int wh_text_from_gbk(struct wh_span text, struct wh_arena *arena, struct wh_span *ret);

/* One word of letters, digits, '.', '_', '-' and what is not ASCII, that begins with no '.', of up
 * to WH_FILE_NAME_MAX bytes: a file's name that no folder and no shell takes for something else. */
bool wh_text_is_file_name(struct wh_span text);

#endif
