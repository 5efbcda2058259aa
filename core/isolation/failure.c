#include "isolation/failure.h"

#include <stdarg.h>
#include <stdio.h>

int wh_failure_say(struct wh_failure *failure, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    failure->code = code;
    (void)vsnprintf(failure->text, sizeof(failure->text), format, args);
    va_end(args);
    return code;
}

struct wh_span wh_failure_text(const struct wh_failure *failure)
{
    return wh_span(failure->text, strnlen(failure->text, sizeof(failure->text)));
}
