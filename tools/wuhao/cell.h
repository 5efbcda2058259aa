/* cell.h: the text of one cell of a reply, in the words of its reader. Thread: any. */
#ifndef WH_WUHAO_CELL_H
#define WH_WUHAO_CELL_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/message.h"
#include "door.pb-c.h"

struct wh_cell_word {
    char *word;
    char *title;
};

struct wh_cell_column {
    char *name;
    struct wh_cell_word *words; /* that its cells hold, as a reply told */
    size_t words_count;
    char *title;
    uint32_t type;
    size_t width;
    bool used; /* some row has a value: a table leaves the others out */
};

/* In `arena`, or lent by the cell; empty where it has no value. */
struct wh_span wh_cell_text(enum wh_language language, const struct wh_cell_column *column,
                            const Wh__Cell *cell, struct wh_arena *arena);

#endif
