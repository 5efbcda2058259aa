/* print.h: a reply as a table, CSV or JSON. Thread: main. */
#ifndef WUHAO_PRINT_H
#define WUHAO_PRINT_H

#include "door.pb-c.h"
#include "words.h"

struct wh_printer;

/* Free with wh_printer_free(). */
struct wh_printer *wh_printer_new(enum wh_form form, enum wh_language language);
void wh_printer_free(struct wh_printer *printer);

/* Takes one frame of the reply; it is lent for the call. Returns 1 after the last one. */
int wh_printer_take(struct wh_printer *printer, const Wh__Reply *reply);

/* Tells, when the reply has ended, that a file was written. */
void wh_printer_wrote(struct wh_printer *printer, struct wh_span path);

/* The exit code, once the last frame was taken. */
int wh_printer_exit(const struct wh_printer *printer);

/* Prints an error that did not come from a node, as one of its replies would be. */
void wh_print_error(enum wh_form form, enum wh_language language, const struct wh_error *err);

#endif
