#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const char *severity_name(enum wh_severity severity)
{
    switch (severity) {
    case WH_ERROR: return "error";
    case WH_WARN: return "warn";
    case WH_INFO: return "info";
    case WH_DEBUG: return "debug";
    }
    return "?";
}

static int print_head(const struct wh_log *log, enum wh_severity severity, char *line, size_t size)
{
    struct timespec now;
    struct tm parts;
    char text[32];
    if (log->journald) return snprintf(line, size, "<%d>", (int)severity);
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)localtime_r(&now.tv_sec, &parts);
    (void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
    return snprintf(line, size, "%s.%03ld %-5s ", text, now.tv_nsec / 1000000,
                    severity_name(severity));
}

void wh_log(const struct wh_log *log, enum wh_severity severity, const char *event,
            const char *format, ...)
{
    char line[2048];
    va_list args;
    int len;
    if (severity > log->least) return;
    len = print_head(log, severity, line, sizeof(line));
    len += snprintf(line + len, sizeof(line) - (size_t)len, "%s ", event);
    va_start(args, format);
    len += vsnprintf(line + len, sizeof(line) - (size_t)len, format, args);
    va_end(args);
    if (len > (int)sizeof(line) - 2) len = (int)sizeof(line) - 2;
    for (int i = 0; i < len; i++) {
        if ((unsigned char)line[i] < 0x20) line[i] = ' '; /* one event stays one line */
    }
    line[len++] = '\n';
    if (write(STDERR_FILENO, line, (size_t)len) < 0) return; /* nowhere is left to say so */
}
