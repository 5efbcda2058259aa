/* log.h: one line an event, English, key=value, for node/ and host/ alone. A personal value is
 * never an argument. Thread: any (one write a line). */
#ifndef WH_BASE_LOG_H
#define WH_BASE_LOG_H

enum wh_severity {
    WH_ERROR = 3, /* the numbers of syslog, as journald reads them */
    WH_WARN = 4,
    WH_INFO = 6,
    WH_DEBUG = 7,
};

struct wh_log {
    enum wh_severity least; /* what is more talkative is left out */
    int journald;           /* 1: lines start with <N> instead of a time */
};

/* Writes "TIME SEVERITY EVENT key=value ..." to stderr. `event` is a fixed dotted name. */
void wh_log(const struct wh_log *log, enum wh_severity severity, const char *event,
            const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
