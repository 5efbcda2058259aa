/* template.h: a new plugin, written from the templates that come with the program
 * (plugins/template). Thread: any. Ownership: everything is lent for the call. */
#ifndef WH_KIT_TEMPLATE_H
#define WH_KIT_TEMPLATE_H

#include "base/error.h"

#define WH_TEMPLATE_LANGUAGES(X)                                                                   \
    X(C, "c", "C", "cc -std=c11")                                                                  \
    X(CPP, "cpp", "CXX", "c++ -std=c++17")

enum wh_template_language {
#define X(symbol, word, cmake, compile) WH_TEMPLATE_##symbol,
    WH_TEMPLATE_LANGUAGES(X)
#undef X
};

struct wh_template {
    const char *templates; /* the folder of the templates */
    const char *dir;       /* the folder that gets one named `name`; empty: the working folder */
    struct wh_span name;
    struct wh_span kind; /* empty: the singular of the name, or the name itself */
    enum wh_template_language language;
};

/* The language that "c" or "cpp" names; false: neither. */
bool wh_template_language_of(struct wh_span word, enum wh_template_language *ret);

/* The folder of the templates beside the program that runs, in `arena`: ../share/wuhao/... */
const char *wh_template_folder(struct wh_arena *arena);

typedef void (*wh_template_each)(void *context, struct wh_span path);

/* Writes the plugin and tells `each` of every file that it wrote. What is there already is never
 * touched, and what could not be written whole is removed again. WH_E_INVALID for names that may
 * not be, WH_E_NOT_PERMITTED where the folder exists, WH_E_NOT_FOUND without templates,
 * WH_E_TOO_BIG where they are too many, WH_E_IO, WH_E_NO_SPACE. */
int wh_template_write(const struct wh_template *wanted, wh_template_each each, void *context,
                      struct wh_error *err);

#endif
