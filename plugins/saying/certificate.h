/* certificate.h: what a person or a unit takes home, as pages to print: one A4 page each, in both
 * languages, in one HTML file that loads nothing and says nothing of when it was made, so that the
 * same records give the same bytes. Thread: the callback's. Ownership: all is borrowed. */
#ifndef WH_PLUGINS_CERTIFICATE_H
#define WH_PLUGINS_CERTIFICATE_H

#include "text.h"

#define CERTIFICATE_NUMBER_SIZE 40

struct certificate {
    const char *zh; /* what it is */
    const char *en;
    struct wh_span name; /* whose */
    struct wh_span text_zh;
    struct wh_span text_en;
    struct wh_span unit; /* that gives it */
    int64_t date;
    struct wh_span record; /* the id of the record behind it, for the number */
};

void certificates_begin(struct text *page, const char *zh, const char *en);
void certificates_put(struct text *page, const struct certificate *one);
void certificates_end(struct text *page);

/* "2026年3月31日". */
#define CERTIFICATE_DAY_SIZE 32
void certificate_day(int64_t date, char ret[CERTIFICATE_DAY_SIZE]);

/* "2026-7Q3K-9XZM-2A4B": the year, and 60 bits of a hash (FNV-1a) of the record's id in letters
 * that nobody mistakes for each other. */
void certificate_number(int64_t date, struct wh_span record, char ret[CERTIFICATE_NUMBER_SIZE]);

#endif
