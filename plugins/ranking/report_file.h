/* report_file.h: the files of a report: their names, and their way to who asked for them.
 * Thread: the callback's. */
#ifndef WH_RANKING_REPORT_FILE_H
#define WH_RANKING_REPORT_FILE_H

#include "report.h"
#include "text.h"

#define REPORT_NAME_SIZE 100
/* "STEM-2025.html"; of a part of what the node knows (`--under`) "STEM-2025-231182.html". */
const char *report_name(const struct report *report, const char *stem, const char *extension,
                        char ret[REPORT_NAME_SIZE]);
int report_send(const struct report *report, const char *stem, const char *extension,
                struct wh_span content);
/* The same of a text, which it frees; WH_E_FAILED where that is not whole. */
int report_send_text(const struct report *report, const char *stem, const char *extension,
                     struct text *text);

#endif
